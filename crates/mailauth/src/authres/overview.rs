//! What a header says in short, as `EmailEvents.AuthenticationDetails` and the columns beside it have it.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;

use super::{ActionClass, AuthenticationResults, CompAuth, MethodResult};

/// The verdicts of one header, or of several that are believed together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The result of SPF.
    pub spf: Option<String>,
    /// The result of DKIM: `pass` if one signature passes, otherwise that of the first.
    pub dkim: Option<String>,
    /// The result of DMARC.
    pub dmarc: Option<String>,
    /// Microsoft's composite verdict.
    pub compauth: Option<CompAuth>,
    /// The result of ARC.
    pub arc: Option<String>,
    /// What was done after DMARC, as written.
    pub action: Option<String>,
    /// The class of [`Overview::action`].
    pub action_class: Option<ActionClass>,
    /// The address the message came from, where a result says it.
    pub sender_ip: Option<IpAddr>,
    /// The envelope sender or its domain (`smtp.mailfrom`), without angle brackets; empty for a bounce.
    pub mail_from: Option<String>,
    /// The name the client greeted with (`smtp.helo`).
    pub helo: Option<String>,
    /// The author's domain (`header.from`) as written; `None` also where the header has an empty one.
    pub header_from: Option<String>,
    /// The domains of the signatures (`header.d`, or the domain of `header.i`), in their order, whatever became of them.
    pub signing_domains: Vec<String>,
    /// Those of them whose signature passes.
    pub passing_domains: Vec<String>,
}

impl Overview {
    /// What one header comes to.
    #[must_use]
    pub fn of(results: &AuthenticationResults) -> Self {
        Self::of_all([results])
    }

    /// What several headers come to that are believed together, the topmost first: of one method only the topmost header that has it
    /// counts. Where a method that has one result has several in a header, the least favourable counts: the others may be what a sender
    /// wrote into a name or an address.
    #[must_use]
    pub fn of_all<'a>(headers: impl IntoIterator<Item = &'a AuthenticationResults>) -> Self {
        let headers: Vec<_> = headers.into_iter().collect();
        let of = |method: &'static str| -> Vec<&'a MethodResult> {
            let topmost = headers.iter().find(|header| header.first(method).is_some());
            topmost.map(|header| header.of(method).collect()).unwrap_or_default()
        };
        let mut out = Self::default();
        out.take_spf(&of("spf"));
        out.take_dkim(&of("dkim"));
        if let Some(dmarc) = worst(&of("dmarc")) {
            out.dmarc = Some(dmarc.result.clone());
            out.action = dmarc.action().map(ToOwned::to_owned);
            out.action_class = dmarc.action().map(ActionClass::of);
            out.header_from = dmarc.property("header", "from").map(domain_of).filter(|domain| !domain.is_empty());
        }
        out.compauth = worst(&of("compauth")).map(|found| CompAuth::new(&found.result, found.reason.as_deref()));
        let arc = of("arc");
        out.arc = worst(&arc).map(|found| found.result.clone());
        let mut others = arc.into_iter().chain(of("iprev"));
        out.sender_ip = out.sender_ip.or_else(|| others.find_map(stated_ip));
        out
    }

    fn take_spf(&mut self, results: &[&MethodResult]) {
        // RFC 7208 lets a host check the greeting too; DMARC looks at the envelope sender.
        let of_sender: Vec<_> = results.iter().copied().filter(|result| result.property("smtp", "helo").is_none()).collect();
        let Some(spf) = worst(if of_sender.is_empty() { results } else { &of_sender }) else { return };
        self.spf = Some(spf.result.clone());
        self.sender_ip = results.iter().find_map(|result| stated_ip(result));
        let value = |name: &str| results.iter().find_map(|result| result.property("smtp", name));
        let sender = value("mailfrom").or_else(|| value("mail")).or_else(|| value("from"));
        self.mail_from = sender.map(|sender| sender.trim_matches(['<', '>']).to_owned());
        self.helo = value("helo").map(ToOwned::to_owned);
    }

    fn take_dkim(&mut self, results: &[&MethodResult]) {
        let passing = results.iter().find(|result| result.result == "pass");
        self.dkim = passing.or(results.first()).map(|result| result.result.clone());
        for result in results {
            if let Some(domain) = result.signing_domain() {
                if result.result == "pass" && !self.passing_domains.contains(&domain) {
                    self.passing_domains.push(domain.clone());
                }
                if !self.signing_domains.contains(&domain) {
                    self.signing_domains.push(domain);
                }
            }
        }
    }

    /// Whether there is no verdict at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spf.is_none() && self.dkim.is_none() && self.dmarc.is_none() && self.compauth.is_none() && self.arc.is_none()
    }

    /// `EmailEvents.AuthenticationDetails`: compact JSON text with Microsoft's keys in Microsoft's order, only those that were there.
    #[must_use]
    pub fn authentication_details(&self) -> String {
        let compauth = self.compauth.as_ref().map(|found| &found.result);
        let members =
            [("SPF", self.spf.as_ref()), ("DKIM", self.dkim.as_ref()), ("DMARC", self.dmarc.as_ref()), ("CompAuth", compauth)];
        let there = members.iter().filter_map(|(key, value)| value.map(|value| (key, value)));
        let members: Vec<_> = there.map(|(key, value)| format!("\"{key}\":{}", Value::from(value.as_str()))).collect();
        format!("{{{}}}", members.join(","))
    }
}

