//! Own domains: how they stand by the last looks, what is wrong, their keys.
//!
//! What is shown is what looks left behind in `DomainChecks`, `DomainFindings` and `DkimKeys`; only [`Domains::look`] asks the DNS.

mod findings;
mod keys;

use std::collections::BTreeMap;

use ::desk::{CalendarEntry, DomainLine, DomainView, Domains, Fault, FindingView, KeyLine, Sheet, TimelineEntry, Work};
use async_trait::async_trait;
use posture::report::Report;
use serde_json::Value;
use state::Moment;
use tokio::sync::OnceCell;

use super::{
    Context,
    asking::{domain, moment, number, quoted, text},
    told,
};
use crate::harden::{self, Looker, Memory};

/// Domains that are shown.
const MOST: usize = 5000;
/// Looks that scores are drawn of.
const SCORES: usize = 50_000;
/// What became of findings that is shown of a domain.
const HISTORY: usize = 500;

/// The last look at each domain and tenant.
const LATEST: &str = "DomainChecks | summarize arg_max(TimeGenerated, *) by Domain";
/// The scores of half a year, the last one of each day.
const SCORES_OF_DAYS: &str = "DomainChecks | where isnotnull(Score) and TimeGenerated > ago(183d) \
    | summarize arg_max(TimeGenerated, Score) by Domain, Day = bin(TimeGenerated, 1d) | project Domain, TimeGenerated, Score \
    | sort by Domain asc, TimeGenerated asc";

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
    keys: OnceCell<keys::Lately>,
}

/// The last looks, as they are stored.
struct Looks {
    checks: Sheet,
    scores: BTreeMap<String, Vec<(Moment, u32)>>,
    findings: BTreeMap<String, Vec<FindingView>>,
}

impl Here {
    /// Over the running program.
    pub(super) const fn new(desk: Context) -> Self {
        Self { desk, keys: OnceCell::const_new() }
    }

    async fn looks(&self) -> Result<Looks, Fault> {
        let (checks, scores, findings) =
            tokio::try_join!(self.desk.rows(LATEST, MOST), self.desk.rows(SCORES_OF_DAYS, SCORES), self.open_findings())?;
        let mut by_domain: BTreeMap<String, Vec<(Moment, u32)>> = BTreeMap::new();
        for row in &scores.rows {
            if let (Some(at), Some(score)) = (moment(&scores, row, "TimeGenerated"), points(&scores, row)) {
                by_domain.entry(text(&scores, row, "Domain").to_owned()).or_default().push((at, score));
            }
        }
        Ok(Looks { checks, scores: by_domain, findings })
    }

    /// Every own domain: those that were looked at, and those of the configuration that were not yet.
    async fn lines(&self) -> Result<(Vec<DomainLine>, Looks), Fault> {
        let looks = self.looks().await?;
        let mut lines: Vec<DomainLine> =
            looks.checks.rows.iter().filter(|row| points(&looks.checks, row).is_some()).map(|row| looks.line(row)).collect();
        let config = self.desk.config()?;
        let own = config.mail.own_domains.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        for (name, _) in config.check.all(&own) {
            if !lines.iter().any(|line| line.name == name) {
                let spoofable = "unknown".to_owned();
                lines.push(DomainLine {
                    because: "nobody has looked at it yet".to_owned(),
                    name,
                    spoofable,
                    ..DomainLine::default()
                });
            }
        }
        let rank = |line: &DomainLine| match line.spoofable.as_str() {
            "yes" => 0,
            "partly" => 1,
            "unknown" => 2,
            _ => 3,
        };
        lines.sort_by(|a, b| (rank(a), a.score, &a.name).cmp(&(rank(b), b.score, &b.name)));
        Ok((lines, looks))
    }

    /// What came and went, the latest first.
    async fn came_and_went(&self, name: &str) -> Result<Vec<TimelineEntry>, Fault> {
        let query = format!(
            "DomainFindings | where Domain == {} and (Status in (\"new\", \"gone\") or isnotempty(PreviousSeverity)) \
             | sort by TimeGenerated desc, Title asc | project TimeGenerated, Status, Severity, PreviousSeverity, Subject, Title",
            quoted(name)
        );
        let sheet = self.desk.rows(&query, HISTORY).await?;
        let entry = |row: &Vec<Value>| {
            let cell = |column: &str| text(&sheet, row, column);
            let (title, severity, before) = (cell("Title"), cell("Severity"), cell("PreviousSeverity"));
            TimelineEntry {
                at: moment(&sheet, row, "TimeGenerated").unwrap_or_default(),
                kind: "change".to_owned(),
                who: String::new(),
                what: match cell("Status") {
                    "gone" => format!("gone: {title}"),
                    "new" => format!("new: {title} ({severity})"),
                    _ => format!("{title}: {before} before, {severity} now"),
                },
                alert: String::new(),
            }
        };
        Ok(sheet.rows.iter().map(entry).collect())
    }

