//! When a query can find anything at all: simpler queries for the moments of the rows that its result can come from.
//!
//! A rule that runs every five minutes runs 8,640 times in a month, and finds something in a few of them. Where a query reads a table, filters
//! rows one by one, and makes something of the rows that are left, a window without such a row has no result: that is so whatever the moment
//! of the run, and need not be tried. [`sieves`] writes the queries that give the moments of those rows, once for all windows, one for each
//! table that the result comes from. They may give more moments than count and never fewer: a condition that depends on the moment of the
//! run, on other rows or on other tables is left out, except for `Timestamp > ago(...)`, which says how far back a row may lie.
//!
//! Must not know how queries are run. Pure.

use std::collections::{BTreeSet, HashMap};

use kql::ast::{
    BinaryOp, Call, Expr, ExprKind, LetValue, Literal, Named, Operator, Query, StatementKind,
    operator::{Join, OperatorKind, Source},
};
use schema::{Registry, Table, Type};

use crate::{flow::conjuncts, model::Micros};

/// The one column of the query.
pub const COLUMN: &str = "_Moment";
/// Columns that say when a row's event happened, the first that a table has: windows go by it.
pub(crate) const TIMES: [&str; 3] = ["TimeGenerated", "Timestamp", "@timestamp"];
/// How deep names may stand for names.
pub(crate) const DEPTH: usize = 16;
/// Ticks of 100 ns in a microsecond.
const TICKS: i64 = 10;
/// Tables of a union, beyond which asking each does not pay.
const MOST_TABLES: usize = 16;

/// Functions whose value depends on nothing but their arguments. One that is not here makes a condition count for nothing.
const PURE: [&str; 94] = [
    "abs",
    "array_concat",
    "array_index_of",
    "array_length",
    "array_reverse",
    "array_slice",
    "array_sort_asc",
    "array_sort_desc",
    "bag_has_key",
    "bag_keys",
    "bag_merge",
    "bag_pack",
    "base64_decode_tostring",
    "bin",
    "bool",
    "case",
    "coalesce",
    "column_ifexists",
    "columnifexists",
    "countof",
    "datetime",
    "datetime_part",
    "dayofweek",
    "dynamic",
    "dynamic_to_json",
    "endofday",
    "extract",
    "extract_all",
    "extract_json",
    "extractjson",
    "floor",
    "format_datetime",
    "format_ipv4",
    "format_ipv4_mask",
    "getmonth",
    "getyear",
    "has_any_index",
    "has_any_ipv4",
    "has_ipv4",
    "hash_sha256",
    "hourofday",
    "iff",
    "iif",
    "indexof",
    "int",
    "ipv4_compare",
    "ipv4_is_in_any_range",
    "ipv4_is_in_range",
    "ipv4_is_match",
    "ipv4_is_private",
    "ipv6_compare",
    "ipv6_is_in_range",
    "isempty",
    "isnotempty",
    "isnotnull",
    "isnull",
    "long",
    "max_of",
    "min_of",
    "not",
    "pack",
    "pack_array",
    "parse_ipv4",
    "parse_ipv4_mask",
    "parse_ipv6",
    "parse_ipv6_mask",
    "parse_json",
    "parse_url",
    "parsejson",
    "replace",
    "replace_regex",
    "replace_string",
    "replace_strings",
    "reverse",
    "round",
    "set_has_element",
    "split",
    "startofday",
    "strcat",
    "strcat_array",
    "strcat_delim",
    "strlen",
    "substring",
    "tobool",
    "todouble",
    "todynamic",
    "toint",
    "tolong",
    "tolower",
    "toreal",
    "tostring",
    "toupper",
    "translate",
    "trim",
];

/// A query for moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sieve {
    /// The query.
    pub query: String,
    /// How far before the moment of a run a row may lie that counts; `None`: as far as the window.
    pub reach: Option<Micros>,
}