impl MethodResult {
    /// The domain of a signature: `header.d`, or that of `header.i`, in lower case; `None` where the header says `none` or nothing.
    #[must_use]
    pub fn signing_domain(&self) -> Option<String> {
        let domain = self.property("header", "d").map(ToOwned::to_owned);
        let domain = domain.or_else(|| self.property("header", "i").map(domain_of))?;
        let domain = domain.trim_end_matches('.').to_lowercase();
        (!domain.is_empty() && domain != "none").then_some(domain)
    }
}

/// The least favourable of several results.
fn worst<'a>(results: &[&'a MethodResult]) -> Option<&'a MethodResult> {
    let favour = |result: &&&MethodResult| match result.result.as_str() {
        "pass" => 3,
        "bestguesspass" | "softpass" => 2,
        "fail" => 0,
        _ => 1,
    };
    results.iter().min_by_key(favour).copied()
}

/// What follows the last `@` of an address, in or without angle brackets; all of it if it has none.
fn domain_of(value: &str) -> String {
    let value = value.trim().trim_matches(['<', '>']);
    value.rsplit_once('@').map_or(value, |(_, domain)| domain).to_owned()
}

/// The client's address that a result names: Microsoft's `(sender IP is 192.0.2.1)`, the `designates 192.0.2.1` of others, or a property.
fn stated_ip(result: &MethodResult) -> Option<IpAddr> {
    let property = |ptype: &str, name: &str| result.property(ptype, name).and_then(ip);
    property("smtp", "remote-ip")
        .or_else(|| property("smtp", "client-ip"))
        .or_else(|| property("policy", "iprev"))
        .or_else(|| result.comments.iter().find_map(|comment| ip_in(comment)))
}

/// The address that a comment of a result of SPF names.
pub(super) fn ip_in(comment: &str) -> Option<IpAddr> {
    let mut before = "";
    for word in comment.split_ascii_whitespace() {
        let follows =
            ["is", "designates", "designate", "designated", "client-ip", "host"].contains(&before.to_ascii_lowercase().as_str());
        if let Some(found) = ip(word).filter(|_| follows) {
            return Some(found);
        }
        before = word;
    }
    // `203.0.113.9 is not permitted sender`, `example.org: 203.0.113.9 is neither permitted nor denied`.
    let words: Vec<_> = comment.split_ascii_whitespace().collect();
    words.windows(2).find_map(|pair| ip(pair[0]).filter(|_| pair[1] == "is"))
}

