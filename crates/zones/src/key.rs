//! A key that signs changes, and the file that BIND's `tsig-keygen` writes it to.
//!
//! ```text
//! key "updates" {
//!     algorithm hmac-sha256;
//!     secret "bm90IGEgc2VjcmV0IGF0IGFsbCwgYW4gZXhhbXBsZQ==";
//! };
//! ```
//!
//! Files are read by the caller, who hands over their text. No error and no debug output holds a part of a secret: not even a word of
//! the file that stands where it should not, because it may be one.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    change::{NameFault, Unwritable},
    wire,
};

/// More than any file of keys: one that is longer is another file.
const MAX_FILE: usize = 64 * 1024;

/// How keys sign (RFC 8945 section 6): those that are still recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Sha256,
    /// HMAC with SHA-384.
    Sha384,
    /// HMAC with SHA-512.
    Sha512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// As files and messages name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "hmac-sha256",
            Self::Sha384 => "hmac-sha384",
            Self::Sha512 => "hmac-sha512",
        }
    }

    /// How many bytes a signature has.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    const fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }
}

/// Algorithms that other servers may still offer, and that are not used here.
const OUTDATED: [&str; 4] = ["hmac-md5", "hmac-md5.sig-alg.reg.int", "hmac-sha1", "hmac-sha224"];

/// A key that a server knows too.
#[derive(Clone)]
pub struct TsigKey {
    /// In lower case, without the dot at the end.
    name: String,
    algorithm: Algorithm,
    secret: Zeroizing<Vec<u8>>,
}

/// Why there is no key in a text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// It is no file of keys at all.
    #[error("it is {0} bytes long, which no file of keys is")]
    Long(usize),
    /// It holds no `key` statement.
    #[error(
        "it holds no key: a key is written `key \"name\" {{ algorithm hmac-sha256; secret \"...\"; }};`, as tsig-keygen does"
    )]
    None,
    /// It holds several, and nobody said which one.
    #[error("it holds several keys, {}: say which one", .0.join(", "))]
    Several(Vec<String>),
    /// It does not hold the one that was asked for.
    #[error("it does not hold the key {wanted}, but {}", .found.join(", "))]
    Other {
        /// The name asked for.
        wanted: String,
        /// The names there.
        found: Vec<String>,
    },
    /// Something else stands there than what a key needs.
    #[error("line {line}: {expected} should stand here")]
    Expected {
        /// Counted from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A quotation mark, a comment or a brace that does not end.
    #[error("line {line}: {what} that begins here does not end")]
    Open {
        /// Counted from 1.
        line: usize,
        /// What begins there.
        what: &'static str,
    },
    /// The name of a key is a name in the DNS.
    #[error("line {line}: the name of the key is none in the DNS: {fault}")]
    Name {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// An algorithm that RFC 8945 section 6 advises against.
    #[error("line {line}: {name} is outdated; make a new key with `tsig-keygen -a hmac-sha256`, and give it to the server too")]
    Outdated {
        /// Counted from 1.
        line: usize,
        /// The algorithm.
        name: &'static str,
    },
    /// An algorithm nobody knows.
    #[error("line {line}: the algorithm is none of hmac-sha256, hmac-sha384, hmac-sha512")]
    Algorithm {
        /// Counted from 1.
        line: usize,
    },
    /// A secret that is not base64, or empty.
    #[error("line {line}: the secret is not base64")]
    Secret {
        /// Counted from 1.
        line: usize,
    },
    /// A key without one of its two parts.
    #[error("line {line}: the key {name} has no {missing}")]
    Missing {
        /// Where the key begins, counted from 1.
        line: usize,
        /// Its name.
        name: String,
        /// What it lacks.
        missing: &'static str,
    },
}

/// Something about a key that its owner should know, and that keeps nobody from using it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyNote {
    /// RFC 8945 section 8 wants a secret as long as the signature.
    #[error("the secret of {name} has {bytes} bytes, fewer than the {wanted} that {algorithm} deserves", algorithm = .algorithm.name())]
    Short {
        /// The key.
        name: String,
        /// How long its secret is.
        bytes: usize,
        /// How long it should be.
        wanted: usize,
        /// How it signs.
        algorithm: Algorithm,
    },
    /// The file's mode lets others read it.
    #[error("the file of the key can be read by others (mode {mode:03o}): who reads it can change the zone; `chmod 600` it")]
    Readable {
        /// The lower nine bits.
        mode: u32,
    },
}

