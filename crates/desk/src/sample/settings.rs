//! Settings: sources in every state, lists that may and may not be changed here, a target that fails.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{
    HOSTILE, NOW,
    domains::{ago, owned},
};
use crate::*;

/// Settings, and what was changed of them.
#[derive(Debug)]
pub(super) struct Sample {
    listed: Mutex<Vec<String>>,
    lists: Mutex<BTreeMap<String, (String, Sheet)>>,
    kept: Mutex<BTreeMap<String, Option<u32>>>,
}

impl Default for Sample {
    fn default() -> Self {
        let list = |alias: &str, key: &str, text: &str| {
            // A text of ours that is no list is an empty one: a test says that there is none.
            (alias.to_owned(), (key.to_owned(), read_watchlist(text, key).unwrap_or_default()))
        };
        let long: String = (0..400).map(|number| format!("10.0.{}.0/24,site {number}\n", number % 256)).collect();
        let lists = [
            list(
                "VIPUsers",
                "UserPrincipalName",
                "UserPrincipalName,Name,Note\nceo@contoso.com,Pat Lee,director\ncfo@contoso.com,\"Kim, Jo\",\n",
            ),
            list("Partners", "Domain", &format!("Domain,Note\nuniversity.example,{}\n", HOSTILE.replace(['"', ','], ""))),
            list("Networks", "Range", &format!("Range,Site\n{long}")),
            list("HighValueAssets", "", "Name\nerp\n"),
        ];
        Self {
            listed: Mutex::new(owned(["legacy.example", "shop.example"])),
            lists: Mutex::new(lists.into()),
            kept: Mutex::new([("UrlClickEvents".to_owned(), Some(90)), ("EmailEvents".to_owned(), Some(365))].into()),
        }
    }
}

/// The list that the configuration names, which is not changed here.
const FIXED: &str = "HighValueAssets";

fn source(name: &str, kind: &str, state: &str, message: &str, hours: Option<i64>, rows: Option<u64>, table: &str) -> SourceLine {
    SourceLine {
        name: name.to_owned(),
        kind: kind.to_owned(),
        state: state.to_owned(),
        message: message.to_owned(),
        last: hours.map(ago),
        rows,
        tables: vec![table.to_owned()],
    }
}

#[async_trait]
impl Settings for Sample {
    async fn sources(&self) -> Result<Vec<SourceLine>, Fault> {
        let refused = "Microsoft refused the sign-in (AADSTS7000222): the client secret ran out on 2026-11-18. Make a new one and write it into `tenant.secret`.";
        let quiet = format!("nothing came for 49 hours; it usually comes every 10 minutes; the last file was {HOSTILE}.csv");
        Ok(vec![
            source("message-traces", "feed", "trouble", refused, Some(51), Some(0), "EmailEvents"),
            source("incoming", "folder", "trouble", &quiet, Some(49), Some(0), "EmailEvents"),
            source("audit-records", "feed", "working", "", Some(0), Some(48_201), "OfficeActivity"),
            source("milter", "milter", "working", "", Some(0), Some(1_204_331), "EmailEvents"),
            source(
                "imaps://dmarc@mail.contoso.com/INBOX",
                "mailbox",
                "waiting",
                "looks again at 13:00",
                Some(11),
                Some(812),
                "DmarcAggregate",
            ),
            source("http", "http", "waiting", "nobody has sent anything yet", None, None, "EmailEvents"),
            source(
                "advanced-hunting",
                "feed",
                "off",
                "the configuration does not name it",
                None,
                None,
                "EmailPostDeliveryEvents",
            ),
        ])
    }

    async fn accepted_domains(&self) -> Result<Vec<AcceptedDomain>, Fault> {
        let domain = |name: &str, origin: &str, sends: &str| AcceptedDomain {
            name: name.to_owned(),
            origin: origin.to_owned(),
            sends: sends.to_owned(),
        };
        let mut domains = vec![
            domain("contoso.com", "configuration", "yes"),
            domain("contoso.onmicrosoft.com", "tenant", "unknown"),
            domain("example.com", "tenant", "yes"),
            domain("example.net", "configuration", "no"),
        ];
        let listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        domains.extend(listed.iter().map(|name| domain(name, "list", "unknown")));
        Ok(domains)
    }

    async fn set_accepted_domains(&self, names: &[String], _who: &str) -> Result<(), Fault> {
        let fits = |name: &String| {
            let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'));
            name.contains('.') && name.len() < 254 && letters && !name.split('.').any(str::is_empty)
        };
        if let Some(bad) = names.iter().find(|name| !fits(name)) {
            return Err(Fault::input(format!("`{bad}` is no name of a domain")));
        }
        *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = names.to_vec();
        Ok(())
    }

    async fn watchlists(&self) -> Result<Vec<WatchlistLine>, Fault> {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |(alias, (key, sheet)): (&String, &(String, Sheet))| WatchlistLine {
            alias: alias.clone(),
            rows: sheet.total,
            columns: sheet.columns.iter().map(|column| column.name.clone()).collect(),
            search_key: if key.is_empty() {
                sheet.columns.first().map(|column| column.name.clone()).unwrap_or_default()
            } else {
                key.clone()
            },
            updated_at: Some(ago(72)),
            editable: alias != FIXED,
        };
        Ok(lists.iter().map(line).collect())
    }

    async fn watchlist(&self, alias: &str) -> Result<Sheet, Fault> {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.get(alias).map(|(_, sheet)| sheet.clone()).ok_or_else(|| Fault::Unknown { what: "watchlist", id: alias.to_owned() })
    }

