//! `arc-sealer-trusted`: what another organisation says about a message's authentication is believed.

use serde_json::{Value, json};

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "arc-sealer-trusted",
    severity: Severity::Informational,
    title: "An ARC sealer is trusted",
    meaning: "Where this domain sealed a message and says that it passed authentication, Exchange Online believes it over a DMARC check that fails \
              (compauth reason 130).",
    risk: "Whoever holds the domain's key, or sends through its servers, has forged mail delivered.",
    advice: "Trust only services that stand before Exchange Online in your own mail flow, and say which in the configuration.",
    references: &[pages::ARC],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(config) = evidence.snapshot.arc.read() else { return };
    let trusted = names(&config.arc_trusted_sealers);
    for sealer in &trusted {
        let finding = check.found(sealer).seen("Get-ArcConfig: ArcTrustedSealers", trusted.join(", "));
        let is_expected = evidence.sealers.map(|known| known.iter().any(|name| name.eq_ignore_ascii_case(sealer)));
        let mut finding = match is_expected {
            Some(true) => {
                found.push(finding);
                continue;
            }
            Some(false) => finding.matters(Severity::High),
            None => finding.matters(Severity::Low),
        };
        if is_expected == Some(false) {
            finding.title = "An ARC sealer is trusted that nobody named".to_owned();
        }
        let rest: Vec<&str> = trusted.iter().filter(|name| *name != sealer).map(String::as_str).collect();
        // Nothing is written as a space: the cmdlet takes no empty value.
        let rest = if rest.is_empty() { json!(" ") } else { json!(rest) };
        let identity = if config.identity.is_empty() { "Default" } else { &config.identity };
        let command =
            CommandLine::new("Set-ArcConfig").with("Identity", identity).changes("ArcTrustedSealers", rest, json!(trusted));
        found.push(finding.command(command));
    }
}

/// The names in a list, or in a text with commas.
fn names(value: &Value) -> Vec<String> {
    let texts = rules::texts(value);
    let names = texts.iter().flat_map(|text| text.split([',', ';'])).map(|name| name.trim().to_ascii_lowercase());
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::names;

    #[test]
    fn sealers_come_as_a_list_or_with_commas_between_them() {
        assert_eq!(names(&json!("b.example, A.example")), ["a.example", "b.example"]);
        assert_eq!(names(&json!(["b.example", "a.example"])), ["a.example", "b.example"]);
        assert!(names(&json!(" ")).is_empty() && names(&json!(null)).is_empty());
    }
}
