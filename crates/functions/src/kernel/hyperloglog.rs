//! HyperLogLog: how many different values there were, in a few kilobytes.
//!
//! Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm" (2007), with the estimator of
//! Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no tables of corrections.
//! Few values are kept one by one and counted exactly.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hashbrown::HashSet;

use super::json;

/// So many values are kept one by one; with more, registers are the smaller form.
const FEW: usize = 1024;
/// The precision of accuracy 1, the usual one.
const USUAL: u32 = 14;

/// What is known of a set of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HyperLogLog {
    /// The logarithm of the number of registers.
    precision: u32,
    hashes: HashSet<u64>,
    /// For each value of a hash's first bits the most zeros that followed, and one more; empty while there are few values.
    registers: Vec<u8>,
}

impl HyperLogLog {
    /// Of no values. The accuracy is Kusto's, 0 to 4 (reference page `hll-aggregation-function`).
    #[must_use]
    pub fn new(accuracy: i64) -> Self {
        let precision = match accuracy {
            0 => 12,
            2 => 16,
            3 => 17,
            4 => 18,
            _ => USUAL,
        };
        Self { precision, hashes: HashSet::new(), registers: Vec::new() }
    }

    /// Adds a value by its hash.
    pub fn add(&mut self, hash: u64) {
        if self.registers.is_empty() {
            self.hashes.insert(hash);
            if self.hashes.len() > FEW {
                self.spread();
            }
        } else {
            self.register(hash);
        }
    }

    /// From single values to registers.
    fn spread(&mut self) {
        self.registers = vec![0; 1 << self.precision];
        for hash in std::mem::take(&mut self.hashes) {
            self.register(hash);
        }
    }

    fn register(&mut self, hash: u64) {
        let rest = (hash << self.precision) | (1 << (self.precision - 1));
        let zeros = rest.leading_zeros() as u8 + 1;
        let register = &mut self.registers[(hash >> (64 - self.precision)) as usize];
        *register = zeros.max(*register);
    }

    /// Adds the values of another.
    pub fn merge(&mut self, other: &Self) {
        self.coarsen(other.precision);
        let mut other = other.clone();
        other.coarsen(self.precision);
        if other.registers.is_empty() {
            other.hashes.iter().for_each(|&hash| self.add(hash));
            return;
        }
        if self.registers.is_empty() {
            self.spread();
        }
        self.registers.iter_mut().zip(&other.registers).for_each(|(own, other)| *own = (*own).max(*other));
    }

    /// Lowers the precision to that of a less accurate one.
    fn coarsen(&mut self, precision: u32) {
        let Some(bits) = self.precision.checked_sub(precision).filter(|&bits| bits > 0) else { return };
        let fine = std::mem::take(&mut self.registers);
        self.precision = precision;
        if fine.is_empty() {
            return;
        }
        self.registers = vec![0; 1 << precision];
        for (index, zeros) in fine.into_iter().enumerate().filter(|&(_, zeros)| zeros > 0) {
            // The bits that no longer choose the register are the first of those whose zeros are counted.
            let low = (index & ((1 << bits) - 1)) as u64;
            let zeros = if low == 0 { zeros + bits as u8 } else { (low << (64 - bits)).leading_zeros() as u8 + 1 };
            let register = &mut self.registers[index >> bits];
            *register = zeros.max(*register);
        }
    }

    /// About how many values there were; exactly, while there are few.
    #[must_use]
    pub fn count(&self) -> i64 {
        if self.registers.is_empty() {
            self.hashes.len() as i64
        } else {
            estimate(&self.registers, self.precision).round() as i64
        }
    }

    /// About how many values all of the sets have; exactly, while there are few in each.
    ///
    /// Of large sets only unions can be counted: what they have in common follows from those by inclusion and exclusion.
    #[must_use]
    pub fn common(sets: &[Self]) -> i64 {
        let Some((first, others)) = sets.split_first() else { return 0 };
        if sets.iter().all(|set| set.registers.is_empty()) {
            return first.hashes.iter().filter(|hash| others.iter().all(|set| set.hashes.contains(*hash))).count() as i64;
        }
        let least = sets.iter().map(Self::count).min().unwrap_or(0);
        let common: i64 = sets.iter().enumerate().map(|(at, set)| Self::unions(set, &sets[at + 1..])).sum();
        common.clamp(0, least)
    }

    /// The counts of every union of `union` with some of the `others`, alternately added and taken away.
    fn unions(union: &Self, others: &[Self]) -> i64 {
        let wider = others.iter().enumerate().map(|(at, other)| {
            let mut wider = union.clone();
            wider.merge(other);
            Self::unions(&wider, &others[at + 1..])
        });
        union.count() - wider.sum::<i64>()
    }

    /// Appends the form that [`HyperLogLog::parse`] reads: limits, hashes, registers.
    pub fn write(&self, out: &mut String) {
        let mut hashes: Vec<String> = self.hashes.iter().map(|hash| format!("\"{}\"", hash.cast_signed())).collect();
        hashes.sort_unstable();
        out.push_str(&format!("[[{FEW},{}],", self.precision));
        json::write_array(hashes, out);
        out.push_str(",[");
        if !self.registers.is_empty() {
            out.push('"');
            STANDARD.encode_string(&self.registers, out);
            out.push('"');
        }
        out.push_str("]]");
    }

