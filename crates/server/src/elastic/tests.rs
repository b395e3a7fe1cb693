//! The calls of clients, in their words, answered over documents that are kept in memory.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{HeaderMap, Request, header, request},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Stores what is neither `bad` nor `busy`.
#[derive(Default)]
struct Memory {
    stored: Arc<Mutex<Vec<Document>>>,
    full: bool,
}

struct Coming {
    stored: Arc<Mutex<Vec<Document>>>,
    documents: Vec<Document>,
}

#[async_trait]
impl Documents for Memory {
    async fn begin(&self) -> Result<Box<dyn Batch>, Refusal> {
        if self.full {
            return Err(Refusal::Unavailable { reason: "the disk is full".to_owned(), retry_after: 30 });
        }
        Ok(Box::new(Coming { stored: Arc::clone(&self.stored), documents: Vec::new() }))
    }

    fn has_table(&self, index: &str) -> bool {
        index.starts_with("logs-")
    }
}

#[async_trait]
impl Batch for Coming {
    async fn add(&mut self, document: Document) -> Result<(), Refusal> {
        self.documents.push(document);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<Vec<Fate>, Refusal> {
        let fate = |document: &Document| match document.source.as_ref() {
            b"bad" => Fate::Rejected { reason: "it is bad".to_owned() },
            b"busy" => Fate::Later { reason: "the disk is full".to_owned() },
            _ => Fate::Stored,
        };
        let fates = self.documents.iter().map(fate).collect();
        self.stored.lock().map_err(|_| Refusal::Failed { reason: String::new() })?.extend(self.documents);
        Ok(fates)
    }
}

const LIMITS: Limits = Limits { body: 100_000, expanded: 1_000_000 };

fn request(method: &str, path: &str) -> request::Builder {
    Request::builder().method(method).uri(format!("/elastic{path}")).header(header::AUTHORIZATION, "Bearer t0ken")
}

async fn answer(memory: Memory, request: Request<Body>) -> Outcome<(u16, HeaderMap, Value)> {
    let answer = routes(Arc::new(memory), Some(Token::new("t0ken")), LIMITS).oneshot(request).await?;
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 1_000_000).await?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
    Ok((parts.status.as_u16(), parts.headers, body))
}

async fn asked(method: &str, path: &str, body: &'static str) -> Outcome<(u16, Value)> {
    let (status, headers, body) = answer(Memory::default(), request(method, path).body(Body::from(body))?).await?;
    assert_eq!(headers.get("x-elastic-product").map(HeaderValue::as_bytes), Some(&b"Elasticsearch"[..]), "{method} {path}");
    Ok((status, body))
}

#[tokio::test]
async fn each_item_is_told_its_own_fate_in_the_order_they_came() -> Outcome {
    let body = concat!(
        "{\"create\":{\"_index\":\"logs-o365.audit-default\",\"_id\":\"1\"}}\n{\"a\":1}\n",
        "{\"index\":{\"_index\":\"x\"}}\nbad\n",
        "{\"delete\":{\"_index\":\"x\",\"_id\":\"9\"}}\n",
        "{\"update\":{\"_index\":\"x\",\"_id\":\"9\"}}\n{\"doc\":{}}\n",
        "{\"index\":{\"_index\":\"x\",\"_id\":\"2\"}}\nbusy\n",
        "{\"index\":{\"_index\":\"x\",\"_id\":\"3\"}}\n\n",
        "{\"index\":{\"_index\":\"x\",\"_id\":\"4\"}}\n{\"a\":4}",
    );
    let memory = Memory::default();
    let stored = Arc::clone(&memory.stored);
    let (status, _, told) = answer(memory, request("POST", "/_bulk").body(Body::from(body))?).await?;
    assert_eq!((status, &told["errors"], told["took"].is_u64()), (200, &json!(true), true));
    let items = told["items"].as_array().ok_or("no items")?;
    let told: Vec<(String, u64, &str)> = items
        .iter()
        .flat_map(|item| item.as_object().into_iter().flatten())
        .map(|(name, item)| (name.clone(), item["status"].as_u64().unwrap_or(0), item["error"]["type"].as_str().unwrap_or("")))
        .collect();
    let expected = [
        ("create", 201, ""),
        ("index", 400, "document_parsing_exception"),
        ("delete", 400, "illegal_argument_exception"),
        ("update", 400, "illegal_argument_exception"),
        ("index", 429, "es_rejected_execution_exception"),
        ("index", 400, "document_parsing_exception"),
        ("index", 201, ""),
    ];
    assert_eq!(told, expected.map(|(name, status, kind)| (name.to_owned(), status, kind)));
    assert_eq!(items[0]["create"], json!({"_index": "logs-o365.audit-default", "_id": "1", "result": "created", "status": 201}));
    assert_eq!(items[1]["index"]["_id"].as_str().map(str::len), Some(20), "one that was sent without an id has one");
    assert!(items[3]["update"]["error"]["reason"].as_str().is_some_and(|reason| reason.contains("never changed")));
    let stored = stored.lock().map_err(|_| "poisoned")?;
    let ids: Vec<&str> = stored.iter().map(|document| document.id.as_deref().unwrap_or("-")).collect();
    assert_eq!(ids, ["1", "-", "2", "4"]);
    Ok(())
}

