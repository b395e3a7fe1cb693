//! What a lint looks at: the rule, its query's tree, and what flows through it.

use crate::{Rule, flow::Flow, model::Language};

/// The tree of a query, in whichever language.
#[derive(Debug)]
pub(super) enum Parsed {
    Kusto(kql::Parsed),
    Elastic(elastic_query::Parsed),
    None,
}

impl Parsed {
    pub(super) fn of(rule: &Rule) -> Self {
        match rule.language {
            Language::Kusto => Self::Kusto(kql::parse(&rule.query.text)),
            Language::Kuery => Self::Elastic(elastic_query::parse(elastic_query::Language::Kuery, &rule.query.text)),
            Language::Lucene => Self::Elastic(elastic_query::parse(elastic_query::Language::Lucene, &rule.query.text)),
            Language::Eql | Language::Esql | Language::Other => Self::None,
        }
    }
}

/// What a lint looks at.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) rule: &'a Rule,
    /// The tree of a Kusto query.
    pub(crate) kusto: Option<&'a kql::Parsed>,
    /// What flows through it; nothing for another language.
    pub(crate) flow: Flow<'a>,
    /// The tree of a query of Kibana's languages.
    pub(crate) elastic: Option<&'a elastic_query::ast::Query>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(rule: &'a Rule, parsed: &'a Parsed) -> Self {
        let (kusto, elastic) = match parsed {
            Parsed::Kusto(parsed) => (Some(parsed), None),
            Parsed::Elastic(parsed) => (None, parsed.is_good().then_some(&parsed.query)),
            Parsed::None => (None, None),
        };
        // Half a tree would be judged as if it were whole.
        let flow = kusto.filter(|parsed| parsed.diagnostics.is_empty()).map(|parsed| Flow::of(&parsed.query)).unwrap_or_default();
        Self { rule, kusto, flow, elastic }
    }
}
