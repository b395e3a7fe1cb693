//! The failure report that Exim writes: plain text, the header of the message below it.
//!
//! Source: Exim's specification, chapter "DKIM, SPF, SRS and DMARC", `dmarc_forensic_sender`; the text is that of its `dmarc.c`.

use super::fields::Fields;

/// How the report begins.
const OPENING: &str = "A message claiming to be from you has failed the published DMARC policy";
/// How the line before the header begins.
const HEADER_BELOW: &str = "------ This is a copy of";

/// What the text says.
#[derive(Debug)]
pub(super) struct Report {
    /// The same as the fields of a feedback report.
    pub(super) fields: Fields,
    /// The header of the message.
    pub(super) header: String,
}

/// Reads the text; `None` if it is another.
pub(super) fn read(text: &str) -> Option<Report> {
    let text = text.trim_start();
    if !text.starts_with(OPENING) {
        return None;
    }
    let (above, below) = text.split_once(HEADER_BELOW).unwrap_or((text, ""));
    // The rest of the line, and the blank line after it.
    let header = below.split_once('\n').map(|(_, header)| header.trim_start_matches(['\r', '\n'])).unwrap_or_default();
    let told = Fields::parse(&above.lines().map(str::trim).collect::<Vec<_>>().join("\n"));
    let mut fields = Fields::default();
    fields.add("feedback-type", "auth-failure");
    fields.add("auth-failure", "dmarc");
    for (name, label) in
        [("reported-domain", "sender domain"), ("source-ip", "sender ip address"), ("arrival-date", "received date")]
    {
        fields.add(name, told.one(label));
    }
    let aligned = |label: &str| told.one(label).eq_ignore_ascii_case("yes");
    fields.add(
        "identity-alignment",
        match (aligned("dkim alignment"), aligned("spf alignment")) {
            (true, true) => "dkim, spf",
            (true, false) => "dkim",
            (false, true) => "spf",
            (false, false) => "none",
        },
    );
    // `DMARC Results: None, Accept`: the policy, and what became of the message.
    let results = told.one("dmarc results");
    fields.add("dmarc-results", results);
    let action = results.rsplit(',').next().map(str::trim).unwrap_or_default();
    fields.add("delivery-result", if action.eq_ignore_ascii_case("accept") { "delivered" } else { action });
    Some(Report { fields, header: header.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_text_says_what_fields_say() {
        let text = "A message claiming to be from you has failed the published DMARC policy for your domain.\r\n\r\n  \
                    Sender Domain: example.com\r\n  Sender IP Address: 203.0.113.9\r\n  SPF Alignment: yes\r\n  DKIM Alignment: no\r\n  \
                    DMARC Results: None, Accept\r\n\r\n------ This is a copy of the headers that were received.\r\n\r\nSubject: x\r\n";
        let report = read(text).map(|report| {
            let one = |name: &str| report.fields.one(name).to_owned();
            (one("reported-domain"), one("source-ip"), one("identity-alignment"), one("delivery-result"), report.header.clone())
        });
        let text = |text: &str| text.to_owned();
        assert_eq!(
            report,
            Some((text("example.com"), text("203.0.113.9"), text("spf"), text("delivered"), text("Subject: x\r\n")))
        );
        assert!(read("A letter").is_none());
    }
}
