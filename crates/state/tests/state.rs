//! What is kept is kept once, together, and on either database.
//!
//! SQLite always. PostgreSQL where `SPOOFWATCH_TEST_POSTGRES` names an empty database's server
//! (`tests/servers/postgres` starts one); otherwise the tests say that they leave it out.

#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]
#![expect(clippy::disallowed_methods, reason = "a test server's address comes from the environment")]

use serde_json::{Map, json};
use spoofwatch_state::{
    Alert, AlertChange, AlertFilter, Detail, Entity, EventKey, Exclusion, Fix, FixFilter, FixStep, Grouping, Hunt, Kept, KeptHit,
    NewAlert, Outcome, PAST_HUNTS, Progress, Ran, Run, Since, State, StateError, Suppression,
};

type Checked = Result<(), Box<dyn std::error::Error>>;

const MINUTE: i64 = 60_000_000;
const T0: i64 = 1_700_000_000_000_000;

/// A database of each kind, empty.
async fn databases(folder: &tempfile::TempDir, name: &str) -> Result<Vec<State>, Box<dyn std::error::Error>> {
    let mut found = vec![State::open(&format!("sqlite://{}/{name}.db", folder.path().display())).await?];
    match std::env::var("SPOOFWATCH_TEST_POSTGRES") {
        Ok(server) => {
            sqlx::any::install_default_drivers();
            let database = format!("test_{name}_{}", std::process::id());
            let administrator = sqlx::AnyPool::connect(&format!("{server}/postgres")).await?;
            sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&administrator).await?;
            found.push(State::open(&format!("{server}/{database}")).await?);
        }
        Err(_) => eprintln!("skipped for PostgreSQL: SPOOFWATCH_TEST_POSTGRES is not set"),
    }
    Ok(found)
}

fn alert(id: &str, entity: &str) -> Alert {
    Alert {
        id: id.to_owned(),
        rule_key: "rule".to_owned(),
        rule_name: "A rule".to_owned(),
        rule_version: "1".to_owned(),
        run_id: "run".to_owned(),
        title: "Own domain fails DMARC".to_owned(),
        description: String::new(),
        reason: String::new(),
        severity: "medium".to_owned(),
        risk_score: 47,
        confidence: "high".to_owned(),
        status: "new".to_owned(),
        verdict: None,
        assignee: None,
        comment: None,
        created_at: T0,
        updated_at: T0,
        first_event: Some(T0 - MINUTE),
        last_event: Some(T0 - MINUTE),
        window_from: T0 - 30 * MINUTE,
        window_to: T0,
        suppressed: 0,
        incident_id: None,
        detail: Detail {
            entities: vec![Entity { kind: "Mailbox".to_owned(), value: entity.to_owned(), identifier: String::new() }],
            ..Detail::default()
        },
    }
}

fn event(key: &str) -> EventKey {
    EventKey { key: key.to_owned(), until: None }
}

fn outcome(run: &str, alerts: Vec<NewAlert>) -> Outcome {
    Outcome {
        run: Run {
            id: run.to_owned(),
            rule_key: "rule".to_owned(),
            rule_name: "A rule".to_owned(),
            version: "1".to_owned(),
            kind: "scheduled".to_owned(),
            status: "succeeded".to_owned(),
            intended_at: T0,
            started_at: T0,
            ..Run::default()
        },
        alerts,
        kept: Vec::new(),
        progress: Progress { evaluated_to: Some(T0), ..Progress::default() },
        grouping: Grouping::default(),
        notify: vec!["soc".to_owned()],
    }
}

fn of(alert: Alert, events: &[&str]) -> NewAlert {
    NewAlert { alert, events: events.iter().map(|key| event(key)).collect(), suppression: None }
}

