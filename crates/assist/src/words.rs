//! The closed sets of words that stand at certain places of the language: a list of lists.

/// What begins a statement, beside the name of a table.
pub(crate) const STATEMENTS: &[&str] = &["let", "set", "declare query_parameters("];

/// What begins a query, beside the name of a table.
pub(crate) const SOURCES: &[&str] =
    &["datatable(", "evaluate", "externaldata(", "find", "materialize(", "print", "range", "search", "union"];

/// Operators between values. <https://learn.microsoft.com/kusto/query/scalar-operators>
pub(crate) const INFIX: &[&str] = &[
    "==",
    "!=",
    "=~",
    "!~",
    "<",
    "<=",
    ">",
    ">=",
    "and",
    "or",
    "has",
    "!has",
    "has_cs",
    "!has_cs",
    "has_any (",
    "has_all (",
    "hasprefix",
    "hassuffix",
    "contains",
    "!contains",
    "contains_cs",
    "startswith",
    "!startswith",
    "startswith_cs",
    "endswith",
    "!endswith",
    "endswith_cs",
    "in (",
    "!in (",
    "in~ (",
    "!in~ (",
    "between (",
    "!between (",
    "matches regex",
];

/// Words that are no value: what follows them is one.
pub(crate) const BEFORE_VALUES: &[&str] = &[
    "and",
    "asc",
    "between",
    "by",
    "contains",
    "contains_cs",
    "desc",
    "endswith",
    "endswith_cs",
    "from",
    "has",
    "has_all",
    "has_any",
    "has_cs",
    "hasprefix",
    "hasprefix_cs",
    "hassuffix",
    "hassuffix_cs",
    "in",
    "limit",
    "matches",
    "of",
    "on",
    "or",
    "regex",
    "startswith",
    "startswith_cs",
    "step",
    "to",
    "where",
    "with",
];

/// `join kind=`. <https://learn.microsoft.com/kusto/query/join-operator>
pub(crate) const JOIN_KINDS: &[&str] =
    &["innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftsemi", "rightsemi", "leftanti", "rightanti"];

/// `lookup kind=`.
pub(crate) const LOOKUP_KINDS: &[&str] = &["leftouter", "inner"];

/// `union kind=`.
pub(crate) const UNION_KINDS: &[&str] = &["outer", "inner"];

/// `parse kind=`.
pub(crate) const PARSE_KINDS: &[&str] = &["simple", "regex", "relaxed"];

/// `render`. <https://learn.microsoft.com/kusto/query/render-operator>
pub(crate) const RENDER_KINDS: &[&str] = &[
    "anomalychart",
    "areachart",
    "barchart",
    "card",
    "columnchart",
    "ladderchart",
    "linechart",
    "piechart",
    "pivotchart",
    "scatterchart",
    "stackedareachart",
    "table",
    "timechart",
    "timepivot",
    "treemap",
];

/// `render ... with (`.
pub(crate) const RENDER_PROPERTIES: &[&str] = &[
    "accumulate=",
    "kind=",
    "legend=",
    "series=",
    "title=",
    "xaxis=",
    "xcolumn=",
    "xtitle=",
    "yaxis=",
    "ycolumns=",
    "ymax=",
    "ymin=",
    "ysplit=",
    "ytitle=",
];

/// The words that may follow a value in an operator.
pub(crate) fn clauses(operator: &str) -> &'static [&'static str] {
    match operator {
        "summarize" | "partition" | "reduce" | "facet" => &["by"],
        "sort" | "order" | "top" => &["by", "asc", "desc", "nulls first", "nulls last"],
        "top-nested" | "top-hitters" => &["of", "by"],
        "sample-distinct" => &["of"],
        "make-series" => &["default=", "on", "from", "to", "step", "by"],
        "mv-expand" | "mvexpand" => &["to typeof(", "limit"],
        "mv-apply" | "mvapply" => &["on", "to typeof(", "limit"],
        "parse" | "parse-where" => &["with"],
        "parse-kv" => &["as", "with"],
        "project-reorder" => &["asc", "desc"],
        _ => &[],
    }
}

/// Operators that compute aggregates.
pub(crate) const AGGREGATING: &[&str] = &["make-series", "mv-apply", "mvapply", "summarize", "top-nested"];

/// Operators in which only names of columns stand.
pub(crate) const ONLY_COLUMNS: &[&str] = &["project-away", "project-keep", "project-rename", "project-reorder"];

/// Words of the language wherever they stand, for their colour.
pub(crate) const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "asc",
    "between",
    "by",
    "contains",
    "contains_cs",
    "datatable",
    "declare",
    "default",
    "desc",
    "endswith",
    "endswith_cs",
    "externaldata",
    "false",
    "first",
    "from",
    "has",
    "has_all",
    "has_any",
    "has_cs",
    "hasprefix",
    "hassuffix",
    "in",
    "isfuzzy",
    "kind",
    "last",
    "let",
    "matches",
    "nulls",
    "of",
    "on",
    "or",
    "print",
    "range",
    "regex",
    "set",
    "startswith",
    "startswith_cs",
    "step",
    "to",
    "true",
    "typeof",
    "union",
    "view",
    "where",
    "with",
    "withsource",
];
