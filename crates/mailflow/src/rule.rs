//! A mail-flow rule, as the configuration file has it:
//!
//! ```toml
//! [[mailflow.rule]]
//! name = "DMARC overrides to quarantine"
//! enabled = true
//! mode = "report"                                   # or "enforce", which holds without it
//! when = { authentication = { dmarc = "fail", action = "oreject" } }
//! unless = [{ sender = "partner.example" }]         # exceptions: one is enough
//! actions = [{ quarantine = "store" }]
//! stop = true                                       # later rules are not asked
//! ```

use crate::{
    Action, Condition, Facts, Fault,
    condition::Because,
    read::{self, Value},
};

/// Whether a rule acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It acts.
    #[default]
    Enforce,
    /// It only counts.
    Report,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What people call it; no two have one name.
    pub name: String,
    /// Whether it is asked.
    pub enabled: bool,
    /// Whether it acts.
    pub mode: Mode,
    /// What must hold.
    pub when: Condition,
    /// Exceptions: it does not match where one of these holds.
    pub unless: Vec<Condition>,
    /// What it does.
    pub actions: Vec<Action>,
    /// Whether no later rule is asked where it matched.
    pub stop: bool,
}

const KEYS: [&str; 7] = ["name", "enabled", "mode", "when", "unless", "actions", "stop"];
/// Most rules of a file: each is asked of each message.
const MOST: usize = 1_000;

impl Rule {
    /// Reads the rules of an array of tables.
    ///
    /// # Errors
    /// Every fault, in the order of the text.
    pub fn read_all(value: &Value<'_>) -> Result<Vec<Self>, Vec<Fault>> {
        let toml::de::DeValue::Array(values) = value.get_ref() else {
            let fault = Fault::new(value.span(), "rules are an array of tables");
            return Err(vec![fault.help("begin each with a line [[mailflow.rule]]")]);
        };
        if values.len() > MOST {
            return Err(vec![Fault::new(value.span(), format!("{} rules are too many; {MOST} are the most", values.len()))]);
        }
        let (mut rules, mut faults) = (Vec::<Self>::new(), Vec::new());
        for value in values.iter() {
            match Self::read(value) {
                Ok(rule) if rules.iter().any(|other| other.name == rule.name) => {
                    faults.push(
                        Fault::new(value.span(), format!("two rules are called `{}`", rule.name)).help("give one another name"),
                    );
                }
                Ok(rule) => rules.push(rule),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(rules) } else { Err(faults) }
    }

    fn read(value: &Value<'_>) -> Result<Self, Fault> {
        let table = read::table(value, "a rule")?;
        let (mut name, mut when) = (None, None);
        let mut rule = Self {
            name: String::new(),
            enabled: true,
            mode: Mode::default(),
            when: Condition::All(Vec::new()),
            unless: Vec::new(),
            actions: Vec::new(),
            stop: false,
        };
        for (key, part) in table.iter() {
            match key.get_ref().as_ref() {
                "name" => name = Some(read::text(part, "`name`")?).filter(|name| !name.trim().is_empty()),
                "enabled" => rule.enabled = read::flag(part, "`enabled`")?,
                "mode" => match read::words(part, "`mode`", &["enforce", "report"])?.as_slice() {
                    [one] => rule.mode = if one == "report" { Mode::Report } else { Mode::Enforce },
                    _ => return Err(Fault::new(part.span(), "`mode` is \"enforce\" or \"report\"")),
                },
                "when" => when = Some(Condition::read(part)?),
                "unless" => rule.unless = read::list(part).into_iter().map(Condition::read).collect::<Result<_, _>>()?,
                "actions" => rule.actions = read::list(part).into_iter().map(Action::read).collect::<Result<_, _>>()?,
                "stop" => rule.stop = read::flag(part, "`stop`")?,
                _ => return Err(read::unknown(key, "a rule", &KEYS)),
            }
        }
        let lacks = |what: &str| Fault::new(value.span(), format!("a rule needs {what}"));
        name.ok_or_else(|| lacks("a `name`"))?.clone_into(&mut rule.name);
        rule.when = when.ok_or_else(|| {
            lacks("`when`: what must hold of a message").help("such as when = { verdict = { dmarc = \"fail\" } }")
        })?;
        if rule.actions.is_empty() {
            return Err(lacks("`actions`: what is done with a message").help("such as actions = [{ quarantine = \"store\" }]"));
        }
        Ok(rule)
    }

    /// Why it matches; `None` if it does not, or an exception holds.
    pub(crate) fn matches(&self, facts: &Facts<'_>) -> Option<Because> {
        let because = self.when.holds(facts)?;
        self.unless.iter().all(|exception| exception.holds(facts).is_none()).then_some(because)
    }

    /// The keys of detection rules that it asks about; none if it is off.
    pub fn detections(&self) -> impl Iterator<Item = &str> {
        let conditions = std::iter::once(&self.when).chain(&self.unless);
        conditions.filter(|_| self.enabled).flat_map(Condition::detections)
    }
}
