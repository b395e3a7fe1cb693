//! Access tokens by OAuth's client credentials (RFC 6749 section 4.4): asked for once, remembered until shortly before they expire.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::{
    credentials::Credentials,
    endpoints::{Endpoints, below},
    error::{Error, words},
    http::{Ask, Effect, Http},
    moment::{self, Moment},
};

/// How long before it expires a token is not used any more.
const MARGIN: Duration = Duration::from_secs(300);
/// How long a refusal is remembered: what waits for the same token gets the same answer, and nobody is locked out by hammering.
const REFUSED: Duration = Duration::from_secs(30);
/// Most bytes of an answer with a token.
const MOST_BYTES: usize = 1 << 20;
/// What codes mean, one a line: code, passing, meaning, advice.
const CODES: &str = include_str!("sign_in.tsv");

/// An interface that a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Exchange Online.
    Exchange,
    /// Microsoft Graph.
    Graph,
    /// The Management Activity API.
    Management,
}

/// Why Microsoft Entra gave no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The code, such as `AADSTS7000215`, or OAuth's (`invalid_client`) where there is none.
    pub code: String,
    /// What the code means, in words for people.
    pub meaning: String,
    /// What to do.
    pub advice: String,
    /// What the service said, without the secret.
    pub message: String,
    /// Whether the same may work later.
    pub passing: bool,
}

impl fmt::Display for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, meaning, advice, message, .. } = self;
        write!(f, "signing in failed: {meaning} ({code}); {advice}. The service said: {message}")
    }
}

/// A token. Debug output shows when it expires only.
#[derive(Clone)]
pub(crate) struct Token {
    /// The token itself, as the header has it: `Bearer ...`, marked as not to be shown.
    pub(crate) header: HeaderValue,
    /// The application permissions that it says it has.
    pub(crate) roles: Arc<[String]>,
    until: Moment,
    number: u64,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("until", &moment::iso(self.until)).finish_non_exhaustive()
    }
}

/// What is remembered of an interface.
#[derive(Debug, Default)]
struct Remembered {
    token: Option<Token>,
    refused: Option<(Error, Moment)>,
    asked: u64,
}

/// Gives tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    http: Http,
    endpoints: Endpoints,
    tenant: String,
    application: String,
    credentials: Credentials,
    /// By interface. Whoever asks for a token holds the lock, so that one request is under way at a time.
    remembered: [Mutex<Remembered>; 3],
}

impl Tokens {
    pub(crate) fn new(http: Http, endpoints: Endpoints, tenant: String, application: String, credentials: Credentials) -> Self {
        Self { http, endpoints, tenant, application, credentials, remembered: Default::default() }
    }

    /// A token that holds for some minutes at least.
    pub(crate) async fn get(&self, scope: Scope) -> Result<Token, Error> {
        self.token(scope, None).await
    }

    /// Another token than one that was not taken.
    pub(crate) async fn instead_of(&self, scope: Scope, stale: &Token) -> Result<Token, Error> {
        self.token(scope, Some(stale.number)).await
    }

    async fn token(&self, scope: Scope, stale: Option<u64>) -> Result<Token, Error> {
        let slot = match scope {
            Scope::Exchange => &self.remembered[0],
            Scope::Graph => &self.remembered[1],
            Scope::Management => &self.remembered[2],
        };
        let mut slot = slot.lock().await;
        let now = self.http.clock().now();
        if let Some(token) = &slot.token
            && now < token.until
            && stale != Some(token.number)
        {
            return Ok(token.clone());
        }
        if let Some((refused, until)) = &slot.refused
            && now < *until
        {
            return Err(refused.clone());
        }
        slot.asked += 1;
        match self.ask(scope, slot.asked).await {
            Ok(token) => {
                slot.token = Some(token.clone());
                slot.refused = None;
                Ok(token)
            }
            Err(error) => {
                slot.token = None;
                slot.refused = Some((error.clone(), self.http.clock().now().saturating_add(moment::span(REFUSED))));
                Err(error)
            }
        }
    }

    async fn ask(&self, scope: Scope, number: u64) -> Result<Token, Error> {
        let url = below(&self.endpoints.login, &[&self.tenant, "oauth2", "v2.0", "token"]);
        let audience = match scope {
            Scope::Exchange => &self.endpoints.audiences.exchange,
            Scope::Graph => &self.endpoints.audiences.graph,
            Scope::Management => &self.endpoints.audiences.management,
        };
        let now = self.http.clock().now();
        let body = self.form(audience, url.as_str())?.into_bytes();
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))]);
        let what = "signing in".to_owned();
        // Asking for a token twice harms nobody.
        let ask = Ask { what, method: Method::POST, url, headers, body, effect: Effect::Reads, most: MOST_BYTES, is_hunt: false };
        let answer = self.http.send(&ask).await;
        drop(Zeroizing::new(ask.body));
        let answer = answer?;
        if answer.is_success() { token(&answer.body, now, number) } else { Err(self.refused(answer.status, &answer.body)) }
    }

    /// The form that asks for a token (RFC 6749 section 4.4.2).
    fn form(&self, audience: &str, place: &str) -> Result<String, Error> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.application)
            .append_pair("scope", &format!("{audience}/.default"));
        match &self.credentials {
            Credentials::Secret(secret) => form.append_pair("client_secret", secret),
            Credentials::Certificate(certificate) => form
                .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                .append_pair("client_assertion", &certificate.assertion(&self.application, place, self.http.clock().now())?),
        };
        Ok(form.finish())
    }

    fn refused(&self, status: u16, body: &[u8]) -> Error {
        let Ok(said) = serde_json::from_slice::<Said>(body) else {
            return Error::Unavailable {
                what: "signing in".to_owned(),
                why: format!("it answered with status {status} and no reason"),
            };
        };
        let number = said.error_codes.first().copied().or_else(|| number_in(&said.error_description));
        Error::SignIn(Box::new(explain(number, &said.error, words(&self.credentials.redact(&said.error_description)))))
    }
}

