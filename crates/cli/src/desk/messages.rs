//! One message, from every table that knows of it; and messages found.

use std::collections::BTreeSet;

use ::desk::{Fault, MessageView, Messages, Sheet, TimelineEntry};
use async_trait::async_trait;
use mailauth::{Message, evidence::Evidence};
use mailflow::quarantine::Store;
use serde_json::Value;
use state::AlertFilter;

use super::{
    Context,
    asking::{moment, number, place, quoted, text},
    told, verdicts,
};

/// Messages that are found.
const FOUND: usize = 500;
/// Rows of one table about one message: a message to all has thousands of recipients.
const ROWS: usize = 1000;
/// How far back is looked at most, in days.
const DAYS: u32 = 3660;
/// Characters of what is looked for.
const LONGEST: usize = 500;
/// How far back alerts are looked through, in microseconds: a year.
const ALERTS: i64 = 366 * 86_400_000_000;

/// Tables that tell of a message by its id, beside those of events.
const OTHERS: [&str; 4] = ["EmailPostDeliveryEvents", "EmailUrlInfo", "EmailAttachmentInfo", "UrlClickEvents"];
/// Tables of messages of Teams.
const TEAMS: [&str; 3] = ["MessageEvents", "MessagePostDeliveryEvents", "MessageUrlInfo"];

/// What a list of messages shows.
const COLUMNS: &str = "Timestamp, SenderFromAddress, RecipientEmailAddress, Subject, SPF, DKIM, DMARC, EmailDirection, DeliveryAction, \
     SenderMailFromAddress, SenderIPv4, NetworkMessageId";

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
}

impl Here {
    /// Over the running program.
    pub(super) const fn new(desk: Context) -> Self {
        Self { desk }
    }

    /// Rows of each table about a message, those with any.
    async fn about(&self, id: &str) -> Result<Vec<(String, Sheet)>, Fault> {
        let (events, ids) = self.events(id).await?;
        let mut rows = Vec::new();
        if !events.rows.is_empty() {
            let listed = ids.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", ");
            let queries = OTHERS.map(|table| format!("{table} | where NetworkMessageId in ({listed}) | sort by Timestamp asc"));
            let others = futures::future::try_join_all(queries.iter().map(|query| self.desk.rows(query, ROWS))).await?;
            rows.push(("EmailEvents".to_owned(), events));
            rows.extend(OTHERS.iter().map(|table| (*table).to_owned()).zip(others));
        } else {
            let column =
                |table: &str| if table == "MessageEvents" { "MessageId == ID or TeamsMessageId" } else { "TeamsMessageId" };
            let id = quoted(id);
            let queries = TEAMS.map(|table| {
                let condition = column(table).replace("ID", &id);
                format!("{table} | where {condition} == {id} | sort by Timestamp asc")
            });
            let found = futures::future::try_join_all(queries.iter().map(|query| self.desk.rows(query, ROWS))).await?;
            rows.extend(TEAMS.iter().map(|table| (*table).to_owned()).zip(found));
        }
        rows.retain(|(_, sheet)| !sheet.rows.is_empty());
        Ok(rows)
    }

    /// Its rows of events, and what telemetry calls it: `Message-ID`s are found with and without their brackets.
    async fn events(&self, id: &str) -> Result<(Sheet, BTreeSet<String>), Fault> {
        let query = format!("EmailEvents | where NetworkMessageId == {} | sort by Timestamp asc", quoted(id));
        let mut events = self.desk.rows(&query, ROWS).await?;
        if events.rows.is_empty() {
            let bare = id.trim_start_matches('<').trim_end_matches('>');
            let both = format!("{}, {}", quoted(bare), quoted(&format!("<{bare}>")));
            let query = format!("EmailEvents | where InternetMessageId in ({both}) | sort by Timestamp asc");
            events = self.desk.rows(&query, ROWS).await?;
        }
        let ids = events.rows.iter().map(|row| text(&events, row, "NetworkMessageId").to_owned()).collect();
        Ok((events, ids))
    }

    /// Alerts that name the message: id, title, severity, and when they were raised.
    async fn alerts(&self, names: &BTreeSet<String>) -> Result<Vec<state::Alert>, Fault> {
        let since = Some(self.desk.now().saturating_sub(ALERTS));
        let mut alerts = self.desk.state().alerts(&AlertFilter { since, ..AlertFilter::default() }).await?;
        let named = |value: &Value| value.as_str().is_some_and(|text| names.contains(text));
        let has = |row: &serde_json::Map<String, Value>| {
            row.values().any(|value| named(value) || value.as_array().is_some_and(|values| values.iter().any(named)))
        };
        alerts.retain(|alert| {
            alert.detail.entities.iter().any(|entity| names.contains(&entity.value)) || alert.detail.evidence.iter().any(has)
        });
        Ok(alerts)
    }

    /// The message as it lies in the quarantine, if it does.
    async fn held(&self, ids: &BTreeSet<String>, message_id: &str) -> Result<Option<Vec<u8>>, Fault> {
        let (store, ids, message_id) = (Store::of(self.desk.data()), ids.clone(), message_id.to_owned());
        let found = tokio::task::spawn_blocking(move || {
            let listing = store.list(super::quarantine::MOST).ok()?;
            let is = |item: &&mailflow::quarantine::Item| {
                let network = item.about.network_message_id.as_ref().is_some_and(|id| ids.contains(id));
                network || (!message_id.is_empty() && item.about.message_id.as_deref() == Some(message_id.as_str()))
            };
            store.message(&listing.items.iter().find(is)?.id).ok()
        });
        found.await.map_err(Fault::internal)
    }
}

