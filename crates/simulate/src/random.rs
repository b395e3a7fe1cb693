//! Chance that is the same on every machine: ChaCha8 (eight rounds of RFC 8439's block function), integers only.
//!
//! Each kind of mail draws from its own stream in each hour, so that adding a scenario leaves the others as they were.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random integers.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    generator: ChaCha8Rng,
}

impl Random {
    /// The stream named `stream` for part `part` (an hour, a table...) of the telemetry grown from `seed`.
    pub(crate) fn new(seed: u64, stream: &str, part: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&hash(stream.as_bytes()).to_le_bytes());
        key[16..24].copy_from_slice(&part.to_le_bytes());
        key[24..].copy_from_slice(b"spoofsim");
        Self { generator: ChaCha8Rng::from_seed(key) }
    }

    pub(crate) fn u32(&mut self) -> u32 {
        self.generator.next_u32()
    }

    pub(crate) fn u64(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A number below `limit`, or 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        let product = u64::from(self.u32()) * u64::from(limit);
        // The upper half of a 32 by 32 bit product is below `limit`, so it fits.
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// A number below `limit`, or 0 when `limit` is 0.
    pub(crate) fn below_u64(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.u64()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True `per_mille` times of a thousand.
    pub(crate) fn per_mille(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `items`, or `None` when there are none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        items.get(index as usize)
    }
}

/// FNV-1a in 64 bits: a hash that is the same everywhere, for stream names and clusters of similar mail.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Entries that are chosen by weight.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weighted {
    /// Running totals of the weights.
    totals: Vec<u32>,
}

impl Weighted {
    /// Entry `i` is chosen `weights[i]` times in the sum of all.
    pub(crate) fn new(weights: impl IntoIterator<Item = u32>) -> Self {
        let mut sum = 0_u32;
        let totals = weights
            .into_iter()
            .map(|weight| {
                sum = sum.saturating_add(weight);
                sum
            })
            .collect();
        Self { totals }
    }

    /// Zipf's law in integers: the entry of rank `r` weighs one part in `r + 2`.
    pub(crate) fn zipf(count: usize) -> Self {
        Self::new((0..u32::try_from(count).unwrap_or(u32::MAX)).map(|rank| 120_000 / (rank + 2)))
    }

    /// True when there is nothing to choose.
    pub(crate) fn is_empty(&self) -> bool {
        self.totals.last().is_none_or(|total| *total == 0)
    }

    /// The index of the chosen entry; 0 when there is nothing to choose.
    pub(crate) fn pick(&self, random: &mut Random) -> usize {
        let drawn = random.below(self.totals.last().copied().unwrap_or(0));
        self.totals.partition_point(|total| *total <= drawn).min(self.totals.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, Weighted};

    #[test]
    fn a_stream_is_the_same_for_the_same_name_and_another_for_another() {
        let draw = |seed, stream, part| Random::new(seed, stream, part).u64();
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(2, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "b", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "a", 1));
    }

    #[test]
    fn weights_decide_how_often_an_entry_is_chosen_and_zero_is_never() {
        let mut random = Random::new(7, "weights", 0);
        let weighted = Weighted::new([3, 0, 1]);
        let mut found = [0_u32; 3];
        for _ in 0..4000 {
            found[weighted.pick(&mut random)] += 1;
        }
        assert!((2800..3200).contains(&found[0]), "{found:?}");
        assert_eq!(found[1], 0);
        assert_eq!(Weighted::default().pick(&mut random), 0);
    }

    #[test]
    fn ranges_include_both_ends() {
        let mut random = Random::new(7, "range", 0);
        let drawn: Vec<u32> = (0..200).map(|_| random.between(3, 5)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&5)));
        assert_eq!(random.below(0), 0);
    }
}
