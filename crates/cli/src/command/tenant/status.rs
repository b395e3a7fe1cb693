//! `spoofwatch tenant status`: whether the tenant can be reached, what the application may do and lacks, what can be read, how the feeds are.

use std::{collections::BTreeMap, path::Path};

use clap::Args;
use schema::text::datetime;
use serde_json::{Value, json};
use tenant::{Error, Scope};

use super::{
    failed, reached,
    snapshot::{Part, parts},
};
use crate::{
    config::Config,
    failure::Failure,
    harden::Reached,
    output,
    term::{self, Column, grid},
    watch::{
        StateUrl,
        feeds::{Kept, Source, Trouble, sources},
    },
};

/// Arguments of `tenant status`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// One JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    state: StateUrl,
}

/// The permissions that matter.
const PERMISSIONS: &str = include_str!("permissions.tsv");
/// The interfaces: the name in that table, what people call it.
const INTERFACES: [(&str, &str, Scope); 3] = [
    ("exchange", "Exchange Online", Scope::Exchange),
    ("graph", "Microsoft Graph", Scope::Graph),
    ("management", "Management Activity API", Scope::Management),
];

/// A permission, and whether the application has it.
struct Permission {
    interface: &'static str,
    name: &'static str,
    purpose: &'static str,
    /// Whether what is configured needs it.
    is_needed: bool,
    /// Not known where nobody could sign in.
    is_there: Option<bool>,
}

