//! Tabular operators: what follows a `|`, and what begins a pipe.

use diag::Span;

use super::{Call, ColumnDecl, Expr, Literal, Name, Named, TypeName};

/// An operator and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Operator {
    /// What it does.
    pub kind: OperatorKind,
    /// From its keyword to its end.
    pub span: Span,
}

/// `name=value` after an operator's keyword: `kind=inner`, `hint.strategy=shuffle`, `isfuzzy=true`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Name; a dotted one in full (`hint.strategy`).
    pub name: Name,
    /// A literal, or a bare word as a name.
    pub value: Expr,
}

/// Every tabular operator that can follow a `|`.
#[derive(Debug, Clone, PartialEq)]
pub enum OperatorKind {
    /// `where predicate` (`filter`).
    Where(Expr),
    /// `extend name = expression, ...`.
    Extend(Vec<Named>),
    /// `project ...`.
    Project(Vec<Named>),
    /// `project-away pattern, ...`.
    ProjectAway(Vec<Expr>),
    /// `project-keep pattern, ...`.
    ProjectKeep(Vec<Expr>),
    /// `project-by-names name, ...`: constants that hold names and patterns.
    ProjectByNames(Vec<Expr>),
    /// `project-rename new = old, ...`.
    ProjectRename(Vec<Named>),
    /// `project-reorder pattern [asc|desc|granny-asc|granny-desc], ...`.
    ProjectReorder(Vec<ReorderKey>),
    /// `summarize aggregates by keys`.
    Summarize(Summarize),
    /// `distinct columns`, where a column may be `name = expression`; `*` is a wildcard.
    Distinct(Vec<Named>),
    /// `count`, `count as Name`.
    Count(Option<Name>),
    /// `take n` (`limit`).
    Take(Expr),
    /// `sample n`.
    Sample(Expr),
    /// `sample-distinct n of column`.
    SampleDistinct {
        /// How many.
        count: Expr,
        /// Of which column.
        of: Expr,
    },
    /// `top n by key`.
    Top {
        /// How many.
        count: Expr,
        /// Sort keys.
        by: Vec<SortKey>,
    },
    /// `top-nested ...`.
    TopNested(Vec<TopNested>),
    /// `top-hitters n of column [by weight]`.
    TopHitters {
        /// How many.
        count: Expr,
        /// Of which expression.
        of: Expr,
        /// Weight.
        by: Option<Expr>,
    },
    /// `sort by keys` (`order by`).
    Sort(Vec<SortKey>),
    /// `join kind=... (right) on ...`.
    Join(Join),
    /// `lookup kind=... (right) on ...`.
    Lookup(Join),
    /// `union tables`.
    Union(Union),
    /// `mv-expand`.
    MvExpand(MvExpand),
    /// `mv-apply ... on ( subquery )`.
    MvApply {
        /// What is expanded.
        expand: MvExpand,
        /// Operators applied to each expanded group.
        operators: Vec<Operator>,
    },
    /// `parse` and `parse-where`.
    Parse(Parse),
    /// `parse-kv expression as (keys) with (settings)`.
    ParseKv {
        /// What is parsed.
        expr: Expr,
        /// Keys and their types.
        keys: Vec<ColumnDecl>,
        /// `pair_delimiter`, `kv_delimiter`, `quote`, `escape`, `greedy`.
        settings: Vec<Setting>,
    },
    /// `make-series`.
    MakeSeries(MakeSeries),
    /// `render kind with (properties)`.
    Render(Render),
    /// `as name`.
    As {
        /// `hint.materialized=true`.
        settings: Vec<Setting>,
        /// The name.
        name: Name,
    },
    /// `invoke function(...)`.
    Invoke(Call),
    /// `evaluate plugin(...) [: schema]`.
    Evaluate(Evaluate),
    /// `serialize [name = expression, ...]`.
    Serialize(Vec<Named>),
    /// `getschema`.
    GetSchema,
    /// `consume decodeblocks=..`.
    Consume(Vec<Setting>),
    /// `search [kind=..] [in (tables)] predicate`.
    Search(Search),
    /// `partition ... by column (subquery)`.
    Partition {
        /// `hint.strategy`.
        settings: Vec<Setting>,
        /// Partition key.
        by: Expr,
        /// `( operators )`, or a `{ whole query }`.
        body: Expr,
    },
    /// `fork (subquery) (subquery)`.
    Fork(Vec<(Option<Name>, Vec<Operator>)>),
    /// `facet by columns with (subquery)`.
    Facet {
        /// Columns.
        by: Vec<Expr>,
        /// Operators.
        with: Vec<Operator>,
    },
    /// `reduce by expression with threshold=..`.
    Reduce {
        /// `kind=source`.
        settings: Vec<Setting>,
        /// What is reduced.
        by: Expr,
        /// `threshold`, `characters`.
        with: Vec<Setting>,
    },
    /// `scan with (steps)`.
    Scan(Scan),
    /// `assert-schema (columns)`, and whether the list begins with `*`.
    AssertSchema(bool, Vec<ColumnDecl>),
    /// An operator that exists and has no tree of its own (graph operators, `macro-expand`): refused by name when planned.
    Unsupported(&'static str),
    /// An operator that could not be parsed; an error tells why.
    Missing,
}

/// One key of `project-reorder`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReorderKey {
    /// A column or pattern.
    pub pattern: Expr,
    /// How the columns a pattern finds are ordered.
    pub order: Option<ReorderOrder>,
}

