//! `/settings/watchlists/{alias}`: the rows of one list, and its text as CSV, which is checked before it is kept.

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use desk::{Fault, Sheet, WatchlistLine, read_watchlist, watchlist_alias, write_csv};
use maud::{Markup, html};
use serde::Deserialize;

use super::sources::parts;
use crate::{
    Pages, Role, Visitor, answer,
    answer::{needs, segment},
    component::{Choice, Field, Rows, Tone, card, cell, empty, form, notice, number},
    layout::{self, Frame, Nav},
};

const LISTS: &str = "/settings/watchlists";

/// The most rows that are shown as a table.
const MOST: usize = 200;

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/settings/watchlists/{alias}", get(show).post(save))
}

fn address(alias: &str) -> String {
    format!("{LISTS}/{}", segment(alias))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Not empty: there may be no such list yet.
    new: String,
}

/// What is known of a list.
struct Known {
    line: WatchlistLine,
    sheet: Sheet,
    /// There is none of this alias yet.
    is_new: bool,
}

async fn known(pages: &Pages, alias: &str, may_be_new: bool) -> Result<Known, Fault> {
    let lines = pages.desk.settings.watchlists().await?;
    match lines.into_iter().find(|line| line.alias == alias) {
        Some(line) => Ok(Known { sheet: pages.desk.settings.watchlist(alias).await?, line, is_new: false }),
        None if may_be_new => {
            let alias = watchlist_alias(alias)?.to_owned();
            Ok(Known {
                line: WatchlistLine { alias, editable: true, ..WatchlistLine::default() },
                sheet: Sheet::default(),
                is_new: true,
            })
        }
        None => Err(Fault::Unknown { what: "watchlist", id: alias.to_owned() }),
    }
}

fn frame<'a>(alias: &str, visitor: &'a Visitor) -> Frame<'a> {
    Frame::new(alias, Nav::Settings, visitor).crumb("Settings", "/settings").crumb("Watchlists", LISTS).tabs(parts(LISTS))
}

async fn show(State(pages): State<Pages>, visitor: Visitor, Path(alias): Path<String>, Query(asked): Query<Asked>) -> Response {
    let may_be_new = !asked.new.is_empty() && visitor.role >= Role::Admin;
    match known(&pages, &alias, may_be_new).await {
        Ok(known) => {
            let text = if known.is_new { String::new() } else { write_csv(&known.sheet) };
            let key = known.line.search_key.clone();
            frame(&alias, &visitor).render(body(&visitor, &known, &Tried { text: &text, key: &key, came: None }))
        }
        Err(fault) => frame("Watchlist", &visitor).fault(&fault),
    }
}

/// A text, its search key, and what a check of it came to.
struct Tried<'a> {
    text: &'a str,
    key: &'a str,
    came: Option<Result<&'a Sheet, &'a Fault>>,
}

fn body(visitor: &Visitor, known: &Known, tried: &Tried<'_>) -> Markup {
    let sheet = match &tried.came {
        Some(Ok(sheet)) => sheet,
        _ => &known.sheet,
    };
    let rows =
        Rows { key: "watchlist", caption: "Rows".to_owned(), sheet, most: MOST, names: &[], hidden: &[], link: &|_, _| None };
    html! {
        @match &tried.came {
            Some(Ok(sheet)) => (notice(Tone::Good, html! { "This can be saved: " (number(sheet.total)) " rows of " (sheet.columns.len()) " columns. Nothing was changed yet." })),
            Some(Err(fault)) => (notice(Tone::Bad, html! { "Nothing was changed: " (cell(&fault.to_string())) })),
            None => {},
        }
        div.columns {
            @if visitor.role >= Role::Admin && known.line.editable { (card(if known.is_new { "New watchlist" } else { "Edit as CSV" }, editor(visitor, known, tried))) }
            @else if !known.line.editable { (notice(Tone::Info, html! { "The configuration names the file of this list: change it there." })) }
            (card("Rows", html! { @if sheet.columns.is_empty() { (empty("No rows yet", html! {})) } @else { (rows.render()) } }))
        }
    }
}

