//! Messages that were set apart: shown safely, released, deleted, reported.

use ::desk::{Fault, HeldLine, HeldView, Quarantine, TimelineEntry};
use async_trait::async_trait;
use mailauth::Message;
use mailflow::quarantine::{Item, Store, StoreError, report::Category, view};
use sources::message::{Envelope, Parsed};

use super::{Context, told, verdicts};
use crate::command::quarantine;

/// Messages that are looked through.
pub(super) const MOST: usize = 10_000;
/// Messages of a page at most.
const PAGE: u32 = 500;
/// Messages that something is done with at a time.
const AT_ONCE: usize = 500;
/// Characters of an address that is shown.
const URL: usize = 2000;
/// Addresses that are shown.
const URLS: usize = 500;

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

    /// Reads or changes the quarantine, which are files: elsewhere than where others wait.
    async fn with<T: Send + 'static>(&self, work: impl FnOnce(&Store) -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
        let store = Store::of(self.desk.data());
        tokio::task::spawn_blocking(move || work(&store)).await.map_err(Fault::internal)?
    }

    /// What happened to a message, and what it was last reported as.
    async fn record(&self, item: &Item) -> Result<(Vec<TimelineEntry>, String), Fault> {
        let entry = |at, who: &str, what: String| TimelineEntry {
            at,
            kind: "change".to_owned(),
            who: who.to_owned(),
            what,
            alert: String::new(),
        };
        let mut timeline = vec![entry(item.received, "", format!("set apart by the rule {}", item.about.rule))];
        let mut reported = String::new();
        for (at, who, action, detail) in self.desk.state().history(&subject(&item.id.to_string())).await? {
            if let Some(kind) = action.strip_prefix("report-") {
                kind.clone_into(&mut reported);
            }
            timeline.push(entry(at, &who, format!("{action}: {detail}")));
        }
        if let Some(at) = item.released
            && !timeline.iter().any(|entry| entry.what.starts_with("release:"))
        {
            timeline.push(entry(at, "", "released".to_owned()));
        }
        timeline.sort_by_key(|entry| entry.at);
        Ok((timeline, reported))
    }

    /// Does one thing with one message; what was answered.
    async fn one(&self, text: &str, action: &str, who: &str) -> Result<String, Fault> {
        let config = self.desk.config()?;
        let begin = text.to_owned();
        // The record has the whole id, also where only its beginning was named.
        let id = self.with(move |store| Ok(store.find(&begin).map_err(refused)?.to_string())).await?;
        let (name, now) = (id.clone(), self.desk.now());
        let answer = match action {
            "release" => {
                self.with(move |store| {
                    let (_, answer) = quarantine::released(store, &config.mailflow, None, &name, (now, false)).map_err(told)?;
                    Ok(answer)
                })
                .await?
            }
            "delete" => {
                self.with(move |store| quarantine::deleted(store, &name).map_err(told)).await?;
                "deleted".to_owned()
            }
            "report-phish" | "report-clean" => {
                let category = if action == "report-phish" { Category::Phishing } else { Category::NotJunk };
                if config.tenant.is_set() {
                    let store = Store::of(self.desk.data());
                    quarantine::submitted(&store, &config.tenant, &name, category).await.map_err(told)?.1
                } else {
                    self.with(move |store| {
                        let comment = String::new();
                        let told_to = quarantine::Told { to: None, from: None, comment: &comment };
                        let (_, to, answer) =
                            quarantine::reported(store, &config.mailflow, &name, category, &told_to, now).map_err(told)?;
                        Ok(format!("reported to {to}: {answer}"))
                    })
                    .await?
                }
            }
            other => return Err(Fault::input(format!("`{other}` is nothing to do with a message that was set apart"))),
        };
        self.desk.state().note(self.desk.now(), who, action, &subject(&id), &answer).await?;
        Ok(answer)
    }
}

/// What the record of changes calls a message.
fn subject(id: &str) -> String {
    format!("quarantine {id}")
}

fn refused(error: StoreError) -> Fault {
    match error {
        StoreError::Unknown(id) => Fault::Unknown { what: "message", id },
        StoreError::Ambiguous { .. } => Fault::input(error.to_string()),
        other => Fault::Unavailable { reason: other.to_string() },
    }
}

