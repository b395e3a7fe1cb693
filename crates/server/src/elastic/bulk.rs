//! `POST /_bulk` and `POST /{index}/_bulk`: lines of actions and documents, answered item by item in their order.
//!
//! Authority: <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>. A document that cannot become a row fails alone. An
//! action that cannot be read fails the request, as what follows could be taken for anything; nothing of it is stored then.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{
    Batch, Document, Shared,
    action::{self, Action, Operation},
    answer::Fault,
    body::Lines,
    doc::made_id,
};

/// Items of a request: each is held until it is answered. Clients send a few thousand at a time.
const MOST: usize = 100_000;

/// Of any index.
pub(super) async fn of_any(State(shared): State<Shared>, headers: HeaderMap, body: Body) -> Result<Response, Fault> {
    taken(&shared, None, &headers, body).await
}

/// Of one index, unless an action names another.
pub(super) async fn of_index(
    State(shared): State<Shared>,
    Path(index): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    taken(&shared, Some(&index), &headers, body).await
}

/// An item: what was asked, and what became of it.
struct Item {
    operation: Operation,
    index: String,
    id: String,
    fault: Option<Fault>,
}

async fn taken(shared: &Shared, index: Option<&str>, headers: &HeaderMap, body: Body) -> Result<Response, Fault> {
    let begun = Instant::now();
    let mut lines = Lines::new(headers, body, shared.limits)?;
    let mut batch = shared.documents.begin().await.map_err(|refusal| Fault::refusal(&refusal))?;
    let mut items = items(&mut lines, index, batch.as_mut()).await?;
    if items.is_empty() {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "parse_exception", "the body holds no actions"));
    }
    let fates = batch.finish().await.map_err(|refusal| Fault::refusal(&refusal))?;
    let sent = items.iter_mut().filter(|item| item.fault.is_none());
    for (item, fate) in sent.zip(fates) {
        item.fault = Fault::fate(&fate);
    }
    let errors = items.iter().any(|item| item.fault.is_some());
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let items: Vec<Value> = items.into_iter().map(answered).collect();
    Ok(Json(json!({"took": took, "errors": errors, "items": items})).into_response())
}

/// Reads the body, and hands documents on.
async fn items(lines: &mut Lines, index: Option<&str>, batch: &mut dyn Batch) -> Result<Vec<Item>, Fault> {
    let (mut items, mut number) = (Vec::new(), 0_u64);
    while let Some(line) = lines.next().await? {
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let at = number;
        let malformed = |reason: String| Fault::argument(format!("malformed action in line {at}: {reason}; nothing was stored"));
        let Action { operation, index, id } = action::read(&line, index).map_err(malformed)?;
        if items.len() >= MOST {
            let reason = format!("more than {MOST} actions in one request; send them in parts; nothing was stored");
            return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "content_too_long_exception", reason));
        }
        let source = if operation.has_source() {
            number += 1;
            lines.next().await?.ok_or_else(|| malformed("no document follows it".to_owned()))?
        } else {
            axum::body::Bytes::new()
        };
        let shown = id.clone().unwrap_or_else(|| made_id(&index, &source));
        let fault = match operation {
            Operation::Update | Operation::Delete => {
                Some(Fault::argument(format!("`{}` is not supported: rows are added and never changed", operation.name())))
            }
            Operation::Index | Operation::Create if source.trim_ascii().is_empty() => {
                Some(Fault::document("the line of the document is empty"))
            }
            Operation::Index | Operation::Create => {
                let document = Document { index: index.clone(), id, source };
                batch.add(document).await.map_err(|refusal| Fault::refusal(&refusal))?;
                None
            }
        };
        items.push(Item { operation, index, id: shown, fault });
    }
    Ok(items)
}

fn answered(item: Item) -> Value {
    let mut answer = Map::new();
    answer.insert("_index".to_owned(), item.index.into());
    answer.insert("_id".to_owned(), item.id.into());
    match item.fault {
        None => {
            answer.insert("result".to_owned(), "created".into());
            answer.insert("status".to_owned(), 201.into());
        }
        Some(fault) => {
            answer.insert("status".to_owned(), fault.status.as_u16().into());
            answer.insert("error".to_owned(), fault.error());
        }
    }
    json!({item.operation.name(): answer})
}
