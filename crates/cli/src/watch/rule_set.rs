//! The rules that are watched, as they are now: read from their files at the start, and again when a file changes or somebody switches
//! one on or off.
//!
//! Who works with them takes the set as it is and goes on with it ([`RuleSet::live`]); the next turn takes the next. A file that cannot
//! be read any more is told of, and leaves the rules running that it last held.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use rules::{Fault, Rule, exclusion::Exclusion, model::Kind};

use crate::failure::Failure;

/// What a file was like: its length, and when it was written.
type Marks = BTreeMap<PathBuf, (u64, i64)>;

/// The rules at one moment.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// Every rule that could be read, those that do not run among them, in the order of their files.
    pub(crate) all: Vec<Arc<Rule>>,
    /// Those that run.
    pub(crate) watched: Vec<Arc<Rule>>,
    /// Exclusions that stand beside the rules.
    pub(crate) exclusions: Vec<Exclusion>,
    /// What is wrong with files.
    pub(crate) faults: Vec<Fault>,
}

impl Live {
    /// The rule of a key.
    pub(crate) fn rule(&self, key: &str) -> Option<&Arc<Rule>> {
        self.all.iter().find(|rule| rule.key == key)
    }

    /// Whether the rule of a key runs.
    pub(crate) fn runs(&self, key: &str) -> bool {
        self.watched.iter().any(|rule| rule.key == key)
    }

    fn of(all: Vec<Arc<Rule>>, exclusions: Vec<Exclusion>, faults: Vec<Fault>, settings: &BTreeMap<String, bool>) -> Self {
        let watched = all.iter().filter(|rule| is_watched(rule, settings)).cloned().collect();
        Self { all, watched, exclusions, faults }
    }
}

/// Whether a rule runs: what somebody decided counts, else what its file says.
fn is_watched(rule: &Rule, settings: &BTreeMap<String, bool>) -> bool {
    let switched = settings.get(&rule.key).copied().unwrap_or(rule.enabled != Some(false));
    switched && !matches!(rule.kind, Kind::NotRunnable { .. })
}

/// The rules that are watched.
#[derive(Debug)]
pub(crate) struct RuleSet {
    /// The folder `rules` of the data directory.
    own: PathBuf,
    /// Files and folders; the folder of the data directory, where none was named.
    paths: Vec<PathBuf>,
    live: RwLock<Arc<Live>>,
    marks: Mutex<Marks>,
    /// Held by whoever reads them anew or writes a file of them.
    pub(crate) changing: tokio::sync::Mutex<()>,
}

impl RuleSet {
    /// Reads the rules of `paths`, or of the folder `rules` of the data directory.
    pub(crate) async fn open(data: &Path, paths: &[PathBuf], settings: &BTreeMap<String, bool>) -> Result<Self, Failure> {
        let own = data.join("rules");
        let paths = if paths.is_empty() { vec![own.clone()] } else { paths.to_vec() };
        let set = Self { own, paths, live: RwLock::default(), marks: Mutex::default(), changing: tokio::sync::Mutex::default() };
        let read = set.read(settings).await?;
        set.put(read);
        Ok(set)
    }

    /// The rules as they are.
    pub(crate) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on they are these.
    pub(super) fn put(&self, live: Live) -> Arc<Live> {
        let live = Arc::new(live);
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&live);
        live
    }

    /// The folder in which rules can be changed; `None` where it is not watched.
    pub(crate) fn folder(&self) -> Option<&Path> {
        let watched = |path: &PathBuf| canonical(&self.own).starts_with(canonical(path));
        self.paths.iter().any(watched).then_some(self.own.as_path())
    }

    /// Where a file stands below that folder; `None` where it stands elsewhere.
    pub(crate) fn below(&self, file: &str) -> Option<PathBuf> {
        self.folder()?;
        canonical(Path::new(file)).strip_prefix(canonical(&self.own)).ok().map(Path::to_owned)
    }

    /// Where a file stands below the folder or file that was asked for, as people are shown it.
    pub(crate) fn shown(&self, file: &str) -> String {
        let path = Path::new(file);
        let below = self.paths.iter().find_map(|root| path.strip_prefix(root).ok().filter(|rest| !rest.as_os_str().is_empty()));
        below.unwrap_or(path).display().to_string()
    }

    /// Whether any file has come, gone or changed since they were last read.
    pub(super) async fn has_changed(&self) -> Result<bool, Failure> {
        let now = self.marks().await?;
        Ok(*self.marks.lock().unwrap_or_else(PoisonError::into_inner) != now)
    }

    /// Reads them anew. Rules of a file that cannot be read any more stay as they are.
    pub(super) async fn read(&self, settings: &BTreeMap<String, bool>) -> Result<Live, Failure> {
        // First: what changes while files are read is seen the next time.
        let marks = self.marks().await?;
        let paths = self.there();
        let reading = tokio::task::spawn_blocking(move || rules::load(&paths)).await.map_err(Failure::internal)?;
        *self.marks.lock().unwrap_or_else(PoisonError::into_inner) = marks;
        let before = self.live();
        let keys: BTreeSet<&str> = reading.rules.iter().map(|rule| rule.key.as_str()).collect();
        let broken: BTreeSet<&str> =
            reading.faults.iter().filter(|fault| fault.is_error()).map(|fault| fault.file.as_str()).collect();
        let lost = |rule: &&Arc<Rule>| broken.contains(rule.origin.source.path.as_str()) && !keys.contains(rule.key.as_str());
        let kept: Vec<Arc<Rule>> = before.all.iter().filter(lost).cloned().collect();
        let all = reading.rules.into_iter().map(|rule| same(&before, rule)).chain(kept).collect();
        Ok(Live::of(all, reading.exclusions, reading.faults, settings))
    }

    /// The paths that are there: the folder of the data directory may not be made yet.
    fn there(&self) -> Vec<PathBuf> {
        self.paths.iter().filter(|path| **path != self.own || path.is_dir()).cloned().collect()
    }

    async fn marks(&self) -> Result<Marks, Failure> {
        let paths = self.there();
        tokio::task::spawn_blocking(move || {
            let files = rules::files(&paths);
            let guides = files.iter().map(|file| file.with_extension("md")).collect::<BTreeSet<_>>();
            let mark = |file: PathBuf| {
                let about = std::fs::metadata(&file).ok()?;
                let written = about.modified().map(crate::clock::micros_of).unwrap_or_default();
                Some((file, (about.len(), written)))
            };
            files.into_iter().chain(guides).filter_map(mark).collect()
        })
        .await
        .map_err(Failure::internal)
    }
}

