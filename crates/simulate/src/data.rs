//! The data files: their shape as TOML, embedded in the program.
//!
//! Must not know what is done with them. What can be chosen by weight is a table of name to weight, kept in name order.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Error;

/// Names with weights.
pub(crate) type Weights = BTreeMap<String, u32>;

/// A data file: its name, for messages, and its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File {
    /// Path under `data/`.
    pub(crate) name: &'static str,
    /// The TOML.
    pub(crate) text: &'static str,
}

impl File {
    /// Reads it.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        toml::from_str(self.text).map_err(|source| Error::Toml { file: self.name, source: Box::new(source) })
    }

    /// The error of a name that is not known.
    pub(crate) fn unknown(self, what: &'static str, name: &str) -> Error {
        Error::Unknown { file: self.name, what, name: name.to_owned() }
    }
}

/// `organisation.toml`.
pub(crate) const ORGANISATION: File = File { name: "organisation.toml", text: include_str!("../data/organisation.toml") };
/// `names.toml`.
pub(crate) const NAMES: File = File { name: "names.toml", text: include_str!("../data/names.toml") };
/// `words.toml`.
pub(crate) const WORDS: File = File { name: "words.toml", text: include_str!("../data/words.toml") };
/// `partners.toml`.
pub(crate) const PARTNERS: File = File { name: "partners.toml", text: include_str!("../data/partners.toml") };
/// `authentication.toml`.
pub(crate) const AUTHENTICATION: File = File { name: "authentication.toml", text: include_str!("../data/authentication.toml") };
/// `outcomes.toml`.
pub(crate) const OUTCOMES: File = File { name: "outcomes.toml", text: include_str!("../data/outcomes.toml") };
/// `subjects.toml`.
pub(crate) const SUBJECTS: File = File { name: "subjects.toml", text: include_str!("../data/subjects.toml") };
/// `person_mail.toml`.
pub(crate) const PERSON_MAIL: File = File { name: "person_mail.toml", text: include_str!("../data/person_mail.toml") };
/// `audit.toml`.
pub(crate) const AUDIT: File = File { name: "audit.toml", text: include_str!("../data/audit.toml") };

/// The organisation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organisation {
    pub(crate) name: String,
    pub(crate) tenant_id: String,
    pub(crate) accepted_domains: Vec<String>,
    pub(crate) initial_domain: String,
    pub(crate) site: Vec<SiteData>,
    pub(crate) department: Vec<Department>,
    pub(crate) shared: Vec<SharedMailbox>,
}

/// An office.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteData {
    pub(crate) city: String,
    pub(crate) country: String,
    pub(crate) offset: i64,
    pub(crate) users: u32,
    pub(crate) domain: String,
    pub(crate) language: String,
    pub(crate) egress: String,
    pub(crate) weekend: Vec<u8>,
    pub(crate) cultures: Weights,
}

/// A department; its first title is the head's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Department {
    pub(crate) name: String,
    pub(crate) share: u32,
    pub(crate) titles: Vec<String>,
}

/// A mailbox without a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharedMailbox {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) site: String,
}

/// Names of a culture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    pub(crate) given: Vec<String>,
    pub(crate) surname: Vec<String>,
}

/// Partners and providers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Partners {
    pub(crate) partner: Vec<Correspondents>,
    pub(crate) provider: Vec<Correspondents>,
}

/// People outside who share a domain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correspondents {
    pub(crate) domain: String,
    pub(crate) people: u32,
    pub(crate) cultures: Vec<String>,
    pub(crate) language: String,
    pub(crate) authentication: String,
    pub(crate) ipv4: String,
    #[serde(default)]
    pub(crate) ipv6: String,
}

/// `outcomes.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcomes {
    pub(crate) outcome: Vec<crate::outcome::Outcome>,
}

/// `subjects.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subjects {
    pub(crate) set: Vec<SubjectSet>,
}

/// Subjects in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectSet {
    pub(crate) language: String,
    pub(crate) templates: Vec<String>,
}

