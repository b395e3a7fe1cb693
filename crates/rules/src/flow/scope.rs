//! The columns there are at a point of a pipe, and where each comes from.

use std::collections::{BTreeMap, BTreeSet};

use kql::ast::{Expr, ExprKind};
use schema::{Column, Table};

/// The tables and columns at a point of a pipe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope<'a> {
    /// Tables all of whose columns are there, but for those in `gone`.
    pub(crate) tables: Vec<&'static Table>,
    /// Columns that operators made.
    pub(crate) made: BTreeMap<&'a str, Made<'a>>,
    /// Columns of the tables that operators dropped.
    pub(super) gone: BTreeSet<&'a str>,
    /// Columns may be there that are not known.
    pub(crate) open: bool,
    /// The columns depend on the rows: behind `bag_unpack`.
    pub(crate) unpacked: bool,
}

/// A column that an operator made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made<'a> {
    /// What it was computed from; `None` where that is no expression.
    pub(crate) expr: Option<&'a Expr>,
    /// The column of a table whose value it is, perhaps as text or in lower case.
    pub(crate) base: Option<Base<'a>>,
}

/// A column of a table, or a member of the JSON in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Base<'a> {
    pub(crate) table: &'static Table,
    pub(crate) column: &'static Column,
    /// The member, the last one of a path.
    pub(crate) member: Option<&'a str>,
    /// It was put in lower or upper case.
    pub(crate) folded: bool,
}

/// Calls that give their first argument's value in another dress.
const SAME: [&str; 8] = ["tostring", "parse_json", "todynamic", "parsejson", "dynamic", "trim_start", "trim_end", "toobject"];

impl<'a> Scope<'a> {
    /// A table that is not known.
    pub(crate) fn unknown() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// A known table.
    pub(crate) fn of(table: &'static Table) -> Self {
        Self { tables: vec![table], ..Self::default() }
    }

    /// Columns of which only the names are known.
    pub(crate) fn named(names: impl Iterator<Item = &'a str>) -> Self {
        Self { made: names.map(|name| (name, Made::default())).collect(), ..Self::default() }
    }

    /// Whether a column of that name is known to be there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.made.contains_key(name)
            || (!self.gone.contains(name) && self.tables.iter().any(|table| table.column(name).is_some()))
    }

    /// The column of a table that an expression shows, if it shows one.
    pub(crate) fn base(&self, expr: &'a Expr) -> Option<Base<'a>> {
        self.base_within(expr, 16)
    }

    fn base_within(&self, expr: &'a Expr, depth: usize) -> Option<Base<'a>> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Paren(inner) => self.base_within(inner, depth),
            ExprKind::Name(name) => self.column(&name.text),
            ExprKind::Member { object, name, .. } => {
                let base = self.base_within(object, depth)?;
                Some(Base { member: Some(&name.text), ..base })
            }
            ExprKind::Call(call) => {
                let function = call.name.text.as_str();
                let value = match function {
                    "trim" => &call.arguments.get(1)?.value,
                    _ => &call.arguments.first()?.value,
                };
                match function {
                    "tolower" | "toupper" => self.base_within(value, depth).map(|base| Base { folded: true, ..base }),
                    "trim" => self.base_within(value, depth),
                    _ if SAME.contains(&function) => self.base_within(value, depth),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The column of a table that a name shows.
    pub(crate) fn column(&self, name: &str) -> Option<Base<'a>> {
        if let Some(made) = self.made.get(name) {
            return made.base;
        }
        if self.gone.contains(name) {
            return None;
        }
        let found = self.tables.iter().find_map(|table| Some((*table, table.column(name)?)));
        found.map(|(table, column)| Base { table, column, member: None, folded: false })
    }

    /// A column as another scope will have it.
    pub(crate) fn taken(&self, expr: &'a Expr) -> Made<'a> {
        let same = match &expr.kind {
            ExprKind::Name(name) => self.made.get(name.text.as_str()).and_then(|made| made.expr),
            _ => None,
        };
        Made { expr: same.or(Some(expr)), base: self.base(expr) }
    }

    /// Drops a column.
    pub(crate) fn drop(&mut self, name: &'a str) {
        self.made.remove(name);
        self.gone.insert(name);
    }

    /// Adds the columns of another table.
    pub(crate) fn join(&mut self, other: Self) {
        for table in other.tables {
            if !self.tables.iter().any(|known| known.name == table.name) {
                self.tables.push(table);
            }
        }
        for (name, made) in other.made {
            self.made.entry(name).or_insert(made);
        }
        self.gone = self.gone.intersection(&other.gone).copied().collect();
        self.open |= other.open;
        self.unpacked |= other.unpacked;
    }
}
