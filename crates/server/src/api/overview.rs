//! `/api/v1/overview`: today against the usual.

use access::Viewer;
use axum::extract::State;
use desk::{Desk, Overview};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Query},
};

/// How far charts look back where nobody says otherwise, and at most, in days.
const DAYS: (u32, u32) = (14, 365);

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(overview))
}

/// How far back to look.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Back {
    /// Days, 365 at most; 0: 14.
    days: u32,
}

/// Today against the usual: figures, series over time, open alerts, what is in trouble, what has gone quiet.
#[utoipa::path(
    get, path = "/overview", operation_id = "overview", tag = "overview", params(Back),
    responses((status = 200, description = "What the first page shows.", body = Overview))
)]
async fn overview(State(desk): State<Desk>, _: Viewer, Query(back): Query<Back>) -> Result<Json<Overview>, Failed> {
    let days = if back.days == 0 { DAYS.0 } else { back.days.min(DAYS.1) };
    Ok(Json(desk.overviews.overview(days).await?))
}
