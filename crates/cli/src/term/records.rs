//! Rows as records: a column a line, long texts wrapped beside their names.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Draws rows of the columns at `places`, leaving out what is empty; ends with a newline.
pub(crate) fn records(names: &[String], rows: &[Vec<String>], places: &[usize], width: Option<usize>) -> String {
    let indent = places.iter().map(|&place| names[place].width()).max().unwrap_or(0) + 2;
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        out.push_str(&format!("── row {} ──\n", number + 1));
        for &place in places.iter().filter(|&&place| !row[place].is_empty()) {
            let pad = " ".repeat(indent - names[place].width());
            let text = match width.and_then(|width| width.checked_sub(indent)) {
                Some(room) if room >= 20 => wrapped(&row[place], room).join(&format!("\n{}", " ".repeat(indent))),
                _ => row[place].clone(),
            };
            out.push_str(&format!("{}{pad}{text}\n", names[place]));
        }
    }
    out
}

/// Lines of at most `room` cells, broken after a space where there is one in the last third.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for c in text.chars() {
        let cells = c.width().unwrap_or(0);
        if used + cells > room {
            let rest = match line.rfind(' ') {
                Some(space) if line[space..].width() <= room / 3 => line.split_off(space + 1),
                _ => String::new(),
            };
            used = rest.width();
            lines.push(std::mem::replace(&mut line, rest).trim_end().to_owned());
        }
        line.push(c);
        used += cells;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::{records, wrapped};

    #[test]
    fn a_row_is_a_paragraph_without_its_empty_columns() {
        let names = ["Subject", "To", "Size"].map(str::to_owned);
        let rows = [["Hello", "", "3"].map(str::to_owned).to_vec(), ["", "bo@contoso.com", "4"].map(str::to_owned).to_vec()];
        let text = records(&names, &rows, &[0, 1, 2], None);
        assert_eq!(text, "── row 1 ──\nSubject  Hello\nSize     3\n── row 2 ──\nTo       bo@contoso.com\nSize     4\n");
    }

    #[test]
    fn long_texts_are_wrapped_after_words_where_there_are_words() {
        assert_eq!(wrapped("what the new tariff means", 21), ["what the new tariff", "means"]);
        assert_eq!(wrapped("aaaaaaaaaa", 4), ["aaaa", "aaaa", "aa"]);
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
    }
}
