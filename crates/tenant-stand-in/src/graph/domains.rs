//! `/domains`, and the records that a domain needs.
//!
//! Authority: <https://learn.microsoft.com/graph/api/resources/domain>.

use serde_json::{Value, json};

use super::Refused;
use crate::house::{Authority, State};
use crate::http::{Asked, Reply};
use crate::identifier::hex;
use crate::tenant::{Object, object, text};

const CONTEXT: &str = "https://graph.microsoft.com/v1.0/$metadata";

/// A domain as Graph tells of it.
pub(crate) fn row(id: &str, is_default: bool, is_initial: bool, is_verified: bool, services: &[&str]) -> Object {
    object(json!({
        "authenticationType": "Managed",
        "availabilityStatus": null,
        "id": id,
        "isAdminManaged": true,
        "isDefault": is_default,
        "isInitial": is_initial,
        "isRoot": true,
        "isVerified": is_verified,
        "supportedServices": if is_verified { services } else { &[] },
        "passwordValidityPeriodInDays": null,
        "passwordNotificationWindowInDays": null,
        "state": null,
        "model": null,
    }))
}

/// `GET /domains`, with `$select`, `$top` and pages.
pub(super) fn list(state: &State, authority: &Authority, asked: &Asked) -> Result<Reply, Refused> {
    let (mut select, mut size, mut skip) = (Vec::new(), authority.domain_page, 0);
    let mut others = String::new();
    for (name, value) in asked.query() {
        let number = || {
            value.parse::<usize>().map_err(|_| Refused::new(400, "BadRequest", format!("Invalid value '{value}' for {name}.")))
        };
        match name.as_str() {
            "$select" => {
                others += &format!("$select={value}&");
                select = value.split(',').map(|name| name.trim().to_owned()).collect();
            }
            "$top" => {
                others += &format!("$top={value}&");
                size = number()?.clamp(1, 999);
            }
            "$skiptoken" => skip = number()?,
            other => {
                return Err(Refused::new(
                    400,
                    "Request_UnsupportedQuery",
                    format!("The query parameter '{other}' is not supported."),
                ));
            }
        }
    }
    let rows: Vec<Object> = state.tenant.domains.iter().skip(skip).take(size).map(|row| selected(row, &select)).collect();
    let mut body = json!({ "@odata.context": format!("{CONTEXT}#domains") });
    if let Some(members) = body.as_object_mut() {
        let next = skip.saturating_add(size);
        if next < state.tenant.domains.len() {
            let link = format!("{}/v1.0/domains?{others}$skiptoken={next}", authority.base);
            members.insert("@odata.nextLink".to_owned(), Value::from(link));
        }
        members.insert("value".to_owned(), json!(rows));
    }
    Ok(Reply::json(200, &body))
}

fn selected(row: &Object, select: &[String]) -> Object {
    if select.is_empty() {
        return row.clone();
    }
    row.iter()
        .filter(|(name, _)| select.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a Object, Refused> {
    let found = state.tenant.domains.iter().find(|domain| text(domain, "id").eq_ignore_ascii_case(id));
    found.ok_or_else(|| Refused::not_found(id))
}

/// `GET /domains/{id}`.
pub(super) fn one(state: &State, id: &str) -> Result<Reply, Refused> {
    let mut body = json!({ "@odata.context": format!("{CONTEXT}#domains/$entity") });
    if let Some(members) = body.as_object_mut() {
        members.extend(find(state, id)?.clone());
    }
    Ok(Reply::json(200, &body))
}

/// `GET /domains/{id}/verificationDnsRecords`.
pub(super) fn verification(state: &State, id: &str) -> Result<Reply, Refused> {
    let id = text(find(state, id)?, "id").to_owned();
    let number: String = hex(&id).bytes().take(8).map(|byte| char::from(b'0' + byte % 10)).collect();
    let txt = json!({ "text": format!("MS=ms{number}") });
    let mx = json!({ "mailExchange": format!("ms{number}.msv1.invalid"), "preference": 32767 });
    let rows = [record(&id, "Txt", "Email", &id, false, txt), record(&id, "Mx", "Email", &id, false, mx)];
    Ok(records(&id, "verificationDnsRecords", &rows))
}

/// `GET /domains/{id}/serviceConfigurationRecords`: none for what is not verified.
pub(super) fn service(state: &State, id: &str) -> Result<Reply, Refused> {
    let domain = find(state, id)?;
    let id = text(domain, "id").to_owned();
    let services = domain.get("supportedServices").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut rows = Vec::new();
    if services.contains(&Value::from("Email")) {
        let host = format!("{}.mail.protection.outlook.com", id.replace('.', "-"));
        rows.push(record(&id, "Mx", "Email", &id, false, json!({ "mailExchange": host, "preference": 0 })));
        rows.push(record(&id, "Txt", "Email", &id, false, json!({ "text": "v=spf1 include:spf.protection.outlook.com -all" })));
        let alias = json!({ "canonicalName": "autodiscover.outlook.com" });
        rows.push(record(&id, "CName", "Email", &format!("autodiscover.{id}"), false, alias));
    }
    Ok(records(&id, "serviceConfigurationRecords", &rows))
}

fn record(domain: &str, kind: &str, service: &str, label: &str, is_optional: bool, own: Value) -> Value {
    let mut members = object(json!({
        "@odata.type": format!("#microsoft.graph.domainDns{}Record", if kind == "CName" { "Cname" } else { kind }),
        "id": crate::identifier::guid(&format!("{domain} {kind} {label}")),
        "isOptional": is_optional,
        "label": label,
        "recordType": kind,
        "supportedService": service,
        "ttl": 3600,
    }));
    members.extend(object(own));
    Value::Object(members)
}

fn records(id: &str, name: &str, rows: &[Value]) -> Reply {
    Reply::json(200, &json!({ "@odata.context": format!("{CONTEXT}#domains('{id}')/{name}"), "value": rows }))
}
