//! What a zone file says, as question and answer.

use std::{sync::Arc, time::Duration};

use super::{
    super::{Absent, Kind, Records},
    Zone, ZoneProblem,
};

/// An answer in the words of these tests.
fn ask(zone: &str, name: &str, kind: Kind) -> String {
    let answer = Zone::parse(zone).unwrap().answer(name, kind);
    match answer.outcome {
        Ok(Records::A(found)) => found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Ok(Records::Aaaa(found)) => found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Ok(Records::Mx(found)) => {
            found.iter().map(|mx| format!("{} {}.", mx.preference, mx.exchange)).collect::<Vec<_>>().join(", ")
        }
        Ok(Records::Ptr(found) | Records::Cname(found) | Records::Ns(found)) => found.join(" "),
        Ok(Records::Soa(found)) => format!("{:?}", found[0]),
        Ok(Records::Tlsa(found)) => {
            let each = found.iter().map(|tlsa| format!("{} {} {} {:?}", tlsa.usage, tlsa.selector, tlsa.matching, tlsa.data));
            each.collect::<Vec<_>>().join(", ")
        }
        Ok(Records::Ds(found)) => {
            let each = found.iter().map(|ds| format!("{} {} {} {:?}", ds.key_tag, ds.algorithm, ds.digest_type, ds.digest));
            each.collect::<Vec<_>>().join(", ")
        }
        Ok(Records::Txt(found)) => found.iter().map(|text| String::from_utf8_lossy(text)).collect::<Vec<_>>().join(" | "),
        Err(Absent::NoSuchName) => "no such name".to_owned(),
        Err(Absent::NoData) => "no data".to_owned(),
        Err(Absent::Trouble(words)) => format!("trouble: {words}"),
    }
}

fn wrong(zone: &str) -> (usize, ZoneProblem) {
    let error = Zone::parse(zone).unwrap_err();
    (error.line, error.problem)
}

const CONTOSO: &str = r#"
$ORIGIN contoso.com.
$TTL 1h
@           IN SOA  ns1 hostmaster ( 2026112100 ; serial
                    1d 2h 4w 5m )           ; refresh retry expire negative
            IN NS   ns1
            IN MX   20 backup.example.net.
            IN MX   10 mx
            IN TXT  "v=spf1 mx " "-all"     ; two strings, one text
ns1         IN A    192.0.2.53
mx    300   IN A    192.0.2.25
mx          IN A    192.0.2.26
            IN AAAA 2001:db8::25
www         IN CNAME web.hosting
web.hosting IN A    192.0.2.80
*.people    IN TXT  "somebody"
_25._tcp.mx 60 IN TLSA 3 1 1 0a0B ff
branch      IN NS   ns1.branch
            IN DS   60485 13 2 ( D4B7
                                 D520 )
ann.people  IN A    192.0.2.7
$ORIGIN 2.0.192.in-addr.arpa.
25          IN PTR  mx.contoso.com.
"#;

#[test]
fn records_of_every_kind() {
    assert_eq!(ask(CONTOSO, "contoso.com", Kind::Txt), "v=spf1 mx -all");
    assert_eq!(ask(CONTOSO, "contoso.com", Kind::Mx), "10 mx.contoso.com., 20 backup.example.net.");
    assert_eq!(ask(CONTOSO, "mx.contoso.com", Kind::A), "192.0.2.25 192.0.2.26");
    assert_eq!(ask(CONTOSO, "mx.contoso.com", Kind::Aaaa), "2001:db8::25");
    assert_eq!(ask(CONTOSO, "25.2.0.192.in-addr.arpa", Kind::Ptr), "mx.contoso.com");
    assert_eq!(ask(CONTOSO, "contoso.com", Kind::Ns), "ns1.contoso.com");
    assert_eq!(
        ask(CONTOSO, "contoso.com", Kind::Soa),
        "Soa { primary: \"ns1.contoso.com\", contact: \"hostmaster.contoso.com\", serial: 2026112100, refresh: 86400, retry: 7200, \
         expire: 2419200, minimum: 300 }"
    );
    assert_eq!(ask(CONTOSO, "_25._tcp.mx.contoso.com", Kind::Tlsa), "3 1 1 [10, 11, 255]");
    assert_eq!(ask(CONTOSO, "branch.contoso.com", Kind::Ds), "60485 13 2 [212, 183, 213, 32]");
}