fn editor(visitor: &Visitor, known: &Known, tried: &Tried<'_>) -> Markup {
    let names: Vec<&str> = match &tried.came {
        Some(Ok(sheet)) => sheet.columns.iter().map(|column| column.name.as_str()).collect(),
        _ => known.line.columns.iter().map(String::as_str).collect(),
    };
    let mut choices: Vec<Choice<'_>> = vec![("", "The first column")];
    choices.extend(names.iter().map(|name| (*name, *name)));
    if !tried.key.is_empty() && !names.contains(&tried.key) {
        choices.push((tried.key, tried.key));
    }
    let error = match &tried.came {
        Some(Err(fault)) => fault.to_string(),
        _ => String::new(),
    };
    let text = Field {
        name: "csv",
        label: "Text",
        help: "The first line names the columns. A field with a comma stands in quotation marks.",
        value: tried.text,
        error: &error,
        ..Field::default()
    };
    let key = Field {
        name: "search_key",
        label: "Search key",
        help: "The column that rules look names up in.",
        value: tried.key,
        ..Field::default()
    };
    form::post(
        visitor,
        &address(&known.line.alias),
        html! {
            div.stack {
                (text.area(18, true))
                (key.select(&choices))
                div.actions {
                    button.button.primary type="submit" name="do" value="save" { "Save" }
                    button.button type="submit" name="do" value="check" { "Check" }
                }
            }
        },
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    csv: String,
    search_key: String,
    /// `save` or `check`.
    #[serde(rename = "do")]
    does: String,
}

async fn save(State(pages): State<Pages>, visitor: Visitor, Path(alias): Path<String>, Form(sent): Form<Sent>) -> Response {
    let text = answer::lines(&sent.csv);
    let allowed = async {
        needs(&visitor, Role::Admin, "changing a watchlist")?;
        known(&pages, &alias, true).await
    };
    let known = match allowed.await {
        Ok(known) => known,
        Err(fault) => return frame("Watchlist", &visitor).fault(&fault),
    };
    let tried = |came| Tried { text: &text, key: &sent.search_key, came: Some(came) };
    let checked = read_watchlist(&text, &sent.search_key);
    if let (Ok(sheet), "check") = (&checked, sent.does.as_str()) {
        return frame(&alias, &visitor).render(body(&visitor, &known, &tried(Ok(sheet))));
    }
    let came = match &checked {
        Err(fault) => Err(fault.clone()),
        Ok(_) if sent.does != "save" => Err(Fault::input(format!("there is no action `{}`", sent.does))),
        Ok(_) => pages.desk.settings.set_watchlist(&alias, &text, &sent.search_key, &visitor.who()).await,
    };
    match came {
        Ok(()) => layout::seen(&address(&alias), "Saved"),
        Err(fault @ (Fault::Input(_) | Fault::Limit { .. })) => {
            // The text stays, so that it can be put right.
            let frame = frame(&alias, &visitor).status(StatusCode::BAD_REQUEST);
            frame.render(body(&visitor, &known, &tried(Err(&fault))))
        }
        Err(fault) => frame(&alias, &visitor).fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    const VIPS: &str = "/settings/watchlists/VIPUsers";

    #[tokio::test]
    async fn a_list_is_shown_as_rows_and_as_text() {
        let page = Browser::of(Role::Admin).get(VIPS).await;
        assert!(
            page.text.contains("cfo@contoso.com,&quot;Kim, Jo&quot;,") || page.text.contains("cfo@contoso.com,\"Kim, Jo\","),
            "{}",
            page.text
        );
        assert!(!Browser::of(Role::Viewer).get(VIPS).await.text.contains("<textarea"));
        assert!(!Browser::of(Role::Viewer).get("/settings/watchlists/Partners").await.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn a_text_is_checked_then_saved() {
        let admin = Browser::of(Role::Admin);
        let text = ("csv", "UserPrincipalName\r\nnew@contoso.com\r\n");
        let page = admin.post(VIPS, &[text, ("do", "check")]).await;
        assert!(
            page.text.contains("This can be saved: 1 rows of 1 columns")
                && admin.get(VIPS).await.text.contains("ceo@contoso.com")
        );
        assert_eq!(admin.post(VIPS, &[text, ("do", "save")]).await.location, format!("{VIPS}?said=Saved"));
        assert!(!admin.get(VIPS).await.text.contains("ceo@contoso.com"));
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_with_its_line_and_the_text_is_kept() {
        let page = Browser::of(Role::Admin).post(VIPS, &[("csv", "A,B\n1,2\n<script>alert(1)</script>\n"), ("do", "save")]).await;
        assert!(page.status == 400 && page.text.contains("line 3: 1 fields, and the first line names 2"), "{}", page.text);
        assert!(page.text.contains("&lt;script&gt;alert(1)") && !page.text.contains("<script>alert"));
    }

    #[tokio::test]
    async fn too_long_a_text_is_refused() {
        let long = format!("A\n{}", "x\n".repeat(600_000));
        let page = Browser::of(Role::Admin).post(VIPS, &[("csv", &long), ("do", "save")]).await;
        assert!(matches!(page.status, 400 | 413), "{}", page.status);
    }

    #[tokio::test]
    async fn a_new_list_is_written_and_one_of_the_configuration_is_not() {
        let admin = Browser::of(Role::Admin);
        assert!(admin.get("/settings/watchlists/Mine?new=1").await.text.contains("New watchlist"));
        assert_eq!(admin.post("/settings/watchlists/Mine", &[("csv", "A\n1\n"), ("do", "save")]).await.status, 303);
        assert_eq!(admin.post("/settings/watchlists/HighValueAssets", &[("csv", "A\n1\n"), ("do", "save")]).await.status, 403);
        assert_eq!(admin.post("/settings/watchlists/..%2Fx", &[("csv", "A\n1\n"), ("do", "save")]).await.status, 400);
        assert_eq!(admin.get("/settings/watchlists/..%2Fx").await.status, 404);
        assert_eq!(Browser::of(Role::Analyst).post(VIPS, &[("csv", "A\n"), ("do", "save")]).await.status, 403);
    }
}
