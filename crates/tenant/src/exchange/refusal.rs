//! Why Exchange Online declined, read from its answer.
//!
//! The answer's `error` holds .NET's exceptions: `details[].message`, or `innererror.internalexception.message`, as
//! `|Microsoft.Exchange...Exception|text`; the header `X-ExceptionType` names the type too.

use serde_json::Value;

use super::Cmdlet;
use crate::{
    error::{Error, words},
    http::{Answer, Effect},
};

/// What the service said: the exception's type, without its namespace, and its text.
#[derive(Debug, PartialEq, Eq, Default)]
struct Said {
    kind: String,
    text: String,
}

/// The error that an answer stands for.
pub(super) fn read(cmdlet: &Cmdlet, answer: &Answer) -> Error {
    let what = cmdlet.name.clone();
    let Some(said) = said(answer) else {
        let why = format!("it answered with status {} and no reason", answer.status);
        return match (cmdlet.effect(), answer.status) {
            (Effect::Changes, 500..) => Error::Unknown { what, why },
            (Effect::Reads, 500..) => Error::Unavailable { what, why },
            (_, 404) => Error::NotFound { what, reason: why },
            _ => Error::Refused { what, reason: why },
        };
    };
    let Said { kind, text } = said;
    let low = text.to_ascii_lowercase();
    let of_dkim = cmdlet.name.to_ascii_lowercase().ends_with("-dkimsigningconfig");
    if of_dkim && low.contains("cname") {
        return Error::CnameMissing { what, selector1: target(&text, "selector1-"), selector2: target(&text, "selector2-") };
    }
    let reason = words(&text);
    if cmdlet.name.eq_ignore_ascii_case("Rotate-DkimSigningConfig") && is_rotating(&low) {
        return Error::RotationUnderWay { what, reason };
    }
    if kind.contains("NotFound") || low.contains("couldn't be found") || low.contains("could not be found") {
        return Error::NotFound { what, reason };
    }
    if kind.contains("AlreadyExist") || low.contains("already exist") {
        return Error::AlreadyExists { what, reason };
    }
    if kind.contains("AccessDenied") || kind.contains("Unauthorized") {
        let advice = "give the application's service principal the role Exchange Administrator".to_owned();
        return Error::Forbidden { what, reason, advice };
    }
    if kind.contains("Transient") || kind.contains("ServerBusy") || kind.contains("Timeout") {
        return match cmdlet.effect() {
            Effect::Reads => Error::Unavailable { what, why: reason },
            Effect::Changes => Error::Unknown { what, why: reason },
        };
    }
    Error::Refused { what, reason }
}

/// Whether a text (in lower case) says that a rotation has not ended. Its wording is not documented; a domain that does not sign is told
/// so in words that speak of rotating too.
fn is_rotating(text: &str) -> bool {
    let under_way = ["in progress", "under way", "already", "rotating", "rotateondate", "pending"];
    text.contains("rotat")
        && !text.contains("enabled")
        && !text.contains("disabled")
        && under_way.iter().any(|word| text.contains(word))
}

fn said(answer: &Answer) -> Option<Said> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let error = body.get("error")?;
    let message =
        |value: &Value| value.get("message").and_then(Value::as_str).map(str::to_owned).filter(|text| !text.trim().is_empty());
    let details =
        error.get("details").and_then(Value::as_array).into_iter().flatten().filter_map(message).collect::<Vec<_>>().join("\n");
    let inner = error.get("innererror").or_else(|| error.get("innerError"));
    let internal = inner.and_then(|inner| inner.get("internalexception").or_else(|| inner.get("internalException")));
    let found = Some(details).filter(|text| !text.is_empty());
    let found = found.or_else(|| internal.and_then(message)).or_else(|| inner.and_then(message)).or_else(|| message(error))?;
    let mut said = exception(&found);
    if let Some(kind) = answer.header("x-exceptiontype").filter(|_| said.kind.is_empty()) {
        kind.rsplit('.').next().unwrap_or_default().clone_into(&mut said.kind);
    }
    Some(said)
}

/// Cuts `Ex12AB|Microsoft.Exchange.Name.KindException|text` apart; what is not of that form is text.
fn exception(message: &str) -> Said {
    let mut parts = message.splitn(3, '|');
    if let (Some(_), Some(kind), Some(text)) = (parts.next(), parts.next(), parts.next())
        && kind.trim().ends_with("Exception")
    {
        return Said { kind: kind.trim().rsplit('.').next().unwrap_or_default().to_owned(), text: text.to_owned() };
    }
    Said { kind: String::new(), text: message.to_owned() }
}

