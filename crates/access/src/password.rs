//! Passwords: which can be chosen, and how they are kept.
//!
//! Length counts and nothing else is asked of the characters (ASVS 4.0.3, section 2.1; NIST SP 800-63B, section 5.1.1.2). What
//! everybody tries first is refused: common passwords, runs and repetitions, and the names of who chooses and of this program.
//! They are kept as argon2id (RFC 9106) with what the OWASP Password Storage Cheat Sheet asks for at least.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version, password_hash::SaltString,
};
use tokio::sync::Semaphore;

use crate::{AccessError, Secret, secret};

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most characters.
pub const LONGEST: usize = 128;

/// Words that common passwords are made of, a line each.
const COMMON: &str = include_str!("../data/common-passwords.txt");
/// Rows of keys and other runs that are typed without thinking.
const RUNS: [&str; 7] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn",
];
/// Fewer different characters than this are no password.
const FEWEST_DIFFERENT: usize = 5;
/// A name shorter than this is in too much to be looked for.
const SHORTEST_NAME: usize = 4;
/// So long a try waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Too short.
    #[error("a password has at least {SHORTEST} characters; a few words that do not belong together make a good one")]
    Short,
    /// Too long.
    #[error("a password has at most {LONGEST} characters")]
    Long,
    /// One of those that are tried first.
    #[error("this password is one of the first that are tried: choose one that nobody else would")]
    Common,
    /// Made of the own name, or that of this program.
    #[error("this password is made of your name or of that of this program: choose another")]
    Named,
}

/// Whether a password can be chosen by somebody who goes by these names.
pub(crate) fn check(password: &Secret, names: &[&str]) -> Result<(), Weakness> {
    let text = password.expose();
    let length = text.chars().count();
    if length < SHORTEST {
        return Err(Weakness::Short);
    }
    if length > LONGEST {
        return Err(Weakness::Long);
    }
    let plain = text.to_lowercase();
    // Digits and signs at the end are added to a word, not written for its letters.
    let read = as_read(plain.trim_end_matches(|char: char| !char.is_alphabetic()));
    let mut different: Vec<char> = plain.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < FEWEST_DIFFERENT || is_run(&plain) || is_common(&plain) || is_common(&read) {
        return Err(Weakness::Common);
    }
    let mut words: Vec<String> =
        names.iter().flat_map(|name| name.split(['@', '.', ' ', '-', '_', '+'])).map(str::to_lowercase).collect();
    words.extend(names.iter().map(|name| name.to_lowercase()));
    words.push("spoofwatch".to_owned());
    words.retain(|word| word.chars().count() >= SHORTEST_NAME);
    // What is left without the name has to be a password's worth by itself.
    let named =
        |text: &str| words.iter().any(|word| text.contains(word.as_str()) && text.replace(word.as_str(), "").chars().count() < 8);
    if named(&plain) || named(&read) { Err(Weakness::Named) } else { Ok(()) }
}

/// Digits and signs that are written for letters, as letters.
fn as_read(text: &str) -> String {
    let letter = |char| match char {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Whether it is a common word, or several, with digits and signs around them.
fn is_common(text: &str) -> bool {
    let core = text.trim_matches(|char: char| !char.is_alphabetic());
    let listed = |word: &str| COMMON.lines().any(|line| line == word);
    if listed(text) || listed(core) {
        return true;
    }
    // `passwordpassword`, `password-letmein1`: word by word, the longest first.
    let mut rest = core;
    let mut words = 0;
    while !rest.is_empty() {
        rest = rest.trim_start_matches(|char: char| !char.is_alphabetic());
        let Some(word) = COMMON.lines().filter(|line| !line.is_empty() && rest.starts_with(line)).max_by_key(|line| line.len())
        else {
            return rest.is_empty() && words > 0;
        };
        rest = rest.strip_prefix(word).unwrap_or_default();
        words += 1;
    }
    // Three common words together are a phrase: long, and not what is tried first unless they are the same.
    words > 0 && (words < 3 || is_repetition(core))
}

/// Whether it is one piece over and over.
fn is_repetition(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 2).any(|size| chars.iter().zip(chars.iter().skip(size)).all(|(left, right)| left == right))
}

/// Whether it is a run of the alphabet, of digits or of keys, forwards or backwards, or a piece over and over.
fn is_run(text: &str) -> bool {
    if is_repetition(text) {
        return true;
    }
    // Cut into the longest pieces of runs: two or three of them that fill it all are no password.
    let backwards: Vec<String> = RUNS.iter().map(|run| run.chars().rev().collect()).collect();
    let runs: Vec<&str> = RUNS.iter().copied().chain(backwards.iter().map(String::as_str)).collect();
    let mut rest = text;
    let mut pieces = 0;
    while !rest.is_empty() {
        let fits = |end: usize| rest.get(..end).is_some_and(|piece| runs.iter().any(|run| run.contains(piece)));
        let Some(end) = (1..=rest.len()).rev().find(|end| fits(*end)) else { return false };
        rest = rest.get(end..).unwrap_or_default();
        pieces += 1;
        if pieces > 3 {
            return false;
        }
    }
    true
}

/// What it costs to hash a password, and so to guess one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// What the OWASP Password Storage Cheat Sheet asks for at least: 19 MiB, two passes, one lane.
    pub const OWASP: Self = Self { memory: 19_456, passes: 2 };

    fn hasher(self) -> Result<Argon2<'static>, AccessError> {
        let params = Params::new(self.memory, self.passes, 1, None).map_err(|_| AccessError::System("the cost of passwords"))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// Hashes passwords on threads of their own, a few at a time.
#[derive(Debug)]
pub(crate) struct Hashers {
    cost: Cost,
    room: Arc<Semaphore>,
}

/// What became of a password that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compared {
    /// It is not the one.
    Wrong,
    /// It is.
    Right,
    /// It is, and its hash cost something else than hashes do now: this is a new one.
    Rehashed(String),
}

