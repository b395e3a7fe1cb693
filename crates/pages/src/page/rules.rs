//! `/rules`: every rule and how it fares: its last run, how long it takes, what it raises, how much of that was true.

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use desk::RuleLine;
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, Role, Visitor, answer,
    component::{self, Column, Field, Row, Table, Tile, Tone},
    layout::{self, Frame, Key, Nav, icon},
};

/// More alerts than this in 30 days, with less than a tenth of them true, is noise.
const NOISE: u64 = 100;

/// Of closed alerts, the part that has to be true for a rule not to be noise.
const PRECISE: f64 = 0.1;

const KEYS: [Key; 3] = [
    Key { keys: "/", does: "Filter the rules" },
    Key { keys: "n", does: "A new rule" },
    Key { keys: "m", does: "The ATT&CK matrix" },
];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/rules", get(show)).route("/rules/{key}/enable", post(enable))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Words of name, key, tags, tables, techniques.
    q: String,
    /// A state of [`STATES`]; empty: all.
    state: String,
    format: String,
    severity: String,
    /// A column; `-` before it: the largest first.
    sort: String,
}

/// A state: its name, its words, and which rules are in it.
type Narrowed = (&'static str, &'static str, fn(&RuleLine) -> bool);

/// States a list can be narrowed to: name, words, and which rules they are.
const STATES: [Narrowed; 6] = [
    ("trouble", "In trouble", in_trouble),
    ("noisy", "Noisy", is_noisy),
    ("never", "Never ran", |line| line.last_run.is_none() && line.kind != "hunting"),
    ("lint", "With lint findings", |line| line.lint != (0, 0)),
    ("enabled", "Running", |line| line.enabled),
    ("disabled", "Off", |line| !line.enabled),
];

fn in_trouble(line: &RuleLine) -> bool {
    line.enabled && matches!(line.last_status.as_str(), "failed" | "warning")
}

fn raised(line: &RuleLine) -> u64 {
    line.days.iter().sum()
}

fn is_noisy(line: &RuleLine) -> bool {
    raised(line) > NOISE && line.precision.is_none_or(|precision| precision < PRECISE)
}

impl Asked {
    fn fits(&self, line: &RuleLine) -> bool {
        let state = STATES.iter().find(|(name, _, _)| *name == self.state).is_none_or(|(_, _, fits)| fits(line));
        let words = self.q.to_lowercase();
        let mut texts: Vec<&str> = vec![&line.name, &line.key, &line.file];
        texts.extend(line.tags.iter().chain(&line.tables).map(String::as_str));
        texts.extend(line.techniques.iter().flat_map(|technique| [technique.id.as_str(), technique.name.as_str()]));
        let said = words.split_whitespace().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)));
        let same = |asked: &str, has: &str| asked.is_empty() || asked == has;
        state && said && same(&self.format, &line.format) && same(&self.severity, &line.severity)
    }

    fn address(&self, change: (&str, &str)) -> String {
        let own = [
            ("q", self.q.as_str()),
            ("state", &self.state),
            ("format", &self.format),
            ("severity", &self.severity),
            ("sort", &self.sort),
        ];
        answer::address("/rules", &own.map(|(name, value)| if name == change.0 { change } else { (name, value) }))
    }

    /// Puts rules in order: trouble first where nothing is asked for.
    fn sorted(&self, mut lines: Vec<RuleLine>) -> Vec<RuleLine> {
        let (field, down) = self.sort.strip_prefix('-').map_or((self.sort.as_str(), false), |field| (field, true));
        match field {
            "name" => lines.sort_by_key(|line| line.name.to_lowercase()),
            "severity" => lines.sort_by_key(|line| component::severity_rank(&line.severity)),
            "last" => lines.sort_by_key(|line| line.last_run),
            "took" => lines.sort_by_key(|line| line.duration_us),
            "hits" => lines.sort_by_key(|line| line.hits),
            "alerts" => lines.sort_by_key(raised),
            "precision" => lines.sort_by(|one, other| one.precision.unwrap_or(-1.0).total_cmp(&other.precision.unwrap_or(-1.0))),
            "open" => lines.sort_by_key(|line| line.open),
            _ => lines.sort_by_key(|line| (!in_trouble(line), !is_noisy(line), !line.enabled, line.name.to_lowercase())),
        }
        if down {
            lines.reverse();
        }
        lines
    }

    fn heading(&self, key: &str, words: &str) -> Column {
        let down = self.sort.strip_prefix('-') == Some(key);
        let up = self.sort == key;
        let next = if up { format!("-{key}") } else { key.to_owned() };
        Column::new(key, words).sort(self.address(("sort", &next)), up.then_some("ascending").or(down.then_some("descending")))
    }
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Rules", Nav::Rules, &visitor).keys(&KEYS);
    let lines = match pages.desk.rules.rules().await {
        Ok(lines) => lines,
        Err(fault) => return frame.fault(&fault),
    };
    let tiles = tiles(&lines, &asked);
    let filter = filter(&lines, &asked);
    let all = lines.len();
    let shown = asked.sorted(lines.into_iter().filter(|line| asked.fits(line)).collect());
    let actions = html! {
        a.button.quiet href="/rules/coverage" data-key="m" { "ATT&CK matrix" }
        @if visitor.may(Role::Admin) {
            a.button.quiet href="/rules/import" { "Import" }
            a.button.primary href="/rules/new" data-key="n" { (icon("plus")) "New rule" }
        }
    };
    frame.lead(html! { (shown.len()) " of " (all) " rules" }).actions(actions).render(html! {
        (tiles)
        (filter)
        @if shown.is_empty() {
            (component::empty("No rule fits.", html! { a href="/rules" { "All rules" } }))
        } @else {
            (table(&shown, &asked))
        }
    })
}

