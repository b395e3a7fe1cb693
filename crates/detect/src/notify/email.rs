//! A message of e-mail that tells of an alert: text and HTML, threaded by incident.
//!
//! Nothing that a sender of mail wrote can become a field of the header or an element of the HTML: a field's value loses what could end
//! it and is encoded where it is not plain (RFC 2047), texts of both parts are encoded in Base64 (RFC 2045), and what stands in HTML is escaped.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use state::{Alert, Moment};

use super::plain;
use crate::shape::{capital, printed};

/// Letters of a subject, and of a text.
const LONGEST_SUBJECT: usize = 160;
const LONGEST_TEXT: usize = 4000;
/// Entities that a message names.
const ENTITIES: usize = 12;
/// Bytes of an encoded word before they are encoded: a word has 75 letters at most (RFC 2047, section 2).
const WORD: usize = 45;
/// Letters of a line of Base64 (RFC 2045, section 6.8).
const LINE: usize = 76;

/// A message before it is known from whom and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// What it is about.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// What it belongs to: the incident. Messages of one incident are shown as one conversation.
    pub thread: Option<String>,
}

/// What a message is sent as.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Whose it is, an address.
    pub from: &'a str,
    /// Whom it is for, addresses.
    pub to: &'a [String],
    /// When.
    pub date: Moment,
    /// The same each time the same message is tried.
    pub id: &'a str,
}

impl Email {
    /// What tells of an alert.
    pub(super) fn of(alert: &Alert, link: Option<&str>) -> Self {
        let facts = facts(alert, link);
        let reason = plain(&alert.reason, LONGEST_TEXT);
        let mut text = format!("{}\n\n{reason}\n\n", plain(&alert.title, LONGEST_TEXT));
        let mut rows = String::new();
        for (name, value) in &facts {
            text.push_str(&format!("{name}: {value}\n"));
            rows.push_str(&format!("<tr><th align=\"left\">{}</th><td>{}</td></tr>\n", escaped(name), escaped(value)));
        }
        let open = link.map_or_else(String::new, |link| format!("<p><a href=\"{}\">Open the alert</a></p>\n", escaped(link)));
        let html = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n\
             <p>{}</p>\n{open}<table cellpadding=\"4\">\n{rows}</table>\n</body></html>\n",
            escaped(&reason),
            title = escaped(&plain(&alert.title, LONGEST_TEXT)),
        );
        Self {
            subject: plain(&format!("[{}] {}", alert.severity, alert.title), LONGEST_SUBJECT),
            text,
            html,
            thread: alert.incident_id.clone(),
        }
    }

    /// The whole message (RFC 5322), with the ends of lines that SMTP wants.
    #[must_use]
    pub fn message(&self, head: &Head) -> Vec<u8> {
        let domain = head.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let named = |id: &str| format!("<{}@{}>", dot_atom(id), dot_atom(domain));
        let boundary =
            format!("=_{}", Sha256::digest(head.id).iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>());
        let to: Vec<String> = head.to.iter().map(|to| field(to)).collect();
        let mut message = String::new();
        let mut line = |name: &str, value: &str| message.push_str(&format!("{name}: {value}\r\n"));
        line("From", &field(head.from));
        line("To", &to.join(",\r\n "));
        line("Subject", &unstructured(&self.subject));
        line("Date", &date(head.date));
        line("Message-ID", &named(head.id));
        if let Some(thread) = &self.thread {
            let root = named(&format!("incident.{thread}"));
            line("In-Reply-To", &root);
            line("References", &root);
        }
        // Nobody is to answer a program (RFC 3834, section 5).
        line("Auto-Submitted", "auto-generated");
        line("MIME-Version", "1.0");
        line("Content-Type", &format!("multipart/alternative; boundary=\"{boundary}\""));
        for (kind, text) in [("plain", &self.text), ("html", &self.html)] {
            message.push_str(&format!(
                "\r\n--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                base64(text)
            ));
        }
        message.push_str(&format!("\r\n--{boundary}--\r\n"));
        message.into_bytes()
    }
}

/// What a message says beside the sentence.
fn facts(alert: &Alert, link: Option<&str>) -> Vec<(String, String)> {
    let mut facts = vec![
        ("Severity".to_owned(), format!("{}, risk score {}", capital(&alert.severity), alert.risk_score)),
        ("Rule".to_owned(), format!("{} {}", alert.rule_name, alert.rule_version)),
        ("Raised".to_owned(), printed(alert.created_at)),
    ];
    let events = [("First event", alert.first_event), ("Last event", alert.last_event)];
    facts.extend(events.iter().filter_map(|(name, moment)| Some(((*name).to_owned(), printed((*moment)?)))));
    facts.extend(alert.incident_id.iter().map(|incident| ("Incident".to_owned(), incident.clone())));
    let entities = alert.detail.entities.iter().take(ENTITIES);
    facts.extend(entities.map(|entity| (entity.kind.clone(), entity.value.clone())));
    let techniques = alert.detail.techniques.iter();
    facts.extend(techniques.map(|technique| ("Technique".to_owned(), format!("{} {}", technique.id, technique.name))));
    facts.extend(alert.detail.next_steps.iter().map(|step| ("Next".to_owned(), step.clone())));
    facts.extend(link.map(|link| ("Alert".to_owned(), link.to_owned())));
    facts.into_iter().map(|(name, value)| (plain(&name, 40), plain(&value, LONGEST_TEXT))).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A value that cannot end its field.
fn field(text: &str) -> String {
    plain(text, LONGEST_TEXT).chars().filter(char::is_ascii).collect()
}

/// An unstructured value: as it is where it is plain ASCII, else as encoded words (RFC 2047), on lines of their own.
fn unstructured(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("=?") && text.len() <= 900 {
        return text.to_owned();
    }
    let mut words: Vec<String> = vec![String::new()];
    for letter in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + letter.len_utf8() <= WORD => word.push(letter),
            _ => words.push(letter.to_string()),
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

/// What may stand in an id of a message (RFC 5322, section 3.2.3).
fn dot_atom(text: &str) -> String {
    let atom: String =
        text.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '.' }).take(120).collect();
    let parts: Vec<&str> = atom.split('.').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(".") }
}

