//! Queries run, and values compared.

use std::sync::Arc;

use libtest_mimic::Failed;
use schema::Type;
use serde_json::Value;
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, QueryError, Results, value};
use tokio::runtime::Runtime;

/// The moment every example runs at, in ticks: 2026-01-01.
const CLOCK: i64 = 639_028_224_000_000_000;

/// An engine over no tables.
pub(crate) struct Runner {
    runtime: Runtime,
    engine: Engine,
    env: Environment,
}

/// A value of a result: its type and its JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) ty: Type,
    pub(crate) json: Value,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.ty, self.json)
    }
}

impl Answer {
    pub(crate) fn is_null(&self) -> bool {
        self.json.is_null()
    }

    /// Null, or the empty text where the result is text: a string is never null.
    pub(crate) fn is_missing(&self) -> bool {
        self.is_null() || (self.ty == Type::String && self.json == "")
    }

    /// The same type, and the same value: reals to 12 significant digits.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        self.ty == other.ty && same(&self.json, &other.json)
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) if a != b => {
            let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) else { return false };
            (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

impl Runner {
    pub(crate) fn new() -> Result<Self, Failed> {
        Self::with(Limits { partitions: Some(1), ..Limits::default() })
    }

    pub(crate) fn with(limits: Limits) -> Result<Self, Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let env = Environment::new(Arc::new(MemoryCatalog::default()), CLOCK);
        Ok(Self { runtime, engine: Engine::new(limits)?, env })
    }

    pub(crate) fn results(&self, query: &str) -> Result<Results, Failed> {
        self.runtime.block_on(self.engine.query(query, &self.env)).map_err(|error| told(query, &error).into())
    }

    /// The rows of a query, a list of answers each.
    pub(crate) fn rows(&self, query: &str) -> Result<Vec<Vec<Answer>>, Failed> {
        let results = self.results(query)?;
        let mut rows = Vec::new();
        for batch in &results.batches {
            for row in 0..batch.num_rows() {
                let cells = results.columns.iter().zip(batch.columns()).map(|(column, array)| {
                    let mut json = String::new();
                    value::write_json(array.as_ref(), column.ty, row, &mut json);
                    let json =
                        serde_json::from_str(&json).map_err(|error| Failed::from(format!("{query}\ngave {json}: {error}")))?;
                    Ok(Answer { ty: column.ty, json })
                });
                rows.push(cells.collect::<Result<_, Failed>>()?);
            }
        }
        Ok(rows)
    }

    /// The values of a query's only row.
    pub(crate) fn row(&self, query: &str) -> Result<Vec<Answer>, Failed> {
        let mut rows = self.rows(query)?;
        match (rows.pop(), rows.len()) {
            (Some(row), 0) => Ok(row),
            (_, more) => Err(format!("{query}\ngave {} rows instead of one", more + 1).into()),
        }
    }

    /// Runs a query that must fail with a code.
    pub(crate) fn fails(&self, query: &str, code: &str) -> Result<(), Failed> {
        match self.runtime.block_on(self.engine.query(query, &self.env)) {
            Ok(_) => Err(format!("{query}\ngave rows and should fail with {code}").into()),
            Err(QueryError::Query(found)) if found.iter().any(|diagnostic| diagnostic.code == code) => Ok(()),
            Err(error) => Err(format!("should fail with {code}: {}", told(query, &error)).into()),
        }
    }
}

fn told(query: &str, error: &QueryError) -> String {
    match error {
        QueryError::Query(found) => {
            let found: Vec<String> = found.iter().map(|diagnostic| diag::render(diagnostic, "query", query)).collect();
            found.join("\n")
        }
        other => format!("{query}\nfailed: {other}"),
    }
}