#[test]
fn the_three_ways_to_have_no_records() {
    assert_eq!(ask(CONTOSO, "ns1.contoso.com", Kind::Txt), "no data");
    assert_eq!(ask(CONTOSO, "nobody.contoso.com", Kind::Txt), "no such name");
    assert_eq!(ask("$TROUBLE slow.example no answer", "slow.example", Kind::A), "trouble: no answer");
    assert_eq!(ask(CONTOSO, "example.org", Kind::Txt), "no such name");
    assert_eq!(ask("", "example.org", Kind::Txt), "no such name");
}

#[test]
fn an_alias_is_followed() {
    assert_eq!(ask(CONTOSO, "www.contoso.com", Kind::A), "192.0.2.80");
    assert_eq!(ask(CONTOSO, "www.contoso.com", Kind::Txt), "no data");
    assert_eq!(ask("a.example. CNAME b.example.", "a.example", Kind::A), "no such name");
    let circle = "a.example. CNAME b.example.\nb.example. CNAME a.example.";
    assert!(
        ask(circle, "a.example", Kind::A).starts_with("trouble: more than 16 aliases"),
        "{}",
        ask(circle, "a.example", Kind::A)
    );
}

#[test]
fn an_alias_that_is_asked_for_is_the_answer() {
    assert_eq!(ask(CONTOSO, "www.contoso.com", Kind::Cname), "web.hosting.contoso.com");
    assert_eq!(ask(CONTOSO, "mx.contoso.com", Kind::Cname), "no data");
    assert_eq!(ask("a.example. CNAME b.example.\nb.example. CNAME c.example.", "a.example", Kind::Cname), "b.example");
    assert_eq!(ask("*.example. 5 CNAME b.test.", "a.example", Kind::Cname), "b.test");
    assert_eq!(Zone::parse("*.example. 5 CNAME b.test.").unwrap().answer("a.example", Kind::Cname).keep, Duration::from_secs(5));
}

#[test]
fn what_is_proven_is_said_outright() {
    let zone = "\
        $ORIGIN example.\n\
        $SECURE signed\n\
        signed A 192.0.2.1\n\
        deep.signed CNAME signed\n\
        out.signed CNAME plain\n\
        plain A 192.0.2.2\n\
        in.plain CNAME signed\n\
        $SECURE once A\n\
        once A 192.0.2.3\n\
        once MX 10 once\n\
        below.once A 192.0.2.4\n";
    let zone = Zone::parse(zone).unwrap();
    let secure = |name: &str, kind| zone.answer(&format!("{name}.example"), kind).secure;
    assert!(secure("signed", Kind::A) && secure("deep.signed", Kind::A) && secure("deep.signed", Kind::Cname));
    // One unproven name on the way is enough.
    assert!(secure("out.signed", Kind::Cname) && !secure("out.signed", Kind::A) && !secure("in.plain", Kind::A));
    assert!(!secure("plain", Kind::A) && !secure("in.plain", Kind::Cname));
    assert!(secure("once", Kind::A) && !secure("once", Kind::Mx) && !secure("below.once", Kind::A));
    assert!(!secure("nobody.signed", Kind::A), "an absence is not proven");
    assert!(Zone::parse("$SECURE .\na.example. A 192.0.2.1").unwrap().answer("a.example", Kind::A).secure);
}

#[test]
fn a_name_with_names_below_it_exists() {
    assert_eq!(ask(CONTOSO, "hosting.contoso.com", Kind::A), "no data");
    assert_eq!(ask(CONTOSO, "people.contoso.com", Kind::A), "no data");
    assert_eq!(ask(CONTOSO, "com", Kind::A), "no data");
}

#[test]
fn a_wildcard_stands_in_for_names_that_do_not_exist() {
    assert_eq!(ask(CONTOSO, "bob.people.contoso.com", Kind::Txt), "somebody");
    assert_eq!(ask(CONTOSO, "a.b.people.contoso.com", Kind::Txt), "somebody");
    assert_eq!(ask(CONTOSO, "bob.people.contoso.com", Kind::A), "no data");
    // RFC 4592 section 2.2.1: not for a name that exists, and not below one.
    assert_eq!(ask(CONTOSO, "ann.people.contoso.com", Kind::Txt), "no data");
    assert_eq!(ask(CONTOSO, "x.ann.people.contoso.com", Kind::Txt), "no such name");
    assert_eq!(ask("* TXT everywhere", "some.example", Kind::Txt), "everywhere");
}

#[test]
fn a_time_to_live_is_the_least_of_its_records_and_aliases() {
    let zone = Zone::parse(CONTOSO).unwrap();
    assert_eq!(zone.answer("mx.contoso.com", Kind::A).keep, Duration::from_secs(300));
    assert_eq!(zone.answer("mx.contoso.com", Kind::Aaaa).keep, Duration::from_secs(3600));
    let zone = Zone::parse("a.example. 1m30s CNAME b.example.\nb.example. 1w IN A 192.0.2.1").unwrap();
    assert_eq!(zone.answer("a.example", Kind::A).keep, Duration::from_secs(90));
    assert_eq!(zone.answer("b.example", Kind::A).keep, Duration::from_secs(604_800));
}

