//! Which techniques of ATT&CK rules cover, and the same as a layer of the ATT&CK Navigator (layer format 4.5).

use std::collections::BTreeMap;

use desk::{Coverage, Download, Fault, RuleLine, TacticCoverage, TechniqueCoverage};
use serde_json::{Value, json};

/// The tactics in the order of the enterprise matrix.
const TACTICS: [(&str, &str); 14] = [
    ("TA0043", "Reconnaissance"),
    ("TA0042", "Resource Development"),
    ("TA0001", "Initial Access"),
    ("TA0002", "Execution"),
    ("TA0003", "Persistence"),
    ("TA0004", "Privilege Escalation"),
    ("TA0005", "Defense Evasion"),
    ("TA0006", "Credential Access"),
    ("TA0007", "Discovery"),
    ("TA0008", "Lateral Movement"),
    ("TA0009", "Collection"),
    ("TA0011", "Command and Control"),
    ("TA0010", "Exfiltration"),
    ("TA0040", "Impact"),
];

/// Techniques that bear on mail, with their tactics.
static KNOWN: &str = include_str!("attack.tsv");

/// A line of the table: id, tactics, name.
fn known() -> impl Iterator<Item = (&'static str, Vec<&'static str>, &'static str)> {
    KNOWN.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?.split(',').collect(), cells.next()?))
    })
}

/// What is covered, tactic by tactic. A technique that the table does not know stands under the tactics of the rules that name it,
/// which `tactics_of` gives by the rule's key.
pub(super) fn of(lines: &[RuleLine], tactics_of: impl Fn(&str) -> Vec<String>) -> Coverage {
    let mut found: BTreeMap<&str, (TechniqueCoverage, Vec<String>)> = BTreeMap::new();
    for (id, tactics, name) in known() {
        let technique = TechniqueCoverage { id: id.to_owned(), name: name.to_owned(), ..TechniqueCoverage::default() };
        found.insert(id, (technique, tactics.into_iter().map(str::to_owned).collect()));
    }
    for line in lines {
        for technique in &line.techniques {
            let (covered, tactics) = found.entry(&technique.id).or_insert_with(|| {
                let fresh =
                    TechniqueCoverage { id: technique.id.clone(), name: technique.name.clone(), ..TechniqueCoverage::default() };
                (fresh, Vec::new())
            });
            let rule = (line.key.clone(), line.name.clone());
            if line.enabled {
                covered.rules.insert(usize::try_from(covered.enabled).unwrap_or(usize::MAX).min(covered.rules.len()), rule);
                covered.enabled += 1;
            } else {
                covered.rules.push(rule);
            }
            covered.alerts += line.days.iter().sum::<u64>();
            if !known().any(|(id, ..)| id == technique.id) {
                tactics.extend(tactics_of(&line.key));
            }
        }
    }
    let under = |id: &str| -> Vec<TechniqueCoverage> {
        let there = found.values().filter(|(_, tactics)| tactics.iter().any(|tactic| tactic == id));
        there.map(|(one, _)| one.clone()).collect()
    };
    let tactics =
        TACTICS.iter().map(|(id, name)| TacticCoverage { id: (*id).to_owned(), name: (*name).to_owned(), techniques: under(id) });
    let without = lines.iter().filter(|line| line.techniques.is_empty()).count() as u64;
    Coverage { tactics: tactics.filter(|tactic| !tactic.techniques.is_empty()).collect(), without }
}

/// The coverage as a layer.
pub(super) fn layer(coverage: &Coverage) -> Result<Download, Fault> {
    let mut most = 1;
    let mut techniques: Vec<Value> = Vec::new();
    for tactic in &coverage.tactics {
        for technique in tactic.techniques.iter().filter(|technique| !technique.rules.is_empty()) {
            most = most.max(technique.enabled);
            let names: Vec<&str> = technique.rules.iter().map(|(_, name)| name.as_str()).collect();
            techniques.push(json!({
                "techniqueID": technique.id,
                "tactic": tactic.name.to_lowercase().replace(' ', "-"),
                "score": technique.enabled,
                "comment": names.join("\n"),
                "enabled": true,
                "metadata": [{ "name": "alerts in 30 days", "value": technique.alerts.to_string() }],
                "showSubtechniques": true,
            }));
        }
    }
    let layer = json!({
        "name": "spoofwatch",
        "versions": { "attack": "17", "navigator": "5.1.0", "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": "Techniques that rules cover; the score is how many of the rules run.",
        "techniques": techniques,
        "gradient": { "colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": most },
        "hideDisabled": false,
    });
    let bytes = serde_json::to_vec_pretty(&layer).map_err(Fault::internal)?;
    Ok(Download { name: "spoofwatch-attack-layer.json".to_owned(), media_type: "application/json", bytes })
}

#[cfg(test)]
mod tests {
    use state::Attack;

    use super::*;

    fn line(key: &str, enabled: bool, techniques: &[&str]) -> RuleLine {
        let techniques = techniques.iter().map(|id| Attack { id: (*id).to_owned(), name: String::new(), url: String::new() });
        RuleLine { key: key.to_owned(), enabled, techniques: techniques.collect(), days: vec![1, 2], ..RuleLine::default() }
    }

    #[test]
    fn the_table_is_sorted_and_names_tactics_that_there_are() {
        let ids: Vec<&str> = known().map(|(id, ..)| id).collect();
        assert!(ids.is_sorted() && ids.len() > 40);
        for (id, tactics, _) in known() {
            assert!(tactics.iter().all(|tactic| TACTICS.iter().any(|(known, _)| known == tactic)), "{id}");
        }
    }

    #[test]
    fn rules_that_run_come_first_and_what_none_covers_is_shown() {
        let coverage = of(&[line("a", false, &["T1672"]), line("b", true, &["T1672"]), line("c", true, &[])], |_| Vec::new());
        let all: Vec<&TechniqueCoverage> = coverage.tactics.iter().flat_map(|tactic| &tactic.techniques).collect();
        let spoofing = all.iter().find(|technique| technique.id == "T1672").unwrap();
        assert_eq!(spoofing.rules.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!((spoofing.enabled, spoofing.alerts, coverage.without), (1, 6, 1));
        assert!(all.iter().any(|technique| technique.id == "T1566.004" && technique.rules.is_empty()));
    }

    #[test]
    fn a_technique_that_is_not_known_stands_where_its_rule_puts_it() {
        let coverage = of(&[line("a", true, &["T9999"])], |_| vec!["TA0011".to_owned()]);
        let found = coverage.tactics.iter().find(|tactic| tactic.techniques.iter().any(|technique| technique.id == "T9999"));
        assert_eq!(found.map(|tactic| tactic.id.as_str()), Some("TA0011"));
    }

    #[test]
    fn a_layer_scores_what_runs() {
        let coverage = of(&[line("a", true, &["T1078.004"])], |_| Vec::new());
        let layer: Value = serde_json::from_slice(&layer(&coverage).unwrap().bytes).unwrap();
        assert_eq!(layer["versions"]["layer"], "4.5");
        let tactics: Vec<&str> =
            layer["techniques"].as_array().unwrap().iter().filter_map(|one| one["tactic"].as_str()).collect();
        assert_eq!(tactics, ["initial-access", "persistence", "privilege-escalation", "defense-evasion"]);
    }
}
