//! The way from options to record batches: hour by hour, all kinds of mail in the order of time.
//!
//! Memory holds one hour's arrival times and the batches under way, whatever the number of messages. Start with [`generate`].

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use crate::audit::Audit;
use crate::calendar::{self, DAY};
use crate::draft::{Draft, To};
use crate::random::{Random, Weighted};
use crate::rhythm::Shares;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::table::{LAYOUTS, Table, identity_info};
use crate::window::{Slot, site_weight};
use crate::world::World;
use crate::writer::Writer;
use crate::{Error, ordinary, scenario};

/// The longest period, ten years: its hours are held in memory.
const MOST_DAYS: u32 = 3653;
/// The last tick of the year 9999, exclusive.
const LAST_TICK: i64 = 3_155_378_976_000_000_000;

/// What telemetry to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many days it covers, 1 to 3,653.
    pub days: u32,
    /// How many rows `EmailEvents` gets, exactly.
    pub messages: u64,
    /// What everything made up grows from: the same seed gives the same bytes.
    pub seed: u64,
    /// The moment the telemetry ends, exclusive, in ticks (100 ns since 0001-01-01T00:00:00Z).
    pub end: i64,
    /// About how many rows a record batch has; a message's rows stay together. At least 1 is used.
    pub batch_rows: usize,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Rows by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// Messages (a message counts once, however many recipients it has) by label and kind.
    pub messages: BTreeMap<(Label, &'static str), u64>,
}

/// Makes telemetry and hands it to `sink`, table by table, each table in the order of time.
///
/// Batches of different tables alternate; a table's columns are those of [`crate::columns`], held as
/// `schema::Type::storage_type` says.
///
/// # Errors
///
/// Whatever `sink` returns, at once, and [`Error`] for options out of range.
pub fn generate<E: From<Error>>(
    options: &Options,
    sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), E>,
) -> Result<Summary, E> {
    let mut run = Run::new(options)?;
    let most = options.batch_rows.max(1);
    run.identities(sink)?;
    for hour in 0..run.world.window.slots.len() {
        run.hour(hour, most, sink)?;
    }
    for table in run.tables() {
        flush(table, 1, sink)?;
    }
    let mut rows: BTreeMap<&'static str, u64> = run.tables().into_iter().map(|table| (table.layout.name, table.rows)).collect();
    rows.insert(identity_info::LAYOUT.name, run.identity_rows);
    Ok(Summary { rows, messages: run.messages })
}

/// Hands out a table's rows when `least` or more wait.
fn flush<E: From<Error>>(
    table: &mut Table,
    least: usize,
    sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), E>,
) -> Result<(), E> {
    if table.waiting() < least {
        return Ok(());
    }
    let name = table.layout.name;
    sink(name, table.take()?)
}

/// A kind of mail with its share of every hour.
#[derive(Debug)]
struct Kind {
    stream: &'static Stream,
    sheet: Sheet,
    shares: Shares,
}

/// A message that is to arrive: when, and of which kind.
type Arrival = (i64, u16);

