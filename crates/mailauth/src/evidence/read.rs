//! Reads all evidence of a message.

use super::{
    AddressList, AntispamReport, Bulk, Chain, Evidence, Exchange, Finding, FindingKind, Lists, MailboxDelivery, Microsoft,
    Standing, Stated, StatedIn, Trust, authors, display_name,
};
use crate::{
    Field, Message,
    authres::{AuthenticationResults, Overview, ReceivedSpf, ip},
    date, encoded_words,
};

/// Most headers with results that are read; chains of ARC have up to fifty sets (RFC 8617 section 4.2.1).
const MOST_STATED: usize = 200;
/// Most mailboxes of one field whose names are looked at.
const MOST_NAMES: usize = 50;
/// Most findings.
const MOST_FINDINGS: usize = 100;
/// Most addresses of Delivered-To.
const MOST_DELIVERED: usize = 20;

impl Evidence {
    /// Reads the header of a message. Never fails.
    #[must_use]
    pub fn read(message: &Message<'_>, trust: &Trust) -> Self {
        let chain = Chain::of(message);
        let text = |name: &str| message.first(name).map(|field| field.text()).filter(|text| !text.is_empty());
        let address = |field: Field<'_>| field.text().trim_matches(['<', '>', ' ']).to_owned();
        let delivered = ["Delivered-To", "X-Original-To"].into_iter().flat_map(|name| message.all(name)).take(MOST_DELIVERED);
        let mut out = Self {
            return_path: message.first("Return-Path").map(address),
            from: AddressList::of(message, "From"),
            sender: AddressList::of(message, "Sender"),
            reply_to: AddressList::of(message, "Reply-To"),
            to: AddressList::of(message, "To"),
            cc: AddressList::of(message, "Cc"),
            subject: text("Subject").map(|text| encoded_words::decode(&text).text.into_owned()),
            message_id: text("Message-ID"),
            date: text("Date").and_then(|text| date::seconds(&text)),
            delivered_to: delivered.map(address).filter(|address| !address.is_empty()).collect(),
            lists: Lists::of(message),
            mailer: text("X-Mailer").or_else(|| text("User-Agent")).map(|text| encoded_words::decode(&text).text.into_owned()),
            originating_ip: text("X-Originating-IP").and_then(|text| ip(&text)),
            sender_ip_header: text("X-Sender-IP").and_then(|text| ip(&text)),
            dkim2_signatures: message.all("DKIM2-Signature").count(),
            message_instances: message.all("Message-Instance").count(),
            ..Self::default()
        };
        let edge = trust.microsoft_edge(&chain.hops);
        out.take_results(message, trust, &chain, edge);
        out.take_microsoft(message, edge.is_some());
        out.chain = chain;
        out.find(message, trust);
        out
    }

    fn take_results(&mut self, message: &Message<'_>, trust: &Trust, chain: &Chain, edge: Option<(usize, usize)>) {
        let (mut below, mut block) = (0, None);
        let mut microsoft_seen = false;
        let mut spf = Vec::new();
        for field in message.fields() {
            if field.is("Received") {
                below += 1;
            } else if field.is("Received-SPF") && spf.len() < MOST_STATED {
                spf.push((below, ReceivedSpf::parse(&field.text())));
            } else if let Some(kind) = StatedIn::of(&field) {
                if self.believed.len() + self.apart.len() >= MOST_STATED {
                    continue;
                }
                let text = field.text();
                let results = AuthenticationResults::parse(&text);
                let standing = match (kind, results.authserv_id.as_deref()) {
                    (StatedIn::ArcAuthenticationResults, _) => Standing::ArcSet,
                    (StatedIn::Original | StatedIn::XOriginal | StatedIn::Exchange, _) => Standing::Renamed,
                    (StatedIn::AuthenticationResults, Some(id)) if trust.is_ours(id) => {
                        let top = *block.get_or_insert(below);
                        let ours_above =
                            chain.hops.iter().take(below).all(|hop| trust.is_own_hop(hop)) && below <= chain.hops.len();
                        if below == top || ours_above { Standing::ConfiguredId } else { Standing::BelowOurHop }
                    }
                    (StatedIn::AuthenticationResults, _) if results.is_microsoft_form() => {
                        let placed = edge.is_some_and(|(least, most)| (least..=most).contains(&below));
                        let believed = placed && !microsoft_seen;
                        microsoft_seen = true;
                        if believed { Standing::MicrosoftEdge } else { Standing::NotMicrosoft }
                    }
                    (StatedIn::AuthenticationResults, _) => Standing::OtherHost,
                };
                let stated = Stated { field: kind, standing, below, text: cut(text), results };
                if standing.is_believed() { self.believed.push(stated) } else { self.apart.push(stated) }
            }
        }
        let overview = Overview::of_all(self.believed.iter().map(|stated| &stated.results));
        self.overview = (!overview.is_empty()).then_some(overview);
        for (below, found) in spf {
            // Who wrote the results writes this beside them.
            let beside = self.believed.iter().any(|stated| stated.below == below);
            let by_ours =
                found.receiver.as_deref().is_some_and(|receiver| trust.is_ours(receiver)) && block.is_none_or(|top| below <= top);
            let first = self.received_spf.is_empty();
            if first && (beside || by_ours) { self.received_spf.push(found) } else { self.received_spf_apart.push(found) }
        }
    }

