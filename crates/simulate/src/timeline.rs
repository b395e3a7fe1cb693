//! What happens to the organisation in the period, decided once and seen by all kinds of mail: when its name servers fail
//! and when its mail leaves unsigned.

use crate::calendar::{HOUR, MINUTE, SECOND};
use crate::random::Random;
use crate::rhythm::morning;
use crate::window::Window;

/// The stretch of days in thousandths of the period at which the outage begins.
const OUTAGE_AT: u64 = 540;
/// How long it lasts, in hours.
pub(crate) const OUTAGE_HOURS: usize = 4;
/// The same for the day on which an SPF record has one look-up too many.
const BROKEN_RECORD_AT: u64 = 300;
/// How many hours pass until somebody shortens it.
const BROKEN_RECORD_HOURS: usize = 30;
/// The same for the intruder who switches signing off, and for the change the administrators planned.
const DISABLED_AT: u64 = 700;
const PLANNED_AT: u64 = 240;

/// A time in which a domain's outbound mail is not signed.
#[derive(Debug, Clone)]
pub(crate) struct Unsigned {
    pub(crate) domain: &'static str,
    pub(crate) from: i64,
    pub(crate) until: i64,
    /// True when an intruder did it, false when it was planned work.
    pub(crate) is_attack: bool,
}

/// The happenings.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    pub(crate) unsigned: Vec<Unsigned>,
}

impl Timeline {
    /// Places everything in the period.
    pub(crate) fn new(window: &Window) -> Self {
        let at = |thousandth, name| window.slots.get(morning(window, name, thousandth)).map_or(window.start, |slot| slot.start);
        let mut random = Random::new(window.seed, "timeline", 0);
        let mut seconds = || i64::from(random.below(60)) * SECOND;
        let attack = at(DISABLED_AT, "signing disabled") + 12 * MINUTE + seconds();
        let planned = at(PLANNED_AT, "planned change") + 31 * MINUTE + seconds();
        // The last begins 17 minutes before the end: the published rule looks back 30 minutes (seed 001).
        let late = (window.end - 17 * MINUTE - seconds()).max(window.start);
        Self {
            unsigned: vec![
                Unsigned { domain: "contoso.onmicrosoft.com", from: planned, until: planned + 40 * MINUTE, is_attack: false },
                Unsigned { domain: "contoso.com", from: attack, until: attack + 26 * HOUR, is_attack: true },
                Unsigned { domain: "fabrikam.fr", from: late, until: window.end, is_attack: true },
            ],
        }
    }

    /// True when mail of that domain leaves without a signature at that moment.
    pub(crate) fn is_unsigned(&self, domain: &str, moment: i64) -> bool {
        self.unsigned.iter().any(|stretch| stretch.domain == domain && (stretch.from..stretch.until).contains(&moment))
    }
}

/// Weights of the hours in which the name servers of the accepted domains do not answer: spoofers and honest senders alike.
pub(crate) fn outage(window: &Window) -> Vec<u64> {
    let begin = morning(window, "name servers fail", OUTAGE_AT);
    let mut weights = vec![0; window.slots.len()];
    for at in (begin..window.slots.len()).take(OUTAGE_HOURS) {
        weights[at] = window.slots[at].seconds();
    }
    weights
}

/// Weights of the working hours in which the SPF record of accepted domains cannot be evaluated.
pub(crate) fn broken_record(window: &Window) -> Vec<u64> {
    let begin = morning(window, "SPF record breaks", BROKEN_RECORD_AT);
    let mut weights = vec![0; window.slots.len()];
    for at in (begin..window.slots.len()).take(BROKEN_RECORD_HOURS) {
        weights[at] = window.business.get(at).copied().unwrap_or(0) + 1;
    }
    weights
}
