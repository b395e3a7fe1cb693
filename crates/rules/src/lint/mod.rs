//! Lints: what makes a rule silently useless, found without running it. One file a lint.
//!
//! Must not know the engine, nor change a rule. Start with [`check`]; [`ALL`] lists the lints, and `unused_flag.rs` is one to read.
//! A finding that is looked at and right all the same is allowed where it stands: `// spoofwatch: allow(lint-name): reason`.

mod all;
mod allow;
mod conditions;
mod declare;
mod finding;
mod sarif;
mod subject;

mod absent_key_negated;
mod ago_below_frequency;
mod ago_beyond_period;
mod array_position;
mod authentication;
mod case_sensitive_address;
mod condition_always_false;
mod condition_always_true;
mod default_join;
mod deprecated_name;
mod elastic;
mod elastic_dataset;
mod elastic_unknown_field;
mod elastic_value;
mod entity_column_missing;
mod foreign_text;
mod has_matches_more;
mod join_without_time;
mod list_compared_whole;
mod look_back_below_interval;
mod missing_entity_mapping;
mod missing_technique;
mod name_contradicts;
mod pattern_never_matches;
mod placeholder;
mod split_not_trimmed;
mod split_part_is_array;
mod time;
mod too_narrow;
mod unknown_tactic;
mod unpacked_column;
mod unused_flag;
mod unused_let;
mod value_outside_vocabulary;
mod wrong_identity;

pub use all::ALL;
pub use conditions::{Condition, conditions};
pub use declare::{Certainty, Level, Lint};
pub use finding::{Finding, Settings};
pub use sarif::sarif;

use crate::Rule;
use allow::Allowed;
use finding::Findings;
use subject::Subject;

/// What the lints find in a rule, in the order of the text; what is allowed is left out.
#[must_use]
pub fn check(rule: &Rule, settings: &Settings) -> Vec<Finding> {
    let parsed = subject::Parsed::of(rule);
    let subject = Subject::new(rule, &parsed);
    let mut findings = Findings::new(rule);
    for lint in ALL.iter().filter(|lint| !settings.allows(lint.name, rule)) {
        findings.lint = lint;
        (lint.check)(&subject, &mut findings);
    }
    let allowed = Allowed::read(&rule.query.text);
    let mut found = findings.found;
    found.retain(|finding| !allowed.covers(finding));
    found.sort_by_key(|finding| (finding.line, finding.column, finding.lint));
    found.dedup();
    found
}

/// The lint of a name.
#[must_use]
pub fn lint(name: &str) -> Option<&'static Lint> {
    ALL.iter().find(|lint| lint.name == name).copied()
}

#[cfg(test)]
mod tests;
