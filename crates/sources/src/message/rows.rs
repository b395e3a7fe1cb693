//! The rows of messages: one of `EmailEvents` a recipient, one of `EmailUrlInfo` a URL, one of `EmailAttachmentInfo` an attachment and
//! recipient. Columns are those of the tables' data files; what a message does not tell is null.

use std::borrow::Cow;
use std::net::IpAddr;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use mailauth::evidence::{Finding, FindingKind};
use mailauth::verify::Verdicts;
use serde::Serialize;
use serde_json::json;

use super::authentication;
use super::content::attachment::Attachment;
use super::delivery::{Delivery, Threat};
use super::id;
use super::parsed::{Parsed, domain};
use crate::field::{Field, Raw};
use crate::table_rows::{RowFault, TableRows};

/// The tables.
pub(crate) const EVENTS: &str = "EmailEvents";
const URLS: &str = "EmailUrlInfo";
const ATTACHMENTS: &str = "EmailAttachmentInfo";

/// Bytes of a header that are kept in a column.
const MOST_TEXT: usize = 32 << 10;

/// Why a message made no rows.
#[derive(Debug, thiserror::Error)]
pub enum NoRows {
    /// Nothing says when it was, and the caller did not either.
    #[error("the message has no time: no Received or Date field holds one")]
    NoTime,
    /// A value does not fit its column: a fault of this program.
    #[error("a row could not be made: {0}; please report this")]
    Row(String),
    /// The rows do not form a batch: a fault of this program.
    #[error("rows could not be put together: {0}; please report this")]
    Batch(#[from] ArrowError),
}

impl From<RowFault> for NoRows {
    fn from(fault: RowFault) -> Self {
        Self::Row(fault.to_string())
    }
}

/// The rows of one message by table, tables without a row left out. `verdicts` are our own, if it was verified; `delivery` is what became of
/// it, where the caller knows better than the header; `now`, in microseconds since 1970, stands for a time that the message does not have.
///
/// # Errors
///
/// [`NoRows`].
pub fn rows(
    parsed: &Parsed,
    verdicts: Option<&Verdicts>,
    delivery: Option<&Delivery>,
    now: Option<i64>,
) -> Result<Vec<(&'static str, RecordBatch)>, NoRows> {
    let mut tables = Tables::new(now);
    tables.push(parsed, verdicts, delivery, now)?;
    Ok(tables.finish()?)
}

/// Rows of messages being put together: those of many messages are one batch a table.
#[derive(Debug)]
pub struct Tables {
    events: TableRows,
    urls: TableRows,
    attachments: TableRows,
}

impl Tables {
    /// None yet. `arrived` is when the rows come in, in microseconds since 1970, for columns that hold it.
    #[must_use]
    pub fn new(arrived: Option<i64>) -> Self {
        let [events, urls, attachments] = [EVENTS, URLS, ATTACHMENTS].map(|table| TableRows::new(table, arrived));
        Self { events, urls, attachments }
    }

    /// The most rows that wait in one table.
    pub(crate) fn waiting(&self) -> usize {
        self.events.waiting().max(self.urls.waiting()).max(self.attachments.waiting())
    }

    /// All rows so far, by table, tables without a row left out; starts anew.
    ///
    /// # Errors
    ///
    /// The rows do not form a batch: a fault of this program.
    pub fn finish(&mut self) -> Result<Vec<(&'static str, RecordBatch)>, ArrowError> {
        let mut batches = Vec::new();
        for (table, rows) in [(EVENTS, &mut self.events), (URLS, &mut self.urls), (ATTACHMENTS, &mut self.attachments)] {
            batches.extend(rows.finish()?.map(|batch| (table, batch)));
        }
        Ok(batches)
    }

