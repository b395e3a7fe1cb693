//! `/api/v1`: the JSON interface. Everything that pages show or do, for programs; `/api/v1/openapi.json` describes it.
//!
//! A file an area, with a handler for each thing the desk can be asked. A handler takes an `access` extractor (`Viewer`, `Analyst`,
//! `Admin`) that names who asks and refuses everybody else, asks the desk, and answers JSON; a [`Failed`] is answered in one form.
//! What takes long begins a job (202, `Location`), which `jobs` answers about.

mod account;
mod alerts;
mod audit;
mod domains;
mod exclusions;
mod failed;
mod fixes;
mod hunts;
mod incidents;
mod jobs;
mod messages;
mod overview;
mod quarantine;
mod reports;
mod rules;
mod settings;
mod statuses;
mod taken;
#[cfg(test)]
mod testing;
mod tokens;
mod users;
#[cfg(test)]
mod worked;

use axum::{
    Router,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use desk::{Desk, Download, Fault};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use failed::Failed;
pub use failed::broken;

use taken::Json;

/// What the interface says about itself.
#[derive(OpenApi)]
#[openapi(
    info(title = "spoofwatch", description = "Alerts, rules, hunts, domains and fixes, as the pages have them."),
    security(("token" = []), ("session" = [])),
    modifiers(&Secured)
)]
struct Document;

/// The ways in which somebody is known.
struct Secured;

impl utoipa::Modify for Secured {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
        let components = document.components.get_or_insert_with(Default::default);
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token.")).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let session = ApiKeyValue::with_description("spoofwatch", "The session of somebody who signed in on the pages.");
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

/// The areas, each with its routes.
#[rustfmt::skip]
const AREAS: &[fn() -> OpenApiRouter<Desk>] = &[
    account::routes,
    alerts::routes,
    audit::routes,
    crate::events::routes,
    domains::routes,
    exclusions::routes,
    fixes::routes,
    hunts::routes,
    incidents::routes,
    jobs::routes,
    messages::routes,
    overview::routes,
    quarantine::routes,
    reports::routes,
    rules::routes,
    settings::routes,
    tokens::routes,
    users::routes,
];

/// The interface with its description.
fn described() -> OpenApiRouter<Desk> {
    let all = AREAS.iter().fold(OpenApiRouter::new(), |all, area| all.merge(area()));
    let mut all = OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", all);
    statuses::describe(all.get_openapi_mut());
    all
}

/// What the interface says about itself, an OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

/// Everything below `/api/v1`. Who asks is found out by `access`, whose layer stands before it.
pub fn routes(desk: Desk) -> Router {
    let (routes, document) = described().split_for_parts();
    routes
        .route("/api/v1/openapi.json", get(|| async move { Json(document) }))
        .route("/api/v1/", any(nothing))
        .route("/api/v1/{*rest}", any(nothing))
        .method_not_allowed_fallback(not_so)
        .with_state(desk)
        // A browser that is led here keeps a file and shows nothing (ASVS 14.4.2).
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"api.json\""),
        ))
}

/// An address at which there is nothing.
async fn nothing(uri: Uri) -> Failed {
    Fault::Unknown { what: "call", id: uri.path().to_owned() }.into()
}

/// An address that is there, for something else: the header `Allow` says what for.
async fn not_so(method: Method, uri: Uri) -> Failed {
    Failed::new(StatusCode::METHOD_NOT_ALLOWED, "input", format!("`{method}` cannot be done with {}", uri.path()))
}

/// A file to keep. Its name loses what a header or a file system could misunderstand.
fn download(file: Download) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.plain_name()));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(file.media_type);
    ([(header::CONTENT_DISPOSITION, disposition), (header::CONTENT_TYPE, kind)], file.bytes).into_response()
}

#[cfg(test)]
mod tests;
