//! t-digest: how values are spread, in a few kilobytes.
//!
//! Dunning and Ertl, "Computing extremely accurate quantiles using t-digests" (2019). Neighbouring values are joined into one
//! weighted mean, few at both ends and many in the middle. As long as there are few different values, nothing is joined.

use schema::{Type, text};

use super::json;

/// So many different values are kept as they are.
const FEW: usize = 2048;
/// What the joined values may weigh: at quantile q of n values 4 n q (1 - q) / this.
const FINENESS: f64 = 400.0;

/// What is known of a set of values of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TDigest {
    ty: Type,
    /// Values, in a form whose order is theirs, and weights.
    means: Vec<(i64, i64)>,
    /// How many of them are in order.
    sorted: usize,
}

/// Reals as integers of the same order; its own inverse on the bits.
const fn fold(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

impl TDigest {
    /// Of no values.
    #[must_use]
    pub const fn new(ty: Type) -> Self {
        Self { ty, means: Vec::new(), sorted: 0 }
    }

    /// Adds a value: an integer, ticks, or the bits of a real.
    pub fn add(&mut self, value: i64, weight: i64) {
        let key = if self.ty == Type::Real { fold(value) } else { value };
        self.push(key, weight);
    }

    fn push(&mut self, key: i64, weight: i64) {
        self.means.push((key, weight));
        if self.means.len() >= 2 * FEW {
            self.compress();
        }
    }

    /// Adds the values of another; one of another type is left out.
    pub fn merge(&mut self, other: &Self) {
        if self.means.is_empty() {
            self.ty = other.ty;
        }
        if self.ty == other.ty {
            other.means.iter().for_each(|&(key, weight)| self.push(key, weight));
        }
    }

    /// Puts the values in order and joins equal ones, and neighbours if there are many.
    pub fn compress(&mut self) {
        self.sort();
        if self.means.len() <= FEW {
            return;
        }
        let total = self.total();
        let (mut joined, mut before): (Vec<(i64, i64)>, f64) = (Vec::with_capacity(FEW), 0.0);
        for &(key, weight) in &self.means {
            if let Some(last) = joined.last_mut() {
                let together = (last.1 + weight) as f64;
                let quantile = (before + together / 2.0) / total;
                if together <= 4.0 * total * quantile * (1.0 - quantile) / FINENESS {
                    *last = (mean(self.ty, *last, (key, weight)), last.1.saturating_add(weight));
                    continue;
                }
                before += last.1 as f64;
            }
            joined.push((key, weight));
        }
        self.sorted = joined.len();
        self.means = joined;
    }

    fn sort(&mut self) {
        if self.sorted == self.means.len() {
            return;
        }
        self.means.sort_unstable();
        self.means.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
        self.sorted = self.means.len();
    }

    fn total(&self) -> f64 {
        self.means.iter().map(|&(_, weight)| weight as f64).sum()
    }

    /// Appends the value that a percentage of the values does not exceed, as JSON; false without values.
    pub fn percentile(&self, percent: f64, out: &mut String) -> bool {
        // As in `percentile`: a percentage such as 99.9 is no binary number, and must not push the rank one further.
        let rank = (percent * self.total() / 100.0 - 1e-9).ceil().max(1.0);
        let mut below = 0.0;
        let reaches = |&&(_, weight): &&(i64, i64)| {
            below += weight as f64;
            below >= rank
        };
        let Some(&(key, _)) = self.means.iter().find(reaches).or(self.means.last()) else { return false };
        self.write_value(key, out);
        true
    }

    /// How many values are not greater than this one, of its type as [`TDigest::key`] gives it, and how many there are.
    #[must_use]
    pub fn rank(&self, key: i64) -> (f64, f64) {
        (self.means.iter().take_while(|&&(mean, _)| mean <= key).map(|&(_, weight)| weight as f64).sum(), self.total())
    }

    /// The type of the values.
    #[must_use]
    pub const fn ty(&self) -> Type {
        self.ty
    }

    /// A value as JSON in the form that keeps the order.
    #[must_use]
    pub fn key(ty: Type, value: &str) -> Option<i64> {
        match ty {
            Type::Real => Some(fold(json::typed::real(value)?.to_bits().cast_signed())),
            Type::Datetime => json::typed::datetime(value),
            Type::Timespan => json::typed::timespan(value),
            _ => json::typed::long(value),
        }
    }

    fn write_value(&self, key: i64, out: &mut String) {
        match self.ty {
            Type::Real => json::write_real(f64::from_bits(fold(key).cast_unsigned()), out),
            Type::Datetime => quoted(key, out, text::datetime::write),
            Type::Timespan => quoted(key, out, text::timespan::write),
            _ => text::long::write(key, out),
        }
    }

    /// Appends the form that [`TDigest::parse`] reads: the type, values in order, weights.
    pub fn write(&self, out: &mut String) {
        let mut ordered = self.clone();
        ordered.compress();
        out.push_str("[[\"");
        out.push_str(self.ty.name());
        out.push_str("\"],[");
        for (number, &(key, _)) in ordered.means.iter().enumerate() {
            out.push_str(if number > 0 { "," } else { "" });
            ordered.write_value(key, out);
        }
        out.push_str("],");
        json::write_array(ordered.means.iter().map(|(_, weight)| weight.to_string()), out);
        out.push(']');
    }

    /// What was written; `None` for anything else.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let parts: Vec<&str> = json::elements(written)?.collect();
        let [types, values, weights] = parts.as_slice() else { return None };
        let ty = json::string(json::elements(types)?.next()?)?;
        let ty = [Type::Long, Type::Real, Type::Datetime, Type::Timespan].into_iter().find(|known| known.name() == ty)?;
        let keys = json::elements(values)?.map(|value| Self::key(ty, value)).collect::<Option<Vec<i64>>>()?;
        let weight = |weight: &str| weight.parse::<i64>().ok().filter(|&weight| weight > 0);
        let weights = json::elements(weights)?.map(weight).collect::<Option<Vec<i64>>>()?;
        if keys.len() != weights.len() {
            return None;
        }
        let mut parsed = Self { ty, means: keys.into_iter().zip(weights).collect(), sorted: 0 };
        parsed.compress();
        Some(parsed)
    }

    /// Bytes held on the heap.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.means.capacity() * size_of::<(i64, i64)>()
    }
}

