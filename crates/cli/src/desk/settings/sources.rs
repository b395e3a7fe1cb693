//! Sources of telemetry and how they are.

use std::collections::BTreeMap;

use ::desk::{Fault, SourceLine};

use super::Here;
use crate::{
    desk::told,
    watch::{
        Folders,
        came::{self, Known},
        feeds::{Kept, Source, sources},
    },
};

impl Here {
    pub(super) async fn every_source(&self) -> Result<Vec<SourceLine>, Fault> {
        let config = self.desk.config()?;
        let troubles: BTreeMap<String, String> = self.desk.house.troubles.known().into_iter().collect();
        let mut lines = self.folders(&troubles);
        if let Some(tenant) = &config.tenant.id {
            for source in sources(&config) {
                let kept = Kept::load(self.desk.state(), &tenant.value, &source).await.map_err(told)?;
                let rows = self.came(&source.about()).rows;
                lines.push(SourceLine { rows, ..feed(&source, &kept, self.desk.house.feeds.is_some()) });
            }
        }
        let came = self.came(came::MILTER);
        let milter = match &config.milter.listen {
            Some(set) => taking("milter", came, format!("mail servers connect at {}", set.value)),
            None if came.open => taking("milter", came, "mail servers connect where --milter says".to_owned()),
            None => SourceLine {
                state: "off".to_owned(),
                message: "milter.listen in the configuration says where mail servers connect".to_owned(),
                ..taking("milter", Known::default(), String::new())
            },
        };
        let tables = ["EmailEvents", "EmailUrlInfo", "EmailAttachmentInfo"].map(str::to_owned).to_vec();
        lines.push(SourceLine { tables, ..milter });
        let words = "rows are taken at POST /api/ingest/TABLE".to_owned();
        lines.push(taking("http", self.came(came::HTTP), words));
        Ok(lines)
    }

    /// What came from a source.
    fn came(&self, source: &str) -> Known {
        self.desk.house.came.known(source, self.desk.now())
    }

    /// Folders, with what was wrong with them or with a file in them.
    fn folders(&self, troubles: &BTreeMap<String, String>) -> Vec<SourceLine> {
        let folders = self.desk.house.folders.known().into_iter();
        folders
            .map(|(folder, last)| {
                let (name, about) = (folder.display().to_string(), Folders::about(&folder));
                let inside = folder.join("").display().to_string();
                let own = troubles.iter().filter(|(about, _)| **about == name || about.starts_with(&inside));
                let messages: Vec<String> = own.map(|(about, trouble)| format!("{about}: {trouble}")).collect();
                SourceLine {
                    kind: "folder".to_owned(),
                    state: match (messages.is_empty(), last) {
                        (false, _) => "trouble",
                        (true, Some(_)) => "working",
                        (true, None) => "waiting",
                    }
                    .to_owned(),
                    message: if messages.is_empty() { "files that appear are taken in".to_owned() } else { messages.join("; ") },
                    last: self.came(&about).last.or(last),
                    rows: self.came(&about).rows,
                    name,
                    ..SourceLine::default()
                }
            })
            .collect()
    }
}

/// Where senders come to this program by themselves.
fn taking(name: &str, came: Known, words: String) -> SourceLine {
    let state = match (&came.trouble, came.last) {
        (Some(_), _) => "trouble",
        (None, Some(_)) => "working",
        (None, None) => "waiting",
    };
    SourceLine {
        name: name.to_owned(),
        kind: name.to_owned(),
        state: state.to_owned(),
        message: came.trouble.unwrap_or(words),
        last: came.last,
        rows: came.rows,
        tables: Vec::new(),
    }
}

fn feed(source: &Source, kept: &Kept, runs: bool) -> SourceLine {
    let (state, message) = match (&kept.trouble, runs, kept.came) {
        (_, false, _) => ("off", "the feed is configured and this program was started without it: start it again".to_owned()),
        (Some(trouble), ..) => ("trouble", trouble.clone()),
        (None, _, Some(_)) => ("working", String::new()),
        (None, _, None) => ("waiting", "it has not been taken to its end yet".to_owned()),
    };
    SourceLine {
        name: source.name().to_owned(),
        kind: "feed".to_owned(),
        state: state.to_owned(),
        message,
        last: kept.brought.or(kept.came),
        rows: None,
        tables: match source {
            Source::Audit(_) => vec!["OfficeActivity".to_owned(), "CloudAppEvents".to_owned()],
            Source::Table(table) => vec![table.clone()],
        },
    }
}
