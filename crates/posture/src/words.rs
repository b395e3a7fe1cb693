//! Words that several checks use.

use crate::evidence::{DomainEvidence, dkim::Selector};

/// Several things in one line.
pub(crate) fn listed(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    items.into_iter().map(|item| item.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}

/// `1 day`, `2 days`.
pub(crate) fn counted(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// A name that the key of a selector stands at, and the aliases that lead to it, as a fact names it.
pub(crate) fn key_at(selector: &Selector) -> String {
    let kind = if selector.aliases.is_empty() { "TXT" } else { "CNAME" };
    format!("{} {kind}", selector.texts.name)
}

/// What can be said of a selector: where its aliases lead, and whose it seems to be.
pub(crate) fn whose(selector: &Selector) -> String {
    let way =
        if selector.aliases.is_empty() { String::new() } else { format!(", reached by way of {}", listed(&selector.aliases)) };
    selector.service().map_or(way.clone(), |service| format!("{way}, of {service}"))
}

/// Whether the mail of a domain goes to Microsoft 365 first.
pub(crate) fn is_at_microsoft(evidence: &DomainEvidence) -> bool {
    let at = |host: &str| host.ends_with(".mail.protection.outlook.com") || host.ends_with(".mx.microsoft");
    evidence.mx.hosts().any(|mx| at(&mx.host.to_ascii_lowercase()))
}