impl Hashers {
    pub(crate) fn new(cost: Cost, at_once: usize) -> Self {
        Self { cost, room: Arc::new(Semaphore::new(at_once.max(1))) }
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: Secret) -> Result<String, AccessError> {
        let cost = self.cost;
        self.on_thread(move || hashed(cost, &password)).await
    }

    /// Whether a password is the one that a hash was made of. Without a hash it costs the same, and is not.
    pub(crate) async fn compare(&self, password: Secret, hash: Option<String>) -> Result<Compared, AccessError> {
        let cost = self.cost;
        self.on_thread(move || compared(cost, &password, hash.as_deref())).await
    }

    async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccessError> + Send + 'static,
    ) -> Result<T, AccessError> {
        let room = Arc::clone(&self.room).acquire_owned();
        let permit = tokio::time::timeout(PATIENCE, room).await.map_err(|_| AccessError::Busy)?;
        let permit = permit.map_err(|_| AccessError::System("hashing passwords"))?;
        // The permit goes along: whoever gives up waiting does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| AccessError::System("hashing passwords"))?
    }
}

fn hashed(cost: Cost, password: &Secret) -> Result<String, AccessError> {
    let failed = |_| AccessError::System("hashing a password");
    let salt = SaltString::encode_b64(&secret::random::<16>()?).map_err(failed)?;
    Ok(cost.hasher()?.hash_password(password.expose().as_bytes(), &salt).map_err(failed)?.to_string())
}

fn compared(cost: Cost, password: &Secret, hash: Option<&str>) -> Result<Compared, AccessError> {
    let hasher = cost.hasher()?;
    let Some(hash) = hash else {
        let mut nowhere = [0; 32];
        let done = hasher.hash_password_into(password.expose().as_bytes(), b"nobody's own salt", &mut nowhere);
        done.map_err(|_| AccessError::System("hashing a password"))?;
        return Ok(Compared::Wrong);
    };
    let read = PasswordHash::new(hash).map_err(|_| AccessError::System("a stored hash of a password cannot be read"))?;
    if hasher.verify_password(password.expose().as_bytes(), &read).is_err() {
        return Ok(Compared::Wrong);
    }
    let params = Params::try_from(&read).map_err(|_| AccessError::System("a stored hash of a password cannot be read"))?;
    if (params.m_cost(), params.t_cost()) == (cost.memory, cost.passes) {
        return Ok(Compared::Right);
    }
    hashed(cost, password).map(Compared::Rehashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory: 64, passes: 1 };

    #[test]
    fn length_counts_and_what_is_tried_first_is_refused() {
        for (password, wrong) in [
            ("correct horse battery staple", None),
            ("tangerine-lantern-gravel", None),
            ("aZ3$kq9!vB2w", None),
            ("пароль длинный и странный", None),
            ("      leading and trailing      ", None),
            ("kim likes turquoise teapots", None),
            ("short", Some(Weakness::Short)),
            ("elevenchars", Some(Weakness::Short)),
            ("🦀🦀🦀", Some(Weakness::Short)),
            ("password1234", Some(Weakness::Common)),
            ("P@ssw0rd!2026", Some(Weakness::Common)),
            ("passwordpassword", Some(Weakness::Common)),
            ("password-letmein", Some(Weakness::Common)),
            ("123456789012", Some(Weakness::Common)),
            ("987654321098", Some(Weakness::Common)),
            ("abcdefghijkl", Some(Weakness::Common)),
            ("qwertyuiopasdf", Some(Weakness::Common)),
            ("1qaz2wsx3edc", Some(Weakness::Common)),
            ("aaaaaaaaaaaa", Some(Weakness::Common)),
            ("abcabcabcabc", Some(Weakness::Common)),
            ("summer2026!!", Some(Weakness::Common)),
            ("spoofwatch2026", Some(Weakness::Named)),
            ("kimberley.2026", Some(Weakness::Named)),
            ("k1mberley.2026", Some(Weakness::Named)),
        ] {
            let checked = check(&Secret::new(password.to_owned()), &["kimberley@contoso.com", "Kim Akers"]);
            assert_eq!(checked.err(), wrong, "{password}");
        }
        assert_eq!(check(&Secret::new("aZ3$kq9!".repeat(16)), &[]), Err(Weakness::Common), "one piece over and over");
        assert_eq!(check(&Secret::new("x".repeat(129)), &[]), Err(Weakness::Long));
    }

    #[tokio::test]
    async fn a_password_is_compared_with_its_hash() -> Result<(), AccessError> {
        let hashers = Hashers::new(CHEAP, 2);
        let password = || Secret::new("tangerine-lantern-gravel".to_owned());
        let hash = hashers.hash(password()).await?;
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_ne!(hash, hashers.hash(password()).await?, "each has its own salt");
        assert_eq!(hashers.compare(password(), Some(hash.clone())).await?, Compared::Right);
        assert_eq!(hashers.compare(Secret::new("other".to_owned()), Some(hash.clone())).await?, Compared::Wrong);
        assert_eq!(hashers.compare(password(), None).await?, Compared::Wrong);
        let dearer = Hashers::new(Cost { memory: 128, passes: 1 }, 1);
        let Compared::Rehashed(again) = dearer.compare(password(), Some(hash)).await? else { panic!("the cost has changed") };
        assert_eq!(dearer.compare(password(), Some(again)).await?, Compared::Right);
        Ok(())
    }
}
