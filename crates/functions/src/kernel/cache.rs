//! Prepared searches kept between batches, so that a pattern is compiled once a query and not once a batch.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Prepared values by the text they are prepared from. When full it is emptied: what is still in use comes back at once.
#[derive(Debug)]
pub struct Cache<V> {
    entries: Mutex<HashMap<String, Arc<V>>>,
    capacity: usize,
}

impl<V> Cache<V> {
    /// A cache of at most `capacity` values.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { entries: Mutex::new(HashMap::new()), capacity }
    }

    /// The value for `key`, prepared if it is not there.
    pub fn get(&self, key: &str, prepare: impl FnOnce() -> V) -> Arc<V> {
        // A panic elsewhere leaves no half-made entry behind: the map is only touched in whole steps.
        let known = self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(value) = known {
            return value;
        }
        let value = Arc::new(prepare());
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.capacity {
            entries.clear();
        }
        entries.insert(key.to_owned(), Arc::clone(&value));
        value
    }
}
