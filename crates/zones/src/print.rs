//! Changes for people who make them by hand: as lines of a zone file, as a script for `nsupdate`, as steps in words.
//!
//! The undo of each is that of [`Change::undo`].

use std::fmt::Write;

use async_trait::async_trait;

use crate::{
    change::{Applied, Change, RecordKind, Value, WriteError, ZoneWriter},
    wire,
};

/// The longest value that every form of a provider takes in one piece.
const ONE_STRING: usize = 255;

/// Writes nothing: whoever keeps the zone is told what to write ([`WriteError::ByHand`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Printed;

#[async_trait]
impl ZoneWriter for Printed {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        change.check()?;
        if change.is_nothing() { Ok(Applied::Already) } else { Err(WriteError::ByHand(Box::new(change.clone()))) }
    }
}

impl Value {
    /// As a zone file has it (RFC 1035 section 5.1): texts cut into strings within quotation marks, names with their dot.
    #[must_use]
    pub fn presentation(&self) -> String {
        let dotted = |name: &str| format!("{}.", name.strip_suffix('.').unwrap_or(name));
        match self {
            Self::Txt(text) => wire::cut(text.as_bytes()).into_iter().map(quoted).collect::<Vec<_>>().join(" "),
            Self::Cname(target) => dotted(target),
            Self::Mx(preference, host) => format!("{preference} {}", dotted(host)),
        }
    }
}

/// A string within quotation marks: whatever is no plain character as its number (RFC 1035 section 5.1).
fn quoted(string: &[u8]) -> String {
    let mut text = String::with_capacity(string.len().saturating_add(2));
    text.push('"');
    for &byte in string {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\{byte:03}");
            }
        }
    }
    text.push('"');
    text
}

impl Change {
    /// Lines of a zone file: what goes as comments, then what comes. Each ends with a line break.
    #[must_use]
    pub fn as_zone_lines(&self) -> String {
        let line = |value: &Value| format!("{}. {} IN {} {}\n", self.plain_name(), self.ttl, self.kind, value.presentation());
        let mut text = String::new();
        for value in self.going() {
            let _ = write!(text, "; goes: {}", line(value));
        }
        text.extend(self.after.iter().map(line));
        text
    }

    /// A script for `nsupdate`: what must stand there, what goes and what comes, in one update.
    #[must_use]
    pub fn as_nsupdate(&self, zone: Option<&str>) -> String {
        let (name, kind) = (self.plain_name(), self.kind);
        let mut text = zone.map(|zone| format!("zone {}.\n", zone.strip_suffix('.').unwrap_or(zone))).unwrap_or_default();
        for value in &self.before {
            let _ = writeln!(text, "prereq yxrrset {name}. {kind} {}", value.presentation());
        }
        if self.before.is_empty() {
            let _ = match (kind, self.after.is_empty()) {
                (RecordKind::Cname, false) => writeln!(text, "prereq nxdomain {name}."),
                (RecordKind::Txt | RecordKind::Mx, false) => {
                    writeln!(text, "prereq nxrrset {name}. {kind}\nprereq nxrrset {name}. {}", RecordKind::Cname)
                }
                (_, true) => writeln!(text, "prereq nxrrset {name}. {kind}"),
            };
        } else {
            let _ = writeln!(text, "update delete {name}. {kind}");
        }
        for value in &self.after {
            let _ = writeln!(text, "update add {name}. {} {kind} {}", self.ttl, value.presentation());
        }
        text.push_str("send\n");
        text
    }

    /// Steps in words, one to a line, for the forms of a provider.
    #[must_use]
    pub fn as_steps(&self) -> String {
        let (name, kind, ttl) = (self.plain_name(), self.kind, self.ttl);
        let (going, coming): (Vec<_>, Vec<_>) = (self.going().collect(), self.coming().collect());
        if let ([old], [new]) = (going.as_slice(), coming.as_slice()) {
            let (old, new) = (shown(old), shown(new));
            return format!("change the {kind} record of {name} from {old} to {new}, with a TTL of {ttl} seconds");
        }
        let go = going.into_iter().map(|value| format!("delete the {kind} record of {name} that is {}", shown(value)));
        let come = coming
            .into_iter()
            .map(|value| format!("add a {kind} record for {name}, with a TTL of {ttl} seconds: {}", shown(value)));
        let steps: Vec<String> = go.chain(come).collect();
        if steps.is_empty() { format!("leave the {kind} records of {name} as they are") } else { steps.join("\n") }
    }

    fn plain_name(&self) -> &str {
        self.name.strip_suffix('.').unwrap_or(&self.name)
    }

    fn going(&self) -> impl Iterator<Item = &Value> {
        self.before.iter().filter(|old| !self.after.iter().any(|new| new.same(old)))
    }

