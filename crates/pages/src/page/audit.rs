//! `/settings/audit`: who did what, the youngest first; by person, by thing, by time. For administrators.

use access::{Admin, AuditFilter, AuditLine};
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Failure, Pages,
    component::{self, Column, Field, Row, Table, cell, moment},
    layout::{Frame, Nav},
};

/// Lines on a page.
const SIZE: usize = 100;
/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/settings/audit", get(show))
}

/// What the address asks for; what is empty asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    actor: String,
    action: String,
    subject: String,
    from: String,
    to: String,
    before: String,
}

impl Asked {
    fn filter(&self) -> AuditFilter {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        AuditFilter {
            actor: some(&self.actor),
            action: some(&self.action),
            subject: some(&self.subject),
            since: day(&self.from),
            until: day(&self.to).map(|day| day.saturating_add(DAY)),
            before: some(&self.before),
        }
    }

    /// The address of the page that goes on before a line.
    fn address(&self, before: &str) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("actor", self.actor.as_str()),
            ("action", &self.action),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
            ("before", before),
        ] {
            if !value.is_empty() {
                pairs.append_pair(name, value);
            }
        }
        format!("/settings/audit?{}", pairs.finish())
    }
}

/// The beginning of a day; what is none asks for nothing.
fn day(text: &str) -> Option<state::Moment> {
    let date: NaiveDate = text.trim().parse().ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}

async fn show(State(pages): State<Pages>, Admin(visitor): Admin, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Audit log", Nav::Settings, &visitor)
        .crumb("Settings", "/settings")
        .tabs(super::sources::parts("/settings/audit"))
        .lead(html! { "Who did what. Lines are added and never changed here." });
    let read = async {
        let lines = pages.access.audit(&asked.filter(), SIZE + 1).await?;
        Ok::<_, access::AccessError>((lines, pages.access.actors().await?))
    };
    match read.await {
        Ok((lines, actors)) => frame.render(body(&asked, &lines, &actors)),
        Err(error) => frame.failure(&Failure::from(&error)),
    }
}

fn body(asked: &Asked, lines: &[AuditLine], actors: &[String]) -> Markup {
    let shown = lines.get(..SIZE).unwrap_or(lines);
    let next = (lines.len() > SIZE).then(|| shown.last()).flatten();
    let columns = [("at", "When"), ("actor", "Who"), ("action", "Did"), ("subject", "To"), ("detail", "How")];
    let row = |line: &AuditLine| {
        Row::new(vec![moment(line.at), cell(&line.actor), cell(&line.action), cell(&line.subject), cell(&line.detail)])
    };
    let table = Table {
        key: "audit",
        caption: "Who did what".to_owned(),
        columns: columns.map(|(key, name)| Column::new(key, name)).to_vec(),
        rows: shown.iter().map(row).collect(),
        choice: true,
        ..Table::default()
    };
    html! {
        (filter(asked, actors))
        @if shown.is_empty() {
            (component::empty("No line fits.", html! { a href="/settings/audit" { "Show all" } }))
        } @else {
            (table.render())
        }
        nav.pager aria-label="Pages" {
            span.pager-links {
                @if !asked.before.is_empty() { a.button.quiet rel="prev" href=(asked.address("")) { "To the youngest" } }
                @if let Some(last) = next { a.button.quiet rel="next" href=(asked.address(&last.id)) { "Older" } }
            }
        }
    }
}

fn filter(asked: &Asked, actors: &[String]) -> Markup {
    let mut people = vec![("", "anybody")];
    people.extend(actors.iter().map(|actor| (actor.as_str(), actor.as_str())));
    html! {
        form.bar method="get" action="/settings/audit" {
            (Field { name: "actor", label: "Who", value: &asked.actor, ..Field::default() }.select(&people))
            (Field { name: "action", label: "Did", value: &asked.action, ..Field::default() }.text("text"))
            (Field { name: "subject", label: "To what begins with", value: &asked.subject, key: "/", ..Field::default() }.text("search"))
            (Field { name: "from", label: "From", value: &asked.from, ..Field::default() }.text("date"))
            (Field { name: "to", label: "To the end of", value: &asked.to, ..Field::default() }.text("date"))
            div.actions { button.button type="submit" { "Show" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn who_did_what_is_read_by_admins() {
        let browser = Browser::of(Role::Admin);
        let page = browser.get("/settings/audit").await;
        assert!(page.status == 200 && page.text.contains("sign in") && page.text.contains("user ana"), "{}", page.text);
        let none = browser.get("/settings/audit?subject=alert&from=2026-01-01&to=nonsense").await;
        assert!(none.text.contains("No line fits"));
        assert_eq!(Browser::of(Role::Analyst).get("/settings/audit").await.status, 403);
    }

    #[tokio::test]
    async fn what_strangers_wrote_is_shown_and_not_run() {
        let browser = Browser::of(Role::Admin);
        browser.post("/sign-in", &[("name", "<script>alert(1)</script>"), ("password", "x")]).await;
        let page = browser.get("/settings/audit?actor=nobody").await;
        assert!(
            page.text.contains("refuse sign-in") && page.text.contains("&lt;script&gt;") && !page.text.contains("<script>alert")
        );
    }
}
