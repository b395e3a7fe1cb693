//! An SPF record as a tree (RFC 7208 section 12), with the place of each term in its text and every fault in it.
//!
//! Pure: who publishes a record and what it comes to for a client is not known here. What is wrong is left out of the tree and told in
//! [`Parsed::faults`]; an evaluation must not use a record that has any (section 4.6), a linter reads both. Macros stay text, checked
//! once here and expanded by [`super::macros`].

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use thiserror::Error;

use super::macros::{self, MacroFault, Place};

/// What a record begins with (section 4.5).
const VERSION: &str = "v=spf1";

/// Whether a TXT record is an SPF record: its version, and then a space or nothing.
#[must_use]
pub fn is_spf(text: &[u8]) -> bool {
    let Some((version, rest)) = text.split_at_checked(VERSION.len()) else { return false };
    version.eq_ignore_ascii_case(VERSION.as_bytes()) && matches!(rest.first(), None | Some(b' '))
}

/// A record, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The terms that can be understood.
    pub record: Record,
    /// The others, from left to right.
    pub faults: Vec<Fault>,
}

/// A record's terms in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    text: Box<str>,
    /// The terms after the version.
    pub terms: Vec<Term>,
}

/// A term and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where it stands, in bytes of the record's text.
    pub span: Range<usize>,
    /// What it says.
    pub kind: TermKind,
}

/// What a term says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKind {
    /// A mechanism, and what a match of it comes to.
    Directive(Qualifier, Mechanism),
    /// Anything with an equals sign.
    Modifier(Modifier),
}

/// What a match comes to (section 4.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// `+`, or nothing.
    Pass,
    /// `-`
    Fail,
    /// `~`
    Softfail,
    /// `?`
    Neutral,
}

/// What matches a client (section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    /// Every client.
    All,
    /// Those that another domain's record passes.
    Include(MacroText),
    /// The addresses of a name, that of the record if none is given.
    A(Option<MacroText>, Cidr),
    /// The addresses of a name's mail exchangers.
    Mx(Option<MacroText>, Cidr),
    /// Clients whose own name, checked both ways, is a domain or below it.
    Ptr(Option<MacroText>),
    /// A network, with its length.
    Ip4(Ipv4Addr, u8),
    /// A network, with its length.
    Ip6(Ipv6Addr, u8),
    /// Every client for which a name has an IPv4 address.
    Exists(MacroText),
}

/// How many bits of an address count; all where nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    /// Of an IPv4 address, up to 32.
    pub v4: u8,
    /// Of an IPv6 address, up to 128.
    pub v6: u8,
}

/// Terms that do not match anything (section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modifier {
    /// Another domain's record stands in for this one's end.
    Redirect(MacroText),
    /// Where the words for a fail are.
    Explanation(MacroText),
    /// One that RFC 7208 does not define: its name and value. It has no effect.
    Unknown(Range<usize>, MacroText),
}

