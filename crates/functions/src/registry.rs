//! Functions found by name.

use std::{collections::HashMap, sync::LazyLock};

use crate::{Function, Section, aggregate, operator, scalar};

static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Function>>> = LazyLock::new(|| {
    let mut names: HashMap<_, Vec<_>> = HashMap::new();
    for function in all() {
        for name in std::iter::once(&function.name).chain(function.aliases) {
            names.entry(*name).or_default().push(function);
        }
    }
    names
});

/// Every function and operator, scalars first, each list sorted by name.
pub fn all() -> impl Iterator<Item = &'static Function> {
    scalar::ALL.iter().chain(aggregate::ALL).chain(operator::ALL).copied()
}

/// The function of that name or alias; of a scalar function and an aggregate that share it, the scalar one.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name)?.first().copied()
}

/// The function that a call with so many arguments means: a scalar function and an aggregate may share their name
/// (`hll_merge`), and then differ in how many they take.
#[must_use]
pub fn find_call(name: &str, arguments: usize) -> Option<&'static Function> {
    let found = BY_NAME.get(name)?;
    found.iter().find(|function| function.takes(arguments)).or(found.first()).copied()
}

/// The names nearest to a misspelt one, best first.
#[must_use]
pub fn nearest(name: &str) -> Vec<&'static str> {
    let callable = |function: &&Function| !matches!(function.section, Section::Operator | Section::Internal);
    schema::nearest(name, all().filter(callable).map(|function| function.name))
}
