//! A change to a tenant: the cmdlet that makes it, with its parameters, and the one that takes it back. Data, so that it can be stored, approved
//! and sent over HTTP; as PowerShell for people.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A cmdlet of Exchange Online with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandLine {
    /// Its name, such as `Set-DkimSigningConfig`.
    pub cmdlet: String,
    /// Its parameters by name, in the order they are written; values as InvokeCommand takes them.
    pub parameters: Map<String, Value>,
    /// What puts back what was there before; `None` where nothing can, as with a key that was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Box<CommandLine>>,
    /// Why nothing takes it back, and what that means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl CommandLine {
    /// A cmdlet without parameters yet.
    #[must_use]
    pub fn new(cmdlet: &str) -> Self {
        Self { cmdlet: cmdlet.to_owned(), parameters: Map::new(), undo: None, note: None }
    }

    /// The same, with a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// The same, with what takes it back.
    #[must_use]
    pub fn undone_by(mut self, undo: Self) -> Self {
        self.undo = Some(Box::new(undo));
        self
    }

    /// The same, with why nothing takes it back.
    #[must_use]
    pub fn without_undo(mut self, why: &str) -> Self {
        self.note = Some(why.to_owned());
        self
    }

    /// The new key of a domain's signing, which takes effect in four days.
    #[must_use]
    pub fn rotation(domain: &str) -> Self {
        let why = "A key that was made stays; the one in use signs for another 96 hours, and stays published after that.";
        Self::new("Rotate-DkimSigningConfig").with("Identity", domain).with("KeySize", 2048).without_undo(why)
    }

    /// The same cmdlet and object with one parameter changed, and back to what was there: how most settings are changed.
    #[must_use]
    pub fn changes(self, name: &str, to: impl Into<Value>, from: impl Into<Value>) -> Self {
        let mut undo = self.clone();
        let base = undo.undo.take();
        let undo = base.map_or(undo, |undo| *undo).with(name, from);
        self.with(name, to).undone_by(undo)
    }

    /// As it is typed into PowerShell. Names of a tenant's objects are others' text: every one is quoted so that it stays a value.
    #[must_use]
    pub fn powershell(&self) -> String {
        let mut out = self.cmdlet.clone();
        for (name, value) in self.words() {
            out.push_str(&format!(" -{name}{value}"));
        }
        out
    }

    /// The names of its parameters, each with what is typed after it. A switch has its value after a colon: after a space it would be taken for the
    /// next argument.
    pub fn words(&self) -> impl Iterator<Item = (&str, String)> {
        self.parameters.iter().map(|(name, value)| {
            let mut text = if SWITCHES.contains(&name.as_str()) { ":".to_owned() } else { " ".to_owned() };
            write_value(value, &mut text);
            (name.as_str(), text)
        })
    }
}

/// Parameters that cmdlets have in common and that are switches.
const SWITCHES: [&str; 3] = ["Confirm", "Force", "WhatIf"];

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("$null"),
        Value::Bool(true) => out.push_str("$true"),
        Value::Bool(false) => out.push_str("$false"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(text, out),
        Value::Array(values) if values.is_empty() => out.push_str("@()"),
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(value, out);
            }
        }
        Value::Object(members) => {
            out.push_str("@{");
            for (at, (name, value)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(';');
                }
                write_text(name, out);
                out.push('=');
                write_value(value, out);
            }
            out.push('}');
        }
    }
}

/// A text between single quotation marks, in which PowerShell replaces nothing. To it the typographic ones are quotation marks too
/// (about_Quoting_Rules): each is doubled. Line breaks and other controls, which a terminal might act on, become spaces.
fn write_text(text: &str, out: &mut String) {
    out.push('\'');
    for letter in text.chars() {
        match letter {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => {
                out.push(letter);
                out.push(letter);
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('\'');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::CommandLine;

    #[test]
    fn a_command_is_written_as_powershell_reads_it() {
        let command = CommandLine::new("New-TransportRule")
            .with("Name", "Quarantine")
            .with("HeaderContainsWords", json!(["a b", "c"]))
            .with("Priority", 0)
            .with("StopRuleProcessing", true)
            .with("Comments", json!(null))
            .with("ExceptIfFrom", json!([]));
        let wanted = "New-TransportRule -Name 'Quarantine' -HeaderContainsWords 'a b','c' -Priority 0 -StopRuleProcessing $true -Comments $null \
                      -ExceptIfFrom @()";
        assert_eq!(command.powershell(), wanted);
    }

    #[test]
    fn a_switch_has_its_value_after_a_colon() {
        let command = CommandLine::new("Remove-TransportRule").with("Identity", "a").with("Confirm", false);
        assert_eq!(command.powershell(), "Remove-TransportRule -Identity 'a' -Confirm:$false");
    }

    #[test]
    fn a_name_cannot_end_its_quotation_marks() {
        let command =
            CommandLine::new("Disable-TransportRule").with("Identity", "x'; Remove-Mailbox boss #\u{2019}; $(whoami)\n");
        assert_eq!(
            command.powershell(),
            "Disable-TransportRule -Identity 'x''; Remove-Mailbox boss #\u{2019}\u{2019}; $(whoami) '"
        );
    }

    #[test]
    fn a_change_of_several_settings_goes_back_to_what_each_was() {
        let command = CommandLine::new("Set-AntiPhishPolicy")
            .with("Identity", "Default")
            .changes("A", true, false)
            .changes("B", "new", "old");
        assert_eq!(command.powershell(), "Set-AntiPhishPolicy -Identity 'Default' -A $true -B 'new'");
        let undo = command.undo.as_ref().map(|undo| undo.powershell());
        assert_eq!(undo.as_deref(), Some("Set-AntiPhishPolicy -Identity 'Default' -A $false -B 'old'"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        #[test]
        fn whatever_a_name_is_it_stays_one_value(name in "\\PC{0,20}|[';$()\"`\u{2018}\u{2019}\u{201a}\u{201b} a-z\n]{0,20}") {
            let line = CommandLine::new("Get-X").with("Identity", name.as_str()).powershell();
            let inside = line.strip_prefix("Get-X -Identity '").and_then(|rest| rest.strip_suffix('\''));
            let quotation = |letter: &char| matches!(letter, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
            // Every run of quotation marks inside is even: each is doubled, so that none ends the value.
            let mut marks = inside.unwrap_or("'").chars().peekable();
            while let Some(letter) = marks.next() {
                if quotation(&letter) {
                    proptest::prop_assert!(marks.next_if(quotation).is_some(), "{}", line);
                }
            }
        }
    }

    #[test]
    fn it_is_stored_and_read_back() -> Result<(), serde_json::Error> {
        let command = CommandLine::new("Set-OrganizationConfig").changes("RejectDirectSend", true, false);
        let stored = serde_json::to_string(&command)?;
        assert_eq!(serde_json::from_str::<CommandLine>(&stored)?, command);
        Ok(())
    }
}
