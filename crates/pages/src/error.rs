//! Pages that say what is wrong and what to do, in place of the page that was asked for.
//!
//! Inside of a page use [`crate::layout::Frame::fault`]; a [`Failure`] is what stands on it.

use std::sync::Arc;

use access::{AccessError, ErrorKind, Refused, Render};
use axum::{http::StatusCode, response::Response};
use desk::Fault;
use maud::{Markup, html};

use crate::{
    Visitor,
    layout::{self, Frame, Nav},
};

/// What is wrong, in words for who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The status of the answer.
    pub status: StatusCode,
    /// The heading: what is wrong, in a few words.
    pub title: String,
    /// What happened, in a sentence; shown as it is.
    pub reason: String,
    /// What to do, each a sentence.
    pub help: Vec<String>,
}

impl Failure {
    /// A failure with its words.
    #[must_use]
    pub fn new(status: StatusCode, title: &str, reason: impl Into<String>, help: &[&str]) -> Self {
        let help = help.iter().map(|&line| line.to_owned()).collect();
        Self { status, title: title.to_owned(), reason: reason.into(), help }
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found(reason: impl Into<String>) -> Self {
        let help = [
            "Look at the address: it may have been cut when it was copied.",
            "What was kept longer than the retention allows is gone.",
        ];
        Self::new(StatusCode::NOT_FOUND, "Not found", reason, &help)
    }

    /// It may not be done by this person.
    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        let help = ["Nothing was changed.", "An administrator gives roles under Settings, Users."];
        Self::new(StatusCode::FORBIDDEN, "Not allowed", reason, &help)
    }

    /// What was sent cannot be used: a query that does not parse, a form with a fault that has no field.
    #[must_use]
    pub fn input(reason: impl Into<String>) -> Self {
        let help = ["Nothing was changed.", "Go back, correct it, and send it again."];
        Self::new(StatusCode::BAD_REQUEST, "That cannot be read", reason, &help)
    }

    /// It has changed since it was looked at.
    #[must_use]
    pub fn conflict(reason: impl Into<String>) -> Self {
        let help = ["Nothing was changed.", "Load the page again to see what it is now, then decide again."];
        Self::new(StatusCode::CONFLICT, "It has changed in the meantime", reason, &help)
    }

    /// It would take more memory or time than is allowed.
    #[must_use]
    pub fn limit(reason: impl Into<String>) -> Self {
        let help = ["Ask for a shorter time, or filter earlier in the query.", "Everything else goes on working."];
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Too large to be answered", reason, &help)
    }

    /// The database is locked or gone, or a server does not answer.
    #[must_use]
    pub fn unavailable(reason: impl Into<String>) -> Self {
        let help = [
            "Wait a moment and load the page again: a database that is locked by another program is free again when that has ended.",
            "If it stays, look at the log of spoofwatch serve, at the room on its disk, and at /healthz.",
            "Detection goes on as soon as the database answers; what arrives meanwhile is kept.",
        ];
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not available at the moment", reason, &help)
    }

    /// A fault of this program.
    #[must_use]
    pub fn internal(reason: impl Into<String>) -> Self {
        let help =
            ["Load the page again.", "If it stays, the log of spoofwatch serve says more; please report it with what you did."];
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong in this program", reason, &help)
    }

    /// Why somebody was not let in.
    fn of_refusal(refused: &Refused) -> Self {
        let title = match refused {
            Refused::SignedOut | Refused::Token => "Sign in first",
            Refused::Forbidden { .. } | Refused::Scope { .. } => "Not allowed",
            Refused::MustChange => "Choose a new password first",
            Refused::Csrf => "That page was too old",
            Refused::Host => "Not this site's name",
            Refused::Form { .. } | Refused::TooLarge { .. } => "That cannot be read",
            Refused::Unavailable { .. } => "Not available at the moment",
        };
        Self::new(refused.status(), title, refused.to_string(), &["Nothing was changed."])
    }

    /// What stands on the page, below its heading.
    #[must_use]
    pub fn body(&self) -> Markup {
        html! {
            div.failure {
                p.failure-code aria-hidden="true" { (self.status.as_u16()) }
                div {
                    p.failure-reason { (crate::component::prose(&self.reason)) }
                    @if !self.help.is_empty() {
                        ul { @for line in &self.help { li { (crate::component::prose(line)) } } }
                    }
                    p.actions {
                        button.button.js-only type="button" data-reload { "Load again" }
                        a.button.quiet href="/" { "Go to the overview" }
                    }
                }
            }
        }
    }
}

