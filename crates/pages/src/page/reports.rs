//! `/reports/{view}`: what receivers report: domains, senders, what a stricter policy would have done, reporters, failures, TLS.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Pages, Visitor,
    answer::{address, segment},
    component::{Choice, Field, Rows, Tone, card, card_with, code, empty, figure, notice, tabs},
    layout::{Frame, Key, Nav},
};

/// Days that are looked at where nothing else is asked for, and at most.
const DAYS: (u32, u32) = (30, 3650);

/// The most rows of a view that are shown.
const MOST: usize = 500;

const KEYS: [Key; 1] = [Key { keys: "h", does: "Open the query behind it" }];

/// Words for the columns of views.
const NAMES: [(&str, &str); 31] = [
    ("Timestamp", "When"),
    ("ByDkim", "By DKIM"),
    ("BySpf", "By SPF"),
    ("Percent", "Passed, %"),
    ("FailingSenders", "Failing senders"),
    ("Looks", "Looks like"),
    ("PercentOfMail", "Of all mail, %"),
    ("NewlyQuarantined", "Quarantine would set apart"),
    ("NewlyRejected", "Reject would refuse"),
    ("Forwarder", "Fails: forwarder"),
    ("Service", "Fails: known service"),
    ("Unknown", "Fails: unknown"),
    ("ReporterEmail", "Reporter's address"),
    ("FirstSeen", "First seen"),
    ("LastSeen", "Last seen"),
    ("From", "From"),
    ("To", "Until"),
    ("FeedbackType", "Kind of report"),
    ("AuthFailure", "What failed"),
    ("DeliveryResult", "What became of it"),
    ("SourceIP", "Sent by"),
    ("SenderFromAddress", "Sender shown"),
    ("SenderMailFromAddress", "Sender of the envelope"),
    ("RecipientEmailAddress", "For"),
    ("ReporterAddress", "Reporter"),
    ("PolicyType", "Policy"),
    ("ResultType", "What went wrong"),
    ("Succeeded", "Encrypted sessions"),
    ("Failed", "Failed"),
    ("Organization", "Who reports"),
    ("Delivered", "Delivered all the same"),
];

/// Columns that most readers do not need.
const HIDDEN: [&str; 5] = ["ReporterEmail", "From", "To", "FirstSeen", "Reporters"];

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/reports", get(first)).route("/reports/{view}", get(show))
}

