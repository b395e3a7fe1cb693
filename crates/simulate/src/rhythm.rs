//! When mail of a kind comes: a weight for each hour of the period, and exact counts from weights.

use crate::calendar::{hour, weekday};
use crate::random::Random;
use crate::window::Window;

/// Follows the working hours of the organisation's sites.
pub(crate) fn business(window: &Window) -> Vec<u64> {
    window.business.clone()
}

/// Mostly working hours, with a floor that never sleeps: inbound mail of machines and of other time zones.
pub(crate) fn mixed(window: &Window) -> Vec<u64> {
    let busiest = window.business.iter().copied().max().unwrap_or(1).max(1);
    window.slots.iter().zip(&window.business).map(|(slot, weight)| slot.seconds() / 10 + 3600 * weight / busiest).collect()
}

/// The same day and night.
pub(crate) fn steady(window: &Window) -> Vec<u64> {
    window.slots.iter().map(super::window::Slot::seconds).collect()
}

/// Only in these hours of the day (UTC); `weekdays_only` leaves Saturday and Sunday out.
pub(crate) fn at_hours(window: &Window, hours: &[usize], weekdays_only: bool) -> Vec<u64> {
    window
        .slots
        .iter()
        .map(|slot| {
            let right_day = !weekdays_only || weekday(slot.start, 0) < 5;
            if right_day && hours.contains(&hour(slot.start, 0)) { slot.seconds() } else { 0 }
        })
        .collect()
}

/// One wave of an attack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wave {
    /// Where in the period it begins, in thousandths; 1000 is its last hours.
    pub(crate) at: u64,
    /// How many hours it lasts.
    pub(crate) hours: usize,
    /// How it weighs beside the other waves.
    pub(crate) weight: u64,
}

/// Waves: each rises at once and ebbs away. The seed moves each a little; all but those at 1000 begin on a working morning.
pub(crate) fn waves(window: &Window, name: &str, waves: &[Wave]) -> Vec<u64> {
    let mut weights = vec![0; window.slots.len()];
    for wave in waves {
        let begin = if wave.at >= 1000 { window.slots.len().saturating_sub(wave.hours) } else { morning(window, name, wave.at) };
        let hours = u64::try_from(wave.hours).unwrap_or(1);
        // Hours in it weigh 1 part at the end and `hours` at the start; divided by their sum, waves compare by `weight` alone.
        let whole = (hours * (hours + 1) / 2).max(1);
        for (step, at) in (begin..window.slots.len()).take(wave.hours).enumerate() {
            let left = hours.saturating_sub(u64::try_from(step).unwrap_or(0));
            weights[at] += window.slots[at].seconds() * wave.weight * 1000 * left / whole;
        }
    }
    weights
}

/// The index of a working-day morning hour near `at` thousandths of the period, moved by the seed; the hour itself when
/// the days after it hold no such morning.
pub(crate) fn morning(window: &Window, name: &str, at: u64) -> usize {
    let moved = at + Random::new(window.seed, name, at).below_u64(30);
    let count = u64::try_from(window.slots.len()).unwrap_or(0);
    let first = usize::try_from(count * moved.min(999) / 1000).unwrap_or(0);
    let suits = |index: &usize| {
        let start = window.slots[*index].start;
        weekday(start, 0) < 5 && (7..=13).contains(&hour(start, 0))
    };
    (first..window.slots.len()).take(96).find(suits).unwrap_or(first)
}

/// Shares a whole number of messages over hours so that every prefix is as near to its weight as whole numbers allow.
#[derive(Debug)]
pub(crate) struct Shares {
    total: u64,
    /// Running totals of the weights, beginning with 0.
    sums: Vec<u64>,
}

impl Shares {
    /// `total` over `weights`; over all hours alike when every weight is 0.
    pub(crate) fn new(total: u64, weights: &[u64]) -> Self {
        let even = weights.iter().all(|weight| *weight == 0);
        let mut sum = 0_u64;
        let sums = std::iter::once(0)
            .chain(weights.iter().map(|weight| {
                sum = sum.saturating_add(if even { 1 } else { *weight });
                sum
            }))
            .collect();
        Self { total, sums }
    }

    /// How many fall to entry `index`; the counts of all entries add up to the total exactly.
    pub(crate) fn count(&self, index: usize) -> u64 {
        let whole = u128::from(self.sums.last().copied().unwrap_or(0).max(1));
        let upto = |at: usize| self.sums.get(at).map_or(0, |sum| u128::from(self.total) * u128::from(*sum) / whole);
        u64::try_from(upto(index + 1) - upto(index).min(upto(index + 1))).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Shares;

    #[test]
    fn shares_add_up_to_the_total_and_follow_the_weights() {
        let shares = Shares::new(100, &[0, 3, 1, 0]);
        assert_eq!((0..4).map(|index| shares.count(index)).collect::<Vec<_>>(), [0, 75, 25, 0]);
        let thirds = Shares::new(10, &[1, 1, 1]);
        assert_eq!((0..3).map(|index| thirds.count(index)).sum::<u64>(), 10);
        let even = Shares::new(4, &[0, 0]);
        assert_eq!((even.count(0), even.count(1)), (2, 2));
        assert_eq!(Shares::new(5, &[]).count(0), 0);
    }
}
