//! Exclusions: drafted, previewed, decided about.

mod conditions;
mod drafted;

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use desk::{Column, Draft, ExclusionView, Exclusions, Fault, Preview, Sheet, Work};
use rules::{
    Rule,
    exclusion::{Approval, Exclusion, Scope, moment},
};
use serde_json::{Map, Value};
use state::HitFilter;

use super::{Context, replay, told};
use crate::{
    command::exclusions::{condition, new_id, standing, window},
    watch,
};

/// Hits of an exclusion that are shown: the latest.
const HITS: i64 = 500;
/// The most conditions of one.
const MOST: usize = 50;
/// The most characters of a name and of a reason.
const LONGEST: usize = 2_000;

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

    /// The rules that a draft is for.
    fn rules(&self, draft: &Draft) -> Result<Vec<Arc<Rule>>, Fault> {
        let live = self.desk.house.rules.live();
        let found = draft.rules.iter().map(|key| {
            let known = live.rule(key).cloned();
            known.ok_or_else(|| Fault::input(format!("there is no rule `{key}`")))
        });
        found.collect()
    }

    /// What a draft means; `id` is what it will be kept as.
    fn meaning(&self, draft: &Draft, id: String, approval: Approval) -> Result<Exclusion, Fault> {
        if draft.rules.is_empty() {
            return Err(Fault::input("say which rules it is for"));
        }
        if draft.conditions.is_empty() {
            return Err(Fault::input("name at least one condition; without one it would take nothing"));
        }
        if draft.conditions.len() > MOST {
            return Err(Fault::Limit { reason: format!("an exclusion has at most {MOST} conditions") });
        }
        if [&draft.name, &draft.reason, &draft.owner].iter().any(|text| text.chars().count() > LONGEST) {
            return Err(Fault::Limit { reason: format!("names and reasons have at most {LONGEST} characters") });
        }
        Ok(Exclusion {
            id,
            name: draft.name.trim().to_owned(),
            rules: Scope::keys(draft.rules.iter().cloned()),
            entries: draft.conditions.iter().map(conditions::read).collect::<Result<_, _>>()?,
            owner: draft.owner.trim().to_owned(),
            reason: draft.reason.trim().to_owned(),
            expires: self.end(&draft.expires)?,
            approval,
        })
    }

    /// When it ends.
    fn end(&self, text: &str) -> Result<Option<i64>, Fault> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let end = moment::parse(text).ok_or_else(|| Fault::input(format!("`{text}` is no end; write one such as 2027-01-31")))?;
        if end <= self.desk.now() {
            return Err(Fault::input(format!("`{text}` is over already")));
        }
        Ok(Some(end))
    }

    fn view(&self, kept: &state::Exclusion) -> ExclusionView {
        let meant = watch::exclusion(kept);
        let mut view = match &meant {
            Ok(meant) => shown(meant),
            Err(trouble) => ExclusionView { words: vec![trouble.clone()], ..ExclusionView::default() },
        };
        view.id.clone_from(&kept.id);
        view.draft.name.clone_from(&kept.name);
        view.status = standing(kept, self.desk.now()).to_owned();
        view.approved_by = kept.approved_by.clone().unwrap_or_default();
        view.created_at = kept.created_at;
        view.suppressed = u64::try_from(kept.suppressed).unwrap_or_default();
        view.last_suppressed = kept.last_suppressed;
        view
    }

    /// Exclusions that stand in files beside the rules, but for those that were taken over.
    async fn beside(&self, taken: &BTreeSet<String>) -> Result<Vec<ExclusionView>, Fault> {
        let took = self.desk.state().exclusions_elsewhere().await?;
        let live = self.desk.house.rules.live();
        let others = live.exclusions.iter().filter(|one| !taken.contains(&one.id));
        let view = |one: &Exclusion| {
            let mut view = shown(one);
            let hits = took.iter().find(|(id, ..)| *id == one.id);
            view.suppressed = hits.map_or(0, |(_, count, _)| u64::try_from(*count).unwrap_or_default());
            view.last_suppressed = hits.map(|(.., last)| *last);
            view.status = if one.counts_at(self.desk.now()) { "approved" } else { "expired" }.to_owned();
            view.origin = "beside the rules".to_owned();
            view
        };
        Ok(others.map(view).collect())
    }

    /// Exclusions for a rule.
    pub(super) async fn of_rule(desk: &Context, rule: &Rule) -> Result<Vec<ExclusionView>, Fault> {
        let here = Self::new(desk.clone());
        let kept = desk.state().exclusions().await?;
        let taken = kept.iter().map(|kept| kept.id.clone()).collect();
        let concerns = |kept: &&state::Exclusion| watch::exclusion(kept).is_ok_and(|one| one.concerns(rule));
        let mut found: Vec<ExclusionView> = kept.iter().filter(concerns).map(|kept| here.view(kept)).collect();
        let live = desk.house.rules.live();
        let beside = here.beside(&taken).await?.into_iter();
        found.extend(beside.filter(|view| live.exclusions.iter().any(|one| one.id == view.id && one.concerns(rule))));
        Ok(found)
    }

    /// Who proposed an exclusion: who is first in the record, else who answers for it.
    async fn proposer(&self, kept: &state::Exclusion) -> Result<String, Fault> {
        let history = self.desk.state().history(&format!("exclusion {}", kept.id)).await?;
        let first = history.into_iter().find(|(.., action, _)| action == "proposed").map(|(_, actor, ..)| actor);
        Ok(first.unwrap_or_else(|| kept.owner.clone()))
    }

    async fn changed(&self, id: &str, title: &str, action: &str) -> Result<(), Fault> {
        self.desk.house.know_benign().await.map_err(told)?;
        self.desk.tell("exclusion", id, action, title);
        Ok(())
    }
}

