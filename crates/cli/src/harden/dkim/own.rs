//! Lines of keys of own mail servers: how they are, and their rotations taken as far as they go.

use std::{path::Path, sync::Arc};

use mailauth::dns::Resolver;
use rotation::{
    ActiveKey, Effects, FileJournal, Journal as _, JournalError, KeyFiles, Plan, PlanError, Rotation, SignerTable, Signing,
    State, Status, advance, status, take_back,
};
use zones::{Authorities, Printed, ZoneWriter};

use super::{Begin, KeyRow, Row, Told, plan, reload::Program, table::NewTable};
use crate::{
    command::alerts::moment,
    config::{Config, Line},
    failure::Failure,
    harden::Names,
};

/// Where the journal of rotations is in the data directory.
const JOURNAL: &str = "dkim/rotations";
/// What is not due is looked at again after so many microseconds: somebody may have changed it.
const LOOK: i64 = 3_600_000_000;

/// Every line of keys of the configuration.
#[derive(Debug)]
pub(crate) struct Own {
    lines: Vec<Line>,
    names: Names,
    journal: FileJournal,
}

/// All that a rotation works with.
struct Hands<'a> {
    zone: Arc<dyn ZoneWriter>,
    writes: bool,
    servers: &'a Authorities,
    signer: Box<dyn SignerTable>,
    reload: Program,
    journal: &'a FileJournal,
}

impl Hands<'_> {
    fn effects(&self) -> Effects<'_> {
        Effects {
            keys: &KeyFiles,
            zone: self.zone.as_ref(),
            servers: self.servers,
            signer: self.signer.as_ref(),
            reload: &self.reload,
            journal: self.journal,
        }
    }
}

fn tables(signing: &Signing) -> Box<dyn SignerTable> {
    match signing.clone() {
        Signing::OpenDkim(tables) => Box::new(tables),
        Signing::OpenDkimTables(tables) => Box::new(tables),
        Signing::Rspamd(tables) => Box::new(tables),
        Signing::Spoofwatch(table) => Box::new(NewTable(table)),
    }
}

/// Who signs, and where that is written.
fn signer(signing: &Signing) -> String {
    match signing {
        Signing::OpenDkim(conf) => format!("OpenDKIM, {}", conf.config.display()),
        Signing::OpenDkimTables(tables) => format!("tables, {}", tables.signing_table.display()),
        Signing::Rspamd(maps) => format!("rspamd, {}", maps.selector_map.display()),
        Signing::Spoofwatch(table) => format!("this program, {}", table.table.display()),
    }
}

fn failed(error: &JournalError) -> Failure {
    Failure::internal(error)
}

/// Makes the folder of a key that only this program reads, with those above it, where it is missing.
fn private_folder(file: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let Some(folder) = file.parent() else { return Ok(()) };
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::internal(format_args!("{}: {error}", folder.display())))
}

fn told(line: &Line) -> Told {
    let series = line.config.series();
    Told::new(&series.domain, &series.family)
}

/// What was done to a rotation since it had so many moments.
fn news(rotation: &Rotation, known: usize) -> Vec<(i64, String)> {
    let moments = rotation.history.get(known..).unwrap_or_default().iter();
    let old = rotation.old.as_ref().map_or_else(String::new, |old| format!(" in place of {}", old.entry.selector));
    moments.map(|reached| (reached.at, format!("{}{old}: {}", rotation.new.selector, reached.state.as_str()))).collect()
}

/// How far a rotation may be that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing was signed with the new key.
    BeforeTheSwitch,
    /// The old key still serves.
    AsLongAsItGoes,
}

impl Own {
    /// By the configuration; `None` where it names no domain. `recorded`: a zone file answers for the DNS.
    pub(crate) async fn open(
        data: &Path,
        config: &Config,
        resolver: Arc<dyn Resolver>,
        recorded: bool,
    ) -> Result<Option<Self>, Failure> {
        let lines = config.dkim.lines(data);
        if lines.is_empty() {
            return Ok(None);
        }
        let names = Names::open(&config.dns_update, resolver, recorded).await?;
        let journal = FileJournal::open(&data.join(JOURNAL)).map_err(|error| failed(&error))?;
        Ok(Some(Self { lines, names, journal }))
    }

