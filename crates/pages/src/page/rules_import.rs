//! `/rules/import`: published files of rules are taken in, several at once; what was taken, and what not and why.

use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use desk::{Fault, Imported, Problem};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, Role, Visitor, answer,
    component::{self, Field, Tone},
    layout::{Frame, Nav},
};

/// The most that is sent at once, in bytes: Elastic's whole set of rules has 12 MB.
const LARGEST: usize = 16 << 20;

/// The most files that are sent at once.
const FILES: usize = 500;

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/rules/import", get(show).post(send).layer(DefaultBodyLimit::max(LARGEST)))
        .route("/rules/import/text", post(paste))
}

fn frame(visitor: &Visitor) -> Frame<'_> {
    Frame::new("Import rules", Nav::Rules, visitor).crumb("Rules", "/rules").script("rule.js")
}

async fn show(visitor: Visitor) -> Response {
    match may(&visitor) {
        Ok(()) => frame(&visitor).render(body(&visitor, &[], "")),
        Err(fault) => frame(&visitor).fault(&fault),
    }
}

fn may(visitor: &Visitor) -> Result<(), Fault> {
    answer::needs(visitor, Role::Admin, "importing rules")
}

/// The name of a file without a place: it becomes one in the rules folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && !name.contains(['/', '\\', ':'])
        && !name.chars().any(char::is_control)
}

fn refused(file: &str, reason: &str) -> Imported {
    let problem = Problem { severity: "error".to_owned(), message: reason.to_owned(), ..Problem::default() };
    Imported { file: file.to_owned(), problems: vec![problem], ..Imported::default() }
}

async fn take(pages: &Pages, visitor: &Visitor, name: &str, bytes: &[u8]) -> Imported {
    if !is_plain(name) {
        return refused(name, "the name of a file has no folders, no dot in front and no colon");
    }
    match pages.desk.rules.import(name, bytes, &visitor.name).await {
        Ok(imported) => imported,
        Err(fault) => refused(name, &fault.to_string()),
    }
}

/// Files, as a browser sends them: the mark of forms comes in a header, so that this form needs scripts; the other one does not.
async fn send(State(pages): State<Pages>, visitor: Visitor, mut parts: Multipart) -> Response {
    if let Err(fault) = may(&visitor) {
        return frame(&visitor).fault(&fault);
    }
    let mut taken = Vec::new();
    let mut trouble = String::new();
    loop {
        let part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => {
                trouble = words(&error);
                break;
            }
        };
        let Some(name) = part.file_name().map(str::to_owned) else { continue };
        if taken.len() >= FILES {
            trouble = format!("{FILES} files at most are taken at once: the rest was left out");
            break;
        }
        match part.bytes().await {
            Ok(bytes) => taken.push(take(&pages, &visitor, &name, &bytes).await),
            Err(error) => {
                trouble = words(&error);
                break;
            }
        }
    }
    if taken.is_empty() && trouble.is_empty() {
        "choose at least one file".clone_into(&mut trouble);
    }
    let status = if trouble.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    frame(&visitor).status(status).render(body(&visitor, &taken, &trouble))
}

fn words(error: &MultipartError) -> String {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return format!("more than {} MB at once: send fewer files", LARGEST >> 20);
    }
    format!("what was sent cannot be read: {}", error.body_text())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pasted {
    file: String,
    text: String,
}

async fn paste(State(pages): State<Pages>, visitor: Visitor, Form(pasted): Form<Pasted>) -> Response {
    if let Err(fault) = may(&visitor) {
        return frame(&visitor).fault(&fault);
    }
    let taken = take(&pages, &visitor, pasted.file.trim(), answer::lines(&pasted.text).as_bytes()).await;
    frame(&visitor).render(body(&visitor, &[taken], ""))
}

fn body(visitor: &Visitor, taken: &[Imported], trouble: &str) -> Markup {
    html! {
        div #imported tabindex="-1" {
            @if !trouble.is_empty() { (component::notice(Tone::Bad, html! { p { (trouble) } })) }
            @for file in taken { (one(file)) }
        }
        div.columns {
            (component::card("Files", html! {
                p.soft { "Sentinel and Defender YAML, Elastic TOML and NDJSON, as they are published." }
                form.stack #files method="post" action="/rules/import" enctype="multipart/form-data" data-csrf=(visitor.csrf()) {
                    div.field { label for="file" { "Files" } input #file type="file" name="file" multiple accept=".yaml,.yml,.toml,.ndjson,.json,.kql"; }
                    p { button.button.primary type="submit" { "Import" } }
                    noscript { p.soft { "Sending files takes scripts; a text can be sent without." } }
                }
            }))
            (component::card("Text", component::form::post(visitor, "/rules/import/text", html! {
                div.stack {
                    (Field { name: "file", id: "name", label: "Name of the file", value: "rule.yaml", required: true, ..Field::default() }.text("text"))
                    (Field { name: "text", label: "Text", required: true, ..Field::default() }.area(10, true))
                    p { button.button type="submit" { "Import" } }
                }
            })))
        }
    }
}

fn one(file: &Imported) -> Markup {
    let tone = if file.problems.iter().any(|problem| problem.severity == "error") { Tone::Warn } else { Tone::Good };
    let rules = |words: &str, rules: &[(String, String)]| {
        html! {
            @if !rules.is_empty() {
                p { (words) ": " @for (at, (key, name)) in rules.iter().enumerate() { @if at > 0 { ", " } a href={ "/rules/" (answer::segment(key)) } dir="auto" { (name) } } }
            }
        }
    };
    component::notice(
        tone,
        html! {
            p { strong dir="auto" { (file.file) } }
            (rules("Taken in", &file.added))
            (rules("Replaced", &file.replaced))
            @if !file.problems.is_empty() { ul { @for problem in &file.problems { li { @if problem.line > 0 { "Line " (problem.line) ": " } (problem.message) } } } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Browser, Role as Who};

    #[test]
    fn a_name_has_no_place() {
        assert!(is_plain("rule.yaml") && is_plain("Règle 1.toml"));
        for name in ["", "../a.yaml", "a/b", "a\\b", "C:x", ".hidden", "a\0b", "a\nb"] {
            assert!(!is_plain(name), "{name:?}");
        }
    }

    #[tokio::test]
    async fn a_text_is_taken_in_and_another_is_not() {
        let browser = Browser::of(Who::Admin);
        let page =
            browser.post("/rules/import/text", &[("file", "a.yaml"), ("text", "id: fresh\nname: <i>Fresh\nquery: x")]).await;
        assert!(page.text.contains("/rules/fresh") && page.text.contains("&lt;i&gt;Fresh"), "{}", page.text);
        let page = browser.post("/rules/import/text", &[("file", "../a.yaml"), ("text", "id: b\nname: B")]).await;
        assert!(page.text.contains("no folders"), "{}", page.text);
        assert_eq!(Browser::of(Who::Analyst).post("/rules/import/text", &[("file", "a.yaml"), ("text", "x")]).await.status, 403);
    }
}