fn tiles(lines: &[RuleLine], asked: &Asked) -> Markup {
    let count = |state: &str| {
        STATES.iter().find(|(name, _, _)| *name == state).map_or(0, |(_, _, fits)| lines.iter().filter(|line| fits(line)).count())
    };
    let tile = |state: &str, label: &'static str, tone: Tone| {
        let many = count(state);
        let tone = if many == 0 { Tone::Quiet } else { tone };
        Tile { label, value: many.to_string(), tone, address: Some(asked.address(("state", state))), ..Tile::default() }.render()
    };
    html! {
        div.tiles {
            (tile("enabled", "Running", Tone::Good))
            (tile("trouble", "In trouble", Tone::Bad))
            (tile("noisy", "Noisy", Tone::Warn))
            (tile("never", "Never ran", Tone::Info))
            (tile("lint", "With lint findings", Tone::Warn))
        }
    }
}

fn filter(lines: &[RuleLine], asked: &Asked) -> Markup {
    let mut formats: Vec<&str> = lines.iter().map(|line| line.format.as_str()).collect();
    formats.sort_unstable();
    formats.dedup();
    let of = |all: &'static str, values: &[&'static str]| {
        std::iter::once(("", all)).chain(values.iter().map(|value| (*value, *value))).collect::<Vec<_>>()
    };
    let states: Vec<(&str, &str)> =
        std::iter::once(("", "All")).chain(STATES.iter().map(|(name, words, _)| (*name, *words))).collect();
    let formats: Vec<(&str, &str)> =
        std::iter::once(("", "All")).chain(formats.into_iter().map(|format| (format, format))).collect();
    html! {
        form.bar method="get" action="/rules" role="search" {
            div.grow { (Field { name: "q", label: "Filter", value: &asked.q, key: "/", ..Field::default() }.text("search")) }
            (Field { name: "state", label: "State", value: &asked.state, ..Field::default() }.select(&states))
            (Field { name: "format", label: "Format", value: &asked.format, ..Field::default() }.select(&formats))
            (Field { name: "severity", label: "Severity", value: &asked.severity, ..Field::default() }
                .select(&of("All", &["critical", "high", "medium", "low", "informational"])))
            input type="hidden" name="sort" value=(asked.sort);
            button.button type="submit" { "Filter" }
        }
    }
}

fn table(lines: &[RuleLine], asked: &Asked) -> Markup {
    let number = |column: Column| Column { number: true, ..column };
    let columns = vec![
        asked.heading("name", "Rule"),
        asked.heading("severity", "Severity"),
        Column::new("state", "Health"),
        asked.heading("last", "Last run"),
        number(asked.heading("took", "Takes")),
        number(asked.heading("alerts", "Alerts, 30 days")),
        number(asked.heading("hits", "Hits")).hidden(),
        number(asked.heading("precision", "True")),
        number(asked.heading("open", "Open")),
        Column::new("lint", "Lint"),
        Column::new("format", "Format").hidden(),
        Column::new("tables", "Tables").hidden(),
        Column::new("techniques", "Techniques").hidden(),
    ];
    let row = |line: &RuleLine| {
        let page = format!("/rules/{}", answer::segment(&line.key));
        Row::new(vec![
            html! { a href=(page) dir="auto" { (line.name) } @for tag in &line.tags { " " (component::tag(tag)) } },
            component::severity(&line.severity),
            health(line),
            html! { @match line.last_run { Some(at) => (component::moment(at)), None => span.soft { "never" } } },
            html! { @if line.last_run.is_some() { (component::duration(line.duration_us)) } },
            html! { span.with-spark { (days(&line.days)) (component::number(raised(line))) } },
            html! { (component::number(line.hits)) },
            html! { @match line.precision { Some(precision) => { (percent(precision)) }, None => span.soft title="None of its alerts was closed" { "–" } } },
            html! { @if line.open > 0 { a href=(answer::address("/alerts", &[("q", &format!("rule:\"{}\"", line.key.replace('"', "\\\"")))])) { (line.open) } } @else { "0" } },
            lint(line.lint),
            html! { (line.format) },
            html! { @for table in &line.tables { (component::tag(table)) " " } },
            html! { @for technique in &line.techniques { (component::tag(&technique.id)) " " } },
        ])
    };
    Table {
        key: "rules",
        caption: "Rules".to_owned(),
        columns,
        rows: lines.iter().map(row).collect(),
        choice: true,
        ..Table::default()
    }
    .render()
}

