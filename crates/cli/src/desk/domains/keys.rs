//! Keys that sign for own domains, and what is to come.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::desk::{CalendarEntry, Fault, KeyLine};
use state::Moment;
use tokio::time::Instant;

use super::Here;
use crate::{
    command::DkimKeys,
    desk::{
        asking::{moment, number, quoted, text},
        told,
    },
    harden::{self, dkim::Row},
};

/// How long what signers and the tenant said is good enough: they are asked over the network.
const FRESH: Duration = Duration::from_secs(60);
/// How long a page waits for them.
const PATIENCE: Duration = Duration::from_secs(10);
/// Keys that are shown.
const MOST: usize = 5000;
/// Bits of RSA below which receivers may take a signature for none (RFC 8301 section 3.2).
const WEAK: u32 = 1024;

/// Keys as the DNS had them at the last look at each domain, and since when each was seen.
const SEEN: &str = "DkimKeys | summarize arg_max(TimeGenerated, *), First = min(TimeGenerated) by Name, PublicKey \
    | join kind=inner (DkimKeys | summarize Last = max(TimeGenerated) by Domain) on Domain | where TimeGenerated == Last";

/// When mail that a key signed last passed at a receiver, by what aggregate reports say: to the end of the time that a report is about. Who
/// forges a domain can name its keys too, but then does not pass.
const SIGNED: &str = "DmarcAggregate | summarize Last = max(coalesce(EndTime, Timestamp)) by Signatures = tostring(DkimResults) \
    | mv-expand Signature = parse_json(Signatures) | where tostring(Signature.result) =~ \"pass\" \
    | summarize Last = max(Last) by Domain = tolower(tostring(Signature.domain)), Selector = tolower(tostring(Signature.selector)) \
    | where isnotempty(Domain) and isnotempty(Selector)";

/// What signers and the tenant said lately.
#[derive(Debug, Default)]
pub(super) struct Lately(Mutex<Option<(Instant, Arc<Vec<Row>>)>>);

