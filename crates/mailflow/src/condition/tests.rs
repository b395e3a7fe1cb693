//! Rules as people write them, held against messages.

use mailauth::{
    Message,
    authres::{AuthenticationResults, MethodResult, Property},
    dmarc::{Dmarc, DmarcResult, Policy},
    evidence::{AddressList, Direction, Evidence, Finding, FindingKind, Standing, Stated, StatedIn},
    spf::{Identity, Spf, SpfResult},
    verify::Verdicts,
};
use toml::de::DeTable;

use crate::{Decision, Facts, Fate, Mode, Quarantine, Rule, decide};

/// Reads the rules of a text.
fn rules(text: &str) -> Result<Vec<Rule>, String> {
    let table = DeTable::parse(text).map_err(|error| error.to_string())?;
    let read = table.get_ref().iter().find(|(key, _)| key.get_ref() == "rule").map(|(_, value)| Rule::read_all(value));
    read.unwrap_or_else(|| Ok(Vec::new())).map_err(|faults| {
        let told = faults.iter().map(|fault| {
            let place = text.get(fault.span.clone()).unwrap_or_default().lines().next().unwrap_or_default();
            format!("{place}: {fault}{}", fault.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default())
        });
        told.collect::<Vec<_>>().join("; ")
    })
}

/// One rule that quarantines when something holds.
fn rule(when: &str) -> Result<Vec<Rule>, String> {
    rules(&format!("[[rule]]\nname = \"r\"\nwhen = {{ {when} }}\nactions = [{{ quarantine = \"store\" }}]\n"))
}

/// What is known of a message, as tests change it.
struct Case {
    text: String,
    evidence: Evidence,
    verdicts: Verdicts,
    mail_from: String,
    recipients: Vec<String>,
    direction: Direction,
    detections: Vec<String>,
}

impl Default for Case {
    fn default() -> Self {
        let spf = Spf {
            result: SpfResult::Softfail,
            domain: "contoso.com".to_owned(),
            identity: Identity::Mailfrom,
            reason: String::new(),
            record: None,
            mechanism: None,
            decided_by: None,
            explanation: None,
            lookups: 0,
            void_lookups: 0,
        };
        let dmarc = Dmarc {
            result: DmarcResult::Fail,
            domain: Some("contoso.com".to_owned()),
            policy: Some(Policy::Reject),
            authors: Vec::new(),
            reason: String::new(),
        };
        Self {
            text: "From: =?utf-8?q?Al=C3=ADce?= <alice@contoso.com>\r\nSubject: the\r\n\tinvoice\r\nX-Gate: a\r\nX-Gate: Second\r\n\r\nbody".to_owned(),
            evidence: Evidence { from: AddressList::parse("<alice@contoso.com>"), ..Evidence::default() },
            verdicts: Verdicts { spf, dkim: Vec::new(), arc: None, dmarc: Some(dmarc) },
            mail_from: "bounce@mail.contoso.com".to_owned(),
            recipients: vec!["bob@example.com".to_owned(), "carol@example.com".to_owned()],
            direction: Direction::Inbound,
            detections: vec!["own-domain-dmarc-fail".to_owned()],
        }
    }
}

impl Case {
    /// With a header that is believed.
    fn stated(results: AuthenticationResults) -> Self {
        let stated = Stated {
            field: StatedIn::AuthenticationResults,
            standing: Standing::MicrosoftEdge,
            below: 0,
            text: String::new(),
            results,
        };
        let case = Self::default();
        Self { evidence: Evidence { believed: vec![stated], ..case.evidence.clone() }, ..case }
    }

    fn decide(&self, rules: &[Rule]) -> Decision {
        let message = Message::new(self.text.as_bytes());
        decide(
            rules,
            &Facts {
                message: &message,
                evidence: &self.evidence,
                verdicts: &self.verdicts,
                mail_from: &self.mail_from,
                recipients: &self.recipients,
                client: Some([192, 0, 2, 9].into()),
                signed_in: false,
                size: 5_000,
                direction: self.direction,
                detections: &self.detections,
            },
        )
    }

    /// Why a condition holds.
    fn holds(&self, when: &str) -> Option<String> {
        let decision = self.decide(&rule(when).unwrap());
        decision.matched.first().map(|matched| matched.because.join("; "))
    }
}

