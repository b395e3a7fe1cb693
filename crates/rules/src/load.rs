//! Rules of files and folders: thousands of files in seconds, read in parallel; what is wrong with one is told and the rest is there.

use std::{
    collections::HashMap,
    fs,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{
    Fault, Reading,
    format::{EXTENSIONS, read_below},
    guide,
    model::Rule,
};

/// Bytes of the largest file that is read.
const LARGEST: u64 = 128 << 20;
/// Bytes of stack for threads that parse: what people nest must not end the program.
const STACK: usize = 16 << 20;
/// Folders that hold no rules and many files.
const PASSED: [&str; 3] = ["node_modules", "target", "__pycache__"];

/// A file to read and its path below the folder that was asked for.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    name: String,
}

/// Reads every rule of the files and folders, in the order of their paths. Hidden folders and files that hold no rules are passed over;
/// a file that was named and cannot be read is a fault. Of rules with the same key the first is kept, the others are faults.
#[must_use]
pub fn load(paths: &[PathBuf]) -> Reading {
    let mut reading = Reading::default();
    let mut found = Vec::new();
    for path in paths {
        collect(path, &mut found, &mut reading.faults);
    }
    for part in parallel(&found) {
        reading.extend(part);
    }
    reading.rules = first_of_each(std::mem::take(&mut reading.rules), &mut reading.faults);
    reading
}

/// The files that [`load`] would read, in the order of their paths.
#[must_use]
pub fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().flat_map(|path| files_below(path)).collect()
}

/// The files below a folder that may hold rules or their cases, in order; a file is itself.
pub(crate) fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root, &mut found, &mut Vec::new());
    found.into_iter().map(|file| file.path).collect()
}

/// The files below a path, in order.
fn collect(root: &Path, found: &mut Vec<Found>, faults: &mut Vec<Fault>) {
    if !root.is_dir() {
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.push(Found { path: root.to_owned(), name });
        return;
    }
    let mut folders = vec![root.to_owned()];
    let begin = found.len();
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                faults.push(Fault::error(&folder.display().to_string(), 1, format!("the folder cannot be read: {error}")));
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links to folders are not followed: they may lead back.
            let is_folder = entry.file_type().is_ok_and(|ty| ty.is_dir());
            if name.starts_with('.') || (is_folder && PASSED.contains(&name.as_str())) {
                continue;
            }
            if is_folder {
                folders.push(entry.path());
            } else if has_extension(&name) {
                let path = entry.path();
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push(Found { path, name });
            }
        }
    }
    found[begin..].sort_by(|left, right| left.name.cmp(&right.name));
}

fn has_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// The readings of the files, in order.
fn parallel(found: &[Found]) -> Vec<Reading> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(found.len().max(1));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = found.get(at) else { return done };
            done.push((at, one(file)));
        }
    };
    let mut parts: Vec<(usize, Reading)> = std::thread::scope(|scope| {
        let started: Vec<_> =
            (1..workers).filter_map(|_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()).collect();
        // Where no thread can be started, this one does it all.
        let mut parts = if started.is_empty() || workers == 1 { work() } else { Vec::new() };
        for worker in started {
            parts.extend(worker.join().unwrap_or_default());
        }
        // A worker that ended early leaves files to read.
        parts.extend(work());
        parts
    });
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().map(|(_, reading)| reading).collect()
}

fn one(file: &Found) -> Reading {
    let path = file.path.display().to_string();
    let fault = |reason: String| Reading { faults: vec![Fault::error(&path, 1, reason)], ..Reading::default() };
    match fs::metadata(&file.path) {
        Ok(found) if found.len() > LARGEST => return fault(format!("the file is larger than {} MiB", LARGEST >> 20)),
        Ok(found) if found.is_file() => {}
        Ok(_) => return Reading::default(),
        Err(error) => return fault(format!("the file cannot be read: {error}")),
    }
    match fs::read(&file.path) {
        // A parser that fails in a way nobody thought of takes its file with it and nothing else.
        Ok(bytes) => std::panic::catch_unwind(AssertUnwindSafe(|| guided(read_below(&path, &file.name, &bytes), &file.path)))
            .unwrap_or_else(|_| fault("reading the file stopped unexpectedly".to_owned())),
        Err(error) => fault(format!("the file cannot be read: {error}")),
    }
}

/// The same with the guide that stands beside the file, if there is one.
fn guided(mut reading: Reading, path: &Path) -> Reading {
    if reading.rules.iter().any(|rule| rule.note.is_empty())
        && let Ok(text) = fs::read_to_string(path.with_extension("md"))
    {
        for rule in &mut reading.rules {
            guide::attach(rule, &text);
        }
    }
    reading
}

/// The rules whose key is new; the others become faults.
fn first_of_each(rules: Vec<Rule>, faults: &mut Vec<Fault>) -> Vec<Rule> {
    let mut seen: HashMap<String, (String, usize)> = HashMap::with_capacity(rules.len());
    let mut kept = Vec::with_capacity(rules.len());
    for rule in rules {
        let path = rule.origin.source.path.clone();
        match seen.get(&rule.key) {
            Some((file, line)) => {
                let reason = format!("the key `{}` is that of the rule at {file}:{line}; this one is left out", rule.key);
                faults.push(Fault::error(&path, rule.origin.line, reason));
            }
            None => {
                seen.insert(rule.key.clone(), (path, rule.origin.line));
                kept.push(rule);
            }
        }
    }
    kept
}