/// An exclusion as it is shown, without what only the state knows of it.
fn shown(one: &Exclusion) -> ExclusionView {
    ExclusionView {
        id: one.id.clone(),
        draft: Draft {
            name: one.name.clone(),
            rules: one.rules.keys.iter().cloned().collect(),
            conditions: one.entries.iter().map(conditions::written).collect(),
            owner: one.owner.clone(),
            reason: one.reason.clone(),
            expires: one.expires.map(moment::write).unwrap_or_default(),
            alert: String::new(),
        },
        words: one.entries.iter().map(condition).collect(),
        approved_by: match &one.approval {
            Approval::Approved { by, .. } => by.clone(),
            Approval::NotNeeded | Approval::Pending | Approval::Refused { .. } => String::new(),
        },
        ..ExclusionView::default()
    }
}

/// What to be told of a draft that was run.
fn warnings(gathered: &replay::Gathered, exclusion: &Exclusion, troubles: Vec<String>) -> Vec<String> {
    let mut said = troubles;
    for (entry, held) in exclusion.entries.iter().zip(&gathered.held) {
        if gathered.rows > 1 && *held == gathered.rows {
            said.push(format!("every row meets a condition, which tells nothing apart: {}", condition(entry)));
        } else if gathered.rows > 0 && *held == 0 {
            said.push(format!("no row meets a condition: {}", condition(entry)));
        }
    }
    said
}

#[async_trait]
impl Exclusions for Here {
    async fn exclusions(&self) -> Result<Vec<ExclusionView>, Fault> {
        let kept = self.desk.state().exclusions().await?;
        let mut views: Vec<ExclusionView> = kept.iter().rev().map(|kept| self.view(kept)).collect();
        views.extend(self.beside(&kept.into_iter().map(|kept| kept.id).collect()).await?);
        Ok(views)
    }

    async fn exclusion(&self, id: &str) -> Result<(ExclusionView, Sheet), Fault> {
        let all = self.exclusions().await?;
        let unknown = || Fault::Unknown { what: "exclusion", id: id.to_owned() };
        let view = all.into_iter().find(|view| view.id == id).ok_or_else(unknown)?;
        let filter = HitFilter { exclusion_id: Some(id.to_owned()), limit: Some(HITS), ..HitFilter::default() };
        let hits = self.desk.state().hits(&filter).await?;
        let sheet = sheet(&hits, view.suppressed);
        Ok((view, sheet))
    }

    async fn draft(&self, alert: &str) -> Result<Draft, Fault> {
        let alert = self.desk.state().alert(alert).await?;
        drafted::of(&self.desk, &alert).await
    }

    async fn preview(&self, draft: &Draft, days: u32, work: &Work) -> Result<Preview, Fault> {
        let range = replay::range(days, self.desk.now())?;
        let approved = Approval::Approved { by: String::new(), at: None };
        // Its own end is to come: what it would have done is asked as if it had none.
        let exclusion = Exclusion { expires: None, ..self.meaning(draft, "draft".to_owned(), approved)? };
        let known = self.desk.house.watch.benign.known().exclusions.clone();
        let with = [known.clone(), vec![exclusion.clone()]].concat();
        let runnable = |rule: &Rule| rule.not_runnable().map(|reason| format!("{} does not run: {reason}", rule.name));
        let rules = self.rules(draft)?;
        let mut said: Vec<String> = rules.iter().filter_map(|rule| runnable(rule)).collect();
        let (_, troubles) = self.desk.house.exclusions.lists_of(std::slice::from_ref(&exclusion));
        said.extend(troubles);
        let asked = rules.into_iter().filter(|rule| rule.not_runnable().is_none()).map(|rule| replay::Asked {
            rule,
            variants: vec![known.clone(), with.clone()],
            entries: exclusion.entries.clone(),
        });
        let done = replay::run(&self.desk, range, asked.collect(), work).await?;
        let mut preview = Preview { days, ..Preview::default() };
        let mut removed_ids = Vec::new();
        for done in &done {
            let [before, after] = done.collector.ways.as_slice() else { continue };
            let [tally, tally_after] = done.tallies.as_slice() else { continue };
            preview.before += tally.alerts;
            preview.after += tally_after.alerts;
            add(&mut preview.before_days, &before.days(range));
            add(&mut preview.after_days, &after.days(range));
            let difference = after.collected.against(&before.collected);
            removed_ids.extend(difference.removed.iter().map(|told| told.id.clone()));
            preview.removed.extend(before.shown(&difference.removed));
            preview.warnings.extend(warnings(&done.collector, &exclusion, replay::troubles(tally)));
        }
        preview.removed.sort_by_key(|alert| std::cmp::Reverse(alert.at));
        preview.removed.truncate(replay::LISTED);
        preview.true_positives = replay::verdicts(&self.desk, &mut [&mut preview.removed], &removed_ids).await?;
        preview.warnings.extend(said);
        Ok(preview)
    }

