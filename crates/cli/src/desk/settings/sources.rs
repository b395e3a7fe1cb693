//! Sources of telemetry and how they are.

use std::collections::BTreeMap;

use ::desk::{Fault, SourceLine};

use super::Here;
use crate::{
    desk::told,
    watch::feeds::{Kept, Source, sources},
};

impl Here {
    pub(super) async fn every_source(&self) -> Result<Vec<SourceLine>, Fault> {
        let config = self.desk.config()?;
        let troubles: BTreeMap<String, String> = self.desk.house.troubles.known().into_iter().collect();
        let mut lines = self.folders(&troubles);
        if let Some(tenant) = &config.tenant.id {
            for source in sources(&config) {
                let kept = Kept::load(self.desk.state(), &tenant.value, &source).await.map_err(told)?;
                lines.push(feed(&source, &kept, self.desk.house.feeds.is_some()));
            }
        }
        lines.push(SourceLine {
            name: "milter".to_owned(),
            kind: "milter".to_owned(),
            state: if config.milter.listen.is_some() { "waiting" } else { "off" }.to_owned(),
            message: match &config.milter.listen {
                Some(set) => format!("mail servers connect at {}", set.value),
                None => "milter.listen in the configuration says where mail servers connect".to_owned(),
            },
            tables: ["EmailEvents", "EmailUrlInfo", "EmailAttachmentInfo"].map(str::to_owned).to_vec(),
            ..SourceLine::default()
        });
        lines.push(SourceLine {
            name: "http".to_owned(),
            kind: "http".to_owned(),
            state: "waiting".to_owned(),
            message: "rows are taken at POST /api/ingest/TABLE".to_owned(),
            ..SourceLine::default()
        });
        self.of_tables(&mut lines).await?;
        Ok(lines)
    }

    /// Folders, with what was wrong with them or with a file in them.
    fn folders(&self, troubles: &BTreeMap<String, String>) -> Vec<SourceLine> {
        let folders = self.desk.house.folders.known().into_iter();
        folders
            .map(|(folder, last)| {
                let name = folder.display().to_string();
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
                    last,
                    name,
                    ..SourceLine::default()
                }
            })
            .collect()
    }

    /// Gives sources of known tables the moment of the last row, where nothing better is known.
    async fn of_tables(&self, lines: &mut [SourceLine]) -> Result<(), Fault> {
        let tables = self.desk.tables().await?;
        for line in lines.iter_mut().filter(|line| line.kind == "milter" && line.state != "off") {
            let own = tables.iter().filter(|table| line.tables.contains(&table.name));
            line.last = own.filter_map(|table| table.last).max();
        }
        Ok(())
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