    /// Adds the rows of a message, as [`rows`] has them.
    ///
    /// # Errors
    ///
    /// [`NoRows`]; those of other messages stay.
    pub fn push(
        &mut self,
        parsed: &Parsed,
        verdicts: Option<&Verdicts>,
        delivery: Option<&Delivery>,
        now: Option<i64>,
    ) -> Result<(), NoRows> {
        let moment = parsed.arrived.or(now).ok_or(NoRows::NoTime)?;
        let network_message_id = parsed.network_message_id();
        let common = Common { parsed, moment, network_message_id: &network_message_id };
        let event = event(&common, verdicts, delivery);
        let nobody = [String::new()];
        let recipients = if parsed.recipients.is_empty() { &nobody[..] } else { &parsed.recipients };
        for (number, recipient) in recipients.iter().enumerate() {
            let own = of_recipient(&common, recipient, number);
            put(&mut self.events, &event, &own)?;
            for attachment in &parsed.attachments {
                put(
                    &mut self.attachments,
                    &of_attachment(&common, attachment),
                    &key_of_attachment(&common, attachment, recipient),
                )?;
            }
        }
        for link in &parsed.links {
            let cells = [
                common.time(),
                common.id(),
                ("Url", text(&link.url)),
                ("UrlDomain", text(&link.domain)),
                ("UrlLocation", text(link.location.as_str())),
                ("ReportId", text(format!("{network_message_id}-url"))),
                ("LinkText", text(&link.words)),
                ("WrappedBy", text(&link.wrapped_by)),
                ("RowKey", text(id::row(&parsed.id, "url", &[&link.url, link.location.as_str()]))),
            ];
            put(&mut self.urls, &cells, &[])?;
        }
        Ok(())
    }
}

/// A value of a column.
enum Cell<'a> {
    Text(Cow<'a, str>),
    Json(String),
    Integer(i64),
    Bool(bool),
    Moment(i64),
    Nothing,
}

type Cells<'a> = (&'static str, Cell<'a>);

fn text<'a>(value: impl Into<Cow<'a, str>>) -> Cell<'a> {
    let value = value.into();
    if value.is_empty() { Cell::Nothing } else { Cell::Text(value) }
}

fn maybe(value: Option<&String>) -> Cell<'_> {
    value.map_or(Cell::Nothing, text)
}

fn integer<T>(value: T) -> Cell<'static>
where
    i32: TryFrom<T>,
{
    i32::try_from(value).map_or(Cell::Nothing, |value| Cell::Integer(value.into()))
}

/// A list, or nothing if it is empty.
fn list<T: Serialize>(values: &[T]) -> Cell<'static> {
    if values.is_empty() { Cell::Nothing } else { json_of(values) }
}

fn json_of<T: Serialize + ?Sized>(value: &T) -> Cell<'static> {
    serde_json::to_string(value).map_or(Cell::Nothing, Cell::Json)
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_TEXT)).unwrap_or(text)
}

fn put(rows: &mut TableRows, cells: &[Cells<'_>], more: &[Cells<'_>]) -> Result<(), RowFault> {
    let fields = cells.iter().chain(more).filter_map(|(name, cell)| {
        let value = match cell {
            Cell::Text(text) => Raw::Text(text),
            Cell::Json(json) => Raw::Nested { json, compact: true },
            Cell::Integer(value) => Raw::Integer(*value),
            Cell::Moment(micros) => Raw::Moment(*micros),
            Cell::Bool(value) => Raw::Bool(*value),
            Cell::Nothing => return None,
        };
        Some(Field { key: Cow::Borrowed(*name), value })
    });
    rows.push(&fields.collect::<Vec<_>>(), &[])
}

/// What all rows of a message have.
struct Common<'a> {
    parsed: &'a Parsed,
    moment: i64,
    network_message_id: &'a str,
}

impl Common<'_> {
    fn time(&self) -> Cells<'_> {
        ("Timestamp", Cell::Moment(self.moment))
    }

    fn id(&self) -> Cells<'_> {
        ("NetworkMessageId", text(self.network_message_id))
    }
}

