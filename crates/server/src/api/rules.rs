//! `/api/v1/rules`: rules, how they fare, what they say, tried against history, changed.

use std::sync::Arc;

use access::{Admin, Analyst, Viewer};
use axum::{
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use desk::{BacktestAsk, Coverage, Desk, Fault, Imported, JobView, Outcome, RuleLine, RuleView, Trial, Work};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Failed, download, jobs,
    taken::{Json, Path, Query, Whole},
};

/// The largest file of rules that is taken in, in bytes: Elastic's whole set has 12 MB.
const LARGEST: usize = 16 << 20;

pub(super) fn routes() -> OpenApiRouter<Desk> {
    let files = OpenApiRouter::new().routes(routes!(import)).layer(DefaultBodyLimit::max(LARGEST));
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, save))
        .routes(routes!(enable))
        .routes(routes!(try_text))
        .routes(routes!(backtest))
        .routes(routes!(from_query))
        .routes(routes!(coverage))
        .routes(routes!(navigator))
        .merge(files)
}

/// Every rule.
#[utoipa::path(get, path = "/rules", operation_id = "rules_list", tag = "rules", responses((status = 200, body = [RuleLine])))]
async fn list(State(desk): State<Desk>, _: Viewer) -> Result<Json<Vec<RuleLine>>, Failed> {
    Ok(Json(desk.rules.rules().await?))
}

/// One rule: its guide, its versions, its runs, what is excluded.
#[utoipa::path(
    get, path = "/rules/{key}", operation_id = "rules_show", tag = "rules", params(("key" = String, Path)),
    responses((status = 200, body = RuleView), (status = 404, body = Failed))
)]
async fn show(State(desk): State<Desk>, _: Viewer, Path(key): Path<String>) -> Result<Json<RuleView>, Failed> {
    Ok(Json(desk.rules.rule(&key).await?))
}

/// A text to save.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Text {
    /// The whole text, as it is published.
    text: String,
    /// The number of the version it was made from; 0 for a new rule.
    seen: u64,
    /// What was changed, and why.
    comment: String,
}

/// A rule that was saved.
#[derive(Debug, Serialize, ToSchema)]
struct Saved {
    /// Its key.
    key: String,
}

/// Saves a new rule; it is watched from now on.
#[utoipa::path(
    post, path = "/rules", operation_id = "rules_create", tag = "rules", request_body = Text,
    responses((status = 201, body = Saved), (status = 409, body = Failed), (status = 422, body = Failed))
)]
async fn create(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Json(text): Json<Text>,
) -> Result<(StatusCode, Json<Saved>), Failed> {
    let key = desk.rules.save("", &text.text, 0, &text.comment, &visitor.who()).await?;
    Ok((StatusCode::CREATED, Json(Saved { key })))
}

/// Saves another text of a rule. When it has changed since version `seen`, nothing is saved.
#[utoipa::path(
    put, path = "/rules/{key}", operation_id = "rules_save", tag = "rules", params(("key" = String, Path)), request_body = Text,
    responses((status = 200, body = Saved), (status = 404, body = Failed), (status = 409, body = Failed), (status = 422, body = Failed))
)]
async fn save(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Path(key): Path<String>,
    Json(text): Json<Text>,
) -> Result<Json<Saved>, Failed> {
    if key.is_empty() {
        return Err(Fault::Unknown { what: "rule", id: key }.into());
    }
    let key = desk.rules.save(&key, &text.text, text.seen, &text.comment, &visitor.who()).await?;
    Ok(Json(Saved { key }))
}

/// Whether a rule runs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
    /// True: it runs from now on.
    enabled: bool,
}

