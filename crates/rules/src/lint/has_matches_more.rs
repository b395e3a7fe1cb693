//! A term also matches the longer name of something else.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::comparisons;
use kql::ast::operator::OperatorKind;

pub(super) static LINT: Lint = Lint {
    name: "has-matches-more",
    summary: "A term also matches the longer name of something else",
    level: Level::Note,
    certainty: Certainty::Likely,
    why: r##"`has "URL detonation"` matches every value in which these words stand together, `URL detonation reputation` among them: two ways of detection are counted as one."##,
    fix: "If only the one is meant, exclude the other or compare the elements of the list.",
    fires: &["EmailEvents | where DetectionMethods has 'URL Detonation'"],
    silent: &[
        "EmailEvents | where DetectionMethods has 'Spoof DMARC'",
        "EmailEvents | where DetectionMethods has 'URL detonation' and DetectionMethods !has 'URL detonation reputation'",
        "EmailEvents | where Subject has 'URL detonation'",
    ],
    check,
};

/// Methods of detection whose name begins another's.
///
/// Source: learn.microsoft.com/defender-office-365/mdo-email-entity-page, detection technologies.
const LONGER: [(&str, &str); 3] = [
    ("url detonation", "URL detonation reputation"),
    ("file detonation", "File detonation reputation"),
    ("mailbox intelligence", "Mailbox intelligence impersonation"),
];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let whole = subject.rule.query.text.to_lowercase();
    for step in subject.flow.steps() {
        let OperatorKind::Where(predicate) = &step.operator.kind else { continue };
        for comparison in
            comparisons(predicate, &subject.flow).into_iter().filter(|comparison| !comparison.negated && !comparison.is_whole())
        {
            if step.before.base(comparison.left).is_none_or(|base| base.column.name != "DetectionMethods") {
                continue;
            }
            for (value, span) in &comparison.values {
                let longer = LONGER
                    .iter()
                    .find(|(short, longer)| value.eq_ignore_ascii_case(short) && !whole.contains(&longer.to_lowercase()));
                if let Some((_, longer)) = longer {
                    findings.at(
                        *span,
                        format!("this matches `{longer}` too"),
                        format!("if that is not meant, add `!has \"{longer}\"`"),
                    );
                }
            }
        }
    }
}
