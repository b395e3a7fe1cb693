//! `tenant-part-unreadable`: a part of the tenant's configuration could not be read, so what depends on it was not checked. What each part needs:
//! `data/tenant-parts.tsv`.

use tenant::{Part, Snapshot};

use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "tenant-part-unreadable",
    severity: Severity::Medium,
    title: "A part of the tenant could not be read",
    meaning: "The application may not read this part of the tenant's configuration, or it could not be reached. Nothing that depends on it was checked.",
    risk: "What stands wrong there is not seen: no finding means nothing.",
    advice: "Give the application the permission that the finding names, then check again.",
    references: &[pages::APP_ONLY],
    baseline: &[],
    run,
};

/// The parts, a line each: name, what reads it, what the application needs.
const PARTS: &str = include_str!("../../data/tenant-parts.tsv");

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for line in PARTS.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(part), Some(reader), Some(needs)) = (cells.next(), cells.next(), cells.next()) else { continue };
        if let Some(reason) = failure(evidence.snapshot, part) {
            let mut finding = check.found(reader).seen("answer", reason).seen("needs", needs);
            finding.advice = format!("Give the application {needs}, then check again.");
            found.push(finding);
        }
    }
}

/// Whether a part of the tenant was read, by its name in `data/tenant-parts.tsv`.
pub(crate) fn was_read(snapshot: &Snapshot, part: &str) -> bool {
    state(snapshot, part).is_some_and(|state| state.is_ok())
}

/// Why a part could not be read; `None` where it was, and where nobody asked for it.
fn failure<'a>(snapshot: &'a Snapshot, part: &str) -> Option<&'a str> {
    let not_asked = Part::<()>::default();
    let reason = state(snapshot, part)?.err()?;
    (not_asked != Part::Failed(reason.to_owned())).then_some(reason)
}

/// Whether a part was read, else why not; `None` for a name that no part has.
fn state<'a>(snapshot: &'a Snapshot, part: &str) -> Option<Result<(), &'a str>> {
    fn of<T>(part: &Part<T>) -> Result<(), &str> {
        match part {
            Part::Read(_) => Ok(()),
            Part::Failed(reason) => Err(reason),
        }
    }
    Some(match part {
        "dkim" => of(&snapshot.dkim),
        "accepted_domains" => of(&snapshot.accepted_domains),
        "anti_phish" => of(&snapshot.anti_phish),
        "transport_rules" => of(&snapshot.transport_rules),
        "organization" => of(&snapshot.organization),
        "inbound_connectors" => of(&snapshot.inbound_connectors),
        "arc" => of(&snapshot.arc),
        "audit" => of(&snapshot.audit),
        "content_filters" => of(&snapshot.content_filters),
        "connection_filters" => of(&snapshot.connection_filters),
        "transport" => of(&snapshot.transport),
        "remote_domains" => of(&snapshot.remote_domains),
        "domains" => of(&snapshot.domains),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use tenant::Snapshot;

    use super::{PARTS, state};

    #[test]
    fn every_part_of_a_snapshot_has_its_line() {
        let listed: Vec<&str> =
            PARTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next()).collect();
        assert!(listed.iter().all(|part| state(&Snapshot::default(), part).is_some()));
        let parts = serde_json::to_value(Snapshot::default()).unwrap();
        let named: Vec<String> = parts.as_object().unwrap().keys().filter(|name| *name != "tenant").cloned().collect();
        assert_eq!(listed, named);
    }
}
