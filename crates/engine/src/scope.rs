//! What names stand for: `let` variables and functions, in the order they were bound.

use std::sync::Arc;

use functions::Typed;
use kql::ast::Function;

use crate::relation::Relation;

/// What a `let` name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Binding {
    /// A value.
    Scalar(Typed),
    /// Rows.
    Table(Relation),
    /// A function and the names visible where it was written.
    Function(Arc<Function>, Scope),
}

#[derive(Debug)]
struct Entry {
    name: String,
    binding: Binding,
    before: Scope,
}

/// A name that no query can give.
const OPEN: &str = "$open";

/// A chain of bindings; the latest of a name wins. Cloning is cheap, extending leaves the original as it was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope(Option<Arc<Entry>>);

impl Scope {
    /// This scope and one more name.
    pub(crate) fn with(&self, name: impl Into<String>, binding: Binding) -> Self {
        Self(Some(Arc::new(Entry { name: name.into(), binding, before: self.clone() })))
    }

    /// What a name stands for.
    pub(crate) fn get(&self, name: &str) -> Option<&Binding> {
        let mut scope = self;
        while let Some(entry) = &scope.0 {
            if entry.name == name {
                return Some(&entry.binding);
            }
            scope = &entry.before;
        }
        None
    }

    /// This scope, where a name that stands for nothing is a column nobody knows yet: `bag_unpack` of no rows.
    pub(crate) fn opened(&self) -> Self {
        self.with(OPEN, Binding::Scalar(Typed::constant(true.into(), schema::Type::Bool)))
    }

    /// True after [`Scope::opened`].
    pub(crate) fn is_open(&self) -> bool {
        self.get(OPEN).is_some()
    }

    /// Every name, latest first.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut scope = self;
        while let Some(entry) = &scope.0 {
            names.push(entry.name.as_str());
            scope = &entry.before;
        }
        names
    }
}

/// A long chain (thousands of `let`s) must not overflow the stack when it is dropped.
impl Drop for Entry {
    fn drop(&mut self) {
        let mut next = self.before.0.take();
        while let Some(entry) = next {
            match Arc::try_unwrap(entry) {
                Ok(mut alone) => next = alone.before.0.take(),
                Err(_) => break,
            }
        }
    }
}
