//! What a caller may set for one reading, with limits that keep a hostile file from filling memory or disk.

use std::sync::Arc;

use crate::Geography;
use crate::message::MailOptions;

/// How inputs are read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The table every row belongs to; `None` finds it from the record, the file's name or the columns.
    pub table: Option<String>,
    /// Of messages, only the reports they carry are read, and files that are neither are taken for messages.
    pub reports_only: bool,
    /// The input is JSON, a record a line, whatever it looks like: nothing is decompressed or unwrapped, and each line that is no record
    /// of a table is rejected by itself, also where all are. What others hand in as documents.
    pub lines: bool,
    /// When the rows arrive, in microseconds since 1970: fills the column that a table has for that where the data leaves it empty.
    /// `None` leaves it so.
    pub arrived: Option<i64>,
    /// Where the addresses in records of the audit log are; without, nothing is known of them.
    pub geography: Option<Arc<dyn Geography>>,
    /// How messages are read.
    pub mail: MailOptions,
    /// Most rows in one batch.
    pub batch_rows: usize,
    /// Bytes of JSON text that are parsed, and handed to a thread, at a time.
    pub chunk_bytes: usize,
    /// Longest line or JSON record that is read; a longer one becomes a reject.
    pub max_line_bytes: usize,
    /// Most bytes one compressed input may expand to.
    pub max_uncompressed_bytes: u64,
    /// How many times its size a compressed input may expand to, once it has passed [`Options::FREE_EXPANSION`] bytes.
    ///
    /// Telemetry compresses 10 to 40 times; a gzip of nothing but zeros a thousand times.
    pub max_expansion: u64,
    /// Bytes of the raw text kept in a reject.
    pub max_reject_bytes: usize,
    /// Threads that parse JSON beside the caller's thread, which reads and runs the sink.
    pub threads: usize,
}

impl Options {
    /// Expanding to less than this is never taken for an attack, whatever the ratio.
    pub const FREE_EXPANSION: u64 = 64 << 20;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            table: None,
            reports_only: false,
            lines: false,
            arrived: None,
            geography: None,
            mail: MailOptions::default(),
            batch_rows: 65_536,
            chunk_bytes: 8 << 20,
            max_line_bytes: 64 << 20,
            max_uncompressed_bytes: 1 << 40,
            max_expansion: 250,
            max_reject_bytes: 4 << 10,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(4),
        }
    }
}
