//! `/jobs/<id>`: how far work is that goes on, for scripts; the way to cancel it; and the way to say that nobody waits for it any more.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Form, Json, Router,
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

/// How long one that was left goes on. Who loads a page anew leaves it as well, and is back within this.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/jobs/{id}", get(look))
        .route("/jobs/{id}/cancel", post(cancel))
        .route("/jobs/{id}/leave", post(leave))
        .layer(Extension(Left::default()))
}

/// Jobs whose page was left, and that nobody has looked at since. One stays here as long as [`GRACE`].
#[derive(Debug, Clone, Default)]
struct Left(Arc<Mutex<BTreeSet<String>>>);

impl Left {
    fn leave(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    /// Somebody looks: whether it had been left.
    fn take(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

async fn look(
    State(pages): State<Pages>,
    Extension(left): Extension<Left>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    left.take(&id);
    match pages.desk.jobs.look(&id, &visitor.name) {
        Ok(job) => Json(job).into_response(),
        Err(fault) => (StatusCode::NOT_FOUND, fault.to_string()).into_response(),
    }
}

/// What is sent to cancel a job.
#[derive(Deserialize)]
struct Cancel {
    /// The page to go to; a script goes nowhere.
    #[serde(default)]
    then: String,
}

async fn cancel(State(pages): State<Pages>, visitor: Visitor, Path(id): Path<String>, Form(form): Form<Cancel>) -> Response {
    match pages.desk.jobs.cancel(&id, &visitor.name) {
        Ok(()) if form.then.is_empty() => StatusCode::NO_CONTENT.into_response(),
        Ok(()) => Redirect::to(local(&form.then)).into_response(),
        Err(fault) => Frame::new("Cancel", Nav::None, &visitor).fault(&fault),
    }
}

/// Cancels one whose page was left, unless somebody looks at it again.
async fn leave(
    State(pages): State<Pages>,
    Extension(left): Extension<Left>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> StatusCode {
    // What is another's, or not there, is not noted: as many are as may be under way.
    if pages.desk.jobs.look(&id, &visitor.name).is_ok_and(|job| job.state == "running") {
        left.leave(&id);
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            if left.take(&id) {
                // One that has ended meanwhile needs no end.
                let _ended = pages.desk.jobs.cancel(&id, &visitor.name);
            }
        });
    }
    StatusCode::NO_CONTENT
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
        assert_eq!(browser.post(&format!("/jobs/{id}/cancel"), &[]).await.status, 204, "a script asks for no page");
        assert_eq!(browser.get("/jobs/nobodys").await.status, 404);
    }

    #[tokio::test]
    async fn one_that_was_left_goes_on_for_who_comes_back() {
        let left = Left::default();
        left.leave("a");
        assert!(left.take("a") && !left.take("a") && !left.take("b"));
        let browser = Browser::of(Role::Analyst);
        let id = browser.desk.jobs.start("ana@contoso.com", "hunt", |_| std::future::pending::<Result<Outcome, _>>()).unwrap();
        for (job, status) in [(id.as_str(), 204), ("nobodys", 204)] {
            assert_eq!(browser.post(&format!("/jobs/{job}/leave"), &[]).await.status, status);
        }
        assert!(browser.get(&format!("/jobs/{id}")).await.text.contains("\"state\":\"running\""));
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        for outside in ["https://evil.test/", "//evil.test", "/\\evil.test", "", "javascript:x"] {
            assert_eq!(local(outside), "/", "{outside}");
        }
        assert_eq!(local("/alerts?q=a"), "/alerts?q=a");
    }
}
