//! Whom a kind of mail goes to.

use crate::Error;
use crate::cast::Cast;
use crate::data::File;
use crate::random::Random;
use crate::stream::Scene;

/// The recipients of a kind of mail.
#[derive(Debug, Clone, Default)]
pub(crate) enum Audience {
    /// Anybody, likelier where it is working time.
    #[default]
    Everyone,
    /// These mailboxes, by index.
    Group(Vec<u32>),
}

impl Audience {
    /// `everyone`, a department or an address.
    pub(crate) fn named(cast: &Cast, file: File, name: &str) -> Result<Self, Error> {
        if name == "everyone" {
            return Ok(Self::Everyone);
        }
        let group = cast.group(name);
        if group.is_empty() { Err(file.unknown("department or mailbox", name)) } else { Ok(Self::Group(group)) }
    }

    /// One of them.
    pub(crate) fn pick(&self, scene: &Scene<'_>, random: &mut Random) -> u32 {
        match self {
            Self::Everyone => scene.person(random),
            Self::Group(group) => random.pick(group).copied().unwrap_or(0),
        }
    }
}