#[test]
fn our_own_lines_come_before_everything_else() {
    let zone = "\
        $ORIGIN contoso.com.\n\
        @ TXT \"v=spf1 -all\"\n\
        @ A 192.0.2.1\n\
        $TROUBLE @ TXT \"no answer; not even late\"\n\
        $NODATA @ A\n\
        www A 192.0.2.2\n\
        sub.www A 192.0.2.3\n\
        $NXDOMAIN www\n\
        $TROUBLE ftp a server failed\n";
    assert_eq!(ask(zone, "contoso.com", Kind::Txt), "trouble: no answer; not even late");
    assert_eq!(ask(zone, "contoso.com", Kind::A), "no data");
    assert_eq!(ask(zone, "www.contoso.com", Kind::A), "no such name");
    assert_eq!(ask(zone, "ftp.contoso.com", Kind::Mx), "trouble: a server failed");
    assert_eq!(ask(zone, "other.contoso.com", Kind::Mx), "no such name");
    let zone = "$ORIGIN contoso.com.\n$ALIAS www 60 web.example.\nwww A 192.0.2.1\n$ALIAS ftp web.example.\n$NXDOMAIN ftp\n";
    assert_eq!(ask(zone, "www.contoso.com", Kind::Cname), "web.example");
    assert_eq!(ask(zone, "www.contoso.com", Kind::A), "192.0.2.1");
    assert_eq!(ask(zone, "ftp.contoso.com", Kind::Cname), "web.example");
    assert_eq!(ask(zone, "ftp.contoso.com", Kind::A), "no such name");
    assert_eq!(ask("$UNKNOWN was not recorded\na.example. A 192.0.2.1", "b.example", Kind::A), "trouble: was not recorded");
    assert_eq!(ask("$UNKNOWN was not recorded\na.example. A 192.0.2.1", "a.example", Kind::A), "192.0.2.1");
}

#[test]
fn records_of_other_types_make_their_name_exist() {
    let zone = "a.example. IN HTTPS 1 . alpn=h2\nb.example. TYPE65280 \\# 0\nc.example. CAA 0 issue \"ca.example\"";
    for name in ["a.example", "b.example", "c.example"] {
        assert_eq!(ask(zone, name, Kind::A), "no data");
    }
}