#[async_trait]
impl Messages for Here {
    async fn find(&self, looked_for: &str, days: u32) -> Result<Sheet, Fault> {
        let wanted = looked_for.trim();
        if wanted.chars().count() > LONGEST {
            return Err(Fault::Limit { reason: format!("{LONGEST} characters are looked for at most") });
        }
        let since = format!("EmailEvents | where Timestamp > ago({}d)", days.clamp(1, DAYS));
        let condition = condition(wanted);
        let query = format!(
            "{since}{condition} | extend A = parse_json(AuthenticationDetails) | extend SPF = tostring(A.SPF), DKIM = tostring(A.DKIM), \
             DMARC = tostring(A.DMARC) | top {FOUND} by Timestamp desc | project {COLUMNS}"
        );
        self.desk.rows(&query, FOUND).await
    }

    async fn message(&self, id: &str) -> Result<MessageView, Fault> {
        let id = id.trim();
        if id.is_empty() || id.len() > 2 * LONGEST {
            return Err(Fault::Unknown { what: "message", id: id.chars().take(LONGEST).collect() });
        }
        let rows = self.about(id).await?;
        if rows.is_empty() {
            return Err(Fault::Unknown { what: "message", id: id.to_owned() });
        }
        let mut view = viewed(&rows);
        let mut names: BTreeSet<String> = [id.to_owned(), view.id.clone(), view.message_id.clone()].into();
        names.remove("");
        for alert in self.alerts(&names).await? {
            view.timeline.push(entry(alert.created_at, "alert", &alert.title, &alert.id));
            view.alerts.push((alert.id, alert.title, alert.severity));
        }
        if let Some(bytes) = self.held(&names, &view.message_id).await? {
            let trust = self.desk.looking.trust(&self.desk.config()?.mail).map_err(told)?;
            let evidence = Evidence::read(&Message::new(&bytes), &trust);
            view.path = verdicts::path(&evidence.chain, &trust);
        }
        view.timeline.sort_by_key(|entry| entry.at);
        view.rows = rows;
        Ok(view)
    }
}

