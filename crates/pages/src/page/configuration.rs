//! `/settings/configuration`: what is in effect, and where each value is from.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use maud::html;
use serde::Deserialize;

use super::sources::parts;
use crate::{
    Pages, Visitor,
    component::{Column, Row, Table, cell, empty, filter},
    layout::{Frame, Nav},
};

const HERE: &str = "/settings/configuration";

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route(HERE, get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Words that a key or a value has.
    q: String,
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Configuration", Nav::Settings, &visitor)
        .crumb("Settings", "/settings")
        .tabs(parts(HERE))
        .lead(html! { "What is in effect. It is changed in the configuration file; secrets are never shown." });
    let mut values = match pages.desk.settings.configuration().await {
        Ok(values) => values,
        Err(fault) => return frame.fault(&fault),
    };
    let needle = asked.q.trim().to_lowercase();
    values.retain(|(key, value, _)| key.to_lowercase().contains(&needle) || value.to_lowercase().contains(&needle));
    let row = |(key, value, from): &(String, String, String)| {
        Row::new(vec![html! { code { (cell(key)) } }, html! { code { (cell(value)) } }, html! { span.soft { (cell(from)) } }])
    };
    let table = Table {
        key: "configuration",
        caption: "Configuration in effect".to_owned(),
        columns: vec![Column::new("key", "Key"), Column::new("value", "Value"), Column::new("from", "From")],
        rows: values.iter().map(row).collect(),
        sortable: true,
        ..Table::default()
    };
    frame.render(html! {
        (filter(HERE, "q", "Search", &asked.q, "a key, a value", html! {}))
        @if values.is_empty() { (empty("No value fits", html! { a href=(HERE) { "Show all" } })) } @else { (table.render()) }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn values_stand_with_where_they_are_from_and_secrets_do_not() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/settings/configuration").await;
        assert!(
            page.text.contains("fixes.approvers")
                && page.text.contains("spoofwatch.toml line 9")
                && page.text.contains("(hidden)")
        );
        assert!(!page.text.contains("<script>alert"));
        assert!(!viewer.get("/settings/configuration?q=TENANT").await.text.contains("fixes.approvers"));
    }
}
