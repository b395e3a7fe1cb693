//! The reference of functions as a Markdown page, made from the declarations.
//!
//! Must not know files: whoever calls writes the page. Start with [`page`].

use std::fmt::{self, Write};

use crate::{Example, Expectation, Function, Nulls, Param, ParamKind, ParamType, Returns, Section, Status, all};

/// Where Microsoft's reference has its pages.
const MICROSOFT: &str = "https://learn.microsoft.com/kusto/query/";

const INTRODUCTION: &str = "\
# KQL functions and operators

Written by `cargo xtask codegen` from the declarations in `crates/functions`; do not edit. Every example is a test.

Each function links to Microsoft's page, which is the authority; where only a part of that page holds here, the entry says
which. What is not listed is not supported: a query that uses it is refused before it runs, with the name and the place.
`has`, `contains`, `startswith`, `endswith`, their kin, `in` and `=~` are negated by `!` (`!has`, `!contains_cs`, `!in~`, `!~`).
";

/// The page: a chapter for each section, functions sorted by name.
#[must_use]
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    // Writing to a `String` does not fail.
    let _ = write_page(&mut page);
    page
}

fn write_page(page: &mut String) -> fmt::Result {
    let mut functions: Vec<&Function> = all().filter(|function| title(function.section).is_some()).collect();
    functions.sort_by_key(|function| (function.section, function.name));
    let chapters: Vec<&[&Function]> = functions.chunk_by(|left, right| left.section == right.section).collect();
    for chapter in &chapters {
        let names: Vec<String> = chapter.iter().map(|function| code(function.name)).collect();
        let title = title(chapter[0].section).unwrap_or_default();
        write!(page, "\n[{title}](#{}): {}\n", title.to_lowercase().replace(' ', "-"), names.join(", "))?;
    }
    for chapter in chapters {
        write!(page, "\n## {}\n", title(chapter[0].section).unwrap_or_default())?;
        for function in chapter {
            entry(page, function)?;
        }
    }
    Ok(())
}

/// The heading of a section; `None` for what is not part of the language.
const fn title(section: Section) -> Option<&'static str> {
    Some(match section {
        Section::String => "Text",
        Section::Datetime => "Dates and timespans",
        Section::Dynamic => "Arrays and property bags",
        Section::Conditional => "Conditions",
        Section::Conversion => "Conversions",
        Section::Math => "Numbers",
        Section::Hash => "Hashes and encodings",
        Section::Ip => "IP addresses",
        Section::Geo => "The globe",
        Section::Series => "Series",
        Section::Window => "Rows before and after",
        Section::Metadata => "Types and metadata",
        Section::Aggregate => "Aggregates",
        Section::Operator => "Operators",
        Section::Internal => return None,
    })
}

fn entry(page: &mut String, function: &Function) -> fmt::Result {
    write!(page, "\n### {}\n\n", code(function.name))?;
    write!(page, "{}\n\n", code(&signature(function)))?;
    writeln!(page, "{} [Microsoft's page]({MICROSOFT}{}).", function.summary, function.doc)?;
    if !function.aliases.is_empty() {
        let aliases: Vec<String> = function.aliases.iter().map(|alias| code(alias)).collect();
        writeln!(page, "Also written {}.", aliases.join(", "))?;
    }
    writeln!(page, "{}", nulls(function.nulls))?;
    if let Status::Partial(what) = function.status {
        writeln!(page, "**Not all of the page holds:** {what}")?;
    }
    if !function.examples.is_empty() {
        page.push('\n');
    }
    for Example { title, query, expect } in function.examples {
        match expect {
            Expectation::Value(value) | Expectation::OfConstants(value) => {
                writeln!(page, "- {title}: {} gives {}", code(query), code(value))?;
            }
            Expectation::Error(error) => writeln!(page, "- {title}: {} is refused, {error}", code(query))?,
        }
    }
    Ok(())
}

/// `name(first: type, [second: type]) -> type`; operators stand between their operands.
fn signature(function: &Function) -> String {
    let params: Vec<String> = function.params.iter().map(param).collect();
    let call = match (function.section, params.as_slice()) {
        (Section::Operator, [operand]) => format!("{operand} {} {operand}", function.name),
        (Section::Operator, [left, right]) if function.params[1].kind == ParamKind::Required => {
            format!("{left} {} {right}", function.name)
        }
        (Section::Operator, [left, rest @ ..]) => format!("{left} {} ({})", function.name, rest.join(", ")),
        _ => format!("{}({})", function.name, params.join(", ")),
    };
    format!("{call} -> {}", returns(function))
}

fn param(param: &Param) -> String {
    let ty = match param.ty {
        ParamType::Exact(ty) => ty.name().to_owned(),
        ParamType::Constant(ty) => format!("{} constant", ty.name()),
        ParamType::Number => "number".to_owned(),
        ParamType::NumberOrTime => "number, datetime or timespan".to_owned(),
        ParamType::Any | ParamType::Common => "any".to_owned(),
    };
    match param.kind {
        ParamKind::Required => format!("{}: {ty}", param.name),
        ParamKind::Optional => format!("[{}: {ty}]", param.name),
        ParamKind::Repeated { .. } => format!("{}: {ty}, ...", param.name),
    }
}

fn returns(function: &Function) -> String {
    match function.returns {
        Returns::Fixed(ty) => ty.name().to_owned(),
        Returns::SameAs(position) => match function.params.get(position).or(function.params.last()) {
            Some(param) => format!("type of {}", param.name),
            None => "any".to_owned(),
        },
        Returns::Common => "common type".to_owned(),
        Returns::By(_) => "depends on the arguments".to_owned(),
    }
}

const fn nulls(nulls: Nulls) -> &'static str {
    match nulls {
        Nulls::Propagate => "A null argument gives null.",
        Nulls::AsEmptyText => "A null argument counts as an empty text.",
        Nulls::NeverNull => "The result is never null.",
        Nulls::FalseOnNull => "A null argument gives `false`.",
        Nulls::Ignored => "Nulls are left out.",
        Nulls::Custom(sentence) => sentence,
    }
}

/// Markdown code, whatever backticks the text holds.
fn code(text: &str) -> String {
    let (mut longest, mut run) = (0, 0);
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    // A line break would end the list item.
    format!("{fence}{space}{}{space}{fence}", text.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::{code, page, signature};
    use crate::find;

    fn shown(name: &str) -> Option<String> {
        find(name).map(signature)
    }

    #[test]
    fn an_operator_stands_between_its_operands() {
        assert_eq!(shown("has").as_deref(), Some("text: string has search: string -> bool"));
        assert_eq!(shown("strlen").as_deref(), Some("strlen(source: string) -> long"));
    }

    #[test]
    fn backticks_survive() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("```x```"), "```` ```x``` ````");
    }

    #[test]
    fn inner_functions_are_not_shown() {
        let page = page();
        assert!(page.contains("\n### `strlen`\n"));
        assert!(!page.contains("### `negate`"));
    }
}
