//! `/hunt/schema` and `/hunt/functions`: what a query can be written of. Whole pages, and, with `part=1`, what `hunt.js` shows beside the query.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use desk::{Fault, FunctionLine, TableLine};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Pages, Visitor, answer,
    component::{self, Column, Row, Table},
    layout::{Frame, Nav},
};

/// The most tables, and functions, that are listed at once: a search finds the others.
const LISTED: usize = 60;

/// The most columns of a table that are named where they were found.
const NAMED: usize = 8;

pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/hunt/schema", get(schema))
        .route("/hunt/schema/{name}", get(table))
        .route("/hunt/functions", get(functions))
        .route("/hunt/functions/{name}", get(function))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Words to look for.
    find: String,
    /// Whether only the part is wanted that stands beside a query.
    part: String,
}

impl Asked {
    fn words(&self) -> Vec<String> {
        self.find.split_whitespace().map(str::to_lowercase).collect()
    }
}

fn fits(words: &[String], texts: &[&str]) -> bool {
    words.iter().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)))
}

/// Tables whose name, description or columns fit, with the columns that do; those that fit by name first.
fn found<'a>(tables: &'a [TableLine], words: &[String]) -> Vec<(&'a TableLine, Vec<&'a desk::ColumnLine>)> {
    let mut found: Vec<(&TableLine, Vec<&desk::ColumnLine>)> = Vec::new();
    let mut by_column: Vec<(&TableLine, Vec<&desk::ColumnLine>)> = Vec::new();
    for table in tables {
        if fits(words, &[&table.name, &table.description, &table.group]) {
            found.push((table, Vec::new()));
            continue;
        }
        let columns: Vec<&desk::ColumnLine> =
            table.columns.iter().filter(|column| fits(words, &[&column.name, &table.name])).take(NAMED).collect();
        if !columns.is_empty() {
            by_column.push((table, columns));
        }
    }
    found.extend(by_column);
    found
}

async fn schema(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = || Frame::new("Tables", Nav::Hunt, &visitor).crumb("Hunt", "/hunt");
    let tables = match pages.desk.hunts.tables().await {
        Ok(tables) => tables,
        Err(fault) => return frame().fault(&fault),
    };
    let words = asked.words();
    if !asked.part.is_empty() {
        let functions = if words.is_empty() { Vec::new() } else { pages.desk.hunts.functions().await.unwrap_or_default() };
        return answer::fragment(beside(&beside_order(&tables, &words), &functions, &words));
    }
    let columns = vec![
        Column::new("name", "Table"),
        Column::new("group", "Group"),
        Column::number("rows", "Rows"),
        Column::new("latest", "Latest row"),
        Column::new("about", "What stands in it"),
    ];
    let row = |(table, columns): &(&TableLine, Vec<&desk::ColumnLine>)| {
        Row::new(vec![
            html! { a href={ "/hunt/schema/" (answer::segment(&table.name)) } { (table.name) }
            @if !columns.is_empty() { p.soft.small { @for column in columns { code { (column.name) } " " } } } },
            html! { (table.group) },
            html! { (component::number(table.rows)) },
            html! { @if let Some(at) = table.latest { (component::moment(at)) } },
            html! { (table.description) },
        ])
    };
    let rows = found(&tables, &words);
    let table = Table {
        key: "tables",
        caption: "Tables".to_owned(),
        columns,
        rows: rows.iter().take(500).map(row).collect(),
        ..Table::default()
    };
    frame().render(html! {
        (search("/hunt/schema", "Search tables and columns", &asked.find))
        @if rows.is_empty() { (component::empty("No table fits.", html! { a href="/hunt/schema" { "All tables" } })) } @else { (table.render()) }
    })
}

fn search(action: &str, label: &str, value: &str) -> Markup {
    html! {
        form.bar method="get" action=(action) role="search" {
            label.sr-only for="find" { (label) }
            div.grow { input #find type="search" name="find" value=(value) placeholder=(label) data-key="/"; }
            button.button type="submit" { "Search" }
        }
    }
}

/// What is found; without words all of it, the tables of a group beside each other and the groups in the order of their first tables.
fn beside_order<'a>(tables: &'a [TableLine], words: &[String]) -> Vec<(&'a TableLine, Vec<&'a desk::ColumnLine>)> {
    let mut tables = found(tables, words);
    if !words.is_empty() {
        return tables;
    }
    let mut groups: Vec<&str> = Vec::new();
    for (table, _) in &tables {
        if !groups.contains(&table.group.as_str()) {
            groups.push(&table.group);
        }
    }
    tables.sort_by_key(|(table, _)| groups.iter().position(|group| *group == table.group));
    tables
}