/// The queries for the moments of the rows that a query's result can come from; `None` where it is not that simple.
///
/// ```
/// let text = "let Own = dynamic(['contoso.com']);\nEmailEvents\n| where Timestamp > ago(1h) and SenderFromDomain in (Own)\n| summarize count() by Subject";
/// let found = spoofwatch_rules::sieve::sieves(text).unwrap();
/// assert_eq!(
///     found[0].query,
///     "let Own = dynamic(['contoso.com']);\nEmailEvents | where (SenderFromDomain in (Own)) | summarize by _Moment = bin(TimeGenerated, 1m)"
/// );
/// assert_eq!(found[0].reach, Some(3_600_000_000));
/// ```
#[must_use]
pub fn sieves(text: &str) -> Option<Vec<Sieve>> {
    let parsed = kql::parse(text);
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let reader = Reader::of(text, &parsed.query)?;
    let before = text.get(..reader.main.span.start)?;
    let chains = reader.chains(reader.main, DEPTH)?;
    let sieve = |chain: Chain| {
        let (table, time) = (quoted(&chain.table.name), quoted(time(chain.table)?));
        let query = format!("{before}{table}{} | summarize by {COLUMN} = bin({time}, 1m)", chain.filters);
        Some(Sieve { query, reach: chain.reach })
    };
    chains.into_iter().map(sieve).collect()
}

/// The column by which windows go.
pub(crate) fn time(table: &'static Table) -> Option<&'static str> {
    TIMES.into_iter().find(|name| table.column(name).is_some_and(|column| column.ty == Type::Datetime))
}

/// A name as a query writes it.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if plain { name.to_owned() } else { format!("['{name}']") }
}

/// A query and what its names stand for.
pub(crate) struct Reader<'a> {
    text: &'a str,
    lets: HashMap<&'a str, &'a LetValue>,
    /// The expression that the result is.
    pub(crate) main: &'a Expr,
}

/// A table and the filters after it, as far as they go.
struct Chain {
    table: &'static Table,
    filters: String,
    /// How far back a row may lie.
    reach: Option<Micros>,
    /// Columns whose values a filter here cannot know: they depend on more than the row.
    unknown: BTreeSet<String>,
    /// Nothing but filters and computed columns has come so far.
    goes_on: bool,
}

impl<'a> Reader<'a> {
    /// `None` where the query is more than names and one result.
    pub(crate) fn of(text: &'a str, query: &'a Query) -> Option<Self> {
        let (last, before) = query.statements.split_last()?;
        let StatementKind::Query(main) = &last.kind else { return None };
        let mut lets = HashMap::new();
        for statement in before {
            let StatementKind::Let { name, value } = &statement.kind else { return None };
            lets.insert(name.text.as_str(), value);
        }
        Some(Self { text, lets, main })
    }