    /// The lines, in the order of their domains.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    fn hands(&self, line: &Line) -> Hands<'_> {
        let writer = self.names.writer(&format!("_domainkey.{}", line.config.series().domain));
        Hands {
            writes: writer.is_some(),
            zone: writer.unwrap_or_else(|| Arc::new(Printed)),
            servers: &self.names.authorities,
            signer: tables(&line.signing),
            reload: Program(line.reload.clone()),
            journal: &self.journal,
        }
    }

    async fn under_way(&self, line: &Line) -> Result<Option<Rotation>, Failure> {
        let all = self.journal.all().await.map_err(|error| failed(&error))?;
        let series = line.config.series();
        Ok(all.into_iter().find(|rotation| rotation.series() == series && !rotation.state.is_final()))
    }

    /// How a line of keys is. Changes nothing.
    pub(crate) async fn row(&self, line: &Line, now: i64) -> Result<Row, Failure> {
        let hands = self.hands(line);
        let status = status(&line.config, &hands.effects(), now).await.map_err(|error| failed(&error))?;
        let keys = keys_of(&status, line);
        let (state, next, then) = match &status.rotation {
            Some(rotation) => {
                let (then, next) = plan::next(rotation, now);
                (format!("{} is {}", rotation.new.selector, rotation.state.as_str()), next, then)
            }
            None if keys.is_empty() => ("no key signs".to_owned(), Some(now), "make the first key".to_owned()),
            None if status.due.is_due(now) => ("due".to_owned(), Some(status.due.at), "replace the key".to_owned()),
            None => ("settled".to_owned(), Some(status.due.at), "replace the key".to_owned()),
        };
        let (domain, signer) = (status.series.domain.clone(), signer(&line.signing));
        let overdue = status.rotation.is_none() && status.due.is_overdue(now);
        let mut row = Row { domain, signer, keys, state, next, then, overdue, problems: Vec::new() }.with(&status.problems);
        row.problems.extend(line.config.advice());
        Ok(row)
    }

    /// Takes a line of keys as far as it goes now; without `act` it says what would be done, and changes nothing.
    pub(crate) async fn step(&self, line: &Line, begin: Begin, act: bool, now: i64) -> Result<Told, Failure> {
        if let Some(rotation) = self.under_way(line).await? {
            return Ok(match act {
                true => self.advanced(line, rotation, None, now).await,
                false => would_go_on(line, &rotation, now),
            });
        }
        let hands = self.hands(line);
        let effects = hands.effects();
        if begin == Begin::Due {
            let known = status(&line.config, &effects, now).await.map_err(|error| failed(&error))?;
            if !known.due.is_due(now) {
                let told = told(line).until(known.due.at.min(now.saturating_add(LOOK)));
                return Ok(
                    told.say(format!("its key is to be replaced on {}; `--now` replaces it at once", moment(known.due.at)))
                );
            }
        }
        if act && matches!(line.signing, Signing::Spoofwatch(_)) {
            private_folder(&line.config.key_path("s"))?;
        }
        let planned = match Plan::new(line.config.clone(), now) {
            Ok(plan) if act => plan.begin(&effects).await,
            Ok(plan) => plan.preview(&effects).await,
            Err(error) => Err(PlanError::Config(error)),
        };
        match planned {
            Err(error) => Ok(told(line).wrong(error.words()).until(now.saturating_add(LOOK / 4))),
            Ok(rotation) if act => Ok(self.advanced(line, rotation, Some(0), now).await),
            Ok(rotation) => {
                let mut told = told(line).until(now);
                told.words = plan::steps(&rotation, line, hands.writes);
                told.words.extend(line.config.advice());
                Ok(told)
            }
        }
    }

    /// Takes the rotation under way back.
    pub(crate) async fn take_back(&self, line: &Line, way: Way, act: bool, now: i64) -> Result<Told, Failure> {
        let Some(mut rotation) = self.under_way(line).await? else {
            return Ok(told(line).say("no rotation is under way"));
        };
        let (new, told) = (rotation.new.selector.clone(), told(line));
        let early = matches!(rotation.state, State::Planned | State::KeyMade | State::Published | State::Visible);
        if !early && way == Way::BeforeTheSwitch {
            return Ok(told.wrong(format!("mail is signed with {new} already; `dkim rotate --take-back` returns to the old key")));
        }
        if !act {
            return Ok(match rotation.take_back() {
                Err(words) => told.wrong(words),
                Ok(()) if early => told.say(format!(
                    "take the record of {new} away, if it was written, and destroy {}",
                    rotation.new.file.display()
                )),
                Ok(()) => told.say(format!(
                    "sign with the old key again, keep {new} published for {} days, then revoke it and destroy {}",
                    rotation.config.transit_days,
                    rotation.new.file.display()
                )),
            });
        }
        let known = rotation.history.len();
        let hands = self.hands(line);
        match take_back(&mut rotation, &hands.effects(), now).await {
            Err(words) => Ok(told.wrong(words)),
            Ok(progress) => Ok(of_progress(told, &rotation, progress, known)),
        }
    }

    async fn advanced(&self, line: &Line, mut rotation: Rotation, known: Option<usize>, now: i64) -> Told {
        let known = known.unwrap_or(rotation.history.len());
        let hands = self.hands(line);
        let progress = advance(&mut rotation, &hands.effects(), now).await;
        of_progress(told(line), &rotation, progress, known)
    }
}

