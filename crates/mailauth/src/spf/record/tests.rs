//! Records as trees, and what is wrong with those that are none.

use super::{MacroText, Mechanism, Modifier, Problem, Qualifier, Record, TermKind, is_spf};

/// A record written out again from its tree, each term in full.
fn tree(text: &str) -> String {
    let parsed = Record::parse(text);
    assert_eq!(parsed.faults, [], "{text}");
    let record = &parsed.record;
    let macros = |text: &MacroText| {
        if text.has_macros { format!("{{{}}}", record.slice(&text.span)) } else { record.slice(&text.span).to_owned() }
    };
    let optional = |text: &Option<MacroText>| text.as_ref().map_or("-".to_owned(), macros);
    let mechanism = |mechanism: &Mechanism| match mechanism {
        Mechanism::All => "all".to_owned(),
        Mechanism::Include(target) => format!("include {}", macros(target)),
        Mechanism::A(target, cidr) => format!("a {} {} {}", optional(target), cidr.v4, cidr.v6),
        Mechanism::Mx(target, cidr) => format!("mx {} {} {}", optional(target), cidr.v4, cidr.v6),
        Mechanism::Ptr(target) => format!("ptr {}", optional(target)),
        Mechanism::Ip4(network, length) => format!("ip4 {network} {length}"),
        Mechanism::Ip6(network, length) => format!("ip6 {network} {length}"),
        Mechanism::Exists(target) => format!("exists {}", macros(target)),
    };
    let terms = record.terms.iter().map(|term| match &term.kind {
        TermKind::Directive(qualifier, of) => format!("{}{}", qualifier.as_str(), mechanism(of)),
        TermKind::Modifier(Modifier::Redirect(target)) => format!("redirect {}", macros(target)),
        TermKind::Modifier(Modifier::Explanation(target)) => format!("exp {}", macros(target)),
        TermKind::Modifier(Modifier::Unknown(name, value)) => format!("{} = {}", record.slice(name), macros(value)),
    });
    terms.collect::<Vec<_>>().join(", ")
}

/// The faults of a record: the text at their place, and what is said.
fn faults(text: &str) -> Vec<(&str, String)> {
    Record::parse(text).faults.iter().map(|fault| (&text[fault.span.clone()], fault.to_string())).collect()
}

#[track_caller]
fn wrong(term: &str, at: &str, words: &str) {
    let record = format!("v=spf1 {term} -all");
    assert_eq!(faults(&record), [(at, words.to_owned())]);
    assert!(
        matches!(Record::parse(&record).record.terms.as_slice(), [.., last] if last.kind == TermKind::Directive(Qualifier::Fail, Mechanism::All))
    );
}

#[test]
fn mechanisms() {
    assert_eq!(
        tree("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.contoso.com -all"),
        "+ip4 192.0.2.0 24, +ip6 2001:db8:: 32, +include _spf.contoso.com, -all"
    );
    assert_eq!(
        tree("v=spf1 a mx ptr ip4:192.0.2.1 ip6:::1 ~all"),
        "+a - 32 128, +mx - 32 128, +ptr -, +ip4 192.0.2.1 32, +ip6 ::1 128, ~all"
    );
    assert_eq!(
        tree("v=spf1 a:mail.contoso.com mx:contoso.com. ptr:contoso.com exists:%{i}.contoso.com ?all"),
        "+a mail.contoso.com 32 128, +mx contoso.com. 32 128, +ptr contoso.com, +exists {%{i}.contoso.com}, ?all"
    );
    assert_eq!(
        tree("V=SPF1 +A:Contoso.com -MX ?IP4:192.0.2.1 ALL"),
        "+a Contoso.com 32 128, -mx - 32 128, ?ip4 192.0.2.1 32, +all"
    );
}

#[test]
fn prefix_lengths() {
    assert_eq!(
        tree("v=spf1 a/24 a//64 a/24//64 mx:contoso.com/0//0"),
        "+a - 24 128, +a - 32 64, +a - 24 64, +mx contoso.com 0 0"
    );
    assert_eq!(tree("v=spf1 a:1/2.contoso.com/24"), "+a 1/2.contoso.com 24 128");
}

