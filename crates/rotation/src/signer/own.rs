//! The program's own signing table ([`crate::SigningTable`]), changed where its words stand, so that everything else in the file stays.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{Entry, SignerError, SignerTable, Switched, rows::spliced};
use crate::{
    files,
    table::{Place, key_file, places},
};

/// The table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTable {
    /// Its file.
    pub table: PathBuf,
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl OwnTable {
    fn syntax(&self, what: impl Into<String>) -> SignerError {
        SignerError::Syntax { file: self.table.clone(), what: what.into() }
    }

    fn places(&self, text: &str) -> Result<Vec<Place>, SignerError> {
        places(text).map_err(|problem| self.syntax(problem))
    }

    fn entry(&self, place: &Place) -> Entry {
        Entry { domain: place.domain.clone(), selector: place.selector.clone(), file: key_file(&self.table, &place.key) }
    }

    /// The rows of a domain and selector.
    fn at<'p>(&self, places: &'p [Place], entry: &Entry) -> impl Iterator<Item = &'p Place> {
        places.iter().filter(|place| self.entry(place).is_at(&entry.domain, &entry.selector))
    }

    /// A file as a row names it: from the table's folder where the row before it did so.
    fn written(&self, file: &Path, before: &str) -> String {
        let folder = self.table.parent().unwrap_or_else(|| Path::new(""));
        let relative = file.strip_prefix(folder).ok().filter(|_| Path::new(before).is_relative());
        relative.unwrap_or(file).display().to_string()
    }

    fn change(&self, text: &str, from: Option<&Entry>, to: Option<&Entry>) -> Result<Option<String>, SignerError> {
        let places = self.places(text)?;
        let there = to.is_some_and(|to| places.iter().any(|place| self.entry(place).is(to)));
        match (from, to) {
            (Some(from), Some(to)) => {
                let parts: Vec<_> = self
                    .at(&places, from)
                    .flat_map(|place| {
                        let key = quoted(&self.written(&to.file, &place.key));
                        [(place.selector_at.clone(), quoted(&to.selector)), (place.key_at.clone(), key)]
                    })
                    .collect();
                if parts.is_empty() && !there {
                    let (file, domain, selector) = (self.table.clone(), from.domain.clone(), from.selector.clone());
                    return Err(SignerError::NotThere { file, domain, selector });
                }
                Ok(spliced(text, parts))
            }
            (None, Some(to)) => Ok((!there).then(|| {
                let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" };
                let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
                let (domain, selector, key) = (quoted(&to.domain), quoted(&to.selector), quoted(&self.written(&to.file, "")));
                format!("{text}{end}{gap}[[sign]]\ndomain = {domain}\nselector = {selector}\nkey = {key}\n")
            })),
            (Some(from), None) => match self.at(&places, from).next() {
                Some(place) => self.without(text, place, places.len()).map(Some),
                None => Ok(None),
            },
            (None, None) => Ok(None),
        }
    }

    /// The text without a row: from its `[[sign]]` to what comes next.
    fn without(&self, text: &str, place: &Place, count: usize) -> Result<String, SignerError> {
        let refused = || self.syntax("a row can be taken out only where it begins with a line [[sign]]");
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            lines.push((at, line.trim_start().starts_with('[')));
            at += line.len();
        }
        let start = lines.iter().rfind(|(at, head)| *head && *at <= place.domain_at.start).ok_or_else(refused)?.0;
        let end = lines.iter().find(|(at, head)| *head && *at > place.domain_at.start).map_or(text.len(), |(at, _)| *at);
        let before = text.get(..start).unwrap_or_default();
        let before =
            if end == text.len() { before.strip_suffix("\n\n").map_or(before, |_| &before[..before.len() - 1]) } else { before };
        let shorter = format!("{before}{}", text.get(end..).unwrap_or_default());
        match self.places(&shorter) {
            Ok(left) if left.len() + 1 == count => Ok(shorter),
            _ => Err(refused()),
        }
    }
}