#[tokio::test]
async fn the_path_names_the_index_of_actions_that_name_none() -> Outcome {
    for method in ["POST", "PUT"] {
        let (status, told) =
            asked(method, "/logs-a-default/_bulk?refresh=true&filter_path=items", "{\"index\":{}}\n{}\n").await?;
        assert_eq!((status, &told["items"][0]["index"]["_index"]), (200, &json!("logs-a-default")));
    }
    Ok(())
}

#[tokio::test]
async fn a_body_that_cannot_be_followed_is_refused_as_a_whole() -> Outcome {
    for (body, part) in [
        ("", "no actions"),
        ("\n\n", "no actions"),
        ("{\"index\":{}}\n{}\n", "line 1: no index"),
        ("{\"index\":{\"_index\":\"a\"}}\n{}\n{\"a\":1}\n", "line 3: expected one of"),
        ("{\"index\":{\"_index\":\"a\"}}\n", "no document follows"),
        ("nonsense\n", "line 1"),
    ] {
        let memory = Memory::default();
        let stored = Arc::clone(&memory.stored);
        let (status, _, told) = answer(memory, request("POST", "/_bulk").body(Body::from(body))?).await?;
        let reason = told["error"]["reason"].as_str().unwrap_or_default();
        assert!(status == 400 && told["status"] == 400 && reason.contains(part), "{body:?}: {told}");
        assert!(stored.lock().is_ok_and(|stored| stored.is_empty()));
    }
    let many = "{\"delete\":{\"_index\":\"a\",\"_id\":\"1\"}}\n".repeat(100_001);
    let routes = routes(Arc::new(Memory::default()), None, Limits { body: 1 << 30, expanded: 1 << 30 });
    let request = Request::post("/elastic/_bulk").body(Body::from(many))?;
    assert_eq!(routes.oneshot(request).await?.status(), 413);
    Ok(())
}

