//! The rules of the house that a machine can check, one file each: a rule takes the tree and gives its complaints.
//!
//! Must not know how to repair anything. Start with [`check`].

mod arrows;
mod attributes;
mod changelog;
mod length;
mod machine_paths;
mod module_docs;
mod readmes;

use crate::tree::Tree;

/// Every complaint, each beginning with the file it is about.
pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let rules: [fn(&Tree) -> Vec<String>; 7] = [
        arrows::check,
        attributes::check,
        changelog::check,
        length::check,
        machine_paths::check,
        module_docs::check,
        readmes::check,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}
