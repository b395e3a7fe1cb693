//! What is wrong at the moment.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use server::Health;

/// What is wrong at the moment, by what it is about.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    known: Mutex<BTreeMap<String, String>>,
}

impl Troubles {
    /// From now on this is wrong with what it is about; `None`: nothing is.
    pub(crate) fn set(&self, about: &str, trouble: Option<String>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match trouble {
            Some(trouble) => drop(known.insert(about.to_owned(), trouble)),
            None => drop(known.remove(about)),
        }
    }

    /// What is wrong, by what it is about.
    pub(crate) fn known(&self) -> Vec<(String, String)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(about, trouble)| (about.clone(), trouble.clone())).collect()
    }
}

impl Health for Troubles {
    fn troubles(&self) -> Vec<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(about, trouble)| format!("{about}: {trouble}")).collect()
    }
}
