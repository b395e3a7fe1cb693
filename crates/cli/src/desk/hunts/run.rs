//! A query of somebody: run, and as a file.

use ::desk::{Download, Fault, HuntAnswer, HuntAsk, Problem, Work};
use engine::Most;
use schema::text::datetime;
use state::Ran;

use super::Here;
use crate::{
    clock,
    command::{Format, explained_text, fenced},
    desk::{sheet, told},
    output,
    query::{Language, Query},
};

/// Rows that are brought where nobody says how many.
const ROWS: u64 = 10_000;
/// Rows that a page is given at most.
const MOST_ROWS: u64 = 100_000;
/// Bytes of values that a page is given at most.
const BYTES: usize = 64 << 20;
/// Rows of a file at most: it is made in memory.
const FILE_ROWS: u64 = 1_000_000;
/// Bytes of values of a file at most.
const FILE_BYTES: usize = 256 << 20;
/// Bytes of a query: longer ones are no work of a person.
const QUERY: usize = 256 << 10;
/// Bytes of a query that are remembered of what somebody ran.
const REMEMBERED: usize = 32 << 10;

/// The language that a name names.
pub(in crate::desk) fn language(name: &str) -> Result<Language, Fault> {
    match name {
        "" | "kusto" | "kql" => Ok(Language::Kusto),
        "kuery" => Ok(Language::Kuery),
        "lucene" => Ok(Language::Lucene),
        other => Err(Fault::input(format!("the language `{other}` is not known: kusto, kuery or lucene"))),
    }
}

/// The name of a language.
pub(super) const fn named(language: Language) -> &'static str {
    match language {
        Language::Kusto => "kusto",
        Language::Kuery => "kuery",
        Language::Lucene => "lucene",
    }
}

/// What is asked, as a query.
pub(super) fn query(ask: &HuntAsk) -> Result<Query, Fault> {
    let language = language(&ask.language)?;
    if ask.query.trim().is_empty() {
        return Err(Fault::input("there is no query"));
    }
    if ask.query.len() > QUERY {
        return Err(Fault::Limit { reason: format!("the query is longer than {} kB", QUERY >> 10) });
    }
    if language == Language::Kusto && !ask.indices.is_empty() {
        return Err(Fault::input("a query of Kusto names its tables itself; indices are for kuery and lucene"));
    }
    Ok(Query::written(&ask.query, language, ask.indices.clone()))
}

/// The moment a query stands for, in ticks.
pub(super) fn clock_of(ask: &HuntAsk) -> Result<i64, Fault> {
    match ask.as_of.trim() {
        "" => Ok(clock::now()),
        text => datetime::parse(text)
            .ok_or_else(|| Fault::input(format!("`{text}` is no time; write one such as 2026-11-20T23:00:00Z"))),
    }
}

impl Here {
    pub(super) async fn answer(&self, ask: &HuntAsk, who: &str, work: &Work) -> Result<HuntAnswer, Fault> {
        let rows = if ask.limit == 0 { ROWS } else { ask.limit.min(MOST_ROWS) };
        let most = Most { rows: usize::try_from(rows).unwrap_or(usize::MAX), bytes: BYTES };
        let started = self.desk.now();
        let answer = self.ask(ask, most, work).await;
        self.remember(ask, who, started, answer.as_ref().map(|answer| answer.sheet.total)).await;
        answer
    }

    async fn ask(&self, ask: &HuntAsk, most: Most, work: &Work) -> Result<HuntAnswer, Fault> {
        let (query, clock) = (query(ask)?, clock_of(ask)?);
        let elapsed = clock::steady();
        let (first, planned) = self.desk.first(&query, clock, most, work).await?;
        let mut warnings: Vec<Problem> = planned.warnings.iter().map(|found| sheet::problem(found, &query.text)).collect();
        if !planned.more.is_empty() {
            warnings.push(Problem {
                severity: "note".to_owned(),
                message: format!("the query gives {} tables; the first one is shown", planned.more.len() + 1),
                help: "End the query behind the table that is wanted, or run its parts one by one.".to_owned(),
                ..Problem::default()
            });
        }
        let read = first.scanned;
        Ok(HuntAnswer {
            sheet: sheet::sheet(&first.results, first.whole, first.total, ""),
            warnings,
            took_us: i64::try_from(elapsed().as_micros()).unwrap_or(i64::MAX),
            scanned: (read.rows > 0 || read.bytes > 0).then_some((read.rows, read.bytes)),
            as_of: clock::micros(clock),
        })
    }

