//! The form of a case file, and of a finding that a case does not expect.

use std::fmt::Write as _;

use spoofwatch_posture::{Finding, KeyHistory, KeySeen, Publish, evidence::Purpose};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

const DAY: i64 = 24 * 3600 * 1_000_000;

/// A case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) domain: String,
    pub(crate) purpose: Purpose,
    pub(crate) only: Vec<String>,
    pub(crate) selectors: Vec<String>,
    pub(crate) subdomains: Vec<String>,
    pub(crate) lookalikes: Vec<String>,
    pub(crate) report_address: Option<String>,
    pub(crate) history: KeyHistory,
    pub(crate) expected: Vec<Expected>,
    /// The beginning of the sentence that says whether the domain can be spoofed.
    pub(crate) spoofed: Option<String>,
    /// The score of all findings, as it is shown.
    pub(crate) score: Option<String>,
}

/// A finding as a case expects it.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub(crate) check: String,
    pub(crate) severity: String,
    pub(crate) subject: String,
    pub(crate) publish: Vec<String>,
    pub(crate) says: Vec<String>,
}

/// The cases of a file.
pub(crate) fn read(text: &str, now: i64) -> Result<Vec<Case>, Error> {
    let mut common = String::new();
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let comment = line.strip_prefix(';').and_then(|rest| rest.trim().split_once(':'));
        let told =
            comment.filter(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        if let Some(("case", name)) = told {
            cases.push(Case { name: name.trim().to_owned(), zone: common.clone(), ..Case::default() });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            common.push_str(line);
            common.push('\n');
            continue;
        };
        case.zone.push_str(line);
        case.zone.push('\n');
        if let Some((key, value)) = told {
            tell(case, key, value.trim(), now).map_err(|error| format!("line {number}: {error}"))?;
        }
    }
    match cases.iter().find(|case| case.domain.is_empty()) {
        Some(case) => Err(format!("{}: no domain", case.name).into()),
        None if cases.is_empty() => Err("the file holds no case".into()),
        None => Ok(cases),
    }
}

fn tell(case: &mut Case, key: &str, value: &str, now: i64) -> Result<(), Error> {
    let words = || value.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let domain = case.domain.clone();
    let last = case.expected.last_mut().ok_or("nothing is expected before it");
    match key {
        "domain" => value.clone_into(&mut case.domain),
        "purpose" => case.purpose = purpose(value)?,
        "only" => case.only = words(),
        "selectors" => case.selectors = words(),
        "subdomains" => case.subdomains = words(),
        "lookalikes" => case.lookalikes = words(),
        "reports" => case.report_address = Some(value.to_owned()),
        "key-seen" => key_seen(&mut case.history, &words(), now)?,
        "expect" => {
            let (check, severity) = value.split_once(' ').ok_or("a check, and how much it matters")?;
            let (check, severity) = (check.to_owned(), severity.trim().to_owned());
            case.expected.push(Expected { check, severity, subject: domain, publish: Vec::new(), says: Vec::new() });
        }
        "publish" => last?.publish.push(value.to_owned()),
        "says" => last?.says.push(value.to_owned()),
        "subject" => value.clone_into(&mut last?.subject),
        "spoofed" => case.spoofed = Some(value.to_owned()),
        "score" => case.score = Some(value.to_owned()),
        "fetch" => {}
        other => return Err(format!("nobody knows `{other}`").into()),
    }
    Ok(())
}

fn purpose(value: &str) -> Result<Purpose, Error> {
    match value {
        "sending" => Ok(Purpose::Sending),
        "non-sending" => Ok(Purpose::NonSending),
        "unknown" => Ok(Purpose::Unknown),
        other => Err(format!("`{other}` is no purpose").into()),
    }
}

fn key_seen(history: &mut KeyHistory, words: &[String], now: i64) -> Result<(), Error> {
    let [name, key, first, last] = words else { return Err("a name, a key, and two numbers of days".into()) };
    let before = |days: &str| days.parse::<i64>().map(|days| now - days * DAY);
    history.saw(name, key, KeySeen { first: before(first)?, last: before(last)? });
    Ok(())
}

/// The records a finding says to publish, as cases write them.
pub(crate) fn records(found: &Finding) -> Vec<String> {
    let value = |record: &Publish| record.value.trim_end().replace('\n', " | ");
    found.publish.iter().map(|record| format!("{} {} {}", record.name, record.kind, value(record))).collect()
}

/// A finding as text; what a case needs to expect it stands first.
pub(crate) fn show(found: &Finding) -> String {
    let mut text = format!("; expect: {} {}\n; subject: {}\n", found.check, found.severity, found.subject);
    for record in records(found) {
        let _ = writeln!(text, "; publish: {record}");
    }
    let _ = writeln!(text, "  {}\n  {}\n  {}\n  {}", found.title, found.meaning, found.risk, found.advice);
    for fact in &found.facts {
        let _ = writeln!(text, "  {}: {}", fact.what, fact.seen);
    }
    text
}
