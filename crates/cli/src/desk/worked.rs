//! The desk over a small data directory: alerts worked, hits excluded, rules changed while they are watched.

use std::{fs, path::PathBuf, sync::Arc};

use desk::{
    AlertEdit, Alerts as _, BacktestAsk, Condition, Draft, Exclusions as _, Fault, Incidents as _, QueueQuery, Rules as _, Work,
};
use serde_json::json;

use super::{Context, alerts, exclusions, incidents, rules};
use crate::{
    clock,
    command::{desk_for_test, ingest},
    watch::Threads,
};

type Checked<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A rule that alerts on each row.
const RULE: &str = "id: pay\nname: Payment instructions\nkind: Scheduled\nseverity: High\nqueryFrequency: PT1H\nqueryPeriod: P1D\n\
    triggerOperator: gt\ntriggerThreshold: 0\ntactics:\n  - InitialAccess\nrelevantTechniques:\n  - T1566\n\
    eventGroupingSettings:\n  aggregationKind: AlertPerResult\nfalsePositives:\n  - Payroll of news.example\nquery: |\n  EmailEvents\n  | where Subject startswith 'payment'\n\
    \x20\x20| project Timestamp, NetworkMessageId, SenderFromAddress, RecipientEmailAddress, Subject\n";

/// A place with two messages, one of which the rule finds.
struct Place {
    folder: tempfile::TempDir,
    desk: Context,
    _threads: Threads,
}

