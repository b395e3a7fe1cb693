//! Rules: some well, some failing, noisy, off, or with a name that is made to hurt. What each line of the list says stands in
//! `data/rules.txt`.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::json;
use state::{Attack, Moment, Run};

use super::{HOSTILE, NOW, look};
use crate::*;

/// Microseconds of a day.
const DAY: Moment = 86_400_000_000;

/// How far back a replay may go here.
const MOST_DAYS: u32 = 90;

/// Ids and names.
type Named = &'static [(&'static str, &'static str)];

/// The tactics of the sample, and the techniques that bear on mail.
const TACTICS: [(&str, &str, Named); 8] = [
    ("TA0043", "Reconnaissance", &[("T1598", "Phishing for Information"), ("T1589.002", "Email Addresses")]),
    (
        "TA0042",
        "Resource Development",
        &[("T1583", "Acquire Infrastructure"), ("T1583.001", "Domains"), ("T1586.002", "Email Accounts")],
    ),
    (
        "TA0001",
        "Initial Access",
        &[
            ("T1566", "Phishing"),
            ("T1566.001", "Spearphishing Attachment"),
            ("T1566.002", "Spearphishing Link"),
            ("T1199", "Trusted Relationship"),
        ],
    ),
    ("TA0002", "Execution", &[("T1204.001", "Malicious Link"), ("T1204.002", "Malicious File")]),
    ("TA0003", "Persistence", &[("T1098", "Account Manipulation"), ("T1137.005", "Outlook Rules")]),
    (
        "TA0005",
        "Defense Evasion",
        &[
            ("T1672", "Email Spoofing"),
            ("T1656", "Impersonation"),
            ("T1562", "Impair Defenses"),
            ("T1562.001", "Disable or Modify Tools"),
            ("T1564.008", "Email Hiding Rules"),
            ("T1070.008", "Clear Mailbox Data"),
            ("T1027.006", "HTML Smuggling"),
        ],
    ),
    ("TA0008", "Lateral Movement", &[("T1534", "Internal Spearphishing")]),
    ("TA0009", "Collection", &[("T1114.002", "Remote Email Collection"), ("T1114.003", "Email Forwarding Rule")]),
];

/// Rules.
#[derive(Debug)]
pub(super) struct Sample {
    views: Mutex<BTreeMap<String, RuleView>>,
}

impl Default for Sample {
    fn default() -> Self {
        let lines = include_str!("data/rules.txt").lines().filter(|line| !line.starts_with('#'));
        let views = lines.zip(1..).map(|(line, number)| view(line, number)).map(|view| (view.line.key.clone(), view));
        Self { views: Mutex::new(views.collect()) }
    }
}