/// An address, with or without brackets, `IPv6:`, or a mark after it.
pub(crate) fn ip(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_end_matches([',', ';', ':', ')', '.']).trim_start_matches('(');
    let text = text.strip_prefix('[').map_or(text, |inner| inner.trim_end_matches(']'));
    let text = if text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("ipv6:")) { &text[5..] } else { text };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Overview, ip};
    use crate::authres::{ActionClass, AuthenticationResults};

    fn of(value: &str) -> Overview {
        Overview::of(&AuthenticationResults::parse(value))
    }

    #[test]
    fn a_header_of_microsoft_becomes_authentication_details() {
        let found =
            of("spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=contoso.com; dkim=none (message not signed) header.d=none;\
                        dmarc=fail action=oreject header.from=contoso.com;compauth=none reason=451");
        assert_eq!(found.authentication_details(), r#"{"SPF":"fail","DKIM":"none","DMARC":"fail","CompAuth":"none"}"#);
        assert_eq!(found.action_class, Some(ActionClass::OverrideReject));
        assert_eq!(found.sender_ip, "203.0.113.9".parse().ok());
        assert_eq!((found.mail_from.as_deref(), found.header_from.as_deref()), (Some("contoso.com"), Some("contoso.com")));
        assert!(found.signing_domains.is_empty() && found.compauth.is_some_and(|found| found.code.as_deref() == Some("451")));
    }

    #[test]
    fn only_what_is_there_is_a_key() {
        assert_eq!(of("dkim=none;dmarc=none").authentication_details(), r#"{"DKIM":"none","DMARC":"none"}"#);
        assert_eq!(of("").authentication_details(), "{}");
        assert_eq!(of("example.org; none").authentication_details(), "{}");
    }

    #[test]
    fn one_signature_that_passes_is_enough() {
        let found = of("dkim=fail header.d=a.example; dkim=pass header.i=@B.example; dkim=pass header.d=b.example");
        assert_eq!(found.dkim.as_deref(), Some("pass"));
        assert_eq!(
            (found.signing_domains.join(" "), found.passing_domains.join(" ")),
            ("a.example b.example".into(), "b.example".into())
        );
    }

    #[test]
    fn what_a_sender_wrote_into_a_name_does_not_better_a_verdict() {
        let found =
            of("spf=fail smtp.mailfrom=x; dmarc=fail header.from=a;dmarc=pass;compauth=pass reason=100;compauth=fail reason=000");
        assert_eq!(found.authentication_details(), r#"{"SPF":"fail","DMARC":"fail","CompAuth":"fail"}"#);
    }

    #[test]
    fn of_several_headers_the_topmost_with_a_method_counts() {
        let top = AuthenticationResults::parse("mx.example; spf=fail smtp.mailfrom=x.example");
        let below = AuthenticationResults::parse("mx.example; spf=pass; dkim=pass header.d=y.example");
        let found = Overview::of_all([&top, &below]);
        assert_eq!((found.spf.as_deref(), found.dkim.as_deref()), (Some("fail"), Some("pass")));
    }

    #[test]
    fn the_client_is_found_where_hosts_name_it() {
        let cases = [
            "spf=pass (mx.example: domain of a@example.com designates 192.0.2.1 as permitted sender)",
            "spf=fail (mx.example: domain of a@example.com does not designate 192.0.2.1 as permitted sender)",
            "spf=fail (mx.example: 192.0.2.1 is not permitted sender for domain of a@example.com)",
            "spf=pass (Sender IP is 192.0.2.1)",
            "spf=neutral; iprev=pass policy.iprev=192.0.2.1",
            "arc=none smtp.remote-ip=192.0.2.1",
        ];
        for value in cases {
            assert_eq!(of(value).sender_ip, "192.0.2.1".parse().ok(), "{value}");
        }
        assert_eq!(of("spf=pass (sender ip is 2001:db8::1)").sender_ip, "2001:db8::1".parse().ok());
        assert_eq!(ip("[IPv6:2001:db8::1]"), "2001:db8::1".parse().ok());
    }
}
