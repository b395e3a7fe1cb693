//! Selectors that many domains have, and the services behind aliases: what is tried where nobody says which selectors are in use.
//! `data/dkim-selectors.tsv` and `data/dkim-services.tsv` hold them.

/// A selector that is worth trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Common {
    pub(super) selector: &'static str,
    /// Who mostly chooses it.
    pub(super) service: Option<&'static str>,
    /// Whether it is asked for although the name server says that nothing stands below `_domainkey`: some say so wrongly (RFC 8020 section 5).
    pub(super) first: bool,
}

/// All of them, in the order of the file.
pub(super) fn selectors() -> impl Iterator<Item = Common> {
    lines(include_str!("../../../data/dkim-selectors.tsv")).map(|mut cells| Common {
        selector: cells.next().unwrap_or_default(),
        service: cells.next().filter(|service| !service.is_empty()),
        first: cells.next() == Some("first"),
    })
}

/// Who mostly chooses a selector.
pub(super) fn service_of_selector(selector: &str) -> Option<&'static str> {
    selectors().find(|common| common.selector == selector).and_then(|common| common.service)
}

/// Whose name an alias leads to.
pub(super) fn service_of_target(target: &str) -> Option<&'static str> {
    let services = lines(include_str!("../../../data/dkim-services.tsv"));
    services.map(|mut cells| (cells.next().unwrap_or_default(), cells.next())).find_map(|(domain, service)| {
        let below = target.strip_suffix(domain)?;
        service.filter(|_| below.is_empty() || below.ends_with('.'))
    })
}

/// The cells of each line; `#` begins a remark.
fn lines(text: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{lines, selectors, service_of_selector, service_of_target};

    #[test]
    fn every_selector_can_be_asked_for_and_stands_once() {
        let mut seen = BTreeSet::new();
        for common in selectors() {
            let name = format!("{}._domainkey.example.com", common.selector);
            assert_eq!(mailauth::dns::name(&name).as_deref(), Some(name.as_str()));
            assert!(seen.insert(common.selector), "{} stands twice", common.selector);
        }
        assert!(selectors().filter(|common| common.first).count() < 12, "those asked for anyway are few");
    }

    #[test]
    fn every_line_of_services_has_a_domain_and_a_name() {
        for cells in lines(include_str!("../../../data/dkim-services.tsv")) {
            let cells: Vec<&str> = cells.collect();
            assert!(matches!(cells.as_slice(), [domain, name] if domain.contains('.') && !name.is_empty()), "{cells:?}");
        }
    }

    #[test]
    fn a_service_is_known_by_its_selector_and_by_where_aliases_lead() {
        assert_eq!(service_of_selector("mandrill"), Some("Mailchimp Transactional"));
        assert_eq!((service_of_selector("default"), service_of_selector("unheard-of")), (None, None));
        assert_eq!(service_of_target("selector1-example-com._domainkey.example.onmicrosoft.com"), Some("Microsoft 365"));
        assert_eq!(service_of_target("sendgrid.net"), Some("SendGrid"));
        assert_eq!(service_of_target("notsendgrid.net"), None);
    }
}
