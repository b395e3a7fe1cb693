//! `POST /security/threatSubmission/emailThreats`: a message handed to Microsoft to be looked at.
//!
//! Authority: <https://learn.microsoft.com/graph/api/security-emailthreatsubmission-post-emailthreats?view=graph-rest-beta>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Refused;
use crate::clock::precise;
use crate::house::State;
use crate::http::Reply;
use crate::identifier::guid;
use crate::tenant::object;

const CATEGORIES: [&str; 4] = ["notJunk", "spam", "phishing", "malware"];

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
    let created = object(json!({
        "@odata.context": "https://graph.microsoft.com/beta/$metadata#security/threatSubmission/emailThreats/$entity",
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
    state.submissions.push(body.clone());
    Ok(Reply::json(201, &Value::Object(created)))
}
