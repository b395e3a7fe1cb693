//! rspamd's maps of selectors and of keys (`selector_map`, `path_map`, `path` of its module dkim_signing).
//!
//! rspamd reads a map again when it changes, each by itself. With the key's file named by the selector (`$selector` in its path), replacing the map of selectors is
//! one step; a path without it would leave a moment in which selector and key disagree, and is refused. rspamd's `key_table` and
//! `signing_table` are [`super::OpenDkimTables`].

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{
    Entry, SignerError, SignerTable, Switched,
    rows::{Row, part, rows, spliced, with_line},
};
use crate::files;

/// The maps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RspamdMaps {
    /// Domains and their selectors.
    pub selector_map: PathBuf,
    /// Domains and the files of their keys, if there is such a map.
    pub path_map: Option<PathBuf>,
    /// The file of a key that the map does not have, such as `/var/lib/rspamd/dkim/$domain.$selector.key`.
    pub path: String,
}

fn row_of(text: &str, domain: &str) -> Option<Row> {
    rows(text).into_iter().find(|row| part(text, &row.name).eq_ignore_ascii_case(domain))
}

fn filled(path: &str, domain: &str, selector: &str) -> PathBuf {
    PathBuf::from(path.replace("$domain", domain).replace("$selector", selector))
}

impl RspamdMaps {
    /// The path of a domain's key as it is written, and the file that says so.
    fn path_of(&self, domain: &str) -> Result<(String, &Path), SignerError> {
        if let Some(map) = &self.path_map {
            let text = files::read(map)?;
            if let Some(row) = row_of(&text, domain) {
                return Ok((part(&text, &row.value).to_owned(), map));
            }
        }
        Ok((self.path.clone(), &self.selector_map))
    }

    /// That rspamd would read the key where it is.
    fn reads(&self, to: &Entry) -> Result<(), SignerError> {
        let (path, file) = self.path_of(&to.domain)?;
        let reads = filled(&path, &to.domain, &to.selector);
        if reads == to.file {
            return Ok(());
        }
        let advice = if path.contains("$selector") {
            "have new keys put where rspamd looks for them".to_owned()
        } else {
            "put $selector into the path, so that selector and key change in one step".to_owned()
        };
        let (file, selector, is) = (file.to_owned(), to.selector.clone(), to.file.clone());
        Err(SignerError::Path { file, selector, reads, is, advice })
    }

    fn change(&self, text: &str, from: Option<&Entry>, to: Option<&Entry>) -> Result<Option<String>, SignerError> {
        let Some(domain) = from.or(to).map(|entry| entry.domain.as_str()) else { return Ok(None) };
        let row = row_of(text, domain);
        let selector = row.as_ref().map(|row| part(text, &row.value));
        let is = |entry: Option<&Entry>| match (selector, entry) {
            (Some(selector), Some(entry)) => selector.eq_ignore_ascii_case(&entry.selector),
            (None, None) => true,
            _ => false,
        };
        if is(to) {
            return Ok(None);
        }
        if !is(from) {
            let selector = from.map(|entry| entry.selector.clone()).unwrap_or_default();
            let file = self.selector_map.clone();
            return Err(match from {
                Some(_) => SignerError::NotThere { file, domain: domain.to_owned(), selector },
                None => SignerError::Taken { file, name: domain.to_owned() },
            });
        }
        Ok(match (row, to) {
            (Some(row), Some(to)) => spliced(text, vec![(row.value, to.selector.clone())]),
            (Some(row), None) => spliced(text, vec![(row.line, String::new())]),
            (None, Some(to)) => Some(with_line(text, &format!("{domain} {}", to.selector))),
            (None, None) => None,
        })
    }
}