/// All that is told.
struct Status {
    tenant: String,
    id: Option<String>,
    signed_in: Vec<(&'static str, Result<Vec<String>, Error>)>,
    permissions: Vec<Permission>,
    parts: Vec<Part>,
    feeds: Vec<(Source, Kept)>,
}

pub(super) async fn run(data: &Path, config: &Config, options: &Options) -> Result<(), Failure> {
    let reached = reached(config)?;
    let progress = term::Progress::start("asking the tenant");
    let status = look(data, config, options, &reached).await;
    progress.finish();
    let status = status?;
    if options.json {
        output::print(&format!("{}\n", json(&status)))?;
    } else {
        output::print(&text(&status))?;
    }
    judge(&status)
}

async fn look(data: &Path, config: &Config, options: &Options, reached: &Reached) -> Result<Status, Failure> {
    let mut signed_in = Vec::new();
    for (_, name, scope) in INTERFACES {
        signed_in.push((name, reached.client.sign_in(scope).await));
    }
    let is_in = signed_in.iter().any(|(_, outcome)| outcome.is_ok());
    let parts = if is_in { parts(&reached.snapshot().await)? } else { Vec::new() };
    let tenant = reached.client.tenant().to_owned();
    let mut feeds = Vec::new();
    let state = if options.state.exists(data) { Some(options.state.open(data).await?) } else { None };
    for source in sources(config) {
        let kept = match &state {
            Some(state) => Kept::load(state, &tenant, &source).await?,
            None => Kept::default(),
        };
        feeds.push((source, kept));
    }
    let id = reached.client.id().await.ok().map(str::to_owned);
    let permissions = permissions(config, &signed_in);
    Ok(Status { tenant, id, signed_in, permissions, parts, feeds })
}

fn permissions(config: &Config, signed_in: &[(&'static str, Result<Vec<String>, Error>)]) -> Vec<Permission> {
    let roles: BTreeMap<&str, Option<&Vec<String>>> =
        INTERFACES.iter().zip(signed_in).map(|((key, ..), (_, outcome))| (*key, outcome.as_ref().ok())).collect();
    let feeds: Vec<&str> = config.tenant.feeds.iter().flat_map(|set| set.value.iter().map(String::as_str)).collect();
    let is_needed = |when: &str| match when {
        "always" => true,
        "feeds" => !feeds.is_empty(),
        "dlp" => feeds.contains(&"DLP.All"),
        "hunting" => config.tenant.hunting.iter().any(|set| !set.value.is_empty()),
        _ => false,
    };
    let permission = |line: &'static str| {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [key, name, others, when, purpose] = cells.as_slice() else { return None };
        let interface = INTERFACES.iter().find(|(known, ..)| known == key).map(|(_, name, _)| *name)?;
        let holds = |role: &String| role == name || others.split(',').any(|other| role == other);
        let is_there = roles.get(key).copied().flatten().map(|roles| roles.iter().any(holds));
        Some(Permission { interface, name, purpose, is_needed: is_needed(when), is_there })
    };
    PERMISSIONS.lines().filter(|line| !line.starts_with('#')).filter_map(permission).collect()
}

fn text(status: &Status) -> String {
    let id = status.id.as_deref().filter(|id| *id != status.tenant).map(|id| format!(" ({id})")).unwrap_or_default();
    let mut text = format!("Tenant {}{id}\n", status.tenant);
    let rows = status
        .signed_in
        .iter()
        .map(|(name, outcome)| vec![(*name).to_owned(), if outcome.is_ok() { "signed in" } else { "sign-in failed" }.to_owned()]);
    text.push_str(&grid(&[Column::text("Interface"), Column::text("Sign-in")], rows));
    let rows = status.permissions.iter().map(|one| {
        let standing = match (one.is_there, one.is_needed) {
            (Some(true), _) => "granted",
            (Some(false), true) => "MISSING",
            (Some(false), false) => "not granted, not needed now",
            (None, _) => "not known",
        };
        [one.name, one.interface, one.purpose, standing].map(str::to_owned).to_vec()
    });
    text.push_str(&grid(&["Permission", "Interface", "For", "Standing"].map(Column::text), rows));
    if !status.parts.is_empty() {
        let rows = status.parts.iter().map(|part| {
            let read = part.read.as_ref().map_or_else(|_| "could not be read".to_owned(), ToString::to_string);
            vec![part.about.to_owned(), part.by.to_owned(), read]
        });
        text.push_str(&grid(&[Column::text("Configuration"), Column::text("Read with"), Column::number("Objects")], rows));
    }
    if !status.feeds.is_empty() {
        let rows = status.feeds.iter().map(|(source, kept)| {
            let standing = match (&kept.trouble, kept.tried) {
                (Some(_), _) => "in trouble",
                (None, Some(_)) => "well",
                (None, None) => "not begun",
            };
            vec![source.name().to_owned(), moment(kept.came), moment(kept.brought), kept.rows.to_string(), standing.to_owned()]
        });
        let columns = [
            Column::text("Feed"),
            Column::text("Last taken"),
            Column::text("Last brought rows"),
            Column::number("Rows so far"),
            Column::text("Standing"),
        ];
        text.push_str(&grid(&columns, rows));
    }
    text
}

fn moment(micros: Option<i64>) -> String {
    let mut text = String::new();
    if let Some(moment) = micros.map(|micros| micros - micros.rem_euclid(1_000_000)).and_then(datetime::from_unix_micros) {
        datetime::write(moment, &mut text);
    }
    text
}

fn json(status: &Status) -> Value {
    let signed_in: Vec<Value> = status
        .signed_in
        .iter()
        .map(|(name, outcome)| match outcome {
            Ok(roles) => json!({ "interface": name, "signedIn": true, "permissions": roles }),
            Err(error) => json!({ "interface": name, "signedIn": false, "trouble": error.to_string() }),
        })
        .collect();
    let permissions: Vec<Value> = status
        .permissions
        .iter()
        .map(|one| json!({ "interface": one.interface, "permission": one.name, "for": one.purpose, "needed": one.is_needed, "granted": one.is_there }))
        .collect();
    let parts: Vec<Value> = status
        .parts
        .iter()
        .map(|part| json!({ "part": part.about, "by": part.by, "objects": part.read.as_ref().ok(), "trouble": part.read.as_ref().err() }))
        .collect();
    let feeds: Vec<Value> = status
        .feeds
        .iter()
        .map(|(source, kept)| {
            let at = |micros: Option<i64>| Some(moment(micros)).filter(|text| !text.is_empty());
            json!({
                "feed": source.name(), "lastTaken": at(kept.came), "lastTried": at(kept.tried), "lastBroughtRows": at(kept.brought),
                "rows": kept.rows, "trouble": kept.trouble,
            })
        })
        .collect();
    json!({
        "tenant": status.tenant, "id": status.id, "interfaces": signed_in, "permissions": permissions, "configuration": parts,
        "feeds": feeds,
    })
}

/// What is wrong, each thing once: it ends the command with a status that says so.
fn judge(status: &Status) -> Result<(), Failure> {
    let mut failures = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for (name, error) in status.signed_in.iter().filter_map(|(name, outcome)| Some((name, outcome.as_ref().err()?))) {
        // A wrong secret is wrong for all three.
        let kind = Trouble::from(error.clone()).kind();
        if !said.contains(&kind) {
            said.push(kind);
            failures.push(match failed(error) {
                Failure::Told { status, message } => {
                    Failure::Told { status, message: message.replacen("error: ", &format!("error: {name}: "), 1) }
                }
                other => other,
            });
        }
    }
    let missing = status.permissions.iter().filter(|one| one.is_needed && one.is_there == Some(false));
    failures.extend(missing.map(|one| {
        Failure::input(format!(
            "error: the application has no {} ({}), which {} needs: add it to the registration's application permissions, and grant admin consent",
            one.name, one.interface, one.purpose
        ))
    }));
    let unread: Vec<(&Part, &String)> = status.parts.iter().filter_map(|part| Some((part, part.read.as_ref().err()?))).collect();
    if let Some((part, why)) = unread.first() {
        // One missing role keeps all parts from being read.
        let more = match unread.len() {
            1 => String::new(),
            count => format!(" (and {} more of its configuration)", term::count(count as u64 - 1, "part")),
        };
        failures.push(Failure::input(format!("error: {}{more}: {why}", part.about)));
    }
    let troubled = status.feeds.iter().filter_map(|(source, kept)| Some((source, kept.trouble.as_ref()?)));
    failures.extend(troubled.map(|(source, why)| Failure::input(format!("error: {}: {why}", source.name()))));
    Failure::all(failures)
}