/// How a rule is, in a word, with the reason below it.
pub(super) fn health(line: &RuleLine) -> Markup {
    let (tone, words) = match line.last_status.as_str() {
        _ if line.kind == "hunting" => (Tone::Quiet, "Hunting"),
        _ if !line.enabled => (Tone::Quiet, "Off"),
        "failed" => (Tone::Bad, "Failing"),
        "warning" => (Tone::Warn, "Warning"),
        _ if is_noisy(line) => (Tone::Warn, "Noisy"),
        "" => (Tone::Info, "Never ran"),
        _ => (Tone::Good, "Healthy"),
    };
    html! {
        (component::badge(tone, words))
        @if in_trouble(line) && !line.last_message.is_empty() { div.soft.small.health-why { (component::told(&line.last_message)) } }
    }
}

pub(super) fn lint((errors, warnings): (u32, u32)) -> Markup {
    html! {
        @if errors > 0 { (component::badge(Tone::Bad, &format!("{errors} error{}", if errors == 1 { "" } else { "s" }))) " " }
        @if warnings > 0 { (component::badge(Tone::Warn, &format!("{warnings} warning{}", if warnings == 1 { "" } else { "s" }))) }
        @if errors + warnings == 0 { span.soft { "clean" } }
    }
}

/// A share in per cent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Alerts a day as little columns.
pub(super) fn days(days: &[u64]) -> Markup {
    component::sparkline(days, &format!("{} alerts in {} days", days.iter().sum::<u64>(), days.len()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Switch {
    /// `true` or `false`.
    enabled: String,
}

async fn enable(State(pages): State<Pages>, visitor: Visitor, Path(key): Path<String>, Form(switch): Form<Switch>) -> Response {
    let enabled = switch.enabled == "true";
    let done = match answer::needs(&visitor, Role::Admin, "switching a rule") {
        Ok(()) => pages.desk.rules.enable(&key, enabled, &visitor.name).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => layout::seen(
            &format!("/rules/{}", answer::segment(&key)),
            if enabled { "The rule runs from now on" } else { "The rule is off" },
        ),
        Err(fault) => Frame::new("Rule", Nav::Rules, &visitor).crumb("Rules", "/rules").fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn every_rule_is_listed_and_a_hostile_name_does_nothing() {
        let page = Browser::of(Role::Viewer).get("/rules").await;
        assert!(page.text.contains("34 of 34 rules"), "{}", page.text);
        assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src") && !page.text.contains("<b onclick"));
        assert!(!page.text.contains("\"/rules/new\""), "a viewer is offered what an admin may do");
    }

    #[tokio::test]
    async fn trouble_stands_first_and_can_be_filtered_for() {
        let page = Browser::of(Role::Admin).get("/rules?state=trouble").await;
        assert!(page.text.contains("5 of 34 rules") && page.text.contains("did you mean"), "{}", page.text);
        let page = Browser::of(Role::Admin).get("/rules?q=dkim+tenant&severity=high").await;
        assert!(page.text.contains("1 of 34 rules"), "{}", page.text);
    }

    #[tokio::test]
    async fn a_column_sorts_both_ways() {
        let page = Browser::of(Role::Viewer).get("/rules?sort=-alerts").await;
        let (noisy, calm) = (page.text.find("/rules/noisy-newsletter").unwrap(), page.text.find("/rules/never-ran").unwrap());
        assert!(noisy < calm && page.text.contains("aria-sort=\"descending\"") && page.text.contains("sort=alerts"));
    }

    #[tokio::test]
    async fn only_an_admin_switches_a_rule() {
        assert_eq!(Browser::of(Role::Analyst).post("/rules/disabled-by-hand/enable", &[("enabled", "true")]).await.status, 403);
        let admin = Browser::of(Role::Admin);
        let done = admin.post("/rules/disabled-by-hand/enable", &[("enabled", "true")]).await;
        assert!(done.status == 303 && done.location.starts_with("/rules/disabled-by-hand?said="), "{done:?}");
        assert_eq!(admin.post("/rules/..%2Fx/enable", &[("enabled", "true")]).await.status, 404);
    }
}
