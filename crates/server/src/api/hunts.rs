//! `/api/v1/hunts`: queries run and kept, and help to write them.

use std::sync::Arc;

use access::{Analyst, Viewer};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use desk::{Completions, Desk, FunctionLine, HuntAsk, JobView, Looked, Outcome, PastHunt, SavedHunt, TableLine, Work};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Failed, download, jobs};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(run))
        .routes(routes!(export))
        .routes(routes!(look))
        .routes(routes!(complete))
        .routes(routes!(explain))
        .routes(routes!(tables))
        .routes(routes!(functions))
        .routes(routes!(function))
        .routes(routes!(saved, save))
        .routes(routes!(forget))
        .routes(routes!(history))
}

/// Begins a query. Its rows are the outcome of the job.
#[utoipa::path(
    post, path = "/hunts", tag = "hunts", request_body = HuntAsk,
    responses((status = 202, body = JobView), (status = 429, body = Failed))
)]
async fn run(State(desk): State<Desk>, Viewer(visitor): Viewer, Json(ask): Json<HuntAsk>) -> Result<Response, Failed> {
    let (hunts, who) = (Arc::clone(&desk.hunts), visitor.name.clone());
    let begin = |work: Work| async move { hunts.run(&ask, &who, &work).await.map(Outcome::Hunt) };
    let id = desk.jobs.start(&visitor.name, "hunt", begin)?;
    jobs::begun(&desk, &id, &visitor.name)
}

/// The form of a file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Form {
    /// `csv`, `json`, `ndjson` or `parquet`.
    form: String,
}

/// The rows of a query as a file.
#[utoipa::path(
    post, path = "/hunts/export", tag = "hunts", params(Form), request_body = HuntAsk,
    responses((status = 200, content_type = "application/octet-stream"), (status = 422, body = Failed))
)]
async fn export(
    State(desk): State<Desk>,
    Viewer(visitor): Viewer,
    Query(form): Query<Form>,
    Json(ask): Json<HuntAsk>,
) -> Result<Response, Failed> {
    Ok(download(desk.hunts.export(&ask, &form.form, &visitor.name, &Work::default()).await?))
}

/// A text that is being written.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Draft {
    /// The text.
    text: String,
    /// `kusto` (also empty), `kuery` or `lucene`.
    language: String,
    /// Where the cursor stands, in bytes.
    at: usize,
}

/// Colours, faults and columns of a query; nothing is run.
#[utoipa::path(post, path = "/hunts/look", tag = "hunts", request_body = Draft, responses((status = 200, body = Looked)))]
async fn look(State(desk): State<Desk>, _: Viewer, Json(draft): Json<Draft>) -> Result<Json<Looked>, Failed> {
    Ok(Json(desk.hunts.look(&draft.text, &draft.language).await?))
}

/// What may stand at the cursor.
#[utoipa::path(post, path = "/hunts/complete", tag = "hunts", request_body = Draft, responses((status = 200, body = Completions)))]
async fn complete(State(desk): State<Desk>, _: Viewer, Json(draft): Json<Draft>) -> Result<Json<Completions>, Failed> {
    // A place within a character is none.
    let at = (0..=draft.at.min(draft.text.len())).rev().find(|at| draft.text.is_char_boundary(*at)).unwrap_or(0);
    Ok(Json(desk.hunts.complete(&draft.text, at).await?))
}

/// A text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Markdown {
    /// Markdown.
    markdown: String,
}

/// Explains a query step by step.
#[utoipa::path(
    post, path = "/hunts/explain", tag = "hunts", request_body = HuntAsk,
    responses((status = 200, body = Markdown), (status = 422, body = Failed))
)]
async fn explain(State(desk): State<Desk>, _: Viewer, Json(ask): Json<HuntAsk>) -> Result<Json<Markdown>, Failed> {
    Ok(Json(Markdown { markdown: desk.hunts.explain(&ask).await? }))
}

/// The tables there are, with their columns.
#[utoipa::path(get, path = "/tables", tag = "hunts", responses((status = 200, body = [TableLine])))]
async fn tables(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<TableLine>>, Failed> {
    Ok(Json(desk.hunts.tables().await?))
}

/// The functions there are.
#[utoipa::path(get, path = "/functions", tag = "hunts", responses((status = 200, body = [FunctionLine])))]
async fn functions(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<FunctionLine>>, Failed> {
    Ok(Json(desk.hunts.functions().await?))
}

/// The page of a function.
#[utoipa::path(
    get, path = "/functions/{name}", tag = "hunts", params(("name" = String, Path)),
    responses((status = 200, body = Markdown), (status = 404, body = Failed))
)]
async fn function(State(desk): State<Desk>, _: Viewer, Path(name): Path<String>) -> Result<Json<Markdown>, Failed> {
    Ok(Json(Markdown { markdown: desk.hunts.function(&name).await? }))
}

/// What queries are kept for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Kind {
    /// `hunt` (also empty), or `alerts` for filters of the queue.
    kind: String,
}

/// Kept queries that one may see.
#[utoipa::path(get, path = "/hunts/saved", tag = "hunts", params(Kind), responses((status = 200, body = [SavedHunt])))]
async fn saved(
    State(desk): State<Desk>,
    Viewer(visitor): Viewer,
    Query(kind): Query<Kind>,
) -> Result<Json<Vec<SavedHunt>>, Failed> {
    let kind = if kind.kind.is_empty() { "hunt" } else { &kind.kind };
    Ok(Json(desk.hunts.saved(kind, &visitor.name).await?))
}

/// Keeps a query; one with an id of one's own replaces it.
#[utoipa::path(
    post, path = "/hunts/saved", tag = "hunts", request_body = SavedHunt,
    responses((status = 200, body = SavedHunt), (status = 403, body = Failed), (status = 422, body = Failed))
)]
async fn save(
    State(desk): State<Desk>,
    Analyst(visitor): Analyst,
    Json(hunt): Json<SavedHunt>,
) -> Result<Json<SavedHunt>, Failed> {
    Ok(Json(desk.hunts.save(hunt, &visitor.name).await?))
}

/// Forgets a kept query of one's own.
#[utoipa::path(
    delete, path = "/hunts/saved/{id}", tag = "hunts", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failed))
)]
async fn forget(State(desk): State<Desk>, Analyst(visitor): Analyst, Path(id): Path<String>) -> Result<StatusCode, Failed> {
    desk.hunts.forget(&id, &visitor.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one ran oneself, the latest first.
#[utoipa::path(get, path = "/hunts/history", tag = "hunts", responses((status = 200, body = [PastHunt])))]
async fn history(State(desk): State<Desk>, Viewer(visitor): Viewer) -> Result<Json<Vec<PastHunt>>, Failed> {
    Ok(Json(desk.hunts.history(&visitor.name).await?))
}
