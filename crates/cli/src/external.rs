//! What `externaldata` may read: files under folders, and hosts, that the user has allowed; nothing without.
//!
//! Allowed are the values of `--allow-external`, and those of `allow-external` in the configuration file. A file of the network
//! is loaded into a temporary file, once a run, and only from allowed hosts wherever it leads.

use std::{
    collections::HashMap,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use engine::{
    Column,
    external::{ExternalError, ExternalFormat, ExternalPlace, ExternalRequest, ExternalRows, InferFrom, InferRequest},
};
use futures::future::BoxFuture;
use reqwest::Url;
use sources::declared::{
    Declared, DeclaredColumn, DeclaredForm, DeclaredPlace, DeclaredRows, infer_columns, merged_columns, read_declared,
};
use tempfile::NamedTempFile;
use tokio::sync::Mutex;

use crate::{config::Config, failure::Failure, unanswered};

/// The largest file that is read, also once it is decompressed.
const MAX_BYTES: u64 = 1 << 30;
/// How long a host may take for a file.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many times a host may send on to another address.
const MAX_REDIRECTS: usize = 5;

/// What is allowed, and what was loaded.
#[derive(Debug)]
pub(crate) struct Allowed {
    /// Files and folders, with links resolved.
    paths: Vec<PathBuf>,
    hosts: Arc<Vec<String>>,
    /// Files of the network by address.
    loaded: Mutex<HashMap<Url, NamedTempFile>>,
}

impl Allowed {
    /// What the arguments and the configuration file allow. A folder in the file is counted from the file's.
    pub(crate) fn open(config: &Config, arguments: &[String]) -> Result<Self, Failure> {
        let mut allowed = Self { paths: Vec::new(), hosts: Arc::default(), loaded: Mutex::default() };
        let mut hosts = Vec::new();
        for argument in arguments {
            let failed = |why: String| Failure::input(format!("error: --allow-external {argument}: {why}"));
            allowed.add(argument, Path::new(""), &mut hosts).map_err(failed)?;
        }
        let file = config.path.as_deref().unwrap_or(Path::new(""));
        let folder = file.parent().unwrap_or(Path::new(""));
        if let Some(set) = &config.allow_external {
            for entry in &set.value {
                let failed = |why: String| {
                    Failure::input(format!("error: {}:{}: allow-external {entry}: {why}", file.display(), set.line))
                };
                allowed.add(entry, folder, &mut hosts).map_err(failed)?;
            }
        }
        allowed.hosts = Arc::new(hosts);
        Ok(allowed)
    }

    fn add(&mut self, entry: &str, base: &Path, hosts: &mut Vec<String>) -> Result<(), String> {
        let path = base.join(entry);
        if path.exists() {
            self.paths.push(path.canonicalize().map_err(|error| error.to_string())?);
            return Ok(());
        }
        let host = match Url::parse(entry) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.host_str().map(str::to_owned),
            _ => Some(entry.to_owned()),
        };
        match host.map(|host| host.to_ascii_lowercase()).filter(|host| is_host(host)) {
            Some(host) => {
                hosts.push(host);
                Ok(())
            }
            None => Err("there is no such file or folder, and it is not the name of a host".to_owned()),
        }
    }

    /// A file on this machine, if it is under what is allowed.
    fn local(&self, address: &str) -> Result<File, ExternalError> {
        let path = self.allowed(address)?;
        File::open(path).map_err(|error| ExternalError::Failed { address: address.to_owned(), cause: error.to_string() })
    }

    /// A file or folder, if it is allowed.
    fn allowed(&self, address: &str) -> Result<PathBuf, ExternalError> {
        let written = address.strip_prefix("file://").unwrap_or(address);
        let candidates = std::iter::once(PathBuf::from(written)).chain(self.paths.iter().map(|folder| folder.join(written)));
        let found: Vec<PathBuf> = candidates.filter_map(|path| path.canonicalize().ok()).collect();
        let failed = |cause: String| ExternalError::Failed { address: address.to_owned(), cause };
        match found.iter().find(|path| self.paths.iter().any(|allowed| path.starts_with(allowed))) {
            Some(path) => Ok(path.clone()),
            None if found.is_empty() && !self.paths.is_empty() => {
                Err(failed("there is no such file in what is allowed".to_owned()))
            }
            None => {
                let folder =
                    Path::new(written).parent().and_then(Path::to_str).filter(|folder| !folder.is_empty()).unwrap_or("FOLDER");
                Err(not_allowed(address, folder))
            }
        }
    }

    /// A file of the network, loaded once.
    async fn remote(&self, url: &Url) -> Result<File, ExternalError> {
        let address = plain(url.as_str());
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if !permits(&self.hosts, &host) {
            return Err(not_allowed(&address, &host));
        }
        let mut loaded = self.loaded.lock().await;
        let failed = |cause: String| ExternalError::Failed { address: address.clone(), cause };
        if !loaded.contains_key(url) {
            let file = load(url, Arc::clone(&self.hosts)).await.map_err(failed)?;
            loaded.insert(url.clone(), file);
        }
        match loaded.get(url) {
            Some(file) => file.reopen().map_err(|error| failed(error.to_string())),
            None => Err(failed("it was not loaded".to_owned())),
        }
    }

    /// The columns of the files that a request finds.
    async fn columns(&self, request: &InferRequest) -> Result<Vec<Column>, ExternalError> {
        let mut files: Vec<(String, File)> = Vec::new();
        for written in &request.addresses {
            let address = written.split(';').next().unwrap_or_default().trim();
            match Url::parse(address) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => files.push((plain(address), self.remote(&url).await?)),
                _ => {
                    let failed =
                        |cause: std::io::Error| ExternalError::Failed { address: plain(address), cause: cause.to_string() };
                    for path in found(&self.allowed(address)?, request).map_err(failed)? {
                        files.push((path.display().to_string(), File::open(&path).map_err(failed)?));
                    }
                }
            }
        }
        let chosen = match request.files {
            InferFrom::Any => files.into_iter().take(1).collect(),
            InferFrom::All => files,
            InferFrom::Last => {
                let written = |(_, file): &(String, File)| file.metadata().and_then(|about| about.modified()).ok();
                files.into_iter().max_by_key(written).into_iter().collect::<Vec<_>>()
            }
        };
        let address = request.addresses.first().map(|address| plain(address)).unwrap_or_default();
        if chosen.is_empty() {
            return Err(ExternalError::Failed { address, cause: "no file there is named so".to_owned() });
        }
        let (form, header) = (form_of(request.format), request.header);
        let failed = |cause: String| ExternalError::Failed { address: address.clone(), cause };
        let read = tokio::task::spawn_blocking(move || {
            let options = sources::Options { max_uncompressed_bytes: MAX_BYTES, ..sources::Options::default() };
            let columns = chosen.into_iter().map(|(name, file)| infer_columns(&name, file, form, header, &options));
            columns.collect::<Result<Vec<_>, _>>().map(merged_columns)
        });
        let columns = read.await.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
        Ok(columns.into_iter().map(|column| Column::new(column.name, column.ty)).collect())
    }

    async fn rows(&self, request: &ExternalRequest) -> Result<ExternalRows, ExternalError> {
        let mut rows = ExternalRows::default();
        for written in &request.addresses {
            // What follows `;` tells the service how to sign in.
            let address = written.split(';').next().unwrap_or_default().trim();
            let file = match Url::parse(address) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => self.remote(&url).await?,
                Ok(url) if url.scheme() != "file" && url.scheme().len() > 1 => {
                    let cause = format!("addresses of `{}` are not read: load the file, and name its path", url.scheme());
                    return Err(ExternalError::Failed { address: plain(address), cause });
                }
                _ => self.local(address)?,
            };
            let declared = declared(request, address);
            let name = plain(address);
            let read = tokio::task::spawn_blocking(move || {
                let options = sources::Options { max_uncompressed_bytes: MAX_BYTES, ..sources::Options::default() };
                read_declared(&name, file, &declared, &options)
            });
            let failed = |cause: String| ExternalError::Failed { address: plain(address), cause };
            let read = read.await.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
            let DeclaredRows { batches, rejected, first_reject } = read;
            rows.batches.extend(batches);
            if let Some(first) = first_reject {
                let what = if rejected == 1 { "a record" } else { "records" };
                rows.warnings.push(format!("{what} could not be read ({rejected} in all), and left out; the first: {first}"));
            }
        }
        Ok(rows)
    }
}

