//! What authentication came to, as `EmailEvents` has it: by believed headers, otherwise by our own verdicts.

use mailauth::dkim::{Dkim, DkimResult};
use mailauth::verify::Verdicts;
use serde_json::{Map, Value};

use super::Parsed;

/// `AuthenticationDetails` and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Details {
    /// The JSON text; empty if nothing is known.
    pub(crate) json: String,
    /// `header`, `verified`, or nothing.
    pub(crate) source: &'static str,
}

/// What is known, Microsoft's keys in Microsoft's order.
pub(crate) fn details(parsed: &Parsed, verdicts: Option<&Verdicts>) -> Details {
    if let Some(overview) = &parsed.evidence.overview {
        let compauth = overview.compauth.as_ref().map(|compauth| compauth.result.clone());
        let json = json([
            ("SPF", overview.spf.clone()),
            ("DKIM", overview.dkim.clone()),
            ("DMARC", overview.dmarc.clone()),
            ("CompAuth", compauth),
        ]);
        return Details { json, source: "header" };
    }
    let Some(verdicts) = verdicts else { return Details::default() };
    let spf = verdicts.spf.was_evaluated().then(|| verdicts.spf.result.as_str().to_owned());
    let dmarc = verdicts.dmarc.as_ref().map(|dmarc| dmarc.result.as_str().to_owned());
    let json = json([("SPF", spf), ("DKIM", Some(dkim(&verdicts.dkim).to_owned())), ("DMARC", dmarc), ("CompAuth", None)]);
    Details { json, source: "verified" }
}

/// One word for all signatures: `pass` if one passes, otherwise that of the first, `none` without any.
pub(crate) fn dkim(signatures: &[Dkim]) -> &'static str {
    let passes = signatures.iter().find(|signature| signature.result == DkimResult::Pass);
    passes.or(signatures.first()).map_or("none", |signature| signature.result.as_str())
}

fn json(pairs: [(&str, Option<String>); 4]) -> String {
    let known = pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::String(value?.to_lowercase()))));
    let object: Map<String, Value> = known.collect();
    if object.is_empty() { String::new() } else { Value::Object(object).to_string() }
}
