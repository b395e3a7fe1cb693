//! The body in its two forms (RFC 6376 sections 3.4.3 and 3.4.4), hashed once for all signatures that want the same of it.

use aws_lc_rs::digest::{Context, Digest, SHA256};

use super::canonical::Canonicalization;

/// The end of every line of a message.
pub(super) const LINE_END: &[u8] = b"\r\n";

/// What a signature wants hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// In which form.
    pub form: Canonicalization,
    /// How many bytes of that form; `None` for all.
    pub length: Option<u64>,
}

/// What was hashed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashed {
    /// SHA-256 of it.
    pub digest: Digest,
    /// Bytes of the whole body in this form, however many of them were wanted.
    pub whole: u64,
}

/// Hashes for each that is wanted, in that order. The body is gone through once for each form.
pub(crate) fn hash(body: &[u8], wanted: &[Wanted]) -> Vec<Hashed> {
    let mut distinct: Vec<Wanted> = Vec::new();
    for want in wanted {
        if !distinct.contains(want) {
            distinct.push(*want);
        }
    }
    let mut found: Vec<(Wanted, Hashed)> = Vec::with_capacity(distinct.len());
    for form in [Canonicalization::Simple, Canonicalization::Relaxed] {
        let mut sink = Sink::new(distinct.iter().copied().filter(|want| want.form == form).collect());
        if !sink.hashers.is_empty() {
            match form {
                Canonicalization::Simple => simple(body, &mut sink),
                Canonicalization::Relaxed => relaxed(body, &mut sink),
            }
            found.extend(sink.finish());
        }
    }
    wanted.iter().filter_map(|want| found.iter().find(|(of, _)| of == want).map(|(_, hashed)| *hashed)).collect()
}

/// Empty lines at the end are not signed; a last line end is added where it is missing, even to nothing.
fn simple(body: &[u8], sink: &mut Sink) {
    let mut core = body;
    while let Some(shorter) = core.strip_suffix(LINE_END) {
        core = shorter;
    }
    sink.push(core);
    sink.push(LINE_END);
}

/// White space at the end of lines is not signed, nor are empty lines at the end; other runs of white space are one space. Nothing stays nothing.
fn relaxed(body: &[u8], sink: &mut Sink) {
    let core = without_empty_end(body);
    if core.is_empty() {
        return;
    }
    // Most bodies have nothing to change for a long way, and finding that out is much cheaper than a look at every space.
    let two = memchr::memmem::find(core, b"  ");
    let last = memchr::memmem::find(core, b" \r\n");
    // A tab makes the space before it part of its run.
    let tab = memchr::memchr(b'\t', core).map(|at| at.saturating_sub(1));
    let clean = [two, last, tab].into_iter().flatten().min().unwrap_or(core.len());
    // Everything up to `done` has been passed on. Spaces that stay as they are do not end a run.
    let (mut done, mut skip) = (0, clean);
    for at in memchr::memchr2_iter(b' ', b'\t', &core[clean..]).map(|at| clean + at) {
        if at < skip {
            continue;
        }
        let rest = &core[at..];
        let spaces = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len());
        let at_line_end = rest[spaces..].starts_with(LINE_END);
        if spaces == 1 && rest[0] == b' ' && !at_line_end {
            continue;
        }
        sink.push(&core[done..at]);
        if !at_line_end {
            sink.push(b" ");
        }
        done = at + spaces;
        skip = done;
    }
    sink.push(&core[done..]);
    sink.push(LINE_END);
}

/// Up to the last byte that is neither white space nor part of a line end.
fn without_empty_end(mut body: &[u8]) -> &[u8] {
    loop {
        if let Some(shorter) = body.strip_suffix(LINE_END) {
            body = shorter;
        } else if let [shorter @ .., b' ' | b'\t'] = body {
            body = shorter;
        } else {
            return body;
        }
    }
}

/// Hashers of one form, each with its limit.
struct Sink {
    hashers: Vec<(Wanted, Context, u64)>,
    /// Small pieces, put together before they are hashed: a call costs more than the bytes.
    small: Vec<u8>,
    whole: u64,
}

impl Sink {
    /// Pieces of at least so many bytes are hashed where they lie.
    const LARGE: usize = 512;

    fn new(wanted: Vec<Wanted>) -> Self {
        let hashers = wanted.into_iter().map(|want| (want, Context::new(&SHA256), want.length.unwrap_or(u64::MAX))).collect();
        Self { hashers, small: Vec::new(), whole: 0 }
    }

    fn push(&mut self, piece: &[u8]) {
        if piece.len() >= Self::LARGE {
            self.flush();
            self.update(piece);
        } else {
            if self.small.len() + piece.len() > 4 * Self::LARGE {
                self.flush();
            }
            self.small.extend_from_slice(piece);
        }
    }

    fn flush(&mut self) {
        let small = std::mem::take(&mut self.small);
        self.update(&small);
        self.small = small;
        self.small.clear();
    }

