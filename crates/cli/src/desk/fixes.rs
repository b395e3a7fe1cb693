//! Fixes: plans offered for alerts and findings, approved, made, seen from outside, taken back; all through `harden::repair`.

use std::time::Duration;

use ::desk::{Fault, FixAsk, FixLine, FixStepView, FixView, Fixes, TimelineEntry, Work};
use async_trait::async_trait;
use fixes::Step;
use futures::future::BoxFuture;
use state::{FIX_STATUSES, Fix, FixFilter};

use super::{Context, told};
use crate::{
    config,
    failure::Failure,
    harden::{Tools, for_alert, for_finding, repair, repair::Body},
};

/// How long somebody waits at a page until a fix is seen from outside; the watch goes on after that.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long between two looks meanwhile.
const BEAT: Duration = Duration::from_secs(1);
/// Characters of words for the record.
const COMMENT: usize = 4000;

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

    async fn tools(&self) -> Result<Tools, Fault> {
        Tools::open(self.desk.data(), &self.desk.house.config, &self.desk.looking.dns).await.map_err(told)
    }

    /// A fix as somebody sees it.
    async fn shown(&self, fix: &Fix, who: &str) -> Result<FixView, Fault> {
        let body = Body::of(fix).map_err(told)?;
        let record = self.desk.state().history(&format!("fix {}", fix.id)).await?;
        let (actions, because) = actions(fix, &body, &self.desk.config()?.fixes, who);
        let timeline = record.into_iter().map(|(at, who, action, detail)| TimelineEntry {
            at,
            kind: "change".to_owned(),
            who,
            what: if detail.is_empty() { action } else { format!("{action}: {detail}") },
            alert: String::new(),
        });
        Ok(FixView {
            line: line(fix),
            why: body.plan.why.clone(),
            warnings: body.plan.warnings.clone(),
            steps: steps(fix, &body),
            by_hand: body.plan.by_hand.clone(),
            proofs: proofs(fix, &body),
            references: body.plan.references.clone(),
            timeline: timeline.collect(),
            actions,
            because,
        })
    }

    /// Offers what answers an alert or a finding.
    fn offers<'a>(&'a self, ask: &'a FixAsk, who: &'a str) -> BoxFuture<'a, Result<Vec<Fix>, Fault>> {
        Box::pin(async move {
            let (state, tools) = (self.desk.state(), self.tools().await?);
            if !ask.alert.is_empty() {
                let alert = state.alert(&ask.alert).await?;
                let offered = for_alert(state, &tools, &alert, who).await.map_err(told)?;
                return match offered.fixes.as_slice() {
                    [] => Err(Fault::input(format!("there is nothing to fix: {}", offered.reasons.join("; ")))),
                    _ => Ok(offered.fixes),
                };
            }
            if ask.check.is_empty() {
                return Err(Fault::input("a fix answers an alert, or what a check finds"));
            }
            let subject = (!ask.subject.is_empty()).then_some(ask.subject.as_str());
            let place = (self.desk.data(), &self.desk.house.config);
            for_finding(place, state, &tools, (&ask.check, subject), false, who).await.map_err(told)
        })
    }

    /// Works on a fix until it is seen from outside, has failed, or nobody waits any more; the watch goes on with it then.
    async fn worked_on(&self, mut fix: Fix, who: &str, work: &Work) -> Result<Fix, Fault> {
        let until = tokio::time::Instant::now() + PATIENCE;
        let rules = self.desk.config()?.fixes;
        let tell = self.desk.house.told_of_fixes();
        let worker = repair::Worker { actor: who, tell: &tell };
        loop {
            let tools = self.tools().await?;
            let before = fix.status.clone();
            // What has begun is not dropped in the middle: a step that was made has to be written down.
            fix = repair::work_on(self.desk.state(), &tools.hands(), &rules, &fix, worker).await.map_err(told)?;
            if fix.status != before {
                self.changed(&fix);
            }
            work.at(0, 0, format!("{}: {}", fix.status, fix.message.chars().take(200).collect::<String>()));
            let over = tokio::time::Instant::now() >= until || work.is_cancelled();
            if over || !repair::UNDER_WAY.contains(&fix.status.as_str()) {
                return Ok(fix);
            }
            tokio::time::sleep(BEAT).await;
            fix = self.desk.state().fix(&fix.id).await?;
        }
    }

    /// Tells whoever listens.
    fn changed(&self, fix: &Fix) {
        self.desk.house.tell_of_fix(fix, self.desk.now());
        if fix.status == "failed" {
            self.desk.house.raised.notify_one();
        }
    }

    /// Looks at the proofs of a fix.
    async fn verified(&self, fix: Fix, who: &str, work: &Work) -> Result<Fix, Fault> {
        let body = Body::of(&fix).map_err(told)?;
        match fix.status.as_str() {
            // What a person does has no steps of ours: to look is all there is.
            "approved" | "applying" if body.plan.steps.is_empty() => self.worked_on(fix, who, work).await,
            "applied" => {
                let hands = self.tools().await?.hands();
                let tell = self.desk.house.told_of_fixes();
                let worker = repair::Worker { actor: who, tell: &tell };
                let fix = repair::look_now(self.desk.state(), &hands, fix, worker).await.map_err(told)?;
                self.changed(&fix);
                Ok(fix)
            }
            // It was judged already: what is seen now is put on record, and changes nothing.
            "verified" | "failed" => {
                let (whole, lines) = repair::seen_now(&body.plan, &self.tools().await?.hands()).await;
                let words = if whole { "all of it is seen" } else { "not all of it is seen" };
                let detail = format!("{words}: {}", lines.join("; "));
                self.desk.state().note(self.desk.now(), who, "look", &format!("fix {}", fix.id), &detail).await?;
                Ok(fix)
            }
            _ => Err(conflict(&fix, "looked at")),
        }
    }
}

