//! OpenDKIM's KeyTable and SigningTable, which rspamd reads too (`key_table`, `signing_table`).
//!
//! A line of the KeyTable is `NAME DOMAIN:SELECTOR:FILE`, one of the SigningTable `PATTERN NAME[:IDENTITY]` (opendkim.conf(5)). Where a name is made of
//! the selector, as opendkim-genkey suggests, the new key gets a line and a name of its own, and the SigningTable is what switches; otherwise
//! the line itself is changed. Either way one replaced file decides.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use super::{
    Entry, SignerError, SignerTable, Switched,
    rows::{Row, part, rows, spliced, with_line},
};
use crate::{
    files::{self, FileError},
    record::key_name,
};

/// The two tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDkimTables {
    /// Names of keys, and the keys.
    pub key_table: PathBuf,
    /// Senders, and the names of their keys.
    pub signing_table: PathBuf,
    /// Whether senders are patterns such as `*@example.com` (`refile:`, and rspamd's), not names (`file:`).
    pub patterns: bool,
}

/// A line of the KeyTable.
struct KeyRow<'t> {
    row: Row,
    name: &'t str,
    domain: &'t str,
    selector: Range<usize>,
    key: Range<usize>,
}

fn key_rows(text: &str) -> Vec<KeyRow<'_>> {
    let read = |row: Row| {
        let value = part(text, &row.value);
        let (domain, rest) = value.split_once(':')?;
        let (selector, _) = rest.split_once(':')?;
        let start = row.value.start + domain.len() + 1;
        Some(KeyRow {
            name: part(text, &row.name),
            domain: domain.trim(),
            selector: start..start + selector.len(),
            key: start + selector.len() + 1..row.value.end,
            row,
        })
    };
    rows(text).into_iter().filter_map(read).collect()
}

impl KeyRow<'_> {
    fn is_shared(&self) -> bool {
        self.domain == "%"
    }

    fn selector<'t>(&self, text: &'t str) -> &'t str {
        part(text, &self.selector).trim()
    }

    /// The file, `%` standing for the domain; `None` is a key in the table itself.
    fn file(&self, text: &str, domain: &str) -> Option<PathBuf> {
        let key = part(text, &self.key).trim();
        let is_file = ["/", "./", "../"].iter().any(|start| key.starts_with(start));
        is_file.then(|| PathBuf::from(key.replace('%', domain)))
    }

    fn serves(&self, domain: &str) -> bool {
        self.is_shared() || self.domain.eq_ignore_ascii_case(domain)
    }

    fn is_at(&self, text: &str, entry: &Entry) -> bool {
        self.serves(&entry.domain) && self.selector(text).eq_ignore_ascii_case(&entry.selector)
    }

    fn is(&self, text: &str, entry: &Entry) -> bool {
        self.is_at(text, entry) && self.file(text, &entry.domain).as_deref() == Some(entry.file.as_path())
    }
}

/// The names of keys that a SigningTable uses, with where they stand.
fn used(signing: &str) -> Vec<(Row, Range<usize>)> {
    let name = |row: Row| {
        let name = part(signing, &row.value).split([':', ' ', '\t']).next().unwrap_or_default();
        let range = row.value.start..row.value.start + name.len();
        (row, range)
    };
    rows(signing).into_iter().map(name).collect()
}

fn is_used(signing: &str, name: &str) -> bool {
    used(signing).iter().any(|(_, range)| part(signing, range).eq_ignore_ascii_case(name))
}

impl OpenDkimTables {
    fn texts(&self) -> Result<(String, String), FileError> {
        Ok((files::read(&self.key_table)?, files::read(&self.signing_table)?))
    }

    /// The new KeyTable: every line that signs as `from` made one of `to`, or followed by one where its name is that of the selector.
    fn keys(&self, keys: &str, signing: &str, from: &Entry, to: &Entry) -> Result<Option<String>, SignerError> {
        let mut parts = Vec::new();
        for row in key_rows(keys).iter().filter(|row| row.is_at(keys, from) && is_used(signing, row.name)) {
            if row.is_shared() {
                return Err(SignerError::Shared { file: self.key_table.clone(), domain: from.domain.clone() });
            }
            if row.file(keys, &from.domain).is_none() {
                return Err(SignerError::Inline { file: self.key_table.clone(), domain: from.domain.clone() });
            }
            let changes = vec![(row.selector.clone(), to.selector.clone()), (row.key.clone(), to.file.display().to_string())];
            match renamed(row.name, from, to) {
                None => parts.extend(changes),
                Some(name) => {
                    if self.stands(keys, &name, to)? {
                        continue;
                    }
                    let line = Range { start: row.row.line.start, end: row.row.value.end };
                    let within = |range: &Range<usize>| range.start - line.start..range.end - line.start;
                    let mut inside: Vec<_> = changes.iter().map(|(range, text)| (within(range), text.clone())).collect();
                    inside.push((within(&row.row.name), name));
                    let copy = spliced(part(keys, &line), inside).unwrap_or_default();
                    let end = part(keys, &row.row.line).ends_with('\n');
                    let gap = if end { "" } else { "\n" };
                    parts.push((row.row.line.end..row.row.line.end, format!("{gap}{copy}{}", super::rows::line_end(keys))));
                }
            }
        }
        Ok(spliced(keys, parts))
    }

    /// Whether the KeyTable has the key under the name already.
    fn stands(&self, keys: &str, name: &str, entry: &Entry) -> Result<bool, SignerError> {
        match key_rows(keys).iter().find(|row| row.name.eq_ignore_ascii_case(name)) {
            None => Ok(false),
            Some(row) if row.is(keys, entry) => Ok(true),
            Some(_) => Err(SignerError::Taken { file: self.key_table.clone(), name: name.to_owned() }),
        }
    }

