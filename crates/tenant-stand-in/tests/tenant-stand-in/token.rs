//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>, <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use spoofwatch_tenant_stand_in::{App, CLIENT_ID, CLIENT_SECRET, Certificate, Scenario};

use crate::support::{Bench, EXCHANGE, GRAPH, Outcome};

const TENANT: &str = "contoso.onmicrosoft.com";

#[tokio::test]
async fn a_secret_gives_a_token_for_an_hour() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let fields =
        [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("scope", GRAPH)];
    for tenant in [TENANT, "contoso.com", &bench.tenant.tenant_id.clone()] {
        let answer = bench.form(tenant, &fields).await?;
        assert_eq!(
            (answer.status, &answer.body["token_type"], &answer.body["expires_in"]),
            (200, &json!("Bearer"), &json!(3599))
        );
    }
    assert!(!bench.tenant.was_in_address(CLIENT_SECRET));
    let token = bench.token(EXCHANGE).await?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap_or_default())?)?;
    assert_eq!((&claims["roles"], &claims["tid"]), (&json!(["Exchange.ManageAsApp"]), &json!(bench.tenant.tenant_id)));
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_told_by_a_number() -> Outcome {
    let app = "6f1f3f0a-9a3b-4a61-8c58-2f1d8a5e7c02";
    let scenario = Scenario::contoso().app(App::new(app).secret("old", DateTime::<Utc>::UNIX_EPOCH));
    let bench = Bench::new(scenario).await?;
    let right =
        [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("scope", GRAPH)];
    let table: [(&str, &str, &str, u16, &str, i64); 11] = [
        (TENANT, "client_secret", "guess", 401, "invalid_client", 7_000_215),
        (TENANT, "client_secret", "", 401, "invalid_client", 7_000_218),
        (TENANT, "client_id", "6f1f3f0a-9a3b-4a61-8c58-2f1d8a5e7c09", 400, "unauthorized_client", 700_016),
        (TENANT, "client_id", "", 400, "invalid_request", 900_144),
        (TENANT, "grant_type", "password", 400, "unsupported_grant_type", 70003),
        (TENANT, "grant_type", "", 400, "invalid_request", 900_144),
        (TENANT, "scope", "", 400, "invalid_request", 900_144),
        (TENANT, "scope", "https://graph.microsoft.com/Domain.Read.All", 400, "invalid_scope", 1_002_012),
        (TENANT, "scope", "https://vault.azure.net/.default", 400, "invalid_resource", 500_011),
        (TENANT, "scope", "https://graph.microsoft.com/.default https://manage.office.com/.default", 400, "invalid_scope", 28000),
        ("fabrikam.onmicrosoft.com", "scope", GRAPH, 400, "invalid_request", 90002),
    ];
    for (tenant, field, value, status, error, code) in table {
        let fields = right.map(|(name, right)| (name, if name == field { value } else { right }));
        let answer = bench.form(tenant, &fields).await?;
        assert_eq!((answer.status, &answer.body["error"]), (status, &json!(error)), "{field}={value}");
        assert_eq!(answer.body["error_codes"], json!([code]), "{field}={value}");
        let words = answer.body["error_description"].as_str().unwrap_or_default();
        assert!(words.starts_with(&format!("AADSTS{code}: ")), "{words}");
    }
    let old = right.map(|(name, right)| match name {
        "client_id" => (name, app),
        "client_secret" => (name, "old"),
        _ => (name, right),
    });
    assert_eq!(bench.form(TENANT, &old).await?.body["error_codes"], json!([7_000_222]));
    Ok(())
}

#[tokio::test]
async fn only_a_form_that_is_posted_is_read() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let target = format!("/{TENANT}/oauth2/v2.0/token?client_secret={CLIENT_SECRET}");
    let answer = bench.send("POST", &target, &[("content-type", "application/json")], "{}".to_owned()).await?;
    assert_eq!((answer.status, &answer.body["error_codes"]), (400, &json!([900_144])));
    assert_eq!(bench.send("GET", &target, &[], String::new()).await?.body["error_codes"], json!([900_561]));
    assert!(bench.tenant.was_in_address(CLIENT_SECRET));
    Ok(())
}

/// A signed JWT.
fn assertion(key: &RsaKeyPair, header: &Value, claims: &Value) -> Result<String, Unspecified> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    let padding: &'static dyn aws_lc_rs::signature::RsaEncoding =
        if header["alg"] == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
    key.sign(padding, &SystemRandom::new(), signed.as_bytes(), &mut signature)?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[tokio::test]
