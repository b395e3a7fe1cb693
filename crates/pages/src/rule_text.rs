//! Colours of a rule as it is published: names of fields, comments, and the query that stands in it.

use desk::{Colour, Completions, Desk, Fault, Writing};

/// The query of a rule's text: its words without indentation, and where each of its lines stands in the text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Inner {
    query: String,
    /// For each line, its first byte in `query` and in the text.
    lines: Vec<(usize, usize)>,
}

impl Inner {
    /// A place of the query as a place of the text.
    fn outer(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|(start, _)| *start <= at).checked_sub(1).and_then(|line| self.lines.get(line));
        line.map_or(at, |(inner, outer)| outer + at.saturating_sub(*inner))
    }

    /// A place of the text as a place of the query; `None` where the query does not stand.
    fn place(&self, at: usize) -> Option<usize> {
        let next = self.lines.partition_point(|(_, outer)| *outer <= at);
        let (start, outer) = *self.lines.get(next.checked_sub(1)?)?;
        // Each line of the query ends with a line end, behind which the next one begins.
        let end = self.lines.get(next).map_or(self.query.len(), |(next, _)| *next).saturating_sub(1);
        let place = start + (at - outer);
        (place <= end && self.query.is_char_boundary(place)).then_some(place)
    }

    fn push(&mut self, line: &str, at: usize, indent: usize) {
        let skipped = line.bytes().take(indent).take_while(|byte| *byte == b' ').count();
        self.lines.push((self.query.len(), at + skipped));
        self.query.push_str(line.get(skipped..).unwrap_or_default());
        self.query.push('\n');
    }
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// The query: the block below `query: |` of YAML, or between the quotes after `query = '''` of TOML.
fn inner(text: &str) -> Inner {
    let mut inner = Inner::default();
    let mut block: Option<(usize, &str)> = None; // How far the lines are moved in, or the quotes that end them.
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        match block {
            None => {
                let words = line.trim();
                if let Some(rest) = words.strip_prefix("query:").map(str::trim) {
                    if rest.starts_with(['|', '>']) {
                        block = Some((indent(line) + 1, ""));
                    }
                } else if let Some(rest) = words.strip_prefix("query = ").filter(|rest| ["'''", "\"\"\""].contains(rest)) {
                    block = Some((0, rest));
                }
            }
            Some((_, quotes)) if !quotes.is_empty() => {
                if line.trim_end().ends_with(quotes) {
                    break;
                }
                inner.push(line, at, 0);
            }
            Some((least, _)) => {
                if !line.trim().is_empty() && indent(line) < least {
                    break;
                }
                // The first line says how far all of them are moved in.
                let moved = if inner.lines.is_empty() { indent(line) } else { inner.lines.first().map_or(least, |_| least) };
                block = Some((moved.max(least), ""));
                inner.push(line, at, moved);
            }
        }
        at += whole.len();
    }
    inner
}

/// Names of fields, and comments.
fn outside(text: &str, query: &Inner) -> Vec<Colour> {
    let (first, last) = (query.lines.first().map_or(usize::MAX, |line| line.1), query.lines.last().map_or(0, |line| line.1));
    let mut colours = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begin = at + indent(line);
        let words = line.trim();
        let colour = |length: usize, class: &str| Colour { start: begin, end: begin + length, class: class.to_owned() };
        if at + indent(line) < first || at > last {
            let name =
                words.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
            let rest = words.get(name..).unwrap_or_default();
            if words.starts_with('#') {
                colours.push(colour(words.len(), "comment"));
            } else if words.starts_with('[') {
                colours.push(colour(words.len(), "operator"));
            } else if name > 0 && (rest.starts_with(':') || rest.trim_start().starts_with('=')) {
                colours.push(colour(name, "keyword"));
            }
        }
        at += line.len();
    }
    colours
}

/// The language of a rule's query, and where it looks: rules in TOML are of Elastic and say so, others are of Kusto.
fn dialect(text: &str) -> (String, Vec<String>) {
    if !text.lines().any(|line| line.trim() == "[rule]") {
        return ("kusto".to_owned(), Vec::new());
    }
    let quoted = |part: &str| part.split(['"', '\'']).skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    // What stands behind a name and its sign, to the end of the text.
    let behind = |name: &str| {
        let mut rest = text;
        loop {
            if let Some(value) = rest.strip_prefix(name).and_then(|rest| rest.trim_start().strip_prefix('=')) {
                return Some(value);
            }
            rest = rest.split_once('\n')?.1.trim_start();
        }
    };
    let language = behind("language").and_then(|value| quoted(value.lines().next()?).pop());
    let indices = behind("index").and_then(|value| value.split_once('[')?.1.split_once(']')).map(|(list, _)| quoted(list));
    (language.unwrap_or_else(|| "kuery".to_owned()), indices.unwrap_or_default())
}

