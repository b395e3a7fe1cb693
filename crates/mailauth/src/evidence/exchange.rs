//! X-MS-Exchange-Organization-*, X-MS-Exchange-CrossTenant-* and their neighbours: how Exchange Online handled a message. Of a fact
//! that both have, the organisation's header counts first.

use std::net::IpAddr;

use serde::Serialize;

use crate::{Message, authres::ip, date};

const ORGANIZATION: &str = "X-MS-Exchange-Organization-";
const CROSS_TENANT: &str = "X-MS-Exchange-CrossTenant-";

/// The headers that are known, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Network message id, a GUID, as written.
    pub network_message_id: Option<String>,
    /// The name of the header it was taken from.
    pub network_message_id_from: Option<&'static str>,
    /// AuthAs: `Anonymous`, `Internal`, `Partner` or `External`.
    pub auth_as: Option<String>,
    /// AuthSource: the host that said so.
    pub auth_source: Option<String>,
    /// AuthMechanism: two hexadecimal digits.
    pub auth_mechanism: Option<String>,
    /// CrossTenant-Id: the tenant, a GUID.
    pub tenant: Option<String>,
    /// CrossTenant-OriginalArrivalTime, in microseconds since 1970.
    pub arrived: Option<i64>,
    /// CrossTenant-OriginalArrivalTime as written.
    pub arrived_text: Option<String>,
    /// MessageDirectionality: `Incoming` or `Originating`.
    pub directionality: Option<String>,
    /// SCL of the organisation.
    pub scl: Option<i32>,
    /// PCL of the organisation: phishing confidence level.
    pub pcl: Option<i32>,
    /// CrossTenant-FromEntityHeader: `HybridOnPrem`, `Internet` or `Hosted`.
    pub from_entity: Option<String>,
    /// X-MS-PublicTrafficType.
    pub traffic: Option<String>,
    /// X-MS-TrafficTypeDiagnostic.
    pub traffic_diagnostic: Option<String>,
    /// X-EOPAttributedMessage.
    pub attributed: Option<String>,
    /// X-EOPTenantAttributedMessage, as written: `tenant:0`.
    pub attributed_tenant: Option<String>,
    /// The address from which the message reached the first tenant it passed through (CrossTenant-OriginalAttributedTenantConnectingIp).
    pub original_client_ip: Option<IpAddr>,
    /// What that client greeted with.
    pub original_helo: Option<String>,
    /// The sender's address behind a gateway, as enhanced filtering found it (ExternalOriginalInternetSender).
    pub behind_gateway: Option<IpAddr>,
    /// The organisation's headers that are not read above, such as those of connectors and mail-flow rules: names after
    /// `X-MS-Exchange-Organization-`, and values; at most [`Exchange::MOST_OTHERS`].
    pub organization: Vec<(String, String)>,
}

impl Exchange {
    /// Most of the organisation's other headers that are kept.
    pub const MOST_OTHERS: usize = 100;

