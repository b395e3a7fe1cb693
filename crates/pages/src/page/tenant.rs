//! `/domains/tenant`: what is wrong in the Microsoft 365 tenant, and the cmdlets that put it right.

use axum::{Router, extract::State, response::Response, routing::get};
use maud::html;

use super::domains::parts;
use crate::{
    Pages, Visitor,
    component::{empty, finding},
    layout::{Frame, Nav},
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/domains/tenant", get(show))
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let frame = Frame::new("Microsoft 365 tenant", Nav::Domains, &visitor)
        .crumb("Domains", "/domains")
        .tabs(parts(2))
        .lead(html! { "Settings of the tenant by which forged mail gets in, or mail in your name gets out." });
    match pages.desk.domains.tenant().await {
        Err(fault) => frame.fault(&fault),
        Ok(findings) if findings.is_empty() => frame.render(empty(
            "Nothing was found",
            html! { "Either the tenant is as it should be, or none is configured: see the table " code { "[tenant]" } " under "
            a href="/settings/configuration" { "Settings, Configuration" } "." },
        )),
        Ok(findings) => frame.render(html! {
            div.stack { h2 { "What is wrong (" (findings.len()) ")" } @for (place, found) in findings.iter().enumerate() { (finding(&visitor, found, place)) } }
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn a_finding_has_its_cmdlet_and_what_takes_it_back() {
        let page = Browser::of(Role::Analyst).get("/domains/tenant").await;
        for words in ["Direct Send is open", "Set-OrganizationConfig -RejectDirectSend $true", "Taken back by", "Propose a fix"] {
            assert!(page.text.contains(words), "{words}");
        }
        assert!(!page.text.contains("<script>alert"));
    }
}
