//! Functions by name.

use std::{collections::BTreeMap, sync::Arc};

use crate::{SavedFunction, read, shipped};

/// The functions queries can call; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Library {
    functions: BTreeMap<String, Arc<SavedFunction>>,
}

impl Library {
    /// Those shipped with the program. Their texts are read when they are called.
    #[must_use]
    pub fn shipped() -> Self {
        let mut library = Self::default();
        for (file, text) in shipped::FILES {
            for mut function in read(file, &format!("content/functions/{file}"), text) {
                function.shipped = true;
                library.insert(function);
            }
        }
        library
    }

    /// Adds a function; one of the same name is replaced and given back.
    pub fn insert(&mut self, function: SavedFunction) -> Option<Arc<SavedFunction>> {
        self.functions.insert(function.name.clone(), Arc::new(function))
    }

    /// The function of exactly that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<SavedFunction>> {
        self.functions.get(name)
    }

    /// All functions, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<SavedFunction>> {
        self.functions.values()
    }
}