impl Sample {
    fn views(&self) -> MutexGuard<'_, BTreeMap<String, RuleView>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number that looks like chance and is not.
fn chance(seed: u64, below: u64) -> u64 {
    let mixed = (seed.wrapping_add(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) % below.max(1)
}

fn unknown(key: &str) -> Fault {
    Fault::Unknown { what: "rule", id: key.to_owned() }
}

fn attack(id: &str) -> Attack {
    let name = TACTICS.iter().flat_map(|(_, _, techniques)| techniques.iter()).find(|(known, _)| *known == id);
    let url = format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/"));
    Attack { id: id.to_owned(), name: name.map_or_else(String::new, |(_, name)| (*name).to_owned()), url }
}

/// A line of `data/rules.txt` with all that goes with it.
fn view(line: &str, number: u64) -> RuleView {
    let mut parts = line.split('|').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
    let (key, name, format, language, severity, kind, every) = (next(), next(), next(), next(), next(), next(), next());
    let (enabled, file, last_status, last_message) = (next() == "yes", next(), next(), next());
    let duration_us = next().parse::<i64>().unwrap_or(0) * 1000;
    let daily: u64 = next().parse().unwrap_or(0);
    let precision = next().parse::<f64>().ok().map(|percent| percent / 100.0);
    let open = next().parse().unwrap_or(0);
    let lint = (next().parse().unwrap_or(0), next().parse().unwrap_or(0));
    let techniques = words(next()).iter().map(|id| attack(id)).collect();
    let days: Vec<u64> = (0..30).map(|day| if daily == 0 { 0 } else { chance(number * 100 + day, daily * 2 + 1) }).collect();
    let line = RuleLine {
        editable: !file.is_empty(),
        last_run: (!last_status.is_empty()).then(|| NOW - i64::try_from(chance(number, 60)).unwrap_or(0) * 60_000_000),
        hits: days.iter().sum::<u64>() * 3,
        tables: words(next()),
        tags: words(next()),
        key,
        name,
        format,
        language,
        severity,
        kind,
        every,
        enabled,
        file,
        last_status,
        last_message,
        duration_us,
        days,
        precision,
        open,
        lint,
        techniques,
    };
    let versions: Vec<RuleVersion> = (1..=3).rev().map(|at| version(&line, at)).collect();
    described(line, versions, number)
}

fn described(line: RuleLine, versions: Vec<RuleVersion>, number: u64) -> RuleView {
    let query = query(&line, 3);
    let text = versions.first().map(|version| version.text.clone()).unwrap_or_default();
    let hostile = line.key == "hostile-name";
    let guide = if hostile {
        format!("## {HOSTILE}\n\n[link](javascript:alert(4))\n\n{HOSTILE}\n")
    } else {
        include_str!("data/guide.md").to_owned()
    };
    RuleView {
        description: format!(
            "{}. It looks at {} and raises an alert where the threshold is passed.",
            line.name,
            line.tables.join(" and ")
        ),
        colours: look::colours(&query),
        text_form: if line.format == "elastic" { "toml" } else { "yaml" }.to_owned(),
        guide: Guide {
            markdown: guide,
            queries: vec![GuideQuery {
                label: "Everything of that domain".to_owned(),
                query: "EmailEvents\n| where SenderFromDomain == \"contoso.com\"\n| take 100".to_owned(),
                language: "kusto".to_owned(),
                runs: true,
                ..GuideQuery::default()
            }],
        },
        false_positives: vec![
            "A mailing list that changes the subject.".to_owned(),
            "A forwarder that rewrites the body.".to_owned(),
        ],
        references: vec!["https://attack.mitre.org/techniques/T1672/".to_owned(), "javascript:alert(5)".to_owned()],
        tactics: vec![Attack { id: "TA0001".to_owned(), name: "Initial Access".to_owned(), url: String::new() }],
        problems: look::problems(&text),
        runs: runs(&line, number),
        exclusions: exclusions(&line),
        schedule: vec![
            ("Looks at".to_owned(), "the last 30 minutes".to_owned()),
            ("Runs".to_owned(), if line.every.is_empty() { "as rows arrive".to_owned() } else { line.every.clone() }),
            ("Fires".to_owned(), "with more than 0 rows".to_owned()),
            ("Alerts a run".to_owned(), "150 at most".to_owned()),
        ],
        next_steps: vec!["Ask the sender over another channel.".to_owned()],
        query,
        text,
        versions,
        line,
    }
}

fn query(line: &RuleLine, version: u64) -> String {
    if line.format == "elastic" {
        return "event.dataset:o365.audit and event.provider:Exchange and event.action:\"Set-DkimSigningConfig\" and o365.audit.Parameters.Enabled:False".to_owned();
    }
    let table = line.tables.first().map_or("EmailEvents", String::as_str);
    let sender = if line.key == "broken-column" { "SenderFromAdress" } else { "SenderFromAddress" };
    let extra = if version > 2 { "\n| where EmailDirection == \"Inbound\"" } else { "" };
    let threshold = version * 5;
    format!(
        "let Threshold = {threshold}; // Failures an hour that are worth a look.\n{table}{extra}\n| where AuthenticationDetails has \"fail\"\n| summarize Failures = count(), Sender = take_any({sender}) by SenderFromDomain, bin(Timestamp, 1h)\n| where Failures > Threshold\n| sort by Failures desc"
    )
}

fn version(line: &RuleLine, number: u64) -> RuleVersion {
    let query = query(line, number);
    let name = json!(line.name);
    let text = if line.format == "elastic" {
        format!(
            "[metadata]\nmaturity = \"production\"\n\n[rule]\nrule_id = \"{}\"\nname = {name}\nlanguage = \"{}\"\nseverity = \"{}\"\nfrom = \"now-30m\"\ninterval = \"10m\"\nrisk_score = {}\nquery = '''\n{query}\n'''\n",
            line.key,
            line.language,
            line.severity,
            40 + number * 10
        )
    } else {
        let indented = query.replace('\n', "\n  ");
        format!(
            "id: {}\nname: {name}\nseverity: {}\nqueryFrequency: PT1H\nqueryPeriod: PT1H\ntriggerOperator: gt\ntriggerThreshold: 0\nquery: |\n  {indented}\nversion: 1.0.{number}\n",
            line.key, line.severity
        )
    };
    let days = i64::try_from(40 - number * 10).unwrap_or(0);
    RuleVersion {
        number,
        at: NOW - days * DAY,
        who: if number == 1 { String::new() } else { "ann@contoso.com".to_owned() },
        comment: ["", "As published", "Threshold raised: partners", "Only inbound mail"]
            .get(usize::try_from(number).unwrap_or(0))
            .copied()
            .unwrap_or_default()
            .to_owned(),
        version: format!("1.0.{number}"),
        text,
    }
}

fn runs(line: &RuleLine, number: u64) -> Vec<Run> {
    let Some(last) = line.last_run else { return Vec::new() };
    (0..60_u64)
        .map(|at| {
            let started_at = last - i64::try_from(at).unwrap_or(0) * 3_600_000_000;
            let hits = i64::try_from(line.days.get(usize::try_from(at / 24).unwrap_or(0)).copied().unwrap_or(0)).unwrap_or(0);
            let failed = at == 0 && line.last_status == "failed" || at % 29 == 17;
            Run {
                id: format!("{number}-{at}"),
                rule_key: line.key.clone(),
                rule_name: line.name.clone(),
                version: "1.0.3".to_owned(),
                kind: if line.kind == "continuous" {
                    "continuous"
                } else if at == 9 {
                    "late"
                } else {
                    "scheduled"
                }
                .to_owned(),
                intended_at: started_at,
                window_from: started_at - 3_600_000_000,
                window_to: started_at,
                started_at,
                duration_us: line.duration_us / 2
                    + i64::try_from(chance(number * 7 + at, 1000)).unwrap_or(0) * line.duration_us / 1000,
                status: if failed {
                    "failed".to_owned()
                } else if at == 0 {
                    line.last_status.clone()
                } else {
                    "succeeded".to_owned()
                },
                message: if at == 0 {
                    line.last_message.clone()
                } else if failed {
                    "the query did not end within 5 minutes".to_owned()
                } else {
                    String::new()
                },
                hits,
                raised: hits / 3,
                known: hits / 4,
                excluded: hits / 5,
                suppressed: 0,
                held: if line.key == "noisy-newsletter" { 312 } else { 0 },
            }
        })
        .collect()
}

fn exclusions(line: &RuleLine) -> Vec<ExclusionView> {
    if line.editable {
        return vec![ExclusionView {
            id: format!("ex-{}", line.key),
            draft: Draft {
                name: "Newsletter of the works council".to_owned(),
                rules: vec![line.key.clone()],
                owner: "ann@contoso.com".to_owned(),
                reason: "Sent by a service without DKIM until spring".to_owned(),
                expires: "2027-01-31".to_owned(),
                ..Draft::default()
            },
            words: vec!["SenderMailFromDomain is news.example".to_owned()],
            status: "approved".to_owned(),
            approved_by: "ben@contoso.com".to_owned(),
            created_at: NOW - 9 * DAY,
            suppressed: 41,
            last_suppressed: Some(NOW - DAY / 3),
            origin: String::new(),
        }];
    }
    Vec::new()
}

/// The value of a line of YAML or TOML such as `name: A rule`.
fn field(text: &str, names: [&str; 2]) -> String {
    let value = text.lines().find_map(|line| names.iter().find_map(|name| line.strip_prefix(name)));
    let value = value.map(|value| value.trim_start_matches([':', '=', ' ']).trim()).unwrap_or_default();
    serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned())
}

fn trial(text: &str) -> Trial {
    let mut problems = look::problems(text);
    let (key, name) = (field(text, ["id:", "rule_id ="]), field(text, ["name:", "name ="]));
    if name.is_empty() {
        let message = "the rule has no name".to_owned();
        problems.insert(
            0,
            Problem {
                code: "RULE0001".to_owned(),
                severity: "error".to_owned(),
                message,
                help: "add a line `name:`".to_owned(),
                ..Problem::default()
            },
        );
    }
    let ok = problems.iter().all(|problem| problem.severity != "error");
    let column = |name: &str, ty: &str| Column { name: name.to_owned(), ty: ty.to_owned() };
    let columns = if ok {
        vec![column("SenderFromDomain", "string"), column("Failures", "long"), column("Timestamp", "datetime")]
    } else {
        Vec::new()
    };
    Trial { ok, key, name, problems, columns }
}

/// Alerts of a day: fewer, the larger the threshold.
fn alerts(text: &str, day: u64) -> u64 {
    let threshold =
        text.split_once("Threshold = ").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    let threshold: u64 = threshold.and_then(|digits| digits.parse().ok()).unwrap_or(15);
    (chance(day, 12) * 15 / threshold.max(1)).min(10_000)
}

fn preview(day: u64, at: u64) -> PreviewAlert {
    let row = json!({"SenderFromDomain": "contoso.com", "Failures": at + 3, "Subject": HOSTILE});
    PreviewAlert {
        id: format!("{day:02}-{at}"),
        at: NOW - i64::try_from(day).unwrap_or(0) * DAY - i64::try_from(at).unwrap_or(0) * 3_600_000_000,
        reason: format!("contoso.com: {} messages failed DKIM within an hour", at + 3),
        severity: "medium".to_owned(),
        row: row.as_object().cloned().unwrap_or_default(),
        verdict: if at.is_multiple_of(3) { "true_positive".to_owned() } else { String::new() },
    }
}

/// How many more alerts `most` has than `least`, and the latest of them.
fn surplus(most: &[u64], least: &[u64]) -> (u64, Vec<PreviewAlert>) {
    let more: Vec<(u64, u64)> = most
        .iter()
        .zip(least)
        .rev()
        .map(|(most, least)| most.saturating_sub(*least))
        .zip(0..)
        .map(|(count, day)| (day, count))
        .collect();
    let rows = more.iter().flat_map(|(day, count)| (0..*count).map(|at| preview(*day, at)));
    (more.iter().map(|(_, count)| count).sum(), rows.take(100).collect())
}

#[async_trait]
impl Rules for Sample {
    async fn rules(&self) -> Result<Vec<RuleLine>, Fault> {
        Ok(self.views().values().map(|view| view.line.clone()).collect())
    }

