//! `/api/v1/jobs`: work that goes on.

use utoipa_axum::router::OpenApiRouter;

use desk::Desk;

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
}
