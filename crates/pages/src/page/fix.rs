//! `/fixes/{id}`: one fix: exactly what is changed and what takes it back, who may do what now, and what has been seen from outside.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use desk::{FixStepView, FixView, Outcome};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, Role, Visitor, answer,
    answer::{needs, segment, until_ended},
    component::{
        self, Confirm, Field, Tone, badge, card, cell, change, facts, form, history, moment, notice, prose, reference, status,
        told,
    },
    layout::{self, Frame, Key, Nav},
};

/// How long the answer waits for what is done before it is shown under way.
const PATIENCE: Duration = Duration::from_millis(700);

/// The longest comment, in characters.
const LONGEST: usize = 2_000;

const KEYS: [Key; 5] = [
    Key { keys: "a", does: "Approve the fix" },
    Key { keys: "p", does: "Apply it now" },
    Key { keys: "v", does: "Look now whether it can be seen from outside" },
    Key { keys: "u", does: "Take it back" },
    Key { keys: "n", does: "Refuse it" },
];

/// Something that can be done with a fix.
struct Action {
    id: &'static str,
    /// Who may.
    role: Role,
    /// What the button says.
    words: &'static str,
    /// What has been done.
    done: &'static str,
    key: &'static str,
    danger: bool,
}

const ACTIONS: [Action; 5] = [
    Action { id: "approve", role: Role::Admin, words: "Approve", done: "Approved", key: "a", danger: false },
    Action { id: "apply", role: Role::Admin, words: "Apply now", done: "Applied", key: "p", danger: false },
    Action { id: "verify", role: Role::Analyst, words: "Look now", done: "Looked", key: "v", danger: false },
    Action { id: "refuse", role: Role::Admin, words: "Refuse", done: "Refused", key: "n", danger: false },
    Action { id: "undo", role: Role::Admin, words: "Take it back", done: "Taken back", key: "u", danger: true },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/fixes/{id}", get(show)).route("/fixes/{id}/progress", get(progress)).route("/fixes/{id}/act", post(act))
}

fn address(id: &str) -> String {
    format!("/fixes/{}", segment(id))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Work on the fix that is under way, or has ended.
    job: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Fix", Nav::Domains, &visitor).crumb("Domains", "/domains").crumb("Fixes", "/fixes");
    let fix = match pages.desk.fixes.fix(&id, &visitor.who()).await {
        Ok(fix) => fix,
        Err(fault) => return frame.fault(&fault),
    };
    let under_way = under_way(&pages, &visitor, &id, &asked.job);
    Frame::new(&fix.line.title, Nav::Domains, &visitor)
        .crumb("Domains", "/domains")
        .crumb("Fixes", "/fixes")
        .lead(html! { (status(&fix.line.status)) span { "last change " (moment(fix.line.updated_at)) } })
        .keys(&KEYS)
        .script("refresh.js")
        .render(html! {
            (under_way)
            (way(&fix.line.status))
            div.split {
                div.stack {
                    (warnings(&fix))
                    (card("What can be done now", doing(&visitor, &fix)))
                    (card("Why", html! { p dir="auto" { (fix.why) } }))
                    (live(&fix))
                }
                div.stack { (about(&fix)) (card("What happened", history(&fix.timeline))) }
            }
        })
}

/// The job that somebody waits for.
fn under_way(pages: &Pages, visitor: &Visitor, id: &str, job: &str) -> Markup {
    if job.is_empty() {
        return html! {};
    }
    match pages.desk.jobs.look(job, &visitor.name) {
        Ok(view) if view.state == "running" => {
            let here = address(id);
            component::progress(&view, &format!("{here}?job={}", segment(&view.id)), visitor)
        }
        Ok(view) if view.state == "failed" => notice(Tone::Bad, html! { "That did not work: " (cell(&view.fault)) }),
        Ok(view) if view.state == "cancelled" => {
            notice(Tone::Quiet, html! { "Cancelled. Steps that were made before stay made: they are marked below." })
        }
        _ => html! {},
    }
}

