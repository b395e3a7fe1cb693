//! Messages worth sending: attacks and honest mail, one file each with its declaration and how it is written; what it says stands in
//! `data/mail/`.
//!
//! Start with `plain.rs`. To add one, write the file and its data file and add both lines here.

mod bounce;
mod broken_selector;
mod broken_signature_body;
mod broken_signature_header;
mod calendar_invitation;
mod direct_send;
mod direct_send_empty_sender;
mod display_name_address;
mod display_name_executive;
mod dkim_replay;
mod domain_spoof;
mod double_from;
mod exact_domain_spoof;
mod forwarded;
mod lookalike_domain;
mod mailing_list;
mod mailing_list_rewritten;
mod missing_subdomain;
mod multi_from;
mod newsletter;
mod office_printer;
mod oreject_override;
mod plain;
mod prelude;
mod reply_to_divergence;
mod several_recipients;
mod unaligned_service;

use mailauth::{arc::ArcResult, dkim::DkimResult, dmarc::DmarcResult, spf::SpfResult};

use super::{
    MailError,
    desk::{Desk, Draft},
};
use crate::random::Random;

/// Every scenario: attacks first, each group by name.
static ALL: [&Scenario; 26] = [
    &broken_signature_body::SCENARIO,
    &broken_signature_header::SCENARIO,
    &direct_send::SCENARIO,
    &direct_send_empty_sender::SCENARIO,
    &display_name_address::SCENARIO,
    &display_name_executive::SCENARIO,
    &dkim_replay::SCENARIO,
    &domain_spoof::SCENARIO,
    &double_from::SCENARIO,
    &exact_domain_spoof::SCENARIO,
    &lookalike_domain::SCENARIO,
    &missing_subdomain::SCENARIO,
    &multi_from::SCENARIO,
    &oreject_override::SCENARIO,
    &reply_to_divergence::SCENARIO,
    &bounce::SCENARIO,
    &broken_selector::SCENARIO,
    &calendar_invitation::SCENARIO,
    &forwarded::SCENARIO,
    &mailing_list::SCENARIO,
    &mailing_list_rewritten::SCENARIO,
    &newsletter::SCENARIO,
    &office_printer::SCENARIO,
    &plain::SCENARIO,
    &several_recipients::SCENARIO,
    &unaligned_service::SCENARIO,
];

/// Whether a message means harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It does, by a technique of MITRE ATT&CK: it should be stopped, or raise an alert.
    Attack(&'static str),
    /// It does not: it should reach its reader.
    Benign,
}

impl Kind {
    /// Whether it is an attack.
    #[must_use]
    pub const fn is_attack(self) -> bool {
        matches!(self, Self::Attack(_))
    }

    /// The technique of MITRE ATT&CK; empty for honest mail.
    #[must_use]
    pub const fn technique(self) -> &'static str {
        match self {
            Self::Attack(technique) => technique,
            Self::Benign => "",
        }
    }
}

/// What a verifier that sees the played sender's address and the written zone should find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// SPF of the envelope sender, or of the greeting where there is none.
    pub spf: SpfResult,
    /// One result a signature, from the top of the header.
    pub dkim: &'static [DkimResult],
    /// The chain.
    pub arc: ArcResult,
    /// DMARC of the author's domain; of several, of the one that asks for the most.
    pub dmarc: DmarcResult,
}

/// A kind of message.
#[derive(Debug)]
pub struct Scenario {
    /// What it is called on the command line and in the label.
    pub name: &'static str,
    /// One sentence.
    pub imitates: &'static str,
    /// Attack or honest mail.
    pub kind: Kind,
    /// What authentication should come to.
    pub expected: Expected,
    /// Writes its messages, usually one.
    pub(super) write: fn(&Desk<'_>, &mut Random) -> Result<Vec<Draft>, MailError>,
}

/// Every scenario of mail that can be sent: attacks first, each group by name.
#[must_use]
pub fn mail_scenarios() -> &'static [&'static Scenario] {
    &ALL
}

/// A scenario by its name.
///
/// # Errors
///
/// [`MailError::Scenario`] if there is none.
pub fn mail_scenario(name: &str) -> Result<&'static Scenario, MailError> {
    ALL.into_iter().find(|scenario| scenario.name == name).ok_or_else(|| MailError::Scenario(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    #[test]
    fn names_are_those_of_the_files_and_in_order() {
        let order: Vec<_> = ALL.iter().map(|scenario| (!scenario.kind.is_attack(), scenario.name)).collect();
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), ALL.len());
    }

    #[test]
    fn every_attack_names_its_technique() {
        for scenario in ALL.iter().filter(|scenario| scenario.kind.is_attack()) {
            assert!(scenario.kind.technique().starts_with('T'), "{}", scenario.name);
        }
    }
}
