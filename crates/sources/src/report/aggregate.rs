//! A DMARC aggregate report, record by record, to rows of `DmarcAggregate`.
//!
//! Sources: RFC 9990, section 3 and appendix A; RFC 7489, section 7.2 and appendix C, which most reporters still follow. Tolerant of what
//! reporters send: any namespace or none, values in any case, elements missing, empty, unknown or in another order.
//!
//! Must not know files or XML's syntax. Start with [`Report::take`].

use super::element::{Element, Object};
use super::row::{Row, domain, moment};

/// The table of the rows.
pub(super) const TABLE: &str = "DmarcAggregate";

/// Bytes of XML that are held back while the report has not yet said what it is about: reporters write that first, and for one
/// that does not this much is enough for thousands of records.
const MAX_HELD_BYTES: usize = 4 << 20;

/// A record's row, with what shows the record should the row be refused.
#[derive(Debug)]
pub(super) struct Record {
    /// The line its element ends in.
    pub(super) line: u64,
    pub(super) row: Row,
    pub(super) element: Element,
}

/// A report as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct Report {
    version: String,
    metadata: Option<Element>,
    policy: Option<Element>,
    /// Elements of the report that are nothing known.
    others: Vec<Element>,
    /// What every row of the report says, once both of the above are there.
    common: Option<Row>,
    /// Records that came before.
    held: Vec<(u64, Element)>,
    held_bytes: usize,
    /// Records so far.
    number: u64,
}

impl Report {
    /// Takes the next child of the report's root, `bytes` long, which ends in `line`, and gives the rows that are now whole.
    pub(super) fn take(&mut self, element: Element, line: u64, bytes: usize) -> Vec<Record> {
        match element.name.to_ascii_lowercase().as_str() {
            "version" => self.version = element.text,
            "report_metadata" => self.metadata = Some(element),
            "policy_published" => self.policy = Some(element),
            "record" => {
                if self.common.is_none() && (self.metadata.is_none() || self.policy.is_none()) {
                    self.held.push((line, element));
                    self.held_bytes = self.held_bytes.saturating_add(bytes);
                    return if self.held_bytes > MAX_HELD_BYTES { self.release() } else { Vec::new() };
                }
                let mut records = self.release();
                records.push(self.record(line, element));
                return records;
            }
            _ if self.common.is_none() && !element.is_empty() => self.others.push(element),
            _ => {}
        }
        Vec::new()
    }

    /// Ends the report: the records that waited for what did not come.
    pub(super) fn finish(mut self) -> Vec<Record> {
        self.release()
    }

    fn release(&mut self) -> Vec<Record> {
        self.held_bytes = 0;
        std::mem::take(&mut self.held).into_iter().map(|(line, element)| self.record(line, element)).collect()
    }

    fn record(&mut self, line: u64, element: Element) -> Record {
        self.number = self.number.saturating_add(1);
        let empty = Element::default();
        let (metadata, policy) = (self.metadata.as_ref().unwrap_or(&empty), self.policy.as_ref().unwrap_or(&empty));
        let (version, others) = (&self.version, &self.others);
        let common = self.common.get_or_insert_with(|| common(version, metadata, policy));
        let mut row = common.clone();
        row.extend(&of_record(&element));
        row.json("Extensions", extensions(others, metadata, policy, &element));
        Record { line, row: row.identified(self.number), element }
    }
}

/// Children of `report_metadata` that have columns of their own.
const METADATA: [&str; 7] = ["org_name", "email", "extra_contact_info", "report_id", "date_range", "error", "generator"];
/// Children of `policy_published` that have.
const POLICY: [&str; 12] = ["domain", "adkim", "aspf", "p", "sp", "np", "pct", "fo", "testing", "t", "psd", "discovery_method"];

/// What every record of a report says.
fn common(version: &str, metadata: &Element, policy: &Element) -> Row {
    let mut row = Row::default();
    let range = metadata.child("date_range");
    let time = |name: &str| range.and_then(|range| moment(range.text_of(name)));
    row.moment("Timestamp", time("begin"));
    row.moment("EndTime", time("end"));
    row.text("Organization", metadata.text_of("org_name"));
    row.text("ReporterEmail", email(metadata));
    row.text("ReporterContact", metadata.text_of("extra_contact_info"));
    row.text("ReportId", metadata.text_of("report_id"));
    row.text("Generator", metadata.text_of("generator"));
    row.text("ReportVersion", version);
    row.list("ReportErrors", metadata.all("error").map(|error| error.text.as_str()).filter(|text| !text.is_empty()));
    row.domain("Domain", policy.text_of("domain"));
    for (column, element) in [
        ("Policy", "p"),
        ("SubdomainPolicy", "sp"),
        ("NonexistentPolicy", "np"),
        ("DkimAlignment", "adkim"),
        ("SpfAlignment", "aspf"),
        ("FailureOptions", "fo"),
        ("PublicSuffixDomain", "psd"),
        ("DiscoveryMethod", "discovery_method"),
    ] {
        row.lower(column, policy.text_of(element));
    }
    // RFC 9990 calls the tag `testing`; some write it as it stands in the record in the DNS.
    let testing = policy.text_of("testing");
    row.lower("Testing", if testing.is_empty() { policy.text_of("t") } else { testing });
    row.text("Percent", policy.text_of("pct").trim_end_matches('%'));
    row
}

