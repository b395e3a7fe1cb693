//! A `let` names something that nothing uses.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use kql::ast::StatementKind;

pub(super) static LINT: Lint = Lint {
    name: "unused-let",
    summary: "A `let` names something that nothing uses",
    level: Level::Warning,
    certainty: Certainty::Sure,
    why: "A look-back or a list of exceptions that is declared and not used does nothing, though it looks as if it did.",
    fix: "Use the name, or remove the statement.",
    fires: &[r##"let lookback = 24h;
EmailEvents | where Timestamp > ago(1d)"##],
    silent: &[
        r##"let lookback = 24h;
EmailEvents | where Timestamp > ago(lookback)"##,
        r##"let f = (x: string) { x };
EmailEvents | extend y = f(Subject)"##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(parsed) = subject.kusto.filter(|parsed| parsed.diagnostics.is_empty()) else { return };
    let text = &subject.rule.query.text;
    for (at, statement) in parsed.query.statements.iter().enumerate() {
        let StatementKind::Let { name, .. } = &statement.kind else { continue };
        // The words of what follows: a name in any place is a use, a comment is none.
        let used = parsed.query.statements.iter().skip(at + 1).any(|later| {
            let part = text.get(later.span.start..later.span.end).unwrap_or_default();
            part.lines().any(|line| {
                has_word(line.split("//").next().unwrap_or_default(), &name.text)
                    || line.contains("://") && has_word(line, &name.text)
            })
        });
        if !used && parsed.query.statements.len() > at + 1 {
            findings.at(name.span, format!("nothing uses `{}`", name.text), "use it, or remove the statement");
        }
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(word)
        .any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next()))
}
