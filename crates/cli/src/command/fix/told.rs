//! A fix for reading.

use serde_json::{Value, json};
use state::Fix;

use crate::{
    command::alerts::moment,
    failure::Failure,
    harden::repair::{self, Body},
    term::harmless,
};

/// Longest line: texts of others are in some.
const LONGEST: usize = 4000;

/// What would be done: the exact change, its undo, what proves it.
pub(super) fn plan(fix: &Fix) -> Result<String, Failure> {
    let body = Body::of(fix)?;
    let plan = &body.plan;
    let mut out = format!("Fix {}: {} ({})\n\n", repair::short(&fix.id), harmless(&fix.title, 300), fix.status);
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            out.push_str(title);
            out.push('\n');
            for line in lines.iter().flat_map(|text| text.lines()) {
                out.push_str(&format!("  {}\n", harmless(line, LONGEST)));
            }
            out.push('\n');
        }
    };
    section("Why", vec![plan.why.clone()]);
    section("What is changed", plan.steps.iter().map(ToString::to_string).collect());
    section("What you do by hand", numbered(&plan.by_hand));
    section(
        "What takes it back",
        plan.steps.iter().rev().map(|step| step.undo().map_or("nothing does".to_owned(), |undo| undo.to_string())).collect(),
    );
    section("What proves it", plan.proofs.iter().map(ToString::to_string).collect());
    section("Think of", plan.warnings.clone());
    section("Read", plan.references.clone());
    Ok(out)
}

fn numbered(steps: &[String]) -> Vec<String> {
    steps.iter().zip(1..).map(|(step, number)| format!("{number}. {}", step.trim_end())).collect()
}

/// What is to be done to have offers done.
pub(super) fn offered(fixes: &[Fix]) -> Result<String, Failure> {
    let ids: Vec<&str> = fixes.iter().map(|fix| repair::short(&fix.id)).collect();
    let mut by_hand = true;
    for fix in fixes {
        by_hand &= Body::of(fix)?.plan.steps.is_empty();
    }
    let how = if by_hand { "To have it looked at once you have done it" } else { "To have it done" };
    Ok(format!("Nothing was changed. {how}: spoofwatch fix approve {}\n", ids.join(" ")))
}

/// What came of it.
pub(super) fn outcome(fix: &Fix) -> Result<String, Failure> {
    let body = Body::of(fix)?;
    let id = repair::short(&fix.id);
    let approved = fix.approved_by.as_deref().unwrap_or("nobody");
    let made = if body.plan.steps.is_empty() { "is for you to do by hand" } else { "is made" };
    let mut out = match fix.status.as_str() {
        "proposed" => format!("{id} is offered; nobody has approved it.\n"),
        "approved" => format!("{id} is approved by {approved}, and not begun.\n"),
        "refused" => format!("{id} was refused: {}\n", fix.message),
        "applying" => format!("{id} is being made: {}\n", fix.message),
        "applied" => format!("{id} {made}, approved by {approved}; not all of it is seen from outside yet.\n"),
        "verified" if body.plan.steps.is_empty() => format!("{id} is done, approved by {approved}, and seen from outside.\n"),
        "verified" => format!("{id} is made, approved by {approved}, and seen from outside.\n"),
        "failed" => format!("{id} has failed: {}\n", fix.message),
        "undoing" => format!("{id} is being taken back: {}\n", fix.message),
        "undone" => format!("{id} was taken back.\n"),
        other => format!("{id} is {other}.\n"),
    };
    // What was seen before something was taken back is not so any more.
    for line in body.seen.iter().filter(|_| !matches!(fix.status.as_str(), "undoing" | "undone")) {
        out.push_str(&format!("  {line}\n"));
    }
    if let Some(until) = body.verify_until.filter(|_| fix.status == "applied") {
        out.push_str(&format!(
            "  It has until {} to be seen; `serve` looks again and again, or spoofwatch fix verify {id}.\n",
            moment(until)
        ));
    }
    Ok(out.lines().map(|line| format!("{}\n", harmless(line, LONGEST))).collect())
}

/// All that is known, for programs.
pub(super) fn object(fix: &Fix) -> Result<Value, Failure> {
    let body = Body::of(fix)?;
    let shown = |steps: &[fixes::Step]| steps.iter().map(|step| step.to_string().trim_end().to_owned()).collect::<Vec<_>>();
    Ok(json!({
        "id": fix.id,
        "kind": fix.kind,
        "subject": fix.subject,
        "title": fix.title,
        "alert": fix.alert_id,
        "check": fix.finding,
        "status": fix.status,
        "proposedBy": fix.proposed_by,
        "approvedBy": fix.approved_by,
        "createdAt": moment(fix.created_at),
        "updatedAt": moment(fix.updated_at),
        "message": fix.message,
        "changes": shown(&body.plan.steps),
        "byHand": body.plan.by_hand,
        "undo": body.plan.steps.iter().rev().filter_map(fixes::Step::undo).map(|step| step.to_string().trim_end().to_owned()).collect::<Vec<_>>(),
        "proofs": body.plan.proofs.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "warnings": body.plan.warnings,
        "seen": body.seen,
        "plan": body.plan,
    }))
}
