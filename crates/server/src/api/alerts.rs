//! `/api/v1/alerts`: the queue, one alert, what is done with alerts.

use access::{Analyst, Viewer};
use axum::{extract::State, http::StatusCode, response::Response};
use desk::{AlertEdit, AlertView, Desk, Fault, Queue, QueueQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed, download,
    taken::{Json, Path, Query},
};

/// The most alerts that are changed, or exported by their ids, at once.
const MOST: usize = 500;

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(queue, change)).routes(routes!(export)).routes(routes!(alert)).routes(routes!(notify))
}

/// What is asked of the queue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Ask {
    /// A filter in Kibana's query language, such as `severity >= high and not assignee:*`; empty: open alerts, `*`: every alert.
    q: String,
    /// A field to sort by, `-` before it for the largest first; empty: the youngest first.
    sort: String,
    /// Which page, from 1.
    page: u32,
    /// How many on a page; 0: 50, and 500 at most.
    size: u32,
}

impl Ask {
    fn query(self) -> QueueQuery {
        QueueQuery { q: self.q, sort: self.sort, page: self.page, size: self.size }
    }
}

/// A page of the queue of alerts, without their evidence, and how many there are of which kind.
#[utoipa::path(
    get, path = "/alerts", operation_id = "alerts_queue", tag = "alerts", params(Ask),
    responses(
        (status = 200, description = "A page of the queue.", body = Queue),
        (status = 422, description = "The filter cannot be read; `problem` says where.", body = Failed),
    )
)]
async fn queue(State(desk): State<Desk>, _: Viewer, Query(ask): Query<Ask>) -> Result<Json<Queue>, Failed> {
    Ok(Json(desk.alerts.queue(&ask.query()).await?))
}

/// One alert with its evidence and everything around it.
#[utoipa::path(
    get, path = "/alerts/{id}", operation_id = "alerts_one", tag = "alerts",
    params(("id" = String, Path, description = "The alert's id, or the beginning of it.")),
    responses(
        (status = 200, description = "The alert.", body = AlertView),
        (status = 404, description = "There is no such alert.", body = Failed),
    )
)]
async fn alert(State(desk): State<Desk>, _: Viewer, Path(id): Path<String>) -> Result<Json<AlertView>, Failed> {
    Ok(Json(desk.alerts.alert(&id).await?))
}

/// What to change, and of which alerts.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Change {
    /// Ids of alerts, 500 at most.
    ids: Vec<String>,
    /// What to change of each.
    edit: AlertEdit,
}

/// What became of one alert.
#[derive(Debug, Serialize, ToSchema)]
struct Changed {
    /// The alert's id, as it was given.
    id: String,
    /// Why it could not be changed; empty where it was.
    error: String,
}

/// Changes alerts: their status, verdict, assignee; a comment for the record.
#[utoipa::path(
    patch, path = "/alerts", operation_id = "alerts_change", tag = "alerts", request_body = Change,
    responses(
        (status = 200, description = "What became of each; some may have been changed and others not.", body = [Changed]),
        (status = 403, description = "It takes the role analyst.", body = Failed),
        (status = 422, description = "A status or verdict that is none, or too many alerts.", body = Failed),
    )
)]
async fn change(
    State(desk): State<Desk>,
    Analyst(visitor): Analyst,
    Json(change): Json<Change>,
) -> Result<Json<Vec<Changed>>, Failed> {
    if change.ids.is_empty() || change.ids.len() > MOST {
        return Err(Fault::input(format!("name 1 to {MOST} alerts in `ids`")).into());
    }
    if change.edit.status.as_deref() == Some("closed") && change.edit.verdict.is_none() {
        return Err(Fault::input("closing takes a verdict").into());
    }
    let done = desk.alerts.change(&change.ids, &change.edit, &visitor.who()).await?;
    let told =
        |(id, fault): (String, Option<Fault>)| Changed { id, error: fault.map(|fault| fault.to_string()).unwrap_or_default() };
    Ok(Json(done.into_iter().map(told).collect()))
}

/// Who is to be told.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Tell {
    /// The name of a notification target.
    target: String,
}

/// Tells a notification target of an alert, again if need be.
#[utoipa::path(
    post, path = "/alerts/{id}/notify", operation_id = "alerts_notify", tag = "alerts", request_body = Tell,
    params(("id" = String, Path, description = "The alert's id, or the beginning of it.")),
    responses(
        (status = 204, description = "It was told."),
        (status = 404, description = "There is no such alert or target.", body = Failed),
        (status = 503, description = "The target does not answer.", body = Failed),
    )
)]
async fn notify(
    State(desk): State<Desk>,
    Analyst(visitor): Analyst,
    Path(id): Path<String>,
    Json(tell): Json<Tell>,
) -> Result<StatusCode, Failed> {
    desk.alerts.notify(&id, &tell.target, &visitor.who()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What to export, and how.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Export {
    /// `json`, `ecs`, `ocsf`, `sentinel` (an object a line) or `csv`.
    form: String,
    /// A filter, as of the queue.
    q: String,
    /// Ids with commas between them, in place of a filter.
    ids: String,
}

/// Alerts as a file, in a form that other programs read.
#[utoipa::path(
    get, path = "/alerts/export", operation_id = "alerts_export", tag = "alerts", params(Export),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream"),
        (status = 422, description = "A form that is none, or a filter that cannot be read.", body = Failed),
    )
)]
async fn export(State(desk): State<Desk>, _: Viewer, Query(export): Query<Export>) -> Result<Response, Failed> {
    let ids: Vec<String> =
        export.ids.split(',').map(str::trim).filter(|id| !id.is_empty()).take(MOST).map(str::to_owned).collect();
    let query = QueueQuery { q: export.q, ..QueueQuery::default() };
    Ok(download(desk.alerts.export(&ids, &query, &export.form).await?))
}
