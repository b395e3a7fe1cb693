//! `/api/v1/domains`: own domains, the keys that sign for them, the tenant.

use std::sync::Arc;

use access::{Analyst, Viewer};
use axum::{extract::State, response::Response};
use desk::{CalendarEntry, Desk, DomainLine, DomainView, FindingView, JobView, KeyLine, Outcome, Work};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed, jobs,
    taken::{Json, Path},
};

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(domains))
        .routes(routes!(keys))
        .routes(routes!(tenant))
        .routes(routes!(domain))
        .routes(routes!(look))
}

/// Own domains, those that can be forged first.
#[utoipa::path(
    get, path = "/domains", operation_id = "domains_list", tag = "domains",
    responses((status = 200, description = "Own domains.", body = [DomainLine]))
)]
async fn domains(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<DomainLine>>, Failed> {
    Ok(Json(desk.domains.domains().await?))
}

/// Keys, and what is to come of them.
#[derive(Debug, Serialize, ToSchema)]
struct Keys {
    /// Every key.
    keys: Vec<KeyLine>,
    /// What happened and is due, in time order.
    calendar: Vec<CalendarEntry>,
}

/// Every DKIM key, and the calendar of rotations.
#[utoipa::path(
    get, path = "/domains/keys", operation_id = "domains_keys", tag = "domains",
    responses((status = 200, description = "Keys and calendar.", body = Keys))
)]
async fn keys(State(desk): State<Desk>, _: Viewer) -> Result<Json<Keys>, Failed> {
    let (keys, calendar) = desk.domains.keys().await?;
    Ok(Json(Keys { keys, calendar }))
}

/// What is wrong in the Microsoft 365 tenant.
#[utoipa::path(
    get, path = "/domains/tenant", operation_id = "domains_tenant", tag = "domains",
    responses((status = 200, description = "Findings of the tenant.", body = [FindingView]))
)]
async fn tenant(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<FindingView>>, Failed> {
    Ok(Json(desk.domains.tenant().await?))
}

/// One domain, as it was last looked at.
#[utoipa::path(
    get, path = "/domains/{name}", operation_id = "domains_one", tag = "domains",
    params(("name" = String, Path, description = "The domain.")),
    responses(
        (status = 200, description = "The domain.", body = DomainView),
        (status = 404, description = "It is none of the own domains.", body = Failed),
    )
)]
async fn domain(State(desk): State<Desk>, _: Viewer, Path(name): Path<String>) -> Result<Json<DomainView>, Failed> {
    Ok(Json(desk.domains.domain(&name).await?))
}

/// Begins a new look at a domain. What it finds is the outcome of the job.
#[utoipa::path(
    post, path = "/domains/{name}/look", operation_id = "domains_look", tag = "domains",
    params(("name" = String, Path, description = "The domain.")),
    responses(
        (status = 202, description = "The job that looks.", body = JobView),
        (status = 404, description = "It is none of the own domains.", body = Failed),
        (status = 429, description = "Too much is under way.", body = Failed),
    )
)]
async fn look(State(desk): State<Desk>, Analyst(visitor): Analyst, Path(name): Path<String>) -> Result<Response, Failed> {
    // What does not exist is told at once.
    desk.domains.domain(&name).await?;
    let domains = Arc::clone(&desk.domains);
    let begin = |work: Work| async move { domains.look(&name, &work).await.map(Outcome::Domain) };
    let id = desk.jobs.start(&visitor.name, "look", begin)?;
    jobs::begun(&desk, &id, &visitor.name)
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde_json::Value;

    use crate::api::testing::Client;

    #[tokio::test]
    async fn what_pages_show_of_domains_is_given() {
        let client = Client::of(Role::Viewer).await;
        let all = client.get("/api/v1/domains").await;
        assert_eq!(all.json.as_array().map(Vec::len), Some(9));
        let one = client.get("/api/v1/domains/shop.example").await;
        assert_eq!(one.json["findings"][0]["check"], "spf-allows-everybody");
        assert_eq!(client.get("/api/v1/domains/keys").await.json["calendar"][0]["state"], "overdue");
        assert_eq!(client.get("/api/v1/domains/tenant").await.json[0]["check"], "direct-send-open");
    }

    #[tokio::test]
    async fn an_analyst_has_a_domain_looked_at_and_a_viewer_does_not() {
        let path = "/api/v1/domains/contoso.com/look";
        assert_eq!(Client::of(Role::Viewer).await.call("POST", path, Value::Null).await.status, 403);
        let client = Client::of(Role::Analyst).await;
        let begun = client.call("POST", path, Value::Null).await;
        assert_eq!(begun.status, 202);
        assert_eq!(client.get(&format!("{}?wait=10", begun.location)).await.json["state"], "done");
        let outcome = client.get(&format!("{}/outcome", begun.location)).await;
        assert_eq!((&outcome.json["kind"], &outcome.json["result"]["line"]["name"]), (&"domain".into(), &"contoso.com".into()));
    }

    #[tokio::test]
    async fn what_is_none_of_the_domains_is_not_found() {
        let client = Client::of(Role::Analyst).await;
        for name in ["nosuch.example", "..%2Fcontoso.com", "%00"] {
            assert_eq!(client.get(&format!("/api/v1/domains/{name}")).await.status, 404, "{name}");
            assert_eq!(client.call("POST", &format!("/api/v1/domains/{name}/look"), Value::Null).await.status, 404, "{name}");
        }
    }
}
