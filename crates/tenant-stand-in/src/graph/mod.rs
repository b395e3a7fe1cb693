//! Microsoft Graph: domains with their records, hunting queries, submissions.
//!
//! Authority: <https://learn.microsoft.com/graph/api/overview>, and <https://learn.microsoft.com/graph/errors> for the bodies of errors.

pub(crate) mod domains;
pub(crate) mod hunting;
mod query;
pub(crate) mod submission;

use axum::http::Method;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::access::{self, Denied, Resource};
use crate::house::{Authority, State};
use crate::http::{Asked, Reply};
use crate::identifier::guid;

/// A refusal with its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) text: String,
}

impl Refused {
    pub(crate) fn new(status: u16, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, text: text.into() }
    }

    fn not_found(what: &str) -> Self {
        let text = format!("Resource '{what}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(404, "Request_ResourceNotFound", text)
    }

    fn reply(&self, asked: &Asked, serial: u64, now: DateTime<Utc>) -> Reply {
        let request = guid(&format!("graph {serial}"));
        let client = asked.header("client-request-id").map_or_else(|| request.clone(), str::to_owned);
        let body = json!({ "error": {
            "code": self.code,
            "message": self.text,
            "innerError": {
                "date": now.format("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": request,
                "client-request-id": client,
            },
        } });
        let reply = Reply::json(self.status, &body).with("request-id", request).with("client-request-id", client);
        if self.status == 401 {
            reply.with(
                "www-authenticate",
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"",
            )
        } else {
            reply
        }
    }
}

/// Answers a request below `/v1.0` or `/beta`.
pub(crate) fn answer(state: &mut State, authority: &Authority, asked: &Asked, parts: &[String], now: DateTime<Utc>) -> Reply {
    state.issued += 1;
    let serial = state.issued;
    match operate(state, authority, asked, parts, now) {
        Ok(reply) => reply.with("request-id", guid(&format!("graph {serial}"))),
        Err(refused) => {
            let reply = refused.reply(asked, serial, now);
            if refused.status == 429 {
                reply.with("retry-after", (60 - now.timestamp().rem_euclid(60)).to_string())
            } else {
                reply
            }
        }
    }
}

fn operate(
    state: &mut State,
    authority: &Authority,
    asked: &Asked,
    parts: &[String],
    now: DateTime<Utc>,
) -> Result<Reply, Refused> {
    let grant = access::check(&state.tokens, asked, Resource::Graph, now).map_err(unauthorized)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (method, permission) = match parts.as_slice() {
        [_, "domains"] | [_, "domains", _] | [_, "domains", _, "verificationDnsRecords" | "serviceConfigurationRecords"] => {
            (Method::GET, "Domain.Read.All")
        }
        [_, "security", "runHuntingQuery" | "microsoft.graph.security.runHuntingQuery"] => {
            (Method::POST, "ThreatHunting.Read.All")
        }
        // Only in beta, by its page.
        ["beta", "security", "threatSubmission", "emailThreats"] => (Method::POST, "ThreatSubmission.ReadWrite.All"),
        ["beta", "security", "threatSubmission", "emailThreats", _] => (Method::GET, "ThreatSubmission.ReadWrite.All"),
        _ => {
            let text = format!("Resource not found for the segment '{}'.", parts.last().copied().unwrap_or_default());
            return Err(Refused::new(400, "BadRequest", text));
        }
    };
    if asked.method != method {
        return Err(Refused::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."));
    }
    if !state.apps.iter().any(|app| app.client_id == grant.client_id && app.may(permission)) {
        return Err(Refused::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."));
    }
    match parts.as_slice() {
        [_, "domains"] => domains::list(state, authority, asked),
        [_, "domains", id] => domains::one(state, id),
        [_, "domains", id, "verificationDnsRecords"] => domains::verification(state, id),
        [_, "domains", id, _] => domains::service(state, id),
        [_, "security", "threatSubmission", _, id] => submission::one(state, id, now),
        [_, "security", "threatSubmission", _] => submission::create(state, &body(asked)?, now),
        _ => {
            let is_bare = asked.header("accept").is_some_and(|accept| accept.contains("odata.metadata=none"));
            hunting::run(state, authority, &body(asked)?, is_bare, now)
        }
    }
}

/// A body in JSON.
fn body(asked: &Asked) -> Result<Value, Refused> {
    if asked.media_type().as_deref() != Some("application/json") {
        return Err(Refused::new(415, "UnsupportedMediaType", "The content type of the request is not supported."));
    }
    serde_json::from_slice(&asked.body).map_err(|_| Refused::new(400, "BadRequest", "Unable to read JSON request payload."))
}

fn unauthorized(denied: Denied) -> Refused {
    let text = match denied {
        Denied::Missing => "Access token is empty.",
        Denied::Unknown => "CompactToken parsing failed with error code: 80049217",
        Denied::Expired => "Lifetime validation failed, the token is expired.",
        Denied::Audience => "Access token validation failure. Invalid audience.",
    };
    Refused::new(401, "InvalidAuthenticationToken", text)
}
