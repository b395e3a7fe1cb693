//! From files and folders to cases.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Case, CasesError, read};

/// The cases of the files, and of all Markdown files in the folders, in the order of their names. `README.md` holds none, and neither
/// do folders that are hidden or hold packages of others (`node_modules`).
///
/// What is wrong with a case is found out when it runs; it never hides the others.
///
/// # Errors
/// A path names nothing, or holds no case.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<Case>, CasesError> {
    let mut cases = Vec::new();
    for file in files(paths)? {
        let text = fs::read_to_string(&file).map_err(|cause| CasesError::Unreadable { path: file.clone(), cause })?;
        cases.extend(read::file(&file, &text));
    }
    Ok(cases)
}

/// The case files that paths stand for.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CasesError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            walk(path, &mut files)?;
            if files.len() == before {
                return Err(CasesError::NoCases { path: path.clone() });
            }
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(CasesError::Missing { path: path.clone() });
        }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CasesError> {
    let unreadable = |cause| CasesError::Unreadable { path: folder.to_owned(), cause };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name == "README.md" || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}