fn quoted(ticks: i64, out: &mut String, write: fn(i64, &mut String)) {
    out.push('"');
    write(ticks, out);
    out.push('"');
}

/// The weighted mean of two values.
fn mean(ty: Type, one: (i64, i64), two: (i64, i64)) -> i64 {
    if ty == Type::Real {
        let real = |key: i64| f64::from_bits(fold(key).cast_unsigned());
        let share = two.1 as f64 / (one.1 as f64 + two.1 as f64);
        return fold((real(two.0) - real(one.0)).mul_add(share, real(one.0)).to_bits().cast_signed());
    }
    let sum = i128::from(one.0) * i128::from(one.1) + i128::from(two.0) * i128::from(two.1);
    // Between two of 64 bits, so one of 64 bits.
    (sum / (i128::from(one.1) + i128::from(two.1))) as i64
}

#[cfg(test)]
mod tests {
    use schema::Type;

    use super::TDigest;

    fn of(values: impl Iterator<Item = i64>) -> TDigest {
        let mut digest = TDigest::new(Type::Long);
        values.for_each(|value| digest.add(value, 1));
        digest.compress();
        digest
    }

    fn percentile(digest: &TDigest, percent: f64) -> f64 {
        let mut out = String::new();
        digest.percentile(percent, &mut out);
        out.parse().unwrap_or(f64::NAN)
    }

    #[test]
    fn few_values_are_exact() {
        let digest = of((1..=1000).rev());
        assert_eq!([0.0, 50.0, 99.9, 100.0].map(|percent| percentile(&digest, percent)), [1.0, 500.0, 999.0, 1000.0]);
        assert_eq!(digest.rank(685), (685.0, 1000.0));
    }

    #[test]
    fn many_values_are_near() {
        let digest = of((0..200_000).map(|n| n * 7919 % 200_000));
        assert!(digest.means.len() <= 2 * super::FEW, "{}", digest.means.len());
        for percent in [0.1, 1.0, 25.0, 50.0, 75.0, 99.0, 99.9] {
            let found = percentile(&digest, percent);
            assert!((found / 2000.0 - percent).abs() < 0.5, "{percent}: {found}");
        }
        assert!(percentile(&digest, 0.0) < 100.0);
        assert!(percentile(&digest, 100.0) > 199_900.0);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut real = TDigest::new(Type::Real);
        [1.5_f64, -2.0, 1.5].into_iter().for_each(|value| real.add(value.to_bits().cast_signed(), 2));
        real.compress();
        for digest in [TDigest::new(Type::Datetime), of(1..100), real] {
            let mut written = String::new();
            digest.write(&mut written);
            assert_eq!(TDigest::parse(&written), Some(digest), "{written}");
        }
        for foreign in ["", "null", "[[7],[1],[1]]", "[[\"long\"],[1],[]]", "[[\"long\"],[\"a\"],[1]]", "[[\"long\"],[1],[0]]"] {
            assert_eq!(TDigest::parse(foreign), None, "{foreign}");
        }
    }
}