impl TsigKey {
    /// A key of its parts.
    ///
    /// # Errors
    ///
    /// The name cannot be one of a key, because it cannot be one in the DNS.
    pub fn new(name: &str, algorithm: Algorithm, secret: Vec<u8>) -> Result<Self, Unwritable> {
        let secret = Zeroizing::new(secret);
        wire::name(name)?;
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        Ok(Self { name, algorithm, secret })
    }

    /// The key of a file in BIND's form, or the one of this name where it holds several. Other statements are passed over, so that a
    /// server's own configuration can be given.
    ///
    /// # Errors
    ///
    /// There is none, or what is there is none.
    pub fn read(text: &str, name: Option<&str>) -> Result<Self, KeyError> {
        let mut found = statements(text)?;
        let names = || found.iter().map(|key| key.name.clone()).collect();
        if found.is_empty() {
            return Err(KeyError::None);
        }
        let at = match name {
            Some(wanted) => {
                let plain = wanted.strip_suffix('.').unwrap_or(wanted);
                let at = found.iter().position(|key| key.name.eq_ignore_ascii_case(plain));
                at.ok_or_else(|| KeyError::Other { wanted: plain.to_owned(), found: names() })?
            }
            None if found.len() > 1 => return Err(KeyError::Several(names())),
            None => 0,
        };
        Ok(found.swap_remove(at))
    }

    /// Its name, in lower case, without the dot at the end.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it signs.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What its owner should know: `mode` is that of its file, where files have one.
    #[must_use]
    pub fn notes(&self, mode: Option<u32>) -> Vec<KeyNote> {
        let (bytes, wanted) = (self.secret.len(), self.algorithm.length());
        let (name, algorithm) = (self.name.clone(), self.algorithm);
        let short = (bytes < wanted).then_some(KeyNote::Short { name, bytes, wanted, algorithm });
        let readable = mode.map(|mode| mode & 0o777).filter(|mode| mode & 0o077 != 0).map(|mode| KeyNote::Readable { mode });
        short.into_iter().chain(readable).collect()
    }

    /// The signature of some bytes.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(self.algorithm.hmac(), &self.secret), bytes).as_ref().to_vec()
    }

    /// Whether the signature is that of the bytes; takes as long whatever is wrong.
    pub(crate) fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(self.algorithm.hmac(), &self.secret), bytes, signature).is_ok()
    }
}

impl fmt::Debug for TsigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TsigKey").field("name", &self.name).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The keys of a text.
fn statements(text: &str) -> Result<Vec<TsigKey>, KeyError> {
    if text.len() > MAX_FILE {
        return Err(KeyError::Long(text.len()));
    }
    let mut words = Words { rest: text, line: 1 };
    let mut found = Vec::new();
    while let Some((line, token)) = words.next()? {
        match token {
            Token::Word(word) if word.eq_ignore_ascii_case("key") => {
                let key = key(&mut words, line)?;
                found.push(key);
            }
            _ => pass_over(&mut words, line, token)?,
        }
    }
    Ok(found)
}

/// A key from its name on, to the semicolon after its brace.
fn key(words: &mut Words<'_>, begins: usize) -> Result<TsigKey, KeyError> {
    let (line, name) = words.word("the name of the key")?;
    wire::checked(name).map_err(|fault| KeyError::Name { line, fault })?;
    words.sign(Token::Open, "{")?;
    let (mut algorithm, mut secret) = (None, None);
    loop {
        let (line, token) = words.some("algorithm, secret or }")?;
        match token {
            Token::Close => break,
            Token::Word(word) if word.eq_ignore_ascii_case("algorithm") => {
                let (line, name) = words.word("the name of an algorithm")?;
                algorithm = Some(known(name, line)?);
            }
            Token::Word(word) if word.eq_ignore_ascii_case("secret") => {
                let (line, text) = words.word("the secret, in base64")?;
                let bytes = STANDARD.decode(text).map(Zeroizing::new).map_err(|_| KeyError::Secret { line })?;
                secret = Some(bytes).filter(|bytes| !bytes.is_empty());
                if secret.is_none() {
                    return Err(KeyError::Secret { line });
                }
            }
            _ => return Err(KeyError::Expected { line, expected: "algorithm, secret or }" }),
        }
        words.sign(Token::End, ";")?;
    }
    words.sign(Token::End, ";")?;
    let plain = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let missing = |missing| KeyError::Missing { line: begins, name: plain.clone(), missing };
    let algorithm = algorithm.ok_or_else(|| missing("algorithm"))?;
    let secret = secret.ok_or_else(|| missing("secret"))?;
    Ok(TsigKey { name: plain, algorithm, secret })
}