async fn a_certificate_proves_an_application() -> Outcome {
    let certificate = Certificate::generate("spoofwatch test")?;
    let scenario = Scenario::contoso().app(App::new(CLIENT_ID).with_everything().certificate(certificate.der()));
    let bench = Bench::new(scenario).await?;
    let key = RsaKeyPair::from_pkcs8(certificate.private_key_der())?;
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, certificate.der()));
    let now = bench.tenant.now().timestamp();
    let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint });
    let audience = format!("{}/{TENANT}/oauth2/v2.0/token", bench.tenant.base());
    let claims =
        |id: &str| json!({ "aud": audience, "iss": CLIENT_ID, "sub": CLIENT_ID, "jti": id, "nbf": now, "exp": now + 600 });
    let ask = async |jwt: String| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT_ID),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", jwt.as_str()),
            ("scope", EXCHANGE),
        ];
        bench
            .form(TENANT, &fields)
            .await
            .map(|answer| (answer.status, answer.body["error_codes"][0].as_i64().unwrap_or_default()))
    };
    let with = |base: &Value, name: &str, value: Value| {
        let mut changed = base.clone();
        changed[name] = value;
        changed
    };
    assert_eq!(ask(assertion(&key, &header, &claims("1"))?).await?, (200, 0));
    assert_eq!(ask(assertion(&key, &with(&header, "alg", json!("RS256")), &claims("2"))?).await?, (200, 0));
    let microsoft = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", bench.tenant.tenant_id);
    assert_eq!(ask(assertion(&key, &header, &with(&claims("3"), "aud", json!(microsoft)))?).await?, (200, 0));
    // An identifier is used once.
    assert_eq!(ask(assertion(&key, &header, &claims("1"))?).await?, (400, 50027));
    let long_ago = now - TimeDelta::hours(1).num_seconds();
    let refused = [
        (with(&header, "x5t#S256", json!("bm9uZQ")), claims("4"), 700_027),
        (with(&header, "alg", json!("none")), claims("4"), 700_027),
        (
            header.clone(),
            with(&claims("4"), "aud", json!("https://login.microsoftonline.com/adatum.com/oauth2/v2.0/token")),
            700_023,
        ),
        (header.clone(), with(&claims("4"), "iss", json!("somebody")), 700_021),
        (header.clone(), with(&claims("4"), "sub", json!("somebody")), 700_021),
        (header.clone(), with(&claims("4"), "exp", json!(long_ago)), 700_024),
        (header.clone(), with(&claims("4"), "jti", Value::Null), 50027),
    ];
    for (header, claims, code) in refused {
        assert_eq!(ask(assertion(&key, &header, &claims)?).await?.1, code, "{header} {claims}");
    }
    let forged = assertion(&key, &header, &claims("4"))?.replace('.', "A.");
    assert_ne!(ask(forged).await?.0, 200);
    assert_eq!(ask("no jwt".to_owned()).await?, (400, 50027));
    Ok(())
}

#[tokio::test]
async fn a_domain_tells_whose_it_is() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let ask = |tenant: &str| {
        let target = format!("/{tenant}/v2.0/.well-known/openid-configuration");
        let bench = &bench;
        async move { bench.send("GET", &target, &[], String::new()).await }
    };
    let found = ask("contoso.com").await?;
    let id = &bench.tenant.tenant_id;
    assert_eq!(found.body["issuer"], json!(format!("https://login.microsoftonline.com/{id}/v2.0")));
    let missing = ask("adatum.com").await?;
    assert_eq!(
        (missing.status, &missing.body["error"], &missing.body["error_codes"]),
        (400, &json!("invalid_tenant"), &json!([90002]))
    );
    Ok(())
}

#[tokio::test]
async fn a_token_is_over_after_its_time() -> Outcome {
    let bench = Bench::new(Scenario::contoso().token_life(Duration::from_secs(60))).await?;
    let token = bench.token(EXCHANGE).await?;
    let target = format!("/adminapi/beta/{TENANT}/InvokeCommand");
    let ask = async |token: &str| bench.invoke(&target, token, &[], "Get-ArcConfig", json!({})).await;
    assert_eq!(ask(&token).await?.status, 200);
    bench.tenant.advance(Duration::from_secs(60));
    let expired = ask(&token).await?;
    assert_eq!(expired.status, 401);
    assert!(expired.header("www-authenticate").is_some_and(|value| value.contains("invalid_token")));
    assert_eq!(ask(&bench.token(EXCHANGE).await?).await?.status, 200);
    bench.tenant.revoke_tokens();
    assert_eq!(ask(&token).await?.status, 401);
    Ok(())
}
