//! Domains and the tenant looked at on a schedule: what is found becomes rows that rules can alert on.

use std::sync::atomic::Ordering;

use detect::telemetry::Clock as _;
use posture::{
    Severity,
    report::{Report, SEVERITIES, count},
};

use crate::{
    dns::Dns,
    failure::Failure,
    harden::{Looker, Memory, all_findings},
    term,
    watch::House,
};

impl House {
    /// Looks at the configured domains and the tenant, where the time for it has come.
    pub(crate) async fn look_at_domains(&self) -> Result<(), Failure> {
        let now = self.watch.clock.now();
        if now < self.checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        let config = self.config.load(&self.data)?;
        let every = config.check.every();
        let mut memory = Memory::load(&self.watch.state).await?;
        if let Some(due) = memory.all_at.map(|at| at.saturating_add(every)).filter(|due| now < *due) {
            // A look by hand counts too, if it was at all of them.
            self.checked.store(due.min(now.saturating_add(MINUTE)), Ordering::Relaxed);
            return Ok(());
        }
        // Whatever comes of it, the next try is not at once.
        self.checked.store(now.saturating_add(AGAIN), Ordering::Relaxed);
        let looker = Looker::open(config, &Dns::default()).await?;
        let mut asked = looker.configured();
        asked.extend(looker.accepted().await);
        if asked.is_empty() && looker.tenant.is_none() {
            self.checked.store(now.saturating_add(MINUTE), Ordering::Relaxed);
            return Ok(());
        }
        let domains = looker.domains(&asked, &memory.history(), now).await?;
        let tenant = looker.tenant(&domains, now).await;
        let report = Report {
            made_at: now,
            domains: domains.iter().map(|looked| looked.report.clone()).collect(),
            tenant: tenant.as_ref().map(|tenant| tenant.report.clone()),
            baseline: Vec::new(),
            changes: memory.told(&domains, tenant.as_ref()),
        };
        memory.store(&self.data, &self.watch.state, &report, (&domains, tenant.as_ref()), true).await?;
        self.woken.notify_one();
        let findings: Vec<_> = all_findings(&domains, tenant.as_ref()).map(|(_, finding)| finding.clone()).collect();
        for severity in SEVERITIES {
            self.metrics.findings(&severity.to_string(), count(&findings, severity));
        }
        let grave = findings.iter().filter(|finding| finding.severity >= Severity::High).count();
        term::say(&format!(
            "{} looked at: {}",
            term::count(domains.len() as u64, "domain"),
            match grave {
                0 => "nothing grave was found".to_owned(),
                grave => format!(
                    "{} of severity high or critical, `spoofwatch check` shows them",
                    term::count(grave as u64, "finding")
                ),
            }
        ));
        self.checked.store(now.saturating_add(every.min(MINUTE)), Ordering::Relaxed);
        Ok(())
    }
}

/// How often it is looked whether the time has come, at least, in microseconds.
const MINUTE: i64 = 60_000_000;
/// How long until the next try after one that failed, in microseconds: five minutes.
const AGAIN: i64 = 5 * MINUTE;
