//! `/api/v1/quarantine`: messages that were set apart: listed, looked at, released, deleted, reported.

use access::{Role, Viewer};
use axum::extract::State;
use desk::{Desk, Fault, HeldLine, HeldView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path, Query},
};

/// Messages on a page where nobody says otherwise, and at most.
const SIZE: (u32, u32) = (50, 500);

/// The most messages that something is done with at once.
const MOST: usize = 500;

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(held)).routes(routes!(act)).routes(routes!(message))
}

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// What they have to fit; empty: all.
    q: String,
    /// Which page, from 1.
    page: u32,
    /// How many on a page; 0: 50, and 500 at most.
    size: u32,
}

/// A page of held messages.
#[derive(Debug, Serialize, ToSchema)]
struct Held {
    /// The messages of this page, the latest first.
    messages: Vec<HeldLine>,
    /// How many there are in all.
    total: u64,
}

/// Messages that were set apart, the latest first.
#[utoipa::path(
    get, path = "/quarantine", operation_id = "quarantine_list", tag = "quarantine", params(Asked),
    responses((status = 200, description = "A page of them.", body = Held))
)]
async fn held(State(desk): State<Desk>, _: Viewer, Query(asked): Query<Asked>) -> Result<Json<Held>, Failed> {
    let size = if asked.size == 0 { SIZE.0 } else { asked.size.min(SIZE.1) };
    let (messages, total) = desk.quarantine.held(asked.q.trim(), asked.page.max(1), size).await?;
    Ok(Json(Held { messages, total }))
}

/// One of them, so that nothing of it can act.
#[utoipa::path(
    get, path = "/quarantine/{id}", operation_id = "quarantine_one", tag = "quarantine",
    params(("id" = String, Path, description = "The message's id.")),
    responses(
        (status = 200, description = "The message.", body = HeldView),
        (status = 404, description = "There is no such message.", body = Failed),
    )
)]
async fn message(State(desk): State<Desk>, _: Viewer, Path(id): Path<String>) -> Result<Json<HeldView>, Failed> {
    Ok(Json(desk.quarantine.message(&id).await?))
}

/// What is to be done with which messages.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Doing {
    /// Their ids, 500 at most.
    ids: Vec<String>,
    /// `release`, `delete`, `report-phish` or `report-clean`.
    action: String,
}

/// What came of one message.
#[derive(Debug, Serialize, ToSchema)]
struct Done {
    /// Its id.
    id: String,
    /// Whether it worked.
    ok: bool,
    /// What the other side said, or why it did not work.
    said: String,
}

/// Releases, deletes or reports messages; what came of each. One that fails stops no other.
#[utoipa::path(
    post, path = "/quarantine/act", operation_id = "quarantine_act", tag = "quarantine", request_body = Doing,
    responses(
        (status = 200, description = "What came of each.", body = [Done]),
        (status = 403, description = "It takes another role.", body = Failed),
        (status = 422, description = "There is no such action.", body = Failed),
        (status = 429, description = "These are too many at once.", body = Failed),
    )
)]
async fn act(State(desk): State<Desk>, Viewer(visitor): Viewer, Json(doing): Json<Doing>) -> Result<Json<Vec<Done>>, Failed> {
    let needed = match doing.action.as_str() {
        "release" | "delete" => Role::Admin,
        "report-phish" | "report-clean" => Role::Analyst,
        other => return Err(Fault::input(format!("there is no action `{other}`")).into()),
    };
    if !visitor.may(needed) {
        let reason = format!("{} takes the role {}; yours is {}", doing.action, needed.as_str(), visitor.role.as_str());
        return Err(Fault::Refused { reason }.into());
    }
    if doing.ids.len() > MOST {
        return Err(Fault::Limit { reason: format!("{MOST} messages at most at once, and these are {}", doing.ids.len()) }.into());
    }
    let told = desk.quarantine.act(&doing.ids, &doing.action, &visitor.who()).await?;
    let done = told.into_iter().map(|(id, came)| match came {
        Ok(said) => Done { id, ok: true, said },
        Err(fault) => Done { id, ok: false, said: fault.to_string() },
    });
    Ok(Json(done.collect()))
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde_json::json;

    use crate::api::testing::Client;

    const ACT: &str = "/api/v1/quarantine/act";

    #[tokio::test]
    async fn messages_are_paged_and_one_is_looked_at() {
        let client = Client::of(Role::Viewer).await;
        let page = client.get("/api/v1/quarantine?page=2&size=3").await;
        assert_eq!((page.json["total"].as_u64(), page.json["messages"].as_array().map(Vec::len)), (Some(5_000), Some(3)));
        let id = page.json["messages"][0]["id"].as_str().unwrap();
        assert!(client.get(&format!("/api/v1/quarantine/{id}")).await.json["text"].as_str().unwrap().contains("hxxps://"));
        assert_eq!(client.get("/api/v1/quarantine/..%2Fx").await.status, 404);
    }

    #[tokio::test]
    async fn what_came_of_each_message_is_told() {
        let client = Client::of(Role::Admin).await;
        let done = client.call("POST", ACT, json!({"ids": ["20261120T000000-00000000", "../x"], "action": "delete"})).await;
        assert_eq!((&done.json[0]["ok"], &done.json[1]["ok"]), (&json!(true), &json!(false)));
    }

    #[tokio::test]
    async fn who_may_not_and_what_is_too_much_is_refused() {
        let analyst = Client::of(Role::Analyst).await;
        assert_eq!(analyst.call("POST", ACT, json!({"ids": ["x"], "action": "release"})).await.status, 403);
        assert_eq!(analyst.call("POST", ACT, json!({"ids": [], "action": "explode"})).await.status, 422);
        assert_eq!(analyst.call("POST", ACT, json!({"ids": vec!["x"; 501], "action": "report-phish"})).await.status, 429);
        assert_eq!(
            Client::of(Role::Viewer).await.call("POST", ACT, json!({"ids": ["x"], "action": "report-phish"})).await.status,
            403
        );
    }
}
