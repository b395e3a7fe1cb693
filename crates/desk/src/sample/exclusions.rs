//! Exclusions: of every status, and one that stands beside rules in a file.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use state::Alert;

use super::{
    HOSTILE, NOW,
    alerts::{days, find},
    filter::matches,
    store::{DAY, Store},
};
use crate::*;

/// Exclusions.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) store: Arc<Store>,
}

/// Tests a condition can make, in the order a form offers them.
const TESTS: [&str; 8] = ["is", "is_not", "one_of", "matches", "exists", "not_exists", "in_list", "in_network"];

/// Those that are there from the beginning.
pub(super) fn kept() -> Vec<ExclusionView> {
    let rule = |key: &str| vec![key.to_owned()];
    let made = |id: &str, name: &str, status: &str, rules: Vec<String>, conditions: Vec<Condition>, took: u64| {
        let draft = Draft {
            name: name.to_owned(),
            rules,
            conditions,
            owner: "ann".to_owned(),
            reason: "The list breaks signatures; it is ours.".to_owned(),
            expires: if status == "expired" { "2026-11-01T00:00:00Z".to_owned() } else { "2027-01-31T00:00:00Z".to_owned() },
            alert: String::new(),
        };
        ExclusionView {
            id: id.to_owned(),
            words: words(&draft),
            draft,
            status: status.to_owned(),
            approved_by: if status == "proposed" { String::new() } else { "cora".to_owned() },
            created_at: NOW - 40 * DAY,
            suppressed: took,
            last_suppressed: (took > 0).then_some(NOW - DAY / 8),
            origin: String::new(),
        }
    };
    let is = |field: &str, test: &str, value: &str| Condition {
        field: field.to_owned(),
        test: test.to_owned(),
        values: vec![value.to_owned()],
    };
    let mut beside =
        made("elastic-list-1", "Trusted relays", "approved", Vec::new(), vec![is("SenderIPv4", "in_network", "192.0.2.0/24")], 3);
    "rules/exceptions/relays.ndjson".clone_into(&mut beside.origin);
    vec![
        made(
            "ex-1",
            "Own mailing lists",
            "approved",
            rule("dkim-failure-trend"),
            vec![is("SenderFromDomain", "matches", "lists.*")],
            4211,
        ),
        made("ex-2", HOSTILE, "proposed", rule("hostile-name"), vec![is(HOSTILE, "is", HOSTILE)], 0),
        made(
            "ex-3",
            "Key change of October",
            "expired",
            rule("514121ce-c7b6-474a-8237-68ff71672379"),
            vec![is("user.id", "is", "svc-mail@contoso.com")],
            12,
        ),
        made(
            "ex-4",
            "Old partner",
            "revoked",
            rule("T1672-email-spoofing"),
            vec![is("SenderFromDomain", "is", "partner.example")],
            57,
        ),
        beside,
    ]
}

#[async_trait]
impl Exclusions for Sample {
    async fn exclusions(&self) -> Result<Vec<ExclusionView>, Fault> {
        Ok(self.store.lock().exclusions.clone())
    }

    async fn exclusion(&self, id: &str) -> Result<(ExclusionView, Sheet), Fault> {
        let inner = self.store.lock();
        let view = inner.exclusions.iter().find(|view| view.id == id).cloned();
        let view = view.ok_or_else(|| Fault::Unknown { what: "exclusion", id: id.to_owned() })?;
        let hits =
            inner.alerts.iter().filter(|alert| view.draft.rules.contains(&alert.rule_key)).take(view.suppressed.min(5) as usize);
        let rows: Vec<Vec<Value>> = hits
            .map(|alert| {
                let row = alert.detail.evidence.first();
                let cell = |name: &str| row.and_then(|row| row.get(name)).cloned().unwrap_or(Value::Null);
                vec![cell("Timestamp"), cell("SenderFromAddress"), cell("Subject")]
            })
            .collect();
        let column = |name: &str, ty: &str| Column { name: name.to_owned(), ty: ty.to_owned() };
        let columns = vec![column("Timestamp", "datetime"), column("SenderFromAddress", "string"), column("Subject", "string")];
        Ok((view.clone(), Sheet { columns, total: view.suppressed, rows, ..Sheet::default() }))
    }

    async fn draft(&self, alert: &str) -> Result<Draft, Fault> {
        let inner = self.store.lock();
        let alert = find(&inner, alert)?;
        let row = alert.detail.evidence.first().cloned().unwrap_or_default();
        let wanted = ["SenderFromDomain", "SenderIPv4", "user.id", "source.ip"];
        let conditions = wanted.into_iter().filter_map(|field| {
            let value = row.get(field)?.as_str()?;
            Some(Condition { field: field.to_owned(), test: "is".to_owned(), values: vec![value.to_owned()] })
        });
        Ok(Draft {
            name: format!("As alert {}", alert.id.get(..8).unwrap_or(&alert.id)),
            rules: vec![alert.rule_key.clone()],
            conditions: conditions.collect(),
            alert: alert.id.clone(),
            ..Draft::default()
        })
    }

