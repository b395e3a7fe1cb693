//! The navigation: the areas of the console, each with its address, its icon and the key that goes there.

use maud::{Markup, html};

use super::icon;

/// An area of the console; what a page belongs to is marked in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// Today against the usual.
    Overview,
    /// The queue of alerts, and one alert.
    Alerts,
    /// Grouped alerts.
    Incidents,
    /// Rules, the matrix of what they cover.
    Rules,
    /// Queries of one's own.
    Hunt,
    /// Own domains, keys, fixes.
    Domains,
    /// DMARC aggregate and TLS reports.
    Reports,
    /// One message's path and verdicts.
    Messages,
    /// Messages held back.
    Quarantine,
    /// Sources, people, notifications, storage.
    Settings,
    /// None of them: help, an error, signing in.
    None,
}

/// An entry: where it goes, its words, its icon, the key after `g`.
struct Entry {
    nav: Nav,
    address: &'static str,
    name: &'static str,
    icon: &'static str,
    key: char,
}

const fn entry(nav: Nav, address: &'static str, name: &'static str, icon: &'static str, key: char) -> Entry {
    Entry { nav, address, name, icon, key }
}

const ENTRIES: [Entry; 10] = [
    entry(Nav::Overview, "/", "Overview", "overview", 'o'),
    entry(Nav::Alerts, "/alerts", "Alerts", "alerts", 'a'),
    entry(Nav::Incidents, "/incidents", "Incidents", "incidents", 'i'),
    entry(Nav::Rules, "/rules", "Rules", "rules", 'r'),
    entry(Nav::Hunt, "/hunt", "Hunt", "hunt", 'h'),
    entry(Nav::Domains, "/domains", "Domains", "domains", 'd'),
    entry(Nav::Reports, "/reports", "Reports", "reports", 'p'),
    entry(Nav::Messages, "/messages", "Messages", "messages", 'm'),
    entry(Nav::Quarantine, "/quarantine", "Quarantine", "quarantine", 'q'),
    entry(Nav::Settings, "/settings", "Settings", "settings", 's'),
];

/// The list of links. `keyboard.js` reads `data-go` for the keys.
pub(super) fn render(active: Nav) -> Markup {
    html! {
        ul.nav-list {
            @for entry in &ENTRIES {
                li {
                    a.nav-item href=(entry.address) data-go=(entry.key) aria-current=[(entry.nav == active).then_some("page")] {
                        (icon(entry.icon)) span { (entry.name) }
                    }
                }
            }
        }
    }
}

/// Names and keys, for the help overlay.
pub(super) fn keys() -> impl Iterator<Item = (&'static str, char)> {
    ENTRIES.iter().map(|entry| (entry.name, entry.key))
}
