//! rsyslog, as its makers ship it: a client in one test and a server in another.

use std::{
    fs::File,
    process::{Child, Command, Stdio},
};

use crate::{
    common::{Outcome, Place},
    mailbox::program,
};

/// A running rsyslog; ended when it is dropped.
#[derive(Debug)]
pub(super) struct Rsyslog(Child);

impl Drop for Rsyslog {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Rsyslog {
    /// Starts one that has this module, if there is one here. What it says of itself goes to the file `rsyslog.said`.
    pub(super) fn start(place: &Place, module: &str, configuration: &str) -> Outcome<Option<Self>> {
        let Some(daemon) = program("rsyslogd").filter(|_| has(module)) else {
            super::left_out(&format!("no rsyslog here that has {module}"));
            return Ok(None);
        };
        place.file("rsyslog.conf", configuration)?;
        let mut command = Command::new(daemon);
        command.arg("-n").arg("-f").arg(place.path("rsyslog.conf")).arg("-i").arg(place.path("rsyslog.pid"));
        let said = File::create(place.path("rsyslog.said"))?;
        Ok(Some(Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn()?)))
    }
}

/// Whether a module is where Debian and others put them: `/usr/lib/TRIPLET/rsyslog`, or `/usr/lib64/rsyslog`.
fn has(module: &str) -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    folders.chain(["/usr/lib64".into()]).any(|folder| folder.join("rsyslog").join(module).exists())
}
