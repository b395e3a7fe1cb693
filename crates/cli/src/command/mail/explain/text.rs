//! A page as text for a terminal. What a message says can do nothing to it.

use super::page::{Block, Section, Tone, Words};
use crate::term::harmless;

/// Longest text of a cell.
const LONGEST: usize = 400;

/// The page.
pub(super) fn text(sections: &[Section], colour: bool) -> String {
    let mut out = String::new();
    for section in sections.iter().filter(|section| !section.blocks.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&painted(section.title, anstyle::Style::new().bold(), colour));
        out.push('\n');
        for block in &section.blocks {
            self::block(block, colour, &mut out);
        }
    }
    out
}

fn block(block: &Block, colour: bool, out: &mut String) {
    match block {
        Block::Facts(facts) => {
            let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
            for (name, words) in facts {
                out.push_str(&format!("  {name:<width$}  {}\n", shown(words, colour)));
            }
        }
        Block::Table { columns, rows } => {
            let cells: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|words| harmless(&words.text, LONGEST)).collect()).collect();
            let width = |at: usize| {
                let longest =
                    cells.iter().filter_map(|row| row.get(at)).map(|cell| unicode_width::UnicodeWidthStr::width(cell.as_str()));
                longest.chain([columns[at].len()]).max().unwrap_or_default()
            };
            let widths: Vec<usize> = (0..columns.len()).map(width).collect();
            let heads = columns.iter().zip(&widths).map(|(name, width)| format!("{name:<width$}"));
            out.push_str(&format!("  {}\n", heads.collect::<Vec<_>>().join("  ").trim_end()));
            for (row, cells) in rows.iter().zip(&cells) {
                let padded = row.iter().zip(cells).zip(&widths).map(|((words, cell), width)| {
                    let gap = width.saturating_sub(unicode_width::UnicodeWidthStr::width(cell.as_str()));
                    format!("{}{}", painted(cell, style(words.tone), colour), " ".repeat(gap))
                });
                out.push_str(&format!("  {}\n", padded.collect::<Vec<_>>().join("  ").trim_end()));
            }
        }
        Block::Line(words) => out.push_str(&format!("  {}\n", shown(words, colour))),
    }
}

fn shown(words: &Words, colour: bool) -> String {
    painted(&harmless(&words.text, LONGEST), style(words.tone), colour)
}

const fn style(tone: Tone) -> anstyle::Style {
    let colour = match tone {
        Tone::Plain => return anstyle::Style::new(),
        Tone::Good => anstyle::AnsiColor::Green,
        Tone::Bad => anstyle::AnsiColor::Red,
        Tone::Doubtful => anstyle::AnsiColor::Yellow,
    };
    anstyle::Style::new().fg_color(Some(anstyle::Color::Ansi(colour)))
}

fn painted(text: &str, style: anstyle::Style, colour: bool) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
