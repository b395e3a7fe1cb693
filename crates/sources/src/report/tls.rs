//! A TLS report (RFC 8460, section 4) to rows of `TlsReports`: a row a policy with its sums, a row a kind of failure.
//!
//! Must not know files. Start with [`rows`].

use super::row::{Row, moment};
use crate::field::{Field, Raw};
use crate::json::{self, Tokenizer};

/// The table of the rows.
pub(super) const TABLE: &str = "TlsReports";

/// A row with the JSON it was made of.
#[derive(Debug)]
pub(super) struct Entry<'j> {
    pub(super) row: Row,
    pub(super) json: &'j str,
}

/// The rows of a report; the error says why the text is not JSON.
pub(super) fn rows(report: &str) -> Result<Vec<Entry<'_>>, String> {
    let members = members(report)?;
    let mut common = Row::default();
    let range = nested(&members, "date-range");
    let range = self::members(range.unwrap_or("{}"))?;
    common.moment("Timestamp", moment(&text(&range, "start-datetime")));
    common.moment("EndTime", moment(&text(&range, "end-datetime")));
    common.text("Organization", &text(&members, "organization-name"));
    common.text("ReporterContact", &text(&members, "contact-info"));
    common.text("ReportId", &text(&members, "report-id"));
    let mut entries = Vec::new();
    let mut number = 0;
    for policy in objects(nested(&members, "policies"))? {
        let members = self::members(policy)?;
        let of_policy = self::members(nested(&members, "policy").unwrap_or("{}"))?;
        let mut described = common.clone();
        described.domain("Domain", &text(&of_policy, "policy-domain"));
        described.lower("PolicyType", &text(&of_policy, "policy-type"));
        described.json("PolicyString", list(&of_policy, "policy-string"));
        described.json("MxHosts", list(&of_policy, "mx-host"));
        let sums = self::members(nested(&members, "summary").unwrap_or("{}"))?;
        let mut row = described.clone();
        row.text("SuccessfulSessions", &text(&sums, "total-successful-session-count"));
        row.text("FailedSessions", &text(&sums, "total-failure-session-count"));
        number += 1;
        entries.push(Entry { row: row.identified(number), json: policy });
        for failure in objects(nested(&members, "failure-details"))? {
            number += 1;
            let mut row = described.clone();
            of_failure(&self::members(failure)?, &mut row);
            entries.push(Entry { row: row.identified(number), json: failure });
        }
    }
    Ok(entries)
}

fn of_failure(failure: &[Field<'_>], row: &mut Row) {
    row.lower("ResultType", &text(failure, "result-type"));
    for (column, member) in [
        ("FailureCount", "failed-session-count"),
        ("SendingMtaIP", "sending-mta-ip"),
        ("ReceivingMxHostname", "receiving-mx-hostname"),
        ("ReceivingMxHelo", "receiving-mx-helo"),
        ("ReceivingIP", "receiving-ip"),
        ("FailureReasonCode", "failure-reason-code"),
        ("AdditionalInformation", "additional-information"),
    ] {
        row.text(column, &text(failure, member));
    }
}

fn members(object: &str) -> Result<Vec<Field<'_>>, String> {
    let mut fields = Vec::new();
    Tokenizer::new(object).object(&mut fields, &mut Vec::new()).map_err(|fault| fault.to_string())?;
    Ok(fields)
}

fn value<'j>(members: &[Field<'j>], name: &str) -> Raw<'j> {
    members.iter().find(|field| field.key.eq_ignore_ascii_case(name)).map_or(Raw::Null, |field| field.value)
}

/// The text of an array or object.
fn nested<'j>(members: &[Field<'j>], name: &str) -> Option<&'j str> {
    match value(members, name) {
        Raw::Nested { json, .. } => Some(json),
        _ => None,
    }
}

/// A string or number as text.
fn text(members: &[Field<'_>], name: &str) -> String {
    plain(value(members, name))
}

fn plain(value: Raw<'_>) -> String {
    match value {
        Raw::Text(text) | Raw::Number(text) => text.to_owned(),
        Raw::Escaped(body) => {
            let mut text = String::new();
            json::unescape(body, &mut text);
            text
        }
        _ => String::new(),
    }
}

/// The objects of an array, or the one that stands where an array should.
fn objects(array: Option<&str>) -> Result<Vec<&str>, String> {
    let Some(array) = array else { return Ok(Vec::new()) };
    if array.starts_with('{') {
        return Ok(vec![array]);
    }
    let mut objects = Vec::new();
    let keep = |value| match value {
        Raw::Nested { json, .. } if json.starts_with('{') => objects.push(json),
        _ => {}
    };
    Tokenizer::new(array).array(keep).map_err(|fault| fault.to_string())?;
    Ok(objects)
}

/// A list of texts as a JSON array; one text alone becomes a list too, as `mx-host` is written both ways.
fn list(members: &[Field<'_>], name: &str) -> String {
    let mut out = String::from("[");
    let mut add = |value: Raw<'_>| {
        let text = plain(value);
        if !text.is_empty() {
            if out.len() > 1 {
                out.push(',');
            }
            json::quote(&text, &mut out);
        }
    };
    match value(members, name) {
        Raw::Nested { json, .. } if json.starts_with('[') => {
            // It has been read once, and is JSON.
            let _ = Tokenizer::new(json).array(&mut add);
        }
        single => add(single),
    }
    out.push(']');
    out
}