impl engine::External for Allowed {
    fn read<'a>(&'a self, request: &'a ExternalRequest) -> BoxFuture<'a, Result<ExternalRows, ExternalError>> {
        Box::pin(self.rows(request))
    }

    fn infer<'a>(&'a self, request: &'a InferRequest) -> BoxFuture<'a, Result<Vec<Column>, ExternalError>> {
        Box::pin(self.columns(request))
    }
}

/// The file itself, or the files of a folder, those in its folders among them, sorted, that are named as the request has it.
fn found(path: &Path, request: &InferRequest) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut folders, mut files) = (vec![path.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type()? {
                // Links lead anywhere: what is allowed is what lies here.
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() && name.starts_with(&request.prefix) && name.ends_with(&request.extension) => {
                    files.push(entry.path());
                }
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

fn not_allowed(address: &str, what: &str) -> ExternalError {
    let help = format!("to allow it, run with `--allow-external {what}`, or list it under `allow-external` in spoofwatch.toml");
    ExternalError::NotAllowed { address: address.to_owned(), help }
}

/// An address without what may be a credential.
fn plain(address: &str) -> String {
    address.split(['?', '#', ';']).next().unwrap_or_default().to_owned()
}

/// Letters, digits, dots, hyphens, perhaps `*.` in front.
fn is_host(text: &str) -> bool {
    let name = text.strip_prefix("*.").unwrap_or(text);
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || ".-:[]".contains(character))
}

/// True for an allowed host; `*.example.com` allows the hosts below `example.com`.
fn permits(hosts: &[String], host: &str) -> bool {
    hosts.iter().any(|allowed| match allowed.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|front| front.ends_with('.')),
        None => allowed == host,
    })
}

