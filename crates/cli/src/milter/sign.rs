//! Outgoing mail signed: what own clients send in the name of a domain that has keys here gets a signature with each (RFC 6376; RFC 8463
//! section 3 advises RSA and Ed25519 side by side).
//!
//! The message is signed as it will be when the mail server has made our other changes. Whatever is wrong with keys, mail goes on: what is
//! in trouble is counted and told of, and signed with what was read last, or not at all.

use std::{
    borrow::Cow,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use mailauth::{Message, evidence::AddressList};
use milter::Modification;
use rotation::{SigningTable, TableError};
use server::Metrics;

use crate::term;

/// The field.
const FIELD: &str = "DKIM-Signature";
/// How often it is looked whether the table is another, in microseconds. A key that was replaced serves for days.
const LOOK: i64 = 1_000_000;
/// Most authors' domains that sign a message: who writes in more names than these is up to no good.
const MOST: usize = 5;

/// Keys that sign, as the signing table has them now.
pub(super) struct Signing {
    file: PathBuf,
    table: RwLock<Option<Arc<SigningTable>>>,
    /// When it was looked last: microseconds since 1970.
    looked: AtomicI64,
    /// What was told of last.
    told: Mutex<Option<String>>,
    metrics: Arc<Metrics>,
}

impl Signing {
    /// By the table in this file, which need not be there yet: it is used as soon as it is.
    pub(super) fn of(file: PathBuf, metrics: &Arc<Metrics>) -> Self {
        Self {
            file,
            table: RwLock::default(),
            looked: AtomicI64::new(i64::MIN),
            told: Mutex::default(),
            metrics: Arc::clone(metrics),
        }
    }

    /// The signatures for a message that is changed so, to be put above it. `now` is in microseconds since 1970.
    pub(super) fn sign(&self, bytes: &[u8], changes: &[Modification], authors: &AddressList, now: i64) -> Vec<Modification> {
        let Some(table) = self.table(now) else { return Vec::new() };
        let mut domains: Vec<&str> = authors.mailboxes.iter().map(|mailbox| mailbox.domain.as_str()).collect();
        domains.sort_unstable();
        domains.dedup();
        domains.retain(|domain| !table.signers_for(domain).is_empty());
        if domains.is_empty() {
            return Vec::new();
        }
        let bytes = changed(bytes, changes);
        let message = Message::new(&bytes);
        let mut fields = Vec::new();
        for domain in domains.into_iter().take(MOST) {
            match table.sign(domain, &message, now.div_euclid(1_000_000)) {
                Ok(signatures) => fields.extend(signatures),
                Err(error) => self.trouble(format!("a message of {domain} is not signed: {error}")),
            }
        }
        // The last one is put on top first, so that they stand in the order of the table.
        fields.iter().rev().filter_map(|field| inserted(field)).collect()
    }

    /// The table as it is now.
    fn table(&self, now: i64) -> Option<Arc<SigningTable>> {
        let known = || self.table.read().unwrap_or_else(PoisonError::into_inner).clone();
        let looked = self.looked.load(Ordering::Relaxed);
        if looked != i64::MIN && (0..LOOK).contains(&now.saturating_sub(looked)) {
            return known();
        }
        self.looked.store(now, Ordering::Relaxed);
        match known() {
            Some(table) => {
                match table.refresh() {
                    Ok(false) => {}
                    Ok(true) => self.well(),
                    Err(error) => self.trouble(format!("{error}; mail is signed with the keys that were read before")),
                }
                Some(table)
            }
            None => match SigningTable::open(&self.file) {
                Ok(table) => {
                    self.well();
                    let table = Arc::new(table);
                    *self.table.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&table));
                    Some(table)
                }
                // Nobody wants mail signed here, or the first key is still to come.
                Err(TableError::File(error)) if error.is_missing() && !self.file.exists() => None,
                Err(error) => {
                    self.trouble(format!("{error}; mail is not signed"));
                    None
                }
            },
        }
    }

    fn well(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Counts what is wrong, and tells of it where that is news.
    fn trouble(&self, words: String) {
        self.metrics.mail_trouble("not_signed");
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref() != Some(&words) {
            term::warn(&format!("live mail: {words}"));
            *told = Some(words);
        }
    }
}

