//! The dataset asked for is not in the index patterns of the rule.

use super::elastic;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use elastic_query::ast::{Node, NodeKind, Test};

pub(super) static LINT: Lint = Lint {
    name: "elastic-dataset",
    summary: "The dataset asked for is not in the index patterns of the rule",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The rule reads the indices of its patterns only. Records of another dataset are never in them.",
    fix: "Name the index pattern of the dataset, or the dataset of the pattern.",
    fires: &[elastic::example!(r#"["logs-azure*"]"#, r#"event.dataset:o365.audit and event.action:"Set-DkimSigningConfig""#)],
    silent: &[
        elastic::example!(r#"["logs-o365*"]"#, r#"event.dataset:o365.audit and event.action:"Set-DkimSigningConfig""#),
        elastic::example!(r#"["filebeat-*"]"#, r#"event.dataset:o365.audit"#),
        elastic::example!(r#"["logs-*"]"#, r#"event.dataset:o365.audit"#),
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let (Some(query), false) = (subject.elastic, subject.rule.indices.is_empty()) else { return };
    let positive = conjuncts(&query.root);
    for (field, test) in positive.into_iter().flat_map(elastic::tests) {
        let dataset = matches!(field.plain(), Some("event.dataset" | "data_stream.dataset"));
        let Test::Is(value) = test else { continue };
        let Some(text) = value.text().filter(|_| dataset) else { continue };
        if !subject.rule.indices.iter().any(|index| may_hold(index, text)) {
            findings.at(
                value.span,
                format!("no index pattern of the rule holds the dataset `{text}`"),
                format!("add `logs-{text}-*` to `index`"),
            );
        }
    }
}

/// What must hold: the sides of an `and`, nothing behind `or` or `not`.
fn conjuncts(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::And(sides) => sides.iter().flat_map(conjuncts).collect(),
        NodeKind::Match { .. } => vec![node],
        _ => Vec::new(),
    }
}

/// Whether the indices of a pattern may hold a dataset: `logs-o365*` and `logs-*` do `o365.audit`, and so does every Beat's own pattern.
fn may_hold(pattern: &str, dataset: &str) -> bool {
    let pattern = pattern.rsplit(':').next().unwrap_or(pattern);
    match pattern.strip_prefix("logs-") {
        Some(rest) => {
            let named = rest.split(['*', '-']).next().unwrap_or_default();
            dataset.starts_with(named) || named.starts_with(dataset)
        }
        None => true,
    }
}
