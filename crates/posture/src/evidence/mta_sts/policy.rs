//! A policy file of MTA-STS (RFC 8461 section 3.2): which hosts take mail for a domain over TLS, and whether senders must insist. Pure.

use std::fmt;

/// Most bytes of a policy that are read: senders may stop there (section 3.3).
pub const MOST_POLICY: usize = 64 << 10;

/// The longest time a policy may be kept, in seconds: about a year (section 3.2).
pub const MOST_AGE: u64 = 31_557_600;

/// Most `mx` lines that are read. A domain has a handful of hosts.
const MOST_PATTERNS: usize = 100;

/// Most faults that are told of one file.
const MOST_FAULTS: usize = 20;

/// A policy, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// What senders do; `None` where the file does not say.
    pub mode: Option<Mode>,
    /// How long senders keep it, in seconds.
    pub max_age: Option<u64>,
    /// The hosts that may take mail, in lower case; `*.` stands for one label.
    pub mx: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<PolicyFault>,
}

/// What senders do when a host is not in the policy or has no valid certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They do not deliver to it.
    Enforce,
    /// They deliver and report.
    Testing,
    /// Nothing: the domain takes its policy back.
    None,
}

/// Something wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Bytes that are not text.
    #[error("it is not text: byte {0} is not UTF-8")]
    NotText(usize),
    /// A mark that some editors put at the start of a file.
    #[error("it begins with a byte order mark, which senders do not expect; save the file without it")]
    Mark,
    /// A web page, which servers give instead of an error.
    #[error("it is a web page and not a policy")]
    WebPage,
    /// A line that is no `key: value`.
    #[error("line {0} is not of the form \"key: value\"")]
    Line(usize),
    /// A key that stands twice.
    #[error("{0} stands more than once; the first counts")]
    Twice(&'static str),
    /// A key in other letters.
    #[error("line {0} has {1:?} where a key must be in lower case, without a space before the colon")]
    Key(usize, String),
    /// No version, or another.
    #[error("it does not say \"version: STSv1\"")]
    Version,
    /// No mode.
    #[error("it has no mode")]
    NoMode,
    /// A mode that does not exist.
    #[error("the mode {0:?} does not exist; enforce, testing and none do")]
    Mode(String),
    /// No time.
    #[error("it has no max_age")]
    NoAge,
    /// A time that is no number.
    #[error("max_age {0:?} is not a number of seconds")]
    Age(String),
    /// A time beyond the limit.
    #[error("max_age {0} is more than {MOST_AGE} seconds, the most that is allowed")]
    LongAge(u64),
    /// No hosts.
    #[error("it names no mx, so that no host may take mail")]
    NoMx,
    /// A host that is none.
    #[error("the mx {0:?} is neither the name of a host nor \"*.\" before the name of a domain")]
    Mx(String),
    /// Too many hosts.
    #[error("it names more than {MOST_PATTERNS} mx; the others were not read")]
    ManyMx,
}

impl PolicyFault {
    /// Whether senders throw the whole policy away.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        match self {
            Self::Twice(_) | Self::Mx(_) | Self::ManyMx => false,
            Self::NotText(_)
            | Self::Mark
            | Self::WebPage
            | Self::Line(_)
            | Self::Key(..)
            | Self::Version
            | Self::NoMode
            | Self::Mode(_)
            | Self::NoAge
            | Self::Age(_)
            | Self::LongAge(_)
            | Self::NoMx => true,
        }
    }
}