    async fn preview(&self, draft: &Draft, days_back: u32, work: &Work) -> Result<Preview, Fault> {
        checked(draft)?;
        let all = u64::from(days_back.clamp(1, 30));
        for day in 0..all {
            work.at(day, all, format!("replaying day {} of {all}", day + 1));
            tokio::task::yield_now().await;
        }
        let inner = self.store.lock();
        let of: Vec<&Alert> = inner
            .alerts
            .iter()
            .filter(|alert| draft.rules.contains(&alert.rule_key) && alert.created_at >= NOW - i64::from(days_back) * DAY)
            .collect();
        let (taken, left): (Vec<&Alert>, Vec<&Alert>) = of.iter().partition(|alert| takes(draft, alert));
        let positives = taken.iter().filter(|alert| alert.verdict.as_deref() == Some("true_positive")).count() as u64;
        let mut warnings = Vec::new();
        if left.is_empty() && !of.is_empty() {
            warnings.push("Every hit of the rule meets the conditions: the rule would raise nothing any more.".to_owned());
        }
        if draft.expires.is_empty() {
            warnings.push("It never ends. Say until when the reason holds.".to_owned());
        }
        let last = |mut counts: Vec<u64>| counts.split_off(counts.len().saturating_sub(days_back as usize));
        Ok(Preview {
            days: days_back,
            before: of.len() as u64,
            after: left.len() as u64,
            before_days: last(days(of.iter().map(|alert| alert.created_at))),
            after_days: last(days(left.iter().map(|alert| alert.created_at))),
            removed: taken.iter().take(100).map(|alert| removed(alert)).collect(),
            true_positives: positives,
            warnings,
        })
    }

    async fn add(&self, draft: &Draft, who: &str) -> Result<ExclusionView, Fault> {
        checked(draft)?;
        let mut inner = self.store.lock();
        let view = ExclusionView {
            id: format!("ex-{}", inner.exclusions.len()),
            words: words(draft),
            draft: draft.clone(),
            status: "proposed".to_owned(),
            created_at: NOW,
            ..ExclusionView::default()
        };
        inner.note(&view.id, who, "proposed".to_owned());
        inner.exclusions.push(view.clone());
        Ok(view)
    }

    async fn decide(&self, id: &str, decision: &str, who: &str) -> Result<(), Fault> {
        let mut inner = self.store.lock();
        let Some(view) = inner.exclusions.iter_mut().find(|view| view.id == id) else {
            return Err(Fault::Unknown { what: "exclusion", id: id.to_owned() });
        };
        if !view.origin.is_empty() {
            return Err(Fault::Refused { reason: format!("it stands in {} and is changed there", view.origin) });
        }
        match decision {
            "approve" => {
                "approved".clone_into(&mut view.status);
                who.clone_into(&mut view.approved_by);
            }
            "revoke" => "revoked".clone_into(&mut view.status),
            other => return Err(Fault::input(format!("`{other}` is no decision: there are approve, revoke"))),
        }
        Ok(())
    }
}

/// Whether a draft can be used.
fn checked(draft: &Draft) -> Result<(), Fault> {
    if draft.conditions.is_empty() {
        return Err(Fault::input("an exclusion without a condition would take everything: name at least one"));
    }
    if draft.rules.is_empty() {
        return Err(Fault::input("say which rules it is for"));
    }
    match draft.conditions.iter().find(|condition| !TESTS.contains(&condition.test.as_str())) {
        Some(condition) => Err(Fault::input(format!("`{}` is no test: there are {}", condition.test, TESTS.join(", ")))),
        None => Ok(()),
    }
}

fn words(draft: &Draft) -> Vec<String> {
    let word = |condition: &Condition| {
        format!("{} {} {}", condition.field, condition.test.replace('_', " "), condition.values.join(", "))
    };
    draft.conditions.iter().map(word).collect()
}

/// Whether it takes the alert, by its first row.
fn takes(draft: &Draft, alert: &Alert) -> bool {
    let none = Map::new();
    let row = alert.detail.evidence.first().unwrap_or(&none);
    draft.conditions.iter().all(|condition| {
        let value = row.get(&condition.field).and_then(Value::as_str).unwrap_or_default();
        let any = || condition.values.iter().any(|wanted| matches(wanted, value));
        match condition.test.as_str() {
            "is_not" => !any(),
            "exists" => !value.is_empty(),
            "not_exists" => value.is_empty(),
            "in_network" => {
                condition.values.iter().any(|network| value.starts_with(network.split(".0").next().unwrap_or(network)))
            }
            _ => any(),
        }
    })
}

fn removed(alert: &Alert) -> PreviewAlert {
    PreviewAlert {
        id: alert.id.clone(),
        at: alert.window_to,
        reason: alert.reason.clone(),
        severity: alert.severity.clone(),
        row: alert.detail.evidence.first().cloned().unwrap_or_else(|| json!({}).as_object().cloned().unwrap_or_default()),
        verdict: alert.verdict.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_preview_counts_what_a_draft_takes_and_warns_of_true_positives() {
        let sample = Sample::default();
        let draft = sample.draft("0001").await.unwrap();
        assert_eq!(draft.rules, ["514121ce-c7b6-474a-8237-68ff71672379"]);
        let preview = sample.preview(&draft, 30, &Work::default()).await.unwrap();
        assert!(preview.before > preview.after);
        assert_eq!(preview.before_days.iter().sum::<u64>(), preview.before);
        assert_eq!(preview.true_positives, 1);
        let view = sample.add(&draft, "ann").await.unwrap();
        sample.decide(&view.id, "approve", "cora").await.unwrap();
        assert_eq!(sample.exclusion(&view.id).await.unwrap().0.approved_by, "cora");
    }
}