/// What stands beside a query.
fn beside(tables: &[(&TableLine, Vec<&desk::ColumnLine>)], functions: &[FunctionLine], words: &[String]) -> Markup {
    let functions: Vec<&FunctionLine> = functions.iter().filter(|function| fits(words, &[&function.name])).take(LISTED).collect();
    let begins = |at: usize| at.checked_sub(1).and_then(|last| tables.get(last)).map(|(last, _)| &last.group);
    html! {
        @for (at, (table, columns)) in tables.iter().take(LISTED).enumerate() {
            @if words.is_empty() && begins(at) != Some(&table.group) { p.schema-group { (table.group) } }
            details.schema-table data-part={ "/hunt/schema/" (answer::segment(&table.name)) "?part=1" } {
                summary title=(table.description) {
                    code { (breakable(&table.name)) }
                    @if table.rows > 0 { span.soft.small { (short(table.rows)) } }
                }
            }
            @if !columns.is_empty() { (names(columns)) }
        }
        @if tables.len() > LISTED { p.soft.small { "and " (tables.len() - LISTED) " more: search for them" } }
        @if !functions.is_empty() {
            p.schema-group { "functions" }
            ul.schema-names { @for function in &functions { li {
                a href={ "/hunt/functions/" (answer::segment(&function.name)) } target="_blank" rel="noopener" title=(function.summary) { code { (function.name) } }
                span.soft.small { (function.kind) }
            } } }
        }
        @if tables.is_empty() && functions.is_empty() { p.soft { "Nothing is called so." } }
        @if words.is_empty() { p.schema-all { a href="/hunt/functions" { "All functions" } } }
    }
}

/// Columns that are put into the query by a click.
fn names(columns: &[&desk::ColumnLine]) -> Markup {
    html! { ul.schema-names { @for column in columns { li {
        button.insert type="button" data-insert=(column.name) title=(column.description) { code { (breakable(&column.name)) } }
        span.soft.small { (column.ty) }
    } } } }
}

/// A name that is broken between its words where there is little room: `AADNonInteractiveUserSignIn`, and `Logs` below it.
fn breakable(name: &str) -> Markup {
    let letters: Vec<char> = name.chars().collect();
    let begins = |at: usize| {
        let before = at.checked_sub(1).and_then(|last| letters.get(last));
        before.is_some_and(|before| {
            before.is_lowercase() && letters.get(at).is_some_and(|letter| letter.is_uppercase()) || matches!(before, '_' | '.')
        })
    };
    html! { @for (at, letter) in letters.iter().enumerate() { @if begins(at) { wbr; } (letter) } }
}

/// `9.0 M`, for places with little room.
fn short(count: u64) -> String {
    match count {
        0..1000 => count.to_string(),
        1000..1_000_000 => format!("{} k", count / 1000),
        _ => format!("{}.{} M", count / 1_000_000, count / 100_000 % 10),
    }
}

