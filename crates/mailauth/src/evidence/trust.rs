//! Whose words count.

use serde::{Deserialize, Serialize};

use super::{Hop, display_name::is_own};
use crate::table;

/// Domains of Microsoft's hosts.
static MICROSOFT: &str = include_str!("../../data/microsoft-hosts.tsv");

/// Which headers are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Trust {
    /// Names in Authentication-Results that are ours (RFC 8601 section 2.5), in whatever case.
    pub authserv_ids: Vec<String>,
    /// Whether Microsoft's headers, which bear no name, are believed.
    pub microsoft: MicrosoftTrust,
    /// Hosts of ours that hand mail on after the host whose results count, by their names in Received (`by`) or a domain that they are
    /// in: their hops may stand above.
    pub own_hosts: Vec<String>,
    /// Our own domains, in lower case.
    pub own_domains: Vec<String>,
}

/// Whether Microsoft's headers are believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MicrosoftTrust {
    /// Where the message bears the marks of Microsoft's edge: its topmost hops (but for [`Trust::own_hosts`]) are hosts of Microsoft, and the
    /// results stand above the hop at which Microsoft took the message. Right for messages out of mailboxes.
    #[default]
    Marked,
    /// Never: mail that does not come out of Microsoft 365, and all mail at the moment of its arrival, when anybody can have written these
    /// headers.
    Never,
    /// The topmost ones always: for messages whose Received fields were removed.
    Always,
}

impl Trust {
    /// Nobody is believed: right at the moment of arrival.
    #[must_use]
    pub fn nobody() -> Self {
        Self { microsoft: MicrosoftTrust::Never, ..Self::default() }
    }

    /// Whether a name in Authentication-Results is ours.
    #[must_use]
    pub fn is_ours(&self, authserv_id: &str) -> bool {
        self.authserv_ids.iter().any(|known| known.eq_ignore_ascii_case(authserv_id))
    }

    /// Whether a domain, in whatever form, is one of ours or below one.
    #[must_use]
    pub fn is_own_domain(&self, domain: &str) -> bool {
        crate::dns::name(domain).is_some_and(|domain| is_own(&domain, &self.own_domains))
    }

    /// Whether a hop was written by a host of ours.
    pub(super) fn is_own_hop(&self, hop: &Hop) -> bool {
        let by = hop.by.as_deref().unwrap_or_default();
        self.is_ours(by) || self.own_hosts.iter().any(|own| is_in(by, own))
    }

    /// How many Received fields may stand above results of Microsoft's edge, at least and at most; `None` if the message did not come
    /// through it last.
    pub(super) fn microsoft_edge(&self, hops: &[Hop]) -> Option<(usize, usize)> {
        match self.microsoft {
            MicrosoftTrust::Never => None,
            MicrosoftTrust::Always => Some((0, usize::MAX)),
            MicrosoftTrust::Marked => {
                let first = hops.iter().take_while(|hop| self.is_own_hop(hop)).count();
                let run = hops.iter().skip(first).take_while(|hop| is_microsoft(hop.by.as_deref()));
                let mut last = None;
                for (offset, hop) in run.enumerate() {
                    last = Some(first + offset);
                    // Here it came from outside; what is further down was written there.
                    if !is_microsoft(hop.from.as_deref()) {
                        break;
                    }
                }
                last.map(|last| (first, last))
            }
        }
    }
}

/// Whether a name of a host is Microsoft's.
fn is_microsoft(host: Option<&str>) -> bool {
    host.is_some_and(|host| table::lines(MICROSOFT).any(|(domain, _)| is_in(host, domain)))
}

/// Whether a host is a domain, or in it.
fn is_in(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.');
    let Some(start) = host.len().checked_sub(domain.len()) else { return false };
    let ends = host.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(domain));
    ends && !domain.is_empty() && (start == 0 || host.as_bytes().get(start - 1) == Some(&b'.'))
}

#[cfg(test)]
mod tests {
    use super::{Trust, is_in, is_microsoft};
    use crate::evidence::Hop;

    fn hops(hops: &[(&str, &str)]) -> Vec<Hop> {
        hops.iter().map(|(from, by)| Hop { from: Some((*from).into()), by: Some((*by).into()), ..Hop::default() }).collect()
    }

    #[test]
    fn the_edge_is_where_microsoft_took_the_message_from_another() {
        let found = hops(&[
            ("a.prod.outlook.com", "b.prod.outlook.com"),
            ("mail.example.com", "c.mail.protection.outlook.com"),
            ("forged.example", "d.prod.outlook.com"),
        ]);
        assert_eq!(Trust::default().microsoft_edge(&found), Some((0, 1)));
        assert_eq!(Trust::nobody().microsoft_edge(&found), None);
    }

    #[test]
    fn hosts_of_ours_may_stand_above() {
        let found = hops(&[("b.prod.outlook.com", "journal.contoso.com"), ("mail.example.com", "b.prod.outlook.com")]);
        assert_eq!(Trust::default().microsoft_edge(&found), None);
        let trust = Trust { own_hosts: vec!["contoso.com".into()], ..Trust::default() };
        assert_eq!(trust.microsoft_edge(&found), Some((1, 1)));
    }

    #[test]
    fn what_is_below_a_domain_of_ours_is_ours_too() {
        let trust = Trust { own_domains: vec!["example.com".into()], ..Trust::default() };
        assert!(["example.com", "Mail.Example.COM."].iter().all(|own| trust.is_own_domain(own)));
        assert!(!["badexample.com", "com", "", "example.com.test"].iter().any(|other| trust.is_own_domain(other)));
    }

    #[test]
    fn a_host_is_in_a_domain_and_not_beside_it() {
        assert!(is_in("a.Example.com", "example.com") && is_in("example.com", "example.com"));
        assert!(!is_in("badexample.com", "example.com") && !is_in("com", "example.com") && !is_in("x", ""));
        assert!(is_microsoft(Some("CPYP284MB0966.BRAP284.PROD.OUTLOOK.COM")) && !is_microsoft(Some("outlook.com.example")));
    }
}
