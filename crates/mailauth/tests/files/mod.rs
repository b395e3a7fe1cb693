//! Files of cases: every `.toml` of a folder beside this one, by name.

#![expect(clippy::disallowed_methods, reason = "the cases are files beside this one")]

use std::{fs, path::Path};

use serde::de::DeserializeOwned;

pub(crate) type Error = Box<dyn std::error::Error>;

/// The files of a folder below `tests`, each with its name without the ending. A folder without any has lost them.
pub(crate) fn read<T: DeserializeOwned>(folder: &str) -> Result<Vec<(String, T)>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder))? {
        let path = entry?.path();
        if path.extension().is_none_or(|kind| kind != "toml") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = toml::from_str(&fs::read_to_string(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((name, file));
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    if files.is_empty() { Err(format!("the cases of tests/{folder} are gone").into()) } else { Ok(files) }
}