    fn take_microsoft(&mut self, message: &Message<'_>, believed: bool) {
        let text = |name: &str| message.first(name).map(|field| field.text());
        let own = Microsoft {
            antispam: text("X-Forefront-Antispam-Report").map(|text| AntispamReport::parse(&text)),
            bulk: text("X-Microsoft-Antispam").map(|text| Bulk::parse(&text)),
            mailbox: text("X-Microsoft-Antispam-Mailbox-Delivery").map(|text| MailboxDelivery::parse(&text)),
            exchange: Exchange::of(message),
        };
        let others = Microsoft {
            antispam: text("X-Forefront-Antispam-Report-Untrusted").map(|text| AntispamReport::parse(&text)),
            bulk: text("X-Microsoft-Antispam-Untrusted").map(|text| Bulk::parse(&text)),
            ..Microsoft::default()
        };
        let there = |found: Microsoft| (found != Microsoft::default()).then_some(found);
        if believed {
            self.microsoft = there(own);
            self.microsoft_apart = there(others);
        } else {
            self.microsoft_apart = there(own).or_else(|| there(others));
        }
    }

    fn find(&mut self, message: &Message<'_>, trust: &Trust) {
        let mut out = Vec::new();
        let authors = authors::of(&self.from);
        if self.from.fields > 1 {
            out.push(Finding::new(FindingKind::SeveralFromFields, "From", &self.from.fields.to_string()));
        }
        if authors.len() > 1 {
            let all: Vec<_> = authors.iter().take(MOST_NAMES).map(|author| author.address.as_str()).collect();
            out.push(Finding::new(FindingKind::SeveralAuthors, "From", &all.join(", ")));
        } else if authors.is_empty() {
            out.push(Finding::new(FindingKind::NoAuthor, "From", ""));
        }
        for (field, list) in [("From", &self.from), ("Sender", &self.sender), ("Reply-To", &self.reply_to)] {
            for mailbox in list.mailboxes.iter().take(MOST_NAMES) {
                out.extend(display_name::findings(field, mailbox, &trust.own_domains));
            }
        }
        let organizations: Vec<_> = authors.iter().map(|author| display_name::organizational(&author.domain)).collect();
        let elsewhere = self.reply_to.mailboxes.iter().take(MOST_NAMES).find(|mailbox| {
            !mailbox.domain.is_empty()
                && !organizations.is_empty()
                && !organizations.contains(&display_name::organizational(&mailbox.domain))
        });
        out.extend(elsewhere.map(|mailbox| Finding::new(FindingKind::ReplyToElsewhere, "Reply-To", &mailbox.address)));
        if let Some(own) = authors.iter().find(|author| display_name::is_own(&author.domain, &trust.own_domains)) {
            let outside = self.is_from_outside();
            out.extend(outside.then(|| Finding::new(FindingKind::OwnDomainFromOutside, "From", &own.address)));
        }
        let forged = self.apart.iter().filter(|stated| stated.standing == Standing::BelowOurHop);
        out.extend(
            forged
                .take(MOST_NAMES)
                .map(|stated| Finding::new(FindingKind::ForgedResults, "Authentication-Results", &stated.text)),
        );
        if self.chain.fields > Chain::MOST {
            out.push(Finding::new(FindingKind::TooManyHops, "Received", &self.chain.fields.to_string()));
        }
        if message.cut().is_some() {
            out.push(Finding::new(FindingKind::HeaderCut, "", ""));
        }
        out.truncate(MOST_FINDINGS);
        self.findings = out;
    }

    /// Whether Microsoft says that it came from outside and nobody vouched for its sender.
    fn is_from_outside(&self) -> bool {
        let Some(microsoft) = &self.microsoft else { return false };
        let anonymous = microsoft.exchange.auth_as.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("Anonymous"));
        let incoming = microsoft.antispam.as_ref().is_some_and(|report| report.direction.as_deref() == Some("INB"));
        anonymous || incoming
    }
}

impl StatedIn {
    fn of(field: &Field<'_>) -> Option<Self> {
        const NAMES: [(&str, StatedIn); 5] = [
            ("Authentication-Results", StatedIn::AuthenticationResults),
            ("ARC-Authentication-Results", StatedIn::ArcAuthenticationResults),
            ("Authentication-Results-Original", StatedIn::Original),
            ("X-Original-Authentication-Results", StatedIn::XOriginal),
            ("X-MS-Exchange-Authentication-Results", StatedIn::Exchange),
        ];
        NAMES.into_iter().find(|(name, _)| field.is(name)).map(|(_, kind)| kind)
    }
}

fn cut(text: String) -> String {
    if text.len() <= Stated::MOST_TEXT {
        return text;
    }
    let end = (0..=Stated::MOST_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or_default().to_owned()
}
