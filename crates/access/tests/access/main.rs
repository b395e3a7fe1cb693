//! Who comes in, who does not, and how that is told: over whole requests.

mod elsewhere;
mod issuer;
mod people;
mod requests;
mod support;
