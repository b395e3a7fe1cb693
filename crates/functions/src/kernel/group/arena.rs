//! Byte strings one after the other in one buffer.

use std::num::NonZeroU32;

use datafusion_common::{DataFusionError, Result};

/// Byte strings, numbered from 1.
#[derive(Debug, Default)]
pub(super) struct Arena {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Arena {
    /// Appends a byte string and gives its number.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<NonZeroU32> {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        u32::try_from(self.ends.len())
            .ok()
            .and_then(NonZeroU32::new)
            .ok_or_else(|| DataFusionError::ResourcesExhausted("lists hold more than 4 billion elements".to_owned()))
    }

    /// The byte string of a number that [`Arena::push`] gave.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        let index = number as usize;
        let end = index.checked_sub(1).map_or(0, |last| self.ends[last]);
        let start = index.checked_sub(2).map_or(0, |before| self.ends[before]);
        &self.bytes[start..end]
    }

    /// Bytes held.
    pub(super) const fn size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}
