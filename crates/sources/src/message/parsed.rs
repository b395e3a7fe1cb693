//! One message, read: all that rows, and a person who asks about it, want to know.

use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mailauth::Message;
use mailauth::evidence::{Direction, Evidence, FindingKind, Place, Trust};
use mailauth::verify::Arrival;
use serde::Serialize;

use super::content::attachment::Attachment;
use super::content::link::Link;
use super::content::transfer::unstructured;
use super::content::{self, Content, PartSummary};
use super::envelope::Envelope;
use super::id;
use super::notes::{Note, Notes};

/// Recipients of one message that become rows.
const MOST_RECIPIENTS: usize = 1_000;
/// Signatures and seals whose domains are read.
const MOST_SIGNATURES: usize = 100;
/// The client's address in Microsoft's headers where a message came from within.
const FROM_WITHIN: IpAddr = IpAddr::V4(std::net::Ipv4Addr::BROADCAST);

/// One message, read.
#[derive(Debug, Clone, Serialize)]
pub struct Parsed {
    /// File, or `archive!member`, or `mailbox#number`; what else names the place it came from.
    pub source: String,
    /// A name made from its bytes, a UUID: the same whenever it is read.
    pub id: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it was put together from an Outlook file, so that its signatures cannot be checked.
    pub rebuilt: bool,
    /// What is known of its arrival besides.
    pub envelope: Envelope,
    /// What its header says.
    pub evidence: Evidence,
    /// Which way it went.
    pub direction: Direction,
    /// When it arrived, in microseconds since 1970; `None` if nothing says so.
    pub arrived: Option<i64>,
    /// Whom it was for.
    pub recipients: Vec<String>,
    /// Domains that signed it by DKIM, in the order of the header.
    pub signing_domains: Vec<String>,
    /// Domains that sealed it by ARC, the oldest first.
    pub arc_sealers: Vec<String>,
    /// Its parts.
    pub parts: Vec<PartSummary>,
    /// The URLs in it.
    pub links: Vec<Link>,
    /// The files it brings.
    pub attachments: Vec<Attachment>,
    /// What was broken or too much.
    pub notes: Notes,
}

impl Parsed {
    /// Reads a message. Never fails; what could not be read is in [`Parsed::notes`].
    #[must_use]
    pub fn read(message: &Message<'_>, envelope: Envelope, source: &str, rebuilt: bool, trust: &Trust) -> Self {
        let mut notes = Notes::default();
        if message.cut().is_some() {
            notes.add(Note::Header);
        }
        if rebuilt {
            notes.add(Note::Rebuilt);
        }
        let mut evidence = Evidence::read(message, trust);
        // Bytes that are no UTF-8 are of an older charset, mostly that of Windows.
        let raw_subject = message.first("Subject").filter(|field| std::str::from_utf8(field.value).is_err());
        if let Some(field) = raw_subject {
            evidence.subject = Some(unstructured(field.value));
        }
        let subject = evidence.subject.clone().unwrap_or_default();
        let content = contents(message, &subject, &mut notes);
        let recipients = recipients(&envelope, &evidence, trust, &mut notes);
        Self {
            source: source.to_owned(),
            id: id::of(message.bytes(), &envelope),
            size: message.bytes().len() as u64,
            rebuilt,
            direction: direction(&evidence, &envelope, trust),
            arrived: arrived(&evidence, &envelope),
            recipients,
            signing_domains: domains(message, "DKIM-Signature"),
            arc_sealers: {
                let mut newest_first = domains(message, "ARC-Seal");
                newest_first.reverse();
                newest_first
            },
            parts: content.parts,
            links: content.links,
            attachments: content.attachments,
            envelope,
            evidence,
            notes,
        }
    }

    /// What verifying the message starts from. `now` is the moment of it, in microseconds since 1970; without, it is that of the arrival.
    #[must_use]
    pub fn arrival(&self, now: Option<i64>) -> Arrival {
        Arrival {
            client: self.client(),
            helo: self.helo(),
            mail_from: self.mail_from(),
            now: now.or(self.arrived).unwrap_or_default().div_euclid(1_000_000),
        }
    }

    /// The address of the client that handed the message in.
    #[must_use]
    pub fn client(&self) -> Option<IpAddr> {
        self.envelope.client.or_else(|| self.evidence.sender_ip().map(|taken| taken.value)).filter(|ip| *ip != FROM_WITHIN)
    }

    /// What that client greeted with.
    #[must_use]
    pub fn helo(&self) -> Option<String> {
        // The hop that names the client is the one that heard it, where several could be.
        let client = self.client();
        let hop = || self.evidence.chain.hops.iter().find(|hop| hop.ip.is_some() && hop.ip == client);
        let heard = || hop().and_then(|hop| hop.helo.clone().or_else(|| hop.from.clone()));
        let taken = || self.evidence.helo().filter(|taken| taken.from != Place::Received).map(|taken| taken.value);
        self.envelope.helo.clone().or_else(taken).or_else(heard)
    }

