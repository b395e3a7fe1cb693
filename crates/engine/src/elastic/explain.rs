//! A search explained: the tables it asks, its condition, what the files are asked, how it runs.

use super::{Search, in_time, matching, outcome};
use crate::{
    Engine, Environment, Planned, QueryError,
    explain::{Explanation, Step, StepKind, Trace, Yield, rows},
};

impl Engine {
    /// Plans a search and tells all there is to tell about it; it does not run.
    ///
    /// # Errors
    /// As [`Engine::prepare_search`].
    pub async fn explain_search(&self, search: &Search, env: &Environment) -> Result<Explanation, QueryError> {
        let (planned, steps) = outcome(|| {
            let trace = Trace::default();
            let (found, warnings) = matching(search, env, Some(&trace))?;
            let sorted = in_time(&found, search)?;
            let mut steps = trace.into_steps();
            let queries: Vec<String> = search.queries.iter().map(elastic_query::write).collect();
            let text = if queries.is_empty() { "*".to_owned() } else { queries.join(" and ") };
            let (input, result) = (Some(rows(&found)), Yield::Rows(rows(&sorted)));
            steps.push(Step { kind: StepKind::Operator, text, input, result, inside: vec![] });
            Ok((Planned::of(sorted, warnings), steps))
        })?;
        self.explain_planned(planned, steps, env).await
    }
}
