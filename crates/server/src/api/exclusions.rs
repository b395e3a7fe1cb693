//! `/api/v1/exclusions`: what is known to be benign: drafted, tried against history, proposed, decided.

use std::sync::Arc;

use access::{Analyst, Viewer};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use desk::{Desk, Draft, ExclusionView, JobView, Outcome, Sheet, Work};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed, jobs,
    taken::{Json, Path, Query},
};

/// Days a preview looks back where nobody says otherwise, and at most.
const DAYS: (u32, u32) = (30, 365);

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(exclusions, add))
        .routes(routes!(draft))
        .routes(routes!(preview))
        .routes(routes!(exclusion))
        .routes(routes!(decide))
}

/// Every exclusion.
#[utoipa::path(
    get, path = "/exclusions", operation_id = "exclusions_list", tag = "exclusions",
    responses((status = 200, description = "Every exclusion.", body = [ExclusionView]))
)]
async fn exclusions(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<ExclusionView>>, Failed> {
    Ok(Json(desk.exclusions.exclusions().await?))
}

/// An exclusion and hits it took.
#[derive(Debug, Serialize, ToSchema)]
struct Whole {
    /// The exclusion.
    exclusion: ExclusionView,
    /// The latest hits it took.
    hits: Sheet,
}

/// One exclusion, with the latest hits it took.
#[utoipa::path(
    get, path = "/exclusions/{id}", operation_id = "exclusions_one", tag = "exclusions",
    params(("id" = String, Path, description = "The exclusion's id.")),
    responses(
        (status = 200, description = "The exclusion.", body = Whole),
        (status = 404, description = "There is no such exclusion.", body = Failed),
    )
)]
async fn exclusion(State(desk): State<Desk>, _: Viewer, Path(id): Path<String>) -> Result<Json<Whole>, Failed> {
    let (exclusion, hits) = desk.exclusions.exclusion(&id).await?;
    Ok(Json(Whole { exclusion, hits }))
}

/// Which alert an exclusion is drafted from.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct From {
    /// The alert's id, or the beginning of it.
    alert: String,
}

/// A first draft for an alert: its rule, and the fields of its evidence that tell it apart.
#[utoipa::path(
    get, path = "/exclusions/draft", operation_id = "exclusions_draft", tag = "exclusions", params(From),
    responses(
        (status = 200, description = "The draft; nothing is kept.", body = Draft),
        (status = 404, description = "There is no such alert.", body = Failed),
    )
)]
async fn draft(State(desk): State<Desk>, _: Viewer, Query(from): Query<From>) -> Result<Json<Draft>, Failed> {
    Ok(Json(desk.exclusions.draft(&from.alert).await?))
}

/// How far back to look.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Back {
    /// Days, 365 at most; 0: 30.
    days: u32,
}

/// Begins to try a draft against history: what it would have taken away, and whether true positives are among it.
#[utoipa::path(
    post, path = "/exclusions/preview", operation_id = "exclusions_preview", tag = "exclusions", params(Back), request_body = Draft,
    responses(
        (status = 202, description = "It has begun: `Location` says where to look.", body = JobView),
        (status = 403, description = "It takes the role analyst.", body = Failed),
        (status = 429, description = "Too much is under way.", body = Failed),
    )
)]
async fn preview(
    State(desk): State<Desk>,
    Analyst(visitor): Analyst,
    Query(back): Query<Back>,
    Json(draft): Json<Draft>,
) -> Result<Response, Failed> {
    let days = if back.days == 0 { DAYS.0 } else { back.days.min(DAYS.1) };
    let exclusions = Arc::clone(&desk.exclusions);
    let work = move |work: Work| async move { exclusions.preview(&draft, days, &work).await.map(Outcome::Preview) };
    let id = desk.jobs.start(&visitor.name, "preview", work)?;
    jobs::begun(&desk, &id, &visitor.name)
}

/// Proposes an exclusion. It takes nothing before it is approved.
#[utoipa::path(
    post, path = "/exclusions", operation_id = "exclusions_add", tag = "exclusions", request_body = Draft,
    responses(
        (status = 201, description = "It is proposed.", body = ExclusionView),
        (status = 403, description = "It takes the role analyst.", body = Failed),
        (status = 422, description = "It cannot be used: it has no condition, or a test that is none.", body = Failed),
    )
)]
async fn add(State(desk): State<Desk>, Analyst(visitor): Analyst, Json(draft): Json<Draft>) -> Result<Response, Failed> {
    let view = desk.exclusions.add(&draft, &visitor.who()).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// What is decided.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Decision {
    /// `approve` or `revoke`.
    decision: String,
}

/// Approves or revokes an exclusion; answers with what it is now.
#[utoipa::path(
    post, path = "/exclusions/{id}/decide", operation_id = "exclusions_decide", tag = "exclusions", request_body = Decision,
    params(("id" = String, Path, description = "The exclusion's id.")),
    responses(
        (status = 200, description = "The exclusion as it is now.", body = ExclusionView),
        (status = 403, description = "It is not this person's to decide.", body = Failed),
        (status = 404, description = "There is no such exclusion.", body = Failed),
        (status = 422, description = "A decision that is none.", body = Failed),
    )
)]
async fn decide(
    State(desk): State<Desk>,
    Analyst(visitor): Analyst,
    Path(id): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<Json<ExclusionView>, Failed> {
    desk.exclusions.decide(&id, &decision.decision, &visitor.who()).await?;
    Ok(Json(desk.exclusions.exclusion(&id).await?.0))
}
