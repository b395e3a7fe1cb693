//! An investigation guide: a rule's Markdown with the queries that stand in it, an alert's values filled in. Pure.
//!
//! Queries stand in fenced blocks, in Elastic's `!{investigate{...}}` and `!{osquery{...}}` (Kibana's guide plugins), and, in guides of Kibana's
//! rules, as code in the items under a heading of hunting queries. Each becomes a fenced block of its language.

mod fill;

use desk::{Guide, GuideQuery};
use serde_json::{Map, Value};
use state::Alert;

use super::hunts;

pub(super) use fill::filled;

/// The most queries of a guide, so that one that holds nothing else stays readable.
const MOST: usize = 100;
/// Languages of fenced blocks, and what they are here; others are shown as they are.
const LANGUAGES: [(&str, &str); 12] = [
    ("kql", "kusto"),
    ("kusto", "kusto"),
    ("csl", "kusto"),
    ("kuery", "kuery"),
    ("kibana", "kuery"),
    ("lucene", "lucene"),
    ("eql", "eql"),
    ("esql", "esql"),
    ("sql", "sql"),
    ("osquery", "osquery"),
    ("powershell", "powershell"),
    ("spl", "spl"),
];
/// Languages that are run here.
const RUN: [&str; 3] = ["kusto", "kuery", "lucene"];
/// Blocks that are no queries.
const NOT_ASKED: [&str; 1] = ["powershell"];

/// The guide of an alert.
pub(super) fn of_alert(alert: &Alert) -> Guide {
    let nothing = Map::new();
    let row = alert.detail.evidence.first().unwrap_or(&nothing);
    read(&alert.detail.guide, &alert.detail.language, &|query, language| filled(query, language, row, &alert.detail.entities))
}

/// The guide of a rule, its queries as they are written.
pub(super) fn of_rule(rule: &rules::Rule) -> Guide {
    read(&rule.note, rule.language.name(), &|query, _| query.to_owned())
}

/// Reads a guide; `language` is that of its rule, `fill` puts values into a query.
fn read(markdown: &str, language: &str, fill: &dyn Fn(&str, &str) -> String) -> Guide {
    let mut reader = Reader { language, fill, guide: Guide::default(), label: String::new(), hunting: false };
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if let Some(word) = trimmed.strip_prefix("```") {
            let mut body: Vec<&str> = Vec::new();
            for inner in lines.by_ref() {
                if inner.trim_start().starts_with("```") {
                    break;
                }
                body.push(inner);
            }
            reader.block(word.trim(), &body.join("\n"));
        } else {
            reader.line(line);
        }
    }
    reader.guide
}

struct Reader<'a> {
    language: &'a str,
    fill: &'a dyn Fn(&str, &str) -> String,
    guide: Guide,
    /// The last words before a block.
    label: String,
    /// Under a heading of hunting queries.
    hunting: bool,
}

