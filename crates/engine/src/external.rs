//! Data outside of the catalog, as `externaldata` names it: what is asked for, and who answers.
//!
//! The engine opens no file and no connection of its own. Whoever runs a query gives it an [`External`], which decides what
//! may be read. Authority: <https://learn.microsoft.com/kusto/query/externaldata-operator>

use datafusion::arrow::array::RecordBatch;
use futures::future::BoxFuture;

use crate::relation::Column;

/// Reads what `externaldata` names, where the caller has allowed it.
pub trait External: std::fmt::Debug + Send + Sync {
    /// The rows of every address, one after the other.
    fn read<'a>(&'a self, request: &'a ExternalRequest) -> BoxFuture<'a, Result<ExternalRows, ExternalError>>;

    /// The columns that files have, told by their values.
    fn infer<'a>(&'a self, request: &'a InferRequest) -> BoxFuture<'a, Result<Vec<Column>, ExternalError>>;
}

/// What the plugin `infer_storage_schema` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferRequest {
    /// Folders or files, as the query gives them.
    pub addresses: Vec<String>,
    /// The form of the files.
    pub format: ExternalFormat,
    /// Only files whose names end so.
    pub extension: String,
    /// Only files whose names begin so.
    pub prefix: String,
    /// Which of several files tell the columns.
    pub files: InferFrom,
    /// The first record of separated fields has the names of the columns.
    pub header: bool,
}

/// Which of several files tell the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InferFrom {
    /// The first that is found.
    Any,
    /// The one that was written last.
    Last,
    /// All of them.
    All,
}

/// What an `externaldata` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalRequest {
    /// The columns declared, in order.
    pub columns: Vec<Column>,
    /// Addresses of files, as the query gives them.
    pub addresses: Vec<String>,
    /// `format`; told by the address where it is not given.
    pub format: Option<ExternalFormat>,
    /// The first record of every file is a header.
    pub ignore_first_record: bool,
    /// For each column where its value stands, if `ingestionMapping` says so.
    pub places: Vec<Option<ExternalPlace>>,
}

/// The forms of file that are read; each may be compressed as `.gz` or `.zip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalFormat {
    /// Values parted by commas.
    Csv,
    /// Parted by tabs.
    Tsv,
    /// Parted by `;`.
    Scsv,
    /// Parted by `|`.
    Psv,
    /// Parted by U+0001.
    Sohsv,
    /// A line is one value.
    Txt,
    /// The whole file is one value.
    Raw,
    /// A JSON object a line.
    Json,
    /// JSON objects one after the other, or in an array.
    MultiJson,
    /// Apache Parquet.
    Parquet,
}

impl ExternalFormat {
    /// Every format with the name it has in a query.
    pub const ALL: [(&'static str, Self); 12] = [
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("multijson", Self::MultiJson),
        ("parquet", Self::Parquet),
        ("psv", Self::Psv),
        ("raw", Self::Raw),
        ("scsv", Self::Scsv),
        ("singlejson", Self::MultiJson),
        ("sohsv", Self::Sohsv),
        ("tsv", Self::Tsv),
        ("tsve", Self::Tsv),
        ("txt", Self::Txt),
    ];

    /// The format of a name, whatever its case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, format)| format)
    }
}

/// Where a column's value stands in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalPlace {
    /// The field of this number, from 0.
    Field(usize),
    /// The value at this JSON path, such as `$.data.tenant`.
    Path(String),
    /// The column of this name in the file.
    Column(String),
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct ExternalRows {
    /// Rows with the columns that were asked for, of whatever Arrow types the file has; texts are converted as `tolong`,
    /// `todatetime` and so on do, and null is an absent value.
    pub batches: Vec<RecordBatch>,
    /// Records that could not be read, and the like.
    pub warnings: Vec<String>,
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExternalError {
    /// The caller has not allowed it.
    #[error("`{address}` may not be read")]
    NotAllowed {
        /// As the query gives it, without what may be a credential.
        address: String,
        /// How to allow it.
        help: String,
    },
    /// It is allowed and cannot be read.
    #[error("`{address}` cannot be read: {cause}")]
    Failed {
        /// As the query gives it, without what may be a credential.
        address: String,
        /// Why.
        cause: String,
    },
}

/// Allows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoExternal;

impl External for NoExternal {
    fn read<'a>(&'a self, request: &'a ExternalRequest) -> BoxFuture<'a, Result<ExternalRows, ExternalError>> {
        Box::pin(std::future::ready(Err(refused(&request.addresses))))
    }

    fn infer<'a>(&'a self, request: &'a InferRequest) -> BoxFuture<'a, Result<Vec<Column>, ExternalError>> {
        Box::pin(std::future::ready(Err(refused(&request.addresses))))
    }
}

fn refused(addresses: &[String]) -> ExternalError {
    let address = addresses.first().map_or("", String::as_str).split(['?', ';']).next().unwrap_or("").to_owned();
    ExternalError::NotAllowed { address, help: "data outside of the tables is not read here".to_owned() }
}
