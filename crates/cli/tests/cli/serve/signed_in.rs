//! Somebody who signs in to a new program by the link that it prints, and makes an API token.

use serde_json::{Value, json};

use super::{Answer, Serve, request, until};
use crate::common::Outcome;

/// What the first administrator chooses, as a form sends it.
const FORM: &str = "name=ana&display=Ana&password=green+kettle+on+a+hill&again=green+kettle+on+a+hill";

/// The token of an administrator who is made for it, with these scopes.
pub(super) fn token(serve: &Serve, scopes: &[&str]) -> Outcome<String> {
    let mut link = String::new();
    until("the first link is printed", || {
        let said = serve.said();
        let found = said.split_once("/welcome/").and_then(|(_, rest)| rest.split_whitespace().next());
        link = found.unwrap_or_default().to_owned();
        Ok(!link.is_empty())
    })?;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let answer = ask(serve, "POST", &format!("/welcome/{link}"), form, FORM)?;
    let cookie = header(&answer, "set-cookie").and_then(|value| value.split(';').next()).ok_or_else(|| format!("{answer:?}"))?;
    let cookie = format!("Cookie: {cookie}\r\n");
    let page = ask(serve, "GET", "/settings/account", &cookie, "")?;
    let mark = page.body.split_once("name=\"csrf\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    let mark = mark.ok_or_else(|| format!("no mark of forms: {page:?}"))?;
    let headers = format!("{cookie}X-CSRF-Token: {mark}\r\nContent-Type: application/json\r\n");
    let wanted = json!({"name": "a client", "scopes": scopes, "days": 1}).to_string();
    let made: Value = ask(serve, "POST", "/api/v1/tokens", &headers, &wanted)?.json()?;
    Ok(made["token"].as_str().ok_or_else(|| made.to_string())?.to_owned())
}

/// What is answered at a path of the JSON interface.
pub(super) fn get(serve: &Serve, token: &str, path: &str) -> Outcome<Value> {
    ask(serve, "GET", path, &format!("Authorization: Bearer {token}\r\n"), "")?.json()
}

/// Asks as a browser does that shows a page of this program.
fn ask(serve: &Serve, method: &str, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n{headers}Content-Length: {}\r\n\r\n",
        serve.address,
        body.len()
    );
    request(&serve.address, &head, body.as_bytes())
}

/// The value of a header; its name in lower case, as the program writes them.
fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
