//! DKIM (RFC 6376, 8301, 8463, 8616): which domains vouch for a message, and whether it is the one they signed.
//!
//! Start at [`verify`]: fields become [`signature`]s, names become [`key`]s, the message becomes [`canonical`] bytes, and the key says whether
//! those were signed. What is wrong on the way is a [`fault`], which has the words of the verdict. The other direction is [`Signer`]. Must
//! not know DMARC: whether a signing domain has to do with the author is not decided here.

pub(crate) mod body;
pub(crate) mod canonical;
pub(crate) mod fault;
pub(crate) mod key;
mod private_key;
mod public_key;
mod published;
pub(crate) mod select;
pub(crate) mod sign;
pub(crate) mod signature;
pub mod tags;
mod verdict;
pub(crate) mod verify;
pub(crate) mod write;

pub use canonical::Canonicalization;
pub use key::Keys;
pub use private_key::{KeyKind, SigningKey, SigningKeyError};
pub use published::{PublicPart, PublishedFault, PublishedKey};
pub use sign::{SignError, Signer};
pub use signature::Algorithm;
pub use verdict::{Dkim, DkimResult};
pub use verify::{MOST_SIGNATURES, verify, verify_with};