#[test]
fn modifiers() {
    assert_eq!(tree("v=spf1 redirect=_spf.contoso.com exp=why.%{d}"), "redirect _spf.contoso.com, exp {why.%{d}}");
    assert_eq!(
        tree("v=spf1 ra=postmaster empty= a-b_c.d=x:y/z %=".trim_end_matches(" %=")),
        "ra = postmaster, empty = , a-b_c.d = x:y/z"
    );
    assert_eq!(tree("v=spf1 a=1 all=2"), "a = 1, all = 2");
}

#[test]
fn spaces_separate_and_end() {
    assert_eq!(tree("v=spf1"), "");
    assert_eq!(tree("v=spf1   a    -all   "), "+a - 32 128, -all");
}

#[test]
fn a_domain_may_hold_what_looks_odd() {
    assert_eq!(
        tree("v=spf1 a:foo:bar/baz.contoso.com include:_x.xn--p1ai a:%{d} exists:%{i}.%{d2}"),
        "+a foo:bar/baz.contoso.com 32 128, +include _x.xn--p1ai, +a {%{d}} 32 128, +exists {%{i}.%{d2}}"
    );
}

#[test]
fn spans_are_places_in_the_text() {
    let text = "v=spf1  ip4:192.0.2.1 -all";
    let record = Record::parse(text).record;
    let spans: Vec<_> = record.terms.iter().map(|term| &text[term.span.clone()]).collect();
    assert_eq!(spans, ["ip4:192.0.2.1", "-all"]);
}

#[test]
fn a_redirect_counts_only_without_all() {
    assert!(Record::parse("v=spf1 mx redirect=contoso.com").record.redirect().is_some());
    assert!(Record::parse("v=spf1 redirect=contoso.com ?all").record.redirect().is_none());
}

#[test]
fn a_record_begins_with_its_version() {
    assert!(is_spf(b"v=spf1") && is_spf(b"V=sPf1 -all"));
    assert!(!is_spf(b"v=spf10") && !is_spf(b"v=spf1\t-all") && !is_spf(b" v=spf1") && !is_spf(b""));
    assert_eq!(faults("v=spf2 -all"), [("v=spf2", "the record does not begin with `v=spf1`".to_owned())]);
}

#[test]
fn mechanisms_that_do_not_exist() {
    wrong("ipv4:192.0.2.1", "ipv4:192.0.2.1", "there is no mechanism `ipv4`");
    wrong("all.", "all.", "there is no mechanism `all.`");
    wrong("moo", "moo", "there is no mechanism `moo`");
    wrong("-", "-", "`-` has no name");
    wrong("=x", "=x", "`=x` has no name");
    wrong("1up=x", "1up=x", "`1up=x` has no name");
    wrong("--all", "--all", "`--all` has no name");
    wrong("-redirect=contoso.com", "-redirect=contoso.com", "`redirect` is a modifier and takes no qualifier");
}

#[test]
fn arguments_that_are_missing_or_too_much() {
    wrong("include", "include", "`include` needs a domain");
    wrong("include:", "include:", "`include` needs a domain");
    wrong("exists/24", "/24", "`exists` needs a domain");
    wrong("redirect=", "redirect=", "`redirect` needs a domain");
    wrong("a:", "a:", "`a` needs a domain");
    wrong("mx:/24", "mx:/24", "`mx` needs a domain");
    wrong("ip4", "ip4", "`ip4` needs an address");
    wrong("ip6/24", "/24", "`ip6` needs an address");
    wrong("all:contoso.com", ":contoso.com", "`all` takes no argument, and `:contoso.com` is one");
    wrong("ptr/0", "/0", "`ptr` takes no argument, and `/0` is one");
}