fn known(name: &str, line: usize) -> Result<Algorithm, KeyError> {
    if let Some(algorithm) = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name)) {
        return Ok(algorithm);
    }
    Err(match OUTDATED.into_iter().find(|outdated| outdated.eq_ignore_ascii_case(name)) {
        Some(name) => KeyError::Outdated { line, name },
        None => KeyError::Algorithm { line },
    })
}

/// Another statement, to its semicolon.
fn pass_over<'t>(words: &mut Words<'t>, begins: usize, first: Token<'t>) -> Result<(), KeyError> {
    let (mut depth, mut token) = (0_usize, first);
    loop {
        match token {
            Token::Open => depth = depth.saturating_add(1),
            Token::Close if depth == 0 => return Err(KeyError::Expected { line: words.line, expected: "a statement" }),
            Token::Close => depth -= 1,
            Token::End if depth == 0 => return Ok(()),
            Token::End | Token::Word(_) => {}
        }
        token = words.next()?.ok_or(KeyError::Open { line: begins, what: "a statement" })?.1;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// With or without quotation marks.
    Word(&'t str),
    Open,
    Close,
    End,
}

/// A text as words and signs; comments are those of C, C++ and the shell, all of which BIND takes.
struct Words<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Words<'t> {
    fn next(&mut self) -> Result<Option<(usize, Token<'t>)>, KeyError> {
        self.blank()?;
        let line = self.line;
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let token = match first {
            '{' => Token::Open,
            '}' => Token::Close,
            ';' => Token::End,
            '"' => {
                self.pass(1);
                let end = self.rest.find('"').ok_or(KeyError::Open { line, what: "a quotation mark" })?;
                let word = self.pass(end);
                self.pass(1);
                return Ok(Some((line, Token::Word(word))));
            }
            _ => {
                let end = self.rest.find(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"'));
                return Ok(Some((line, Token::Word(self.pass(end.unwrap_or(self.rest.len()))))));
            }
        };
        self.pass(1);
        Ok(Some((line, token)))
    }

    /// Blanks and comments.
    fn blank(&mut self) -> Result<(), KeyError> {
        loop {
            let blanks = self.rest.len() - self.rest.trim_start().len();
            self.pass(blanks);
            if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.pass(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                let end = self.rest.find("*/").ok_or(KeyError::Open { line: self.line, what: "a comment" })?;
                self.pass(end.saturating_add(2));
            } else {
                return Ok(());
            }
        }
    }

    /// So many bytes, which end where a character does.
    fn pass(&mut self, bytes: usize) -> &'t str {
        let (passed, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line = self.line.saturating_add(passed.matches('\n').count());
        self.rest = rest;
        passed
    }

    fn some(&mut self, expected: &'static str) -> Result<(usize, Token<'t>), KeyError> {
        self.next()?.ok_or(KeyError::Expected { line: self.line, expected })
    }

    fn word(&mut self, expected: &'static str) -> Result<(usize, &'t str), KeyError> {
        match self.some(expected)? {
            (line, Token::Word(word)) => Ok((line, word)),
            (line, _) => Err(KeyError::Expected { line, expected }),
        }
    }

    fn sign(&mut self, sign: Token<'_>, expected: &'static str) -> Result<(), KeyError> {
        match self.some(expected)? {
            (_, token) if token == sign => Ok(()),
            (line, _) => Err(KeyError::Expected { line, expected }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Algorithm, KeyError, KeyNote, TsigKey};

    const FILE: &str =
        "key \"Updates.\" {\n\talgorithm hmac-sha256;\n\tsecret \"bm90IGEgc2VjcmV0IGF0IGFsbCwgYW4gZXhhbXBsZQ==\";\n};\n";

    fn error(text: &str) -> KeyError {
        TsigKey::read(text, None).unwrap_err()
    }

    #[test]
    fn a_key_is_read_as_tsig_keygen_writes_it() {
        let key = TsigKey::read(FILE, None).unwrap();
        assert_eq!((key.name(), key.algorithm()), ("updates", Algorithm::Sha256));
        assert_eq!(*key.secret, *b"not a secret at all, an example");
    }

    #[test]
    fn a_key_is_found_among_others_and_in_a_configuration() {
        let text = format!(
            "# ours\n/* and\ntheirs */ options {{ listen-on {{ any; }}; }};\n{FILE}// more\nkey b {{ secret AAAA; algorithm HMAC-SHA512; }};"
        );
        assert_eq!(TsigKey::read(&text, Some("B.")).unwrap().algorithm(), Algorithm::Sha512);
        assert_eq!(error(&text), KeyError::Several(vec!["updates".to_owned(), "b".to_owned()]));
        let other = KeyError::Other { wanted: "c".to_owned(), found: vec!["updates".to_owned(), "b".to_owned()] };
        assert_eq!(TsigKey::read(&text, Some("c")).unwrap_err(), other);
    }

    #[test]
    fn what_is_no_key_is_named_by_its_line() {
        for (text, words) in [
            (
                "",
                "it holds no key: a key is written `key \"name\" { algorithm hmac-sha256; secret \"...\"; };`, as tsig-keygen does",
            ),
            ("key {", "line 1: the name of the key should stand here"),
            ("key a b", "line 1: { should stand here"),
            ("key \"ä\" {", "line 1: the name of the key is none in the DNS: `ä` cannot stand in it"),
            (
                "key a {\nalgorithm hmac-md5;",
                "line 2: hmac-md5 is outdated; make a new key with `tsig-keygen -a hmac-sha256`, and give it to the server too",
            ),
            ("key a {\nalgorithm rot13;", "line 2: the algorithm is none of hmac-sha256, hmac-sha384, hmac-sha512"),
            ("key a {\n secret \"no base64\"; };", "line 2: the secret is not base64"),
            ("key a {\n secret \"\"; };", "line 2: the secret is not base64"),
            ("key a { algorithm hmac-sha256; };", "line 1: the key a has no secret"),
            ("key a { secret AAAA; };", "line 1: the key a has no algorithm"),
            ("key a { secret AAAA };", "line 1: ; should stand here"),
            ("key a { hush AAAA; };", "line 1: algorithm, secret or } should stand here"),
            ("key a { algorithm hmac-sha256; secret AAAA; }", "line 1: ; should stand here"),
            ("key \"a", "line 1: a quotation mark that begins here does not end"),
            ("\n/* key", "line 2: a comment that begins here does not end"),
            ("options { a;", "line 1: a statement that begins here does not end"),
            ("};", "line 1: a statement should stand here"),
        ] {
            assert_eq!(error(text).to_string(), words, "{text}");
        }
        assert_eq!(error(&" ".repeat(70_000)), KeyError::Long(70_000));
    }

    #[test]
    fn a_secret_is_never_shown() {
        let key = TsigKey::read(FILE, None).unwrap();
        assert_eq!(format!("{key:?}"), "TsigKey { name: \"updates\", algorithm: Sha256, .. }");
        for text in [
            "key a { secret \"aHVzaA==\" \"more\"; };",
            "key aHVzaA== {",
            "key a { aHVzaA== ; };",
            "key a { algorithm aHVzaA==; };",
        ] {
            let words = format!("{:?} {}", error(text), error(text));
            assert!(!words.contains("aHVzaA"), "{words}");
        }
    }

    #[test]
    fn what_the_owner_should_know_is_told() {
        let key = TsigKey::read(FILE, None).unwrap();
        assert_eq!(
            key.notes(Some(0o100_600)),
            [KeyNote::Short { name: "updates".to_owned(), bytes: 31, wanted: 32, algorithm: Algorithm::Sha256 }]
        );
        let notes = TsigKey::new("a", Algorithm::Sha256, vec![7; 32]).unwrap().notes(Some(0o100_644));
        assert_eq!(
            notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["the file of the key can be read by others (mode 644): who reads it can change the zone; `chmod 600` it"]
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(key|algorithm|secret|hmac-sha256|[{};\"#/*\n a-c=ä\u{2028}]){0,40}") {
            let _ = TsigKey::read(&text, None);
        }
    }
}
