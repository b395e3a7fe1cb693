//! What each status means: an answer that the interface says nothing else of is described by it.
//!
//! OpenAPI wants a description of every answer (<https://spec.openapis.org/oas/v3.1.0#response-object>).

use utoipa::openapi::{OpenApi, PathItem, RefOr, path::Operation};

/// Gives every answer a description that has none.
pub(crate) fn describe(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for (status, answer) in &mut operation.responses.responses {
            if let RefOr::T(answer) = answer
                && answer.description.is_empty()
            {
                meaning(status).clone_into(&mut answer.description);
            }
        }
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
        "401" => "Nobody is signed in, and no token was presented.",
        "403" => "Who asks may not do that.",
        "404" => "There is no such thing.",
        "409" => "It has changed in the meantime, or does not go with what is there.",
        "410" => "It was cancelled.",
        "422" => "What was sent cannot be used; `problem` says where it is wrong, if that is known.",
        "429" => "It is more than is allowed, or too often; `Retry-After` says when to ask again.",
        "500" => "A fault of this program.",
        "503" => "Not available at the moment; `Retry-After` says when to ask again.",
        _ => "",
    }
}
