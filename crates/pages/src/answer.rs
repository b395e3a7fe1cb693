//! Answers that are no whole page: parts that scripts put into one, JSON that they read, files to keep; and who may have them.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use desk::{Download, Fault, JobView, Jobs};
use maud::Markup;
use serde_json::json;

use crate::{Failure, Role, Visitor, marks};

/// How often a job is looked at while a page waits for it.
const BEAT: Duration = Duration::from_millis(20);

/// A fault as a script reads it: `{"error", "problem"}`.
pub(crate) fn fault(fault: &Fault) -> Response {
    let problem = match fault {
        Fault::Input(problem) => Some(problem.as_ref()),
        _ => None,
    };
    (Failure::from(fault).status, Json(json!({"error": fault.to_string(), "problem": problem}))).into_response()
}

/// A part of a page.
pub(crate) fn fragment(markup: Markup) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], marks::written_out(markup.into_string())).into_response()
}

/// A file to keep. Its name loses what a header or a file system could misunderstand.
pub(crate) fn download(file: Download) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.plain_name()));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(file.media_type);
    ([(header::CONTENT_DISPOSITION, disposition), (header::CONTENT_TYPE, kind)], file.bytes).into_response()
}

/// Refuses who may do less than `needed`.
///
/// # Errors
/// [`Fault::Refused`].
pub(crate) fn needs(visitor: &Visitor, needed: Role, what: &str) -> Result<(), Fault> {
    if visitor.may(needed) {
        return Ok(());
    }
    Err(Fault::Refused { reason: format!("{what} takes the role {}; yours is {}", needed.as_str(), visitor.role.as_str()) })
}

/// Waits until a job has ended, or so long.
///
/// # Errors
/// When there is none of that id, or it is another's.
pub(crate) async fn until_ended(jobs: &Jobs, id: &str, owner: &str, longest: Duration) -> Result<JobView, Fault> {
    let ended = async {
        loop {
            match jobs.look(id, owner) {
                Ok(view) if view.state == "running" => tokio::time::sleep(BEAT).await,
                other => return other,
            }
        }
    };
    match tokio::time::timeout(longest, ended).await {
        Ok(view) => view,
        Err(_) => jobs.look(id, owner),
    }
}

/// A text as it was written: forms send line ends as CR LF (HTML, "constructing the entry list").
pub(crate) fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// An address with parameters; those that are empty are left out.
pub(crate) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    let text = text.finish();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
}

/// A name as a part of a path.
pub(crate) fn segment(name: &str) -> String {
    // As `byte_serialize` writes it, but for the space, which is a plus only behind the question mark.
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_a_path() {
        assert_eq!(segment("a b/../c?d+e"), "a%20b%2F..%2Fc%3Fd%2Be");
        assert_eq!(address("/hunt", &[("q", "a\n| b"), ("language", "")]), "/hunt?q=a%0A%7C+b");
    }

    #[test]
    fn a_file_keeps_a_harmless_name() {
        let file = Download { name: "../a\"\r\nb.csv".to_owned(), media_type: "text/csv", bytes: Vec::new() };
        assert_eq!(download(file).headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"_a___b.csv\"");
    }
}
