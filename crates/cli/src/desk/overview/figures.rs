//! What is counted over messages and alerts: figures of a day against the days before, charts, own domains.

use ::desk::{Column, Fault, Figure, Panel, Sheet};
use serde_json::{Value, json};
use state::Moment;

use super::{
    Here,
    panels::{Counts, drawn},
};
use crate::desk::asking::number;

/// Days before the last 24 hours that are the usual.
const USUAL: usize = 14;
/// Of fewer days nothing is usual.
const ENOUGH: usize = 3;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Messages of the last 24 hours and of each 24 hours before, as far back as is usual.
const BY_DAY: &str = "let End = now(); EmailEvents | where Timestamp > End - 15d and Timestamp <= End \
    | extend Day = toint((End - Timestamp) / 1d), A = parse_json(AuthenticationDetails) \
    | summarize Messages = count(), SPF = countif(tostring(A.SPF) in (\"fail\", \"softfail\", \"permerror\", \"temperror\")), \
    DKIM = countif(tostring(A.DKIM) in (\"fail\", \"permerror\", \"temperror\")), \
    DMARC = countif(tostring(A.DMARC) in (\"fail\", \"permerror\", \"temperror\")), \
    CompAuth = countif(tostring(A.CompAuth) == \"fail\") by Day";

/// Columns of [`BY_DAY`] with what a figure of them is called.
const FAILED: [(&str, &str); 4] =
    [("SPF", "SPF failed"), ("DKIM", "DKIM failed"), ("DMARC", "DMARC failed"), ("CompAuth", "compauth failed")];

/// The values of a figure: today's, and of the days before, the oldest first.
struct Days {
    today: f64,
    before: Vec<f64>,
}

impl Days {
    /// The median of the days before, where enough are known.
    fn usual(&self) -> Option<f64> {
        let mut sorted = self.before.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            ..ENOUGH => None,
            even if even % 2 == 0 => Some(f64::midpoint(*sorted.get(middle - 1)?, *sorted.get(middle)?)),
            _ => sorted.get(middle).copied(),
        }
    }

    fn figure(self, label: &str, unit: &str, bad: &str, hunt: &str) -> Figure {
        let usual = self.usual();
        let skipped = (self.before.len() + 1).saturating_sub(USUAL);
        Figure {
            label: label.to_owned(),
            value: self.today,
            usual,
            unit: unit.to_owned(),
            bad: bad.to_owned(),
            days: self.before.into_iter().chain([self.today]).skip(skipped).collect(),
            hunt: hunt.to_owned(),
        }
    }
}

impl Here {
    pub(super) async fn figures(&self, now: Moment) -> Result<Vec<Figure>, Fault> {
        let sheet = self.desk.rows(BY_DAY, 2 * USUAL).await?;
        let of = |day: usize, column: &str| {
            #[expect(clippy::cast_precision_loss, reason = "days are few")]
            let row = sheet.rows.iter().find(|row| number(&sheet, row, "Day") == Some(day as f64));
            row.and_then(|row| number(&sheet, row, column))
        };
        // What came before the first message is not known, a day without any among others is.
        let first = (1..=USUAL).rev().find(|day| of(*day, "Messages").is_some()).unwrap_or_default();
        let messages = |day: usize| of(day, "Messages").unwrap_or_default();
        let counts = Days { today: messages(0), before: (1..=first).rev().map(messages).collect() };
        let mut figures = vec![counts.figure("Messages", "count", "", "EmailEvents | where Timestamp > ago(1d) | take 1000")];
        for (column, label) in FAILED {
            let share = |day: usize| match messages(day) {
                0.0 => 0.0,
                all => of(day, column).unwrap_or_default() * 100.0 / all,
            };
            let days = Days { today: share(0), before: (1..=first).rev().map(share).collect() };
            let hunt = format!(
                "EmailEvents | where Timestamp > ago(1d) | where tostring(parse_json(AuthenticationDetails).{column}) !in (\"pass\", \"\") \
                 | take 1000"
            );
            figures.push(days.figure(label, "percent", "up", &hunt));
        }
        figures.push(self.alerts(now).await?);
        Ok(figures)
    }

    async fn alerts(&self, now: Moment) -> Result<Figure, Fault> {
        let days = i64::try_from(USUAL).unwrap_or_default() + 1;
        let raised = self.desk.state().raised_since(now.saturating_sub(days * DAY), DAY).await?;
        #[expect(clippy::cast_precision_loss, reason = "counts of alerts are small")]
        let on = |place: i64| raised.iter().filter(|(known, ..)| *known == place).map(|(_, _, count)| *count).sum::<i64>() as f64;
        let first = raised.iter().map(|(place, ..)| *place).min().unwrap_or(days - 1);
        let before = (first..days - 1).map(on).collect();
        // What was raised at this very moment is of today, too.
        let today = on(days - 1) + on(days);
        let hunt = "SecurityAlert | where TimeGenerated > ago(1d) | sort by TimeGenerated desc";
        Ok(Days { today, before }.figure("Alerts", "count", "up", hunt))
    }

