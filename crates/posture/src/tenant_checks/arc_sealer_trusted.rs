//! `arc-sealer-trusted`: what another organisation says about a message's authentication is believed.

use serde_json::Value;

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
        // Names with commas between them, as the cmdlet gives them back; nothing is a space, because it takes no empty value.
        let rest = if rest.is_empty() { " ".to_owned() } else { rest.join(",") };
        let identity = if config.identity.is_empty() { "Default" } else { &config.identity };
        let command =
            CommandLine::new("Set-ArcConfig").with("Identity", identity).changes("ArcTrustedSealers", rest, trusted.join(","));
        found.push(finding.command(command));
    }
}

/// The names in a list, or in a text with commas.
fn names(value: &Value) -> Vec<String> {
    let texts = rules::texts(value);
    let names = texts.iter().flat_map(|text| text.split([',', ';'])).map(|name| name.trim().to_ascii_lowercase());
    let mut seen = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::names;

    #[test]
    fn sealers_come_as_a_list_or_with_commas_between_them() {
        assert_eq!(names(&json!("b.example, A.example")), ["b.example", "a.example"]);
        assert_eq!(names(&json!(["b.example", "a.example", "B.example"])), ["b.example", "a.example"]);
        assert!(names(&json!(" ")).is_empty() && names(&json!(null)).is_empty());
    }
}