    async fn view(&self, name: &str) -> Result<DomainView, Fault> {
        let (lines, mut looks) = self.lines().await?;
        let unknown = || Fault::Unknown { what: "domain", id: name.to_owned() };
        let line = lines.into_iter().find(|line| line.name == name).ok_or_else(unknown)?;
        let row = looks.checks.rows.iter().find(|row| text(&looks.checks, row, "Domain") == name);
        let records = row.map(|row| looks.records(row)).unwrap_or_default();
        let mut findings = looks.findings.remove(name).unwrap_or_default();
        let fixes = self.fixes_of(&mut findings, name).await?;
        let (history, keys) = tokio::try_join!(self.came_and_went(name), self.keys_of(Some(name)))?;
        Ok(DomainView { line, findings, history, keys, fixes, records })
    }
}

impl Looks {
    fn line(&self, row: &[Value]) -> DomainLine {
        let cell = |column: &str| text(&self.checks, row, column).to_owned();
        let name = cell("Domain");
        let found = self.findings.get(&name).map(Vec::as_slice).unwrap_or_default();
        DomainLine {
            score: points(&self.checks, row),
            scores: self.scores.get(&name).cloned().unwrap_or_default(),
            spoofable: cell("Spoofable"),
            because: cell("Verdict"),
            findings: findings::by_severity(found),
            controls: findings::controls(found, !cell("Unfinished").is_empty(), &self.records(row)),
            policy: cell("Policy"),
            looked: moment(&self.checks, row, "TimeGenerated"),
            name,
        }
    }

    fn records(&self, row: &[Value]) -> Vec<(String, String, String)> {
        let cell = super::asking::place(&self.checks, "Records").and_then(|place| row.get(place));
        let member = |record: &Value, name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let records = cell.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        records.iter().map(|record| (member(record, "name"), member(record, "type"), member(record, "value"))).collect()
    }
}

/// The score of a look; tenants have none.
fn points(sheet: &Sheet, row: &[Value]) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 100")]
    number(sheet, row, "Score").map(|score| score.clamp(0.0, 100.0) as u32)
}

#[async_trait]
impl Domains for Here {
    async fn domains(&self) -> Result<Vec<DomainLine>, Fault> {
        Ok(self.lines().await?.0)
    }

    async fn domain(&self, name: &str) -> Result<DomainView, Fault> {
        self.view(&domain(name)?).await
    }

    async fn look(&self, name: &str, work: &Work) -> Result<DomainView, Fault> {
        let name = domain(name)?;
        // Only own domains: this is no tool to have others asked about.
        let known = self.lines().await?.0.iter().any(|line| line.name == name);
        if !known {
            return Err(Fault::Unknown { what: "domain", id: name });
        }
        work.at(0, 0, format!("asking the DNS about {name}"));
        let (state, now) = (self.desk.state(), harden::now());
        let looked = work.unless_cancelled(async {
            let looker = Looker::open(self.desk.config()?, &self.desk.looking.dns).await.map_err(told)?;
            let memory = Memory::load(state).await.map_err(told)?;
            looker.domains(&[looker.asked(&name)], &memory.history(), now).await.map_err(told)
        });
        let looked = looked.await?;
        let mut memory = Memory::load(state).await.map_err(told)?;
        let report = Report {
            made_at: now,
            domains: looked.iter().map(|looked| looked.report.clone()).collect(),
            tenant: None,
            baseline: Vec::new(),
            changes: memory.told(&looked, None),
        };
        memory.store(self.desk.data(), state, &report, (&looked, None), false).await.map_err(told)?;
        self.desk.house.woken.notify_one();
        self.view(&name).await
    }

    async fn tenant(&self) -> Result<Vec<FindingView>, Fault> {
        let mut looks = self.looks().await?;
        let of_tenants = looks.checks.rows.iter().filter(|row| points(&looks.checks, row).is_none());
        let names: Vec<String> = of_tenants.map(|row| text(&looks.checks, row, "Domain").to_owned()).collect();
        let mut all = Vec::new();
        for name in names {
            let mut findings = looks.findings.remove(&name).unwrap_or_default();
            self.fixes_of(&mut findings, &name).await?;
            all.append(&mut findings);
        }
        Ok(all)
    }

    async fn keys(&self) -> Result<(Vec<KeyLine>, Vec<CalendarEntry>), Fault> {
        Ok((self.keys_of(None).await?, self.calendar().await?))
    }
}