    /// The envelope sender, or only its domain; empty for a bounce.
    #[must_use]
    pub fn mail_from(&self) -> Option<String> {
        let live = self.envelope.mail_from.clone().filter(|_| self.envelope.is_live());
        live.or_else(|| self.evidence.mail_from().map(|taken| taken.value)).or_else(|| self.envelope.mail_from.clone())
    }

    /// The name that joins the rows of the message: Microsoft's where it gave one that is believed.
    #[must_use]
    pub fn network_message_id(&self) -> String {
        self.evidence.network_message_id().map_or_else(|| self.id.clone(), |taken| taken.value.to_ascii_lowercase())
    }
}

/// What is inside, even where reading it goes wrong: much of it is others' code before hostile bytes.
fn contents(message: &Message<'_>, subject: &str, notes: &mut Notes) -> Content {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut notes = Notes::default();
        let content = content::read(message, subject, &mut notes);
        (content, notes)
    }));
    let Ok((content, met)) = read else {
        notes.add(Note::Unreadable);
        return Content::default();
    };
    met.list().iter().for_each(|note| notes.add(*note));
    content
}

fn direction(evidence: &Evidence, envelope: &Envelope, trust: &Trust) -> Direction {
    let taken = evidence.direction(trust);
    let from_outside = || evidence.findings.iter().any(|finding| finding.kind == FindingKind::OwnDomainFromOutside);
    if taken.from != Place::Addresses {
        return taken.value;
    }
    let own = |address: &String| trust.is_own_domain(&domain(address));
    match taken.value {
        // Mail from outside that bears our own name is what spoofed mail looks like (Direct Send): nothing of it stayed within.
        Direction::IntraOrg if from_outside() || is_unproved(evidence) => Direction::Inbound,
        // The header need not name whom it is for.
        Direction::Unknown if envelope.recipients.iter().any(own) => Direction::Inbound,
        other => other,
    }
}

/// Whether a message came from a public address that nothing proves to be one of ours: the client did not log in (RFC 3848), and no
/// believed result says that DMARC passes.
fn is_unproved(evidence: &Evidence) -> bool {
    let Some(client) = evidence.sender_ip().map(|taken| taken.value) else { return false };
    let logged_in = |with: &str| {
        matches!(with.to_ascii_uppercase().as_str(), "ESMTPA" | "ESMTPSA" | "LMTPA" | "LMTPSA" | "UTF8SMTPA" | "UTF8SMTPSA")
    };
    let submitted = evidence.chain.hops.iter().any(|hop| hop.ip == Some(client) && hop.with.as_deref().is_some_and(logged_in));
    !submitted && evidence.overview.as_ref().and_then(|overview| overview.dmarc.as_deref()) != Some("pass")
}

fn arrived(evidence: &Evidence, envelope: &Envelope) -> Option<i64> {
    let taken = evidence.arrived();
    let on_the_way = taken.as_ref().filter(|taken| taken.from != Place::Date).map(|taken| taken.value);
    let moment = envelope.arrived.or(on_the_way).or(envelope.stated).or(taken.map(|taken| taken.value));
    // Kusto's years.
    moment.filter(|micros| schema::text::datetime::from_unix_micros(*micros).is_some())
}

/// Whom a message was for: by the envelope; where it was put; by To and Cc, of which only ours count where it came in; by the hops.
fn recipients(envelope: &Envelope, evidence: &Evidence, trust: &Trust, notes: &mut Notes) -> Vec<String> {
    let mut found: Vec<String> = envelope.recipients.clone();
    if found.is_empty() {
        found.extend(evidence.delivered_to.first().cloned());
    }
    if found.is_empty() {
        let named = || evidence.to.mailboxes.iter().chain(&evidence.cc.mailboxes).filter(|mailbox| !mailbox.domain.is_empty());
        found = named().filter(|mailbox| trust.is_own_domain(&mailbox.domain)).map(|mailbox| mailbox.address.clone()).collect();
        if found.is_empty() {
            found = named().map(|mailbox| mailbox.address.clone()).collect();
        }
    }
    if found.is_empty() {
        found.extend(evidence.chain.hops.iter().find_map(|hop| hop.recipient.clone()));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|address| seen.insert(address.to_lowercase()));
    if found.len() > MOST_RECIPIENTS {
        notes.add(Note::Recipients);
        found.truncate(MOST_RECIPIENTS);
    }
    found
}

/// The `d=` of signatures (RFC 6376 section 3.5), each once.
fn domains(message: &Message<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for field in message.all(name).take(MOST_SIGNATURES) {
        let text = field.text();
        let tags = text.split(';').filter_map(|tag| tag.split_once('='));
        let value =
            tags.filter(|(name, _)| name.trim() == "d").map(|(_, value)| value.split_whitespace().collect::<String>()).next();
        let domain = value.unwrap_or_default().trim_end_matches('.').to_lowercase();
        if !domain.is_empty() && !found.contains(&domain) {
            found.push(domain);
        }
    }
    found
}

/// What follows the last `@` of an address, in lower case; all of it where there is none.
pub(crate) fn domain(address: &str) -> String {
    address.rsplit('@').next().unwrap_or_default().trim_end_matches(['>', '.']).to_lowercase()
}
