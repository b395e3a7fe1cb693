//! The Office 365 Management Activity API: subscriptions, lists of content, content.
//!
//! Authority: <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference>.

pub(crate) mod feed;
pub(crate) mod record;

use axum::http::Method;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use self::feed::{Blob, CONTENT_TYPES, Feed, Subscription};
use crate::access::{self, Resource};
use crate::clock::{precise, shifted};
use crate::house::{Authority, State};
use crate::http::{Asked, Reply};
use crate::identifier::is_guid;

/// How long a list may reach.
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// How far back a list may begin.
const REACH: TimeDelta = TimeDelta::days(7);

/// What answers an operation; the text is the last part of the path.
type Operation = fn(&mut State, &Authority, &Query, &Asked, &str, DateTime<Utc>) -> Result<Reply, Refused>;

/// A refusal with its code.
struct Refused {
    status: u16,
    code: &'static str,
    text: String,
}

impl Refused {
    fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { status: 400, code, text: text.into() }
    }

    fn reply(&self) -> Reply {
        Reply::json(self.status, &json!({ "error": { "code": self.code, "message": self.text } }))
    }
}

/// Answers a request below `/api/v1.0/{tenant}/activity/feed`.
pub(crate) fn answer(
    state: &mut State,
    authority: &Authority,
    asked: &Asked,
    tenant: &str,
    operation: &[String],
    now: DateTime<Utc>,
) -> Reply {
    let grant = match access::check(&state.tokens, asked, Resource::Management, now) {
        Ok(grant) => grant,
        Err(_) => return Reply::json(401, &json!({ "Message": "Authorization has been denied for this request." })),
    };
    let is_permitted = state.apps.iter().any(|app| app.client_id == grant.client_id && app.may("ActivityFeed.Read"));
    let outcome = if is_permitted { operate(state, authority, asked, tenant, operation, now) } else { Err(not_permitted()) };
    outcome.unwrap_or_else(|refused| refused.reply())
}

fn not_permitted() -> Refused {
    let text = "The permission set () sent in the request did not include the expected permission ActivityFeed.Read.";
    Refused { status: 401, ..Refused::new("AF10001", text) }
}

fn operate(
    state: &mut State,
    authority: &Authority,
    asked: &Asked,
    tenant: &str,
    operation: &[String],
    now: DateTime<Utc>,
) -> Result<Reply, Refused> {
    if !is_guid(tenant) {
        return Err(Refused::new("AF20013", format!("The tenant ID passed in the URL ({tenant}) is not a valid GUID.")));
    }
    if !tenant.eq_ignore_ascii_case(&state.tenant.id) {
        let own = &state.tenant.id;
        let text = format!(
            "The tenant ID passed in the URL ({tenant}) does not match the tenant ID passed in the access token ({own})."
        );
        return Err(Refused::new("AF20010", text));
    }
    let query = Query(asked.query());
    throttle(&mut state.feed, authority, asked, &query, now)?;
    state.feed.settle(now);
    let parts: Vec<&str> = operation.iter().map(String::as_str).collect();
    let (method, answer): (Method, Operation) = match parts.as_slice() {
        ["subscriptions", "start"] => (Method::POST, start),
        ["subscriptions", "stop"] => (Method::POST, stop),
        ["subscriptions", "list"] => (Method::GET, list),
        ["subscriptions", "content"] => (Method::GET, content),
        ["audit", _] => (Method::GET, fetch),
        _ => return Ok(Reply::json(404, &json!({ "Message": "No HTTP resource was found that matches the request URI." }))),
    };
    if asked.method != method {
        let words = format!("The requested resource does not support http method '{}'.", asked.method);
        return Ok(Reply::json(405, &json!({ "Message": words })).with("allow", method.as_str()));
    }
    answer(state, authority, &query, asked, parts.last().copied().unwrap_or_default(), now)
}

/// The parameters of a request.
struct Query(Vec<(String, String)>);

