//! IPv4 and IPv6 addresses with the suffix of a network, as the functions of this folder read and compare them.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::kernel::{Args, KernelError, json};

/// An address and how many of its leading bits count: one of 32 (IPv4) or 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network<T> {
    /// The address, with the bits that do not count as they were written.
    pub address: T,
    /// How many leading bits count.
    pub prefix: u32,
}

/// Addresses of a family.
pub trait Family: Copy + Ord {
    /// Bits of an address.
    const BITS: u32;

    /// An address without suffix, and how many bits a suffix after it leaves out at the front (IPv4 inside IPv6: 96).
    fn parse(text: &str) -> Option<(Self, u32)>;

    /// The address with all but its first `prefix` bits cleared.
    fn masked(self, prefix: u32) -> Self;
}

impl Family for u32 {
    const BITS: u32 = 32;

    fn parse(text: &str) -> Option<(Self, u32)> {
        text.parse::<Ipv4Addr>().ok().map(|address| (address.to_bits(), 0))
    }

    fn masked(self, prefix: u32) -> Self {
        if prefix == 0 { 0 } else { self & (Self::MAX << (32 - prefix.min(32))) }
    }
}

impl Family for u128 {
    const BITS: u32 = 128;

    fn parse(text: &str) -> Option<(Self, u32)> {
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Some((address.to_ipv6_mapped().to_bits(), 96));
        }
        let address = text.parse::<Ipv6Addr>().ok()?.to_bits();
        // `::192.168.0.1` is an IPv4 address too, and its suffix counts as one.
        let dotted = text.contains('.') && (address >> 32 == 0 || address >> 32 == 0xFFFF);
        Some(if dotted { (address | 0xFFFF << 32, 96) } else { (address, 0) })
    }

    fn masked(self, prefix: u32) -> Self {
        if prefix == 0 { 0 } else { self & (Self::MAX << (128 - prefix.min(128))) }
    }
}

impl<T: Family> Network<T> {
    /// Reads `192.168.1.0/24`, or an address alone, of which all bits count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, suffix) = match text.split_once('/') {
            Some((address, suffix)) => (address, Some(suffix)),
            None => (text, None),
        };
        let (address, before) = T::parse(address.trim())?;
        let prefix = match suffix {
            Some(suffix) => suffix.trim().parse::<u32>().ok().filter(|&bits| bits <= T::BITS - before)? + before,
            None => T::BITS,
        };
        Some(Self { address, prefix })
    }

    /// The first address of the network.
    #[must_use]
    pub fn first(self) -> T {
        self.address.masked(self.prefix)
    }

    /// With no more than `prefix` bits that count; `None` if that is not a number of bits.
    pub(super) fn at_most(self, prefix: i64) -> Option<Self> {
        let prefix = u32::try_from(prefix).ok().filter(|&prefix| prefix <= T::BITS)?;
        Some(Self { prefix: self.prefix.min(prefix), ..self })
    }

    /// Compares by the bits that count in both.
    pub(super) fn compare(self, other: Self) -> std::cmp::Ordering {
        let prefix = self.prefix.min(other.prefix);
        self.address.masked(prefix).cmp(&other.address.masked(prefix))
    }

    /// Whether `self` lies in `range`.
    pub(super) fn lies_in(self, range: Self) -> bool {
        self.prefix >= range.prefix && self.address.masked(range.prefix) == range.first()
    }
}

/// The texts of the arguments from `first` on, of which each may be a dynamic array of texts.
pub(super) struct TextLists<'a> {
    args: &'a Args<'a>,
    texts: Vec<crate::kernel::Texts>,
    first: usize,
}

impl<'a> TextLists<'a> {
    pub(super) fn of(args: &'a Args<'a>, first: usize) -> Result<Self, KernelError> {
        let texts = (first..args.len()).map(|position| args.texts(position)).collect::<Result<_, _>>()?;
        Ok(Self { args, texts, first })
    }

    /// Whether they are the same for all rows.
    pub(super) fn are_constant(&self) -> bool {
        (self.first..self.args.len()).all(|position| self.args.is_constant(position))
    }

    /// The texts of a row, each as `read` takes it.
    pub(super) fn read<T>(&self, row: usize, read: impl Fn(&str) -> T) -> Vec<T> {
        let mut values = Vec::new();
        for (position, texts) in self.texts.iter().enumerate() {
            let text = texts.text(row);
            if self.args.ty(self.first + position) != schema::Type::Dynamic {
                values.push(read(text));
                continue;
            }
            match json::elements(text) {
                Some(elements) => values.extend(elements.map(|element| read(&json::text(element)))),
                None => values.push(read(&json::text(text))),
            }
        }
        values
    }
}