/// What a text that is looked for asks of a row: an id, an address, a domain, words of a subject.
fn condition(wanted: &str) -> String {
    if wanted.is_empty() {
        return String::new();
    }
    let value = quoted(wanted);
    let is_guid = wanted.len() == 36 && wanted.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let bare = wanted.trim_start_matches('<').trim_end_matches('>');
    if is_guid {
        format!(" | where NetworkMessageId =~ {value}")
    } else if wanted.starts_with('<') && wanted.ends_with('>') {
        format!(" | where InternetMessageId in ({value}, {})", quoted(bare))
    } else if wanted.parse::<std::net::IpAddr>().is_ok() {
        format!(" | where SenderIPv4 == {value} or SenderIPv6 =~ {value}")
    } else if wanted.contains('@') && !wanted.contains(' ') {
        format!(
            " | where SenderFromAddress =~ {value} or SenderMailFromAddress =~ {value} or RecipientEmailAddress =~ {value} \
             or InternetMessageId in ({value}, {})",
            quoted(&format!("<{bare}>"))
        )
    } else if wanted.contains('.') && !wanted.contains(' ') && mailauth::dns::name(wanted).is_some() {
        let below = quoted(&format!("@{wanted}"));
        format!(
            " | where SenderFromDomain =~ {value} or SenderMailFromDomain =~ {value} or RecipientEmailAddress endswith {below} \
             or Subject contains {value}"
        )
    } else {
        format!(" | where Subject contains {value} or SenderDisplayName contains {value}")
    }
}

fn entry(at: i64, kind: &str, what: &str, alert: &str) -> TimelineEntry {
    TimelineEntry { at, kind: kind.to_owned(), who: String::new(), what: what.to_owned(), alert: alert.to_owned() }
}

/// What rows tell of a message.
fn viewed(rows: &[(String, Sheet)]) -> MessageView {
    let mut view = MessageView::default();
    for (table, sheet) in rows {
        match table.as_str() {
            "EmailEvents" => of_events(&mut view, sheet),
            "MessageEvents" => of_teams(&mut view, sheet),
            _ => {}
        }
        for row in &sheet.rows {
            let at = moment(sheet, row, "Timestamp").unwrap_or_default();
            let cell = |column: &str| text(sheet, row, column);
            match table.as_str() {
                "EmailEvents" | "MessageEvents" => {
                    let (action, location) = (cell("DeliveryAction"), cell("DeliveryLocation"));
                    let to = cell("RecipientEmailAddress");
                    let what = [action, location, to].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                    view.timeline.push(entry(at, "event", &format!("came: {what}"), ""));
                }
                "EmailPostDeliveryEvents" | "MessagePostDeliveryEvents" => {
                    let parts = [cell("ActionType"), cell("Action"), cell("ActionResult"), cell("RecipientEmailAddress")];
                    let what = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                    view.timeline.push(entry(at, "event", &what, ""));
                }
                "UrlClickEvents" => {
                    let what = format!("{} by {}: {}", cell("ActionType"), cell("AccountUpn"), cell("Url"));
                    view.timeline.push(entry(at, "event", &what, ""));
                }
                "EmailUrlInfo" | "MessageUrlInfo" => {
                    let url = cell("Url").to_owned();
                    if !url.is_empty() && !view.urls.contains(&url) {
                        view.urls.push(url);
                    }
                }
                "EmailAttachmentInfo" => {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "sizes are whole and not negative"
                    )]
                    let size = number(sheet, row, "FileSize").unwrap_or_default().max(0.0) as u64;
                    let kind = if cell("ContentType").is_empty() { cell("FileType") } else { cell("ContentType") };
                    let attachment = (cell("FileName").to_owned(), kind.to_owned(), size, cell("SHA256").to_owned());
                    // A row each recipient.
                    if !view.attachments.contains(&attachment) {
                        view.attachments.push(attachment);
                    }
                }
                _ => {}
            }
        }
    }
    view
}