impl Policy {
    /// Reads a file.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut policy = Self::default();
        let (text, mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (rest, true),
            None => (bytes, false),
        };
        if mark {
            policy.faults.push(PolicyFault::Mark);
        }
        let text = match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(error) => {
                policy.faults.push(PolicyFault::NotText(error.valid_up_to()));
                return policy;
            }
        };
        if text.trim_start().starts_with('<') {
            policy.faults.push(PolicyFault::WebPage);
            return policy;
        }
        let mut version = None;
        for (at, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                policy.line(at + 1, line, &mut version);
            }
        }
        policy.finish(version);
        policy
    }

    /// Whether senders use it.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.faults.iter().any(PolicyFault::is_fatal)
    }

    /// Whether a host may take mail (section 4.1). Hosts are in lower case.
    #[must_use]
    pub fn allows(&self, host: &str) -> bool {
        self.mx.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(domain) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == domain),
            None => pattern == host,
        })
    }

    fn fault(&mut self, fault: PolicyFault) {
        if self.faults.len() < MOST_FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn line(&mut self, number: usize, line: &str, version: &mut Option<bool>) {
        let Some((key, value)) = line.split_once(':') else { return self.fault(PolicyFault::Line(number)) };
        let value = value.trim();
        match key {
            "version" if version.is_some() => self.fault(PolicyFault::Twice("version")),
            "version" => *version = Some(value == "STSv1"),
            "mode" => self.mode_line(value),
            "max_age" => self.age_line(value),
            "mx" => self.mx_line(value),
            other => {
                let plain = other.trim().to_ascii_lowercase();
                if ["version", "mode", "max_age", "mx"].contains(&plain.as_str()) {
                    self.fault(PolicyFault::Key(number, other.chars().take(40).collect()));
                }
            }
        }
    }

    fn mode_line(&mut self, value: &str) {
        if self.mode.is_some() {
            return self.fault(PolicyFault::Twice("mode"));
        }
        match value {
            "enforce" => self.mode = Some(Mode::Enforce),
            "testing" => self.mode = Some(Mode::Testing),
            "none" => self.mode = Some(Mode::None),
            other => self.fault(PolicyFault::Mode(other.chars().take(40).collect())),
        }
    }

    fn age_line(&mut self, value: &str) {
        if self.max_age.is_some() {
            return self.fault(PolicyFault::Twice("max_age"));
        }
        let digits = (1..=10).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
        match value.parse::<u64>().ok().filter(|_| digits) {
            Some(age) => {
                self.max_age = Some(age);
                if age > MOST_AGE {
                    self.fault(PolicyFault::LongAge(age));
                }
            }
            None => self.fault(PolicyFault::Age(value.chars().take(40).collect())),
        }
    }

    fn mx_line(&mut self, value: &str) {
        if self.mx.len() == MOST_PATTERNS {
            return self.fault(PolicyFault::ManyMx);
        }
        let name = value.strip_prefix("*.").unwrap_or(value);
        let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        if letters && !name.ends_with('.') && mailauth::dns::name(name).is_some() {
            self.mx.push(value.to_ascii_lowercase());
        } else {
            self.fault(PolicyFault::Mx(value.chars().take(80).collect()));
        }
    }

    fn finish(&mut self, version: Option<bool>) {
        if version != Some(true) {
            self.fault(PolicyFault::Version);
        }
        let said = |policy: &Self, of: fn(&PolicyFault) -> bool| policy.faults.iter().any(of);
        if self.mode.is_none() && !said(self, |fault| matches!(fault, PolicyFault::Mode(_))) {
            self.fault(PolicyFault::NoMode);
        }
        if self.max_age.is_none() && !said(self, |fault| matches!(fault, PolicyFault::Age(_))) {
            self.fault(PolicyFault::NoAge);
        }
        if self.mx.is_empty() && self.mode != Some(Mode::None) {
            self.fault(PolicyFault::NoMx);
        }
    }
}