#[test]
fn addresses_that_are_none() {
    wrong("ip4:192.0.2", "192.0.2", "`192.0.2` is not an IPv4 address");
    wrong("ip4:192.0.2.01", "192.0.2.01", "`192.0.2.01` is not an IPv4 address");
    wrong("ip4:192.0.2.1:25", "192.0.2.1:25", "`192.0.2.1:25` is not an IPv4 address");
    wrong("ip4:2001:db8::1", "2001:db8::1", "`2001:db8::1` is not an IPv4 address");
    wrong("ip6:192.0.2.1", "192.0.2.1", "`192.0.2.1` is not an IPv6 address");
    wrong("ip6:[2001:db8::1]", "[2001:db8::1]", "`[2001:db8::1]` is not an IPv6 address");
}

#[test]
fn prefix_lengths_that_are_none() {
    wrong("ip4:192.0.2.0/33", "/33", "`/33` is not a prefix length from /0 to /32");
    wrong("ip4:192.0.2.0/024", "/024", "`/024` is not a prefix length from /0 to /32");
    wrong("ip4:192.0.2.0/", "/", "`/` is not a prefix length from /0 to /32");
    wrong("ip4:192.0.2.0//24", "//24", "`//24` is not a prefix length from /0 to /32");
    wrong("ip6:2001:db8::/129", "/129", "`/129` is not a prefix length from /0 to /128");
    wrong("a/24/64", "/24/64", "`/24/64` is not a prefix length from /0 to /32");
    wrong("a//129", "//129", "`//129` is not a prefix length from /0 to //128");
    wrong("mx///64", "///64", "`///64` is not a prefix length from /0 to //128");
}

#[test]
fn domains_that_are_none() {
    wrong("a:museum", "museum", "`museum` does not end like the name of a domain");
    wrong("a:museum.", "museum.", "`museum.` does not end like the name of a domain");
    wrong("a:contoso.-com", "contoso.-com", "`contoso.-com` does not end like the name of a domain");
    wrong("a:contoso.123", "contoso.123", "`contoso.123` does not end like the name of a domain");
    wrong("a:contoso.com:25", "contoso.com:25", "`contoso.com:25` does not end like the name of a domain");
    wrong("include:contoso.com/24", "contoso.com/24", "`contoso.com/24` does not end like the name of a domain");
    wrong("exp=-all", "-all", "`-all` does not end like the name of a domain");
    wrong("a:192.0.2.1", "192.0.2.1", "`a` takes a domain; the address is written `ip4:192.0.2.1`");
}

#[test]
fn macros_that_are_none() {
    wrong("exists:%(i).contoso.com", "%", "`%` stands before `{`, `%`, `_` or `-`");
    wrong("exists:a.%{x}.contoso.com", "%{x}", "there is no macro letter `x`");
    wrong("exp=%{r}.contoso.com", "%{r}", "the macro letter `r` is for explanations");
    wrong("foo=%abc", "%", "`%` stands before `{`, `%`, `_` or `-`");
}

#[test]
fn characters_that_are_not_allowed() {
    wrong("a:contoso.com\u{d}ptr", "\r", "the character '\\r' is not allowed");
    wrong("a:cont\u{f6}so.com", "\u{f6}", "the character '\u{f6}' is not allowed");
}

#[test]
fn a_modifier_of_the_standard_stands_once() {
    wrong("exp=a.contoso.com EXP=b.contoso.com", "EXP=b.contoso.com", "`exp` stands in the record more than once");
    wrong(
        "redirect=a.contoso.com redirect=a.contoso.com",
        "redirect=a.contoso.com",
        "`redirect` stands in the record more than once",
    );
    assert_eq!(tree("v=spf1 x=1 x=2"), "x = 1, x = 2");
}

#[test]
fn every_fault_is_told() {
    let parsed = Record::parse("v=spf1 ip4:x moo a -all:y");
    assert_eq!(parsed.faults.len(), 3);
    assert!(matches!(parsed.faults[1].problem, Problem::UnknownMechanism(_)));
    assert_eq!(parsed.record.terms.len(), 1);
}
