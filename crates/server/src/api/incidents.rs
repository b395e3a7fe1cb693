//! `/api/v1/incidents`: alerts that belong together.

use access::{Analyst, Viewer};
use axum::extract::State;
use desk::{AlertEdit, Desk, Fault, IncidentPage, IncidentView};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(incidents)).routes(routes!(incident, change))
}

/// Which incidents.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Ask {
    /// `new`, `in_progress`, `closed` or `all`; empty: open ones.
    status: String,
    /// Which page, from 1.
    page: u32,
    /// How many on a page; 0: 50, and 500 at most.
    size: u32,
}

/// Incidents, the last changed first.
#[utoipa::path(
    get, path = "/incidents", operation_id = "incidents_list", tag = "incidents", params(Ask),
    responses((status = 200, description = "A page of incidents.", body = IncidentPage))
)]
async fn incidents(State(desk): State<Desk>, _: Viewer, Query(ask): Query<Ask>) -> Result<Json<IncidentPage>, Failed> {
    Ok(Json(desk.incidents.incidents(&ask.status, ask.page, ask.size).await?))
}

/// One incident: its alerts, what they are about, and its story in time order.
#[utoipa::path(
    get, path = "/incidents/{id}", operation_id = "incidents_one", tag = "incidents",
    params(("id" = String, Path, description = "The incident's id, such as `INC-7`.")),
    responses(
        (status = 200, description = "The incident.", body = IncidentView),
        (status = 404, description = "There is no such incident.", body = Failed),
    )
)]
async fn incident(State(desk): State<Desk>, _: Viewer, Path(id): Path<String>) -> Result<Json<IncidentView>, Failed> {
    Ok(Json(desk.incidents.incident(&id).await?))
}

/// Changes an incident, and with it its open alerts; answers with what it is now.
#[utoipa::path(
    patch, path = "/incidents/{id}", operation_id = "incidents_change", tag = "incidents", request_body = AlertEdit,
    params(("id" = String, Path, description = "The incident's id, such as `INC-7`.")),
    responses(
        (status = 200, description = "The incident as it is now.", body = IncidentView),
        (status = 403, description = "It takes the role analyst.", body = Failed),
        (status = 404, description = "There is no such incident.", body = Failed),
        (status = 422, description = "A status or verdict that is none.", body = Failed),
    )
)]
async fn change(
    State(desk): State<Desk>,
    Analyst(visitor): Analyst,
    Path(id): Path<String>,
    Json(edit): Json<AlertEdit>,
) -> Result<Json<IncidentView>, Failed> {
    if edit.status.as_deref() == Some("closed") && edit.verdict.is_none() {
        return Err(Fault::input("closing takes a verdict").into());
    }
    desk.incidents.change(&id, &edit, &visitor.who()).await?;
    Ok(Json(desk.incidents.incident(&id).await?))
}