    /// What was written; `None` for anything else.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let parts: Vec<&str> = json::elements(written)?.collect();
        let [limits, hashes, registers] = parts.as_slice() else { return None };
        let precision = json::elements(limits)?.nth(1)?.parse().ok().filter(|precision| (4..=18).contains(precision))?;
        let hash = |hash: &str| Some(json::string(hash)?.parse::<i64>().ok()?.cast_unsigned());
        let hashes = json::elements(hashes)?.map(hash).collect::<Option<HashSet<u64>>>()?;
        let registers = match json::elements(registers)?.next() {
            Some(registers) => STANDARD.decode(json::string(registers)?.as_bytes()).ok()?,
            None => Vec::new(),
        };
        let mut parsed = Self { precision, hashes, registers };
        let most = 64 - precision as u8 + 1;
        if !parsed.registers.is_empty()
            && (parsed.registers.len() != 1 << precision || parsed.registers.iter().any(|&zeros| zeros > most))
        {
            return None;
        }
        if parsed.registers.is_empty() && parsed.hashes.len() > FEW {
            parsed.spread();
        }
        Some(parsed)
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn size(&self) -> usize {
        self.hashes.allocation_size() + self.registers.capacity()
    }
}

/// Ertl's improved estimate (2017, algorithm 6).
fn estimate(registers: &[u8], precision: u32) -> f64 {
    let most = (64 - precision) as usize;
    let mut having = [0_u32; 66];
    for &zeros in registers {
        having[usize::from(zeros)] += 1;
    }
    let total = registers.len() as f64;
    let mut sum = total * tau(1.0 - f64::from(having[most + 1]) / total);
    for count in having[1..=most].iter().rev() {
        sum = 0.5 * (sum + f64::from(*count));
    }
    sum += total * sigma(f64::from(having[0]) / total);
    total * total / (2.0 * std::f64::consts::LN_2 * sum)
}

fn sigma(x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut weight, mut sum) = (x, 1.0, x);
    loop {
        power *= power;
        let before = sum;
        sum += power * weight;
        weight += weight;
        if sum <= before {
            return sum;
        }
    }
}

fn tau(x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut root, mut weight, mut sum) = (x, 1.0, 1.0 - x);
    loop {
        root = root.sqrt();
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - root).powi(2) * weight;
        if sum >= before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::HyperLogLog;

    fn of(accuracy: i64, values: std::ops::Range<u64>) -> HyperLogLog {
        let mut values_seen = HyperLogLog::new(accuracy);
        values.for_each(|value| values_seen.add(xxh3_64(&value.to_le_bytes())));
        values_seen
    }

    #[test]
    fn few_values_are_counted_and_many_estimated() {
        assert_eq!(of(1, 0..1000).count(), 1000);
        for (accuracy, error) in [(0, 0.05), (1, 0.025), (4, 0.01)] {
            let count = of(accuracy, 0..100_000).count() as f64;
            assert!((count / 100_000.0 - 1.0).abs() < error, "{accuracy}: {count}");
        }
    }

    #[test]
    fn what_sets_have_in_common_is_counted_and_estimated() {
        assert_eq!(HyperLogLog::common(&[of(1, 0..600), of(1, 500..900), of(1, 550..560)]), 10);
        let large = HyperLogLog::common(&[of(3, 0..60_000), of(3, 20_000..80_000), of(3, 30_000..100_000)]) as f64;
        assert!((large / 30_000.0 - 1.0).abs() < 0.1, "{large}");
        assert_eq!(HyperLogLog::common(&[of(1, 0..10), of(1, 5..5)]), 0);
    }

    #[test]
    fn a_merge_is_what_all_values_together_give() {
        for (one, two) in [(0..500, 400..900), (0..5000, 4000..9000), (0..10, 5..5000), (0..5000, 5..10)] {
            let all = of(1, one.start.min(two.start)..one.end.max(two.end));
            let mut merged = of(1, one.clone());
            merged.merge(&of(1, two.clone()));
            assert_eq!(merged, all, "{one:?} {two:?}");
        }
    }

    #[test]
    fn a_finer_one_is_made_coarser() {
        let mut merged = of(4, 0..50_000);
        merged.merge(&of(0, 0..10));
        assert_eq!(merged, of(0, 0..50_000));
    }

    #[test]
    fn what_is_written_is_read() {
        for values in [of(1, 0..0), of(2, 0..1000), of(1, 0..3000)] {
            let mut written = String::new();
            values.write(&mut written);
            assert_eq!(HyperLogLog::parse(&written), Some(values));
        }
        for foreign in ["", "null", "[]", "[[1024,14],[1],[]]", "[[1024,14],[],[\"AAAA\"]]", "[[1024,60],[],[]]"] {
            assert_eq!(HyperLogLog::parse(foreign), None, "{foreign}");
        }
    }
}
