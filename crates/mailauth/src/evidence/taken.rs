//! Facts that several headers tell, and which of them was listened to.

use std::net::IpAddr;

use serde::Serialize;

use super::{AntispamReport, Hop, Trust, addresses, authors, display_name::is_own};
use crate::date::SECOND;

/// A fact and where it was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken<T> {
    /// The fact.
    pub value: T,
    /// Where it was taken from.
    pub from: Place,
}

/// Places of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// X-Forefront-Antispam-Report.
    AntispamReport,
    /// Believed Authentication-Results.
    AuthenticationResults,
    /// Received-SPF.
    ReceivedSpf,
    /// X-Sender-IP.
    XSenderIp,
    /// The topmost Received field with a public address: right if all hops above it are ours.
    Received,
    /// Return-Path.
    ReturnPath,
    /// X-MS-Exchange-Organization-* or X-MS-Exchange-CrossTenant-*.
    Exchange,
    /// X-MS-Office365-Filtering-Correlation-Id.
    CorrelationId,
    /// Delivered-To or X-Original-To.
    DeliveredTo,
    /// To.
    To,
    /// Date.
    Date,
    /// The addresses of author and recipients, beside our own domains.
    Addresses,
}

/// Which way a message went, as EmailEvents has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Direction {
    /// From outside.
    Inbound,
    /// To outside.
    Outbound,
    /// From one of ours to one of ours.
    #[serde(rename = "Intra-org")]
    IntraOrg,
    /// Nobody says.
    Unknown,
}

impl Direction {
    /// As EmailEvents writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "Inbound",
            Self::Outbound => "Outbound",
            Self::IntraOrg => "Intra-org",
            Self::Unknown => "Unknown",
        }
    }
}

impl super::Evidence {
    /// The client's address: Microsoft's CIP, then what believed results, Received-SPF and X-Sender-IP say, then the topmost hop with a public
    /// address.
    #[must_use]
    pub fn sender_ip(&self) -> Option<Taken<IpAddr>> {
        let report = self.report().and_then(|report| report.client_ip);
        let results = self.overview.as_ref().and_then(|overview| overview.sender_ip);
        let spf = || self.received_spf.iter().find_map(|spf| spf.client_ip);
        let marked = self.sender_ip_header.filter(|_| self.microsoft.is_some());
        taken(Place::AntispamReport, report)
            .or_else(|| taken(Place::AuthenticationResults, results))
            .or_else(|| taken(Place::ReceivedSpf, spf()))
            .or_else(|| taken(Place::XSenderIp, marked))
            .or_else(|| taken(Place::Received, self.entry_hop().and_then(|hop| hop.ip)))
    }

    /// What the client greeted with.
    #[must_use]
    pub fn helo(&self) -> Option<Taken<String>> {
        let report = self.report().and_then(|report| report.helo.clone());
        let results = || self.overview.as_ref().and_then(|overview| overview.helo.clone());
        let spf = || self.received_spf.iter().find_map(|spf| spf.helo.clone());
        // The hop at which the client came in, where another header says which client it was.
        let client = self.sender_ip().map(|taken| taken.value);
        let its = || self.chain.hops.iter().find(|hop| client.is_some() && hop.ip == client);
        let hop = || its().or_else(|| self.entry_hop()).and_then(|hop| hop.greeting()).map(ToOwned::to_owned);
        taken(Place::AntispamReport, report)
            .or_else(|| taken(Place::AuthenticationResults, results()))
            .or_else(|| taken(Place::ReceivedSpf, spf()))
            .or_else(|| taken(Place::Received, hop()))
    }

    /// The envelope sender, or its domain where only that is known; empty for a bounce. An address counts before a bare domain, whichever
    /// header it stands in, if the two do not contradict each other.
    #[must_use]
    pub fn mail_from(&self) -> Option<Taken<String>> {
        let results = self.overview.as_ref().and_then(|overview| overview.mail_from.clone());
        let spf = || self.received_spf.iter().find_map(|spf| spf.envelope_from.clone());
        let path = || taken(Place::ReturnPath, self.return_path.clone());
        let stated = taken(Place::AuthenticationResults, results).or_else(|| taken(Place::ReceivedSpf, spf()));
        match stated {
            Some(found) if !found.value.is_empty() && !found.value.contains('@') => {
                let same = |path: &Taken<String>| addresses::domain(&path.value).eq_ignore_ascii_case(&found.value);
                path().filter(same).or(Some(found))
            }
            Some(found) => Some(found),
            None => path(),
        }
    }

