//! The blocks of Markdown that mean something here: second-level headings, fences, tables.

/// A block, with its line in the file from 1.
#[derive(Debug)]
pub(super) enum Block<'a> {
    Heading {
        text: &'a str,
        line: usize,
    },
    Fence(Fence<'a>),
    /// A fence without an end.
    Unclosed {
        line: usize,
    },
    Table {
        line: usize,
        lines: Vec<&'a str>,
    },
}

/// A fenced block.
#[derive(Debug)]
pub(super) struct Fence<'a> {
    /// What stands after the opening backticks.
    pub(super) info: &'a str,
    pub(super) lines: Vec<&'a str>,
    /// Line of the opening backticks, from 1.
    pub(super) line: usize,
    /// Line after the closing backticks, from 0.
    pub(super) end: usize,
}

impl Fence<'_> {
    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    pub(super) fn words(&self) -> Vec<&str> {
        self.info.split_whitespace().collect()
    }

    /// The lines that are not blank, with their numbers.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.lines.iter().enumerate().map(|(offset, line)| (self.line + 1 + offset, line.trim()));
        numbered.filter(|(_, line)| !line.is_empty())
    }
}

pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let number = at + 1;
        if let Some(heading) = line.strip_prefix("## ") {
            blocks.push(Block::Heading { text: heading.trim(), line: number });
            at += 1;
        } else if let Some((ticks, info)) = opening(line) {
            let inner = lines.iter().skip(number);
            let Some(length) = inner.clone().position(|line| closes(line, ticks)) else {
                blocks.push(Block::Unclosed { line: number });
                return blocks;
            };
            let end = number + length + 1;
            blocks.push(Block::Fence(Fence { info, lines: inner.take(length).copied().collect(), line: number, end }));
            at = end;
        } else if line.starts_with('|') {
            let lines: Vec<&str> = lines.iter().skip(at).take_while(|line| line.starts_with('|')).copied().collect();
            at += lines.len();
            blocks.push(Block::Table { line: number, lines });
        } else {
            at += 1;
        }
    }
    blocks
}

/// How many backticks open a fence, and what stands after them.
fn opening(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('`');
    let ticks = line.len() - rest.len();
    (ticks >= 3 && !rest.contains('`')).then(|| (ticks, rest.trim()))
}

fn closes(line: &str, ticks: usize) -> bool {
    let line = line.trim_end();
    line.len() >= ticks && line.bytes().all(|byte| byte == b'`')
}