/// A part of the record that may hold macros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroText {
    /// Where it stands.
    pub span: Range<usize>,
    /// Whether it holds any; without, it is what it says.
    pub has_macros: bool,
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct Fault {
    /// The term, or what is wrong in it.
    pub span: Range<usize>,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// Another text than an SPF record.
    #[error("the record does not begin with `v=spf1`")]
    Version,
    /// Not one of the visible characters of ASCII (section 3.1). Terms are separated by spaces and nothing else.
    #[error("the character {0:?} is not allowed")]
    Character(char),
    /// A term that does not begin with a name.
    #[error("`{0}` has no name")]
    NoName(String),
    /// A mechanism that does not exist.
    #[error("there is no mechanism `{0}`")]
    UnknownMechanism(String),
    /// A sign before a modifier.
    #[error("`{0}` is a modifier and takes no qualifier")]
    QualifiedModifier(String),
    /// A term without the domain it needs.
    #[error("`{0}` needs a domain")]
    NeedsDomain(&'static str),
    /// A term without the address it needs.
    #[error("`{0}` needs an address")]
    NeedsAddress(&'static str),
    /// A term with something after its name.
    #[error("`{name}` takes no argument, and `{argument}` is one")]
    Argument {
        /// The mechanism.
        name: &'static str,
        /// What follows it.
        argument: String,
    },
    /// A domain that ends in something else than a label with a letter in it, after a dot, or a macro (section 7.1, `domain-end`).
    #[error("`{0}` does not end like the name of a domain")]
    DomainEnd(String),
    /// An address where a domain should be, a frequent mistake.
    #[error("`{name}` takes a domain; the address is written `{instead}`")]
    AddressAsDomain {
        /// The mechanism.
        name: &'static str,
        /// What its publisher means.
        instead: String,
    },
    /// A macro that cannot be expanded.
    #[error("{0}")]
    Macro(MacroFault),
    /// Not an IPv4 address.
    #[error("`{0}` is not an IPv4 address")]
    Ip4(String),
    /// Not an IPv6 address.
    #[error("`{0}` is not an IPv6 address")]
    Ip6(String),
    /// A prefix length that is no number, has a zero before it, or is too long.
    #[error("`{found}` is not a prefix length from /0 to {most}")]
    Cidr {
        /// As it is written.
        found: String,
        /// The longest, with its slashes.
        most: &'static str,
    },
    /// `redirect` or `exp` a second time (section 6).
    #[error("`{0}` stands in the record more than once")]
    Twice(&'static str),
}

impl Qualifier {
    /// As records write it; `+` is mostly left out.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "+",
            Self::Fail => "-",
            Self::Softfail => "~",
            Self::Neutral => "?",
        }
    }
}

impl Cidr {
    const WHOLE: Self = Self { v4: 32, v6: 128 };
}

impl Record {
    /// Reads a record. It has a tree whatever is wrong with it.
    #[must_use]
    pub fn parse(text: &str) -> Parsed {
        let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let mut parser = Parser { text, plain, faults: Vec::new(), redirect: false, explanation: false };
        let mut terms = Vec::new();
        let mut start = VERSION.len();
        if is_spf(text.as_bytes()) {
            terms.reserve(text.bytes().filter(|byte| *byte == b' ').count());
        } else {
            start = text.find(' ').unwrap_or(text.len());
            parser.faults.push(Fault { span: 0..start, problem: Problem::Version });
        }
        while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
            let length = rest.find(' ').unwrap_or(rest.len());
            if length > 0 {
                let span = start..start + length;
                match parser.term(span.clone()) {
                    Ok(kind) => terms.push(Term { span, kind }),
                    Err(fault) => parser.faults.push(fault),
                }
            }
            start += length + 1;
        }
        Parsed { record: Self { text: text.into(), terms }, faults: parser.faults }
    }

    /// The whole record.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A part of it.
    #[must_use]
    pub fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Its `redirect`, unless `all` stands anywhere in it (section 6.1).
    #[must_use]
    pub fn redirect(&self) -> Option<(&Term, &MacroText)> {
        let all = |term: &Term| matches!(term.kind, TermKind::Directive(_, Mechanism::All));
        if self.terms.iter().any(all) {
            return None;
        }
        self.terms.iter().find_map(|term| match &term.kind {
            TermKind::Modifier(Modifier::Redirect(target)) => Some((term, target)),
            TermKind::Modifier(Modifier::Explanation(_) | Modifier::Unknown(..)) | TermKind::Directive(..) => None,
        })
    }

    /// Where the words for a fail are.
    #[must_use]
    pub fn explanation(&self) -> Option<&MacroText> {
        self.terms.iter().find_map(|term| match &term.kind {
            TermKind::Modifier(Modifier::Explanation(target)) => Some(target),
            TermKind::Modifier(Modifier::Redirect(_) | Modifier::Unknown(..)) | TermKind::Directive(..) => None,
        })
    }
}

struct Parser<'a> {
    text: &'a str,
    /// Whether it holds nothing but spaces and visible ASCII, as nearly every record does.
    plain: bool,
    faults: Vec<Fault>,
    redirect: bool,
    explanation: bool,
}

/// A term cut at its name: where the name ends, and where the argument after `:` or `=` begins.
struct Cut<'a> {
    name: &'a str,
    /// `:`, `=`, `/` or none.
    sign: Option<u8>,
    /// What follows the name, the sign included.
    rest: Range<usize>,
}

