//! Every scenario, checked as a receiver would: the messages are what mail programs write, and `mailauth` finds in them, with the written
//! records, what their declarations say.

use std::{collections::BTreeSet, sync::Arc};

use mail_parser::{MessageParser, MimeHeaders};
use mailauth::{
    Message as Parsed, arc,
    dkim::Algorithm,
    dmarc::{Discovery, DmarcResult, Policy},
    dns::Zone,
    verify::{Arrival, Verdicts, Verifier},
};

use super::{Keys, LABEL, MailError, MailOptions, Message, mail_scenario, mail_scenarios, messages, zones};

/// 2026-11-21T18:40:00Z.
const MOMENT: i64 = 1_795_286_400;

fn options() -> MailOptions {
    MailOptions {
        seed: 1,
        moment: MOMENT,
        own: "example.test".to_owned(),
        outside: "example".to_owned(),
        recipients: Vec::new(),
        rounds: 1,
    }
}

/// Keys of Ed25519, which are made in no time.
fn keys() -> Keys {
    Keys::of(Algorithm::Ed25519Sha256).unwrap()
}

fn all(keys: &Keys) -> Vec<Message> {
    messages(&options(), mail_scenarios(), keys).unwrap()
}

#[test]
fn every_message_is_labelled_and_whole() {
    let keys = keys();
    let made = all(&keys);
    let mut ids = BTreeSet::new();
    for message in &made {
        let name = message.scenario.name;
        assert!(ids.insert(message.id.clone()), "{name}: two messages are called {}", message.id);
        let parsed = Parsed::new(&message.data);
        let label = parsed.first(LABEL).map(|field| field.text());
        assert_eq!(label, Some(format!("{name}; id={}", message.id)));
        for field in ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"] {
            assert!(parsed.first(field).is_some(), "{name}: {field}");
        }
        assert!(!parsed.body().is_empty() && message.data.ends_with(b"\r\n"), "{name}");
        assert!(!message.recipients.is_empty(), "{name}");
        let text = String::from_utf8(message.data.clone()).unwrap();
        assert!(text.is_ascii(), "{name}: SMTP without 8BITMIME takes it");
        assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{name}");
        assert!(!text.contains('{'), "{name}: a placeholder was left: {text}");
    }
}

/// What a receiver finds that sees the played address.
async fn verified(message: &Message, verifier: &Verifier) -> Verdicts {
    let arrival = Arrival {
        client: Some(message.client),
        helo: Some(message.helo.clone()),
        mail_from: Some(message.mail_from.clone()),
        now: MOMENT,
    };
    verifier.verify(Some(&Parsed::new(&message.data)), &arrival).await
}

fn zone(keys: &Keys) -> Zone {
    Zone::parse(&zones("example.test", "example", keys).unwrap().master()).unwrap()
}

#[tokio::test]
async fn authentication_comes_to_what_the_scenarios_say() {
    let keys = keys();
    let zone = zone(&keys);
    let verifier = Verifier::new(Arc::new(zone.clone()), Discovery::TreeWalk);
    for message in all(&keys) {
        let (name, expected) = (message.scenario.name, message.scenario.expected);
        let found = verified(&message, &verifier).await;
        assert_eq!(found.spf.result, expected.spf, "{name}: {:#?}", found.spf);
        let dkim: Vec<_> = found.dkim.iter().map(|dkim| dkim.result).collect();
        assert_eq!(dkim, expected.dkim, "{name}: {:#?}", found.dkim);
        let chain = arc::validate(&Parsed::new(&message.data), &zone, MOMENT).await;
        assert_eq!(chain.result, expected.arc, "{name}: {chain:#?}");
        let dmarc = found.dmarc.unwrap();
        assert_eq!(dmarc.result, expected.dmarc, "{name}: {dmarc:#?}");
    }
}

#[tokio::test]
async fn who_is_spoofed_asks_for_rejection_and_honest_lists_are_not_asked_about() {
    let keys = keys();
    let verifier = Verifier::new(Arc::new(zone(&keys)), Discovery::TreeWalk);
    for message in all(&keys).iter().filter(|message| message.scenario.expected.dmarc == DmarcResult::Fail) {
        let (name, dmarc) = (message.scenario.name, verified(message, &verifier).await.dmarc.unwrap());
        let wanted = if message.scenario.kind.is_attack() { Policy::Reject } else { Policy::None };
        assert_eq!(dmarc.policy, Some(wanted), "{name}: {dmarc:#?}");
        let tag = dmarc
            .authors
            .iter()
            .find(|author| Some(&author.domain) == dmarc.domain.as_ref())
            .and_then(|author| author.policy_tag);
        assert_eq!(tag, Some(if name == "missing-subdomain" { "np" } else { "p" }), "{name}");
        assert_eq!(dmarc.authors.len(), if matches!(name, "multi-from" | "double-from") { 2 } else { 1 }, "{name}");
    }
}

