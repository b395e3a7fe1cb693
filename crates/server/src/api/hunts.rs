//! `/api/v1/hunts`: queries run and kept, and help to write them.

use std::sync::Arc;

use access::{Analyst, Viewer};
use axum::{extract::State, http::StatusCode, response::Response};
use desk::{Completions, Desk, FunctionLine, HuntAsk, JobView, Looked, Outcome, PastHunt, SavedHunt, TableLine, Work, Writing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed, download, jobs,
    taken::{Json, Path, Query},
};

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
    post, path = "/hunts", operation_id = "hunts_run", tag = "hunts", request_body = HuntAsk,
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
    post, path = "/hunts/export", operation_id = "hunts_export", tag = "hunts", params(Form), request_body = HuntAsk,
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
    /// For kuery and lucene: tables or index patterns; every table of events without.
    indices: Vec<String>,
    /// Where the cursor stands, in bytes.
    at: usize,
}

impl Draft {
    fn writing(&self) -> Writing<'_> {
        Writing { text: &self.text, language: &self.language, indices: &self.indices }
    }
}

/// Colours, faults and columns of a query; nothing is run.
#[utoipa::path(post, path = "/hunts/look", operation_id = "hunts_look", tag = "hunts", request_body = Draft, responses((status = 200, body = Looked)))]
async fn look(State(desk): State<Desk>, _: Viewer, Json(draft): Json<Draft>) -> Result<Json<Looked>, Failed> {
    Ok(Json(desk.hunts.look(draft.writing()).await?))
}

/// What may stand at the cursor.
#[utoipa::path(post, path = "/hunts/complete", operation_id = "hunts_complete", tag = "hunts", request_body = Draft, responses((status = 200, body = Completions)))]
async fn complete(State(desk): State<Desk>, _: Viewer, Json(draft): Json<Draft>) -> Result<Json<Completions>, Failed> {
    // A place within a character is none.
    let at = (0..=draft.at.min(draft.text.len())).rev().find(|at| draft.text.is_char_boundary(*at)).unwrap_or(0);
    Ok(Json(desk.hunts.complete(draft.writing(), at).await?))
}

/// A text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Markdown {
    /// Markdown.
    markdown: String,
}

/// Explains a query step by step.
#[utoipa::path(
    post, path = "/hunts/explain", operation_id = "hunts_explain", tag = "hunts", request_body = HuntAsk,
    responses((status = 200, body = Markdown), (status = 422, body = Failed))
)]
async fn explain(State(desk): State<Desk>, _: Viewer, Json(ask): Json<HuntAsk>) -> Result<Json<Markdown>, Failed> {
    Ok(Json(Markdown { markdown: desk.hunts.explain(&ask).await? }))
}

