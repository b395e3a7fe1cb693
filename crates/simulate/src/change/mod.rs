//! Changes to the tenant that intruders and administrators make: each a few records of the audit log, told by a data file.
//!
//! Must not know tables. A change to DKIM signing that mail feels is in `timeline`. Start with [`Planned::load`].

use crate::Error;
use crate::calendar::{MINUTE, SECOND};
use crate::data::{File, Step, TenantChange};
use crate::random::Random;
use crate::rhythm;
use crate::scenario::ScenarioInfo;
use crate::stream::Label;
use crate::template::Values;
use crate::text;
use crate::world::World;

/// A change.
#[derive(Debug)]
pub(crate) struct Change {
    /// What it is, as `SimulationLabels` names it.
    pub(crate) info: ScenarioInfo,
    /// When it begins, in thousandths of the period.
    at: u64,
    file: File,
}

macro_rules! file {
    ($name:literal) => {
        File { name: concat!("change/", $name), text: include_str!(concat!("../../data/change/", $name)) }
    };
}

/// Every change, by name.
pub(crate) static ALL: [Change; 7] = [
    Change {
        info: ScenarioInfo {
            name: "anti-phish-weakened",
            label: Label::Attack,
            summary: "An intruder switches spoof intelligence, DMARC and user protection off.",
        },
        at: 790,
        file: file!("anti_phish_weakened.toml"),
    },
    Change {
        info: ScenarioInfo {
            name: "direct-send-allowed",
            label: Label::Attack,
            summary: "An intruder lets anonymous Direct Send in again.",
        },
        at: 690,
        file: file!("direct_send_allowed.toml"),
    },
    Change {
        info: ScenarioInfo {
            name: "filter-bypass-rule",
            label: Label::Attack,
            summary: "An intruder makes a transport rule that takes mail past the filters, and disables one that holds mail.",
        },
        at: 620,
        file: file!("filter_bypass_rule.toml"),
    },
    Change {
        info: ScenarioInfo {
            name: "key-rotation",
            label: Label::LookAlike,
            summary: "Administrators rotate the DKIM keys of an accepted domain.",
        },
        at: 500,
        file: file!("key_rotation.toml"),
    },
    Change {
        info: ScenarioInfo {
            name: "phishing-exercise",
            label: Label::LookAlike,
            summary: "An agreed phishing exercise gets a transport rule past the filters for two days.",
        },
        at: 330,
        file: file!("phishing_exercise.toml"),
    },
    Change {
        info: ScenarioInfo {
            name: "policy-hardening",
            label: Label::LookAlike,
            summary: "Administrators make the policies stricter.",
        },
        at: 450,
        file: file!("policy_hardening.toml"),
    },
    Change {
        info: ScenarioInfo {
            name: "safe-links-weakened",
            label: Label::Attack,
            summary: "An intruder takes links out of Safe Links.",
        },
        at: 850,
        file: file!("safe_links_weakened.toml"),
    },
];

/// The planned change of DKIM signing, whose records `audit` writes from the timeline.
pub(crate) const PLANNED_SIGNING: ScenarioInfo = ScenarioInfo {
    name: "planned-signing-change",
    label: Label::LookAlike,
    summary: "Administrators switch DKIM signing off for planned work and rotate the key.",
};

/// What an intruder does around a change: signs in, hides the traces.
pub(crate) const SESSION: ScenarioInfo = ScenarioInfo {
    name: "intruder-session",
    label: Label::Attack,
    summary: "An intruder signs in as an administrator and hides the warnings that will come.",
};

/// A record of a change, ready to be written.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) moment: i64,
    pub(crate) id: String,
    pub(crate) step: Step,
    pub(crate) object: String,
    pub(crate) parameters: Vec<(String, String)>,
}

/// A change that has its place in the period.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) info: ScenarioInfo,
    /// The title of who makes it.
    pub(crate) who: String,
    /// True when it comes from the intruder's address.
    pub(crate) from_intruder: bool,
    pub(crate) records: Vec<Record>,
}

impl Planned {
    /// Reads the file of a change and places it.
    pub(crate) fn load(change: &Change, world: &World) -> Result<Self, Error> {
        let (file, window) = (change.file, &world.window);
        let data: TenantChange = file.read()?;
        let from_intruder = match data.from.as_str() {
            "intruder" => true,
            "office" => false,
            other => return Err(file.unknown("origin", other)),
        };
        let hour = window.slots.get(rhythm::morning(window, change.info.name, change.at));
        let mut random = Random::new(window.seed, change.info.name, 0);
        let begin = hour.map_or(window.start, |slot| slot.start) + 5 * MINUTE + i64::from(random.below(300)) * SECOND;
        // A word that is drawn is the same in every record: a rule is removed under the name it was made with.
        let words = &world.words;
        let drawn = random.u64();
        let fill = |source: &str| -> Result<String, Error> {
            let mut filled = String::new();
            let values = Values { moment: begin, ..Values::default() };
            words.fill(&words.template(file, source)?, values, &mut Random::new(drawn, source, 0), &mut filled);
            Ok(filled)
        };
        let mut records = Vec::new();
        for step in data.step {
            let parameters = step.parameters.iter().map(|(name, value)| Ok((name.clone(), fill(value)?)));
            records.push(Record {
                moment: begin + i64::from(step.after) * MINUTE,
                id: text::guid(&mut random),
                object: fill(&step.object)?,
                parameters: parameters.collect::<Result<_, Error>>()?,
                step,
            });
        }
        Ok(Self { info: change.info, who: data.who, from_intruder, records })
    }
}
