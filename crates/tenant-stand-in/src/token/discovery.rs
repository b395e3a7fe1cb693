//! What the platform says about itself to whoever knows a domain of the tenant: the tenant's id is in it.
//!
//! Authority: <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>, OpenID Connect Discovery 1.0 section 4.

use axum::http::Method;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::Denied;
use crate::house::{Authority, State};
use crate::http::{Asked, Reply};

/// Answers `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) fn answer(state: &mut State, authority: &Authority, asked: &Asked, tenant: &str, now: DateTime<Utc>) -> Reply {
    if asked.method != Method::GET {
        return Reply::empty(405).with("allow", "GET");
    }
    state.issued += 1;
    if !state.tenant.is_named(tenant) {
        let text = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
        );
        return Denied::new(400, "invalid_tenant", 90002, text).reply(state.issued, now);
    }
    let (base, id) = (&authority.base, &state.tenant.id);
    let body = json!({
        "token_endpoint": format!("{base}/{id}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/{id}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        // The issuer is a name, and stays Microsoft's.
        "issuer": format!("https://login.microsoftonline.com/{id}/v2.0"),
        "authorization_endpoint": format!("{base}/{id}/oauth2/v2.0/authorize"),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": "graph.microsoft.com",
    });
    Reply::json(200, &body)
}