    /// What a name stands for, if it is bound: `None` inside where that is a function.
    pub(crate) fn named(&self, name: &str) -> Option<Option<&'a Expr>> {
        match self.lets.get(name)? {
            LetValue::Expr(value) => Some(Some(value)),
            LetValue::Function(_) => Some(None),
        }
    }

    /// What a tabular expression begins with, if it gives nothing wherever the filters leave nothing.
    fn chains(&self, expr: &'a Expr, depth: usize) -> Option<Vec<Chain>> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Paren(inner) => self.chains(inner, depth),
            ExprKind::Name(name) => match self.lets.get(name.text.as_str()) {
                Some(LetValue::Expr(value)) => self.chains(value, depth),
                Some(LetValue::Function(_)) => None,
                None => {
                    let table = Registry::builtin().table(&name.text)?;
                    Some(vec![Chain { table, filters: String::new(), reach: None, unknown: BTreeSet::new(), goes_on: true }])
                }
            },
            ExprKind::Call(Call { name, arguments }) if name.text == "materialize" => match arguments.as_slice() {
                [one] => self.chains(&one.value, depth),
                _ => None,
            },
            ExprKind::Source(source) => match source.as_ref() {
                Source::Union(union) => self.all(&union.tables, depth),
                _ => None,
            },
            ExprKind::Pipe { source, operators } => {
                let mut chains = self.chains(source, depth)?;
                for operator in operators {
                    self.operator(operator, &mut chains, depth)?;
                }
                Some(chains)
            }
            _ => None,
        }
    }

    /// The chains of several tables. Where their columns differ, those of the union have other names, so that none goes on.
    fn all(&self, tables: &'a [Expr], depth: usize) -> Option<Vec<Chain>> {
        let mut all = Vec::new();
        for table in tables {
            all.extend(self.chains(table, depth)?);
        }
        all.iter_mut().for_each(|chain| chain.goes_on = false);
        (all.len() <= MOST_TABLES).then_some(all)
    }

    /// Goes over an operator; `None` where it may give rows without being given any.
    fn operator(&self, operator: &'a Operator, chains: &mut Vec<Chain>, depth: usize) -> Option<()> {
        match &operator.kind {
            OperatorKind::Where(condition) => {
                for chain in chains.iter_mut().filter(|chain| chain.goes_on) {
                    self.filter(condition, chain)?;
                }
                return Some(());
            }
            // Of columns that are left out nothing is asked behind it.
            OperatorKind::Extend(items) | OperatorKind::Project(items) => {
                for chain in chains.iter_mut().filter(|chain| chain.goes_on) {
                    self.extend(items, chain)?;
                }
                return Some(());
            }
            OperatorKind::Union(union) => chains.extend(self.all(&union.tables, depth)?),
            OperatorKind::Join(join) | OperatorKind::Lookup(join) => empty_on_the_left(join)?,
            OperatorKind::Summarize(summarize) => drop(summarize.by.as_ref().filter(|by| !by.is_empty())?),
            OperatorKind::MakeSeries(series) if !series.by.is_empty() => {}
            // A table is made anew row by row, or has its rows in another order.
            OperatorKind::ProjectAway(_)
            | OperatorKind::ProjectKeep(_)
            | OperatorKind::ProjectRename(_)
            | OperatorKind::ProjectReorder(_)
            | OperatorKind::Distinct(_)
            | OperatorKind::Take(_)
            | OperatorKind::Top { .. }
            | OperatorKind::Sort(_)
            | OperatorKind::MvExpand(_)
            | OperatorKind::MvApply { .. }
            | OperatorKind::Parse(_)
            | OperatorKind::ParseKv { .. }
            | OperatorKind::Serialize(_)
            | OperatorKind::Render(_) => {}
            _ => return None,
        }
        chains.iter_mut().for_each(|chain| chain.goes_on = false);
        Some(())
    }

    /// Takes over the conditions on the row alone, and how far back it may lie.
    fn filter(&self, condition: &'a Expr, chain: &mut Chain) -> Option<()> {
        for part in conjuncts(condition) {
            if let Some(reach) =
                self.reach(part, chain.table).and_then(|ticks| Micros::try_from(ticks / TICKS).ok()).filter(|reach| *reach > 0)
            {
                chain.reach = Some(chain.reach.map_or(reach, |known| known.min(reach)));
            } else if self.is_pure(part, chain.table, DEPTH) && !names_any(part, &chain.unknown) {
                chain.filters.push_str(&format!(" | where ({})", self.words(part)?));
            }
        }
        Some(())
    }

    /// Takes over the columns that are made of the row alone, all at once, as the query makes them; the others are not known from here on.
    fn extend(&self, items: &'a [Named], chain: &mut Chain) -> Option<()> {
        let mut made: Vec<(&str, &Expr)> = Vec::new();
        for item in items {
            match (item.names.as_slice(), &item.expr.kind) {
                // A column as it is, or a time under its other name.
                ([], ExprKind::Name(_)) => {}
                ([name], ExprKind::Name(column))
                    if name.text == column.text || same_time(chain.table, &name.text, &column.text) => {}
                ([name], _) if !TIMES.contains(&name.text.as_str()) => made.push((&name.text, &item.expr)),
                _ => {
                    chain.goes_on = false;
                    return Some(());
                }
            }
        }
        let mut unknown: BTreeSet<String> = chain.unknown.clone();
        let impure = |(_, expr): &&(&str, &'a Expr)| !self.is_pure(expr, chain.table, DEPTH);
        unknown.extend(made.iter().filter(impure).map(|(name, _)| (*name).to_owned()));
        let (known, other): (Vec<_>, Vec<_>) = made.into_iter().partition(|(name, expr)| {
            self.is_pure(expr, chain.table, DEPTH)
                && !names_any(expr, &unknown)
                && (!unknown.contains(*name) || chain.unknown.contains(*name))
        });
        let words = known.iter().map(|(name, expr)| Some(format!("{} = ({})", quoted(name), self.words(expr)?)));
        let words = words.collect::<Option<Vec<_>>>()?;
        if !words.is_empty() {
            chain.filters.push_str(&format!(" | extend {}", words.join(", ")));
        }
        for (name, _) in known {
            chain.unknown.remove(name);
        }
        chain.unknown.extend(other.into_iter().map(|(name, _)| name.to_owned()));
        Some(())
    }

    /// The length of time, in ticks, in `Timestamp > ago(1h)` or `Timestamp between (ago(1h) .. now())`, of the column by which windows go.
    pub(crate) fn reach(&self, condition: &'a Expr, table: &'static Table) -> Option<i64> {
        let (column, bound) = match &condition.kind {
            ExprKind::Binary { op: BinaryOp::Greater | BinaryOp::GreaterOrEqual, left, right } => (left, right),
            ExprKind::Binary { op: BinaryOp::Less | BinaryOp::LessOrEqual, left, right } => (right, left),
            ExprKind::Between { negated: false, operand, from, .. } => (operand, from),
            _ => return None,
        };
        let ExprKind::Name(column) = &column.kind else { return None };
        let same = table.column(&column.text)?.name == table.column(time(table)?)?.name;
        let ExprKind::Call(call) = &self.resolved(bound, DEPTH)?.kind else { return None };
        let argument = call.arguments.first().filter(|_| same && call.name.text == "ago" && call.arguments.len() == 1)?;
        match &self.resolved(&argument.value, DEPTH)?.kind {
            ExprKind::Literal(Literal::Timespan(Some(text))) => schema::text::timespan::parse_literal(text),
            _ => None,
        }
    }

    /// An expression, or what its name stands for.
    pub(crate) fn resolved(&self, expr: &'a Expr, depth: usize) -> Option<&'a Expr> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Paren(inner) => self.resolved(inner, depth),
            ExprKind::Name(name) => match self.lets.get(name.text.as_str()) {
                Some(LetValue::Expr(value)) => self.resolved(value, depth),
                _ => Some(expr),
            },
            _ => Some(expr),
        }
    }

    fn words(&self, expr: &Expr) -> Option<&'a str> {
        self.text.get(expr.span.start..expr.span.end)
    }

    /// Whether an expression depends on nothing but the row.
    pub(crate) fn is_pure(&self, expr: &'a Expr, table: &'static Table, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        expr.walk().all(|part| match &part.kind {
            ExprKind::Call(call) => PURE.contains(&call.name.text.as_str()) && !self.lets.contains_key(call.name.text.as_str()),
            ExprKind::Literal(Literal::Datetime(Some(words))) => is_fixed(words),
            ExprKind::MethodCall { .. } | ExprKind::Pipe { .. } | ExprKind::Wildcard(_) | ExprKind::Missing => false,
            ExprKind::Source(source) => matches!(source.as_ref(), Source::Datatable { .. }),
            // One name alone may be that of a table or of a saved function.
            ExprKind::In { list, .. } => match list.as_slice() {
                [one] => !matches!(&one.kind, ExprKind::Name(name) if !self.lets.contains_key(name.text.as_str())),
                _ => true,
            },
            ExprKind::Name(name) => match self.lets.get(name.text.as_str()) {
                Some(LetValue::Expr(value)) => self.is_pure(value, table, depth),
                Some(LetValue::Function(_)) => false,
                None => table.column(&name.text).is_some() || Registry::builtin().table(&name.text).is_none(),
            },
            _ => true,
        })
    }
}

