//! Other people's crates: their licences, and who may use which. The rules stand in deny.toml, where cargo-deny reads them too.
//!
//! Must not know which rules there are. Start with [`check`]. It exists because a fresh machine has no cargo-deny, and building
//! that takes longer than building us.

mod licence;
mod metadata;
mod wrappers;

use crate::{toml_text, tree::Tree};

/// Complaints about the dependencies that Cargo.lock names, those of other platforms included.
pub(crate) fn check(tree: &Tree) -> anyhow::Result<Vec<String>> {
    let rules = toml_text::table(tree, "deny.toml")?;
    let packages = metadata::packages(&tree.root)?;
    let mut complaints = licence::check(&rules, &packages)?;
    complaints.extend(wrappers::check(&rules, &packages));
    Ok(complaints)
}
