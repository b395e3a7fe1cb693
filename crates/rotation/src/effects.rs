//! All that a rotation does to the world, as traits: what decides is pure, and a test can stop the world at any of them.

use std::{error::Error, fmt};

use async_trait::async_trait;
use zones::ZoneWriter;

use crate::{journal::Journal, keys::KeyStore, servers::Servers, signer::SignerTable};

/// Who has a signer read its tables again: the caller runs the command that the user configured, without a shell.
#[async_trait]
pub trait Reload: Send + Sync + fmt::Debug {
    /// The signer uses its tables as they are now when this is done.
    ///
    /// # Errors
    ///
    /// In words: what the command said.
    async fn reload(&self) -> Result<(), String>;
}

/// A signer that sees for itself that its tables changed, such as rspamd, or the program's own milter.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoReload;

#[async_trait]
impl Reload for NoReload {
    async fn reload(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Everything a rotation works with.
#[derive(Debug, Clone, Copy)]
pub struct Effects<'a> {
    /// Private keys.
    pub keys: &'a dyn KeyStore,
    /// Who changes the zone; [`zones::Printed`] if a person does.
    pub zone: &'a dyn ZoneWriter,
    /// What its servers answer.
    pub servers: &'a dyn Servers,
    /// The signer's tables.
    pub signer: &'a dyn SignerTable,
    /// Has the signer read them.
    pub reload: &'a dyn Reload,
    /// What was done.
    pub journal: &'a dyn Journal,
}

/// An error with all that it says of its causes.
pub(crate) fn words(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
