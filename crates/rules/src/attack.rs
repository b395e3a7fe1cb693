//! Names and ids of MITRE ATT&CK as rules write them, made into references with links. Pure.
//!
//! Tactics are known by name and id (`data/tactics.tsv`); of techniques the id is enough for the link, and those that rules name have a
//! name (`data/techniques.tsv`).

use std::{collections::HashMap, sync::LazyLock};

use crate::model::{Attack, Reference};

static TACTICS: &str = include_str!("../data/tactics.tsv");
static TECHNIQUES: &str = include_str!("../data/techniques.tsv");

/// The name of each technique, by id.
static NAMES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let rows = TECHNIQUES.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| row.split_once('\t')).collect()
});

/// Id and name of each tactic, with the names it is found by.
static TABLE: LazyLock<Vec<(&str, &str, Vec<String>)>> = LazyLock::new(|| {
    let rows = TACTICS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|row| {
        let mut cells = row.split('\t');
        let (id, name) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        (id, name, [id, name].into_iter().chain(cells).map(squashed).collect())
    })
    .collect()
});

/// A tactic by name or id, however it is spaced: `InitialAccess`, `Initial access`, `TA0001`.
/// One that is not known keeps its name and has no id.
pub(crate) fn tactic(word: &str) -> Reference {
    let wanted = squashed(word);
    match TABLE.iter().find(|(_, _, names)| names.contains(&wanted)) {
        Some((id, name, _)) => Reference {
            id: (*id).to_owned(),
            name: Some((*name).to_owned()),
            url: Some(format!("https://attack.mitre.org/tactics/{id}/")),
        },
        None => Reference { id: String::new(), name: Some(word.trim().to_owned()), url: None },
    }
}

/// A technique or sub-technique by its id; `None` if the word is no such id.
pub(crate) fn technique(word: &str) -> Option<Reference> {
    let id =
        word.split(|letter: char| letter.is_whitespace() || letter == ':').find(|part| !part.is_empty())?.to_ascii_uppercase();
    let (technique, sub) = id.split_once('.').unwrap_or((&id, ""));
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if !technique.strip_prefix('T').is_some_and(|number| digits(number, 4))
        || !(sub.is_empty() && !id.contains('.') || digits(sub, 3))
    {
        return None;
    }
    let slash = if sub.is_empty() { String::new() } else { format!("{sub}/") };
    let url = Some(format!("https://attack.mitre.org/techniques/{technique}/{slash}"));
    let name = NAMES.get(id.as_str()).map(|name| (*name).to_owned());
    Some(Reference { id, name, url })
}

impl Attack {
    /// Adds a tactic that is not there yet.
    pub(crate) fn add_tactic(&mut self, found: Reference) {
        add(&mut self.tactics, found);
    }

    /// Adds a technique or sub-technique that is not there yet, where its id puts it.
    pub(crate) fn add_technique(&mut self, found: Reference) {
        let list = if found.id.contains('.') { &mut self.sub_techniques } else { &mut self.techniques };
        add(list, found);
    }
}

fn add(list: &mut Vec<Reference>, found: Reference) {
    if !list.iter().any(|known| known.id == found.id && (!known.id.is_empty() || known.name == found.name)) {
        list.push(found);
    }
}

/// Letters and digits only, in lower case.
fn squashed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{tactic, technique};
    use crate::model::Attack;

    #[test]
    fn a_tactic_is_known_however_it_is_spaced() {
        for word in ["InitialAccess", "initial access", "Initial-Access", "TA0001"] {
            let found = tactic(word);
            assert_eq!((found.id.as_str(), found.name.as_deref()), ("TA0001", Some("Initial Access")), "{word}");
            assert_eq!(found.url.as_deref(), Some("https://attack.mitre.org/tactics/TA0001/"));
        }
        assert_eq!(tactic("SuspiciousActivity").id, "");
        assert_eq!(tactic("SuspiciousActivity").name.as_deref(), Some("SuspiciousActivity"));
    }

    #[test]
    fn a_technique_is_an_id_and_gets_its_link() {
        let url = |word| technique(word).and_then(|found| found.url);
        assert_eq!(url("T1566").as_deref(), Some("https://attack.mitre.org/techniques/T1566/"));
        assert_eq!(url("t1566.002").as_deref(), Some("https://attack.mitre.org/techniques/T1566/002/"));
        assert_eq!(url("T1672 - Email Spoofing").as_deref(), Some("https://attack.mitre.org/techniques/T1672/"));
        let name = |word| technique(word).and_then(|found| found.name);
        assert_eq!(name("T1672").as_deref(), Some("Email Spoofing"));
        assert_eq!(name("T9999"), None);
        for word in ["", "Phishing", "T15", "T1566.", "T1566.2", "T15é6"] {
            assert_eq!(technique(word), None, "{word}");
        }
    }

    #[test]
    fn each_is_listed_once() {
        let mut attack = Attack::default();
        for word in ["Impact", "TA0040", "Unheard", "Unheard", "Unseen"] {
            attack.add_tactic(tactic(word));
        }
        for found in ["T1566", "T1566.001", "T1566"].into_iter().filter_map(technique) {
            attack.add_technique(found);
        }
        assert_eq!((attack.tactics.len(), attack.techniques.len(), attack.sub_techniques.len()), (3, 1, 1));
    }
}
