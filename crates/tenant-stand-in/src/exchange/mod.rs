//! Exchange Online's administration interface: `POST /adminapi/beta/{tenant}/InvokeCommand`.
//!
//! Authority: there is no reference page; the interface is what PowerShell's module for Exchange Online uses, and what clients published of it.

pub(crate) mod accepted_domain;
mod arc;
pub(crate) mod cmdlet;
pub(crate) mod dkim;
pub(crate) mod error;
pub(crate) mod parameters;
mod settings;
pub(crate) mod transport_rule;
mod wire;

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::access::{self, Denied, Resource};
use crate::activity::record::Actor;
use crate::app::ExchangeRole;
use crate::clock::{precise, shifted};
use crate::exchange::cmdlet::{Cmdlet, Outcome};
use crate::exchange::error::{Kind, Refusal};
use crate::house::{Authority, State};
use crate::http::{Asked, Reply};
use crate::tenant::{Object, Tenant};

/// How many objects a page has when the request does not say.
const PAGE: usize = 1000;
/// How long the next page can be asked for.
const PAGE_LIFE: TimeDelta = TimeDelta::minutes(30);

/// Objects that were not sent yet.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    body: Vec<u8>,
    rows: Vec<Object>,
    until: DateTime<Utc>,
}

/// Answers a call of a cmdlet.
pub(crate) fn answer(state: &mut State, authority: &Authority, asked: &Asked, tenant: &str, now: DateTime<Utc>) -> Reply {
    if asked.method != Method::POST {
        return Reply::empty(405).with("allow", "POST");
    }
    let grant = match access::check(&state.tokens, asked, Resource::Exchange, now) {
        Ok(grant) => grant,
        Err(denied) => return unauthorized(denied),
    };
    let Some(app) = state.apps.iter().find(|app| app.client_id == grant.client_id).cloned() else {
        return unauthorized(Denied::Unknown);
    };
    // Without the permission the token says nothing of Exchange.
    if !app.may("Exchange.ManageAsApp") {
        return unauthorized(Denied::Audience);
    }
    if !state.tenant.is_named(tenant) || app.exchange == ExchangeRole::None {
        return error::forbidden();
    }
    let call = match call(&state.tenant, asked) {
        Ok(call) => call,
        Err(reply) => return *reply,
    };
    let Some(cmdlet) =
        cmdlet::named(&call.cmdlet).filter(|cmdlet| cmdlet.only_reads() || app.exchange == ExchangeRole::Administrator)
    else {
        return error::forbidden();
    };
    let limits = ("rate-limit-reset", precise(shifted(now, TimeDelta::seconds(30))));
    if let Some(token) = &call.page {
        return next_page(state, authority, asked, token, now, &call).with(limits.0, limits.1);
    }
    let actor = Actor::app(&grant.client_id);
    match perform(state, authority, &actor, cmdlet, &call.parameters, now) {
        Ok(outcome) => page(state, authority, asked, outcome.rows, &outcome.warnings, &call, now).with(limits.0, limits.1),
        Err(refusal) => refusal.reply(),
    }
}

/// Runs a cmdlet for somebody, and writes it into the audit log.
pub(crate) fn perform(
    state: &mut State,
    authority: &Authority,
    actor: &Actor,
    cmdlet: Cmdlet,
    given: &Object,
    now: DateTime<Utc>,
) -> Result<Outcome, Refusal> {
    if cmdlet.only_reads() {
        return cmdlet.run(&mut state.replica(authority, now), given, now);
    }
    let lags = !authority.replication.is_zero();
    if lags && state.past.is_empty() {
        state.past.push_back((DateTime::<Utc>::MIN_UTC, state.tenant.clone()));
    }
    let outcome = cmdlet.run(&mut state.tenant, given, now);
    if lags {
        state.past.push_back((now, state.tenant.clone()));
    }
    let is_asked = given.iter().any(|(name, value)| name.eq_ignore_ascii_case("WhatIf") && value == &Value::Bool(true));
    if !is_asked {
        let object = outcome.as_ref().map_or("", |outcome| outcome.object.as_str());
        state.feed.note(&state.tenant, authority, actor, (cmdlet.name, given, object, outcome.is_ok()), now);
    }
    outcome
}

/// What a request asks for.
struct Call {
    cmdlet: String,
    parameters: Object,
    select: Vec<String>,
    page: Option<String>,
    page_size: usize,
}

