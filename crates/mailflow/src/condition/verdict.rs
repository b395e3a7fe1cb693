//! `verdict = { dmarc = "fail", policy = ["quarantine", "reject"] }`: what we found ourselves.

use crate::{
    Facts, Fault,
    read::{self, Value},
};

/// Results that are wanted, by method.
#[derive(Debug, Clone)]
pub struct Verdict {
    wanted: Vec<(&'static str, Vec<String>)>,
}

/// What each may be.
const METHODS: [(&str, &[&str]); 5] = [
    ("spf", &["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]),
    ("dkim", &["none", "pass", "fail", "policy", "neutral", "temperror", "permerror"]),
    ("dmarc", &["none", "pass", "fail", "temperror", "permerror"]),
    ("arc", &["none", "pass", "fail", "temperror"]),
    ("policy", &["none", "quarantine", "reject"]),
];

impl Verdict {
    pub(super) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        let mut wanted = Vec::new();
        for (key, part) in read::table(value, "`verdict`")?.iter() {
            let Some((method, results)) = METHODS.iter().find(|(method, _)| *method == key.get_ref().as_ref()) else {
                return Err(read::unknown(key, "`verdict`", &METHODS.map(|(method, _)| method)));
            };
            wanted.push((*method, read::words(part, &format!("`{method}`"), results)?));
        }
        if wanted.is_empty() {
            return Err(Fault::new(value.span(), "`verdict` names no result").help("such as { dmarc = \"fail\" }"));
        }
        Ok(Self { wanted })
    }

    pub(super) fn holds(&self, facts: &Facts<'_>) -> Option<Vec<String>> {
        let mut because = Vec::with_capacity(self.wanted.len());
        for (method, results) in &self.wanted {
            let found = result(facts, method);
            let found = results.iter().find(|wanted| wanted.as_str() == found)?;
            because.push(format!("our verdict {method}={found}"));
        }
        Some(because)
    }

    pub(super) fn words(&self) -> String {
        let parts = self.wanted.iter().map(|(method, results)| format!("{method}={}", results.join("|")));
        format!("our verdict {}", parts.collect::<Vec<_>>().join(" "))
    }
}

fn result(facts: &Facts<'_>, method: &str) -> &'static str {
    let dmarc = facts.verdicts.dmarc.as_ref();
    match method {
        "spf" => facts.verdicts.spf.result.as_str(),
        "dkim" => facts.dkim(),
        "arc" => facts.verdicts.arc.as_ref().map_or("none", |arc| arc.result.as_str()),
        "policy" => dmarc.and_then(|dmarc| dmarc.policy).map_or("none", |policy| policy.as_str()),
        _ => dmarc.map_or("none", |dmarc| dmarc.result.as_str()),
    }
}
