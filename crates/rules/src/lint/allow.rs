//! Comments in a query that allow a finding: `// spoofwatch: allow(lint-name, other-name): reason`.
//!
//! Behind code, it is about its line. On a line of its own it is about the next line of code; before the first line of the query it
//! is about the whole rule. Without a reason it does nothing: nobody could tell later why it is there.

use super::Finding;

/// What the comments of a query allow.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    /// Names, and the bytes of the query they hold for; `None` for the whole rule.
    comments: Vec<(String, Option<std::ops::Range<usize>>)>,
}

impl Allowed {
    /// Reads the comments of a query.
    pub(super) fn read(query: &str) -> Self {
        let mut allowed = Self::default();
        let (mut at, mut seen_code) = (0, false);
        let mut waiting: Vec<String> = Vec::new();
        for line in query.split_inclusive('\n') {
            let range = at..at + line.len();
            at = range.end;
            let names = names(line);
            let is_code = !line.trim().is_empty() && !line.trim_start().starts_with("//");
            if is_code {
                let here = waiting.drain(..).chain(names).map(|name| (name, Some(range.clone())));
                allowed.comments.extend(here.collect::<Vec<_>>());
                seen_code = true;
            } else if seen_code {
                waiting.extend(names);
            } else {
                allowed.comments.extend(names.into_iter().map(|name| (name, None)));
            }
        }
        allowed
    }

    /// Whether a finding is allowed.
    pub(super) fn covers(&self, finding: &Finding) -> bool {
        self.comments.iter().any(|(name, range)| {
            name == finding.lint
                && range.as_ref().is_none_or(|range| finding.span.is_some_and(|span| range.contains(&span.start)))
        })
    }
}

/// The names a line's comment allows.
fn names(line: &str) -> Vec<String> {
    let inner = line
        .rsplit_once("//")
        .and_then(|(_, comment)| comment.trim().strip_prefix("spoofwatch:")?.trim().strip_prefix("allow(")?.split_once(')'));
    match inner {
        Some((names, reason)) if !reason.trim().trim_start_matches(':').trim().is_empty() => {
            names.split(',').map(|name| name.trim().to_owned()).collect()
        }
        _ => Vec::new(),
    }
}
