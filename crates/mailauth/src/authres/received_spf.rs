//! Received-SPF (RFC 7208 section 9.1): an older way to write a result of SPF.

use std::net::IpAddr;

use serde::Serialize;

use super::overview::{ip, ip_in};
use crate::{lex, message::unfold};

/// One header, read. What was not there is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReceivedSpf {
    /// The result, in lower case; empty if there is none.
    pub result: String,
    /// The comment after it, without parentheses.
    pub comment: Option<String>,
    /// The address of the client (`client-ip`, or the one the comment names).
    pub client_ip: Option<IpAddr>,
    /// The envelope sender (`envelope-from`), without quotes and angle brackets; empty for a bounce.
    pub envelope_from: Option<String>,
    /// The name the client greeted with.
    pub helo: Option<String>,
    /// Who checked.
    pub receiver: Option<String>,
    /// Which name was checked: `mailfrom` or `helo`.
    pub identity: Option<String>,
    /// The mechanism that decided.
    pub mechanism: Option<String>,
    /// What went wrong.
    pub problem: Option<String>,
    /// The domain the comment speaks of, as in Microsoft's and Google's `domain of example.com designates`; of an address its domain.
    pub domain: Option<String>,
    /// All pairs, the known ones too, names in lower case.
    pub pairs: Vec<(String, String)>,
}

impl ReceivedSpf {
    /// Most pairs that are read.
    pub const MOST_PAIRS: usize = 50;

    /// Reads the value of a header, folded or not. Never fails.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let text = unfold(value.as_bytes());
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '(' | ';')).unwrap_or(text.len());
        let mut found = Self { result: text[..end].to_ascii_lowercase(), ..Self::default() };
        let mut at = end;
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            if c == '(' {
                let read = lex::comment(&text, at);
                at = read.end;
                found.comment.get_or_insert(read.inner);
            } else if c.is_whitespace() || matches!(c, ';' | ',') {
                at += c.len_utf8();
            } else if found.pairs.len() >= Self::MOST_PAIRS {
                break;
            } else {
                at = found.pair(&text, at);
            }
        }
        found.settle();
        found
    }

    /// Reads `key=value` at a place; where it ends.
    fn pair(&mut self, text: &str, at: usize) -> usize {
        let stop = |c: char| c.is_whitespace() || matches!(c, ';' | '=' | '(');
        let rest = &text[at..];
        let length = rest.find(stop).unwrap_or(rest.len());
        let key = rest[..length].to_ascii_lowercase();
        let after = rest[length..].trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            // A word alone. A sign that begins nothing is passed over.
            return at + length.max(rest.chars().next().map_or(1, char::len_utf8));
        };
        let place = text.len() - value.len();
        let (value, end) = if value.starts_with('"') && lex::quoted(text, place).closed {
            let read = lex::quoted(text, place);
            (read.inner, read.end)
        } else {
            let length = value.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(value.len());
            (value[..length].to_owned(), place + length)
        };
        self.pairs.push((key, value));
        end
    }

    /// The pairs that are known, and what the comment says where they are silent.
    fn settle(&mut self) {
        let value = |key: &str| self.pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
        let bare = |value: String| value.trim_matches(['<', '>']).to_owned();
        self.envelope_from = value("envelope-from").map(bare);
        self.helo = value("helo").filter(|helo| !helo.is_empty());
        self.receiver = value("receiver").or_else(|| self.comment.as_deref().and_then(speaker));
        self.identity = value("identity");
        self.mechanism = value("mechanism");
        self.problem = value("problem");
        self.client_ip = value("client-ip").and_then(|text| ip(&text)).or_else(|| self.comment.as_deref().and_then(ip_in));
        let domain = self.comment.as_deref().and_then(|comment| {
            let (_, rest) = comment.split_once("domain of ")?;
            let address = rest.split_ascii_whitespace().next()?;
            Some(address.rsplit_once('@').map_or(address, |(_, domain)| domain).to_lowercase())
        });
        self.domain = domain;
    }
}

/// Who speaks in a comment such as `mx.example: domain of ...`.
fn speaker(comment: &str) -> Option<String> {
    let (host, _) = comment.split_once(": ")?;
    (!host.is_empty() && !host.contains(char::is_whitespace)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::ReceivedSpf;

    #[test]
    fn the_standard_form_is_read() {
        let found = ReceivedSpf::parse(
            "Pass (mx.example.org: domain of jane@example.com\r\n designates 192.0.2.1 as permitted sender)\r\n receiver=mx.example.org; \
             client-ip=192.0.2.1; envelope-from=\"jane@example.com\"; helo=mail.example.com; identity=mailfrom; mechanism=ip4",
        );
        assert_eq!((found.result.as_str(), found.domain.as_deref()), ("pass", Some("example.com")));
        assert_eq!(found.client_ip, "192.0.2.1".parse().ok());
        assert_eq!((found.envelope_from.as_deref(), found.helo.as_deref()), (Some("jane@example.com"), Some("mail.example.com")));
        assert_eq!((found.receiver.as_deref(), found.mechanism.as_deref()), (Some("mx.example.org"), Some("ip4")));
    }

    #[test]
    fn the_form_of_microsoft_and_of_google_is_read() {
        let found = ReceivedSpf::parse(
            "Fail (protection.outlook.com: domain of contoso.com does not designate 192.0.2.1 as permitted sender) \
             receiver=protection.outlook.com; client-ip=192.0.2.1; helo=x.example; pr=C",
        );
        assert_eq!((found.result.as_str(), found.domain.as_deref(), found.pairs.len()), ("fail", Some("contoso.com"), 4));
        let found = ReceivedSpf::parse("TempError (protection.outlook.com: error in processing during lookup of x: DNS Timeout)");
        assert_eq!(
            (found.result.as_str(), found.receiver.as_deref(), found.client_ip),
            ("temperror", Some("protection.outlook.com"), None)
        );
        let found = ReceivedSpf::parse(
            "pass (mx: domain of a@example.com designates 2001:db8::1 as permitted sender) client-ip=2001:db8::1;",
        );
        assert_eq!(found.client_ip, "2001:db8::1".parse().ok());
    }

    #[test]
    fn nothing_makes_it_fail() {
        for text in ["", "pass", "pass (", "=", "pass = = \"", "(x) pass a=", "pass;;;a=\"x", "é=é"] {
            let _ = ReceivedSpf::parse(text);
        }
        assert_eq!(ReceivedSpf::parse("none (no end").comment.as_deref(), Some("no end"));
    }
}
