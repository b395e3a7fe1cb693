//! Writing generated files, or only comparing them: one path for both, so that they cannot differ.

use std::fs;

use anyhow::Context;

use crate::tree::Tree;

/// What to do with a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write it where it differs.
    Write,
    /// Report it where it differs.
    Check,
}

impl Mode {
    /// Brings one generated file up to date; the complaint, if it is stale and may not be written.
    pub(crate) fn apply(self, tree: &Tree, path: &str, wanted: &str) -> anyhow::Result<Option<String>> {
        if tree.text(path) == Some(wanted) {
            return Ok(None);
        }
        match self {
            Self::Check => Ok(Some(format!("{path}: stale; run `cargo xtask codegen`"))),
            Self::Write => {
                let file = tree.root.join(path);
                if let Some(folder) = file.parent() {
                    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
                }
                fs::write(&file, wanted).with_context(|| format!("cannot write {path}"))?;
                Ok(None)
            }
        }
    }
}