#[async_trait]
impl SignerTable for RspamdMaps {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        let text = files::read(&self.selector_map)?;
        let Some(row) = row_of(&text, domain) else { return Ok(Vec::new()) };
        let selector = part(&text, &row.value).to_owned();
        let (path, _) = self.path_of(domain)?;
        Ok(vec![Entry { domain: domain.to_owned(), file: filled(&path, domain, &selector), selector }])
    }

    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError> {
        self.reads(to)?;
        self.change(&files::read(&self.selector_map)?, from, Some(to)).map(drop)
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        if let Some(to) = to {
            self.reads(to)?;
        }
        let made = files::edit(&self.selector_map, |text| self.change(text, from, to))?;
        Ok(if made { Switched::Made } else { Switched::Already })
    }

    async fn retire(&self, _entry: &Entry) -> Result<(), SignerError> {
        Ok(())
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        let text = files::read(&self.selector_map)?;
        for row in rows(&text) {
            let domain = part(&text, &row.name);
            let (path, _) = self.path_of(domain)?;
            if filled(&path, domain, part(&text, &row.value)) == file {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{Entry, RspamdMaps, SignerError, SignerTable, Switched};

    const SELECTORS: &str = "# selectors\nexample.com s1\ncontoso.com   dkim # old\n";

    fn maps(folder: &Path) -> RspamdMaps {
        let (selector_map, path_map) = (folder.join("selectors.map"), folder.join("paths.map"));
        fs::write(&selector_map, SELECTORS).unwrap();
        fs::write(&path_map, "contoso.com /keys/contoso.key\n").unwrap();
        RspamdMaps { selector_map, path_map: Some(path_map), path: "/keys/$domain.$selector.key".to_owned() }
    }

    fn entry(domain: &str, selector: &str, file: &str) -> Entry {
        Entry { domain: domain.into(), selector: selector.into(), file: file.into() }
    }

    #[tokio::test]
    async fn a_selector_that_names_its_key_is_switched_and_switched_back() {
        let folder = tempfile::tempdir().unwrap();
        let maps = maps(folder.path());
        let (old, new) =
            (entry("example.com", "s1", "/keys/example.com.s1.key"), entry("example.com", "s2", "/keys/example.com.s2.key"));
        assert_eq!(maps.entries("example.com").await.unwrap(), std::slice::from_ref(&old));
        for expected in [Switched::Made, Switched::Already] {
            assert_eq!(maps.switch(Some(&old), Some(&new)).await.unwrap(), expected);
        }
        assert_eq!(fs::read_to_string(&maps.selector_map).unwrap(), SELECTORS.replace("com s1", "com s2"));
        assert!(maps.uses(&new.file).await.unwrap() && !maps.uses(&old.file).await.unwrap());
        maps.switch(Some(&new), Some(&old)).await.unwrap();
        assert_eq!(fs::read_to_string(&maps.selector_map).unwrap(), SELECTORS);
        let other = entry("example.com", "s9", "/keys/example.com.s9.key");
        assert!(matches!(maps.switch(Some(&other), Some(&new)).await, Err(SignerError::NotThere { .. })));
    }

    #[tokio::test]
    async fn a_path_that_needs_a_second_step_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let maps = maps(folder.path());
        let (old, new) = (entry("contoso.com", "dkim", "/keys/contoso.key"), entry("contoso.com", "s2", "/keys/new.key"));
        assert_eq!(maps.entries("contoso.com").await.unwrap(), std::slice::from_ref(&old));
        assert!(matches!(maps.check(Some(&old), &new).await, Err(SignerError::Path { .. })));
        let error = maps.switch(Some(&old), Some(&new)).await.unwrap_err();
        assert!(
            error.to_string().ends_with("put $selector into the path, so that selector and key change in one step"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&maps.selector_map).unwrap(), SELECTORS);
    }

    #[tokio::test]
    async fn the_first_key_of_a_domain_is_added_and_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let maps = maps(folder.path());
        let first = entry("new.example", "s1", "/keys/new.example.s1.key");
        maps.switch(None, Some(&first)).await.unwrap();
        assert_eq!(fs::read_to_string(&maps.selector_map).unwrap(), format!("{SELECTORS}new.example s1\n"));
        maps.switch(Some(&first), None).await.unwrap();
        assert_eq!(fs::read_to_string(&maps.selector_map).unwrap(), SELECTORS);
    }
}
