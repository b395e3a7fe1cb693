//! The values of `AuthenticationDetails`: compact JSON with the keys SPF, DKIM, DMARC, CompAuth, in that order, any of
//! which can be absent; each distinct value is made once and messages refer to it.
//!
//! Verdict names are those of the Authentication-Results header (RFC 8601 section 2.7, RFC 9989, Microsoft's page
//! "Anti-spam message headers").

use std::collections::BTreeMap;

use crate::Error;
use crate::data::{self, File, Weights};
use crate::random::{Random, Weighted};

/// One value of the column, by number.
pub(crate) type Verdict = u16;

const KEYS: [&str; 4] = ["SPF", "DKIM", "DMARC", "CompAuth"];
const SPF: [&str; 7] = ["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"];
const DKIM: [&str; 7] = ["pass", "fail", "none", "temperror", "permerror", "neutral", "policy"];
const DMARC: [&str; 6] = ["pass", "fail", "bestguesspass", "none", "temperror", "permerror"];
const COMP_AUTH: [&str; 4] = ["pass", "fail", "softpass", "none"];

/// Of a million messages from outside, how many have a combination that no profile foresees.
const ODD_PER_MILLION: u32 = 900;

/// Every value that can occur, and the profiles of `authentication.toml`.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    texts: Vec<Option<String>>,
    numbers: BTreeMap<String, Verdict>,
    profiles: BTreeMap<String, Mix>,
    odd: Vec<Verdict>,
}

/// Values to choose from by weight.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mix {
    verdicts: Vec<Verdict>,
    weighted: Weighted,
}

impl Mix {
    /// Chooses one.
    pub(crate) fn pick(&self, random: &mut Random) -> Verdict {
        self.verdicts.get(self.weighted.pick(random)).copied().unwrap_or(0)
    }
}

impl Verdicts {
    /// Reads `authentication.toml` and adds the rare combinations.
    pub(crate) fn load() -> Result<Self, Error> {
        let mut found = Self::default();
        let profiles: BTreeMap<String, Weights> = data::AUTHENTICATION.read()?;
        for (name, weights) in &profiles {
            let mix = found.mix(data::AUTHENTICATION, weights)?;
            found.profiles.insert(name.clone(), mix);
        }
        for spf in SPF {
            for dkim in DKIM {
                for dmarc in odd_dmarc(spf, dkim) {
                    let comp_auth = if dmarc.ends_with("pass") { "pass" } else { "none" };
                    let verdict = found.verdict(data::AUTHENTICATION, &format!("{spf}/{dkim}/{dmarc}/{comp_auth}"))?;
                    found.odd.push(verdict);
                }
            }
        }
        Ok(found)
    }

    /// The number of the value written `SPF/DKIM/DMARC/CompAuth` in a data file.
    fn verdict(&mut self, file: File, shorthand: &str) -> Result<Verdict, Error> {
        if let Some(known) = self.numbers.get(shorthand) {
            return Ok(*known);
        }
        let number = Verdict::try_from(self.texts.len()).map_err(|_| file.unknown("verdict beyond 65,536 values", shorthand))?;
        self.texts.push(json(shorthand).ok_or_else(|| file.unknown("verdict", shorthand))?);
        self.numbers.insert(shorthand.to_owned(), number);
        Ok(number)
    }

    /// The values of a table of shorthand to weight.
    pub(crate) fn mix(&mut self, file: File, weights: &Weights) -> Result<Mix, Error> {
        let verdicts = weights.keys().map(|shorthand| self.verdict(file, shorthand)).collect::<Result<_, _>>()?;
        let weighted = Weighted::new(weights.values().copied());
        if weighted.is_empty() {
            return Err(Error::Empty { file: file.name, what: "authentication" });
        }
        Ok(Mix { verdicts, weighted })
    }

    /// A profile of `authentication.toml`.
    pub(crate) fn profile(&self, file: File, name: &str) -> Result<Mix, Error> {
        self.profiles.get(name).cloned().ok_or_else(|| file.unknown("authentication profile", name))
    }

    /// Chooses for a message from outside: from `mix`, or rarely a combination nobody foresaw.
    pub(crate) fn pick_inbound(&self, mix: &Mix, random: &mut Random) -> Verdict {
        if random.below(1_000_000) < ODD_PER_MILLION {
            return random.pick(&self.odd).copied().unwrap_or(0);
        }
        mix.pick(random)
    }

    /// The text of the column; `None` where it has no value.
    pub(crate) fn text(&self, verdict: Verdict) -> Option<&str> {
        self.texts.get(usize::from(verdict)).and_then(Option::as_deref)
    }
}

/// DMARC results that fit an SPF and a DKIM result: it passes only on one that passes (RFC 9989).
fn odd_dmarc(spf: &str, dkim: &str) -> &'static [&'static str] {
    if spf == "pass" || dkim == "pass" { &["pass", "bestguesspass", "fail"] } else { &["none", "fail", "permerror"] }
}

/// The JSON of a shorthand: `Some(None)` for no value, `None` when the shorthand is not understood.
fn json(shorthand: &str) -> Option<Option<String>> {
    match shorthand {
        "null" => return Some(None),
        "empty" => return Some(Some(String::new())),
        _ => {}
    }
    let known: [&[&str]; 4] = [&SPF, &DKIM, &DMARC, &COMP_AUTH];
    let values: Vec<&str> = shorthand.split('/').collect();
    if values.len() != 4 {
        return None;
    }
    let mut text = String::from("{");
    for ((key, value), known) in KEYS.iter().zip(values).zip(known) {
        if value == "-" {
            continue;
        }
        if !known.contains(&value) {
            return None;
        }
        let comma = if text.len() > 1 { "," } else { "" };
        text.push_str(&format!("{comma}\"{key}\":\"{value}\""));
    }
    text.push('}');
    Some(Some(text))
}

#[cfg(test)]
mod tests {
    use super::{Verdicts, json};
    use crate::Error;

    #[test]
    fn shorthands_become_compact_json_and_absent_keys_stay_absent() {
        let text = |shorthand| json(shorthand).flatten();
        let full = r#"{"SPF":"pass","DKIM":"fail","DMARC":"pass","CompAuth":"pass"}"#;
        assert_eq!(text("pass/fail/pass/pass").as_deref(), Some(full));
        assert_eq!(text("-/none/none/-").as_deref(), Some(r#"{"DKIM":"none","DMARC":"none"}"#));
        assert_eq!(text("-/-/-/-").as_deref(), Some("{}"));
        assert_eq!(text("empty").as_deref(), Some(""));
        assert_eq!(json("null"), Some(None));
        assert_eq!(json("pass/pass"), None);
        assert_eq!(json("pass/maybe/pass/pass"), None);
    }

    #[test]
    fn there_are_a_few_hundred_values_at_most() -> Result<(), Error> {
        let verdicts = Verdicts::load()?;
        assert!(verdicts.texts.len() < 300, "{}", verdicts.texts.len());
        Ok(())
    }
}
