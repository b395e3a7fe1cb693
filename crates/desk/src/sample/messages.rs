//! Messages: one of nine hops and differing verdicts, one of which little is known, and hostile ones.

use async_trait::async_trait;
use serde_json::{Value, json};
use state::Moment;

use super::{
    HOSTILE,
    domains::{ago, entry, owned},
};
use crate::*;

/// The message that was forwarded and judged differently.
const FORWARDED: &str = "5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d";

/// Messages.
#[derive(Debug, Default)]
pub(super) struct Sample {}

/// Microseconds of a second.
const SECOND: Moment = 1_000_000;

pub(super) fn verdicts() -> Vec<VerdictLine> {
    let verdict = |method: &str, ours: &str, our_reason: &str, theirs: &str, their_reason: &str, domain: &str| VerdictLine {
        method: method.to_owned(),
        ours: ours.to_owned(),
        our_reason: our_reason.to_owned(),
        theirs: theirs.to_owned(),
        their_reason: their_reason.to_owned(),
        domain: domain.to_owned(),
        agreement: match (ours.is_empty() || theirs.is_empty(), ours == theirs) {
            (true, _) => "",
            (false, true) => "agree",
            (false, false) => "differ",
        }
        .to_owned(),
    };
    vec![
        verdict(
            "SPF",
            "fail",
            "203.0.113.9 is not among those that `v=spf1 include:_spf.example.org -all` names",
            "fail",
            "sender IP is 203.0.113.9",
            "example.com",
        ),
        verdict(
            "DKIM",
            "pass",
            "selector1._domainkey.example.com, rsa-sha256, 2048 bits",
            "fail",
            "body hash did not verify",
            "example.com",
        ),
        verdict(
            "DMARC",
            "pass",
            "DKIM of example.com is aligned; the policy is p=quarantine",
            "fail",
            "action=oreject",
            "example.com",
        ),
        verdict("ARC", "pass", "3 sets, the last one sealed by lists.university.example", "", "", "lists.university.example"),
        verdict("compauth", "", "", "fail", "reason=000: the message failed explicit authentication", "example.com"),
    ]
}

fn hops() -> Vec<HopLine> {
    let names = [
        "laptop.home.example",
        "submit.example.com",
        "queue.example.com",
        "filter.example.com",
        "out1.example.com",
        "mx.university.example",
        "lists.university.example",
        "out.university.example",
        "mx.contoso.com",
        HOSTILE,
    ];
    let delays = [0, 1, 2, 41, 3, 3 * 3600, 12, 2, -30];
    let mut at = ago(26);
    names
        .windows(2)
        .zip(delays)
        .map(|(pair, delay)| {
            at += delay * SECOND;
            HopLine {
                from: pair.first().copied().unwrap_or_default().to_owned(),
                by: pair.last().copied().unwrap_or_default().to_owned(),
                with: "ESMTPS (TLS 1.3)".to_owned(),
                at: Some(at),
                delay_us: Some(delay * SECOND),
                trusted: pair.contains(&"mx.contoso.com"),
            }
        })
        .collect()
}

fn sheet(columns: &[(&str, &str)], rows: Vec<Value>) -> Sheet {
    let rows: Vec<Vec<Value>> = rows.into_iter().filter_map(|row| row.as_array().cloned()).collect();
    Sheet {
        columns: columns.iter().map(|(name, ty)| Column { name: (*name).to_owned(), ty: (*ty).to_owned() }).collect(),
        total: u64::try_from(rows.len()).unwrap_or(0),
        rows,
        ..Sheet::default()
    }
}

fn forwarded() -> MessageView {
    let details = json!({"SPF": "fail", "DKIM": "fail", "DMARC": "fail", "CompAuth": "fail"});
    let events = sheet(
        &[
            ("Timestamp", "datetime"),
            ("NetworkMessageId", "string"),
            ("Subject", "string"),
            ("SenderFromAddress", "string"),
            ("DeliveryAction", "string"),
            ("AuthenticationDetails", "dynamic"),
        ],
        vec![json!(["2026-11-19T13:02:31.0000000Z", FORWARDED, HOSTILE, "ceo@example.com", "Delivered", details])],
    );
    let urls = sheet(
        &[("Timestamp", "datetime"), ("Url", "string")],
        vec![json!(["2026-11-19T13:02:31.0000000Z", "javascript:alert(1)"])],
    );
    MessageView {
        id: FORWARDED.to_owned(),
        message_id: "<20261119.1@example.com>".to_owned(),
        subject: HOSTILE.to_owned(),
        from: format!("{HOSTILE} <ceo@example.com>"),
        envelope_from: "bounce@lists.university.example".to_owned(),
        recipients: owned(["pat@contoso.com", "kim@contoso.com"]),
        at: Some(ago(23)),
        sender_ip: "203.0.113.9".to_owned(),
        direction: "inbound".to_owned(),
        delivery: "Delivered to Inbox, later moved to Quarantine".to_owned(),
        verdicts: verdicts(),
        path: hops(),
        timeline: vec![
            entry(23, "event", "", "Delivered to the inbox of pat@contoso.com"),
            entry(22, "event", "pat@contoso.com", "clicked https://login.example.org/"),
            entry(21, "alert", "", "Mail with oreject was delivered"),
            entry(20, "event", "", "Moved to quarantine (zero-hour auto purge)"),
        ],
        urls: owned([
            "https://login.example.org/?next=%3Cscript%3E",
            "javascript:alert(1)",
            "data:text/html,<script>alert(3)</script>",
        ]),
        attachments: vec![
            (format!("../../{HOSTILE}.exe"), "application/pdf".to_owned(), 48_213, "ab".repeat(32)),
            ("invoice.html".to_owned(), "text/html".to_owned(), 812, "cd".repeat(32)),
        ],
        rows: vec![("EmailEvents".to_owned(), events), ("EmailUrlInfo".to_owned(), urls)],
        alerts: vec![("a-oreject".to_owned(), "Mail with action=oreject was delivered".to_owned(), "high".to_owned())],
    }
}