/// The columns of `EmailEvents` that are the same for all recipients.
fn event<'a>(common: &'a Common<'_>, verdicts: Option<&Verdicts>, delivery: Option<&Delivery>) -> Vec<Cells<'a>> {
    let parsed = common.parsed;
    let evidence = &parsed.evidence;
    let from = evidence.from.mailboxes.iter().find(|mailbox| !mailbox.address.is_empty());
    let mail_from = parsed.mail_from().unwrap_or_default();
    let mail_from = mail_from.trim_matches(['<', '>', ' ']);
    let client = parsed.client();
    let ip = |wanted: fn(&IpAddr) -> bool| client.filter(wanted).map(|ip| ip.to_string()).unwrap_or_default();
    let report = evidence.microsoft.as_ref().and_then(|microsoft| microsoft.antispam.as_ref());
    let delivery = delivery.cloned().unwrap_or_else(|| Delivery::of(parsed));
    let threat = Threat::of(parsed);
    let addresses = |of: &mailauth::evidence::AddressList| -> Vec<String> {
        of.mailboxes.iter().map(|mailbox| mailbox.address.clone()).filter(|address| !address.is_empty()).collect()
    };
    let facts = report
        .map(|report| report.pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<serde_json::Map<_, _>>());
    let mut cells = vec![
        common.time(),
        common.id(),
        ("InternetMessageId", maybe(evidence.message_id.as_ref())),
        ("SenderMailFromAddress", text(if mail_from.contains('@') { mail_from.to_owned() } else { String::new() })),
        ("SenderMailFromDomain", text(domain(mail_from))),
        ("SenderFromAddress", from.map_or(Cell::Nothing, |from| text(&from.address))),
        ("SenderFromDomain", from.map_or(Cell::Nothing, |from| text(&from.domain))),
        ("SenderDisplayName", maybe(from.and_then(|from| from.display_name.as_ref()))),
        ("SenderIPv4", text(ip(IpAddr::is_ipv4))),
        ("SenderIPv6", text(ip(IpAddr::is_ipv6))),
        ("Subject", maybe(evidence.subject.as_ref())),
        ("EmailDirection", text(parsed.direction.as_str())),
        ("DeliveryAction", text(delivery.action)),
        ("DeliveryLocation", text(delivery.location)),
        ("OrgLevelAction", text(delivery.rule_action)),
        ("OrgLevelPolicy", text(delivery.rule)),
        ("ThreatTypes", text(threat.types)),
        ("DetectionMethods", text(threat.methods)),
        ("ConfidenceLevel", text(threat.confidence)),
        ("BulkComplaintLevel", threat.bulk.map_or(Cell::Nothing, integer)),
        ("IsFirstContact", threat.first_contact.map_or(Cell::Nothing, Cell::Bool)),
        ("AttachmentCount", integer(parsed.attachments.len())),
        ("UrlCount", integer(parsed.links.len())),
        ("EmailSize", integer(parsed.size)),
        ("EmailLanguage", maybe(report.and_then(|report| report.language.as_ref()))),
        ("To", list(&addresses(&evidence.to))),
        ("Cc", list(&addresses(&evidence.cc))),
        ("AdditionalFields", facts.filter(|facts| !facts.is_empty()).map_or(Cell::Nothing, |facts| json_of(&facts))),
        ("SourceFile", text(&parsed.source)),
        ("ReadNotes", list(parsed.notes.list())),
    ];
    cells.extend(ours(parsed, verdicts));
    cells
}

/// The columns of `EmailEvents` that are about authentication, most of which are ours.
fn ours<'a>(parsed: &'a Parsed, verdicts: Option<&Verdicts>) -> Vec<Cells<'a>> {
    let evidence = &parsed.evidence;
    let overview = evidence.overview.as_ref();
    let details = authentication::details(parsed, verdicts);
    let raw: Vec<&str> = evidence.believed.iter().map(|stated| stated.text.as_str()).collect();
    let first_hop = || evidence.chain.hops.iter().rev().find_map(|hop| hop.ip);
    let origin = evidence.originating_ip.or_else(first_hop).map(|ip| ip.to_string()).unwrap_or_default();
    let mut from_domains: Vec<&str> = evidence.from.mailboxes.iter().map(|mailbox| mailbox.domain.as_str()).collect();
    from_domains.retain(|domain| !domain.is_empty());
    from_domains.dedup();
    from_domains.truncate(100);
    let shown = |finding: &&Finding| json!({ "kind": finding.kind.code(), "field": finding.field, "text": finding.text });
    let (names, others): (Vec<_>, Vec<_>) = evidence.findings.iter().partition(|finding| is_about_name(finding.kind));
    let reply_to = evidence.reply_to.mailboxes.iter().find(|mailbox| !mailbox.address.is_empty());
    let mut cells = vec![
        ("AuthenticationDetails", text(details.json)),
        ("AuthenticationSource", text(details.source)),
        ("AuthenticationResults", text(cut(&raw.join("\n")).to_owned())),
        ("DmarcAction", maybe(overview.and_then(|overview| overview.action.as_ref()))),
        ("CompAuthReason", maybe(overview.and_then(|overview| overview.compauth.as_ref()?.code.as_ref()))),
        ("ReplyToAddress", reply_to.map_or(Cell::Nothing, |mailbox| text(&mailbox.address))),
        ("DisplayNameFindings", list(&names.iter().map(shown).collect::<Vec<_>>())),
        ("HeaderFindings", list(&others.iter().map(shown).collect::<Vec<_>>())),
        ("SigningDomains", list(&parsed.signing_domains)),
        ("ArcSealers", list(&parsed.arc_sealers)),
        ("OriginatingIP", text(origin)),
        ("Helo", text(parsed.helo().unwrap_or_default())),
        ("HeaderFromDomains", list(&from_domains)),
    ];
    let Some(verdicts) = verdicts else { return cells };
    let dmarc = verdicts.dmarc.as_ref();
    let policy = dmarc.and_then(|dmarc| dmarc.policy).map(|policy| policy.as_str());
    cells.extend([
        ("DmarcPolicy", text(policy.unwrap_or_default())),
        ("VerifiedSpf", text(if verdicts.spf.was_evaluated() { verdicts.spf.result.as_str() } else { "" })),
        ("VerifiedDkim", text(authentication::dkim(&verdicts.dkim))),
        ("VerifiedDmarc", text(dmarc.map_or("", |dmarc| dmarc.result.as_str()))),
        ("VerifiedArc", text(verdicts.arc.as_ref().map_or("", |arc| arc.result.as_str()))),
        ("VerifiedDetails", json_of(verdicts)),
    ]);
    cells
}

