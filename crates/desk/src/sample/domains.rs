//! Domains: one that nobody can forge, several that anybody can, one that nobody could look at, one that nobody ever looked at.

use std::sync::Arc;

use async_trait::async_trait;
use state::Moment;

use super::{HOSTILE, NOW, fixes};
use crate::*;

/// Microseconds of an hour.
const HOUR: Moment = 3_600_000_000;

/// So many hours before the sample's moment.
pub(super) fn ago(hours: Moment) -> Moment {
    NOW - hours * HOUR
}

/// Texts of their own.
pub(super) fn owned<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// Pairs of texts of their own.
pub(super) fn pairs<const N: usize>(texts: [(&str, &str); N]) -> Vec<(String, String)> {
    texts.map(|(left, right)| (left.to_owned(), right.to_owned())).to_vec()
}

/// Records of their own: name, type, value.
fn records<const N: usize>(texts: [(&str, &str, &str); N]) -> Vec<(String, String, String)> {
    texts.map(|(name, kind, value)| (name.to_owned(), kind.to_owned(), value.to_owned())).to_vec()
}

/// Something that happened.
pub(super) fn entry(hours: Moment, kind: &str, who: &str, what: &str) -> TimelineEntry {
    TimelineEntry { at: ago(hours), kind: kind.to_owned(), who: who.to_owned(), what: what.to_owned(), alert: String::new() }
}

/// Domains, and the fixes they show.
#[derive(Debug, Default)]
pub(super) struct Sample {
    fixes: Arc<fixes::Sample>,
}

impl Sample {
    /// Domains that show these fixes.
    pub(super) fn over(fixes: Arc<fixes::Sample>) -> Self {
        Self { fixes }
    }
}

const CONTROLS: [&str; 8] = ["SPF", "DKIM", "DMARC", "MTA-STS", "TLS-RPT", "DANE", "DNSSEC", "BIMI"];

/// A line of the list: name, score, forgeable, why, states of [`CONTROLS`], policy.
type Row = (&'static str, Option<u32>, &'static str, &'static str, [&'static str; 8], &'static str);

const GOOD: [&str; 8] = ["good", "good", "good", "good", "good", "weak", "good", "missing"];
const NONE: [&str; 8] = ["unknown"; 8];

const ROWS: [Row; 9] = [
    (
        "shop.example",
        Some(19),
        "yes",
        "Yes: SPF lets everybody send, so that anybody can send messages in the name of shop.example that pass for honest ones.",
        ["broken", "weak", "weak", "missing", "missing", "missing", "missing", "missing"],
        "quarantine",
    ),
    (
        "example.net",
        Some(39),
        "yes",
        "Yes: example.net has no DMARC policy, so that a forged message is delivered as any other.",
        ["missing", "missing", "missing", "missing", "missing", "missing", "missing", "missing"],
        "",
    ),
    (
        "legacy.example",
        Some(51),
        "yes",
        "Yes: the policy of legacy.example is p=none, which asks nobody to refuse forged messages.",
        ["weak", "weak", "weak", "missing", "good", "missing", "missing", "missing"],
        "none",
    ),
    (
        "example.com",
        Some(59),
        "partly",
        "Partly: the policy is p=quarantine, so that forged messages go to junk; and honest mail is not signed since 2026-11-20, so that some of it goes there too.",
        ["good", "broken", "weak", "weak", "good", "missing", "good", "missing"],
        "quarantine",
    ),
    (
        "xn--bcher-kva.example",
        Some(84),
        "partly",
        "Partly: names below the domain can be used, because the policy for them is sp=none.",
        ["good", "weak", "weak", "good", "good", "missing", "missing", "missing"],
        "reject",
    ),
    (
        "news.example",
        None,
        "unknown",
        "Nobody can say: the name servers did not answer when they were asked for the DMARC policy of news.example.",
        NONE,
        "",
    ),
    ("new.example", None, "unknown", "Nobody has looked yet.", NONE, ""),
    (
        "a-very-long-name-of-a-subsidiary-that-nobody-remembers-founding.regional-holdings.example",
        Some(97),
        "no",
        "No: forged messages are refused (p=reject).",
        ["good", "good", "good", "missing", "missing", "missing", "missing", "missing"],
        "reject",
    ),
    ("contoso.com", Some(97), "no", "No: forged messages are refused (p=reject).", GOOD, "reject"),
];

