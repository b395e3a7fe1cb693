//! `docs/reference/tables.md`: every table with its columns, for readers who have no program at hand.

use std::fmt::Write;

use anyhow::Context;
use toml::{Table, Value};

use super::{Wanted, table_list::FOLDER};
use crate::{toml_text, tree::Tree};

/// The page.
pub(super) fn generate(tree: &Tree) -> anyhow::Result<Option<Wanted>> {
    let names = tree.names(FOLDER).into_iter().filter(|name| name.ends_with(".toml"));
    let tables = names.map(|name| toml_text::table(tree, &format!("{FOLDER}{name}"))).collect::<anyhow::Result<Vec<_>>>()?;
    if tables.is_empty() {
        return Ok(None);
    }
    let mut page = String::from(
        "# Tables\n\nWritten by `cargo xtask codegen` from `crates/schema/tables`; do not edit.\n\n\
         | table | a row is |\n| --- | --- |\n",
    );
    for table in &tables {
        let name = text(table, "name");
        writeln!(page, "| [{name}](#{}) | {} |", anchor(name), cell(text(table, "doc")))?;
    }
    for table in &tables {
        chapter(&mut page, table)?;
    }
    Ok(Some(("docs/reference/tables.md".to_owned(), page)))
}

fn chapter(page: &mut String, table: &Table) -> anyhow::Result<()> {
    let name = text(table, "name");
    let columns = table.get("column").and_then(Value::as_array).with_context(|| format!("table {name} has no columns"))?;
    writeln!(page, "\n## {name}\n\n{}\n\n| column | type | holds |\n| --- | --- | --- |", text(table, "doc"))?;
    for column in columns.iter().filter_map(Value::as_table) {
        let holds = match column.get("alias_of").and_then(Value::as_str) {
            Some(target) => format!("Another name of `{target}`."),
            None => text(column, "doc").to_owned(),
        };
        let values = toml_text::texts(column.get("values"));
        let values = if values.is_empty() { String::new() } else { format!(" One of `{}`.", values.join("`, `")) };
        let json = if column.get("json").and_then(Value::as_bool) == Some(true) { ", JSON" } else { "" };
        let ours =
            if column.get("ours").and_then(Value::as_bool) == Some(true) { " Ours: not in the vendor's table." } else { "" };
        let holds = cell(&format!("{holds}{values}{ours}"));
        writeln!(page, "| `{}` | {}{json} | {} |", text(column, "name"), text(column, "type"), holds.trim())?;
    }
    Ok(())
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The link target that Markdown renderers give a heading.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(|character: char| !character.is_alphanumeric() && character != '_' && character != '-', "")
}

#[cfg(test)]
mod tests {
    use super::generate;
    use crate::tree::Tree;

    #[test]
    fn a_column_says_its_type_values_and_other_name() -> anyhow::Result<()> {
        let file = "name = 'o365.audit'\ndoc = 'An event.'\ntime_column = 'T'\ncolumn = [\n\
                    { name = 'T', type = 'datetime', doc = 'When.' },\n{ name = 'U', alias_of = 'T' },\n\
                    { name = 'D', type = 'string', json = true, values = ['a', 'b'], doc = 'Which.' },\n\
                    { name = 'O', type = 'int', ours = true, doc = 'More.' },\n]\n";
        let tree = Tree::of(&[("crates/schema/tables/o365.audit.toml", file)]);
        let page = generate(&tree)?.map(|(_, page)| page).unwrap_or_default();
        for line in [
            "| [o365.audit](#o365audit) | An event. |",
            "| `T` | datetime | When. |",
            "| `U` |  | Another name of `T`. |",
            "| `O` | int | More. Ours: not in the vendor's table. |",
            "| `D` | string, JSON | Which. One of `a`, `b`. |",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
        Ok(())
    }
}
