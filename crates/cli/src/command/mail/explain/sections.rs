//! What is told of a message, a function a section: what it says of itself, its way, what was proved, what Microsoft made of it, what is in
//! it, and what rules say. Pure; the sections become text or HTML elsewhere.

use mailauth::{
    authres::Overview,
    dkim::Dkim,
    dmarc::Dmarc,
    evidence::{AddressList, Evidence, Finding, Hop, Microsoft, Stated},
    verify::Verdicts,
};
use schema::text::datetime;

use super::page::{Block, Section, Words};

/// Most addresses of a list that are named.
const ADDRESSES: usize = 8;

/// What the message says of itself, and where it came from.
pub(super) fn message(evidence: &Evidence, envelope: &[(&'static str, String)]) -> Section {
    let mut facts = Vec::new();
    let mut fact = |name: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            facts.push((name.to_owned(), Words::plain(text)));
        }
    };
    fact("Subject", evidence.subject.clone());
    fact("From", addresses(&evidence.from));
    fact("Sender", addresses(&evidence.sender));
    fact("Reply-To", addresses(&evidence.reply_to));
    fact("To", addresses(&evidence.to));
    fact("Cc", addresses(&evidence.cc));
    fact("Date", evidence.date.map(moment));
    fact("Message-ID", evidence.message_id.clone());
    for (name, value) in envelope {
        fact(name, Some(value.clone()));
    }
    fact("Written with", evidence.mailer.clone());
    let mut section = Section::new("Message");
    section.add(Block::Facts(facts));
    section
}

fn addresses(list: &AddressList) -> Option<String> {
    let mut shown: Vec<String> = list.mailboxes.iter().take(ADDRESSES).map(mailbox).collect();
    let more = list.mailboxes.len().saturating_sub(ADDRESSES);
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}

fn mailbox(mailbox: &mailauth::evidence::Mailbox) -> String {
    match &mailbox.display_name {
        Some(name) => format!("{name} <{}>", mailbox.address),
        None => mailbox.address.clone(),
    }
}

/// What is remarkable about the header.
pub(super) fn findings(findings: &[Finding], notes: &[String]) -> Section {
    let mut section = Section::new("Remarkable");
    for finding in findings {
        let about = if finding.text.is_empty() { String::new() } else { format!(" ({}: {})", finding.field, finding.text) };
        section.add(Block::Line(Words::bad(format!("{}{about}", finding.kind.sentence()))));
    }
    for note in notes {
        section.add(Block::Line(Words::plain(note.clone())));
    }
    section
}

/// The way it took, the first hop first.
pub(super) fn path(evidence: &Evidence) -> Section {
    let hops = evidence.chain.hops.iter().rev().enumerate();
    let rows = hops.map(|(at, hop)| {
        let cells = [
            (at + 1).to_string(),
            hop.time.map(moment).unwrap_or_default(),
            delay(hop),
            client(hop),
            hop.by.clone().unwrap_or_default(),
            hop.with.clone().unwrap_or_default(),
        ];
        cells.into_iter().map(Words::plain).collect()
    });
    let mut section = Section::new("Path");
    section.add(Block::Table { columns: vec!["", "time", "after", "from", "taken by", "with"], rows: rows.collect() });
    let unread = evidence.chain.fields.saturating_sub(evidence.chain.hops.len());
    if unread > 0 {
        section.add(Block::Line(Words::bad(format!("{unread} more hops were not read"))));
    }
    section
}

fn delay(hop: &Hop) -> String {
    hop.delay.map(|seconds| format!("{seconds} s")).unwrap_or_default()
}

fn client(hop: &Hop) -> String {
    let name = hop.from.as_ref().or(hop.helo.as_ref()).or(hop.reverse.as_ref());
    match (name, hop.ip) {
        (Some(name), Some(ip)) => format!("{name} [{ip}]"),
        (Some(name), None) => name.clone(),
        (None, Some(ip)) => format!("[{ip}]"),
        (None, None) => String::new(),
    }
}

