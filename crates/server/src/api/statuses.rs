//! What each status means: an answer that the interface says nothing else of is described by it, and every call has the answers that any
//! call can get.
//!
//! OpenAPI wants a description of every answer (<https://spec.openapis.org/oas/v3.1.0#response-object>), and a client that was generated
//! from the document is at a loss with one that is not there.

use utoipa::{
    PartialSchema as _,
    openapi::{
        ContentBuilder, HeaderBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, ParameterIn},
    },
};

/// Who asks, and whether anything can be answered at the moment: of every call.
const ALWAYS: &[&str] = &["401", "403", "421", "429", "500", "503"];

/// Gives every call the answers that any can get, and every answer a description that has none.
pub(crate) fn describe(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let common = common(operation);
        let answers = &mut operation.responses.responses;
        for status in common {
            answers.entry(status.to_owned()).or_insert_with(|| RefOr::T(failed()));
        }
        for (status, answer) in answers {
            if let RefOr::T(answer) = answer {
                if answer.description.is_empty() {
                    meaning(status).clone_into(&mut answer.description);
                }
                if let Some((name, words)) = header(status) {
                    let header = HeaderBuilder::new().schema(String::schema()).description(Some(words)).build();
                    answer.headers.entry(name.to_owned()).or_insert(header);
                }
            }
        }
    }
}

/// The statuses that a call can be answered with by what it takes.
fn common(operation: &Operation) -> Vec<&'static str> {
    let mut statuses = ALWAYS.to_vec();
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if parameters.iter().any(|parameter| parameter.parameter_in == ParameterIn::Path) {
        statuses.push("404");
    }
    if !parameters.is_empty() || operation.request_body.is_some() {
        statuses.push("422");
    }
    if operation.request_body.is_some() {
        statuses.extend(["413", "415"]);
    }
    statuses
}

/// An answer that says what went wrong.
fn failed() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Failed"))).build();
    ResponseBuilder::new().content("application/json", content).build()
}

/// The header that comes with a status.
fn header(status: &str) -> Option<(&'static str, &'static str)> {
    match status {
        "401" => Some(("WWW-Authenticate", "How somebody can be known.")),
        "429" | "503" => Some(("Retry-After", "When to ask again, in seconds.")),
        _ => None,
    }
}

/// What can be done at a path.
fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.delete,
        &mut path.options,
        &mut path.head,
        &mut path.patch,
        &mut path.trace,
    ];
    all.into_iter().filter_map(Option::as_mut)
}

/// A status in words.
fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "What was asked for.",
        "201" => "It was made.",
        "202" => "A job was begun, or goes on; `Location` says where it is asked about.",
        "204" => "It was done.",
        "401" => "Nobody is signed in, and no token was presented, or one that is not good.",
        "403" => "Who asks may not do that.",
        "404" => "There is no such thing.",
        "409" => "It has changed in the meantime, or does not go with what is there.",
        "410" => "It was cancelled.",
        "413" => "The body is larger than is taken.",
        "415" => "The body is not said to be of the form that is taken.",
        "421" => "It was asked for under a name that is not this site's.",
        "422" => "What was sent cannot be used; `problem` says where it is wrong, if that is known.",
        "429" => "It is more than is allowed, or too often; `Retry-After` says when to ask again.",
        "500" => "A fault of this program.",
        "503" => "Not available at the moment; `Retry-After` says when to ask again.",
        _ => "",
    }
}
