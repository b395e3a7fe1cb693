//! What a finding says to publish and to set, as changes: records first, because the tenant looks for them before it does its part.

use std::collections::{BTreeMap, BTreeSet};

use mailauth::dmarc::Record;
use posture::{Finding, Publish};
use zones::{Change, RecordKind, Value};

use super::{NoPlan, moera_dmarc, plan};
use crate::{Plan, Proof, Reading, Step};

/// How long answers about a new record may be remembered, in seconds: short, so that a mistake is soon forgotten.
const TTL: u32 = 300;

/// The tenant's own domains, whose records no supported interface writes.
const MICROSOFTS: &str = ".onmicrosoft.com";

/// What stands at names now, by name and kind: every record of the kind.
pub type Present = BTreeMap<(String, RecordKind), Vec<Value>>;

/// The names and kinds whose present records [`of_finding`] has to know.
#[must_use]
pub fn names(finding: &Finding) -> Vec<(String, RecordKind)> {
    let mut names: Vec<_> =
        finding.publish.iter().filter_map(|record| Some((record.name.clone(), read(record.kind, &record.value)?.0))).collect();
    names.sort();
    names.dedup();
    names
}

/// The plan for a finding; `present` is what the zone's servers answer now for each of its [`names`].
///
/// # Errors
///
/// The finding says nothing that could be done, or what a record is now is not known.
pub fn of_finding(finding: &Finding, present: &Present) -> Result<Plan, NoPlan> {
    if finding.commands.is_empty() && finding.subject.ends_with(MICROSOFTS) {
        return moera_dmarc(&finding.subject, finding.severity);
    }
    let mut plan = plan(
        finding.check,
        &finding.subject,
        format!("{}: {}", finding.subject, finding.title),
        &format!("{} {} {}", finding.meaning, finding.risk, finding.advice),
    );
    plan.references = finding.references.iter().map(|reference| reference.url.to_owned()).collect();
    records(finding, present, &mut plan)?;
    for command in &finding.commands {
        plan.proofs.extend(Reading::after(command).map(Proof::Tenant));
        plan.steps.push(Step::Tenant(command.clone()));
        if command.undo.is_none() {
            plan.warnings.push(format!("{} cannot be taken back.", command.cmdlet));
        }
    }
    if plan.steps.is_empty() && plan.by_hand.is_empty() {
        return Err(NoPlan(format!("there is nothing that a program could do about {} of {}", finding.check, finding.subject)));
    }
    plan.proofs.push(Proof::FindingGone {
        check: finding.check.to_owned(),
        subject: finding.subject.clone(),
        was: finding.severity,
    });
    Ok(plan)
}

/// The records to publish, one change for each name and kind.
fn records(finding: &Finding, present: &Present, plan: &mut Plan) -> Result<(), NoPlan> {
    let mut changes: BTreeMap<(String, RecordKind), Change> = BTreeMap::new();
    for record in &finding.publish {
        let Some((kind, value)) = read(record.kind, &record.value) else {
            plan.by_hand.push(match record.kind {
                Publish::FILE => format!("Serve this at {}, as text/plain, before anything else:\n{}", record.name, record.value),
                kind => format!("Publish {} {kind} {}", record.name, record.value),
            });
            continue;
        };
        let key = (record.name.clone(), kind);
        let unknown = || NoPlan(format!("what stands at {} is not known: its name servers do not answer", record.name));
        let now = present.get(&key).ok_or_else(unknown)?;
        let change = changes.entry(key).or_insert_with(|| Change {
            name: record.name.clone(),
            kind,
            before: now.clone(),
            after: now.clone(),
            ttl: TTL,
        });
        put(change, record, value);
    }
    for change in changes.into_values() {
        plan.warnings.extend(reports(&finding.subject, &change));
        plan.proofs.push(Proof::Dns { name: change.name.clone(), kind: change.kind, values: change.after.clone() });
        if !change.is_nothing() {
            plan.steps.push(Step::Dns(change));
        }
    }
    Ok(())
}

