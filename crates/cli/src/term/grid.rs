//! Columns side by side, between lines.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// A column of a grid.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// What stands above it.
    pub(crate) name: String,
    /// Whether it stands at the right, as numbers do.
    pub(crate) right: bool,
    /// Cells in its width, if its texts are to be wrapped at it.
    pub(crate) width: Option<usize>,
}

impl Column {
    /// A column of texts.
    pub(crate) fn text(name: &str) -> Self {
        Self { name: name.to_owned(), right: false, width: None }
    }

    /// A column of numbers.
    pub(crate) fn number(name: &str) -> Self {
        Self { right: true, ..Self::text(name) }
    }
}

/// Draws a grid; ends with a newline.
pub(crate) fn grid(columns: &[Column], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let cell = |text: &str, column: &Column| {
        Cell::new(text).set_alignment(if column.right { CellAlignment::Right } else { CellAlignment::Left })
    };
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_header(columns.iter().map(|column| cell(&column.name, column)));
    for row in rows {
        table.add_row(row.iter().zip(columns).map(|(text, column)| cell(text, column)));
    }
    table.set_content_arrangement(ContentArrangement::Disabled);
    if columns.iter().all(|column| column.width.is_some()) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::MAX);
        for (column, drawn) in columns.iter().zip(table.column_iter_mut()) {
            let padding = usize::from(drawn.padding_width());
            let width = u16::try_from(column.width.unwrap_or_default() + padding).unwrap_or(u16::MAX);
            drawn.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    format!("{table}\n")
}
