//! What the lints over Kibana's languages share.

use elastic_query::ast::{Field, Node, NodeKind, Query, Test};
use schema::{Registry, Table};

use super::subject::Subject;

/// A rule of Elastic as an example, of its index patterns and its query.
macro_rules! example {
    ($indices:literal, $query:literal) => {
        concat!(
            "[rule]\nname = \"Signing\"\nrule_id = \"r\"\ndescription = \"d\"\ntype = \"query\"\nlanguage = \"kuery\"\n",
            "risk_score = 47\nseverity = \"medium\"\nindex = ",
            $indices,
            "\nquery = '''\n",
            $query,
            "\n'''\n[[rule.threat]]\nframework = \"MITRE ATT&CK\"\n[rule.threat.tactic]\nid = \"TA0003\"\nname = \"Persistence\"\n",
            "reference = \"https://attack.mitre.org/tactics/TA0003/\"\n[[rule.threat.technique]]\nid = \"T1556\"\n",
            "name = \"Modify Authentication Process\"\nreference = \"https://attack.mitre.org/techniques/T1556/\"",
        )
    };
}
pub(super) use example;

/// The table a rule reads, where it is one we know: Microsoft 365's audit log.
pub(super) fn table<'a>(subject: &Subject<'a>) -> Option<(&'static Table, &'a Query)> {
    let query = subject.elastic?;
    let reads = |index: &String| index.contains("o365") || index.starts_with("filebeat");
    let of_log = tests(&query.root).iter().any(|(field, test)| {
        let dataset = matches!(field.plain(), Some("event.dataset" | "data_stream.dataset"));
        dataset && matches!(test, Test::Is(value) if value.text() == Some("o365.audit"))
    });
    let whole = subject.rule.indices.iter().all(|index| index.contains("o365"));
    let known = subject.rule.indices.iter().any(reads) && (of_log || whole);
    known.then(|| Registry::builtin().table("o365.audit")).flatten().map(|table| (table, query))
}

/// Every test of a named field, those behind `not` and `or` too.
pub(super) fn tests(node: &Node) -> Vec<(&Field, &Test)> {
    let (mut found, mut pending) = (Vec::new(), vec![node]);
    while let Some(next) = pending.pop() {
        match &next.kind {
            NodeKind::And(sides) | NodeKind::Or(sides) => pending.extend(sides.iter().rev()),
            NodeKind::Not(inner) => pending.push(inner),
            NodeKind::Clauses(clauses) => pending.extend(clauses.iter().rev().map(|clause| &clause.node)),
            NodeKind::Match { field: Some(field), test } => found.push((field, test)),
            // Fields inside are named from the list.
            NodeKind::Nested { .. } | NodeKind::Match { field: None, .. } | NodeKind::All | NodeKind::Unread => {}
        }
    }
    found
}
