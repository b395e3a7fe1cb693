//! DMARC records to publish: what stands there, without what is wrong or obsolete in it, and with what should be other.

use std::fmt::{self, Write as _};

use mailauth::dmarc::{
    Policy, Record,
    record::{Alignment, PublicSuffix},
};

use crate::{Finding, evidence::DomainEvidence};

/// A record in the making.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) policy: Policy,
    pub(crate) subdomains: Option<Policy>,
    pub(crate) nonexistent: Option<Policy>,
    pub(crate) dkim: Alignment,
    pub(crate) spf: Alignment,
    pub(crate) public_suffix: PublicSuffix,
    pub(crate) testing: bool,
    pub(crate) aggregate: Vec<String>,
    pub(crate) failure: Vec<String>,
    pub(crate) options: Vec<char>,
}

impl Draft {
    /// A policy and nothing else.
    pub(crate) const fn new(policy: Policy) -> Self {
        Self {
            policy,
            subdomains: None,
            nonexistent: None,
            dkim: Alignment::Relaxed,
            spf: Alignment::Relaxed,
            public_suffix: PublicSuffix::Unknown,
            testing: false,
            aggregate: Vec::new(),
            failure: Vec::new(),
            options: Vec::new(),
        }
    }

    /// What a record says, without its faults.
    pub(crate) fn of(record: &Record) -> Self {
        // A record is published as it is written here: an address that is no plain text is none.
        let plain = |addresses: &[String]| {
            let good = addresses.iter().filter(|address| address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'));
            good.map(|address| without_size(address)).collect()
        };
        Self {
            policy: record.policy.unwrap_or(Policy::None),
            subdomains: record.subdomain_policy,
            nonexistent: record.nonexistent_policy,
            dkim: record.dkim_alignment,
            spf: record.spf_alignment,
            public_suffix: record.public_suffix,
            testing: record.testing,
            aggregate: plain(&record.aggregate_reports),
            failure: plain(&record.failure_reports),
            options: record.failure_options.clone(),
        }
    }

    /// The same, asking for reports: at the addresses it has, the user's, or one that the domain's owner would have to make.
    pub(crate) fn reporting(mut self, evidence: &DomainEvidence) -> Self {
        if self.aggregate.is_empty() {
            let own = || format!("mailto:dmarc@{}", evidence.domain);
            self.aggregate.push(evidence.report_address.clone().unwrap_or_else(own));
        }
        self
    }

    /// The same, with nothing weaker for sub-domains than for the domain.
    pub(crate) fn no_weaker_below(mut self) -> Self {
        let policy = self.policy;
        self.subdomains = self.subdomains.filter(|below| *below >= policy);
        self.nonexistent = self.nonexistent.filter(|below| *below >= policy);
        self
    }
}

impl Finding {
    /// The same, with a record to publish in the place of another.
    #[must_use]
    pub(crate) fn rewrites(self, name: &str, record: &Record, draft: &Draft) -> Self {
        self.publish(name, "TXT", draft.to_string(), std::slice::from_ref(&record.text))
    }
}

/// An address without the limit of size that RFC 7489 had after `!`, and RFC 9989 passes over.
fn without_size(address: &str) -> String {
    match address.rsplit_once('!') {
        Some((plain, size)) if size.starts_with(|letter: char| letter.is_ascii_digit()) => plain.to_owned(),
        _ => address.to_owned(),
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=DMARC1; p={}", self.policy.as_str())?;
        for (tag, policy) in [("sp", self.subdomains), ("np", self.nonexistent)] {
            policy.map_or(Ok(()), |policy| write!(f, "; {tag}={}", policy.as_str()))?;
        }
        for (tag, alignment) in [("adkim", self.dkim), ("aspf", self.spf)] {
            if alignment == Alignment::Strict {
                write!(f, "; {tag}=s")?;
            }
        }
        match self.public_suffix {
            PublicSuffix::Yes => f.write_str("; psd=y")?,
            PublicSuffix::No => f.write_str("; psd=n")?,
            PublicSuffix::Unknown => {}
        }
        if self.testing {
            f.write_str("; t=y")?;
        }
        for (tag, addresses) in [("rua", &self.aggregate), ("ruf", &self.failure)] {
            if !addresses.is_empty() {
                write!(f, "; {tag}={}", addresses.join(","))?;
            }
        }
        if !self.options.is_empty() {
            f.write_str("; fo=")?;
            for (place, letter) in self.options.iter().enumerate() {
                if place > 0 {
                    f.write_char(':')?;
                }
                f.write_char(*letter)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mailauth::dmarc::Record;

    use super::Draft;

    fn rewritten(text: &str) -> String {
        Record::read(text.as_bytes()).map(|record| Draft::of(&record).to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_right_stays() {
        let right = "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s; psd=n; t=y; rua=mailto:a@example.com,mailto:b@example.net; ruf=mailto:c@example.com; fo=1:d";
        assert_eq!(rewritten(right), right);
    }

    #[test]
    fn what_is_wrong_or_obsolete_goes() {
        let wrong = "v=DMARC1;p=quarantine;pct=50;rf=afrf;ri=3600;adkim=x;color=red;rua=mailto:a@example.com!10m,b@example.com";
        assert_eq!(rewritten(wrong), "v=DMARC1; p=quarantine; rua=mailto:a@example.com");
    }
}
