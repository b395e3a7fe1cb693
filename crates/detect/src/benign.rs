//! What is known to be benign, as it is at the moment: exclusions and the lists they name. They may change while rules run.
//!
//! Must not know where they are kept. Start with [`Benign::set`], which whoever watches calls, and [`Benign::excluding`].

use std::sync::{Arc, PoisonError, RwLock};

use rules::{
    Rule,
    exclusion::{Exclusion, Lists},
};

use crate::{hit::Row, schedule::Moment};

/// Exclusions and the lists they name.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The exclusions; the first that takes a hit is the one that it is kept under.
    pub exclusions: Vec<Exclusion>,
    /// The lists.
    pub lists: Lists,
}

/// What is known at the moment. A run that has begun goes on with what was known when it asked.
#[derive(Debug, Default)]
pub struct Benign {
    known: RwLock<Arc<Known>>,
}

impl Benign {
    /// From now on this is known.
    pub fn set(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    /// What is known.
    #[must_use]
    pub fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The exclusion that takes a row, by its id: one that concerns the rule, counts at the moment the run stands for, and whose lists
    /// are there.
    #[must_use]
    pub fn excluding(&self, rule: &Rule, row: &Row, at: Moment) -> Option<String> {
        let known = self.known();
        let takes = |exclusion: &&Exclusion| {
            exclusion.concerns(rule) && exclusion.counts_at(at) && exclusion.excludes(row, &known.lists).unwrap_or(false)
        };
        known.exclusions.iter().find(takes).map(|exclusion| exclusion.id.clone())
    }
}
