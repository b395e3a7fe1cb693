//! Functions saved in files: those of the data directory and of the folders the user names, over those shipped.

use std::path::{Path, PathBuf};

use library::{EXTENSIONS, Library};

use crate::{failure::Failure, term};

/// The folder of saved functions in the data directory.
const FOLDER: &str = "functions";

/// The functions a query can call. What is wrong with one is a warning, and the error of whoever calls it.
pub(crate) fn open(data: &Path, folders: &[PathBuf]) -> Result<Library, Failure> {
    let mut library = Library::shipped();
    let own = data.join(FOLDER);
    let own = own.is_dir().then_some(&own);
    for folder in own.into_iter().chain(folders) {
        let files = files(folder).map_err(|error| Failure::input(format!("error: {}: {error}", folder.display())))?;
        for path in files {
            add(&mut library, &path);
        }
    }
    Ok(library)
}

fn add(library: &mut Library, path: &Path) {
    let origin = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return term::warn(&format!("{origin}: {error}")),
    };
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for function in library::read(&file, &origin, &text) {
        if let Err(findings) = function.definition() {
            term::warn(&format!(
                "the function {} cannot be called:\n{}",
                function.name,
                function.source.drawn(findings).trim_end()
            ));
        }
        let name = function.name.clone();
        if functions::find(&name).is_some() {
            term::warn(&format!("{origin}: {name} is a function of the language, which is called in place of this one"));
        }
        if let Some(other) = library.insert(function).filter(|other| !other.shipped) {
            term::warn(&format!("{origin}: {name} takes the place of the one in {}", other.source.origin));
        }
    }
}

/// The files of functions in a folder and below it, in the order of their paths.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
            if hidden {
                continue;
            } else if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str())) {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}