fn line((name, score, spoofable, because, controls, policy): &Row, place: usize) -> DomainLine {
    let findings = findings(name);
    let severities = ["critical", "high", "medium", "low", "informational"];
    let counted = severities.iter().filter_map(|severity| {
        let count = findings.iter().filter(|finding| finding.severity == **severity).count();
        (count > 0).then(|| ((*severity).to_owned(), u64::try_from(count).unwrap_or(0)))
    });
    let scores = score.map_or_else(Vec::new, |today| {
        // Twelve weeks; contoso.com rose from where others are, example.com fell this week.
        (0..12_u32)
            .map(|week| {
                let past = match *name {
                    "contoso.com" => 41 + week * 5,
                    "example.com" if week < 11 => 92,
                    _ => today + (week + u32::try_from(place).unwrap_or(0)) % 3,
                };
                (ago(Moment::from(11 - week) * 168), if week == 11 { today } else { past.min(100) })
            })
            .collect()
    });
    DomainLine {
        name: (*name).to_owned(),
        score: *score,
        scores,
        spoofable: (*spoofable).to_owned(),
        because: (*because).to_owned(),
        findings: counted.collect(),
        controls: CONTROLS.iter().zip(controls).map(|(control, state)| ((*control).to_owned(), (*state).to_owned())).collect(),
        policy: (*policy).to_owned(),
        looked: (*name != "new.example").then(|| ago(2)),
    }
}

