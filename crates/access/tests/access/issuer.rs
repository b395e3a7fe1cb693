//! A stand-in for an OpenID provider, on the loopback, that can be made to lie.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Checked, T0};

/// How it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    None,
    WrongNonce,
    WrongAudience,
    TwoAudiences,
    WrongIssuer,
    Expired,
    AlgorithmNone,
    KeyedHash,
    ForeignKey,
    NoIdToken,
    Huge,
}

#[derive(Debug)]
struct Issuer {
    address: String,
    key: EcdsaKeyPair,
    foreign: EcdsaKeyPair,
    lie: Lie,
    /// What it says of who signs in.
    claims: Value,
    /// Codes it gave out: nonce, challenge.
    codes: Mutex<HashMap<String, (String, String)>>,
    /// Which key stands in its list.
    key_id: String,
}

/// A running stand-in.
pub(crate) struct StandIn(Arc<Issuer>);

fn key() -> Checked<EcdsaKeyPair> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
    Ok(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref())?)
}

impl StandIn {
    pub(crate) async fn start(lie: Lie, claims: Value) -> Checked<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (key, foreign) = (key()?, key()?);
        let issuer = Arc::new(Issuer { address, key, foreign, lie, claims, codes: Mutex::default(), key_id: "one".to_owned() });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&issuer));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self(issuer))
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    /// Somebody signs in there, who was sent to `asked`: what they come back with.
    pub(crate) fn sign_in(&self, asked: &Url) -> Checked<HashMap<String, String>> {
        let sent: HashMap<String, String> = asked.query_pairs().into_owned().collect();
        let get = |name: &str| sent.get(name).cloned().ok_or_else(|| format!("{name} was not sent"));
        assert_eq!(get("response_type")?, "code");
        assert_eq!(get("code_challenge_method")?, "S256");
        assert!(get("scope")?.split(' ').any(|scope| scope == "openid"));
        let mut codes = self.0.codes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let code = format!("code of {}", get("state")?);
        codes.insert(code.clone(), (get("nonce")?, get("code_challenge")?));
        Ok(HashMap::from([("code".to_owned(), code), ("state".to_owned(), get("state")?)]))
    }
}

async fn discovery(State(issuer): State<Arc<Issuer>>) -> Response {
    if issuer.lie == Lie::Huge {
        return " ".repeat(2 << 20).into_response();
    }
    let address = &issuer.address;
    Json(json!({
        "issuer": address, "authorization_endpoint": format!("{address}/authorize"), "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    }))
    .into_response()
}

async fn keys(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    // An uncompressed point: 4, x, y.
    let point = issuer.key.public_key().as_ref();
    let part = |from: usize, to: usize| URL_SAFE_NO_PAD.encode(&point[from..to]);
    Json(
        json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": issuer.key_id, "x": part(1, 33), "y": part(33, 65)}]}),
    )
}

async fn token(State(issuer): State<Arc<Issuer>>, Form(sent): Form<HashMap<String, String>>) -> Response {
    let given =
        sent.get("code").and_then(|code| issuer.codes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(code));
    let verifier = sent.get("code_verifier").map(String::as_str).unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    let Some((nonce, _)) = given.filter(|(_, asked)| *asked == challenge) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    let id_token = id_token(&issuer, &nonce);
    let mut answer = json!({"access_token": "unused", "token_type": "Bearer", "expires_in": 60});
    if issuer.lie != Lie::NoIdToken {
        answer["id_token"] = json!(id_token);
    }
    Json(answer).into_response()
}

fn id_token(issuer: &Issuer, nonce: &str) -> String {
    let now = T0 / 1_000_000;
    let mut claims = json!({
        "iss": issuer.address, "aud": "spoofwatch", "sub": "subject-1", "iat": now, "exp": now + 300, "nonce": nonce,
    });
    match issuer.lie {
        Lie::WrongNonce => claims["nonce"] = json!("another"),
        Lie::WrongAudience => claims["aud"] = json!("another"),
        Lie::TwoAudiences => claims["aud"] = json!(["spoofwatch", "another"]),
        Lie::WrongIssuer => claims["iss"] = json!("https://evil.example"),
        Lie::Expired => claims["exp"] = json!(now - 1),
        Lie::None | Lie::AlgorithmNone | Lie::KeyedHash | Lie::ForeignKey | Lie::NoIdToken | Lie::Huge => {}
    }
    for (name, value) in issuer.claims.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let algorithm = match issuer.lie {
        Lie::AlgorithmNone => "none",
        Lie::KeyedHash => "HS256",
        _ => "ES256",
    };
    let head = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm, "typ": "JWT", "kid": issuer.key_id}).to_string());
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = if issuer.lie == Lie::ForeignKey { &issuer.foreign } else { &issuer.key };
    let signature = match issuer.lie {
        Lie::AlgorithmNone => Vec::new(),
        // With the client's secret as the key, which somebody may have learned.
        Lie::KeyedHash => {
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"client secret");
            aws_lc_rs::hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        }
        _ => key.sign(&SystemRandom::new(), signed.as_bytes()).map(|made| made.as_ref().to_vec()).unwrap_or_default(),
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
