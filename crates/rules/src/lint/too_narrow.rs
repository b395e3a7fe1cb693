//! All of SPF, DKIM and DMARC must have failed.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, conjuncts, disjuncts};
use kql::ast::operator::OperatorKind;

pub(super) static LINT: Lint = Lint {
    name: "too-narrow",
    summary: "All of SPF, DKIM and DMARC must have failed",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: "An unsigned message has DKIM `none`, not `fail`, and a forged sender behind a server of its own passes SPF for its own envelope. A spoof that fails DMARC seldom fails all three.",
    fix: "Ask for the DMARC result, or for composite authentication; use SPF and DKIM to explain it.",
    fires: &[
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | where A.SPF == 'fail' and A.DKIM == 'fail' and A.DMARC == 'fail'",
    ],
    silent: &[
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | where A.DMARC == 'fail'",
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | where A.SPF in ('fail', 'softfail', 'none') and A.DKIM in ('fail', 'none') and A.DMARC == 'fail'",
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | where A.SPF == 'fail' or A.DKIM == 'fail' or A.DMARC == 'fail'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        let OperatorKind::Where(predicate) = &step.operator.kind else { continue };
        for alternative in disjuncts(predicate) {
            let mut failed = Vec::new();
            for side in conjuncts(alternative) {
                for comparison in comparisons(side, &subject.flow)
                    .into_iter()
                    .filter(|comparison| comparison.is_whole() && !comparison.negated && comparison.expr.span == side.span)
                {
                    let member = step
                        .before
                        .base(comparison.left)
                        .filter(|base| base.column.name == "AuthenticationDetails")
                        .and_then(|base| base.member);
                    if comparison.values.iter().all(|(value, _)| value.eq_ignore_ascii_case("fail")) {
                        failed.extend(member.map(str::to_ascii_uppercase));
                    }
                }
            }
            if ["SPF", "DKIM", "DMARC"].iter().all(|method| failed.iter().any(|found| found == method)) {
                findings.at(
                    alternative.span,
                    "a spoof seldom fails all three: an unsigned message has DKIM `none`, and SPF may pass for the envelope",
                    "ask for the DMARC result alone",
                );
            }
        }
    }
}
