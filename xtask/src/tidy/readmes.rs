//! A folder of cases or data under `tests/` has a README.md, its own or the folder's above: what belongs there, and how to add to it.

use std::collections::BTreeSet;

use crate::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let files = tree.under("tests/").map(|(path, _)| path);
    let folders: BTreeSet<&str> = files.filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    let has_one = |folder: &str| tree.text(&format!("{folder}/README.md")).is_some();
    let above = |folder: &str| folder.rsplit_once('/').is_some_and(|(above, _)| above != "tests" && has_one(above));
    let bare = folders.into_iter().filter(|folder| !has_one(folder) && !above(folder));
    bare.map(|folder| format!("{folder}: needs a README.md: what belongs here, one example, how to bless")).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_folder_with_files_has_a_readme() {
        let tree = Tree::of(&[
            ("tests/README.md", ""),
            ("tests/kql/where.md", ""),
            ("tests/kql/README.md", ""),
            ("tests/data/a.csv", ""),
        ]);
        assert_eq!(check(&tree), ["tests/data: needs a README.md: what belongs here, one example, how to bless"]);
    }
}
