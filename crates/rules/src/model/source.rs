//! Where a rule stands: its file, and where in it the query is, so that findings name the lines a person sees in the editor. Pure.

use std::{ops::Range, sync::Arc};

use diag::{Diagnostic, Position, Span};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::Rule;

/// A file that was read, shared by the rules in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path as messages name it.
    pub path: String,
    /// Its path below the folder that was asked for.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// Where a rule begins. Written out as `file` and `line`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its file.
    pub source: Arc<Source>,
    /// The line it begins in, from 1.
    pub line: usize,
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Origin", 2)?;
        fields.serialize_field("file", &self.source.path)?;
        fields.serialize_field("line", &self.line)?;
        fields.end()
    }
}

/// A query as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryText {
    /// The text as the format means it: without the indentation of a block, escapes resolved.
    pub text: String,
    /// Where it stands in the file; `None` where the file writes it otherwise (escaped, folded) or there is none.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// A text within a file, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// For each line of the text: where it begins in the text, and where in the file.
    lines: Vec<(usize, usize)>,
}

impl Place {
    /// The place of `text` in `file`: as it is, or as the lines of a block, indented. `None` if the file writes it otherwise.
    #[must_use]
    pub fn find(text: &str, file: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        let lines = block(text, file).or_else(|| Some(vec![(0, file.find(text.trim_end())?)]))?;
        Some(Self { lines })
    }

    /// The same, looked for in a part of the file.
    #[must_use]
    pub fn find_in(text: &str, file: &str, part: Range<usize>) -> Option<Self> {
        let start = part.start;
        let mut place = Self::find(text, file.get(part)?)?;
        place.lines.iter_mut().for_each(|(_, place)| *place += start);
        Some(place)
    }

    /// The place of a text that is the file from byte `start` on.
    #[must_use]
    pub fn at(start: usize) -> Self {
        Self { lines: vec![(0, start)] }
    }

    /// Where byte `offset` of the text stands in the file.
    #[must_use]
    pub fn offset(&self, offset: usize) -> usize {
        let line = self.lines.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        self.lines.get(line).map_or(offset, |&(start, place)| place + (offset - start))
    }

    fn moved(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let Span { start, end } = diagnostic.span;
        Diagnostic { span: Span::new(self.offset(start), self.offset(end)), ..diagnostic.clone() }
    }
}

impl Rule {
    /// Line and column of byte `offset` of the query: in the file if the query stands there as it is, else in the query.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        match &self.query.place {
            Some(place) => Position::of(&self.origin.source.text, place.offset(offset)),
            None => Position::of(&self.query.text, offset),
        }
    }

    /// What messages about the query name as its place: the file, or the query of the rule in the file.
    #[must_use]
    pub fn query_origin(&self) -> String {
        let path = &self.origin.source.path;
        match (&self.query.place, self.origin.line) {
            (Some(_), _) => path.clone(),
            (None, 0 | 1) => format!("query of {path}"),
            (None, line) => format!("query of {path}:{line}"),
        }
    }

    /// Findings about the query, drawn over the file it stands in.
    #[must_use]
    pub fn drawn(&self, findings: &[Diagnostic]) -> String {
        let origin = self.query_origin();
        let draw = |finding: &Diagnostic| match &self.query.place {
            Some(place) => diag::render(&place.moved(finding), &origin, &self.origin.source.text),
            None => diag::render(finding, &origin, &self.query.text),
        };
        findings.iter().map(draw).collect::<Vec<_>>().join("\n")
    }
}

/// The lines of `text` where the file has them one after the other, all indented alike.
fn block(text: &str, file: &str) -> Option<Vec<(usize, usize)>> {
    let wanted: Vec<(usize, &str)> = starts(text.trim_end());
    let held = starts(file);
    // The first line that has words must be found before the others are compared.
    let (lead, first) = wanted.iter().enumerate().find_map(|(at, (_, line))| (!line.trim().is_empty()).then_some((at, *line)))?;
    held.windows(wanted.len()).find_map(|window| {
        let indent = window[lead].1.strip_suffix(first)?.len();
        let fits = wanted.iter().zip(window).all(|((_, line), (_, held))| match held.get(..indent) {
            _ if line.trim().is_empty() => held.trim().is_empty(),
            Some(margin) => margin.bytes().all(|byte| byte == b' ') && held[indent..] == **line,
            None => false,
        });
        fits.then(|| {
            let place = |&(start, held): &(usize, &str)| start + indent.min(held.len());
            wanted.iter().zip(window).map(|((start, _), held)| (*start, place(held))).collect()
        })
    })
}

/// Lines without the blanks at their ends, which no error is about, and where they begin.
fn starts(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|whole| {
            let found = (start, whole.trim_end());
            start += whole.len();
            found
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use diag::Position;

    use super::Place;

    /// Line and column in `file` of `word` in `text`.
    fn position(text: &str, file: &str, word: &str) -> Option<(usize, usize)> {
        let at = Place::find(text, file)?.offset(text.find(word)?);
        let Position { line, column } = Position::of(file, at);
        Some((line, column))
    }

    #[test]
    fn a_block_is_found_line_by_line() {
        let file = "id: a\nquery: |\n  T\n  | where A == 1\n\n  | take 5\nversion: 1\n";
        let text = "T\n| where A == 1\n\n| take 5\n";
        assert_eq!(position(text, file, "T"), Some((3, 3)));
        assert_eq!(position(text, file, "take"), Some((6, 5)));
    }

    #[test]
    fn a_query_on_one_line_is_found_as_it_is() {
        assert_eq!(position("T | take 5", "query: 'T | take 5'\n", "take"), Some((1, 13)));
    }

    #[test]
    fn a_query_written_with_escapes_has_no_place() {
        assert!(Place::find("T\n| take 5", "query: \"T\\n| take 5\"\n").is_none());
        assert!(Place::find(" \n", "query: ' '\n").is_none());
    }

    #[test]
    fn blanks_at_the_end_of_lines_make_no_difference() {
        let file = "query: |\n\n  T  \n  | take 5 \n  \nversion: 1\n";
        assert_eq!(position("\nT  \n| take 5 \n", file, "take"), Some((4, 5)));
    }

    #[test]
    fn lines_that_end_in_carriage_returns_are_found() {
        let file = "query: |\r\n  T\r\n  | take 5\r\n";
        assert_eq!(position("T\n| take 5\n", file, "take"), Some((3, 5)));
    }
}