struct Words(&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

fn finding(subject: &str, check: &str, severity: &str, words: &Words) -> FindingView {
    FindingView {
        check: check.to_owned(),
        subject: subject.to_owned(),
        severity: severity.to_owned(),
        title: words.0.to_owned(),
        meaning: words.1.to_owned(),
        risk: words.2.to_owned(),
        advice: words.3.to_owned(),
        references: pairs([(words.4, words.5)]),
        since: Some(ago(400)),
        can_fix: true,
        ..FindingView::default()
    }
}

const SPF_OPEN: Words = Words(
    "SPF lets everybody send",
    "The record is there to name the few servers that send for the domain, and names all there are, or very many.",
    "Anybody whose server is among them sends mail in the domain's name that passes SPF, and with it DMARC: receivers are told that it is honest.",
    "Name the servers and services that send for the domain, and refuse all others: end the record in ~all at first, in -all when the reports of DMARC show nobody missing.",
    "RFC 7208 section 5.1",
    "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.1",
);
const UNLOCKED: Words = Words(
    "A domain without mail is not locked",
    "A domain that sends no mail can say so in four places of the DNS: nobody may send (SPF), no mail is taken (MX), every signature is worthless (DKIM), and whatever claims to be of the domain is to be refused (DMARC). Some of that is missing here.",
    "Attackers like domains that nobody watches: mail in their name comes from a known and honest domain, and nobody notices.",
    "Publish the records below. They harm nothing, since the domain sends no mail.",
    "RFC 7505 section 3",
    "https://www.rfc-editor.org/rfc/rfc7505.html#section-3",
);
const POLICY_NONE: Words = Words(
    "The DMARC policy asks for nothing",
    "The policy is p=none: it asks for reports at most, and tells those who receive mail to treat messages in the domain's name as if there were no policy.",
    "Anybody can send mail that shows an address of this domain as its sender, and most receivers will deliver it.",
    "Read in the reports who sends in the domain's name, see that their messages pass, then ask for quarantine, and later for reject.",
    "RFC 9989 section 4.7",
    "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7",
);
const SIGNING_OFF: Words = Words(
    "DKIM signing is switched off",
    "Exchange Online does not sign mail of this domain with the domain's own key. It signs with the tenant's onmicrosoft.com name instead, which does not count for DMARC.",
    "Receivers can no longer tell the domain's mail from forged mail once it has been forwarded. Whoever got into the tenant switches signing off to make forged mail and real mail look alike.",
    "Switch signing on again, and find out who switched it off and why.",
    "Use DKIM for custom domains",
    "https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure",
);
const STS: Words = Words(
    "No MTA-STS policy",
    "Servers that bring mail use encryption if it is offered, and do without it if it is not. With MTA-STS a domain says that it always is, and by which hosts.",
    "Whoever sits on the way, or forges the answers of the DNS, makes senders deliver in the clear or to a server of theirs, and reads the mail.",
    "Publish a policy in testing mode, and the record that announces it. When the reports show no failures for some weeks, go on to enforce.",
    "RFC 8461 section 3",
    "https://www.rfc-editor.org/rfc/rfc8461.html#section-3",
);
const DIRECT_SEND: Words = Words(
    "Direct Send is open",
    "Exchange Online takes mail from anybody who connects to the tenant's own host, also mail whose envelope sender is in one of the tenant's domains, without a sign-in. Printers use this; so do attackers.",
    "A stranger sends a colleague's or the director's mail to your people straight into the tenant, past the mail gateway, and it looks internal.",
    "Give printers and applications a connector tied to their address or certificate, then reject Direct Send.",
    "Direct Send",
    "https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365",
);
const BYPASS: Words = Words(
    "A mail-flow rule lets mail past the filters",
    "A mail-flow rule of the tenant gives messages a spam confidence level of -1, so that no filter looks at them.",
    "A message that fits the rule arrives whatever is in it, also one in your own name that fails every check.",
    "Find out who made the rule and what for, narrow it to the one sender it is for, or remove it.",
    "Mail flow rules",
    "https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/mail-flow-rules",
);

/// Findings of a domain, the most severe first.
fn findings(domain: &str) -> Vec<FindingView> {
    match domain {
        "shop.example" => vec![
            FindingView {
                facts: pairs([
                    ("shop.example TXT", "v=spf1 include:_spf.example.org +all"),
                    ("shop.example TXT (another)", HOSTILE),
                ]),
                publish: records([("shop.example", "TXT", "v=spf1 include:_spf.example.org ~all")]),
                baseline: owned(["MS.EXO.2.2v3"]),
                ..finding(domain, "spf-allows-everybody", "critical", &SPF_OPEN)
            },
            mta_sts(domain),
        ],
        "example.net" => vec![FindingView {
            facts: pairs([("example.net TXT", "no TXT record"), ("_dmarc.example.net TXT", "the name does not exist")]),
            publish: records([
                ("example.net", "TXT", "v=spf1 -all"),
                ("_dmarc.example.net", "TXT", "v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com"),
                ("example.net", "MX", "0 ."),
                ("*._domainkey.example.net", "TXT", "v=DKIM1; p="),
            ]),
            baseline: owned(["MS.EXO.2.2v2", "MS.EXO.4.2v1"]),
            ..finding(domain, "nonsending-not-locked", "high", &UNLOCKED)
        }],
        "legacy.example" => vec![FindingView {
            facts: pairs([("_dmarc.legacy.example TXT", "v=DMARC1; p=none; rua=mailto:dmarc@contoso.com")]),
            publish: records([("_dmarc.legacy.example", "TXT", "v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.com")]),
            baseline: owned(["MS.EXO.4.2v1"]),
            ..finding(domain, "dmarc-policy-none", "high", &POLICY_NONE)
        }],
        "example.com" => vec![
            FindingView {
                facts: pairs([
                    ("Get-DkimSigningConfig example.com: Enabled", "False"),
                    ("Get-DkimSigningConfig example.com: Status", "Valid"),
                ]),
                commands: pairs([(
                    "Set-DkimSigningConfig -Identity 'example.com' -Enabled $true",
                    "Set-DkimSigningConfig -Identity 'example.com' -Enabled $false",
                )]),
                baseline: owned(["MS.EXO.3.1v1"]),
                since: Some(ago(5)),
                ..finding(domain, "dkim-signing-disabled", "high", &SIGNING_OFF)
            },
            mta_sts(domain),
        ],
        "contoso.com" => vec![FindingView { can_fix: false, publish: Vec::new(), ..mta_sts("contoso.com") }],
        _ => Vec::new(),
    }
}

fn mta_sts(domain: &str) -> FindingView {
    let policy = format!("version: STSv1\nmode: testing\nmx: mail.{domain}\nmax_age: 604800\n");
    FindingView {
        facts: vec![(format!("_mta-sts.{domain} TXT"), "the name does not exist".to_owned())],
        publish: vec![
            (format!("_mta-sts.{domain}"), "TXT".to_owned(), "v=STSv1; id=20261120120000".to_owned()),
            (format!("https://mta-sts.{domain}/.well-known/mta-sts.txt"), "FILE".to_owned(), policy),
        ],
        ..finding(domain, "mta-sts-missing", "low", &STS)
    }
}

fn key(domain: &str, selector: &str, bits: u32, state: &str, signer: &str) -> KeyLine {
    KeyLine {
        domain: domain.to_owned(),
        selector: selector.to_owned(),
        algorithm: if bits == 256 { "ed25519" } else { "rsa" }.to_owned(),
        bits,
        state: state.to_owned(),
        signer: signer.to_owned(),
        since: Some(ago(24 * 60)),
        last_seen: Some(ago(1)),
        due: Some(ago(-24 * 30)),
        ..KeyLine::default()
    }
}

fn keys() -> Vec<KeyLine> {
    vec![
        KeyLine { rotation: "draining".to_owned(), due: None, ..key("contoso.com", "sw202611a", 2048, "signing", "opendkim") },
        KeyLine { last_seen: Some(ago(30)), due: Some(ago(-90)), ..key("contoso.com", "sw202608a", 2048, "retired", "opendkim") },
        KeyLine { last_seen: Some(ago(3)), ..key("contoso.com", "ed202611a", 256, "signing", "spoofwatch") },
        KeyLine {
            trouble: "signing is switched off in Exchange Online".to_owned(),
            last_seen: Some(ago(5)),
            due: None,
            ..key("example.com", "selector1", 2048, "published", "microsoft-365")
        },
        KeyLine {
            trouble: "selector2._domainkey.example.com leads nowhere".to_owned(),
            since: None,
            last_seen: None,
            due: None,
            ..key("example.com", "selector2", 0, "missing", "microsoft-365")
        },
        KeyLine {
            trouble: "512 bits can be broken within hours; it was due 45 days ago".to_owned(),
            due: Some(ago(24 * 45)),
            since: Some(ago(24 * 2000)),
            ..key("legacy.example", "default", 512, "weak", "rspamd")
        },
        KeyLine {
            trouble: format!("its record cannot be read: {HOSTILE}"),
            due: None,
            last_seen: None,
            ..key("shop.example", "mail", 1024, "broken", "")
        },
        KeyLine { due: None, ..key("legacy.example", "old2019", 1024, "revoked", "") },
    ]
}

fn calendar() -> Vec<CalendarEntry> {
    let entry = |hours, domain: &str, what: &str, state: &str| CalendarEntry {
        at: ago(hours),
        domain: domain.to_owned(),
        what: what.to_owned(),
        state: state.to_owned(),
    };
    vec![
        entry(24 * 45, "legacy.example", "the rotation of `default` begins", "overdue"),
        entry(30, "contoso.com", "the signer was given `sw202611a`", "past"),
        entry(0, "contoso.com", "mail signed with `sw202608a` is under way", "now"),
        entry(-138, "contoso.com", "`sw202608a` is revoked", "due"),
        entry(-24 * 30, "contoso.com", "the rotation of `ed202611a` begins", "due"),
        entry(-24 * 61, "contoso.com", "the rotation of `sw202611a` begins", "due"),
    ]
}

#[async_trait]
impl Domains for Sample {
    async fn domains(&self) -> Result<Vec<DomainLine>, Fault> {
        Ok(ROWS.iter().enumerate().map(|(place, row)| line(row, place)).collect())
    }

    async fn domain(&self, name: &str) -> Result<DomainView, Fault> {
        let lines = self.domains().await?;
        let unknown = || Fault::Unknown { what: "domain", id: name.to_owned() };
        let line = lines.into_iter().find(|line| line.name == name).ok_or_else(unknown)?;
        let fixes: Vec<FixLine> = self.fixes.fixes("all").await?.into_iter().filter(|fix| fix.subject == name).collect();
        let mut findings = findings(name);
        for finding in &mut findings {
            finding.fix = fixes.iter().find(|fix| fix.finding == finding.check).cloned();
        }
        let mut history =
            vec![entry(2, "event", "", "looked at: 2 findings"), entry(400, "event", "", "No MTA-STS policy: found")];
        if name == "example.com" {
            history.insert(1, entry(5, "alert", "", "DKIM signing is switched off: found"));
            history.insert(
                2,
                entry(6, "change", "admin@example.com", "Set-DkimSigningConfig -Identity example.com -Enabled $false"),
            );
        }
        Ok(DomainView {
            findings,
            history,
            keys: keys().into_iter().filter(|key| key.domain == name).collect(),
            fixes,
            records: vec![
                (name.to_owned(), "MX".to_owned(), format!("10 mail.{name}.")),
                (name.to_owned(), "TXT".to_owned(), "v=spf1 include:_spf.example.org -all".to_owned()),
                (format!("_dmarc.{name}"), "TXT".to_owned(), format!("v=DMARC1; p={}", line.policy)),
                (name.to_owned(), "TXT".to_owned(), HOSTILE.to_owned()),
                (
                    format!("sw202611a._domainkey.{name}"),
                    "TXT".to_owned(),
                    format!("v=DKIM1; k=rsa; p={}", "MIIBIjANBgkqhkiG9w0B".repeat(19)),
                ),
            ],
            line,
        })
    }

    async fn look(&self, name: &str, work: &Work) -> Result<DomainView, Fault> {
        let found = self.domain(name).await?;
        work.at(1, 4, format!("asking the name servers of {name}"));
        if name == "news.example" {
            // Nobody answers: it goes on until whoever asked has enough of it.
            return work.unless_cancelled(std::future::pending()).await;
        }
        work.at(4, 4, "judging");
        let line = DomainLine { looked: Some(NOW), ..found.line };
        Ok(DomainView { line, ..found })
    }

    async fn tenant(&self) -> Result<Vec<FindingView>, Fault> {
        let command = "Set-OrganizationConfig -RejectDirectSend $true";
        let undo = "Set-OrganizationConfig -RejectDirectSend $false";
        let direct = FindingView {
            facts: pairs([("Get-OrganizationConfig: RejectDirectSend", "False")]),
            commands: pairs([(command, undo)]),
            ..finding("contoso.onmicrosoft.com", "direct-send-open", "high", &DIRECT_SEND)
        };
        let bypass = FindingView {
            facts: vec![("Get-TransportRule".to_owned(), format!("{HOSTILE}: SetSCL -1"))],
            can_fix: false,
            ..finding(HOSTILE, "rule-bypasses-filtering", "medium", &BYPASS)
        };
        Ok(vec![direct, bypass])
    }

    async fn keys(&self) -> Result<(Vec<KeyLine>, Vec<CalendarEntry>), Fault> {
        Ok((keys(), calendar()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_domain_of_the_list_can_be_looked_at() {
        let sample = Sample::default();
        let lines = sample.domains().await.unwrap();
        assert_eq!(lines.iter().filter(|line| line.spoofable == "yes").count(), 3);
        for line in lines {
            assert_eq!(sample.domain(&line.name).await.unwrap().line, line);
        }
        assert!(sample.domain("../contoso.com").await.is_err());
    }

    #[tokio::test]
    async fn a_look_that_nobody_wants_any_more_ends() {
        let work = Work::default();
        work.cancel();
        assert_eq!(Sample::default().look("news.example", &work).await, Err(Fault::Cancelled));
        let found = Sample::default().look("contoso.com", &Work::default()).await.unwrap();
        assert_eq!(found.line.looked, Some(NOW));
    }
}
