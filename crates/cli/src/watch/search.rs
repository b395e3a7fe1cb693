//! A rule of Kibana as the search it is: its query over a window, its groups or its new values.

use diag::Diagnostic;
use elastic_query::Language;
use engine::{
    Engine, Environment, Planned, QueryError,
    elastic::{NewTerms, Search, Threshold, Window},
};
use rules::{
    Rule,
    model::{self, Kind},
};

/// How far a rule looks back that does not say: `now-6m`, Kibana's default, in microseconds.
pub(crate) const LOOK_BACK: i64 = 360_000_000;
/// Ticks of a microsecond.
const TICKS: i64 = 10;

/// The language of Kibana that a rule is in, if it is in one.
pub(crate) const fn language(rule: &Rule) -> Option<Language> {
    match rule.language {
        model::Language::Kuery => Some(Language::Kuery),
        model::Language::Lucene => Some(Language::Lucene),
        _ => None,
    }
}

/// What of a rule is not run, if anything.
pub(crate) fn not_run(rule: &Rule) -> Option<&'static str> {
    let filters = "the rule has filters beside its query, in Elasticsearch's own form, which are not run";
    (!rule.filters.is_empty()).then_some(filters)
}

/// A rule's query over the events from `from` to `to`, in ticks, and what its text warns of.
pub(super) fn search(
    rule: &Rule,
    (language, query): (Language, &str),
    (from, to): (i64, i64),
) -> Result<(Search, Vec<Diagnostic>), QueryError> {
    let (tree, warnings) = Engine::parse_elastic(language, query)?;
    let mut search = Search::new(rule.indices.clone(), tree);
    search.window = Some(Window {
        timestamp_override: rule.timestamp_override.clone(),
        fallback: !rule.timestamp_fallback_disabled,
        ..Window::new(from, to)
    });
    Ok((search, warnings))
}

/// Plans a rule's query over the events from `from` to `to`, in ticks; `raised`: the groups that a threshold rule has raised, and when
/// the last event of each happened, in ticks.
pub(crate) fn planned(
    engine: &Engine,
    env: &Environment,
    rule: &Rule,
    (language, query): (Language, &str),
    (from, to): (i64, i64),
    raised: Vec<(Vec<String>, i64)>,
) -> Result<Planned, QueryError> {
    let (search, warnings) = search(rule, (language, query), (from, to))?;
    let mut planned = match &rule.kind {
        Kind::Threshold { fields, value, cardinality } => {
            let cardinality = cardinality.iter().map(|least| (least.field.clone(), least.value)).collect();
            let threshold = Threshold { fields: fields.clone(), value: *value, cardinality, raised };
            engine.prepare_threshold(&search, &threshold, env)
        }
        Kind::NewTerms { fields, history_window_start } => {
            let history_from = to.saturating_sub(history_window_start.saturating_mul(TICKS));
            engine.prepare_new_terms(&search, &NewTerms { fields: fields.clone(), history_from }, env)
        }
        Kind::Query | Kind::NotRunnable { .. } => engine.prepare_search(&search, env),
    }?;
    planned.warnings.splice(0..0, warnings);
    Ok(planned)
}