/// Whether both are names of the time by which windows go.
fn same_time(table: &'static Table, one: &str, other: &str) -> bool {
    let target = |name: &str| table.column(name).map(|column| &column.name);
    TIMES.contains(&one) && target(one).is_some() && target(one) == target(other)
}

/// Whether an expression names any of these.
fn names_any(expr: &Expr, names: &BTreeSet<String>) -> bool {
    !names.is_empty() && expr.walk().any(|part| matches!(&part.kind, ExprKind::Name(name) if names.contains(&name.text)))
}

/// Whether a datetime is one whatever the moment: `datetime(12:30)` is of the day it is read on.
fn is_fixed(words: &str) -> bool {
    words.trim().split_once(':').is_none_or(|(hours, _)| hours.len() > 2)
}

/// Whether a join without rows on its left has none.
fn empty_on_the_left(join: &Join) -> Option<()> {
    let kind = join.settings.iter().find(|setting| setting.name.text == "kind");
    let kind = match kind.map(|setting| &setting.value.kind) {
        None => "innerunique",
        Some(ExprKind::Name(name)) => name.text.as_str(),
        Some(_) => return None,
    };
    ["innerunique", "inner", "leftouter", "leftsemi", "leftanti", "leftantisemi", "anti"].contains(&kind).then_some(())
}

