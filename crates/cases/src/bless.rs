//! Results written into case files: only the table or the `error` fence of a failing case.

use std::{collections::BTreeMap, fs, ops::Range, path::PathBuf};

use crate::{Case, CasesError, check::write_table, execute::Outcome};

/// Lines of a file to be replaced.
#[derive(Debug)]
pub(crate) struct Blessing {
    file: PathBuf,
    lines: Range<usize>,
    text: String,
}

/// What a case's file should say; `None` where a person must decide: a case known to fail, or a fence that is not the result.
pub(crate) fn result(case: &Case, outcome: &Outcome) -> Option<Blessing> {
    let content = case.content.as_ref().ok()?;
    if content.setup.xfail.is_some() {
        return None;
    }
    let text = match &outcome.result {
        Ok(rows) => write_table(rows),
        Err(found) => {
            let lines: Vec<String> = found.iter().map(|found| found.written()).collect();
            format!("```error\n{}\n```", lines.join("\n"))
        }
    };
    let place = &content.place;
    let (lines, text) = match &place.result {
        Some(lines) => (lines.clone(), text),
        None => (place.after_query..place.after_query, format!("\n{text}")),
    };
    Some(Blessing { file: case.file.clone(), lines, text })
}

/// Writes blessings into their files.
pub(crate) fn write(blessings: Vec<Blessing>) -> Result<(), CasesError> {
    let mut by_file: BTreeMap<PathBuf, Vec<Blessing>> = BTreeMap::new();
    for blessing in blessings {
        by_file.entry(blessing.file.clone()).or_default().push(blessing);
    }
    for (path, mut blessings) in by_file {
        let text = fs::read_to_string(&path).map_err(|cause| CasesError::Unreadable { path: path.clone(), cause })?;
        let mut lines: Vec<&str> = text.lines().collect();
        // From the end, so that line numbers before stay true.
        blessings.sort_by_key(|blessing| std::cmp::Reverse(blessing.lines.start));
        for blessing in &blessings {
            lines.splice(blessing.lines.clone(), blessing.text.lines());
        }
        let written = format!("{}\n", lines.join("\n").trim_end());
        fs::write(&path, written).map_err(|cause| CasesError::Unwritable { path, cause })?;
    }
    Ok(())
}