/// The name in a text that begins so and is a key's.
fn target(text: &str, begins: &str) -> Option<String> {
    let of_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let names = text.split(|char: char| !of_name(char)).map(|name| name.trim_matches('.'));
    let found = names.into_iter().find(|name| name.to_ascii_lowercase().starts_with(begins) && name.contains("._domainkey."));
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;

    fn refused(cmdlet: &str, status: u16, body: &str) -> Error {
        read(&Cmdlet::new(cmdlet), &Answer { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() })
    }

    fn details(message: &str) -> String {
        json!({ "error": { "code": "BadRequest", "message": "Error executing cmdlet", "details": [{ "code": "Context", "message": message }] } })
            .to_string()
    }

    #[test]
    fn missing_records_are_taken_from_the_text() {
        let text = "|Microsoft.Exchange.Management.Tasks.ValidationException|There is no CNAME for this.\r\nPublish these first:\r\n\
                    selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft .\r\n\"selector2-contoso-com._domainkey.contoso.onmicrosoft.com\".";
        let Error::CnameMissing { selector1, selector2, .. } = refused("Set-DkimSigningConfig", 400, &details(text)) else {
            panic!("the records are missing")
        };
        assert_eq!(selector1.as_deref(), Some("selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft"));
        assert_eq!(selector2.as_deref(), Some("selector2-contoso-com._domainkey.contoso.onmicrosoft.com"));
    }

    #[test]
    fn exceptions_become_kinds() {
        let kind = |cmdlet: &str, message: &str| match refused(cmdlet, 400, &details(message)) {
            Error::NotFound { .. } => "not found",
            Error::AlreadyExists { .. } => "exists",
            Error::RotationUnderWay { .. } => "rotating",
            Error::Forbidden { .. } => "forbidden",
            Error::Unknown { .. } => "unknown",
            Error::Unavailable { .. } => "unavailable",
            Error::Refused { .. } => "refused",
            other => panic!("{other}"),
        };
        let of = |name: &str, text: &str| format!("Ex1A2B3C|Microsoft.Exchange.Configuration.Tasks.{name}|{text}");
        assert_eq!(kind("Get-TransportRule", &of("ManagementObjectNotFoundException", "no such")), "not found");
        assert_eq!(kind("New-TransportRule", &of("RuleAlreadyExistsException", "choose another")), "exists");
        assert_eq!(kind("New-DkimSigningConfig", "A configuration of the domain already exists."), "exists");
        assert_eq!(kind("Rotate-DkimSigningConfig", &of("ValidationException", "Keys of contoso.com are rotating.")), "rotating");
        assert_eq!(kind("Rotate-DkimSigningConfig", "Keys can't be rotated: signing isn't enabled."), "refused");
        assert_eq!(kind("Set-TransportRule", &of("CmdletAccessDeniedException", "no")), "forbidden");
        assert_eq!(kind("Set-TransportRule", &of("ADTransientException", "later")), "unknown");
        assert_eq!(kind("Get-TransportRule", &of("ADTransientException", "later")), "unavailable");
        assert_eq!(kind("Set-TransportRule", &of("ArgumentException", "Priority is no number")), "refused");
    }

    #[test]
    fn reasons_are_found_where_they_are() {
        let reason = |body: Value| refused("Set-TransportRule", 400, &body.to_string()).to_string();
        let inner = json!({ "error": { "message": "outer", "innererror": { "internalexception": { "message": "inner" } } } });
        assert_eq!(reason(inner), "Set-TransportRule: inner");
        assert_eq!(reason(json!({ "error": { "message": "outer", "details": [] } })), "Set-TransportRule: outer");
        assert_eq!(reason(json!({ "error": { "details": [{ "message": "a|b|c" }] } })), "Set-TransportRule: a|b|c");
    }

    #[test]
    fn a_change_that_ends_without_a_reason_may_be_made() {
        assert!(refused("Set-TransportRule", 500, "<html>").may_be_done());
        assert!(matches!(refused("Get-TransportRule", 500, ""), Error::Unavailable { .. }));
        assert!(matches!(refused("Set-TransportRule", 400, "{}"), Error::Refused { .. }));
        assert!(matches!(refused("Get-TransportRule", 404, ""), Error::NotFound { .. }));
    }
}
