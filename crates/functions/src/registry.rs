//! Functions found by name.

use std::{collections::HashMap, sync::LazyLock};

use crate::{Function, Section, aggregate, operator, scalar};

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for function in all() {
        names.insert(function.name, function);
        for alias in function.aliases {
            names.insert(*alias, function);
        }
    }
    names
});

/// Every function and operator, scalars first, each list sorted by name.
pub fn all() -> impl Iterator<Item = &'static Function> {
    scalar::ALL.iter().chain(aggregate::ALL).chain(operator::ALL).copied()
}

/// The function of that name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name).copied()
}

/// The names nearest to a misspelt one, best first.
#[must_use]
pub fn nearest(name: &str) -> Vec<&'static str> {
    let callable = |function: &&Function| !matches!(function.section, Section::Operator | Section::Internal);
    schema::nearest(name, all().filter(callable).map(|function| function.name))
}