impl Query {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn content_type(&self) -> Result<&'static str, Refused> {
        let given = self.get("contentType").ok_or_else(|| Refused::new("AF20001", "Missing parameter: contentType."))?;
        let found = CONTENT_TYPES.iter().find(|known| known.eq_ignore_ascii_case(given)).copied();
        found.ok_or_else(|| Refused::new("AF20020", "The specified content type is not valid."))
    }

    fn moment(&self, name: &'static str) -> Result<Option<DateTime<Utc>>, Refused> {
        let Some(written) = self.get(name) else { return Ok(None) };
        let wrong = || Refused::new("AF20002", format!("Invalid parameter type: {name}. Expected type: datetime"));
        moment(written).map(Some).ok_or_else(wrong)
    }
}

/// `YYYY-MM-DD`, with the time to the minute or the second, or a fraction of it.
fn moment(written: &str) -> Option<DateTime<Utc>> {
    let written = written.strip_suffix('Z').unwrap_or(written);
    let day = || NaiveDate::parse_from_str(written, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    let with_time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];
    let found = with_time.iter().find_map(|form| NaiveDateTime::parse_from_str(written, form).ok());
    found.or_else(day).map(|moment| moment.and_utc())
}

/// Publishers have a quota each; requests that name none share one.
fn throttle(feed: &mut Feed, authority: &Authority, asked: &Asked, query: &Query, now: DateTime<Utc>) -> Result<(), Refused> {
    let publisher = query.get("PublisherIdentifier").unwrap_or_default();
    if !publisher.is_empty() && !is_guid(publisher) {
        return Err(Refused::new("AF20002", "Invalid parameter type: PublisherIdentifier. Expected type: guid"));
    }
    let minute = now.timestamp().div_euclid(60);
    let used = feed.requests.entry(publisher.to_ascii_lowercase()).or_insert((minute, 0));
    if used.0 != minute {
        *used = (minute, 0);
    }
    used.1 += 1;
    if used.1 <= authority.feed_quota {
        return Ok(());
    }
    let shown = if publisher.is_empty() { "00000000-0000-0000-0000-000000000000" } else { publisher };
    let text = format!("Too many requests. Method={}, PublisherId={shown}", asked.method);
    Err(Refused { status: 429, ..Refused::new("AF429", text) })
}

fn start(state: &mut State, _: &Authority, query: &Query, asked: &Asked, _: &str, now: DateTime<Utc>) -> Result<Reply, Refused> {
    let content_type = query.content_type()?;
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    if let Some(address) = body.pointer("/webhook/address").and_then(Value::as_str) {
        // Nobody listens: it is a test.
        let why = if address.starts_with("https:") {
            "The endpoint did not return HTTP 200."
        } else {
            "The address must begin with HTTPS."
        };
        return Err(Refused::new("AF20021", format!("The webhook endpoint ({address}) could not be validated. {why}")));
    }
    let subscription = state.feed.subscriptions.entry(content_type.to_owned()).or_default();
    if subscription.is_enabled {
        return Err(Refused::new("AF20024", "The subscription is already enabled. No property change."));
    }
    subscription.is_enabled = true;
    if let Some((_, until)) = subscription.stopped.last_mut() {
        *until = Some(now);
    }
    Ok(Reply::json(200, &json!({ "contentType": content_type, "status": "enabled", "webhook": null })))
}

fn stop(state: &mut State, _: &Authority, query: &Query, _: &Asked, _: &str, now: DateTime<Utc>) -> Result<Reply, Refused> {
    let subscription = enabled(&mut state.feed, query.content_type()?)?;
    subscription.is_enabled = false;
    subscription.stopped.push((now, None));
    Ok(Reply::empty(200))
}