#[async_trait]
impl Fixes for Here {
    async fn fixes(&self, status: &str) -> Result<Vec<FixLine>, Fault> {
        let statuses = match status {
            "" => repair::USUAL.map(str::to_owned).to_vec(),
            "all" => Vec::new(),
            one if FIX_STATUSES.contains(&one) => vec![one.to_owned()],
            other => {
                return Err(Fault::input(format!("`{other}` is no status of a fix: all, {}", FIX_STATUSES.join(", "))));
            }
        };
        let mut fixes = self.desk.state().fixes(&FixFilter { statuses, ..FixFilter::default() }).await?;
        fixes.sort_by_key(|fix| std::cmp::Reverse(fix.updated_at));
        Ok(fixes.iter().map(line).collect())
    }

    async fn fix(&self, id: &str, who: &str) -> Result<FixView, Fault> {
        let fix = self.desk.state().fix(id).await?;
        self.shown(&fix, who).await
    }

    async fn propose(&self, ask: &FixAsk, who: &str, work: &Work) -> Result<Vec<String>, Fault> {
        work.at(0, 0, "looking at what stands there now");
        let offered = work.unless_cancelled(self.offers(ask, who)).await?;
        offered.iter().for_each(|fix| self.changed(fix));
        Ok(offered.into_iter().map(|fix| fix.id).collect())
    }

    async fn act(&self, id: &str, action: &str, comment: &str, who: &str, work: &Work) -> Result<FixView, Fault> {
        let (state, rules) = (self.desk.state(), self.desk.config()?.fixes);
        let fix = state.fix(id).await?;
        let comment: String = comment.trim().chars().take(COMMENT).collect();
        let refused = |reason| Fault::Refused { reason };
        let short = format!("fix {}", fix.id);
        if !comment.is_empty() && action != "refuse" && ["approve", "apply", "verify", "undo"].contains(&action) {
            state.note(self.desk.now(), who, "comment", &short, &comment).await?;
        }
        let moved = |failure: Failure, done: &str| match told(failure) {
            Fault::Input(_) => conflict(&fix, done),
            other => other,
        };
        let after = match action {
            "approve" => {
                rules.may_approve(who, &fix.proposed_by).map_err(refused)?;
                repair::approve(state, &rules, &fix, who).await.map_err(|failure| moved(failure, "approved"))?
            }
            "refuse" => repair::refuse(state, &fix, &comment, who).await.map_err(|failure| moved(failure, "refused"))?,
            "apply" if matches!(fix.status.as_str(), "approved" | "applying") => self.worked_on(fix.clone(), who, work).await?,
            // The watch was quicker: what is asked for is done.
            "apply" if matches!(fix.status.as_str(), "applied" | "verified") => fix.clone(),
            "apply" => return Err(conflict(&fix, "made")),
            "verify" => self.verified(fix.clone(), who, work).await?,
            "undo" => {
                rules.may_approve(who, "").map_err(refused)?;
                let fix = repair::take_back(state, &rules, &fix, who).await.map_err(told)?;
                self.changed(&fix);
                self.worked_on(fix, who, work).await?
            }
            other => return Err(Fault::input(format!("`{other}` is nothing to do with a fix"))),
        };
        if after.status != fix.status {
            self.changed(&after);
        }
        self.shown(&after, who).await
    }
}

