//! Telemetry held in memory for the tests, and how they read it.

use std::error::Error;
use std::sync::LazyLock;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int32Type, Int64Type, TimestampMicrosecondType};
use spoofwatch_simulate::{Options, Summary, generate};

/// 2026-11-20T23:00:00Z in microseconds since 1970; a Friday.
pub(crate) const END: i64 = 1_795_215_600_000_000;
/// The same in ticks.
const END_TICKS: i64 = END * 10 + 621_355_968_000_000_000;
/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;
/// What [`fingerprint`] gives for [`small`].
pub(crate) const GOLDEN: u64 = 10_484_310_451_178_282_805;

/// The telemetry most tests read: a month.
pub(crate) static MONTH: LazyLock<Telemetry> = LazyLock::new(|| {
    let options = Options { days: 30, messages: 20_000, seed: 7, end: END_TICKS, batch_rows: 4096 };
    Telemetry::make(&options).unwrap_or_else(|error| Telemetry::broken(&error.to_string()))
});

/// A few days, a few messages.
pub(crate) fn small() -> Options {
    Options { days: 4, messages: 1500, seed: 7, end: END_TICKS, batch_rows: 500 }
}

/// Everything that was made.
#[derive(Debug)]
pub(crate) struct Telemetry {
    batches: Vec<(String, RecordBatch)>,
    pub(crate) summary: Summary,
    error: String,
}

impl Telemetry {
    /// Makes it.
    pub(crate) fn make(options: &Options) -> Result<Self, Box<dyn Error>> {
        let mut batches = Vec::new();
        let summary = generate::<spoofwatch_simulate::Error>(options, &mut |table, batch| {
            batches.push((table.to_owned(), batch));
            Ok(())
        })?;
        Ok(Self { batches, summary, error: String::new() })
    }

    fn broken(error: &str) -> Self {
        let summary = Summary { rows: Default::default(), messages: Default::default() };
        Self { batches: Vec::new(), summary, error: error.to_owned() }
    }

    /// How many rows a table has.
    pub(crate) fn rows(&self, table: &str) -> u64 {
        self.of(table).map(|batch| batch.num_rows() as u64).sum()
    }

    fn of(&self, table: &str) -> impl Iterator<Item = &RecordBatch> {
        self.batches.iter().filter(move |(name, _)| name == table).map(|(_, batch)| batch)
    }

    fn column(&self, table: &str, column: &str) -> Result<Vec<&dyn Array>, Box<dyn Error>> {
        if !self.error.is_empty() {
            return Err(self.error.clone().into());
        }
        let find = |batch: &'_ RecordBatch| batch.schema().index_of(column);
        self.of(table).map(|batch| Ok(batch.column(find(batch)?).as_ref())).collect()
    }

    /// A text column; nulls read as empty, as Kusto has it.
    pub(crate) fn texts(&self, table: &str, column: &str) -> Result<Vec<&str>, Box<dyn Error>> {
        let mut found = Vec::new();
        for array in self.column(table, column)? {
            let array = array.as_string_opt::<i32>().ok_or("not a text column")?;
            found.extend(array.iter().map(Option::unwrap_or_default));
        }
        Ok(found)
    }

    /// A whole-number column; nulls read as -1.
    pub(crate) fn numbers(&self, table: &str, column: &str) -> Result<Vec<i64>, Box<dyn Error>> {
        let mut found = Vec::new();
        for array in self.column(table, column)? {
            match array.data_type() {
                DataType::Int32 => {
                    found.extend(array.as_primitive::<Int32Type>().iter().map(|number| number.map_or(-1, i64::from)))
                }
                _ => found.extend(array.as_primitive::<Int64Type>().iter().map(|number| number.unwrap_or(-1))),
            }
        }
        Ok(found)
    }

    /// The time column of a table.
    pub(crate) fn times(&self, table: &str) -> Result<Vec<i64>, Box<dyn Error>> {
        let (column, _) = spoofwatch_simulate::columns(table).and_then(<[_]>::first).ok_or("no such table")?;
        let mut found = Vec::new();
        for array in self.column(table, column)? {
            let array = array.as_primitive_opt::<TimestampMicrosecondType>().ok_or("not a time column")?;
            found.extend(array.iter().map(|time| time.unwrap_or(i64::MIN)));
        }
        Ok(found)
    }
}

/// FNV-1a over every buffer of every batch in the order in which they come.
pub(crate) fn fingerprint(options: &Options) -> Result<u64, Box<dyn Error>> {
    let telemetry = Telemetry::make(options)?;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (name, batch) in &telemetry.batches {
        eat(name.as_bytes());
        for column in batch.columns() {
            let data = column.to_data();
            data.buffers().iter().for_each(|buffer| eat(buffer.as_slice()));
            if let Some(nulls) = data.nulls() {
                nulls.iter().for_each(|valid| eat(&[u8::from(valid)]));
            }
        }
    }
    Ok(hash)
}

/// True for a host in a domain that documentation may use.
pub(crate) fn host_is_reserved(host: &str) -> bool {
    const NAMES: [&str; 11] = [
        "contoso.com",
        "contoso.onmicrosoft.com",
        "fabrikam.fr",
        "adatum.com",
        "northwindtraders.com",
        "wingtiptoys.com",
        "litwareinc.com",
        "example.com",
        "example.net",
        "example.org",
        "example",
    ];
    NAMES.iter().any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// True for an address of the documentation blocks or of a private network.
pub(crate) fn ipv4_is_reserved(address: &str) -> bool {
    address.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_documentation() || address.is_private())
}
