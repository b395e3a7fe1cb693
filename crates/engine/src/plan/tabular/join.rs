//! `join`: rows of two tables side by side where conditions hold.

use datafusion::{
    common::JoinType,
    logical_expr::{Expr as PlanExpr, LogicalPlanBuilder},
};
use diag::{Diagnostic, Span};
use functions::{Typed, coerce, common_type, null_of};
use kql::ast::{BinaryOp, Expr, ExprKind, Name, operator::Join};
use schema::Type;

use super::setting;
use crate::{
    error::{At, Result, codes, fault},
    kernel,
    name::names_side_by_side,
    plan::{Names, Planner},
    relation::{Column, Relation, column, typed},
    scope::Scope,
};

const KINDS: [&str; 13] = [
    "innerunique",
    "inner",
    "leftouter",
    "rightouter",
    "fullouter",
    "leftsemi",
    "rightsemi",
    "leftanti",
    "rightanti",
    "anti",
    "leftantisemi",
    "rightantisemi",
    "semi",
];

/// The two sides of one condition.
pub(crate) struct Condition {
    pub(crate) left: Typed,
    pub(crate) right: Typed,
}

impl Planner<'_> {
    pub(super) fn join(&self, left: &Relation, join: &Join, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&join.settings, "join", &["kind", "withsource", "isfuzzy"])?;
        let right = self.table(&join.right, scope)?;
        let kind = setting::word(&join.settings, "kind").unwrap_or("innerunique").to_ascii_lowercase();
        let conditions = self.conditions(left, &right, &join.on, span, scope)?;
        let join_type = match kind.as_str() {
            "innerunique" | "inner" => JoinType::Inner,
            "leftouter" => JoinType::Left,
            "rightouter" => JoinType::Right,
            "fullouter" => JoinType::Full,
            "leftsemi" | "semi" => JoinType::LeftSemi,
            "rightsemi" => JoinType::RightSemi,
            "leftanti" | "anti" | "leftantisemi" => JoinType::LeftAnti,
            "rightanti" | "rightantisemi" => JoinType::RightAnti,
            _ => return setting::unknown_value(&join.settings, "kind", &KINDS),
        };
        let left = if kind == "innerunique" { unique_by_key(left, &conditions, span)? } else { left.clone() };
        side_by_side(&left, &right, conditions, join_type, span)
    }

    /// The conditions of `on`: names that both sides have, and equalities of one side with the other.
    pub(super) fn conditions(
        &self,
        left: &Relation,
        right: &Relation,
        on: &[Expr],
        span: Span,
        scope: &Scope,
    ) -> Result<Vec<Condition>> {
        let mut planned = Vec::new();
        let mut pending: Vec<&Expr> = on.iter().rev().collect();
        while let Some(condition) = pending.pop() {
            match &condition.kind {
                ExprKind::Paren(inner) => pending.push(inner),
                ExprKind::Binary { op: BinaryOp::And, left, right } => {
                    pending.push(right);
                    pending.push(left);
                }
                ExprKind::Name(name) => {
                    planned.push((key(left, name, "left")?, key(right, name, "right")?, condition));
                }
                ExprKind::Binary { op: BinaryOp::Equal, left: one, right: other } => {
                    let (first, second) =
                        if side(one) == Some("$right") || side(other) == Some("$left") { (other, one) } else { (one, other) };
                    let first = self.scalar(first, Names::new(scope, &left.columns))?;
                    let second = self.scalar(second, Names::new(scope, &right.columns))?;
                    planned.push((first, second, condition));
                }
                _ => {
                    let error = Diagnostic::error(
                        codes::KIND,
                        "a join condition is a column's name or an equality of both sides",
                        condition.span,
                    );
                    return Err(error
                        .with_help("write `on Column` or `on $left.A == $right.B`; filter with `where` after the join")
                        .into());
                }
            }
        }
        if planned.is_empty() {
            return fault(codes::KIND, "`join` needs at least one condition after `on`", span);
        }
        let open = left.open || right.open;
        planned.into_iter().map(|(left, right, condition)| same_type(left, right, condition, open)).collect()
    }
}

/// Which side a condition's operand names.
fn side(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.text.as_str()).filter(|name| name.starts_with('$')),
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => side(object),
        ExprKind::Call(call) => call.arguments.iter().find_map(|argument| side(&argument.value)),
        ExprKind::Paren(inner) => side(inner),
        _ => None,
    }
}

fn key(relation: &Relation, name: &Name, which: &str) -> Result<Typed> {
    if relation.open && relation.find(&name.text).is_none() {
        return Ok(Typed::constant(null_of(Type::Dynamic), Type::Dynamic));
    }
    relation.find(&name.text).map(typed).ok_or_else(|| {
        let near = schema::nearest(&name.text, relation.columns.iter().map(|column| column.name.as_str()));
        let message = format!("the {which} side of the join has no column `{}`", name.text);
        Diagnostic::error(codes::UNKNOWN_NAME, message, name.span).did_you_mean(&near).into()
    })
}

/// Both sides of a condition as one type. Where columns depend on data there is none of (`open`), dynamic ones may be anything.
fn same_type(left: Typed, right: Typed, condition: &Expr, open: bool) -> Result<Condition> {
    let span = condition.span;
    if !open && (left.ty == Type::Dynamic || right.ty == Type::Dynamic) {
        let error = super::key::dynamic("join", "", span);
        return Err(error.with_help("convert it before, such as with `extend Key = tostring(Key)`").into());
    }
    let common = match (left.ty, right.ty) {
        (Type::Dynamic, Type::Dynamic) => Some(Type::String),
        (left, right) => common_type(left, right),
    };
    let Some(common) = common else {
        return fault(codes::OPERANDS, format!("a {} cannot be joined to a {}", left.ty, right.ty), span);
    };
    Ok(Condition { left: coerce(left, common).at(span)?, right: coerce(right, common).at(span)? })
}

