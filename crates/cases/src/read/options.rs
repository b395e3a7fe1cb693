//! `case`, `render` and `plan` fences.

use std::collections::BTreeMap;

use schema::text::datetime;
use toml::Value;

use super::fences::Fence;
use crate::case::{BadCase, PlanFact, Render, Setup, Source};

/// The moment a case stands for when it does not say: the same on every machine, on every day.
const DEFAULT_AS_OF: &str = "2026-01-01T00:00:00Z";

const KNOWN: &str = "`as_of` (a time), `tables` ({ Name = \"data/file.ndjson\" }), `parameters` ({ name = \"value\" }), \
                     `xfail` (why the case is known to fail)";

/// No options at all.
pub(super) fn none() -> Setup {
    let as_of = datetime::parse(DEFAULT_AS_OF).unwrap_or_default();
    Setup { as_of, tables: BTreeMap::new(), parameters: BTreeMap::new(), xfail: None }
}

/// Reads a `case` fence over what is set already.
pub(super) fn read(fence: &Fence, setup: &mut Setup) -> Result<(), BadCase> {
    let text = fence.text();
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        BadCase::new(fence.line + 1 + before.matches('\n').count(), format!("not TOML: {}", error.message()))
    })?;
    for (key, value) in &table {
        let line = fence.line + 1 + fence.lines.iter().position(|line| line.trim_start().starts_with(key)).unwrap_or_default();
        let wrong = |what: &str| BadCase::new(line, format!("`{key}`: {what}"));
        match key.as_str() {
            "as_of" => {
                let moment = match value {
                    Value::String(text) => datetime::parse(text),
                    Value::Datetime(moment) => datetime::parse(&moment.to_string()),
                    _ => None,
                };
                setup.as_of = moment.ok_or_else(|| wrong("write a time such as 2026-01-01T00:00:00Z"))?;
            }
            "tables" => {
                let files = texts(value).ok_or_else(|| wrong("write { Name = \"data/file.ndjson\" }"))?;
                setup.tables.extend(files.map(|(name, file)| (name, Source::File(file))));
            }
            "parameters" => setup.parameters.extend(texts(value).ok_or_else(|| wrong("write { name = \"value\" }"))?),
            "xfail" => {
                let reason = value.as_str().filter(|reason| !reason.trim().is_empty());
                setup.xfail = Some(reason.ok_or_else(|| wrong("write the reason as a text"))?.to_owned());
            }
            _ => return Err(BadCase::new(line, format!("there is no option `{key}`; there are {KNOWN}"))),
        }
    }
    Ok(())
}

/// A TOML table whose values are all texts.
fn texts(value: &Value) -> Option<impl Iterator<Item = (String, String)>> {
    let table = value.as_table()?;
    let texts = table.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect::<Option<Vec<_>>>()?;
    Some(texts.into_iter())
}

/// The kind on the first line, then `property = value` lines.
pub(super) fn render(fence: &Fence) -> Result<Render, BadCase> {
    let mut lines = fence.numbered();
    let Some((_, kind)) = lines.next() else {
        return Err(BadCase::new(fence.line, "write the kind of the chart in the first line, such as `timechart`"));
    };
    let properties = lines.map(|(number, line)| {
        let (name, value) = line.split_once('=').ok_or_else(|| BadCase::new(number, "write `property = value`"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    });
    Ok(Render { kind: kind.to_owned(), properties: properties.collect::<Result<_, BadCase>>()? })
}

/// `has: TopK` and `not: CrossJoin` lines.
pub(super) fn plan(fence: &Fence) -> Result<Vec<PlanFact>, BadCase> {
    let facts = fence.numbered().map(|(number, line)| match line.split_once(':').map(|(word, text)| (word, text.trim())) {
        Some(("has", text)) if !text.is_empty() => Ok(PlanFact::Has(text.to_owned())),
        Some(("not", text)) if !text.is_empty() => Ok(PlanFact::Not(text.to_owned())),
        _ => Err(BadCase::new(number, "write `has: words of the plan` or `not: words`")),
    });
    facts.collect()
}
