//! The unified audit log: an ordinary week of it, the changes to DKIM signing that `timeline` decides, and those of `change`.
//!
//! Must not know mail. An event is written three times, as CloudAppEvents, OfficeActivity and `o365.audit` have it, with
//! the same id; that id has a label, too. Start with [`Audit::load`].

use crate::calendar::MINUTE;
use crate::cast::{Cast, User};
use crate::change::{self, Planned};
use crate::data::{self, Operation};
use crate::random::{Random, Weighted};
use crate::recipient::Audience;
use crate::rhythm::{self, Shares};
use crate::scenario::ScenarioInfo;
use crate::sheet::Sheet;
use crate::stream::{Label, Scene};
use crate::table::{self, Table};
use crate::template::{Template, Values};
use crate::world::World;
use crate::{Error, text};

/// The address the intruder works from (TEST-NET-3).
const INTRUDER: &str = "203.0.113.77";
/// The country code of the intruder's address: one that ISO 3166 leaves to users, so that no country is accused.
pub(crate) const INTRUDER_COUNTRY: &str = "ZZ";
const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const SHELL: &str = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.26100.7019";
/// An audit event for so many messages.
const MESSAGES_PER_EVENT: u64 = 30;
/// But at least so many events a day.
const LEAST_PER_DAY: u64 = 40;

/// A record of the log.
#[derive(Debug, Clone)]
pub(crate) struct Event<'a> {
    pub(crate) moment: i64,
    pub(crate) id: String,
    pub(crate) name: &'a str,
    pub(crate) workload: &'a str,
    pub(crate) record_type: &'a str,
    pub(crate) record_type_id: u32,
    pub(crate) user: &'a User,
    pub(crate) address: &'a str,
    pub(crate) agent: &'static str,
    pub(crate) object: String,
    pub(crate) parameters: Vec<(String, String)>,
    /// True for cmdlets of administrators.
    pub(crate) is_admin: bool,
    /// What it belongs to.
    pub(crate) label: (Label, &'static str),
}

/// What an event is in truth.
#[derive(Debug)]
pub(crate) struct EventLabel {
    pub(crate) moment: i64,
    pub(crate) id: String,
    pub(crate) label: Label,
    pub(crate) scenario: &'static str,
}

/// The label of what happens every week.
const EVERYDAY: (Label, &str) = (Label::Ordinary, "audit");
/// The scenario of mail that leaves unsigned because of the intruder.
const SIGNING_DISABLED: &str = "admin-disables-dkim";

const fn label(info: ScenarioInfo) -> (Label, &'static str) {
    (info.label, info.name)
}

/// The kinds of events and how many there are, ready to be written hour by hour.
#[derive(Debug)]
pub(crate) struct Audit {
    operations: Vec<Kind>,
    weighted: Weighted,
    shares: Shares,
    changes: Vec<Planned>,
    cloud_app_events: Table,
    office_activity: Table,
    o365: Table,
}

#[derive(Debug)]
struct Kind {
    operation: Operation,
    who: Audience,
    object: Template,
    parameters: Vec<(String, Template)>,
}

impl Audit {
    /// Reads `audit.toml` and the changes.
    pub(crate) fn load(world: &World, messages: u64, days: u32) -> Result<Self, Error> {
        let words = &world.words;
        let file = data::AUDIT;
        let kind = |operation: Operation| -> Result<Kind, Error> {
            let parameters = operation
                .parameters
                .iter()
                .map(|(name, value)| Ok((name.clone(), words.template(file, value)?)))
                .collect::<Result<_, Error>>()?;
            let who = Audience::named(&world.cast, file, &operation.who)?;
            Ok(Kind { who, object: words.template(file, &operation.object)?, parameters, operation })
        };
        let operations: Vec<Kind> = file.read::<data::Audit>()?.operation.into_iter().map(kind).collect::<Result<_, _>>()?;
        let total = (messages / MESSAGES_PER_EVENT).max(u64::from(days) * LEAST_PER_DAY);
        Ok(Self {
            weighted: Weighted::new(operations.iter().map(|kind| kind.operation.weight)),
            operations,
            changes: change::ALL.iter().map(|change| Planned::load(change, world)).collect::<Result<_, _>>()?,
            shares: Shares::new(total, &rhythm::business(&world.window)),
            cloud_app_events: Table::new(&table::cloud_app_events::LAYOUT),
            office_activity: Table::new(&table::office_activity::LAYOUT),
            o365: Table::new(&table::o365_audit::LAYOUT),
        })
    }

