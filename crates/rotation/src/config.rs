//! What is configured of a line of keys: one key of one domain after the other, each in the place of the one before.

use std::path::PathBuf;

use mailauth::dkim::KeyKind;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::selector::Selectors;

/// A line of keys. Times have defaults that RFC 6376 appendix C and common practice suggest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The signing domain.
    pub domain: String,
    /// The name of the line, where a domain has several of the same algorithm, such as one for each mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Which keys are made.
    #[serde(default)]
    pub key: KeyKind,
    /// How their selectors are named.
    #[serde(default)]
    pub selectors: Selectors,
    /// The file of each, with `{domain}` and `{selector}` in it.
    pub key_file: String,
    /// `user` or `user:group` whose the file is to be; otherwise that of the key before, otherwise that of whoever makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How long answers may be remembered, in seconds.
    #[serde(default = "hour")]
    pub ttl: u32,
    /// After how many days a key is replaced.
    #[serde(default = "quarter")]
    pub every_days: u32,
    /// So many days after that it is overdue.
    #[serde(default = "week")]
    pub grace_days: u32,
    /// How many days a message may be on its way: so long the old key stays published. Mail servers give up after five (RFC 5321 section 4.5.4.1);
    /// see [`Config::advice`].
    #[serde(default = "week")]
    pub transit_days: u32,
    /// How many days the record of a revoked key stands before it is taken away; without it, it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove_after_days: Option<u32>,
}

/// How many days mail servers try to deliver a message, at least (RFC 5321 section 4.5.4.1).
const TRIED_DAYS: u32 = 5;

const fn hour() -> u32 {
    3_600
}

const fn quarter() -> u32 {
    90
}

const fn week() -> u32 {
    7
}

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The domain cannot be asked for.
    #[error("\"{0}\" is no domain name")]
    Domain(String),
    /// The file of every key would be the same.
    #[error("key-file \"{0}\" needs {{selector}} in it, so that a new key does not overwrite the old one")]
    KeyFile(String),
    /// Selectors cannot be made so.
    #[error("{0}")]
    Selectors(String),
    /// Of no use.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

/// Which line of keys: of a domain, under a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Series {
    /// The signing domain, in lower case.
    pub domain: String,
    /// Its name: `rsa` or `ed25519` unless it is given another.
    pub family: String,
}

impl Config {
    /// Of a domain, with everything else as it usually is.
    #[must_use]
    pub fn new(domain: &str, key_file: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            family: None,
            key: KeyKind::default(),
            selectors: Selectors::default(),
            key_file: key_file.to_owned(),
            owner: None,
            ttl: hour(),
            every_days: quarter(),
            grace_days: week(),
            transit_days: week(),
            remove_after_days: None,
        }
    }

    /// Finds what is wrong.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn check(&self) -> Result<(), ConfigError> {
        let ascii = self.domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        if !ascii || mailauth::dns::name(&self.domain).is_none() {
            return Err(ConfigError::Domain(self.domain.clone()));
        }
        if !self.key_file.contains("{selector}") {
            return Err(ConfigError::KeyFile(self.key_file.clone()));
        }
        self.selectors.check().map_err(ConfigError::Selectors)?;
        if self.every_days == 0 {
            return Err(ConfigError::Zero("every-days"));
        }
        Ok(())
    }

    /// What may be wanted, and loses mail now and then.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        let days = self.transit_days;
        (days < TRIED_DAYS).then(|| {
            format!("transit-days is {days}; mail servers try for {TRIED_DAYS} days (RFC 5321 section 4.5.4.1), and what arrives later than {days} will not verify")
        })
    }

    /// Which line of keys it is.
    #[must_use]
    pub fn series(&self) -> Series {
        let usual = match self.key {
            KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::Rsa4096 => "rsa",
            KeyKind::Ed25519 => "ed25519",
        };
        let family = self.family.clone().unwrap_or_else(|| usual.to_owned());
        Series { domain: self.domain.trim_end_matches('.').to_ascii_lowercase(), family }
    }

    /// The file of the key of a selector.
    #[must_use]
    pub fn key_path(&self, selector: &str) -> PathBuf {
        PathBuf::from(self.key_file.replace("{domain}", &self.series().domain).replace("{selector}", selector))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use mailauth::dkim::KeyKind;

    use super::{Config, ConfigError};

    #[test]
    fn little_needs_to_be_said() {
        let config: Config = toml::from_str("domain = \"Example.com\"\nkey-file = \"/keys/{domain}.{selector}.pem\"").unwrap();
        assert_eq!(config, Config::new("Example.com", "/keys/{domain}.{selector}.pem"));
        assert_eq!((config.every_days, config.transit_days, config.ttl, config.key), (90, 7, 3_600, KeyKind::Rsa2048));
        assert_eq!(config.key_path("s1"), Path::new("/keys/example.com.s1.pem"));
        assert_eq!(config.series().family, "rsa");
        config.check().unwrap();
    }

    #[test]
    fn what_would_go_wrong_is_refused() {
        let good = Config::new("example.com", "/keys/{selector}.pem");
        let cases = [
            (Config { domain: "a..b".into(), ..good.clone() }, ConfigError::Domain("a..b".into())),
            (Config { domain: "../x".into(), ..good.clone() }, ConfigError::Domain("../x".into())),
            (Config { key_file: "/key.pem".into(), ..good.clone() }, ConfigError::KeyFile("/key.pem".into())),
            (Config { every_days: 0, ..good.clone() }, ConfigError::Zero("every-days")),
        ];
        for (config, error) in cases {
            assert_eq!(config.check(), Err(error));
        }
        assert_eq!(good.advice(), None);
        let hasty = Config { transit_days: 2, ..good };
        assert!(hasty.check().is_ok() && hasty.advice().is_some_and(|words| words.starts_with("transit-days is 2; ")));
    }
}