impl Place {
    async fn open(config: &str) -> Checked<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        fs::create_dir_all(data.join("rules"))?;
        fs::write(data.join("rules/pay.yaml"), RULE)?;
        fs::write(data.join("spoofwatch.toml"), config)?;
        let mut at = String::new();
        schema::text::datetime::write(clock::now().saturating_sub(2 * 36_000_000_000), &mut at);
        for (id, subject) in [("m1", "payment due"), ("m2", "lunch")] {
            let row = json!({"Timestamp": at, "NetworkMessageId": id, "SenderFromAddress": "billing@news.example",
                "SenderFromDomain": "news.example", "RecipientEmailAddress": "ann@contoso.com", "Subject": subject, "EmailDirection": "Inbound"});
            let path = folder.path().join(format!("{id}.ndjson"));
            fs::write(&path, format!("{row}\n"))?;
            let options = sources::Options { table: Some("EmailEvents".to_owned()), ..sources::Options::default() };
            let mut totals = ingest::Totals::default();
            let done = ingest::ingest(&data, &options, &[sources::Input::file(path)], &mut totals).await;
            done.map_err(|failure| failure.words())?;
        }
        let (desk, threads) = desk_for_test(&data, &[]).await.map_err(|failure| failure.words())?;
        Arc::clone(&desk.house).once().await.map_err(|failure| failure.words())?;
        Ok(Self { folder, desk, _threads: threads })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("data/rules").join(name)
    }

    async fn alert(&self) -> Checked<String> {
        let queue = alerts::Here::new(self.desk.clone()).queue(&QueueQuery::default()).await?;
        Ok(queue.alerts.first().ok_or("an alert")?.id.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_worked_from_the_queue_to_its_verdict() -> Checked {
    let place = Place::open("").await?;
    let alerts = alerts::Here::new(place.desk.clone());
    let mut heard = place.desk.events().listen(None);
    let queue = alerts.queue(&QueueQuery { q: "severity:high and rule:pay".to_owned(), ..QueueQuery::default() }).await?;
    assert_eq!((queue.total, queue.page, queue.alerts[0].detail.evidence.len()), (1, 1, 0));
    let view = alerts.alert(&queue.alerts[0].id[..10]).await?;
    assert_eq!(view.deciding, ["Subject"]);
    assert!(view.entities.iter().any(|past| past.alerts == 1 && past.days.iter().sum::<u64>() == 1), "{:?}", view.entities);
    let kinds: Vec<&str> = view.timeline.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["event", "alert"]);
    assert!(view.hunt.contains("Subject startswith 'payment'") && view.incident.is_some());
    assert_eq!(view.false_positives[0].fit, "unknown", "{:?}", view.false_positives);
    let edit = |status: &str, verdict: Option<&str>| AlertEdit {
        status: Some(status.to_owned()),
        verdict: verdict.map(str::to_owned),
        comment: Some("payroll, as every month".to_owned()),
        ..AlertEdit::default()
    };
    assert!(alerts.change(std::slice::from_ref(&view.alert.id), &edit("closed", None), "kim").await.is_err());
    let ids = [view.alert.id.clone(), "zz".to_owned()];
    let done = alerts.change(&ids, &edit("closed", Some("benign_positive")), "kim").await?;
    assert!(done[0].1.is_none() && matches!(done[1].1, Some(Fault::Unknown { .. })));
    assert_eq!(heard.from_now.try_recv()?.event.action, "changed");
    let again = alerts.alert(&view.alert.id).await?;
    assert_eq!((again.alert.status.as_str(), again.timeline.last().map(|entry| entry.who.as_str())), ("closed", Some("kim")));
    assert_eq!(alerts.queue(&QueueQuery::default()).await?.total, 0);
    let csv = alerts.export(&[], &QueueQuery { q: "status:closed".to_owned(), ..QueueQuery::default() }, "csv").await?;
    assert_eq!(String::from_utf8(csv.bytes)?.lines().count(), 2);
    assert!(matches!(alerts.notify(&view.alert.id, "nobody", "kim").await, Err(Fault::Unknown { .. })));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_tells_its_alerts_in_time_order() -> Checked {
    let place = Place::open("").await?;
    let incidents = incidents::Here::new(place.desk.clone());
    let page = incidents.incidents("", 1, 0).await?;
    assert_eq!((page.total, page.incidents.len()), (1, 1));
    let view = incidents.incident(&page.incidents[0].id).await?;
    assert_eq!(view.alerts.len(), 1);
    assert!(view.timeline.is_sorted_by_key(|entry| entry.at) && !view.entities.is_empty());
    let edit = AlertEdit { verdict: Some("true_positive".to_owned()), ..AlertEdit::default() };
    incidents.change(&view.incident.id, &edit, "kim").await?;
    assert_eq!(incidents.incidents("open", 1, 0).await?.total, 0);
    assert_eq!(incidents.incidents("closed", 1, 0).await?.total, 1);
    assert!(incidents.incidents("lost", 1, 0).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusion_is_drafted_previewed_and_takes_hits_from_then_on() -> Checked {
    let place = Place::open("[fixes]\nown-approval = false\n").await?;
    let exclusions = exclusions::Here::new(place.desk.clone());
    let draft = exclusions.draft(&place.alert().await?).await?;
    assert_eq!(draft.rules, ["pay"]);
    assert!(draft.conditions.iter().any(|one| one.field == "SenderFromAddress"), "{draft:?}");
    let preview = exclusions.preview(&draft, 3, &Work::default()).await?;
    assert_eq!((preview.before, preview.after, preview.removed.len()), (1, 0, 1), "{preview:?}");
    assert_eq!(preview.before_days.iter().sum::<u64>(), 1);
    let other = Condition { field: "Subject".to_owned(), test: "is".to_owned(), values: vec!["lunch".to_owned()] };
    let nothing = Draft { conditions: vec![other], ..draft.clone() };
    let preview = exclusions.preview(&nothing, 3, &Work::default()).await?;
    assert_eq!((preview.before, preview.after), (1, 1));
    assert!(preview.warnings.iter().any(|warning| warning.contains("no row meets")), "{:?}", preview.warnings);
    let cancelled = Work::default();
    cancelled.cancel();
    assert_eq!(exclusions.preview(&draft, 3, &cancelled).await, Err(Fault::Cancelled));
    assert!(exclusions.add(&draft, "kim").await.is_err(), "it has no reason yet");
    let kept = exclusions.add(&Draft { reason: "payroll".to_owned(), ..draft }, "kim").await?;
    assert_eq!((kept.status.as_str(), kept.draft.owner.as_str()), ("proposed", "kim"));
    assert!(matches!(exclusions.decide(&kept.id, "approve", "kim").await, Err(Fault::Refused { .. })));
    exclusions.decide(&kept.id, "approve", "lee").await?;
    assert_eq!(exclusions.exclusion(&kept.id).await?.0.approved_by, "lee");
    assert_eq!(place.desk.house.watch.benign.known().exclusions.len(), 1, "it is known at once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_tried_against_history_and_saved_once() -> Checked {
    let place = Place::open("").await?;
    let rules = rules::Here::new(place.desk.clone());
    let lines = rules.rules().await?;
    assert_eq!(
        (lines[0].key.as_str(), lines[0].open, lines[0].hits, lines[0].enabled, lines[0].editable),
        ("pay", 1, 1, true, true)
    );
    let view = rules.rule("pay").await?;
    assert_eq!((view.text.as_str(), view.versions.len(), view.line.last_status.as_str()), (RULE, 1, "succeeded"));
    let changed = RULE.replace("'payment'", "'lunch'");
    let ask = BacktestAsk { key: "pay".to_owned(), text: changed.clone(), days: 3, to: String::new() };
    let backtest = rules.backtest(&ask, &Work::default()).await?;
    assert_eq!((backtest.alerts, backtest.added.0, backtest.removed.0, backtest.failed), (1, 1, 1, 0), "{backtest:?}");
    assert_eq!(backtest.days_now.map(|days| days.iter().sum::<u64>()), Some(1));
    let broken = RULE.replace("EmailEvents", "NoSuchTable");
    let trial = rules.try_text("pay", &broken).await?;
    let problem = trial.problems.iter().find(|problem| problem.severity == "error").ok_or("a problem")?;
    assert!(!trial.ok && broken.get(problem.start..problem.end) == Some("NoSuchTable"), "{problem:?}");
    assert!(matches!(rules.save("pay", &broken, 1, "", "kim").await, Err(Fault::Input(_))));
    assert!(matches!(rules.save("pay", &changed, 7, "", "kim").await, Err(Fault::Conflict { .. })));
    assert_eq!(rules.save("pay", &changed, 1, "lunch, not payment", "kim").await?, "pay");
    assert_eq!(fs::read_to_string(place.file("pay.yaml"))?, changed);
    let versions = rules.rule("pay").await?.versions;
    let told: Vec<_> = versions.iter().map(|version| (version.number, version.who.as_str(), version.comment.as_str())).collect();
    assert_eq!(told, [(2, "kim", "lunch, not payment"), (1, "", "")]);
    assert!(place.desk.house.rules.live().rule("pay").is_some_and(|rule| rule.query.text.contains("lunch")), "it is watched");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_come_go_and_rest_while_they_are_watched() -> Checked {
    let place = Place::open("").await?;
    let rules = rules::Here::new(place.desk.clone());
    rules.enable("pay", false, "kim").await?;
    assert!(!rules.rules().await?[0].enabled && place.desk.house.rules.live().watched.is_empty());
    rules.enable("pay", true, "kim").await?;
    assert_eq!(place.desk.house.rules.live().watched.len(), 1);
    let text = rules.from_query("Lunch invitations", "EmailEvents\n| where Subject == 'lunch'").await?;
    let key = rules.save("", &text, 0, "a hunt", "kim").await?;
    assert!(place.file("lunch-invitations.yaml").is_file());
    assert!(rules.save("", &text, 0, "", "kim").await.is_err(), "its id is taken");
    let taken = rules
        .import("../../evil.yaml", format!("{text}---\nid: other\nname: Other\nquery: EmailEvents\n").as_bytes(), "kim")
        .await?;
    assert_eq!((taken.added.len(), taken.problems.len()), (1, 0), "{taken:?}");
    assert!(place.file("other.yaml").is_file() && !place.folder.path().join("evil.yaml").exists());
    fs::write(place.file("pay.yaml"), "id: pay\nname: x\nquery: [\n")?;
    place.desk.house.look_at_rules().await.map_err(|failure| failure.words())?;
    assert!(place.desk.house.rules.live().runs("pay"), "the last good text goes on");
    let troubles = server::Health::troubles(place.desk.house.troubles.as_ref());
    assert!(troubles.iter().any(|trouble| trouble.contains("pay.yaml") && trouble.contains("line ")), "{troubles:?}");
    fs::remove_file(place.file("pay.yaml"))?;
    place.desk.house.look_at_rules().await.map_err(|failure| failure.words())?;
    let keys: Vec<String> = rules.rules().await?.into_iter().map(|line| line.key).collect();
    assert_eq!(keys, [key, "other".to_owned()]);
    assert!(server::Health::troubles(place.desk.house.troubles.as_ref()).iter().all(|trouble| !trouble.contains("pay.yaml")));
    let coverage = rules.coverage().await?;
    assert!(coverage.tactics.iter().any(|tactic| tactic.id == "TA0001") && coverage.without == 2);
    Ok(())
}
