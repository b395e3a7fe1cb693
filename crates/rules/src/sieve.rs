//! When a query can find anything at all: a simpler query for the moments of the rows that its result can come from.
//!
//! A rule that runs every five minutes runs 8,640 times in a month, and finds something in a few of them. Where a query reads one table, filters
//! rows one by one, and makes something of the rows that are left, a window without such a row has no result: that is so whatever the moment
//! of the run, and need not be tried. [`sieve`] writes the query that gives the moments of those rows, once for all windows. It may give more
//! of them than count and never fewer: a condition that depends on the moment of the run, on other rows or on other tables is left out.
//!
//! Must not know how queries are run. Pure.

use std::collections::HashMap;

use kql::ast::{
    Call, Expr, ExprKind, LetValue, Operator, Query, StatementKind,
    operator::{Join, OperatorKind, Source},
};
use schema::{Registry, Table, Type};

use crate::flow::conjuncts;

/// The one column of the query.
pub const COLUMN: &str = "_Moment";
/// Columns that say when a row's event happened, the first that a table has: windows go by it.
const TIMES: [&str; 3] = ["TimeGenerated", "Timestamp", "@timestamp"];
/// How deep names may stand for names.
const DEPTH: usize = 16;

/// Functions whose value depends on nothing but their arguments. One that is not here makes a condition count for nothing.
const PURE: [&str; 74] = [
    "array_index_of",
    "array_length",
    "array_slice",
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
    "ipv4_is_private",
    "ipv6_is_in_range",
    "isempty",
    "isnotempty",
    "isnotnull",
    "isnull",
    "long",
    "not",
    "pack",
    "pack_array",
    "parse_ipv4",
    "parse_json",
    "parse_url",
    "parsejson",
    "replace",
    "replace_regex",
    "replace_string",
    "set_has_element",
    "split",
    "startofday",
    "strcat",
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
    "trim",
];

/// The query for the moments of the rows that a query's result can come from; `None` where it is not that simple.
///
/// ```
/// let text = "let Own = dynamic(['contoso.com']);\nEmailEvents\n| where Timestamp > ago(1h) and SenderFromDomain in (Own)\n| summarize count() by Subject";
/// assert_eq!(
///     spoofwatch_rules::sieve::sieve(text).as_deref(),
///     Some("let Own = dynamic(['contoso.com']);\nEmailEvents | where (SenderFromDomain in (Own)) | summarize by _Moment = bin(TimeGenerated, 1m)")
/// );
/// ```
#[must_use]
pub fn sieve(text: &str) -> Option<String> {
    let parsed = kql::parse(text);
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let reader = Reader::of(text, &parsed.query)?;
    let chain = reader.chain(reader.main, DEPTH)?;
    let time = TIMES.iter().find(|name| chain.table.column(name).is_some_and(|column| column.ty == Type::Datetime))?;
    let before = text.get(..reader.main.span.start)?;
    let table = quoted(&chain.table.name);
    Some(format!("{before}{table}{} | summarize by {COLUMN} = bin({}, 1m)", chain.filters, quoted(time)))
}

/// A name as a query writes it.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if plain { name.to_owned() } else { format!("['{name}']") }
}

/// A query and what its names stand for.
struct Reader<'a> {
    text: &'a str,
    lets: HashMap<&'a str, &'a LetValue>,
    main: &'a Expr,
}