/// It is not in a state for that any more.
fn conflict(fix: &Fix, done: &str) -> Fault {
    Fault::Conflict { reason: format!("the fix {} is {} and cannot be {done}", repair::short(&fix.id), fix.status) }
}

/// A fix in a list.
pub(super) fn line(fix: &Fix) -> FixLine {
    FixLine {
        id: fix.id.clone(),
        kind: fix.kind.clone(),
        subject: fix.subject.clone(),
        title: fix.title.clone(),
        status: fix.status.clone(),
        alert: fix.alert_id.clone().unwrap_or_default(),
        finding: fix.finding.clone().unwrap_or_default(),
        proposed_by: fix.proposed_by.clone(),
        approved_by: fix.approved_by.clone().unwrap_or_default(),
        updated_at: fix.updated_at,
        message: fix.message.clone(),
    }
}

/// The steps, and how far each is.
fn steps(fix: &Fix, body: &Body) -> Vec<FixStepView> {
    let made = body.plan.done.len();
    let view = |(number, step): (usize, &Step)| FixStepView {
        what: match step {
            Step::Dns(change) if change.before.is_empty() => format!("Publish {} records at {}", change.kind, change.name),
            Step::Dns(change) if change.after.is_empty() => format!("Take {} records away from {}", change.kind, change.name),
            Step::Dns(change) => format!("Change {} records at {}", change.kind, change.name),
            Step::Tenant(command) => format!("Run {} in the tenant", command.cmdlet),
        },
        change: step.to_string().trim_end().to_owned(),
        undo: step.undo().map(|undo| undo.to_string().trim_end().to_owned()).unwrap_or_default(),
        state: match (number < made, fix.status == "undone") {
            (true, true) => "undone",
            (true, false) => "done",
            (false, _) => "to do",
        }
        .to_owned(),
    };
    body.plan.steps.iter().enumerate().map(view).collect()
}

/// What has to be seen afterwards, and what was.
fn proofs(fix: &Fix, body: &Body) -> Vec<(String, String, String)> {
    // What was seen before something was taken back is not so any more.
    let seen: &[String] = if matches!(fix.status.as_str(), "undoing" | "undone") { &[] } else { &body.seen };
    let proofs = body.plan.proofs.iter().enumerate();
    proofs
        .map(|(number, proof)| {
            let (state, words) = match seen.get(number) {
                None => ("not looked at", ""),
                Some(line) => match line.split_once(": ") {
                    Some(("seen", words)) => ("seen", words),
                    Some((_, words)) => ("not yet", words),
                    None => ("not yet", line.as_str()),
                },
            };
            (proof.to_string(), state.to_owned(), words.to_owned())
        })
        .collect()
}

/// What somebody may do now, and why not more.
fn actions(fix: &Fix, body: &Body, rules: &config::Fixes, who: &str) -> (Vec<String>, String) {
    let own: &[&str] = match fix.status.as_str() {
        "proposed" => &["approve", "refuse"],
        "approved" if body.plan.steps.is_empty() => &["verify", "refuse"],
        "approved" => &["apply", "refuse"],
        "applying" => &["apply"],
        "applied" | "verified" | "failed" => &["verify", "undo"],
        _ => &[],
    };
    let mut because = String::new();
    let mut may = Vec::new();
    for action in own {
        let allowed = match *action {
            "approve" => rules.may_approve(who, &fix.proposed_by),
            "undo" if body.plan.undo().is_none() => {
                Err("nothing was made by it, or a step of it cannot be taken back".to_owned())
            }
            "undo" => rules.may_approve(who, ""),
            _ => Ok(()),
        };
        match allowed {
            Ok(()) => may.push((*action).to_owned()),
            Err(words) => because = words,
        }
    }
    (may, because)
}