/// The way of a fix, and where on it this one is.
fn way(now: &str) -> Markup {
    let stations: &[(&str, &str, &[&str])] = match now {
        "refused" => &[("Proposed", "it was offered", &[]), ("Refused", "somebody said no", &["refused"])],
        "undoing" | "undone" => &[
            ("Applied", "it was changed", &[]),
            ("Undoing", "it is changed back, the last step first", &["undoing"]),
            ("Undone", "all is as it was", &["undone"]),
        ],
        _ => &[
            ("Proposed", "somebody who may has to approve it", &["proposed"]),
            ("Approved", "it may be made", &["approved"]),
            ("Applied", "it is made, and looked for from outside", &["applying", "applied", "failed"]),
            ("Verified", "it was seen from outside", &["verified"]),
        ],
    };
    let at = stations.iter().position(|(_, _, statuses)| statuses.contains(&now)).unwrap_or(0);
    html! {
        ol.way aria-label="The way of this fix" {
            @for (place, (name, means, _)) in stations.iter().enumerate() {
                li.past[place < at].here[place == at].bad[place == at && now == "failed"] aria-current=[(place == at).then_some("step")] {
                    strong { (name) @if place == at && now == "failed" { ": failed" } } span.small.soft { (means) }
                }
            }
        }
    }
}

fn warnings(fix: &FixView) -> Markup {
    html! {
        @if !fix.line.message.is_empty() {
            (notice(if fix.line.status == "failed" { Tone::Bad } else { Tone::Info }, html! { (told(&fix.line.message)) }))
        }
        @for warning in &fix.warnings { (notice(Tone::Warn, html! { strong { "Think of this before you approve it: " } (cell(warning)) })) }
    }
}

/// What this person may do now, and why not the rest.
fn doing(visitor: &Visitor, fix: &FixView) -> Markup {
    let open: Vec<&Action> = ACTIONS.iter().filter(|action| fix.actions.iter().any(|id| id == action.id)).collect();
    let (may, may_not): (Vec<&Action>, Vec<&Action>) = open.into_iter().partition(|action| visitor.role >= action.role);
    html! {
        @if may.is_empty() && may_not.is_empty() && fix.because.is_empty() { p { "Nothing is left to do." } }
        @if !fix.because.is_empty() { p { (prose(&sentence(&fix.because))) } }
        @if !may.is_empty() {
            div.actions { @for (place, action) in may.iter().enumerate() { (button(visitor, fix, action, place == 0)) } }
            @for action in &may { (dialog(visitor, fix, action)) }
        }
        @for action in &may_not {
            p.soft { "“" (action.words) "” takes the role " strong { (action.role.as_str()) } "; yours is " (visitor.role.as_str()) "." }
        }
    }
}

/// Words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

fn asks(action: &Action) -> Confirm<'static> {
    let (id, title, button) = match action.id {
        "approve" => ("ask-approve", "Approve this fix?", "Approve"),
        "apply" => ("ask-apply", "Make this change now?", "Apply now"),
        "refuse" => ("ask-refuse", "Refuse this fix?", "Refuse"),
        _ => ("ask-undo", "Take this change back?", "Take it back"),
    };
    Confirm { id, title, button, danger: action.danger }
}

fn button(visitor: &Visitor, fix: &FixView, action: &Action, first: bool) -> Markup {
    html! {
        @if action.id == "verify" {
            (form::post(visitor, &format!("{}/act", address(&fix.line.id)), html! {
                input type="hidden" name="action" value="verify";
                button.button.primary[first] type="submit" data-key=(action.key) { (action.words) }
            }))
        } @else { (asks(action).opener(action.words, action.key)) }
    }
}

/// The dialog that says exactly what happens.
fn dialog(visitor: &Visitor, fix: &FixView, action: &Action) -> Markup {
    if action.id == "verify" {
        return html! {};
    }
    let comment = format!("comment-{}", action.id);
    let field = Field {
        name: "comment",
        id: &comment,
        label: "Why",
        help: "Stands in the record of the fix. May be empty.",
        ..Field::default()
    };
    asks(action).render(visitor, &format!("{}/act", address(&fix.line.id)), &html! {
        input type="hidden" name="action" value=(action.id);
        @match action.id {
            "approve" => p { "After this, spoofwatch makes exactly this change by itself, or you do with “Apply now”:" },
            "apply" => p { "Exactly this is changed, now:" },
            "undo" => p { "Exactly this is done, the last step first. The hole that the fix closed is open again afterwards:" },
            _ => p { "Nothing is changed, and the fix is not made. It can be proposed again." },
        }
        @if action.id != "refuse" { (effects(fix, action.id == "undo")) }
        (field.area(2, false))
    })
}

/// What an action does, in short.
fn effects(fix: &FixView, undo: bool) -> Markup {
    html! {
        @if undo { @for step in fix.steps.iter().rev().filter(|step| step.state == "done") { (change(&step.undo)) } }
        @else {
            @for step in &fix.steps { (change(&step.change)) }
            @for by_hand in &fix.by_hand { p { strong { "By hand: " } (cell(by_hand)) } }
        }
    }
}

