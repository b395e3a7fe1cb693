//! The token endpoint of the Microsoft identity platform, for applications that act as themselves.
//!
//! Authority: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>, and for the numbers of errors
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

mod assertion;
pub(crate) mod discovery;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::access::{Grant, Resource};
use crate::app::App;
use crate::clock::shifted;
use crate::house::{Authority, State};
use crate::http::{Asked, Reply};
use crate::identifier;

/// What the type of a signed assertion must be called (RFC 7523 section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why no token is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied {
    pub(crate) status: u16,
    /// The error of RFC 6749 section 5.2.
    pub(crate) error: &'static str,
    /// The number after `AADSTS`.
    pub(crate) code: u32,
    /// What is wrong, in words.
    pub(crate) text: String,
}

impl Denied {
    pub(crate) fn new(status: u16, error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self { status, error, code, text: text.into() }
    }

    fn reply(&self, serial: u64, now: DateTime<Utc>) -> Reply {
        let trace = identifier::guid(&format!("trace {serial}"));
        let correlation = identifier::guid(&format!("correlation {serial}"));
        let moment = now.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let words =
            format!("AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}", self.code, self.text);
        Reply::json(
            self.status,
            &json!({
                "error": self.error,
                "error_description": words,
                "error_codes": [self.code],
                "timestamp": moment,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
            }),
        )
    }
}

/// Answers a request for a token.
pub(crate) fn answer(state: &mut State, authority: &Authority, asked: &Asked, tenant: &str, now: DateTime<Utc>) -> Reply {
    if asked.method != axum::http::Method::POST {
        return Denied::new(400, "invalid_request", 900_561, "The endpoint only accepts POST requests.").reply(state.issued, now);
    }
    state.issued += 1;
    match grant(state, authority, asked, tenant, now) {
        Ok(grant) => {
            let seconds = authority.token_life.num_seconds();
            let token = access_token(state, &grant, now);
            state.tokens.insert(token.clone(), grant);
            let body = json!({ "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token });
            Reply::json(200, &body).with("cache-control", "no-store, no-cache").with("pragma", "no-cache")
        }
        Err(denied) => denied.reply(state.issued, now),
    }
}

fn grant(state: &mut State, authority: &Authority, asked: &Asked, tenant: &str, now: DateTime<Utc>) -> Result<Grant, Denied> {
    let form = form(asked)?;
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let needed = |name: &str| field(name).ok_or_else(|| missing(name));
    let kind = needed("grant_type")?;
    if !state.tenant.is_named(tenant) {
        let text = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
        );
        return Err(Denied::new(400, "invalid_request", 90002, text));
    }
    if kind != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{kind}'.");
        return Err(Denied::new(400, "unsupported_grant_type", 70003, text));
    }
    let client_id = needed("client_id")?;
    let Some(app) = state.apps.iter().find(|app| app.client_id.eq_ignore_ascii_case(client_id)).cloned() else {
        let text = format!("Application with identifier '{client_id}' was not found in the directory '{tenant}'.");
        return Err(Denied::new(400, "unauthorized_client", 700_016, text));
    };
    match (field("client_secret"), field("client_assertion")) {
        (Some(secret), None) => check_secret(&app, secret, now)?,
        (None, Some(written)) => {
            if needed("client_assertion_type")? != ASSERTION_TYPE {
                return Err(Denied::new(400, "invalid_request", 50027, "The value of client_assertion_type is not supported."));
            }
            let id = assertion::check(&app, &state.tenant, authority, written, now)?;
            if !state.used.insert(id) {
                return Err(assertion::malformed("its identifier (jti) was used before."));
            }
        }
        (None, None) | (Some(_), Some(_)) => {
            let text = "The request body must contain one of the parameters 'client_assertion' or 'client_secret'.";
            return Err(Denied::new(401, "invalid_client", 7_000_218, text));
        }
    }
    let resource = resource(needed("scope")?)?;
    Ok(Grant { client_id: app.client_id, resource, expires: shifted(now, authority.token_life) })
}

/// A JWT as the service's are, but for its signature. Who asks must not look into it, but some do, for the permissions.
fn access_token(state: &State, grant: &Grant, now: DateTime<Utc>) -> String {
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let app = state.apps.iter().find(|app| app.client_id == grant.client_id);
    let roles: Vec<&String> =
        app.iter().flat_map(|app| &app.roles).filter(|role| Resource::of_permission(role) == Some(grant.resource)).collect();
    let claims = json!({
        "aud": grant.resource.uri(),
        "iss": format!("https://sts.windows.net/{}/", state.tenant.id),
        "iat": now.timestamp(),
        "nbf": now.timestamp(),
        "exp": grant.expires.timestamp(),
        "appid": grant.client_id,
        "idtyp": "app",
        "roles": roles,
        "tid": state.tenant.id,
        "uti": identifier::hex(&format!("{} {}", state.tenant.id, state.issued)),
        "ver": "1.0",
    });
    let signature = identifier::hex(&format!("signature {} {}", state.tenant.id, state.issued));
    format!("{}.{}.{}", part(&json!({ "typ": "JWT", "alg": "RS256", "kid": "stand-in" })), part(&claims), signature)
}

fn form(asked: &Asked) -> Result<BTreeMap<String, String>, Denied> {
    if asked.media_type().as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(missing("grant_type"));
    }
    let mut form = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(&asked.body).into_owned() {
        if form.insert(name.clone(), value).is_some() {
            let text = format!("The parameter '{name}' is duplicated.");
            return Err(Denied::new(400, "invalid_request", 90055, text));
        }
    }
    Ok(form)
}

fn missing(name: &str) -> Denied {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    Denied::new(400, "invalid_request", 900_144, text)
}

fn check_secret(app: &App, secret: &str, now: DateTime<Utc>) -> Result<(), Denied> {
    let id = &app.client_id;
    let Some((_, until)) = app.secrets.iter().find(|(known, _)| known == secret) else {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{id}'."
        );
        return Err(Denied::new(401, "invalid_client", 7_000_215, text));
    };
    if now < *until {
        return Ok(());
    }
    let text = format!("The provided client secret keys for app '{id}' are expired.");
    Err(Denied::new(401, "invalid_client", 7_000_222, text))
}

/// The one resource of a scope: applications ask for all that they were given there.
fn resource(scope: &str) -> Result<Resource, Denied> {
    let mut scopes = scope.split_ascii_whitespace();
    let (Some(first), None) = (scopes.next(), scopes.next()) else {
        let text = format!("The provided request must include a scope of one resource only; '{scope}' is not valid.");
        return Err(Denied::new(400, "invalid_scope", 28000, text));
    };
    let Some(uri) = first.strip_suffix("/.default") else {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(Denied::new(400, "invalid_scope", 1_002_012, text));
    };
    Resource::of(uri).ok_or_else(|| {
        let text = format!("The resource principal named {uri} was not found in the tenant.");
        Denied::new(400, "invalid_resource", 500_011, text)
    })
}

/// How long a token is good that nobody asked to be otherwise.
pub(crate) const LIFE: TimeDelta = TimeDelta::seconds(3599);
