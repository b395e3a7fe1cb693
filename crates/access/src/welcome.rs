//! Links that let somebody in once: the first admin, who is invited, who forgot the password.

use state::access::{NewUser, Welcomed};

use crate::{
    Access, AccessError, Arrival, Link, Moment, Reason, Role, Secret, SignedIn, Visitor, password, secret,
    users::{display, name},
};

const HOUR: i64 = 3_600_000_000;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// To make the first admin.
    FirstRun,
    /// For somebody who is new.
    Invite,
    /// For somebody who chooses a new password.
    Reset,
}

impl LinkKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FirstRun => "first_run",
            Self::Invite => "invite",
            Self::Reset => "reset",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::FirstRun, Self::Invite, Self::Reset].into_iter().find(|kind| kind.as_str() == text)
    }

    /// How long it is good for, in microseconds: an hour, and a day for somebody who may be asleep.
    pub(crate) const fn life(self) -> i64 {
        match self {
            Self::FirstRun | Self::Reset => HOUR,
            Self::Invite => 24 * HOUR,
        }
    }
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcoming {
    /// What it is for.
    pub kind: LinkKind,
    /// Whose it is: name and display name; none: the first admin chooses a name.
    pub user: Option<(String, String)>,
    /// When it ends.
    pub expires_at: Moment,
}

/// What somebody chose who came by a link.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The first admin's name; nothing else asks for it.
    pub name: String,
    /// What they are called on pages; empty: as before, or the name.
    pub display: String,
    /// The password.
    pub password: Secret,
}

impl Access {
    /// Where nobody can sign in yet: a link by which the first admin is made. A new one ends the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_run(&self) -> Result<Option<Link>, AccessError> {
        if self.state().has_users().await? {
            return Ok(None);
        }
        self.link(LinkKind::FirstRun, None, "spoofwatch").await.map(Some)
    }

    /// What a link opens, by the last part of its path. Looking does not use it up: programs that fetch links ahead of people do.
    ///
    /// # Errors
    /// When it has ended, was used or never was, or the database fails.
    pub async fn welcoming(&self, token: &str) -> Result<Welcoming, AccessError> {
        let found = self.state().welcome(&secret::hash(token), self.now()).await?;
        let Some((link, user)) = found else {
            self.refuse(Reason::BadPassword);
            return Err(AccessError::Link);
        };
        let kind = LinkKind::read(&link.kind).ok_or(AccessError::Link)?;
        let gone = match kind {
            LinkKind::FirstRun => self.state().has_users().await?,
            LinkKind::Invite | LinkKind::Reset => user.as_ref().is_none_or(|user| user.disabled),
        };
        if gone {
            return Err(AccessError::Link);
        }
        Ok(Welcoming { kind, user: user.map(|user| (user.name, user.display)), expires_at: link.expires_at })
    }

    /// Uses a link up and signs its owner in. A password that is refused leaves the link as it was.
    ///
    /// # Errors
    /// When the link has ended or was used, the name or password cannot be chosen, or the database fails.
    pub async fn redeem(
        &self,
        token: &str,
        choice: Choice,
        arrival: &Arrival,
        before: Option<&Visitor>,
    ) -> Result<SignedIn, AccessError> {
        let welcoming = self.welcoming(token).await?;
        let (name, folded) = match &welcoming.user {
            Some((theirs, _)) => (theirs.clone(), theirs.to_lowercase()),
            None => name(&choice.name)?,
        };
        let before_display = welcoming.user.as_ref().map_or(name.as_str(), |(_, display)| display.as_str());
        let display = display(&choice.display, before_display)?;
        password::check(&choice.password, &[&name, &display])?;
        let hash = self.inner.hashers.hash(choice.password).await?;
        let id = secret::id()?;
        let first = welcoming.user.is_none().then_some(NewUser {
            id: &id,
            name: &name,
            folded: &folded,
            display: &display,
            role: Role::Admin.as_str(),
            password: Some(&hash),
            issuer: None,
        });
        let chosen = Welcomed { first, display: Some(&display), password: &hash };
        let user = self.state().redeem_welcome(&secret::hash(token), &chosen, self.now()).await?.ok_or(AccessError::Link)?;
        self.begin(user, "link", arrival, before).await
    }
}
