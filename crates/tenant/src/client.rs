//! A tenant's client: signs in, sends, and signs in once more when a token is not taken.

use std::sync::Arc;

use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::{
    clock::Clock,
    credentials::Credentials,
    endpoints::{Endpoints, below},
    error::{Error, words},
    http::{Answer, Ask, Effect, Http, MOST_BYTES, Patience},
    tokens::{Scope, Tokens},
};

/// What a client is made of.
#[derive(Debug)]
pub struct Settings {
    /// The tenant's id, or a domain of it, its initial one best. Where only the id does, it is looked up for a domain.
    pub tenant: String,
    /// The application's (client) id.
    pub application: String,
    /// What it proves itself with.
    pub credentials: Credentials,
    /// Where the interfaces are.
    pub endpoints: Endpoints,
    /// How long things may take.
    pub patience: Patience,
}

/// Signs in to a tenant and sends requests. Shared by all that asks the same tenant, so that tokens are shared too.
#[derive(Debug)]
pub struct Client {
    http: Http,
    tokens: Tokens,
    endpoints: Endpoints,
    tenant: String,
    id: OnceCell<String>,
}

impl Client {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`].
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Error> {
        let Settings { tenant, application, credentials, endpoints, patience } = settings;
        name("tenant", &tenant)?;
        name("application", &application)?;
        let http = Http::new(clock, patience)?;
        let tokens = Tokens::new(http.clone(), endpoints.clone(), tenant.clone(), application, credentials);
        Ok(Arc::new(Self { http, tokens, endpoints, tenant, id: OnceCell::new() }))
    }

    /// The tenant, as configured.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The tenant's id. If a domain is configured, Microsoft Entra is asked whose it is (OpenID Connect Discovery 1.0 section 4), once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a domain that is no tenant's, or why Entra could not be asked.
    pub async fn id(&self) -> Result<&str, Error> {
        if is_id(&self.tenant) {
            return Ok(&self.tenant);
        }
        self.id.get_or_try_init(|| self.look_up()).await.map(String::as_str)
    }

    async fn look_up(&self) -> Result<String, Error> {
        let what = format!("looking up the id of the tenant {}", self.tenant);
        let path = [self.tenant.as_str(), "v2.0", ".well-known", "openid-configuration"];
        let answer = self.http.send(&get(what.clone(), below(&self.endpoints.login, &path))).await?;
        if !answer.is_success() {
            return Err(Error::NotFound { what, reason: reason(&answer) });
        }
        let found = json(&what, &answer)?;
        let issuer = found.get("issuer").and_then(Value::as_str).unwrap_or_default();
        let id = issuer.split('/').find(|part| is_id(part)).map(str::to_owned);
        id.ok_or_else(|| Error::Protocol {
            what,
            why: "it names no issuer with an id; configure the tenant's id instead of a domain".to_owned(),
        })
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Signs in to an interface and asks it nothing: shows whether credentials and consent are right. Gives the application permissions that
    /// the token names.
    ///
    /// # Errors
    ///
    /// [`Error::SignIn`], or why Microsoft Entra could not be asked.
    pub async fn sign_in(&self, scope: Scope) -> Result<Vec<String>, Error> {
        Ok(self.tokens.get(scope).await?.roles.to_vec())
    }

    /// Sends a request with a token. If the token is not taken (401), one fresh token and one more try: the request was not done.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for 401 and 403, and whatever keeps an answer from coming. Any other status is an answer.
    pub(crate) async fn send(&self, scope: Scope, mut ask: Ask) -> Result<Answer, Error> {
        let mut token = self.tokens.get(scope).await?;
        ask.headers.insert(AUTHORIZATION, token.header.clone());
        let mut answer = self.http.send(&ask).await?;
        if answer.status == 401 {
            token = self.tokens.instead_of(scope, &token).await?;
            ask.headers.insert(AUTHORIZATION, token.header.clone());
            answer = self.http.send(&ask).await?;
        }
        if matches!(answer.status, 401 | 403) {
            let reason = reason(&answer);
            return Err(Error::Forbidden { what: ask.what, reason, advice: permission(scope, &token.roles) });
        }
        Ok(answer)
    }
}

/// What to give the application, and what it has.
fn permission(scope: Scope, roles: &[String]) -> String {
    let needed = match scope {
        Scope::Exchange => {
            "give it the application permission Exchange.ManageAsApp with administrator consent, and a role in the tenant (Exchange \
             Administrator, or Global Reader to read only)"
        }
        Scope::Graph => {
            "give it the application permissions Domain.Read.All, ThreatHunting.Read.All and ThreatSubmission.ReadWrite.All, as far as they \
             are used, with administrator consent"
        }
        Scope::Management => {
            "give it the application permission ActivityFeed.Read with administrator consent, and switch the audit log on"
        }
    };
    if roles.is_empty() { needed.to_owned() } else { format!("{needed}; its token has {}", roles.join(", ")) }
}

/// Why an answer is none, in the service's words: the forms that Graph, Exchange Online and the Management Activity API use.
pub(crate) fn reason(answer: &Answer) -> String {
    let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let error = said.as_ref().map(|said| said.get("error").unwrap_or(said));
    let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str).filter(|text| !text.is_empty());
    let status = answer.status;
    match (text("code"), text("message").or_else(|| text("Message"))) {
        (Some(code), Some(message)) => words(&format!("{code}: {message}")),
        (Some(only), None) | (None, Some(only)) => words(only),
        (None, None) => format!("it answered with status {status} and no reason"),
    }
}

/// Whether a text is an id: a UUID with dashes (RFC 9562 section 4).
fn is_id(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// A name that may stand in an address and in a header.
fn name(setting: &'static str, text: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if text.is_empty() || text.len() > 255 || !text.bytes().all(fits) || text.starts_with('.') {
        let why = format!("neither an id nor a domain: {:?}", words(text));
        return Err(Error::Setting { name: setting, why });
    }
    Ok(())
}

/// A request that reads JSON.
pub(crate) fn get(what: String, url: Url) -> Ask {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    Ask { what, method: Method::GET, url, headers, body: Vec::new(), effect: Effect::Reads, most: MOST_BYTES, is_hunt: false }
}

/// A request that hands JSON over.
pub(crate) fn post(what: String, url: Url, body: &Value, effect: Effect) -> Ask {
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
    ]);
    Ask {
        what,
        method: Method::POST,
        url,
        headers,
        body: body.to_string().into_bytes(),
        effect,
        most: MOST_BYTES,
        is_hunt: false,
    }
}

/// An answer's JSON.
pub(crate) fn json(what: &str, answer: &Answer) -> Result<Value, Error> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| Error::Protocol { what: what.to_owned(), why: format!("it is no JSON ({})", words(&error.to_string())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer { status: 403, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn reasons_are_found_in_each_form() {
        assert_eq!(reason(&answer(r#"{"error":{"code":"Forbidden","message":"no"}}"#)), "Forbidden: no");
        assert_eq!(reason(&answer(r#"{"Message":"Authorization has been denied."}"#)), "Authorization has been denied.");
        assert_eq!(reason(&answer("<html>")), "it answered with status 403 and no reason");
    }

    #[test]
    fn a_tenant_is_an_id_or_a_domain() {
        assert!(name("tenant", "contoso.onmicrosoft.com").is_ok());
        assert!(name("tenant", "6f4e2a0c-9c1b-4d7a-8f43-0a52a4d9c111").is_ok());
        for odd in ["", "../common", "a b", "contoso/com", "contoso\r\ncom"] {
            assert!(name("tenant", odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn advice_names_what_is_needed_and_what_is_there() {
        let advice = permission(Scope::Exchange, &["Mail.Read".to_owned()]);
        assert!(advice.contains("Exchange.ManageAsApp") && advice.ends_with("its token has Mail.Read"), "{advice}");
    }
}