    fn update(&mut self, piece: &[u8]) {
        self.whole += piece.len() as u64;
        for (_, context, left) in &mut self.hashers {
            let take = usize::try_from(*left).map_or(piece.len(), |left| left.min(piece.len()));
            context.update(&piece[..take]);
            *left -= take as u64;
        }
    }

    fn finish(mut self) -> impl Iterator<Item = (Wanted, Hashed)> {
        self.flush();
        let whole = self.whole;
        self.hashers.into_iter().map(move |(want, context, _)| (want, Hashed { digest: context.finish(), whole }))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use proptest::prelude::*;

    use super::{
        Canonicalization::{self, Relaxed, Simple},
        Wanted, hash,
    };

    /// What a form makes of a body, found by its hash.
    #[track_caller]
    fn same(form: Canonicalization, body: &str, canonical: &str) {
        let hashed = hash(body.as_bytes(), &[Wanted { form, length: None }])[0];
        assert_eq!(hashed.digest.as_ref(), digest(&SHA256, canonical.as_bytes()).as_ref(), "{body:?} is not {canonical:?}");
        assert_eq!(hashed.whole, canonical.len() as u64);
    }

    #[test]
    fn lines_are_signed() {
        same(Simple, " C \r\nD \t E\r\n", " C \r\nD \t E\r\n");
        same(Relaxed, " C \r\nD \t E\r\n", " C\r\nD E\r\n");
    }

    #[test]
    fn empty_lines_at_the_end_are_not() {
        same(Simple, "a\r\n\r\nb\r\n\r\n\r\n", "a\r\n\r\nb\r\n");
        same(Relaxed, "a\r\n\r\nb\r\n\r\n\r\n", "a\r\n\r\nb\r\n");
    }

    #[test]
    fn lines_of_white_space_at_the_end_are_empty_only_when_relaxed() {
        same(Simple, "a\r\n \t\r\n\r\n", "a\r\n \t\r\n");
        same(Relaxed, "a \r\n \t\r\n\r\n\t", "a\r\n");
        same(Relaxed, "a\r\n \r\nb\r\n", "a\r\n\r\nb\r\n");
    }

    #[test]
    fn no_body_is_one_line_end_when_simple_and_nothing_when_relaxed() {
        for body in ["", "\r\n", "\r\n\r\n\r\n"] {
            same(Simple, body, "\r\n");
            same(Relaxed, body, "");
        }
        same(Simple, " \r\n", " \r\n");
        same(Relaxed, " \r\n\t\r\n ", "");
    }

    #[test]
    fn a_missing_last_line_end_is_added() {
        same(Simple, "a", "a\r\n");
        same(Relaxed, "a", "a\r\n");
        same(Relaxed, "a\tb", "a b\r\n");
    }

    #[test]
    fn white_space_at_the_start_of_a_line_is_one_space() {
        same(Relaxed, "\t a\r\n\t\tb", " a\r\n b\r\n");
        same(Relaxed, "a \tb", "a b\r\n");
    }

    #[test]
    fn a_bare_carriage_return_is_a_character() {
        same(Simple, "a\r", "a\r\r\n");
        same(Relaxed, "a \r b \r", "a \r b \r\r\n");
    }

    #[test]
    fn several_wants_are_served_in_one_go() {
        let of = |form, length| Wanted { form, length };
        let wanted = [of(Relaxed, Some(2)), of(Simple, None), of(Relaxed, None), of(Relaxed, Some(0)), of(Relaxed, Some(99))];
        let hashed = hash(b"a  b\r\n", &wanted);
        let expected: [&[u8]; 5] = [b"a ", b"a  b\r\n", b"a b\r\n", b"", b"a b\r\n"];
        for (found, text) in hashed.iter().zip(expected) {
            assert_eq!(found.digest.as_ref(), digest(&SHA256, text).as_ref());
        }
        assert_eq!(hashed.iter().map(|it| it.whole).collect::<Vec<_>>(), [5, 6, 5, 5, 5]);
    }

    /// The words of the standard, step by step.
    fn by_the_book(body: &str) -> String {
        let mut lines: Vec<String> = body
            .split("\r\n")
            .map(|line| {
                let mut out = String::new();
                for letter in line.trim_end_matches([' ', '\t']).chars() {
                    let space = matches!(letter, ' ' | '\t');
                    if !(space && out.ends_with(' ')) {
                        out.push(if space { ' ' } else { letter });
                    }
                }
                out
            })
            .collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.into_iter().map(|line| line + "\r\n").collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn relaxed_is_what_the_standard_says(parts in proptest::collection::vec(prop_oneof![
            Just(" "), Just("\t"), Just("\r\n"), Just("a"), Just("word"), Just("\r")], 0..60)) {
            let body = parts.concat();
            same(Relaxed, &body, &by_the_book(&body));
        }
    }
}
