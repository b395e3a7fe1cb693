//! `docs/reference/checks.md` is what the checks declare: `cargo xtask codegen` has this test write it.

#![expect(clippy::disallowed_methods, reason = "the page is a file, and BLESS says to write it")]

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use spoofwatch_posture::{Check, Reference, Severity, TenantCheck, baseline, checks::ALL, tenant_checks};

const HEAD: &str = "# Checks of domains

Written by `cargo xtask codegen` from what the checks declare; do not edit. `spoofwatch check DOMAIN` runs them.

";

const TENANT_HEAD: &str = "# Checks of a Microsoft 365 tenant

Written by `cargo xtask codegen` from what the checks declare; do not edit. `spoofwatch check --tenant` runs them.

";

/// What a page tells of a check, of a domain or of a tenant.
struct Told {
    id: &'static str,
    severity: Severity,
    title: &'static str,
    meaning: &'static str,
    risk: &'static str,
    advice: &'static str,
    references: &'static [Reference],
    baseline: &'static [&'static str],
}

fn of_domains() -> Vec<Told> {
    let told = |check: &&Check| {
        let Check { id, severity, title, meaning, risk, advice, references, baseline, .. } = **check;
        Told { id, severity, title, meaning, risk, advice, references, baseline }
    };
    ALL.iter().map(told).collect()
}

fn of_tenants() -> Vec<Told> {
    let told = |check: &&TenantCheck| {
        let TenantCheck { id, severity, title, meaning, risk, advice, references, baseline, .. } = **check;
        Told { id, severity, title, meaning, risk, advice, references, baseline }
    };
    tenant_checks::ALL.iter().map(told).collect()
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn the_page_of_checks_is_current() -> Outcome {
    is_current("checks.md", &page(HEAD, &of_domains())?)
}

#[test]
fn the_page_of_tenant_checks_is_current() -> Outcome {
    let mut page = page(TENANT_HEAD, &of_tenants())?;
    page.push_str("\n## CISA's baseline\n\nWhat a report says of the controls of CISA's SCuBA baseline for mail. The last column says what has to be known for that.\n\n");
    page.push_str("| control | level | asks for | checked here |\n| --- | --- | --- | --- |\n");
    for control in baseline::controls() {
        let needs =
            if control.needs().is_empty() { "no".to_owned() } else { format!("`{}`", control.needs().replace(',', "`, `")) };
        writeln!(page, "| {} | {} | {} | {needs} |", control.id, control.level, control.title)?;
    }
    is_current("tenant-checks.md", &page)
}

fn page(head: &str, checks: &[Told]) -> Result<String, std::fmt::Error> {
    let mut page = head.to_owned();
    page.push_str("| check | mostly | finds |\n| --- | --- | --- |\n");
    for check in checks {
        writeln!(page, "| [{id}](#{id}) | {} | {} |", check.severity, check.title.replace('|', "\\|"), id = check.id)?;
    }
    for check in checks {
        section(&mut page, check)?;
    }
    Ok(page)
}

fn is_current(name: &str, page: &str) -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, page)?;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/reference/{name} is stale: run `cargo xtask codegen`");
    Ok(())
}

fn section(page: &mut String, check: &Told) -> std::fmt::Result {
    let Told { id, title, meaning, risk, advice, .. } = check;
    writeln!(page, "\n## {id}\n\n**{title}.** {meaning}\n\nWhat can happen: {risk}\n\nWhat to do: {advice}\n")?;
    let references = check.references.iter().map(|reference| format!("[{}]({})", reference.title, reference.url));
    write!(page, "See {}.", references.collect::<Vec<_>>().join(", "))?;
    if !check.baseline.is_empty() {
        write!(page, " CISA's SCuBA baseline: {}.", check.baseline.join(", "))?;
    }
    writeln!(page)
}

#[test]
fn a_check_has_a_name_of_its_own_that_is_its_file_s() {
    for (folder, checks) in [("src/checks", of_domains()), ("src/tenant_checks", of_tenants())] {
        let names: BTreeSet<&str> = checks.iter().map(|check| check.id).collect();
        assert_eq!(names.len(), checks.len());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for name in names {
            assert!(
                folder.join(format!("{}.rs", name.replace('-', "_"))).is_file(),
                "{name} is not declared in a file of its name"
            );
        }
    }
}

#[test]
fn a_check_says_everything_and_where_it_is_written() {
    for Told { id, title, meaning, risk, advice, references, .. } in of_domains().into_iter().chain(of_tenants()) {
        for words in [title, meaning, risk, advice] {
            assert!(!words.trim().is_empty() && !words.contains("  "), "{id}: `{words}`");
        }
        assert!(!title.ends_with('.') && [meaning, risk, advice].iter().all(|words| words.ends_with('.')), "{id}: full stops");
        assert!(
            !references.is_empty() && references.iter().all(|reference| reference.url.starts_with("https://")),
            "{id}: references"
        );
    }
}