    /// Whether `from` signs; if not, `to` has to.
    fn signs(&self, keys: &str, signing: &str, from: &Entry, to: &Entry) -> Result<bool, SignerError> {
        let signs = |entry: &Entry| key_rows(keys).iter().any(|row| row.is_at(keys, entry) && is_used(signing, row.name));
        if signs(from) {
            return Ok(true);
        }
        if signs(to) {
            return Ok(false);
        }
        let (file, domain, selector) = (self.key_table.clone(), from.domain.clone(), from.selector.clone());
        Err(SignerError::NotThere { file, domain, selector })
    }

    fn replace(&self, from: &Entry, to: &Entry) -> Result<Switched, SignerError> {
        let (keys, signing) = self.texts()?;
        if !self.signs(&keys, &signing, from, to)? {
            return Ok(Switched::Already);
        }
        files::edit(&self.key_table, |keys| self.keys(keys, &signing, from, to))?;
        files::edit(&self.signing_table, |signing| {
            let name = key_name(&to.selector, &to.domain);
            let parts = used(signing).into_iter().filter(|(_, range)| renamed(part(signing, range), from, to).is_some());
            Ok::<_, SignerError>(spliced(signing, parts.map(|(_, range)| (range, name.clone())).collect()))
        })?;
        Ok(Switched::Made)
    }

    fn add(&self, to: &Entry) -> Result<Switched, SignerError> {
        let name = key_name(&to.selector, &to.domain);
        files::edit(&self.key_table, |keys| {
            let line = format!("{name} {}:{}:{}", to.domain, to.selector, to.file.display());
            Ok::<_, SignerError>(if self.stands(keys, &name, to)? { None } else { Some(with_line(keys, &line)) })
        })?;
        let made = files::edit(&self.signing_table, |signing| {
            let who = if self.patterns { format!("*@{}", to.domain) } else { to.domain.clone() };
            Ok::<_, SignerError>(if is_used(signing, &name) { None } else { Some(with_line(signing, &format!("{who} {name}"))) })
        })?;
        Ok(if made { Switched::Made } else { Switched::Already })
    }

    fn take_out(&self, from: &Entry) -> Result<Switched, SignerError> {
        let keys = files::read(&self.key_table)?;
        let names: Vec<_> = key_rows(&keys).into_iter().filter(|row| row.is(&keys, from)).collect();
        if names.iter().any(KeyRow::is_shared) {
            return Err(SignerError::Shared { file: self.key_table.clone(), domain: from.domain.clone() });
        }
        let made = files::edit(&self.signing_table, |signing| {
            let ours = |range: &Range<usize>| names.iter().any(|row| row.name.eq_ignore_ascii_case(part(signing, range)));
            let parts = used(signing).into_iter().filter(|(_, range)| ours(range));
            Ok::<_, SignerError>(spliced(signing, parts.map(|(row, _)| (row.line, String::new())).collect()))
        })?;
        Ok(if made { Switched::Made } else { Switched::Already })
    }
}

/// The new name of a key whose name is made of its selector.
fn renamed(name: &str, from: &Entry, to: &Entry) -> Option<String> {
    name.eq_ignore_ascii_case(&key_name(&from.selector, &from.domain)).then(|| key_name(&to.selector, &to.domain))
}

#[async_trait]
impl SignerTable for OpenDkimTables {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        let (keys, signing) = self.texts()?;
        let mut entries: Vec<Entry> = Vec::new();
        for row in key_rows(&keys).iter().filter(|row| row.serves(domain) && is_used(&signing, row.name)) {
            let file = row
                .file(&keys, domain)
                .ok_or_else(|| SignerError::Inline { file: self.key_table.clone(), domain: domain.to_owned() })?;
            let entry = Entry { domain: domain.to_owned(), selector: row.selector(&keys).to_owned(), file };
            if !entries.iter().any(|other| other.is(&entry)) {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError> {
        let (keys, signing) = self.texts()?;
        match from {
            Some(from) => {
                self.signs(&keys, &signing, from, to)?;
                self.keys(&keys, &signing, from, to).map(drop)
            }
            None => self.stands(&keys, &key_name(&to.selector, &to.domain), to).map(drop),
        }
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        match (from, to) {
            (Some(from), Some(to)) => self.replace(from, to),
            (None, Some(to)) => self.add(to),
            (Some(from), None) => self.take_out(from),
            (None, None) => Ok(Switched::Already),
        }
    }

    async fn retire(&self, entry: &Entry) -> Result<(), SignerError> {
        let signing = files::read(&self.signing_table)?;
        files::edit(&self.key_table, |keys| {
            let rows = key_rows(keys);
            let gone = rows.iter().filter(|row| row.is(keys, entry) && !row.is_shared() && !is_used(&signing, row.name));
            Ok::<_, SignerError>(spliced(keys, gone.map(|row| (row.row.line.clone(), String::new())).collect()))
        })?;
        Ok(())
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        let keys = files::read(&self.key_table)?;
        let file = file.to_string_lossy();
        let names = |row: &KeyRow<'_>| match part(&keys, &row.key).trim().split_once('%') {
            Some((before, after)) => {
                let after = after.rsplit('%').next().unwrap_or_default();
                file.starts_with(before) && file.ends_with(after)
            }
            None => part(&keys, &row.key).trim() == file,
        };
        Ok(key_rows(&keys).iter().any(names))
    }
}

#[cfg(test)]
mod tests;
