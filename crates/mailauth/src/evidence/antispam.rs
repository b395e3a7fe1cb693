//! X-Forefront-Antispam-Report: what Exchange Online Protection made of a message. The vocabularies are in `data/forefront.tsv`
//! (source: learn.microsoft.com, "Anti-spam message headers in Microsoft 365").

use std::net::IpAddr;

use serde::Serialize;

use super::pairs::{pairs, value};
use crate::{authres::ip, table::Table};

/// `KEY:VALUE`, kind of threat, detection technology, meaning.
static VOCABULARY: Table = Table::new(include_str!("../../data/forefront.tsv"));

/// One header, read. What was not there, or was empty, is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AntispamReport {
    /// CIP: the connecting address; 255.255.255.255, for mail that came from within, is `None` here.
    pub client_ip: Option<IpAddr>,
    /// CTRY: the country of the address, two letters.
    pub country: Option<String>,
    /// LANG: the language of the text.
    pub language: Option<String>,
    /// SCL: spam confidence level, -1 to 9.
    pub scl: Option<i32>,
    /// SRV: `BULK` for bulk mail.
    pub service: Option<String>,
    /// IPV: whether the address is on a list: `CAL` (allowed) or `NLI` (on none).
    pub ip_verdict: Option<String>,
    /// SFV: the spam filter's verdict, such as `NSPM`, `SPM`, `SKN`.
    pub spam_verdict: Option<String>,
    /// H: what the client greeted with.
    pub helo: Option<String>,
    /// PTR: the name of the address.
    pub ptr: Option<String>,
    /// CAT: the category of the protection policy, such as `SPOOF`.
    pub category: Option<String>,
    /// SFTY: kinds of phishing, such as `9.20`.
    pub safety: Option<String>,
    /// SFP: a policy of outbound mail.
    pub policy: Option<String>,
    /// DIR: `INB`, `OUT` or `INT`.
    pub direction: Option<String>,
    /// SFS: numbers of the filter's rules that matched.
    pub rules: Vec<String>,
    /// All keys and values in their order.
    pub pairs: Vec<(String, String)>,
}

impl AntispamReport {
    /// Reads the value of a header. Never fails.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = pairs(text);
        let get = |key: &str| value(&pairs, key);
        let nobody = IpAddr::from([255, 255, 255, 255]);
        let rules = get("SFS").unwrap_or_default();
        let rules = rules.split(['(', ')', '|']).map(str::trim).filter(|rule| !rule.is_empty()).map(ToOwned::to_owned).collect();
        Self {
            client_ip: get("CIP").and_then(|text| ip(&text)).filter(|found| *found != nobody),
            country: get("CTRY"),
            language: get("LANG"),
            scl: get("SCL").and_then(|text| text.parse().ok()),
            service: get("SRV"),
            ip_verdict: get("IPV"),
            spam_verdict: get("SFV"),
            helo: get("H"),
            ptr: get("PTR"),
            category: get("CAT"),
            safety: get("SFTY"),
            policy: get("SFP"),
            direction: get("DIR"),
            rules,
            pairs,
        }
    }

    /// The kind of threat that the category stands for, as `EmailEvents.ThreatTypes` has it: `Spam`, `Phish` or `Malware`; of the kinds of phishing
    /// that SFTY names it is `Phish`. `None` where there is none.
    #[must_use]
    pub fn threat(&self) -> Option<&'static str> {
        self.known().into_iter().find_map(|row| row.first().copied().filter(|cell| !cell.is_empty()))
    }

    /// The detection technology that the category stands for, as `EmailEvents.DetectionMethods` names it.
    #[must_use]
    pub fn technology(&self) -> Option<&'static str> {
        self.known().into_iter().find_map(|row| row.get(1).copied().filter(|cell| !cell.is_empty()))
    }

    /// The rows of category and kinds of phishing.
    fn known(&self) -> Vec<&'static [&'static str]> {
        let category = self.category.iter().map(|value| ("CAT", value.as_str()));
        let safety = self.safety.iter().flat_map(|value| value.split([',', '|'])).map(|value| ("SFTY", value));
        category.chain(safety).filter_map(|(key, value)| row(key, value)).collect()
    }

    /// What a value of a key means, in a sentence; `None` if it is not known.
    #[must_use]
    pub fn meaning(key: &str, value: &str) -> Option<&'static str> {
        row(key, value)?.get(2).copied()
    }

    /// Key, value and meaning of every pair whose value is known, in the order of the header.
    #[must_use]
    pub fn meanings(&self) -> Vec<(&str, &str, &'static str)> {
        let known = |(key, value): &(String, String)| Self::meaning(key, value);
        self.pairs.iter().filter_map(|pair| Some((pair.0.as_str(), pair.1.as_str(), known(pair)?))).collect()
    }
}

fn row(key: &str, value: &str) -> Option<&'static [&'static str]> {
    VOCABULARY.row(&format!("{}:{}", key.to_ascii_uppercase(), value.trim().to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::AntispamReport;

    #[test]
    fn every_key_is_read() {
        let found = AntispamReport::parse(
            "CIP:192.0.2.1;CTRY:NL;LANG:en;SCL:5;SRV:;IPV:NLI;SFV:SPM;H:a.example;PTR:b.example;CAT:SPOOF;SFS:(13230025)(451199018);SFTY:9.22;DIR:INB;",
        );
        assert_eq!(found.client_ip, "192.0.2.1".parse().ok());
        assert_eq!((found.scl, found.service.as_deref(), found.helo.as_deref()), (Some(5), None, Some("a.example")));
        assert_eq!((found.category.as_deref(), found.direction.as_deref()), (Some("SPOOF"), Some("INB")));
        assert_eq!((found.threat(), found.rules.len()), (Some("Phish"), 2));
        assert_eq!(found.pairs.len(), 13);
        assert!(found.meanings().iter().any(|(key, ..)| *key == "SFV"));
    }

    #[test]
    fn an_ipv6_address_keeps_its_colons_and_nobody_is_none() {
        assert_eq!(AntispamReport::parse("CIP:2001:db8::1;DIR:INB").client_ip, "2001:db8::1".parse().ok());
        assert_eq!(AntispamReport::parse("CIP:255.255.255.255;SCL:-1").client_ip, None);
        assert_eq!(AntispamReport::parse("CIP:255.255.255.255;SCL:-1").scl, Some(-1));
    }

    #[test]
    fn categories_are_kinds_of_threats() {
        let cases = [
            ("SPM", "Spam"),
            ("BULK", "Spam"),
            ("HPHISH", "Phish"),
            ("HPHSH", "Phish"),
            ("DIMP", "Phish"),
            ("MALW", "Malware"),
            ("FTBP", "Malware"),
        ];
        for (category, threat) in cases {
            assert_eq!(AntispamReport::parse(&format!("CAT:{category}")).threat(), Some(threat), "{category}");
        }
        assert_eq!(AntispamReport::parse("CAT:NONE;SFTY:9.20").threat(), Some("Phish"));
        assert_eq!(AntispamReport::parse("CAT:NONE").threat(), None);
        assert_eq!(AntispamReport::parse("garbage;:;=;;").threat(), None);
    }
}