/// The file to publish.
#[must_use]
pub fn write(mode: Mode, hosts: &[String], max_age: u64) -> String {
    let hosts: String = hosts.iter().map(|host| format!("mx: {host}\n")).collect();
    format!("version: STSv1\nmode: {mode}\n{hosts}max_age: {max_age}\n")
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Mode, Policy, write};

    const GOOD: &str = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n";

    fn words(text: &str) -> Vec<String> {
        Policy::read(text.as_bytes()).faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_policy_says_what_its_lines_say() {
        let policy = Policy::read(GOOD.as_bytes());
        assert_eq!((policy.mode, policy.max_age), (Some(Mode::Enforce), Some(604_800)));
        assert_eq!(policy.mx, ["mx1.example.com", "*.example.net"]);
        assert_eq!((policy.faults.as_slice(), policy.is_valid()), ([].as_slice(), true));
    }

    #[test]
    fn line_ends_order_and_keys_of_others_do_not_matter() {
        assert_eq!(words("max_age: 1\nother: x\nmx:MX.Example.com\nmode:testing\nversion:STSv1"), Vec::<String>::new());
        assert_eq!(words("version: STSv1\nmode: none\nmax_age: 0"), Vec::<String>::new());
    }

    #[test]
    fn a_star_stands_for_one_label() {
        let policy = Policy::read(GOOD.as_bytes());
        for (host, allowed) in [
            ("mx1.example.com", true),
            ("mx2.example.com", false),
            ("a.example.net", true),
            ("a.b.example.net", false),
            ("example.net", false),
            (".example.net", false),
        ] {
            assert_eq!(policy.allows(host), allowed, "{host}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = write(Mode::Testing, &["mx.example.com".to_owned()], 86_400);
        assert_eq!(text, "version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 86400\n");
        assert_eq!(words(&text), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            (
                "",
                vec![
                    "it does not say \"version: STSv1\"",
                    "it has no mode",
                    "it has no max_age",
                    "it names no mx, so that no host may take mail",
                ],
            ),
            ("<!DOCTYPE html><title>Not found</title>", vec!["it is a web page and not a policy"]),
            (&GOOD.replace("STSv1", "STSv2"), vec!["it does not say \"version: STSv1\""]),
            (&GOOD.replace("enforce", "enforced"), vec!["the mode \"enforced\" does not exist; enforce, testing and none do"]),
            (&GOOD.replace("604800", "1 week"), vec!["max_age \"1 week\" is not a number of seconds"]),
            (
                &GOOD.replace("604800", "31557601"),
                vec!["max_age 31557601 is more than 31557600 seconds, the most that is allowed"],
            ),
            (
                &GOOD.replace("mx1.example.com", "mx1.example.com."),
                vec!["the mx \"mx1.example.com.\" is neither the name of a host nor \"*.\" before the name of a domain"],
            ),
            (
                &GOOD.replace("*.example.net", "*"),
                vec!["the mx \"*\" is neither the name of a host nor \"*.\" before the name of a domain"],
            ),
            (
                &GOOD.replace("mode:", "Mode:"),
                vec!["line 2 has \"Mode\" where a key must be in lower case, without a space before the colon", "it has no mode"],
            ),
            (&GOOD.replace("mode: enforce", "mode enforce"), vec!["line 2 is not of the form \"key: value\"", "it has no mode"]),
            (
                &format!("\u{feff}{GOOD}"),
                vec!["it begins with a byte order mark, which senders do not expect; save the file without it"],
            ),
            (&format!("{GOOD}mode: none\n"), vec!["mode stands more than once; the first counts"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
        assert_eq!(Policy::read(b"version: STSv1\n\xff").faults.len(), 1);
    }

    #[test]
    fn long_files_are_read_in_bounds() {
        let many = format!("{GOOD}{}", "mx: a.example.com\n".repeat(200));
        assert_eq!(words(&many), ["it names more than 100 mx; the others were not read"]);
        assert_eq!(Policy::read("nonsense\n".repeat(2_000).as_bytes()).faults.len(), 20);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_file_is_read(text in "((version|mode|max_age|mx|x) ?: ?[ -~]{0,12}\r?\n){0,5}", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Policy::read(text.as_bytes());
            let _ = Policy::read(&bytes).allows("mx.example.com");
        }
    }
}
