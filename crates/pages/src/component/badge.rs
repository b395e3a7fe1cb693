//! Badges: severity, status, verdict, tags. What a colour says, words say too.

use maud::{Markup, html};

/// What something means, apart from its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing by itself.
    #[default]
    Quiet,
    /// To be known.
    Info,
    /// As it should be.
    Good,
    /// To be looked at.
    Warn,
    /// Wrong.
    Bad,
    /// Wrong, and now.
    Critical,
}

impl Tone {
    /// The class of style sheets.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Critical => "critical",
        }
    }
}

/// Words on a ground of their tone.
#[must_use]
pub fn badge(tone: Tone, words: &str) -> Markup {
    html! { span.badge.(tone.class()) dir="auto" { (words) } }
}

/// A small mark without a tone: a tag, a technique, a type.
#[must_use]
pub fn tag(words: &str) -> Markup {
    html! { span.tag dir="auto" { (words) } }
}

/// A severity of alerts and findings, with as many bars as it is high. An unknown one is shown as it is.
#[must_use]
pub fn severity(severity: &str) -> Markup {
    let bars = severity_rank(severity);
    html! {
        span.severity.(severity_class(severity)) {
            @if bars > 0 {
                svg.icon width="16" height="12" viewBox="0 0 16 12" aria-hidden="true" {
                    @for bar in 0..5_u8 {
                        rect.lit[bar < bars] x=(bar * 3 + 1) y=(10 - bar * 2) width="2" height=(bar * 2 + 2) rx="0.5" {}
                    }
                }
            }
            (words(severity))
        }
    }
}

/// How grave a severity is, from 1 to 5; 0 for an unknown one.
#[must_use]
pub fn severity_rank(severity: &str) -> u8 {
    let place = state::SEVERITIES.iter().position(|known| *known == severity);
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or_default()
}

/// The class that gives a severity its colour in style sheets: that of its token, `--severity-high` and its like.
#[must_use]
pub fn severity_class(severity: &str) -> &'static str {
    match severity {
        "critical" => "is-critical",
        "high" => "is-high",
        "medium" => "is-medium",
        "low" => "is-low",
        _ => "is-informational",
    }
}

/// Where an alert, an incident, a fix, an exclusion, a run stands. The words are those of the state.
#[must_use]
pub fn status(status: &str) -> Markup {
    let tone = match status {
        "new" | "proposed" | "requested" | "waiting" => Tone::Info,
        "in_progress" | "approved" | "applying" | "applied" | "running" | "undoing" => Tone::Warn,
        "verified" | "ok" | "success" | "delivered" | "enabled" | "healthy" => Tone::Good,
        "failed" | "error" => Tone::Bad,
        _ => Tone::Quiet,
    };
    badge(tone, &words(status))
}

/// What a closed alert turned out to be, or what a check of mail authentication answered (`pass`, `fail`, `temperror` ...).
#[must_use]
pub fn verdict(verdict: &str) -> Markup {
    let tone = match verdict {
        "true_positive" | "fail" | "permerror" | "reject" => Tone::Bad,
        "benign_positive" | "pass" | "bestguesspass" => Tone::Good,
        "softfail" | "temperror" | "quarantine" => Tone::Warn,
        _ => Tone::Quiet,
    };
    badge(tone, &words(verdict))
}

/// `in_progress` as people write it.
fn words(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get(..1).map(str::to_ascii_uppercase).filter(|_| !is_protocol_word(name)) {
        words.replace_range(..1, &first);
    }
    words
}

/// Results of mail authentication are written as their standards write them (RFC 8601, section 2.7).
fn is_protocol_word(name: &str) -> bool {
    matches!(
        name,
        "pass"
            | "fail"
            | "softfail"
            | "neutral"
            | "none"
            | "temperror"
            | "permerror"
            | "bestguesspass"
            | "policy"
            | "reject"
            | "quarantine"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_has_words_and_a_shape() {
        let high = severity("high").into_string();
        assert!(high.contains("High") && high.matches("class=\"lit\"").count() == 4, "{high}");
        assert!(high.contains("class=\"severity is-high\"") && severity("<b>").into_string().contains("is-informational"));
    }

    #[test]
    fn words_are_those_of_people_or_of_the_standard() {
        assert_eq!((words("in_progress").as_str(), words("softfail").as_str()), ("In progress", "softfail"));
        assert_eq!((words("").as_str(), words("éclair").as_str()), ("", "éclair"));
    }

    #[test]
    fn what_is_unknown_is_shown_as_it_is() {
        assert!(verdict("<b>").into_string().contains("&lt;b&gt;"));
    }
}
