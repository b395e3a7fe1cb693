//! Markdown to cases: headings, fences and tables, line by line.
//!
//! Only what cases need of Markdown is read; text between is for people. A fault spoils its case, and the others go on.

mod fences;
mod findings;
mod options;
mod table;

use std::path::Path;

use crate::case::{BadCase, Case, Content, Expect, Language, Place, Setup, Source};
use fences::{Block, Fence, blocks};

/// The cases of a file. A fault before the first heading is a case of its own.
pub(crate) fn file(path: &Path, text: &str) -> Vec<Case> {
    let case = |line: usize, heading: &str, content| Case { file: path.to_owned(), line, heading: heading.to_owned(), content };
    let mut sections = sections(text);
    let header = sections.remove(0);
    let setup = match setup(&header, None) {
        Ok(setup) => setup,
        Err(fault) => return vec![case(fault.line, "the head of the file", Err(fault))],
    };
    if sections.is_empty() {
        let fault = BadCase::new(1, "this file holds no case: write `## ` and what the case shows, a ```kql fence, then a table");
        return vec![case(1, "the head of the file", Err(fault))];
    }
    sections.iter().map(|section| case(section.line, section.heading, content(section, &setup))).collect()
}

/// What stands under one heading.
#[derive(Debug)]
struct Section<'a> {
    heading: &'a str,
    /// Line of the heading, from 1.
    line: usize,
    blocks: Vec<Block<'a>>,
}

/// The file cut at its headings; the first section is what stands before them.
fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section { heading: "", line: 1, blocks: Vec::new() }];
    for block in blocks(text) {
        match block {
            Block::Heading { text, line } => sections.push(Section { heading: text, line, blocks: Vec::new() }),
            other => sections.extend_last(other),
        }
    }
    sections
}

trait ExtendLast<'a> {
    fn extend_last(&mut self, block: Block<'a>);
}

impl<'a> ExtendLast<'a> for Vec<Section<'a>> {
    fn extend_last(&mut self, block: Block<'a>) {
        if let Some(section) = self.last_mut() {
            section.blocks.push(block);
        }
    }
}

/// The options and data of a section, on top of those of the file's head.
fn setup(section: &Section, head: Option<&Setup>) -> Result<Setup, BadCase> {
    let mut setup = head.cloned().unwrap_or_else(options::none);
    for block in &section.blocks {
        let Block::Fence(fence) = block else { continue };
        match fence.words().as_slice() {
            ["case"] => options::read(fence, &mut setup)?,
            ["data", name] => {
                let source = Source::Inline { text: fence.text(), line: fence.line + 1 };
                setup.tables.insert((*name).to_owned(), source);
            }
            ["documents", name] => {
                setup.tables.insert((*name).to_owned(), Source::Documents(fence.text()));
            }
            ["documents", ..] => return Err(BadCase::new(fence.line, "write ```documents and the name of one table")),
            ["data", ..] => return Err(BadCase::new(fence.line, "write ```data and the name of one table")),
            _ if head.is_none() && fence.words().first().is_some_and(|word| ["kql", "kuery", "lucene"].contains(word)) => {
                return Err(BadCase::new(fence.line, "a query needs a heading above it: write `## ` and what the case shows"));
            }
            _ => {}
        }
    }
    Ok(setup)
}

fn content(section: &Section, head: &Setup) -> Result<Content, BadCase> {
    let setup = setup(section, Some(head))?;
    let mut query: Option<(&Fence, Language)> = None;
    let mut expect = Expect::default();
    let mut result = None;
    for block in &section.blocks {
        match block {
            Block::Heading { .. } => {}
            Block::Unclosed { line } => return Err(BadCase::new(*line, "this fence is never closed: add a line of ```")),
            Block::Table { line, lines } => {
                only(&mut result, *line - 1..*line - 1 + lines.len(), *line)?;
                expect.rows = Some(table::read(lines, *line)?);
            }
            Block::Fence(fence) => match fence.words().as_slice() {
                ["kql", rest @ ..] => {
                    if query.is_some() {
                        return Err(BadCase::new(fence.line, "a case has one query: give this one a heading of its own"));
                    }
                    expect.ordered = match rest {
                        [] => false,
                        ["ordered"] => true,
                        _ => return Err(BadCase::new(fence.line, "after ```kql only `ordered` may stand")),
                    };
                    query = Some((fence, Language::Kql));
                }
                [name @ ("kuery" | "lucene"), indices @ ..] => {
                    if query.is_some() {
                        return Err(BadCase::new(fence.line, "a case has one query: give this one a heading of its own"));
                    }
                    let language = name
                        .parse()
                        .map_err(|error: elastic_query::UnknownLanguage| BadCase::new(fence.line, error.to_string()))?;
                    let indices = indices.iter().map(|&index| index.to_owned()).collect();
                    query = Some((fence, Language::Elastic { language, indices }));
                }
                ["error"] => {
                    only(&mut result, fence.line - 1..fence.end, fence.line)?;
                    expect.errors = Some(findings::read(fence)?);
                }
                ["warn"] => expect.warnings = Some(findings::read(fence)?),
                ["render"] => expect.render = Some(options::render(fence)?),
                ["plan"] => expect.plan = options::plan(fence)?,
                ["case"] | ["data" | "documents", ..] => {}
                _ => return Err(BadCase::new(fence.line, unknown_fence(fence))),
            },
        }
    }
    let Some((query, language)) = query else {
        return Err(BadCase::new(section.line, "this case has no query: write it in a ```kql fence"));
    };
    let place = Place { after_query: query.end, result };
    Ok(Content { setup, language, query: query.text(), query_line: query.line + 1, expect, place })
}

/// A case has one result: a table or an `error` fence.
fn only(result: &mut Option<std::ops::Range<usize>>, lines: std::ops::Range<usize>, line: usize) -> Result<(), BadCase> {
    match result.replace(lines) {
        None => Ok(()),
        Some(_) => {
            Err(BadCase::new(line, "a case has one result, a table or an ```error fence: give this one a heading of its own"))
        }
    }
}

fn unknown_fence(fence: &Fence) -> String {
    const KNOWN: [&str; 10] = ["case", "data", "documents", "error", "kql", "kuery", "lucene", "plan", "render", "warn"];
    format!("there is no fence `{}`; there are {}", fence.info, KNOWN.map(|name| format!("`{name}`")).join(", "))
}

#[cfg(test)]
mod tests;