/// Switches a rule on or off.
#[utoipa::path(
    put, path = "/rules/{key}/enabled", operation_id = "rules_enable", tag = "rules", params(("key" = String, Path)), request_body = Switch,
    responses((status = 204), (status = 404, body = Failed))
)]
async fn enable(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Path(key): Path<String>,
    Json(switch): Json<Switch>,
) -> Result<StatusCode, Failed> {
    desk.rules.enable(&key, switch.enabled, &visitor.who()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A text to try.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Tried {
    /// The rule that is changed; empty: a new one.
    key: String,
    /// The text.
    text: String,
}

/// Reads, checks and lints a text; nothing is saved.
#[utoipa::path(post, path = "/rules/try", operation_id = "rules_try_text", tag = "rules", request_body = Tried,
    responses((status = 200, body = Trial), (status = 404, body = Failed)))]
async fn try_text(State(desk): State<Desk>, _: Analyst, Json(tried): Json<Tried>) -> Result<Json<Trial>, Failed> {
    Ok(Json(desk.rules.try_text(&tried.key, &tried.text).await?))
}

/// Begins a replay of history. What it gave is the outcome of the job.
#[utoipa::path(
    post, path = "/rules/backtest", operation_id = "rules_backtest", tag = "rules", request_body = BacktestAsk,
    responses((status = 202, body = JobView), (status = 403, body = Failed), (status = 429, body = Failed))
)]
async fn backtest(State(desk): State<Desk>, Analyst(visitor): Analyst, Json(ask): Json<BacktestAsk>) -> Result<Response, Failed> {
    let rules = Arc::clone(&desk.rules);
    let begin = |work: Work| async move { rules.backtest(&ask, &work).await.map(Outcome::Backtest) };
    let id = desk.jobs.start(&visitor.name, "backtest", begin)?;
    jobs::begun(&desk, &id, &visitor.name)
}

/// A query that is to become a rule.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Named {
    /// The rule's name.
    name: String,
    /// The query.
    query: String,
}

/// A text of a rule.
#[derive(Debug, Serialize, ToSchema)]
struct Drafted {
    /// The text.
    text: String,
}

/// The text of a new rule for a query; nothing is saved.
#[utoipa::path(post, path = "/rules/from-query", operation_id = "rules_from_query", tag = "rules", request_body = Named, responses((status = 200, body = Drafted)))]
async fn from_query(State(desk): State<Desk>, _: Analyst, Json(named): Json<Named>) -> Result<Json<Drafted>, Failed> {
    Ok(Json(Drafted { text: desk.rules.from_query(&named.name, &named.query).await? }))
}

/// The file that is sent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct File {
    /// Its name, such as `rules.ndjson`: no folders.
    file: String,
}

/// Takes in a published file of rules, which is the body.
#[utoipa::path(
    post, path = "/rules/import", operation_id = "rules_import", tag = "rules", params(File), request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = Imported), (status = 422, body = Failed))
)]
async fn import(
    State(desk): State<Desk>,
    Admin(visitor): Admin,
    Query(file): Query<File>,
    Whole(bytes): Whole,
) -> Result<Json<Imported>, Failed> {
    let name = file.file;
    let plain = !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
    if !plain || name.chars().any(char::is_control) {
        return Err(Fault::input("the name of a file has no folders, no dot in front and no colon").into());
    }
    Ok(Json(desk.rules.import(&name, &bytes, &visitor.who()).await?))
}

/// Techniques of ATT&CK and the rules that cover them.
#[utoipa::path(get, path = "/rules/coverage", operation_id = "rules_coverage", tag = "rules", responses((status = 200, body = Coverage)))]
async fn coverage(State(desk): State<Desk>, _: Viewer) -> Result<Json<Coverage>, Failed> {
    Ok(Json(desk.rules.coverage().await?))
}

