//! The queue gives the same alerts in the same order on either database, whatever stands in them.
//!
//! SQLite always. PostgreSQL where `SPOOFWATCH_TEST_POSTGRES` names an empty database's server
//! (`tests/servers/postgres` starts one); otherwise the tests say that they leave it out.

#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]
#![expect(clippy::disallowed_methods, reason = "a test server's address comes from the environment")]

use spoofwatch_state::{
    Alert, AlertChange, Attack, Comparison, Condition, Detail, Entity, EventKey, Grouping, NewAlert, Outcome, Piece, Progress,
    QueueAsk, QueueField, Run, State, StateError, open_alerts, severity_compared,
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
            let database = format!("queue_{name}_{}", std::process::id());
            let administrator = sqlx::AnyPool::connect(&format!("{server}/postgres")).await?;
            sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&administrator).await?;
            found.push(State::open(&format!("{server}/{database}")).await?);
        }
        Err(_) => eprintln!("skipped for PostgreSQL: SPOOFWATCH_TEST_POSTGRES is not set"),
    }
    Ok(found)
}

/// Alert `a0` ... : severity, title, entity, tag; each a minute after the one before.
const ALERTS: [(&str, &str, &str, &str); 6] = [
    ("low", "100% of mail fails", "Anna@contoso.example", "Domain: Cloud"),
    ("high", "Own_domain fails DMARC", "ben@contoso.example", "Mail"),
    ("critical", "Own domain fails DMARC", "203.0.113.7", "Mail"),
    ("medium", "ÄRGER mit Ümlauten!", "fabrikam.example", ""),
    ("medium", "'; DROP TABLE alert; --", "x'or'1'='1", "Mail"),
    ("informational", "quiet", "ben@contoso.example", "T1566"),
];

fn alert(place: usize, (severity, title, entity, tag): (&str, &str, &str, &str)) -> Alert {
    let at = T0 + i64::try_from(place).unwrap_or_default() * MINUTE;
    let technique = if place == 0 { "T1566.002" } else { "T1672" };
    Alert {
        id: format!("a{place}"),
        rule_key: if place < 3 { "rule-one" } else { "rule-two" }.to_owned(),
        rule_name: if place < 3 { "Rule One" } else { "Rule Two" }.to_owned(),
        rule_version: "1".to_owned(),
        run_id: "run".to_owned(),
        title: title.to_owned(),
        description: String::new(),
        reason: format!("1 event about {entity}."),
        severity: severity.to_owned(),
        risk_score: i64::try_from(place).unwrap_or_default() * 10,
        confidence: "high".to_owned(),
        status: "new".to_owned(),
        verdict: None,
        assignee: None,
        comment: None,
        created_at: at,
        updated_at: at,
        first_event: None,
        last_event: (place != 5).then_some(at - MINUTE),
        window_from: at - 30 * MINUTE,
        window_to: at,
        suppressed: 0,
        incident_id: None,
        detail: Detail {
            techniques: vec![Attack { id: technique.to_owned(), name: String::new(), url: String::new() }],
            entities: vec![
                Entity { kind: "DNS".to_owned(), value: entity.to_owned(), identifier: String::new() },
                Entity { kind: "MailMessage".to_owned(), value: format!("<{place}@x>"), identifier: String::new() },
            ],
            evidence: vec![serde_json::Map::from_iter([("Subject".to_owned(), "T1672 \u{0} \"tag\":\"Mail\"".into())])],
            evidence_rows: 1,
            tags: if tag.is_empty() { Vec::new() } else { vec![tag.to_owned()] },
            ..Detail::default()
        },
    }
}

async fn filled(state: &State) -> Checked {
    let alerts = ALERTS.into_iter().enumerate().map(|(place, what)| NewAlert {
        alert: alert(place, what),
        events: vec![EventKey { key: format!("event-{place}"), until: None }],
        suppression: None,
    });
    let outcome = Outcome {
        run: Run { id: "run".to_owned(), rule_key: "rule-one".to_owned(), status: "succeeded".to_owned(), ..Run::default() },
        alerts: alerts.collect(),
        kept: Vec::new(),
        progress: Progress::default(),
        grouping: Grouping::default(),
        notify: Vec::new(),
    };
    state.commit(outcome, T0 + 10 * MINUTE).await?;
    let close = AlertChange {
        status: Some("closed".to_owned()),
        verdict: Some("false_positive".to_owned()),
        assignee: Some("Anna".to_owned()),
        comment: None,
    };
    state.change_alert("a0", &close, "anna", T0 + 11 * MINUTE).await?;
    Ok(())
}

