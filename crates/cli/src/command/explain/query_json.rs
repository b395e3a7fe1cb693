//! An explanation as one JSON object.

use engine::{
    Column,
    explain::{Explanation, PlanNode, Scan, Step, Yield},
};
use serde_json::{Value, json};

/// `{"steps":[...],"scans":[...],"plans":[...]}`.
pub(super) fn explanation(explanation: &Explanation) -> Value {
    json!({
        "steps": explanation.steps.iter().map(step).collect::<Vec<_>>(),
        "scans": explanation.scans.iter().map(scan).collect::<Vec<_>>(),
        "plans": explanation.plans.iter().map(node).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    let mut object = json!({ "kind": step.kind.name(), "text": step.text });
    match &step.result {
        Yield::Rows(rows) => {
            object["columns"] = columns(&rows.columns);
            object["order"] = json!(rows.order);
        }
        Yield::Value(ty) => object["type"] = json!(ty.name()),
        Yield::Function => object["type"] = json!("function"),
    }
    if let Some(changes) = step.changes() {
        let retyped = changes.retyped.iter();
        object["added"] = columns(&changes.added);
        object["removed"] = json!(changes.removed);
        object["retyped"] =
            retyped.map(|(column, old)| json!({ "name": column.name, "from": old.name(), "type": column.ty.name() })).collect();
    }
    object["inside"] = step.inside.iter().map(self::step).collect();
    object
}

fn columns(columns: &[Column]) -> Value {
    columns.iter().map(|column| json!({ "name": column.name, "type": column.ty.name() })).collect()
}

fn scan(scan: &Scan) -> Value {
    json!({ "table": scan.table, "columns": scan.columns, "conditions": scan.conditions, "limit": scan.limit })
}

fn node(node: &PlanNode) -> Value {
    json!({ "name": node.name, "detail": node.detail, "inputs": node.inputs.iter().map(self::node).collect::<Vec<_>>() })
}
