//! Whether what a rule's author says of honest traffic fits an alert: by exclusions, by what became of earlier alerts of the same things, and
//! by values that a note names. Where nothing is known, that is said.

use std::collections::BTreeSet;

use desk::{EntityHistory, FalsePositive, Fault};
use rules::exclusion::Exclusion;
use state::{Alert, AlertFilter};

use crate::{desk::Context, term, watch};

/// Words that notes share with anything.
const COMMON: [&str; 40] = [
    "about",
    "after",
    "alert",
    "alerts",
    "also",
    "before",
    "being",
    "case",
    "cases",
    "could",
    "domain",
    "domains",
    "email",
    "from",
    "have",
    "into",
    "known",
    "legitimate",
    "mail",
    "many",
    "message",
    "messages",
    "more",
    "often",
    "other",
    "same",
    "sends",
    "sent",
    "some",
    "such",
    "than",
    "that",
    "their",
    "there",
    "they",
    "this",
    "user",
    "when",
    "which",
    "with",
];
/// Words that two texts share at least to be about the same.
const SHARED: usize = 2;
/// Things an alert is about whose closed alerts are looked at, and how many of each.
const ENTITIES: usize = 6;
const CLOSED: i64 = 50;

/// Something that was found out about honest traffic before.
struct Known {
    words: BTreeSet<String>,
    because: String,
}

/// Each note, and whether it fits.
pub(super) async fn notes(desk: &Context, alert: &Alert, past: &[EntityHistory]) -> Result<Vec<FalsePositive>, Fault> {
    let notes = &alert.detail.false_positives;
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = exclusions(desk, alert).await?;
    known.extend(closed(desk, alert).await?);
    let history = history(past);
    Ok(notes.iter().map(|note| fit(note, alert, &known, history.as_ref())).collect())
}

fn fit(note: &str, alert: &Alert, known: &[Known], history: Option<&(bool, String)>) -> FalsePositive {
    let words = words(note);
    let told =
        |fit: &str, because: &str| FalsePositive { note: note.to_owned(), fit: fit.to_owned(), because: because.to_owned() };
    if let Some(found) = known.iter().find(|known| known.words.intersection(&words).count() >= SHARED) {
        return told("likely", &found.because);
    }
    if let Some((column, value)) = named(note, alert) {
        return told("likely", &format!("it names {value}, which is the {column} of this alert"));
    }
    match history {
        Some((true, because)) => told("possible", because),
        Some((false, because)) => told("unlikely", because),
        None => told("unknown", ""),
    }
}

/// A value of the evidence that a note names: an address, a domain, a network's name.
fn named(note: &str, alert: &Alert) -> Option<(String, String)> {
    let note = note.to_lowercase();
    let cells = alert.detail.evidence.iter().flatten();
    cells
        .filter_map(|(column, value)| Some((column, value.as_str()?)))
        .filter(|(_, value)| value.len() >= 6 && value.contains(['.', '@']) && !value.contains(char::is_whitespace))
        .find(|(_, value)| whole_word(&note, &value.to_lowercase()))
        .map(|(column, value)| (column.clone(), term::harmless(value, 100)))
}

fn whole_word(text: &str, word: &str) -> bool {
    let inside = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-');
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !inside(before) && !inside(after)
    })
}

/// Exclusions for the rule that would take a row of this alert, by their reasons.
async fn exclusions(desk: &Context, alert: &Alert) -> Result<Vec<Known>, Fault> {
    let live = desk.house.rules.live();
    let Some(rule) = live.rule(&alert.rule_key) else { return Ok(Vec::new()) };
    let kept = desk.state().exclusions().await?;
    let read = kept.iter().filter(|kept| kept.status != "revoked").filter_map(|kept| watch::exclusion(kept).ok());
    let all: Vec<Exclusion> = read.chain(live.exclusions.iter().cloned()).filter(|one| one.concerns(rule)).collect();
    let (lists, _) = desk.house.exclusions.lists_of(&all);
    let takes = |one: &&Exclusion| alert.detail.evidence.iter().any(|row| one.excludes(row, &lists).unwrap_or(false));
    let known = all.iter().filter(takes).map(|one| Known {
        words: words(&format!("{} {}", one.name, one.reason)),
        because: format!("the exclusion {} fits this alert: {}", one.id, term::harmless(&one.reason, 200)),
    });
    Ok(known.collect())
}

