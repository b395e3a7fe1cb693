//! `/settings/storage`: how much is stored, since when, and how long it is kept.

use axum::{
    Form, Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use desk::{Fault, StoredTable};
use maud::{Markup, html};
use serde::Deserialize;

use super::{message::bytes, sources::parts};
use crate::{
    Pages, Role, Visitor,
    answer::needs,
    component::{Column, Confirm, Field, Row, Table, Tile, cell, empty, moment, number},
    layout::{self, Frame, Nav},
};

const HERE: &str = "/settings/storage";

/// The most days that can be asked for; more is for ever.
const MOST_DAYS: u32 = 36_500;

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route(HERE, get(show)).route("/settings/storage/retention", post(keep))
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let frame = Frame::new("Storage", Nav::Settings, &visitor).crumb("Settings", "/settings").tabs(parts(HERE));
    let tables = match pages.desk.settings.storage().await {
        Ok(tables) => tables,
        Err(fault) => return frame.fault(&fault),
    };
    let sum = |of: fn(&StoredTable) -> u64| tables.iter().map(of).fold(0_u64, u64::saturating_add);
    frame.lead(html! { "What is older than its table keeps is deleted when the tables are tidied up." }).render(html! {
        @if tables.is_empty() { (empty("Nothing is stored", html! {})) }
        @else {
            div.tiles {
                (Tile { label: "On disk", value: bytes(sum(|table| table.bytes)), ..Tile::default() }.render())
                (Tile { label: "Rows", value: number(sum(|table| table.rows)), ..Tile::default() }.render())
                (Tile { label: "Tables", value: tables.len().to_string(), ..Tile::default() }.render())
            }
            (table(&visitor, &tables).render())
            @if visitor.role >= Role::Admin { @for (place, table) in tables.iter().enumerate() { (dialog(&visitor, table, place)) } }
        }
    })
}

fn kept(days: Option<u32>) -> String {
    match days {
        None => "for ever".to_owned(),
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
    }
}

fn table(visitor: &Visitor, tables: &[StoredTable]) -> Table {
    let governs = visitor.role >= Role::Admin;
    let row = |(place, table): (usize, &StoredTable)| {
        let at = |at: Option<state::Moment>| html! { @match at { Some(at) => (moment(at)), None => span.soft { "–" } } };
        Row::new(vec![
            html! { strong { (cell(&table.name)) } },
            html! { (number(table.rows)) },
            html! { (bytes(table.bytes)) },
            html! { (number(table.files)) },
            at(table.first),
            at(table.last),
            html! {
                span.nowrap { (kept(table.keep_days)) }
                @if governs { " " button.button.small.js-only type="button" data-open={ "keep-" (place) } aria-haspopup="dialog" { "Change" span.sr-only { " how long " (table.name) " is kept" } } }
            },
        ])
    };
    Table {
        key: "storage",
        caption: "Tables".to_owned(),
        columns: vec![
            Column::new("name", "Table"),
            Column::number("rows", "Rows"),
            Column::number("bytes", "Size"),
            Column::number("files", "Files").hidden(),
            Column::new("first", "From"),
            Column::new("last", "Until"),
            Column::new("keep", "Kept"),
        ],
        rows: tables.iter().enumerate().map(row).collect(),
        choice: true,
        ..Table::default()
    }
}

fn dialog(visitor: &Visitor, table: &StoredTable, place: usize) -> Markup {
    let (id, title, field) = (format!("keep-{place}"), format!("How long {} is kept", table.name), format!("days-{place}"));
    let days = table.keep_days.map(|days| days.to_string()).unwrap_or_default();
    Confirm { id: &id, title: &title, button: "Keep it so long", danger: true }.render(visitor, "/settings/storage/retention", &html! {
        input type="hidden" name="table" value=(table.name);
        (Field { name: "days", id: &field, label: "Days", help: "Empty: for ever.", value: &days, ..Field::default() }.text("number"))
        p { "Rows of " strong { (table.name) } " that are older are deleted for good when the tables are tidied up next. Now it is kept " (kept(table.keep_days))
            @if let Some(first) = table.first { ", and the first row is of " (moment(first)) } "." }
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    table: String,
    days: String,
}

async fn keep(State(pages): State<Pages>, visitor: Visitor, Form(sent): Form<Sent>) -> Response {
    let done = async {
        needs(&visitor, Role::Admin, "changing how long something is kept")?;
        let wrong = || Fault::input(format!("`{}` is no number of days: write 1 to {MOST_DAYS}, or nothing for ever", sent.days));
        let days = match sent.days.trim() {
            "" => None,
            text => Some(text.parse::<u32>().ok().filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(wrong)?),
        };
        pages.desk.settings.set_retention(&sent.table, days, &visitor.who()).await?;
        Ok(days)
    };
    match done.await {
        Ok(days) => layout::seen(HERE, &format!("{} is kept {}", sent.table, kept(days))),
        Err(fault) => {
            Frame::new("Storage", Nav::Settings, &visitor).crumb("Settings", "/settings").crumb("Storage", HERE).fault(&fault)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    const KEEP: &str = "/settings/storage/retention";

    #[tokio::test]
    async fn an_admin_says_how_long_a_table_is_kept() {
        let admin = Browser::of(Role::Admin);
        assert!(admin.get("/settings/storage").await.text.contains("365 days"));
        let answer = admin.post(KEEP, &[("table", "EmailEvents"), ("days", "30")]).await;
        assert_eq!(answer.location, "/settings/storage?said=EmailEvents+is+kept+30+days");
        assert_eq!(
            admin.post(KEEP, &[("table", "EmailEvents"), ("days", "")]).await.location,
            "/settings/storage?said=EmailEvents+is+kept+for+ever"
        );
    }

    #[tokio::test]
    async fn what_is_no_number_or_no_table_is_refused() {
        let admin = Browser::of(Role::Admin);
        for days in ["0", "-1", "99999999999", "<script>", "1.5"] {
            assert_eq!(admin.post(KEEP, &[("table", "EmailEvents"), ("days", days)]).await.status, 400, "{days}");
        }
        assert_eq!(admin.post(KEEP, &[("table", "../x"), ("days", "1")]).await.status, 404);
        let analyst = Browser::of(Role::Analyst);
        assert_eq!(analyst.post(KEEP, &[("table", "EmailEvents"), ("days", "1")]).await.status, 403);
        assert!(!analyst.get("/settings/storage").await.text.contains("keep-0"));
    }
}
