//! The legend below the title: names in rows, elided, cut off with a count when there is no room.

use crate::data::{Data, Line, Tone};
use crate::model::{Chart, Kind};
use crate::palette;
use crate::text::{elide, pixels};

use super::frame::MARGIN;
use super::page::{Anchor, NAME, NOTE, Page, Rect, path};

/// How a series is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A piece of its line.
    Line,
    /// A square.
    Area,
    /// A dot.
    Dot,
}

const ROW: f64 = 21.0;
const MARK: f64 = 22.0;
const SPACE: f64 = 20.0;
/// No name is longer than this, so that several stand in one row.
const LONGEST: f64 = 230.0;

/// One name with its place.
struct Entry<'a> {
    x: f64,
    row: usize,
    line: Option<&'a Line>,
    text: String,
}

/// Draws the legend from `y` downwards, in not more than `rows` rows, and answers with its lower edge.
pub(crate) fn draw(page: &mut Page, chart: &Chart, data: &Data, key: Key, y: f64, rows: usize) -> f64 {
    let marked = chart.kind == Kind::Anomalychart && data.series.iter().any(|line| !line.anomalies.is_empty());
    if !chart.legend || rows == 0 || (data.series.len() < 2 && !marked) {
        return y;
    }
    let entries = placed(page, data, marked, rows);
    let Some(last) = entries.last() else { return y };
    let bottom = y + (last.row as f64 + 1.0) * ROW;
    for Entry { x, row, line, text } in entries {
        let base = y + row as f64 * ROW + 15.0;
        match line {
            Some(line) => mark(page, line, key, x, base - 4.5),
            None if marked && text == ANOMALY => page.dot((x + 8.0, base - 4.5), 5.0, palette::ALERT, ""),
            None => {
                page.text(x, base, Anchor::Start, NOTE, &text);
                continue;
            }
        }
        page.text(x + MARK, base, Anchor::Start, NAME, &text);
    }
    bottom + 4.0
}

const ANOMALY: &str = "Anomaly";

/// Entries left to right in rows; what has no room is counted in the last entry.
fn placed<'a>(page: &Page, data: &'a Data, marked: bool, rows: usize) -> Vec<Entry<'a>> {
    let right = page.width - MARGIN;
    let more = |count: usize| format!("+ {count} more");
    let reserve = pixels(&more(data.series.len()), NOTE.size) + SPACE;
    let lines: Vec<Option<&Line>> = data.named().map(Some).chain(marked.then_some(None)).collect();
    let mut entries = Vec::new();
    let (mut x, mut row) = (MARGIN, 0);
    for (at, line) in lines.iter().enumerate() {
        let room = LONGEST.min(right - MARGIN - MARK - reserve);
        let name = line.map_or(ANOMALY, |line| if line.name.is_empty() { "(no name)" } else { &line.name });
        let text = elide(name, NAME.size, room);
        let width = MARK + pixels(&text, NAME.size) + SPACE;
        if x > MARGIN && x + width - SPACE > right {
            (x, row) = (MARGIN, row + 1);
        }
        let final_row = row + 1 == rows;
        let last = at + 1 == lines.len();
        if row >= rows || (final_row && !last && x + width + reserve > right && needs_row(&lines, at, x, right)) {
            let row = row.min(rows - 1);
            let x = entries.iter().filter(|entry: &&Entry<'_>| entry.row == row).map(end).fold(MARGIN, f64::max);
            entries.push(Entry { x, row, line: None, text: more(lines.len() - at) });
            break;
        }
        entries.push(Entry { x, row, line: *line, text });
        x += width;
    }
    entries
}

fn end(entry: &Entry<'_>) -> f64 {
    entry.x + MARK + pixels(&entry.text, NAME.size) + SPACE
}

/// Whether the entries from `at` on do not all fit in the row that is at `x`.
fn needs_row(lines: &[Option<&Line>], at: usize, x: f64, right: f64) -> bool {
    let width = |line: &Option<&Line>| {
        let name = line.map_or(ANOMALY, |line| &line.name);
        MARK + pixels(name, NAME.size).min(LONGEST) + SPACE
    };
    let needed: f64 = lines.iter().skip(at).map(width).sum();
    x + needed - SPACE > right
}

fn mark(page: &mut Page, line: &Line, key: Key, x: f64, y: f64) {
    let colour = colour(line);
    match key {
        Key::Line => page.stroke(&path([(x, y), (x + 16.0, y)]), &colour, 2.5, dashes(line)),
        Key::Area => page.rect(Rect { x: x + 2.0, y: y - 6.0, width: 12.0, height: 12.0 }, &colour, ""),
        Key::Dot => page.dot((x + 8.0, y), 5.0, &colour, ""),
    }
}

/// The colour of a series.
pub(crate) fn colour(line: &Line) -> std::borrow::Cow<'static, str> {
    match line.tone {
        Tone::Named(index) => line.colour.map_or_else(|| palette::series(index), Into::into),
        Tone::Other => palette::OTHER.into(),
        Tone::Muted => palette::MUTED.into(),
    }
}

/// The dashes of a series drawn as a line.
pub(crate) fn dashes(line: &Line) -> Option<&'static str> {
    match line.tone {
        Tone::Named(index) => palette::dashes(index),
        Tone::Other | Tone::Muted => None,
    }
}
