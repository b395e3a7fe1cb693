//! The text of a file of cases to [`CaseFile`]: what the YAML must look like, and what its values must say.

use std::path::{Component, PathBuf};

use schema::text::datetime;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::{Case, CaseFile, CaseRow, CaseRows, CaseTable, Expect, names};
use crate::{Fault, model::Severity, yaml};

/// Rows that a case may expect: beyond this it is data and no sentence.
const MOST_ROWS: usize = 1000;

/// A document of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    rule: Option<String>,
    #[serde(default)]
    cases: Vec<Spanned<WrittenCase>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCase {
    name: String,
    at: Spanned<String>,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    tables: Tables,
    expect: Spanned<WrittenExpect>,
}

/// Tables in the order of the file.
#[derive(Debug, Default)]
struct Tables(Vec<(String, Rows)>);

#[derive(Debug)]
enum Rows {
    Here(Vec<Spanned<Map<String, Value>>>),
    File(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExpect {
    alerts: Option<u64>,
    rows: Option<Vec<Spanned<Map<String, Value>>>>,
    #[serde(default)]
    reason_has: Texts,
    severity: Option<String>,
}

/// One text, or several.
#[derive(Debug, Default)]
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Tables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Tables;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("tables by name, such as `EmailEvents:`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tables, A::Error> {
                let mut tables = Vec::new();
                while let Some((name, rows)) = map.next_entry::<String, Option<Rows>>()? {
                    tables.push((name, rows.unwrap_or(Rows::Here(Vec::new()))));
                }
                Ok(Tables(tables))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrFile;
        impl<'de> Visitor<'de> for ListOrFile {
            type Value = Rows;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of rows, or `{ file: rows.ndjson }`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = seq.next_element()? {
                    rows.push(row);
                }
                Ok(Rows::Here(rows))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rows, A::Error> {
                InFile::deserialize(MapAccessDeserializer::new(map)).map(|found| Rows::File(found.file))
            }
        }
        deserializer.deserialize_any(ListOrFile)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Texts;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a text, or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}

/// Reads a file. A text that is no file of cases gives a fault and no cases.
pub(super) fn file(path: &str, text: &str) -> CaseFile {
    let mut file = CaseFile { path: path.to_owned(), ..CaseFile::default() };
    let documents: Vec<Document> = match serde_saphyr::from_multiple(text) {
        Ok(documents) => documents,
        Err(error) => {
            file.faults.push(yaml::fault(path, &error, "these are no cases of a rule"));
            return file;
        }
    };
    let mut reader = Reader { path, text, faults: Vec::new() };
    for document in documents {
        for case in document.cases {
            let before = reader.errors();
            let case = reader.case(document.rule.as_deref(), case);
            if reader.errors() == before {
                file.cases.extend(case);
            }
        }
    }
    file.faults = reader.faults;
    if file.cases.is_empty() && file.faults.is_empty() {
        file.faults.push(Fault::error(path, 1, "there are no cases in the file; write them as a list under `cases:`"));
    }
    file
}

/// What is needed to read a file.
struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn errors(&self) -> usize {
        self.faults.iter().filter(|fault| fault.is_error()).count()
    }

    fn error(&mut self, line: usize, reason: impl Into<String>) {
        self.faults.push(Fault::error(self.path, line, reason));
    }

    fn case(&mut self, rule: Option<&str>, written: Spanned<WrittenCase>) -> Option<Case> {
        let line = line_of(&written);
        let WrittenCase { name, at, parameters, tables, expect } = written.value;
        if name.trim().is_empty() {
            self.error(line, "the case has no name; say in a sentence what it shows");
        }
        let moment = datetime::parse(&at.value).map(datetime::to_unix_micros);
        if moment.is_none() {
            self.error(line_of(&at), format!("`at` is no moment: `{}`; write one such as 2026-11-20T23:00:00Z", at.value));
        }
        // What stands before the expectation is searched for the lines of names.
        let expected_at = line_of(&expect);
        let tables = tables.0.into_iter().map(|(name, rows)| self.table(line, name, rows)).collect();
        let expect = self.expect(expect);
        Some(Case {
            name: name.trim().to_owned(),
            line,
            rule: rule.map(str::to_owned),
            at: moment?,
            parameters: parameters.into_iter().collect(),
            tables,
            expect: Expect { line: expected_at, ..expect },
        })
    }

    fn table(&mut self, case_line: usize, name: String, rows: Rows) -> CaseTable {
        let line = self.line_of_key(case_line, &name);
        if let Err(reason) = names::table(&name) {
            self.error(line, reason);
        }
        let rows = match rows {
            Rows::File(file) => {
                let path = PathBuf::from(&file);
                let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
                if !inside || file.trim().is_empty() {
                    self.error(line, format!("`{file}` must be a path below the folder of the cases, such as rows.ndjson"));
                }
                CaseRows::File(path)
            }
            Rows::Here(rows) => CaseRows::Here(rows.into_iter().map(|row| self.row(&name, row)).collect()),
        };
        CaseTable { name, line, rows }
    }

    fn row(&mut self, table: &str, written: Spanned<Map<String, Value>>) -> CaseRow {
        let line = line_of(&written);
        for (column, reason) in names::columns(table, &written.value) {
            let line = self.line_of_key(line, &column);
            self.error(line, reason);
        }
        for (column, reason) in names::values(table, &written.value) {
            let line = self.line_of_key(line, &column);
            self.faults.push(Fault::warning(self.path, line, reason));
        }
        CaseRow { line, columns: written.value }
    }

    fn expect(&mut self, written: Spanned<WrittenExpect>) -> Expect {
        let line = line_of(&written);
        let WrittenExpect { alerts, rows, reason_has, severity } = written.value;
        if alerts.is_none() && rows.is_none() {
            self.error(line, "`expect` does not say what must come; give `alerts`, the number of them, or `rows`");
        }
        if rows.as_ref().is_some_and(|rows| rows.len() > MOST_ROWS) {
            self.error(line, format!("a case may expect {MOST_ROWS} rows at most"));
        }
        let known = severity.as_deref().and_then(Severity::parse);
        if let (Some(text), None) = (&severity, known) {
            let at = self.line_of_key(line, "severity");
            self.error(at, format!("`{text}` is no severity; write informational, low, medium, high or critical"));
        }
        let rows = rows.map(|rows| rows.into_iter().map(|row| CaseRow { line: line_of(&row), columns: row.value }).collect());
        Expect { line, alerts, rows, reason_has: reason_has.0, severity: known }
    }

    /// The first line from `line` on that names `key`; `line` itself where none does.
    fn line_of_key(&self, line: usize, key: &str) -> usize {
        let names = |text: &str| {
            text.match_indices(key).any(|(at, _)| {
                let before = text[..at].trim_end_matches(['"', '\'']);
                let after = text[at + key.len()..].trim_start_matches(['"', '\'']);
                (before.is_empty() || before.ends_with([' ', '{', ',', '-'])) && after.trim_start().starts_with(':')
            })
        };
        let lines = self.text.lines().enumerate().skip(line.saturating_sub(1));
        lines.map(|(at, text)| (at + 1, text)).find(|(_, text)| names(text)).map_or(line, |(at, _)| at)
    }
}

fn line_of<T>(spanned: &Spanned<T>) -> usize {
    usize::try_from(spanned.referenced.line()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{CaseRows, Severity, file};

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    const GOOD: &str = "rule: a1\ncases:\n  - name: our domain fails\n    at: 2026-11-20T23:00:00Z\n    parameters: { OwnDomains: [contoso.com] }\n    tables:\n      EmailEvents:\n        - { Timestamp: 2026-11-20T22:30:00Z, SenderFromDomain: contoso.com, AuthenticationDetails: { DKIM: fail } }\n        - Timestamp: 2026-11-20T22:31:00Z\n          SenderFromDomain: fabrikam.com\n      UrlClickEvents: { file: clicks.ndjson }\n      EmailUrlInfo:\n    expect:\n      alerts: 1\n      rows: [{ SenderFromDomain: contoso.com }]\n      reason_has: contoso.com\n      severity: High\n  - name: nothing happens\n    at: 2026-11-20\n    expect: { alerts: 0 }\n";

    fn faults(text: &str) -> Vec<(usize, String)> {
        file("x.tests.yaml", text).faults.into_iter().map(|fault| (fault.line, fault.reason)).collect()
    }

    /// A case with this in the place of its tables or its expectation.
    fn case(tables: &str, expect: &str) -> String {
        format!("cases:\n  - name: x\n    at: 2026-11-20\n    tables: {tables}\n    expect: {expect}\n")
    }

    #[test]
    fn a_file_is_read_with_its_lines() -> Outcome {
        let read = file("x.tests.yaml", GOOD);
        assert!(read.faults.is_empty(), "{:?}", read.faults);
        let [first, second] = read.cases.as_slice() else { return Err(format!("{:?}", read.cases).into()) };
        assert_eq!((first.name.as_str(), first.line, first.rule.as_deref()), ("our domain fails", 3, Some("a1")));
        assert_eq!((first.at, second.at), (1_795_215_600_000_000, 1_795_132_800_000_000));
        assert_eq!(first.parameters, [("OwnDomains".to_owned(), json!(["contoso.com"]))]);
        let names: Vec<(&str, usize)> = first.tables.iter().map(|table| (table.name.as_str(), table.line)).collect();
        assert_eq!(names, [("EmailEvents", 7), ("UrlClickEvents", 11), ("EmailUrlInfo", 12)]);
        let CaseRows::Here(rows) = &first.tables[0].rows else { return Err("no rows".into()) };
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [8, 9]);
        assert_eq!(rows[0].columns["Timestamp"], json!("2026-11-20T22:30:00Z"), "a moment stays a text");
        assert_eq!(first.tables[1].rows, CaseRows::File(Path::new("clicks.ndjson").to_owned()));
        assert_eq!(first.tables[2].rows, CaseRows::Here(Vec::new()));
        assert_eq!((first.expect.alerts, first.expect.severity), (Some(1), Some(Severity::High)));
        assert_eq!(first.expect.reason_has, ["contoso.com"]);
        assert_eq!(second.expect.rows, None);
        Ok(())
    }

    #[test]
    fn several_rules_of_a_file_have_a_document_each() {
        let one = "cases: [{ name: x, at: 2026-11-20, expect: { alerts: 0 } }]";
        let read = file("x.tests.yaml", &format!("rule: a\n{one}\n---\nrule: b\n{one}\n"));
        assert_eq!(read.cases.iter().map(|case| case.rule.as_deref()).collect::<Vec<_>>(), [Some("a"), Some("b")]);
    }

    #[test]
    fn what_is_misspelt_is_told_with_its_line() {
        let told = |text: &str, line: usize, words: &str| {
            let found = faults(text);
            assert!(matches!(found.as_slice(), [(at, reason)] if *at == line && reason.contains(words)), "{text}\n{found:?}");
        };
        let zero = "{ alerts: 0 }";
        told(&case("{ EmailEvent: [] }", zero), 4, "did you mean `EmailEvents`?");
        told(&case("\n      EmailEvents:\n        - Sender: x\n          Subject: y", zero), 6, "no column `Sender`");
        told(
            &case("\n      EmailEvents:\n        - Subject: x\n          SenderFromDomian: y", zero),
            7,
            "did you mean `SenderFromDomain`",
        );
        told(&case("{ EmailEvents: { files: x } }", zero), 4, "unknown field `files`");
        told(&case("{ EmailEvents: { file: ../x } }", zero), 4, "below the folder");
        told(&case("{ EmailEvents: 5 }", zero), 4, "a list of rows");
        told(&case("{}", "{ alert: 1 }"), 5, "unknown field `alert`");
        told(&case("{}", "{ severity: High }"), 5, "does not say what must come");
        told(&case("{}", "{ alerts: 1, severity: Highest }"), 5, "is no severity");
        told(&case("{}", "{ alerts: -1 }"), 5, "");
        told("cases:\n  - name: x\n    at: soon\n    expect: { alerts: 0 }\n", 3, "is no moment");
        told("cases:\n  - at: 2026-11-20\n    expect: { alerts: 0 }\n", 3, "missing field `name`");
        told("rule: x\n", 1, "there are no cases");
        told("", 1, "there are no cases");
    }

    #[test]
    fn a_case_at_fault_leaves_the_others() {
        let read = file("x.tests.yaml", &format!("{GOOD}  - name: y\n    at: never\n    expect: {{ alerts: 0 }}\n"));
        assert_eq!((read.cases.len(), read.faults.len()), (2, 1));
    }

    #[test]
    fn a_value_that_a_column_never_has_is_a_warning() {
        let read = file("x.tests.yaml", &case("{ EmailEvents: [{ EmailDirection: inwards }] }", "{ alerts: 0 }"));
        assert_eq!(read.cases.len(), 1);
        assert!(
            matches!(read.faults.as_slice(), [fault] if !fault.is_error() && fault.reason.contains("Inbound")),
            "{:?}",
            read.faults
        );
    }

    #[test]
    fn documents_of_ecs_nest_and_may_have_fields_that_nothing_documents() {
        let row = |row: &str| faults(&case(&format!("{{ o365.audit: [{row}] }}"), "{ alerts: 0 }"));
        assert!(
            row("{ event: { action: Set-X }, o365.audit.Parameters: { Enabled: 'False' }, o365.audit.NotKnown.Deep: x }")
                .is_empty()
        );
        assert!(
            row("{ Id: x, CreationTime: 2026-11-20, Operation: Set-X, RecordType: 1, Workload: Exchange, Whatever: 1 }")
                .is_empty()
        );
        assert!(row("{ event: { actoin: Set-X } }")[0].1.contains("did you mean `event.action`"));
    }
}