#[test]
fn a_mail_program_reads_what_was_written() {
    let keys = keys();
    for message in all(&keys) {
        let name = message.scenario.name;
        let parsed = MessageParser::default().parse(&message.data).unwrap();
        let text = parsed.body_text(0).unwrap();
        assert!(text.len() > 40 && !text.contains("=\r\n"), "{name}: {text}");
        assert_eq!(parsed.message_id().map(|id| format!("<{id}>")), Some(message.message_id.clone()), "{name}");
        assert_eq!(parsed.date().unwrap().to_timestamp() / 120, MOMENT / 120 - 1, "{name}: a minute or so old");
        let kinds: Vec<_> = parsed.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
        let wanted: &[&str] = match name {
            "bounce" => &["report", "plain", "delivery-status", "rfc822-headers"],
            "calendar-invitation" => &["alternative", "plain", "html", "calendar"],
            "mailing-list" | "mailing-list-rewritten" | "office-printer" => &["plain"],
            _ => &["alternative", "plain", "html"],
        };
        assert_eq!(kinds, wanted, "{name}");
    }
}

/// The header that seed rules look for, and an ordinary spoof: unsigned, so that they are the same with every key.
#[test]
fn messages_read_as_they_should() {
    let keys = keys();
    for (name, written) in [
        ("oreject-override", include_str!("../../tests/mail/oreject-override.txt")),
        ("domain-spoof", include_str!("../../tests/mail/domain-spoof.txt")),
    ] {
        let made = messages(&options(), &[mail_scenario(name).unwrap()], &keys).unwrap();
        let message = made.first().unwrap();
        let envelope = format!(
            "{} [{}] greets with {}\nMAIL FROM:<{}>\nRCPT TO:<{}>\n\n",
            message.client_name,
            message.client,
            message.helo,
            message.mail_from,
            message.recipients.join("> <")
        );
        let read = envelope + &String::from_utf8_lossy(&message.data).replace("\r\n", "\n");
        assert!(read.trim_end() == written.trim_end(), "tests/mail/{name}.txt should be:\n{read}");
    }
}

#[test]
fn the_same_options_and_keys_give_the_same_bytes_and_another_moment_others() {
    let keys = keys();
    let (one, two) = (all(&keys), all(&keys));
    assert!(one.iter().zip(&two).all(|(one, two)| one.data == two.data));
    let later = messages(&MailOptions { moment: MOMENT + 1, ..options() }, mail_scenarios(), &keys).unwrap();
    let ids: BTreeSet<_> = one.iter().chain(&later).map(|message| &message.id).collect();
    assert_eq!(ids.len(), one.len() + later.len());
}

#[test]
fn only_those_who_were_named_are_written_to() {
    let keys = keys();
    let recipients = vec!["soc@example.test".to_owned(), "ana.lima@example.test".to_owned()];
    let made = messages(&MailOptions { recipients: recipients.clone(), ..options() }, mail_scenarios(), &keys).unwrap();
    assert!(made.iter().flat_map(|message| &message.recipients).all(|recipient| recipients.contains(recipient)));
    let wrong = MailOptions { recipients: vec!["ana>\r\nRCPT TO:<x@example.com".to_owned()], ..options() };
    assert!(matches!(messages(&wrong, mail_scenarios(), &keys), Err(MailError::Address(_))));
}

#[test]
fn records_are_written_for_recorded_zones_and_for_bind() {
    let keys = Keys::generate().unwrap();
    let zones = zones("example.test", "example", &keys).unwrap();
    let master = zones.master();
    for line in [
        "example.test. IN TXT \"v=spf1 ip4:192.0.2.16/28 -all\"\n",
        "_dmarc.example.test. IN TXT \"v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:dmarc@example.test\"\n",
        "k2026._domainkey.adatum.example. IN TXT \"v=DKIM1; k=rsa; p=",
        "17.2.0.192.in-addr.arpa. IN PTR mail1.example.test.\n",
        "examp1e.example. IN TXT \"v=spf1 ",
    ] {
        assert!(master.contains(line), "{line}");
    }
    let files = zones.files();
    let (_, own) = files.iter().find(|(name, _)| name == "example.test.zone").unwrap();
    assert!(own.contains("example.test. IN SOA ") && own.contains("example.test. IN NS "));
    let (_, statements) = files.iter().find(|(name, _)| name == "zones.conf").unwrap();
    assert_eq!(statements.matches("type primary").count(), files.len() - 1);
}
