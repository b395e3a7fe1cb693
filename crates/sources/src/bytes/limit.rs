//! Decompression held within limits.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::Options;
use crate::error::Expansion;

/// How far one input has expanded; shared by all layers and members of it.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    /// Compressed bytes taken from the outermost layer.
    compressed: Rc<Cell<u64>>,
    /// Bytes the layer with the most output has given.
    produced: Rc<Cell<u64>>,
    max_total: u64,
    max_expansion: u64,
}

impl Budget {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            compressed: Rc::default(),
            produced: Rc::default(),
            max_total: options.max_uncompressed_bytes,
            max_expansion: options.max_expansion,
        }
    }

    /// Says how large a compressed input is whose parts are read in any order (zip).
    pub(crate) fn set_compressed(&self, bytes: u64) {
        self.compressed.set(bytes);
    }

    fn check(&self) -> Result<(), Expansion> {
        let produced = self.produced.get();
        if produced > self.max_total {
            return Err(Expansion::Total { limit: self.max_total });
        }
        let allowed = self.compressed.get().saturating_mul(self.max_expansion);
        if produced > Options::FREE_EXPANSION && produced > allowed {
            return Err(Expansion::Ratio { limit: self.max_expansion });
        }
        Ok(())
    }
}

/// Counts the bytes of the outermost compressed layer.
pub(crate) struct Counted<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let compressed = &self.budget.compressed;
        compressed.set(compressed.get().saturating_add(count as u64));
        Ok(count)
    }
}

/// The output of a decompressor, held within the budget, its faults named after the format.
pub(crate) struct Limited<R> {
    inner: R,
    format: &'static str,
    budget: Budget,
    /// What this layer alone has given: an inner layer gives more than the outer one, and only the most counts.
    given: u64,
    /// What was given when this layer began, so that the members of an archive add up.
    before: u64,
}

impl Budget {
    /// Counts what is read as compressed bytes.
    pub(crate) fn count<R: Read>(&self, inner: R) -> Counted<R> {
        Counted { inner, budget: self.clone() }
    }

    /// Holds a decompressor's output within the budget.
    pub(crate) fn limit<R: Read>(&self, inner: R, format: &'static str) -> Limited<R> {
        Limited { inner, format, budget: self.clone(), given: 0, before: self.produced.get() }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).map_err(|fault| match fault.get_ref() {
            Some(inner) if inner.is::<Expansion>() => fault,
            _ => io::Error::new(fault.kind(), format!("the {} data is broken: {fault}", self.format)),
        })?;
        self.given = self.given.saturating_add(count as u64);
        let produced = &self.budget.produced;
        produced.set(produced.get().max(self.before.saturating_add(self.given)));
        self.budget.check().map_err(io::Error::other)?;
        Ok(count)
    }
}