    /// Writes the events of an hour; returns their labels in the order of time.
    pub(crate) fn hour(&mut self, world: &World, index: usize, sites: &Weighted) -> Vec<EventLabel> {
        let Some(slot) = world.window.slots.get(index).copied() else { return Vec::new() };
        let mut random = Random::new(world.window.seed, "audit", index as u64);
        let nothing = Sheet::default();
        let scene = Scene { world, sheet: &nothing, sites };
        let length = (slot.end - slot.start).unsigned_abs();
        let mut events: Vec<Event<'_>> = Vec::new();
        for _ in 0..self.shares.count(index) {
            let moment = slot.start + i64::try_from(random.below_u64(length)).unwrap_or(0);
            let chosen = self.operations.get(self.weighted.pick(&mut random));
            events.extend(chosen.and_then(|kind| everyday(&scene, kind, moment, &mut random)));
        }
        let signing = signing_changes(world, &mut random).into_iter();
        let changes = signing.chain(self.changes.iter().flat_map(|planned| records(&world.cast, planned)));
        events.extend(changes.filter(|event| (slot.start..slot.end).contains(&event.moment)));
        // Stable, so that equal moments keep the order in which they were made.
        events.sort_by_key(|event| event.moment);
        for event in &events {
            table::cloud_app_events::push(&mut self.cloud_app_events, world, event);
            if event.workload != "AzureActiveDirectory" {
                table::office_activity::push(&mut self.office_activity, world, event);
            }
            table::o365_audit::push(&mut self.o365, world, event);
        }
        events.into_iter().map(EventLabel::of).collect()
    }

    /// The tables, in the order of [`table::LAYOUTS`].
    pub(crate) fn tables(&mut self) -> [&mut Table; 3] {
        [&mut self.cloud_app_events, &mut self.office_activity, &mut self.o365]
    }
}

impl EventLabel {
    fn of(event: Event<'_>) -> Self {
        let (label, scenario) = event.label;
        Self { moment: event.moment, id: event.id, label, scenario }
    }
}

fn everyday<'a>(scene: &Scene<'a>, kind: &'a Kind, moment: i64, random: &mut Random) -> Option<Event<'a>> {
    let world = scene.world;
    let user = world.cast.user(kind.who.pick(scene, random))?;
    let other = world.cast.user(scene.person(random)).map_or("", |user| user.address.as_str());
    let values = Values { address: other, moment, ..Values::default() };
    let mut fill = |template: &Template| {
        let mut filled = String::new();
        world.words.fill(template, values, random, &mut filled);
        filled
    };
    let object = fill(&kind.object);
    let parameters = kind.parameters.iter().map(|(name, value)| (name.clone(), fill(value))).collect();
    let is_admin = kind.operation.record_type == "ExchangeAdmin";
    Some(Event {
        moment,
        id: text::guid(random),
        name: &kind.operation.name,
        workload: &kind.operation.workload,
        record_type: &kind.operation.record_type,
        record_type_id: kind.operation.record_type_id,
        user,
        address: egress(&world.cast, user),
        agent: if is_admin && kind.operation.who != "everyone" { SHELL } else { BROWSER },
        object,
        parameters,
        is_admin,
        label: EVERYDAY,
    })
}

fn egress<'a>(cast: &'a Cast, user: &User) -> &'a str {
    cast.sites.get(user.site).map_or("", |site| site.egress.as_str())
}

