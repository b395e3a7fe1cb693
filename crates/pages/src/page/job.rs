//! `/jobs/<id>`: how far work is that goes on, for scripts; and the way to cancel it.

use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    Pages, Visitor,
    layout::{Frame, Nav},
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/jobs/{id}", get(look)).route("/jobs/{id}/cancel", post(cancel))
}

async fn look(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>) -> Response {
    match pages.desk.jobs.look(&id, &visitor.name) {
        Ok(job) => Json(job).into_response(),
        Err(fault) => (StatusCode::NOT_FOUND, fault.to_string()).into_response(),
    }
}

/// What is sent to cancel a job.
#[derive(Deserialize)]
struct Cancel {
    /// The page to go to.
    #[serde(default)]
    then: String,
}

async fn cancel(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>, Form(form): Form<Cancel>) -> Response {
    match pages.desk.jobs.cancel(&id, &visitor.name) {
        Ok(()) => Redirect::to(local(&form.then)).into_response(),
        Err(fault) => Frame::new("Cancel", Nav::None, &visitor).fault(&fault),
    }
}

/// An address of this console, or its first page: a form made by a stranger leads nowhere else.
fn local(address: &str) -> &str {
    let outside = !address.starts_with('/') || address.starts_with("//") || address.contains(['\\', '\n', '\r']);
    if outside { "/" } else { address }
}

#[cfg(test)]
mod tests {
    use desk::Outcome;

    use super::*;
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn a_job_is_looked_at_and_cancelled_by_who_began_it() {
        let browser = Browser::of(Role::Analyst);
        let id = browser.desk.jobs.start("ana@contoso.com", "hunt", |_| std::future::pending::<Result<Outcome, _>>()).unwrap();
        let page = browser.get(&format!("/jobs/{id}")).await;
        assert!(page.text.contains("\"state\":\"running\""), "{}", page.text);
        let sent = browser.post(&format!("/jobs/{id}/cancel"), &[("then", "/hunt?q=x")]).await;
        assert_eq!((sent.status, sent.location.as_str()), (303, "/hunt?q=x"));
        assert_eq!(browser.get("/jobs/nobodys").await.status, 404);
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        for outside in ["https://evil.test/", "//evil.test", "/\\evil.test", "", "javascript:x"] {
            assert_eq!(local(outside), "/", "{outside}");
        }
        assert_eq!(local("/alerts?q=a"), "/alerts?q=a");
    }
}