    async fn rule(&self, key: &str) -> Result<RuleView, Fault> {
        self.views().get(key).cloned().ok_or_else(|| unknown(key))
    }

    async fn enable(&self, key: &str, enabled: bool, _who: &str) -> Result<(), Fault> {
        let mut views = self.views();
        let view = views.get_mut(key).ok_or_else(|| unknown(key))?;
        view.line.enabled = enabled;
        Ok(())
    }

    async fn try_text(&self, _key: &str, text: &str) -> Result<Trial, Fault> {
        Ok(trial(text))
    }

    async fn backtest(&self, ask: &BacktestAsk, work: &Work) -> Result<Backtest, Fault> {
        if ask.days > MOST_DAYS {
            return Err(Fault::Limit { reason: format!("{MOST_DAYS} days at most can be replayed at once") });
        }
        let now = if ask.key.is_empty() { None } else { Some(self.rule(&ask.key).await?.text) };
        let text = if ask.text.is_empty() { now.clone().unwrap_or_default() } else { ask.text.clone() };
        if ask.key == "forever" {
            work.at(7, 100, "replaying 14 November");
            std::future::pending::<()>().await;
        }
        if let Some(problem) = trial(&text).problems.into_iter().find(|problem| problem.severity == "error") {
            return Err(Fault::Input(Box::new(problem)));
        }
        let span = u64::from(ask.days.max(1));
        for day in 0..span {
            work.at(day, span, format!("day {} of {span}", day + 1));
            tokio::task::yield_now().await;
        }
        let days: Vec<u64> = (0..span).map(|day| alerts(&text, day)).collect();
        let compared = now.filter(|_| !ask.text.is_empty());
        let days_now = compared.map(|now| (0..span).map(|day| alerts(&now, day)).collect::<Vec<u64>>());
        let (added, removed) = days_now.as_ref().map(|now| (surplus(&days, now), surplus(now, &days))).unwrap_or_default();
        let total = days.iter().sum::<u64>();
        Ok(Backtest {
            from: NOW - i64::from(ask.days.max(1)) * DAY,
            to: NOW,
            runs: span * 24,
            failed: 1,
            failure: "the table had no rows yet".to_owned(),
            hits: total * 3,
            alerts: total,
            latest: surplus(&days, &vec![0; days.len()]).1,
            days,
            days_now,
            excluded: 4,
            added,
            removed,
            took_us: 1_240_000,
        })
    }