/// The account the intruder took over: an Exchange administrator, or whoever of the department there is.
fn administrator<'a>(cast: &'a Cast, title: &str) -> Option<&'a User> {
    let found = cast.users.iter().find(|user| user.title == title && user.is_person);
    found.or_else(|| cast.users.iter().find(|user| user.department == "Information Technology" && user.is_person))
}

/// The records of a change.
fn records<'a>(cast: &'a Cast, planned: &'a Planned) -> Vec<Event<'a>> {
    let Some(user) = administrator(cast, &planned.who) else { return Vec::new() };
    let event = |record: &'a change::Record| Event {
        moment: record.moment,
        id: record.id.clone(),
        name: &record.step.operation,
        workload: &record.step.workload,
        record_type: &record.step.record_type,
        record_type_id: record.step.record_type_id,
        user,
        address: if planned.from_intruder { INTRUDER } else { egress(cast, user) },
        agent: if record.step.is_admin { SHELL } else { BROWSER },
        object: record.object.clone(),
        parameters: record.parameters.clone(),
        is_admin: record.step.is_admin,
        label: label(if record.step.accompanies { change::SESSION } else { planned.info }),
    };
    planned.records.iter().map(event).collect()
}

/// Every change of the signing configuration, with the sign-in before it and the rule that hides the intruder's traces.
fn signing_changes<'a>(world: &'a World, random: &mut Random) -> Vec<Event<'a>> {
    let cast = &world.cast;
    let (Some(victim), Some(keeper)) = (administrator(cast, "Exchange Administrator"), administrator(cast, "IT Director")) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    for stretch in &world.timeline.unsigned {
        let decisive = if stretch.is_attack { (Label::Attack, SIGNING_DISABLED) } else { label(change::PLANNED_SIGNING) };
        let (who, address) = if stretch.is_attack { (victim, INTRUDER) } else { (keeper, egress(cast, keeper)) };
        let cmdlet = |name, moment, user, address, parameters: &[(&str, &str)]| Event {
            moment,
            id: String::new(),
            name,
            workload: "Exchange",
            record_type: "ExchangeAdmin",
            record_type_id: 1,
            user,
            address,
            agent: SHELL,
            object: stretch.domain.to_owned(),
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            is_admin: true,
            label: decisive,
        };
        let identity = ("Identity", stretch.domain);
        if stretch.is_attack {
            let sign_in = cmdlet("UserLoggedIn", stretch.from - 9 * MINUTE, who, address, &[]);
            events.push(Event {
                workload: "AzureActiveDirectory",
                record_type: "AzureActiveDirectoryStsLogon",
                record_type_id: 15,
                is_admin: false,
                agent: BROWSER,
                label: label(change::SESSION),
                ..sign_in
            });
            let hide = [("Name", "."), ("SubjectOrBodyContainsWords", "DKIM;signing"), ("DeleteMessage", "True")];
            events.push(Event {
                object: "Inbox\\.".to_owned(),
                label: label(change::SESSION),
                ..cmdlet("New-InboxRule", stretch.from + 3 * MINUTE, who, address, &hide)
            });
        } else {
            let rotate = [identity, ("KeySize", "2048")];
            events.push(cmdlet("Rotate-DkimSigningConfig", stretch.from + 20 * MINUTE, who, address, &rotate));
        }
        events.push(cmdlet("Set-DkimSigningConfig", stretch.from, who, address, &[identity, ("Enabled", "False")]));
        let back = [identity, ("Enabled", "True")];
        let back = cmdlet("Set-DkimSigningConfig", stretch.until, keeper, egress(cast, keeper), &back);
        // Whoever switched it off, it is administrators who switch it on again.
        events.push(Event { label: if stretch.is_attack { EVERYDAY } else { decisive }, ..back });
    }
    for event in &mut events {
        event.id = text::guid(random);
    }
    events
}
