//! An explanation for reading: the steps with what each changes, what files are asked, the plan as a tree.

use engine::{
    Column,
    explain::{Explanation, PlanNode, Rows, Scan, Step, StepKind, Yield},
};

use crate::term::{count, harmless};

/// Columns shown of a table that has more, unless all are wanted.
const SOME: usize = 6;

/// The whole page. Lines end at `width`; `None` is everything, however long.
pub(super) fn explanation(explanation: &Explanation, width: Option<usize>) -> String {
    let mut page = Page { text: String::new(), width };
    page.line(0, "What the query is, step by step");
    for step in &explanation.steps {
        page.step(step, 1);
    }
    page.line(0, "");
    page.line(0, "What stored tables are asked");
    if explanation.scans.is_empty() {
        page.line(1, "nothing: no table with data is read");
    }
    for scan in &explanation.scans {
        page.scan(scan);
    }
    for (position, plan) in explanation.plans.iter().enumerate() {
        page.line(0, "");
        match explanation.plans.len() {
            1 => page.line(0, "How it runs, last first"),
            _ => page.line(0, &format!("How table {} runs, last first", position + 1)),
        }
        page.node(plan, 1);
    }
    page.text
}

struct Page {
    text: String,
    width: Option<usize>,
}

impl Page {
    /// A line at a depth, cut at the width.
    fn line(&mut self, depth: usize, text: &str) {
        let line = format!("{}{text}", "  ".repeat(depth));
        let line = harmless(line.trim_end(), usize::MAX);
        match self.width {
            Some(width) if line.chars().count() > width => {
                self.text.extend(line.chars().take(width.saturating_sub(1)));
                self.text.push('…');
            }
            _ => self.text.push_str(&line),
        }
        self.text.push('\n');
    }

    fn step(&mut self, step: &Step, depth: usize) {
        let title = match (step.kind, &step.result) {
            (StepKind::Let, Yield::Value(ty)) => format!("let {}: a value, {ty}", step.text),
            (StepKind::Let, Yield::Rows(_)) => format!("let {}: a table", step.text),
            (StepKind::Let, Yield::Function) => format!("let {}: a function, bound where it is called", step.text),
            (StepKind::Name, _) => format!("{}: as `let` has it", step.text),
            (StepKind::Table, _) => format!("{}: a table", step.text),
            (StepKind::Operator, _) => format!("| {}", step.text),
            (StepKind::Source, _) => step.text.clone(),
            (StepKind::Function, _) => format!("{}: a function of the query", step.text),
            (StepKind::SavedFunction, Yield::Value(ty)) => format!("{}: a saved function, {ty}", step.text),
            (StepKind::SavedFunction, _) => format!("{}: a saved function", step.text),
        };
        self.line(depth, &title);
        for inside in &step.inside {
            self.step(inside, depth + 2);
        }
        // What a body yields was said at its last step.
        let said = step.input.is_none() && step.inside.last().is_some_and(|last| last.result == step.result);
        if let Yield::Rows(rows) = &step.result
            && !said
        {
            self.columns(step, rows, depth + 1);
            self.order(step.input.as_ref(), rows, depth + 1);
        }
    }

    fn columns(&mut self, step: &Step, rows: &Rows, depth: usize) {
        let Some(changes) = step.changes().filter(|_| self.width.is_some()) else {
            let what = format!("{}: {}", count(rows.columns.len() as u64, "column"), self.listed(rows.columns.iter().map(typed)));
            return self.line(depth, &what);
        };
        let as_before = changes.added.is_empty() && changes.removed.is_empty() && changes.retyped.is_empty();
        if as_before {
            let order = if changes.reordered { ", in another order" } else { "" };
            return self.line(depth, &format!("the same {}{order}", count(rows.columns.len() as u64, "column")));
        }
        if !changes.added.is_empty() {
            let added = self.listed(changes.added.iter().map(typed));
            self.line(depth, &format!("+ {added}"));
        }
        for (column, old) in &changes.retyped {
            self.line(depth, &format!("~ {}: {}, was {old}", column.name, column.ty));
        }
        if !changes.removed.is_empty() {
            let removed = self.listed(changes.removed.iter().cloned());
            self.line(depth, &format!("- {removed}"));
        }
        let kept = rows.columns.len() - changes.added.len();
        if kept == 0 {
            return;
        }
        let kept: Vec<String> = match kept {
            1..=SOME => {
                let new = |column: &&Column| changes.added.iter().any(|added| added.name == column.name);
                rows.columns.iter().filter(|column| !new(column)).map(typed).collect()
            }
            many => vec![format!("{many} columns")],
        };
        self.line(depth, &format!("kept: {}", kept.join(", ")));
    }

    fn order(&mut self, before: Option<&Rows>, rows: &Rows, depth: usize) {
        let was = before.map_or(&[][..], |rows| &rows.order);
        match (was.is_empty(), rows.order.is_empty()) {
            (false, true) => self.line(depth, "the order of rows is not kept"),
            (_, false) if was != rows.order => self.line(depth, &format!("in order: {}", rows.order.join(", "))),
            _ => {}
        }
    }

    /// Items in a row; the first few and how many more, unless all are wanted.
    fn listed(&self, items: impl ExactSizeIterator<Item = String>) -> String {
        let all = items.len();
        if self.width.is_none() || all <= SOME + 1 {
            return items.collect::<Vec<_>>().join(", ");
        }
        format!("{} and {} more", items.take(SOME).collect::<Vec<_>>().join(", "), all - SOME)
    }

    fn scan(&mut self, scan: &Scan) {
        let limit = scan.limit.map(|rows| format!(", at most {}", count(rows as u64, "row"))).unwrap_or_default();
        let columns = match scan.columns.len() {
            0 => "no column, only how many rows there are".to_owned(),
            _ => self.listed(scan.columns.iter().cloned()),
        };
        self.line(1, &format!("{}: reads {columns}{limit}", scan.table));
        if scan.conditions.is_empty() {
            self.line(2, "no condition reaches the files: all of them are read");
        }
        for condition in &scan.conditions {
            self.line(2, &format!("where {condition}"));
        }
    }

    fn node(&mut self, node: &PlanNode, depth: usize) {
        let name = node.name.strip_suffix("Exec").unwrap_or(&node.name);
        self.line(depth, &if node.detail.is_empty() { name.to_owned() } else { format!("{name}: {}", node.detail) });
        // Most plans are one long chain; a deeper margin tells only where two come together.
        for input in &node.inputs {
            self.node(input, depth + 1);
        }
    }
}

fn typed(column: &Column) -> String {
    format!("{}: {}", column.name, column.ty)
}
