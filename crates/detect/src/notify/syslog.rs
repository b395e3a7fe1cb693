//! A line of syslog (RFC 5424): what happened as structured data and a sentence, as CEF, or as JSON.

use state::{Alert, Moment};

use super::{cef, generic, plain};
use crate::shape::printed;

/// The facility: security and authorization messages (RFC 5424, section 6.2.1).
const FACILITY: u8 = 4;
/// The name of the structured data. Its number is the one of RFC 5612, which no enterprise has: this program has none of its own.
const DATA: &str = "spoofwatch@32473";
/// Letters of a value, and of the message.
const LONGEST_VALUE: usize = 256;
const LONGEST_MESSAGE: usize = 1024;
/// Entities that a line names.
const ENTITIES: usize = 8;
/// Bytes of a line as JSON: receivers take 8 KiB at least (RFC 5425, section 4.3.1).
const LONGEST_LINE: usize = 8000;

/// A line before it is known which host sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syslog {
    /// From 0, an emergency, to 7 (RFC 5424, section 6.2.1).
    severity: u8,
    /// When the alert was raised.
    at: Moment,
    /// Structured data, or `-`.
    data: String,
    /// The message.
    message: String,
}

/// What the message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Structured data and a sentence.
    Text,
    /// CEF.
    Cef,
    /// The alert as webhooks get it.
    Json,
}

impl Syslog {
    /// What tells of an alert.
    pub(super) fn of(alert: &Alert, link: Option<&str>, form: Form) -> Self {
        let severity = match alert.severity.as_str() {
            "critical" => 2,
            "high" => 3,
            "medium" => 4,
            "low" => 5,
            _ => 6,
        };
        let (data, message) = match form {
            Form::Text => (data(alert, link), with_mark(plain(&format!("{}: {}", alert.title, alert.reason), LONGEST_MESSAGE))),
            Form::Cef => ("-".to_owned(), cef::message(alert, link)),
            Form::Json => ("-".to_owned(), json(alert, link)),
        };
        Self { severity, at: alert.created_at, data, message }
    }

    /// The line, without an end. `host` is who sends it.
    #[must_use]
    pub fn line(&self, host: &str) -> String {
        let priority = FACILITY * 8 + self.severity;
        format!("<{priority}>1 {} {} spoofwatch - alert {} {}", moment(self.at), host_name(host), self.data, self.message)
    }
}

/// RFC 3339 with six digits of a second at most (RFC 5424, section 6.2.3).
fn moment(at: Moment) -> String {
    let text = printed(at);
    match text.split_once('.') {
        Some((seconds, fraction)) => format!("{seconds}.{}Z", fraction.get(..6).unwrap_or("000000")),
        None => "-".to_owned(),
    }
}

/// A name as a header may have it: printable ASCII, 255 letters at most; `-` without one.
fn host_name(host: &str) -> String {
    let name: String = host.chars().filter(char::is_ascii_graphic).take(255).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// A text that is not ASCII alone begins with the mark of UTF-8 (RFC 5424, section 6.4).
fn with_mark(text: String) -> String {
    if text.is_ascii() { text } else { format!("\u{feff}{text}") }
}

fn data(alert: &Alert, link: Option<&str>) -> String {
    let mut pairs = vec![
        ("id", alert.id.clone()),
        ("severity", alert.severity.clone()),
        ("risk", alert.risk_score.to_string()),
        ("confidence", alert.confidence.clone()),
        ("rule", alert.rule_key.clone()),
        ("ruleName", alert.rule_name.clone()),
        ("incident", alert.incident_id.clone().unwrap_or_default()),
        ("link", link.unwrap_or_default().to_owned()),
    ];
    pairs.extend(alert.detail.techniques.iter().take(ENTITIES).map(|technique| ("technique", technique.id.clone())));
    let entities = alert.detail.entities.iter().take(ENTITIES);
    pairs.extend(entities.map(|entity| ("entity", format!("{} {}", entity.kind, entity.value))));
    let mut text = format!("[{DATA}");
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!(" {name}=\"{}\"", in_value(value)));
    }
    text.push(']');
    text
}

