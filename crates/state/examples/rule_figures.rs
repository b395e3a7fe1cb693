//! How long the figures of a list of rules take: `cargo run --release -p spoofwatch-state --example rule_figures -- 300 4000` keeps 4000 runs
//! of each of 300 rules in a database of its own and prints how long [`State::rule_health`] took, in milliseconds: the median, and the most.

#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a measurement asks the clock and is told by arguments how much")]

use std::time::Instant;

use spoofwatch_state::{Since, State};

type Checked<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// The moment of the last run.
const NOW: i64 = 20_000 * DAY + DAY / 2;
/// Between two runs of a rule: a quarter of an hour.
const STEP: i64 = 900_000_000;
/// How often the figures are asked for.
const TIMES: usize = 21;

#[tokio::main]
async fn main() -> Checked {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<i64>());
    let rules = arguments.next().transpose()?.unwrap_or(300).max(1);
    let runs = arguments.next().transpose()?.unwrap_or(4000).max(1);
    let folder = tempfile::tempdir()?;
    let address = format!("sqlite://{}/state.db", folder.path().display());
    let state = State::open(&address).await?;
    fill(&address, rules, runs).await?;
    let since = Since { day: NOW / DAY - 29, verdicts: NOW - 90 * DAY };
    let mut took = Vec::with_capacity(TIMES);
    let mut known = 0;
    for _ in 0..TIMES {
        let began = Instant::now();
        known = state.rule_health(since, None).await?.len();
        took.push(began.elapsed().as_micros());
    }
    took.sort_unstable();
    let at = |place: usize| took.get(place).copied().unwrap_or_default() / 1000;
    println!("{known} rules of {rules}, {} runs: {} ms, at most {} ms", rules * runs, at(TIMES / 2), at(TIMES - 1));
    Ok(())
}

/// Runs, every third with hits, ten alerts a rule, and the figures of both. Written past [`State::commit`], which would take an hour for so many.
async fn fill(address: &str, rules: i64, runs: i64) -> Checked {
    let pool = sqlx::AnyPool::connect(address).await?;
    let numbers = |count: i64| format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} - 1)", count);
    let statements = [
        "PRAGMA synchronous = OFF".to_owned(),
        format!(
            "{} INSERT INTO run SELECT printf('%016x', i), printf('rule %04d', i % {rules}), 'A rule', '1', 'scheduled', at, at, at, at, \
             20000 + i * 7919 % 9000, 'succeeded', '', CASE WHEN i / {rules} % 3 = 0 THEN 5 ELSE 0 END, 0, 0, 0, 0, 0 \
             FROM (SELECT i, {NOW} - i / {rules} * {STEP} AS at FROM n)",
            numbers(rules * runs)
        ),
        format!(
            "{} INSERT INTO alert (id, rule_key, rule_name, rule_version, run_id, title, description, reason, severity, risk_score, \
             confidence, status, verdict, created_at, updated_at, window_from, window_to, suppressed, detail) \
             SELECT printf('%016x', i), printf('rule %04d', i % {rules}), 'A rule', '1', '', '', '', '', 'high', 73, 'high', \
             CASE WHEN i % 3 = 0 THEN 'closed' ELSE 'new' END, CASE WHEN i % 3 = 0 THEN 'true_positive' END, at, at, at, at, 0, '{{}}' \
             FROM (SELECT i, {NOW} - i / {rules} * {DAY} AS at FROM n)",
            numbers(rules * 10)
        ),
        "INSERT INTO rule_state (rule_key, rule_name, version) SELECT DISTINCT rule_key, rule_name, version FROM run".to_owned(),
        format!(
            "INSERT INTO rule_day (day, rule_key, hits, alerts) SELECT day, rule_key, SUM(hits), SUM(alerts) FROM \
             (SELECT started_at / {DAY} AS day, rule_key, hits, 0 AS alerts FROM run WHERE hits > 0 UNION ALL \
             SELECT created_at / {DAY}, rule_key, 0, 1 FROM alert) GROUP BY day, rule_key"
        ),
    ];
    let mut connection = pool.acquire().await?;
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    Ok(())
}
