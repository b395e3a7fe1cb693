//! Queries whose every result row is made of one row of one table alone, whatever the moment of the run: asked once of a long stretch of time,
//! they tell what each window within it gives.
//!
//! A replay runs such a rule once instead of hundreds of times. [`by_row`] writes the query that brings along the time of each row. It is
//! strict: what it does not know to be safe is not [`ByRow`], and is run window by window.
//!
//! Must not know how queries are run. Pure.

use kql::ast::{BinaryOp, Call, Expr, ExprKind, Named, Operator, operator::OperatorKind};
use schema::Table;

use crate::{
    flow::conjuncts,
    sieve::{self, COLUMN, DEPTH, Reader, TIMES},
};

/// A query that is asked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByRow {
    /// The query over all windows at once: its rows have the time of the stored row in [`COLUMN`] besides.
    pub query: String,
    /// How far before the moment of a run a row may lie; each holds.
    pub reach: Vec<Reach>,
}

/// How far back a row may lie, as `Timestamp > ago(1h)` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Ticks of 100 ns.
    pub ticks: i64,
    /// Whether a row counts that lies just so far back.
    pub inclusive: bool,
}

/// The query that is asked once; `None` where a row may depend on others, or on the moment of the run but by how far back it lies.
///
/// ```
/// let found = spoofwatch_rules::by_row::by_row("EmailEvents | where Timestamp > ago(1h) and Subject has 'pay' | project Subject").unwrap();
/// assert_eq!(
///     found.query,
///     "EmailEvents | extend _Moment = TimeGenerated | where true and Subject has 'pay' | project Subject, _Moment"
/// );
/// assert_eq!(found.reach[0].ticks, 36_000_000_000);
/// assert!(spoofwatch_rules::by_row::by_row("EmailEvents | summarize count() by Subject").is_none());
/// ```
#[must_use]
pub fn by_row(text: &str) -> Option<ByRow> {
    let parsed = kql::parse(text);
    if !parsed.diagnostics.is_empty() || text.contains(COLUMN) {
        return None;
    }
    let reader = Reader::of(text, &parsed.query)?;
    let mut walk = Walk { reader: &reader, table: None, edits: Vec::new(), reach: Vec::new(), own_time: true };
    walk.rows(reader.main, DEPTH)?;
    let Walk { edits, reach, .. } = walk;
    Some(ByRow { query: edited(text, edits)?, reach })
}

