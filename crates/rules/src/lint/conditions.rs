//! The conditions of a query, each as a query of its own that counts the rows that pass it: a branch that never passes is dead.
//!
//! Pure text: who has rows runs the queries. Start with [`conditions`].

use diag::Span;
use kql::ast::{Expr, ExprKind, LetValue, StatementKind, operator::OperatorKind};

use crate::{Rule, flow::disjuncts, model::Language};

/// A condition of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The condition as written.
    pub text: String,
    /// Where it stands in the query.
    pub span: Span,
    /// A query that gives one number: the rows that reach it and pass.
    pub query: String,
}

/// The conditions of each `where` of a Kusto query, in the order of the text: the whole, and each side of an `or`. Those inside
/// functions and joins are not among them; a query that cannot be read has none.
#[must_use]
pub fn conditions(rule: &Rule) -> Vec<Condition> {
    if rule.language != Language::Kusto {
        return Vec::new();
    }
    let text = rule.query.text.as_str();
    let parsed = kql::parse(text);
    if !parsed.diagnostics.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for statement in &parsed.query.statements {
        let (StatementKind::Query(expr) | StatementKind::Let { value: LetValue::Expr(expr), .. }) = &statement.kind else {
            continue;
        };
        // What the query needs of the statements before it.
        let before = text.get(..statement.span.start).unwrap_or_default();
        pipe(expr, before, text, &mut found);
    }
    found
}

fn pipe(expr: &Expr, before: &str, text: &str, found: &mut Vec<Condition>) {
    let ExprKind::Pipe { source, operators } = &expr.kind else {
        if let ExprKind::Paren(inner) = &expr.kind {
            pipe(inner, before, text, found);
        }
        return;
    };
    let mut reached = source.span.end;
    for operator in operators {
        if let OperatorKind::Where(predicate) = &operator.kind {
            let flow = text.get(source.span.start..reached).unwrap_or_default();
            let sides = disjuncts(predicate);
            let sides = if sides.len() > 1 { sides } else { Vec::new() };
            for part in std::iter::once(predicate).chain(sides) {
                let condition = text.get(part.span.start..part.span.end).unwrap_or_default();
                let query = format!("{before}{flow}\n| where {condition}\n| count");
                found.push(Condition { text: condition.to_owned(), span: part.span, query });
            }
        }
        reached = operator.span.end;
    }
}

#[cfg(test)]
mod tests {
    use super::conditions;

    #[test]
    fn each_condition_and_each_side_of_an_or_is_a_query() -> Result<(), String> {
        let text = "let Own = dynamic(['a']);\nEmailEvents\n| where Subject == 'x' or Subject in (Own)\n| extend b = 1\n| where b > 1\n| take 5";
        let reading = crate::read("a.kql", text.as_bytes());
        let rule = reading.rules.first().ok_or("no rule")?;
        let found = conditions(rule);
        let texts: Vec<&str> = found.iter().map(|condition| condition.text.as_str()).collect();
        assert_eq!(texts, ["Subject == 'x' or Subject in (Own)", "Subject == 'x'", "Subject in (Own)", "b > 1"]);
        assert_eq!(found[2].query, "let Own = dynamic(['a']);\nEmailEvents\n| where Subject in (Own)\n| count");
        assert!(found[3].query.ends_with("| extend b = 1\n| where b > 1\n| count"), "{}", found[3].query);
        for condition in &found {
            assert_eq!(kql::parse(&condition.query).diagnostics, [], "{}", condition.query);
        }
        Ok(())
    }
}
