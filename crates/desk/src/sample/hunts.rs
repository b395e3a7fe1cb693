//! Hunting: what a query gives depends on a word in it.
//!
//! `render timechart`: thirty days of failures; `Wide`: 200 columns; `Many`: 10,000 rows; `Nothing`: none; `Hostile`: cells made to hurt;
//! `TooBig`: more than memory holds; `Forever`: no end; `whre`: a fault with its place; all else: messages.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chart::{Chart, Kind, Series, X};
use serde_json::{Value, json};
use state::Moment;

use super::{HOSTILE, NOW, look};
use crate::*;

/// Microseconds of a day.
const DAY: Moment = 86_400_000_000;

/// The trend that the first page of a hunter shows.
const TREND: &str = "EmailEvents\n| extend DKIM = tostring(parse_json(AuthenticationDetails).DKIM)\n\
    | make-series Failures = countif(DKIM == \"fail\") default=0, TempErrors = countif(DKIM == \"temperror\") default=0\n    \
    on Timestamp from ago(30d) to now() step 1d\n| render timechart";

/// Hunting.
#[derive(Debug)]
pub(super) struct Sample {
    saved: Mutex<Vec<SavedHunt>>,
    past: Mutex<Vec<(String, PastHunt)>>,
}

fn kept(id: &str, name: &str, description: &str, query: &str, owner: &str, shared: bool) -> SavedHunt {
    SavedHunt {
        id: id.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        kind: "hunt".to_owned(),
        query: query.to_owned(),
        language: "kusto".to_owned(),
        owner: owner.to_owned(),
        shared,
        updated_at: if owner.is_empty() { 0 } else { NOW - 3 * DAY },
    }
}

impl Default for Sample {
    fn default() -> Self {
        let saved = vec![
            kept(
                "shipped-dkim-failure-trend",
                "DKIM failure trend",
                "Messages whose DKIM verification failed, a day.",
                TREND,
                "",
                true,
            ),
            kept(
                "shipped-temperror",
                "Accepted domain with TempError",
                "Transient faults of the DNS.",
                "EmailEvents\n| where AuthenticationDetails has \"temperror\"",
                "",
                true,
            ),
            kept("h-1", HOSTILE, HOSTILE, "Hostile\n| take 5", "ben@contoso.com", true),
        ];
        Self { saved: Mutex::new(saved), past: Mutex::default() }
    }
}