impl<'a> Parser<'a> {
    fn slice(&self, span: &Range<usize>) -> &'a str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    fn term(&mut self, span: Range<usize>) -> Result<TermKind, Fault> {
        let text = self.slice(&span);
        if !self.plain
            && let Some((at, found)) = text.char_indices().find(|(_, c)| !matches!(c, '!'..='~'))
        {
            let at = span.start + at;
            return Err(Fault { span: at..at + found.len_utf8(), problem: Problem::Character(found) });
        }
        let qualifier = match text.bytes().next() {
            Some(b'+') => Some(Qualifier::Pass),
            Some(b'-') => Some(Qualifier::Fail),
            Some(b'~') => Some(Qualifier::Softfail),
            Some(b'?') => Some(Qualifier::Neutral),
            _ => None,
        };
        let start = span.start + usize::from(qualifier.is_some());
        let cut = self.cut(start..span.end);
        if !cut.name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(Fault { problem: Problem::NoName(text.to_owned()), span });
        }
        if cut.sign == Some(b'=') {
            if qualifier.is_some() {
                return Err(Fault { problem: Problem::QualifiedModifier(cut.name.to_owned()), span });
            }
            return self.modifier(&span, &cut).map(TermKind::Modifier);
        }
        let mechanism = self.mechanism(&span, &cut)?;
        Ok(TermKind::Directive(qualifier.unwrap_or(Qualifier::Pass), mechanism))
    }

    /// `name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )`, which holds the names of mechanisms too.
    fn cut(&self, span: Range<usize>) -> Cut<'a> {
        let text = self.slice(&span);
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let length = text.bytes().position(|byte| !is_name(byte)).unwrap_or(text.len());
        Cut {
            name: text.get(..length).unwrap_or_default(),
            sign: text.as_bytes().get(length).copied(),
            rest: span.start + length..span.end,
        }
    }

    fn modifier(&mut self, span: &Range<usize>, cut: &Cut<'_>) -> Result<Modifier, Fault> {
        let value = cut.rest.start + 1..cut.rest.end;
        let twice = |seen: &mut bool, name| {
            if std::mem::replace(seen, true) { Err(Fault { span: span.clone(), problem: Problem::Twice(name) }) } else { Ok(()) }
        };
        if cut.name.eq_ignore_ascii_case("redirect") {
            twice(&mut self.redirect, "redirect")?;
            return self.domain("redirect", span, value).map(Modifier::Redirect);
        }
        if cut.name.eq_ignore_ascii_case("exp") {
            twice(&mut self.explanation, "exp")?;
            return self.domain("exp", span, value).map(Modifier::Explanation);
        }
        let name = cut.rest.start - cut.name.len()..cut.rest.start;
        self.macros(value).map(|value| Modifier::Unknown(name, value))
    }

    fn mechanism(&self, span: &Range<usize>, cut: &Cut<'_>) -> Result<Mechanism, Fault> {
        let is = |name: &str| cut.name.eq_ignore_ascii_case(name);
        // A colon and what is behind it, or everything that follows the name.
        let argument = (cut.sign == Some(b':')).then(|| cut.rest.start + 1..cut.rest.end);
        let needed = |name| argument.clone().ok_or_else(|| self.missing(Problem::NeedsDomain(name), span, name, cut));
        if is("all") {
            self.no_more("all", &cut.rest)?;
            Ok(Mechanism::All)
        } else if is("include") {
            Ok(Mechanism::Include(self.domain("include", span, needed("include")?)?))
        } else if is("a") {
            let (domain, cidr) = self.dual("a", span, cut)?;
            Ok(Mechanism::A(domain, cidr))
        } else if is("mx") {
            let (domain, cidr) = self.dual("mx", span, cut)?;
            Ok(Mechanism::Mx(domain, cidr))
        } else if is("ptr") {
            match argument {
                Some(argument) => Ok(Mechanism::Ptr(Some(self.domain("ptr", span, argument)?))),
                None => self.no_more("ptr", &cut.rest).map(|()| Mechanism::Ptr(None)),
            }
        } else if is("exists") {
            Ok(Mechanism::Exists(self.domain("exists", span, needed("exists")?)?))
        } else if is("ip4") {
            let Some(argument) = argument else { return Err(self.missing(Problem::NeedsAddress("ip4"), span, "ip4", cut)) };
            self.ip4(argument)
        } else if is("ip6") {
            let Some(argument) = argument else { return Err(self.missing(Problem::NeedsAddress("ip6"), span, "ip6", cut)) };
            self.ip6(argument)
        } else {
            Err(Fault { span: span.clone(), problem: Problem::UnknownMechanism(cut.name.to_owned()) })
        }
    }

    fn missing(&self, problem: Problem, span: &Range<usize>, name: &'static str, cut: &Cut<'_>) -> Fault {
        match self.no_more(name, &cut.rest) {
            Ok(()) => Fault { span: span.clone(), problem },
            Err(_) => Fault { span: cut.rest.clone(), problem },
        }
    }

    fn no_more(&self, name: &'static str, rest: &Range<usize>) -> Result<(), Fault> {
        if rest.is_empty() {
            return Ok(());
        }
        Err(Fault { span: rest.clone(), problem: Problem::Argument { name, argument: self.slice(rest).to_owned() } })
    }

    /// `[ ":" domain-spec ] [ dual-cidr-length ]`. A slash may stand inside a domain-spec too, so the lengths are what is left of digits and
    /// slashes at its end.
    fn dual(&self, name: &'static str, span: &Range<usize>, cut: &Cut<'_>) -> Result<(Option<MacroText>, Cidr), Fault> {
        let rest = self.slice(&cut.rest);
        let tail = rest.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/').len();
        let slash = rest.get(tail..).and_then(|tail| tail.find('/')).map_or(rest.len(), |at| tail + at);
        let cidr = self.cidr(cut.rest.start + slash..cut.rest.end)?;
        let head = cut.rest.start..cut.rest.start + slash;
        match self.slice(&head).bytes().next() {
            None => Ok((None, cidr)),
            Some(b':') => Ok((Some(self.domain(name, span, head.start + 1..head.end)?), cidr)),
            Some(_) => self.no_more(name, &head).map(|()| (None, cidr)),
        }
    }

    fn cidr(&self, span: Range<usize>) -> Result<Cidr, Fault> {
        let text = self.slice(&span);
        let mut cidr = Cidr::WHOLE;
        if text.is_empty() {
            return Ok(cidr);
        }
        let (v4, v6) = match text.find("//") {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        if !v4.is_empty() {
            cidr.v4 = self.length(span.start..span.start + v4.len(), 1, 32, "/32")?;
        }
        if !v6.is_empty() {
            cidr.v6 = self.length(span.start + v4.len()..span.end, 2, 128, "//128")?;
        }
        Ok(cidr)
    }

    /// A number without a zero before it, after so many slashes.
    fn length(&self, span: Range<usize>, slashes: usize, most: u8, shown: &'static str) -> Result<u8, Fault> {
        let text = self.slice(&span);
        let digits = text.get(slashes..).unwrap_or_default();
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let number = if plain { digits.parse::<u8>().ok() } else { None };
        number
            .filter(|number| *number <= most)
            .ok_or_else(|| Fault { problem: Problem::Cidr { found: text.to_owned(), most: shown }, span })
    }

    fn ip4(&self, span: Range<usize>) -> Result<Mechanism, Fault> {
        let (address, slash) = self.network(&span);
        let network =
            address.parse().map_err(|_| Fault { span: span.start..slash, problem: Problem::Ip4(address.to_owned()) })?;
        let length = if slash == span.end { 32 } else { self.length(slash..span.end, 1, 32, "/32")? };
        Ok(Mechanism::Ip4(network, length))
    }

    fn ip6(&self, span: Range<usize>) -> Result<Mechanism, Fault> {
        let (address, slash) = self.network(&span);
        let network =
            address.parse().map_err(|_| Fault { span: span.start..slash, problem: Problem::Ip6(address.to_owned()) })?;
        let length = if slash == span.end { 128 } else { self.length(slash..span.end, 1, 128, "/128")? };
        Ok(Mechanism::Ip6(network, length))
    }

    fn network(&self, span: &Range<usize>) -> (&'a str, usize) {
        let text = self.slice(span);
        let slash = text.find('/').unwrap_or(text.len());
        (text.get(..slash).unwrap_or_default(), span.start + slash)
    }

    fn macros(&self, span: Range<usize>) -> Result<MacroText, Fault> {
        let text = self.slice(&span);
        if !text.contains('%') {
            return Ok(MacroText { span, has_macros: false });
        }
        match macros::check(text, Place::Term) {
            Ok(()) => Ok(MacroText { span, has_macros: true }),
            Err((at, fault)) => Err(Fault { span: span.start + at.start..span.start + at.end, problem: Problem::Macro(fault) }),
        }
    }

    /// `domain-spec = macro-string domain-end`
    fn domain(&self, name: &'static str, span: &Range<usize>, at: Range<usize>) -> Result<MacroText, Fault> {
        let text = self.slice(&at);
        if text.is_empty() {
            return Err(Fault { span: span.clone(), problem: Problem::NeedsDomain(name) });
        }
        let found = self.macros(at.clone())?;
        if found.has_macros && macros::ends_in_macro(text) {
            return Ok(found);
        }
        let plain = text.strip_suffix('.').unwrap_or(text);
        if plain.rsplit_once('.').is_some_and(|(_, last)| is_top_label(last)) {
            return Ok(found);
        }
        let problem = if plain.parse::<Ipv4Addr>().is_ok() {
            Problem::AddressAsDomain { name, instead: format!("ip4:{plain}") }
        } else {
            Problem::DomainEnd(text.to_owned())
        };
        Err(Fault { span: at, problem })
    }
}

/// `toplabel`: letters, digits and dashes, no dash at either end, not digits alone.
fn is_top_label(label: &str) -> bool {
    let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let ends = !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    inner && ends && !label.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