#[async_trait]
impl Quarantine for Here {
    async fn held(&self, text: &str, page: u32, size: u32) -> Result<(Vec<HeldLine>, u64), Fault> {
        let wanted = text.trim().to_lowercase();
        let listing = self.with(|store| store.list(MOST).map_err(refused)).await?;
        let items: Vec<Item> = listing.items.into_iter().filter(|item| fits(item, &wanted)).collect();
        let size = size.clamp(1, PAGE) as usize;
        let first = (page.max(1) as usize - 1).saturating_mul(size);
        let mut lines = Vec::new();
        for item in items.iter().skip(first).take(size) {
            lines.push(line(item, self.record(item).await?.1));
        }
        Ok((lines, items.len() as u64))
    }

    async fn message(&self, id: &str) -> Result<HeldView, Fault> {
        let name = id.to_owned();
        let (item, bytes) = self
            .with(move |store| {
                let id = store.find(&name).map_err(refused)?;
                Ok((store.item(&id).map_err(refused)?, store.message(&id).map_err(refused)?))
            })
            .await?;
        let (timeline, reported) = self.record(&item).await?;
        let trust = self.desk.looking.trust(&self.desk.config()?.mail).map_err(told)?;
        let seen = tokio::task::spawn_blocking(move || {
            let shown = view::View::of(&bytes);
            let parsed = Parsed::read(&Message::new(&bytes), Envelope::default(), "quarantine", false, &trust);
            (shown, parsed)
        });
        let (shown, parsed) = seen.await.map_err(Fault::internal)?;
        let plain = |text: &str, most| view::plain(text, most, false).0;
        let ours = item.about.authentication_results.clone().unwrap_or_default();
        let verdicts = verdicts::beside(
            |method| verdicts::of_field(&ours, method),
            |method| verdicts::of_overview(parsed.evidence.overview.as_ref(), method),
        );
        let attachments = parsed.attachments.iter().map(|attachment| {
            (plain(&attachment.name, 200), plain(&attachment.media_type, 100), attachment.size, attachment.sha256.clone())
        });
        let urls = parsed.links.iter().take(URLS).map(|link| plain(&view::defanged(&link.url), URL));
        Ok(HeldView {
            line: line(&item, reported),
            headers: shown.fields,
            text: shown.text,
            html_text: shown.html_text,
            urls: urls.collect(),
            attachments: attachments.collect(),
            verdicts,
            timeline,
        })
    }

    async fn act(&self, ids: &[String], action: &str, who: &str) -> Result<Vec<(String, Result<String, Fault>)>, Fault> {
        if !["release", "delete", "report-phish", "report-clean"].contains(&action) {
            return Err(Fault::input(format!("`{action}` is nothing to do with a message that was set apart")));
        }
        if ids.len() > AT_ONCE {
            return Err(Fault::Limit { reason: format!("{AT_ONCE} messages at a time at most") });
        }
        let mut answers = Vec::with_capacity(ids.len());
        for id in ids {
            // One that fails stops none.
            answers.push((id.clone(), self.one(id, action, who).await));
        }
        Ok(answers)
    }
}

/// Whether a message is looked for: by what a list shows of it.
fn fits(item: &Item, wanted: &str) -> bool {
    let about = &item.about;
    let optional = [&about.from, &about.subject, &about.message_id, &about.client, &about.network_message_id];
    let texts = optional.into_iter().flatten().chain([&about.mail_from, &about.rule]).chain(&about.recipients);
    wanted.is_empty() || item.id.to_string() == wanted || texts.into_iter().any(|text| text.to_lowercase().contains(wanted))
}

fn line(item: &Item, reported: String) -> HeldLine {
    let about = &item.about;
    let because = if about.because.is_empty() { String::new() } else { format!(": {}", about.because.join("; ")) };
    HeldLine {
        id: item.id.to_string(),
        at: item.received,
        envelope_from: about.mail_from.clone(),
        from: about.from.clone().unwrap_or_default(),
        recipients: about.recipients.clone(),
        subject: about.subject.clone().unwrap_or_default(),
        sender_ip: about.client.clone().unwrap_or_default(),
        reason: format!("{}{because}", about.rule),
        size: item.size,
        released: item.released,
        reported,
    }
}