/// A table and the filters after it, as far as they go.
struct Chain {
    table: &'static Table,
    filters: String,
    /// Nothing but filters and computed columns has come so far.
    goes_on: bool,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str, query: &'a Query) -> Option<Self> {
        let (last, before) = query.statements.split_last()?;
        let StatementKind::Query(main) = &last.kind else { return None };
        let mut lets = HashMap::new();
        for statement in before {
            let StatementKind::Let { name, value } = &statement.kind else { return None };
            lets.insert(name.text.as_str(), value);
        }
        Some(Self { text, lets, main })
    }

    /// What a tabular expression begins with, if it gives nothing wherever the filters leave nothing.
    fn chain(&self, expr: &'a Expr, depth: usize) -> Option<Chain> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Paren(inner) => self.chain(inner, depth),
            ExprKind::Name(name) => match self.lets.get(name.text.as_str()) {
                Some(LetValue::Expr(value)) => self.chain(value, depth),
                Some(LetValue::Function(_)) => None,
                None => {
                    let table = Registry::builtin().table(&name.text)?;
                    Some(Chain { table, filters: String::new(), goes_on: true })
                }
            },
            ExprKind::Call(Call { name, arguments }) if name.text == "materialize" => match arguments.as_slice() {
                [one] => self.chain(&one.value, depth),
                _ => None,
            },
            ExprKind::Pipe { source, operators } => {
                let mut chain = self.chain(source, depth)?;
                for operator in operators {
                    self.operator(operator, &mut chain)?;
                }
                Some(chain)
            }
            _ => None,
        }
    }

    /// Goes over an operator; `None` where it may give rows without being given any.
    fn operator(&self, operator: &'a Operator, chain: &mut Chain) -> Option<()> {
        match &operator.kind {
            OperatorKind::Where(condition) if chain.goes_on => {
                for part in conjuncts(condition).into_iter().filter(|part| self.is_pure(part, DEPTH)) {
                    chain.filters.push_str(&format!(" | where ({})", self.words(part)?));
                }
            }
            OperatorKind::Extend(items) if chain.goes_on => {
                for item in items {
                    match item.names.as_slice() {
                        [name] if self.is_pure(&item.expr, DEPTH) && !TIMES.contains(&name.text.as_str()) => {
                            chain.filters.push_str(&format!(" | extend {} = ({})", quoted(&name.text), self.words(&item.expr)?));
                        }
                        _ => chain.goes_on = false,
                    }
                }
            }
            OperatorKind::Join(join) | OperatorKind::Lookup(join) => {
                chain.goes_on = false;
                empty_on_the_left(join)?;
            }
            OperatorKind::Summarize(summarize) => {
                chain.goes_on = false;
                summarize.by.as_ref().filter(|by| !by.is_empty())?;
            }
            // A table is filtered or made anew row by row, or has its rows in another order.
            OperatorKind::Where(_)
            | OperatorKind::Extend(_)
            | OperatorKind::Project(_)
            | OperatorKind::ProjectAway(_)
            | OperatorKind::ProjectKeep(_)
            | OperatorKind::ProjectRename(_)
            | OperatorKind::ProjectReorder(_)
            | OperatorKind::Distinct(_)
            | OperatorKind::Take(_)
            | OperatorKind::Top { .. }
            | OperatorKind::Sort(_)
            | OperatorKind::MvExpand(_)
            | OperatorKind::Parse(_)
            | OperatorKind::ParseKv { .. }
            | OperatorKind::Serialize(_)
            | OperatorKind::Render(_) => chain.goes_on = false,
            _ => return None,
        }
        Some(())
    }

    fn words(&self, expr: &Expr) -> Option<&'a str> {
        self.text.get(expr.span.start..expr.span.end)
    }

    /// Whether an expression depends on nothing but the row.
    fn is_pure(&self, expr: &'a Expr, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        expr.walk().all(|part| match &part.kind {
            ExprKind::Call(call) => PURE.contains(&call.name.text.as_str()) && !self.lets.contains_key(call.name.text.as_str()),
            ExprKind::MethodCall { .. } | ExprKind::Pipe { .. } | ExprKind::Wildcard(_) | ExprKind::Missing => false,
            ExprKind::Source(source) => matches!(source.as_ref(), Source::Datatable { .. }),
            // One name alone may be that of a table or of a saved function.
            ExprKind::In { list, .. } => match list.as_slice() {
                [one] => !matches!(&one.kind, ExprKind::Name(name) if !self.lets.contains_key(name.text.as_str())),
                _ => true,
            },
            ExprKind::Name(name) => match self.lets.get(name.text.as_str()) {
                Some(LetValue::Expr(value)) => self.is_pure(value, depth),
                Some(LetValue::Function(_)) => false,
                None => Registry::builtin().table(&name.text).is_none(),
            },
            _ => true,
        })
    }
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
    use super::{PURE, sieve};

    /// What stands between the table and the end.
    fn filters(text: &str) -> Option<String> {
        let found = sieve(text)?;
        let (before, _) = found.rsplit_once(" | summarize by _Moment")?;
        Some(before.to_owned())
    }

    #[test]
    fn conditions_on_the_row_are_kept_and_others_left_out() {
        let text = "EmailEvents | where Timestamp > ago(1d) and Subject has 'pay' | extend A = parse_json(AuthenticationDetails) | where A.DKIM == 'fail' | project Subject | where rand() > 0.5";
        assert_eq!(
            filters(text).as_deref(),
            Some(
                "EmailEvents | where (Subject has 'pay') | extend A = (parse_json(AuthenticationDetails)) | where (A.DKIM == 'fail')"
            )
        );
        for kept_nothing in [
            "EmailEvents | where Subject in (UrlClickEvents | project Url)",
            "EmailEvents | where Subject in (Saved)",
            "EmailEvents | where Own(Subject) == 'x'",
            "EmailEvents | where Timestamp > now(-1h)",
            "let Bad = UrlClickEvents | distinct Url; EmailEvents | where Subject in (Bad)",
            "let Start = ago(1h); EmailEvents | where Timestamp > Start",
            "EmailEvents | extend Timestamp = now() | where Subject has 'x'",
        ] {
            let found = filters(kept_nothing).unwrap_or_default();
            assert!(found.ends_with("EmailEvents"), "{kept_nothing}: {found}");
        }
    }

    #[test]
    fn what_may_have_rows_of_its_own_has_no_sieve() {
        for text in [
            "EmailEvents | count",
            "EmailEvents | summarize count()",
            "EmailEvents | union UrlClickEvents",
            "union EmailEvents, UrlClickEvents",
            "print now()",
            "EmailEvents | join kind=rightouter UrlClickEvents on NetworkMessageId",
            "EmailEvents | make-series count() on Timestamp from ago(1d) to now() step 1h",
            "Unknown | take 5",
            "EmailEvents; UrlClickEvents",
            "EmailEvents | where",
            "let f = (x:string) { EmailEvents | where Subject == x }; f('a')",
        ] {
            assert_eq!(sieve(text), None, "{text}");
        }
    }

    #[test]
    fn names_and_joins_are_followed_to_the_table_on_the_left() {
        let text = "let Bad = materialize(EmailEvents | where Subject has 'x'); Bad | where SenderFromDomain == 'y' | join kind=inner (UrlClickEvents) on NetworkMessageId | where Url has 'z' | summarize count() by Url";
        let found = filters(text).unwrap_or_default();
        assert!(found.ends_with("EmailEvents | where (Subject has 'x') | where (SenderFromDomain == 'y')"), "{found}");
    }

    #[test]
    fn the_list_of_functions_is_sorted() {
        assert!(PURE.is_sorted());
    }
}
