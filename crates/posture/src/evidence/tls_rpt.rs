//! Reports of senders that could not deliver over TLS (RFC 8460): the record at `_smtp._tls` that asks for them.

use mailauth::dkim::tags::{Gaps, TagFault, TagList};

use super::{Asking, DomainEvidence, MOST_RECORDS, Texts};

/// Most addresses that are read of one record.
const MOST_ADDRESSES: usize = 20;

/// What is published of TLS reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsRpt {
    /// What stands at `_smtp._tls` of the domain.
    pub texts: Texts,
    /// Those of the texts that are meant to ask for reports.
    pub records: Vec<TlsRptRecord>,
}

impl TlsRpt {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let texts = Texts::at(asking.resolver(), &format!("_smtp._tls.{}", asking.domain)).await;
        let records = texts.bytes().filter_map(TlsRptRecord::read).take(MOST_RECORDS).collect();
        Self { texts, records }
    }
}

impl DomainEvidence {
    /// The record to publish: reports go where the user wants them, or to an address of the domain.
    #[must_use]
    pub fn tls_rpt_wanted(&self) -> String {
        let address = self.report_address.clone().unwrap_or_else(|| format!("mailto:tls-reports@{}", self.domain));
        format!("v=TLSRPTv1; rua={address}")
    }
}

/// A record, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsRptRecord {
    /// The record; what is not UTF-8 is replaced.
    pub text: String,
    /// `rua`: where reports go, those that can be used.
    pub addresses: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<TlsRptFault>,
}

/// Something wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsRptFault {
    /// The version in other letters.
    #[error("it begins with {0:?}; senders look for v=TLSRPTv1, in these very letters, and pass over all else")]
    Version(String),
    /// No list of tags.
    #[error("it is not a list of tag=value parts between semicolons: {0}")]
    Tags(TagFault),
    /// No addresses.
    #[error("it has no rua, so nobody is told where reports go")]
    NoAddress,
    /// An address that no reports can go to.
    #[error("{0:?} is no address for reports: they are mailto: with an address, or https: with a host")]
    Address(String),
    /// Too many addresses.
    #[error("it names more than {MOST_ADDRESSES} addresses; the others were not read")]
    ManyAddresses,
}

impl TlsRptRecord {
    /// Reads a text. `None` if it is not meant to ask for reports, not even with a wrong version.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        if !text.get(..8)?.eq_ignore_ascii_case(b"v=tlsrpt") {
            return None;
        }
        let mut record = Self { text: String::from_utf8_lossy(text).into_owned(), addresses: Vec::new(), faults: Vec::new() };
        if !Self::counts(text) {
            let version = record.text.split([';', ' ']).next().unwrap_or_default();
            record.faults.push(TlsRptFault::Version(version.chars().take(20).collect()));
        }
        match TagList::parse(text, Gaps::Ignored) {
            Ok(tags) => record.reports(&tags.get("rua").map(|tag| tag.text().into_owned()).unwrap_or_default()),
            Err(fault) => record.faults.push(TlsRptFault::Tags(fault)),
        }
        Some(record)
    }

    /// Whether senders count a text among the records: those that begin otherwise are passed over, and of the rest there must be one
    /// (section 3).
    #[must_use]
    pub fn counts(text: &[u8]) -> bool {
        text.strip_prefix(b"v=TLSRPTv1").is_some_and(|rest| matches!(rest.trim_ascii_start().first(), None | Some(b';')))
    }

    fn reports(&mut self, value: &str) {
        let mut addresses = value.split(',').map(str::trim).filter(|address| !address.is_empty());
        for address in addresses.by_ref().take(MOST_ADDRESSES) {
            if is_address(address) {
                self.addresses.push(address.to_owned());
            } else {
                self.faults.push(TlsRptFault::Address(address.chars().take(80).collect()));
            }
        }
        if addresses.next().is_some() {
            self.faults.push(TlsRptFault::ManyAddresses);
        }
        if self.addresses.is_empty() && self.faults.is_empty() {
            self.faults.push(TlsRptFault::NoAddress);
        }
    }
}

/// Whether reports can go there: a URI of one of the two forms (section 3).
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let clean = |text: &str| !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    match scheme.to_ascii_lowercase().as_str() {
        "mailto" => rest.split_once('@').is_some_and(|(who, place)| clean(who) && clean(place) && place.contains('.')),
        "https" => rest.strip_prefix("//").is_some_and(|rest| clean(rest) && !rest.starts_with(['/', '?', '#'])),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::TlsRptRecord;

    fn words(text: &str) -> Option<Vec<String>> {
        TlsRptRecord::read(text.as_bytes()).map(|record| record.faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_record_says_where_reports_go() {
        let record = TlsRptRecord::read(b"v=TLSRPTv1; rua=mailto:tls@example.com, https://reports.example.net/v1/tls;").unwrap();
        assert_eq!(record.addresses, ["mailto:tls@example.com", "https://reports.example.net/v1/tls"]);
        assert_eq!(record.faults, []);
    }

    #[test]
    fn other_texts_are_none() {
        for text in ["", "v=TLS", "v=spf1 -all", "rua=mailto:a@example.com; v=TLSRPTv1"] {
            assert_eq!(words(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            ("v=TLSRPTv1", "it has no rua, so nobody is told where reports go"),
            ("v=TLSRPTv1; rua=", "it has no rua, so nobody is told where reports go"),
            (
                "v=TLSRPTv1; rua=tls@example.com",
                "\"tls@example.com\" is no address for reports: they are mailto: with an address, or https: with a host",
            ),
            (
                "v=TLSRPTv1; rua=http://example.com/",
                "\"http://example.com/\" is no address for reports: they are mailto: with an address, or https: with a host",
            ),
            (
                "v=tlsrptv1; rua=mailto:a@example.com",
                "it begins with \"v=tlsrptv1\"; senders look for v=TLSRPTv1, in these very letters, and pass over all else",
            ),
            (
                "v=TLSRPTv1 rua=mailto:a@example.com",
                "it begins with \"v=TLSRPTv1\"; senders look for v=TLSRPTv1, in these very letters, and pass over all else",
            ),
        ] {
            assert_eq!(words(text).unwrap_or_default().first().map(String::as_str), Some(expected), "{text:?}");
        }
        let many = format!("v=TLSRPTv1; rua={}", vec!["mailto:a@example.com"; 30].join(","));
        assert_eq!(words(&many), Some(vec!["it names more than 20 addresses; the others were not read".to_owned()]));
    }
}
