//! The stand-in's own addresses below `/stand-in/`, for whoever runs it apart: the clock, the DNS, an administrator, faults, the log.
//!
//! They are no part of the tenant, and are not in the log.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::fault::{Again, Fault, Harm};
use crate::house::House;
use crate::http::{Asked, Reply};
use crate::{Actor, act};

/// Answers a request below `/stand-in/`.
pub(crate) fn answer(house: &House, asked: &Asked, name: &str) -> Reply {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    let done = Reply::json(200, &json!({ "done": true }));
    let wrong = |words: &str| Reply::json(400, &json!({ "wrong": words }));
    match (name, asked.method == Method::POST) {
        ("log", false) => Reply::json(200, &Value::Array(log(house))),
        ("advance", true) => {
            house.clock.advance(Duration::from_secs(number("seconds").unwrap_or_default()));
            Reply::json(200, &json!({ "now": house.clock.now().to_rfc3339() }))
        }
        ("publish", true) => {
            let (Some(name), Some(target)) = (text("name"), text("target")) else { return wrong("name and target are needed") };
            house.state().tenant.published.insert(name.to_ascii_lowercase(), target.to_owned());
            done
        }
        ("withdraw", true) => {
            house.state().tenant.published.remove(&text("name").unwrap_or_default().to_ascii_lowercase());
            done
        }
        ("act", true) => {
            let actor = Actor::administrator(
                text("user").unwrap_or("admin@contoso.com"),
                text("address").unwrap_or("203.0.113.77:50123"),
            );
            let given = body.get("parameters").cloned().unwrap_or_else(|| json!({}));
            match act(house, &actor, text("cmdlet").unwrap_or_default(), given) {
                Ok(rows) => Reply::json(200, &json!({ "rows": rows })),
                Err(error) => wrong(&error.to_string()),
            }
        }
        ("fault", true) => match fault(&body) {
            Some(fault) => {
                house.faults().push(fault);
                done
            }
            None => {
                wrong("harm is one of throttle, unavailable, unauthorized, forbidden, slow, drop-before, drop-after, malformed")
            }
        },
        _ => Reply::empty(404),
    }
}

fn log(house: &House) -> Vec<Value> {
    house.log().iter().map(|seen| json!({ "method": seen.method, "target": seen.target, "status": seen.status, "route": format!("{:?}", seen.route) })).collect()
}

/// `{"harm": "throttle", "seconds": 2, "times": 3, "cmdlet": "Get-ArcConfig"}`.
fn fault(body: &Value) -> Option<Fault> {
    let seconds = body.get("seconds").and_then(Value::as_u64);
    let again = seconds.map_or(Again::Unsaid, Again::Seconds);
    let harm = match body.get("harm")?.as_str()? {
        "throttle" => Harm::Throttle(again),
        "unavailable" => Harm::Unavailable(again),
        "unauthorized" => Harm::Unauthorized,
        "forbidden" => Harm::Forbidden,
        "slow" => Harm::Slow(Duration::from_secs(seconds.unwrap_or(1))),
        "drop-before" => Harm::DropBefore,
        "drop-after" => Harm::DropAfter,
        "malformed" => Harm::Malformed,
        _ => return None,
    };
    let times = body.get("times").and_then(Value::as_u64).and_then(|times| usize::try_from(times).ok()).unwrap_or(1);
    let fault = Fault::next(harm).times(times);
    Some(match body.get("cmdlet").and_then(Value::as_str) {
        Some(name) => fault.of_cmdlet(name),
        None => fault,
    })
}