#[cfg(test)]
mod tests {
    use super::{Micros, PURE, sieves};

    const HOUR: Micros = 3_600_000_000;

    /// What stands between the tables and the end, and how far back rows may lie.
    fn filters(text: &str) -> Vec<(String, Option<Micros>)> {
        let found = sieves(text).unwrap_or_default().into_iter();
        let cut = |query: &str| query.rsplit_once(" | summarize by _Moment").map(|(before, _)| before.to_owned());
        found.filter_map(|sieve| Some((cut(&sieve.query)?, sieve.reach))).collect()
    }

    fn one(text: &str) -> String {
        filters(text).pop().unwrap_or_default().0
    }

    #[test]
    fn conditions_on_the_row_are_kept_and_others_left_out() {
        let text = "EmailEvents | where Timestamp > now(-1d) and Subject has 'pay' | extend A = parse_json(AuthenticationDetails) | where A.DKIM == 'fail' | project Subject | where rand() > 0.5";
        assert_eq!(
            one(text),
            "EmailEvents | where (Subject has 'pay') | extend A = (parse_json(AuthenticationDetails)) | where (A.DKIM == 'fail')"
        );
        for kept_nothing in [
            "EmailEvents | where Subject in (UrlClickEvents | project Url)",
            "EmailEvents | where Subject in (Saved)",
            "EmailEvents | where Own(Subject) == 'x'",
            "EmailEvents | where Timestamp > now(-1h)",
            "let Bad = UrlClickEvents | distinct Url; EmailEvents | where Subject in (Bad)",
            "EmailEvents | extend Timestamp = now() | where Subject has 'x'",
            "EmailEvents | project Subject = UrlClickEvents | where Subject has 'x'",
            "EmailEvents | where Timestamp > datetime(12:30)",
        ] {
            let found = one(kept_nothing);
            assert!(found.ends_with("EmailEvents"), "{kept_nothing}: {found}");
        }
    }