fn of_events(view: &mut MessageView, sheet: &Sheet) {
    let Some(row) = sheet.rows.first() else { return };
    let cell = |column: &str| text(sheet, row, column).to_owned();
    let recipients: BTreeSet<&str> = sheet.rows.iter().map(|row| text(sheet, row, "RecipientEmailAddress")).collect();
    let fates: BTreeSet<String> = sheet
        .rows
        .iter()
        .map(|row| [text(sheet, row, "DeliveryAction"), text(sheet, row, "DeliveryLocation")])
        .map(|parts| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
        .filter(|fate| !fate.is_empty())
        .collect();
    view.id = cell("NetworkMessageId");
    view.message_id = cell("InternetMessageId");
    view.subject = cell("Subject");
    view.from = match (cell("SenderDisplayName"), cell("SenderFromAddress")) {
        (name, address) if name.is_empty() => address,
        (name, address) => format!("{name} <{address}>"),
    };
    view.envelope_from = cell("SenderMailFromAddress");
    view.recipients = recipients.into_iter().filter(|address| !address.is_empty()).map(str::to_owned).collect();
    view.at = moment(sheet, row, "Timestamp");
    view.sender_ip = if cell("SenderIPv4").is_empty() { cell("SenderIPv6") } else { cell("SenderIPv4") };
    view.direction = cell("EmailDirection").to_lowercase();
    view.delivery = fates.into_iter().collect::<Vec<_>>().join("; ");
    let verified = place(sheet, "VerifiedDetails").and_then(|place| row.get(place)).cloned().unwrap_or_default();
    let (details, field, source) = (cell("AuthenticationDetails"), cell("AuthenticationResults"), cell("AuthenticationSource"));
    let from_domain = cell("SenderFromDomain");
    let ours = |method: &str| {
        let said = verdicts::of_verified(&verified, method);
        if !said.result.is_empty() || source != "verified" {
            return said;
        }
        verdicts::of_details(&details, method)
    };
    let theirs = |method: &str| {
        // Where we looked ourselves for want of a header, the column says what we found.
        let mut said = if source == "verified" { verdicts::Said::default() } else { verdicts::of_details(&details, method) };
        let of_field = verdicts::of_field(&field, method);
        if source != "verified" && said.result.is_empty() {
            said.result = of_field.result;
        }
        said.reason = of_field.reason;
        said.domain = of_field.domain;
        if method == "compauth" && said.reason.is_empty() {
            said.reason = compauth(&cell("CompAuthReason"));
        }
        if method == "DMARC" && said.domain.is_empty() {
            said.domain.clone_from(&from_domain);
        }
        said
    };
    view.verdicts = verdicts::beside(ours, theirs);
}

/// What Microsoft's three digits mean.
fn compauth(code: &str) -> String {
    let meaning = mailauth::authres::CompAuth::new("", Some(code)).meaning;
    meaning.map_or_else(|| code.to_owned(), |meaning| format!("{code}: {meaning}"))
}

fn of_teams(view: &mut MessageView, sheet: &Sheet) {
    let Some(row) = sheet.rows.first() else { return };
    let cell = |column: &str| text(sheet, row, column).to_owned();
    view.id = cell("TeamsMessageId");
    view.message_id = cell("MessageId");
    view.subject = cell("MessageSubject");
    view.from = match (cell("SenderDisplayName"), cell("SenderEmailAddress")) {
        (name, address) if name.is_empty() => address,
        (name, address) => format!("{name} <{address}>"),
    };
    view.at = moment(sheet, row, "Timestamp");
    view.delivery = [cell("DeliveryAction"), cell("DeliveryLocation")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
}

#[cfg(test)]
mod tests {
    use super::condition;

    #[test]
    fn what_is_looked_for_says_where() {
        for (wanted, expected) in [
            ("", ""),
            ("00000000-aaaa-0000-bbbb-000000000001", "NetworkMessageId =~"),
            ("<a@b.example>", "InternetMessageId in"),
            ("ann@example.com", "SenderFromAddress =~"),
            ("example.com", "SenderFromDomain =~"),
            ("192.0.2.1", "SenderIPv4 =="),
            ("your invoice", "Subject contains"),
        ] {
            assert!(condition(wanted).contains(expected), "{wanted}: {}", condition(wanted));
        }
    }

    #[test]
    fn what_is_looked_for_cannot_end_its_quotes() {
        let hostile = condition("x\" or 1 == 1 or Subject contains \"");
        assert_eq!(kql::parse(&format!("EmailEvents{hostile}")).diagnostics, []);
        let value = kql::quote_string("x\" or 1 == 1 or Subject contains \"");
        assert_eq!(hostile, format!(" | where Subject contains {value} or SenderDisplayName contains {value}"));
    }
}