/// Whether a finding is about the words before an address, which are all that most mail programs show of it.
fn is_about_name(kind: FindingKind) -> bool {
    match kind {
        FindingKind::ForeignAddressInName
        | FindingKind::AddressInName
        | FindingKind::OwnDomainInName
        | FindingKind::ForeignDomainInName
        | FindingKind::MixedScripts
        | FindingKind::Confusable
        | FindingKind::Invisible
        | FindingKind::Bidirectional
        | FindingKind::EncodedWordTrick
        | FindingKind::ControlCharacters => true,
        FindingKind::LookalikeOfOwnDomain
        | FindingKind::SeveralFromFields
        | FindingKind::SeveralAuthors
        | FindingKind::NoAuthor
        | FindingKind::ReplyToElsewhere
        | FindingKind::OwnDomainFromOutside
        | FindingKind::ForgedResults
        | FindingKind::TooManyHops
        | FindingKind::HeaderCut => false,
    }
}

/// The columns of `EmailEvents` that differ from recipient to recipient.
fn of_recipient<'a>(common: &Common<'_>, recipient: &'a str, number: usize) -> [Cells<'a>; 4] {
    [
        ("RecipientEmailAddress", text(recipient)),
        ("RecipientDomain", text(domain(recipient))),
        ("ReportId", text(format!("{}-{}", common.network_message_id, number + 1))),
        ("RowKey", text(id::row(&common.parsed.id, "event", &[recipient]))),
    ]
}

fn of_attachment<'a>(common: &'a Common<'_>, attachment: &'a Attachment) -> [Cells<'a>; 13] {
    let from = common.parsed.evidence.from.mailboxes.iter().find(|mailbox| !mailbox.address.is_empty());
    [
        common.time(),
        common.id(),
        ("SenderFromAddress", from.map_or(Cell::Nothing, |from| text(&from.address))),
        ("SenderDisplayName", maybe(from.and_then(|from| from.display_name.as_ref()))),
        ("FileName", text(&attachment.name)),
        ("FileType", text(&attachment.kind)),
        ("FileExtension", text(&attachment.extension)),
        ("SHA256", text(&attachment.sha256)),
        ("FileSize", i64::try_from(attachment.size).map_or(Cell::Nothing, Cell::Integer)),
        ("ReportId", text(format!("{}-{}", common.network_message_id, attachment.part))),
        ("ContentType", text(&attachment.media_type)),
        ("Disposition", text(if attachment.inline { "inline" } else { "attachment" })),
        ("ArchiveContents", list(&attachment.members)),
    ]
}

fn key_of_attachment<'a>(common: &Common<'_>, attachment: &Attachment, recipient: &'a str) -> [Cells<'a>; 2] {
    [
        ("RecipientEmailAddress", text(recipient)),
        ("RowKey", text(id::row(&common.parsed.id, "file", &[&attachment.part, &attachment.sha256, recipient]))),
    ]
}
