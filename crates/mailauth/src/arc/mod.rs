//! ARC (RFC 8617): what earlier hosts saw, signed by them.
//!
//! Start at [`validate`]: the fields of a message become [`sets`], each set's message signature is one of DKIM, and each seal is over all
//! sets up to its own. [`Sealer`] adds a set. Must not know whether a sealer is to be believed: that is a matter of policy.

mod seal;
mod sets;
mod validate;
mod verdict;

pub use seal::{SealedFields, Sealer};
pub use validate::{validate, validate_with};
pub use verdict::{Arc, ArcResult, Sealed};