#[tokio::test]
async fn the_same_hit_raises_one_alert_however_often_it_is_found() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "once").await? {
        let first = state.commit(outcome("1", vec![of(alert("aa01", "kim@contoso.example"), &["e1"])]), T0).await?;
        assert_eq!((first.raised.len(), first.run.raised, first.run.known), (1, 1, 0));
        let again = state.commit(outcome("2", vec![of(alert("aa01", "kim@contoso.example"), &["e1"])]), T0 + MINUTE).await?;
        assert_eq!((again.raised.len(), again.run.known), (0, 1));
        assert_eq!(state.alerts(&AlertFilter::default()).await?.len(), 1);
        assert_eq!(state.deliveries(None, 10).await?.len(), 1, "nobody is told twice");
        assert_eq!(state.unseen("rule", &[event("e1"), event("e2")], T0).await?, [1]);
        assert_eq!(state.rule("rule").await?.and_then(|rule| rule.evaluated_to), Some(T0));
    }
    Ok(())
}

#[tokio::test]
async fn a_computed_row_may_come_again_in_a_later_window_only() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "computed").await? {
        let computed = |id: &str, from: i64, to: i64| {
            let mut alert = alert(id, "kim@contoso.example");
            (alert.window_from, alert.window_to) = (from, to);
            NewAlert { alert, events: vec![EventKey { key: "contoso, 5".to_owned(), until: Some(to) }], suppression: None }
        };
        let raised = |run: &str, new: NewAlert| {
            let state = state.clone();
            let outcome = outcome(run, vec![new]);
            async move { state.commit(outcome, T0).await.map(|done| done.raised.len()) }
        };
        assert_eq!(raised("1", computed("aa01", T0, T0 + 10 * MINUTE)).await?, 1);
        assert_eq!(raised("2", computed("aa02", T0 + 5 * MINUTE, T0 + 15 * MINUTE)).await?, 0, "the windows overlap");
        assert_eq!(raised("3", computed("aa03", T0 + 11 * MINUTE, T0 + 21 * MINUTE)).await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn alerts_that_share_an_entity_share_an_incident() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "incidents").await? {
        let mut grave = alert("aa02", "KIM@contoso.example");
        grave.severity = "high".to_owned();
        state.commit(outcome("1", vec![of(alert("aa01", "kim@contoso.example"), &["e1"])]), T0).await?;
        state.commit(outcome("2", vec![of(grave, &["e2"]), of(alert("aa03", "lee@contoso.example"), &["e3"])]), T0).await?;
        let mut incidents = state.incidents(&[], None).await?;
        incidents.sort_by_key(|incident| incident.number);
        let shape: Vec<_> =
            incidents.iter().map(|incident| (incident.id.as_str(), incident.severity.as_str(), incident.alerts)).collect();
        assert_eq!(shape, [("INC-1", "high", 2), ("INC-2", "medium", 1)]);
        let close = AlertChange {
            status: Some("closed".to_owned()),
            verdict: Some("true_positive".to_owned()),
            ..AlertChange::default()
        };
        state.change_incident("1", &close, "kim", T0 + MINUTE).await?;
        let closed = state.alerts(&AlertFilter { statuses: vec!["closed".to_owned()], ..AlertFilter::default() }).await?;
        assert_eq!(closed.len(), 2, "the alerts of an incident are closed with it");
        let later = state.commit(outcome("3", vec![of(alert("aa04", "kim@contoso.example"), &["e4"])]), T0).await?;
        assert_eq!(state.alert(&later.raised[0]).await?.incident_id.as_deref(), Some("INC-3"), "a closed incident takes no more");
    }
    Ok(())
}

#[tokio::test]
async fn suppression_gives_hits_to_the_alert_that_is_there() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "suppression").await? {
        let suppressed = |id: &str, key: &str| NewAlert {
            suppression: Some(Suppression { key: "contoso".to_owned(), until: T0 + 60 * MINUTE }),
            ..of(alert(id, "kim@contoso.example"), &[key])
        };
        state.commit(outcome("1", vec![suppressed("aa01", "e1")]), T0).await?;
        let second = state.commit(outcome("2", vec![suppressed("aa02", "e2")]), T0).await?;
        assert_eq!((second.raised.len(), second.run.suppressed), (0, 1));
        assert_eq!(state.alert("aa01").await?.suppressed, 1);
        let close = AlertChange { status: Some("closed".to_owned()), ..AlertChange::default() };
        state.change_alert("aa01", &close, "kim", T0).await?;
        let third = state.commit(outcome("3", vec![suppressed("aa03", "e3")]), T0).await?;
        assert_eq!(third.raised, ["aa03"], "a closed alert takes no more");
    }
    Ok(())
}

