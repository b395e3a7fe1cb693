//! What can go wrong while messages are made.

/// Why messages could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A data file of the program is not what it should be.
    #[error(transparent)]
    Data(#[from] crate::Error),
    /// A domain that was asked for cannot be one.
    #[error("`{0}` is no domain: letters, digits, hyphens and dots, such as example.test")]
    Domain(String),
    /// A recipient that cannot be one.
    #[error("`{0}` is no address: one such as user@example.test is needed")]
    Address(String),
    /// A scenario that is not known.
    #[error("there is no scenario `{0}`")]
    Scenario(String),
    /// A house must sign and has no key.
    #[error("no key for {0}")]
    NoKey(String),
    /// A message could not be signed.
    #[error("signing for {domain}: {reason}")]
    Sign {
        /// Who should have signed.
        domain: String,
        /// What the signer says.
        reason: String,
    },
    /// Keys that cannot be read.
    #[error("keys: {0}")]
    Keys(String),
}
