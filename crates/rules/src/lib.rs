//! Detection rules as the world publishes them: one model, a reader for each form, exclusions, parameters.
//!
//! Must not know how a rule is run, stored or scheduled, nor any table of the user. Start with [`model::Rule`], then [`read`] for
//! one file and [`load`] for folders.

mod attack;
pub mod by_row;
pub mod case;
pub mod deciding;
mod duration;
pub mod exclusion;
mod fault;
mod fields;
mod flow;
mod format;
pub mod guide;
pub mod lint;
mod load;
pub mod model;
pub mod pack;
pub mod parameter;
mod shipped;
pub mod sieve;
mod yaml;

pub use fault::Fault;
pub use format::{EXTENSIONS, ExceptionList, Reading, read, read_below, title};
pub use load::{files, load};
pub use model::Rule;