    async fn set_watchlist(&self, alias: &str, csv: &str, search_key: &str, _who: &str) -> Result<(), Fault> {
        let alias = watchlist_alias(alias)?;
        if alias == FIXED {
            return Err(Fault::Refused { reason: format!("the configuration names the file of {FIXED}: change it there") });
        }
        let sheet = read_watchlist(csv, search_key)?;
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(alias.to_owned(), (search_key.to_owned(), sheet));
        Ok(())
    }

    async fn targets(&self) -> Result<Vec<TargetLine>, Fault> {
        let target = |name: &str, shape: &str, address: &str| TargetLine {
            name: name.to_owned(),
            shape: shape.to_owned(),
            address: address.to_owned(),
            delivered: Some(ago(3)),
            ..TargetLine::default()
        };
        Ok(vec![
            target("soc", "teams", "https://contoso.example/workflows/…"),
            TargetLine {
                waiting: 14,
                delivered: Some(ago(60)),
                last_error: format!("503 Service Unavailable: {HOSTILE}"),
                ..target("pager", "generic", "https://pager.example/hooks/…")
            },
            TargetLine { delivered: None, ..target("siem", "syslog", "udp://siem.example:514") },
            target("admins", "email", "soc@contoso.com"),
        ])
    }

    async fn test_target(&self, name: &str, _who: &str) -> Result<String, Fault> {
        match name {
            "pager" => Err(Fault::Unavailable { reason: format!("pager.example answered 503: {HOSTILE}") }),
            "soc" | "admins" => Ok("250 2.0.0 accepted".to_owned()),
            "siem" => Ok("sent by UDP: nobody says whether it arrived".to_owned()),
            other => Err(Fault::Unknown { what: "notification target", id: other.to_owned() }),
        }
    }

    async fn storage(&self) -> Result<Vec<StoredTable>, Fault> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = [
            ("EmailEvents", 9_120_331, 812 << 20, 140),
            ("EmailPostDeliveryEvents", 81_200, 9 << 20, 30),
            ("EmailUrlInfo", 30_120_811, 1_240 << 20, 140),
            ("UrlClickEvents", 120_331, 12 << 20, 31),
            ("OfficeActivity", 1_204_331, 91 << 20, 61),
            ("DmarcAggregate", 48_201, 3 << 20, 12),
            ("TlsReports", 0, 0, 0),
        ];
        let table = |(name, rows, bytes, files): &(&str, u64, u64, u64)| StoredTable {
            name: (*name).to_owned(),
            rows: *rows,
            bytes: *bytes,
            files: *files,
            first: (*rows > 0).then(|| ago(24 * 365)),
            last: (*rows > 0).then_some(NOW),
            keep_days: kept.get(*name).copied().flatten(),
        };
        Ok(tables.iter().map(table).collect())
    }

    async fn set_retention(&self, table: &str, days: Option<u32>, _who: &str) -> Result<(), Fault> {
        if !self.storage().await?.iter().any(|known| known.name == table) {
            return Err(Fault::Unknown { what: "table", id: table.to_owned() });
        }
        if days == Some(0) {
            return Err(Fault::input("a table is kept for one day at least"));
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(table.to_owned(), days);
        Ok(())
    }

    async fn configuration(&self) -> Result<Vec<(String, String, String)>, Fault> {
        let rows = [
            ("domains.own", "contoso.com, example.net", "spoofwatch.toml line 3"),
            ("fixes.approvers", "kim, lee", "spoofwatch.toml line 9"),
            ("fixes.verify-hours", "48", "built in"),
            ("listen", "127.0.0.1:8080", "built in"),
            ("tenant.id", "contoso.onmicrosoft.com", "spoofwatch.toml line 20"),
            ("tenant.secret-file", "(hidden)", "spoofwatch.toml line 22"),
            ("dns-update.key-file", "(hidden)", "spoofwatch.toml line 30"),
            ("notify.soc.template", HOSTILE, "spoofwatch.toml line 41"),
        ];
        Ok(rows.map(|(key, value, from)| (key.to_owned(), value.to_owned(), from.to_owned())).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_list_that_is_written_is_read_again() {
        let sample = Sample::default();
        assert_eq!(sample.watchlists().await.unwrap().iter().map(|list| list.rows).collect::<Vec<_>>(), [1, 400, 1, 2]);
        sample.set_watchlist("New", "A,B\n1,2\n", "B", "ann").await.unwrap();
        assert_eq!(sample.watchlist("New").await.unwrap().rows.len(), 1);
        for (alias, text) in [("../New", "A\n"), ("New", "A,A\n"), (FIXED, "A\n")] {
            assert!(sample.set_watchlist(alias, text, "", "ann").await.is_err(), "{alias}");
        }
    }

    #[tokio::test]
    async fn what_is_changed_is_seen() {
        let sample = Sample::default();
        sample.set_accepted_domains(&owned(["new.example"]), "ann").await.unwrap();
        assert!(sample.accepted_domains().await.unwrap().iter().any(|domain| domain.name == "new.example"));
        assert!(sample.set_accepted_domains(&owned(["../x"]), "ann").await.is_err());
        sample.set_retention("EmailEvents", None, "ann").await.unwrap();
        assert_eq!(sample.storage().await.unwrap()[0].keep_days, None);
        assert!(sample.set_retention("../x", None, "ann").await.is_err());
    }
}
