//! `/settings/accepted-domains`: the domains that mail is accepted for, and the part of the list that is kept here.

use axum::{Form, Router, extract::State, response::Response, routing::get};
use desk::{AcceptedDomain, Fault};
use maud::{Markup, html};
use serde::Deserialize;

use super::sources::parts;
use crate::{
    Pages, Role, Visitor,
    answer::{needs, segment},
    component::{Column, Field, Row, Table, Tone, card, cell, empty, form, notice, tag},
    layout::{self, Frame, Nav},
};

const HERE: &str = "/settings/accepted-domains";

/// The most names that are kept here.
const MOST: usize = 10_000;

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route(HERE, get(show).post(save))
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    page(&pages, &visitor, None).await
}

/// The page; with a text that could not be kept, and why.
async fn page(pages: &Pages, visitor: &Visitor, refused: Option<(&str, &Fault)>) -> Response {
    let frame = Frame::new("Accepted domains", Nav::Settings, visitor).crumb("Settings", "/settings").tabs(parts(HERE)).lead(
        html! { "The domains that are yours: rules ask for them, checks look at them, and mail in their name from outside is suspicious." },
    );
    let domains = match pages.desk.settings.accepted_domains().await {
        Ok(domains) => domains,
        Err(fault) => return frame.fault(&fault),
    };
    let own: Vec<&str> = domains.iter().filter(|domain| domain.origin == "list").map(|domain| domain.name.as_str()).collect();
    let (text, error) =
        refused.map_or_else(|| (own.join("\n"), String::new()), |(text, fault)| (text.to_owned(), fault.to_string()));
    let frame = if refused.is_some() { frame.status(axum::http::StatusCode::BAD_REQUEST) } else { frame };
    frame.render(html! {
        @if !error.is_empty() { (notice(Tone::Bad, html! { "Nothing was changed: " (cell(&error)) })) }
        div.split {
            div.stack { @if domains.is_empty() { (empty("No domain is known", html! {})) } @else { (table(&domains).render()) } }
            (card("Kept here", list(visitor, &text, &error)))
        }
    })
}

fn table(domains: &[AcceptedDomain]) -> Table {
    let origin = |origin: &str| match origin {
        "configuration" => "the configuration",
        "tenant" => "the Microsoft 365 tenant",
        "list" => "the list kept here",
        _ => "not known",
    };
    let row = |domain: &AcceptedDomain| {
        let sends = match domain.sends.as_str() {
            "yes" => "sends mail",
            "no" => "sends no mail",
            _ => "not known",
        };
        Row::new(vec![
            html! { a href={ "/domains/" (segment(&domain.name)) } { (cell(&domain.name)) } },
            html! { (origin(&domain.origin)) },
            tag(sends),
        ])
    };
    Table {
        key: "accepted",
        caption: "Accepted domains".to_owned(),
        columns: vec![Column::new("name", "Domain"), Column::new("origin", "Known from"), Column::new("sends", "Sends mail?")],
        rows: domains.iter().map(row).collect(),
        sortable: true,
        ..Table::default()
    }
}

fn list(visitor: &Visitor, text: &str, error: &str) -> Markup {
    if visitor.role < Role::Admin {
        return html! { p.soft { "An administrator writes the part of the list that is kept here." } };
    }
    let field = Field {
        name: "names",
        label: "Domains, one a line",
        help: "Those of the configuration and of the tenant stay, whatever stands here.",
        value: text,
        error,
        ..Field::default()
    };
    form::post(
        visitor,
        HERE,
        html! { div.stack { (field.area(12, true)) div { button.button.primary type="submit" { "Save" } } } },
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    names: String,
}

async fn save(State(pages): State<Pages>, visitor: Visitor, Form(sent): Form<Sent>) -> Response {
    let names: Vec<String> = sent
        .names
        .split_whitespace()
        .map(|name| name.trim_end_matches('.').to_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    let saved = async {
        needs(&visitor, Role::Admin, "changing accepted domains")?;
        if names.len() > MOST {
            return Err(Fault::Limit { reason: format!("{MOST} domains at most are kept here") });
        }
        pages.desk.settings.set_accepted_domains(&names, &visitor.who()).await
    };
    match saved.await {
        Ok(()) => layout::seen(HERE, "Saved"),
        Err(fault @ Fault::Input(_)) => page(&pages, &visitor, Some((&sent.names, &fault))).await,
        Err(fault) => Frame::new("Accepted domains", Nav::Settings, &visitor).crumb("Settings", "/settings").fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    const HERE: &str = super::HERE;

    #[tokio::test]
    async fn an_admin_writes_the_list() {
        let admin = Browser::of(Role::Admin);
        let answer = admin.post(HERE, &[("names", "New.Example.\r\n\r\n  shop.example ")]).await;
        assert_eq!(answer.location, format!("{HERE}?said=Saved"));
        let page = admin.get(HERE).await;
        assert!(page.text.contains("/domains/new.example") && !page.text.contains("/domains/legacy.example"));
    }

    #[tokio::test]
    async fn what_is_no_domain_is_told_and_the_text_is_kept() {
        let page = Browser::of(Role::Admin).post(HERE, &[("names", "shop.example\n</textarea><script>alert(1)</script>")]).await;
        assert!(
            page.status == 400
                && page.text.contains("is no name of a domain")
                && page.text.contains("&lt;/textarea&gt;&lt;script&gt;")
        );
        assert!(!page.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn nobody_else_does() {
        let analyst = Browser::of(Role::Analyst);
        assert!(!analyst.get(HERE).await.text.contains("<textarea"));
        assert_eq!(analyst.post(HERE, &[("names", "x.example")]).await.status, 403);
    }
}