/// What changes while work goes on: steps and proofs. `refresh.js` asks for it again.
fn live(fix: &FixView) -> Markup {
    let moves = matches!(fix.line.status.as_str(), "approved" | "applying" | "applied" | "undoing");
    let source = moves.then(|| format!("{}/progress", address(&fix.line.id)));
    html! { div.stack #progress data-refresh=[source] { (parts(fix)) } }
}

fn parts(fix: &FixView) -> Markup {
    html! {
        div hidden data-state=(fix.line.status) {}
        (card("Exactly what is changed", html! {
            @if fix.steps.is_empty() && fix.by_hand.is_empty() { p.soft { "No step is known." } }
            @for (place, step) in fix.steps.iter().enumerate() { (step_of(step, place)) }
            @if !fix.by_hand.is_empty() {
                h3 { "By hand" }
                p.soft { "No supported interface can do this. The fix is verified when it is seen." }
                ol.by-hand { @for words in &fix.by_hand { li { (cell(words)) } } }
            }
        }))
        (card("What proves it", proofs(fix)))
    }
}

fn step_of(step: &FixStepView, place: usize) -> Markup {
    let tone = match step.state.as_str() {
        "done" => Tone::Good,
        "undone" => Tone::Warn,
        _ => Tone::Quiet,
    };
    html! {
        div.step {
            div.row { h3 { "Step " (place + 1) ": " (step.what) } (badge(tone, &step.state)) }
            (change(&step.change))
            @if step.undo.is_empty() { p.small.warn { "This cannot be taken back." } }
            @else { details { summary { "What takes it back" } (change(&step.undo)) } }
        }
    }
}

fn proofs(fix: &FixView) -> Markup {
    let seen = fix.proofs.iter().filter(|(_, state, _)| state == "seen").count();
    html! {
        @if fix.proofs.is_empty() { p.soft { "Nothing has to be seen." } }
        @else {
            p { (seen) " of " (fix.proofs.len()) " seen from outside. "
                @if seen < fix.proofs.len() { span.soft { "A fix is verified when all of them are seen, and fails if they are not in time." } } }
        }
        ul.proofs {
            @for (what, state, found) in &fix.proofs {
                @let tone = match state.as_str() { "seen" => Tone::Good, "not yet" => Tone::Warn, _ => Tone::Quiet };
                li { div.row { (badge(tone, state)) span { (cell(what)) } } @if !found.is_empty() { div.small.soft { (cell(found)) } } }
            }
        }
    }
}

fn about(fix: &FixView) -> Markup {
    let line = &fix.line;
    let answers = html! {
        @if !line.alert.is_empty() { a href={ "/alerts/" (segment(&line.alert)) } { "the alert" } " " }
        @if !line.finding.is_empty() { "the finding " code { (line.finding) } }
    };
    let by = |name: &str| html! { @if name.is_empty() { span.soft { "nobody yet" } } @else { (cell(name)) } };
    let subject = html! {
        @if line.subject.contains('.') && !line.subject.contains(' ') { a href={ "/domains/" (segment(&line.subject)) } { (cell(&line.subject)) } }
        @else { (cell(&line.subject)) }
    };
    let about = [
        ("Changes", subject),
        ("Answers", answers),
        ("Proposed by", by(&line.proposed_by)),
        ("Approved by", by(&line.approved_by)),
        ("Number", html! { code { (line.id) } }),
    ];
    card(
        "About",
        html! {
            (facts(&about))
            @if !fix.references.is_empty() { ul.plain { @for url in &fix.references { li { (reference("", url)) } } } }
        },
    )
}

async fn progress(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>) -> Response {
    match pages.desk.fixes.fix(&id, &visitor.who()).await {
        Ok(fix) => answer::fragment(parts(&fix)),
        Err(fault) => answer::fault(&fault),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Doing {
    action: String,
    comment: String,
}

async fn act(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>, Form(doing): Form<Doing>) -> Response {
    let frame = Frame::new("Fix", Nav::Domains, &visitor).crumb("Fixes", "/fixes").crumb("This fix", address(&id));
    let action = ACTIONS.iter().find(|action| action.id == doing.action);
    let begun = async {
        let action = action.ok_or_else(|| desk::Fault::input(format!("there is no action `{}`", doing.action)))?;
        needs(&visitor, action.role, &format!("“{}”", action.words))?;
        // What does not exist, and what is not to be done now, is told at once.
        pages.desk.fixes.fix(&id, &visitor.who()).await?;
        let (fixes, who, fix) = (Arc::clone(&pages.desk.fixes), visitor.who(), id.clone());
        let comment: String = answer::lines(doing.comment.trim()).chars().take(LONGEST).collect();
        let work = move |work| async move { fixes.act(&fix, action.id, &comment, &who, &work).await.map(Outcome::Fix) };
        let job = pages.desk.jobs.start(&visitor.name, "fix", work)?;
        until_ended(&pages.desk.jobs, &job, &visitor.name, PATIENCE).await
    };
    match begun.await {
        Ok(view) if view.state == "running" => {
            Redirect::to(&format!("{}?job={}", address(&id), segment(&view.id))).into_response()
        }
        Ok(view) => match pages.desk.jobs.outcome(&view.id, &visitor.name) {
            Err(fault) => frame.fault(&fault),
            Ok(_) => layout::seen(&address(&id), action.map_or("", |action| action.done)),
        },
        Err(fault) => frame.fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    const SIGNING: &str = "/fixes/f1a6c3e2905b4d77";
    const GUARDED: &str = "/fixes/f2d01a5b77c04e18";

    #[tokio::test]
    async fn the_exact_change_and_its_undo_are_shown() {
        let page = Browser::of(Role::Admin).get(GUARDED).await;
        assert_eq!(page.status, 200);
        for words in
            ["<del>", "<ins>", "p=quarantine", "What takes it back", "Think of this before you approve it", "0 of 2 seen"]
        {
            assert!(page.text.contains(words), "{words}");
        }
        assert!(!page.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn a_fix_is_approved_applied_and_verified() {
        let admin = Browser::of(Role::Admin);
        for (action, said) in [("approve", "Approved"), ("apply", "Applied"), ("verify", "Looked")] {
            let answer = admin.post(&format!("{SIGNING}/act"), &[("action", action), ("comment", "CHG-17\r\n<b>")]).await;
            assert_eq!(answer.location, format!("{SIGNING}?said={said}"), "{}", answer.text);
        }
        let page = admin.get(SIGNING).await;
        assert!(page.text.contains("2 of 2 seen") && page.text.contains("CHG-17") && page.text.contains("&lt;b&gt;"));
        assert!(page.text.contains("id=\"ask-undo\"") && !page.text.contains("id=\"ask-approve\""));
    }

    #[tokio::test]
    async fn who_may_not_is_told_why() {
        let analyst = Browser::of(Role::Analyst);
        assert!(analyst.get(SIGNING).await.text.contains("“Approve” takes the role <strong>admin</strong>; yours is analyst."));
        assert_eq!(analyst.post(&format!("{SIGNING}/act"), &[("action", "approve")]).await.status, 403);
        let admin = Browser::of(Role::Admin);
        assert!(admin.get(GUARDED).await.text.contains("Only kim, lee approve this"));
        let refused = admin.post(&format!("{GUARDED}/act"), &[("action", "approve")]).await;
        assert!(refused.status == 403 && refused.text.contains("only kim, lee approve this"), "{}", refused.text);
    }

    #[tokio::test]
    async fn what_cannot_be_done_changes_nothing() {
        let admin = Browser::of(Role::Admin);
        assert_eq!(admin.post(&format!("{SIGNING}/act"), &[("action", "undo")]).await.status, 409);
        assert_eq!(admin.post(&format!("{SIGNING}/act"), &[("action", "<script>")]).await.status, 400);
        for id in ["..%2F..%2Fetc%2Fpasswd", "nosuch", "%3Cscript%3E"] {
            assert_eq!(admin.get(&format!("/fixes/{id}")).await.status, 404, "{id}");
            assert_eq!(admin.post(&format!("/fixes/{id}/act"), &[("action", "approve")]).await.status, 404, "{id}");
        }
    }

    #[tokio::test]
    async fn progress_is_asked_for_while_something_moves() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/fixes/f6a9b8c7d6e5f401").await;
        assert!(page.text.contains("data-refresh=\"/fixes/f6a9b8c7d6e5f401/progress\""));
        let part = viewer.get("/fixes/f6a9b8c7d6e5f401/progress").await;
        assert!(part.status == 200 && part.text.contains("data-state=\"applied\"") && !part.text.contains("<html"));
        assert!(!viewer.get("/fixes/f7b2c3d4e5f60718").await.text.contains("data-refresh"));
    }
}
