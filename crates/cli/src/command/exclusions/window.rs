//! `spoofwatch exclusions window`: an approved change, so that the detection of switched-off DKIM signing does not raise it, and nothing
//! else is taken. It is an exclusion of one person, one operation, one domain and one stretch of time.

use std::path::Path;

use clap::Args;
use rules::exclusion::{Approval, Between, Entry, Exclusion, Scope, Test, moment};
use serde::Deserialize;
use state::State;

use crate::{config::ConfigFile, failure::Failure};

/// How ids of change windows begin.
pub(crate) const PREFIX: &str = "window-";
/// The operation that the detections look for.
const OPERATION: &str = "Set-DkimSigningConfig";
/// Audit records may come so many microseconds after the change: seven days, as long as the Management Activity API keeps them.
const LATE: i64 = 7 * 86_400_000_000;
/// A change window is no longer than this, in microseconds: seven days.
const LONGEST: i64 = 7 * 86_400_000_000;

/// Arguments of `exclusions window`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Who makes the change: the account, as the audit log has it.
    #[arg(long, value_name = "ACCOUNT")]
    who: String,
    /// The domain whose DKIM signing is switched off.
    #[arg(long, value_name = "DOMAIN")]
    domain: String,
    /// When the change may begin: 2027-01-31T06:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    from: String,
    /// When it must be over.
    #[arg(long, value_name = "MOMENT")]
    to: String,
    /// Why: a ticket, a sentence.
    #[arg(long)]
    reason: String,
    /// Approve it at once.
    #[arg(long)]
    approve: bool,
    #[command(flatten)]
    config: ConfigFile,
    /// Who proposes it, and approves it with --approve.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    detection: Vec<Detection>,
}

/// A shape of rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Detection {
    rules: Vec<String>,
    who: String,
    domain: String,
    operation: String,
    when: String,
}

pub(super) async fn run(data: &Path, state: &State, options: &Options) -> Result<(), Failure> {
    if options.approve {
        let fixes = options.config.load(data)?.fixes;
        fixes.may_approve(&options.actor, &options.actor).map_err(|words| Failure::input(format!("error: {words}")))?;
    }
    let windows = windows(options)?;
    super::keep(state, &windows, &options.actor, options.approve).await
}

/// An exclusion for each shape of rows.
fn windows(options: &Options) -> Result<Vec<Exclusion>, Failure> {
    let moment = |option: &str, text: &str| {
        moment::parse(text)
            .ok_or_else(|| Failure::input(format!("error: --{option} {text}: that is no moment; write 2027-01-31T06:00:00Z")))
    };
    let (from, to) = (moment("from", &options.from)?, moment("to", &options.to)?);
    let between = Between::new(from, to).map_err(|error| Failure::input(format!("error: {error}")))?;
    if to.saturating_sub(from) > LONGEST {
        return Err(Failure::input(
            "error: a change window is at most seven days long: what lasts longer is no change but a state",
        ));
    }
    for (option, text) in [("who", &options.who), ("domain", &options.domain), ("reason", &options.reason)] {
        if text.trim().is_empty() {
            return Err(Failure::input(format!("error: --{option} is empty")));
        }
    }
    let domain = mailauth::dns::name(&options.domain)
        .ok_or_else(|| Failure::input(format!("error: --domain {}: that is no domain", options.domain)))?;
    let table: Table = toml::from_str(include_str!("windows.toml")).map_err(Failure::internal)?;
    let name = format!("change window of {domain}, {}", moment::write(from));
    let exclusions = table.detection.into_iter().zip(1..).map(|(detection, number)| Exclusion {
        id: format!("{PREFIX}{domain}-{}-{number}", from.div_euclid(1_000_000)),
        name: name.clone(),
        rules: Scope::keys(detection.rules),
        entries: vec![
            Entry::new(detection.operation, Test::Is(OPERATION.to_owned())),
            Entry::new(detection.who, Test::Is(options.who.trim().to_owned())),
            Entry::new(detection.domain, Test::Is(domain.clone())),
            Entry::new(detection.when, Test::Between(between.clone())),
        ],
        owner: options.actor.clone(),
        reason: options.reason.clone(),
        expires: Some(to.saturating_add(LATE)),
        approval: Approval::Pending,
    });
    Ok(exclusions.collect())
}

#[cfg(test)]
mod tests {
    use rules::exclusion::Lists;
    use serde_json::{Value, json};

    use super::{Options, windows};

    fn options(from: &str, to: &str) -> Options {
        Options {
            who: "admin@contoso.com".to_owned(),
            domain: "Contoso.com".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            reason: "CHG-17".to_owned(),
            approve: false,
            config: crate::config::ConfigFile::default(),
            actor: "kim".to_owned(),
        }
    }

    #[test]
    fn one_person_one_domain_one_stretch_of_time_and_nothing_else() -> Result<(), String> {
        let windows = windows(&options("2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z")).map_err(|failure| failure.words())?;
        let taken = |row: Value| {
            let row = row.as_object().cloned().unwrap_or_default();
            windows.iter().any(|window| window.excludes(&row, &Lists::default()).unwrap_or_default())
        };
        let row = |who: &str, domain: &str, when: &str, what: &str| json!({"user.id": who, "o365.audit.ObjectId": domain, "@timestamp": when, "event.action": what});
        let what = "Set-DkimSigningConfig";
        assert!(taken(row("admin@contoso.com", "contoso.com", "2026-11-20T11:50:00Z", what)));
        assert!(taken(
            json!({"Actor": "Admin@contoso.com", "Object": "contoso.com", "Timestamp": "2026-11-20T11:50:00Z", "Operation": what})
        ));
        for other in [
            row("eve@contoso.com", "contoso.com", "2026-11-20T11:50:00Z", what),
            row("admin@contoso.com", "fabrikam.com", "2026-11-20T11:50:00Z", what),
            row("admin@contoso.com", "contoso.com", "2026-11-20T12:00:00Z", what),
            row("admin@contoso.com", "contoso.com", "2026-11-20T11:50:00Z", "Set-AntiPhishPolicy"),
            json!({"user.id": "admin@contoso.com", "o365.audit.ObjectId": "contoso.com", "event.action": what}),
        ] {
            assert!(!taken(other.clone()), "{other}");
        }
        assert!(windows.iter().all(|window| !window.rules.all && window.rules.tags.is_empty()));
        Ok(())
    }

    #[test]
    fn a_window_is_a_short_stretch_of_time() {
        assert!(windows(&options("2026-11-20T11:00:00Z", "2026-11-20T11:00:00Z")).is_err());
        assert!(windows(&options("2026-11-20", "2026-12-20")).is_err());
        assert!(windows(&options("soon", "2026-12-20")).is_err());
    }
}