fn of_progress(told: Told, rotation: &Rotation, progress: rotation::Progress, known: usize) -> Told {
    let done = news(rotation, known);
    let mut told =
        Told { under_way: !progress.state.is_final(), next: progress.waiting_until, overdue: progress.overdue, done, ..told };
    told.words = told.done.iter().map(|(_, words)| words.clone()).collect();
    match progress.trouble {
        true => told.trouble = Some(progress.message),
        false => told.words.push(progress.message),
    }
    if let Some(next) = told.next {
        told.words.push(format!("it goes on after {}", moment(next)));
    }
    told
}

fn would_go_on(line: &Line, rotation: &Rotation, now: i64) -> Told {
    let (then, next) = plan::next(rotation, now);
    let trouble = rotation.trouble.as_ref().map(|trouble| trouble.message.clone());
    let told = told(line).say(format!("a rotation to {} is {}; next: {then}", rotation.new.selector, rotation.state.as_str()));
    let told = Told { under_way: true, next, overdue: rotation.overdue(now), ..told };
    match (trouble, next.filter(|next| *next > now)) {
        (Some(trouble), _) => told.say(trouble),
        (None, Some(until)) => told.say(format!("until {}", moment(until))),
        (None, None) => told,
    }
}

/// The keys of this line: those that sign as it does, and the new one under way.
fn keys_of(status: &Status, line: &Line) -> Vec<KeyRow> {
    let algorithm = line.config.key.algorithm().as_str();
    let ours = |key: &&ActiveKey| key.algorithm.as_deref().is_none_or(|found| found == algorithm);
    let mut keys: Vec<KeyRow> = status
        .keys
        .iter()
        .filter(ours)
        .map(|key| KeyRow {
            selector: key.entry.selector.clone(),
            algorithm: key.algorithm.clone(),
            bits: key.bits,
            since: key.since,
            signs: true,
        })
        .collect();
    if let Some(rotation) = &status.rotation
        && !keys.iter().any(|key| key.selector.eq_ignore_ascii_case(&rotation.new.selector))
        && rotation.state != State::Planned
    {
        keys.push(KeyRow {
            selector: rotation.new.selector.clone(),
            algorithm: Some(algorithm.to_owned()),
            bits: None,
            since: None,
            signs: false,
        });
    }
    keys
}