/// Orders of `project-reorder`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReorderOrder {
    /// `asc`.
    Asc,
    /// `desc`.
    Desc,
    /// `granny-asc`: numbers in names by value.
    GrannyAsc,
    /// `granny-desc`.
    GrannyDesc,
}

/// `summarize`.
#[derive(Debug, Clone, PartialEq)]
pub struct Summarize {
    /// Hints.
    pub settings: Vec<Setting>,
    /// Aggregates, perhaps none.
    pub aggregates: Vec<Named>,
    /// Keys; `None` without `by`.
    pub by: Option<Vec<Named>>,
}

/// A sort key.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What is sorted by.
    pub expr: Expr,
    /// `asc` or `desc`; `None` when not written (means descending).
    pub descending: Option<bool>,
    /// `nulls first` (true) or `nulls last`.
    pub nulls_first: Option<bool>,
}

/// One level of `top-nested`.
#[derive(Debug, Clone, PartialEq)]
pub struct TopNested {
    /// How many; all without.
    pub count: Option<Expr>,
    /// Of what.
    pub of: Named,
    /// `with others = text`.
    pub others: Option<Expr>,
    /// Aggregate.
    pub by: Named,
    /// `asc` or `desc`.
    pub descending: Option<bool>,
    /// `nulls first` (true) or `nulls last`.
    pub nulls_first: Option<bool>,
}

/// `join` and `lookup`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// `kind`, hints.
    pub settings: Vec<Setting>,
    /// The right side.
    pub right: Expr,
    /// Conditions: names, `$left.a == $right.b`, parted by `,` (or `and`).
    pub on: Vec<Expr>,
}

/// `union`, after a `|` or at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// `kind`, `withsource`, `isfuzzy`, hints.
    pub settings: Vec<Setting>,
    /// Tables, wildcards, parenthesised pipes.
    pub tables: Vec<Expr>,
}

/// `mv-expand`.
#[derive(Debug, Clone, PartialEq)]
pub struct MvExpand {
    /// `kind` or `bagexpansion`, `with_itemindex`.
    pub settings: Vec<Setting>,
    /// What is expanded, in parallel.
    pub columns: Vec<ExpandColumn>,
    /// `limit n`.
    pub limit: Option<Expr>,
}

/// A column of `mv-expand`.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpandColumn {
    /// `name =`.
    pub name: Option<Name>,
    /// The array.
    pub expr: Expr,
    /// `to typeof(type)`.
    pub to: Option<TypeName>,
}

/// `parse`, `parse-where`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// `parse-where`: rows that do not match are dropped.
    pub drop_unmatched: bool,
    /// `kind`, `flags`.
    pub settings: Vec<Setting>,
    /// What is parsed.
    pub expr: Expr,
    /// The pattern after `with`.
    pub pattern: Vec<ParsePart>,
}

/// A piece of a `parse` pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum ParsePart {
    /// `*`: skips.
    Star(Span),
    /// Literal text (or a regular expression with `kind=regex`).
    Text(Literal, Span),
    /// `Column` or `Column:type`.
    Column {
        /// The new column.
        name: Name,
        /// Its type; `string` when not written.
        ty: Option<TypeName>,
    },
}

