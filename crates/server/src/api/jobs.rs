//! `/api/v1/jobs`: work that goes on: how far it is, what came of it, and its end. A job is its owner's alone.

use std::{sync::Arc, time::Duration};

use access::Viewer;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use desk::{Desk, Fault, JobView, Outcome};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path, Query},
};

/// The longest that one question waits for an end, in seconds: below the time limits of proxies.
const LONGEST: u64 = 30;

/// How often a job is looked at while somebody waits for it.
const BEAT: Duration = Duration::from_millis(50);

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(look, cancel)).routes(routes!(outcome))
}

/// How long to wait.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Wait {
    /// Seconds to wait for its end, 30 at most; 0: none.
    wait: u64,
}

/// Looks at a job until it has ended, or for so long.
async fn ended(desk: &Desk, id: &str, owner: &str, wait: u64) -> Result<JobView, Fault> {
    let looking = async {
        loop {
            match desk.jobs.look(id, owner) {
                Ok(view) if view.state == "running" => tokio::time::sleep(BEAT).await,
                other => return other,
            }
        }
    };
    match tokio::time::timeout(Duration::from_secs(wait.min(LONGEST)), looking).await {
        Ok(view) => view,
        Err(_) => desk.jobs.look(id, owner),
    }
}

/// How a job is; `wait` waits for its end first.
#[utoipa::path(
    get, path = "/jobs/{id}", operation_id = "jobs_look", tag = "jobs", params(("id" = String, Path), Wait),
    responses((status = 200, body = JobView), (status = 404, body = Failed))
)]
async fn look(
    State(desk): State<Desk>,
    Viewer(visitor): Viewer,
    Path(id): Path<String>,
    Query(wait): Query<Wait>,
) -> Result<Json<JobView>, Failed> {
    Ok(Json(ended(&desk, &id, &visitor.name, wait.wait).await?))
}

/// What came of a job: 200 with it, 202 with how far it is, or why it failed.
#[utoipa::path(
    get, path = "/jobs/{id}/outcome", operation_id = "jobs_outcome", tag = "jobs", params(("id" = String, Path), Wait),
    responses((status = 200, body = Outcome), (status = 202, body = JobView), (status = 404, body = Failed), (status = 410, body = Failed))
)]
async fn outcome(
    State(desk): State<Desk>,
    Viewer(visitor): Viewer,
    Path(id): Path<String>,
    Query(wait): Query<Wait>,
) -> Result<Response, Failed> {
    let view = ended(&desk, &id, &visitor.name, wait.wait).await?;
    Ok(match desk.jobs.outcome(&id, &visitor.name)? {
        Some(outcome) => Json(Arc::as_ref(&outcome)).into_response(),
        None => (StatusCode::ACCEPTED, Json(view)).into_response(),
    })
}

/// Ends a job.
#[utoipa::path(
    delete, path = "/jobs/{id}", operation_id = "jobs_cancel", tag = "jobs", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failed))
)]
async fn cancel(State(desk): State<Desk>, Viewer(visitor): Viewer, Path(id): Path<String>) -> Result<StatusCode, Failed> {
    desk.jobs.cancel(&id, &visitor.name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer to who began a job: 202, where it is, and how it is.
pub(super) fn begun(desk: &Desk, id: &str, owner: &str) -> Result<Response, Failed> {
    let view = desk.jobs.look(id, owner)?;
    let mut answer = (StatusCode::ACCEPTED, Json(view)).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/jobs/{id}")) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde_json::{Value, json};

    use crate::api::testing::Client;

    #[tokio::test]
    async fn one_that_does_not_end_is_looked_at_and_ended() {
        let client = Client::of(Role::Viewer).await;
        let begun = client.call("POST", "/api/v1/hunts", json!({"query": "Forever"})).await;
        assert_eq!((begun.status, begun.json["state"].as_str()), (202, Some("running")));
        let waiting = client.get(&format!("{}/outcome", begun.location)).await;
        assert_eq!(waiting.status, 202);
        assert_eq!(client.call("DELETE", &begun.location, Value::Null).await.status, 204);
        let ended = client.get(&format!("{}?wait=10", begun.location)).await;
        assert_eq!(ended.json["state"], "cancelled");
        assert_eq!(client.get(&format!("{}/outcome", begun.location)).await.status, 410);
    }

    #[tokio::test]
    async fn what_is_not_there_is_told_in_one_form() {
        let client = Client::of(Role::Admin).await;
        for path in ["/api/v1/jobs/1", "/api/v1/jobs/..%2F1/outcome"] {
            let answer = client.get(path).await;
            assert_eq!((answer.status, &answer.json["code"]), (404, &json!("unknown")), "{path}");
        }
    }
}
