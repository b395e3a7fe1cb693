//! Tables: a sticky head, columns that can be chosen, rows that keys move through; on narrow screens cards, or a box that scrolls.

use maud::{Markup, html};

/// What a column of buttons is called.
const ACTIONS: &str = "Actions";

/// What becomes of a table where there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Narrow {
    /// A row becomes a card with the names of its columns: for lists of things.
    #[default]
    Cards,
    /// It scrolls within its box: for results of queries.
    Scroll,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// What it is kept under when a reader leaves it out, and what scripts sort by; unique in the table.
    pub key: String,
    /// Its heading; empty for one of buttons, which only screen readers are told of.
    pub name: String,
    /// Whether it holds numbers, which stand at the right.
    pub number: bool,
    /// Whether a reader has to ask for it.
    pub hidden: bool,
    /// The address that sorts by it; none: it is sorted by no link.
    pub sort: Option<String>,
    /// How it is sorted: `ascending`, `descending`; none: it is not.
    pub sorted: Option<&'static str>,
    /// Whether it says what a row is, so that it heads the card that a row becomes. Where no column does, the first one does.
    pub main: bool,
}

impl Column {
    /// A column of texts, shown, not sorted.
    #[must_use]
    pub fn new(key: impl Into<String>, name: impl Into<String>) -> Self {
        Self { key: key.into(), name: name.into(), ..Self::default() }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(key: impl Into<String>, name: impl Into<String>) -> Self {
        Self { number: true, ..Self::new(key, name) }
    }

    /// It says what a row is.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.main = true;
        self
    }

    /// Left out until a reader asks for it.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Sorted by a link, and how it is sorted now.
    #[must_use]
    pub fn sort(mut self, address: impl Into<String>, sorted: Option<&'static str>) -> Self {
        (self.sort, self.sorted) = (Some(address.into()), sorted);
        self
    }
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its cells, as many as there are columns. The first link in it is what `Enter` opens, unless another has `data-open-row`.
    pub cells: Vec<Markup>,
    /// What is sent of it when it is selected; none: it cannot be selected.
    pub id: Option<String>,
    /// What a screen reader calls it where it is selected.
    pub label: String,
}

impl Row {
    /// A row that cannot be selected.
    #[must_use]
    pub fn new(cells: Vec<Markup>) -> Self {
        Self { cells, ..Self::default() }
    }

    /// A row that can be selected: what is sent, and what it is called.
    #[must_use]
    pub fn select(mut self, id: impl Into<String>, label: impl Into<String>) -> Self {
        (self.id, self.label) = (Some(id.into()), label.into());
        self
    }
}

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Under which its choice of columns is kept, and its id: unique in the page, the same from visit to visit.
    pub key: &'static str,
    /// What it holds, in words.
    pub caption: String,
    /// Whether the caption is seen too, or only read out.
    pub captioned: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What becomes of it on a narrow screen.
    pub narrow: Narrow,
    /// Whether a reader can choose columns.
    pub choice: bool,
    /// Whether headings sort what is on the page, by script; those with a link of their own sort by that.
    pub sortable: bool,
    /// The id of the form that selected rows are sent with, as `id`; none: rows cannot be selected.
    pub form: Option<&'static str>,
}

