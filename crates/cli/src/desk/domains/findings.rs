//! What looks found, read back from `DomainFindings`.

use std::collections::BTreeMap;

use ::desk::{Fault, FindingView, FixLine, Sheet};
use serde_json::Value;
use state::FixFilter;

use super::Here;
use crate::desk::{
    asking::{moment, place, text},
    fixes,
};

/// Findings that are shown.
const MOST: usize = 20_000;

/// What is open: the last that each finding was, and since when it is so.
const OPEN: &str = "DomainFindings | summarize arg_max(TimeGenerated, *), Since = maxif(TimeGenerated, Status == \"new\"), \
    First = min(TimeGenerated) by FindingId | where Status != \"gone\" | extend Since = coalesce(Since, First)";

/// Every severity, from what matters most.
const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "informational"];

/// What is looked at, with the beginning of the ids of its checks.
const CONTROLS: [(&str, &str); 8] = [
    ("SPF", "spf-"),
    ("DKIM", "dkim-"),
    ("DMARC", "dmarc-"),
    ("MTA-STS", "mta-sts-"),
    ("TLS-RPT", "tls-rpt-"),
    ("DANE", "dane-"),
    ("DNSSEC", "dnssec-"),
    ("BIMI", "bimi-"),
];

fn rank(severity: &str) -> usize {
    SEVERITIES.iter().position(|known| *known == severity).unwrap_or(SEVERITIES.len())
}

/// How many there are of each severity, the highest first.
pub(super) fn by_severity(findings: &[FindingView]) -> Vec<(String, u64)> {
    let count = |severity: &str| findings.iter().filter(|finding| finding.severity == severity).count() as u64;
    let counts = SEVERITIES.iter().map(|severity| ((*severity).to_owned(), count(severity)));
    counts.filter(|(_, count)| *count > 0).collect()
}

/// What nobody is told to have: that nothing is wrong with it is only good where there is a record, whose name begins so.
const OPTIONAL: [(&str, &str); 2] = [("dane-", "_25._tcp."), ("bimi-", "default._bimi.")];
/// How ids of checks end that find nothing there.
const MISSING: [&str; 2] = ["-missing", "-unsigned"];

/// How each thing that is looked at stands. `unfinished`: not everything could be asked, so that nothing found says nothing. `records` are
/// those that were seen: name, type, value.
pub(super) fn controls(
    findings: &[FindingView],
    unfinished: bool,
    records: &[(String, String, String)],
) -> Vec<(String, String)> {
    let asked = !unfinished && !findings.iter().any(|finding| finding.check == "dns-trouble");
    let is_there = |beginning: &str| {
        let wanted = OPTIONAL.iter().find(|(control, _)| *control == beginning);
        wanted.is_none_or(|(_, name)| records.iter().any(|(seen, ..)| seen.starts_with(name)))
    };
    let state = |beginning: &str| {
        let own: Vec<&FindingView> = findings.iter().filter(|finding| finding.check.starts_with(beginning)).collect();
        let missing = |finding: &&&FindingView| MISSING.iter().any(|end| finding.check.ends_with(end));
        if own.iter().any(|finding| missing(&finding)) {
            return "missing";
        }
        let found: Vec<&FindingView> = own.into_iter().filter(|finding| finding.severity != "informational").collect();
        let grave = |finding: &&FindingView| rank(&finding.severity) <= rank("high");
        match found.as_slice() {
            [] if asked && !is_there(beginning) => "missing",
            [] if asked => "good",
            [] => "unknown",
            found if found.iter().any(grave) => "broken",
            _ => "weak",
        }
    };
    CONTROLS.iter().map(|(name, beginning)| ((*name).to_owned(), state(beginning).to_owned())).collect()
}

impl Here {
    /// What is open, by the domain or tenant, what matters most first.
    pub(super) async fn open_findings(&self) -> Result<BTreeMap<String, Vec<FindingView>>, Fault> {
        let sheet = self.desk.rows(OPEN, MOST).await?;
        let mut all: BTreeMap<String, Vec<FindingView>> = BTreeMap::new();
        for row in &sheet.rows {
            all.entry(text(&sheet, row, "Domain").to_owned()).or_default().push(finding(&sheet, row));
        }
        for findings in all.values_mut() {
            findings.sort_by(|a, b| (rank(&a.severity), &a.title, &a.subject).cmp(&(rank(&b.severity), &b.title, &b.subject)));
        }
        Ok(all)
    }

