//! Master files (RFC 1035 section 5.1) to a [`Zone`].
//!
//! Understood: `$ORIGIN`, `$TTL` (RFC 2308 section 4), comments, parentheses, quoted strings, `\.` and `\123` escapes, relative names, `@`,
//! a line that takes the owner of the line before it, times such as `1h30m`, records of every [`Kind`]. Records of
//! other types make their name exist and say no more, `TYPE65280` of RFC 3597 among them. `$INCLUDE` and `$GENERATE` are refused: what a
//! zone holds stands in its text.

use std::{collections::BTreeMap, time::Duration};

use super::{
    super::{Absent, Kind, name as plain_name},
    DEFAULT_TTL, Node, Zone,
    data::{self, Datum, Draft, fields, not, nothing_more, sentence},
    problem::{ZoneError, ZoneProblem},
    words::{Cutter, Entry, Word},
};

/// The name and the type that a directive is about, and the words after them.
type Said<'a> = (Box<str>, Option<Kind>, &'a [Word]);

/// What has been read so far.
#[derive(Default)]
struct Reader {
    origin: String,
    ttl: Option<Duration>,
    owner: Option<String>,
    drafts: BTreeMap<String, Draft>,
    zone: Zone,
}

pub(super) fn read(text: &str) -> Result<Zone, ZoneError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut cutter = Cutter::new(text);
    let mut reader = Reader::default();
    while let Some(entry) = cutter.entry()? {
        let line = entry.line;
        reader.entry(entry).map_err(|problem| ZoneError { line, problem })?;
    }
    let Reader { drafts, mut zone, .. } = reader;
    zone.names.insert(Box::from(""), Node::default());
    for name in drafts.keys() {
        let mut above = name.as_str();
        while let Some((_, rest)) = above.split_once('.') {
            if zone.names.contains_key(rest) {
                break;
            }
            zone.names.insert(Box::from(rest), Node::default());
            above = rest;
        }
    }
    zone.names.extend(drafts.into_iter().map(|(name, draft)| (name.into_boxed_str(), draft.pack())));
    Ok(zone)
}

impl Reader {
    fn entry(&mut self, entry: Entry) -> Result<(), ZoneProblem> {
        let mut words = entry.words.into_iter().peekable();
        if words.peek().is_some_and(|word| !word.quoted && !word.escaped && word.bytes.starts_with(b"$")) {
            return self.directive(&words.collect::<Vec<_>>());
        }
        if !entry.indented
            && let Some(word) = words.next()
        {
            self.owner = Some(self.name(&word)?);
        }
        let owner = self.owner.clone().ok_or(ZoneProblem::NoOwner)?;
        let mut ttl = None;
        // The time and the class stand before the type in either order (RFC 1035 section 5.1).
        while let Some(word) = words.peek() {
            let class = ["IN", "CH", "HS"].into_iter().any(|class| word.is(class));
            match if class { None } else { data::ttl(word) } {
                Some(found) => ttl = Some(found),
                None if class => {}
                None => break,
            }
            words.next();
        }
        let kind = words.next().ok_or(ZoneProblem::Missing("the record's type"))?;
        let data: Vec<Word> = words.collect();
        self.record(owner, ttl.or(self.ttl).unwrap_or(DEFAULT_TTL), &kind, &data)
    }

    fn directive(&mut self, words: &[Word]) -> Result<(), ZoneProblem> {
        let (head, rest) = words.split_first().ok_or(ZoneProblem::Missing("the directive"))?;
        if head.is("$ORIGIN") {
            let [name] = fields(rest, ["the origin"])?;
            self.origin = self.name(name)?;
        } else if head.is("$TTL") {
            let [word] = fields(rest, ["the time to live"])?;
            self.ttl = Some(data::ttl(word).ok_or_else(|| not("a time to live", word))?);
        } else if head.is("$TROUBLE") {
            let (name, kind, words) = self.said(rest)?;
            let words = sentence(words)?;
            self.zone.said.entry(name).or_default().push((kind, Absent::Trouble(words.into())));
        } else if head.is("$NXDOMAIN") {
            let [name] = fields(rest, ["the name"])?;
            let name = self.name(name)?;
            self.zone.said.entry(name.into()).or_default().push((None, Absent::NoSuchName));
        } else if head.is("$NODATA") {
            let (name, kind, words) = self.said(rest)?;
            nothing_more(words)?;
            self.zone.said.entry(name).or_default().push((kind, Absent::NoData));
        } else if head.is("$ALIAS") {
            let (name, words) = rest.split_first().ok_or(ZoneProblem::Missing("the name"))?;
            let (keep, words) = match words.split_first().and_then(|(first, more)| Some((data::ttl(first)?, more))) {
                Some((keep, more)) if !more.is_empty() => (Some(keep), more),
                _ => (None, words),
            };
            let [target] = fields(words, ["the name it stands for"])?;
            let alias = (self.name(target)?.into(), keep.or(self.ttl).unwrap_or(DEFAULT_TTL));
            self.zone.aliases.insert(self.name(name)?.into(), alias);
        } else if head.is("$SECURE") {
            let (name, kind, words) = self.said(rest)?;
            nothing_more(words)?;
            match kind {
                Some(kind) => self.zone.secure.answers.insert((name, kind)),
                None => self.zone.secure.below.insert(name),
            };
        } else if head.is("$UNKNOWN") {
            self.zone.unknown = Some(Absent::Trouble(sentence(rest)?.into()));
        } else {
            return Err(ZoneProblem::Directive(head.text()));
        }
        Ok(())
    }

    /// The name and the type that a directive is about; the type is one only in capitals, so that a reason may begin with "a".
    fn said<'a>(&self, words: &'a [Word]) -> Result<Said<'a>, ZoneProblem> {
        let (name, rest) = words.split_first().ok_or(ZoneProblem::Missing("the name"))?;
        let name = self.name(name)?.into_boxed_str();
        if let Some((first, more)) = rest.split_first()
            && let Some(kind) = Kind::ALL.into_iter().find(|kind| !first.quoted && first.bytes == kind.mnemonic().as_bytes())
        {
            return Ok((name, Some(kind), more));
        }
        Ok((name, None, rest))
    }

    fn record(&mut self, owner: String, ttl: Duration, kind: &Word, data: &[Word]) -> Result<(), ZoneProblem> {
        let datum = Datum::read(kind, data, |word| self.name(word))?;
        let taken = self.drafts.entry(owner.clone()).or_default().add(datum, ttl);
        if taken { Ok(()) } else { Err(ZoneProblem::BesideAlias(owner)) }
    }

    /// A name, completed by the origin unless it ends in a dot. The root is empty.
    fn name(&self, word: &Word) -> Result<String, ZoneProblem> {
        if word.is("@") {
            return Ok(self.origin.clone());
        }
        if word.escaped_dot {
            return Err(ZoneProblem::DotInLabel(word.text()));
        }
        let wrong = || ZoneProblem::Name(word.text());
        let text = str::from_utf8(&word.bytes).map_err(|_| wrong())?;
        if text == "." {
            return Ok(String::new());
        }
        let whole =
            if text.ends_with('.') || self.origin.is_empty() { text.to_owned() } else { format!("{text}.{}", self.origin) };
        plain_name(&whole).ok_or_else(wrong)
    }
}
