//! `authentication = { dmarc = "fail", action = "oreject" }`: what a trusted host found, as its Authentication-Results (RFC 8601) say.
//!
//! The header is parsed, and only one that counts is asked ([`mailauth::evidence::Trust`]): all that is wanted must stand in the same header,
//! and an `action` beside the `dmarc` result that is wanted. A text of the same words in a subject, in the results of another method, or in
//! a header that anybody can have written, is none of this.

use mailauth::authres::{ActionClass, AuthenticationResults, MethodResult};

use super::shown;
use crate::{
    Facts, Fault,
    read::{self, Value},
};

/// What is wanted of a header.
#[derive(Debug, Clone, Default)]
pub struct Authentication {
    /// Method and results, one of which is wanted.
    methods: Vec<(String, Vec<String>)>,
    /// Actions (`action=` after DMARC), one of which is wanted, as written in the rule.
    actions: Vec<String>,
    /// Reason codes beside `compauth`, one of which is wanted; `x` stands for any digit.
    reasons: Vec<String>,
    /// Who says so.
    authserv_ids: Vec<String>,
}

impl Authentication {
    const KEYS: [&str; 8] = ["spf", "dkim", "dmarc", "arc", "compauth", "action", "reason", "authserv-id"];

    pub(super) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        let mut wanted = Self::default();
        let table = read::table(value, "`authentication`")?;
        for (key, part) in table.iter() {
            let name = key.get_ref().as_ref();
            let mut texts = read::texts(part, &format!("`{name}`"))?;
            texts.iter_mut().for_each(|text| *text = text.to_ascii_lowercase());
            match name {
                "spf" | "dkim" | "dmarc" | "arc" | "compauth" => wanted.methods.push((name.to_owned(), texts)),
                "action" => wanted.actions = texts,
                "reason" => wanted.reasons = texts,
                "authserv-id" => wanted.authserv_ids = texts,
                _ => return Err(read::unknown(key, "`authentication`", &Self::KEYS)),
            }
        }
        if wanted.methods.is_empty() && wanted.actions.is_empty() && wanted.reasons.is_empty() {
            return Err(Fault::new(value.span(), "`authentication` names no result")
                .help("such as { dmarc = \"fail\", action = \"oreject\" }"));
        }
        Ok(wanted)
    }

    pub(super) fn holds(&self, facts: &Facts<'_>) -> Option<String> {
        facts.evidence.believed.iter().find_map(|stated| self.in_header(&stated.results))
    }

    fn in_header(&self, header: &AuthenticationResults) -> Option<String> {
        let id = header.authserv_id.as_deref();
        if !self.authserv_ids.is_empty() && !id.is_some_and(|id| self.authserv_ids.contains(&id.to_ascii_lowercase())) {
            return None;
        }
        let mut words = Vec::new();
        for (method, results) in &self.methods {
            let found = header.of(method).find(|found| results.contains(&found.result) && self.has_more(method, found))?;
            words.push(format!("{method}={}", found.result));
            words.extend(self.more(method, found));
        }
        // What belongs to a method that the rule says nothing about is looked for in whatever result that has.
        for (method, wanted) in [("dmarc", !self.actions.is_empty()), ("compauth", !self.reasons.is_empty())] {
            if wanted && !self.methods.iter().any(|(named, _)| named == method) {
                let found = header.of(method).find(|found| self.has_more(method, found))?;
                words.extend(self.more(method, found));
            }
        }
        Some(format!("{} says {}", id.map_or_else(|| "Microsoft 365".to_owned(), shown), shown(&words.join(" "))))
    }

    /// Whether a result has what is wanted beside it.
    fn has_more(&self, method: &str, found: &MethodResult) -> bool {
        match method {
            "dmarc" if !self.actions.is_empty() => found.action().is_some_and(|action| self.wants_action(action)),
            "compauth" if !self.reasons.is_empty() => found.reason.as_deref().is_some_and(|code| self.wants_reason(code)),
            _ => true,
        }
    }

    fn more(&self, method: &str, found: &MethodResult) -> Option<String> {
        match method {
            "dmarc" if !self.actions.is_empty() => found.action().map(|action| format!("action={action}")),
            "compauth" if !self.reasons.is_empty() => found.reason.as_ref().map(|reason| format!("reason={reason}")),
            _ => None,
        }
    }

    /// Actions are compared by what they mean: `oreject` and `o.reject` are one.
    fn wants_action(&self, found: &str) -> bool {
        let plain = |word: &str| word.replace('.', "").to_ascii_lowercase();
        self.actions.iter().any(|wanted| match (ActionClass::of(wanted), ActionClass::of(found)) {
            (ActionClass::Unknown, _) | (_, ActionClass::Unknown) => plain(wanted) == plain(found),
            // One that says which error is not content with the other.
            (ActionClass::Error, ActionClass::Error) => plain(wanted) == plain(found),
            (wanted, found) => wanted == found,
        })
    }

    fn wants_reason(&self, code: &str) -> bool {
        let fits = |wanted: &str| {
            wanted.len() == code.len()
                && wanted.bytes().zip(code.bytes()).all(|(wanted, found)| wanted == b'x' || wanted == found)
        };
        self.reasons.iter().any(|wanted| fits(wanted))
    }

    pub(super) fn words(&self) -> String {
        let parts = self.methods.iter().map(|(method, results)| format!("{method}={}", results.join("|")));
        let more = [("action", &self.actions), ("reason", &self.reasons)];
        let more = more
            .into_iter()
            .filter(|(_, wanted)| !wanted.is_empty())
            .map(|(name, wanted)| format!("{name}={}", wanted.join("|")));
        format!("a trusted host says {}", parts.chain(more).collect::<Vec<_>>().join(" "))
    }
}
