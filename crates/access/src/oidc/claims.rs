//! Who somebody is by what an issuer says of them: pure.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Role, users};

/// Somebody, as an issuer knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// What the issuer calls them, for ever.
    pub(crate) subject: String,
    /// What they are called here.
    pub(crate) name: String,
    /// What they are called on pages; may be empty.
    pub(crate) display: String,
    /// The values of the claim that says what they may do.
    pub(crate) groups: Vec<String>,
}

/// So many values of a claim are looked at: some directories send everything somebody is in.
const MOST_GROUPS: usize = 1_000;

/// A name that can be one here: the one the issuer prefers, else an address of which the issuer says that it is theirs.
pub(super) fn name(preferred: Option<&str>, email: Option<&str>, verified: bool) -> Option<String> {
    let candidates = [preferred, email.filter(|_| verified)];
    candidates.into_iter().flatten().find_map(|text| users::name(text).ok().map(|(name, _)| name))
}

/// The values of a claim: one text, or a list of them. `a.b` is also the member `b` of the claim `a`.
pub(super) fn groups(claims: &BTreeMap<String, Value>, claim: &str) -> Vec<String> {
    let nested = || {
        let mut parts = claim.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    };
    match claims.get(claim).or_else(nested) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).take(MOST_GROUPS).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The highest role that any of the values gives.
pub(super) fn role(groups: &[String], roles: &[(String, Role)]) -> Option<Role> {
    roles.iter().filter(|(value, _)| groups.contains(value)).map(|(_, role)| *role).max()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_preferred_or_verified() {
        for (preferred, email, verified, is) in [
            (Some("kim"), Some("kim@contoso.com"), true, Some("kim")),
            (None, Some("kim@contoso.com"), true, Some("kim@contoso.com")),
            (None, Some("kim@contoso.com"), false, None),
            (Some("CONTOSO\\kim"), Some("kim@contoso.com"), true, Some("kim@contoso.com")),
            (Some("CONTOSO\\kim"), Some("kim@contoso.com"), false, None),
            (Some("nobody"), None, false, None),
            (None, None, true, None),
        ] {
            assert_eq!(name(preferred, email, verified).as_deref(), is, "{preferred:?} {email:?}");
        }
    }

    #[test]
    fn the_highest_role_counts_and_nothing_gives_none() {
        let roles = [("readers".to_owned(), Role::Viewer), ("soc".to_owned(), Role::Analyst), ("it".to_owned(), Role::Admin)];
        for (claims, claim, is) in [
            (json!({"groups": ["soc", "readers"]}), "groups", Some(Role::Analyst)),
            (json!({"groups": "it"}), "groups", Some(Role::Admin)),
            (json!({"groups": ["SOC", "it "]}), "groups", None),
            (json!({"groups": {"it": true}}), "groups", None),
            (json!({"groups": [7, null, "readers"]}), "groups", Some(Role::Viewer)),
            (json!({}), "groups", None),
            (json!({"realm_access": {"roles": ["soc"]}}), "realm_access.roles", Some(Role::Analyst)),
            (json!({"https://contoso.com/roles": ["it"]}), "https://contoso.com/roles", Some(Role::Admin)),
        ] {
            let claims: BTreeMap<String, Value> = serde_json::from_value(claims).unwrap();
            assert_eq!(role(&groups(&claims, claim), &roles), is, "{claims:?}");
        }
    }
}