/// The results of the header beside our own.
pub(super) fn verdicts(evidence: &Evidence, verdicts: Option<&Verdicts>) -> Section {
    let overview = evidence.overview.as_ref();
    let header =
        |of: fn(&Overview) -> Option<&String>| overview.and_then(of).map_or(Words::plain(""), |result| Words::result(result));
    let own = |result: Option<(&str, &str)>| match result {
        Some((result, reason)) => [Words::result(result), Words::plain(reason)],
        None => [Words::plain(""), Words::plain("")],
    };
    let dkim = verdicts.map(|verdicts| best(&verdicts.dkim));
    let rows = [
        ("SPF", header(|of| of.spf.as_ref()), own(verdicts.map(|of| (of.spf.result.as_str(), of.spf.reason.as_str())))),
        ("DKIM", header(|of| of.dkim.as_ref()), own(dkim)),
        (
            "DMARC",
            header(|of| of.dmarc.as_ref()),
            own(verdicts.and_then(|of| of.dmarc.as_ref()).map(|of| (of.result.as_str(), of.reason.as_str()))),
        ),
        (
            "ARC",
            header(|of| of.arc.as_ref()),
            own(verdicts.and_then(|of| of.arc.as_ref()).map(|of| (of.result.as_str(), of.reason.as_str()))),
        ),
    ];
    let rows = rows.into_iter().map(|(method, header, [result, reason])| vec![Words::plain(method), header, result, reason]);
    let mut section = Section::new("Authentication");
    section.add(Block::Table { columns: vec!["", "header", "our check", "why"], rows: rows.collect() });
    match evidence.believed.first() {
        None => section.add(Block::Line(Words::plain("No host that is believed wrote results into the header."))),
        Some(stated) => section.add(Block::Line(Words::plain(format!("The header's results are those of {}.", writer(stated))))),
    }
    section
}

/// The signature that speaks most for the message.
fn best(signatures: &[Dkim]) -> (&str, &str) {
    let passes = signatures.iter().find(|signature| signature.result == mailauth::dkim::DkimResult::Pass);
    match passes.or(signatures.first()) {
        Some(signature) => (signature.result.as_str(), signature.reason.as_str()),
        None => ("none", "the message is not signed"),
    }
}

fn writer(stated: &Stated) -> String {
    match &stated.results.authserv_id {
        Some(id) => id.clone(),
        None => "a host that does not say its name, as Microsoft's do not".to_owned(),
    }
}

/// Who signed.
pub(super) fn signatures(verdicts: &Verdicts) -> Section {
    let aligned: Vec<&str> =
        verdicts.dmarc.iter().flat_map(|dmarc| &dmarc.authors).filter_map(|author| author.dkim_aligned.as_deref()).collect();
    let row = |signature: &Dkim| {
        let text = |text: &Option<String>| Words::plain(text.clone().unwrap_or_default());
        let bits = signature.key_bits.map(|bits| format!(" {bits}")).unwrap_or_default();
        let is_aligned = signature.domain.as_deref().is_some_and(|domain| aligned.contains(&domain));
        vec![
            Words::result(signature.result.as_str()),
            text(&signature.domain),
            text(&signature.selector),
            Words::plain(format!("{}{bits}", signature.algorithm.clone().unwrap_or_default())),
            Words::plain(if is_aligned { "yes" } else { "no" }),
            Words::plain(signature.reason.clone()),
        ]
    };
    let mut section = Section::new("Signatures");
    let rows = verdicts.dkim.iter().map(row).collect();
    section.add(Block::Table { columns: vec!["result", "domain", "selector", "key", "aligned", "why"], rows });
    let sealed = verdicts.arc.iter().flat_map(|arc| &arc.sets).map(|set| {
        let text = |text: &Option<String>| Words::plain(text.clone().unwrap_or_default());
        vec![Words::plain(set.instance.to_string()), text(&set.domain), text(&set.chain), text(&set.results)]
    });
    section.add(Block::Table { columns: vec!["ARC", "sealed by", "chain", "saw"], rows: sealed.collect() });
    section
}

