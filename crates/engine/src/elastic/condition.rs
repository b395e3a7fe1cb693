//! A syntax tree as a condition on the rows of a table.
//!
//! What a row lacks makes a test false and never unknown: `not` is the plain contrary. An expression may still be null where it
//! stands at the top or under `and` and `or`, where null and false mean the same, so that storage sees plain comparisons;
//! under `not` it never is.
//!
//! Start with [`Conditions::of`].

use std::cell::RefCell;

use datafusion::{
    arrow::datatypes::DataType,
    common::ScalarValue,
    logical_expr::{BinaryExpr, Expr, Like, Operator, cast, lit},
};
use diag::{Diagnostic, Span};
use elastic_query::ast::{Clause, Field, Node, NodeKind, Occur, Pattern, Piece, Test};
use functions::{Typed, kernel::native};
use schema::{FieldTypes, Type};

use super::{
    field::{Fields, Place},
    kernel::{Form, Probe, probe},
    leaf::{LeafTest, Limit, Real},
    route::Route,
    test::{Wanted, leaf_test},
};
use crate::{
    error::{At, Result, codes},
    relation::column,
};

/// Plans conditions over one table.
#[derive(Debug)]
pub(super) struct Conditions<'r> {
    fields: Fields<'r>,
    clock: i64,
    warnings: RefCell<Vec<Diagnostic>>,
}

impl<'r> Conditions<'r> {
    pub(super) fn new(fields: Fields<'r>, clock: i64) -> Self {
        Self { fields, clock, warnings: RefCell::default() }
    }

    pub(super) fn into_warnings(self) -> Vec<Diagnostic> {
        self.warnings.into_inner()
    }

    /// The rows a tree matches: true for those, false or null for others.
    pub(super) fn of(&self, node: &Node) -> Result<Expr> {
        match &node.kind {
            _ if node.is_everything() => Ok(lit(true)),
            NodeKind::All => Ok(lit(true)),
            NodeKind::Unread => Ok(lit(false)),
            NodeKind::And(nodes) => self.each(nodes).map(all),
            NodeKind::Or(nodes) => self.any(&nodes.iter().collect::<Vec<_>>()),
            NodeKind::Not(inner) => Ok(self.of(inner)?.is_not_true()),
            NodeKind::Clauses(clauses) => self.clauses(clauses),
            NodeKind::Match { field, test } => self.matched(field.as_ref(), &[test], node.span),
            NodeKind::Nested { path, inner } => self.nested(path, inner),
        }
    }

    fn each(&self, nodes: &[Node]) -> Result<Vec<Expr>> {
        nodes.iter().map(|node| self.of(node)).collect()
    }

    /// Any of these. Tests of one field that follow one another become one: `f:(a or b)` is a look into a list.
    fn any(&self, nodes: &[&Node]) -> Result<Expr> {
        let mut operands = Vec::new();
        let mut rest = nodes;
        while let Some((first, _)) = rest.split_first() {
            let same = rest.iter().take_while(|node| same_field(first, node)).count().max(1);
            let (group, after) = rest.split_at(same);
            rest = after;
            operands.push(match &first.kind {
                NodeKind::Match { field, .. } if same > 1 => {
                    let tests: Vec<&Test> = group.iter().filter_map(|node| test_of(node)).collect();
                    self.matched(field.as_ref(), &tests, first.span)?
                }
                _ => self.of(first)?,
            });
        }
        Ok(any(operands))
    }

    fn clauses(&self, clauses: &[Clause]) -> Result<Expr> {
        let of = |occur: Occur| clauses.iter().filter(move |clause| clause.occur == occur).map(|clause| &clause.node);
        let mut operands: Vec<Expr> = of(Occur::Must).map(|node| self.of(node)).collect::<Result<_>>()?;
        if operands.is_empty() {
            let should: Vec<&Node> = of(Occur::Should).collect();
            if !should.is_empty() {
                operands.push(self.any(&should)?);
            }
        }
        for node in of(Occur::MustNot) {
            operands.push(self.of(node)?.is_not_true());
        }
        Ok(all(operands))
    }