/// One row a key: what `innerunique` keeps of its left side.
fn unique_by_key(left: &Relation, conditions: &[Condition], span: Span) -> Result<Relation> {
    let groups: Vec<PlanExpr> = conditions
        .iter()
        .enumerate()
        .map(|(position, condition)| condition.left.expr.clone().alias(format!("$key{position}")))
        .collect();
    let row = functions::kernel::group::any_row(left.columns.iter().map(|found| column(&found.name)).collect()).alias("$row");
    let plan = left.builder().aggregate(groups, vec![row]).and_then(LogicalPlanBuilder::build).at(span)?;
    let columns = left.columns.iter().enumerate().map(|(position, found)| {
        let field = datafusion::functions::core::expr_fn::get_field(column("$row"), format!("c{position}"));
        (found.name.clone(), Typed::new(field, found.ty))
    });
    Relation::new(plan, vec![]).project(columns.collect(), span)
}

/// Joins two tables; columns of the right side whose names the left one has get a number.
pub(crate) fn side_by_side(
    left: &Relation,
    right: &Relation,
    conditions: Vec<Condition>,
    kind: JoinType,
    span: Span,
) -> Result<Relation> {
    // Inside the join, names of the two sides must not clash.
    let inner_left: Vec<(String, Typed)> =
        left.columns.iter().map(|found| (format!("$l.{}", found.name), typed(found))).collect();
    let inner_right: Vec<(String, Typed)> =
        right.columns.iter().map(|found| (format!("$r.{}", found.name), typed(found))).collect();
    let keys = |of: fn(&Condition) -> &Typed, side: &str| -> Vec<(String, Typed)> {
        conditions
            .iter()
            .enumerate()
            .map(|(position, condition)| (format!("${side}key{position}"), of(condition).clone()))
            .collect()
    };
    let left_keys = keys(|condition| &condition.left, "l");
    let right_keys = keys(|condition| &condition.right, "r");
    let names = |keys: &[(String, Typed)]| -> Vec<PlanExpr> { keys.iter().map(|(name, _)| column(name)).collect() };
    let (left_names, right_names) = (names(&left_keys), names(&right_keys));
    let left_inside = left.project(inner_left.into_iter().chain(left_keys).collect(), span)?;
    let right_inside = right.project(inner_right.into_iter().chain(right_keys).collect(), span)?;
    let plan = left_inside
        .builder()
        .join_with_expr_keys((*right_inside.plan).clone(), kind, (left_names, right_names), None)
        .and_then(LogicalPlanBuilder::build)
        .at(span)?;

    let joined = Relation::new(plan, vec![]).project(both(left, right, kind), span)?;
    Ok(Relation { open: left.open || right.open, ..joined })
}

/// Joins two tables where a condition over both is true, of which nothing is known: each row is compared with each. The condition
/// is made of what gives a column of the left side, and of the right.
pub(crate) fn side_by_side_where(
    left: &Relation,
    right: &Relation,
    condition: impl FnOnce(&dyn Fn(&Column) -> Typed, &dyn Fn(&Column) -> Typed) -> Result<Typed>,
    kind: JoinType,
    span: Span,
) -> Result<Relation> {
    let inside = |relation: &Relation, side: &str| {
        let columns = relation.columns.iter().map(|found| (format!("{side}.{}", found.name), typed(found)));
        relation.project(columns.collect(), span)
    };
    let (left_inside, right_inside) = (inside(left, "$l")?, inside(right, "$r")?);
    let of = |side: &'static str| move |found: &Column| Typed::new(column(&format!("{side}.{}", found.name)), found.ty);
    let condition = condition(&of("$l"), &of("$r"))?;
    let plan = left_inside
        .builder()
        .join_on((*right_inside.plan).clone(), kind, [condition.expr])
        .and_then(LogicalPlanBuilder::build)
        .at(span)?;
    let joined = Relation::new(plan, vec![]).project(both(left, right, kind), span)?;
    Ok(Relation { open: left.open || right.open, ..joined })
}

/// The columns of both sides after a join, under the names they get.
fn both(left: &Relation, right: &Relation, kind: JoinType) -> Vec<(String, Typed)> {
    let (left_only, right_only) =
        (matches!(kind, JoinType::LeftSemi | JoinType::LeftAnti), matches!(kind, JoinType::RightSemi | JoinType::RightAnti));
    let (left_missing, right_missing) =
        (matches!(kind, JoinType::Right | JoinType::Full), matches!(kind, JoinType::Left | JoinType::Full));
    let mut result = Vec::new();
    if !right_only {
        result.extend(left.columns.iter().map(|found| (found.name.clone(), outside("$l", found, left_missing))));
    }
    if !left_only {
        result.extend(right.columns.iter().map(|found| (found.name.clone(), outside("$r", found, right_missing))));
    }
    let names = names_side_by_side(result.iter().map(|(name, _)| name.as_str()));
    names.into_iter().zip(result).map(|(name, (_, value))| (name, value)).collect()
}

/// A column after the join; texts of rows without a partner are empty and not null.
fn outside(side: &str, found: &Column, missing: bool) -> Typed {
    let expr = column(&format!("{side}.{}", found.name));
    if missing && found.ty == Type::String { kernel::text(expr) } else { Typed::new(expr, found.ty) }
}