/// `make-series`.
#[derive(Debug, Clone, PartialEq)]
pub struct MakeSeries {
    /// `kind=nonempty`, hints.
    pub settings: Vec<Setting>,
    /// Aggregates with their `default=`.
    pub aggregates: Vec<SeriesAggregate>,
    /// The axis.
    pub on: Expr,
    /// `from`; also the first argument of the older `in range(from, to, step)`.
    pub from: Option<Expr>,
    /// `to`, excluded; in the `in range` form `stop`, included.
    pub to: Option<Expr>,
    /// `step`.
    pub step: Expr,
    /// Written as `in range(start, stop, step)`: the last bound belongs to the series.
    pub in_range: bool,
    /// `by` keys.
    pub by: Vec<Named>,
}

/// An aggregate of `make-series`.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesAggregate {
    /// Name and call.
    pub value: Named,
    /// `default = value`.
    pub default: Option<Expr>,
}

/// `render`.
#[derive(Debug, Clone, PartialEq)]
pub struct Render {
    /// `timechart`, `piechart`, ...
    pub kind: Name,
    /// `with (name = value, ...)`; values are literals or names (lists for `ycolumns=a, b` are several values).
    pub properties: Vec<(Name, Vec<Expr>)>,
}

/// `evaluate`.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluate {
    /// Hints.
    pub settings: Vec<Setting>,
    /// Plugin and its arguments.
    pub call: Call,
    /// `: (column:type, ...)`, and whether it begins with `*`.
    pub schema: Option<(bool, Vec<ColumnDecl>)>,
}

/// `search`.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// `kind=case_sensitive`.
    pub settings: Vec<Setting>,
    /// `in (tables)`.
    pub tables: Vec<Expr>,
    /// What is looked for: terms and predicates, `column:term` is a `has` match.
    pub predicate: Expr,
}

/// `find`.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// `withsource`, `datascope`.
    pub settings: Vec<Setting>,
    /// `in (tables)`.
    pub tables: Vec<Expr>,
    /// `where predicate`.
    pub predicate: Expr,
    /// `project` or `project-smart` columns: name and optional type; `None` without; `pack(*)` is a call.
    pub project: Option<Vec<(Expr, Option<TypeName>)>>,
}

/// `scan`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// `with_match_id`.
    pub settings: Vec<Setting>,
    /// `declare (name:type = default)`.
    pub declare: Vec<super::Parameter>,
    /// Steps.
    pub steps: Vec<ScanStep>,
    /// `order by` inside `scan`, if any.
    pub order_by: Vec<SortKey>,
    /// `partition by`, if any.
    pub partition_by: Vec<Expr>,
}

/// A step of `scan`.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanStep {
    /// Name.
    pub name: Name,
    /// `optional`.
    pub optional: bool,
    /// `output=all|last|none`.
    pub output: Option<Name>,
    /// Condition.
    pub condition: Expr,
    /// `=> name = expression, ...`.
    pub assignments: Vec<Named>,
}

/// What can begin a pipe besides a name, a call or a parenthesis.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// `print a = 1, 2`.
    Print(Vec<Named>),
    /// `range x from a to b step c`.
    Range {
        /// Column.
        name: Name,
        /// First value.
        from: Expr,
        /// Last value at most.
        to: Expr,
        /// Step.
        step: Expr,
    },
    /// `datatable (columns) [values]`.
    Datatable {
        /// Columns.
        columns: Vec<ColumnDecl>,
        /// Values row by row.
        values: Vec<Expr>,
    },
    /// `externaldata (columns) [uris] with (properties)`.
    ExternalData {
        /// Columns.
        columns: Vec<ColumnDecl>,
        /// Addresses.
        uris: Vec<Expr>,
        /// `format`, `ignoreFirstRecord`, ...
        properties: Vec<Setting>,
    },
    /// `union ...`.
    Union(Union),
    /// `search ...`.
    Search(Search),
    /// `find ...`.
    Find(Find),
    /// `evaluate ...`.
    Evaluate(Evaluate),
    /// A source that exists and has no tree of its own (`entity_group`, `inline_external_table`): refused by name when planned.
    Unsupported(&'static str),
}