    /// A field, or any field, passes one of the tests.
    fn matched(&self, field: Option<&Field>, tests: &[&Test], span: Span) -> Result<Expr> {
        let Some(field) = field else {
            return self.in_places(&self.fields.all(), tests, true, span);
        };
        let mut places = self.fields.places(&field.name);
        if places.is_empty()
            && let Some(path) = field.plain()
            && tests.iter().any(|test| matches!(test, Test::Is(value) if value.is_anything()))
        {
            places = self.fields.members(path);
        }
        if places.is_empty() {
            self.warn_of_unknown(field);
        }
        self.in_places(&places, tests, field.plain().is_none(), span)
    }

    fn in_places(&self, places: &[Place<'_>], tests: &[&Test], lenient: bool, span: Span) -> Result<Expr> {
        let mut operands = Vec::new();
        for place in places {
            let wanted = Wanted { ty: place.ty, clock: self.clock, lenient, span };
            let tests = tests.iter().map(|test| leaf_test(wanted, test)).collect::<Result<Vec<_>>>()?;
            operands.push(in_place(place, merged(tests), span)?);
        }
        Ok(any(operands))
    }

    /// Nobody has the field: a query is rarely meant so, and Kibana says nothing.
    fn warn_of_unknown(&self, field: &Field) {
        let name = field.name.to_string();
        let (message, help) = match FieldTypes::builtin().nested_above(&name) {
            Some(list) => (
                format!("`{name}` is a member of the objects in `{list}`, which this test does not reach"),
                format!("write `{list}:{{ {}: ... }}`", name.get(list.len() + 1..).unwrap_or_default()),
            ),
            None => {
                let near = schema::nearest(&name, self.fields.columns.iter().map(|column| column.name.as_str()));
                let help = near.first().map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                (format!("no row has the field `{name}`"), help)
            }
        };
        let warning = Diagnostic::warning(codes::UNKNOWN_FIELD, message, field.span);
        let warning = if help.is_empty() { warning } else { warning.with_help(help) };
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Some object of a list satisfies a condition.
    fn nested(&self, path: &Field, inner: &Node) -> Result<Expr> {
        let base = path.name.to_string();
        let condition = self.probe(inner, &base)?;
        let mut operands = Vec::new();
        for place in self.fields.within(&base).iter().filter(|place| place.json) {
            let Route::Path { path: rest, .. } = &place.route else { continue };
            let object = Probe::Object(rest.clone(), Box::new(condition.clone()));
            operands.push(probe(column(&place.column.name), Form::Json, object));
        }
        if operands.is_empty() {
            self.warn_of_unknown(path);
        }
        Ok(any(operands))
    }

    /// A condition on one object, which stands at the path `base`.
    fn probe(&self, node: &Node, base: &str) -> Result<Probe> {
        let each = |nodes: &[Node]| nodes.iter().map(|node| self.probe(node, base)).collect::<Result<Vec<_>>>();
        Ok(match &node.kind {
            NodeKind::All => Probe::All,
            NodeKind::Unread => Probe::Never,
            NodeKind::And(nodes) => Probe::And(each(nodes)?),
            NodeKind::Or(nodes) => Probe::Or(each(nodes)?),
            NodeKind::Not(inner) => Probe::Not(Box::new(self.probe(inner, base)?)),
            NodeKind::Clauses(clauses) => {
                let of = |wanted: Occur| -> Result<Vec<Probe>> {
                    let nodes = clauses.iter().filter(|clause| clause.occur == wanted);
                    nodes.map(|clause| self.probe(&clause.node, base)).collect()
                };
                let (mut must, should) = (of(Occur::Must)?, of(Occur::Should)?);
                if must.is_empty() && !should.is_empty() {
                    must.push(Probe::Or(should));
                }
                must.extend(of(Occur::MustNot)?.into_iter().map(|probe| Probe::Not(Box::new(probe))));
                Probe::And(must)
            }
            NodeKind::Nested { path, inner } => {
                let name = path.name.to_string();
                let inner = self.probe(inner, &format!("{base}.{name}"))?;
                Probe::Object(name, Box::new(inner))
            }
            NodeKind::Match { field, test } => {
                let name = field.as_ref().map(|field| &field.name);
                let ty = name.and_then(Pattern::plain).map(|name| FieldTypes::builtin().of(&format!("{base}.{name}")));
                let route = match name {
                    None => Route::anywhere(),
                    Some(name) => match name.plain() {
                        Some(path) => Route::to(path),
                        None => Route::Pattern { column: String::new(), pattern: super::glob::Glob::new(name) },
                    },
                };
                let wanted = Wanted { ty: ty.unwrap_or_default(), clock: self.clock, lenient: ty.is_none(), span: node.span };
                let test = leaf_test(wanted, test)?;
                Probe::Leaf(if test == LeafTest::Exists { route.deep() } else { route }, test)
            }
        })
    }
}

fn test_of(node: &Node) -> Option<&Test> {
    match &node.kind {
        NodeKind::Match { test, .. } => Some(test),
        _ => None,
    }
}

/// Whether both test one and the same field.
fn same_field(first: &Node, other: &Node) -> bool {
    match (&first.kind, &other.kind) {
        (NodeKind::Match { field: Some(a), .. }, NodeKind::Match { field: Some(b), .. }) => a.name == b.name,
        _ => false,
    }
}

/// Tests of which one must hold, texts and addresses to be found in one list.
fn merged(tests: Vec<LeafTest>) -> Vec<LeafTest> {
    let mut merged: Vec<LeafTest> = Vec::new();
    for test in tests {
        let terms = merged.iter_mut().find_map(|known| match (known, &test) {
            (LeafTest::Terms(known), LeafTest::Terms(more)) => {
                known.extend(more.iter().cloned());
                Some(())
            }
            (LeafTest::Ip(known), LeafTest::Ip(more)) => {
                known.extend(more.iter().copied());
                Some(())
            }
            _ => None,
        });
        if terms.is_none() {
            merged.push(test);
        }
    }
    merged
}

/// Whether some value at a place passes one of the tests.
fn in_place(place: &Place<'_>, tests: Vec<LeafTest>, span: Span) -> Result<Expr> {
    let found = column(&place.column.name);
    if place.json {
        let leaf = |test: LeafTest| {
            // An object is there if anything in it is.
            let route = if test == LeafTest::Exists { place.route.clone().deep() } else { place.route.clone() };
            Probe::Leaf(route, test)
        };
        let mut probes: Vec<Probe> = tests.into_iter().map(leaf).collect();
        let condition = if probes.len() == 1 { probes.remove(0) } else { Probe::Or(probes) };
        return Ok(probe(found, Form::Json, condition));
    }
    let found = match place.column.ty {
        Type::Timespan => match functions::find("tostring") {
            Some(function) => functions::apply(function, vec![Typed::new(found, Type::Timespan)], 0).at(span)?.expr,
            None => return crate::error::unsupported("a test of a timespan", span),
        },
        _ => found,
    };
    Ok(any(tests.into_iter().map(|test| native_test(&found, place.column.ty, test)).collect()))
}

/// A test of a column that holds one value, with DataFusion's own operators where there are some.
fn native_test(found: &Expr, ty: Type, test: LeafTest) -> Expr {
    let is_text = matches!(ty, Type::String | Type::Guid | Type::Timespan);
    match test {
        LeafTest::Never => lit(false),
        LeafTest::Exists if is_text => found.clone().not_eq(text("")),
        LeafTest::Exists => found.clone().is_not_null(),
        LeafTest::Terms(terms) => {
            let found = if is_text { found.clone() } else { cast(found.clone(), DataType::Utf8View) };
            // A missing text is `""`, and a missing value equals nothing.
            let mut terms: Vec<Expr> = terms.into_iter().filter(|term| !term.is_empty()).map(|term| text(&term)).collect();
            match terms.len() {
                0 => lit(false),
                1 => found.eq(terms.remove(0)),
                _ => found.in_list(terms, false),
            }
        }
        LeafTest::Glob(glob) => {
            let found = if is_text { found.clone() } else { cast(found.clone(), DataType::Utf8View) };
            let like = Like::new(false, Box::new(found.clone()), Box::new(text(&glob.like())), None, false);
            // A pattern that the empty text is of would find what is missing.
            if glob.matches("") { Expr::Like(like).and(found.not_eq(text(""))) } else { Expr::Like(like) }
        }
        LeafTest::TextRange(low, high) if is_text => {
            let bounded = bounds(
                found,
                low.map(|(low, inclusive)| (text(&low), inclusive)),
                high.map(|(high, inclusive)| (text(&high), inclusive)),
            );
            bounded.and(found.clone().not_eq(text("")))
        }
        LeafTest::Number(low, high) if !is_text => bounds(found, number(low), number(high)),
        LeafTest::Bool(wanted) if ty == Type::Bool => found.clone().eq(lit(wanted)),
        LeafTest::Date(low, high) if ty == Type::Datetime => {
            bounds(found, low.map(|low| (lit(low), true)), high.map(|high| (lit(high), true)))
        }
        test if is_text => probe(found.clone(), Form::Text, Probe::Leaf(Route::to(""), test)),
        test => probe(cast(found.clone(), DataType::Utf8View), Form::Text, Probe::Leaf(Route::to(""), test)),
    }
}

/// A number as a constant that a column of whole numbers is compared with as it is.
fn number(limit: Limit<Real>) -> Option<(Expr, bool)> {
    limit.map(|(Real(value), inclusive)| {
        let whole = functions::kernel::json::typed::whole(value).filter(|_| value.fract() == 0.0);
        (whole.map_or_else(|| lit(value), lit), inclusive)
    })
}

fn bounds(found: &Expr, low: Option<(Expr, bool)>, high: Option<(Expr, bool)>) -> Expr {
    let side = |bound: Option<(Expr, bool)>, inclusive: Operator, exclusive: Operator| {
        bound.map(|(bound, included)| {
            let operator = if included { inclusive } else { exclusive };
            Expr::BinaryExpr(BinaryExpr::new(Box::new(found.clone()), operator, Box::new(bound)))
        })
    };
    let sides = [side(low, Operator::GtEq, Operator::Gt), side(high, Operator::LtEq, Operator::Lt)];
    let sides: Vec<Expr> = sides.into_iter().flatten().collect();
    if sides.is_empty() { found.clone().is_not_null() } else { all(sides) }
}

fn text(value: &str) -> Expr {
    native::constant(ScalarValue::Utf8View(Some(value.to_owned())))
}

/// All of these, as a balanced tree: a query may have thousands.
pub(super) fn all(operands: Vec<Expr>) -> Expr {
    balanced(operands, Operator::And).unwrap_or_else(|| lit(true))
}

/// Any of these.
pub(super) fn any(operands: Vec<Expr>) -> Expr {
    balanced(operands, Operator::Or).unwrap_or_else(|| lit(false))
}

fn balanced(mut operands: Vec<Expr>, operator: Operator) -> Option<Expr> {
    while operands.len() > 1 {
        let mut joined = Vec::with_capacity(operands.len().div_ceil(2));
        let mut rest = operands.into_iter();
        while let Some(left) = rest.next() {
            joined.push(match rest.next() {
                Some(right) => Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))),
                None => left,
            });
        }
        operands = joined;
    }
    operands.pop()
}

/// A field without wildcards, for conditions that no query text holds.
pub(super) fn named(name: &str) -> Field {
    Field { name: Pattern { pieces: vec![Piece::Text(name.to_owned())] }, quoted: true, span: Span::default() }
}
