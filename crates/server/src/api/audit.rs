//! `/api/v1/audit`: who did what. For admins.

use access::{Access, Admin, AuditFilter, AuditLine};
use desk::Desk;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Query},
};

/// Lines where nothing is said.
const USUAL: usize = 100;
/// The most lines at a time.
const MOST: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which lines. Every condition that is set has to hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Asked {
    /// By this person.
    actor: Option<String>,
    /// This was done: `close`, `set role` ...
    action: Option<String>,
    /// What it was done to, by how that begins: `alert`, `user kim`.
    subject: Option<String>,
    /// At or after, microseconds since 1970.
    since: Option<i64>,
    /// Before.
    until: Option<i64>,
    /// Only lines older than the one with this id: the next page.
    before: Option<String>,
    /// At most so many, up to 1,000; 100 if nothing is said.
    limit: Option<usize>,
}

/// One line of the record.
#[derive(Debug, Serialize, ToSchema)]
struct Line {
    /// Where it stands.
    id: String,
    /// When, microseconds since 1970.
    at: i64,
    /// Who.
    actor: String,
    /// What was done.
    action: String,
    /// What it was done to.
    subject: String,
    /// How.
    detail: String,
}

impl From<AuditLine> for Line {
    fn from(line: AuditLine) -> Self {
        Self { id: line.id, at: line.at, actor: line.actor, action: line.action, subject: line.subject, detail: line.detail }
    }
}

/// Lines of the record, the youngest first.
#[utoipa::path(
    get, path = "/audit", operation_id = "audit_list", tag = "access", params(Asked),
    responses((status = 200, body = [Line]), (status = 403, body = Failed))
)]
async fn list(access: Access, _: Admin, Query(asked): Query<Asked>) -> Result<Json<Vec<Line>>, Failed> {
    let filter = AuditFilter {
        actor: asked.actor,
        action: asked.action,
        subject: asked.subject,
        since: asked.since,
        until: asked.until,
        before: asked.before,
    };
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST);
    Ok(Json(access.audit(&filter, limit).await?.into_iter().map(Line::from).collect()))
}
