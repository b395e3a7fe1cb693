//! Which part of the tenant a path belongs to.

use axum::http::Method;
use serde_json::Value;

use crate::http::Asked;

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The token endpoint.
    Token,
    /// What the platform says about a tenant.
    Discovery,
    /// A cmdlet, by its name as the body has it.
    Cmdlet(String),
    /// Graph's domains and their records.
    Domains,
    /// A hunting query.
    Hunting,
    /// A message that is handed in.
    Submission,
    /// Subscriptions started, stopped, listed.
    Subscriptions,
    /// The list of content.
    Content,
    /// A blob of content.
    Blob,
    /// Nothing that there is.
    Unknown,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Token(String),
    Discovery(String),
    Exchange(String),
    Graph(Vec<String>),
    Feed(String, Vec<String>),
    Control(String),
    Nowhere,
}

/// The place of a request, by its path.
pub(crate) fn place(asked: &Asked) -> Place {
    let segments = asked.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["stand-in", name] => Place::Control((*name).to_owned()),
        [tenant, "oauth2", "v2.0", "token"] => Place::Token((*tenant).to_owned()),
        [tenant, "v2.0", ".well-known", "openid-configuration"] => Place::Discovery((*tenant).to_owned()),
        ["adminapi", "beta", tenant, "InvokeCommand"] => Place::Exchange((*tenant).to_owned()),
        ["api", "v1.0", tenant, "activity", "feed", rest @ ..] => {
            Place::Feed((*tenant).to_owned(), rest.iter().map(|part| (*part).to_owned()).collect())
        }
        ["v1.0" | "beta", ..] => Place::Graph(segments),
        _ => Place::Nowhere,
    }
}

/// What a request is about.
pub(crate) fn of(place: &Place, asked: &Asked) -> Route {
    match place {
        Place::Token(_) => Route::Token,
        Place::Discovery(_) => Route::Discovery,
        Place::Exchange(_) => Route::Cmdlet(cmdlet(asked)),
        Place::Graph(parts) => match parts.get(1).map(String::as_str) {
            Some("domains") => Route::Domains,
            Some("security") if parts.iter().any(|part| part == "threatSubmission") => Route::Submission,
            Some("security") => Route::Hunting,
            _ => Route::Unknown,
        },
        Place::Feed(_, rest) => match rest.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["audit", ..] => Route::Blob,
            ["subscriptions", "content"] => Route::Content,
            ["subscriptions", ..] => Route::Subscriptions,
            _ => Route::Unknown,
        },
        Place::Control(_) | Place::Nowhere => Route::Unknown,
    }
}

fn cmdlet(asked: &Asked) -> String {
    let body: Value =
        if asked.method == Method::POST { serde_json::from_slice(&asked.body).unwrap_or_default() } else { Value::Null };
    body.pointer("/CmdletInput/CmdletName").and_then(Value::as_str).unwrap_or_default().to_owned()
}
