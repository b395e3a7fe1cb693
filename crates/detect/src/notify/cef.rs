//! ArcSight's Common Event Format, version 0: `CEF:0|vendor|product|version|id|name|severity|key=value ...`.
//!
//! Authority: "Implementing ArcSight Common Event Format", version 26 (Micro Focus): what is escaped in the header and in the extension,
//! the keys, their types and lengths. A header escapes `\` and `|`; a value of the extension escapes `\` and `=`, and writes a line's end
//! as `\n`.

use std::net::IpAddr;

use state::Alert;

use super::plain;

/// Letters of a header field, and of a custom string; the format bounds the latter at 4,000.
const LONGEST: usize = 512;
/// Letters of `msg`.
const LONGEST_MESSAGE: usize = 1023;
/// Letters of `externalId`.
const LONGEST_ID: usize = 40;

/// The message.
pub(super) fn message(alert: &Alert, link: Option<&str>) -> String {
    let header =
        ["spoofwatch", "spoofwatch", env!("CARGO_PKG_VERSION"), &alert.rule_key, &alert.title, severity(&alert.severity)];
    let mut text = "CEF:0".to_owned();
    for field in header {
        text.push('|');
        text.push_str(&in_header(field));
    }
    text.push('|');
    text.push_str(&extension(alert, link));
    text
}

/// Severities are numbers from 0 to 10: 0 to 3 low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high.
fn severity(name: &str) -> &'static str {
    match name {
        "critical" => "10",
        "high" => "8",
        "medium" => "5",
        "low" => "3",
        _ => "1",
    }
}

fn extension(alert: &Alert, link: Option<&str>) -> String {
    let mut pairs = Pairs(String::new());
    // Moments are milliseconds since 1970.
    pairs.add("rt", &(alert.created_at / 1000).to_string(), LONGEST);
    for (key, moment) in [("start", alert.first_event), ("end", alert.last_event)] {
        if let Some(moment) = moment {
            pairs.add(key, &(moment / 1000).to_string(), LONGEST);
        }
    }
    pairs.add("externalId", &alert.id, LONGEST_ID);
    pairs.add("cat", alert.detail.tactics.first().map_or("", |tactic| &tactic.name), LONGEST);
    pairs.add("cnt", &alert.detail.evidence_rows.to_string(), LONGEST);
    entities(alert, &mut pairs);
    let techniques: Vec<&str> = alert.detail.techniques.iter().map(|technique| technique.id.as_str()).collect();
    pairs.custom("cs1", "Rule", &format!("{} {}", alert.rule_name, alert.rule_version));
    pairs.custom("cs2", "Incident", alert.incident_id.as_deref().unwrap_or_default());
    pairs.custom("cs3", "Techniques", &techniques.join(" "));
    pairs.custom("cs4", "Link", link.unwrap_or_default());
    pairs.custom("cs5", "Confidence", &alert.confidence);
    pairs.custom("cn1", "RiskScore", &alert.risk_score.to_string());
    pairs.add("msg", &alert.reason, LONGEST_MESSAGE);
    pairs.0
}

/// The first entity of each kind that the format has a key for.
fn entities(alert: &Alert, pairs: &mut Pairs) {
    let mut known: Vec<&str> = Vec::new();
    for entity in &alert.detail.entities {
        let address = entity.value.parse::<IpAddr>();
        let key = match (entity.kind.as_str(), address) {
            // `src` holds addresses of version 4 alone.
            ("IP", Ok(IpAddr::V4(_))) => "src",
            ("IP", Ok(IpAddr::V6(_))) => "c6a2",
            ("Account", _) => "suser",
            ("Mailbox", _) => "duser",
            ("Host", _) => "shost",
            ("DNS", _) => "destinationDnsDomain",
            ("URL", _) => "request",
            ("File", _) => "fname",
            _ => continue,
        };
        if known.contains(&key) {
            continue;
        }
        known.push(key);
        if key == "c6a2" {
            pairs.custom(key, "Source IPv6 Address", &entity.value);
        } else {
            pairs.add(key, &entity.value, LONGEST);
        }
    }
}

/// Pairs of an extension.
struct Pairs(String);

impl Pairs {
    /// Adds a pair, unless it says nothing.
    fn add(&mut self, key: &str, value: &str, longest: usize) {
        let value: String = value.chars().take(longest).collect();
        let value = in_extension(&value);
        if value.trim().is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(&format!("{key}={value}"));
    }

    /// Adds a field that its label gives a meaning.
    fn custom(&mut self, key: &str, label: &str, value: &str) {
        if !value.trim().is_empty() {
            self.add(key, value, LONGEST);
            self.add(&format!("{key}Label"), label, LONGEST);
        }
    }
}

fn in_header(text: &str) -> String {
    plain(text, LONGEST).replace('\\', "\\\\").replace('|', "\\|")
}

fn in_extension(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| plain(line, usize::MAX).replace('\\', "\\\\").replace('=', "\\=")).collect();
    lines.join("\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_one_line_with_the_keys_of_the_format() {
        let text = message(&crate::shape::example::alert(), Some("https://watch.example/alerts/00ff"));
        let header = concat!("CEF:0|spoofwatch|spoofwatch|", env!("CARGO_PKG_VERSION"), "|rule-1|contoso.example fails DMARC|8|");
        let extension = text.strip_prefix(header).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            extension,
            "rt=1700000000000 start=1699999000000 end=1699999500000 externalId=00ff cat=Initial Access cnt=1 \
             duser=kim@contoso.example src=192.0.2.7 cs1=Own domain fails DMARC 1.2.0 cs1Label=Rule cs2=INC-7 cs2Label=Incident \
             cs3=T1566 cs3Label=Techniques cs4=https://watch.example/alerts/00ff cs4Label=Link cs5=medium cs5Label=Confidence \
             cn1=73 cn1Label=RiskScore msg=1 message failed DMARC"
        );
    }

    #[test]
    fn what_has_a_meaning_in_the_format_is_escaped_where_it_has_it() {
        for (text, header, extension) in [
            ("plain", "plain", "plain"),
            ("a|b", "a\\|b", "a|b"),
            ("a=b", "a=b", "a\\=b"),
            ("a\\b", "a\\\\b", "a\\\\b"),
            ("a\nb", "a b", "a\\nb"),
            ("a\r\nsrc=192.0.2.1", "a  src=192.0.2.1", "a\\nsrc\\=192.0.2.1"),
            ("a\tb\u{0}\u{1b}[0m", "a b  [0m", "a b  [0m"),
            ("\u{2028}é", "\u{2028}é", "\u{2028}é"),
        ] {
            assert_eq!((in_header(text).as_str(), in_extension(text).as_str()), (header, extension), "{text:?}");
        }
    }

    #[test]
    fn an_address_goes_where_its_version_belongs_and_long_texts_are_cut() {
        let mut alert = crate::shape::example::alert();
        for entity in &mut alert.detail.entities {
            if entity.kind == "IP" {
                entity.value = "2001:db8::7".to_owned();
            }
        }
        alert.reason = "x".repeat(5_000);
        let text = message(&alert, None);
        assert!(text.contains(" c6a2=2001:db8::7 c6a2Label=Source IPv6 Address ") && !text.contains(" src="), "{text}");
        assert!(text.ends_with(&format!("msg={}", "x".repeat(1023))) && !text.contains("cs4"), "{text}");
    }
}
