//! A client that does what a request says and nothing more.

use std::time::Duration;

use serde_json::{Value, json};
use spoofwatch_tenant_stand_in::{CLIENT_ID, CLIENT_SECRET, Scenario, StandIn};

pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

pub(crate) const EXCHANGE: &str = "https://outlook.office365.com/.default";
pub(crate) const GRAPH: &str = "https://graph.microsoft.com/.default";
pub(crate) const MANAGEMENT: &str = "https://manage.office.com/.default";
pub(crate) const ANCHOR: &str = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@contoso.onmicrosoft.com";

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The objects of an answer of a cmdlet or of Graph.
    pub(crate) fn rows(&self) -> Vec<Value> {
        self.body["value"].as_array().cloned().unwrap_or_default()
    }
}

/// A stand-in with a client.
pub(crate) struct Bench {
    pub(crate) tenant: StandIn,
    http: reqwest::Client,
}

impl Bench {
    pub(crate) async fn new(scenario: Scenario) -> Result<Self, Box<dyn std::error::Error>> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build()?;
        Ok(Self { tenant: StandIn::start(scenario).await?, http })
    }

    /// Sends a request.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, reqwest::Error> {
        let address = if target.starts_with("http:") { target.to_owned() } else { format!("{}{target}", self.tenant.base()) };
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let is_empty = method == reqwest::Method::POST && body.is_empty();
        let mut request = self.http.request(method, address).body(body);
        if is_empty {
            request = request.header("content-length", "0");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let pairs = answer.headers().iter();
        let headers =
            pairs.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
        let text = answer.text().await?;
        Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text })
    }

    /// Asks the token endpoint with a form.
    pub(crate) async fn form(&self, tenant: &str, fields: &[(&str, &str)]) -> Result<Answer, reqwest::Error> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let target = format!("/{tenant}/oauth2/v2.0/token");
        self.send("POST", &target, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    /// A token for a scope.
    pub(crate) async fn token(&self, scope: &str) -> Result<String, reqwest::Error> {
        let fields =
            [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("scope", scope)];
        let answer = self.form("contoso.onmicrosoft.com", &fields).await?;
        Ok(answer.body["access_token"].as_str().unwrap_or_default().to_owned())
    }

    /// Calls a cmdlet with a fresh token.
    pub(crate) async fn cmdlet(&self, name: &str, parameters: Value) -> Result<Answer, reqwest::Error> {
        let token = self.token(EXCHANGE).await?;
        let target = format!("/adminapi/beta/{}/InvokeCommand", self.tenant.tenant_id);
        self.invoke(&target, &token, &[], name, parameters).await
    }

    /// Calls a cmdlet.
    pub(crate) async fn invoke(
        &self,
        target: &str,
        token: &str,
        more: &[(&str, &str)],
        name: &str,
        parameters: Value,
    ) -> Result<Answer, reqwest::Error> {
        let bearer = format!("Bearer {token}");
        let mut headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json"), ("x-anchormailbox", ANCHOR)];
        headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let body = json!({ "CmdletInput": { "CmdletName": name, "Parameters": parameters } });
        self.send("POST", target, &headers, body.to_string()).await
    }

    /// Asks Graph or the activity feed with a fresh token.
    pub(crate) async fn ask(&self, method: &str, scope: &str, target: &str, body: Value) -> Result<Answer, reqwest::Error> {
        let bearer = format!("Bearer {}", self.token(scope).await?);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, target, &[("authorization", &bearer), ("content-type", "application/json")], body).await
    }
}
