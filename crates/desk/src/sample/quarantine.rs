//! Messages that were set apart: five thousand, each made of its number.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use state::Moment;

use super::{
    HOSTILE, NOW,
    domains::{ago, entry, owned},
    messages,
};
use crate::*;

/// How many there are.
const HELD: u32 = 5_000;
/// The number of the one that the mail server does not take back.
const STUBBORN: u32 = 13;

/// What was done to one.
#[derive(Debug, Default, Clone)]
struct Done {
    released: Option<Moment>,
    deleted: bool,
    reported: String,
    by: Vec<(String, String)>,
}

/// Messages that were set apart, and what was done to them.
#[derive(Debug, Default)]
pub(super) struct Sample {
    done: Mutex<BTreeMap<u32, Done>>,
}

fn id(number: u32) -> String {
    format!("20261120T{:06}-{:08x}", number % 240_000, number.wrapping_mul(2_654_435_761))
}

/// The number in an id, if it is one of ours.
fn number(text: &str) -> Option<u32> {
    let number = text.strip_prefix("20261120T")?.get(..6)?.parse().ok()?;
    (number < HELD && id(number) == text).then_some(number)
}

fn line(number: u32, done: &Done) -> HeldLine {
    let subjects = ["Invoice 2026-1187 is overdue", "Your parcel could not be delivered", HOSTILE, "Re: minutes", ""];
    let froms = ["Accounts <billing@shop.example>", "ceo@example.com", HOSTILE, "Pat Lee <pat@contoso.com>"];
    let reasons = [
        "DMARC fail, p=reject of example.com",
        "own domain from outside (SPF fail)",
        "rule `Forged director`: display name of a protected person",
    ];
    let pick =
        |list: &[&str]| list.get(usize::try_from(number).unwrap_or(0) % list.len()).copied().unwrap_or_default().to_owned();
    HeldLine {
        id: id(number),
        at: NOW - Moment::from(number) * 600_000_000,
        envelope_from: format!("bounce-{number}@bulk.example"),
        from: pick(&froms),
        recipients: if number.is_multiple_of(7) {
            (0..40).map(|n| format!("user{n}@contoso.com")).collect()
        } else {
            owned(["pat@contoso.com"])
        },
        subject: pick(&subjects),
        sender_ip: format!("203.0.113.{}", number % 256),
        reason: pick(&reasons),
        size: 1_200 + u64::from(number) * 37,
        released: done.released,
        reported: done.reported.clone(),
    }
}

