//! One kind of mail: its name and label, how much of it there is, when it comes and how a message of it is written.

use crate::data::File;
use crate::draft::Draft;
use crate::random::{Random, Weighted};
use crate::sheet::Sheet;
use crate::window::Window;
use crate::world::World;

/// What a message is in truth, for measuring detections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Everyday mail, commodity spam included.
    Ordinary,
    /// Part of an attack on the organisation.
    Attack,
    /// Benign mail that looks like an attack.
    LookAlike,
}

impl Label {
    /// As `SimulationLabels.Label` writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Attack => "attack",
            Self::LookAlike => "look-alike",
        }
    }
}

/// How many messages a kind of mail has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Amount {
    /// A part of all messages, but at least so many when there is room.
    PerMillion {
        /// Messages of a million.
        share: u32,
        /// The least number.
        least: u64,
    },
    /// A part of what is left, by weight.
    Rest(u64),
}

/// A kind of mail.
#[derive(Debug)]
pub(crate) struct Stream {
    /// As `SimulationLabels.Scenario` writes it.
    pub(crate) name: &'static str,
    pub(crate) label: Label,
    /// One sentence for people.
    pub(crate) summary: &'static str,
    pub(crate) amount: Amount,
    /// The data file of what machines or attackers say; people's mail has none.
    pub(crate) sheet: Option<File>,
    /// The weight of every hour.
    pub(crate) rhythm: fn(&Window) -> Vec<u64>,
    /// How many seconds of an hour messages come in: 3600 for any time, few for a scheduled job.
    pub(crate) spread: i64,
    /// Writes one message.
    pub(crate) draft: fn(&Scene<'_>, &mut Random, &mut Draft),
}

/// Where a message is written: the world, the sheet of its kind and the hour's rhythm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) sheet: &'a Sheet,
    /// How busy each site is in this hour.
    pub(crate) sites: &'a Weighted,
}

impl Scene<'_> {
    /// A person who is likely at work in this hour.
    pub(crate) fn person(&self, random: &mut Random) -> u32 {
        let site = self.world.cast.sites.get(self.sites.pick(random));
        site.and_then(|site| site.members.get(site.popularity.pick(random))).copied().unwrap_or(0)
    }
}
