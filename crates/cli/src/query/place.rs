//! Where the query of a rule stands in the rule's file, so that errors name the lines a person sees in the editor. Pure.

use diag::{Diagnostic, Span};

/// A text within a file, line by line.
#[derive(Debug)]
pub(crate) struct Place {
    file: String,
    /// For each line of the text: where it begins in the text, and where in the file.
    lines: Vec<(usize, usize)>,
}

impl Place {
    /// The place of `text`: as it is, or as the lines of a YAML block, indented. `None` if the file writes it otherwise.
    pub(crate) fn find(text: &str, file: String) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        let lines = block(text, &file).or_else(|| Some(vec![(0, file.find(text.trim_end())?)]))?;
        Some(Self { file, lines })
    }

    /// The whole file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Findings about the text as findings about the file.
    pub(crate) fn moved(&self, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
        let moved = |diagnostic: &Diagnostic| {
            let Span { start, end } = diagnostic.span;
            Diagnostic { span: Span::new(self.offset(start), self.offset(end)), ..diagnostic.clone() }
        };
        diagnostics.iter().map(moved).collect()
    }

    fn offset(&self, offset: usize) -> usize {
        let line = self.lines.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        self.lines.get(line).map_or(offset, |&(start, place)| place + (offset - start))
    }
}

/// The lines of `text` where the file has them one after the other, all indented alike.
fn block(text: &str, file: &str) -> Option<Vec<(usize, usize)>> {
    let wanted: Vec<(usize, &str)> = starts(text.trim_end());
    let held = starts(file);
    let (_, first) = *wanted.iter().find(|(_, line)| !line.trim().is_empty())?;
    held.windows(wanted.len()).find_map(|window| {
        let indent = window.iter().find_map(|(_, line)| line.strip_suffix(first)).map(str::len)?;
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

/// Lines without their ends, and where they begin.
fn starts(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let line = |line: &str| line.trim_end_matches(['\n', '\r']).len();
    text.split_inclusive('\n')
        .map(|whole| {
            let found = (start, &whole[..line(whole)]);
            start += whole.len();
            found
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use diag::{Diagnostic, Position, Span};

    use super::Place;

    /// Line and column in `file` of `word` in `text`.
    fn position(text: &str, file: &str, word: &str) -> Option<(usize, usize)> {
        let place = Place::find(text, file.to_owned())?;
        let start = text.find(word)?;
        let moved = place.moved(&[Diagnostic::error("K0000", "", Span::new(start, start + word.len()))]);
        let Span { start, end } = moved.first()?.span;
        assert_eq!(&file[start..end], word);
        let Position { line, column } = Position::of(file, start);
        Some((line, column))
    }

    #[test]
    fn a_block_is_found_under_its_indentation() {
        let file = "name: x\nquery: |\n  T\n\n    | where Adress == 1\nversion: 1\n";
        assert_eq!(position("T\n\n  | where Adress == 1\n", file, "Adress"), Some((5, 13)));
        assert_eq!(position("T\n\n  | where Adress == 1\n", &file.replace('\n', "\r\n"), "T"), Some((3, 3)));
    }

    #[test]
    fn a_query_on_the_line_of_its_key_is_found() {
        assert_eq!(position("T | take x", "query: \"T | take x\"\n", "x"), Some((1, 18)));
    }

    #[test]
    fn a_query_that_the_file_writes_otherwise_has_no_place() {
        assert_eq!(position("T | take x", "query: >\n  T\n  | take x\n", "x"), None);
        assert_eq!(position("", "query: ''\n", ""), None);
    }
}
