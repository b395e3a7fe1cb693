//! What a step needs to know of a domain, taken from the evidence about it.

use std::{collections::BTreeSet, net::IpAddr};

use mailauth::spf::survey::Network;

use crate::evidence::DomainEvidence;

/// Networks of fewer bits name nobody: a record that passes them passes nearly everybody, and an address in one is not the owner's for it.
const LEAST_BITS: u8 = 8;

impl DomainEvidence {
    /// Whether the domain's SPF record lets an address send.
    #[must_use]
    pub fn may_send(&self, address: IpAddr) -> bool {
        let address = Network::new(address, if address.is_ipv4() { 32 } else { 128 });
        let mut passing = self.spf.survey.terms().filter(|(place, _, _)| self.spf.lets_pass(*place));
        passing
            .any(|(_, _, term)| term.networks.iter().any(|network| network.length() >= LEAST_BITS && network.contains(&address)))
    }

    /// Names below the domain that have a policy of their own, which a step of the domain does not touch.
    #[must_use]
    pub fn own_policies_below(&self) -> BTreeSet<String> {
        self.dmarc.subdomains.iter().filter(|name| name.has_policy()).map(|name| name.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use mailauth::dns::Zone;

    use crate::evidence::{DomainEvidence, NoFetch, Question};

    const ZONE: &str = "\
$ORIGIN example.com.
@           IN MX 10 mail
@           IN TXT \"v=spf1 mx ip4:198.51.100.0/24 -ip4:203.0.113.9 include:_spf.example.net ?ip4:203.0.113.0/24 ip4:0.0.0.0/1 -all\"
mail        IN A 192.0.2.25
news        IN MX 10 mail
_dmarc.news IN TXT \"v=DMARC1; p=none\"
_spf.example.net. IN TXT \"v=spf1 ip6:2001:db8::/32 -all\"
";

    #[test]
    fn who_may_send_is_who_spf_passes() {
        let question = Question::new(Arc::new(Zone::parse(ZONE).unwrap()), Arc::new(NoFetch), 0);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let evidence = runtime.block_on(DomainEvidence::collect("example.com", &question)).unwrap();
        let may = |address: &str| evidence.may_send(address.parse().unwrap());
        assert!(may("192.0.2.25") && may("198.51.100.7") && may("2001:db8::1"));
        assert!(!may("203.0.113.9"), "a minus sign passes nobody");
        assert!(!may("203.0.113.8"), "nor does a question mark");
        assert!(!may("10.0.0.1"), "half of all addresses are nobody's");
        assert_eq!(evidence.own_policies_below(), BTreeSet::from(["news.example.com".to_owned()]));
    }
}