impl Table {
    /// The table.
    #[must_use]
    pub fn render(&self) -> Markup {
        let (narrow, cards) = match self.narrow {
            Narrow::Cards => ("cards", true),
            Narrow::Scroll => ("scroll", false),
        };
        // Browsers forget what a table is when its rows are laid out as cards, unless they are told.
        let role = |role: &'static str| cards.then_some(role);
        html! {
            div.table {
                @if self.choice { (self.chooser()) }
                div.table-box.(narrow) role="region" tabindex="0" aria-label=(self.caption) {
                    table #(self.key) role=[role("table")] data-list data-table=(self.key) data-sortable[self.sortable] {
                        caption.sr-only[!self.captioned] { (self.caption) }
                        thead role=[role("rowgroup")] { tr role=[role("row")] {
                            @if self.form.is_some() {
                                th.pick scope="col" role=[role("columnheader")] { input.js-only type="checkbox" data-select-all aria-label="Select all rows"; span.sr-only { "Selected" } }
                            }
                            @for column in &self.columns { (head(column, cards)) }
                        } }
                        tbody role=[role("rowgroup")] { @for row in &self.rows { (self.row(row)) } }
                    }
                }
            }
        }
    }

    fn row(&self, row: &Row) -> Markup {
        let cards = self.narrow == Narrow::Cards;
        let role = |role: &'static str| cards.then_some(role);
        let main = self.columns.iter().position(|column| column.main).unwrap_or(0);
        html! {
            tr data-row role=[role("row")] {
                @if let Some(form) = self.form {
                    td.pick role=[role("cell")] {
                        @if let Some(id) = &row.id { input type="checkbox" name="id" value=(id) form=(form) aria-label={ "Select " (row.label) }; }
                    }
                }
                @for (place, (column, cell)) in self.columns.iter().zip(&row.cells).enumerate() {
                    td class=[kind(column, cell, cards, place == main)] role=[role("cell")] data-column=(column.key) data-name=(column.name) {
                        @if cards { div { (cell) } } @else { (cell) }
                    }
                }
            }
        }
    }

    /// Which columns are shown; made to work, and shown, by `columns.js`.
    fn chooser(&self) -> Markup {
        html! {
            details.menu.column-choice.js-only data-menu data-columns=(self.key) {
                summary.button.quiet { (crate::layout::icon("columns")) "Columns" }
                div.menu-panel {
                    fieldset {
                        legend.sr-only { "Columns that are shown" }
                        @for column in &self.columns {
                            label.menu-item {
                                input type="checkbox" value=(column.key) checked[!column.hidden] data-default[!column.hidden];
                                span dir="auto" { (if column.name.is_empty() { ACTIONS } else { &column.name }) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a cell is, as style sheets know it.
fn kind(column: &Column, cell: &Markup, cards: bool, main: bool) -> Option<String> {
    let kinds = [("number", column.number), ("main", cards && main), ("nothing", cards && is_nothing(cell))];
    let names: Vec<&str> = kinds.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// Whether a cell shows nothing: no letter outside of its tags, and nothing that is drawn or pressed.
fn is_nothing(cell: &Markup) -> bool {
    let markup = cell.0.as_str();
    if ["<svg", "<input", "<select", "<meter", "<button", "<progress"].iter().any(|tag| markup.contains(tag)) {
        return false;
    }
    // Each `<` begins a tag, and the next `>` ends it: data is escaped.
    markup.split('<').enumerate().all(|(at, part)| {
        let text = if at == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) };
        text.trim().is_empty()
    })
}

fn head(column: &Column, cards: bool) -> Markup {
    html! {
        th.number[column.number] scope="col" role=[cards.then_some("columnheader")] data-column=(column.key) data-hidden[column.hidden] aria-sort=[column.sorted] {
            @if let Some(address) = &column.sort { a.sort href=(address) { (column.name) } }
            @else if column.name.is_empty() { span.sr-only { (ACTIONS) } }
            @else { (column.name) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            key: "queue",
            caption: "Alerts".to_owned(),
            columns: vec![
                Column::new("title", "Title").sort("?sort=title", Some("ascending")),
                Column::number("risk", "Risk").hidden(),
            ],
            rows: vec![Row::new(vec![html! { a href="/alerts/1" { "<b>" } }, html! { "7" }]).select("1", "<b>")],
            form: Some("bulk"),
            choice: true,
            ..Table::default()
        }
    }

    #[test]
    fn a_table_says_what_it_holds_and_how_it_is_sorted() {
        let text = table().render().into_string();
        assert!(text.contains("role=\"region\" tabindex=\"0\" aria-label=\"Alerts\""), "{text}");
        assert!(text.contains("aria-sort=\"ascending\"><a class=\"sort\" href=\"?sort=title\">Title</a>"), "{text}");
        assert!(text.contains("<caption class=\"sr-only\">Alerts</caption>"), "{text}");
    }

    #[test]
    fn a_column_of_buttons_has_a_name_for_those_who_do_not_see_them() {
        let text = Table { columns: vec![Column::new("do", "")], ..table() }.render().into_string();
        assert!(text.contains("data-column=\"do\"><span class=\"sr-only\">Actions</span></th>"), "{text}");
    }

    #[test]
    fn a_card_is_headed_by_what_the_row_is_and_leaves_out_what_is_empty() {
        let columns = vec![Column::new("at", "When"), Column::new("title", "Title").main(), Column::new("who", "Assignee")];
        let cells = vec![html! { "now" }, html! { a href="/" { "x" } }, html! { span dir="auto" { "" } }];
        let text = Table { columns, rows: vec![Row::new(cells)], form: None, ..table() }.render().into_string();
        assert!(text.contains("<td class=\"main\" role=\"cell\" data-column=\"title\""), "{text}");
        assert!(text.contains("<td class=\"nothing\" role=\"cell\" data-column=\"who\""), "{text}");
        assert!(is_nothing(&html! { " " }) && !is_nothing(&html! { svg {} }) && !is_nothing(&html! { "<" }));
    }

    #[test]
    fn selected_rows_are_sent_with_a_form() {
        let text = table().render().into_string();
        assert!(text.contains("name=\"id\" value=\"1\" form=\"bulk\" aria-label=\"Select &lt;b&gt;\""), "{text}");
        let without = Table { form: None, ..table() }.render().into_string();
        assert!(!without.contains("name=\"id\""));
    }
}