    async fn add(&self, draft: &Draft, who: &str) -> Result<ExclusionView, Fault> {
        if draft.reason.trim().is_empty() {
            return Err(Fault::input("say why such hits are harmless; who reads it later needs it"));
        }
        self.rules(draft)?;
        let now = self.desk.now();
        let state = self.desk.state();
        let taken: BTreeSet<String> = state.exclusions().await?.into_iter().map(|kept| kept.id).collect();
        let id = new_id(if draft.name.trim().is_empty() { &draft.reason } else { &draft.name }, &taken);
        let mut exclusion = self.meaning(draft, id, Approval::Pending)?;
        if exclusion.owner.is_empty() {
            who.clone_into(&mut exclusion.owner);
        }
        let keep = |exclusion: &Exclusion| watch::kept_exclusion(exclusion, now).map_err(told);
        state.put_exclusion(&keep(&exclusion)?, who).await?;
        if self.desk.config()?.fixes.may_approve(who, who).is_ok() {
            state.change_exclusion(&exclusion.id, "approved", "", who, now).await?;
        }
        if !draft.alert.is_empty() {
            let subject = format!("alert {}", state.alert(&draft.alert).await?.id);
            state.note(now, who, "exclude", &subject, &format!("exclusion {}", exclusion.id)).await?;
        }
        let kept = state.exclusion(&exclusion.id).await?;
        self.changed(&kept.id, &kept.name, &kept.status).await?;
        Ok(self.view(&kept))
    }

    async fn decide(&self, id: &str, decision: &str, who: &str) -> Result<(), Fault> {
        let state = self.desk.state();
        let kept = state.exclusion(id).await?;
        let status = match decision {
            "approve" => {
                let proposer = if id.starts_with(window::PREFIX) { kept.owner.clone() } else { self.proposer(&kept).await? };
                self.desk.config()?.fixes.may_approve(who, &proposer).map_err(|reason| Fault::Refused { reason })?;
                "approved"
            }
            "revoke" => "revoked",
            other => return Err(Fault::input(format!("`{other}` cannot be decided: approve or revoke"))),
        };
        let changed = state.change_exclusion(id, status, "", who, self.desk.now()).await?;
        self.changed(id, &changed.name, status).await
    }
}

/// Adds figures day by day.
fn add(sum: &mut Vec<u64>, days: &[u64]) {
    sum.resize(sum.len().max(days.len()), 0);
    sum.iter_mut().zip(days).for_each(|(sum, day)| *sum += day);
}

/// Hits as a table: when each was found, of which rule, and its row.
fn sheet(hits: &[state::KeptRow], total: u64) -> Sheet {
    let mut names: Vec<&str> = Vec::new();
    let mut known = BTreeSet::new();
    for name in hits.iter().flat_map(|hit| hit.hit.keys()) {
        if known.insert(name.as_str()) {
            names.push(name);
        }
    }
    let column = |name: &str, ty: &str| Column { name: name.to_owned(), ty: ty.to_owned() };
    let fixed = [column("Found", "datetime"), column("Rule", "string")];
    let cells = |hit: &state::KeptRow, row: &Map<String, Value>| {
        let fixed = [Value::from(moment::write(hit.at)), Value::from(hit.rule_key.clone())];
        let rest = names.iter().map(|name| row.get(*name).cloned().unwrap_or(Value::Null));
        fixed.into_iter().chain(rest).collect()
    };
    Sheet {
        rows: hits.iter().map(|hit| cells(hit, &hit.hit)).collect(),
        columns: fixed.into_iter().chain(names.iter().map(|name| column(name, "dynamic"))).collect(),
        total: total.max(hits.len() as u64),
        cut: total > hits.len() as u64,
        ..Sheet::default()
    }
}