    async fn save(&self, key: &str, text: &str, seen: u64, comment: &str, who: &str) -> Result<String, Fault> {
        let trial = trial(text);
        if let Some(problem) = trial.problems.into_iter().find(|problem| problem.severity == "error") {
            return Err(Fault::Input(Box::new(problem)));
        }
        let mut views = self.views();
        let key = if key.is_empty() {
            if views.contains_key(&trial.key) {
                return Err(Fault::Conflict { reason: format!("there is a rule `{}` already", trial.key) });
            }
            let line = format!(
                "{}|{}|sentinel|kusto|medium|scheduled|every hour|yes|sentinel/{}.yaml|||0|0||0|0|0|T1566|EmailEvents|",
                trial.key,
                trial.name.replace('|', " "),
                trial.key.replace(['/', '.'], "-")
            );
            let view = RuleView { versions: Vec::new(), ..view(&line, 999) };
            views.insert(trial.key.clone(), view);
            trial.key
        } else {
            key.to_owned()
        };
        let view = views.get_mut(&key).ok_or_else(|| unknown(&key))?;
        if !view.line.editable {
            return Err(Fault::Refused {
                reason: "this rule ships with the program: save a copy under an id of its own".to_owned(),
            });
        }
        let latest = view.versions.first().map_or(0, |version| version.number);
        if latest != seen {
            return Err(Fault::Conflict {
                reason: format!("version {latest} is there now, this text was made from version {seen}"),
            });
        }
        view.line.name.clone_from(&trial.name);
        text.clone_into(&mut view.text);
        let version = RuleVersion {
            number: latest + 1,
            at: NOW,
            who: who.to_owned(),
            comment: comment.to_owned(),
            version: format!("1.0.{}", latest + 1),
            text: text.to_owned(),
        };
        view.versions.insert(0, version);
        Ok(key)
    }