impl Reader<'_> {
    fn out(&mut self, line: &str) {
        self.guide.markdown.push_str(line);
        self.guide.markdown.push('\n');
    }

    /// A fenced block.
    fn block(&mut self, word: &str, body: &str) {
        let word = word.to_lowercase();
        match LANGUAGES.iter().find(|(name, _)| *name == word) {
            // `kql` is what both Kusto and Kibana call their language: the rule's own decides.
            Some((_, "kusto")) if word == "kql" && ["kuery", "lucene"].contains(&self.language) && !is_kusto(body) => {
                self.query(&self.label.clone(), body, "kuery");
            }
            Some((_, language)) if !NOT_ASKED.contains(language) => self.query(&self.label.clone(), body, language),
            _ => self.out(&format!("```{word}\n{body}\n```")),
        }
        self.label.clear();
    }

    /// A line that is in no block.
    fn line(&mut self, line: &str) {
        if let Some(heading) = line.strip_prefix('#') {
            let heading = heading.trim_start_matches('#').trim();
            self.hunting = heading.to_lowercase().contains("hunting");
            self.label.clear();
            return self.out(line);
        }
        let mut rest = line;
        let mut plain = String::new();
        while let Some((before, plugin, after)) = next_plugin(rest) {
            plain.push_str(before);
            if !plain.trim().is_empty() {
                let text = std::mem::take(&mut plain);
                self.out(text.trim_end());
            }
            plain.clear();
            self.plugin(&plugin);
            rest = after;
        }
        plain.push_str(rest);
        if plain.trim().is_empty() && rest.len() < line.len() {
            return;
        }
        if self.hunting
            && let Some((words, query)) = inline_query(&plain, self.language)
        {
            self.out(&format!("{}\n", words.trim_end()));
            let label = label_of(words);
            return self.query(&label, query, self.language);
        }
        if !plain.trim().is_empty() {
            self.label = label_of(&plain);
        }
        self.out(&plain);
    }

    /// What a plugin of Kibana's guides asks.
    fn plugin(&mut self, plugin: &Plugin) {
        let text = |name: &str| plugin.value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let label =
            if text("description").is_empty() { text("label") } else { format!("{}: {}", text("label"), text("description")) };
        match plugin.name {
            "investigate" => match investigated(&plugin.value) {
                Some(query) => self.query(&label, &query, "kuery"),
                None => self.out(&label),
            },
            _ => self.query(&label, &text("query"), "osquery"),
        }
    }

    fn query(&mut self, label: &str, query: &str, language: &str) {
        let query = if RUN.contains(&language) { (self.fill)(query, language) } else { query.to_owned() };
        self.out(&format!("```{language}\n{query}\n```"));
        if self.guide.queries.len() < MOST && !query.trim().is_empty() {
            self.guide.queries.push(GuideQuery {
                label: label.to_owned(),
                runs: RUN.contains(&language),
                language: language.to_owned(),
                colours: hunts::language(language).map_or_else(|_| Vec::new(), |language| hunts::colours(&query, language)),
                query,
            });
        }
    }
}

/// Whether a text is a query of Kusto, and not of Kibana.
fn is_kusto(text: &str) -> bool {
    text.contains('|') && kql::parse(text).diagnostics.is_empty()
}

/// A plugin of Kibana's guides.
struct Plugin {
    name: &'static str,
    value: Value,
}

/// What stands before the next plugin of a line, the plugin, and what stands behind it.
fn next_plugin(line: &str) -> Option<(&str, Plugin, &str)> {
    let (at, name) = ["investigate", "osquery"]
        .into_iter()
        .filter_map(|name| Some((line.find(&format!("!{{{name}{{"))?, name)))
        .min_by_key(|(at, _)| *at)?;
    let body = line.get(at + name.len() + 2..)?;
    let mut values = serde_json::Deserializer::from_str(body).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let after = body.get(values.byte_offset()..)?.trim_start().strip_prefix('}')?;
    Some((line.get(..at)?, Plugin { name, value }, after))
}

/// A search in the builder's form as a text of Kibana's query language: any of the outer list, all of an inner one.
fn investigated(plugin: &Value) -> Option<String> {
    let groups = plugin.get("providers")?.as_array()?;
    let any: Vec<String> = groups
        .iter()
        .map(|group| {
            let all: Vec<String> = group.as_array().into_iter().flatten().filter_map(provider).collect();
            if all.len() > 1 && groups.len() > 1 { format!("({})", all.join(" and ")) } else { all.join(" and ") }
        })
        .filter(|group| !group.is_empty())
        .collect();
    (!any.is_empty()).then(|| any.join(" or "))
}

fn provider(provider: &Value) -> Option<String> {
    let field = provider.get("field")?.as_str()?;
    let not = if provider.get("excluded").and_then(Value::as_bool).unwrap_or_default() { "not " } else { "" };
    let value = provider.get("value");
    let test = match provider.get("queryType").and_then(Value::as_str).unwrap_or("phrase") {
        "exists" => format!("{field}:*"),
        "range" => {
            let bound = |name: &str, sign: &str| value?.get(name).map(|bound| format!("{field} {sign} {bound}"));
            let bounds: Vec<String> =
                [bound("gte", ">="), bound("gt", ">"), bound("lte", "<="), bound("lt", "<")].into_iter().flatten().collect();
            format!("({})", bounds.join(" and "))
        }
        _ => match value? {
            Value::String(text) => format!("{field}:\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            other => format!("{field}:{other}"),
        },
    };
    Some(format!("{not}{test}"))
}

/// The words and the query of an item such as: - What the account did: `user.id : "ADDRESS"`.
fn inline_query<'a>(line: &'a str, language: &str) -> Option<(&'a str, &'a str)> {
    let language: elastic_query::Language = language.parse().ok()?;
    let (words, rest) = line.split_once('`')?;
    let (query, after) = rest.split_once('`')?;
    let ends = after.trim().trim_end_matches(['.', ',', ';']).is_empty();
    let asks = query.contains(':') && elastic_query::parse(language, query).diagnostics.is_empty();
    (ends && asks && words.trim_start().starts_with(['-', '*'])).then_some((words, query))
}

