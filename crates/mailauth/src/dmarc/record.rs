//! A DMARC policy record (RFC 9989 section 4.7) from text. Pure; what is wrong with a record is kept beside what it says, for those who check domains.

use super::Policy;

/// How alike two domains must be (RFC 9989 section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// They have one organisational domain.
    #[default]
    Relaxed,
    /// They are equal.
    Strict,
}

/// What a record says of the domain that publishes it (`psd`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PublicSuffix {
    /// It registers names for others.
    Yes,
    /// It is an organisational domain.
    No,
    /// Nothing.
    #[default]
    Unknown,
}

/// A record that holds a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The record as it was published.
    pub text: String,
    /// `p`: what to do with mail of the domain itself. A record without it, or with a policy that makes no sense, counts as `none` where it has a
    /// valid `rua`. Elsewhere it is `None`: mail that the record would apply to has no policy at all (RFC 9989 section 4.10.1).
    pub policy: Option<Policy>,
    /// `sp`: of names below it that exist; `None` is as `p`.
    pub subdomain_policy: Option<Policy>,
    /// `np`: of names below it that do not exist; `None` is as `sp`.
    pub nonexistent_policy: Option<Policy>,
    /// `adkim`.
    pub dkim_alignment: Alignment,
    /// `aspf`.
    pub spf_alignment: Alignment,
    /// `psd`.
    pub public_suffix: PublicSuffix,
    /// `t=y`: the policy is being tried out, and applies one step lower.
    pub testing: bool,
    /// `rua`: where aggregate reports go.
    pub aggregate_reports: Vec<String>,
    /// `ruf`: where failure reports go.
    pub failure_reports: Vec<String>,
    /// `fo`: when failure reports are asked for, the letters that make sense.
    pub failure_options: Vec<char>,
    /// What is wrong with it, or has no meaning any more.
    pub faults: Vec<Fault>,
}

/// Something wrong with a record. None of it keeps the rest of the record from counting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A part that is no `tag=value`.
    #[error("`{0}` is not of the form tag=value")]
    NotATag(String),
    /// A tag that stands twice; the first counts.
    #[error("the tag `{0}` stands more than once; the first counts")]
    Repeated(String),
    /// A value that the tag does not have.
    #[error("`{value}` is no value of the tag `{tag}`; it is taken for missing")]
    Value {
        /// The tag.
        tag: &'static str,
        /// What stands there.
        value: String,
    },
    /// An address for reports that is no URI.
    #[error("`{0}` is no address for reports: they are URIs such as mailto:reports@example.com")]
    Address(String),
    /// A tag that RFC 9989 has taken away.
    #[error("the tag `{0}` means nothing since RFC 9989")]
    Obsolete(String),
    /// A tag nobody knows.
    #[error("the tag `{0}` is unknown, and passed over")]
    Unknown(String),
    /// No policy.
    #[error("the record has no valid `p`, and counts as p=none because it asks for reports")]
    CountsAsNone,
    /// No policy, and no wish for reports either.
    #[error(
        "the record has no valid `p` and asks for no reports: it means nothing, and mail that it would apply to has no policy"
    )]
    NoPolicy,
}

/// Tags that RFC 7489 had and RFC 9989 has not.
const OBSOLETE: [&str; 3] = ["pct", "rf", "ri"];

/// Whether a text at `_dmarc` is meant as a policy: the first tag says so, letter for letter.
#[must_use]
pub fn is_policy(text: &[u8]) -> bool {
    let Some(rest) = text.trim_ascii_start().strip_prefix(b"v") else { return false };
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"=") else { return false };
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"DMARC1") else { return false };
    matches!(rest.trim_ascii_start().first(), None | Some(b';'))
}

impl Record {
    /// Reads a text. `None` if it is not meant as a policy.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        if !is_policy(text) {
            return None;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        let mut reading = Reading::default();
        let parts: Vec<String> = text.split(';').skip(1).map(|part| part.trim_matches([' ', '\t']).to_owned()).collect();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            reading.tag(part);
        }
        Some(reading.finish(text))
    }

    /// What is asked for a name below the record's domain, and by which tag.
    #[must_use]
    pub fn below(&self, exists: bool) -> Option<(Policy, &'static str)> {
        let own = (self.policy?, "p");
        let sub = self.subdomain_policy.map(|policy| (policy, "sp"));
        let missing = if exists { None } else { self.nonexistent_policy.map(|policy| (policy, "np")) };
        missing.or(sub).or(Some(own))
    }
}

