//! What a watch does side by side, a file each: a turn of one never waits for another's.

mod arrivals;
mod benign;
mod checks;
mod deliveries;
mod feeds;
mod fixes;
mod folders;
mod late;
mod rotations;
pub(crate) mod rules;
mod schedule;
mod upkeep;

pub(crate) use arrivals::Continuous;
pub(crate) use folders::Folders;
pub(crate) use late::Late;
pub(crate) use rotations::Rotations;