/// Words that stand before a query, as its label.
fn label_of(words: &str) -> String {
    words.trim().trim_start_matches(['-', '*']).trim().trim_end_matches([':', '.']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use state::Entity;

    use super::*;

    fn as_written(markdown: &str, language: &str) -> Guide {
        read(markdown, language, &|query, _| query.to_owned())
    }

    #[test]
    fn fenced_queries_are_found_with_the_words_before_them() {
        let guide = as_written(
            "# A\n\nFailures of the domain:\n\n```kql\nEmailEvents\n| take 5\n```\n\n```powershell\nGet-X\n```\n",
            "kusto",
        );
        assert_eq!(guide.queries.len(), 1);
        assert_eq!((guide.queries[0].label.as_str(), guide.queries[0].language.as_str()), ("Failures of the domain", "kusto"));
        assert!(guide.queries[0].runs && guide.markdown.contains("```kusto\nEmailEvents\n| take 5\n```"), "{}", guide.markdown);
        assert!(guide.markdown.contains("```powershell\nGet-X\n```"));
    }

    #[test]
    fn kibanas_plugins_become_queries() {
        let line = r#"Look: !{investigate{"label":"The account","providers":[[{"excluded":true,"field":"event.kind","queryType":"phrase","value":"signal","valueType":"string"},{"field":"user.id","queryType":"phrase","value":"{{user.id}}"}],[{"field":"source.ip","queryType":"exists"}]],"relativeFrom":"now-48h/h","relativeTo":"now"}} and !{osquery{"label":"DNS","query":"SELECT * FROM dns_cache"}}"#;
        let guide = as_written(line, "kuery");
        let queries: Vec<(&str, &str, bool)> =
            guide.queries.iter().map(|query| (query.query.as_str(), query.language.as_str(), query.runs)).collect();
        assert_eq!(
            queries,
            [
                ("(not event.kind:\"signal\" and user.id:\"{{user.id}}\") or source.ip:*", "kuery", true),
                ("SELECT * FROM dns_cache", "osquery", false)
            ]
        );
        assert_eq!(guide.queries[0].label, "The account");
        let broken = "!{investigate{\"label\": }}";
        assert_eq!(as_written(broken, "kuery").markdown, format!("{broken}\n"), "what cannot be read is shown as it is");
    }

    #[test]
    fn items_of_hunting_queries_are_queries_in_guides_of_kibana() {
        let text = "## Hunting queries\n\n- What the account did: `user.id : \"ADDRESS\"`.\n- Read `this` too.\n";
        let guide = as_written(text, "kuery");
        assert_eq!(guide.queries.len(), 1);
        assert_eq!(guide.queries[0].label, "What the account did");
        assert!(as_written(text, "kusto").queries.is_empty());
    }

    #[test]
    fn an_alerts_values_stand_where_examples_stood() {
        let row = json!({"SenderFromDomain": "fabrikam.example", "user.id": "eve@contoso.com"});
        let row = row.as_object().cloned().unwrap_or_default();
        let entities: [Entity; 0] = [];
        let kusto =
            "let Domain = \"contoso.com\";\nEmailEvents\n| where SenderFromDomain =~ Domain and DeliveryAction == 'Blocked'";
        assert_eq!(filled(kusto, "kusto", &row, &entities), kusto.replace("contoso.com", "fabrikam.example"));
        assert_eq!(
            filled("user.id : \"ADDRESS\" and a : \"b\"", "kuery", &row, &entities),
            "user.id : \"eve@contoso.com\" and a : \"b\""
        );
        assert_eq!(filled("user.id:\"{{user.id}}\"", "kuery", &row, &entities), "user.id:\"eve@contoso.com\"");
    }
}