/// A field, put on top.
fn inserted(field: &str) -> Option<Modification> {
    let value = field.strip_prefix(FIELD)?.strip_prefix(':')?.trim();
    Some(Modification::InsertHeader { index: 0, name: FIELD.to_owned(), value: value.to_owned() })
}

/// A field of a header: its name, and all of its lines.
struct Field {
    name: String,
    text: Vec<u8>,
}

impl Field {
    fn new(name: &str, value: &str) -> Self {
        let space = if value.starts_with([' ', '\t']) { "" } else { " " };
        let value = value.replace('\r', "").replace('\n', "\r\n");
        Self { name: name.to_owned(), text: format!("{name}:{space}{value}\r\n").into_bytes() }
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The message as it is when its header has been changed so.
fn changed<'a>(bytes: &'a [u8], changes: &[Modification]) -> Cow<'a, [u8]> {
    let of_header = |change: &&Modification| {
        matches!(
            change,
            Modification::AddHeader { .. }
                | Modification::InsertHeader { .. }
                | Modification::ChangeHeader { .. }
                | Modification::DeleteHeader { .. }
        )
    };
    if changes.iter().find(of_header).is_none() {
        return Cow::Borrowed(bytes);
    }
    let (mut fields, rest) = parted(bytes);
    let at = |fields: &[Field], name: &str, index: u32| {
        let mut places = fields.iter().enumerate().filter(|(_, field)| field.is(name)).map(|(place, _)| place);
        places.nth(usize::try_from(index.saturating_sub(1)).unwrap_or(usize::MAX))
    };
    for change in changes {
        match change {
            Modification::AddHeader { name, value } => fields.push(Field::new(name, value)),
            Modification::InsertHeader { index, name, value } => {
                let place = usize::try_from(*index).unwrap_or(usize::MAX).min(fields.len());
                fields.insert(place, Field::new(name, value));
            }
            Modification::ChangeHeader { index, name, value } => {
                match at(&fields, name, *index).and_then(|place| fields.get_mut(place)) {
                    Some(field) => *field = Field::new(name, value),
                    None => fields.push(Field::new(name, value)),
                }
            }
            Modification::DeleteHeader { index, name } => {
                if let Some(place) = at(&fields, name, *index) {
                    fields.remove(place);
                }
            }
            Modification::Quarantine(_)
            | Modification::AddRecipient(_)
            | Modification::DeleteRecipient(_)
            | Modification::ChangeSender(_) => {}
        }
    }
    let mut text: Vec<u8> = fields.into_iter().flat_map(|field| field.text).collect();
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

/// The fields of a header, and all from the empty line on.
fn parted(bytes: &[u8]) -> (Vec<Field>, &[u8]) {
    let mut fields: Vec<Field> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && !rest.starts_with(b"\r\n") && !rest.starts_with(b"\n") {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |place| place + 1);
        let (line, after) = rest.split_at(end);
        match fields.last_mut() {
            Some(field) if line.starts_with(b" ") || line.starts_with(b"\t") => field.text.extend_from_slice(line),
            _ => {
                let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
                fields.push(Field { name: String::from_utf8_lossy(name).trim().to_owned(), text: line.to_vec() });
            }
        }
        rest = after;
    }
    (fields, rest)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use mailauth::{
        dkim::{DkimResult, KeyKind, SigningKey, verify},
        dns::Zone,
        evidence::{Evidence, Trust},
    };

    use super::*;

    const NOW: i64 = 1_795_297_203_000_000;

    fn key(folder: &Path, selector: &str, kind: KeyKind) -> String {
        let key = SigningKey::of_kind(kind).unwrap();
        std::fs::write(folder.join(format!("{selector}.pem")), key.to_pem().unwrap().as_bytes()).unwrap();
        let record = key.record().unwrap();
        let pieces: Vec<String> =
            record.as_bytes().chunks(200).map(|piece| format!("\"{}\"", String::from_utf8_lossy(piece))).collect();
        format!("{selector}._domainkey.example.com. 60 IN TXT {}\n", pieces.join(" "))
    }