#[tokio::test]
async fn one_document_is_answered_alone() -> Outcome {
    let (status, told) = asked("POST", "/logs-a-default/_doc", "{\n\"a\": 1\n}").await?;
    assert_eq!((status, &told["result"], &told["_index"]), (201, &json!("created"), &json!("logs-a-default")));
    for path in ["/x/_doc/7", "/x/_create/7"] {
        let (status, told) = asked("PUT", path, "{}").await?;
        assert_eq!((status, &told["_id"]), (201, &json!("7")), "{path}");
    }
    let (status, told) = asked("PUT", "/x/_doc/7", "bad").await?;
    assert_eq!(
        (status, &told["error"]["type"], &told["error"]["root_cause"][0]["reason"]),
        (400, &json!("document_parsing_exception"), &json!("it is bad"))
    );
    assert_eq!(asked("POST", "/x/_doc", "busy").await?.0, 429);
    assert_eq!(asked("POST", "/x/_doc", " ").await?.0, 400);
    assert_eq!(asked("POST", &format!("/{}/_doc", "x".repeat(256)), "{}").await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn whoever_finds_no_room_is_told_to_come_back() -> Outcome {
    for (path, body) in [("/_bulk", "{\"index\":{\"_index\":\"a\"}}\n{}\n"), ("/a/_doc", "{}")] {
        let (status, headers, told) =
            answer(Memory { full: true, ..Memory::default() }, request("POST", path).body(Body::from(body))?).await?;
        assert_eq!((status, headers.get(header::RETRY_AFTER).map(HeaderValue::as_bytes)), (503, Some(&b"30"[..])), "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn what_clients_ask_before_they_send_is_answered() -> Outcome {
    for (method, path, status) in [
        ("GET", "", 200),
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/_license?human=false", 200),
        ("GET", "/_xpack", 200),
        ("GET", "/_cluster/health", 200),
        ("HEAD", "/_index_template/filebeat-9.0.0", 404),
        ("PUT", "/_index_template/filebeat-9.0.0", 200),
        ("PUT", "/_ilm/policy/filebeat", 200),
        ("GET", "/_ingest/pipeline/filebeat-9.0.0-o365-audit-pipeline", 404),
        ("PUT", "/_ingest/pipeline/filebeat-9.0.0-o365-audit-pipeline", 200),
        ("HEAD", "/logs-o365.audit-default", 200),
        ("HEAD", "/filebeat-9.0.0", 404),
        ("PUT", "/logs-o365.audit-default", 200),
        ("PUT", "/filebeat-9.0.0", 400),
        ("GET", "/_data_stream/logs-o365.audit-default", 200),
        ("GET", "/_data_stream/filebeat-9.0.0", 404),
        ("POST", "/logs-o365.audit-default/_refresh", 200),
        ("GET", "/_search", 400),
        ("POST", "/logs-o365.audit-default/_search", 400),
        ("DELETE", "/logs-o365.audit-default", 400),
        ("GET", "/logs-o365.audit-default/_doc/1", 400),
        ("GET", "/_nodes/_all/http", 400),
        ("GET", "/_security/_authenticate", 400),
    ] {
        let (answered, told) = asked(method, path, "").await?;
        assert_eq!(answered, status, "{method} {path}: {told}");
        if status >= 400 && method != "HEAD" {
            assert!(told["error"]["type"].is_string() && told["status"] == status, "{method} {path}: {told}");
        }
    }
    // Whoever asks for something that is not of these calls is not answered by them.
    let outside = Router::new().route("/other", get(|| async { "other" }));
    let all = routes(Arc::new(Memory::default()), None, LIMITS).merge(outside);
    for (path, status) in [("/other", 200), ("/none", 404), ("/elastic/none/of/these", 400)] {
        let answer = all.clone().oneshot(Request::get(path).body(Body::empty())?).await?;
        assert_eq!(
            (answer.status().as_u16(), answer.headers().contains_key("x-elastic-product")),
            (status, status == 400),
            "{path}"
        );
    }
    let (_, told) = asked("GET", "/", "").await?;
    assert!(told["version"]["number"].as_str().is_some_and(|number| number.starts_with("8.")), "{told}");
    let (_, told) = asked("POST", "/a/_search", "").await?;
    assert!(
        told["error"]["reason"].as_str().is_some_and(|reason| reason.starts_with("`POST /a/_search` is not supported")),
        "{told}"
    );
    let (_, headers, _) = answer(Memory::default(), request("PUT", "/_ilm/policy/filebeat").body(Body::empty())?).await?;
    assert!(headers.get(header::WARNING).is_some_and(|words| words.as_bytes().starts_with(b"299 ")), "{headers:?}");
    Ok(())
}

#[tokio::test]
async fn the_token_is_taken_in_every_way_that_clients_send_it() -> Outcome {
    // `me:t0ken` in Base64, and the token alone.
    for (authorization, status) in [
        ("Bearer t0ken", 200),
        ("ApiKey t0ken", 200),
        ("ApiKey bWU6dDBrZW4=", 200),
        ("apikey bWU6dDBrZW4=", 200),
        ("Basic bWU6dDBrZW4=", 200),
        ("Basic t0ken", 401),
        ("Basic bWU6b3RoZXI=", 401),
        ("ApiKey other", 401),
        ("ApiKey", 401),
        ("", 401),
    ] {
        let request = Request::get("/elastic/").header(header::AUTHORIZATION, authorization).body(Body::empty())?;
        let (answered, headers, told) = answer(Memory::default(), request).await?;
        assert_eq!(answered, status, "{authorization}");
        if status == 401 {
            assert_eq!(told["error"]["type"], "security_exception");
            assert_eq!(headers.get_all(header::WWW_AUTHENTICATE).iter().count(), 3);
        }
    }
    let routes = routes(Arc::new(Memory::default()), None, LIMITS);
    let page = Request::post("/elastic/a/_doc").header(header::ORIGIN, "http://evil.example").body(Body::from("{}"))?;
    assert_eq!(routes.clone().oneshot(page).await?.status(), 403);
    let program = Request::post("/elastic/a/_doc").body(Body::from("{}"))?;
    assert_eq!(routes.oneshot(program).await?.status(), 201);
    Ok(())
}
