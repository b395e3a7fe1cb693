//! Named lists of values: watchlists and groups, given by whoever holds them.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::{Network, wildcard};

/// Lists by name. Names are compared without their case.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    lists: HashMap<String, List>,
}

/// The values of a list; those that are networks hold the addresses in them.
#[derive(Debug, Clone, Default)]
pub struct List {
    values: HashSet<String>,
    folded: HashSet<String>,
    networks: Vec<Network>,
}

/// A list that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownList {
    /// Its name.
    pub name: String,
}

impl fmt::Display for UnknownList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there is no list `{}`", self.name)
    }
}

impl std::error::Error for UnknownList {}

impl Lists {
    /// Adds a list, in place of one of the same name.
    pub fn insert<T: Into<String>>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        self.lists.insert(name.to_lowercase(), List::new(values));
    }

    /// The list of this name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&List, UnknownList> {
        self.lists.get(&name.to_lowercase()).ok_or_else(|| UnknownList { name: name.to_owned() })
    }
}

impl List {
    /// A list of these values.
    pub fn new<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        let mut list = Self::default();
        for value in values {
            let value: String = value.into();
            let value = value.trim();
            if value.contains(['/', '-'])
                && let Ok(network) = value.parse()
            {
                list.networks.push(network);
            }
            list.folded.insert(wildcard::folded(value).collect());
            list.values.insert(value.to_owned());
        }
        list
    }

    /// Whether the text is on it.
    #[must_use]
    pub fn contains(&self, text: &str, case_sensitive: bool) -> bool {
        let listed = if case_sensitive {
            self.values.contains(text)
        } else {
            self.folded.contains(&wildcard::folded(text).collect::<String>())
        };
        listed || self.networks.iter().any(|network| network.contains(text))
    }
}