/// Alerts about the same that were closed as harmless, by the words they were closed with.
async fn closed(desk: &Context, alert: &Alert) -> Result<Vec<Known>, Fault> {
    let mut known = Vec::new();
    for entity in alert.detail.entities.iter().filter(|entity| entity.kind != "MailMessage").take(ENTITIES) {
        let filter = AlertFilter {
            statuses: vec!["closed".to_owned()],
            entity: Some(entity.value.clone()),
            limit: Some(CLOSED),
            ..AlertFilter::default()
        };
        for other in desk.state().alerts(&filter).await? {
            let harmless =
                other.verdict.as_deref().is_some_and(|verdict| ["benign_positive", "false_positive"].contains(&verdict));
            if let (true, Some(comment)) = (harmless && other.id != alert.id, &other.comment) {
                known.push(Known {
                    words: words(comment),
                    because: format!(
                        "an alert about {} was closed as harmless: {}",
                        term::harmless(&entity.value, 80),
                        term::harmless(comment, 200)
                    ),
                });
            }
        }
    }
    Ok(known)
}

/// What became of earlier alerts about the same: true where they speak for honest traffic.
fn history(past: &[EntityHistory]) -> Option<(bool, String)> {
    let value = |past: &EntityHistory| past.entity.as_ref().map_or_else(String::new, |entity| term::harmless(&entity.value, 80));
    let real = past.iter().filter(|past| past.true_positives > 0).max_by_key(|past| past.true_positives);
    let harmless = past.iter().filter(|past| past.harmless > 0).max_by_key(|past| past.harmless);
    match (real, harmless) {
        (None, None) | (Some(_), Some(_)) => None,
        (Some(past), None) => {
            let count = term::count(past.true_positives, "alert");
            Some((false, format!("{count} about {} closed as true positives, none as harmless", value(past))))
        }
        (None, Some(past)) => {
            let count = term::count(past.harmless, "alert");
            Some((true, format!("{count} about {} closed as harmless, none as a true positive", value(past))))
        }
    }
}

/// Words of a text that tell what it is about, without their endings.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() > 3 && !COMMON.contains(&word.as_str())).map(|word| stem(&word)).collect()
}

/// `signed`, `signing` and `signs` are one word here.
fn stem(word: &str) -> String {
    let shorter = ["ing", "ers", "ed", "er", "es", "s"].iter().find_map(|end| word.strip_suffix(end));
    shorter.filter(|stem| stem.chars().count() > 2).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use state::Entity;

    use super::*;
    use crate::desk::tests::alert;

    #[test]
    fn nothing_known_is_said_to_be_unknown() {
        let found = fit("Copiers that do not sign.", &alert("a", "r1"), &[], None);
        assert_eq!((found.fit.as_str(), found.because.as_str()), ("unknown", ""));
    }

    #[test]
    fn words_that_an_alert_was_closed_with_fit_a_note() {
        let known = [Known { words: words("The copier on floor 2 is not signing"), because: "closed before".to_owned() }];
        let found = fit("Copiers that do not sign their mail.", &alert("a", "r1"), &known, None);
        assert_eq!((found.fit.as_str(), found.because.as_str()), ("likely", "closed before"));
        assert_eq!(fit("Newsletters in bad form.", &alert("a", "r1"), &known, None).fit, "unknown");
    }

    #[test]
    fn a_value_that_a_note_names_fits() {
        let mut alert = alert("a", "r1");
        alert.detail.evidence = json!([{"SenderFromDomain": "news.example", "Subject": "a.b c"}])
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|row| row.as_object().cloned())
            .collect();
        assert_eq!(fit("Mail of news.example, which signs late.", &alert, &[], None).fit, "likely");
        assert_eq!(fit("Mail of badnews.example.", &alert, &[], None).fit, "unknown");
    }

    #[test]
    fn what_became_of_earlier_alerts_speaks_for_or_against() {
        let past = |yes: u64, no: u64| EntityHistory {
            entity: Some(Entity { kind: "IP".to_owned(), value: "192.0.2.7".to_owned(), identifier: String::new() }),
            true_positives: yes,
            harmless: no,
            ..EntityHistory::default()
        };
        assert_eq!(history(&[past(2, 0)]).map(|(harmless, _)| harmless), Some(false));
        assert_eq!(history(&[past(0, 3)]).map(|(harmless, _)| harmless), Some(true));
        assert_eq!(history(&[past(1, 1)]), None);
        assert_eq!(history(&[past(0, 0)]), None);
    }
}
