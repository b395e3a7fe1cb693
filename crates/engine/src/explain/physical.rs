//! Plans read for a person: what scans are asked, and the operators that run.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, ScalarValue,
        tree_node::{Transformed, TreeNode as _, TreeNodeRecursion},
    },
    dataframe::DataFrame,
    datasource::{physical_plan::FileScanConfig, source::DataSourceExec},
    logical_expr::{Expr, LogicalPlan},
    physical_plan::{ExecutionPlan, displayable},
};

use schema::text::datetime;

use super::{Explanation, PlanNode, Scan, Step, Trace};
use crate::{Catalog, Engine, Environment, Planned, QueryError, stack::polled};

impl Engine {
    /// Plans a query and tells all there is to tell about it. What planning needs computed (`toscalar`) is computed; the
    /// query itself does not run.
    ///
    /// # Errors
    /// As [`Engine::prepare`].
    pub async fn explain_query(&self, text: &str, env: &Environment) -> Result<Explanation, QueryError> {
        let (planned, steps) = polled(self.traced(text, env)).await?;
        self.explain_planned(planned, steps, env).await
    }

    /// What there is to say about a planned query beside its steps.
    pub(crate) async fn explain_planned(
        &self,
        planned: Planned,
        steps: Vec<Step>,
        env: &Environment,
    ) -> Result<Explanation, QueryError> {
        polled(self.explained(planned, steps, env)).await
    }

    async fn explained(&self, planned: Planned, steps: Vec<Step>, env: &Environment) -> Result<Explanation, QueryError> {
        let mut scans = Vec::new();
        let mut plans = Vec::new();
        for table in std::iter::once(&planned).chain(&planned.more) {
            let frame = || DataFrame::new(self.context().state(), table.logical_plan().clone());
            let optimised = frame().into_optimized_plan().map_err(|error| self.explain(error))?;
            asked(&optimised, env.catalog.as_ref(), &mut scans);
            let physical = frame().create_physical_plan().await.map_err(|error| self.explain(error))?;
            plans.push(node(&physical));
        }
        Ok(Explanation { steps, scans, plans, warnings: planned.warnings.clone() })
    }

    async fn traced(&self, text: &str, env: &Environment) -> Result<(Planned, Vec<Step>), QueryError> {
        let mut trace = Trace::default();
        let planned = self.planned_noting(text, env, true, Some(&mut trace)).await?;
        Ok((planned, trace.into_steps()))
    }
}

/// The scans of stored tables in a plan, sub-queries included.
fn asked(plan: &LogicalPlan, catalog: &dyn Catalog, scans: &mut Vec<Scan>) {
    // The closure stops at nothing and fails at nothing.
    let _ = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && catalog.table(scan.table_name.table()).is_some()
        {
            let columns = scan.projected_schema.fields().iter().map(|field| field.name().clone()).collect();
            let conditions = scan.filters.iter().map(readable).collect();
            let found = Scan { table: scan.table_name.table().to_owned(), columns, conditions, limit: scan.fetch };
            // A name used twice is scanned twice in the same way.
            if !scans.contains(&found) {
                scans.push(found);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
}

/// A condition as a person writes it: columns by their names alone, texts in quotes, times as times.
fn readable(filter: &Expr) -> String {
    let spelt = |text: String| Transformed::yes(Expr::Column(Column::new_unqualified(text)));
    let shown = filter.clone().transform(|node| {
        Ok(match &node {
            Expr::Column(column) => spelt(column.name.clone()),
            Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)), _) => spelt(kql::quote_string(text)),
            Expr::Literal(ScalarValue::TimestampMicrosecond(Some(micros), _), _) => {
                let mut text = String::new();
                datetime::write(datetime::from_unix_micros(*micros).unwrap_or_default(), &mut text);
                spelt(format!("datetime({text})"))
            }
            _ => Transformed::no(node),
        })
    });
    shown.map_or_else(|_| filter.human_display().to_string(), |shown| shown.data.human_display().to_string())
}

/// A node of the physical plan and what feeds it. Plans are as deep as queries are long.
#[recursive::recursive]
fn node(plan: &Arc<dyn ExecutionPlan>) -> PlanNode {
    let line = displayable(plan.as_ref()).one_line().to_string();
    let line = line.trim();
    let (name, detail) = line.split_once(": ").unwrap_or((line, ""));
    let detail = of_files(plan).unwrap_or_else(|| detail.to_owned());
    PlanNode { name: name.to_owned(), detail, inputs: plan.children().into_iter().map(node).collect() }
}

/// A scan of files without their paths, of which there may be thousands.
fn of_files(plan: &Arc<dyn ExecutionPlan>) -> Option<String> {
    let scan = plan.downcast_ref::<DataSourceExec>()?;
    let config = scan.data_source().downcast_ref::<FileScanConfig>()?;
    let files: usize = config.file_groups.iter().map(datafusion::datasource::physical_plan::FileGroup::len).sum();
    let line = displayable(plan.as_ref()).one_line().to_string();
    // What follows the list of files and columns: the predicate, its limits.
    let rest = [", limit=", ", output_ordering=", ", predicate="].iter().filter_map(|word| line.find(word)).min();
    let rest = rest.map_or("", |start| line[start..].trim_end());
    let columns = plan.schema().fields().len();
    Some(format!("files={files}, groups={}, columns={columns}{rest}", config.file_groups.len()))
}
