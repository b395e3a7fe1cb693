//! Applications that are registered in the tenant: what they prove themselves with, and what they may do.

use std::fmt;

use chrono::{DateTime, Utc};

/// An app registration.
#[derive(Clone)]
pub struct App {
    pub(crate) client_id: String,
    pub(crate) secrets: Vec<(String, DateTime<Utc>)>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) roles: Vec<String>,
    pub(crate) exchange: ExchangeRole,
}

/// The role of an application in Exchange Online. Without one, `Exchange.ManageAsApp` opens the door to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeRole {
    /// No directory role.
    None,
    /// A role such as Security Reader: cmdlets that change nothing.
    Reader,
    /// Exchange Administrator: every cmdlet.
    Administrator,
}

/// The application permissions that the stand-in knows.
pub const PERMISSIONS: [&str; 5] =
    ["ActivityFeed.Read", "Domain.Read.All", "Exchange.ManageAsApp", "ThreatHunting.Read.All", "ThreatSubmission.ReadWrite.All"];

impl App {
    /// An application without anything.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            secrets: Vec::new(),
            certificates: Vec::new(),
            roles: Vec::new(),
            exchange: ExchangeRole::None,
        }
    }

    /// With every permission, and administrator of Exchange.
    #[must_use]
    pub fn with_everything(mut self) -> Self {
        self.roles = PERMISSIONS.map(str::to_owned).to_vec();
        self.exchange(ExchangeRole::Administrator)
    }

    /// With a client secret that is valid until a moment.
    #[must_use]
    pub fn secret(mut self, value: impl Into<String>, until: DateTime<Utc>) -> Self {
        self.secrets.push((value.into(), until));
        self
    }

    /// With a certificate, in DER.
    #[must_use]
    pub fn certificate(mut self, der: &[u8]) -> Self {
        self.certificates.push(der.to_vec());
        self
    }

    /// With an application permission.
    #[must_use]
    pub fn permission(mut self, name: &str) -> Self {
        self.roles.push(name.to_owned());
        self
    }

    /// Without an application permission.
    #[must_use]
    pub fn without_permission(mut self, name: &str) -> Self {
        self.roles.retain(|role| role != name);
        self
    }

    /// With a role in Exchange Online.
    #[must_use]
    pub const fn exchange(mut self, role: ExchangeRole) -> Self {
        self.exchange = role;
        self
    }

    /// True when it has an application permission.
    pub(crate) fn may(&self, permission: &str) -> bool {
        self.roles.iter().any(|role| role == permission)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("client_id", &self.client_id).field("roles", &self.roles).finish_non_exhaustive()
    }
}
