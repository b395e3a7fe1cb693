//! `/api/v1/account`: who asks, their sessions, their password.

use access::{Access, Arrival, Secret, Session, Via, Visitor};
use axum::http::StatusCode;
use desk::{Desk, Fault};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path},
};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(change_password)).routes(routes!(sessions)).routes(routes!(end))
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Account {
    /// What they sign in with.
    name: String,
    /// What they are called on pages.
    display: String,
    /// The most they may do: `viewer`, `analyst` or `admin`; of a token, the lesser of its owner's role and its scopes.
    role: &'static str,
    /// `session` or `token`.
    via: &'static str,
    /// The scopes of the token; of a session, none.
    scopes: Vec<&'static str>,
    /// Whether they have to choose a password before anything else.
    must_change: bool,
}

/// Who asks, and what they may do.
#[utoipa::path(get, path = "/account", operation_id = "account_show", tag = "access", responses((status = 200, body = Account), (status = 401, body = Failed)))]
async fn show(visitor: Visitor) -> Json<Account> {
    let (via, scopes) = match &visitor.via {
        Via::Session { .. } => ("session", Vec::new()),
        Via::Token { scopes, .. } => ("token", scopes.iter().map(access::Scope::as_str).collect()),
    };
    let role = visitor.role.as_str();
    Json(Account { name: visitor.name, display: visitor.display, role, via, scopes, must_change: visitor.must_change })
}

/// The present password and the next.
#[derive(Debug, Deserialize, ToSchema)]
struct PasswordChange {
    /// The present one.
    #[schema(value_type = String, format = Password)]
    old: Secret,
    /// The next: 12 to 128 characters.
    #[schema(value_type = String, format = Password)]
    new: Secret,
}

/// Changes the own password. Every other session ends.
#[utoipa::path(
    post, path = "/account/password", operation_id = "account_change_password", tag = "access", request_body = PasswordChange,
    responses((status = 204), (status = 403, body = Failed), (status = 422, body = Failed), (status = 429, body = Failed))
)]
async fn change_password(
    access: Access,
    visitor: Visitor,
    arrival: Arrival,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Failed> {
    access.change_password(&visitor, change.old, change.new, &arrival).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
struct SessionLine {
    /// What it is called; opens nothing.
    id: String,
    /// `password`, `link` or `oidc`.
    method: String,
    /// Where they signed in from.
    address: String,
    /// What the browser calls itself.
    agent: String,
    /// When they signed in, microseconds since 1970.
    created_at: i64,
    /// When it was last used, to the minute.
    used_at: i64,
    /// When it ends.
    expires_at: i64,
    /// Whether it is the one that asks.
    present: bool,
}

/// The own sessions, the youngest first.
#[utoipa::path(get, path = "/account/sessions", operation_id = "account_sessions", tag = "access", responses((status = 200, body = [SessionLine])))]
async fn sessions(access: Access, visitor: Visitor) -> Result<Json<Vec<SessionLine>>, Failed> {
    let own = access.own_sessions(&visitor).await?;
    let present = |session: &Session| matches!(&visitor.via, Via::Session { id, .. } if *id == session.id);
    let line = |session: Session| SessionLine {
        present: present(&session),
        id: session.id,
        method: session.method,
        address: session.address,
        agent: session.agent,
        created_at: session.created_at,
        used_at: session.used_at,
        expires_at: session.expires_at,
    };
    Ok(Json(own.into_iter().map(line).collect()))
}

/// Ends one of the own sessions.
#[utoipa::path(
    delete, path = "/account/sessions/{id}", operation_id = "account_end", tag = "access", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failed))
)]
async fn end(access: Access, visitor: Visitor, Path(id): Path<String>) -> Result<StatusCode, Failed> {
    if access.end_own_session(&visitor, &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Fault::Unknown { what: "session", id }.into())
}
