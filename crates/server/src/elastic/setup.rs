//! What clients make before they send: templates, policies, pipelines, indices. Tables are there already, so that nothing is made, and the
//! answer says so in its `Warning`, which clients log.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    Shared,
    answer::{Fault, warned},
};

/// A template, policy or pipeline that somebody looks for: there are none.
pub(super) async fn missing(Path(name): Path<String>) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "resource_not_found_exception", format!("[{name}] is missing: there are none here"))
}

/// A template, policy or pipeline that somebody wants to make.
pub(super) async fn ignored() -> Response {
    warned("spoofwatch has tables of its own: this is acknowledged and has no effect", json!({"acknowledged": true}))
}

/// `HEAD /{index}`: whether it stands for a table.
pub(super) async fn exists(State(shared): State<Shared>, Path(index): Path<String>) -> StatusCode {
    if shared.documents.has_table(&index) { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

/// `PUT /{index}` and `PUT /_data_stream/{name}`: there is nothing to make where it stands for a table, and nothing else can be made.
pub(super) async fn create(State(shared): State<Shared>, Path(index): Path<String>) -> Result<Response, Fault> {
    if !shared.documents.has_table(&index) {
        return Err(Fault::argument(format!(
            "no table is for the index `{index}`; documents that say in event.dataset what they are can be sent to it all the same"
        )));
    }
    let done = json!({"acknowledged": true, "shards_acknowledged": true, "index": index});
    Ok(warned("spoofwatch has this table already: mappings and settings have no effect", done))
}

/// `GET /_data_stream/{name}`.
pub(super) async fn data_stream(State(shared): State<Shared>, Path(name): Path<String>) -> Result<Json<Value>, Fault> {
    if !shared.documents.has_table(&name) {
        let reason = format!("no such index [{name}]");
        return Err(Fault::new(StatusCode::NOT_FOUND, "index_not_found_exception", reason));
    }
    let stream =
        json!({"name": name, "timestamp_field": {"name": "@timestamp"}, "indices": [], "generation": 1, "status": "GREEN"});
    Ok(Json(json!({"data_streams": [stream]})))
}

/// `POST /{index}/_refresh`: what was answered can be found already.
pub(super) async fn refresh() -> Response {
    Json(json!({"_shards": {"total": 1, "successful": 1, "failed": 0}})).into_response()
}
