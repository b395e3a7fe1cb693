//! Messages shown to Microsoft as wrongly judged (`POST /security/threatSubmission/emailThreats`, which is in Graph's beta only).

use serde::Deserialize;
use serde_json::Value;

use super::{Graph, refused};
use crate::{
    client::{self, reason},
    error::Error,
    http::Effect,
    lenient::object,
    tokens::Scope,
};

/// A message that was shown (`emailThreatSubmission`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Submission {
    /// Its id.
    pub id: String,
    /// `notStarted`, `running`, `succeeded`, `failed`, `skipped`.
    pub status: String,
    /// What it was shown as: `notJunk`, `spam`, `phishing`, `malware`.
    pub category: String,
    /// What Microsoft found.
    pub result: Verdict,
}

/// What Microsoft found in a message that was shown to it (`submissionResult`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Verdict {
    /// `notSpam`, `spam`, `phishing`, `malware`, ...; empty while nobody has looked.
    pub category: Option<String>,
    /// Why: `allowedByTenant`, `spoofBlocked` ...
    pub detail: Option<String>,
}

impl Graph {
    /// Shows Microsoft a message: `body` is an `emailContentThreatSubmission` or an `emailUrlThreatSubmission`. Needs
    /// `ThreatSubmission.ReadWrite.All`.
    ///
    /// # Errors
    ///
    /// Any; [`Error::Unknown`] when it was sent and no answer came.
    pub async fn submit_email(&self, body: &Value) -> Result<Submission, Error> {
        let what = "POST /security/threatSubmission/emailThreats".to_owned();
        let url = self.at("beta", &["security", "threatSubmission", "emailThreats"]);
        let answer = self.client.send(Scope::Graph, client::post(what.clone(), url, body, Effect::Changes)).await?;
        if answer.is_success() {
            return submission(&what, client::json(&what, &answer))
                .map_err(|error| Error::Unknown { what, why: error.to_string() });
        }
        if answer.status >= 500 { Err(Error::Unknown { what, why: reason(&answer) }) } else { Err(refused(&what, &answer)) }
    }

    /// A message that was shown, with what became of it.
    ///
    /// # Errors
    ///
    /// Any but those of changes.
    pub async fn submission(&self, id: &str) -> Result<Submission, Error> {
        let what = "GET /security/threatSubmission/emailThreats".to_owned();
        let url = self.at("beta", &["security", "threatSubmission", "emailThreats", id]);
        let answer = self.client.send(Scope::Graph, client::get(what.clone(), url)).await?;
        if answer.is_success() { submission(&what, client::json(&what, &answer)) } else { Err(refused(&what, &answer)) }
    }
}

fn submission(what: &str, answer: Result<Value, Error>) -> Result<Submission, Error> {
    object(what, answer?)
}
