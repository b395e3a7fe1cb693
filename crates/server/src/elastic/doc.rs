//! `POST /{index}/_doc`, and `PUT /{index}/_doc/{id}` and `/{index}/_create/{id}`: one document.
//!
//! Authority: <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-index>.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Document, Shared, answer::Fault, body::Lines, unfit_names};

/// Without an id.
pub(super) async fn nameless(
    State(shared): State<Shared>,
    Path(index): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    taken(&shared, index, None, &headers, body).await
}

/// With an id.
pub(super) async fn named(
    State(shared): State<Shared>,
    Path((index, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    taken(&shared, index, Some(id), &headers, body).await
}

async fn taken(shared: &Shared, index: String, id: Option<String>, headers: &HeaderMap, body: Body) -> Result<Response, Fault> {
    if let Some(unfit) = unfit_names(&index, id.as_deref()) {
        return Err(Fault::argument(unfit));
    }
    let source = Lines::new(headers, body, shared.limits)?.whole().await?;
    if source.trim_ascii().is_empty() {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "parse_exception", "the body is empty: a document was expected"));
    }
    let shown = id.clone().unwrap_or_else(|| made_id(&index, &source));
    let answer = json!({"_index": index, "_id": shown, "result": "created"});
    let mut batch = shared.documents.begin().await.map_err(|refusal| Fault::refusal(&refusal))?;
    batch.add(Document { index, id, source }).await.map_err(|refusal| Fault::refusal(&refusal))?;
    let fates = batch.finish().await.map_err(|refusal| Fault::refusal(&refusal))?;
    match fates.first().and_then(Fault::fate) {
        Some(fault) => Err(fault),
        None => Ok((StatusCode::CREATED, Json(answer)).into_response()),
    }
}

/// The id that a document is answered with that was sent without one: the same each time for what says the same.
pub(super) fn made_id(index: &str, source: &[u8]) -> String {
    let digest = Sha256::new().chain_update(index).chain_update([0]).chain_update(source.trim_ascii()).finalize();
    digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