fn plain(id: &str, message_id: &str, subject: &str) -> MessageView {
    MessageView {
        id: id.to_owned(),
        message_id: message_id.to_owned(),
        subject: subject.to_owned(),
        from: "it@contoso.com".to_owned(),
        envelope_from: "it@contoso.com".to_owned(),
        recipients: owned(["pat@contoso.com"]),
        at: Some(ago(4)),
        sender_ip: "192.0.2.10".to_owned(),
        direction: "intra-org".to_owned(),
        delivery: "Delivered to Inbox".to_owned(),
        ..MessageView::default()
    }
}

fn all() -> Vec<MessageView> {
    vec![
        forwarded(),
        plain("0b7c2d11-1111-4222-8333-944455556666", "<1@contoso.com>", "Maintenance on Sunday"),
        MessageView {
            message_id: String::new(),
            at: None,
            delivery: String::new(),
            ..plain("1c8d3e22-2222-4333-8444-a55566667777", "", "")
        },
        plain("2d9e4f33-3333-4444-8555-b66677778888", "<a/b?c=d#e%2f..%2f@contoso.com>", &"A subject without end ".repeat(100)),
    ]
}

#[async_trait]
impl Messages for Sample {
    async fn find(&self, text: &str, days: u32) -> Result<Sheet, Fault> {
        if text.len() > 1000 {
            return Err(Fault::Limit { reason: "a search has 1,000 characters at most".to_owned() });
        }
        let needle = text.to_lowercase();
        let fits = |message: &MessageView| {
            let mut fields = vec![
                &message.id,
                &message.message_id,
                &message.subject,
                &message.from,
                &message.envelope_from,
                &message.sender_ip,
            ];
            fields.extend(&message.recipients);
            fields.iter().any(|field| field.to_lowercase().contains(&needle))
        };
        let recent = |message: &MessageView| message.at.is_none_or(|at| at >= ago(24 * Moment::from(days)));
        let rows = all().into_iter().filter(|message| fits(message) && recent(message)).map(|message| {
            let at = message.at.map(|_| "2026-11-19T13:02:31.0000000Z");
            json!([
                at,
                message.id,
                message.from,
                message.envelope_from,
                message.recipients.join(", "),
                message.subject,
                message.direction,
                message.delivery,
                message.sender_ip
            ])
        });
        let names = [
            "NetworkMessageId",
            "SenderFromAddress",
            "SenderMailFromAddress",
            "RecipientEmailAddress",
            "Subject",
            "EmailDirection",
            "DeliveryAction",
            "SenderIPv4",
        ];
        let mut columns = vec![("Timestamp", "datetime")];
        columns.extend(names.map(|name| (name, "string")));
        Ok(sheet(&columns, rows.collect()))
    }

    async fn message(&self, id: &str) -> Result<MessageView, Fault> {
        let unknown = || Fault::Unknown { what: "message", id: id.to_owned() };
        if id.is_empty() {
            return Err(unknown());
        }
        all().into_iter().find(|message| message.id == id || message.message_id == id).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_is_found_by_what_is_known_of_it() {
        let sample = Sample::default();
        for text in [FORWARDED, "20261119.1", "CEO@example.com", "203.0.113.9"] {
            assert_eq!(sample.find(text, 7).await.unwrap().rows.len(), 1, "{text}");
        }
        assert_eq!(sample.find("", 7).await.unwrap().rows.len(), 4);
        assert_eq!(sample.message("<20261119.1@example.com>").await.unwrap().path.len(), 9);
        assert!(sample.message("../../etc/passwd").await.is_err());
    }
}
