//! A BIMI record (section 4.2 of the draft). Pure.

use mailauth::dkim::tags::{Gaps, Tag, TagFault, TagList};

/// A record, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BimiRecord {
    /// The record; what is not UTF-8 is replaced.
    pub text: String,
    /// `l=`: where the picture is. `None` where the domain wants none shown, or the place makes no sense.
    pub logo: Option<String>,
    /// `a=`: where the certificate is.
    pub certificate: Option<String>,
    /// Both are empty: the domain says that no logo is to be shown.
    pub declined: bool,
    /// What is wrong with it.
    pub faults: Vec<BimiFault>,
}

/// Something wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BimiFault {
    /// The version in other letters.
    #[error("it begins with {0:?}; mailboxes look for v=BIMI1, in these very letters")]
    Version(String),
    /// No list of tags.
    #[error("it is not a list of tag=value parts between semicolons: {0}")]
    Tags(TagFault),
    /// No `l=`.
    #[error("it has no l=, so it names no logo")]
    NoLogo,
    /// A place that is no address over HTTPS.
    #[error("{0}={1} is no address of a web server that begins with https://")]
    Address(&'static str, String),
    /// A picture of another kind.
    #[error("l={0} does not end in .svg; logos are SVG pictures and nothing else")]
    NotSvg(String),
}

impl BimiRecord {
    /// Reads a text. `None` if it is not meant as a BIMI record, not even with a wrong version.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        if !text.get(..6)?.eq_ignore_ascii_case(b"v=bimi") {
            return None;
        }
        let shown = String::from_utf8_lossy(text).into_owned();
        let mut record = Self { text: shown, logo: None, certificate: None, declined: false, faults: Vec::new() };
        let version = text.strip_prefix(b"v=BIMI1");
        if !version.is_some_and(|rest| matches!(rest.trim_ascii_start().first(), None | Some(b';'))) {
            let version = record.text.split([';', ' ']).next().unwrap_or_default();
            record.faults.push(BimiFault::Version(version.chars().take(20).collect()));
        }
        match TagList::parse(text, Gaps::Ignored) {
            Ok(tags) => record.tags(&tags),
            Err(fault) => record.faults.push(BimiFault::Tags(fault)),
        }
        Some(record)
    }

    fn tags(&mut self, tags: &TagList<'_>) {
        let value = |name| tags.get(name).map(Tag::text).unwrap_or_default();
        let (logo, certificate) = (value("l"), value("a"));
        if tags.get("l").is_none() {
            self.faults.push(BimiFault::NoLogo);
        }
        self.declined = tags.get("l").is_some() && logo.is_empty() && certificate.is_empty();
        self.logo = self.address("l", &logo);
        self.certificate = self.address("a", &certificate);
        if let Some(logo) = &self.logo {
            let path = logo.split(['?', '#']).next().unwrap_or_default();
            if !path.to_ascii_lowercase().ends_with(".svg") {
                self.faults.push(BimiFault::NotSvg(logo.chars().take(120).collect()));
            }
        }
    }

    fn address(&mut self, tag: &'static str, value: &str) -> Option<String> {
        if value.is_empty() {
            return None;
        }
        let good = is_address(value);
        if !good {
            self.faults.push(BimiFault::Address(tag, value.chars().take(120).collect()));
        }
        good.then(|| value.to_owned())
    }
}

/// Whether it is an address over HTTPS at a named host: whoever publishes a record may not send us to machines of our own network by their
/// numbers, or anywhere with a password.
fn is_address(value: &str) -> bool {
    let foreign = |letter: char| letter.is_whitespace() || letter.is_control();
    let Some((start, rest)) = value.split_at_checked(8).filter(|_| !value.contains(foreign)) else { return false };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let numbers = host.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    start.eq_ignore_ascii_case("https://")
        && host.contains('.')
        && !numbers
        && mailauth::dns::name(host).is_some()
        && !rest.contains('@')
}

#[cfg(test)]
mod tests {
    use super::BimiRecord;

    fn words(text: &str) -> Option<Vec<String>> {
        BimiRecord::read(text.as_bytes()).map(|record| record.faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_record_names_a_logo_and_a_certificate() {
        let record =
            BimiRecord::read(b"v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/mark.pem; avp=brand").unwrap();
        assert_eq!(record.logo.as_deref(), Some("https://example.com/logo.svg"));
        assert_eq!(record.certificate.as_deref(), Some("https://example.com/mark.pem"));
        assert_eq!((record.declined, record.faults.as_slice()), (false, [].as_slice()));
    }

    #[test]
    fn a_domain_may_want_no_logo() {
        let record = BimiRecord::read(b"v=BIMI1; l=; a=;").unwrap();
        assert_eq!((record.declined, record.logo, record.faults.as_slice()), (true, None, [].as_slice()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(words("v=spf1 -all"), None);
        for (text, expected) in [
            (
                "v=bimi1; l=https://example.com/a.svg",
                "it begins with \"v=bimi1\"; mailboxes look for v=BIMI1, in these very letters",
            ),
            ("v=BIMI1; a=https://example.com/a.pem", "it has no l=, so it names no logo"),
            (
                "v=BIMI1; l=http://example.com/a.svg",
                "l=http://example.com/a.svg is no address of a web server that begins with https://",
            ),
            ("v=BIMI1; l=https://", "l=https:// is no address of a web server that begins with https://"),
            (
                "v=BIMI1; l=https://192.0.2.1/a.svg",
                "l=https://192.0.2.1/a.svg is no address of a web server that begins with https://",
            ),
            (
                "v=BIMI1; l=https://localhost/a.svg",
                "l=https://localhost/a.svg is no address of a web server that begins with https://",
            ),
            (
                "v=BIMI1; l=https://[2001:db8::1]/a.svg",
                "l=https://[2001:db8::1]/a.svg is no address of a web server that begins with https://",
            ),
            (
                "v=BIMI1; l=https://a@b.example/a.svg",
                "l=https://a@b.example/a.svg is no address of a web server that begins with https://",
            ),
            (
                "v=BIMI1; l=https://example.com/a.png",
                "l=https://example.com/a.png does not end in .svg; logos are SVG pictures and nothing else",
            ),
            (
                "v=BIMI1; nonsense",
                "it is not a list of tag=value parts between semicolons: \"nonsense\" is not of the form name=value",
            ),
        ] {
            assert_eq!(words(text), Some(vec![expected.to_owned()]), "{text:?}");
        }
    }
}
