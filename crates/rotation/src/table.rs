//! The signing table of the program itself: which keys sign outgoing mail of which domain, as a TOML file of our own.
//!
//! ```toml
//! [[sign]]
//! domain = "example.com"
//! selector = "sw202611a"
//! key = "keys/example.com.sw202611a.pem"   # from the table's folder, or absolute
//! # What follows may be left out.
//! algorithm = "rsa-sha256"                 # refuse another key than this
//! canonicalization = "relaxed/relaxed"     # header/body
//! headers = ["From", "To", "Subject"]      # the fields to sign, From always among them
//! oversign = ["From"]                      # fields of which nobody may add one more
//! lifetime-days = 14                       # signatures end (x=)
//! identity = "@news.example.com"           # on whose behalf (i=)
//! subdomains = true                        # sign for domains below that have no row of their own
//! ```
//!
//! Two rows of one domain sign twice, as RFC 8463 section 3 advises for RSA and Ed25519. The body is always signed whole.

use std::{
    collections::HashMap,
    fs,
    ops::Range,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use mailauth::{
    Message,
    dkim::{Canonicalization, SignError, Signer},
};
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use crate::{
    files::{self, FileError},
    keys::{KeyError, read_key},
};

/// Most rows of a table.
const MOST_ROWS: usize = 10_000;

/// Why a table cannot be used.
#[derive(Debug, Error)]
pub enum TableError {
    /// Its file, or that of a key.
    #[error(transparent)]
    File(#[from] FileError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It is no table.
    #[error("{}: {problem}", file.display())]
    Syntax {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A row asks for what cannot be signed with.
    #[error("{}: {domain} with the selector {selector}: {problem}", file.display())]
    Row {
        /// Which file.
        file: PathBuf,
        /// The row's domain.
        domain: String,
        /// The row's selector.
        selector: String,
        /// What is wrong.
        problem: String,
    },
}

/// A row as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    domain: Spanned<String>,
    selector: Spanned<String>,
    key: Spanned<String>,
    algorithm: Option<String>,
    canonicalization: Option<String>,
    headers: Option<Vec<String>>,
    oversign: Option<Vec<String>>,
    lifetime_days: Option<u32>,
    identity: Option<String>,
    #[serde(default)]
    subdomains: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    sign: Vec<Written>,
}

/// Where a row's three words stand in the text, and what they are.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub domain: String,
    pub domain_at: Range<usize>,
    pub selector: String,
    pub selector_at: Range<usize>,
    pub key: String,
    pub key_at: Range<usize>,
}

/// The rows of a text, as places.
pub(crate) fn places(text: &str) -> Result<Vec<Place>, String> {
    let place = |row: Written| Place {
        domain_at: row.domain.span(),
        domain: row.domain.into_inner(),
        selector_at: row.selector.span(),
        selector: row.selector.into_inner(),
        key_at: row.key.span(),
        key: row.key.into_inner(),
    };
    Ok(read(text)?.into_iter().map(place).collect())
}

fn read(text: &str) -> Result<Vec<Written>, String> {
    let document: Document = toml::from_str(text).map_err(|error| error.to_string())?;
    if document.sign.len() > MOST_ROWS {
        return Err(format!("it has more than {MOST_ROWS} rows"));
    }
    Ok(document.sign)
}

/// A key's file as the table names it.
pub(crate) fn key_file(table: &Path, key: &str) -> PathBuf {
    table.parent().unwrap_or_else(|| Path::new("")).join(key)
}

#[derive(Debug)]
struct Row {
    subdomains: bool,
    signer: Arc<Signer>,
}

/// What tells that a file is another than it was.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

fn stamp(file: &Path) -> Stamp {
    let found = fs::metadata(file).ok()?;
    Some((found.dev(), found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
}

#[derive(Debug)]
struct Loaded {
    /// By the name of the domain, as it is asked for.
    rows: HashMap<String, Vec<Row>>,
    stamps: Vec<(PathBuf, Stamp)>,
}

/// A signing table in use. Signing goes on with what was read last, whatever becomes of the files.
#[derive(Debug)]
pub struct SigningTable {
    file: PathBuf,
    loaded: RwLock<Arc<Loaded>>,
}

impl SigningTable {
    /// Reads a table and its keys.
    ///
    /// # Errors
    ///
    /// The table or one of its keys cannot be used.
    pub fn open(file: &Path) -> Result<Self, TableError> {
        Ok(Self { file: file.to_owned(), loaded: RwLock::new(Arc::new(load(file)?)) })
    }

    /// Reads the table again if it, or a key of it, is another file than before; says whether it was.
    ///
    /// # Errors
    ///
    /// What is there now cannot be used. What was read before is used on.
    pub fn refresh(&self) -> Result<bool, TableError> {
        if self.current().stamps.iter().all(|(file, before)| stamp(file) == *before) {
            return Ok(false);
        }
        let loaded = Arc::new(load(&self.file)?);
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(true)
    }

    fn current(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who signs mail whose author is in this domain: its own rows, or those of the next domain above it that signs for sub-domains. None is
    /// that its mail is not signed.
    #[must_use]
    pub fn signers_for(&self, domain: &str) -> Vec<Arc<Signer>> {
        let Some(domain) = mailauth::dns::name(domain) else { return Vec::new() };
        let loaded = self.current();
        let mut at = domain.as_str();
        loop {
            let rows = loaded.rows.get(at).into_iter().flatten().filter(|row| at == domain || row.subdomains);
            let signers: Vec<_> = rows.map(|row| Arc::clone(&row.signer)).collect();
            if !signers.is_empty() {
                return signers;
            }
            match at.split_once('.') {
                Some((_, above)) => at = above,
                None => return Vec::new(),
            }
        }
    }

    /// Every signature for a message whose author is in this domain: fields with their line ends, to be put on top of it. `now` is in seconds since
    /// 1970.
    ///
    /// # Errors
    ///
    /// The message cannot be signed.
    pub fn sign(&self, domain: &str, message: &Message<'_>, now: i64) -> Result<Vec<String>, SignError> {
        self.signers_for(domain).iter().map(|signer| signer.sign(message, now)).collect()
    }
}

fn load(file: &Path) -> Result<Loaded, TableError> {
    let mut stamps = vec![(file.to_owned(), stamp(file))];
    let rows = read(&files::read(file)?).map_err(|problem| TableError::Syntax { file: file.to_owned(), problem })?;
    let mut loaded: HashMap<String, Vec<Row>> = HashMap::with_capacity(rows.len());
    for row in rows {
        let key = key_file(file, row.key.get_ref());
        stamps.push((key.clone(), stamp(&key)));
        let signer = Arc::new(signer(file, &row, &key)?);
        let domain = mailauth::dns::name(signer.domain()).unwrap_or_default();
        loaded.entry(domain).or_default().push(Row { subdomains: row.subdomains, signer });
    }
    Ok(Loaded { rows: loaded, stamps })
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn signer(file: &Path, row: &Written, key: &Path) -> Result<Signer, TableError> {
    let wrong = |problem: String| TableError::Row {
        file: file.to_owned(),
        domain: row.domain.get_ref().clone(),
        selector: row.selector.get_ref().clone(),
        problem,
    };
    let refused = |error: SignError| wrong(error.to_string());
    let key = read_key(key)?;
    if let Some(algorithm) = &row.algorithm
        && !algorithm.eq_ignore_ascii_case(key.algorithm().as_str())
    {
        return Err(wrong(format!("its key is for {}, not {algorithm}", key.algorithm().as_str())));
    }
    let mut signer = Signer::new(key, row.domain.get_ref(), row.selector.get_ref()).map_err(refused)?;
    if let Some(text) = &row.canonicalization {
        let (header, body) = text.split_once('/').unwrap_or((text, "simple"));
        let forms = Canonicalization::parse(header.as_bytes()).zip(Canonicalization::parse(body.as_bytes()));
        let (header, body) = forms.ok_or_else(|| wrong(format!("\"{text}\" is no canonicalization")))?;
        signer = signer.canonicalization(header, body);
    }
    if let Some(names) = &row.headers {
        signer = signer.fields(&strs(names)).map_err(refused)?;
    }
    if let Some(names) = &row.oversign {
        signer = signer.oversigned(&strs(names)).map_err(refused)?;
    }
    if let Some(identity) = &row.identity {
        signer = signer.identity(identity).map_err(refused)?;
    }
    Ok(match row.lifetime_days {
        Some(days) => signer.lifetime(u64::from(days) * 86_400),
        None => signer,
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use mailauth::{
        Message,
        dkim::{self, DkimResult, KeyKind, SigningKey},
        dns::Zone,
    };

    use super::{SigningTable, TableError};

    const NOW: i64 = 1_795_297_203;

    struct House {
        folder: tempfile::TempDir,
        zone: String,
    }

    impl House {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap(), zone: String::new() }
        }

        fn key(&mut self, selector: &str, domain: &str, kind: KeyKind) {
            let key = SigningKey::of_kind(kind).unwrap();
            self.zone += &key.zone_line(selector, domain).unwrap();
            self.zone.push('\n');
            fs::write(self.folder.path().join(format!("{selector}.pem")), key.to_pem().unwrap().as_bytes()).unwrap();
        }

        fn table(&self, text: &str) -> PathBuf {
            let file = self.folder.path().join("signing.toml");
            fs::write(&file, text).unwrap();
            file
        }
    }

    const DUAL: &str = "[[sign]]\ndomain = \"Example.com\"\nselector = \"r1\"\nkey = \"r1.pem\"\nsubdomains = true\n\
        lifetime-days = 14\n\n[[sign]]\ndomain = \"example.com\"\nselector = \"e1\"\nkey = \"e1.pem\"\nalgorithm = \"ed25519-sha256\"\n";

    #[tokio::test]
    async fn a_domain_with_two_rows_signs_twice_and_both_verify() {
        let mut house = House::new();
        house.key("r1", "example.com", KeyKind::Rsa2048);
        house.key("e1", "example.com", KeyKind::Ed25519);
        let table = SigningTable::open(&house.table(DUAL)).unwrap();
        let text = "From: ann@example.com\r\nSubject: hello\r\n\r\nbody\r\n";
        let fields = table.sign("EXAMPLE.com", &Message::new(text.as_bytes()), NOW).unwrap();
        assert!(fields[0].contains(&format!("x={}", NOW + 14 * 86_400)), "{}", fields[0]);
        let signed = fields.concat() + text;
        let verdicts = dkim::verify(&Message::new(signed.as_bytes()), &Zone::parse(&house.zone).unwrap(), NOW).await;
        let results: Vec<_> = verdicts.iter().map(|it| (it.selector.as_deref().unwrap(), it.result)).collect();
        assert_eq!(results, [("r1", DkimResult::Pass), ("e1", DkimResult::Pass)]);
    }

    #[test]
    fn domains_below_are_signed_by_rows_that_say_so() {
        let mut house = House::new();
        house.key("r1", "example.com", KeyKind::Rsa2048);
        house.key("e1", "example.com", KeyKind::Ed25519);
        let table = SigningTable::open(&house.table(DUAL)).unwrap();
        let selectors = |domain: &str| -> Vec<String> {
            table.signers_for(domain).iter().map(|signer| signer.selector().to_owned()).collect()
        };
        assert_eq!(selectors("example.com"), ["r1", "e1"]);
        assert_eq!(selectors("news.mail.example.com"), ["r1"]);
        for other in ["com", "example.net", "badexample.com", "", ".."] {
            assert!(selectors(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_changed_table_is_read_again_and_a_broken_one_is_not_used() {
        let mut house = House::new();
        house.key("e1", "example.com", KeyKind::Ed25519);
        house.key("e2", "example.com", KeyKind::Ed25519);
        let row = |selector| format!("[[sign]]\ndomain = \"example.com\"\nselector = \"{selector}\"\nkey = \"{selector}.pem\"\n");
        let file = house.table(&row("e1"));
        let table = SigningTable::open(&file).unwrap();
        assert!(!table.refresh().unwrap());
        fs::remove_file(&file).unwrap();
        house.table(&format!("# changed\n{}", row("e2")));
        assert!(table.refresh().unwrap());
        assert_eq!(table.signers_for("example.com")[0].selector(), "e2");
        house.table("[[sign]]\ndomain = 1\n");
        assert!(matches!(table.refresh(), Err(TableError::Syntax { .. })));
        assert_eq!(table.signers_for("example.com")[0].selector(), "e2");
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said() {
        let mut house = House::new();
        house.key("e1", "example.com", KeyKind::Ed25519);
        let said = |more: &str| {
            let text = format!("[[sign]]\ndomain = \"example.com\"\nselector = \"e1\"\nkey = \"e1.pem\"\n{more}\n");
            SigningTable::open(&house.table(&text)).unwrap_err().to_string()
        };
        for (more, end) in [
            ("algorithm = \"rsa-sha256\"", "example.com with the selector e1: its key is for ed25519-sha256, not rsa-sha256"),
            ("canonicalization = \"loose\"", "\"loose\" is no canonicalization"),
            ("headers = [\"A:B\"]", "\"A:B\" is no name of a header field"),
            ("identity = \"@example.net\"", "the identity @example.net is not within the signing domain"),
        ] {
            assert!(said(more).ends_with(end), "{}", said(more));
        }
        assert!(said("length = 1").contains("unknown field `length`"));
        fs::remove_file(house.folder.path().join("e1.pem")).unwrap();
        assert!(said("").contains("e1.pem"));
    }
}
