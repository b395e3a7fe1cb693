//! A record of an aggregate report, as a step is judged by.

use serde_json::{Map, Value};

use tenant::moment::{self, DAY};

/// The longest period of a report that is believed. RFC 9990 has a day; a wrong date would cover any time.
const LONGEST_REPORT_DAYS: i64 = 8;

/// A record of an aggregate report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Begin of the period: microseconds since 1970 in UTC.
    pub begin: i64,
    /// End of the period.
    pub end: i64,
    /// The domain of the author, in lower case.
    pub header_from: String,
    /// Where the messages came from.
    pub source: String,
    /// Messages the record stands for.
    pub messages: u64,
    /// Whether a signature of an aligned domain passed.
    pub dkim_aligned: bool,
    /// Whether SPF passed for an aligned domain.
    pub spf_aligned: bool,
    /// What the receiver did: `none`, `quarantine` or `reject`.
    pub disposition: String,
    /// Why it did other than the policy asks, such as `forwarded` or `mailing_list`; empty without a reason.
    pub override_reason: String,
    /// The domain of the first signature that passed, else of the first.
    pub dkim_domain: String,
    /// Its result.
    pub dkim_result: String,
    /// The domain that SPF was about.
    pub spf_domain: String,
    /// Its result.
    pub spf_result: String,
    /// Who sent the report.
    pub reporter: String,
}

impl Row {
    /// A record from a row of the table `DmarcAggregate`, its values by column. `None` without a time, an author and a number of messages.
    #[must_use]
    pub fn read(values: &Map<String, Value>) -> Option<Self> {
        let text = |column: &str| values.get(column).and_then(Value::as_str).unwrap_or_default();
        let begin = moment::parse(text("Timestamp"))?;
        let messages = values.get("MessageCount").and_then(Value::as_i64).and_then(|count| u64::try_from(count).ok())?;
        let header_from = Some(text("HeaderFrom")).filter(|domain| !domain.is_empty()).unwrap_or_else(|| text("Domain"));
        (!header_from.is_empty()).then(|| Self {
            begin,
            end: moment::parse(text("EndTime")).unwrap_or(begin),
            header_from: header_from.to_ascii_lowercase(),
            source: text("SourceIP").to_owned(),
            messages,
            dkim_aligned: text("DkimAligned") == "pass",
            spf_aligned: text("SpfAligned") == "pass",
            disposition: text("Disposition").to_owned(),
            override_reason: text("OverrideReason").to_owned(),
            dkim_domain: text("DkimDomain").to_ascii_lowercase(),
            dkim_result: text("DkimResult").to_owned(),
            spf_domain: text("SpfDomain").to_ascii_lowercase(),
            spf_result: text("SpfResult").to_owned(),
            reporter: text("Organization").to_owned(),
        })
    }

    /// Whether the policy does nothing to these messages.
    #[must_use]
    pub const fn passes(&self) -> bool {
        self.dkim_aligned || self.spf_aligned
    }

    /// The days it covers, counted from 1970.
    pub(super) fn days(&self) -> std::ops::RangeInclusive<i64> {
        let first = self.begin.div_euclid(DAY);
        // A period ends with the last second of a day, or with the first of the next.
        let last = self.end.saturating_sub(1_000_000).div_euclid(DAY);
        first..=last.clamp(first, first + LONGEST_REPORT_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Row;

    fn read(row: &serde_json::Value) -> Option<Row> {
        Row::read(row.as_object()?)
    }

    #[test]
    fn a_row_of_the_table_is_a_record() {
        let row = json!({
            "Timestamp": "2026-11-20T00:00:00.0000000Z", "EndTime": "2026-11-20T23:59:59.0000000Z", "Domain": "example.com",
            "HeaderFrom": "News.example.com", "SourceIP": "192.0.2.25", "MessageCount": 12, "DkimAligned": "pass", "SpfAligned": "fail",
            "Disposition": "none", "DkimDomain": "example.com", "DkimResult": "pass", "Organization": "receiver.example", "Percent": null
        });
        let read = read(&row).unwrap();
        assert_eq!(
            (read.header_from.as_str(), read.messages, read.dkim_aligned, read.spf_aligned),
            ("news.example.com", 12, true, false)
        );
        assert_eq!((read.days().count(), read.passes(), read.reporter.as_str()), (1, true, "receiver.example"));
    }

    #[test]
    fn without_an_author_the_domain_reported_on_is_the_author() {
        let row = json!({ "Timestamp": "2026-11-20T00:00:00Z", "Domain": "example.com", "MessageCount": 1 });
        assert_eq!(read(&row).map(|row| (row.header_from, row.end - row.begin)), Some(("example.com".to_owned(), 0)));
    }

    #[test]
    fn what_says_too_little_is_no_record() {
        for row in [
            json!({ "Domain": "example.com", "MessageCount": 1 }),
            json!({ "Timestamp": "2026-11-20T00:00:00Z", "MessageCount": 1 }),
            json!({ "Timestamp": "2026-11-20T00:00:00Z", "Domain": "example.com", "MessageCount": -1 }),
        ] {
            assert_eq!(read(&row), None, "{row}");
        }
    }
}
