//! `/domains/keys`: the keys that sign mail, what is wrong with them, and when each is replaced.

use axum::{Router, extract::State, response::Response, routing::get};
use desk::{CalendarEntry, KeyLine};
use maud::{Markup, html};

use super::domains::parts;
use crate::{
    Pages, Visitor,
    answer::segment,
    component::{Column, Row, Table, Tile, Tone, badge, card, cell, empty, moment, notice, prose, told},
    layout::{Frame, Nav},
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/domains/keys", get(show))
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let frame = Frame::new("DKIM keys", Nav::Domains, &visitor).crumb("Domains", "/domains").tabs(parts(1));
    let (keys, calendar) = match pages.desk.domains.keys().await {
        Ok(found) => found,
        Err(fault) => return frame.fault(&fault),
    };
    let lead = html! { "A DKIM key proves that mail is yours. Somebody may have copied one that is old, and can break one that is short: each is replaced in turn, before the old one goes." };
    let frame = frame.lead(lead);
    if keys.is_empty() && calendar.is_empty() {
        return frame.render(empty(
            "No key is known",
            html! { "Keys are found where domains are looked at, and by " code { "spoofwatch dkim status" } "." },
        ));
    }
    let overdue: Vec<&CalendarEntry> = calendar.iter().filter(|entry| entry.state == "overdue").collect();
    frame.render(html! {
        @for entry in &overdue {
            (notice(Tone::Bad, html! { "Overdue since " (moment(entry.at)) ": " bdi { (entry.domain) } ", " (prose(&entry.what)) "." }))
        }
        (tiles(&keys, &calendar))
        (table(&keys).render())
        (card("Rotation calendar", days(&calendar)))
    })
}

fn tiles(keys: &[KeyLine], calendar: &[CalendarEntry]) -> Markup {
    let count = |wanted: &dyn Fn(&&KeyLine) -> bool| keys.iter().filter(wanted).count();
    let tiles = [
        ("Keys that sign", count(&|key| key.state == "signing"), Tone::Good),
        ("Keys in trouble", count(&|key| !key.trouble.is_empty()), Tone::Bad),
        ("In rotation", count(&|key| !key.rotation.is_empty()), Tone::Info),
        ("Overdue", calendar.iter().filter(|entry| entry.state == "overdue").count(), Tone::Bad),
    ];
    html! {
        div.tiles {
            @for (label, count, tone) in tiles {
                (Tile { label, value: count.to_string(), tone: if count == 0 { Tone::Quiet } else { tone }, ..Tile::default() }.render())
            }
        }
    }
}

/// The state of a key: its tone and what it means.
fn state(state: &str) -> (Tone, &'static str) {
    match state {
        "signing" => (Tone::Good, "mail is signed with it"),
        "published" => (Tone::Info, "its record stands in the DNS, and nothing is signed with it"),
        "retired" => (Tone::Quiet, "replaced; mail signed with it is still under way"),
        "revoked" => (Tone::Quiet, "its record says that it is worthless"),
        "missing" => (Tone::Bad, "its record is not in the DNS"),
        "weak" => (Tone::Bad, "too short to be trusted"),
        "broken" => (Tone::Bad, "its record cannot be read"),
        _ => (Tone::Quiet, ""),
    }
}

/// What the state of a rotation means; those of `spoofwatch dkim`.
fn rotation(state: &str) -> &'static str {
    match state {
        "planned" => "selector and file are chosen",
        "key-made" => "the new key is made",
        "published" => "its record was written; every server is asked for it",
        "visible" => "every server answers with it",
        "switched" => "the signer has the new key; that is being proved",
        "draining" => "mail signed with the old key is under way",
        "revoked" => "the old key is revoked",
        "returned" => "taken back; mail signed with the new key is under way",
        _ => "",
    }
}

fn table(keys: &[KeyLine]) -> Table {
    let row = |key: &KeyLine| {
        let (tone, means) = state(&key.state);
        let at = |moment_of: Option<state::Moment>, none: &str| html! { @match moment_of { Some(at) => (moment(at)), None => span.soft { (none) } } };
        Row::new(vec![
            html! { a href={ "/domains/" (segment(&key.domain)) } dir="auto" { (key.domain) } },
            html! { code { (cell(&key.selector)) } },
            html! {
                (badge(tone, &key.state)) div.small.soft { (means) }
                @if !key.trouble.is_empty() { div.small.bad { (told(&key.trouble)) } }
                @if !key.rotation.is_empty() { div.small { "rotation " code { (key.rotation) } ": " (rotation(&key.rotation)) } }
            },
            html! { (key.algorithm) @if key.bits > 0 { " " (key.bits) " bits" } },
            html! { @if key.signer.is_empty() { span.soft { "not known" } } @else { (key.signer) } },
            at(key.since, "not known"),
            at(key.last_seen, "never"),
            at(key.due, "nobody replaces it"),
        ])
    };
    Table {
        key: "dkim-keys",
        caption: "DKIM keys".to_owned(),
        columns: vec![
            Column::new("domain", "Domain"),
            Column::new("selector", "Selector"),
            Column::new("state", "State"),
            Column::new("algorithm", "Key"),
            Column::new("signer", "Who signs"),
            Column::new("since", "Since").hidden(),
            Column::new("seen", "Last seen to sign"),
            Column::new("due", "To be replaced"),
        ],
        rows: keys.iter().map(row).collect(),
        choice: true,
        sortable: true,
        ..Table::default()
    }
}

/// What was and is to come, in time order.
fn days(calendar: &[CalendarEntry]) -> Markup {
    let mut entries: Vec<&CalendarEntry> = calendar.iter().collect();
    entries.sort_by_key(|entry| entry.at);
    html! {
        @if entries.is_empty() { (empty("Nothing is planned", html! { "Nobody replaces these keys: see " code { "[dkim]" } " in the configuration." })) }
        ol.timeline {
            @for entry in entries {
                @let tone = match entry.state.as_str() { "overdue" => Tone::Bad, "now" => Tone::Warn, "due" => Tone::Info, _ => Tone::Quiet };
                li {
                    div.row { (moment(entry.at)) (badge(tone, &entry.state)) }
                    div { strong dir="auto" { (entry.domain) } ": " (prose(&entry.what)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn keys_and_what_is_due_stand_on_one_page() {
        let page = Browser::of(Role::Viewer).get("/domains/keys").await;
        assert_eq!(page.status, 200);
        for words in ["sw202611a", "rotation <code>draining</code>", "Overdue since", "512 bits", "nobody replaces it"] {
            assert!(page.text.contains(words), "{words}");
        }
        assert!(!page.text.contains("<script>alert"));
    }
}