/// The reporter's address; some write it in angle brackets, which XML takes for an element.
fn email(metadata: &Element) -> &str {
    match metadata.text_of("email") {
        "" => metadata
            .child("email")
            .and_then(|email| email.children.first())
            .map(|tag| tag.name.as_str())
            .filter(|name| name.contains('@'))
            .unwrap_or_default(),
        text => text,
    }
}

/// What one record says.
fn of_record(record: &Element) -> Row {
    let mut row = Row::default();
    let empty = Element::default();
    let part = |of: &Element, name: &str| of.child(name).cloned().unwrap_or_default();
    let seen = record.child("row").unwrap_or(&empty);
    row.text("SourceIP", seen.text_of("source_ip"));
    row.text("MessageCount", seen.text_of("count"));
    let evaluated = part(seen, "policy_evaluated");
    evaluated_row(&evaluated, &mut row);
    // An early draft called the element so, and software that followed it still reports.
    let identifiers = record.child("identifiers").or_else(|| record.child("identities")).unwrap_or(&empty);
    row.domain("HeaderFrom", identifiers.text_of("header_from"));
    row.domain("EnvelopeFrom", identifiers.text_of("envelope_from"));
    row.domain("EnvelopeTo", identifiers.text_of("envelope_to"));
    let results = part(record, "auth_results");
    let signatures: Vec<&Element> = results.all("dkim").filter(|result| !result.is_empty()).collect();
    let senders: Vec<&Element> = results.all("spf").filter(|result| !result.is_empty()).collect();
    if let Some(first) = first(&signatures) {
        row.domain("DkimDomain", first.text_of("domain"));
        row.text("DkimSelector", first.text_of("selector"));
        row.lower("DkimResult", first.text_of("result"));
    }
    row.json("DkimResults", all(&signatures));
    if let Some(first) = first(&senders) {
        row.domain("SpfDomain", first.text_of("domain"));
        row.lower("SpfScope", first.text_of("scope"));
        row.lower("SpfResult", first.text_of("result"));
    }
    row.json("SpfResults", all(&senders));
    row
}

fn evaluated_row(evaluated: &Element, row: &mut Row) {
    row.lower("Disposition", evaluated.text_of("disposition"));
    let (dkim, spf) = (evaluated.text_of("dkim"), evaluated.text_of("spf"));
    row.lower("DkimAligned", dkim);
    row.lower("SpfAligned", spf);
    if [dkim, spf].iter().any(|result| result.eq_ignore_ascii_case("pass")) {
        row.text("DmarcResult", "pass");
    } else if !(dkim.is_empty() && spf.is_empty()) {
        row.text("DmarcResult", "fail");
    }
    let reasons: Vec<&Element> = evaluated.all("reason").filter(|reason| !reason.is_empty()).collect();
    if let Some(first) = reasons.first() {
        row.lower("OverrideReason", first.text_of("type"));
    }
    row.json("OverrideReasons", all(&reasons));
}

/// The result that tells most: the first that passed, else the first.
fn first<'e>(results: &[&'e Element]) -> Option<&'e Element> {
    let passed = results.iter().find(|result| result.text_of("result").eq_ignore_ascii_case("pass"));
    passed.or(results.first()).copied()
}

/// Members of the lists whose values have no case, and those of them that are domains.
const NO_CASE: [&str; 4] = ["result", "scope", "type", "domain"];

/// Elements as a JSON array of objects, whatever is in them.
fn all(elements: &[&Element]) -> String {
    let mut out = String::from("[");
    for element in elements {
        if out.len() > 1 {
            out.push(',');
        }
        let mut plain = Element { text: String::new(), ..(*element).clone() };
        for child in &mut plain.children {
            child.name = child.name.to_ascii_lowercase();
            if NO_CASE.contains(&child.name.as_str()) {
                child.text = domain(&child.text).to_lowercase();
            }
        }
        plain.children.retain(|child| !child.is_empty());
        if plain.children.is_empty() && plain.attributes.is_empty() {
            out.push_str("{}");
        } else {
            plain.write_json(&mut out);
        }
    }
    out.push(']');
    out
}

/// What stands in a report beside what has a column, as JSON: of the report, of its metadata, of the policy, of the record.
fn extensions(others: &[Element], metadata: &Element, policy: &Element, record: &Element) -> String {
    let empty = Element::default();
    let part = |name: &str| record.child(name).unwrap_or(&empty);
    let seen = part("row");
    let evaluated = seen.child("policy_evaluated").unwrap_or(&empty);
    let of_record = record
        .others(&["row", "identifiers", "identities", "auth_results"])
        .chain(seen.others(&["source_ip", "count", "policy_evaluated"]))
        .chain(evaluated.others(&["disposition", "dkim", "spf", "reason"]))
        .chain(part("identifiers").others(&["header_from", "envelope_from", "envelope_to"]))
        .chain(part("auth_results").others(&["dkim", "spf"]));
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    let mut add = |name: &str, elements: Vec<&Element>| {
        let elements: Vec<&Element> = elements.into_iter().filter(|element| !element.is_empty()).collect();
        if !elements.is_empty() {
            let mut inner = Object::begin(object.member(name));
            inner.elements(&elements);
            inner.end();
        }
    };
    add("report", others.iter().collect());
    add("metadata", metadata.others(&METADATA).collect());
    add("policy", policy.others(&POLICY).collect());
    add("record", of_record.collect());
    object.end();
    out
}
