//! `/settings/watchlists`: lists that rules look names up in, and the way to a new one.

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use desk::{WatchlistLine, watchlist_alias};
use maud::{Markup, html};
use serde::Deserialize;

use super::sources::parts;
use crate::{
    Pages, Role, Visitor,
    answer::{address, needs, segment},
    component::{Column, Field, Row, Table, card, cell, empty, moment, number, tag},
    layout::{Frame, Nav},
};

const HERE: &str = "/settings/watchlists";

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route(HERE, get(show)).route("/settings/new-watchlist", get(new))
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let frame = Frame::new("Watchlists", Nav::Settings, &visitor)
        .crumb("Settings", "/settings")
        .tabs(parts(HERE))
        .lead(html! { span { "Lists that rules look names up in, by " code { "_GetWatchlist('alias')" } "." } });
    match pages.desk.settings.watchlists().await {
        Err(fault) => frame.fault(&fault),
        Ok(lists) => frame.render(html! {
            @if lists.is_empty() { (empty("There is no watchlist", html! { "Write one below, or put a CSV file into the folder " code { "watchlists" } " of the data directory." })) }
            @else { (table(&lists).render()) }
            @if visitor.role >= Role::Admin { (card("New watchlist", begin())) }
        }),
    }
}

fn begin() -> Markup {
    html! {
        form.bar method="get" action="/settings/new-watchlist" {
            (Field { name: "alias", label: "Alias", help: "Letters, digits, - and _: what rules call it.", required: true, key: "n", ..Field::default() }.text("text"))
            button.button type="submit" { "Write it" }
        }
    }
}

fn table(lists: &[WatchlistLine]) -> Table {
    let row = |list: &WatchlistLine| {
        Row::new(vec![
            html! { a href={ (HERE) "/" (segment(&list.alias)) } { (cell(&list.alias)) } @if !list.editable { " " (tag("only read here")) } },
            html! { (number(list.rows)) },
            html! { @for column in &list.columns { (tag(column)) " " } },
            html! { code { (cell(&list.search_key)) } },
            html! { @match list.updated_at { Some(at) => (moment(at)), None => span.soft { "not known" } } },
        ])
    };
    Table {
        key: "watchlists",
        caption: "Watchlists".to_owned(),
        columns: vec![
            Column::new("alias", "Alias"),
            Column::number("rows", "Rows"),
            Column::new("columns", "Columns"),
            Column::new("key", "Search key"),
            Column::new("updated", "Last changed"),
        ],
        rows: lists.iter().map(row).collect(),
        sortable: true,
        ..Table::default()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    alias: String,
}

/// Leads to the page of a list that may not be there yet.
async fn new(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let alias = asked.alias.trim();
    match needs(&visitor, Role::Admin, "writing a watchlist").and_then(|()| watchlist_alias(alias)) {
        Ok(alias) => Redirect::to(&address(&format!("{HERE}/{}", segment(alias)), &[("new", "1")])).into_response(),
        Err(fault) => Frame::new("New watchlist", Nav::Settings, &visitor).crumb("Watchlists", HERE).fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn lists_stand_with_their_columns() {
        let page = Browser::of(Role::Viewer).get("/settings/watchlists").await;
        assert!(
            page.text.contains("/settings/watchlists/VIPUsers")
                && page.text.contains("only read here")
                && page.text.contains("400")
        );
        assert!(!page.text.contains("New watchlist"));
    }

    #[tokio::test]
    async fn a_new_list_has_an_alias_that_is_no_path() {
        let admin = Browser::of(Role::Admin);
        assert_eq!(admin.get("/settings/new-watchlist?alias=Mine").await.location, "/settings/watchlists/Mine?new=1");
        assert_eq!(admin.get("/settings/new-watchlist?alias=..%2Fx").await.status, 400);
        assert_eq!(Browser::of(Role::Analyst).get("/settings/new-watchlist?alias=Mine").await.status, 403);
    }
}