/// Tags as they are met.
#[derive(Debug, Default)]
struct Reading {
    seen: Vec<String>,
    p: Option<Policy>,
    sp: Option<Policy>,
    np: Option<Policy>,
    adkim: Option<Alignment>,
    aspf: Option<Alignment>,
    psd: Option<PublicSuffix>,
    t: Option<bool>,
    rua: Vec<String>,
    ruf: Vec<String>,
    fo: Vec<char>,
    /// Whether `p`, `sp` or `np` makes no sense.
    spoilt: bool,
    faults: Vec<Fault>,
}

impl Reading {
    fn tag(&mut self, part: &str) {
        let Some((tag, value)) = part.split_once('=') else {
            return self.faults.push(Fault::NotATag(part.to_owned()));
        };
        let (tag, value) = (tag.trim_end().to_ascii_lowercase(), value.trim_start());
        if self.seen.contains(&tag) {
            return self.faults.push(Fault::Repeated(tag));
        }
        let low = value.to_ascii_lowercase();
        match tag.as_str() {
            "p" => self.p = self.policy("p", &low),
            "sp" => self.sp = self.policy("sp", &low),
            "np" => self.np = self.policy("np", &low),
            "adkim" => self.adkim = self.one("adkim", &low, alignment),
            "aspf" => self.aspf = self.one("aspf", &low, alignment),
            "psd" => self.psd = self.one("psd", &low, public_suffix),
            "t" => self.t = self.one("t", &low, testing),
            "rua" => self.rua = self.addresses(value),
            "ruf" => self.ruf = self.addresses(value),
            "fo" => self.fo = self.options(&low),
            known if OBSOLETE.contains(&known) => self.faults.push(Fault::Obsolete(tag.clone())),
            _ => self.faults.push(Fault::Unknown(tag.clone())),
        }
        self.seen.push(tag);
    }

    fn one<T>(&mut self, tag: &'static str, value: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let read = read(value);
        if read.is_none() {
            self.faults.push(Fault::Value { tag, value: value.to_owned() });
        }
        read
    }

    fn policy(&mut self, tag: &'static str, value: &str) -> Option<Policy> {
        let policy = self.one(tag, value, policy);
        self.spoilt |= policy.is_none();
        policy
    }

    fn addresses(&mut self, value: &str) -> Vec<String> {
        let (good, bad): (Vec<&str>, Vec<&str>) =
            value.split(',').map(str::trim).filter(|address| !address.is_empty()).partition(|address| is_address(address));
        self.faults.extend(bad.into_iter().map(|address| Fault::Address(address.to_owned())));
        good.into_iter().map(str::to_owned).collect()
    }

    fn options(&mut self, value: &str) -> Vec<char> {
        let mut options = Vec::new();
        for option in value.split(':').map(str::trim) {
            match option.chars().next().filter(|letter| option.len() == 1 && "01ds".contains(*letter)) {
                Some(letter) => options.push(letter),
                None => self.faults.push(Fault::Value { tag: "fo", value: option.to_owned() }),
            }
        }
        options
    }

    fn finish(mut self, text: String) -> Record {
        // An invalid sp or np spoils the record as a missing p does (RFC 9989 section 4.10.1).
        let policy = self.p.filter(|_| !self.spoilt);
        if policy.is_none() {
            self.faults.push(if self.rua.is_empty() { Fault::NoPolicy } else { Fault::CountsAsNone });
            (self.sp, self.np) = (None, None);
        }
        Record {
            text,
            policy: policy.or_else(|| (!self.rua.is_empty()).then_some(Policy::None)),
            subdomain_policy: self.sp,
            nonexistent_policy: self.np,
            dkim_alignment: self.adkim.unwrap_or_default(),
            spf_alignment: self.aspf.unwrap_or_default(),
            public_suffix: self.psd.unwrap_or_default(),
            testing: self.t.unwrap_or_default(),
            aggregate_reports: self.rua,
            failure_reports: self.ruf,
            failure_options: self.fo,
            faults: self.faults,
        }
    }
}

fn policy(value: &str) -> Option<Policy> {
    match value {
        "none" => Some(Policy::None),
        "quarantine" => Some(Policy::Quarantine),
        "reject" => Some(Policy::Reject),
        _ => None,
    }
}

