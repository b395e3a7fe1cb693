//! The members of `AuthenticationDetails` and the results each can have.
//!
//! Sources: RFC 8601 for the results; Microsoft's own rules ask for `temperror` of DMARC, so it is one.

const MEMBERS: [(&str, &[&str]); 4] = [
    ("SPF", &["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]),
    ("DKIM", &["pass", "fail", "none", "policy", "neutral", "temperror", "permerror"]),
    ("DMARC", &["pass", "fail", "bestguesspass", "none", "temperror", "permerror"]),
    ("CompAuth", &["pass", "fail", "softpass", "none"]),
];

/// The results of a member; `None` for one that is not there.
pub(super) fn results(member: &str) -> Option<Vec<&'static str>> {
    MEMBERS.iter().find(|(name, _)| *name == member).map(|(_, results)| results.to_vec())
}

/// The member that holds what a header calls `spf`, `dkim`, `dmarc` or `compauth`.
pub(super) fn member(method: &str) -> Option<&'static str> {
    MEMBERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(method)).map(|(name, _)| *name)
}
