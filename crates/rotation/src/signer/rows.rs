//! Text files of one row a line, a name and a value, with comments behind `#`: the form of OpenDKIM's data sets and configuration, and of rspamd's maps.

use std::ops::Range;

/// A line that says something, as ranges of the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// All of it, its line end included.
    pub line: Range<usize>,
    /// The first word.
    pub name: Range<usize>,
    /// What follows it, without white space at the ends and without a comment; may be empty.
    pub value: Range<usize>,
}

/// Every line that says something.
pub(super) fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let said = line.split('#').next().unwrap_or_default();
        let start = from + (said.len() - said.trim_start().len());
        let said = said.trim();
        if !said.is_empty() {
            let name = said.find(char::is_whitespace).unwrap_or(said.len());
            let value = said.get(name..).unwrap_or_default();
            let gap = value.len() - value.trim_start().len();
            rows.push(Row {
                line: from..from + line.len(),
                name: start..start + name,
                value: start + name + gap..start + said.len(),
            });
        }
        from += line.len();
    }
    rows
}

/// A part of the text; empty if it is none.
pub(super) fn part<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    text.get(range.clone()).unwrap_or_default()
}

/// Texts put in place of parts; `None` if that changes nothing. Parts must not overlap.
pub(super) fn spliced(text: &str, mut parts: Vec<(Range<usize>, String)>) -> Option<String> {
    parts.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (range, with) in parts {
        out.push_str(text.get(from..range.start)?);
        out.push_str(&with);
        from = range.end;
    }
    out.push_str(text.get(from..)?);
    (out != text).then_some(out)
}

/// The end of lines that a text has.
pub(super) fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// A line put at the end.
pub(super) fn with_line(text: &str, line: &str) -> String {
    let end = line_end(text);
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    format!("{text}{gap}{line}{end}")
}

#[cfg(test)]
mod tests {
    use super::{part, rows, spliced, with_line};

    #[test]
    fn names_values_and_comments() {
        let text = "# only a comment\n\n  a.example  s1 : x # why\r\nb.example\n c\tlast";
        let found: Vec<_> = rows(text).into_iter().map(|row| (part(text, &row.name), part(text, &row.value))).collect();
        assert_eq!(found, [("a.example", "s1 : x"), ("b.example", ""), ("c", "last")]);
        assert_eq!(part(text, &rows(text)[0].line), "  a.example  s1 : x # why\r\n");
    }

    #[test]
    fn parts_are_replaced_and_the_rest_stays() {
        assert_eq!(spliced("a b c", vec![(4..5, "C".into()), (0..1, "A".into())]).as_deref(), Some("A b C"));
        assert_eq!(spliced("a", vec![(0..1, "a".into())]), None);
        assert_eq!(spliced("a", vec![(0..9, "b".into())]), None);
    }

    #[test]
    fn a_line_at_the_end_is_a_line_of_its_own() {
        assert_eq!(with_line("a", "b"), "a\nb\n");
        assert_eq!(with_line("a\r\n", "b"), "a\r\nb\r\n");
        assert_eq!(with_line("", "b"), "b\n");
    }
}
