//! Detection rules as the world publishes them: one model, a reader for each form, exclusions, parameters.
//!
//! Must not know how a rule is run, stored or scheduled, nor any table of the user. Start with [`model::Rule`].

pub mod model;

pub use model::Rule;