/// What may stand at a place of a rule's text: that of its query, where it stands in one; nothing elsewhere.
///
/// # Errors
/// Where nothing is known of the tables.
pub(crate) async fn complete(desk: &Desk, text: &str, at: usize) -> Result<Completions, Fault> {
    let query = inner(text);
    let none = Completions { start: at, end: at, candidates: Vec::new() };
    let Some(place) = query.place(at) else {
        return Ok(none);
    };
    let (language, indices) = dialect(text);
    let found = desk.hunts.complete(Writing { text: &query.query, language: &language, indices: &indices }, place).await?;
    Ok(Completions { start: query.outer(found.start), end: query.outer(found.end), candidates: found.candidates })
}

/// The colours of a rule's text.
pub(crate) async fn colours(desk: &Desk, text: &str) -> Vec<Colour> {
    let query = inner(text);
    let mut colours = outside(text, &query);
    let (language, indices) = dialect(text);
    // In a language that cannot be run here, nothing is coloured.
    if let Ok(looked) = desk.hunts.look(Writing { text: &query.query, language: &language, indices: &indices }).await {
        colours.extend(looked.colours.into_iter().map(|colour| Colour {
            start: query.outer(colour.start),
            // The end of a line belongs to it, not to the next.
            end: colour.end.checked_sub(1).map_or(0, |last| query.outer(last) + 1),
            class: colour.class,
        }));
    }
    colours.sort_by_key(|colour| colour.start);
    colours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_yaml_is_found_with_its_places() {
        let text = "id: x\nquery: |\n  EmailEvents\n    | take 1\nversion: 1\n";
        let found = inner(text);
        assert_eq!(found.query, "EmailEvents\n  | take 1\n");
        let pipe = found.query.find('|').unwrap();
        assert_eq!(text.get(found.outer(pipe)..).unwrap().chars().next(), Some('|'));
    }

    #[test]
    fn the_query_of_toml_is_found_with_its_places() {
        let text = "[rule]\nquery = '''\na:b and\nc:d\n'''\nname = \"x\"\n";
        let found = inner(text);
        assert_eq!(found.query, "a:b and\nc:d\n");
        assert_eq!(text.get(found.outer(8)..found.outer(8) + 3), Some("c:d"));
    }

    #[test]
    fn a_text_without_a_query_has_none() {
        for text in ["", "name: x", "query: T | take 1\n", "query: |"] {
            assert_eq!(inner(text), Inner::default(), "{text}");
        }
    }

    #[test]
    fn a_place_of_the_text_is_one_of_the_query_or_none() {
        let text = "id: é\nquery: |\n  EmailEvents\n    | wh\n\nversion: 1\n";
        let found = inner(text);
        for (before, place) in
            [("EmailEv", Some(7)), ("    | wh", Some(18)), ("query: |", None), ("id: é", None), ("version: 1", None)]
        {
            let at = text.find(before).unwrap() + before.len();
            assert_eq!(found.place(at), place, "{before}");
        }
        for at in 0..=text.len() + 3 {
            if let Some(place) = found.place(at) {
                assert_eq!(found.outer(place), at);
            }
        }
    }

    #[tokio::test]
    async fn the_query_of_a_rule_is_completed_where_it_stands() {
        let desk = desk::sample::desk();
        let text = "id: é\nquery: |\n  EmailE\nversion: 1\n";
        let at = text.find("EmailE").unwrap();
        let found = complete(&desk, text, at + 6).await.unwrap();
        assert_eq!((found.start, found.end), (at, at + 6));
        assert!(found.candidates.iter().any(|candidate| candidate.insert == "EmailEvents"));
        for (text, at) in [(text, 2), (text, 9999)] {
            assert!(complete(&desk, text, at).await.unwrap().candidates.is_empty(), "{at}");
        }
    }

    #[test]
    fn the_language_is_that_of_the_rule() {
        assert_eq!(dialect("id: x\nquery: |\n  T\n"), ("kusto".to_owned(), Vec::new()));
        let text = "[rule]\nindex = [\n  \"logs-o365.audit-*\",\n  'filebeat-*'\n]\nlanguage = \"lucene\"\n";
        assert_eq!(dialect(text), ("lucene".to_owned(), vec!["logs-o365.audit-*".to_owned(), "filebeat-*".to_owned()]));
        for text in ["[rule]\n", "[rule]\nindex = [\"a", "[rule]\nlanguage = \nindex ="] {
            assert_eq!(dialect(text), ("kuery".to_owned(), Vec::new()), "{text}");
        }
    }

    #[tokio::test]
    async fn all_colours_stand_in_order_within_the_text() {
        let text = "# é\nid: x\nquery: |\n  EmailEvents // ü\n  | where a == \"é\"\nversion: 1\n";
        let colours = colours(&desk::sample::desk(), text).await;
        let words: Vec<&str> = colours.iter().map(|colour| text.get(colour.start..colour.end).unwrap()).collect();
        assert_eq!(words, ["# é", "id", "query", "// ü", "|", "where", "\"é\"", "version"]);
    }
}
