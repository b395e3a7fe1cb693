//! Operators that exist and have no tree of their own: the planner refuses them by name.

const NAMES: &[&str] = &[
    "execute-and-cache",
    "graph-mark-components",
    "graph-match",
    "graph-shortest-paths",
    "graph-to-table",
    "graph-where-edges",
    "graph-where-nodes",
    "macro-expand",
    "make-graph",
];

/// The operator's name, if it is one of them.
pub(super) fn find(word: &str) -> Option<&'static str> {
    NAMES.iter().copied().find(|name| *name == word)
}

/// All of them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied()
}