fn is(field: QueueField, text: &str) -> Condition {
    Condition::Is(field, text.to_owned())
}

fn like(field: QueueField, pieces: &[Piece]) -> Condition {
    Condition::Like(field, pieces.to_vec())
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

async fn ids(state: &State, condition: Condition, sort: Option<(QueueField, bool)>) -> Result<Vec<String>, StateError> {
    let page = state.queue(&QueueAsk { condition, sort, skip: 0, limit: 100 }).await?;
    assert_eq!(page.total, i64::try_from(page.alerts.len()).unwrap_or_default());
    Ok(page.alerts.into_iter().map(|alert| alert.id).collect())
}

#[tokio::test]
async fn conditions_take_the_same_alerts_on_both_databases() -> Checked {
    use QueueField::{
        Assignee, Created, Entity, Event, Incident, Reason, Risk, Rule, Severity, Status, Tag, Technique, Title, Verdict,
    };
    let every = || Condition::And(Vec::new());
    let cases: Vec<(&str, Condition, &[&str])> = vec![
        ("every one", every(), &["a5", "a4", "a3", "a2", "a1", "a0"]),
        ("none", Condition::Or(Vec::new()), &[]),
        ("open", open_alerts(), &["a5", "a4", "a3", "a2", "a1"]),
        ("a status", is(Status, "Closed"), &["a0"]),
        ("severities", severity_compared(Comparison::AtLeast, "high"), &["a2", "a1"]),
        ("both", Condition::And(vec![is(Severity, "medium"), is(Tag, "mail")]), &["a4"]),
        ("either", Condition::Or(vec![is(Severity, "low"), is(Severity, "critical")]), &["a2", "a0"]),
        ("a rule's key", is(Rule, "rule-one"), &["a2", "a1", "a0"]),
        ("a rule's name, in any case", is(Rule, "RULE two"), &["a5", "a4", "a3"]),
        ("an entity, in any case", is(Entity, "anna@CONTOSO.example"), &["a0"]),
        ("a form of an entity", like(Entity, &[Piece::Any, text("@contoso.example")]), &["a5", "a1", "a0"]),
        ("a percent sign is one", like(Title, &[Piece::Any, text("0%"), Piece::Any]), &["a0"]),
        ("an underscore is one", like(Title, &[text("own_domain"), Piece::Any]), &["a1"]),
        ("one character", like(Title, &[text("own"), Piece::One, text("domain"), Piece::Any]), &["a2", "a1"]),
        ("an exclamation mark is one", like(Title, &[Piece::Any, text("!")]), &["a3"]),
        ("a hostile text is a text", is(Title, "'; DROP TABLE alert; --"), &["a4"]),
        ("a hostile entity is a text", is(Entity, "x'or'1'='1"), &["a4"]),
        ("a text with the character 0", is(Title, "a\0b"), &[]),
        ("a reason", like(Reason, &[Piece::Any, text("203.0.113"), Piece::Any]), &["a2"]),
        ("a technique, not what stands in evidence", is(Technique, "t1566.002"), &["a0"]),
        ("a tag that is named like a technique", is(Tag, "T1566"), &["a5"]),
        ("an assignee", Condition::Exists(Assignee), &["a0"]),
        ("no assignee", not(Condition::Exists(Assignee)), &["a5", "a4", "a3", "a2", "a1"]),
        ("not one assignee: those without are meant too", not(is(Assignee, "ben")), &["a5", "a4", "a3", "a2", "a1", "a0"]),
        ("a verdict", is(Verdict, "false_positive"), &["a0"]),
        ("no verdict", not(Condition::Exists(Verdict)), &["a5", "a4", "a3", "a2", "a1"]),
        ("any form of a verdict wants one", like(Verdict, &[Piece::Any]), &["a0"]),
        ("an incident", Condition::Exists(Incident), &["a5", "a4", "a3", "a2", "a1", "a0"]),
        ("a risk", Condition::Number(Risk, Comparison::Greater, 30), &["a5", "a4"]),
        ("a time", Condition::Number(Created, Comparison::Less, T0 + MINUTE), &["a0"]),
        ("the event of one without an event", not(Condition::Number(Event, Comparison::AtLeast, 0)), &["a5"]),
        ("a tag", Condition::Exists(Tag), &["a5", "a4", "a2", "a1", "a0"]),
    ];
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "conditions").await? {
        filled(&state).await?;
        for (name, condition, expected) in &cases {
            assert_eq!(ids(&state, condition.clone(), None).await?, *expected, "{name}");
        }
        state.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn the_queue_is_sorted_paged_and_counted() -> Checked {
    let folder = tempfile::tempdir()?;
    for state in databases(&folder, "pages").await? {
        filled(&state).await?;
        let every = || Condition::And(Vec::new());
        for (field, descending, expected) in [
            (QueueField::Severity, true, ["a2", "a1", "a4", "a3", "a0", "a5"]),
            (QueueField::Risk, false, ["a0", "a1", "a2", "a3", "a4", "a5"]),
            (QueueField::Event, false, ["a5", "a0", "a1", "a2", "a3", "a4"]),
            (QueueField::Status, true, ["a0", "a5", "a4", "a3", "a2", "a1"]),
            (QueueField::Assignee, true, ["a0", "a5", "a4", "a3", "a2", "a1"]),
        ] {
            assert_eq!(ids(&state, every(), Some((field, descending))).await?, expected, "{field:?} {descending}");
        }
        for field in QueueField::ALL {
            assert_eq!(ids(&state, every(), Some((field, false))).await?.len(), 6, "{field:?}");
        }
        let page = state.queue(&QueueAsk { condition: every(), sort: None, skip: 2, limit: 2 }).await?;
        assert_eq!(page.alerts.iter().map(|alert| alert.id.as_str()).collect::<Vec<_>>(), ["a3", "a2"]);
        assert_eq!(page.total, 6);
        let shown = &page.alerts[0].detail;
        assert_eq!((shown.entities.len(), shown.evidence.len(), shown.evidence_rows), (2, 0, 1));
        let counts: Vec<(QueueField, Vec<(&str, i64)>)> = page
            .facets
            .iter()
            .map(|(field, values)| (*field, values.iter().map(|value| (value.label.as_str(), value.count)).collect()))
            .collect();
        assert_eq!(
            counts[0],
            (QueueField::Severity, vec![("medium", 2), ("critical", 1), ("high", 1), ("informational", 1), ("low", 1)])
        );
        assert_eq!(counts[1], (QueueField::Status, vec![("new", 5), ("closed", 1)]));
        assert_eq!(counts[2], (QueueField::Rule, vec![("Rule One", 3), ("Rule Two", 3)]));
        assert_eq!(counts[3].1.first(), Some(&("ben@contoso.example", 2)));
        assert!(counts[3].1.iter().all(|(value, _)| !value.starts_with('<')), "messages are not counted");
        assert_eq!(counts[4], (QueueField::Assignee, vec![("Anna", 1)]));
        assert_eq!(state.alerts_where(&is(QueueField::Tag, "mail"), 10).await?[0].detail.evidence.len(), 1);
        let past = state.past_of_entity("DNS", "Anna@contoso.example").await?;
        assert_eq!(past, [(T0, Some("false_positive".to_owned()))]);
        state.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn too_many_conditions_are_refused() -> Checked {
    let folder = tempfile::tempdir()?;
    let state = State::open(&format!("sqlite://{}/many.db", folder.path().display())).await?;
    let wide = Condition::Or(vec![is(QueueField::Title, "x"); 10_000]);
    let deep = (0..10_000).fold(is(QueueField::Title, "x"), |inner, _| not(inner));
    for condition in [wide, deep] {
        assert!(matches!(state.count_alerts(&condition).await, Err(StateError::TooMany { .. })));
    }
    Ok(())
}

#[tokio::test]
async fn alerts_of_before_the_queue_get_what_it_shows() -> Checked {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/before.db", folder.path().display());
    let state = State::open(&url).await?;
    filled(&state).await?;
    state.close().await;
    let pool = sqlx::AnyPool::connect(&url).await?;
    for statement in
        ["DELETE FROM alert_brief", "DELETE FROM alert_mark", "UPDATE counter SET value = 0 WHERE name = 'alert_briefs'"]
    {
        sqlx::query(statement).execute(&pool).await?;
    }
    pool.close().await;
    let state = State::open(&url).await?;
    assert_eq!(ids(&state, is(QueueField::Technique, "T1672"), None).await?.len(), 5);
    assert_eq!(ids(&state, is(QueueField::Tag, "mail"), None).await?, ["a4", "a2", "a1"]);
    Ok(())
}
