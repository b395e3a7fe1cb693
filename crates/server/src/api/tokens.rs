//! `/api/v1/tokens`: API tokens. A token makes no tokens.

use access::{Access, Admin, ApiToken, NewApiToken, Scope, Scopes, Viewer};
use axum::http::StatusCode;
use desk::Desk;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path},
};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(all)).routes(routes!(revoke))
}

/// A token. What opens it is not part of it.
#[derive(Debug, Serialize, ToSchema)]
struct TokenLine {
    /// The part of it that is no secret.
    id: String,
    /// What it is for.
    name: String,
    /// Whose it is.
    owner: String,
    /// `read`, `work`, `admin`, `ingest`.
    scopes: Vec<String>,
    /// When it was made, microseconds since 1970.
    created_at: i64,
    /// When it ends.
    expires_at: i64,
    /// When it was last used, to the minute.
    last_used: Option<i64>,
    /// When it was taken back.
    revoked_at: Option<i64>,
}

impl From<ApiToken> for TokenLine {
    fn from(token: ApiToken) -> Self {
        Self {
            scopes: token.scopes.split_ascii_whitespace().map(str::to_owned).collect(),
            id: token.id,
            name: token.name,
            owner: token.owner,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used: token.last_used,
            revoked_at: token.revoked_at,
        }
    }
}

/// The own tokens, the youngest first, those that have ended among them.
#[utoipa::path(get, path = "/tokens", operation_id = "tokens_list", tag = "access", responses((status = 200, body = [TokenLine])))]
async fn list(access: Access, Viewer(visitor): Viewer) -> Result<Json<Vec<TokenLine>>, Failed> {
    Ok(Json(access.own_tokens(&visitor).await?.into_iter().map(TokenLine::from).collect()))
}

/// Everybody's tokens, the youngest first. For admins.
#[utoipa::path(get, path = "/tokens/all", operation_id = "tokens_all", tag = "access", responses((status = 200, body = [TokenLine])))]
async fn all(access: Access, _: Admin) -> Result<Json<Vec<TokenLine>>, Failed> {
    Ok(Json(access.all_tokens().await?.into_iter().map(TokenLine::from).collect()))
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
struct NewTokenBody {
    /// What it is for, 1 to 100 characters.
    name: String,
    /// `read`, `work`, `admin`, `ingest`; no more than its owner may do.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// Days until it ends, 1 to 365; 90 if nothing is said.
    days: Option<u32>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeToken {
    /// The token: shown this once.
    token: String,
    /// What is kept of it.
    #[serde(flatten)]
    line: TokenLine,
}

/// Makes a token for who asks.
#[utoipa::path(
    post, path = "/tokens", operation_id = "tokens_make", tag = "access", request_body = NewTokenBody,
    responses((status = 201, body = MadeToken), (status = 403, body = Failed), (status = 422, body = Failed))
)]
async fn make(
    access: Access,
    Viewer(visitor): Viewer,
    Json(body): Json<NewTokenBody>,
) -> Result<(StatusCode, Json<MadeToken>), Failed> {
    let wanted = NewApiToken { name: body.name, scopes: Scopes::new(body.scopes), days: body.days };
    let (line, token) = access.make_token(&visitor, &wanted).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token: token.expose().to_owned(), line: line.into() })))
}

/// Takes a token back: one of the own, or, for admins, any.
#[utoipa::path(
    delete, path = "/tokens/{id}", operation_id = "tokens_revoke", tag = "access", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failed))
)]
async fn revoke(access: Access, Viewer(visitor): Viewer, Path(id): Path<String>) -> Result<StatusCode, Failed> {
    access.revoke_token(&visitor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