    #[test]
    fn what_cannot_be_known_leaves_out_only_what_asks_of_it() {
        for (text, expected) in [
            (
                "EmailEvents | extend A = toscalar(EmailEvents | count), B = tolower(Subject) | where A > 5 | where B has 'x'",
                " | extend B = (tolower(Subject)) | where (B has 'x')",
            ),
            (
                "EmailEvents | extend A = rand() | extend B = A + 1, A = 5 | where B > 1 and A == 5 and Subject has 'x'",
                " | extend A = (5) | where (A == 5) | where (Subject has 'x')",
            ),
            (
                "EmailEvents | extend Subject = tolower(Subject), Old = strcat(Subject, 'x') | where Old == 'y'",
                " | extend Subject = (tolower(Subject)), Old = (strcat(Subject, 'x')) | where (Old == 'y')",
            ),
            (
                "CloudAppEvents | project Timestamp = TimeGenerated, Op = ActionType, RawEventData | where Op == 'x' and Timestamp > ago(1h)",
                " | extend Op = (ActionType) | where (Op == 'x')",
            ),
            ("EmailEvents | extend rand() | where Subject has 'x'", ""),
        ] {
            assert!(one(text).ends_with(&format!("Events{expected}")), "{text}: {}", one(text));
        }
    }

    #[test]
    fn what_may_have_rows_of_its_own_has_no_sieve() {
        for text in [
            "EmailEvents | count",
            "EmailEvents | summarize count()",
            "EmailEvents | union Unknown",
            "union Email*",
            "print now()",
            "union EmailEvents, (print now())",
            "EmailEvents | join kind=rightouter UrlClickEvents on NetworkMessageId",
            "EmailEvents | make-series count() on Timestamp from ago(1d) to now() step 1h",
            "Unknown | take 5",
            "EmailEvents; UrlClickEvents",
            "EmailEvents | where",
            "let f = (x:string) { EmailEvents | where Subject == x }; f('a')",
        ] {
            assert_eq!(sieves(text), None, "{text}");
        }
    }

    #[test]
    fn names_and_joins_are_followed_to_the_table_on_the_left() {
        let text = "let Bad = materialize(EmailEvents | where Subject has 'x'); Bad | where SenderFromDomain == 'y' | join kind=inner (UrlClickEvents) on NetworkMessageId | where Url has 'z' | summarize count() by Url";
        let found = one(text);
        assert!(found.ends_with("EmailEvents | where (Subject has 'x') | where (SenderFromDomain == 'y')"), "{found}");
    }

    #[test]
    fn a_union_has_a_sieve_for_each_table() {
        let text = "let Both = union isfuzzy=true (CloudAppEvents | where ActionType == 'x'), (OfficeActivity | where Operation == 'x'); Both | where Whatever == 'y' | mv-apply P = Parameters on (summarize count())";
        let found: Vec<String> = filters(text).into_iter().map(|(text, _)| text).collect();
        assert!(found[0].ends_with("CloudAppEvents | where (ActionType == 'x')"), "{found:?}");
        assert!(found[1].ends_with("OfficeActivity | where (Operation == 'x')"), "{found:?}");
    }

    #[test]
    fn the_narrowest_ago_says_how_far_back_a_row_may_lie() {
        let reach = |text: &str| filters(text).first().and_then(|(_, reach)| *reach);
        assert_eq!(reach("EmailEvents | where Timestamp > ago(2h) | where TimeGenerated >= ago(1h)"), Some(HOUR));
        assert_eq!(reach("let L = 2h; let Start = ago(L); EmailEvents | where Start < Timestamp"), Some(2 * HOUR));
        assert_eq!(reach("EmailEvents | where Timestamp between (ago(1h) .. now())"), Some(HOUR));
        for none in [
            "EmailEvents | where Timestamp < ago(1h)",
            "EmailEvents | where Timestamp > ago(1h) or Subject has 'x'",
            "EmailEvents | where not(Timestamp > ago(1h))",
            "EmailEvents | where AttachmentCount > ago(1h)",
            "EmailEvents | where Timestamp !between (ago(1h) .. now())",
            "EmailEvents | summarize max(Timestamp) by Subject | where max_Timestamp > ago(1h)",
        ] {
            assert_eq!(reach(none), None, "{none}");
        }
    }

    #[test]
    fn the_list_of_functions_is_sorted() {
        assert!(PURE.is_sorted());
    }
}