#[async_trait]
impl Quarantine for Sample {
    async fn held(&self, text: &str, page: u32, size: u32) -> Result<(Vec<HeldLine>, u64), Fault> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let needle = text.to_lowercase();
        let lines = (0..HELD).filter_map(|number| {
            let known = done.get(&number).cloned().unwrap_or_default();
            let line = line(number, &known);
            let mut fields = vec![&line.id, &line.subject, &line.from, &line.envelope_from, &line.reason, &line.sender_ip];
            fields.extend(&line.recipients);
            (!known.deleted && fields.iter().any(|field| field.to_lowercase().contains(&needle))).then_some(line)
        });
        let all: Vec<HeldLine> = lines.collect();
        let size = if size == 0 { 50 } else { size.min(500) };
        let skip = usize::try_from(page.max(1) - 1).unwrap_or(0).saturating_mul(usize::try_from(size).unwrap_or(50));
        let total = u64::try_from(all.len()).unwrap_or(0);
        Ok((all.into_iter().skip(skip).take(usize::try_from(size).unwrap_or(50)).collect(), total))
    }

    async fn message(&self, text: &str) -> Result<HeldView, Fault> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let unknown = || Fault::Unknown { what: "held message", id: text.to_owned() };
        let number = number(text).ok_or_else(unknown)?;
        let known = done.get(&number).cloned().unwrap_or_default();
        if known.deleted {
            return Err(unknown());
        }
        let line = line(number, &known);
        let mut timeline = vec![entry(Moment::from(number) / 6, "event", "", "set apart")];
        timeline.extend(known.by.iter().map(|(who, what)| TimelineEntry {
            at: ago(0),
            kind: "change".to_owned(),
            who: who.clone(),
            what: what.clone(),
            alert: String::new(),
        }));
        Ok(HeldView {
            headers: vec![
                ("Received".to_owned(), format!("from bulk.example ({}) by mx.contoso.com with ESMTPS", line.sender_ip)),
                ("From".to_owned(), line.from.clone()),
                ("To".to_owned(), line.recipients.join(", ")),
                ("Subject".to_owned(), line.subject.clone()),
                ("X-Long".to_owned(), "0123456789".repeat(90)),
                ("X-Hostile".to_owned(), HOSTILE.to_owned()),
            ],
            text: format!("Dear Pat,\n\nplease pay at once: hxxps://login[.]example[.]org/pay\n\n{HOSTILE}\n\nKind regards\n"),
            html_text: format!("Dear Pat, please pay at once. {HOSTILE}"),
            urls: owned(["hxxps://login[.]example[.]org/pay", "javascript[:]alert(1)"]),
            attachments: vec![(format!("{HOSTILE}.pdf.exe"), "application/pdf".to_owned(), 20_481, "ef".repeat(32))],
            verdicts: messages::verdicts(),
            timeline,
            line,
        })
    }

    async fn act(&self, ids: &[String], action: &str, who: &str) -> Result<Vec<(String, Result<String, Fault>)>, Fault> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let words = match action {
            "release" => "the mail server took it: 250 2.0.0 queued",
            "delete" => "deleted",
            "report-phish" => "reported to Microsoft as phishing",
            "report-clean" => "reported to Microsoft as wanted",
            other => return Err(Fault::input(format!("there is no action `{other}`"))),
        };
        let one = |text: &String| {
            let known = number(text).filter(|number| done.get(number).is_none_or(|known| !known.deleted));
            let number = known.ok_or_else(|| Fault::Unknown { what: "held message", id: text.clone() })?;
            if number == STUBBORN && action == "release" {
                return Err(Fault::Unavailable { reason: "the mail server at 127.0.0.1:10026 does not answer".to_owned() });
            }
            let known = done.entry(number).or_default();
            match action {
                "release" if known.released.is_some() => {
                    return Err(Fault::Conflict { reason: "it was released already".to_owned() });
                }
                "release" => known.released = Some(NOW),
                "delete" => known.deleted = true,
                other => known.reported = other.trim_start_matches("report-").to_owned(),
            }
            known.by.push((who.to_owned(), words.to_owned()));
            Ok(words.to_owned())
        };
        let mut one = one;
        Ok(ids.iter().map(|id| (id.clone(), one(id))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_follow_one_another() {
        let sample = Sample::default();
        let (first, total) = sample.held("", 1, 50).await.unwrap();
        let (last, _) = sample.held("", 100, 50).await.unwrap();
        assert_eq!((first.len(), last.len(), total), (50, 50, 5_000));
        assert!(sample.held("", 101, 50).await.unwrap().0.is_empty());
        assert_eq!(sample.message(&last[49].id).await.unwrap().line, last[49]);
        assert!(sample.message("../20261120T000001").await.is_err());
    }

    #[tokio::test]
    async fn what_is_done_to_one_is_done_to_no_other() {
        let sample = Sample::default();
        let ids: Vec<String> = [1, STUBBORN].map(id).into();
        let told = sample.act(&ids, "release", "ann").await.unwrap();
        assert!(told[0].1.is_ok() && told[1].1.is_err());
        assert!(sample.act(&ids, "release", "ann").await.unwrap()[0].1.is_err());
        assert!(sample.act(&ids, "delete", "ann").await.unwrap()[0].1.is_ok());
        assert_eq!(sample.held("", 1, 1).await.unwrap().1, 4_998);
    }
}
