//! The command that has a signer read its tables, run as the configuration names it: no shell, and not for long.

use std::{
    io::Read as _,
    process::{Child, Command, Stdio},
    time::Duration,
};

use async_trait::async_trait;
use rotation::Reload;

use crate::clock;

/// How long a signer may take.
const LIMIT: Duration = Duration::from_secs(60);
/// Between two looks at whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// So much of what it says is told.
const WORDS: u64 = 2_000;

/// A program and its arguments; nothing where the signer sees for itself.
#[derive(Debug, Clone)]
pub(super) struct Program(pub(super) Vec<String>);

#[async_trait]
impl Reload for Program {
    async fn reload(&self) -> Result<(), String> {
        let Some((program, arguments)) = self.0.split_first() else { return Ok(()) };
        let failed = |words: String| format!("{}: {words}", self.0.join(" "));
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let since = clock::steady();
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(failed(format!("{status}{}", said(&mut child)))),
                Ok(None) if since() < LIMIT => tokio::time::sleep(LOOK).await,
                Ok(None) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(failed(format!("it did not end within {} seconds", LIMIT.as_secs())));
                }
                Err(error) => return Err(failed(error.to_string())),
            }
        }
    }
}

/// What it said on standard error.
fn said(child: &mut Child) -> String {
    let mut bytes = Vec::new();
    // What it left running may hold the other end open: only what is there is read, and that is little.
    if let Some(err) = child.stderr.take() {
        let _ = err.take(WORDS).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    if text.trim().is_empty() { String::new() } else { format!(": {}", text.trim()) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_that_fails_says_why() {
        let run = async |words: &[&str]| Program(words.iter().map(|&word| word.to_owned()).collect()).reload().await;
        assert_eq!(run(&[]).await, Ok(()));
        assert_eq!(run(&["true"]).await, Ok(()));
        let error = run(&["sh", "-c", "echo no such unit >&2; exit 5"]).await.unwrap_err();
        assert!(error.ends_with("exit status: 5: no such unit"), "{error}");
        assert!(run(&["/no/such/program"]).await.is_err());
    }
}
