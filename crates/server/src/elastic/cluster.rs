//! What clients look at before they send: health, and a licence without which Filebeat's modules and Logstash do not start.

use axum::Json;
use serde_json::{Value, json};

/// `GET /_cluster/health`: whoever can answer can store. Vector asks.
pub(super) async fn health() -> Json<Value> {
    Json(json!({
        "cluster_name": "spoofwatch",
        "status": "green",
        "timed_out": false,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": 0,
        "active_shards": 0,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
    }))
}

/// `GET /_license`: nothing here needs one, which is what `basic` stands for.
pub(super) async fn license() -> Json<Value> {
    Json(json!({
        "license": {
            "status": "active",
            "uid": "spoofwatch",
            "type": "basic",
            "issued_to": "spoofwatch",
            "issuer": "spoofwatch",
        },
    }))
}

/// `GET /_xpack`, which clients asked before there was `_license`: none of its features is here.
pub(super) async fn xpack() -> Json<Value> {
    Json(json!({
        "build": {},
        "license": {"status": "active", "uid": "spoofwatch", "type": "basic", "mode": "basic"},
        "features": {},
    }))
}
