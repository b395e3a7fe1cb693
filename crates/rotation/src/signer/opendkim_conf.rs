//! OpenDKIM's configuration file: the tables it names, or the one key of `Domain`, `Selector` and `KeyFile` (opendkim.conf(5)).

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{
    Entry, OpenDkimTables, SignerError, SignerTable, Switched,
    rows::{Row, part, rows, spliced},
};
use crate::files;

/// OpenDKIM as its configuration file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDkimConf {
    /// The file, such as `/etc/opendkim.conf`.
    pub config: PathBuf,
}

/// What the file comes to.
enum Form {
    Tables(OpenDkimTables),
    Single,
}

/// The last line of a parameter: it is the one that counts.
fn parameter(text: &str, name: &str) -> Option<Row> {
    rows(text).into_iter().rfind(|row| part(text, &row.name).eq_ignore_ascii_case(name))
}

impl OpenDkimConf {
    fn unsupported(&self, what: impl Into<String>) -> SignerError {
        SignerError::Unsupported { file: self.config.clone(), what: what.into() }
    }

    /// The file of a data set, and whether its names are patterns.
    fn data_set(&self, text: &str, name: &str) -> Result<Option<(PathBuf, bool)>, SignerError> {
        let Some(row) = parameter(text, name) else { return Ok(None) };
        let value = part(text, &row.value);
        let (file, patterns) = match value.split_once(':') {
            Some(("refile", file)) => (file, true),
            Some(("file", file)) => (file, false),
            _ => (value, false),
        };
        if !file.starts_with('/') || file.ends_with(".db") {
            return Err(
                self.unsupported(format!("{name} is kept in \"{value}\"; only text files are changed, file: and refile:"))
            );
        }
        Ok(Some((PathBuf::from(file), patterns)))
    }

    fn form(&self, text: &str) -> Result<Form, SignerError> {
        let (keys, signing) = (self.data_set(text, "KeyTable")?, self.data_set(text, "SigningTable")?);
        match (keys, signing) {
            (Some((key_table, _)), Some((signing_table, patterns))) => {
                Ok(Form::Tables(OpenDkimTables { key_table, signing_table, patterns }))
            }
            (None, None) => Ok(Form::Single),
            _ => Err(self.unsupported("KeyTable and SigningTable need one another")),
        }
    }

    /// The one key, if the file has one.
    fn single(text: &str) -> Option<Entry> {
        let value = |name| parameter(text, name).map(|row| part(text, &row.value).to_owned()).filter(|value| !value.is_empty());
        Some(Entry { domain: value("Domain")?, selector: value("Selector")?, file: PathBuf::from(value("KeyFile")?) })
    }

    fn switch_single(&self, text: &str, from: Option<&Entry>, to: Option<&Entry>) -> Result<Option<String>, SignerError> {
        let (Some(from), Some(to)) = (from, to) else {
            return Err(self.unsupported("it has no KeyTable, to which a key could be added and from which one could be taken"));
        };
        let there = Self::single(text);
        if there.as_ref().is_some_and(|there| there.is(to)) {
            return Ok(None);
        }
        if there.as_ref().is_some_and(|there| there.domain.contains(',')) {
            return Err(SignerError::Shared { file: self.config.clone(), domain: from.domain.clone() });
        }
        if !there.is_some_and(|there| there.is_at(&from.domain, &from.selector)) {
            let (domain, selector) = (from.domain.clone(), from.selector.clone());
            return Err(SignerError::NotThere { file: self.config.clone(), domain, selector });
        }
        let at = |name, with: String| parameter(text, name).map(|row| (row.value, with));
        let parts = [at("Selector", to.selector.clone()), at("KeyFile", to.file.display().to_string())];
        Ok(spliced(text, parts.into_iter().flatten().collect()))
    }
}

