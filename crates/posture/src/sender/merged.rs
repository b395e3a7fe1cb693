//! One record made of several.

use mailauth::spf::record::{Mechanism, Modifier, Qualifier, Record, TermKind};

/// One record that lets everybody send whom one of them lets, and says of others what the strictest says. `None` if one of them has a fault:
/// what it was meant to say is for people to find out.
pub(crate) fn merged(texts: &[String]) -> Option<String> {
    let mut terms: Vec<String> = Vec::new();
    let mut end = None;
    for text in texts {
        let parsed = Record::parse(text);
        if !parsed.faults.is_empty() {
            return None;
        }
        let redirect = parsed.record.redirect().map(|(term, _)| term.span.clone());
        for term in &parsed.record.terms {
            let written = parsed.record.slice(&term.span);
            let written = match &term.kind {
                TermKind::Directive(qualifier, Mechanism::All) => {
                    end = Some(end.map_or(*qualifier, |end| strictest(end, *qualifier)));
                    // What stands behind it is never reached.
                    break;
                }
                // A redirect counts for the whole record, and would do nothing beside the `all` of another.
                TermKind::Modifier(_) if redirect.as_ref() == Some(&term.span) => {
                    format!("include:{}", written.split_once('=').map_or("", |(_, target)| target))
                }
                // It did nothing beside an `all`.
                TermKind::Modifier(Modifier::Redirect(_)) => continue,
                // There may be one explanation.
                TermKind::Modifier(Modifier::Explanation(_)) if terms.iter().any(|term| is_explanation(term)) => continue,
                TermKind::Directive(..) | TermKind::Modifier(_) => written.to_owned(),
            };
            if !terms.iter().any(|known| known.eq_ignore_ascii_case(&written)) {
                terms.push(written);
            }
        }
    }
    // An end that lets everybody pass is nobody's wish.
    let end = end.filter(|end| *end != Qualifier::Pass).unwrap_or(Qualifier::Softfail);
    Some(format!("v=spf1 {}{}{}all", terms.join(" "), if terms.is_empty() { "" } else { " " }, end.as_str()))
}

/// Of two ends the one that says more against a stranger.
const fn strictest(one: Qualifier, other: Qualifier) -> Qualifier {
    match (one, other) {
        (Qualifier::Fail, _) | (_, Qualifier::Fail) => Qualifier::Fail,
        (Qualifier::Softfail, _) | (_, Qualifier::Softfail) => Qualifier::Softfail,
        (Qualifier::Neutral, _) | (_, Qualifier::Neutral) => Qualifier::Neutral,
        (Qualifier::Pass, Qualifier::Pass) => Qualifier::Pass,
    }
}

fn is_explanation(term: &str) -> bool {
    term.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case("exp"))
}
