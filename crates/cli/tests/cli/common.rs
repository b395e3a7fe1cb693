//! Running the program in a directory of its own.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What a run gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// `None` where a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Standard output of a run that must have gone well.
    pub(crate) fn good(self) -> Outcome<String> {
        if self.status == Some(0) { Ok(self.out) } else { Err(format!("{self:?}").into()) }
    }

    /// Standard error of a run that must have ended with `status`.
    pub(crate) fn failed(self, status: i32) -> Outcome<String> {
        if self.status == Some(status) { Ok(self.err) } else { Err(format!("not status {status}: {self:?}").into()) }
    }
}

/// A directory in which the program runs.
#[derive(Debug)]
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Outcome<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, with the directories above it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Outcome {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or_else(|| Path::new(".")))?;
        Ok(fs::write(path, content)?)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spoofwatch"));
        command.current_dir(self.0.path()).args(arguments).env_remove("SPOOFWATCH_DATA");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome<Run> {
        finished(self.command(arguments).spawn()?)
    }

    /// As [`Place::run`], with `input` as standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Outcome<Run> {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("no standard input")?.write_all(input)?;
        finished(child)
    }

    /// The rows of a query.
    pub(crate) fn rows(&self, query: &str) -> Outcome<Value> {
        let out = self.run(&["hunt", "--format", "json", query])?.good()?;
        let mut answer: Value = serde_json::from_str(&out)?;
        Ok(answer["rows"].take())
    }
}

pub(crate) fn finished(child: Child) -> Outcome<Run> {
    let output = child.wait_with_output()?;
    Ok(Run { status: output.status.code(), out: String::from_utf8(output.stdout)?, err: String::from_utf8(output.stderr)? })
}

/// Messages as NDJSON, one an hour of 20 November 2026.
pub(crate) fn messages(ids: &[&str]) -> String {
    let line = |(hour, id): (usize, &&str)| {
        format!("{{\"Timestamp\":\"2026-11-20T{hour:02}:00:00Z\",\"NetworkMessageId\":\"{id}\",\"Subject\":\"About {id}\"}}\n")
    };
    ids.iter().enumerate().map(line).collect()
}

/// A query that computes for longer than anyone waits.
pub(crate) const ENDLESS: &str = "let T = range x from 1 to 5000 step 1 | extend k = 1; \
    T | join kind=inner T on k | join kind=inner T on k | join kind=inner T on k | count";
