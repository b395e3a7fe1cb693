//! Exclusions between the state, which keeps them as text, and the rules, which know what they mean; and what a running watch knows of
//! them: those of the state, those that stand beside the rules, and the watchlists they name.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use detect::benign::Known;
use rules::exclusion::{Approval, Entry, Exclusion, Lists, Scope, Test};
use serde::{Deserialize, Serialize};
use state::State;

use crate::{
    config::{Config, Watchlist},
    failure::Failure,
    watchlists,
};

/// What of an exclusion has no column of its own in the state.
#[derive(Debug, Serialize, Deserialize)]
struct Body {
    rules: Scope,
    entries: Vec<Entry>,
}

/// An exclusion as the state keeps it, changed at `now`.
pub(crate) fn kept(exclusion: &Exclusion, now: i64) -> Result<state::Exclusion, Failure> {
    let body = Body { rules: exclusion.rules.clone(), entries: exclusion.entries.clone() };
    let (status, approved_by) = match &exclusion.approval {
        Approval::NotNeeded | Approval::Pending => ("proposed", None),
        Approval::Approved { by, .. } => ("approved", Some(by.clone())),
        Approval::Refused { .. } => ("revoked", None),
    };
    Ok(state::Exclusion {
        id: exclusion.id.clone(),
        name: exclusion.name.clone(),
        owner: exclusion.owner.clone(),
        reason: exclusion.reason.clone(),
        status: status.to_owned(),
        approved_by,
        created_at: now,
        updated_at: now,
        expires_at: exclusion.expires,
        suppressed: 0,
        last_suppressed: None,
        body: serde_json::to_string(&body).map_err(Failure::internal)?,
    })
}

/// What a kept exclusion means. The error says which text cannot be read.
pub(crate) fn meaning(kept: &state::Exclusion) -> Result<Exclusion, String> {
    let body: Body = serde_json::from_str(&kept.body)
        .map_err(|error| format!("exclusion {}: its conditions cannot be read: {error}", kept.id))?;
    let by = || kept.approved_by.clone().unwrap_or_default();
    let approval = match kept.status.as_str() {
        "approved" => Approval::Approved { by: by(), at: Some(kept.updated_at) },
        "revoked" => Approval::Refused { by: by(), at: Some(kept.updated_at) },
        _ => Approval::Pending,
    };
    Ok(Exclusion {
        id: kept.id.clone(),
        name: kept.name.clone(),
        rules: body.rules,
        entries: body.entries,
        owner: kept.owner.clone(),
        reason: kept.reason.clone(),
        expires: kept.expires_at,
        approval,
    })
}

/// Watchlists as the lists that exclusions name, each read again when its file has changed.
#[derive(Debug)]
pub(crate) struct NamedLists {
    data: PathBuf,
    config: Config,
    given: Vec<String>,
    read: Mutex<BTreeMap<PathBuf, Stored>>,
}

/// A watchlist as it was when its file had this length and time of change.
#[derive(Debug)]
struct Stored {
    mark: (u64, Option<SystemTime>),
    values: Arc<Vec<String>>,
}

impl NamedLists {
    /// The watchlists of a data directory, a configuration, and `--watchlist ALIAS=FILE`.
    pub(crate) fn new(data: &Path, config: Config, given: Vec<String>) -> Self {
        Self { data: data.to_owned(), config, given, read: Mutex::default() }
    }

    /// The lists that exclusions name, and what is wrong with those that cannot be had: an exclusion without its list takes nothing.
    pub(crate) fn of(&self, exclusions: &[Exclusion]) -> (Lists, Vec<String>) {
        let mut names = BTreeSet::new();
        exclusions.iter().for_each(|exclusion| named(&exclusion.entries, &mut names));
        let (mut lists, mut troubles) = (Lists::default(), Vec::new());
        if names.is_empty() {
            return (lists, troubles);
        }
        let files = match watchlists::files(&self.data, &self.config, &self.given) {
            Ok(files) => files,
            Err(failure) => return (lists, vec![failure.words()]),
        };
        for name in names {
            let Some((_, list)) = files.iter().find(|(alias, _)| alias.to_lowercase() == name) else {
                troubles
                    .push(format!("an exclusion names the watchlist `{name}`, which is not there; it takes nothing until it is"));
                continue;
            };
            match self.values(list) {
                Ok(values) => lists.insert(&name, values.iter().cloned()),
                Err(error) => troubles.push(format!("watchlist {name}: {}: {error}", list.file.display())),
            }
        }
        (lists, troubles)
    }

