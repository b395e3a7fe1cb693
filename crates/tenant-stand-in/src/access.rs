//! Access tokens: who was given one, for what, until when.

use chrono::{DateTime, Utc};

use crate::http::Asked;

/// A service that tokens are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Exchange Online.
    Exchange,
    /// Microsoft Graph.
    Graph,
    /// The Office 365 Management APIs.
    Management,
}

impl Resource {
    const ALL: [Self; 3] = [Self::Exchange, Self::Graph, Self::Management];

    /// Its identifier, as scopes name it.
    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::Exchange => "https://outlook.office365.com",
            Self::Graph => "https://graph.microsoft.com",
            Self::Management => "https://manage.office.com",
        }
    }

    /// The resource that an application permission is of.
    pub(crate) fn of_permission(name: &str) -> Option<Self> {
        match name {
            "Exchange.ManageAsApp" => Some(Self::Exchange),
            "ActivityFeed.Read" => Some(Self::Management),
            "Domain.Read.All" | "ThreatHunting.Read.All" | "ThreatSubmission.ReadWrite.All" => Some(Self::Graph),
            _ => None,
        }
    }

    /// The resource of an identifier.
    pub(crate) fn of(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.uri() == uri.trim_end_matches('/'))
    }
}

/// What a token allows.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) resource: Resource,
    pub(crate) expires: DateTime<Utc>,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// There is none.
    Missing,
    /// It was not given out here.
    Unknown,
    /// Its time is over.
    Expired,
    /// It is for another service.
    Audience,
}

/// The token of a request, when it is taken.
pub(crate) fn check(
    tokens: &std::collections::HashMap<String, Grant>,
    asked: &Asked,
    resource: Resource,
    now: DateTime<Utc>,
) -> Result<Grant, Denied> {
    let written = asked.header("authorization").ok_or(Denied::Missing)?;
    let (scheme, token) = written.split_once(' ').ok_or(Denied::Missing)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Denied::Missing);
    }
    let grant = tokens.get(token.trim()).ok_or(Denied::Unknown)?;
    if grant.resource != resource {
        return Err(Denied::Audience);
    }
    if now >= grant.expires { Err(Denied::Expired) } else { Ok(grant.clone()) }
}