/// An answer with a token (RFC 6749 section 5.1).
#[derive(Deserialize)]
struct Given {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
}

/// An answer with a reason (RFC 6749 section 5.2), and what Entra adds.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_codes: Vec<u64>,
}

fn token(body: &[u8], now: Moment, number: u64) -> Result<Token, Error> {
    let odd = |why: &str| Error::Protocol { what: "signing in".to_owned(), why: why.to_owned() };
    // What serde says of an answer might quote it, and it holds a token.
    let given: Given = serde_json::from_slice(body).map_err(|_| odd("it holds no token"))?;
    let access_token = Zeroizing::new(given.access_token);
    let lifetime = match &given.expires_in {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let lifetime = Duration::from_secs(lifetime.ok_or_else(|| odd("it does not say how long the token holds"))?);
    let mut header = HeaderValue::from_str(&Zeroizing::new(format!("Bearer {}", access_token.as_str())))
        .map_err(|_| odd("its token has characters that no token has"))?;
    header.set_sensitive(true);
    // A token that holds for less than twice the margin is used for half of its time.
    let used = lifetime.saturating_sub(MARGIN.min(lifetime / 2));
    Ok(Token { header, roles: roles(&access_token), until: now.saturating_add(moment::span(used)), number })
}

/// The application permissions in a token, if it is a JWT whose claims say so. Nothing rests on them but advice.
fn roles(token: &str) -> Arc<[String]> {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(default)]
        roles: Vec<String>,
    }
    let claims = token.split('.').nth(1).and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Option<Claims> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    claims.map(|claims| claims.roles.iter().map(|role| words(role)).collect()).unwrap_or_default()
}

/// The number behind `AADSTS`.
fn number_in(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("AADSTS")?;
    let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

fn explain(number: Option<u64>, error: &str, message: String) -> SignIn {
    let code = number.map_or_else(|| words(error), |number| format!("AADSTS{number}"));
    let found = number.and_then(|number| {
        let number = number.to_string();
        CODES.lines().find_map(|line| {
            let mut cells = line.split('\t');
            if cells.next() != Some(number.as_str()) {
                return None;
            }
            Some((cells.next()? == "1", cells.next()?, cells.next()?))
        })
    });
    let (passing, meaning, advice) = found.unwrap_or((
        error == "temporarily_unavailable",
        "Microsoft Entra refuses the application",
        "look the code up in Microsoft's list of error codes of authentication and authorisation",
    ));
    SignIn { code, meaning: meaning.to_owned(), advice: advice.to_owned(), message, passing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_and_whole() {
        let mut seen = std::collections::BTreeSet::new();
        for line in CODES.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [code, passing, meaning, advice] = cells.as_slice() else { panic!("four cells: {line}") };
            assert!(code.parse::<u64>().is_ok() && ["0", "1"].contains(passing), "{line}");
            assert!(!meaning.is_empty() && !advice.is_empty() && seen.insert(*code), "{line}");
        }
        assert!(seen.len() > 30);
    }

    #[test]
    fn a_code_is_explained_for_people() {
        let told = explain(Some(7_000_222), "invalid_client", "AADSTS7000222: ...".to_owned());
        assert_eq!(
            told.to_string(),
            "signing in failed: the client secret has expired (AADSTS7000222); make a new one in the application's registration, and \
             configure it. The service said: AADSTS7000222: ..."
        );
        assert_eq!(explain(None, "invalid_request", String::new()).code, "invalid_request");
        assert!(explain(Some(90_033), "temporarily_unavailable", String::new()).passing);
    }

    #[test]
    fn the_number_stands_in_the_text_too() {
        assert_eq!(number_in("AADSTS700016: Application with identifier ..."), Some(700_016));
        assert_eq!(number_in("nothing"), None);
        assert_eq!(number_in("AADSTS"), None);
    }

    #[test]
    fn a_token_is_used_until_five_minutes_before_its_end() {
        let until =
            |seconds: &str| token(format!("{{\"access_token\":\"a\",\"expires_in\":{seconds}}}").as_bytes(), 0, 1).unwrap().until;
        assert_eq!(until("3599"), 3299 * moment::SECOND);
        assert_eq!(until("\"3600\""), 3300 * moment::SECOND);
        assert_eq!(until("60"), 30 * moment::SECOND);
    }

    #[test]
    fn permissions_are_read_from_the_token_and_the_token_is_not_shown() {
        let claims = BASE64_URL_SAFE_NO_PAD.encode("{\"roles\":[\"Domain.Read.All\"]}");
        let body = format!("{{\"access_token\":\"h.{claims}.s\",\"expires_in\":3600}}");
        let token = token(body.as_bytes(), 0, 1).unwrap();
        assert_eq!(*token.roles, ["Domain.Read.All".to_owned()]);
        assert!(!format!("{token:?} {:?}", token.header).contains(&claims));
        assert!(roles("opaque").is_empty());
    }
}
