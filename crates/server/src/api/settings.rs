//! `/api/v1/settings`: sources, accepted domains, watchlists, notifications, storage, configuration.

use access::{Admin, Viewer};
use axum::{extract::State, http::StatusCode};
use desk::{AcceptedDomain, Desk, Sheet, SourceLine, StoredTable, TargetLine, WatchlistLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path},
};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(sources))
        .routes(routes!(accepted_domains, set_accepted_domains))
        .routes(routes!(watchlists))
        .routes(routes!(watchlist, set_watchlist))
        .routes(routes!(targets))
        .routes(routes!(test_target))
        .routes(routes!(storage))
        .routes(routes!(set_retention))
        .routes(routes!(configuration))
}

/// Sources of telemetry, and how they are.
#[utoipa::path(
    get, path = "/settings/sources", operation_id = "settings_sources", tag = "settings",
    responses((status = 200, description = "Sources.", body = [SourceLine]))
)]
async fn sources(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<SourceLine>>, Failed> {
    Ok(Json(desk.settings.sources().await?))
}

/// Domains that mail is accepted for.
#[utoipa::path(
    get, path = "/settings/accepted-domains", operation_id = "settings_accepted_domains", tag = "settings",
    responses((status = 200, description = "Accepted domains.", body = [AcceptedDomain]))
)]
async fn accepted_domains(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<AcceptedDomain>>, Failed> {
    Ok(Json(desk.settings.accepted_domains().await?))
}

/// Writes the list of accepted domains that is kept here; those of the configuration and of the tenant stay.
#[utoipa::path(
    put, path = "/settings/accepted-domains", operation_id = "settings_set_accepted_domains", tag = "settings", request_body = [String],
    responses(
        (status = 204, description = "It is kept."),
        (status = 422, description = "One of them is no name of a domain.", body = Failed),
    )
)]
async fn set_accepted_domains(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Json(names): Json<Vec<String>>,
) -> Result<StatusCode, Failed> {
    desk.settings.set_accepted_domains(&names, &visitor.who()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Watchlists.
#[utoipa::path(
    get, path = "/settings/watchlists", operation_id = "settings_watchlists", tag = "settings",
    responses((status = 200, description = "Watchlists.", body = [WatchlistLine]))
)]
async fn watchlists(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<WatchlistLine>>, Failed> {
    Ok(Json(desk.settings.watchlists().await?))
}

/// The rows of a watchlist.
#[utoipa::path(
    get, path = "/settings/watchlists/{alias}", operation_id = "settings_watchlist", tag = "settings",
    params(("alias" = String, Path, description = "The watchlist's alias.")),
    responses(
        (status = 200, description = "The rows.", body = Sheet),
        (status = 404, description = "There is no such watchlist.", body = Failed),
    )
)]
async fn watchlist(State(desk): State<Desk>, _: Viewer, Path(alias): Path<String>) -> Result<Json<Sheet>, Failed> {
    Ok(Json(desk.settings.watchlist(&alias).await?))
}

/// The text of a watchlist.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct WatchlistText {
    /// CSV whose first line names the columns; 1 MB at most.
    csv: String,
    /// The column that rules look names up in; empty: the first one.
    search_key: String,
}

/// Writes a watchlist: a new one, or a new text of one that may be changed here.
#[utoipa::path(
    put, path = "/settings/watchlists/{alias}", operation_id = "settings_set_watchlist", tag = "settings", request_body = WatchlistText,
    params(("alias" = String, Path, description = "The watchlist's alias: letters, digits, `-` and `_`.")),
    responses(
        (status = 204, description = "It is kept."),
        (status = 403, description = "The configuration names its file.", body = Failed),
        (status = 422, description = "The text is no list; the line is named.", body = Failed),
        (status = 429, description = "The text is too long.", body = Failed),
    )
)]
async fn set_watchlist(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Path(alias): Path<String>,
    Json(text): Json<WatchlistText>,
) -> Result<StatusCode, Failed> {
    desk.settings.set_watchlist(&alias, &text.csv, &text.search_key, &visitor.who()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is told of alerts.
#[utoipa::path(
    get, path = "/settings/notifications", operation_id = "settings_notifications", tag = "settings",
    responses((status = 200, description = "Targets.", body = [TargetLine]))
)]
async fn targets(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<TargetLine>>, Failed> {
    Ok(Json(desk.settings.targets().await?))
}

/// What the other side said.
#[derive(Debug, Serialize, ToSchema)]
struct Said {
    /// Its words.
    said: String,
}

/// Sends a notification that is marked as a test.
#[utoipa::path(
    post, path = "/settings/notifications/{name}/test", operation_id = "settings_test_notification", tag = "settings",
    params(("name" = String, Path, description = "The target's name.")),
    responses(
        (status = 200, description = "It was sent.", body = Said),
        (status = 404, description = "There is no such target.", body = Failed),
        (status = 503, description = "It did not arrive.", body = Failed),
    )
)]
async fn test_target(State(desk): State<Desk>, Admin(visitor): Admin, Path(name): Path<String>) -> Result<Json<Said>, Failed> {
    Ok(Json(Said { said: desk.settings.test_target(&name, &visitor.who()).await? }))
}