    fn coming(&self) -> impl Iterator<Item = &Value> {
        self.after.iter().filter(|new| !self.before.iter().any(|old| old.same(new)))
    }
}

/// A value as a form wants it: a text without quotation marks.
fn shown(value: &Value) -> String {
    match value {
        Value::Txt(text) if text.len() > ONE_STRING => format!(
            "`{text}` (in one piece; where a form takes {ONE_STRING} characters at most, in several strings: {})",
            value.presentation()
        ),
        Value::Txt(text) => format!("`{text}`"),
        Value::Cname(target) => format!("`{target}`"),
        Value::Mx(preference, host) if host.is_empty() => format!("`{preference} .` (preference {preference}, host `.`)"),
        Value::Mx(preference, host) => format!("`{preference} {host}` (preference {preference}, host `{host}`)"),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use crate::change::{Change, RecordKind, Value};

    fn text(text: &str) -> Value {
        Value::Txt(text.to_owned())
    }

    fn policy() -> Change {
        Change {
            name: "_dmarc.example.com".to_owned(),
            kind: RecordKind::Txt,
            before: vec![text("v=DMARC1; p=none")],
            after: vec![text("v=DMARC1; p=reject")],
            ttl: 3600,
        }
    }

    #[test]
    fn a_change_as_lines_of_a_zone_file() {
        assert_eq!(
            policy().as_zone_lines(),
            "; goes: _dmarc.example.com. 3600 IN TXT \"v=DMARC1; p=none\"\n_dmarc.example.com. 3600 IN TXT \"v=DMARC1; p=reject\"\n"
        );
    }

    #[test]
    fn a_change_as_a_script_for_nsupdate() {
        assert_eq!(
            policy().as_nsupdate(Some("example.com")),
            "zone example.com.\n\
             prereq yxrrset _dmarc.example.com. TXT \"v=DMARC1; p=none\"\n\
             update delete _dmarc.example.com. TXT\n\
             update add _dmarc.example.com. 3600 TXT \"v=DMARC1; p=reject\"\n\
             send\n"
        );
        let alias = Change::adding("s1._domainkey.example.com", &[], Value::Cname("s1.example.net".to_owned()), 300);
        assert_eq!(
            alias.as_nsupdate(None),
            "prereq nxdomain s1._domainkey.example.com.\nupdate add s1._domainkey.example.com. 300 CNAME s1.example.net.\nsend\n"
        );
        assert_eq!(
            Change::adding("example.com", &[], Value::Mx(0, String::new()), 300).as_nsupdate(None),
            "prereq nxrrset example.com. MX\nprereq nxrrset example.com. CNAME\nupdate add example.com. 300 MX 0 .\nsend\n"
        );
    }

    #[test]
    fn a_change_in_words() {
        assert_eq!(
            policy().as_steps(),
            "change the TXT record of _dmarc.example.com from `v=DMARC1; p=none` to `v=DMARC1; p=reject`, with a TTL of 3600 seconds"
        );
        assert_eq!(
            policy().undo().as_steps(),
            "change the TXT record of _dmarc.example.com from `v=DMARC1; p=reject` to `v=DMARC1; p=none`, with a TTL of 3600 seconds"
        );
        let present = [text("v=spf1 -all"), text("proof")];
        let more = Change::adding("example.com", &present, text("other"), 300);
        assert_eq!(more.as_steps(), "add a TXT record for example.com, with a TTL of 300 seconds: `other`");
        assert_eq!(
            Change { after: Vec::new(), ..more }.as_steps(),
            "delete the TXT record of example.com that is `v=spf1 -all`\ndelete the TXT record of example.com that is `proof`"
        );
        assert_eq!(
            Change::adding("example.com", &[], Value::Mx(10, "mx.example.com".to_owned()), 300).as_steps(),
            "add a MX record for example.com, with a TTL of 300 seconds: `10 mx.example.com` (preference 10, host `mx.example.com`)"
        );
        assert_eq!(
            Change { after: policy().before, ..policy() }.as_steps(),
            "leave the TXT records of _dmarc.example.com as they are"
        );
    }

    #[test]
    fn texts_are_quoted_and_cut() {
        assert_eq!(quoted(b"say \"p\\\" \xc3\xa4\n"), "\"say \\\"p\\\\\\\" \\195\\164\\010\"");
        assert_eq!(text("").presentation(), "\"\"");
        let key = text(&"k".repeat(300));
        assert_eq!(key.presentation(), format!("\"{}\" \"{}\"", "k".repeat(255), "k".repeat(45)));
        assert!(Change::adding("a.example", &[], key, 300).as_steps().contains("in several strings: \"kkk"));
    }
}
