//! Attacks and benign look-alikes: one file each, with its declaration; what it says stands in `data/scenario/`.
//!
//! Start with `exact_domain_spoof.rs`. To add one, write the file and its data file and add both lines here.

mod admin_disables_dkim;
mod archive_jobs;
mod broken_selector;
mod broken_spf_record;
mod bulk_senders;
mod conversation;
mod credential_phish_click;
mod direct_send_abuse;
mod direct_send_printers;
mod display_name_spoof;
mod dkim_replay;
mod dns_outage;
mod envelope_mismatch_phish;
mod exact_domain_spoof;
mod forwarders;
mod internal_relays;
mod lookalike_domain;
mod mailing_lists;
mod malware_campaign;
mod monitoring_alerts;
mod new_mail_service;
mod oreject_override;
mod permerror_spoof;
mod qr_code_phish;
mod reply_elsewhere;
mod reply_to_fraud;
mod scheduled_reports;
mod subdomain_takeover;
mod temperror_spoof;
mod weak_dmarc_partner;

use crate::change;
use crate::stream::{Label, Stream};

/// Every scenario of mail, by name.
pub(crate) static ALL: [&Stream; 29] = [
    &admin_disables_dkim::STREAM,
    &archive_jobs::STREAM,
    &broken_selector::STREAM,
    &broken_spf_record::STREAM,
    &bulk_senders::STREAM,
    &credential_phish_click::STREAM,
    &direct_send_abuse::STREAM,
    &direct_send_printers::STREAM,
    &display_name_spoof::STREAM,
    &dkim_replay::STREAM,
    &dns_outage::STREAM,
    &envelope_mismatch_phish::STREAM,
    &exact_domain_spoof::STREAM,
    &forwarders::STREAM,
    &internal_relays::STREAM,
    &lookalike_domain::STREAM,
    &mailing_lists::STREAM,
    &malware_campaign::STREAM,
    &monitoring_alerts::STREAM,
    &new_mail_service::STREAM,
    &oreject_override::STREAM,
    &permerror_spoof::STREAM,
    &qr_code_phish::STREAM,
    &reply_elsewhere::STREAM,
    &reply_to_fraud::STREAM,
    &scheduled_reports::STREAM,
    &subdomain_takeover::STREAM,
    &temperror_spoof::STREAM,
    &weak_dmarc_partner::STREAM,
];

/// A scenario, for people and for measuring detections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScenarioInfo {
    /// As `SimulationLabels.Scenario` has it.
    pub name: &'static str,
    /// Attack or look-alike.
    pub label: Label,
    /// One sentence.
    pub summary: &'static str,
}

/// Every scenario the simulator knows, by name: those of mail and those of changes to the tenant.
#[must_use]
pub fn scenarios() -> Vec<ScenarioInfo> {
    let mail = ALL.iter().map(|stream| ScenarioInfo { name: stream.name, label: stream.label, summary: stream.summary });
    let changes = change::ALL.iter().map(|change| change.info).chain([change::PLANNED_SIGNING, change::SESSION]);
    let mut all: Vec<ScenarioInfo> = mail.chain(changes).collect();
    all.sort_by_key(|scenario| scenario.name);
    all
}