    /// Which way it went: what Microsoft says, then what the addresses say beside our own domains.
    #[must_use]
    pub fn direction(&self, trust: &Trust) -> Taken<Direction> {
        let report = self.report().and_then(|report| report.direction.as_deref()).and_then(|word| match word {
            "INB" => Some(Direction::Inbound),
            "OUT" => Some(Direction::Outbound),
            "INT" => Some(Direction::IntraOrg),
            _ => None,
        });
        let incoming = |word: &str| word.eq_ignore_ascii_case("Incoming");
        let exchange = self.microsoft.as_ref().map(|microsoft| &microsoft.exchange);
        let incoming = exchange.and_then(|exchange| exchange.directionality.as_deref()).filter(|word| incoming(word));
        let incoming = incoming.map(|_| Direction::Inbound);
        taken(Place::AntispamReport, report)
            .or_else(|| taken(Place::Exchange, incoming))
            .unwrap_or_else(|| Taken { value: self.direction_of_addresses(trust), from: Place::Addresses })
    }

    fn direction_of_addresses(&self, trust: &Trust) -> Direction {
        let own = |domain: &str| is_own(domain, &trust.own_domains);
        let sender_is_own = authors::of(&self.from).iter().any(|author| own(&author.domain));
        let mut recipients = self.to.mailboxes.iter().chain(&self.cc.mailboxes).map(|mailbox| mailbox.domain.as_str());
        let delivered = self.delivered_to.iter().map(|address| addresses::domain(address)).any(|domain| own(&domain));
        match (sender_is_own, delivered || recipients.any(own)) {
            _ if trust.own_domains.is_empty() => Direction::Unknown,
            (true, true) => Direction::IntraOrg,
            (true, false) => Direction::Outbound,
            (false, true) => Direction::Inbound,
            (false, false) => Direction::Unknown,
        }
    }

    /// The network message id, a GUID, where Microsoft gave one.
    #[must_use]
    pub fn network_message_id(&self) -> Option<Taken<String>> {
        let exchange = &self.microsoft.as_ref()?.exchange;
        let correlation = exchange.network_message_id_from.is_some_and(|name| name.contains("Office365"));
        let place = if correlation { Place::CorrelationId } else { Place::Exchange };
        taken(place, exchange.network_message_id.clone())
    }

    /// When it arrived, in microseconds since 1970: at Microsoft's edge, then at the topmost hop that has a time, then what Date says.
    #[must_use]
    pub fn arrived(&self) -> Option<Taken<i64>> {
        let exchange = self.microsoft.as_ref().and_then(|microsoft| microsoft.exchange.arrived);
        let hop = || self.chain.hops.iter().find_map(|hop| hop.time).map(|time| time.saturating_mul(SECOND));
        taken(Place::Exchange, exchange)
            .or_else(|| taken(Place::Received, hop()))
            .or_else(|| taken(Place::Date, self.date.map(|date| date.saturating_mul(SECOND))))
    }

    /// Whom it was for: Delivered-To or X-Original-To, then the first of To.
    #[must_use]
    pub fn recipient(&self) -> Option<Taken<String>> {
        let to = || self.to.first().map(|mailbox| mailbox.address.clone());
        taken(Place::DeliveredTo, self.delivered_to.first().cloned()).or_else(|| taken(Place::To, to()))
    }

    fn report(&self) -> Option<&AntispamReport> {
        self.microsoft.as_ref()?.antispam.as_ref()
    }

    /// The topmost hop whose client has a public address: where the message came in, if the hops above it are ours.
    fn entry_hop(&self) -> Option<&Hop> {
        self.chain.hops.iter().find(|hop| hop.ip.is_some_and(is_public))
    }
}

fn taken<T>(from: Place, value: Option<T>) -> Option<Taken<T>> {
    value.map(|value| Taken { value, from })
}

/// Whether an address can be one of the public network: neither private nor local. Addresses for documentation
/// (RFC 5737) count as public, because examples have them.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || ip.is_broadcast() || shared)
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public(IpAddr::V4(ip)),
            None => !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()),
        },
    }
}
