//! The period of the telemetry, cut into hours, each with the weight of the organisation's working day.

use crate::calendar::{DAY, HOUR, SECOND, hour, weekday};
use crate::cast::Site;
use crate::random::Random;

/// Mail to or from people, by local hour: nights are quiet, mornings busy, lunch shows.
const WORKING_DAY: [u64; 24] = [3, 2, 2, 2, 3, 6, 14, 34, 72, 96, 100, 94, 70, 76, 92, 90, 82, 64, 38, 22, 16, 12, 8, 5];
/// The same on a day off.
const DAY_OFF: [u64; 24] = [2, 1, 1, 1, 1, 2, 3, 6, 9, 12, 13, 12, 10, 9, 9, 9, 8, 8, 7, 7, 7, 6, 4, 3];

/// An hour of the calendar, or the part of it that lies in the period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// Its first moment.
    pub(crate) start: i64,
    /// The moment after its last.
    pub(crate) end: i64,
}

impl Slot {
    /// Its length in seconds.
    pub(crate) fn seconds(&self) -> u64 {
        u64::try_from((self.end - self.start) / SECOND).unwrap_or(0)
    }
}

/// The period: from `start` up to and without `end`.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    /// The seed everything grows from.
    pub(crate) seed: u64,
    /// The first moment.
    pub(crate) start: i64,
    /// The moment after the last.
    pub(crate) end: i64,
    /// The hours, in order.
    pub(crate) slots: Vec<Slot>,
    /// For each hour, what mail of people weighs in it.
    pub(crate) business: Vec<u64>,
}

impl Window {
    /// The `days` days before `end`.
    pub(crate) fn new(seed: u64, days: u32, end: i64, sites: &[Site]) -> Self {
        let start = end - i64::from(days) * DAY;
        let mut slots = Vec::new();
        let mut at = start;
        while at < end {
            let next = ((at.div_euclid(HOUR) + 1) * HOUR).min(end);
            slots.push(Slot { start: at, end: next });
            at = next;
        }
        let business = slots
            .iter()
            .map(|slot| {
                let busy = sites.iter().map(|site| u64::from(site.users) * site_weight(site, slot.start)).sum::<u64>();
                slot.seconds() * busy * day_weight(seed, slot.start)
            })
            .collect();
        Self { seed, start, end, slots, business }
    }
}

/// No two days are alike: what a day weighs beside others of its kind, in percent.
fn day_weight(seed: u64, moment: i64) -> u64 {
    let mut random = Random::new(seed, "day", moment.div_euclid(DAY).unsigned_abs());
    88 + random.below_u64(13) + random.below_u64(13)
}

/// How busy the people of a site are at a moment, in parts of a hundred.
pub(crate) fn site_weight(site: &Site, moment: i64) -> u64 {
    let profile = if site.weekend.contains(&weekday(moment, site.offset)) { &DAY_OFF } else { &WORKING_DAY };
    profile[hour(moment, site.offset)]
}

#[cfg(test)]
mod tests {
    use super::Window;
    use crate::calendar::{DAY, HOUR};

    #[test]
    fn hours_follow_the_calendar_and_cover_the_period_without_gap() {
        let window = Window::new(1, 2, 10 * DAY + HOUR / 2, &[]);
        assert_eq!(window.slots.len(), 49);
        assert_eq!(window.slots.first().map(|slot| slot.start), Some(8 * DAY + HOUR / 2));
        assert_eq!(window.slots.last().map(|slot| slot.end), Some(10 * DAY + HOUR / 2));
        assert!(window.slots.windows(2).all(|pair| pair[0].end == pair[1].start && pair[1].start % HOUR == 0));
    }
}