fn alignment(value: &str) -> Option<Alignment> {
    match value {
        "r" => Some(Alignment::Relaxed),
        "s" => Some(Alignment::Strict),
        _ => None,
    }
}

fn public_suffix(value: &str) -> Option<PublicSuffix> {
    match value {
        "y" => Some(PublicSuffix::Yes),
        "n" => Some(PublicSuffix::No),
        "u" => Some(PublicSuffix::Unknown),
        _ => None,
    }
}

fn testing(value: &str) -> Option<bool> {
    match value {
        "y" => Some(true),
        "n" => Some(false),
        _ => None,
    }
}

/// A URI that reports can go to; a limit of their size after `!` is of RFC 7489, and passed over.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let rest = rest.split('!').next().unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "mailto" => rest.split_once('@').is_some_and(|(who, place)| !who.is_empty() && place.contains('.')),
        _ => !rest.is_empty() && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Alignment, Fault, Policy, PublicSuffix, Record, is_policy};

    fn read(text: &str) -> Option<Record> {
        Record::read(text.as_bytes())
    }

    #[test]
    fn a_record_says_what_its_tags_say() {
        let record = read("v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; psd=n; t=y; rua=mailto:a@example.com,mailto:b@example.net!10m; fo=1:d").unwrap();
        assert_eq!(
            (record.policy, record.below(true), record.below(false)),
            (Some(Policy::Reject), Some((Policy::Quarantine, "sp")), Some((Policy::None, "np")))
        );
        assert_eq!((record.dkim_alignment, record.spf_alignment), (Alignment::Strict, Alignment::Relaxed));
        assert_eq!((record.public_suffix, record.testing), (PublicSuffix::No, true));
        assert_eq!(record.aggregate_reports, ["mailto:a@example.com", "mailto:b@example.net!10m"]);
        assert_eq!(record.failure_options, ['1', 'd']);
        assert_eq!(record.faults, []);
    }

    #[test]
    fn the_version_stands_first_letter_for_letter() {
        assert!(is_policy(b"v=DMARC1") && is_policy(b"v = DMARC1 ; p=none"));
        for other in ["V=DMARC1; p=none", "v=dmarc1; p=none", "v=DMARC2", "v=DMARC10", "p=none; v=DMARC1", "v=spf1 -all", ""] {
            assert!(!is_policy(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn names_and_values_of_tags_may_be_in_capitals() {
        assert_eq!(
            read("v=DMARC1; P=REJECT; ASPF=S").map(|record| (record.policy, record.spf_alignment)),
            Some((Some(Policy::Reject), Alignment::Strict))
        );
    }

    #[test]
    fn without_a_policy_only_a_wish_for_reports_makes_a_record() {
        let policy =
            |text: &str| read(text).map(|record| (record.policy, record.below(true).map(|(policy, _)| policy), record.faults));
        for text in ["v=DMARC1", "v=DMARC1; p=", "v=DMARC1; sp=reject"] {
            assert_eq!(read(text).and_then(|record| record.policy), None, "{text}");
        }
        let value = |tag: &'static str| Fault::Value { tag, value: "refuse".to_owned() };
        assert_eq!(policy("v=DMARC1; p=refuse"), Some((None, None, vec![value("p"), Fault::NoPolicy])));
        assert_eq!(policy("v=DMARC1; p=reject; sp=refuse"), Some((None, None, vec![value("sp"), Fault::NoPolicy])));
        let none = Some(Policy::None);
        let asks = "v=DMARC1; p=refuse; sp=reject; rua=mailto:a@example.com";
        assert_eq!(policy(asks), Some((none, none, vec![value("p"), Fault::CountsAsNone])));
    }

    #[test]
    fn what_is_wrong_or_obsolete_is_said_and_does_not_spoil_the_rest() {
        let record = read("v=DMARC1; p=reject; pct=50; p=none; color=red; adkim=x; nothing; rua=reports@example.com;;").unwrap();
        assert_eq!(record.policy, Some(Policy::Reject));
        let words: Vec<String> = record.faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "the tag `pct` means nothing since RFC 9989",
                "the tag `p` stands more than once; the first counts",
                "the tag `color` is unknown, and passed over",
                "`x` is no value of the tag `adkim`; it is taken for missing",
                "`nothing` is not of the form tag=value",
                "`reports@example.com` is no address for reports: they are URIs such as mailto:reports@example.com",
            ]
        );
    }
}
