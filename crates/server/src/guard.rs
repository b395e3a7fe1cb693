//! A request that a fault of the program ends is answered all the same, and counted.

use std::sync::Arc;

use axum::{Router, response::Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Metrics;

/// `routes`, each answered by `broken` where its handler breaks off: the connection stays, and so does everything else that is sent on it.
pub fn guarded(routes: Router, metrics: &Arc<Metrics>, broken: fn() -> Response) -> Router {
    let metrics = Arc::clone(metrics);
    routes.layer(CatchPanicLayer::custom(move |_| {
        metrics.broke();
        broken()
    }))
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
        routing::get,
    };
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[tokio::test]
    async fn a_handler_that_breaks_off_is_answered_without_its_reason_and_counted() -> Outcome {
        let nothing: Option<u8> = "none".parse().ok();
        let routes = Router::new().route("/", get(move || async move { nothing.expect("a secret").to_string() }));
        let metrics = Arc::new(Metrics::default());
        let routes = guarded(routes, &metrics, crate::api::broken);
        let answer = routes.oneshot(Request::get("/").body(Body::empty())?).await?;
        assert_eq!(answer.status(), 500);
        let bytes = to_bytes(answer.into_body(), 1 << 16).await?;
        let said: Value = serde_json::from_slice(&bytes)?;
        assert_eq!(said["code"], "internal", "{said}");
        assert!(!said.to_string().contains("secret"), "{said}");
        assert!(metrics.exposition()?.contains("spoofwatch_broken_requests_total 1"));
        Ok(())
    }
}