/// What to think of where a policy asks for reports that it did not ask for before: the address has to be there, and where it is another
/// domain's, that one has to say that it wants them (RFC 9990 section 4).
fn reports(domain: &str, change: &Change) -> Vec<String> {
    let asked = |values: &[Value]| -> BTreeSet<String> {
        let texts = values.iter().filter_map(|value| match value {
            Value::Txt(text) => Record::read(text.as_bytes()),
            Value::Cname(_) | Value::Mx(..) => None,
        });
        texts.flat_map(|record| record.aggregate_reports).collect()
    };
    let before = asked(&change.before);
    let new = asked(&change.after).into_iter().filter(|address| !before.contains(address));
    let told = new.map(|address| {
        let host = address.rsplit('@').next().unwrap_or_default().split('!').next().unwrap_or_default().to_ascii_lowercase();
        let below = |name: &str, of: &str| name == of || name.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
        match below(&host, domain) || below(domain, &host) {
            true => format!("Reports will be sent to {address}: that address has to be there."),
            false => format!(
                "Reports will be sent to {address} once {domain}._report._dmarc.{host} TXT \"v=DMARC1\" is published: the check \
                 dmarc-report-authorisation offers that."
            ),
        }
    });
    told.collect()
}

/// Puts a record in place of those that it replaces. An alias stands alone (RFC 1034 section 3.6.2), and so does the null MX (RFC 7505
/// section 3); texts of others at the same name stay, and other exchangers.
fn put(change: &mut Change, record: &Publish, value: Value) {
    let goes: Vec<Value> = record.instead_of.iter().filter_map(|text| read(record.kind, text)).map(|(_, value)| value).collect();
    let alone = match &value {
        Value::Txt(_) => false,
        Value::Cname(_) => true,
        Value::Mx(_, host) => host.is_empty(),
    };
    if alone {
        change.after.clear();
    }
    change.after.retain(|kept| !goes.iter().any(|gone| gone.same(kept)) && !kept.same(&value));
    change.after.push(value);
}

