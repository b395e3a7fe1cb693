//! The records that a finding says to publish, as changes of the zone.

use std::collections::BTreeMap;

use posture::Finding;
use zones::{Change, RecordKind, Value};

use super::{NoPlan, plan};
use crate::{Plan, Proof, Step};

/// How long answers about a new record may be remembered, in seconds: short, so that a mistake is soon forgotten.
const TTL: u32 = 300;

/// What stands at names now, by name and kind: every record of the kind.
pub type Present = BTreeMap<(String, RecordKind), Vec<Value>>;

/// The plan for the records of a finding; `present` is what the zone's servers answer now for each of their names.
///
/// # Errors
///
/// The finding says to publish nothing, or what a record is now is not known.
pub fn publish(finding: &Finding, present: &Present) -> Result<Plan, NoPlan> {
    let mut plan = plan(
        &format!("publish-{}", finding.check),
        &finding.subject,
        format!("{}: publish what {} needs", finding.subject, finding.check),
        &format!("{} {}", finding.meaning, finding.risk),
    );
    plan.references = finding.references.iter().map(|reference| reference.url.to_owned()).collect();
    let mut changes: BTreeMap<(String, RecordKind), Change> = BTreeMap::new();
    for record in &finding.publish {
        let Some((kind, value)) = read(record.kind, &record.value) else {
            plan.by_hand.push(format!("Publish {} {} {}", record.name, record.kind, record.value));
            continue;
        };
        let key = (record.name.clone(), kind);
        let now = present
            .get(&key)
            .ok_or_else(|| NoPlan(format!("what stands at {} is not known: its name servers do not answer", record.name)))?;
        let change = changes.entry(key).or_insert_with(|| Change {
            name: record.name.clone(),
            kind,
            before: now.clone(),
            after: now.clone(),
            ttl: TTL,
        });
        let goes: Vec<Value> =
            record.instead_of.iter().filter_map(|text| read(record.kind, text)).map(|(_, value)| value).collect();
        change.after.retain(|kept| !goes.contains(kept) && *kept != value);
        // A host is an alias or has mail exchangers for one purpose: these sets are replaced as a whole (RFC 1034 section 3.6.2, RFC 7505
        // section 3). Texts of others stay.
        match kind {
            RecordKind::Txt => {}
            RecordKind::Cname | RecordKind::Mx => change.after.clear(),
        }
        change.after.push(value);
    }
    for change in changes.into_values() {
        plan.proofs.push(Proof::Dns { name: change.name.clone(), kind: change.kind, values: change.after.clone() });
        if change.before != change.after {
            plan.steps.push(Step::Dns(change));
        }
    }
    if plan.steps.is_empty() && plan.by_hand.is_empty() {
        return Err(NoPlan(format!("there is nothing to publish for {} at {}", finding.check, finding.subject)));
    }
    plan.proofs.push(Proof::FindingGone { check: finding.check.to_owned(), subject: finding.subject.clone() });
    Ok(plan)
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
    use posture::{Check, Finding};
    use zones::{RecordKind, Value};

    use super::{Present, publish};

    const CHECK: Check = Check {
        id: "spf-missing",
        severity: posture::Severity::High,
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
        let plan = publish(&finding(), &present).unwrap();
        assert_eq!(plan.steps[0].to_string(), "- contoso.com 300 TXT \"v=spf1 +all\"\n+ contoso.com 300 TXT \"v=spf1 -all\"\n");
        let words: Vec<String> = plan.proofs.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "every server of the zone answers contoso.com TXT with \"google-site-verification=1\", \"v=spf1 -all\"",
                "the check spf-missing finds nothing at contoso.com any more"
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_not_overwritten() {
        assert!(publish(&finding(), &Present::new()).is_err());
    }

    #[test]
    fn exchangers_are_replaced_as_a_whole() {
        let finding = CHECK.found("parked.example").publish("parked.example", "MX", "0 .", &[]);
        let now = vec![Value::Mx(10, "mx.example".to_owned())];
        let plan = publish(&finding, &Present::from([(("parked.example".to_owned(), RecordKind::Mx), now)])).unwrap();
        assert_eq!(plan.steps[0].to_string(), "- parked.example 300 MX 10 mx.example.\n+ parked.example 300 MX 0 .\n");
    }

    #[test]
    fn kinds_that_are_not_written_are_for_a_person() {
        let finding = CHECK.found("contoso.com").publish("_25._tcp.mx.contoso.com", "TLSA", "3 1 1 ab", &[]);
        let plan = publish(&finding, &Present::new()).unwrap();
        assert_eq!((plan.steps.len(), plan.by_hand.len()), (0, 1));
    }
}
