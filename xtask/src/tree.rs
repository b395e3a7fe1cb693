//! The project's text files, read once: what every rule and generator looks at.
//!
//! Must not know any rule. Start with [`Tree::of_project`]; tests make a small tree with [`Tree::of`].

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// Folders that hold nothing of ours: what builds and runs leave behind, and the version control.
const SKIPPED: [&str; 5] = ["target", "spoofwatch-data", "spoofwatch-demo", "node_modules", "__pycache__"];
/// Hidden folders that are ours.
const HIDDEN: [&str; 3] = [".cargo", ".ci", ".config"];
/// What git puts in place of its folder in a second checkout: a path, which is the machine's and no one's to commit.
const WORKTREE: &str = ".git";
/// Larger files are data sets; no rule reads them.
const LARGEST: u64 = 4 << 20;

/// Text files by their path from the root, with `/` between its parts.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    /// The files of this workspace.
    pub(crate) fn of_project() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the folder of xtask has no parent")?;
        let mut tree = Self { root: root.to_path_buf(), files: BTreeMap::new() };
        tree.read(root, "")?;
        Ok(tree)
    }

    /// A tree of these paths and texts.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect();
        Self { root: PathBuf::new(), files }
    }

    fn read(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !SKIPPED.contains(&name.as_str()) && (!name.starts_with('.') || HIDDEN.contains(&name.as_str())) {
                    self.read(&entry.path(), &format!("{path}/"))?;
                }
            } else if kind.is_file() && name != WORKTREE && entry.metadata()?.len() <= LARGEST {
                // A file that is not UTF-8 is a picture or a data set made to be wrong.
                if let Ok(text) = String::from_utf8(fs::read(entry.path())?) {
                    self.files.insert(path, text);
                }
            }
        }
        Ok(())
    }

    /// Every file: path and text, sorted by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files under a folder (`crates/`), or with a common beginning.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let from = self.files.range(prefix.to_owned()..);
        from.take_while(move |(path, _)| path.starts_with(prefix)).map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every Rust file of ours.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The names directly in a folder given with its closing `/`: files, and folders that hold a file.
    pub(crate) fn names<'a>(&'a self, folder: &'a str) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.under(folder).filter_map(|(path, _)| path[folder.len()..].split('/').next()).collect();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn names_are_those_directly_in_the_folder() {
        let tree = Tree::of(&[("a/b.rs", ""), ("a/c/d.rs", ""), ("a/c/e.rs", ""), ("ab/f.rs", "")]);
        assert_eq!(tree.names("a/"), ["b.rs", "c"]);
    }
}
