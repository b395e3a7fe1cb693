//! Watchlists, and the list of accepted domains, which is one of them.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use ::desk::{AcceptedDomain, Column, Fault, Sheet, WatchlistLine, read_watchlist, watchlist_alias, write_csv};
use serde_json::json;

use super::Here;
use crate::{
    clock,
    config::Watchlist,
    desk::{
        asking::{domain, text},
        told,
    },
    harden::Looker,
    watchlists,
    write::atomically,
};

/// The watchlist of accepted domains that is kept here: rules read it as any other.
const ACCEPTED: &str = "AcceptedDomains";
/// Its column.
const DOMAIN: &str = "Domain";
/// Domains of the list.
const MOST: usize = 10_000;
/// How long a page waits for the tenant.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where domains are known from, that which counts first.
const ORIGINS: [&str; 3] = ["configuration", "tenant", "list"];

impl Here {
    fn files(&self) -> Result<BTreeMap<String, Watchlist>, Fault> {
        self.desk.running.list_files(self.desk.data(), &self.desk.config()?).map_err(told)
    }

    /// The folder of lists that are changed here.
    fn folder(&self) -> PathBuf {
        watchlists::folder(self.desk.data())
    }

    /// Reads a list. Its file is somebody's, and may be any text.
    async fn read(&self, alias: &str, list: &Watchlist) -> Result<Sheet, Fault> {
        let (path, key) = (list.file.clone(), list.search_key.clone().unwrap_or_default());
        let told = |error: std::io::Error| Fault::Unavailable { reason: format!("the watchlist {alias}: {error}") };
        let size = tokio::fs::metadata(&path).await.map_err(told)?.len();
        if size > ::desk::LONGEST_WATCHLIST as u64 {
            return Err(Fault::Limit { reason: format!("the watchlist {alias} has {} MB: too much for a page", size >> 20) });
        }
        let bytes = tokio::fs::read(&path).await.map_err(told)?;
        read_watchlist(&String::from_utf8_lossy(&bytes), &key)
    }

    pub(super) async fn every_list(&self) -> Result<Vec<WatchlistLine>, Fault> {
        let folder = self.folder();
        let mut lines = Vec::new();
        for (alias, list) in self.files()? {
            let about = tokio::fs::metadata(&list.file).await.ok().and_then(|about| about.modified().ok());
            // One that cannot be read is in the list, empty: the page of it says why.
            let sheet = self.read(&alias, &list).await.unwrap_or_default();
            let columns: Vec<String> = sheet.columns.into_iter().map(|column| column.name).collect();
            let usual = columns.iter().find(|name| *name == "SearchKey").or(columns.first()).cloned().unwrap_or_default();
            lines.push(WatchlistLine {
                rows: sheet.total,
                search_key: list.search_key.clone().unwrap_or(usual),
                columns,
                updated_at: about.map(clock::micros_of),
                editable: list.file.parent() == Some(folder.as_path()) && watchlist_alias(&alias).is_ok(),
                alias,
            });
        }
        Ok(lines)
    }

    pub(super) async fn list(&self, alias: &str) -> Result<Sheet, Fault> {
        let files = self.files()?;
        let list = files.get(alias).ok_or_else(|| Fault::Unknown { what: "watchlist", id: alias.to_owned() })?;
        self.read(alias, list).await
    }

    pub(super) async fn set_list(&self, alias: &str, csv: &str, search_key: &str, who: &str) -> Result<(), Fault> {
        let alias = watchlist_alias(alias)?;
        let mut sheet = read_watchlist(csv, search_key)?;
        let path = self.folder().join(format!("{alias}.csv"));
        if let Some(known) = self.files()?.get(alias)
            && known.file != path
        {
            return Err(Fault::Refused {
                reason: format!(
                    "the watchlist {alias} is a file that the configuration names ({}): change it there",
                    known.file.display()
                ),
            });
        }
        // A list of the folder has its search key in the column of that name, or in the first one.
        if let Some(place) = sheet.columns.iter().position(|column| column.name == search_key).filter(|place| *place > 0) {
            sheet.columns.swap(0, place);
            sheet.rows.iter_mut().for_each(|row| row.swap(0, place));
        }
        let folder = self.folder();
        let written = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder).map_err(|error| crate::failure::Failure::of_output("watchlists", &error))?;
            let bytes = write_csv(&sheet);
            atomically(&path, |file| {
                use std::io::Write as _;
                Ok(file.write_all(bytes.as_bytes())?)
            })?;
            Ok(sheet.total)
        });
        let rows = written.await.map_err(Fault::internal)?.map_err(told)?;
        // Rules and hunts read it from now on.
        let lists = self.desk.running.lists(self.desk.data(), &self.desk.config()?).map_err(told)?;
        self.desk.house.watch.telemetry.tables.set_lists(lists);
        self.note(who, "write", &format!("watchlist {alias}"), &format!("{rows} rows")).await
    }

    pub(super) async fn accepted(&self) -> Result<Vec<AcceptedDomain>, Fault> {
        let config = self.desk.config()?;
        let own = config.mail.own_domains.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        let mut domains: BTreeMap<String, AcceptedDomain> = BTreeMap::new();
        let mut add = |name: String, origin: usize, sends: &str| {
            let origin = ORIGINS.get(origin).copied().unwrap_or_default().to_owned();
            domains.entry(name.clone()).or_insert(AcceptedDomain { name, origin, sends: sends.to_owned() });
        };
        for (name, silent) in config.check.all(&own) {
            add(name, 0, if silent { "no" } else { "unknown" });
        }
        if config.tenant.is_set() {
            let looker = Looker::open(config, &self.desk.looking.dns).await.map_err(told)?;
            // A tenant that does not answer keeps nobody from the list.
            let asked = tokio::time::timeout(PATIENCE, looker.accepted()).await.unwrap_or_default();
            asked.into_iter().for_each(|asked| add(asked.domain, 1, "unknown"));
        }
        if let Some(list) = self.files()?.get(ACCEPTED) {
            let sheet = self.read(ACCEPTED, list).await?;
            let names = sheet.rows.iter().filter_map(|row| row.first()?.as_str());
            names.filter_map(mailauth::dns::name).for_each(|name| add(name, 2, "unknown"));
        }
        let purposes = self.desk.rows("DomainChecks | summarize arg_max(TimeGenerated, Purpose) by Domain", MOST).await?;
        for row in &purposes.rows {
            let Some(domain) = domains.get_mut(text(&purposes, row, "Domain")) else { continue };
            match text(&purposes, row, "Purpose") {
                "sends mail" => "yes".clone_into(&mut domain.sends),
                "sends no mail" => "no".clone_into(&mut domain.sends),
                _ => {}
            }
        }
        Ok(domains.into_values().collect())
    }

    pub(super) async fn set_accepted(&self, names: &[String], who: &str) -> Result<(), Fault> {
        if names.len() > MOST {
            return Err(Fault::Limit { reason: format!("the list holds {MOST} domains at most") });
        }
        let mut domains = Vec::new();
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            domains.push(domain(name)?);
        }
        domains.sort();
        domains.dedup();
        let sheet = Sheet {
            columns: vec![Column { name: DOMAIN.to_owned(), ty: "string".to_owned() }],
            rows: domains.into_iter().map(|domain| vec![json!(domain)]).collect(),
            ..Sheet::default()
        };
        self.set_list(ACCEPTED, &write_csv(&sheet), DOMAIN, who).await
    }
}
