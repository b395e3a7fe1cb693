//! Queries that pages ask: within limits of their own, so that what one takes is lacked by no rule that runs.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use ::desk::{Fault, Sheet, Work};
use engine::{Engine, Environment, First, Limits, Most, Planned, Scanned};
use state::Moment;
use tokio::{sync::Semaphore, time::Instant};

use super::{Context, sheet};
use crate::{clock, query::Query, watch::View};

/// How long a query of a page may run where the configuration says nothing: who waits longer asks for less.
const PATIENCE: Duration = Duration::from_secs(300);
/// Queries of pages that run at a time; others wait for their turn.
const AT_ONCE: usize = 8;
/// Bytes of rows that a page is given.
const BYTES: usize = 64 << 20;
/// How long tables that were looked at are good enough for help while somebody types.
const FRESH: Duration = Duration::from_secs(3);

/// Who asks for pages.
#[derive(Debug)]
pub(super) struct Asking {
    engine: OnceLock<Engine>,
    turns: Semaphore,
    seen: Mutex<Option<(Instant, View)>>,
}

impl Default for Asking {
    fn default() -> Self {
        Self { engine: OnceLock::new(), turns: Semaphore::new(AT_ONCE), seen: Mutex::default() }
    }
}

impl Context {
    /// Who runs queries of pages: on the threads of queries, with half the memory of those of rules.
    pub(super) fn pages(&self) -> Result<Engine, Fault> {
        if let Some(engine) = self.asking.engine.get() {
            return Ok(engine.clone());
        }
        let limits = self.running.limits(&self.config()?);
        let limits = Limits {
            memory: limits.memory.map(|memory| memory / 2),
            time: Some(limits.time.map_or(PATIENCE, |time| time.min(PATIENCE))),
            ..limits
        };
        let engine = self.engine().beside(limits).map_err(Fault::internal)?;
        Ok(self.asking.engine.get_or_init(|| engine).clone())
    }

    /// What queries see at a moment in ticks.
    pub(super) async fn environment(&self, clock: i64) -> Result<Environment, Fault> {
        Ok(Environment { clock, ..self.view().await?.environment })
    }

    /// What queries saw a moment ago: for help while somebody types.
    pub(super) async fn environment_lately(&self) -> Result<Environment, Fault> {
        let known = self.asking.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let view = match known {
            Some((at, view)) if at.elapsed() < FRESH => view,
            _ => {
                let view = self.view().await?;
                *self.asking.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), view.clone()));
                view
            }
        };
        Ok(Environment { clock: clock::now(), ..view.environment })
    }

    /// Plans a query and gives its first rows; who asked is told how far it is, and may have it ended.
    pub(super) async fn first(&self, query: &Query, clock: i64, most: Most, work: &Work) -> Result<(First, Planned), Fault> {
        let engine = self.pages()?;
        let failed = |error: engine::QueryError| sheet::fault(&error, &query.text);
        work.unless_cancelled(async {
            work.at(0, 0, "waiting for a turn");
            let _turn = self.asking.turns.acquire().await.map_err(Fault::internal)?;
            work.at(0, 0, "planning");
            let environment = self.environment(clock).await?;
            // What planning computes has its own time; what was planned runs within the engine's.
            let planned = match tokio::time::timeout(PATIENCE, query.prepare(&engine, &environment, true)).await {
                Ok(planned) => planned.map_err(failed)?,
                Err(_) => return Err(failed(engine::QueryError::Timeout { seconds: PATIENCE.as_secs() })),
            };
            let told = |read: Scanned| work.at(read.rows, 0, format!("{} rows read", read.rows));
            let first = engine.first(&planned, most, &told).await.map_err(failed)?;
            Ok((first, planned))
        })
        .await
    }

    /// The rows of a query of our own, a page of them.
    pub(super) async fn rows(&self, text: &str, rows: usize) -> Result<Sheet, Fault> {
        self.rows_at(text, rows, clock::now()).await
    }

    /// The same as of a moment in ticks.
    pub(super) async fn rows_at(&self, text: &str, rows: usize, clock: i64) -> Result<Sheet, Fault> {
        let query = Query::new(text, "query");
        let (first, _) = self.first(&query, clock, Most { rows, bytes: BYTES }, &Work::default()).await?;
        Ok(sheet::sheet(&first.results, first.whole, first.total, ""))
    }
}

/// A text as one of the query language, with its quotes.
pub(super) fn quoted(text: &str) -> String {
    kql::quote_string(text)
}

/// A domain in its plain form. The DNS takes any bytes as names; domains that mail is sent for are letters, digits, dashes and dots.
pub(super) fn domain(text: &str) -> Result<String, Fault> {
    let fits = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let known = mailauth::dns::name(text.trim()).filter(fits).filter(|name| name.contains('.'));
    known.ok_or_else(|| Fault::input(format!("`{text}` is no domain: write one such as example.com")))
}

/// A column of a sheet by its name.
pub(super) fn place(sheet: &Sheet, column: &str) -> Option<usize> {
    sheet.columns.iter().position(|known| known.name == column)
}

/// A cell as a text; empty where there is none.
pub(super) fn text<'a>(sheet: &Sheet, row: &'a [serde_json::Value], column: &str) -> &'a str {
    place(sheet, column).and_then(|place| row.get(place)).and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// A cell as a number.
pub(super) fn number(sheet: &Sheet, row: &[serde_json::Value], column: &str) -> Option<f64> {
    place(sheet, column).and_then(|place| row.get(place)).and_then(serde_json::Value::as_f64)
}

/// A cell as a moment.
pub(super) fn moment(sheet: &Sheet, row: &[serde_json::Value], column: &str) -> Option<Moment> {
    schema::text::datetime::parse(text(sheet, row, column)).map(clock::micros)
}
