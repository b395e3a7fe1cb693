//! The first page: a day with more forged mail than is usual.

use std::sync::Arc;

use async_trait::async_trait;
use chart::{Chart, Kind, Series, Stacking, X};
use serde_json::{Value, json};

use super::{
    NOW,
    alerts::brief,
    store::{DAY, MINUTE, Store, moment},
};
use crate::*;

/// The first page.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) store: Arc<Store>,
}

#[async_trait]
impl Overviews for Sample {
    async fn overview(&self, days: u32) -> Result<Overview, Fault> {
        let inner = self.store.lock();
        let mut open: Vec<&state::Alert> = inner.alerts.iter().filter(|alert| alert.status != "closed").collect();
        let rank = |alert: &state::Alert| state::SEVERITIES.iter().position(|known| *known == alert.severity);
        open.sort_by_key(|alert| (std::cmp::Reverse(rank(alert)), std::cmp::Reverse(alert.created_at)));
        let count = |severity: &str| open.iter().filter(|alert| alert.severity == severity).count() as u64;
        Ok(Overview {
            now: NOW,
            figures: figures(),
            charts: charts(days.clamp(1, 365)),
            domains: domains(),
            severities: state::SEVERITIES.iter().rev().map(|severity| ((*severity).to_owned(), count(severity))).collect(),
            alerts: open.iter().take(5).map(|alert| brief(alert)).collect(),
            troubles: vec![
                Trouble {
                    about: "Email Spoofing (T1672)".to_owned(),
                    what: "The last 3 runs failed: the query reads more than 2 GB. Narrow its window.".to_owned(),
                    page: "/rules/T1672-email-spoofing".to_owned(),
                },
                Trouble {
                    about: super::HOSTILE.to_owned(),
                    what: super::HOSTILE.to_owned(),
                    page: "javascript:alert(9)".to_owned(),
                },
            ],
            quiet: vec![Quiet { table: "UrlClickEvents".to_owned(), last: NOW - 26 * 60 * MINUTE, usual_us: 3 * 60 * MINUTE }],
        })
    }
}

fn figures() -> Vec<Figure> {
    let figure = |label: &str, unit: &str, bad: &str, now: f64, usual: Option<f64>| Figure {
        label: label.to_owned(),
        value: now,
        usual,
        unit: unit.to_owned(),
        bad: bad.to_owned(),
        days: (0..14_u32)
            .map(|day| if day == 13 { now } else { usual.unwrap_or(now) * (0.9 + f64::from(day * 7 % 5) / 20.0) })
            .collect(),
        hunt: "EmailEvents\n| where Timestamp > ago(1d)\n| count".to_owned(),
    };
    vec![
        figure("Messages", "count", "", 48_211.0, Some(46_900.0)),
        figure("DMARC failed", "percent", "up", 4.8, Some(1.9)),
        figure("SPF failed", "percent", "up", 2.2, Some(2.4)),
        figure("DKIM failed", "percent", "up", 3.1, Some(1.2)),
        figure("compauth failed", "percent", "up", 1.4, Some(1.4)),
        figure("Delivered to junk", "count", "", 812.0, None),
    ]
}

fn charts(days: u32) -> Vec<Panel> {
    let times: Vec<i64> = (0..i64::from(days)).rev().map(|ago| NOW - DAY / 2 - ago * DAY).collect();
    let wave = |base: f64, step: u32| -> Vec<Option<f64>> {
        (0..days).map(|day| Some((base * (1.0 + f64::from(day * step % 7) / 10.0)).round())).collect()
    };
    let panel = |title: &str, kind: Kind, stacking: Stacking, names: &[(&str, f64)]| {
        let series: Vec<Series> =
            names.iter().zip(2..).map(|((name, base), step)| Series::new(*name, wave(*base, step))).collect();
        let column = |name: &str, ty: &str| Column { name: name.to_owned(), ty: ty.to_owned() };
        let columns = std::iter::once(column("Timestamp", "datetime")).chain(names.iter().map(|(name, _)| column(name, "long")));
        let rows = times.iter().enumerate().map(|(place, at)| {
            let values = series.iter().map(|series| json!(series.values.get(place).copied().flatten()));
            std::iter::once(json!(moment(*at))).chain(values).collect::<Vec<Value>>()
        });
        let sheet = Sheet {
            columns: columns.collect(),
            rows: rows.collect(),
            total: u64::from(days),
            chart: Some(Chart { series: series.clone(), stacking, ..Chart::new(kind, X::Time(times.clone())) }),
            ..Sheet::default()
        };
        let hunt = "EmailEvents\n| summarize count() by bin(Timestamp, 1d), DeliveryAction\n| render timechart".to_owned();
        Panel { title: title.to_owned(), sheet, hunt }
    };
    let results = [("pass", 41_000.0), ("fail", 2_100.0), ("none", 900.0), ("temperror", 60.0)];
    vec![
        panel(
            "Messages",
            Kind::Timechart,
            Stacking::Default,
            &[("Inbound", 31_000.0), ("Outbound", 12_000.0), ("IntraOrg", 5_000.0)],
        ),
        panel("SPF", Kind::Areachart, Stacking::Stacked100, &results),
        panel("DKIM", Kind::Areachart, Stacking::Stacked100, &results),
        panel("DMARC", Kind::Areachart, Stacking::Stacked100, &results),
        panel("compauth", Kind::Areachart, Stacking::Stacked100, &results),
        panel(
            "Alerts by severity",
            Kind::Columnchart,
            Stacking::Stacked,
            &[("critical", 1.0), ("high", 3.0), ("medium", 6.0), ("low", 2.0)],
        ),
    ]
}

fn domains() -> Sheet {
    let column = |name: &str, ty: &str| Column { name: name.to_owned(), ty: ty.to_owned() };
    let mut columns = vec![column("Domain", "string")];
    columns.extend(["Messages", "SPF", "DKIM", "DMARC", "CompAuth"].map(|name| column(name, "long")));
    let rows = vec![
        vec![json!("contoso.com"), json!(31_204), json!(212), json!(1_801), json!(1_688), json!(402)],
        vec![json!("fabrikam.fr"), json!(8_110), json!(44), json!(12), json!(61), json!(9)],
        vec![json!("shop.contoso.com"), json!(905), json!(0), json!(3), json!(3), json!(0)],
        vec![json!(super::HOSTILE), json!(3), json!(3), json!(3), json!(3), json!(3)],
    ];
    Sheet { columns, total: 4, rows, ..Sheet::default() }
}