    /// Gives each finding the fix that answers it, the youngest; gives all fixes of a domain, the youngest first.
    pub(super) async fn fixes_of(&self, findings: &mut [FindingView], name: &str) -> Result<Vec<FixLine>, Fault> {
        let fixes = self.desk.state().fixes(&FixFilter::default()).await?;
        for finding in findings.iter_mut() {
            let answers = |fix: &&state::Fix| fix.kind == finding.check && fix.subject.eq_ignore_ascii_case(&finding.subject);
            finding.fix = fixes.iter().find(answers).map(fixes::line);
        }
        let below = format!(".{name}");
        let is_of = |fix: &&state::Fix| {
            let subject = fix.subject.to_ascii_lowercase();
            subject == name || subject.ends_with(&below) || findings.iter().any(|finding| finding.subject == fix.subject)
        };
        Ok(fixes.iter().filter(is_of).map(fixes::line).collect())
    }
}

/// What a check means, which does not change from domain to domain.
fn meaning(check: &str) -> &'static str {
    let of_domains = posture::checks::ALL.iter().find(|known| known.id == check).map(|known| known.meaning);
    let of_tenants = || posture::tenant_checks::ALL.iter().find(|known| known.id == check).map(|known| known.meaning);
    of_domains.or_else(of_tenants).unwrap_or_default()
}

fn finding(sheet: &Sheet, row: &[Value]) -> FindingView {
    let cell = |column: &str| text(sheet, row, column).to_owned();
    let list = |column: &str| {
        let cell = place(sheet, column).and_then(|place| row.get(place));
        cell.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    };
    let member = |object: &Value, name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pairs = |column: &str, one: &str, other: &str| -> Vec<(String, String)> {
        list(column).iter().map(|object| (member(object, one), member(object, other))).collect()
    };
    let commands = list("Commands").iter().map(|command| {
        let undo = command.get("undo").map(|undo| member(undo, "powershell")).unwrap_or_default();
        (member(command, "powershell"), undo)
    });
    let publish = list("Publish").iter().map(|record| (member(record, "name"), member(record, "type"), member(record, "value")));
    let check = cell("Check");
    let (commands, publish): (Vec<_>, Vec<_>) = (commands.collect(), publish.collect());
    FindingView {
        subject: cell("Subject"),
        severity: cell("Severity"),
        title: cell("Title"),
        meaning: meaning(&check).to_owned(),
        risk: cell("Risk"),
        advice: cell("Advice"),
        facts: pairs("Facts", "what", "seen"),
        // A page that a web server has to give is nothing that is written here.
        can_fix: !commands.is_empty() || publish.iter().any(|(_, kind, _)| kind != posture::Publish::FILE),
        publish,
        commands,
        references: pairs("References", "title", "url"),
        baseline: list("Baseline").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        since: moment(sheet, row, "Since"),
        fix: None,
        check,
    }
}

#[cfg(test)]
mod tests {
    use ::desk::FindingView;

    use super::{by_severity, controls};

    fn found(check: &str, severity: &str) -> FindingView {
        FindingView { check: check.to_owned(), severity: severity.to_owned(), ..FindingView::default() }
    }

    #[test]
    fn a_control_is_as_good_as_the_worst_that_is_found() {
        let findings = [
            found("dmarc-missing", "high"),
            found("spf-ptr", "low"),
            found("dkim-key-weak", "critical"),
            found("bimi-logo", "informational"),
            found("dnssec-unsigned", "informational"),
        ];
        let records = [("default._bimi.example.com".to_owned(), "TXT".to_owned(), "v=BIMI1".to_owned())];
        let state = |findings: &[FindingView], unfinished, name: &str| {
            controls(findings, unfinished, &records).into_iter().find(|(known, _)| known == name).map(|(_, state)| state)
        };
        for (name, expected) in [
            ("DMARC", "missing"),
            ("SPF", "weak"),
            ("DKIM", "broken"),
            ("BIMI", "good"),
            ("DANE", "missing"),
            ("DNSSEC", "missing"),
            ("MTA-STS", "good"),
        ] {
            assert_eq!(state(&findings, false, name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(state(&findings, true, "DANE").as_deref(), Some("unknown"));
        assert_eq!(by_severity(&findings)[0], ("critical".to_owned(), 1));
    }
}