/// What is stored.
#[utoipa::path(
    get, path = "/settings/storage", operation_id = "settings_storage", tag = "settings",
    responses((status = 200, description = "Tables.", body = [StoredTable]))
)]
async fn storage(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<StoredTable>>, Failed> {
    Ok(Json(desk.settings.storage().await?))
}

/// How long something is kept.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Retention {
    /// Days; null: for ever.
    days: Option<u32>,
}

/// Says how long a table is kept. What is older is deleted for good.
#[utoipa::path(
    put, path = "/settings/storage/{table}/retention", operation_id = "settings_set_retention", tag = "settings", request_body = Retention,
    params(("table" = String, Path, description = "The table's name.")),
    responses(
        (status = 204, description = "It is kept so long from now on."),
        (status = 404, description = "There is no such table.", body = Failed),
        (status = 422, description = "That is no time to keep it.", body = Failed),
    )
)]
async fn set_retention(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Path(table): Path<String>,
    Json(retention): Json<Retention>,
) -> Result<StatusCode, Failed> {
    desk.settings.set_retention(&table, retention.days, &visitor.who()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A value of the configuration.
#[derive(Debug, Serialize, ToSchema)]
struct Configured {
    /// Its key.
    key: String,
    /// Its value; secrets are hidden.
    value: String,
    /// Where it is from.
    from: String,
}

/// The configuration in effect.
#[utoipa::path(
    get, path = "/settings/configuration", operation_id = "settings_configuration", tag = "settings",
    responses((status = 200, description = "Values and where they are from.", body = [Configured]))
)]
async fn configuration(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<Configured>>, Failed> {
    let values = desk.settings.configuration().await?;
    Ok(Json(values.into_iter().map(|(key, value, from)| Configured { key, value, from }).collect()))
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde_json::{Value, json};

    use crate::api::testing::Client;

    #[tokio::test]
    async fn what_pages_show_of_settings_is_given() {
        let client = Client::of(Role::Viewer).await;
        for (path, key) in [
            ("sources", "state"),
            ("accepted-domains", "origin"),
            ("watchlists", "search_key"),
            ("notifications", "shape"),
            ("storage", "bytes"),
            ("configuration", "from"),
        ] {
            let answer = client.get(&format!("/api/v1/settings/{path}")).await;
            assert!(!answer.json[0][key].is_null(), "{path}");
        }
    }

    #[tokio::test]
    async fn an_admin_changes_settings() {
        let client = Client::of(Role::Admin).await;
        let put = async |path: &str, body: Value| client.call("PUT", &format!("/api/v1/settings/{path}"), body).await.status;
        assert_eq!(put("accepted-domains", json!(["new.example"])).await, 204);
        assert_eq!(put("accepted-domains", json!(["../x"])).await, 422);
        assert_eq!(put("watchlists/Mine", json!({"csv": "A,B\n1,2\n", "search_key": "B"})).await, 204);
        assert_eq!(put("watchlists/Mine", json!({"csv": "A,A\n"})).await, 422);
        assert_eq!(put("watchlists/..%2Fx", json!({"csv": "A\n"})).await, 422);
        assert_eq!(put("watchlists/Mine", json!({"csv": format!("A\n{}", "x\n".repeat(600_000))})).await, 429);
        assert_eq!(put("storage/EmailEvents/retention", json!({"days": 30})).await, 204);
        assert_eq!(put("storage/..%2Fx/retention", json!({"days": 30})).await, 404);
        assert_eq!(
            client.call("POST", "/api/v1/settings/notifications/soc/test", Value::Null).await.json["said"],
            "250 2.0.0 accepted"
        );
        assert_eq!(client.call("POST", "/api/v1/settings/notifications/pager/test", Value::Null).await.status, 503);
    }

    #[tokio::test]
    async fn nobody_else_does() {
        let client = Client::of(Role::Analyst).await;
        assert_eq!(client.call("PUT", "/api/v1/settings/accepted-domains", json!([])).await.status, 403);
        assert_eq!(client.call("PUT", "/api/v1/settings/watchlists/Mine", json!({"csv": "A\n"})).await.status, 403);
        assert_eq!(client.call("PUT", "/api/v1/settings/storage/EmailEvents/retention", json!({"days": 1})).await.status, 403);
        assert_eq!(client.call("POST", "/api/v1/settings/notifications/soc/test", Value::Null).await.status, 403);
    }
}
