//! Verdicts on a message, ours beside others', and its path as its header tells it.

use ::desk::{HopLine, VerdictLine};
use mailauth::{
    authres::{AuthenticationResults, Overview},
    evidence::{Chain, Trust},
};
use serde_json::Value;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// What one side says of a method: the result, why, and the domain that it is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) result: String,
    pub(super) reason: String,
    pub(super) domain: String,
}

/// The methods, in the order in which they are shown.
pub(super) const METHODS: [&str; 5] = ["SPF", "DKIM", "DMARC", "ARC", "compauth"];

/// Both sides of every method of which anything is known.
pub(super) fn beside(ours: impl Fn(&str) -> Said, theirs: impl Fn(&str) -> Said) -> Vec<VerdictLine> {
    let line = |method: &&str| {
        let (own, other) = (ours(method), theirs(method));
        let agreement = match (own.result.as_str(), other.result.as_str()) {
            ("", _) | (_, "") => "",
            (one, two) if same(one, two) => "agree",
            _ => "differ",
        };
        VerdictLine {
            method: (*method).to_owned(),
            domain: if own.domain.is_empty() { other.domain } else { own.domain },
            ours: own.result,
            our_reason: own.reason,
            theirs: other.result,
            their_reason: other.reason,
            agreement: agreement.to_owned(),
        }
    };
    let known = |line: &VerdictLine| !(line.ours.is_empty() && line.theirs.is_empty());
    METHODS.iter().map(line).filter(known).collect()
}

/// Whether two words say the same: Microsoft has a word of its own for DMARC where no policy is published.
fn same(one: &str, other: &str) -> bool {
    let plain = |word: &str| if word == "bestguesspass" { "none".to_owned() } else { word.to_lowercase() };
    plain(one) == plain(other)
}

/// What `AuthenticationDetails` says of a method.
pub(super) fn of_details(details: &str, method: &str) -> Said {
    let parsed: Value = serde_json::from_str(details).unwrap_or_default();
    // Microsoft has written `CompAuth` and `CompositeAuthentication`.
    let names: &[&str] = if method == "compauth" { &["CompAuth", "CompositeAuthentication"] } else { &[method] };
    let found = names.iter().find_map(|name| parsed.get(*name)).and_then(Value::as_str).unwrap_or_default();
    Said { result: found.to_lowercase(), ..Said::default() }
}

/// What the details of our own verdicts say of a method.
pub(super) fn of_verified(details: &Value, method: &str) -> Said {
    let part = details.get(method.to_lowercase());
    // Of several signatures the first that passes counts, otherwise the first.
    let part = match part {
        Some(Value::Array(all)) => {
            let passes = |one: &&Value| one.get("result").and_then(Value::as_str) == Some("pass");
            all.iter().find(passes).or(all.first())
        }
        other => other,
    };
    let member = |name: &str| part.and_then(|part| part.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned();
    Said { result: member("result"), reason: member("reason"), domain: member("domain") }
}

/// What a field Authentication-Results says of a method.
pub(super) fn of_field(field: &str, method: &str) -> Said {
    let results = AuthenticationResults::parse(field);
    let Some(found) = results.first(&method.to_lowercase()) else { return Said::default() };
    let reason = found.reason.clone().unwrap_or_else(|| found.comments.join("; "));
    let domain =
        ["d", "from", "mailfrom"].iter().find_map(|name| found.properties.iter().find(|property| property.name == *name));
    let domain = domain.map(|property| property.value.rsplit('@').next().unwrap_or_default().to_owned());
    Said { result: found.result.clone(), reason, domain: domain.unwrap_or_default() }
}

/// What believed fields of a header came to.
pub(super) fn of_overview(overview: Option<&Overview>, method: &str) -> Said {
    let Some(overview) = overview else { return Said::default() };
    if method == "compauth" {
        let compauth = overview.compauth.as_ref();
        let reason = compauth.map(|found| match (&found.code, found.meaning) {
            (Some(code), Some(meaning)) => format!("{code}: {meaning}"),
            (Some(code), None) => code.clone(),
            (None, _) => String::new(),
        });
        let result = compauth.map(|found| found.result.clone()).unwrap_or_default();
        return Said { result, reason: reason.unwrap_or_default(), domain: String::new() };
    }
    let result = match method {
        "SPF" => &overview.spf,
        "DKIM" => &overview.dkim,
        "DMARC" => &overview.dmarc,
        _ => &overview.arc,
    };
    let domain = match method {
        "DMARC" => overview.header_from.clone(),
        "DKIM" => overview.signing_domains.first().cloned(),
        "SPF" => overview.mail_from.as_deref().map(|address| address.rsplit('@').next().unwrap_or_default().to_owned()),
        _ => None,
    };
    Said { result: result.clone().unwrap_or_default(), reason: String::new(), domain: domain.unwrap_or_default() }
}

/// The path of a message, the first hop first: fields stand in the header the other way round.
pub(super) fn path(chain: &Chain, trust: &Trust) -> Vec<HopLine> {
    let is_own = |name: &str| trust.own_hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
    let line = |hop: &mailauth::evidence::Hop| {
        let by = hop.by.clone().unwrap_or_default();
        let address = hop.ip.map(|address| address.to_string());
        let name = hop.reverse.clone().or_else(|| hop.from.clone()).or_else(|| hop.helo.clone());
        HopLine {
            from: match (name, address) {
                (Some(name), Some(address)) if !name.contains(&address) => format!("{name} ({address})"),
                (Some(name), _) => name,
                (None, address) => address.unwrap_or_default(),
            },
            with: hop.with.clone().or_else(|| hop.via.clone()).unwrap_or_default(),
            at: hop.time.map(|seconds| seconds.saturating_mul(SECOND)),
            delay_us: hop.delay.map(|seconds| seconds.saturating_mul(SECOND)),
            trusted: is_own(&by),
            by,
        }
    };
    chain.hops.iter().rev().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{beside, of_details, of_field, of_verified};

    #[test]
    fn both_sides_stand_beside_each_other() {
        let verified = serde_json::json!({
            "spf": {"result": "pass", "reason": "matched ip4", "domain": "example.com"},
            "dkim": [{"result": "fail", "domain": "a.example"}, {"result": "pass", "domain": "example.com"}],
            "dmarc": {"result": "none"},
        });
        let details = r#"{"SPF":"fail","DKIM":"pass","DMARC":"bestguesspass","CompAuth":"pass"}"#;
        let lines = beside(|method| of_verified(&verified, method), |method| of_details(details, method));
        let told: Vec<_> = lines.iter().map(|line| (line.method.as_str(), line.ours.as_str(), line.agreement.as_str())).collect();
        assert_eq!(
            told,
            [("SPF", "pass", "differ"), ("DKIM", "pass", "agree"), ("DMARC", "none", "agree"), ("compauth", "", "")]
        );
    }

    #[test]
    fn a_field_says_why() {
        let said = of_field("mx.example; dmarc=fail (p=reject) header.from=contoso.com", "DMARC");
        assert_eq!((said.result.as_str(), said.reason.as_str(), said.domain.as_str()), ("fail", "p=reject", "contoso.com"));
        assert!(of_field("\u{0};;=", "SPF").result.is_empty() && of_details("no json", "SPF").result.is_empty());
    }
}
