//! What is written and not sent: messages with their envelopes, records for the DNS, keys.

use std::{io::Write as _, path::Path};

use serde_json::json;
use simulate::mail::{Keys, Message, Zones};

use crate::{failure::Failure, output, write::atomically};

/// The file of envelopes beside the messages: a request a line, as `mail verify --batch` reads them.
const ENVELOPES: &str = "envelopes.jsonl";

/// Reads a key file, or makes one that nobody else can read.
pub(super) fn keys(path: &Path) -> Result<Keys, Failure> {
    let named = |problem: &dyn std::fmt::Display| Failure::input(format!("error: --keys {}: {problem}", path.display()));
    if path.exists() {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_err(|error| named(&error))?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(named(&format_args!("others can read it; chmod 600 {}", path.display())));
            }
        }
        let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
        return Keys::parse(&text).map_err(|error| named(&error));
    }
    let keys = Keys::generate()?;
    let text = keys.to_text()?;
    // A temporary file is its owner's alone (mode 0600), and stays so where it is put.
    atomically(path, |file| file.write_all(text.as_bytes()).map_err(|error| named(&error)))?;
    Ok(keys)
}

/// Writes the records: one file, or one a zone where the path is a folder.
pub(super) fn zones(path: &Path, zones: &Zones) -> Result<(), Failure> {
    let folder = path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR);
    if !folder {
        return to_file(path, zones.master().as_bytes());
    }
    std::fs::create_dir_all(path).map_err(|error| Failure::input(format!("error: {}: {error}", path.display())))?;
    zones.files().iter().try_for_each(|(name, text)| to_file(&path.join(name), text.as_bytes()))
}

/// Writes each message into a file of its own, and their envelopes into one.
pub(super) fn messages(folder: &Path, messages: &[Message]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::input(format!("error: {}: {error}", folder.display())))?;
    let mut envelopes = String::new();
    for (number, message) in messages.iter().enumerate() {
        let path = folder.join(format!("{:03}-{}.eml", number + 1, message.scenario.name));
        to_file(&path, &message.data)?;
        let envelope = json!({
            "id": message.id,
            "ip": message.client,
            "helo": message.helo,
            "from": message.mail_from,
            "file": path,
            "rcpt": message.recipients,
            "scenario": message.scenario.name,
            "attack": message.scenario.kind.is_attack(),
            "expected": super::report::expected(message.scenario),
        });
        envelopes.push_str(&format!("{envelope}\n"));
    }
    to_file(&folder.join(ENVELOPES), envelopes.as_bytes())?;
    let count = crate::term::count(u64::try_from(messages.len()).unwrap_or(u64::MAX), "message");
    output::print(&format!("{count} in {}, envelopes in {ENVELOPES}; nothing was sent\n", folder.display()))
}

fn to_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    output::to_file(path, |out| Ok(out.write_all(bytes)?))
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    #[cfg(unix)]
    fn a_key_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.pem");
        let made = keys(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(keys(&path).unwrap().to_text().unwrap(), made.to_text().unwrap());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(keys(&path).unwrap_err().words().contains("chmod 600"));
    }
}
