//! URLs in text: written out, begun with `www.`, or made harmless to look at (`hxxps://example[.]com`).

use std::borrow::Cow;

use memchr::memmem;

use super::target::Target;

/// What people write for a scheme, at the end of the letters before `://`, and what it stands for; the longer first.
const SCHEMES: [(&str, &str); 8] = [
    ("https", "https"),
    ("hxxps", "https"),
    ("h**ps", "https"),
    ("http", "http"),
    ("hxxp", "http"),
    ("h**p", "http"),
    ("ftp", "ftp"),
    ("fxp", "ftp"),
];

/// What is written to keep an address from being one.
const DISARMED: [(&str, &str); 15] = [
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[:]", ":"),
    ("(:)", ":"),
    ("[://]", "://"),
    ("[:/]", ":/"),
    ("[//]", "//"),
    ("[/]", "/"),
    ("[at]", "@"),
    ("[.", "."),
    (".]", "."),
];

/// The longest URL that is read, in bytes.
const LONGEST: usize = 16 << 10;

/// Calls `found` with each URL of a text, in order, until it says that it has enough.
pub(crate) fn scan(text: &str, found: &mut dyn FnMut(Target) -> bool) {
    let text = rearmed(text);
    let lower = text.to_ascii_lowercase();
    let mut schemes = memmem::find_iter(lower.as_bytes(), "://").peekable();
    let mut wwws = memmem::find_iter(lower.as_bytes(), "www.").peekable();
    let mut done = 0;
    loop {
        let (at, bare) = match (schemes.peek(), wwws.peek()) {
            (Some(&scheme), Some(&www)) if scheme < www => (scheme, false),
            (_, Some(&www)) => (www, true),
            (Some(&scheme), None) => (scheme, false),
            (None, None) => return,
        };
        if bare {
            wwws.next()
        } else {
            schemes.next()
        };
        if at < done {
            continue;
        }
        let candidate = if bare { of_www(&text, at) } else { of_scheme(&text, &lower, at, done) };
        let Some((end, target)) = candidate else { continue };
        done = end;
        if let Some(target) = target
            && !found(target)
        {
            return;
        }
    }
}

/// The URL around `://`, and where it ends.
fn of_scheme(text: &str, lower: &str, at: usize, from: usize) -> Option<(usize, Option<Target>)> {
    let before = lower.get(from..at)?;
    let scheme = SCHEMES.iter().find(|(written, _)| before.ends_with(written)).map(|(_, scheme)| scheme)?;
    let rest = text.get(at + 3..)?;
    let length = length(rest);
    let written = rest.get(..length)?;
    Some((at + 3 + length, Target::absolute(&format!("{scheme}://{written}")).filter(|target| is_host(&target.domain))))
}

/// The URL that begins with `www.`, and where it ends.
fn of_www(text: &str, at: usize) -> Option<(usize, Option<Target>)> {
    let before = text.get(..at)?.chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || "/.@-_=%".contains(c)) {
        return None;
    }
    let rest = text.get(at..)?;
    let length = length(rest);
    let written = rest.get(..length)?;
    let target = Target::absolute(&format!("http://{written}"));
    Some((at + length, target.filter(|target| target.domain.matches('.').count() >= 2 && is_host(&target.domain))))
}

/// A name with a dot or a colon in it, and nothing that a name does not have.
fn is_host(domain: &str) -> bool {
    (domain.contains('.') || domain.contains(':')) && domain.chars().all(|c| c.is_alphanumeric() || ".-_:".contains(c))
}

/// How far a URL goes: to white space, a quote or an angle bracket, without the punctuation of the sentence around it.
fn length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"`\\^{}|“”„«»‹›。，、）】」』\u{200b}\u{feff}".contains(c);
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    let mut url = text.split(ends).next().unwrap_or_default();
    // A few rounds are enough for sentences; more would take their time with what was made for it.
    for _ in 0..8 {
        let shorter = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '’', '…']);
        let shorter = unbalanced(unbalanced(shorter, '(', ')'), '[', ']');
        if shorter.len() == url.len() {
            return url.len();
        }
        url = shorter;
    }
    url.len()
}

/// Without a last bracket that nothing in the URL opens.
fn unbalanced(url: &str, open: char, close: char) -> &str {
    match url.strip_suffix(close) {
        Some(shorter) if url.matches(close).count() > url.matches(open).count() => shorter,
        _ => url,
    }
}

/// The text with its disarmed addresses as addresses.
fn rearmed(text: &str) -> Cow<'_, str> {
    let opens = |byte: &u8| matches!(byte, b'[' | b'(' | b'{');
    let mut out = String::new();
    let mut from = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| opens(byte) || *byte == b'.')) {
        at += step;
        let here = bytes.get(at..).unwrap_or_default();
        let matched = DISARMED
            .iter()
            .find(|(written, _)| here.get(..written.len()).is_some_and(|head| head.eq_ignore_ascii_case(written.as_bytes())));
        match matched {
            // `.]` and `[.` alone stand at the end and the beginning of sentences, too: only between letters are they meant.
            Some((written, _)) if written.len() == 2 && !between_letters(bytes, at, written.len()) => at += 1,
            Some((written, plain)) => {
                out.push_str(text.get(from..at).unwrap_or_default());
                out.push_str(plain);
                at += written.len();
                from = at;
            }
            None => at += 1,
        }
    }
    if from == 0 {
        return text.into();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out.into()
}

fn between_letters(bytes: &[u8], at: usize, length: usize) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    letter(at.checked_sub(1)) && letter(Some(at + length))
}

#[cfg(test)]
mod tests {
    use super::scan;

    fn urls(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        scan(text, &mut |target| {
            found.push(target.url);
            true
        });
        found
    }

    #[test]
    fn urls_end_where_the_sentence_goes_on() {
        for (text, url) in [
            ("see https://example.com/a.", "https://example.com/a"),
            ("(https://example.com/a)", "https://example.com/a"),
            ("https://example.com/a_(b), too", "https://example.com/a_(b)"),
            ("<https://example.com/?q=1&r=2>", "https://example.com/?q=1&r=2"),
            ("\"https://example.com\"", "https://example.com"),
            ("see www.example.com/x!", "http://www.example.com/x"),
            ("word:http://example.com", "http://example.com"),
            ("https://例え.example/", "https://例え.example/"),
            ("http://192.0.2.1/x", "http://192.0.2.1/x"),
        ] {
            assert_eq!(urls(text), [url], "{text}");
        }
    }

    #[test]
    fn disarmed_urls_are_urls() {
        for (text, url) in [
            ("hxxps://example[.]com/a", "https://example.com/a"),
            ("hXXp://example(dot)com", "http://example.com"),
            ("https[:]//example.com", "https://example.com"),
            ("https[://]example[.]com[/]a", "https://example.com/a"),
            ("http://example[.com/x", "http://example.com/x"),
            ("www[.]example[.]com", "http://www.example.com"),
            ("h**ps://example.com", "https://example.com"),
        ] {
            assert_eq!(urls(text), [url], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in
            ["a://b", "http://", "https://localhost/x", "awww.example.com", "www.", "www.example", "see [1.] and [.5]", "://"]
        {
            assert_eq!(urls(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn one_inside_another_is_one() {
        assert_eq!(
            urls("https://a.example/?u=https://b.example/&v=www.c.example"),
            ["https://a.example/?u=https://b.example/&v=www.c.example"]
        );
    }
}