#[tokio::test]
async fn what_an_exclusion_took_stays_visible_and_is_counted_once() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "excluded").await? {
        let exclusion = Exclusion {
            id: "reports".to_owned(),
            name: "Morning reports".to_owned(),
            owner: "kim".to_owned(),
            reason: "sent unsigned at six".to_owned(),
            status: "approved".to_owned(),
            approved_by: Some("lee".to_owned()),
            created_at: T0,
            updated_at: T0,
            expires_at: None,
            suppressed: 0,
            last_suppressed: None,
            body: "{}".to_owned(),
        };
        state.put_exclusion(&exclusion, "kim").await?;
        let with_hit = |run: &str| {
            let mut hit = Map::new();
            hit.insert("Subject".to_owned(), json!("Daily report"));
            let mut outcome = outcome(run, Vec::new());
            outcome.kept.push(KeptHit {
                event: event("e1"),
                kind: Kept::Excluded("reports".to_owned()),
                event_at: Some(T0),
                hit,
            });
            outcome
        };
        state.commit(with_hit("1"), T0).await?;
        state.commit(with_hit("2"), T0 + MINUTE).await?;
        assert_eq!(state.exclusion("reports").await?.suppressed, 1);
        assert_eq!(state.kept_hits(None, Some("reports"), 10).await?.len(), 1);
        assert!(state.exclusions_elsewhere().await?.is_empty(), "it is kept here");
        let revoked = state.change_exclusion("reports", "revoked", "signed now", "kim", T0 + MINUTE).await?;
        assert_eq!((revoked.status.as_str(), revoked.approved_by, revoked.suppressed), ("revoked", None, 1));
        let again = state.change_exclusion("reports", "approved", "", "lee", T0 + MINUTE).await?;
        assert_eq!(again.approved_by.as_deref(), Some("lee"));
        assert!(state.change_exclusion("no-such", "approved", "", "lee", T0).await.is_err());
        // Without the exclusion, the hit is an alert, and kept no longer.
        let raised = state.commit(outcome("3", vec![of(alert("aa01", "kim@contoso.example"), &["e1"])]), T0).await?;
        assert_eq!(raised.raised.len(), 1);
        assert!(state.kept_hits(None, None, 10).await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn ids_may_be_shortened_and_changes_are_on_record() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "ids").await? {
        let alerts = vec![of(alert("ab01", "a@contoso.example"), &["e1"]), of(alert("ab02", "b@contoso.example"), &["e2"])];
        state.commit(outcome("1", alerts), T0).await?;
        assert!(matches!(state.alert("ab").await, Err(StateError::Ambiguous { .. })));
        assert!(matches!(state.alert("%").await, Err(StateError::Unknown { .. })));
        assert!(matches!(state.alert("ff").await, Err(StateError::Unknown { .. })));
        let assign = AlertChange { assignee: Some("kim".to_owned()), ..AlertChange::default() };
        assert_eq!(state.change_alert("ab01", &assign, "lee", T0).await?.assignee.as_deref(), Some("kim"));
        let nobody = AlertChange { assignee: Some(String::new()), ..AlertChange::default() };
        assert_eq!(state.change_alert("ab01", &nobody, "lee", T0).await?.assignee, None);
        let history = state.history("alert ab01").await?;
        let told: Vec<_> = history.iter().map(|(_, actor, action, detail)| format!("{actor} {action} {detail}")).collect();
        assert_eq!(told, ["lee assign assignee: kim", "lee assign assignee: "]);
        let several = state.histories(&["alert ab01".to_owned(), "alert ab02".to_owned()]).await?;
        assert_eq!(several.into_iter().collect::<Vec<_>>(), [("alert ab01".to_owned(), history)]);
        assert!(state.histories(&[]).await?.is_empty());
        let mine = AlertFilter { entity: Some("A@CONTOSO.example".to_owned()), ..AlertFilter::default() };
        assert_eq!(state.alerts(&mine).await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn notifications_wait_until_they_are_delivered_or_given_up() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "notify").await? {
        state.commit(outcome("1", vec![of(alert("aa01", "a@contoso.example"), &["e1"])]), T0).await?;
        let due = state.due_deliveries(T0, 10).await?;
        assert_eq!(due.len(), 1);
        state.not_delivered(&due[0].0.id, "connection refused", Some(T0 + MINUTE)).await?;
        assert!(state.due_deliveries(T0, 10).await?.is_empty());
        assert_eq!(state.due_deliveries(T0 + MINUTE, 10).await?[0].0.attempts, 1);
        state.not_delivered(&due[0].0.id, "410 Gone", None).await?;
        assert!(state.due_deliveries(T0 + MINUTE, 10).await?.is_empty());
        assert_eq!(state.deliveries(Some("given_up"), 10).await?[0].last_error.as_deref(), Some("410 Gone"));
    }
    Ok(())
}

#[tokio::test]
async fn two_writers_wait_for_each_other() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "writers").await? {
        let tasks: Vec<_> = (0..8)
            .map(|writer| {
                let state = state.clone();
                tokio::spawn(async move {
                    for turn in 0..5 {
                        let id = format!("a{writer}{turn}");
                        let new = of(alert(&id, &format!("{id}@contoso.example")), &[id.as_str()]);
                        state.commit(outcome(&id, vec![new]), T0).await?;
                    }
                    Ok::<(), StateError>(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        let mut numbers: Vec<_> = state.incidents(&[], None).await?.iter().map(|incident| incident.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=40).collect::<Vec<_>>(), "every incident has a number of its own");
    }
    Ok(())
}

#[tokio::test]
async fn up_to_where_arrivals_were_looked_at_is_kept_with_the_rules_that_did() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "arrivals").await? {
        assert!(state.seen().await?.is_empty());
        state.commit(outcome("first", Vec::new()), T0).await?;
        let seen = |version| std::collections::BTreeMap::from([("EmailEvents".to_owned(), version)]);
        state.saw(&seen(3), &[], T0).await?;
        state.saw(&seen(4), &["rule", "no rule"], T0 + MINUTE).await?;
        assert_eq!(state.seen().await?, seen(4));
        assert_eq!(state.rule("rule").await?.and_then(|rule| rule.evaluated_to), Some(T0 + MINUTE));
        assert_eq!(state.rules().await?.len(), 1);
    }
    Ok(())
}

fn fix(id: &str, alert: Option<&str>) -> Fix {
    Fix {
        id: id.to_owned(),
        kind: "dkim-enable".to_owned(),
        subject: "contoso.com".to_owned(),
        title: "Sign mail of contoso.com again".to_owned(),
        alert_id: alert.map(str::to_owned),
        finding: None,
        status: "proposed".to_owned(),
        proposed_by: "spoofwatch".to_owned(),
        approved_by: None,
        created_at: T0,
        updated_at: T0,
        next_at: T0,
        attempts: 0,
        message: String::new(),
        body: "{}".to_owned(),
    }
}

fn step<'a>(from: &'a [&'a str], to: &'a str, message: &'a str) -> FixStep<'a> {
    FixStep { from, to, action: to, message, body: None, next_at: T0, due: false }
}

#[tokio::test]
async fn a_fix_is_made_once_by_whoever_comes_first() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "fixes").await? {
        state.offer_fix(&fix("f1", Some("aa01"))).await?;
        assert_eq!(state.offer_fix(&fix("f2", Some("aa01"))).await?.id, "f1", "the same offer is open");
        assert!(state.move_fix("f1", &step(&["approved"], "applying", ""), "spoofwatch", T0).await?.is_none(), "nobody approved");
        let approved = state.move_fix("f1", &step(&["proposed"], "approved", "go"), "kim", T0 + 1).await?;
        assert_eq!(approved.and_then(|fix| fix.approved_by).as_deref(), Some("kim"));
        let begin = step(&["approved"], "applying", "");
        let (one, other) =
            tokio::join!(state.move_fix("f1", &begin, "one", T0 + 2), state.move_fix("f1", &begin, "other", T0 + 2));
        assert_eq!([one?.is_some(), other?.is_some()].iter().filter(|won| **won).count(), 1);
        state.move_fix("f1", &step(&["applying"], "verified", "selector1 answers"), "spoofwatch", T0 + 3).await?;
        let fix_again = state.offer_fix(&Fix { created_at: T0 + 4, ..fix("f2", Some("aa01")) }).await?;
        assert_eq!(fix_again.id, "f2", "what ended is no open offer");
        let told: Vec<String> = state.history("alert aa01").await?.into_iter().map(|(_, _, action, _)| action).collect();
        assert_eq!(told, ["fix: offer", "fix: approved", "fix: applying", "fix: verified", "fix: offer"]);
        assert_eq!(state.fix("f1").await?.approved_by.as_deref(), Some("kim"));
        assert_eq!(state.fixes(&FixFilter { statuses: vec!["proposed".to_owned()], ..FixFilter::default() }).await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn whoever_works_on_a_fix_holds_it_for_a_while() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "held").await? {
        state.offer_fix(&Fix { status: "approved".to_owned(), ..fix("f1", None) }).await?;
        let take = FixStep { next_at: T0 + MINUTE, due: true, ..step(&["approved", "applying"], "applying", "") };
        assert!(state.move_fix("f1", &take, "one", T0).await?.is_some());
        assert!(state.move_fix("f1", &take, "other", T0 + 1).await?.is_none(), "it is held");
        assert!(state.move_fix("f1", &take, "other", T0 + MINUTE).await?.is_some(), "whoever held it is gone");
    }
    Ok(())
}

#[tokio::test]
async fn tries_are_counted_and_told_once_while_they_meet_the_same() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "tries").await? {
        state.offer_fix(&fix("f1", None)).await?;
        for expected in 1..=3 {
            let again = state.move_fix("f1", &step(&["proposed"], "proposed", "no answer"), "spoofwatch", T0).await?;
            assert_eq!(again.map(|fix| fix.attempts), Some(expected));
        }
        assert_eq!(state.history("fix f1").await?.len(), 2, "the offer, and the first of three equal tries");
    }
    Ok(())
}

