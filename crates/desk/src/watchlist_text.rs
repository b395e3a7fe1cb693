//! The text of a watchlist: CSV that a person writes, read strictly enough that what is kept is what was meant.
//!
//! Must not know where lists are kept. Start with [`read_watchlist`].

use serde_json::Value;

use crate::{Column, Fault, Problem, Sheet};

/// The longest text of a watchlist, in bytes: some ten thousand rows, and what one request may have.
pub const LONGEST_WATCHLIST: usize = 1 << 20;
/// The most columns of a watchlist; Microsoft Sentinel's have at most as many as fit 10 KB a row.
const MOST_COLUMNS: usize = 200;
/// The longest alias of a watchlist, in characters.
const LONGEST_ALIAS: usize = 64;

/// The alias of a watchlist, if it is one: letters, digits, `-`, `_` and nothing that a file's path could be made of.
///
/// # Errors
/// When it is not.
pub fn watchlist_alias(alias: &str) -> Result<&str, Fault> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if alias.is_empty() || alias.len() > LONGEST_ALIAS || !alias.chars().all(fits) {
        return Err(Fault::input(format!("an alias has letters, digits, - and _, and {LONGEST_ALIAS} characters at most")));
    }
    Ok(alias)
}

/// The rows of a watchlist's text. Every row has as many fields as the first line has names, every name is there once, and the column
/// that is the search key (empty: the first one) is there.
///
/// # Errors
/// What is wrong, and in which line.
pub fn read_watchlist(text: &str, search_key: &str) -> Result<Sheet, Fault> {
    if text.len() > LONGEST_WATCHLIST {
        return Err(Fault::Limit { reason: format!("a watchlist has {} MB at most", LONGEST_WATCHLIST >> 20) });
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| at(1, error.to_string()))?.clone();
    if names.is_empty() || names.len() > MOST_COLUMNS {
        return Err(at(1, format!("the first line has the names of the columns: at least one, at most {MOST_COLUMNS}")));
    }
    for (position, name) in names.iter().enumerate() {
        if name.is_empty() || names.iter().take(position).any(|known| known == name) {
            return Err(at(1, format!("every column needs a name of its own, and `{name}` is none")));
        }
    }
    if !search_key.is_empty() && !names.iter().any(|name| name == search_key) {
        let known: Vec<&str> = names.iter().collect();
        return Err(at(
            1,
            format!("there is no column `{search_key}` to be the search key; the columns are {}", known.join(", ")),
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| at(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        if record.len() != names.len() {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(at(line, format!("{} fields, and the first line names {}", record.len(), names.len())));
        }
        rows.push(record.iter().map(Value::from).collect());
    }
    let columns = names.iter().map(|name| Column { name: name.to_owned(), ty: "string".to_owned() }).collect();
    Ok(Sheet { columns, total: u64::try_from(rows.len()).unwrap_or(u64::MAX), rows, ..Sheet::default() })
}

/// Rows as CSV: texts as they are, other values as JSON.
#[must_use]
pub fn write_csv(sheet: &Sheet) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Into memory, and every row has its fields: nothing here can fail.
    let _ = writer.write_record(sheet.columns.iter().map(|column| column.name.as_str()));
    for row in &sheet.rows {
        let _ = writer.write_record(row.iter().map(|value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn at(line: u64, message: String) -> Fault {
    let message = if line == 0 { message } else { format!("line {line}: {message}") };
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Fault::Input(Box::new(Problem { severity: "error".to_owned(), message, line, ..Problem::default() }))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WATCHLIST, read_watchlist, watchlist_alias, write_csv};

    #[test]
    fn what_is_written_is_read_again() {
        let text = "Name,Note\nann,\"one, two\"\nben,\"a \"\"b\"\"\"\n";
        let sheet = read_watchlist(&format!("\u{feff}{text}"), "Name").unwrap();
        assert_eq!((sheet.columns.len(), sheet.total), (2, 2));
        assert_eq!(write_csv(&sheet), text);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, key, words) in [
            ("", "", "line 1: the first line has the names of the columns"),
            ("a,a\n", "", "line 1: every column needs a name of its own, and `a` is none"),
            ("a,\n", "", "line 1: every column needs a name of its own, and `` is none"),
            ("a,b\n1,2\n3\n", "", "line 3: 1 fields, and the first line names 2"),
            ("a,b\n", "c", "line 1: there is no column `c` to be the search key; the columns are a, b"),
        ] {
            let told = read_watchlist(text, key).unwrap_err().to_string();
            assert!(told.starts_with(words), "{told}");
        }
        assert!(read_watchlist(&"x".repeat(LONGEST_WATCHLIST + 1), "").is_err());
    }

    #[test]
    fn an_alias_is_no_path() {
        assert_eq!(watchlist_alias("VIPUsers-2"), Ok("VIPUsers-2"));
        for bad in ["", "../etc/passwd", "a/b", "a.csv", "a\0", "ä", &"x".repeat(65)] {
            assert!(watchlist_alias(bad).is_err(), "{bad}");
        }
    }
}
