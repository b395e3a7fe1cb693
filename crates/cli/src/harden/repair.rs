//! The way of a fix: offered, approved, made once, seen from outside; what cannot be seen in time has failed, and an alert says so.
//!
//! Whoever works on a fix holds it for a while ([`HOLD`]): a watch and a person at a terminal never make the same step at a time. Steps
//! are safe to make again, and how many are made is kept after each, so that what was cut off goes on where it was.

use fixes::{Hands, Plan, Refusal, Seen, work};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use state::{Alert, Fix, FixStep, State};

use super::now;
use crate::{config, failure::Failure};

/// How long whoever makes a step holds a fix, in microseconds: longer than a step may take.
const HOLD: i64 = 5 * MINUTE;
/// How long until a step or a look is tried again, in microseconds, by how often it was tried.
const AGAIN: [i64; 6] = [5_000_000, 15_000_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE];
const MINUTE: i64 = 60_000_000;
/// Who does what nobody did by hand.
pub(crate) const OURSELVES: &str = "spoofwatch";

/// What the state keeps of a fix beside its columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Body {
    /// What is done.
    pub(crate) plan: Plan,
    /// What takes it back, once that was asked for.
    #[serde(default)]
    pub(crate) undo: Option<Plan>,
    /// Until when it must be seen from outside: microseconds since 1970.
    #[serde(default)]
    pub(crate) verify_until: Option<i64>,
    /// What the last look met, a line a proof.
    #[serde(default)]
    pub(crate) seen: Vec<String>,
}

impl Body {
    /// That of a fix.
    pub(crate) fn of(fix: &Fix) -> Result<Self, Failure> {
        let wrong = |error| Failure::internal(format_args!("the fix {} cannot be read: {error}", fix.id));
        serde_json::from_str(&fix.body).map_err(wrong)
    }

    fn text(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(Failure::internal)
    }
}

/// A fix to be offered. Where the same is offered already, that one is given back.
pub(crate) async fn offer(state: &State, plan: Plan, alert: Option<&Alert>, actor: &str) -> Result<Fix, Failure> {
    let at = now();
    let alert_id = alert.map(|alert| alert.id.clone());
    let mut hash = Sha256::new();
    for part in [plan.kind.as_str(), &plan.subject, alert_id.as_deref().unwrap_or_default(), &at.to_string()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let id: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let finding = alert_id.is_none().then(|| plan.kind.clone());
    let (kind, subject, title) = (plan.kind.clone(), plan.subject.clone(), plan.title.clone());
    let body = Body { plan, undo: None, verify_until: None, seen: Vec::new() };
    let fix = Fix {
        id,
        kind,
        subject,
        title,
        alert_id,
        finding,
        status: "proposed".to_owned(),
        proposed_by: actor.to_owned(),
        approved_by: None,
        created_at: at,
        updated_at: at,
        next_at: at,
        attempts: 0,
        message: String::new(),
        body: body.text()?,
    };
    Ok(state.offer_fix(&fix).await?)
}

/// Approves a fix, where the actor may.
pub(crate) async fn approve(state: &State, rules: &config::Fixes, fix: &Fix, actor: &str) -> Result<Fix, Failure> {
    rules.may_approve(actor, &fix.proposed_by).map_err(|words| Failure::input(format!("error: {words}")))?;
    moved(state, fix, &["proposed"], "approved", "approve", "", actor).await
}

/// Refuses a fix that was offered or approved and not begun.
pub(crate) async fn refuse(state: &State, fix: &Fix, reason: &str, actor: &str) -> Result<Fix, Failure> {
    moved(state, fix, &["proposed", "approved"], "refused", "refuse", reason, actor).await
}

/// Has what was made taken back, where the actor may.
pub(crate) async fn take_back(state: &State, rules: &config::Fixes, fix: &Fix, actor: &str) -> Result<Fix, Failure> {
    rules.may_approve(actor, "").map_err(|words| Failure::input(format!("error: {words}")))?;
    let mut body = Body::of(fix)?;
    let undo = body.plan.undo().ok_or_else(|| {
        Failure::input(format!("error: fix {}: nothing was made by it, or a step of it cannot be taken back", short(&fix.id)))
    })?;
    body.undo = Some(undo);
    let text = body.text()?;
    let step = FixStep {
        from: &["applied", "verified", "failed"],
        to: "undoing",
        action: "undo",
        message: "",
        body: Some(&text),
        next_at: now(),
        due: false,
    };
    let taken = state.move_fix(&fix.id, &step, actor, now()).await?;
    taken.ok_or_else(|| cannot(fix, "undone"))
}

/// What is seen of a plan now, a line a proof, and whether that is all of it. Nothing is changed by it.
pub(crate) async fn seen_now(plan: &Plan, hands: &Hands) -> (bool, Vec<String>) {
    let mut whole = true;
    let mut lines = Vec::new();
    for (proof, found) in work::prove(plan, hands).await {
        whole &= matches!(found, Ok(Seen::Yes(_)));
        lines.push(match found {
            Ok(Seen::Yes(words)) => format!("seen: {words}"),
            Ok(Seen::No(words)) => format!("not so: {words}"),
            Err(refusal) => format!("not known: {proof}: {refusal}"),
        });
    }
    (whole, lines)
}

/// Statuses in which a fix is worked on by itself.
pub(crate) const UNDER_WAY: [&str; 4] = ["approved", "applying", "applied", "undoing"];

/// Statuses of fixes that somebody has still to look at.
pub(crate) const USUAL: [&str; 6] = ["proposed", "approved", "applying", "applied", "failed", "undoing"];

/// Who has a fix worked on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worker<'a> {
    /// Whom the record names.
    pub(crate) actor: &'a str,
    /// Targets of notifications that are told of a fix that fails.
    pub(crate) tell: &'a [String],
}