#[async_trait]
impl SignerTable for OpenDkimConf {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        let text = files::read(&self.config)?;
        match self.form(&text)? {
            Form::Tables(tables) => tables.entries(domain).await,
            Form::Single => {
                let serves = |entry: &Entry| entry.domain.split(',').any(|other| other.trim().eq_ignore_ascii_case(domain));
                let found = Self::single(&text).filter(serves);
                Ok(found.map(|entry| Entry { domain: domain.to_owned(), ..entry }).into_iter().collect())
            }
        }
    }

    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError> {
        let text = files::read(&self.config)?;
        match self.form(&text)? {
            Form::Tables(tables) => tables.check(from, to).await,
            Form::Single => self.switch_single(&text, from, Some(to)).map(drop),
        }
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        match self.form(&files::read(&self.config)?)? {
            Form::Tables(tables) => tables.switch(from, to).await,
            Form::Single => {
                let made = files::edit(&self.config, |text| self.switch_single(text, from, to))?;
                Ok(if made { Switched::Made } else { Switched::Already })
            }
        }
    }

    async fn retire(&self, entry: &Entry) -> Result<(), SignerError> {
        match self.form(&files::read(&self.config)?)? {
            Form::Tables(tables) => tables.retire(entry).await,
            Form::Single => Ok(()),
        }
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        let text = files::read(&self.config)?;
        match self.form(&text)? {
            Form::Tables(tables) => tables.uses(file).await,
            Form::Single => Ok(Self::single(&text).is_some_and(|entry| entry.file == file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{Entry, OpenDkimConf, SignerError, SignerTable, Switched};

    const SINGLE: &str = "# OpenDKIM\nSyslog yes\nDomain\texample.com\nselector  s1 # ours\nKeyFile /keys/s1.pem\nUMask 007\n";

    fn conf(folder: &Path, text: &str) -> OpenDkimConf {
        let config = folder.join("opendkim.conf");
        fs::write(&config, text).unwrap();
        OpenDkimConf { config }
    }

    fn entry(selector: &str) -> Entry {
        Entry {
            domain: "example.com".into(),
            selector: selector.into(),
            file: Path::new("/keys").join(format!("{selector}.pem")),
        }
    }

    #[tokio::test]
    async fn the_one_key_is_switched_in_one_step() {
        let folder = tempfile::tempdir().unwrap();
        let conf = conf(folder.path(), SINGLE);
        assert_eq!(conf.entries("example.com").await.unwrap(), [entry("s1")]);
        assert!(conf.entries("example.net").await.unwrap().is_empty());
        for expected in [Switched::Made, Switched::Already] {
            assert_eq!(conf.switch(Some(&entry("s1")), Some(&entry("s2"))).await.unwrap(), expected);
        }
        let text = fs::read_to_string(&conf.config).unwrap();
        assert_eq!(text, SINGLE.replace("s1 # ours", "s2 # ours").replace("/keys/s1.pem", "/keys/s2.pem"));
        assert!(conf.uses(Path::new("/keys/s2.pem")).await.unwrap());
        conf.switch(Some(&entry("s2")), Some(&entry("s1"))).await.unwrap();
        assert_eq!(fs::read_to_string(&conf.config).unwrap(), SINGLE);
    }

    #[tokio::test]
    async fn tables_that_are_named_are_used() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, signing) = (folder.path().join("key.table"), folder.path().join("signing.table"));
        fs::write(&keys, "main example.com:s1:/keys/s1.pem\n").unwrap();
        fs::write(&signing, "example.com main\n").unwrap();
        let text = format!("KeyTable file:{}\nSigningTable {}\n", keys.display(), signing.display());
        let conf = conf(folder.path(), &text);
        assert_eq!(conf.entries("example.com").await.unwrap(), [entry("s1")]);
        conf.switch(Some(&entry("s1")), Some(&entry("s2"))).await.unwrap();
        assert_eq!(fs::read_to_string(&keys).unwrap(), "main example.com:s2:/keys/s2.pem\n");
    }

    #[tokio::test]
    async fn what_is_not_ours_to_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let several = conf(folder.path(), &SINGLE.replace("example.com", "example.com, example.net"));
        assert_eq!(several.entries("example.net").await.unwrap().len(), 1);
        let error = several.switch(Some(&entry("s1")), Some(&entry("s2"))).await.unwrap_err();
        assert!(matches!(error, SignerError::Shared { .. }), "{error}");
        let database = conf(folder.path(), "KeyTable dsn:mysql://host/table\nSigningTable /x\n");
        let error = database.entries("example.com").await.unwrap_err();
        assert!(error.to_string().contains("only text files are changed"), "{error}");
        let none = conf(folder.path(), "Syslog yes\n");
        assert!(none.entries("example.com").await.unwrap().is_empty());
        assert!(none.switch(None, Some(&entry("s1"))).await.is_err());
    }
}