    fn values(&self, list: &Watchlist) -> Result<Arc<Vec<String>>, Box<dyn std::error::Error>> {
        let about = std::fs::metadata(&list.file)?;
        let mark = (about.len(), about.modified().ok());
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stored) = read.get(&list.file).filter(|stored| stored.mark == mark) {
            return Ok(Arc::clone(&stored.values));
        }
        let values = Arc::new(watchlists::search_keys(list)?);
        read.insert(list.file.clone(), Stored { mark, values: Arc::clone(&values) });
        Ok(values)
    }
}

/// The names of the lists in conditions, in lower case.
fn named(entries: &[Entry], names: &mut BTreeSet<String>) {
    for entry in entries {
        match &entry.test {
            Test::MemberOf(name) => drop(names.insert(name.to_lowercase())),
            Test::Nested(entries) => named(entries, names),
            _ => {}
        }
    }
}

/// Where a running watch reads what is benign.
#[derive(Debug)]
pub(crate) struct Exclusions {
    beside: Mutex<Vec<Exclusion>>,
    lists: NamedLists,
}

impl Exclusions {
    /// Those that stand beside the rules, and the lists that they and those of the state may name.
    pub(crate) const fn new(beside: Vec<Exclusion>, lists: NamedLists) -> Self {
        Self { beside: Mutex::new(beside), lists }
    }

    /// From now on these stand beside the rules.
    pub(crate) fn set_beside(&self, beside: Vec<Exclusion>) {
        *self.beside.lock().unwrap_or_else(PoisonError::into_inner) = beside;
    }

    /// The lists that exclusions name, and what is wrong with those that cannot be had.
    pub(crate) fn lists_of(&self, exclusions: &[Exclusion]) -> (Lists, Vec<String>) {
        self.lists.of(exclusions)
    }

    /// What is known now, and what is wrong with the rest. An exclusion of the state stands before one of the same id in a file: who
    /// has taken a list over decides about it from then on.
    pub(crate) async fn read(&self, state: &State) -> Result<(Known, Option<String>), Failure> {
        let mut troubles = Vec::new();
        let mut exclusions = Vec::new();
        let mut ids = BTreeSet::new();
        for kept in state.exclusions().await? {
            ids.insert(kept.id.clone());
            match meaning(&kept) {
                Ok(exclusion) if kept.status == "approved" => exclusions.push(exclusion),
                Ok(_) => {}
                Err(trouble) => troubles.push(trouble),
            }
        }
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner).clone();
        exclusions.extend(beside.into_iter().filter(|exclusion| !ids.contains(&exclusion.id)));
        let (lists, more) = self.lists.of(&exclusions);
        troubles.extend(more);
        Ok((Known { exclusions, lists }, (!troubles.is_empty()).then(|| troubles.join("; "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn example() -> Exclusion {
        Exclusion {
            id: "pay-run".to_owned(),
            name: "Pay run".to_owned(),
            rules: Scope::keys(["r1"]),
            entries: vec![Entry::new("SenderFromDomain", Test::MemberOf("Payroll".to_owned())).negate()],
            owner: "kim".to_owned(),
            reason: "sent by payroll".to_owned(),
            expires: Some(1_800_000_000_000_000),
            approval: Approval::Approved { by: "lee".to_owned(), at: Some(1_700_000_000_000_000) },
        }
    }

    #[test]
    fn what_is_kept_means_what_was_given() -> Outcome {
        let kept = kept(&example(), 1_700_000_000_000_000).map_err(|failure| failure.words())?;
        assert_eq!((kept.status.as_str(), kept.approved_by.as_deref()), ("approved", Some("lee")));
        assert_eq!(meaning(&kept)?, example());
        let damaged = state::Exclusion { body: "{".to_owned(), ..kept };
        assert!(meaning(&damaged).is_err_and(|words| words.contains("pay-run")));
        Ok(())
    }

    #[test]
    fn a_watchlist_is_read_again_when_it_changes_and_missed_by_its_name() -> Outcome {
        let data = tempfile::tempdir()?;
        let lists = NamedLists::new(data.path(), Config::default(), Vec::new());
        let (_, troubles) = lists.of(&[example()]);
        assert!(troubles.len() == 1 && troubles[0].contains("`payroll`"), "{troubles:?}");
        std::fs::create_dir(data.path().join("watchlists"))?;
        let file = data.path().join("watchlists/PAYROLL.csv");
        std::fs::write(&file, "Domain,Since\npay.example,2024\n")?;
        let (found, troubles) = lists.of(&[example()]);
        assert!(troubles.is_empty() && found.get("Payroll")?.contains("Pay.example", false), "{troubles:?}");
        std::fs::write(&file, "Domain,Since\nother.example,2024\n")?;
        let (found, _) = lists.of(&[example()]);
        assert!(!found.get("Payroll")?.contains("pay.example", false));
        Ok(())
    }
}
