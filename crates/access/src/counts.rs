//! What is counted: how often somebody came in, and why others did not.

/// Why somebody was not let in, or not let do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A wrong name or password, a link that has ended, or an answer of an issuer that is not good.
    BadPassword,
    /// Too many wrong ones before.
    RateLimited,
    /// A form or request that another site's page may have sent.
    Csrf,
    /// A cookie that opens no session.
    BadSession,
    /// A token that opens nothing.
    BadToken,
    /// In, but not allowed to do that.
    Forbidden,
    /// Asked for under a name that is not ours.
    BadHost,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] =
        [Self::BadPassword, Self::RateLimited, Self::Csrf, Self::BadSession, Self::BadToken, Self::Forbidden, Self::BadHost];

    /// As a label of a metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadPassword => "bad_password",
            Self::RateLimited => "rate_limited",
            Self::Csrf => "csrf",
            Self::BadSession => "bad_session",
            Self::BadToken => "bad_token",
            Self::Forbidden => "forbidden",
            Self::BadHost => "bad_host",
        }
    }
}

/// Who counts.
pub trait Counts: Send + Sync {
    /// Somebody signed in.
    fn signed_in(&self);
    /// Somebody was refused.
    fn refused(&self, reason: Reason);
}

/// Counts nothing.
#[derive(Debug)]
pub(crate) struct Uncounted;

impl Counts for Uncounted {
    fn signed_in(&self) {}
    fn refused(&self, _: Reason) {}
}