async fn first(State(pages): State<Pages>, visitor: Visitor) -> Response {
    match pages.desk.reports.views().first() {
        Some((id, _, _)) => Redirect::to(&format!("/reports/{}", segment(id))).into_response(),
        None => Frame::new("Reports", Nav::Reports, &visitor).render(empty("There are no reports", html! {})),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// An own domain; empty: all.
    domain: String,
    /// Over how many days; not a number, or none: as many as is usual.
    days: String,
}

impl Asked {
    fn days(&self) -> u32 {
        self.days.parse().unwrap_or(DAYS.0).clamp(1, DAYS.1)
    }
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(view): Path<String>, Query(asked): Query<Asked>) -> Response {
    let days = asked.days();
    let views = pages.desk.reports.views();
    let own = |path: &str| {
        let days = if days == DAYS.0 { String::new() } else { days.to_string() };
        address(path, &[("domain", &asked.domain), ("days", &days)])
    };
    let links: Vec<(&str, String)> =
        views.iter().map(|(id, title, _)| (title.as_str(), own(&format!("/reports/{}", segment(id))))).collect();
    let active = views.iter().position(|(id, _, _)| *id == view);
    let shows = active.and_then(|at| views.get(at)).map_or("", |(_, _, shows)| shows.as_str());
    let frame = Frame::new("Reports", Nav::Reports, &visitor);
    let (sheet, query) = match pages.desk.reports.view(&view, asked.domain.trim(), days).await {
        Ok(found) => found,
        Err(fault) => return frame.fault(&fault),
    };
    let hunt = address("/hunt", &[("q", &query)]);
    let days_text = days.to_string();
    let domains = pages.desk.domains.domains().await.unwrap_or_default();
    let names: Vec<String> = domains.into_iter().map(|line| line.name).collect();
    let drawn = sheet.chart.as_ref().map(figure);
    let table = Rows {
        key: "report",
        caption: shows.to_owned(),
        sheet: &sheet,
        most: MOST,
        names: &NAMES,
        hidden: &HIDDEN,
        link: &|column, value| link(&view, column, value),
    };
    frame.tabs(tabs("Reports", &links, active.unwrap_or(usize::MAX))).lead(html! { (shows) }).keys(&KEYS).render(html! {
        (filter(&view, &asked.domain, &names, &days_text))
        @if sheet.rows.is_empty() {
            (empty("No reports for this", html! { "Ask for reports in the record of DMARC (" code { "rua=" } "), and read them with "
                code { "spoofwatch reports fetch" } " or " code { "spoofwatch ingest" } "." }))
        } @else {
            (means(&view))
            @if let Some(drawn) = drawn { (card("In short", drawn)) }
            (table.render())
        }
        (card_with("The query behind it", html! { a.button.small href=(hunt) data-key="h" { "Open in Hunt" } }, code(&query, &[])))
    })
}

/// Where a value leads: a domain to its page, a sender's addresses to the senders.
fn link(view: &str, column: &str, value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    match column {
        "Domain" if view == "domains" || view == "policy" => Some(address("/reports/senders", &[("domain", text)])),
        "Domain" => Some(format!("/domains/{}", segment(text))),
        "SenderFromAddress" | "RecipientEmailAddress" => Some(address("/messages", &[("q", text)])),
        _ => None,
    }
}

/// What a view means for who decides.
fn means(view: &str) -> Markup {
    match view {
        "policy" => notice(
            Tone::Info,
            html! {
                p { "A policy only touches mail that proves nothing. Look at what would be refused: "
                    strong { "unknown" } " is most often forged, " strong { "service" } " is most often yours and not set up yet, "
                    strong { "forwarder" } " is honest mail that somebody passed on." }
                p { "Before you go on to a stricter policy, set up every service that sends for you." }
            },
        ),
        "senders" => notice(
            Tone::Info,
            html! { "Whoever fails here and is yours has to be set up before the policy is stricter. Whoever is not yours is what the policy is for." },
        ),
        _ => html! {},
    }
}

fn filter(view: &str, domain: &str, names: &[String], days: &str) -> Markup {
    let mut choices: Vec<Choice<'_>> = vec![("", "All domains")];
    choices.extend(names.iter().map(|name| (name.as_str(), name.as_str())));
    if !domain.is_empty() && !names.iter().any(|name| name == domain) {
        choices.push((domain, domain));
    }
    let mut spans: Vec<Choice<'_>> = vec![("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year")];
    if !spans.iter().any(|(value, _)| *value == days) {
        spans.push((days, days));
    }
    html! {
        form.bar method="get" action={ "/reports/" (segment(view)) } {
            (Field { name: "domain", label: "Domain", value: domain, key: "/", ..Field::default() }.select(&choices))
            (Field { name: "days", label: "Over", value: days, ..Field::default() }.select(&spans))
            button.button type="submit" { "Show" }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn every_view_has_its_rows_and_its_query() {
        let viewer = Browser::of(Role::Viewer);
        assert_eq!(viewer.get("/reports").await.location, "/reports/domains");
        for (view, words) in [
            ("domains", "1,203,900"),
            ("senders", "Fails: forwarder"),
            ("policy", "Reject would refuse"),
            ("reporters", "Example Mail"),
            ("failures", "auth-failure"),
            ("tls", "certificate-expired"),
        ] {
            let page = viewer.get(&format!("/reports/{view}?days=7&domain=")).await;
            assert_eq!(page.status, 200, "{view}");
            assert!(page.text.contains(words) && page.text.contains("(since=ago(7d))"), "{view}");
            assert!(!page.text.contains("<script>alert"), "{view}");
        }
    }

    #[tokio::test]
    async fn what_is_asked_for_stands_in_the_address_and_is_bounded() {
        let viewer = Browser::of(Role::Viewer);
        let page = viewer.get("/reports/senders?domain=example.com&days=99999999999").await;
        assert!(
            page.text.contains("newsletter.example") && !page.text.contains("mail.contoso.com") && page.text.contains("(30d)")
        );
        let page = viewer.get("/reports/senders?domain=%22%3E%3Cscript%3E&days=-1").await;
        assert!(page.status == 200 && !page.text.contains("\"><script>"));
        assert_eq!(viewer.get("/reports/..%2Fsenders").await.status, 404);
    }
}