#[test]
fn texts_hold_any_byte() {
    let zone = Zone::parse(r#"a.example. TXT "\"\\\255\000;(" plain\032word"#).unwrap();
    let expected: Arc<[Box<[u8]>]> = Arc::new([Box::from(b"\"\\\xff\x00;(plain word".as_slice())]);
    assert_eq!(zone.answer("a.example", Kind::Txt).outcome, Ok(Records::Txt(expected)));
    assert_eq!(ask("a.example. TXT \"\"", "a.example", Kind::Txt), "");
    assert_eq!(ask("\\$odd.example. A 192.0.2.1", "$odd.example", Kind::A), "192.0.2.1");
    assert_eq!(ask("odd\\032name.example. A 192.0.2.1", "odd name.example", Kind::A), "192.0.2.1");
}

#[test]
fn names_are_plain() {
    assert_eq!(ask("MAIL.Example. A 192.0.2.1", "mail.example", Kind::A), "192.0.2.1");
    assert_eq!(ask("bücher.example. A 192.0.2.1", "xn--bcher-kva.example", Kind::A), "192.0.2.1");
    assert_eq!(ask("a.example. MX 0 .", "a.example", Kind::Mx), "0 .");
}

#[test]
fn lines_end_in_every_way() {
    assert_eq!(ask("\u{feff}a.example. A 192.0.2.1\r\nb.example. A 192.0.2.2\r\n", "b.example", Kind::A), "192.0.2.2");
    assert_eq!(ask("a.example. ( A\n 192.0.2.1 )", "a.example", Kind::A), "192.0.2.1");
    assert_eq!(ask("; nothing\n\n   \n; else", "a.example", Kind::A), "no such name");
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    use ZoneProblem as P;
    assert_eq!(
        wrong("a.example. A 192.0.2.1\nb.example. A 192.0.2.300"),
        (2, P::Not { wanted: "an IPv4 address", found: "192.0.2.300".into() })
    );
    assert_eq!(wrong("a.example. AAAA 192.0.2.1"), (1, P::Not { wanted: "an IPv6 address", found: "192.0.2.1".into() }));
    assert_eq!(wrong("a.example. MX mx.example."), (1, P::Missing("the exchange")));
    assert_eq!(wrong("a.example. MX ten mx.example."), (1, P::Not { wanted: "a preference", found: "ten".into() }));
    assert_eq!(wrong("a.example. A 192.0.2.1 192.0.2.2"), (1, P::TooMuch("192.0.2.2".into())));
    assert_eq!(wrong("a.example."), (1, P::Missing("the record's type")));
    assert_eq!(wrong("a.example. TXT"), (1, P::Missing("the text")));
    assert_eq!(wrong("a.example. TXTT \"x\""), (1, P::Type("TXTT".into())));
    assert_eq!(wrong("a.example. DNAME b.example."), (1, P::Type("DNAME".into())));
    assert_eq!(wrong("\n\n  A 192.0.2.1"), (3, P::NoOwner));
    assert_eq!(wrong("a..example. A 192.0.2.1"), (1, P::Name("a..example.".into())));
    assert_eq!(wrong("a\\.b.example. A 192.0.2.1"), (1, P::DotInLabel("a.b.example.".into())));
    assert_eq!(wrong("a.example. TXT \"open\nb.example. A 192.0.2.1"), (1, P::OpenQuote));
    assert_eq!(wrong("a.example. ( A 192.0.2.1\n\n"), (1, P::Parenthesis));
    assert_eq!(wrong("a.example. A 192.0.2.1 )"), (1, P::Parenthesis));
    assert_eq!(wrong("a.example. TXT \\999"), (1, P::Escape));
    assert_eq!(wrong("$INCLUDE other.zone"), (1, P::Directive("$INCLUDE".into())));
    assert_eq!(wrong("$TTL soon"), (1, P::Not { wanted: "a time to live", found: "soon".into() }));
    assert_eq!(wrong("$ALIAS a.example"), (1, P::Missing("the name it stands for")));
    assert_eq!(wrong("$SECURE a.example A B"), (1, P::TooMuch("B".into())));
    assert_eq!(wrong("a.example. SOA ns1.example. root.example. 1 2 3 4"), (1, P::Missing("the minimum")));
    assert_eq!(
        wrong("a.example. SOA ns1.example. root.example. new 2 3 4 5"),
        (1, P::Not { wanted: "a serial number", found: "new".into() })
    );
    assert_eq!(wrong("a.example. TLSA 3 1 1"), (1, P::Missing("the data")));
    assert_eq!(wrong("a.example. DS 1"), (1, P::Missing("the algorithm")));
    let odd = P::Not { wanted: "bytes in hexadecimal digits", found: "abc".into() };
    assert_eq!(wrong("a.example. TLSA 3 1 1 a bc"), (1, odd));
    assert_eq!(wrong("a.example. TLSA 300 1 1 ab"), (1, P::Not { wanted: "a usage", found: "300".into() }));
    assert_eq!(wrong("$TROUBLE a.example"), (1, P::Missing("the reason")));
    assert_eq!(wrong("a.example. CNAME b.example.\na.example. A 192.0.2.1"), (2, P::BesideAlias("a.example".into())));
    assert_eq!(wrong("a.example. A 192.0.2.1\na.example. CNAME b.example."), (2, P::BesideAlias("a.example".into())));
    assert_eq!(wrong(&format!("a.example. TXT {}", "x".repeat(256))), (1, P::LongString(256)));
    assert_eq!(Zone::parse("a.example. A one").unwrap_err().to_string(), "line 1: `one` is not an IPv4 address");
}

/// The guide shows a zone file, and nothing is shown that does not work.
#[test]
fn the_zone_file_of_the_guide_can_be_read() {
    let guide = include_str!("../../../../../docs/guide/recorded-dns.md");
    let zone =
        guide.split("```text\n").find(|part| part.starts_with("$ORIGIN")).and_then(|part| part.split("```").next()).unwrap();
    assert_eq!(ask(zone, "contoso.com", Kind::Txt), "v=spf1 ip4:192.0.2.0/24 include:_spf.example.net -all");
    assert_eq!(ask(zone, "_dmarc.contoso.com", Kind::Txt), "v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com");
    assert_eq!(ask(zone, "anyone.users.contoso.com", Kind::Txt), "stands in for every name below users");
    let failing = "$TROUBLE contoso.com. TXT a server failed";
    assert!(guide.contains(failing));
    assert_eq!(ask(failing, "contoso.com", Kind::Txt), "trouble: a server failed");
}
