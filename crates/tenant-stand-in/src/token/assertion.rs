//! A JWT that an application signed with its certificate's key, in place of a secret.
//!
//! Authority: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>, RFC 7523 section 3, RFC 7518 sections 3.3 and 3.5.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::Denied;
use crate::app::App;
use crate::certificate::{public_key, thumbprint};
use crate::clock::shifted;
use crate::house::Authority;
use crate::tenant::{Object, Tenant};

/// How far the clocks of two machines may be apart.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Checks an assertion; gives its identifier, which may be used once.
pub(super) fn check(app: &App, tenant: &Tenant, authority: &Authority, jwt: &str, now: DateTime<Utc>) -> Result<String, Denied> {
    let (signed, signature) = jwt.rsplit_once('.').ok_or_else(|| malformed("it has no signature."))?;
    let (header, claims) = signed.split_once('.').ok_or_else(|| malformed("it has not three parts."))?;
    let (header, claims) = (part(header)?, part(claims)?);
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed("its signature is not base64url."))?;
    check_signature(app, &header, signed, &signature)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    for name in ["iss", "sub"] {
        if !text(name).is_some_and(|value| value.eq_ignore_ascii_case(&app.client_id)) {
            let words = "Client assertion application identifier doesn't match 'client_id' parameter.";
            return Err(Denied::new(401, "invalid_client", 700_021, words));
        }
    }
    if !text("aud").is_some_and(|audience| authority.is_audience(audience, tenant)) {
        let words = "Client assertion audience claim does not match Realm issuer.";
        return Err(Denied::new(401, "invalid_client", 700_023, words));
    }
    check_time(&claims, now)?;
    let id = text("jti").filter(|id| !id.is_empty()).ok_or_else(|| malformed("it has no identifier (jti)."))?;
    Ok(id.to_owned())
}

/// A part of a JWT that is an object.
fn part(encoded: &str) -> Result<Object, Denied> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| malformed("a part of it is not base64url."))?;
    serde_json::from_slice(&bytes).map_err(|_| malformed("a part of it is no JSON object."))
}

pub(super) fn malformed(why: &str) -> Denied {
    Denied::new(400, "invalid_request", 50027, format!("JWT token is invalid or malformed: {why}"))
}

fn check_signature(app: &App, header: &Object, signed: &str, signature: &[u8]) -> Result<(), Denied> {
    let invalid = |reason: &str| {
        Denied::new(
            401,
            "invalid_client",
            700_027,
            format!("Client assertion contains an invalid signature. [Reason - {reason}]"),
        )
    };
    let algorithm: &'static RsaParameters = match header.get("alg").and_then(Value::as_str) {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(invalid("The algorithm is not supported.")),
    };
    let named = header.get("x5t#S256").and_then(Value::as_str);
    let Some(certificate) = app.certificates.iter().find(|der| named == Some(thumbprint(der).as_str())) else {
        return Err(invalid("The key was not found."));
    };
    let key = public_key(certificate).ok_or_else(|| invalid("The key could not be read."))?;
    let verified = UnparsedPublicKey::new(algorithm, key).verify(signed.as_bytes(), signature);
    verified.map_err(|_| invalid("The signature does not match."))
}

fn check_time(claims: &Object, now: DateTime<Utc>) -> Result<(), Denied> {
    let moment = |name: &str| claims.get(name).and_then(Value::as_i64).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let expires = moment("exp").ok_or_else(|| malformed("it has no time of expiry (exp)."))?;
    let begins = moment("nbf").or_else(|| moment("iat"));
    if begins.is_none_or(|begins| begins <= shifted(now, SKEW)) && now < shifted(expires, SKEW) {
        return Ok(());
    }
    let words =
        format!("Client assertion is not within its valid time range. Current time: {now}, expiry time of assertion {expires}.");
    Err(Denied::new(401, "invalid_client", 700_024, words))
}
