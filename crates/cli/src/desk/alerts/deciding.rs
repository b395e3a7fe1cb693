//! Which cells of an alert's evidence made the query give the row.

use std::collections::BTreeSet;

use rules::model::Language;
use state::Alert;

/// The columns of the evidence that the query decides by.
pub(super) fn columns(alert: &Alert) -> Vec<String> {
    let language = [Language::Kusto, Language::Kuery, Language::Lucene]
        .into_iter()
        .find(|language| language.name() == alert.detail.language)
        .unwrap_or(Language::Other);
    let columns: BTreeSet<&str> = alert.detail.evidence.iter().flat_map(|row| row.keys().map(String::as_str)).collect();
    rules::deciding::columns(language, &alert.detail.query, columns)
}
