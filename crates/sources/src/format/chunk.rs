//! A piece of JSON input with its records marked: what passes from the thread that reads to one that parses.

use std::ops::Range;
use std::sync::Arc;

/// Consecutive records of one file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Their text; lines end with a line feed, records of a document stand side by side.
    pub(crate) text: Vec<u8>,
    pub(crate) cut: Cut,
    pub(crate) layout: Layout,
    /// Records too long to be kept: line or row, reason, how they begin.
    pub(crate) rejects: Vec<(u64, String, Vec<u8>)>,
}

/// Where one record ends and the next begins.
#[derive(Debug)]
pub(crate) enum Cut {
    /// A record a line.
    Lines {
        /// Number of the first line.
        first: u64,
    },
    /// At these places, with the number of the row, or the line of a record that stands alone.
    Spans(Vec<(Range<usize>, u64)>),
}

/// What a record is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A JSON object.
    #[default]
    Objects,
    /// A JSON array of values.
    Arrays {
        /// The columns, in the order of the values.
        columns: Arc<[String]>,
        /// The documented table they are of, where the reply says so.
        table: Option<Arc<str>>,
    },
}

impl Default for Cut {
    fn default() -> Self {
        Self::Spans(Vec::new())
    }
}
