//! Telemetry that is made up, a clock that is set, a rule that is written here.

#![expect(clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::{
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use rules::Rule;
use serde_json::json;
use spoofwatch_detect::{
    hit::Row,
    run::Watch,
    telemetry::{Ask, Clock, Failed, Found, RaisedGroup, Reading, Telemetry},
};
use state::{Committed, State, StateError};

pub(crate) type Checked = Result<(), Box<dyn std::error::Error>>;

pub(crate) const MINUTE: i64 = 60_000_000;
pub(crate) const NOON: i64 = 1_700_000_000_000_000;

/// Messages at moments; a run sees those of its window.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    messages: Mutex<Vec<(i64, Row)>>,
    broken: Mutex<Option<String>>,
    /// The moments runs stood for, in order.
    pub(crate) asked: Mutex<Vec<i64>>,
    /// What the last run was told that its rule had raised.
    pub(crate) raised: Mutex<Vec<RaisedGroup>>,
}

impl Mail {
    pub(crate) fn arrives(&self, at: i64, id: &str, subject: &str) {
        let row = json!({"NetworkMessageId": id, "RecipientEmailAddress": "kim@contoso.example", "Subject": subject, "SenderFromAddress": "pay@contoso.example"});
        self.holds(at, row.as_object().cloned().unwrap_or_default());
    }

    pub(crate) fn holds(&self, at: i64, row: Row) {
        self.messages.lock().unwrap().push((at, row));
    }

    pub(crate) fn breaks(&self, with: Option<&str>) {
        *self.broken.lock().unwrap() = with.map(str::to_owned);
    }
}

impl Telemetry for Mail {
    /// How many of the messages, the oldest first, are not shown.
    type View = usize;

    async fn view(&self) -> Result<usize, Failed> {
        Ok(0)
    }

    async fn reading(&self, _: &usize, _: Ask<'_>) -> Result<Reading, Failed> {
        Ok(Reading { tables: vec!["EmailEvents".to_owned()], by_row: true })
    }

    async fn rows(&self, hidden: &usize, ask: Ask<'_>) -> Result<Found, Failed> {
        self.asked.lock().unwrap().push(ask.at);
        *self.raised.lock().unwrap() = ask.raised.to_vec();
        if let Some(reason) = self.broken.lock().unwrap().clone() {
            return Err(Failed(reason));
        }
        let from = ask.from.unwrap_or(i64::MIN);
        let messages = self.messages.lock().unwrap();
        let shown = messages.iter().skip(*hidden).filter(|(at, _)| *at >= from && *at <= ask.at);
        let rows: Vec<Row> = shown.map(|(_, row)| row.clone()).collect();
        let total = rows.len();
        Ok(Found { rows: rows.into_iter().take(ask.limit).collect(), total, grouped_by: None })
    }
}

/// A clock that stands where it is set.
#[derive(Debug)]
pub(crate) struct Hands(pub(crate) AtomicI64);

impl Hands {
    pub(crate) fn set(&self, moment: i64) {
        self.0.store(moment, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A watch over no mail at noon, with a database in `folder`.
pub(crate) async fn watch(folder: &Path) -> Result<Watch<Mail, Hands>, Box<dyn std::error::Error>> {
    Ok(Watch {
        state: State::open(&format!("sqlite://{}/state.db", folder.display())).await?,
        telemetry: Mail::default(),
        clock: Hands(AtomicI64::new(NOON)),
        benign: spoofwatch_detect::benign::Benign::default(),
        parameters: std::collections::BTreeMap::new(),
        targets: Vec::new(),
        catch_up: 24 * 60 * MINUTE,
    })
}

/// A rule that runs every five minutes over the last thirty, with more lines of YAML.
pub(crate) fn rule(more: &str) -> Result<Rule, Box<dyn std::error::Error>> {
    let text = format!(
        "id: 3f0e7d6a-0000-4000-8000-000000000001\nname: Payment from an own address\nkind: Scheduled\nseverity: Medium\nqueryFrequency: 5m\n\
         queryPeriod: 30m\ntriggerOperator: gt\ntriggerThreshold: 0\nquery: |\n  EmailEvents | where Subject has \"payment\"\nversion: 1.0.0\n\
         eventGroupingSettings:\n  aggregationKind: AlertPerResult\n{more}"
    );
    let mut reading = rules::read("rule.yaml", text.as_bytes());
    reading.rules.pop().ok_or_else(|| format!("{:?}", reading.faults).into())
}

/// Every run that is due is made.
pub(crate) async fn due(watch: &Watch<Mail, Hands>, rule: &Rule) -> Result<Vec<Committed>, StateError> {
    watch.make_due(rule, &0, usize::MAX).await
}
