//! The outcome of a case held against what it expects. Pure: every difference is a text for a person.

mod findings;
mod rows;

pub(crate) use rows::write_table;

use engine::Visualization;

use crate::{
    case::{Expect, PlanFact, Render},
    execute::Outcome,
};

/// The differences; none when the case passes.
pub(crate) fn check(expect: &Expect, outcome: &Outcome) -> Vec<String> {
    let mut differences = Vec::new();
    match (&expect.errors, &expect.rows, &outcome.result) {
        (None, None, found) => {
            let found = match found {
                Ok(rows) => write_table(rows),
                Err(findings) => findings::written(findings),
            };
            differences.push(format!("the case has no result; bless it, or write a table or an ```error fence. Found:\n{found}"));
        }
        (Some(expected), _, Err(found)) => differences.extend(findings::compare("error", expected, found)),
        (Some(_), _, Ok(rows)) => differences.push(format!("expected an error, found:\n{}", write_table(rows))),
        (None, Some(expected), Ok(found)) => differences.extend(rows::compare(expected, found, expect.ordered)),
        (None, Some(_), Err(found)) => differences.push(format!("expected rows, found:\n{}", findings::written(found))),
    }
    if let Some(expected) = &expect.warnings {
        differences.extend(findings::compare("warning", expected, &outcome.warnings));
    }
    if let Some(expected) = &expect.render {
        differences.extend(render(expected, outcome.visualization.as_ref()));
    }
    if let Some(plan) = &outcome.plan {
        differences.extend(expect.plan.iter().filter_map(|fact| broken(fact, plan)));
    }
    differences
}

fn render(expected: &Render, found: Option<&Visualization>) -> Option<String> {
    let Some(found) = found else {
        return Some(format!("expected render {}, found none", expected.kind));
    };
    let properties: Vec<_> = expected.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut drawn: Vec<_> = found.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    drawn.sort_unstable();
    if found.kind == expected.kind && properties == drawn {
        return None;
    }
    let written = |kind: &str, properties: &[(&str, &str)]| {
        let lines: String = properties.iter().map(|(name, value)| format!("\n  {name} = {value}")).collect();
        format!("{kind}{lines}")
    };
    Some(format!("expected render:\n  {}\nfound:\n  {}", written(&expected.kind, &properties), written(&found.kind, &drawn)))
}

fn broken(fact: &PlanFact, plan: &str) -> Option<String> {
    let complaint = match fact {
        PlanFact::Has(text) if !plan.contains(text) => format!("the plan lacks `{text}`"),
        PlanFact::Not(text) if plan.contains(text) => format!("the plan has `{text}`"),
        _ => return None,
    };
    Some(format!("{complaint}:\n{}", plan.trim_end()))
}
