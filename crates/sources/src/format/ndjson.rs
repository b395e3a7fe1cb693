//! NDJSON: a record a line. Also what the streaming API appends to blobs, and Log Analytics data export.
//!
//! Cuts the input into chunks of whole lines; reading the lines is for [`crate::assemble`].

use std::io::Read;

use super::chunk::{Chunk, Cut, Layout};
use crate::output::Outcome;
use crate::{Options, SourceError};

/// Cuts the input into chunks of about [`Options::chunk_bytes`].
///
/// After a fault the whole lines before it are still put; what stands after the last line feed is not, for it may be half a line.
pub(super) fn split(source: &str, reader: &mut dyn Read, options: &Options, put: &mut dyn FnMut(Chunk) -> Outcome) -> Outcome {
    let mut lines = Lines { text: Vec::new(), line: 1, skipping: None, options };
    loop {
        let before = lines.text.len();
        // An endless line grows the text up to the longest line allowed, then is skipped.
        let wanted = options.chunk_bytes.max(1).saturating_sub(before).max(options.chunk_bytes / 4 + 1);
        lines.text.reserve_exact(wanted);
        let read = reader.take(wanted as u64).read_to_end(&mut lines.text);
        let at_end = matches!(read, Ok(0));
        if let Some(chunk) = lines.whole_lines(before, at_end) {
            put(chunk)?;
        }
        match read {
            Err(cause) => return Err(SourceError::from_read(source, cause).into()),
            Ok(_) if at_end => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// Text read and not yet put.
struct Lines<'o> {
    text: Vec<u8>,
    /// Number of the line the text begins with.
    line: u64,
    /// The beginning of a line too long to be kept, whose end is still to come.
    skipping: Option<Vec<u8>>,
    options: &'o Options,
}

impl Lines<'_> {
    /// The whole lines of the text, all of it at the end; text before `searched` is known to have no line feed.
    fn whole_lines(&mut self, searched: usize, at_end: bool) -> Option<Chunk> {
        let mut rejects = Vec::new();
        if let Some(beginning) = self.skipping.take() {
            let Some(end) = memchr::memchr(b'\n', &self.text).map(|at| at + 1).or(at_end.then_some(self.text.len())) else {
                self.text.clear();
                self.skipping = Some(beginning);
                return None;
            };
            self.text.drain(..end);
            rejects.push((self.line, format!("the line is longer than {} bytes", self.options.max_line_bytes), beginning));
            self.line += 1;
            return Some(self.chunk(rejects, 0, at_end));
        }
        let fresh = self.text.get(searched..).unwrap_or_default();
        if memchr::memrchr(b'\n', fresh).is_none() && !at_end {
            if self.text.len() > self.options.max_line_bytes {
                self.text.truncate(self.options.max_reject_bytes + 1);
                self.skipping = Some(std::mem::take(&mut self.text));
            }
            return None;
        }
        let chunk = self.chunk(rejects, searched, at_end);
        (!chunk.text.is_empty()).then_some(chunk)
    }

    fn chunk(&mut self, rejects: Vec<(u64, String, Vec<u8>)>, searched: usize, at_end: bool) -> Chunk {
        let fresh = self.text.get(searched..).unwrap_or_default();
        let end = if at_end { self.text.len() } else { memchr::memrchr(b'\n', fresh).map_or(0, |at| searched + at + 1) };
        let rest = self.text.split_off(end);
        let text = std::mem::replace(&mut self.text, rest);
        let first = self.line;
        self.line += memchr::memchr_iter(b'\n', &text).count() as u64;
        Chunk { text, cut: Cut::Lines { first }, layout: Layout::Objects, rejects }
    }
}