impl From<&AccessError> for Failure {
    fn from(error: &AccessError) -> Self {
        let reason = error.to_string();
        match error.kind() {
            ErrorKind::Unknown => Self::not_found(reason),
            ErrorKind::Conflict => Self::conflict(reason),
            ErrorKind::Input | ErrorKind::Limit => Self::input(reason),
            ErrorKind::Refused => Self::refused(reason),
            ErrorKind::Unavailable => Self::unavailable(reason),
            ErrorKind::Internal => Self::internal(reason),
        }
    }
}

impl From<&Fault> for Failure {
    fn from(fault: &Fault) -> Self {
        let reason = fault.to_string();
        match fault {
            Fault::Unknown { .. } => Self::not_found(reason),
            Fault::Input(problem) => {
                let mut failure = Self::input(reason);
                if problem.line > 0 {
                    failure.reason = format!("Line {}, column {}: {}", problem.line, problem.column, problem.message);
                }
                if !problem.help.is_empty() {
                    failure.help.insert(0, problem.help.clone());
                }
                failure
            }
            Fault::Refused { .. } => Self::refused(reason),
            Fault::Conflict { .. } => Self::conflict(reason),
            Fault::Limit { .. } => Self::limit(reason),
            Fault::Cancelled => Self::new(StatusCode::CONFLICT, "Cancelled", "It was cancelled before it was done.", &[]),
            Fault::Unavailable { .. } => Self::unavailable(reason),
            Fault::Internal { .. } => Self::internal(reason),
        }
    }
}

/// How refusals of [`access`] look to people: within the frame where somebody is in, on a bare page otherwise.
#[must_use]
pub fn refused() -> Render {
    Arc::new(|refused: &Refused, visitor: Option<&Visitor>| {
        let failure = Failure::of_refusal(refused);
        match visitor {
            Some(visitor) => Frame::new(failure.title.clone(), Nav::None, visitor).failure(&failure),
            None => layout::bare(failure.status, &failure.title, &html! { h1 { (failure.title) } (failure.body()) }),
        }
    })
}

/// The page where a handler broke off. It stands on a bare page: who asked is not known any more.
#[must_use]
pub fn broken() -> Response {
    let failure = Failure::internal("A fault in this program ended the request.");
    layout::bare(failure.status, &failure.title, &html! { h1 { (failure.title) } (failure.body()) })
}

/// The answer to an address that no page has.
pub(crate) async fn no_such_page(visitor: Visitor) -> Response {
    Frame::new("Not found", Nav::None, &visitor).failure(&Failure::not_found("There is no page at this address."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_status_and_says_what_to_do() {
        let faults = [
            (Fault::Unknown { what: "alert", id: "<x>".to_owned() }, 404),
            (Fault::input("`severty` is no field"), 400),
            (Fault::Refused { reason: "who proposes may not approve".to_owned() }, 403),
            (Fault::Conflict { reason: "it was closed by ben".to_owned() }, 409),
            (Fault::Limit { reason: "more than 512 MB".to_owned() }, 422),
            (Fault::Unavailable { reason: "database is locked".to_owned() }, 503),
            (Fault::internal("index out of range"), 500),
        ];
        for (fault, status) in faults {
            let failure = Failure::from(&fault);
            assert_eq!((failure.status.as_u16(), failure.reason.as_str()), (status, fault.to_string().as_str()));
            assert!(!failure.help.is_empty(), "{fault}");
        }
        let page = Failure::from(&Fault::Unknown { what: "alert", id: "<x>".to_owned() }).body().into_string();
        assert!(page.contains("there is no alert <code>&lt;x&gt;</code>"), "{page}");
    }

    #[tokio::test]
    async fn where_a_handler_broke_off_there_is_a_page_that_says_so() {
        let answer = broken();
        assert_eq!(answer.status(), 500);
        let page = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        assert!(String::from_utf8_lossy(&page).contains("A fault in this program ended the request."));
    }

    #[tokio::test]
    async fn an_address_without_a_page_says_so_in_the_frame() {
        let page = crate::testing::Browser::of(crate::Role::Viewer).get("/nowhere").await;
        assert_eq!(page.status, 404);
        assert!(page.text.contains("There is no page at this address.") && page.text.contains("aria-label=\"Main\""));
    }
}