fn method(name: &str, result: &str, action: Option<&str>) -> MethodResult {
    let property = |action: &str| Property { name: "action".to_owned(), value: action.to_owned(), ..Property::default() };
    let properties = action.map(property).into_iter().collect();
    MethodResult { method: name.to_owned(), result: result.to_owned(), properties, ..MethodResult::default() }
}

fn results(parts: Vec<MethodResult>) -> AuthenticationResults {
    AuthenticationResults { results: parts, ..AuthenticationResults::default() }
}

const OVERRIDE: &str = "authentication = { dmarc = \"fail\", action = \"oreject\" }";

#[test]
fn an_override_is_known_by_the_pair_of_result_and_action() {
    let case = Case::stated(results(vec![method("spf", "fail", None), method("dmarc", "fail", Some("oreject"))]));
    assert_eq!(case.holds(OVERRIDE).as_deref(), Some("Microsoft 365 says dmarc=fail action=oreject"));
    let dotted = Case::stated(results(vec![method("dmarc", "fail", Some("o.reject"))]));
    assert!(dotted.holds(OVERRIDE).is_some());
    let any_action = "authentication = { action = [\"oreject\", \"oquarantine\"] }";
    assert!(Case::stated(results(vec![method("dmarc", "none", Some("oquarantine"))])).holds(any_action).is_some());
}

#[test]
fn the_same_words_elsewhere_are_no_override() {
    for parts in [
        vec![method("dmarc", "fail", None), method("spf", "fail", Some("oreject"))],
        vec![method("dmarc", "pass", Some("oreject")), method("dmarc", "fail", Some("none"))],
        vec![method("dmarc", "fail", Some("reject"))],
        vec![],
    ] {
        assert_eq!(Case::stated(results(parts.clone())).holds(OVERRIDE), None, "{parts:?}");
    }
    // Written by anybody, and so not among what is believed.
    let text = "Subject: dmarc=fail action=oreject\r\nAuthentication-Results: dmarc=fail action=oreject\r\n\r\n".to_owned();
    assert_eq!(Case { text, ..Case::default() }.holds(OVERRIDE), None);
}

#[test]
fn composite_authentication_is_known_by_its_reason() {
    let compauth =
        |result: &str, reason: &str| MethodResult { reason: Some(reason.to_owned()), ..method("compauth", result, None) };
    let case = Case::stated(results(vec![compauth("none", "451")]));
    assert!(case.holds("authentication = { compauth = \"none\", reason = \"451\" }").is_some());
    assert!(case.holds("authentication = { reason = [\"6xx\", \"4xx\"] }").is_some());
    assert!(case.holds("authentication = { compauth = \"fail\", reason = \"4xx\" }").is_none());
    assert!(case.holds("authentication = { compauth = \"none\", authserv-id = \"mx.example.com\" }").is_none());
}

#[test]
fn every_condition_tells_what_it_held_on() {
    let finding = Finding::new(FindingKind::Confusable, "From", "a\u{7}lice");
    let case = Case::default();
    let case = Case { evidence: Evidence { findings: vec![finding], ..case.evidence.clone() }, ..case };
    for (when, because) in [
        ("header = { name = \"Subject\", contains = \"Invoice\" }", "Subject: the\u{fffd}invoice"),
        ("header = { name = \"x-gate\", equals = [\"second\"] }", "x-gate: Second"),
        ("header = { name = \"From\", matches = \"^alíce <.*@contoso\\\\.com>$\" }", "From: Alíce <alice@contoso.com>"),
        ("header = { name = \"X-Gate\" }", "X-Gate: a"),
        ("header = { name = \"X-Other\", exists = false }", "no X-Other"),
        (
            "verdict = { dmarc = \"fail\", policy = [\"quarantine\", \"reject\"] }",
            "our verdict dmarc=fail; our verdict policy=reject",
        ),
        (
            "verdict = { spf = [\"fail\", \"softfail\"], dkim = \"none\", arc = \"none\" }",
            "our verdict arc=none; our verdict dkim=none; our verdict spf=softfail",
        ),
        ("sender = \"*.contoso.com\"", "the sender is bounce@mail.contoso.com"),
        ("author = \"contoso.com\"", "an author is alice@contoso.com"),
        ("recipient = [\"carol@example.com\"]", "a recipient is carol@example.com"),
        ("client = \"192.0.2.0/24\"", "192.0.2.9 is in 192.0.2.0/24"),
        ("size = { over = 4999, under = 5001 }", "5000 bytes"),
        ("direction = \"inbound\"", "the message is inbound"),
        ("signed-in = false", "its sender did not sign in"),
        ("finding = [\"mixed-scripts\", \"confusable\"]", "confusable in From: a\u{fffd}lice"),
        ("detection = \"own-domain-dmarc-fail\"", "the detection rule own-domain-dmarc-fail matches"),
        ("any = [{ size = { under = 1 } }, { direction = \"inbound\" }]", "the message is inbound"),
        ("all = [{ size = { over = 1 } }, { direction = \"inbound\" }]", "5000 bytes; the message is inbound"),
        ("not = { sender = \"example.org\", size = { over = 1 } }", "not: sender example.org and over 1 bytes"),
    ] {
        assert_eq!(case.holds(when).as_deref(), Some(because), "{when}");
    }
}