/// `"`, `\` and `]` are escaped in values (RFC 5424, section 6.3.3).
fn in_value(value: &str) -> String {
    plain(value, LONGEST_VALUE).replace('\\', "\\\\").replace('"', "\\\"").replace(']', "\\]")
}

/// The alert as JSON; without its rows where they would make the line too long.
fn json(alert: &Alert, link: Option<&str>) -> String {
    let mut body = generic::body(alert, link);
    if body.to_string().len() > LONGEST_LINE {
        body["evidence"] = serde_json::Value::Array(Vec::new());
    }
    for member in ["description", "reason", "entities"] {
        if body.to_string().len() > LONGEST_LINE {
            body[member] = serde_json::Value::Null;
        }
    }
    body.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(alert: &Alert, form: Form) -> String {
        Syslog::of(alert, Some("https://watch.example/alerts/00ff"), form).line("watch.example")
    }

    #[test]
    fn a_line_says_who_when_and_what() {
        assert_eq!(
            line(&crate::shape::example::alert(), Form::Text),
            "<35>1 2023-11-14T22:13:20.000000Z watch.example spoofwatch - alert [spoofwatch@32473 id=\"00ff\" severity=\"high\" \
             risk=\"73\" confidence=\"medium\" rule=\"rule-1\" ruleName=\"Own domain fails DMARC\" incident=\"INC-7\" \
             link=\"https://watch.example/alerts/00ff\" technique=\"T1566\" entity=\"Mailbox kim@contoso.example\" \
             entity=\"IP 192.0.2.7\"] contoso.example fails DMARC: 1 message failed DMARC"
        );
        let cef = line(&crate::shape::example::alert(), Form::Cef);
        assert!(
            cef.starts_with("<35>1 2023-11-14T22:13:20.000000Z watch.example spoofwatch - alert - CEF:0|spoofwatch|"),
            "{cef}"
        );
    }

    #[test]
    fn what_a_sender_wrote_ends_neither_a_value_nor_the_line() {
        for (value, escaped) in [
            ("a\"] injected", "a\\\"\\] injected"),
            ("a\\", "a\\\\"),
            ("a\nb\r\0c\u{7f}", "a b  c "),
            ("<165>1 - - - - - -", "<165>1 - - - - - -"),
        ] {
            assert_eq!(in_value(value), escaped);
        }
        let mut alert = crate::shape::example::alert();
        alert.reason = "first\n<14>1 - evil - - - - second".to_owned();
        assert_eq!(line(&alert, Form::Text).lines().count(), 1);
        assert_eq!(line(&alert, Form::Json).lines().count(), 1);
        assert_eq!(Syslog::of(&alert, None, Form::Cef).line("a b\nc").lines().count(), 1);
    }

    #[test]
    fn each_severity_has_its_number() {
        let mut alert = crate::shape::example::alert();
        for (name, priority) in [("critical", 34), ("high", 35), ("medium", 36), ("low", 37), ("informational", 38)] {
            name.clone_into(&mut alert.severity);
            assert!(line(&alert, Form::Text).starts_with(&format!("<{priority}>1 ")), "{name}");
        }
    }

    #[test]
    fn a_message_that_is_not_ascii_says_that_it_is_utf_8() {
        let mut alert = crate::shape::example::alert();
        assert!(!line(&alert, Form::Text).contains('\u{feff}'));
        alert.title = "Müller".to_owned();
        assert!(line(&alert, Form::Text).contains("] \u{feff}Müller: "));
    }

    #[test]
    fn a_line_stays_short_enough_for_every_receiver() {
        let mut alert = crate::shape::example::alert();
        alert.reason = "\u{7}é".repeat(20_000);
        alert.title = "]".repeat(20_000);
        let row = serde_json::Map::from_iter([("Subject".to_owned(), "x".repeat(9_000).into())]);
        alert.detail.evidence.push(row);
        for form in [Form::Text, Form::Cef] {
            assert!(line(&alert, form).len() < 8192, "{form:?}");
        }
        alert.title = "a title".to_owned();
        assert!(line(&alert, Form::Json).len() < 8192);
    }
}