async fn table(State(pages): State<Pages>, visitor: Visitor, Path(name): Path<String>, Query(asked): Query<Asked>) -> Response {
    let frame = |title: &str| Frame::new(title, Nav::Hunt, &visitor).crumb("Hunt", "/hunt").crumb("Tables", "/hunt/schema");
    let tables = match pages.desk.hunts.tables().await {
        Ok(tables) => tables,
        Err(fault) => return frame("Table").fault(&fault),
    };
    let Some(table) = tables.into_iter().find(|table| table.name == name) else {
        return frame("Table").fault(&Fault::Unknown { what: "table", id: name });
    };
    if !asked.part.is_empty() {
        return answer::fragment(html! {
            p.soft.small { (table.description) }
            button.insert.button.quiet type="button" data-insert=(table.name) { "Insert " code { (table.name) } }
            (names(&table.columns.iter().collect::<Vec<_>>()))
        });
    }
    let columns = vec![
        Column::new("name", "Column"),
        Column::new("type", "Type"),
        Column::new("about", "What it holds"),
        Column::new("values", "Values"),
    ];
    let row = |column: &desk::ColumnLine| {
        Row::new(vec![
            html! { code { (column.name) } },
            html! { (column.ty) },
            html! { (column.description) },
            html! { @for value in column.values.iter().take(40) { (component::tag(value)) " " } },
        ])
    };
    let rows = Table {
        key: "columns",
        caption: "Columns".to_owned(),
        columns,
        rows: table.columns.iter().map(row).collect(),
        ..Table::default()
    };
    let hunt = answer::address("/hunt", &[("q", &format!("{}\n| take 100", quoted(&table.name)))]);
    frame(&table.name)
        .lead(html! { span { (table.description) } span { (component::number(table.rows)) " rows" } })
        .actions(html! { a.button href=(hunt) { "Look at some rows" } })
        .render(rows.render())
}

/// A table's name as a query writes it.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")) }
}

async fn functions(State(pages): State<Pages>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new("Functions", Nav::Hunt, &visitor).crumb("Hunt", "/hunt");
    let functions = match pages.desk.hunts.functions().await {
        Ok(functions) => functions,
        Err(fault) => return frame.fault(&fault),
    };
    let words = asked.words();
    let columns = vec![
        Column::new("name", "Function"),
        Column::new("kind", "Kind"),
        Column::new("call", "Signature"),
        Column::new("about", "What it does"),
    ];
    let row = |function: &FunctionLine| {
        Row::new(vec![
            html! { a href={ "/hunt/functions/" (answer::segment(&function.name)) } { code { (function.name) } } },
            html! { (function.kind) },
            html! { code { (function.signature) } },
            html! { (function.summary) },
        ])
    };
    let rows =
        functions.iter().filter(|function| fits(&words, &[&function.name, &function.summary, &function.kind])).map(row).collect();
    let table = Table { key: "functions", caption: "Functions".to_owned(), columns, rows, ..Table::default() };
    frame.render(html! { (search("/hunt/functions", "Search functions", &asked.find)) (table.render()) })
}

async fn function(State(pages): State<Pages>, visitor: Visitor, Path(name): Path<String>) -> Response {
    let frame = Frame::new(name.clone(), Nav::Hunt, &visitor).crumb("Hunt", "/hunt").crumb("Functions", "/hunt/functions");
    match pages.desk.hunts.function(&name).await {
        Ok(markdown) => frame.render(component::card("Reference", component::markdown(&markdown, component::markdown::plain))),
        Err(fault) => frame.fault(&fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn tables_are_found_by_name_and_by_column() {
        let page = Browser::of(Role::Viewer).get("/hunt/schema?find=urldomain").await;
        assert!(
            page.text.contains("/hunt/schema/EmailUrlInfo") && !page.text.contains("/hunt/schema/SigninLogs"),
            "{}",
            page.text
        );
        let part = Browser::of(Role::Viewer).get("/hunt/schema?part=1&find=dcount").await;
        assert!(part.text.contains("/hunt/functions/dcount") && !part.text.contains("<html"), "{}", part.text);
    }

    #[tokio::test]
    async fn names_from_the_address_are_words_and_no_paths() {
        for address in ["/hunt/schema/..%2F..%2Fetc%2Fpasswd", "/hunt/functions/%3Cscript%3E"] {
            let page = Browser::of(Role::Viewer).get(address).await;
            assert_eq!(page.status, 404, "{address}");
            assert!(!page.text.contains("<script>"), "{}", page.text);
        }
    }

    #[test]
    fn names_are_broken_between_their_words() {
        for (name, shown) in
            [("SignInLogs", "Sign<wbr>In<wbr>Logs"), ("o365.audit", "o365.<wbr>audit"), ("A&B_x", "A&amp;B_<wbr>x")]
        {
            assert_eq!(super::breakable(name).into_string(), shown);
        }
    }

    #[tokio::test]
    async fn a_function_has_its_page() {
        let page = Browser::of(Role::Viewer).get("/hunt/functions/summarize").await;
        assert!(page.status == 200 && page.text.contains("One row a group."), "{}", page.text);
    }
}