    async fn import(&self, file: &str, bytes: &[u8], who: &str) -> Result<Imported, Fault> {
        let problem = |message: &str| Problem {
            code: "RULE0002".to_owned(),
            severity: "error".to_owned(),
            message: message.to_owned(),
            ..Problem::default()
        };
        let mut imported = Imported { file: file.to_owned(), ..Imported::default() };
        let Ok(text) = std::str::from_utf8(bytes) else {
            imported.problems.push(problem("it is not text in UTF-8"));
            return Ok(imported);
        };
        let trial = trial(text);
        if trial.key.is_empty() || !trial.ok {
            imported.problems = trial.problems;
            if trial.key.is_empty() {
                imported.problems.push(problem("no rule could be read in it"));
            }
            return Ok(imported);
        }
        let known = self.views().get(&trial.key).map(|view| view.versions.first().map_or(0, |version| version.number));
        let target = if known.is_some() { trial.key.as_str() } else { "" };
        match self.save(target, text, known.unwrap_or(0), "Imported", who).await {
            Ok(key) if known.is_some() => imported.replaced.push((key, trial.name)),
            Ok(key) => imported.added.push((key, trial.name)),
            Err(fault) => imported.problems.push(problem(&fault.to_string())),
        }
        Ok(imported)
    }

    async fn from_query(&self, name: &str, query: &str) -> Result<String, Fault> {
        let key: String = name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let indented = query.replace('\n', "\n  ");
        let name = json!(name);
        Ok(format!(
            "id: {key}\nname: {name}\nseverity: Medium\nqueryFrequency: PT1H\nqueryPeriod: PT1H\ntriggerOperator: gt\ntriggerThreshold: 0\nquery: |\n  {indented}\nversion: 1.0.0\n"
        ))
    }

    async fn coverage(&self) -> Result<Coverage, Fault> {
        let views = self.views();
        let covers = |id: &str| {
            let mut rules: Vec<&RuleLine> =
                views.values().map(|view| &view.line).filter(|line| line.techniques.iter().any(|known| known.id == id)).collect();
            rules.sort_by_key(|line| !line.enabled);
            rules.into_iter().cloned().collect::<Vec<RuleLine>>()
        };
        let technique = |(id, name): &(&str, &str)| {
            let rules = covers(id);
            TechniqueCoverage {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
                enabled: rules.iter().filter(|line| line.enabled).count() as u64,
                alerts: rules.iter().flat_map(|line| &line.days).sum(),
                rules: rules.into_iter().map(|line| (line.key, line.name)).collect(),
            }
        };
        let tactics = TACTICS.iter().map(|(id, name, techniques)| TacticCoverage {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            techniques: techniques.iter().map(technique).collect(),
        });
        let without = views.values().filter(|view| view.line.techniques.is_empty()).count() as u64;
        Ok(Coverage { tactics: tactics.collect(), without })
    }

    async fn navigator(&self) -> Result<Download, Fault> {
        let coverage = self.coverage().await?;
        let techniques: Vec<serde_json::Value> = coverage
            .tactics
            .iter()
            .flat_map(|tactic| &tactic.techniques)
            .filter(|technique| !technique.rules.is_empty())
            .map(|technique| json!({"techniqueID": technique.id, "score": technique.rules.len()}))
            .collect();
        let layer =
            json!({"name": "spoofwatch", "versions": {"layer": "4.5"}, "domain": "enterprise-attack", "techniques": techniques});
        Ok(Download {
            name: "spoofwatch-layer.json".to_owned(),
            media_type: "application/json",
            bytes: layer.to_string().into_bytes(),
        })
    }
}
