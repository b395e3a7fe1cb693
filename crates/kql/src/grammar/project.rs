//! `extend`, `project`, `project-away`, `project-keep`, `project-by-names`, `project-rename`, `serialize`: lists of columns.

use super::{
    expr::{expr, pattern},
    named,
};
use crate::{ast::operator::OperatorKind, parser::Parser};

pub(super) fn extend(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::Extend(named::list(p, "extend", &[]))
}

pub(super) fn project(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::Project(named::optional_list(p, &[]))
}

pub(super) fn away(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::ProjectAway(named::expressions(p, "project-away", pattern))
}

pub(super) fn keep(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::ProjectKeep(named::expressions(p, "project-keep", pattern))
}

pub(super) fn by_names(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::ProjectByNames(named::expressions(p, "project-by-names", expr))
}

pub(super) fn rename(p: &mut Parser<'_>) -> OperatorKind {
    OperatorKind::ProjectRename(named::optional_list(p, &[]))
}

pub(super) fn serialize(p: &mut Parser<'_>) -> OperatorKind {
    super::setting::among(p, &[]);
    OperatorKind::Serialize(named::optional_list(p, &[]))
}