fn base64(text: &str) -> String {
    let encoded = STANDARD.encode(text.replace('\n', "\r\n"));
    let mut lines = String::new();
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        lines.push_str(line);
        lines.push_str("\r\n");
        rest = more;
    }
    lines
}

/// A moment as messages write it: `Tue, 14 Nov 2023 22:13:20 +0000` (RFC 5322, section 3.3).
fn date(moment: Moment) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = printed(moment);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("00");
    let days = usize::try_from(moment.div_euclid(86_400_000_000).rem_euclid(7)).unwrap_or(0);
    let month = part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)).unwrap_or(&"Jan");
    format!("{}, {} {month} {} {} +0000", DAYS.get(days).unwrap_or(&"Thu"), part(8, 10), part(0, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(alert: &Alert) -> (String, String, String) {
        let email = Email::of(alert, Some("https://watch.example/alerts/00ff?a=1&b=2"));
        let to = ["soc@contoso.example".to_owned(), "kim@contoso.example".to_owned()];
        let head = Head { from: "spoofwatch@contoso.example", to: &to, date: 1_700_000_000_000_000, id: "mail-1/00ff" };
        let message = String::from_utf8(email.message(&head)).unwrap_or_default();
        let (header, _) = message.split_once("\r\n\r\n").unwrap_or_default();
        let part = |number: usize| {
            let part =
                message.split("base64\r\n\r\n").nth(number).and_then(|part| part.split("\r\n--").next()).unwrap_or_default();
            String::from_utf8(STANDARD.decode(part.replace("\r\n", "")).unwrap_or_default()).unwrap_or_default()
        };
        (header.to_owned(), part(1), part(2))
    }

    #[test]
    fn a_message_says_what_happened_twice_and_belongs_to_its_incident() {
        let (header, text, html) = sent(&crate::shape::example::alert());
        let expected = "From: spoofwatch@contoso.example\r\n\
             To: soc@contoso.example,\r\n kim@contoso.example\r\n\
             Subject: [high] contoso.example fails DMARC\r\n\
             Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
             Message-ID: <mail-1.00ff@contoso.example>\r\n\
             In-Reply-To: <incident.INC-7@contoso.example>\r\n\
             References: <incident.INC-7@contoso.example>\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative; boundary=\"=_";
        assert!(header.starts_with(expected), "{header}");
        assert!(text.contains("1 message failed DMARC\r\n") && text.contains("Mailbox: kim@contoso.example\r\n"), "{text}");
        assert!(html.contains("href=\"https://watch.example/alerts/00ff?a=1&amp;b=2\""), "{html}");
    }

    #[test]
    fn what_a_sender_wrote_becomes_no_field_and_no_element() {
        let mut alert = crate::shape::example::alert();
        alert.title = "x\r\nBcc: all@contoso.example\r\n\r\n<script>alert(1)</script>".to_owned();
        alert.reason = "<img src=x onerror=alert(1)> \"' \n.\nQUIT".to_owned();
        alert.incident_id = Some("a> <b@evil.example".to_owned());
        let (header, text, html) = sent(&alert);
        let names: Vec<&str> =
            header.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(':').next()).collect();
        let expected = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "In-Reply-To",
            "References",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ];
        assert_eq!(names, expected);
        assert!(header.contains("References: <incident.a.b.evil.example@contoso.example>"), "{header}");
        assert!(!html.contains("<script") && !html.contains("<img") && html.contains("&lt;script&gt;"), "{html}");
        assert!(!text.contains("\r\n.\r\n"), "{text}");
    }

    #[test]
    fn a_subject_that_is_not_plain_is_encoded_in_short_words() {
        for (text, encoded) in [
            ("plain", "plain"),
            ("Müller", "=?utf-8?B?TcO8bGxlcg==?="),
            ("=?utf-8?B?eA==?=", "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?="),
        ] {
            assert_eq!(unstructured(text), encoded);
        }
        let long = unstructured(&"é".repeat(150));
        assert!(
            long.split("\r\n ").all(|word| word.len() <= 75 && word.starts_with("=?utf-8?B?") && word.ends_with("?=")),
            "{long}"
        );
    }

    #[test]
    fn days_have_their_names() {
        for (moment, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
            (951_782_400_000_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (-1_000_000, "Wed, 31 Dec 1969 23:59:59 +0000"),
        ] {
            assert_eq!(date(moment), text);
        }
    }
}