impl Sample {
    fn kept(&self) -> MutexGuard<'_, Vec<SavedHunt>> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment as Kusto writes it.
fn moment(at: Moment) -> String {
    let days = at.div_euclid(DAY);
    let seconds = at.rem_euclid(DAY) / 1_000_000;
    // Days since 1970 to a date, by Howard Hinnant's "chrono-compatible low-level date algorithms".
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.0000000Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn columns(named: &[(&str, &str)]) -> Vec<Column> {
    named.iter().map(|(name, ty)| Column { name: (*name).to_owned(), ty: (*ty).to_owned() }).collect()
}

fn sheet(columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Sheet {
    Sheet { total: rows.len() as u64, columns, rows, ..Sheet::default() }
}

/// What a query gives, by a word in it.
fn answer(query: &str) -> Sheet {
    if query.contains("timechart") || query.contains("columnchart") {
        return trend(if query.contains("columnchart") { Kind::Columnchart } else { Kind::Timechart });
    }
    if query.contains("Wide") {
        let names: Vec<String> = (1..=200).map(|at| format!("Column{at}")).collect();
        let columns = columns(&names.iter().map(|name| (name.as_str(), "long")).collect::<Vec<_>>());
        return sheet(columns, (0..20).map(|row| (0..200).map(|at| json!(row * 200 + at)).collect()).collect());
    }
    if query.contains("Nothing") {
        return sheet(columns(&[("Timestamp", "datetime"), ("Subject", "string")]), Vec::new());
    }
    if query.contains("Hostile") {
        let row = vec![
            json!(moment(NOW)),
            json!(HOSTILE),
            json!({HOSTILE: [HOSTILE, {"a": HOSTILE}]}),
            json!("x".repeat(100_000)),
            json!("=cmd|'/C calc'!A0"),
        ];
        let named =
            [("Timestamp", "datetime"), (HOSTILE, "string"), ("Details", "dynamic"), ("Long", "string"), ("Formula", "string")];
        return sheet(columns(&named), vec![row; 3]);
    }
    let many = query.contains("Many");
    Sheet { total: if many { 1_204_331 } else { 120 }, cut: many, ..messages(if many { 10_000 } else { 120 }) }
}

fn trend(kind: Kind) -> Sheet {
    let days: Vec<Moment> = (0..30).map(|day| NOW - (29 - day) * DAY).collect();
    let fail: Vec<u64> = (0..30).map(|day| 20 + day * 7919 % 23 + if day == 22 { 90 } else { 0 }).collect();
    let rows = days.iter().zip(&fail).map(|(day, fail)| vec![json!(moment(*day)), json!(fail), json!(fail / 4)]).collect();
    let value = |fail: &u64| Some(u32::try_from(*fail).map_or(0.0, f64::from));
    let chart = Chart {
        title: "Messages with failed DKIM verification".to_owned(),
        x_title: "Day".to_owned(),
        y_title: "Messages a day".to_owned(),
        series: vec![
            Series::new("Failures", fail.iter().map(value).collect()),
            Series::new("TempErrors", fail.iter().map(|fail| value(&(fail / 4))).collect()),
        ],
        ..Chart::new(kind, X::Time(days))
    };
    let named = [("Timestamp", "datetime"), ("Failures", "long"), ("TempErrors", "long")];
    let visualization = json!({"kind": if kind == Kind::Timechart { "timechart" } else { "columnchart" }, "title": chart.title});
    Sheet { visualization: Some(visualization), chart: Some(chart), ..sheet(columns(&named), rows) }
}

fn messages(count: usize) -> Sheet {
    let named = [
        ("Timestamp", "datetime"),
        ("SenderFromAddress", "string"),
        ("RecipientEmailAddress", "string"),
        ("Subject", "string"),
        ("AuthenticationDetails", "dynamic"),
        ("AttachmentCount", "int"),
        ("Spam", "bool"),
        ("Delay", "timespan"),
        ("Score", "real"),
    ];
    let verdicts = ["pass", "fail", "none", "temperror"];
    let rows = (0..count).map(|at| {
        let verdict = verdicts.get(at * 7 % 4).copied().unwrap_or_default();
        let step = i64::try_from(at).unwrap_or(0);
        vec![
            json!(moment(NOW - step * 61_000_000)),
            json!(format!("user{}@{}", at % 17, ["contoso.com", "fabrikam.example", "partner.test"].get(at % 3).copied().unwrap_or_default())),
            json!(format!("inbox{}@contoso.com", at % 5)),
            json!(if at % 10 == 3 { HOSTILE.to_owned() } else { format!("Invoice {}", 1000 + at) }),
            json!({"SPF": "pass", "DKIM": verdict, "DMARC": verdict, "CompAuth": {"result": "pass", "reason": 100 + at % 3}, "Hops": [1, 2, at % 4]}),
            if at % 6 == 5 { Value::Null } else { json!(at % 4) },
            json!(at % 2 == 0),
            json!(format!("00:00:{:02}.0000000", at % 60)),
            if at % 40 == 7 { json!("NaN") } else { json!((at % 100) as f64 / 8.0) },
        ]
    });
    sheet(columns(&named), rows.collect())
}

fn fault(query: &str) -> Option<Fault> {
    if query.trim().is_empty() {
        return Some(Fault::input("there is no query"));
    }
    if query.contains("TooBig") {
        let reason = "more than 2 GiB of memory would be needed: look at fewer days, or summarize first".to_owned();
        return Some(Fault::Limit { reason });
    }
    look::problems(query).into_iter().find(|problem| problem.severity == "error").map(|problem| Fault::Input(Box::new(problem)))
}

fn tables() -> Vec<TableLine> {
    let mut tables: Vec<TableLine> = Vec::new();
    for line in include_str!("data/tables.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.trim().split('|').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (name, second, third) = (next(), next(), next());
        match tables.last_mut().filter(|_| line.starts_with(' ')) {
            Some(table) => {
                let values = next().split(',').filter(|value| !value.is_empty()).map(str::to_owned).collect();
                table.columns.push(ColumnLine { name, ty: second, description: third, values });
            }
            None => {
                let latest = next().parse::<Moment>().ok().map(|hours| NOW - hours * 3_600_000_000);
                let rows = third.parse().unwrap_or(0);
                tables.push(TableLine { name, group: second, rows, latest, description: next(), columns: Vec::new() });
            }
        }
    }
    tables
}

fn functions() -> Vec<FunctionLine> {
    let lines = include_str!("data/functions.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let line = line.replace("\\|", "\u{1}");
            let mut parts = line.split('|').map(|part| part.replace('\u{1}', "|"));
            let mut next = || parts.next().unwrap_or_default();
            FunctionLine { name: next(), kind: next(), signature: next(), summary: next() }
        })
        .collect()
}

/// What begins like the word before the cursor.
fn complete(text: &str, at: usize) -> Completions {
    let before = text.get(..at).unwrap_or(text);
    let start = before
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .map_or(0, |space| space + before.get(space..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let word = before.get(start..).unwrap_or_default().to_lowercase();
    let after_pipe = before.get(..start).is_some_and(|rest| rest.trim_end().ends_with('|'));
    let first = before.get(..start).is_some_and(|rest| rest.trim_end().is_empty() || rest.trim_end().ends_with(';'));
    let fits = |name: &str| name.to_lowercase().starts_with(&word);
    let mut candidates: Vec<CandidateLine> = Vec::new();
    let line = |insert: String, kind: &str, detail: String, documentation: String| CandidateLine {
        label: insert.clone(),
        insert,
        kind: kind.to_owned(),
        detail,
        documentation,
    };
    if first {
        candidates.extend(
            tables()
                .into_iter()
                .filter(|table| fits(&table.name))
                .map(|table| line(table.name, "table", format!("{} rows", table.rows), table.description)),
        );
    }
    let named = tables().into_iter().find(|table| text.contains(&table.name));
    if !first && !after_pipe {
        let columns = named.into_iter().flat_map(|table| table.columns).filter(|column| fits(&column.name));
        candidates.extend(columns.map(|column| line(column.name, "column", column.ty, column.description)));
    }
    let wanted =
        functions().into_iter().filter(|function| (function.kind == "operator") == after_pipe && !first && fits(&function.name));
    candidates.extend(wanted.map(|function| {
        let called = if after_pipe { function.name.clone() } else { format!("{}()", function.name) };
        CandidateLine { label: function.name, ..line(called, &function.kind, function.signature, function.summary) }
    }));
    Completions { start, end: before.len(), candidates }
}

/// A cell as CSV has it, with what a spreadsheet would compute made text.
fn csv(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned);
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn object(sheet: &Sheet, row: &[Value]) -> Value {
    sheet.columns.iter().map(|column| column.name.clone()).zip(row.iter().cloned()).collect::<serde_json::Map<_, _>>().into()
}

/// A sheet as a file. The sample writes no Parquet but its mark.
fn file(sheet: &Sheet, form: &str) -> Result<Download, Fault> {
    let lines = |lines: Vec<String>| lines.join("\n") + "\n";
    let (media_type, bytes) = match form {
        "csv" => {
            let head = sheet.columns.iter().map(|column| csv(&json!(column.name))).collect::<Vec<_>>().join(",");
            let rows = sheet.rows.iter().map(|row| row.iter().map(csv).collect::<Vec<_>>().join(","));
            ("text/csv; charset=utf-8", lines(std::iter::once(head).chain(rows).collect()).into_bytes())
        }
        "json" => ("application/json", json!({"columns": sheet.columns, "rows": sheet.rows}).to_string().into_bytes()),
        "ndjson" => {
            ("application/x-ndjson", lines(sheet.rows.iter().map(|row| object(sheet, row).to_string()).collect()).into_bytes())
        }
        "parquet" => ("application/vnd.apache.parquet", b"PAR1PAR1".to_vec()),
        _ => return Err(Fault::input("an export is `csv`, `json`, `ndjson` or `parquet`")),
    };
    Ok(Download { name: format!("hunt.{form}"), media_type, bytes })
}

#[async_trait]
impl Hunts for Sample {
    async fn run(&self, ask: &HuntAsk, who: &str, work: &Work) -> Result<HuntAnswer, Fault> {
        if ask.query.contains("Forever") {
            work.at(3, 100, "reading EmailEvents");
            return work.unless_cancelled(std::future::pending()).await;
        }
        let fault = fault(&ask.query);
        let sheet = answer(&ask.query);
        let past = PastHunt {
            at: NOW,
            query: ask.query.clone(),
            language: if ask.language.is_empty() { "kusto".to_owned() } else { ask.language.clone() },
            rows: fault.is_none().then_some(sheet.total),
            took_us: 42_000,
            fault: fault.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        self.past.lock().unwrap_or_else(PoisonError::into_inner).insert(0, (who.to_owned(), past));
        if let Some(fault) = fault {
            return Err(fault);
        }
        let warnings = look::problems(&ask.query);
        Ok(HuntAnswer { sheet, warnings, took_us: 42_000, scanned: Some((9_000_000, 184_000_000)), as_of: NOW })
    }

    async fn export(&self, ask: &HuntAsk, form: &str, who: &str, work: &Work) -> Result<Download, Fault> {
        let answer = self.run(ask, who, work).await?;
        file(&answer.sheet, form)
    }

    async fn look(&self, writing: Writing<'_>) -> Result<Looked, Fault> {
        let text = writing.text;
        let problems = look::problems(text);
        let columns = if problems.is_empty() && !text.trim().is_empty() { answer(text).columns } else { Vec::new() };
        Ok(Looked { colours: look::colours(text), problems, columns })
    }

    async fn complete(&self, writing: Writing<'_>, at: usize) -> Result<Completions, Fault> {
        Ok(complete(writing.text, at))
    }

    async fn tables(&self) -> Result<Vec<TableLine>, Fault> {
        Ok(tables())
    }

    async fn functions(&self) -> Result<Vec<FunctionLine>, Fault> {
        Ok(functions())
    }

    async fn function(&self, name: &str) -> Result<String, Fault> {
        let function = functions().into_iter().find(|function| function.name == name);
        let function = function.ok_or_else(|| Fault::Unknown { what: "function", id: name.to_owned() })?;
        Ok(format!(
            "# {}\n\n{}\n\n```kusto\n{}\n```\n\n## Returns\n\nSee the [reference](https://learn.microsoft.com/kusto/query/).\n",
            function.name, function.summary, function.signature
        ))
    }

    async fn saved(&self, kind: &str, who: &str) -> Result<Vec<SavedHunt>, Fault> {
        let seen = |hunt: &&SavedHunt| hunt.kind == kind && (hunt.shared || hunt.owner == who);
        Ok(self.kept().iter().filter(seen).cloned().collect())
    }

    async fn save(&self, hunt: SavedHunt, who: &str) -> Result<SavedHunt, Fault> {
        if hunt.name.trim().is_empty() {
            return Err(Fault::input("what is kept needs a name"));
        }
        let mut kept = self.kept();
        let fresh = format!("h-{}", kept.len() + 1);
        if hunt.id.is_empty() {
            let hunt = SavedHunt { id: fresh, owner: who.to_owned(), updated_at: NOW, ..hunt };
            kept.push(hunt.clone());
            return Ok(hunt);
        }
        let place = kept.iter_mut().find(|known| known.id == hunt.id && known.owner == who);
        let place = place.ok_or_else(|| Fault::Unknown { what: "saved query", id: hunt.id.clone() })?;
        *place = SavedHunt { owner: who.to_owned(), updated_at: NOW, ..hunt };
        Ok(place.clone())
    }

    async fn forget(&self, id: &str, who: &str) -> Result<(), Fault> {
        let mut kept = self.kept();
        let before = kept.len();
        kept.retain(|hunt| !(hunt.id == id && hunt.owner == who));
        if kept.len() == before { Err(Fault::Unknown { what: "saved query", id: id.to_owned() }) } else { Ok(()) }
    }

    async fn history(&self, who: &str) -> Result<Vec<PastHunt>, Fault> {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(past.iter().filter(|(owner, _)| owner == who).map(|(_, past)| past.clone()).take(200).collect())
    }

    async fn explain(&self, ask: &HuntAsk) -> Result<String, Fault> {
        let steps =
            ask.query.split('|').zip(1..).map(|(step, number)| format!("{number}. `{}`\n", step.trim().replace('`', "'")));
        Ok(format!("The query is answered step by step:\n\n{}", steps.collect::<String>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_never_ends_ends_when_it_is_cancelled() {
        let work = Work::default();
        let ask = HuntAsk { query: "Forever".to_owned(), ..HuntAsk::default() };
        work.cancel();
        assert_eq!(Sample::default().run(&ask, "ann", &work).await, Err(Fault::Cancelled));
    }

    #[test]
    fn times_are_written_as_kusto_writes_them() {
        assert_eq!(moment(NOW), "2026-11-20T12:00:00.0000000Z");
        assert_eq!(moment(0), "1970-01-01T00:00:00.0000000Z");
    }

    #[test]
    fn completion_knows_what_may_stand_where() {
        let labels = |text: &str| complete(text, text.len()).candidates.into_iter().map(|line| line.label).collect::<Vec<_>>();
        assert_eq!(labels("EmailU"), ["EmailUrlInfo"]);
        assert_eq!(labels("EmailEvents | su"), ["summarize"]);
        assert_eq!(labels("EmailEvents | where Subj"), ["Subject"]);
    }
}