/// Works on a fix as far as it goes now: makes its steps where it is approved, looks at its proofs where they are made. `who` is who
/// has it done. Gives the fix as it is then; the same if somebody else holds it, or it is too early.
pub(crate) async fn work_on(
    state: &State,
    hands: &Hands,
    rules: &config::Fixes,
    fix: &Fix,
    who: Worker<'_>,
) -> Result<Fix, Failure> {
    let mut fix = fix.clone();
    if matches!(fix.status.as_str(), "approved" | "applying") {
        fix = make(state, hands, rules, fix, ("applying", "applied"), who).await?;
    } else if fix.status == "undoing" {
        fix = make(state, hands, rules, fix, ("undoing", "undone"), who).await?;
    }
    if fix.status == "applied" {
        fix = look(state, hands, fix, who, false).await?;
    }
    Ok(fix)
}

/// Makes the steps of a plan, or of its undo: one after the other, each written down.
async fn make(
    state: &State,
    hands: &Hands,
    rules: &config::Fixes,
    fix: Fix,
    (during, after): (&str, &str),
    who: Worker<'_>,
) -> Result<Fix, Failure> {
    let begin = FixStep {
        from: if during == "applying" { &["approved", "applying"] } else { &["undoing"] },
        to: during,
        action: "begin",
        message: "",
        body: None,
        next_at: now().saturating_add(HOLD),
        due: true,
    };
    let Some(mut fix) = state.move_fix(&fix.id, &begin, who.actor, now()).await? else { return Ok(fix) };
    let mut body = Body::of(&fix)?;
    loop {
        let plan = if during == "undoing" { body.undo.get_or_insert_with(|| body.plan.clone()) } else { &mut body.plan };
        let number = plan.done.len();
        let (to, message, next_at) = match work::step(plan, hands).await {
            Ok(true) => {
                let what = plan.steps.get(number).map(|step| step.to_string().trim_end().to_owned()).unwrap_or_default();
                (during, format!("made: {what}"), now().saturating_add(HOLD))
            }
            Ok(false) => {
                body.verify_until = Some(now().saturating_add(rules.verify_within()));
                (after, String::new(), now())
            }
            Err(refused @ (Refusal::Later(_) | Refusal::Unknown(_))) => (during, refused.to_string(), again(&fix)),
            Err(refused) => ("failed", refused.to_string(), now()),
        };
        let text = body.text()?;
        let step = FixStep {
            from: &[during],
            to,
            action: if to == during { "step" } else { to },
            message: &message,
            body: Some(&text),
            next_at,
            due: false,
        };
        let Some(moved) = state.move_fix(&fix.id, &step, who.actor, now()).await? else { return Ok(fix) };
        let goes_on = to == during && message.starts_with("made: ");
        fix = moved;
        if !goes_on {
            if fix.status == "failed" {
                alarm(state, &fix, &message, who.tell).await?;
            }
            return Ok(fix);
        }
    }
}

/// Looks at the proofs of a fix that was made, although it is not yet time for another look: somebody asks.
pub(crate) async fn look_now(state: &State, hands: &Hands, fix: Fix, who: Worker<'_>) -> Result<Fix, Failure> {
    look(state, hands, fix, who, true).await
}

