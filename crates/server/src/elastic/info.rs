//! `GET /`: which Elasticsearch this speaks like.

use axum::Json;
use serde_json::{Value, json};

/// The version whose calls are understood. Clients send what a server of that version takes; those of version 9 send the same.
const VERSION: &str = "8.19.0";

/// The answer names the members that clients look at, and what is really here.
pub(super) async fn info() -> Json<Value> {
    Json(json!({
        "name": "spoofwatch",
        "cluster_name": "spoofwatch",
        "cluster_uuid": "spoofwatch",
        "version": {
            "number": VERSION,
            // Clients of 7.14 take nothing else for Elasticsearch.
            "build_flavor": "default",
            "build_type": "spoofwatch",
            "build_snapshot": false,
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": concat!("spoofwatch ", env!("CARGO_PKG_VERSION"), " takes documents as Elasticsearch does"),
    }))
}
