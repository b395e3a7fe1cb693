//! `/api/v1/messages`: messages found, and one message with everything that is known of it.

use access::Viewer;
use axum::extract::State;
use desk::{Desk, MessageView, Sheet};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path, Query},
};

/// Days that are searched where nobody says otherwise, and at most.
const DAYS: (u32, u32) = (7, 3650);

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(find)).routes(routes!(message))
}

/// What messages are found by.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// An id, an address, a domain, words of a subject.
    q: String,
    /// Over how many days; 0: 7.
    days: u32,
}

/// Messages that fit a text, the latest first.
#[utoipa::path(
    get, path = "/messages", operation_id = "messages_find", tag = "messages", params(Asked),
    responses(
        (status = 200, description = "Messages.", body = Sheet),
        (status = 429, description = "It asks for too much.", body = Failed),
    )
)]
async fn find(State(desk): State<Desk>, _: Viewer, Query(asked): Query<Asked>) -> Result<Json<Sheet>, Failed> {
    let days = if asked.days == 0 { DAYS.0 } else { asked.days.min(DAYS.1) };
    Ok(Json(desk.messages.find(asked.q.trim(), days).await?))
}

/// One message: its path, every verdict, what happened to it, every row about it.
#[utoipa::path(
    get, path = "/messages/{id}", operation_id = "messages_one", tag = "messages",
    params(("id" = String, Path, description = "The network message id, or the `Message-ID` of its header.")),
    responses(
        (status = 200, description = "The message.", body = MessageView),
        (status = 404, description = "Nothing is known of such a message.", body = Failed),
    )
)]
async fn message(State(desk): State<Desk>, _: Viewer, Path(id): Path<String>) -> Result<Json<MessageView>, Failed> {
    Ok(Json(desk.messages.message(&id).await?))
}

#[cfg(test)]
mod tests {
    use access::Role;

    use crate::api::testing::Client;

    #[tokio::test]
    async fn a_message_is_found_and_given_whole() {
        let client = Client::of(Role::Viewer).await;
        let found = client.get("/api/v1/messages?q=ceo%40example.com").await;
        let id = found.json["rows"][0][1].as_str().unwrap();
        let message = client.get(&format!("/api/v1/messages/{id}")).await;
        assert_eq!(message.json["path"].as_array().map(Vec::len), Some(9));
        assert_eq!(client.get("/api/v1/messages/%3C20261119.1%40example.com%3E").await.status, 200);
        assert_eq!(client.get("/api/v1/messages/..%2F..%2Fetc%2Fpasswd").await.status, 404);
    }
}