    /// Takes note of what somebody ran. Where that cannot be kept, the answer is not withheld.
    async fn remember(&self, ask: &HuntAsk, who: &str, at: i64, outcome: Result<u64, &Fault>) {
        let mut end = ask.query.len().min(REMEMBERED);
        while !ask.query.is_char_boundary(end) {
            end -= 1;
        }
        let ran = Ran {
            at,
            query: ask.query.get(..end).unwrap_or_default().to_owned(),
            language: if ask.language.is_empty() { "kusto".to_owned() } else { ask.language.chars().take(16).collect() },
            rows: outcome.as_ref().ok().map(|rows| i64::try_from(*rows).unwrap_or(i64::MAX)),
            took_us: self.desk.now().saturating_sub(at),
            fault: outcome.err().map(ToString::to_string).unwrap_or_default(),
        };
        if let Err(error) = self.desk.state().hunted(who, &ran).await {
            self.desk.house.troubles.set("history of hunts", Some(error.to_string()));
        } else {
            self.desk.house.troubles.set("history of hunts", None);
        }
    }

    pub(super) async fn file(&self, ask: &HuntAsk, form: &str, who: &str, work: &Work) -> Result<Download, Fault> {
        let (format, media_type) = match form {
            "csv" => (Format::Csv, "text/csv; charset=utf-8"),
            "json" => (Format::Json, "application/json"),
            "ndjson" => (Format::Ndjson, "application/x-ndjson"),
            "parquet" => (Format::Parquet, "application/vnd.apache.parquet"),
            other => return Err(Fault::input(format!("`{other}` is no form of a file: csv, json, ndjson or parquet"))),
        };
        let started = self.desk.now();
        let bytes = self.written(ask, format, work).await;
        self.remember(ask, who, started, bytes.as_ref().map(|(_, rows)| *rows)).await;
        let mut name = String::new();
        datetime::write(clock::now(), &mut name);
        let stamp: String = name.chars().take(19).map(|c| if c == ':' { '-' } else { c }).collect();
        Ok(Download { name: format!("hunt-{stamp}.{form}"), media_type, bytes: bytes?.0 })
    }

    /// The rows as the bytes of a file, and how many they are.
    async fn written(&self, ask: &HuntAsk, format: Format, work: &Work) -> Result<(Vec<u8>, u64), Fault> {
        let (query, clock) = (query(ask)?, clock_of(ask)?);
        let rows = if ask.limit == 0 { FILE_ROWS } else { ask.limit.min(FILE_ROWS) };
        let most = Most { rows: usize::try_from(rows).unwrap_or(usize::MAX), bytes: FILE_BYTES };
        let (first, _) = self.desk.first(&query, clock, most, work).await?;
        let held = first.results.rows() as u64;
        if !first.whole && held != ask.limit {
            return Err(Fault::Limit {
                reason: format!(
                    "a file holds {FILE_ROWS} rows and {} MB of values at most: narrow the time range, or run `spoofwatch hunt`",
                    FILE_BYTES >> 20
                ),
            });
        }
        work.at(held, held, "writing");
        let made = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            match format {
                Format::Parquet => output::parquet_to(&first.results, &mut bytes)?,
                format => output::rows(&first.results, format, &mut bytes)?,
            }
            Ok(bytes)
        });
        let bytes = work.unless_cancelled(async { made.await.map_err(Fault::internal)?.map_err(told) }).await?;
        Ok((bytes, held))
    }

    /// What a query does, step by step.
    pub(super) async fn explained(&self, ask: &HuntAsk) -> Result<String, Fault> {
        let query = query(ask)?;
        let environment = self.desk.environment(clock_of(ask)?).await?;
        let page = explained_text(&self.desk.pages()?, &environment, &query).await;
        Ok(fenced("text", &page.map_err(|error| sheet::fault(&error, &query.text))?))
    }
}
