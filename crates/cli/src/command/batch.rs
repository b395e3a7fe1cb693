//! `spoofwatch hunt --batch`: many queries in one process, a line of JSON in and a line out; one failure never stops the rest.

use std::{
    io::{BufRead, BufReader, Write},
    panic::AssertUnwindSafe,
    path::Path,
};

use diag::Position;
use engine::{Engine, Environment, QueryError};
use futures::FutureExt as _;
use serde_json::{Value, json};

use super::hunt::Running;
use crate::{failure::Failure, output};

pub(crate) async fn run(data: &Path, path: &Path, plan_only: bool, running: &Running) -> Result<(), Failure> {
    let (engine, env) = running.start(data).await?;
    let lines: Box<dyn BufRead + Send> = if path.as_os_str() == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = std::fs::File::open(path).map_err(|error| Failure::input(format!("error: {}: {error}", path.display())))?;
        Box::new(BufReader::new(file))
    };
    for (number, line) in lines.lines().enumerate() {
        let line = line.map_err(|error| Failure::input(format!("error: {}:{}: {error}", path.display(), number + 1)))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match request(&line) {
            Ok((id, query)) => answer(&engine, &env, id, &query, plan_only).await,
            Err(message) => {
                let error = json!({ "code": "B0001", "message": format!("line {}: {message}", number + 1), "line": Value::Null, "column": Value::Null });
                json!({ "id": Value::Null, "ok": false, "error": error }).to_string()
            }
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn request(line: &str) -> Result<(Value, String), String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("this is not a JSON object: {error}"))?;
    let id = value.get("id").cloned().unwrap_or(Value::Null);
    match value.get("query").and_then(Value::as_str) {
        Some(query) => Ok((id, query.to_owned())),
        None => Err("the object has no text `query`".to_owned()),
    }
}

async fn answer(engine: &Engine, env: &Environment, id: Value, query: &str, plan_only: bool) -> String {
    #[expect(clippy::disallowed_methods, reason = "the answer says how long the query took")]
    let started = std::time::Instant::now();
    let work = async {
        if plan_only {
            let planned = engine.check(query, env).await?;
            for table in std::iter::once(&planned).chain(&planned.more) {
                engine.explain_plan(table).await?;
            }
            return Ok((planned.columns, None));
        }
        let results = engine.query(query, env).await?;
        Ok((results.columns.clone(), Some(results)))
    };
    // What goes wrong in one cannot take the others with it. It is waited for here, not on a worker: those compute, and the
    // one that looks at the time limit must not queue behind them.
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| Err(QueryError::Internal("planning stopped unexpectedly".to_owned())));
    let ms = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    match outcome {
        Ok((columns, results)) => {
            let mut line = format!("{{\"id\":{id},\"ok\":true,\"columns\":");
            output::columns_json(&columns, &mut line);
            line.push_str(",\"rows\":");
            match results {
                Some(results) => {
                    output::rows_json(&results, &mut line);
                    output::more_json(&results, &mut line);
                }
                None => line.push_str("[]"),
            }
            line.push_str(&format!(",\"ms\":{ms}}}"));
            line
        }
        Err(error) => json!({ "id": id, "ok": false, "error": error_json(&error, query) }).to_string(),
    }
}

fn error_json(error: &QueryError, query: &str) -> Value {
    match error {
        QueryError::Query(diagnostics) => {
            let first = diagnostics.first();
            let position = first.map(|found| Position::of(query, found.span.start));
            json!({
                "code": first.map(|found| found.code),
                "message": first.map(|found| match &found.help {
                    Some(help) => format!("{}; {help}", found.message),
                    None => found.message.clone(),
                }),
                "line": position.map(|position| position.line),
                "column": position.map(|position| position.column),
            })
        }
        other => {
            json!({ "code": other.code(), "message": other.to_string(), "line": Value::Null, "column": Value::Null })
        }
    }
}