fn enabled<'a>(feed: &'a mut Feed, content_type: &str) -> Result<&'a mut Subscription, Refused> {
    let words = "No subscription found for the specified content type.";
    let found = feed.subscriptions.get_mut(content_type).ok_or_else(|| Refused::new("AF20022", words))?;
    if found.is_enabled { Ok(found) } else { Err(Refused::new("AF20023", "The subscription was disabled by a tenant admin.")) }
}

fn list(state: &mut State, _: &Authority, _: &Query, _: &Asked, _: &str, _: DateTime<Utc>) -> Result<Reply, Refused> {
    let rows = state.feed.subscriptions.iter().map(|(content_type, subscription)| {
        let status = if subscription.is_enabled { "enabled" } else { "disabled" };
        json!({ "contentType": content_type, "status": status, "webhook": null })
    });
    Ok(Reply::json(200, &Value::Array(rows.collect())))
}

fn content(
    state: &mut State,
    authority: &Authority,
    query: &Query,
    _: &Asked,
    _: &str,
    now: DateTime<Utc>,
) -> Result<Reply, Refused> {
    let content_type = query.content_type()?;
    enabled(&mut state.feed, content_type)?;
    let (from, until) = window(query, now)?;
    let skip = match query.get("nextPage") {
        None => 0,
        Some(page) => {
            let place = page.rsplit_once('R').and_then(|(_, place)| place.parse::<usize>().ok());
            place.ok_or_else(|| Refused::new("AF20031", format!("Invalid nextPage Input: {page}.")))?
        }
    };
    let found = state.feed.listed(content_type, from, until, now);
    let root = format!("{}/api/v1.0/{}/activity/feed", authority.base, state.tenant.id);
    let rows: Vec<Value> = found.iter().skip(skip).take(authority.feed_page).map(|blob| listed(blob, &root)).collect();
    let reply = Reply::json(200, &Value::Array(rows));
    let next = skip.saturating_add(authority.feed_page);
    if next >= found.len() {
        return Ok(reply);
    }
    let second = |moment: DateTime<Utc>| moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string();
    let link = format!(
        "{root}/subscriptions/content?contentType={content_type}&startTime={}&endTime={}&nextPage={}R{next:012}",
        second(from),
        second(until),
        now.format("%Y%m%d%H"),
    );
    Ok(reply.with("nextpageuri", link))
}

fn listed(blob: &Blob, root: &str) -> Value {
    json!({
        "contentUri": format!("{root}/audit/{}", blob.id),
        "contentId": blob.id,
        "contentType": blob.content_type,
        "contentCreated": precise(blob.created),
        "contentExpiration": precise(blob.expires),
    })
}

fn window(query: &Query, now: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>), Refused> {
    match (query.moment("startTime")?, query.moment("endTime")?) {
        (None, None) => {
            let until = shifted(now, TimeDelta::seconds(1));
            Ok((until - WINDOW, until))
        }
        (Some(from), Some(until)) if from < until && until - from <= WINDOW && from >= now - REACH => Ok((from, until)),
        _ => Err(Refused::new(
            "AF20030",
            "Start time and end time must both be specified (or both omitted) and must be less than or equal to 24 hours apart, with the start time no more than 7 days in the past.",
        )),
    }
}

fn fetch(state: &mut State, _: &Authority, _: &Query, _: &Asked, id: &str, now: DateTime<Utc>) -> Result<Reply, Refused> {
    if id.split('$').count() != 4 {
        return Err(Refused::new("AF20052", format!("Content ID {id} in the URL is invalid.")));
    }
    let Some(blob) = state.feed.blobs.iter().find(|blob| blob.id == id && blob.created <= now).cloned() else {
        return Err(Refused::new("AF20050", format!("The specified content ({id}) does not exist.")));
    };
    if now >= blob.expires {
        let text =
            format!("Content requested with the key {id} has already expired. Content older than 7 days cannot be retrieved.");
        return Err(Refused::new("AF20051", text));
    }
    enabled(&mut state.feed, &blob.content_type)?;
    Ok(Reply::json(200, &Value::Array(blob.records)))
}
