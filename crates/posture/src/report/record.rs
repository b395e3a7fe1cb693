//! A record as a line of a zone file (RFC 1035 section 5.1), to be copied.

use crate::Publish;

/// Bytes of one string of a TXT record (RFC 1035 section 3.3).
const STRING: usize = 255;

/// The line that publishes a record. A page has none, and its address and text are given instead.
#[must_use]
pub fn zone_line(record: &Publish) -> String {
    if record.kind == Publish::FILE {
        return format!("{}\n{}", record.name, record.value);
    }
    let value = match record.kind {
        "TXT" => strings(&record.value),
        // Names stand for themselves; without the dot at the end they would be taken for names below the zone.
        "CNAME" | "NS" | "PTR" => absolute(&record.value),
        "MX" => match record.value.rsplit_once(' ') {
            Some((preference, host)) => format!("{preference} {}", absolute(host)),
            None => record.value.clone(),
        },
        _ => record.value.clone(),
    };
    format!("{} IN {} {value}", absolute(&record.name), record.kind)
}

fn absolute(name: &str) -> String {
    if name.ends_with('.') { name.to_owned() } else { format!("{name}.") }
}

/// A text in quotation marks, in several strings where one is not enough.
fn strings(text: &str) -> String {
    let mut out = String::from("\"");
    let mut bytes = 0;
    for letter in text.chars() {
        if bytes + letter.len_utf8() > STRING {
            out.push_str("\" \"");
            bytes = 0;
        }
        bytes += letter.len_utf8();
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::zone_line;
    use crate::Publish;

    fn line(kind: &'static str, value: &str) -> String {
        zone_line(&Publish { name: "a.example".to_owned(), kind, value: value.to_owned(), instead_of: Vec::new() })
    }

    #[test]
    fn a_line_can_stand_in_any_zone_file() {
        assert_eq!(line("TXT", "v=spf1 -all"), r#"a.example. IN TXT "v=spf1 -all""#);
        assert_eq!(line("CNAME", "b.example"), "a.example. IN CNAME b.example.");
        assert_eq!(line("MX", "0 ."), "a.example. IN MX 0 .");
        assert_eq!(line("MX", "10 mx.example"), "a.example. IN MX 10 mx.example.");
        assert_eq!(line("TLSA", "3 1 1 ab"), "a.example. IN TLSA 3 1 1 ab");
        assert_eq!(line(Publish::FILE, "one\ntwo\n"), "a.example\none\ntwo\n");
    }

    #[test]
    fn quotation_marks_stay_inside_and_long_texts_are_cut_into_strings() {
        assert_eq!(line("TXT", r#"a"b\c"#), r#"a.example. IN TXT "a\"b\\c""#);
        let long = line("TXT", &"x".repeat(300));
        assert!(long.contains(&format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45))));
    }
}