/// Telemetry under way.
#[derive(Debug)]
struct Run {
    world: World,
    kinds: Vec<Kind>,
    audit: Audit,
    writer: Writer,
    draft: Draft,
    messages: BTreeMap<(Label, &'static str), u64>,
    identity_rows: u64,
}

impl Run {
    fn new(options: &Options) -> Result<Self, Error> {
        let Options { days, messages, seed, end, .. } = *options;
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Error::Days { days, most: MOST_DAYS });
        }
        // Accounts are older than the telemetry, and some follow-ups are later: a year and more on both sides.
        let margin = (i64::from(days) + 5000) * DAY * 10;
        if end < margin || end > LAST_TICK {
            return Err(Error::End { end });
        }
        let streams: Vec<&'static Stream> = ordinary::ALL.into_iter().chain(scenario::ALL).collect();
        let (world, sheets) = World::load(seed, days, calendar::from_ticks(end), &streams)?;
        let amounts = amounts(messages, &streams);
        let kinds = streams
            .into_iter()
            .zip(sheets)
            .zip(amounts)
            .map(|((stream, sheet), amount)| Kind { stream, sheet, shares: Shares::new(amount, &(stream.rhythm)(&world.window)) })
            .collect();
        let audit = Audit::load(&world, messages, days)?;
        Ok(Self {
            world,
            kinds,
            audit,
            writer: Writer::new(),
            draft: Draft::default(),
            messages: BTreeMap::new(),
            identity_rows: 0,
        })
    }

    /// Every table but IdentityInfo, which is done before the first hour.
    fn tables(&mut self) -> Vec<&mut Table> {
        let mut tables: Vec<&mut Table> = self.writer.tables().into_iter().chain(self.audit.tables()).collect();
        tables.sort_by_key(|table| LAYOUTS.iter().position(|layout| layout.name == table.layout.name));
        tables
    }

    fn identities<E: From<Error>>(&mut self, sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), E>) -> Result<(), E> {
        let mut table = Table::new(&identity_info::LAYOUT);
        let mut moment = self.world.window.start;
        while moment < self.world.window.end {
            identity_info::push_all(&mut table, moment, &self.world.cast, &self.world.window);
            flush(&mut table, 1, sink)?;
            moment += identity_info::EVERY;
        }
        self.identity_rows = table.rows;
        Ok(())
    }

    fn hour<E: From<Error>>(
        &mut self,
        hour: usize,
        most: usize,
        sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(slot) = self.world.window.slots.get(hour).copied() else { return Ok(()) };
        let sites = Weighted::new(self.world.cast.sites.iter().map(|site| {
            let weight = u64::from(site.users) * site_weight(site, slot.start);
            u32::try_from(weight).unwrap_or(u32::MAX)
        }));
        let seed = self.world.window.seed;
        let mut randoms: Vec<Random> = self.kinds.iter().map(|kind| Random::new(seed, kind.stream.name, hour as u64)).collect();
        let mut left: Vec<u64> = self.kinds.iter().map(|kind| kind.shares.count(hour)).collect();
        let arrivals = arrivals(&self.kinds, slot, &left, &mut randoms);
        // Before the messages, because labels of both stand in one table in the order of time.
        let labels = self.audit.hour(&self.world, hour, &sites);
        self.writer.expect(labels);
        // A message to several people takes the place of arrivals of its kind that were still to come in this hour.
        let mut taken = vec![0_u64; self.kinds.len()];
        for (moment, index) in arrivals {
            let index = usize::from(index);
            if taken[index] > 0 {
                taken[index] -= 1;
                continue;
            }
            let rows = self.message(index, moment, left[index], &sites, &mut randoms[index]);
            left[index] -= rows;
            taken[index] = rows - 1;
            for table in self.writer.tables() {
                flush(table, most, sink)?;
            }
        }
        self.writer.settle(slot.end);
        for table in self.tables() {
            flush(table, most, sink)?;
        }
        Ok(())
    }

    /// Writes a message of at most `room` rows; returns how many it has, at least one.
    fn message(&mut self, index: usize, moment: i64, room: u64, sites: &Weighted, random: &mut Random) -> u64 {
        let Some(kind) = self.kinds.get(index) else { return 1 };
        let draft = &mut self.draft;
        draft.clear();
        draft.moment = moment;
        draft.room = usize::try_from(room).unwrap_or(usize::MAX);
        let scene = Scene { world: &self.world, sheet: &kind.sheet, sites };
        (kind.stream.draft)(&scene, random, draft);
        draft.to.truncate(draft.room);
        if draft.to.is_empty() {
            draft.to.push(To::User(0));
        }
        let rows = self.writer.message(&self.world, kind.stream, draft, random);
        *self.messages.entry((kind.stream.label, kind.stream.name)).or_default() += 1;
        rows as u64
    }
}

/// The arrivals of an hour in the order of time; equal moments in the order of kinds.
fn arrivals(kinds: &[Kind], slot: Slot, counts: &[u64], randoms: &mut [Random]) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = Vec::new();
    for (index, ((kind, count), random)) in kinds.iter().zip(counts).zip(randoms).enumerate() {
        let length = (slot.end - slot.start).min(kind.stream.spread * calendar::SECOND);
        let length = u64::try_from(length).unwrap_or(0);
        for _ in 0..*count {
            let moment = slot.start + i64::try_from(random.below_u64(length)).unwrap_or(0);
            arrivals.push((moment, u16::try_from(index).unwrap_or(u16::MAX)));
        }
    }
    arrivals.sort_unstable();
    arrivals
}

/// How many messages each kind has; they add up to `messages` exactly.
fn amounts(messages: u64, streams: &[&Stream]) -> Vec<u64> {
    let wanted: Vec<u64> = streams
        .iter()
        .map(|stream| match stream.amount {
            Amount::PerMillion { share, least } => {
                let share = u128::from(messages) * u128::from(share) / 1_000_000;
                u64::try_from(share).unwrap_or(u64::MAX).max(least)
            }
            Amount::Rest(_) => 0,
        })
        .collect();
    // With very few messages the least numbers would leave nothing for everyday mail: scenarios then get half.
    let scenarios = wanted.iter().sum::<u64>();
    let granted = scenarios.min(messages / 2);
    let scenario_shares = Shares::new(granted, &wanted);
    let weights: Vec<u64> = streams
        .iter()
        .map(|stream| match stream.amount {
            Amount::PerMillion { .. } => 0,
            Amount::Rest(weight) => weight,
        })
        .collect();
    let rest = Shares::new(messages - granted, &weights);
    let scenario_of =
        |index| if granted == scenarios { wanted.get(index).copied().unwrap_or(0) } else { scenario_shares.count(index) };
    (0..streams.len()).map(|index| scenario_of(index) + rest.count(index)).collect()
}