/// `person_mail.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonMail {
    pub(crate) urls: Vec<String>,
    pub(crate) file: Vec<FileData>,
}

/// A kind of attachment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileData {
    pub(crate) template: String,
    pub(crate) weight: u32,
}

/// `audit.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Audit {
    pub(crate) operation: Vec<Operation>,
}

/// An operation of the unified audit log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) workload: String,
    pub(crate) record_type: String,
    pub(crate) record_type_id: u32,
    pub(crate) weight: u32,
    pub(crate) who: String,
    #[serde(default)]
    pub(crate) object: String,
    #[serde(default)]
    pub(crate) parameters: Vec<(String, String)>,
}

/// What machines or attackers send: one file under `ordinary/` or `scenario/`. A sender's own lists replace the file's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SheetData {
    #[serde(default)]
    pub(crate) direction: Option<String>,
    /// `everyone`, a department or a mailbox.
    #[serde(default)]
    pub(crate) recipients: Option<String>,
    pub(crate) size_kb: (u32, u32),
    #[serde(default)]
    pub(crate) urls: Vec<String>,
    #[serde(default)]
    pub(crate) url_count: (u32, u32),
    #[serde(default)]
    pub(crate) url_location: Option<String>,
    #[serde(default)]
    pub(crate) attachments: Vec<String>,
    #[serde(default)]
    pub(crate) attachment_count: (u32, u32),
    #[serde(default)]
    pub(crate) malicious_attachments: bool,
    #[serde(default)]
    pub(crate) bulk: Option<(u32, u32)>,
    #[serde(default)]
    pub(crate) connector: String,
    #[serde(default)]
    pub(crate) first_contact_per_mille: u32,
    #[serde(default)]
    pub(crate) zap_per_mille: u32,
    #[serde(default)]
    pub(crate) click_per_mille: u32,
    #[serde(default)]
    pub(crate) language: Option<String>,
    pub(crate) subjects: Vec<String>,
    pub(crate) authentication: Weights,
    pub(crate) outcomes: Weights,
    pub(crate) sender: Vec<SenderData>,
}

/// A sender of a sheet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SenderData {
    pub(crate) address: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) mail_from: Option<String>,
    #[serde(default)]
    pub(crate) ipv4: String,
    #[serde(default)]
    pub(crate) ipv6: String,
    #[serde(default)]
    pub(crate) recipients: Option<String>,
    #[serde(default)]
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) subjects: Vec<String>,
    #[serde(default)]
    pub(crate) attachments: Vec<String>,
    #[serde(default)]
    pub(crate) attachment_count: Option<(u32, u32)>,
    #[serde(default)]
    pub(crate) url_count: Option<(u32, u32)>,
    /// Without one, senders weigh by Zipf's law in the order of the file.
    #[serde(default)]
    pub(crate) weight: Option<u32>,
}

/// A file under `change/`: who changes the tenant, from where, in which steps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantChange {
    /// A job title.
    pub(crate) who: String,
    /// `office` or `intruder`.
    pub(crate) from: String,
    pub(crate) step: Vec<Step>,
}

/// A record of a change; a cmdlet of Exchange unless it says otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) operation: String,
    /// Minutes after the first.
    pub(crate) after: u32,
    #[serde(default = "exchange")]
    pub(crate) workload: String,
    #[serde(default = "exchange_admin")]
    pub(crate) record_type: String,
    #[serde(default = "exchange_admin_id")]
    pub(crate) record_type_id: u32,
    #[serde(default = "yes")]
    pub(crate) is_admin: bool,
    /// True for what comes with the change and is not the change.
    #[serde(default)]
    pub(crate) accompanies: bool,
    #[serde(default)]
    pub(crate) object: String,
    #[serde(default)]
    pub(crate) parameters: Vec<(String, String)>,
}

fn exchange() -> String {
    "Exchange".to_owned()
}

fn exchange_admin() -> String {
    "ExchangeAdmin".to_owned()
}

const fn exchange_admin_id() -> u32 {
    1
}

const fn yes() -> bool {
    true
}