    pub(super) async fn charts(&self, days: u32, now: Moment) -> Result<Vec<Panel>, Fault> {
        let step = match days {
            ..=2 => "1h",
            3..=14 => "6h",
            _ => "1d",
        };
        let mut charts = self.message_charts(days, step).await?;
        charts.push(self.alerts_by_severity(days, step, now).await?);
        Ok(charts)
    }

    async fn alerts_by_severity(&self, days: u32, step: &str, now: Moment) -> Result<Panel, Fault> {
        let hunt = format!(
            "SecurityAlert | where TimeGenerated > ago({days}d) | summarize Alerts = count() by bin(TimeGenerated, {step}), AlertSeverity \
             | sort by TimeGenerated asc | render columnchart with (kind=stacked, title=\"Alerts\")"
        );
        let stretch = match step {
            "1h" => DAY / 24,
            "6h" => DAY / 4,
            _ => DAY,
        };
        let since = now.saturating_sub(i64::from(days) * DAY).div_euclid(stretch) * stretch;
        // Counted where they are kept: as tables they would be read whole.
        let raised = self.desk.state().raised_since(since, stretch).await?;
        let mut counts = Counts::new();
        for (place, severity, count) in raised {
            let micros = since.saturating_add(place.saturating_mul(stretch));
            let ticks = schema::text::datetime::from_unix_micros(micros).unwrap_or_default();
            *counts.entry((ticks, severity)).or_default() += count;
        }
        let asked = ("columnchart", &[("kind", "stacked"), ("title", "Alerts")][..]);
        let sheet = if counts.is_empty() { Sheet::default() } else { drawn(["Time", "Severity", "Alerts"], &counts, asked)? };
        Ok(Panel { title: "Alerts".to_owned(), sheet, hunt })
    }

    /// Failures in the name of own domains.
    pub(super) async fn own_domains(&self, days: u32) -> Result<Sheet, Fault> {
        let config = self.desk.config()?;
        let own = config.mail.own_domains.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        let own: Vec<String> = config.check.all(&own).into_iter().map(|(name, _)| name).collect();
        if own.is_empty() {
            let names = ["Domain", "Messages", "SPF", "DKIM", "DMARC"];
            let columns = names
                .map(|name| Column { name: name.to_owned(), ty: if name == "Domain" { "string" } else { "long" }.to_owned() });
            return Ok(Sheet { columns: columns.to_vec(), ..Sheet::default() });
        }
        let list = json!(own).to_string();
        let query = format!(
            "EmailEvents | where Timestamp > ago({days}d) and SenderFromDomain in~ (dynamic({list})) \
             | extend A = parse_json(AuthenticationDetails) | summarize Messages = count(), \
             SPF = countif(tostring(A.SPF) in (\"fail\", \"softfail\")), DKIM = countif(tostring(A.DKIM) == \"fail\"), \
             DMARC = countif(tostring(A.DMARC) == \"fail\") by Domain = tolower(SenderFromDomain) \
             | sort by DMARC desc, Messages desc, Domain asc"
        );
        let mut sheet = self.desk.rows(&query, 500).await?;
        // A domain that sends nothing is among them: nobody forging it is news, too.
        for name in own {
            if !sheet.rows.iter().any(|row| row.first().and_then(Value::as_str) == Some(name.as_str())) {
                sheet.rows.push(vec![json!(name), json!(0), json!(0), json!(0), json!(0)]);
            }
        }
        Ok(sheet)
    }
}

#[cfg(test)]
mod tests {
    use super::Days;

    #[test]
    fn the_usual_is_the_median_of_enough_days() {
        for (before, expected) in
            [(vec![], None), (vec![1.0, 2.0], None), (vec![9.0, 1.0, 2.0], Some(2.0)), (vec![4.0, 1.0, 2.0, 100.0], Some(3.0))]
        {
            assert_eq!(Days { today: 0.0, before: before.clone() }.usual(), expected, "{before:?}");
        }
    }

    #[test]
    fn days_are_fourteen_with_today_at_the_end() {
        let figure = Days { today: 99.0, before: (0..14).map(f64::from).collect() }.figure("x", "count", "", "");
        assert_eq!((figure.days.len(), figure.days.first().copied(), figure.days.last().copied()), (14, Some(1.0), Some(99.0)));
    }
}
