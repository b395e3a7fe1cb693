//! The DNS records that make the messages mean what they should: SPF, DKIM keys, DMARC, mail servers and the names of addresses.
//!
//! [`Zones::master`] is one file for a resolver that reads recorded zones; [`Zones::files`] is what BIND 9 wants, a file a zone and the
//! statements that name them.

use std::{collections::BTreeMap, fmt::Write as _, net::Ipv4Addr};

use super::{MailError, keys::Keys, stage::Stage};

/// How long records may be remembered, in seconds: short, because the keys change with every run.
const TTL: u32 = 60;
/// The longest string of a TXT record (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;

/// One record, its name without the dot at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    name: String,
    kind: &'static str,
    data: String,
}

/// Records by zone.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    zones: BTreeMap<String, Vec<Record>>,
}

impl Zones {
    /// The records of everybody on the stage.
    pub(super) fn new(stage: &Stage, keys: &Keys) -> Result<Self, MailError> {
        let mut zones = Self::default();
        for house in stage.houses() {
            let apex = &house.domain;
            zones.add(apex, apex, "MX", format!("10 {}.", house.server(0).name));
            for server in house.servers() {
                zones.add(apex, &server.name, "A", server.address.to_string());
                zones.add(apex, &server.name, "TXT", text("v=spf1 a -all"));
                let (zone, name) = reverse(server.address);
                zones.add(&zone, &name, "PTR", format!("{}.", server.name));
            }
            let envelope = house.envelope_domain();
            zones.add(apex, apex, "TXT", text(&house.spf));
            if envelope != *apex {
                zones.add(apex, &envelope, "TXT", text(&house.spf));
                zones.add(apex, &envelope, "MX", format!("10 {}.", house.server(0).name));
            }
            zones.add(apex, &format!("_dmarc.{apex}"), "TXT", text(&house.dmarc));
            if !house.selector.is_empty() {
                let record = keys.record(house)?;
                zones.add(apex, &format!("{}._domainkey.{apex}", house.selector), "TXT", text(&record));
            }
        }
        Ok(zones)
    }

    fn add(&mut self, zone: &str, name: &str, kind: &'static str, data: String) {
        let record = Record { name: name.to_owned(), kind, data };
        self.zones.entry(zone.to_owned()).or_default().push(record);
    }

    /// Every record in one master file (RFC 1035 section 5), names in full.
    #[must_use]
    pub fn master(&self) -> String {
        let mut out = format!("; Made by spoofwatch simulate mail: records of its test messages.\n$TTL {TTL}\n");
        for (zone, records) in &self.zones {
            let _ = write!(out, "\n; {zone}\n");
            push_records(&mut out, records);
        }
        out
    }

    /// Files for BIND 9 by name: one a zone, with its SOA, and `zones.conf`, to be included in `named.conf`, whose `directory` is where
    /// they lie.
    #[must_use]
    pub fn files(&self) -> Vec<(String, String)> {
        let mut statements = String::from("// Made by spoofwatch simulate mail. In named.conf: include \"zones.conf\";\n");
        let mut files = Vec::new();
        for (zone, records) in &self.zones {
            let file = format!("{zone}.zone");
            let _ = writeln!(statements, "zone \"{zone}\" {{ type primary; file \"{file}\"; }};");
            let mut out = format!("$TTL {TTL}\n{zone}. IN SOA ns.{zone}. hostmaster.{zone}. 1 3600 900 604800 {TTL}\n");
            let _ = writeln!(out, "{zone}. IN NS ns.{zone}.\nns.{zone}. IN A 127.0.0.1");
            push_records(&mut out, records);
            files.push((file, out));
        }
        files.push(("zones.conf".to_owned(), statements));
        files
    }
}

fn push_records(out: &mut String, records: &[Record]) {
    for Record { name, kind, data } in records {
        let _ = writeln!(out, "{name}. IN {kind} {data}");
    }
}

/// A TXT record's strings, quoted; the DNS puts them together again.
fn text(value: &str) -> String {
    let mut out = String::new();
    let mut room = 0;
    for letter in value.chars() {
        if room < letter.len_utf8() {
            out.push_str(if out.is_empty() { "\"" } else { "\" \"" });
            room = MAX_STRING;
        }
        room -= letter.len_utf8();
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}

/// The zone and the name that an address's name is asked at (RFC 1035 section 3.5).
fn reverse(address: Ipv4Addr) -> (String, String) {
    let [a, b, c, d] = address.octets();
    let zone = format!("{c}.{b}.{a}.in-addr.arpa");
    let name = format!("{d}.{zone}");
    (zone, name)
}

#[cfg(test)]
mod tests {
    use super::{reverse, text};

    #[test]
    fn long_texts_are_several_strings() {
        assert_eq!(text("v=spf1 -all"), "\"v=spf1 -all\"");
        let long = text(&"k".repeat(300));
        assert_eq!(long, format!("\"{}\" \"{}\"", "k".repeat(255), "k".repeat(45)));
        assert_eq!(text("a\"b\\"), r#""a\"b\\""#);
    }

    #[test]
    fn an_address_is_asked_for_backwards() {
        let (zone, name) = reverse("192.0.2.17".parse().unwrap());
        assert_eq!((zone.as_str(), name.as_str()), ("2.0.192.in-addr.arpa", "17.2.0.192.in-addr.arpa"));
    }
}
