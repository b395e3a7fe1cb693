//! `/api/v1/users`: who may come in, and what they may do. For admins.

use access::{Access, Admin, Link, NewPerson, Role, User};
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
    OpenApiRouter::new().routes(routes!(list, invite)).routes(routes!(show, change)).routes(routes!(link))
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
struct UserLine {
    /// Hexadecimal.
    id: String,
    /// What they sign in with.
    name: String,
    /// What they are called on pages.
    display: String,
    /// `viewer`, `analyst` or `admin`.
    role: String,
    /// Who says who they are, where they sign in elsewhere.
    issuer: Option<String>,
    /// Whether they have a password here.
    has_password: bool,
    /// Whether they are kept out.
    disabled: bool,
    /// Whether they have to choose a password before anything else.
    must_change: bool,
    /// When they were added, microseconds since 1970.
    created_at: i64,
    /// When they last signed in.
    last_sign_in: Option<i64>,
}

impl From<User> for UserLine {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            display: user.display,
            role: user.role,
            issuer: user.issuer,
            has_password: user.has_password,
            disabled: user.disabled,
            must_change: user.must_change,
            created_at: user.created_at,
            last_sign_in: user.last_sign_in,
        }
    }
}

/// Every user, by name.
#[utoipa::path(get, path = "/users", operation_id = "users_list", tag = "access", responses((status = 200, body = [UserLine]), (status = 403, body = Failed)))]
async fn list(access: Access, _: Admin) -> Result<Json<Vec<UserLine>>, Failed> {
    Ok(Json(access.users().await?.into_iter().map(UserLine::from).collect()))
}

/// One user, by id or name.
#[utoipa::path(
    get, path = "/users/{id}", operation_id = "users_show", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = UserLine), (status = 404, body = Failed))
)]
async fn show(access: Access, _: Admin, Path(id): Path<String>) -> Result<Json<UserLine>, Failed> {
    Ok(Json(access.user(&id).await?.into()))
}

/// Somebody to invite.
#[derive(Debug, Deserialize, ToSchema)]
struct NewUserBody {
    /// What they sign in with.
    name: String,
    /// What they are called on pages; empty: the name.
    #[serde(default)]
    display: String,
    /// `viewer`, `analyst` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// A link that lets somebody in once, to choose a password.
#[derive(Debug, Serialize, ToSchema)]
struct LinkBody {
    /// Its path, after the address of the pages: shown this once.
    path: String,
    /// When it ends, microseconds since 1970.
    expires_at: i64,
}

impl From<Link> for LinkBody {
    fn from(link: Link) -> Self {
        Self { path: link.path, expires_at: link.expires_at }
    }
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
struct InvitedBody {
    /// Who.
    user: UserLine,
    /// The link to send them.
    link: LinkBody,
}

/// Adds a user, who comes in by the link and chooses a password there.
#[utoipa::path(
    post, path = "/users", operation_id = "users_invite", tag = "access", request_body = NewUserBody,
    responses((status = 201, body = InvitedBody), (status = 409, body = Failed), (status = 422, body = Failed))
)]
async fn invite(
    access: Access,
    Admin(visitor): Admin,
    Json(body): Json<NewUserBody>,
) -> Result<(StatusCode, Json<InvitedBody>), Failed> {
    let person = NewPerson { name: body.name, display: body.display, role: body.role };
    let (user, link) = access.invite(&person, &visitor.who()).await?;
    Ok((StatusCode::CREATED, Json(InvitedBody { user: user.into(), link: link.into() })))
}

/// What to change of a user; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
struct UserChangeBody {
    /// What they are called on pages.
    display: Option<String>,
    /// `viewer`, `analyst` or `admin`. Another role ends their sessions.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Whether they are kept out.
    disabled: Option<bool>,
    /// True: they have to choose a password before anything else.
    must_change: Option<bool>,
}

/// Changes a user.
#[utoipa::path(
    patch, path = "/users/{id}", operation_id = "users_change", tag = "access", params(("id" = String, Path)), request_body = UserChangeBody,
    responses((status = 200, body = UserLine), (status = 404, body = Failed), (status = 409, body = Failed))
)]
async fn change(
    access: Access,
    Admin(visitor): Admin,
    Path(id): Path<String>,
    Json(body): Json<UserChangeBody>,
) -> Result<Json<UserLine>, Failed> {
    let who = visitor.who();
    let mut user = access.user(&id).await?;
    if let Some(display) = &body.display {
        user = access.rename(&user.id, display, &who).await?;
    }
    if let Some(role) = body.role {
        user = access.set_role(&user.id, role, &who).await?;
    }
    if body.must_change == Some(true) {
        user = access.require_new_password(&user.id, &who).await?;
    }
    if let Some(disabled) = body.disabled {
        user = access.set_disabled(&user.id, disabled, &who).await?;
    }
    Ok(Json(user.into()))
}

/// Makes a link with which a user chooses a new password. The old one is good until then.
#[utoipa::path(
    post, path = "/users/{id}/link", operation_id = "users_link", tag = "access", params(("id" = String, Path)),
    responses((status = 201, body = LinkBody), (status = 404, body = Failed))
)]
async fn link(access: Access, Admin(visitor): Admin, Path(id): Path<String>) -> Result<(StatusCode, Json<LinkBody>), Failed> {
    let user = access.user(&id).await?;
    let link = access.reset_link(&user.id, &visitor.who()).await?;
    Ok((StatusCode::CREATED, Json(link.into())))
}