#[async_trait]
impl SignerTable for OwnTable {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        let places = self.places(&files::read(&self.table)?)?;
        Ok(places.iter().map(|place| self.entry(place)).filter(|entry| entry.domain.eq_ignore_ascii_case(domain)).collect())
    }

    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError> {
        self.change(&files::read(&self.table)?, from, Some(to)).map(drop)
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        let made = files::edit(&self.table, |text| self.change(text, from, to))?;
        Ok(if made { Switched::Made } else { Switched::Already })
    }

    async fn retire(&self, _entry: &Entry) -> Result<(), SignerError> {
        Ok(())
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        let places = self.places(&files::read(&self.table)?)?;
        Ok(places.iter().any(|place| key_file(&self.table, &place.key) == file))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{Entry, OwnTable, SignerError, SignerTable, Switched};

    const TABLE: &str = "# who signs\n[[sign]]\ndomain = 'example.com' # ours\nkey = \"keys/s1.pem\"\nselector = \"s1\"\n\
        headers = [\n  \"From\",\n]\n\n[[sign]]\ndomain = \"example.com\"\nselector = \"e1\"\nkey = \"/keys/e1.pem\"\n";

    fn table(folder: &Path) -> OwnTable {
        let table = folder.join("signing.toml");
        fs::write(&table, TABLE).unwrap();
        OwnTable { table }
    }

    fn entry(selector: &str, file: &Path) -> Entry {
        Entry { domain: "example.com".into(), selector: selector.into(), file: file.to_owned() }
    }

    #[tokio::test]
    async fn one_row_is_switched_and_switched_back() {
        let folder = tempfile::tempdir().unwrap();
        let own = table(folder.path());
        let (old, new) = (entry("s1", &folder.path().join("keys/s1.pem")), entry("s2", &folder.path().join("keys/s2.pem")));
        assert_eq!(own.entries("Example.com").await.unwrap(), [old.clone(), entry("e1", Path::new("/keys/e1.pem"))]);
        for expected in [Switched::Made, Switched::Already] {
            assert_eq!(own.switch(Some(&old), Some(&new)).await.unwrap(), expected);
        }
        let text = fs::read_to_string(&own.table).unwrap();
        assert_eq!(text, TABLE.replace("\"keys/s1.pem\"\nselector = \"s1\"", "\"keys/s2.pem\"\nselector = \"s2\""));
        assert!(own.uses(&new.file).await.unwrap() && !own.uses(&old.file).await.unwrap());
        own.switch(Some(&new), Some(&old)).await.unwrap();
        assert_eq!(fs::read_to_string(&own.table).unwrap(), TABLE);
    }

    #[tokio::test]
    async fn a_row_is_added_and_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let own = table(folder.path());
        let first = Entry { domain: "new.example".into(), selector: "s1".into(), file: folder.path().join("keys/new.pem") };
        for expected in [Switched::Made, Switched::Already] {
            assert_eq!(own.switch(None, Some(&first)).await.unwrap(), expected);
        }
        let text = fs::read_to_string(&own.table).unwrap();
        assert!(text.ends_with("\n\n[[sign]]\ndomain = \"new.example\"\nselector = \"s1\"\nkey = \"keys/new.pem\"\n"), "{text}");
        own.switch(Some(&first), None).await.unwrap();
        assert_eq!(fs::read_to_string(&own.table).unwrap(), TABLE);
        let old = entry("s1", &folder.path().join("keys/s1.pem"));
        own.switch(Some(&old), None).await.unwrap();
        assert_eq!(own.entries("example.com").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_switched() {
        let folder = tempfile::tempdir().unwrap();
        let own = table(folder.path());
        let error = own.switch(Some(&entry("s9", Path::new("/a"))), Some(&entry("s2", Path::new("/b")))).await.unwrap_err();
        assert!(matches!(error, SignerError::NotThere { .. }), "{error}");
        fs::write(&own.table, "sign = 1").unwrap();
        assert!(matches!(own.entries("example.com").await, Err(SignerError::Syntax { .. })));
    }
}