/// A rule as it was known, where nothing of it has changed: who holds it sees that it is the same.
fn same(before: &Live, rule: Rule) -> Arc<Rule> {
    match before.rule(&rule.key) {
        Some(known) if **known == rule => Arc::clone(known),
        _ => Arc::new(rule),
    }
}

/// A path without links and `..`, as far as it is there.
fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => canonical(parent).join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn rule(id: &str, query: &str) -> String {
        format!("id: {id}\nname: {id}\nkind: NRT\nquery: {query}\n")
    }

    fn words(failure: Failure) -> String {
        failure.words()
    }

    #[tokio::test]
    async fn a_file_that_breaks_leaves_its_last_good_rule_running() -> Outcome {
        let data = tempfile::tempdir()?;
        std::fs::create_dir(data.path().join("rules"))?;
        let file = data.path().join("rules/a.yaml");
        std::fs::write(&file, rule("a", "EmailEvents"))?;
        let set = RuleSet::open(data.path(), &[], &BTreeMap::new()).await.map_err(words)?;
        assert!(!set.has_changed().await.map_err(words)?);
        std::fs::write(&file, "id: a\nname: a\nquery: [\n")?;
        assert!(set.has_changed().await.map_err(words)?);
        let live = set.read(&BTreeMap::new()).await.map_err(words)?;
        let live = set.put(live);
        assert_eq!(live.rule("a").map(|rule| rule.query.text.as_str()), Some("EmailEvents"));
        assert!(live.faults.iter().any(|fault| fault.file.ends_with("a.yaml") && fault.line > 1), "{:?}", live.faults);
        std::fs::write(&file, rule("a", "UrlClickEvents"))?;
        let live = set.read(&BTreeMap::new()).await.map_err(words)?;
        assert_eq!(live.rule("a").map(|rule| rule.query.text.as_str()), Some("UrlClickEvents"));
        std::fs::remove_file(&file)?;
        assert!(set.read(&BTreeMap::new()).await.map_err(words)?.all.is_empty());
        Ok(())
    }

    #[tokio::test]
    async fn what_somebody_decided_counts_more_than_the_file() -> Outcome {
        let data = tempfile::tempdir()?;
        std::fs::create_dir(data.path().join("rules"))?;
        std::fs::write(data.path().join("rules/a.yaml"), rule("a", "T"))?;
        std::fs::write(data.path().join("rules/b.yaml"), rule("b", "T") + "enabled: false\n")?;
        let set = RuleSet::open(data.path(), &[], &BTreeMap::new()).await.map_err(words)?;
        assert!(set.live().runs("a") && !set.live().runs("b"));
        let settings = BTreeMap::from([("a".to_owned(), false), ("b".to_owned(), true)]);
        let live = set.read(&settings).await.map_err(words)?;
        assert!(!live.runs("a") && live.runs("b"));
        Ok(())
    }

    #[tokio::test]
    async fn only_what_stands_in_the_data_directory_can_be_changed() -> Outcome {
        let (data, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let own = RuleSet::open(data.path(), &[], &BTreeMap::new()).await.map_err(words)?;
        assert!(own.folder().is_some(), "the folder is made when the first rule is saved");
        let file = |folder: &Path, name: &str| folder.join(name).display().to_string();
        assert_eq!(own.below(&file(data.path(), "rules/x/a.yaml")), Some(PathBuf::from("x/a.yaml")));
        assert_eq!(own.below(&file(other.path(), "a.yaml")), None);
        let given = RuleSet::open(data.path(), &[other.path().to_owned()], &BTreeMap::new()).await.map_err(words)?;
        assert!(given.folder().is_none());
        assert_eq!(given.shown(&file(other.path(), "x/a.yaml")), "x/a.yaml");
        Ok(())
    }
}