#[test]
fn what_does_not_hold_matches_nothing() {
    for when in [
        "header = { name = \"Subject\", equals = \"invoice\" }",
        "header = [{ name = \"Subject\" }, { name = \"X-Other\" }]",
        "header = { name = \"Subject\", exists = false }",
        "verdict = { dmarc = \"fail\", policy = \"none\" }",
        "sender = \"\"",
        "client = \"2001:db8::/32\"",
        "size = { over = 5000 }",
        "direction = [\"outbound\", \"intra-org\"]",
        "finding = \"confusable\"",
        "detection = \"another\"",
        "not = { direction = \"inbound\" }",
        "direction = \"inbound\", signed-in = true",
    ] {
        assert_eq!(Case::default().holds(when), None, "{when}");
    }
}

#[test]
fn a_rule_says_which_detection_rules_it_asks_about() {
    let mut rules =
        rule("detection = [\"a\", \"b\"], not = { any = [{ detection = \"c\" }, { direction = \"inbound\" }] }").unwrap();
    assert_eq!(rules[0].detections().collect::<Vec<_>>(), ["a", "b", "c"]);
    rules[0].enabled = false;
    assert_eq!(rules[0].detections().count(), 0);
}

const SEVERAL: &str = r#"
[[rule]]
name = "counted"
mode = "report"
when = { direction = "inbound" }
actions = [{ reject = "no" }]
stop = true
[[rule]]
name = "off"
enabled = false
when = { direction = "inbound" }
actions = ["accept"]
[[rule]]
name = "tagged"
when = { direction = "inbound" }
actions = [{ tag-subject = "[outside] " }, { add-header = { name = "X-Way", value = "in" } }]
[[rule]]
name = "excepted"
when = { direction = "inbound" }
unless = [{ sender = "example.org" }, { author = "contoso.com" }]
actions = [{ reject = "no" }]
[[rule]]
name = "held"
when = { verdict = { dmarc = "fail" } }
actions = [{ quarantine = "hold" }]
[[rule]]
name = "late"
when = { direction = "inbound" }
actions = [{ redirect = "abuse@example.com" }]
"#;

#[test]
fn the_first_end_counts_and_what_is_added_adds_up() {
    let decision = Case::default().decide(&rules(SEVERAL).unwrap());
    assert_eq!(decision.fate, Fate::Quarantine(Quarantine::Hold));
    assert_eq!((decision.by.as_deref(), decision.because()), (Some("held"), &["our verdict dmarc=fail".to_owned()][..]));
    assert_eq!(decision.tags, ["[outside] "]);
    assert_eq!(decision.headers, [("X-Way".to_owned(), "in".to_owned())]);
    let matched: Vec<_> = decision.matched.iter().map(|matched| (matched.rule.as_str(), matched.mode)).collect();
    assert_eq!(matched, [("counted", Mode::Report), ("tagged", Mode::Enforce), ("held", Mode::Enforce)]);
}

