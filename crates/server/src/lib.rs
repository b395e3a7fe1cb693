//! The HTTP interface of a running spoofwatch.
//!
//! Must not know the terminal. [`routes`] is everything that is answered; what it is answered from is handed in.

pub mod api;
pub mod elastic;
mod events;
mod guard;
pub mod intake;
mod listen;
mod metrics;
mod token;

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

pub use axum::{Router, body::Bytes};
pub use guard::guarded;
pub use listen::{CertificateError, Certificates, serve};
pub use metrics::Metrics;
pub use token::Token;

/// How a running program is.
pub trait Health: Send + Sync {
    /// What is wrong, each in a sentence; empty: nothing.
    fn troubles(&self) -> Vec<String>;
}

/// What requests are answered from.
#[derive(Clone)]
struct Shared {
    health: Arc<dyn Health>,
    metrics: Arc<Metrics>,
}

/// Everything that is answered: `/healthz` and `/metrics`.
pub fn routes(health: Arc<dyn Health>, metrics: Arc<Metrics>) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/metrics", get(exposition)).with_state(Shared { health, metrics })
}

/// 200 and `ok`, or 503 and what is wrong, a line each.
async fn healthz(State(shared): State<Shared>) -> Response {
    let troubles = shared.health.troubles();
    if troubles.is_empty() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, troubles.join("\n") + "\n").into_response()
}

async fn exposition(State(shared): State<Shared>) -> Response {
    match shared.metrics.exposition() {
        Ok(text) => {
            ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