fn call(tenant: &Tenant, asked: &Asked) -> Result<Call, Box<Reply>> {
    let malformed = |words: String| Box::new(Refusal::new(Kind::Malformed, words).reply());
    if asked.media_type().as_deref() != Some("application/json") {
        let words = "A supported MIME type could not be found that matches the content type of the request.";
        let reply = Refusal::new(Kind::Malformed, words).reply();
        return Err(Box::new(Reply { status: 415, ..reply }));
    }
    let anchor = asked.header("x-anchormailbox").unwrap_or_default();
    let home = anchor.rsplit_once('@').map_or("", |(_, home)| home);
    if !["APP:", "UPN:", "SMTP:", "OID:"].iter().any(|kind| anchor.starts_with(kind)) || !tenant.is_named(home) {
        return Err(malformed(format!("The routing hint '{anchor}' in the header X-AnchorMailbox can't be used.")));
    }
    let body: Value =
        serde_json::from_slice(&asked.body).map_err(|error| malformed(format!("The body is not valid JSON: {error}.")))?;
    let input = body.get("CmdletInput").and_then(Value::as_object);
    let input = input.ok_or_else(|| malformed("The parameter 'CmdletInput' is missing.".to_owned()))?;
    let cmdlet = input.get("CmdletName").and_then(Value::as_str).unwrap_or_default().to_owned();
    if cmdlet.is_empty() {
        return Err(malformed("The property 'CmdletName' is missing.".to_owned()));
    }
    let parameters = match input.get("Parameters") {
        None => Object::new(),
        Some(Value::Object(members)) => members.clone(),
        Some(_) => return Err(malformed("The property 'Parameters' must be an object.".to_owned())),
    };
    if asked.header("x-cmdletname").is_some_and(|name| !name.eq_ignore_ascii_case(&cmdlet)) {
        return Err(malformed("The header X-CmdletName names another cmdlet than the body.".to_owned()));
    }
    let (mut select, mut page) = (Vec::new(), None);
    for (name, value) in asked.query() {
        match name.as_str() {
            "$select" => select = value.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
            "$skiptoken" => page = Some(value),
            other => return Err(malformed(format!("The query parameter '{other}' is not supported."))),
        }
    }
    Ok(Call { cmdlet, parameters, select, page, page_size: page_size(asked) })
}

/// `Prefer: odata.maxpagesize=1000`.
fn page_size(asked: &Asked) -> usize {
    let mut preferences =
        asked.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split([',', ';']));
    let given = preferences.find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        name.trim().eq_ignore_ascii_case("odata.maxpagesize").then(|| value.trim().parse().ok())?
    });
    given.filter(|size| *size > 0).unwrap_or(PAGE)
}

fn page(
    state: &mut State,
    authority: &Authority,
    asked: &Asked,
    mut rows: Vec<Object>,
    warnings: &[String],
    call: &Call,
    now: DateTime<Utc>,
) -> Reply {
    let mut warnings = warnings.to_vec();
    let rest = if rows.len() > call.page_size { rows.split_off(call.page_size) } else { Vec::new() };
    let select: Vec<&str> = call.select.iter().map(String::as_str).collect();
    let rows: Vec<Object> = rows.into_iter().map(|row| wire::annotated(&wire::selected(row, &select))).collect();
    let mut body = json!({
        "@odata.context": format!(
            "https://outlook.office365.com/adminapi/beta/{}/$metadata#Collection(Exchange.GenericHashTable)",
            state.tenant.id
        ),
        "adminapi.warnings@odata.type": "#Collection(String)",
    });
    let mut link = None;
    if !rest.is_empty() {
        warnings.push(cmdlet::MORE.to_owned());
        state.issued += 1;
        let token = crate::identifier::hex(&format!("page {}", state.issued));
        let select = if select.is_empty() { String::new() } else { format!("$select={}&", select.join(",")) };
        link = Some(format!("{}/adminapi/beta/{}/InvokeCommand?{select}$skiptoken={token}", authority.base, state.tenant.id));
        let until = shifted(now, PAGE_LIFE);
        state.pages.insert(token, Pending { body: asked.body.to_vec(), rows: rest, until });
    }
    if let Some(members) = body.as_object_mut() {
        members.insert("@adminapi.warnings".to_owned(), json!(warnings));
        if let Some(link) = link {
            members.insert("@odata.nextLink".to_owned(), Value::from(link));
        }
        members.insert("value".to_owned(), json!(rows));
    }
    Reply::json(200, &body)
        .with(
            "content-type",
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        )
        .with("odata-version", "4.0")
        .with("rate-limit-limit", "30000")
        .with("rate-limit-remaining", "29997")
}

fn next_page(state: &mut State, authority: &Authority, asked: &Asked, token: &str, now: DateTime<Utc>, call: &Call) -> Reply {
    let found = state.pages.get(token).cloned().filter(|pending| pending.body == asked.body.as_ref() && now < pending.until);
    // A page is on the server that made it, which a request may not reach.
    let Some(pending) = found.filter(|_| authority.pages_are_kept) else {
        return Refusal::new(Kind::Paging, "Expired or Invalid pagination request. Default Expiry time is 00:30:00").reply();
    };
    page(state, authority, asked, pending.rows, &[], call, now)
}

fn unauthorized(denied: Denied) -> Reply {
    let (error, reason) = match denied {
        Denied::Missing => ("", ""),
        Denied::Unknown => ("invalid_token", "2000001;reason=\"The token is malformed.\";error_category=\"invalid_token\""),
        Denied::Expired => ("invalid_token", "2000008;reason=\"The token has expired.\";error_category=\"invalid_lifetime\""),
        Denied::Audience => {
            ("invalid_token", "2000003;reason=\"The audience claim value is invalid.\";error_category=\"invalid_resource\"")
        }
    };
    let mut challenge = "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", token_types=\"app_asserted_user_v1 service_asserted_app_v1\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"".to_owned();
    let reply = Reply::empty(401);
    if error.is_empty() {
        return reply.with("www-authenticate", challenge);
    }
    challenge += &format!(", error=\"{error}\"");
    reply.with("www-authenticate", challenge).with("x-ms-diagnostics", reason)
}