/// The coverage as a layer of ATT&CK Navigator.
#[utoipa::path(get, path = "/rules/navigator", operation_id = "rules_navigator", tag = "rules", responses((status = 200, content_type = "application/json")))]
async fn navigator(State(desk): State<Desk>, _: Viewer) -> Result<Response, Failed> {
    Ok(download(desk.rules.navigator().await?))
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde_json::{Value, json};

    use crate::api::testing::Client;

    const TEXT: &str = "id: own-domain-dmarc-fail\nname: Own\nquery: |\n  let Threshold = 30;\n  EmailEvents\n";

    #[tokio::test]
    async fn rules_are_listed_and_read() {
        let client = Client::of(Role::Viewer).await;
        assert_eq!(client.get("/api/v1/rules").await.json.as_array().unwrap().len(), 34);
        let rule = client.get("/api/v1/rules/own-domain-dmarc-fail").await;
        assert_eq!((&rule.json["line"]["severity"], &rule.json["versions"][0]["number"]), (&json!("high"), &json!(3)));
        for key in ["none", "..%2F..%2Fsecret", "%00"] {
            assert_eq!(client.get(&format!("/api/v1/rules/{key}")).await.status, 404, "{key}");
        }
        assert_eq!(client.get("/api/v1/rules/coverage").await.json["tactics"][0]["id"], "TA0043");
        assert_eq!(client.get("/api/v1/rules/navigator").await.json["domain"], "enterprise-attack");
    }

    #[tokio::test]
    async fn one_that_changed_in_the_meantime_is_not_overwritten() {
        let client = Client::of(Role::Admin).await;
        let save = |seen: u64| {
            client.call("PUT", "/api/v1/rules/own-domain-dmarc-fail", json!({"text": TEXT, "seen": seen, "comment": "c"}))
        };
        assert_eq!((save(2).await.status, save(3).await.status, save(3).await.status), (409, 200, 409));
        let rule = client.get("/api/v1/rules/own-domain-dmarc-fail").await;
        assert_eq!(
            (&rule.json["versions"][0]["who"], &rule.json["versions"][0]["comment"]),
            (&json!("ana@contoso.com"), &json!("c"))
        );
    }

    #[tokio::test]
    async fn a_text_is_tried_and_replayed_by_an_analyst() {
        let client = Client::of(Role::Analyst).await;
        let tried = client.call("POST", "/api/v1/rules/try", json!({"text": "name: x\nquery: T | whre"})).await;
        assert_eq!((&tried.json["ok"], &tried.json["problems"][0]["line"]), (&json!(false), &json!(2)));
        let ask = json!({"key": "own-domain-dmarc-fail", "text": TEXT, "days": 10});
        let begun = client.call("POST", "/api/v1/rules/backtest", ask).await;
        let came = client.get(&format!("{}/outcome?wait=10", begun.location)).await;
        assert_eq!(
            (&came.json["kind"], came.json["result"]["days_now"].as_array().map(Vec::len)),
            (&json!("backtest"), Some(10))
        );
    }

    #[tokio::test]
    async fn who_is_no_admin_changes_nothing() {
        for role in [Role::Viewer, Role::Analyst] {
            let client = Client::of(role).await;
            for (method, path, body) in [
                ("POST", "/api/v1/rules", json!({"text": TEXT})),
                ("PUT", "/api/v1/rules/own-domain-dmarc-fail", json!({"text": TEXT, "seen": 3})),
                ("PUT", "/api/v1/rules/own-domain-dmarc-fail/enabled", json!({"enabled": false})),
                ("POST", "/api/v1/rules/import?file=a.yaml", Value::Null),
            ] {
                assert_eq!(client.call(method, path, body).await.status, 403, "{role} {method} {path}");
            }
        }
        assert_eq!(Client::of(Role::Viewer).await.call("POST", "/api/v1/rules/backtest", json!({"days": 1})).await.status, 403);
    }

    #[tokio::test]
    async fn the_name_of_a_file_is_no_path() {
        let client = Client::of(Role::Admin).await;
        for name in ["", "..%2Fa.yaml", "a%5Cb", ".x", "C:x", "a%0Ab"] {
            let answer = client.call("POST", &format!("/api/v1/rules/import?file={name}"), json!("x")).await;
            assert_eq!(answer.status, 422, "{name}");
        }
        let answer = client.call("POST", "/api/v1/rules/import?file=a.yaml", json!("x")).await;
        assert_eq!((answer.status, answer.json["problems"].as_array().map(Vec::is_empty)), (200, Some(false)));
    }
}
