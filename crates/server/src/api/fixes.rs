//! `/api/v1/fixes`: fixes proposed, approved, made, proven, taken back.

use std::sync::Arc;

use access::{Analyst, Role, Viewer, Visitor};
use axum::{extract::State, response::Response};
use desk::{Desk, Fault, FixAsk, FixLine, FixView, JobView, Outcome, Work};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed, jobs,
    taken::{Json, Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(fixes, propose)).routes(routes!(fix)).routes(routes!(act))
}

/// Which fixes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Which {
    /// A status; empty: those that something is still to come of, `all`: all.
    status: String,
}

/// Fixes, the last changed first.
#[utoipa::path(
    get, path = "/fixes", operation_id = "fixes_list", tag = "fixes", params(Which),
    responses(
        (status = 200, description = "Fixes.", body = [FixLine]),
        (status = 422, description = "There is no such status.", body = Failed),
    )
)]
async fn fixes(State(desk): State<Desk>, _: Viewer, Query(which): Query<Which>) -> Result<Json<Vec<FixLine>>, Failed> {
    Ok(Json(desk.fixes.fixes(&which.status).await?))
}

/// One fix: what it changes, what takes it back, what was seen, and what you may do now.
#[utoipa::path(
    get, path = "/fixes/{id}", operation_id = "fixes_one", tag = "fixes",
    params(("id" = String, Path, description = "The fix's id.")),
    responses(
        (status = 200, description = "The fix.", body = FixView),
        (status = 404, description = "There is no such fix.", body = Failed),
    )
)]
async fn fix(State(desk): State<Desk>, Viewer(visitor): Viewer, Path(id): Path<String>) -> Result<Json<FixView>, Failed> {
    Ok(Json(desk.fixes.fix(&id, &visitor.who()).await?))
}

/// Begins to make plans for an alert or a finding. Ids of proposed fixes are the outcome of the job; nothing is changed.
#[utoipa::path(
    post, path = "/fixes", operation_id = "fixes_propose", tag = "fixes", request_body = FixAsk,
    responses(
        (status = 202, description = "The job that makes the plans.", body = JobView),
        (status = 429, description = "Too much is under way.", body = Failed),
    )
)]
async fn propose(State(desk): State<Desk>, Analyst(visitor): Analyst, Json(ask): Json<FixAsk>) -> Result<Response, Failed> {
    let (fixes, who) = (Arc::clone(&desk.fixes), visitor.who());
    let begin = |work: Work| async move { fixes.propose(&ask, &who, &work).await.map(Outcome::Proposed) };
    let id = desk.jobs.start(&visitor.name, "propose", begin)?;
    jobs::begun(&desk, &id, &visitor.name)
}

/// Words for the record.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Words {
    /// Why; may be empty.
    comment: String,
}

/// Who may do what with a fix: looking is an analyst's, deciding and changing an administrator's.
fn role(action: &str) -> Option<Role> {
    match action {
        "verify" => Some(Role::Analyst),
        "approve" | "refuse" | "apply" | "undo" => Some(Role::Admin),
        _ => None,
    }
}

/// Refuses who may not.
fn may(visitor: &Visitor, action: &str) -> Result<(), Fault> {
    let needed = role(action).ok_or_else(|| Fault::Unknown { what: "action", id: action.to_owned() })?;
    if visitor.may(needed) {
        return Ok(());
    }
    Err(Fault::Refused { reason: format!("{action} takes the role {}; yours is {}", needed.as_str(), visitor.role.as_str()) })
}

/// Begins to approve, refuse, apply, verify or undo a fix. What has become of it is the outcome of the job.
#[utoipa::path(
    post, path = "/fixes/{id}/{action}", operation_id = "fixes_act", tag = "fixes", request_body = Words,
    params(
        ("id" = String, Path, description = "The fix's id."),
        ("action" = String, Path, description = "`approve`, `refuse`, `apply`, `verify` or `undo`."),
    ),
    responses(
        (status = 202, description = "The job that does it.", body = JobView),
        (status = 403, description = "It takes another role.", body = Failed),
        (status = 404, description = "There is no such fix, or no such action.", body = Failed),
    )
)]
async fn act(
    State(desk): State<Desk>,
    Viewer(visitor): Viewer,
    Path((id, action)): Path<(String, String)>,
    Json(words): Json<Words>,
) -> Result<Response, Failed> {
    may(&visitor, &action)?;
    let who = visitor.who();
    desk.fixes.fix(&id, &who).await?;
    let fixes = Arc::clone(&desk.fixes);
    let begin = |work: Work| async move { fixes.act(&id, &action, &words.comment, &who, &work).await.map(Outcome::Fix) };
    let job = desk.jobs.start(&visitor.name, "fix", begin)?;
    jobs::begun(&desk, &job, &visitor.name)
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde_json::json;

    use crate::api::testing::Client;

    const SIGNING: &str = "/api/v1/fixes/f1a6c3e2905b4d77";

    #[tokio::test]
    async fn a_fix_is_approved_applied_and_verified() {
        let client = Client::of(Role::Admin).await;
        for (action, status) in [("approve", "approved"), ("apply", "applied"), ("verify", "verified")] {
            let begun = client.call("POST", &format!("{SIGNING}/{action}"), json!({"comment": "CHG-17"})).await;
            assert_eq!(begun.status, 202, "{action}");
            assert_eq!(client.get(&format!("{}?wait=10", begun.location)).await.json["state"], "done", "{action}");
            assert_eq!(client.get(SIGNING).await.json["line"]["status"], status);
        }
    }

    #[tokio::test]
    async fn a_fix_is_proposed_by_an_analyst_who_does_not_approve_it() {
        let client = Client::of(Role::Analyst).await;
        let begun = client.call("POST", "/api/v1/fixes", json!({"alert": "a1"})).await;
        assert_eq!(begun.status, 202);
        client.get(&format!("{}?wait=10", begun.location)).await;
        let outcome = client.get(&format!("{}/outcome", begun.location)).await;
        let id = outcome.json["result"][0].as_str().unwrap_or_default().to_owned();
        assert_eq!(client.get(&format!("/api/v1/fixes/{id}")).await.json["line"]["status"], "proposed");
        assert_eq!(client.call("POST", &format!("/api/v1/fixes/{id}/approve"), json!({})).await.status, 403);
        assert_eq!(Client::of(Role::Viewer).await.call("POST", "/api/v1/fixes", json!({"alert": "a1"})).await.status, 403);
    }

    #[tokio::test]
    async fn what_is_not_there_is_told() {
        let client = Client::of(Role::Admin).await;
        assert_eq!(client.get("/api/v1/fixes?status=nonsense").await.status, 422);
        assert_eq!(client.get("/api/v1/fixes/..%2Fx").await.status, 404);
        assert_eq!(client.call("POST", &format!("{SIGNING}/explode"), json!({})).await.status, 404);
        assert_eq!(client.call("POST", "/api/v1/fixes/nosuch/approve", json!({})).await.status, 404);
    }
}