/// The text with stretches replaced.
fn edited(text: &str, mut edits: Vec<(usize, usize, String)>) -> Option<String> {
    edits.sort();
    let (mut out, mut at) = (String::with_capacity(text.len() + 64), 0);
    for (from, to, put) in edits {
        out.push_str(text.get(at..from)?);
        out.push_str(&put);
        at = to;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// On the way from the table to the result.
struct Walk<'r, 'a> {
    reader: &'r Reader<'a>,
    table: Option<&'static Table>,
    /// Where the text is changed: from, to, what is put there.
    edits: Vec<(usize, usize, String)>,
    reach: Vec<Reach>,
    /// The time columns are still the table's.
    own_time: bool,
}

impl<'a> Walk<'_, 'a> {
    /// Goes over a tabular expression; `None` where a row may be made of several, or of none.
    fn rows(&mut self, expr: &'a Expr, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Paren(inner) => self.rows(inner, depth),
            ExprKind::Name(name) => match self.reader.named(&name.text) {
                Some(value) => self.rows(value?, depth),
                None => {
                    let table = schema::Registry::builtin().table(&name.text)?;
                    let time = sieve::quoted(sieve::time(table)?);
                    self.table = Some(table);
                    self.edits.push((expr.span.end, expr.span.end, format!(" | extend {COLUMN} = {time}")));
                    Some(())
                }
            },
            ExprKind::Call(Call { name, arguments }) if name.text == "materialize" => match arguments.as_slice() {
                [one] => self.rows(&one.value, depth),
                _ => None,
            },
            ExprKind::Pipe { source, operators } => {
                self.rows(source, depth)?;
                operators.iter().try_for_each(|operator| self.operator(operator))
            }
            _ => None,
        }
    }

    fn operator(&mut self, operator: &'a Operator) -> Option<()> {
        match &operator.kind {
            OperatorKind::Where(condition) => conjuncts(condition).into_iter().try_for_each(|part| self.condition(part)),
            OperatorKind::Extend(items) => self.columns(items),
            OperatorKind::Project(items) => {
                self.columns(items)?;
                let end = items.last()?.expr.span.end;
                self.edits.push((end, end, format!(", {COLUMN}")));
                Some(())
            }
            // Names, no patterns: a pattern may mean the column of ours.
            OperatorKind::ProjectAway(names) => names.iter().all(|name| matches!(&name.kind, ExprKind::Name(_))).then_some(()),
            OperatorKind::Sort(keys) => keys.iter().all(|key| self.is_pure(&key.expr)).then_some(()),
            OperatorKind::Render(_) => Some(()),
            _ => None,
        }
    }

    /// A condition on the row alone stays; how far back it may lie is taken out.
    fn condition(&mut self, part: &'a Expr) -> Option<()> {
        if self.own_time
            && let Some(reach) = self.bound(part)
        {
            self.edits.push((part.span.start, part.span.end, "true".to_owned()));
            self.reach.push(reach);
            return Some(());
        }
        self.is_pure(part).then_some(())
    }

    fn columns(&mut self, items: &'a [Named]) -> Option<()> {
        for item in items {
            if item.names.len() > 1 || !self.is_pure(&item.expr) {
                return None;
            }
            self.own_time &= !item.names.iter().any(|name| TIMES.contains(&name.text.as_str()));
        }
        Some(())
    }

    fn is_pure(&self, expr: &'a Expr) -> bool {
        self.table.is_some_and(|table| self.reader.is_pure(expr, table, DEPTH))
    }

    /// `Timestamp > ago(1h)`, and `Timestamp between (ago(1h) .. now())`, of the column by which windows go.
    fn bound(&self, condition: &'a Expr) -> Option<Reach> {
        let table = self.table?;
        let ticks = self.reader.reach(condition, table)?;
        let inclusive = match &condition.kind {
            ExprKind::Binary { op, .. } => matches!(op, BinaryOp::GreaterOrEqual | BinaryOp::LessOrEqual),
            // No row of the window lies behind the moment of the run.
            ExprKind::Between { to, .. } => match &self.reader.resolved(to, DEPTH)?.kind {
                ExprKind::Call(call) if call.name.text == "now" && call.arguments.is_empty() => true,
                _ => return None,
            },
            _ => return None,
        };
        Some(Reach { ticks, inclusive })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Option<String> {
        by_row(text).map(|found| found.query)
    }

    #[test]
    fn the_time_of_the_stored_row_comes_along() {
        for (text, expected) in [
            ("EmailEvents", "EmailEvents | extend _Moment = TimeGenerated"),
            (
                "let Own = dynamic(['x']);\nEmailEvents // all\n| where SenderFromDomain in (Own)\n| project Timestamp, Subject // two\n| sort by Timestamp asc",
                "let Own = dynamic(['x']);\nEmailEvents | extend _Moment = TimeGenerated // all\n| where SenderFromDomain in (Own)\n| project Timestamp, Subject, _Moment // two\n| sort by Timestamp asc",
            ),
            (
                "let Bad = (EmailEvents | where Subject has 'x'); Bad | extend A = parse_json(AuthenticationDetails) | project-away ReportId",
                "let Bad = (EmailEvents | extend _Moment = TimeGenerated | where Subject has 'x'); Bad | extend A = parse_json(AuthenticationDetails) | project-away ReportId",
            ),
            (
                "['EmailEvents'] | where Subject has 'x'",
                "['EmailEvents'] | extend _Moment = TimeGenerated | where Subject has 'x'",
            ),
        ] {
            assert_eq!(query(text).as_deref(), Some(expected));
        }
    }

    #[test]
    fn how_far_back_a_row_may_lie_is_told_and_taken_out() {
        let bounds = |text: &str| {
            by_row(text).map(|found| found.reach.iter().map(|reach| (reach.ticks, reach.inclusive)).collect::<Vec<_>>())
        };
        const HOUR: i64 = 36_000_000_000;
        for (text, expected) in [
            ("EmailEvents | where Timestamp > ago(1h)", vec![(HOUR, false)]),
            ("EmailEvents | where TimeGenerated >= ago(1h) and Timestamp > ago(2h)", vec![(HOUR, true), (2 * HOUR, false)]),
            ("let L = 1h; EmailEvents | where ago(L) <= Timestamp", vec![(HOUR, true)]),
            ("EmailEvents | where Timestamp between (ago(1h) .. now())", vec![(HOUR, true)]),
            ("EmailEvents | where Subject has 'x'", vec![]),
        ] {
            assert_eq!(bounds(text), Some(expected), "{text}");
        }
        assert_eq!(
            query("EmailEvents | where (Timestamp > ago(1h)) and Subject has 'x'").as_deref(),
            Some("EmailEvents | extend _Moment = TimeGenerated | where (true) and Subject has 'x'")
        );
    }

    #[test]
    fn what_depends_on_other_rows_or_on_the_moment_is_run_window_by_window() {
        for text in [
            "EmailEvents | summarize count() by Subject",
            "EmailEvents | take 5",
            "EmailEvents | top 5 by Timestamp",
            "EmailEvents | distinct Subject",
            "EmailEvents | join UrlClickEvents on NetworkMessageId",
            "union EmailEvents, UrlClickEvents",
            "EmailEvents | where Timestamp < ago(1h)",
            "EmailEvents | where Timestamp between (ago(2h) .. ago(1h))",
            "EmailEvents | where Timestamp > ago(1h) or Subject has 'x'",
            "EmailEvents | extend Age = now() - Timestamp",
            "EmailEvents | where Timestamp > datetime(12:30)",
            "EmailEvents | extend Timestamp = datetime(2026-01-01) | where Timestamp > ago(1h)",
            "EmailEvents | project Timestamp, Subject | where Timestamp > ago(1h) and rand() > 0.5",
            "EmailEvents | where Subject in (UrlClickEvents | project Url)",
            "let Own = toscalar(EmailEvents | count); EmailEvents | where AttachmentCount > Own",
            "EmailEvents | project-away *Domain",
            "EmailEvents | project _Moment = Subject",
            "EmailEvents | serialize | extend Before = prev(Subject)",
            "EmailEvents | count",
            "Unknown | where x == 1",
            "EmailEvents | where",
        ] {
            assert_eq!(by_row(text), None, "{text}");
        }
    }
}
