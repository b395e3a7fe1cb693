//! What can be asked: tables with their columns, functions with their pages.

use std::collections::BTreeMap;

use ::desk::{ColumnLine, Fault, FunctionLine, TableLine};
use assist::signature;
use engine::plugin;
use lake::TableInfo;
use schema::{Registry, Table};

use super::Here;
use crate::{
    command::functions_markdown,
    desk::{asking, told},
};

/// Beginnings of names of tables, and the group that they stand for; the first that fits counts.
const GROUPS: [(&str, &str); 26] = [
    ("EmailEvents", "mail"),
    ("Email", "mail"),
    ("Message", "mail"),
    ("UrlClick", "mail"),
    ("CampaignInfo", "mail"),
    ("FileMalicious", "mail"),
    ("Dmarc", "own"),
    ("Dkim", "own"),
    ("Domain", "own"),
    ("TlsReports", "own"),
    ("Rejects", "own"),
    ("SimulationLabels", "own"),
    ("Alert", "alerts"),
    ("SecurityAlert", "alerts"),
    ("SecurityIncident", "alerts"),
    (".alerts", "alerts"),
    ("CloudAppEvents", "audit"),
    ("OfficeActivity", "audit"),
    ("o365.audit", "audit"),
    ("AuditLogs", "audit"),
    ("AAD", "identity"),
    ("Identity", "identity"),
    ("SigninLogs", "identity"),
    ("EntraId", "identity"),
    ("Device", "devices"),
    ("ThreatIntel", "intelligence"),
];

fn group(name: &str) -> &'static str {
    GROUPS.iter().find(|(beginning, _)| name.starts_with(beginning)).map_or("other", |(_, group)| group)
}

impl Here {
    pub(super) async fn every_table(&self) -> Result<Vec<TableLine>, Fault> {
        let stored = self.desk.tables().await?;
        let stored: BTreeMap<&str, &TableInfo> = stored.iter().map(|info| (info.name.as_str(), info)).collect();
        let environment = self.environment().await?;
        let held = environment.catalog.names();
        let documented = Registry::builtin().tables();
        let of_documents = documented.iter().map(|table| table.name.clone());
        let mut names: Vec<String> = held.iter().cloned().chain(of_documents).collect();
        names.sort();
        names.dedup();
        let mut lines: Vec<TableLine> = Vec::with_capacity(names.len());
        for name in names {
            let known = Registry::builtin().table(&name);
            let info = stored.get(name.as_str());
            lines.push(TableLine {
                description: known.map(|table| table.doc.clone()).unwrap_or_default(),
                group: group(&name).to_owned(),
                rows: info.map_or(0, |info| info.rows),
                latest: info.and_then(|info| info.last),
                columns: known.map(columns).unwrap_or_default(),
                name,
            });
        }
        // Columns of stored tables that nothing documents are those of the files.
        let bare = lines.iter_mut().filter(|line| line.columns.is_empty() && held.contains(&line.name));
        for line in bare {
            line.columns = self.found_columns(&line.name, &environment).await;
        }
        lines.sort_by(|a, b| (a.rows == 0, &a.group, &a.name).cmp(&(b.rows == 0, &b.group, &b.name)));
        Ok(lines)
    }

    /// The columns that a query of the whole table has.
    async fn found_columns(&self, table: &str, environment: &engine::Environment) -> Vec<ColumnLine> {
        let Ok(engine) = self.desk.pages() else { return Vec::new() };
        let planned = engine.check(&format!("table({})", asking::quoted(table)), environment).await;
        let columns = planned.map(|planned| planned.columns).unwrap_or_default();
        let line = |column: &engine::Column| ColumnLine {
            name: column.name.clone(),
            ty: column.ty.name().to_owned(),
            ..ColumnLine::default()
        };
        columns.iter().map(line).collect()
    }

    pub(super) async fn every_function(&self) -> Result<Vec<FunctionLine>, Fault> {
        let language = functions::all().map(|function| FunctionLine {
            name: function.name.to_owned(),
            kind: match function.section {
                functions::Section::Aggregate => "aggregate",
                functions::Section::Operator => "operator",
                _ => "scalar",
            }
            .to_owned(),
            signature: signature(function),
            summary: function.summary.to_owned(),
        });
        let plugins = plugin::all().iter().map(|plugin| FunctionLine {
            name: plugin.name.to_owned(),
            kind: "plugin".to_owned(),
            signature: format!("evaluate {}(...)", plugin.name),
            summary: plugin.summary.to_owned(),
        });
        let environment = self.environment().await?;
        let saved = environment.library.iter().map(|saved| FunctionLine {
            name: saved.name.clone(),
            kind: "saved".to_owned(),
            signature: saved.signature(),
            summary: saved.summary.clone(),
        });
        Ok(language.chain(plugins).chain(saved).collect())
    }

    pub(super) async fn page(&self, name: &str) -> Result<String, Fault> {
        if let Some(plugin) = plugin::all().iter().find(|plugin| plugin.name == name) {
            return Ok(format!("# {}\n\n{}\n", plugin.name, plugin.summary));
        }
        let environment = self.environment().await?;
        match functions_markdown(name, &environment.library) {
            Ok(page) => Ok(page),
            Err(failure) => match told(failure) {
                Fault::Input(_) => Err(Fault::Unknown { what: "function", id: name.to_owned() }),
                other => Err(other),
            },
        }
    }
}

fn columns(table: &Table) -> Vec<ColumnLine> {
    let line = |column: &schema::Column| ColumnLine {
        name: column.name.clone(),
        ty: column.ty.name().to_owned(),
        description: match &column.alias_of {
            Some(other) => format!("The same as {other}."),
            None => column.doc.clone(),
        },
        values: column.values.clone(),
    };
    table.columns.iter().map(line).collect()
}
