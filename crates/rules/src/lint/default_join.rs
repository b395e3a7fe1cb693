//! A `join` without a kind keeps one left row a key.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use diag::Span;
use kql::ast::operator::OperatorKind;

pub(super) static LINT: Lint = Lint {
    name: "default-join",
    summary: "A `join` without a kind keeps one left row a key",
    level: Level::Note,
    certainty: Certainty::Check,
    why: "Without a kind, `join` is `innerunique`: of the left rows with the same key it keeps any one. Of a message with several URLs or attachments, one is joined and the others are lost.",
    fix: "Write the kind that is meant: `kind=inner` keeps every row, `kind=innerunique` says that one is enough.",
    fires: &["EmailUrlInfo | join EmailEvents on NetworkMessageId"],
    silent: &[
        "EmailUrlInfo | join kind=inner EmailEvents on NetworkMessageId",
        "EmailEvents | distinct NetworkMessageId | join EmailUrlInfo on NetworkMessageId",
        "EmailEvents | summarize count() by NetworkMessageId | join EmailUrlInfo on NetworkMessageId",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for pipe in &subject.flow.pipes {
        let mut unique = false;
        for step in &pipe.steps {
            match &step.operator.kind {
                // Rows that are unique stay so.
                OperatorKind::Distinct(_) | OperatorKind::Summarize(_) => unique = true,
                OperatorKind::Join(join) if !unique && !join.settings.iter().any(|setting| setting.name.text == "kind") => {
                    let span = Span::new(step.operator.span.start, step.operator.span.start + "join".len());
                    findings.at(
                        span,
                        "without a kind, only one of the left rows with the same key is joined",
                        "write `join kind=inner`, or `kind=innerunique` if one is enough",
                    );
                }
                _ => {}
            }
        }
    }
}
