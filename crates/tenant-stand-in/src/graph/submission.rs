//! `POST /security/threatSubmission/emailThreats`: a message handed to Microsoft to be looked at; `GET` with its id: what was found.
//!
//! Authority: <https://learn.microsoft.com/graph/api/resources/security-emailthreatsubmission?view=graph-rest-beta>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Refused;
use crate::clock::precise;
use crate::house::State;
use crate::http::Reply;
use crate::identifier::guid;
use crate::tenant::object;

const CONTEXT: &str = "https://graph.microsoft.com/beta/$metadata#security/threatSubmission/emailThreats/$entity";
/// How long nobody looks.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
const CATEGORIES: [&str; 4] = ["notJunk", "spam", "phishing", "malware"];

/// A message that was handed in.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    /// What was asked.
    pub(crate) asked: Value,
    answer: Value,
    created: DateTime<Utc>,
}

/// Takes a message.
pub(super) fn create(state: &mut State, body: &Value, now: DateTime<Utc>) -> Result<Reply, Refused> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let wrong = |what: &str| Refused::new(400, "BadRequest", format!("The property '{what}' is missing or not valid."));
    let content_type = match text("@odata.type") {
        "#microsoft.graph.security.emailContentThreatSubmission" => {
            let content = STANDARD.decode(text("fileContent")).map_err(|_| wrong("fileContent"))?;
            if content.is_empty() {
                return Err(wrong("fileContent"));
            }
            "email"
        }
        "#microsoft.graph.security.emailUrlThreatSubmission"
            if text("messageUrl").starts_with("https://graph.microsoft.com/") =>
        {
            "email"
        }
        "#microsoft.graph.security.emailUrlThreatSubmission" => return Err(wrong("messageUrl")),
        _ => return Err(wrong("@odata.type")),
    };
    if !CATEGORIES.contains(&text("category")) {
        return Err(wrong("category"));
    }
    if !text("recipientEmailAddress").contains('@') {
        return Err(wrong("recipientEmailAddress"));
    }
    let number = state.submissions.len() + 1;
    let answer = object(json!({
        "@odata.context": CONTEXT,
        "@odata.type": text("@odata.type"),
        "id": guid(&format!("submission {} {number}", state.tenant.id)),
        "tenantId": state.tenant.id,
        "createdDateTime": precise(now),
        "contentType": content_type,
        "category": text("category"),
        "source": "administrator",
        "status": "notStarted",
        "result": null,
        "adminReview": null,
        "clientSource": "microsoft",
        "recipientEmailAddress": text("recipientEmailAddress"),
        "originalCategory": "notJunk",
        "tenantAllowOrBlockListAction": null,
    }));
    let answer = Value::Object(answer);
    state.submissions.push(Submission { asked: body.clone(), answer: answer.clone(), created: now });
    Ok(Reply::json(201, &answer))
}

/// A message that was handed in, as it is now: after a while somebody has looked at it, and agrees.
pub(super) fn one(state: &State, id: &str, now: DateTime<Utc>) -> Result<Reply, Refused> {
    let found = state.submissions.iter().find(|one| one.answer.get("id").and_then(Value::as_str) == Some(id));
    let found = found.ok_or_else(|| Refused::not_found(id))?;
    let mut answer = found.answer.clone();
    if now - found.created >= PATIENCE
        && let Some(members) = answer.as_object_mut()
    {
        let category = members.get("category").cloned().unwrap_or_default();
        members.insert("status".to_owned(), Value::from("succeeded"));
        members.insert(
            "result".to_owned(),
            json!({ "category": category, "detail": "none", "detectedFiles": [], "detectedUrls": [] }),
        );
    }
    Ok(Reply::json(200, &answer))
}