#[test]
fn what_cannot_be_used_is_named_with_its_place_and_what_to_write() {
    for (text, words) in [
        ("[[rule]]\nwhen = { size = { over = 1 } }\nactions = [\"accept\"]", "a rule needs a `name`"),
        ("[[rule]]\nname = \"a\"\nactions = [\"accept\"]", "a rule needs `when`"),
        ("[[rule]]\nname = \"a\"\nwhen = { size = { over = 1 } }", "a rule needs `actions`"),
        ("[[rule]]\nname = \"a\"\nwhen = {}\nactions = [\"accept\"]", "{}: no condition is here"),
        ("[[rule]]\nname = \"a\"\nwhenn = 1", "whenn: a rule has no key `whenn` (the keys are name, enabled"),
        ("rule = 1", "begin each with a line [[mailflow.rule]]"),
    ] {
        let told = rules(text).unwrap_err();
        assert!(told.contains(words), "{text}: {told}");
    }
    for (when, words) in [
        ("dmarc = \"fail\"", "dmarc: a condition has no key `dmarc`"),
        ("authentication = { dmrac = \"fail\" }", "the keys are spf, dkim, dmarc"),
        ("authentication = { authserv-id = \"a\" }", "names no result"),
        ("verdict = { dmarc = \"oreject\" }", "\"oreject\": `dmarc` cannot be `oreject` (it is one of none, pass"),
        ("header = { contains = \"a\" }", "`header` needs a `name`"),
        ("header = { name = \"A:\", exists = true }", "no name of a header field"),
        ("header = { name = \"A\", contains = \"a\", equals = \"b\" }", "is tested once"),
        ("header = { name = \"A\", matches = \"(\" }", "this is no pattern: unclosed group"),
        ("header = { name = \"A\", matches = \"(a{1000}){1000}\" }", "this is no pattern"),
        ("header = { name = \"A\", contains = [] }", "leave the key out"),
        ("sender = \"not an address\"", "neither an address nor a domain"),
        ("client = \"192.0.2.0/40\"", "no network"),
        ("size = { over = -1 }", "a whole number"),
        ("direction = \"up\"", "it is one of inbound"),
        ("signed-in = \"yes\"", "true or false"),
        (
            "not = { not = { not = { not = { not = { not = { not = { not = { size = { over = 1 } } } } } } } } }",
            "nest more than 8 deep",
        ),
    ] {
        let told = rule(when).unwrap_err();
        assert!(told.contains(words), "{when}: {told}");
    }
    for (action, words) in [
        ("\"drop\"", "this is no action"),
        ("{ quarantine = \"bin\" }", "it is one of hold, store"),
        ("{ reject = { code = 250, text = \"ok\" } }", "250: `code` is from 400 to 599"),
        ("{ reject = { code = 451, status = \"5.7.1\", text = \"x\" } }", "three numbers, the first of them 4"),
        ("{ reject = { code = 550 } }", "needs a `text`"),
        ("{ reject = \"two\\nlines\" }", "is a line"),
        ("{ redirect = \"abuse\" }", "is no address"),
        ("{ add-header = { name = \"Authentication-Results\", value = \"x\" } }", "take another name"),
        ("{ add-header = { name = \"X-A\" } }", "needs `name` and `value`"),
        ("{ tag-subject = \"a\", quarantine = \"hold\" }", "has one key"),
    ] {
        let text = format!("[[rule]]\nname = \"a\"\nwhen = {{ size = {{ over = 1 }} }}\nactions = [{action}]");
        let told = rules(&text).unwrap_err();
        assert!(told.contains(words), "{action}: {told}");
    }
    let twice = "[[rule]]\nname = \"a\"\nwhen = { size = { over = 1 } }\nactions = [\"accept\"]\n".repeat(2);
    assert!(rules(&twice).unwrap_err().contains("two rules are called `a`"));
}

#[test]
fn the_example_that_ships_can_be_used_and_is_off() {
    let text = include_str!("../../../../content/mailflow/dmarc-override.toml").replace("[[mailflow.rule]]", "[[rule]]");
    let mut rules = rules(&text).unwrap();
    assert!(rules.iter().all(|rule| !rule.enabled && rule.mode == Mode::Report));
    for rule in &mut rules {
        (rule.enabled, rule.mode) = (true, Mode::Enforce);
    }
    let case = Case::stated(results(vec![method("dmarc", "fail", Some("oreject"))]));
    assert_eq!(case.decide(&rules).by.as_deref(), Some("DMARC overrides to quarantine"));
    assert_eq!(Case { direction: Direction::IntraOrg, ..case }.decide(&rules[..1]).fate, Fate::Deliver);
    assert_eq!(Case::default().decide(&rules).by.as_deref(), Some("DMARC failures of domains that ask to refuse them"));
}