/// The tables there are, with their columns.
#[utoipa::path(get, path = "/tables", operation_id = "hunts_tables", tag = "hunts", responses((status = 200, body = [TableLine])))]
async fn tables(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<TableLine>>, Failed> {
    Ok(Json(desk.hunts.tables().await?))
}

/// The functions there are.
#[utoipa::path(get, path = "/functions", operation_id = "hunts_functions", tag = "hunts", responses((status = 200, body = [FunctionLine])))]
async fn functions(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<FunctionLine>>, Failed> {
    Ok(Json(desk.hunts.functions().await?))
}

/// The page of a function.
#[utoipa::path(
    get, path = "/functions/{name}", operation_id = "hunts_function", tag = "hunts", params(("name" = String, Path)),
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
#[utoipa::path(get, path = "/hunts/saved", operation_id = "hunts_saved", tag = "hunts", params(Kind), responses((status = 200, body = [SavedHunt])))]
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
    post, path = "/hunts/saved", operation_id = "hunts_save", tag = "hunts", request_body = SavedHunt,
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
    delete, path = "/hunts/saved/{id}", operation_id = "hunts_forget", tag = "hunts", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failed))
)]
async fn forget(State(desk): State<Desk>, Analyst(visitor): Analyst, Path(id): Path<String>) -> Result<StatusCode, Failed> {
    desk.hunts.forget(&id, &visitor.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one ran oneself, the latest first.
#[utoipa::path(get, path = "/hunts/history", operation_id = "hunts_history", tag = "hunts", responses((status = 200, body = [PastHunt])))]
async fn history(State(desk): State<Desk>, Viewer(visitor): Viewer) -> Result<Json<Vec<PastHunt>>, Failed> {
    Ok(Json(desk.hunts.history(&visitor.name).await?))
}

#[cfg(test)]
mod tests {
    use access::Role;
    use axum::{body::Body, http::Request};
    use serde_json::{Value, json};

    use crate::api::testing::Client;

    #[tokio::test]
    async fn a_viewer_runs_a_query_and_waits_for_its_rows() {
        let client = Client::of(Role::Viewer).await;
        let begun = client.call("POST", "/api/v1/hunts", json!({"query": "EmailEvents | render timechart"})).await;
        let came = client.get(&format!("{}/outcome?wait=10", begun.location)).await;
        assert_eq!((came.status, &came.json["kind"]), (200, &json!("hunt")));
        let sheet = &came.json["result"]["sheet"];
        assert_eq!((sheet["rows"].as_array().unwrap().len(), &sheet["columns"][1]["name"]), (30, &json!("Failures")));
        let past = client.get("/api/v1/hunts/history").await;
        assert_eq!(past.json[0]["query"], "EmailEvents | render timechart");
    }

    #[tokio::test]
    async fn a_fault_has_its_place() {
        let client = Client::of(Role::Viewer).await;
        let begun = client.call("POST", "/api/v1/hunts", json!({"query": "T\n| whre x"})).await;
        let came = client.get(&format!("{}/outcome?wait=10", begun.location)).await;
        assert_eq!((came.status, &came.json["problem"]["line"], &came.json["problem"]["column"]), (422, &json!(2), &json!(3)));
    }

    #[tokio::test]
    async fn help_is_given_while_a_query_is_written() {
        let client = Client::of(Role::Viewer).await;
        let text = "EmailEvents // é";
        let found = client.call("POST", "/api/v1/hunts/complete", json!({"text": "EmailU", "at": 6})).await;
        assert_eq!(found.json["candidates"][0]["insert"], "EmailUrlInfo");
        // Within the last character, and far behind it.
        for at in [text.len() - 1, 10_000] {
            assert_eq!(client.call("POST", "/api/v1/hunts/complete", json!({"text": text, "at": at})).await.status, 200);
        }
        let looked = client.call("POST", "/api/v1/hunts/look", json!({"text": text})).await;
        assert_eq!(looked.json["colours"][0]["class"], "comment");
        assert_eq!(client.get("/api/v1/tables").await.json[0]["name"], "EmailEvents");
        assert!(client.get("/api/v1/functions/summarize").await.json["markdown"].as_str().unwrap().contains("summarize"));
        assert_eq!(client.get("/api/v1/functions/..%2F..%2Fetc").await.status, 404);
    }

    #[tokio::test]
    async fn rows_are_given_as_files() {
        let client = Client::of(Role::Viewer).await;
        let file = client.call("POST", "/api/v1/hunts/export?form=csv", json!({"query": "Hostile"})).await;
        assert!(file.status == 200 && String::from_utf8_lossy(&file.bytes).contains("'=cmd"));
        assert_eq!(client.call("POST", "/api/v1/hunts/export?form=exe", json!({"query": "T"})).await.status, 422);
    }

    #[tokio::test]
    async fn an_analyst_keeps_queries_and_a_viewer_does_not() {
        let hunt = json!({"name": "Mine", "kind": "hunt", "query": "T", "language": "kusto"});
        let client = Client::of(Role::Analyst).await;
        let kept = client.call("POST", "/api/v1/hunts/saved", hunt.clone()).await;
        assert_eq!((kept.status, &kept.json["owner"]), (200, &json!("ana@contoso.com")));
        let place = format!("/api/v1/hunts/saved/{}", kept.json["id"].as_str().unwrap());
        assert_eq!(client.call("DELETE", &place, Value::Null).await.status, 204);
        assert_eq!(client.call("DELETE", &place, Value::Null).await.status, 404);
        assert_eq!(Client::of(Role::Viewer).await.call("POST", "/api/v1/hunts/saved", hunt).await.status, 403);
    }

    #[tokio::test]
    async fn what_no_page_of_ours_sends_and_what_is_too_large_is_refused() {
        let client = Client::of(Role::Admin).await;
        let forged =
            Request::post("/api/v1/hunts").header("content-type", "application/json").body(Body::from("{\"query\":\"T\"}"));
        assert_eq!(client.ask(forged.unwrap()).await.status, 403);
        let large = client.call("POST", "/api/v1/hunts", json!({"query": "x".repeat(3 << 20)})).await;
        assert_eq!(large.status, 413);
        assert_eq!(client.call("POST", "/api/v1/hunts", json!({"query": "T", "wish": 1})).await.status, 422);
    }
}
