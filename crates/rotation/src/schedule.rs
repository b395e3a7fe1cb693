//! When the next rotation is due, from what the journal knows. Pure.

use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    micros::days,
    rotation::{Rotation, State},
};

/// When a line of keys is to be rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Since when the present key signs, in microseconds since 1970, if that is known.
    pub since: Option<i64>,
    /// When it is to be replaced.
    pub at: i64,
    /// After this moment it is overdue.
    pub overdue_at: i64,
}

impl Due {
    /// Whether it is time.
    #[must_use]
    pub const fn is_due(self, now: i64) -> bool {
        now >= self.at
    }

    /// Whether it is late.
    #[must_use]
    pub const fn is_overdue(self, now: i64) -> bool {
        now > self.overdue_at
    }
}

/// Since when a selector has signed, by the rotations that are known.
#[must_use]
pub fn signs_since(history: &[Rotation], config: &Config, selector: &str) -> Option<i64> {
    let series = config.series();
    let ours = history.iter().filter(|rotation| rotation.series() == series);
    let kept = ours.filter(|rotation| !matches!(rotation.state, State::Returned | State::Undone));
    let of = kept.filter(|rotation| rotation.new.selector.eq_ignore_ascii_case(selector));
    of.filter_map(|rotation| rotation.reached(State::Switched)).max()
}

/// When the present key is to be replaced. `made_at` is when its file was written, for a key that no known rotation made; a key of which nothing is
/// known is due at once, and never overdue.
#[must_use]
pub fn due(history: &[Rotation], config: &Config, selector: Option<&str>, made_at: Option<i64>, now: i64) -> Due {
    let since = selector.and_then(|selector| signs_since(history, config, selector).or(made_at));
    let at = since.map_or(now, |since| since.saturating_add(days(config.every_days)));
    Due { since, at, overdue_at: at.saturating_add(days(config.grace_days)) }
}

#[cfg(test)]
mod tests {
    use super::{Due, due};
    use crate::{
        Config,
        micros::DAY,
        rotation::{Event, Rotation},
    };

    fn switched(selector: &str, at: i64) -> Rotation {
        let config = Config::new("example.com", "/keys/{selector}.pem");
        let mut rotation = Rotation::planned(config, selector, None, Vec::new(), 0, at);
        for event in [Event::KeyMade(String::new()), Event::Published(None), Event::Everywhere, Event::Switched] {
            rotation.on(event, at);
        }
        rotation
    }

    #[test]
    fn a_key_is_due_so_long_after_it_began_to_sign() {
        let config = Config::new("example.com", "/keys/{selector}.pem");
        let history = [switched("s1", DAY), switched("s2", 100 * DAY)];
        let found = due(&history, &config, Some("S2"), Some(5 * DAY), 150 * DAY);
        assert_eq!(found, Due { since: Some(100 * DAY), at: 190 * DAY, overdue_at: 197 * DAY });
        assert!(!found.is_due(190 * DAY - 1) && found.is_due(190 * DAY));
        assert!(!found.is_overdue(197 * DAY) && found.is_overdue(197 * DAY + 1));
    }

    #[test]
    fn a_key_that_no_rotation_made_is_as_old_as_its_file() {
        let config = Config::new("example.com", "/keys/{selector}.pem");
        assert_eq!(due(&[], &config, Some("default"), Some(DAY), 2 * DAY).at, 91 * DAY);
        assert_eq!(due(&[], &config, Some("default"), None, 2 * DAY).at, 2 * DAY);
        assert_eq!(due(&[], &config, None, None, 2 * DAY).at, 2 * DAY);
        let other = Config { family: Some("backup".into()), ..config };
        assert_eq!(due(&[switched("s1", DAY)], &other, Some("s1"), None, 2 * DAY).since, None);
    }
}