/// Looks at the proofs of a fix that was made.
async fn look(state: &State, hands: &Hands, fix: Fix, who: Worker<'_>, early: bool) -> Result<Fix, Failure> {
    if fix.next_at > now() && !early {
        return Ok(fix);
    }
    let mut body = Body::of(&fix)?;
    let proofs = work::prove(&body.plan, hands).await;
    let whole = proofs.iter().all(|(_, found)| matches!(found, Ok(Seen::Yes(_))));
    body.seen = proofs
        .iter()
        .map(|(proof, found)| match found {
            Ok(Seen::Yes(words)) => format!("seen: {words}"),
            Ok(Seen::No(words)) => format!("not yet: {words}"),
            Err(refusal) => format!("not known: {proof}: {refusal}"),
        })
        .collect();
    let late = body.verify_until.is_none_or(|until| now() >= until);
    let missing: Vec<&str> = body.seen.iter().filter(|line| !line.starts_with("seen: ")).map(String::as_str).collect();
    let (to, action, message) = match (whole, late) {
        (true, _) => ("verified", "verify", body.seen.join("; ")),
        (false, true) => ("failed", "fail", format!("not seen from outside in time: {}", missing.join("; "))),
        (false, false) => ("applied", "look", missing.join("; ")),
    };
    let text = body.text()?;
    let next_at = if to == "applied" { again(&fix) } else { now() };
    let step = FixStep { from: &["applied"], to, action, message: &message, body: Some(&text), next_at, due: !early };
    let Some(moved) = state.move_fix(&fix.id, &step, who.actor, now()).await? else { return Ok(fix) };
    if moved.status == "failed" {
        alarm(state, &moved, &message, who.tell).await?;
    }
    Ok(moved)
}

/// When a fix is tried again.
fn again(fix: &Fix) -> i64 {
    let tried = usize::try_from(fix.attempts).unwrap_or_default().min(AGAIN.len() - 1);
    now().saturating_add(AGAIN[tried])
}

async fn moved(
    state: &State,
    fix: &Fix,
    from: &[&str],
    to: &str,
    action: &str,
    message: &str,
    actor: &str,
) -> Result<Fix, Failure> {
    let step = FixStep { from, to, action, message, body: None, next_at: now(), due: false };
    let moved = state.move_fix(&fix.id, &step, actor, now()).await?;
    moved.ok_or_else(|| cannot(fix, to))
}

fn cannot(fix: &Fix, to: &str) -> Failure {
    Failure::input(format!("error: fix {} is {} and cannot become {to}", short(&fix.id), fix.status))
}

/// The beginning of an id, as people write it.
pub(crate) fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// The rule that alerts about fixes are of.
pub(crate) const ALARM: &str = "spoofwatch-fix-failed";

/// Raises an alert: a hole is believed to be closed, and is not.
async fn alarm(state: &State, fix: &Fix, reason: &str, tell: &[String]) -> Result<(), Failure> {
    let at = now();
    let mut hash = Sha256::new();
    hash.update(ALARM.as_bytes());
    hash.update(fix.id.as_bytes());
    hash.update(fix.updated_at.to_le_bytes());
    let id: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let evidence = serde_json::json!({
        "FixId": fix.id, "Kind": fix.kind, "Subject": fix.subject, "AlertId": fix.alert_id, "ApprovedBy": fix.approved_by, "Reason": reason,
    });
    let kind = if mailauth::dns::name(&fix.subject).is_some_and(|name| name.contains('.')) { "DNS" } else { "SecurityGroup" };
    let detail = state::Detail {
        entities: vec![state::Entity { kind: kind.to_owned(), value: fix.subject.clone(), identifier: String::new() }],
        evidence: evidence.as_object().cloned().into_iter().collect(),
        evidence_rows: 1,
        next_steps: vec![format!(
            "Read what was met with `spoofwatch fix show {}`, put it right, and offer the fix again.",
            short(&fix.id)
        )],
        ..state::Detail::default()
    };
    let alert = Alert {
        id,
        rule_key: ALARM.to_owned(),
        rule_name: "A fix did not work".to_owned(),
        rule_version: "1".to_owned(),
        run_id: format!("{ALARM}-{}", fix.id),
        title: format!("A fix did not work: {}", fix.title),
        description: "A change that was approved could not be made, or is not seen from outside. What it should close is open."
            .to_owned(),
        reason: format!("{}: {reason}", fix.title),
        severity: "high".to_owned(),
        risk_score: 73,
        confidence: "high".to_owned(),
        status: "new".to_owned(),
        verdict: None,
        assignee: None,
        comment: None,
        created_at: at,
        updated_at: at,
        first_event: Some(at),
        last_event: Some(at),
        window_from: fix.created_at,
        window_to: at,
        suppressed: 0,
        incident_id: None,
        detail,
    };
    let event = state::EventKey { key: format!("{}-{}", fix.id, fix.updated_at), until: None };
    let outcome = state::Outcome {
        run: state::Run {
            id: format!("{ALARM}-{}-{at}", fix.id),
            rule_key: ALARM.to_owned(),
            rule_name: "A fix did not work".to_owned(),
            version: "1".to_owned(),
            kind: "manual".to_owned(),
            intended_at: at,
            window_from: fix.created_at,
            window_to: at,
            started_at: at,
            status: "succeeded".to_owned(),
            hits: 1,
            ..state::Run::default()
        },
        alerts: vec![state::NewAlert { alert, events: vec![event], suppression: None }],
        kept: Vec::new(),
        progress: state::Progress::default(),
        grouping: state::Grouping::default(),
        notify: tell.to_vec(),
    };
    state.commit(outcome, at).await?;
    Ok(())
}