/// Loads a file into a temporary one. A host that is not allowed is not asked, whoever sends there.
async fn load(url: &Url, hosts: Arc<Vec<String>>) -> Result<NamedTempFile, String> {
    let policy = reqwest::redirect::Policy::custom(move |attempt| {
        let host = attempt.url().host_str().unwrap_or_default().to_ascii_lowercase();
        if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("it sends on too often")
        } else if permits(&hosts, &host) {
            attempt.follow()
        } else {
            attempt.error(format!("it sends on to `{host}`, which is not allowed"))
        }
    });
    let client = reqwest::Client::builder().redirect(policy).timeout(PATIENCE).user_agent("spoofwatch").build();
    let client = client.map_err(|error| unanswered::why(&error, PATIENCE))?;
    let mut response = client.get(url.clone()).send().await.map_err(|error| unanswered::why(&error, PATIENCE))?;
    if !response.status().is_success() {
        return Err(format!("the host answers {}", response.status()));
    }
    let mut file = NamedTempFile::new().map_err(|error| error.to_string())?;
    let mut taken = 0_u64;
    while let Some(chunk) = response.chunk().await.map_err(|error| unanswered::why(&error, PATIENCE))? {
        taken += chunk.len() as u64;
        if taken > MAX_BYTES {
            return Err(format!("it is larger than {} MB", MAX_BYTES >> 20));
        }
        file.write_all(&chunk).map_err(|error| error.to_string())?;
    }
    Ok(file)
}

/// What the file is, by the query or by the end of its name.
fn declared(request: &ExternalRequest, address: &str) -> Declared {
    let format = request.format.unwrap_or_else(|| by_name(address));
    let form = form_of(format);
    let columns = request.columns.iter().zip(&request.places).map(|(column, place)| DeclaredColumn {
        name: column.name.clone(),
        place: place.as_ref().map(|place| match place {
            ExternalPlace::Field(number) => DeclaredPlace::Field(*number),
            ExternalPlace::Path(path) => DeclaredPlace::Path(path.clone()),
            ExternalPlace::Column(name) => DeclaredPlace::Column(name.clone()),
        }),
    });
    Declared { columns: columns.collect(), form, ignore_first_record: request.ignore_first_record }
}

const fn form_of(format: ExternalFormat) -> DeclaredForm {
    match format {
        ExternalFormat::Csv => DeclaredForm::Separated(b','),
        ExternalFormat::Tsv => DeclaredForm::Separated(b'\t'),
        ExternalFormat::Scsv => DeclaredForm::Separated(b';'),
        ExternalFormat::Psv => DeclaredForm::Separated(b'|'),
        ExternalFormat::Sohsv => DeclaredForm::Separated(1),
        ExternalFormat::Txt => DeclaredForm::Lines,
        ExternalFormat::Raw => DeclaredForm::Whole,
        ExternalFormat::Json | ExternalFormat::MultiJson => DeclaredForm::Json,
        ExternalFormat::Parquet => DeclaredForm::Parquet,
    }
}

/// `list.csv.gz?sig=x` is CSV; what no ending tells is CSV too, as the reference has it.
fn by_name(address: &str) -> ExternalFormat {
    let name = plain(address).to_ascii_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zip")).unwrap_or(&name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "jsonl" | "ndjson" => ExternalFormat::Json,
        _ => ExternalFormat::from_name(ending).unwrap_or(ExternalFormat::Csv),
    }
}

#[cfg(test)]
mod tests {
    use engine::external::ExternalFormat;

    use super::{by_name, is_host, permits, plain};

    #[test]
    fn a_host_is_allowed_by_its_name_or_by_its_domain() {
        let hosts = ["lists.example".to_owned(), "*.cdn.example".to_owned()];
        for (host, expected) in [
            ("lists.example", true),
            ("a.lists.example", false),
            ("a.cdn.example", true),
            ("cdn.example", false),
            ("evilcdn.example", false),
            ("", false),
        ] {
            assert_eq!(permits(&hosts, host), expected, "{host}");
        }
        assert!(is_host("*.cdn.example") && is_host("localhost") && !is_host("") && !is_host("a/b"));
    }

    #[test]
    fn the_end_of_the_name_tells_the_format() {
        for (address, expected) in [
            ("https://h/list.csv.gz?sig=secret", ExternalFormat::Csv),
            ("list.TXT", ExternalFormat::Txt),
            ("a/list.jsonl", ExternalFormat::Json),
            ("list.parquet", ExternalFormat::Parquet),
            ("https://h/list", ExternalFormat::Csv),
        ] {
            assert_eq!(by_name(address), expected, "{address}");
        }
    }

    #[test]
    fn messages_name_no_credential() {
        assert_eq!(plain("https://h/a.csv?sig=secret"), "https://h/a.csv");
        assert_eq!(plain("https://h/a.csv;secret"), "https://h/a.csv");
    }
}