    fn row(selector: &str) -> String {
        format!("[[sign]]\ndomain = \"example.com\"\nselector = \"{selector}\"\nkey = \"{selector}.pem\"\n")
    }

    fn authors(text: &[u8]) -> AddressList {
        Evidence::read(&Message::new(text), &Trust::nobody()).from
    }

    const LETTER: &[u8] = b"From: ann@example.com\r\nSubject: Figures\r\n of May\r\nTo: lee@example.org\r\n\r\nHello.\r\n";

    #[tokio::test]
    async fn what_is_delivered_verifies_with_every_key_also_where_the_subject_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let zone = key(folder.path(), "r", KeyKind::Rsa2048) + &key(folder.path(), "e", KeyKind::Ed25519);
        let file = folder.path().join("signing.toml");
        let metrics = Arc::new(Metrics::default());
        let signing = Signing::of(file.clone(), &metrics);
        assert!(signing.sign(LETTER, &[], &authors(LETTER), NOW).is_empty());
        std::fs::write(&file, row("r") + &row("e")).unwrap();
        let tag = Modification::ChangeHeader { index: 1, name: "Subject".to_owned(), value: "[out] Figures\n of May".to_owned() };
        let note = Modification::AddHeader { name: "X-Note".to_owned(), value: "1".to_owned() };
        let mut changes = vec![tag, note];
        let signatures = signing.sign(LETTER, &changes, &authors(LETTER), NOW + LOOK);
        assert_eq!(signatures.len(), 2);
        changes.extend(signatures);
        let delivered = changed(LETTER, &changes).into_owned();
        assert!(delivered.starts_with(b"DKIM-Signature: v=1; a=rsa-sha256;"), "{}", String::from_utf8_lossy(&delivered));
        let verdicts = verify(&Message::new(&delivered), &Zone::parse(&zone).unwrap(), NOW / 1_000_000).await;
        assert_eq!(verdicts.iter().map(|verdict| verdict.result).collect::<Vec<_>>(), [DkimResult::Pass; 2]);
        let other = b"From: ann@example.net\r\n\r\nHello.\r\n";
        assert!(signing.sign(other, &[], &authors(other), NOW + LOOK).is_empty());
    }

    #[test]
    fn trouble_with_a_table_is_counted_and_the_keys_read_before_sign_on() {
        let folder = tempfile::tempdir().unwrap();
        key(folder.path(), "e", KeyKind::Ed25519);
        let file = folder.path().join("signing.toml");
        std::fs::write(&file, row("e")).unwrap();
        let metrics = Arc::new(Metrics::default());
        let signing = Signing::of(file.clone(), &metrics);
        assert_eq!(signing.sign(LETTER, &[], &authors(LETTER), NOW).len(), 1);
        std::fs::write(&file, row("gone")).unwrap();
        assert_eq!(signing.sign(LETTER, &[], &authors(LETTER), NOW + LOOK).len(), 1);
        assert!(metrics.exposition().unwrap().contains("milter_troubles_total{trouble=\"not_signed\"} 1"));
    }

    #[test]
    fn changes_of_a_header_are_made_as_a_server_makes_them() {
        let text = b"A: 1\r\na: 2\r\n\tmore\r\nB: 3\r\n\r\nbody\r\n";
        let changes = [
            Modification::DeleteHeader { index: 2, name: "A".to_owned() },
            Modification::ChangeHeader { index: 1, name: "b".to_owned(), value: "4".to_owned() },
            Modification::InsertHeader { index: 0, name: "C".to_owned(), value: "5".to_owned() },
            Modification::AddHeader { name: "D".to_owned(), value: "6".to_owned() },
        ];
        assert_eq!(changed(text, &changes).as_ref(), b"C: 5\r\nA: 1\r\nb: 4\r\nD: 6\r\n\r\nbody\r\n");
        assert!(matches!(changed(text, &[]), Cow::Borrowed(_)));
        assert_eq!(changed(b"", &changes[3..]).as_ref(), b"D: 6\r\n");
    }
}