    /// Reads the headers of a message.
    #[must_use]
    pub fn of(message: &Message<'_>) -> Self {
        let mut out = Self::default();
        for field in message.fields() {
            let Ok(name) = std::str::from_utf8(field.name) else { continue };
            let is_ours = name.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("X-"));
            if is_ours {
                out.take(name, || field.text());
            }
        }
        let id = |name: &str| message.first(name).map(|field| field.text()).filter(|text| !text.is_empty());
        for name in IDS {
            if out.network_message_id.is_none() {
                out.network_message_id = id(name);
                out.network_message_id_from = out.network_message_id.as_ref().map(|_| name);
            }
        }
        out
    }

    fn take(&mut self, name: &str, text: impl FnOnce() -> String) {
        if let Some(rest) = strip(name, ORGANIZATION) {
            return self.organization(rest, text());
        }
        if let Some(rest) = strip(name, CROSS_TENANT) {
            return self.cross_tenant(rest, text());
        }
        let place = match name.to_ascii_lowercase().as_str() {
            "x-ms-publictraffictype" => &mut self.traffic,
            "x-ms-traffictypediagnostic" => &mut self.traffic_diagnostic,
            "x-eopattributedmessage" => &mut self.attributed,
            "x-eoptenantattributedmessage" => &mut self.attributed_tenant,
            "x-ms-exchange-externaloriginalinternetsender" => {
                self.behind_gateway = self.behind_gateway.or_else(|| bracketed(&text(), "ip").and_then(|text| ip(&text)));
                return;
            }
            _ => return,
        };
        keep(place, text());
    }

    fn organization(&mut self, rest: &str, text: String) {
        match rest.to_ascii_lowercase().as_str() {
            // These count before what the crossing of tenants says, wherever they stand.
            "authas" => self.auth_as = some(text),
            "authsource" => self.auth_source = some(text),
            "authmechanism" => self.auth_mechanism = some(text),
            "messagedirectionality" => keep(&mut self.directionality, text),
            "scl" => self.scl = self.scl.or_else(|| text.parse().ok()),
            "pcl" => self.pcl = self.pcl.or_else(|| text.parse().ok()),
            "network-message-id" => {}
            _ if self.organization.len() < Self::MOST_OTHERS => self.organization.push((rest.to_owned(), text)),
            _ => {}
        }
    }

    fn cross_tenant(&mut self, rest: &str, text: String) {
        match rest.to_ascii_lowercase().as_str() {
            "id" => keep(&mut self.tenant, text),
            "authas" => keep(&mut self.auth_as, text),
            "authsource" => keep(&mut self.auth_source, text),
            "fromentityheader" => keep(&mut self.from_entity, text),
            "originalarrivaltime" if self.arrived_text.is_none() => {
                self.arrived = date::moment(&text);
                self.arrived_text = some(text);
            }
            "originalattributedtenantconnectingip" => {
                self.original_client_ip = self.original_client_ip.or_else(|| bracketed(&text, "Ip").and_then(|text| ip(&text)));
                self.original_helo = self.original_helo.take().or_else(|| bracketed(&text, "Helo"));
            }
            _ => {}
        }
    }
}

/// Where the network message id stands, in the order of preference.
const IDS: [&str; 3] = [
    "X-MS-Exchange-Organization-Network-Message-Id",
    "X-MS-Exchange-CrossTenant-Network-Message-Id",
    "X-MS-Office365-Filtering-Correlation-Id",
];

fn strip<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let head = name.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| name.get(prefix.len()..)).flatten()
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// The topmost counts.
fn keep(place: &mut Option<String>, text: String) {
    if place.is_none() {
        *place = some(text);
    }
}

/// `Ip=[192.0.2.1];Helo=[a.example]`: the value of a key.
fn bracketed(text: &str, key: &str) -> Option<String> {
    text.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_start_matches('[').trim_end_matches(']');
        (name.trim().eq_ignore_ascii_case(key) && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::Exchange;
    use crate::Message;

    #[test]
    fn the_organisation_counts_before_the_crossing_of_tenants() {
        let found = Exchange::of(&Message::new(
            b"X-MS-Exchange-CrossTenant-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthAs: Anonymous\r\n\
              X-MS-Exchange-CrossTenant-Network-Message-Id: two\r\nX-MS-Exchange-Organization-Network-Message-Id: one\r\n\
              X-MS-Exchange-CrossTenant-OriginalArrivalTime: 21 Nov 2026 04:00:00.1234 (UTC)\r\n\
              X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=t;Ip=[192.0.2.1];Helo=[a.example]\r\n\
              X-MS-Exchange-Organization-SCL: 5\r\nX-MS-Exchange-Organization-MessageDirectionality: Incoming\r\n\
              X-MS-Exchange-Organization-Rules-Execution-History: A rule\r\n\r\n",
        ));
        assert_eq!((found.auth_as.as_deref(), found.network_message_id.as_deref()), (Some("Anonymous"), Some("one")));
        assert_eq!(found.arrived, Some(1_795_233_600_123_400));
        assert_eq!((found.original_client_ip, found.original_helo.as_deref()), ("192.0.2.1".parse().ok(), Some("a.example")));
        assert_eq!((found.scl, found.directionality.as_deref()), (Some(5), Some("Incoming")));
        assert_eq!(found.organization, [("Rules-Execution-History".to_owned(), "A rule".to_owned())]);
    }

    #[test]
    fn a_message_of_another_world_has_none_of_it() {
        assert_eq!(Exchange::of(&Message::new(b"From: a@example.com\r\nX-: b\r\n\r\n")), Exchange::default());
    }
}