/// A record as it is written.
fn read(kind: &str, value: &str) -> Option<(RecordKind, Value)> {
    match kind {
        "TXT" => Some((RecordKind::Txt, Value::Txt(value.to_owned()))),
        "CNAME" => Some((RecordKind::Cname, Value::Cname(value.trim_end_matches('.').to_ascii_lowercase()))),
        "MX" => {
            let (preference, host) = value.split_once(' ')?;
            let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
            Some((RecordKind::Mx, Value::Mx(preference.parse().ok()?, host)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use posture::{Check, CommandLine, Finding, Publish, Severity};
    use zones::{RecordKind, Value};

    use super::{Present, names, of_finding};

    const CHECK: Check = Check {
        id: "spf-missing",
        severity: Severity::High,
        title: "No SPF",
        meaning: "",
        risk: "",
        advice: "",
        references: &[],
        baseline: &[],
        run: |_, _, _| {},
    };

    fn txt(text: &str) -> Value {
        Value::Txt(text.to_owned())
    }

    fn finding() -> Finding {
        CHECK.found("contoso.com").publish("contoso.com", "TXT", "v=spf1 -all", &["v=spf1 +all".to_owned()])
    }

    #[test]
    fn texts_of_others_at_the_same_name_stay() {
        let now = vec![txt("google-site-verification=1"), txt("v=spf1 +all")];
        let present = Present::from([(("contoso.com".to_owned(), RecordKind::Txt), now)]);
        let plan = of_finding(&finding(), &present).unwrap();
        assert_eq!(names(&finding()), [("contoso.com".to_owned(), RecordKind::Txt)]);
        assert_eq!(plan.steps[0].to_string(), "- contoso.com 300 TXT \"v=spf1 +all\"\n+ contoso.com 300 TXT \"v=spf1 -all\"\n");
        let words: Vec<String> = plan.proofs.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "every server of the zone answers contoso.com TXT with \"google-site-verification=1\", \"v=spf1 -all\"",
                "the check spf-missing finds nothing at contoso.com any more, or nothing that matters as much (high)"
            ]
        );
    }

    #[test]
    fn where_reports_go_is_to_be_thought_of() {
        let name = "_dmarc.contoso.com";
        let warned = |record: &str, now: Vec<Value>| {
            let finding = CHECK.found("contoso.com").publish(name, "TXT", record, &[]);
            of_finding(&finding, &Present::from([((name.to_owned(), RecordKind::Txt), now)])).unwrap().warnings
        };
        let own = "v=DMARC1; p=none; rua=mailto:d@contoso.com";
        assert_eq!(warned(own, Vec::new()), ["Reports will be sent to mailto:d@contoso.com: that address has to be there."]);
        let other = warned("v=DMARC1; p=none; rua=mailto:d@notcontoso.com", vec![txt(own)]);
        assert_eq!(
            other,
            [
                "Reports will be sent to mailto:d@notcontoso.com once contoso.com._report._dmarc.notcontoso.com TXT \"v=DMARC1\" is published: \
              the check dmarc-report-authorisation offers that."
            ]
        );
        assert_eq!(warned("v=DMARC1; p=reject; rua=mailto:d@contoso.com", vec![txt(own)]), [""; 0]);
    }

    #[test]
    fn what_is_not_known_is_not_overwritten() {
        assert!(of_finding(&finding(), &Present::new()).is_err());
    }

    #[test]
    fn a_domain_that_takes_no_mail_has_no_other_exchanger() {
        let finding = CHECK.found("parked.example").publish("parked.example", "MX", "0 .", &[]);
        let now = vec![Value::Mx(10, "mx.example".to_owned())];
        let plan = of_finding(&finding, &Present::from([(("parked.example".to_owned(), RecordKind::Mx), now)])).unwrap();
        assert_eq!(plan.steps[0].to_string(), "- parked.example 300 MX 10 mx.example.\n+ parked.example 300 MX 0 .\n");
    }

    #[test]
    fn a_page_is_for_a_person_to_serve() {
        let finding = CHECK.found("contoso.com").publish("https://mta-sts.contoso.com/", Publish::FILE, "version: STSv1\n", &[]);
        let plan = of_finding(&finding, &Present::new()).unwrap();
        assert_eq!(
            plan.by_hand,
            ["Serve this at https://mta-sts.contoso.com/, as text/plain, before anything else:\nversion: STSv1\n"]
        );
    }

    #[test]
    fn kinds_that_are_not_written_are_for_a_person() {
        let finding = CHECK.found("contoso.com").publish("_25._tcp.mx.contoso.com", "TLSA", "3 1 1 ab", &[]);
        let plan = of_finding(&finding, &Present::new()).unwrap();
        assert_eq!((plan.steps.len(), plan.by_hand.len()), (0, 1));
    }

    #[test]
    fn records_come_before_the_tenant_that_looks_for_them() {
        let enable = CommandLine::new("Set-DkimSigningConfig").with("Identity", "contoso.com").changes("Enabled", true, false);
        let name = "selector1._domainkey.contoso.com";
        let finding = CHECK.found("contoso.com").publish(name, "CNAME", "k1.example.", &[]).command(enable);
        let present = Present::from([((name.to_owned(), RecordKind::Cname), Vec::new())]);
        let plan = of_finding(&finding, &present).unwrap();
        let steps: Vec<String> = plan.steps.iter().map(ToString::to_string).collect();
        assert_eq!(
            steps,
            [
                "+ selector1._domainkey.contoso.com 300 CNAME k1.example.\n",
                "Set-DkimSigningConfig -Identity 'contoso.com' -Enabled $true\n"
            ]
        );
        let proofs: Vec<String> = plan.proofs.iter().map(ToString::to_string).collect();
        assert_eq!(proofs[1], "Get-DkimSigningConfig -Identity 'contoso.com' says Enabled = true");
    }

    #[test]
    fn the_tenants_own_domain_is_for_a_person() {
        let finding =
            CHECK.found("contoso.onmicrosoft.com").publish("_dmarc.contoso.onmicrosoft.com", "TXT", "v=DMARC1; p=reject", &[]);
        let plan = of_finding(&finding, &Present::new()).unwrap();
        assert!(plan.steps.is_empty() && plan.by_hand.len() == 4);
    }
}
