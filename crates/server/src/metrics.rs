//! What a running program counts, for Prometheus.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

/// The table a row went to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTable {
    table: String,
}

/// How a rule's run ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStatus {
    status: String,
}

/// An alert's severity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSeverity {
    severity: String,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVerdict {
    verdict: String,
}

/// What went wrong with live mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTrouble {
    trouble: String,
}

/// A mail-flow rule, and whether it acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfMailRule {
    rule: String,
    mode: String,
}

/// What is taken from a tenant: a content type of the audit log, or a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFeed {
    feed: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfReason {
    reason: &'static str,
}

/// The counters. Names follow Prometheus' conventions; times are seconds.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    rows: Family<OfTable, Counter>,
    rejected: Family<OfTable, Counter>,
    runs: Family<OfStatus, Counter>,
    run_time: Histogram,
    alerts: Family<OfSeverity, Counter>,
    delay: Histogram,
    rules: Gauge,
    waiting: Gauge,
    mail: Family<OfVerdict, Counter>,
    mail_time: Histogram,
    mail_troubles: Family<OfTrouble, Counter>,
    mail_rules: Family<OfMailRule, Counter>,
    findings: Family<OfSeverity, Gauge>,
    feed_rows: Family<OfFeed, Counter>,
    feed_troubles: Family<OfFeed, Counter>,
    feed_lag: Family<OfFeed, Gauge<f64, AtomicU64>>,
    key_steps: Counter,
    keys_overdue: Gauge,
    sign_ins: Counter,
    refused: Family<OfReason, Counter>,
    broken: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("spoofwatch");
        let metrics = Self {
            rows: Family::default(),
            rejected: Family::default(),
            runs: Family::default(),
            // From a millisecond to about half a minute.
            run_time: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            alerts: Family::default(),
            delay: Histogram::new(exponential_buckets(0.01, 2.0, 16)),
            rules: Gauge::default(),
            waiting: Gauge::default(),
            mail: Family::default(),
            mail_time: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            mail_troubles: Family::default(),
            mail_rules: Family::default(),
            findings: Family::default(),
            feed_rows: Family::default(),
            feed_troubles: Family::default(),
            feed_lag: Family::default(),
            key_steps: Counter::default(),
            keys_overdue: Gauge::default(),
            sign_ins: Counter::default(),
            refused: Family::default(),
            broken: Counter::default(),
            registry: Registry::default(),
        };
        registry.register("ingested_rows", "Rows added to a table", metrics.rows.clone());
        registry.register("rejected_rows", "Rows that could not be read", metrics.rejected.clone());
        registry.register("rule_runs", "Runs of rules by how they ended", metrics.runs.clone());
        registry.register("rule_run_seconds", "How long runs of rules took", metrics.run_time.clone());
        registry.register("alerts", "Alerts raised by severity", metrics.alerts.clone());
        registry.register("alert_delay_seconds", "From a row's arrival to its alert", metrics.delay.clone());
        registry.register("rules_enabled", "Rules that run", metrics.rules.clone());
        registry.register("notifications_waiting", "Notifications not delivered yet", metrics.waiting.clone());
        registry.register("milter_messages", "Messages answered by what became of them", metrics.mail.clone());
        registry.register("milter_decision_seconds", "How long mail servers waited for an answer", metrics.mail_time.clone());
        registry.register("milter_troubles", "What went wrong with live mail", metrics.mail_troubles.clone());
        registry.register("mailflow_matches", "Messages that matched a mail-flow rule", metrics.mail_rules.clone());
        registry.register("findings", "What the last look at domains and the tenant found", metrics.findings.clone());
        registry.register("feed_rows", "New rows that came through a feed of the tenant", metrics.feed_rows.clone());
        registry.register("feed_troubles", "Looks at a feed of the tenant that failed", metrics.feed_troubles.clone());
        registry.register("feed_lag_seconds", "How long ago a feed of the tenant was taken to its end", metrics.feed_lag.clone());
        registry.register("dkim_rotation_steps", "Steps of rotations of DKIM keys that were done", metrics.key_steps.clone());
        registry.register("dkim_keys_overdue", "Lines of DKIM keys that should have been replaced", metrics.keys_overdue.clone());
        registry.register("sign_ins", "People who signed in", metrics.sign_ins.clone());
        registry.register("refused_requests", "Requests and sign-ins that were refused", metrics.refused.clone());
        registry.register("broken_requests", "Requests that a fault of the program ended", metrics.broken.clone());
        Self { registry, ..metrics }
    }
}

impl access::Counts for Metrics {
    fn signed_in(&self) {
        self.sign_ins.inc();
    }

    fn refused(&self, reason: access::Reason) {
        self.refused.get_or_create(&OfReason { reason: reason.as_str() }).inc();
    }
}