/// Whose policy it is under.
pub(super) fn policy(dmarc: &Dmarc) -> Section {
    let mut section = Section::new("DMARC policy");
    for author in &dmarc.authors {
        let mut facts = vec![("Author's domain".to_owned(), Words::plain(author.domain.clone()))];
        let mut fact = |name: &str, text: Option<String>| facts.extend(text.map(|text| (name.to_owned(), Words::plain(text))));
        fact("Organization", author.organizational_domain.clone());
        fact("Record", author.record.clone());
        fact("Found at", author.policy_domain.as_ref().map(|domain| format!("_dmarc.{domain}")));
        let testing = if author.testing { ", lowered because the domain is testing it" } else { "" };
        fact(
            "Asks for",
            author.policy.zip(author.policy_tag).map(|(policy, tag)| format!("{} ({tag}){testing}", policy.as_str())),
        );
        facts.push(("Result".to_owned(), Words::result(author.result.as_str())));
        section.add(Block::Facts(facts));
    }
    section
}

/// What Microsoft decided, and why.
pub(super) fn microsoft(evidence: &Evidence) -> Section {
    let mut facts = Vec::new();
    let mut fact = |name: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            facts.push((name.to_owned(), Words::plain(text)));
        }
    };
    if let Some(overview) = &evidence.overview {
        let compauth = overview.compauth.as_ref();
        fact(
            "Composite authentication",
            compauth.map(|found| {
                let code = found.code.as_ref().map(|code| format!(" reason={code}")).unwrap_or_default();
                let meaning = found.meaning.map(|meaning| format!(": {meaning}")).unwrap_or_default();
                format!("{}{code}{meaning}", found.result)
            }),
        );
        fact(
            "After DMARC",
            overview.action.as_ref().map(|action| {
                let meaning = overview.action_class.and_then(mailauth::authres::ActionClass::meaning);
                format!("action={action}{}", meaning.map(|meaning| format!(": {meaning}")).unwrap_or_default())
            }),
        );
    }
    if let Some(found) = &evidence.microsoft {
        decided(found, &mut fact);
    }
    let mut section = Section::new("Microsoft 365");
    section.add(Block::Facts(facts));
    section
}

fn decided(found: &Microsoft, fact: &mut impl FnMut(&str, Option<String>)) {
    if let Some(report) = &found.antispam {
        fact("Spam confidence level", report.scl.map(|scl| scl.to_string()));
        for (key, value, meaning) in report.meanings() {
            fact(key, Some(format!("{value}: {meaning}")));
        }
        fact("Client", report.client_ip.map(|ip| ip.to_string()));
        fact("Country", report.country.clone());
    }
    fact("Bulk complaint level", found.bulk.as_ref().and_then(|bulk| bulk.bcl).map(|bcl| bcl.to_string()));
    let destination = found.mailbox.as_ref().and_then(|mailbox| mailbox.destination.as_deref());
    fact(
        "Delivered to",
        destination.map(|destination| match destination {
            "I" => "the inbox (I)".to_owned(),
            "J" => "the junk folder (J)".to_owned(),
            other => other.to_owned(),
        }),
    );
    fact("Authenticated as", found.exchange.auth_as.clone());
    fact("Authenticated by", found.exchange.auth_source.clone());
    fact("Tenant", found.exchange.tenant.clone());
    fact("Network message id", found.exchange.network_message_id.clone());
}

/// Results of hosts that are not believed.
pub(super) fn apart(evidence: &Evidence) -> Section {
    let rows = evidence.apart.iter().map(|stated| {
        let standing =
            serde_json::to_value(stated.standing).ok().and_then(|word| word.as_str().map(|word| word.replace('-', " ")));
        vec![Words::plain(writer(stated)), Words::plain(standing.unwrap_or_default()), Words::plain(stated.text.clone())]
    });
    let mut section = Section::new("Results that do not count");
    section.add(Block::Table { columns: vec!["written by", "why not", "says"], rows: rows.collect() });
    section
}

/// A moment to the second, as `2026-11-20 23:00:00`.
fn moment(seconds: i64) -> String {
    let Some(ticks) = seconds.checked_mul(1_000_000).and_then(datetime::from_unix_micros) else { return String::new() };
    let mut text = String::new();
    datetime::write(ticks, &mut text);
    text.split('.').next().unwrap_or_default().replace('T', " ")
}