impl Here {
    /// Lines of keys that are known to be somebody's: own servers', the tenant's.
    async fn rows(&self) -> Result<Arc<Vec<Row>>, Fault> {
        let lately = self.keys.get_or_init(async || Lately::default()).await;
        let known = lately.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, rows)) = known.filter(|(at, _)| at.elapsed() < FRESH) {
            return Ok(rows);
        }
        let config = self.desk.config()?;
        if config.dkim.lines(self.desk.data()).is_empty() && !config.tenant.is_set() {
            return Ok(Arc::default());
        }
        let asked = async {
            let keys = DkimKeys::open(self.desk.data(), &config, &self.desk.looking.dns).await.map_err(told)?;
            keys.rows(&[], Some(self.desk.state()), harden::now()).await.map_err(told)
        };
        let rows = tokio::time::timeout(PATIENCE, asked).await.map_err(|_| Fault::Unavailable {
            reason: format!("signers and the tenant did not say within {} s how their keys are", PATIENCE.as_secs()),
        })??;
        let rows = Arc::new(rows);
        *lately.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&rows)));
        Ok(rows)
    }

    /// The keys of a domain, or all: those that are somebody's, and those that the DNS has besides.
    pub(super) async fn keys_of(&self, domain: Option<&str>) -> Result<Vec<KeyLine>, Fault> {
        let is_wanted = |name: &str| domain.is_none_or(|domain| domain.eq_ignore_ascii_case(name));
        let narrowed = domain.map(|domain| format!(" | where Domain == {}", quoted(domain))).unwrap_or_default();
        let asked = format!("{SEEN}{narrowed}");
        let (seen, signed) = tokio::try_join!(self.desk.rows(&asked, MOST), self.signed(domain))?;
        // Whom nobody can ask at the moment does not hide what the DNS has.
        let (rows, trouble) = match self.rows().await {
            Ok(rows) => (rows, String::new()),
            Err(fault) => (Arc::default(), fault.to_string()),
        };
        let mut lines: Vec<KeyLine> = Vec::new();
        let mut told = BTreeSet::new();
        for row in rows.iter().filter(|row| is_wanted(&row.domain)) {
            for key in &row.keys {
                told.insert((row.domain.to_ascii_lowercase(), key.selector.to_ascii_lowercase()));
                let last_seen = signed.get(&(row.domain.to_ascii_lowercase(), key.selector.to_ascii_lowercase())).copied();
                lines.push(KeyLine { last_seen, ..line(row, key) });
            }
        }
        for row in &seen.rows {
            let (domain, selector) = (text(&seen, row, "Domain"), text(&seen, row, "Selector"));
            if told.contains(&(domain.to_ascii_lowercase(), selector.to_ascii_lowercase())) {
                continue;
            }
            let kind = text(&seen, row, "KeyType");
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bits of a key are few")]
            let bits = number(&seen, row, "KeyBits").unwrap_or_default().max(0.0) as u32;
            let state = match kind {
                "revoked" => "revoked",
                "unusable" => "broken",
                "rsa" if bits < WEAK => "weak",
                _ => "published",
            };
            lines.push(KeyLine {
                domain: domain.to_owned(),
                selector: selector.to_owned(),
                algorithm: if matches!(kind, "rsa" | "ed25519") { kind.to_owned() } else { String::new() },
                bits,
                state: state.to_owned(),
                since: moment(&seen, row, "First"),
                last_seen: signed.get(&(domain.to_ascii_lowercase(), selector.to_ascii_lowercase())).copied(),
                trouble: trouble.clone(),
                ..KeyLine::default()
            });
        }
        lines.sort_by(|a, b| (&a.domain, a.state != "signing", &a.selector).cmp(&(&b.domain, b.state != "signing", &b.selector)));
        Ok(lines)
    }

    /// When each key was last seen to sign, by domain and selector in small letters.
    async fn signed(&self, domain: Option<&str>) -> Result<BTreeMap<(String, String), Moment>, Fault> {
        let narrowed =
            domain.map(|domain| format!(" | where Domain == {}", quoted(&domain.to_ascii_lowercase()))).unwrap_or_default();
        let sheet = self.desk.rows(&format!("{SIGNED}{narrowed}"), MOST).await?;
        let entry = |row: &Vec<serde_json::Value>| {
            let cell = |column: &str| text(&sheet, row, column).to_owned();
            Some(((cell("Domain"), cell("Selector")), moment(&sheet, row, "Last")?))
        };
        Ok(sheet.rows.iter().filter_map(entry).collect())
    }

    /// What was done with keys, and what is to come, by time.
    pub(super) async fn calendar(&self) -> Result<Vec<CalendarEntry>, Fault> {
        let now = harden::now();
        let Ok(rows) = self.rows().await else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        let mut domains = BTreeSet::new();
        for row in rows.iter() {
            domains.insert(row.domain.clone());
            let Some(at) = row.next else { continue };
            let state = match (row.overdue, at <= now) {
                (true, _) => "overdue",
                (false, true) => "now",
                (false, false) => "due",
            };
            let what = format!("{} ({})", row.then, row.signer);
            entries.push(CalendarEntry { at, domain: row.domain.clone(), what, state: state.to_owned() });
        }
        for domain in domains {
            let record = self.desk.state().history(&domain).await?;
            let done = record.into_iter().filter(|(_, _, action, _)| action == "dkim rotation");
            entries.extend(done.map(|(at, _, _, what)| CalendarEntry {
                at,
                domain: domain.clone(),
                what,
                state: "past".to_owned(),
            }));
        }
        entries.sort_by(|a, b| (a.at, &a.domain).cmp(&(b.at, &b.domain)));
        Ok(entries)
    }
}

fn line(row: &Row, key: &harden::dkim::KeyRow) -> KeyLine {
    let algorithm = key.algorithm.as_deref().map(|name| name.split('-').next().unwrap_or(name)).unwrap_or_default();
    KeyLine {
        domain: row.domain.clone(),
        selector: key.selector.clone(),
        algorithm: algorithm.to_owned(),
        bits: key.bits.unwrap_or_default(),
        state: if key.signs { "signing" } else { "published" }.to_owned(),
        signer: row.signer.clone(),
        since: key.since,
        last_seen: None,
        due: if key.signs { row.next } else { None },
        rotation: row.state.clone(),
        trouble: row.problems.join("; "),
    }
}
