//! The TXT records at a name.

use std::{borrow::Cow, sync::Arc};

use mailauth::dns::{Absent, Resolver};

/// The TXT records at a name, or why there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The name that was asked about.
    pub name: String,
    /// The records, the strings of each put together, or why there are none.
    pub found: Result<Arc<[Box<[u8]>]>, Absent>,
}

impl Texts {
    /// Asks. A name that cannot be asked for has no records.
    pub(crate) async fn at(resolver: &dyn Resolver, name: &str) -> Self {
        let found = match mailauth::dns::name(name) {
            Some(name) => resolver.txt(&name).await,
            None => Err(Absent::NoSuchName),
        };
        Self { name: name.to_owned(), found }
    }

    /// The records as bytes; none where nobody could say.
    pub fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.found.iter().flat_map(|texts| texts.iter()).map(|text| &**text)
    }

    /// The records as text: what is no UTF-8 is shown by a replacement character.
    pub fn words(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.bytes().map(String::from_utf8_lossy)
    }

    /// Whether nobody could say what stands there.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self.found, Err(Absent::Trouble(_)))
    }
}
