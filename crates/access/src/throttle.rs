//! How often a password may be tried: five wrong ones are free, then each doubles the wait, up to a quarter of an hour.
//!
//! Tries are counted by name and by address, before the password is looked at, so that many at once gain nothing. At the longest wait
//! that is four an hour, far below the hundred of ASVS 2.2.1.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use state::Moment;

use crate::secret;

const SECOND: i64 = 1_000_000;
/// So many wrong tries cost no wait.
const FREE: u32 = 5;
/// The longest wait, in seconds.
const LONGEST: i64 = 15 * 60;
/// After so long without a try all is forgotten, in seconds.
const FORGET: i64 = 60 * 60;
/// So many names and addresses are remembered.
const MOST: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    wrong: u32,
    last: Moment,
}

impl Tries {
    /// From when on the next try is looked at.
    fn free_at(self) -> Moment {
        let over = self.wrong.saturating_sub(FREE);
        if over == 0 {
            return self.last;
        }
        let wait = 1_i64.checked_shl(over - 1).unwrap_or(LONGEST).min(LONGEST);
        let wait = if over > 30 { LONGEST } else { wait };
        self.last.saturating_add(wait * SECOND)
    }
}

/// Who tried how often.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    tries: Mutex<HashMap<String, Tries>>,
}

/// A try that is under way: counted as wrong until it is said to be right.
#[derive(Debug)]
pub(crate) struct Try {
    keys: [String; 2],
}

impl Throttle {
    /// Begins a try, which counts as a wrong one for now; or says how many seconds to wait.
    pub(crate) fn begin(&self, name: &str, address: IpAddr, now: Moment) -> Result<Try, u64> {
        let keys = [format!("name {}", secret::hash(name)), format!("address {}", block(address))];
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let free_at =
            keys.iter().filter_map(|key| tries.get(key)).filter(|entry| fresh(entry, now)).map(|entry| entry.free_at()).max();
        if let Some(free_at) = free_at.filter(|free_at| *free_at > now) {
            return Err(u64::try_from((free_at - now).div_euclid(SECOND) + 1).unwrap_or(1));
        }
        for key in &keys {
            make_room(&mut tries, now);
            let entry = tries.entry(key.clone()).or_insert(Tries { wrong: 0, last: now });
            entry.wrong = if fresh(entry, now) { entry.wrong.saturating_add(1) } else { 1 };
            entry.last = now;
        }
        Ok(Try { keys })
    }

    /// A try was right: all is forgotten of the name, and this try of the address. The wrong ones stay, or somebody with an account of
    /// their own could try those of others forever.
    pub(crate) fn right(&self, done: &Try) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let [name, address] = &done.keys;
        tries.remove(name);
        if let Some(entry) = tries.get_mut(address) {
            entry.wrong = entry.wrong.saturating_sub(1);
            if entry.wrong == 0 {
                tries.remove(address);
            }
        }
    }
}

/// A clock that was set back makes no wait longer.
fn fresh(entry: &Tries, now: Moment) -> bool {
    (0..FORGET * SECOND).contains(&now.saturating_sub(entry.last))
}

/// Forgets what is old, and the oldest where that is not enough.
fn make_room(tries: &mut HashMap<String, Tries>, now: Moment) {
    if tries.len() < MOST {
        return;
    }
    tries.retain(|_, entry| fresh(entry, now));
    if tries.len() >= MOST
        && let Some(oldest) = tries.iter().min_by_key(|(_, entry)| (entry.last, entry.wrong)).map(|(key, _)| key.clone())
    {
        tries.remove(&oldest);
    }
}

/// What one customer of a network has: an IPv4 address, or 64 bits of an IPv6 address.
fn block(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", u128::from(address) >> 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Moment = 1_700_000_000_000_000;

    fn from(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn five_wrong_tries_are_free_and_each_more_doubles_the_wait() {
        let throttle = Throttle::default();
        let mut now = T0;
        for _ in 0..5 {
            assert!(throttle.begin("kim", from("192.0.2.1"), now).is_ok());
        }
        let mut waits = Vec::new();
        for _ in 0..13 {
            assert!(throttle.begin("kim", from("192.0.2.1"), now).is_ok());
            let wait = throttle.begin("kim", from("192.0.2.1"), now).unwrap_err();
            waits.push(wait - 1);
            now += i64::try_from(wait).unwrap() * SECOND;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }

    #[test]
    fn the_same_name_waits_wherever_it_comes_from_and_the_same_address_whatever_the_name() {
        let throttle = Throttle::default();
        for number in 0..6 {
            assert!(throttle.begin("kim", from(&format!("192.0.2.{number}")), T0).is_ok());
        }
        assert!(throttle.begin("kim", from("192.0.2.99"), T0).is_err());
        assert!(throttle.begin("lee", from("192.0.2.99"), T0).is_ok());
        for number in 0..6 {
            assert!(throttle.begin(&format!("user{number}"), from(&format!("2001:db8::{number}")), T0).is_ok());
        }
        assert!(throttle.begin("user9", from("2001:db8::ffff"), T0).is_err(), "one network of 64 bits is one customer");
        assert!(throttle.begin("user9", from("2001:db8:0:1::1"), T0).is_ok());
    }

    #[test]
    fn a_right_try_clears_the_name_and_not_what_the_address_did_to_others() {
        let throttle = Throttle::default();
        for _ in 0..6 {
            assert!(throttle.begin("kim", from("192.0.2.1"), T0).is_ok());
        }
        let later = T0 + 2 * SECOND;
        let own = throttle.begin("mallory", from("192.0.2.1"), later).unwrap();
        throttle.right(&own);
        assert!(throttle.begin("kim", from("192.0.2.7"), T0).is_err());
        for _ in 0..20 {
            let right = throttle.begin("lee", from("192.0.2.2"), T0).unwrap();
            throttle.right(&right);
        }
    }

    #[test]
    fn an_hour_forgets_and_memory_is_bounded() {
        let throttle = Throttle::default();
        for _ in 0..6 {
            assert!(throttle.begin("kim", from("192.0.2.1"), T0).is_ok());
        }
        assert!(throttle.begin("kim", from("192.0.2.1"), T0 + FORGET * SECOND).is_ok());
        for number in 0..u32::try_from(MOST).unwrap() {
            let address = IpAddr::from((0x0a00_0000 + number).to_be_bytes());
            assert!(throttle.begin(&format!("name{number}"), address, T0).is_ok());
        }
        assert!(throttle.tries.lock().unwrap().len() <= MOST);
    }
}