impl Metrics {
    /// Rows came into a table.
    pub fn ingested(&self, table: &str, added: u64, rejected: u64) {
        let label = OfTable { table: table.to_owned() };
        self.rows.get_or_create(&label).inc_by(added);
        self.rejected.get_or_create(&label).inc_by(rejected);
    }

    /// A rule ran for so many seconds and ended so.
    pub fn ran(&self, status: &str, seconds: f64) {
        self.runs.get_or_create(&OfStatus { status: status.to_owned() }).inc();
        self.run_time.observe(seconds);
    }

    /// An alert was raised, so many seconds after its row arrived where that is known.
    pub fn raised(&self, severity: &str, delay: Option<f64>) {
        self.alerts.get_or_create(&OfSeverity { severity: severity.to_owned() }).inc();
        if let Some(delay) = delay {
            self.delay.observe(delay);
        }
    }

    /// So many findings of a severity are open.
    pub fn findings(&self, severity: &str, open: usize) {
        let open = i64::try_from(open).unwrap_or(i64::MAX);
        self.findings.get_or_create(&OfSeverity { severity: severity.to_owned() }).set(open);
    }

    /// So many rules run.
    pub fn rules(&self, enabled: i64) {
        self.rules.set(enabled);
    }

    /// So many notifications wait.
    pub fn waiting(&self, notifications: i64) {
        self.waiting.set(notifications);
    }

    /// A message was answered, so many seconds after it was whole.
    pub fn mail_answered(&self, verdict: &str, seconds: f64) {
        self.mail.get_or_create(&OfVerdict { verdict: verdict.to_owned() }).inc();
        self.mail_time.observe(seconds);
    }

    /// Something went wrong with live mail.
    pub fn mail_trouble(&self, trouble: &str) {
        self.mail_troubles.get_or_create(&OfTrouble { trouble: trouble.to_owned() }).inc();
    }

    /// A mail-flow rule matched; the mode is `enforce` or `report`.
    pub fn mail_rule(&self, rule: &str, mode: &str) {
        self.mail_rules.get_or_create(&OfMailRule { rule: rule.to_owned(), mode: mode.to_owned() }).inc();
    }

    /// So many new rows came through a feed of the tenant.
    pub fn feed_took(&self, feed: &str, rows: u64) {
        self.feed_rows.get_or_create(&OfFeed { feed: feed.to_owned() }).inc_by(rows);
    }

    /// A look at a feed of the tenant failed.
    pub fn feed_failed(&self, feed: &str) {
        self.feed_troubles.get_or_create(&OfFeed { feed: feed.to_owned() }).inc();
    }

    /// So many seconds ago a feed of the tenant was taken to its end.
    pub fn feed_lag(&self, feed: &str, seconds: f64) {
        self.feed_lag.get_or_create(&OfFeed { feed: feed.to_owned() }).set(seconds);
    }

    /// A step of a rotation of DKIM keys was done.
    pub fn key_step(&self) {
        self.key_steps.inc();
    }

    /// So many lines of DKIM keys should have been replaced, or their rotation hangs.
    pub fn keys_overdue(&self, lines: i64) {
        self.keys_overdue.set(lines);
    }

    /// A fault of the program ended a request.
    pub fn broke(&self) {
        self.broken.inc();
    }

    /// Everything in Prometheus' text form.
    ///
    /// # Errors
    /// When a value cannot be written, which no value here can cause.
    pub fn exposition(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_shown() -> Result<(), std::fmt::Error> {
        let metrics = Metrics::default();
        metrics.ingested("EmailEvents", 3, 1);
        metrics.ran("succeeded", 0.02);
        metrics.raised("high", Some(0.4));
        metrics.rules(7);
        metrics.findings("critical", 2);
        metrics.feed_took("Audit.Exchange", 2);
        metrics.feed_failed("EmailEvents");
        metrics.feed_lag("EmailEvents", 90.5);
        access::Counts::refused(&metrics, access::Reason::Csrf);
        let text = metrics.exposition()?;
        for line in [
            "spoofwatch_ingested_rows_total{table=\"EmailEvents\"} 3",
            "spoofwatch_rejected_rows_total{table=\"EmailEvents\"} 1",
            "spoofwatch_rule_runs_total{status=\"succeeded\"} 1",
            "spoofwatch_alerts_total{severity=\"high\"} 1",
            "spoofwatch_rules_enabled 7",
            "spoofwatch_findings{severity=\"critical\"} 2",
            "spoofwatch_feed_rows_total{feed=\"Audit.Exchange\"} 2",
            "spoofwatch_feed_troubles_total{feed=\"EmailEvents\"} 1",
            "spoofwatch_feed_lag_seconds{feed=\"EmailEvents\"} 90.5",
            "spoofwatch_refused_requests_total{reason=\"csrf\"} 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        Ok(())
    }
}
