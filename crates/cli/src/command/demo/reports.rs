//! What receivers would have reported of the month: aggregate reports (RFC 9990), a file a day, a domain and a receiver, taken in as real ones are.

use std::{collections::BTreeMap, path::Path};

use sources::{Input, Place};

use crate::{
    command::ingest::{self, Totals},
    failure::Failure,
};

/// Who sends, a line each; a domain that publishes nothing has no reports.
const SOURCES: &str = include_str!("../../../../../content/demo/dmarc-sources.tsv");
/// Who reports, and which share of all mail each of them sees, in percent.
const RECEIVERS: [(&str, u64); 2] = [("receiver.example", 60), ("mailbox.example", 40)];
/// Seconds of a day.
const DAY: i64 = 86_400;

/// A line of [`SOURCES`].
struct Source<'a> {
    domain: &'a str,
    published: &'a str,
    address: &'a str,
    envelope: &'a str,
    spf: &'a str,
    selector: &'a str,
    dkim: &'a str,
    daily: u64,
    /// Since how many days.
    since: i64,
}

impl<'a> Source<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut cells = line.split('\t');
        Some(Self {
            domain: cells.next()?,
            published: cells.next()?,
            address: cells.next()?,
            envelope: cells.next()?,
            spf: cells.next()?,
            selector: cells.next()?,
            dkim: cells.next()?,
            daily: cells.next()?.parse().ok()?,
            since: cells.next()?.parse().ok()?,
        })
    }

    /// Whether SPF passes for a domain that is aligned with that of the header.
    fn spf_aligned(&self) -> bool {
        self.spf == "pass" && self.envelope == self.domain
    }

    fn record(&self, count: u64) -> String {
        let verdict = |passes: bool| if passes { "pass" } else { "fail" };
        let (spf, dkim) = (self.spf_aligned(), self.dkim == "pass");
        let disposition = if spf || dkim { "none" } else { self.published };
        let signature = match self.selector {
            "" => String::new(),
            selector => format!(
                "<dkim><domain>{}</domain><selector>{selector}</selector><result>{}</result></dkim>",
                self.domain, self.dkim
            ),
        };
        format!(
            "<record><row><source_ip>{}</source_ip><count>{count}</count><policy_evaluated><disposition>{disposition}</disposition>\
             <dkim>{}</dkim><spf>{}</spf></policy_evaluated></row><identifiers><header_from>{}</header_from></identifiers>\
             <auth_results>{signature}<spf><domain>{}</domain><scope>mfrom</scope><result>{}</result></spf></auth_results></record>",
            self.address,
            verdict(dkim),
            verdict(spf),
            self.domain,
            self.envelope,
            self.spf,
        )
    }
}

/// Takes the reports of `days` days before `end` (seconds since 1970) in.
pub(super) async fn store(directory: &Path, end: i64, days: i64) -> Result<(), Failure> {
    let sources: Vec<Source> = SOURCES.lines().filter(|line| !line.starts_with('#')).filter_map(Source::read).collect();
    let inputs: Vec<Input> = (1..=days)
        .rev()
        .flat_map(|ago| of_day(&sources, end.div_euclid(DAY).saturating_sub(ago).saturating_mul(DAY), ago))
        .map(|(name, text)| Input { name, place: Place::Memory(text.into_bytes().into()) })
        .collect();
    let mut totals = Totals::default();
    ingest::ingest(directory, &sources::Options::default(), &inputs, &mut totals).await?;
    Failure::all(totals.failures)
}

/// The reports of the day that begins at a moment.
fn of_day(sources: &[Source], begin: i64, ago: i64) -> Vec<(String, String)> {
    let mut domains: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.since >= ago && source.published != "-") {
        domains.entry(source.domain).or_default().push(source);
    }
    // Less mail at the weekend; 1970-01-01 was a Thursday.
    let weekday = (begin.div_euclid(DAY) + 3).rem_euclid(7);
    let busy = if weekday >= 5 { 35 } else { 100 };
    let mut reports = Vec::new();
    for (domain, sources) in domains {
        for (receiver, share) in RECEIVERS {
            let policy = sources.first().map_or("none", |source| source.published);
            let records: String =
                sources.iter().map(|source| source.record((source.daily * share * busy / 10_000).max(1))).collect();
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><feedback><report_metadata><org_name>{receiver}</org_name>\
                 <email>dmarc@{receiver}</email><report_id>{domain}-{begin}</report_id><date_range><begin>{begin}</begin>\
                 <end>{}</end></date_range></report_metadata><policy_published><domain>{domain}</domain><adkim>r</adkim><aspf>r</aspf>\
                 <p>{policy}</p><sp>{policy}</sp><pct>100</pct></policy_published>{records}</feedback>",
                begin + DAY - 1
            );
            reports.push((format!("{receiver}!{domain}!{begin}!{}.xml", begin + DAY - 1), text));
        }
    }
    reports
}
