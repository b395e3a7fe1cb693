//! Rotations from their plan to their end, with mail signed and verified all along, and the world stopped at every point of them.

mod bind;
mod crash;
mod opendkim;
mod trouble;
mod whole;
mod world;