#[tokio::test]
async fn how_far_something_has_come_is_replaced_and_forgotten() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "checkpoints").await? {
        assert_eq!(state.checkpoint("feed/audit").await?, None);
        state.keep_checkpoint("feed/audit", "{\"a\":1}", T0).await?;
        state.keep_checkpoint("feed/audit", "{\"a\":2}", T0 + 1).await?;
        state.keep_checkpoint("feed_audit", "{}", T0).await?;
        assert_eq!(state.checkpoint("feed/audit").await?.as_deref(), Some("{\"a\":2}"));
        assert_eq!(state.checkpoints("feed/").await?, [("feed/audit".to_owned(), "{\"a\":2}".to_owned())]);
        state.forget_checkpoint("feed/audit").await?;
        assert_eq!(state.checkpoint("feed/audit").await?, None);
    }
    Ok(())
}

fn kept(id: &str, owner: &str, shared: bool) -> Hunt {
    let text = |text: &str| text.to_owned();
    Hunt { id: text(id), name: text(id), kind: text("hunt"), query: text("T"), owner: text(owner), shared, ..Hunt::default() }
}

#[tokio::test]
async fn a_kept_query_is_its_owners_and_shown_to_others_where_shared() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "hunts").await? {
        state.keep_hunt(&kept("a", "ann", false), 1).await?;
        state.keep_hunt(&kept("b", "ann", true), 2).await?;
        let seen = async |who: &str| -> Result<Vec<String>, StateError> {
            Ok(state.hunts("hunt", who).await?.into_iter().map(|hunt| hunt.id).collect())
        };
        assert_eq!((seen("ann").await?, seen("bob").await?), (vec!["a".to_owned(), "b".to_owned()], vec!["b".to_owned()]));
        // Nobody changes or forgets what is another's.
        assert!(state.keep_hunt(&kept("a", "bob", true), 3).await.is_err());
        assert!(state.forget_hunt("b", "bob", 3).await.is_err());
        state.keep_hunt(&Hunt { query: "U".to_owned(), ..kept("a", "ann", true) }, 4).await?;
        state.forget_hunt("b", "ann", 5).await?;
        let left = state.hunts("hunt", "bob").await?;
        assert_eq!(left.iter().map(|hunt| (hunt.query.as_str(), hunt.updated_at)).collect::<Vec<_>>(), [("U", 4)]);
        assert_eq!(state.kept_hunts("ann").await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn what_a_person_ran_is_remembered_so_far_back() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "past").await? {
        for at in 0..PAST_HUNTS + 3 {
            state
                .hunted("ann", &Ran { at, query: format!("q{at}"), rows: (at % 2 == 0).then_some(at), ..Ran::default() })
                .await?;
        }
        state.hunted("bob", &Ran { at: 1, ..Ran::default() }).await?;
        let past = state.past_hunts("ann").await?;
        assert_eq!(i64::try_from(past.len())?, PAST_HUNTS);
        assert_eq!(past.first().map(|ran| (ran.query.as_str(), ran.rows)), Some(("q202", Some(202))));
        assert_eq!(past.last().map(|ran| (ran.query.as_str(), ran.rows)), Some(("q3", None)));
        assert_eq!(state.past_hunts("bob").await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn figures_by_day_are_those_of_the_runs_and_alerts_that_are_kept() -> Checked {
    const DAY: i64 = 86_400_000_000;
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "days").await? {
        // Made up, the same each time: runs of three rules over ten days, some of which take the place of one before, some alerts.
        let mut seed = 7_u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for place in 0..120 {
            let (run, rule, day, hits) = (next(80), next(3), i64::try_from(next(10))?, i64::try_from(next(4))?);
            // What takes the place of a run is of the same rule and began at the same moment.
            let at = T0 + i64::try_from(run % 10)? * DAY;
            let key = format!("rule{}", run % 3);
            let mut found = alert(&format!("a{place}"), "kim@contoso.example");
            (found.rule_key, found.created_at) = (format!("rule{rule}"), T0 + day * DAY);
            let alerts = if next(3) == 0 { vec![of(found, &[&format!("e{place}")])] } else { Vec::new() };
            let mut kept = outcome(&run.to_string(), alerts);
            (kept.run.rule_key, kept.run.started_at, kept.run.hits) = (key, at, hits);
            state.commit(kept, at).await?;
        }
        for first in [0, T0 / DAY, T0 / DAY + 4, T0 / DAY + 9, T0 / DAY + 30] {
            let health = state.rule_health(Since { day: first, verdicts: 0 }, None).await?;
            for rule in ["rule0", "rule1", "rule2"] {
                let runs = state.runs(Some(rule), 1000).await?;
                let hits: i64 = runs.iter().filter(|run| run.started_at / DAY >= first).map(|run| run.hits).sum();
                let filter = AlertFilter { rule_key: Some(rule.to_owned()), ..AlertFilter::default() };
                let mut days = std::collections::BTreeMap::new();
                for raised in state.alerts(&filter).await?.iter().filter(|alert| alert.created_at / DAY >= first) {
                    *days.entry(raised.created_at / DAY).or_insert(0) += 1;
                }
                let known = health.get(rule).cloned().unwrap_or_default();
                assert_eq!((known.hits, known.days), (u64::try_from(hits)?, days), "{rule} from {first}");
            }
        }
        state.forget(T0 + 5 * DAY).await?;
        let left = state.rule_health(Since { day: 0, verdicts: 0 }, None).await?;
        assert!(left.values().flat_map(|health| health.days.keys()).all(|day| *day >= T0 / DAY + 5));
    }
    Ok(())
}
