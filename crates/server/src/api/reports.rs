//! `/api/v1/reports`: what receivers report.

use access::Viewer;
use axum::extract::State;
use desk::{Desk, Sheet};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed,
    taken::{Json, Path, Query},
};

/// Days that are looked at where nobody says otherwise, and at most.
const DAYS: (u32, u32) = (30, 3650);

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(views)).routes(routes!(view))
}

/// A view of reports.
#[derive(Debug, Serialize, ToSchema)]
struct View {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// What it shows.
    shows: String,
}

/// The views there are.
#[utoipa::path(
    get, path = "/reports", operation_id = "reports_list", tag = "reports",
    responses((status = 200, description = "Views.", body = [View]))
)]
async fn views(State(desk): State<Desk>, _: Viewer) -> Json<Vec<View>> {
    Json(desk.reports.views().into_iter().map(|(id, title, shows)| View { id, title, shows }).collect())
}

/// What is asked of a view.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// An own domain; empty: all.
    domain: String,
    /// Over how many days; 0: 30.
    days: u32,
}

/// Rows of a view, and the query that gives them.
#[derive(Debug, Serialize, ToSchema)]
struct Report {
    /// The rows.
    sheet: Sheet,
    /// The query behind them.
    query: String,
}

/// A view over some days.
#[utoipa::path(
    get, path = "/reports/{view}", operation_id = "reports_view", tag = "reports",
    params(("view" = String, Path, description = "The view's id."), Asked),
    responses(
        (status = 200, description = "The rows, and the query behind them.", body = Report),
        (status = 404, description = "There is no such view.", body = Failed),
    )
)]
async fn view(
    State(desk): State<Desk>,
    _: Viewer,
    Path(view): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Report>, Failed> {
    let days = if asked.days == 0 { DAYS.0 } else { asked.days.min(DAYS.1) };
    let (sheet, query) = desk.reports.view(&view, &asked.domain, days).await?;
    Ok(Json(Report { sheet, query }))
}

#[cfg(test)]
mod tests {
    use access::Role;

    use crate::api::testing::Client;

    #[tokio::test]
    async fn every_view_can_be_asked_for() {
        let client = Client::of(Role::Viewer).await;
        let views = client.get("/api/v1/reports").await;
        for view in views.json.as_array().unwrap() {
            let report = client.get(&format!("/api/v1/reports/{}?days=7", view["id"].as_str().unwrap())).await;
            assert!(report.json["query"].as_str().unwrap().ends_with("(since=ago(7d))"));
        }
        assert_eq!(client.get("/api/v1/reports/..%2Fdomains").await.status, 404);
    }
}
