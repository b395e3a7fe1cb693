//! A BIND 9 on loopback for tests: a primary server that takes signed updates, and if wanted a secondary one that follows it or lags.
//!
//! Only for tests (feature `bench`). Where BIND is not installed, [`Bind::start`] says so with [`BenchError::NotInstalled`], and the test
//! that wanted it prints that and ends:
//!
//! ```no_run
//! # use spoofwatch_zones::bench::{Bind, Setup};
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! let Some(bind) = Bind::installed(&Setup::new("example.test", "_dmarc TXT \"v=DMARC1; p=none\"")).await? else {
//!     return Ok(());
//! };
//! let key = spoofwatch_zones::TsigKey::read(&bind.key_text, None)?;
//! # Ok(())
//! # }
//! ```
//!
//! The servers' zones, journals and logs are in a folder that goes with [`Bind`], as the servers do.

#![expect(clippy::disallowed_methods, reason = "a server for tests is started from files")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says why")]

mod relay;

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use hickory_proto::{
    op::{Message, OpCode, Query},
    rr::{Name, RData, Record, RecordType},
};
use relay::Relay;
use tempfile::TempDir;
use thiserror::Error;

use crate::exchange;

/// The name of the key that may update.
pub const KEY_NAME: &str = "updates";

/// The secret of the key: 32 bytes that nobody else has a use for.
const SECRET: &str = "dGhpcyBzZWNyZXQgb3BlbnMgbm90aGluZyBhdCBhbGw=";

/// Where BIND is on systems that do not have it in the path of users.
const PLACES: [&str; 4] = ["named", "/usr/sbin/named", "/usr/local/sbin/named", "/opt/homebrew/sbin/named"];

/// How long a server may take to start, or a secondary one to follow.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// How often another port is tried: between the moment it was found free and the server's start somebody may take it.
const PORTS: usize = 5;

/// What the secondary server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secondary {
    /// There is none.
    None,
    /// Fetches every change as soon as it is made.
    Follows,
    /// Keeps what it has until [`Bind::pass_on`].
    Lags,
}

/// What the servers serve.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Names of zones and their records as lines of a zone file, relative to the zone. SOA, NS and the addresses of the servers, `ns1` and
    /// `ns2`, are there by themselves.
    pub zones: Vec<(String, String)>,
    /// What the key may change, as the statements of `update-policy`: by default, all of every zone.
    pub policy: Option<String>,
    /// The second server.
    pub secondary: Secondary,
    /// Whether the zones are signed with DNSSEC, by keys that the server makes.
    pub signed: bool,
}

impl Setup {
    /// One zone whose key may change everything, on one server.
    #[must_use]
    pub fn new(zone: &str, records: &str) -> Self {
        Self { zones: vec![(zone.to_owned(), records.to_owned())], policy: None, secondary: Secondary::None, signed: false }
    }

    /// The same with another zone.
    #[must_use]
    pub fn zone(mut self, zone: &str, records: &str) -> Self {
        self.zones.push((zone.to_owned(), records.to_owned()));
        self
    }

    /// The same, with what the key may change, such as `grant updates name _dmarc.example.test. TXT;`.
    #[must_use]
    pub fn policy(mut self, policy: &str) -> Self {
        self.policy = Some(policy.to_owned());
        self
    }

    /// The same, signed with DNSSEC.
    #[must_use]
    pub const fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// The same with a second server.
    #[must_use]
    pub const fn secondary(mut self, secondary: Secondary) -> Self {
        self.secondary = secondary;
        self
    }
}

/// Why there is no server.
#[derive(Debug, Error)]
pub enum BenchError {
    /// BIND is not on this machine.
    #[error("BIND 9 (named) is not installed")]
    NotInstalled,
    /// The files of a server cannot be written.
    #[error("the files of the server cannot be written: {0}")]
    Files(#[from] io::Error),
    /// The server ended at once, or does not answer. On systems with AppArmor it may only read its own folders.
    #[error("named does not answer; it says:\n{0}")]
    Silent(String),
    /// The secondary server does not fetch the zone.
    #[error("the secondary server does not follow; it says:\n{0}")]
    Behind(String),
}

/// Servers that run as long as this lives.
#[derive(Debug)]
pub struct Bind {
    /// The primary server's address.
    pub address: SocketAddr,
    /// The secondary server's, if there is one: another address, the same port, as servers of a zone have it.
    pub secondary: Option<SocketAddr>,
    /// The file of the key that may update, as `tsig-keygen` writes it.
    pub key_text: String,
    zones: Vec<String>,
    signed: bool,
    program: &'static str,
    primary_process: Running,
    secondary_process: Running,
    /// Where the secondary server really listens, and what carries its public address there.
    behind: SocketAddr,
    relay: Option<Relay>,
    folder: TempDir,
}

impl Bind {
    /// The same as [`Bind::start`], with `None` and a word on standard error where BIND is not installed.
    ///
    /// # Errors
    ///
    /// It is installed and does not start.
    pub async fn installed(setup: &Setup) -> Result<Option<Self>, BenchError> {
        match Self::start(setup).await {
            Ok(bind) => Ok(Some(bind)),
            Err(BenchError::NotInstalled) => {
                eprintln!("skipped: BIND 9 (named) is not installed");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Starts the servers and waits until they answer.
    ///
    /// # Errors
    ///
    /// BIND is not installed, or does not start.
    pub async fn start(setup: &Setup) -> Result<Self, BenchError> {
        let program = PLACES.into_iter().find(|place| runs(place)).ok_or(BenchError::NotInstalled)?;
        let mut tries = 1;
        loop {
            match Self::try_start(setup, program).await {
                Err(BenchError::Silent(log)) if tries < PORTS && log.contains("address in use") => tries += 1,
                other => return other,
            }
        }
    }

    async fn try_start(setup: &Setup, program: &'static str) -> Result<Self, BenchError> {
        let has_secondary = setup.secondary != Secondary::None;
        let (port, other) = free_ports(has_secondary)?;
        let folder = TempDir::new()?;
        let key_text = format!("key \"{KEY_NAME}\" {{\n\talgorithm hmac-sha256;\n\tsecret \"{SECRET}\";\n}};\n");
        let mut bind = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            secondary: has_secondary.then_some(SocketAddr::from((SECOND, port))),
            key_text,
            zones: setup.zones.iter().map(|(name, _)| name.clone()).collect(),
            signed: setup.signed,
            program,
            primary_process: Running::default(),
            secondary_process: Running::default(),
            behind: SocketAddr::from((Ipv4Addr::LOCALHOST, other)),
            relay: None,
            folder,
        };
        bind.write(setup)?;
        bind.start_primary().await?;
        if let Some(address) = bind.secondary {
            bind.relay = Some(Relay::start(address, bind.behind)?);
            bind.start_secondary().await?;
        }
        Ok(bind)
    }

    /// All servers.
    #[must_use]
    pub fn servers(&self) -> Vec<SocketAddr> {
        [Some(self.address), self.secondary].into_iter().flatten().collect()
    }

    /// Ends the primary server. What was changed is in its journal.
    pub fn stop_primary(&mut self) {
        self.primary_process.end();
    }

    /// Ends the secondary server: whoever connects is sent away, and datagrams stay without an answer.
    pub fn stop_secondary(&mut self) {
        self.secondary_process.end();
    }

    /// Starts the primary server and waits until it answers.
    ///
    /// # Errors
    ///
    /// It does not.
    pub async fn start_primary(&mut self) -> Result<(), BenchError> {
        self.primary_process.start(self.program, &self.folder.path().join("primary"))?;
        for zone in self.zones.clone() {
            let process = &mut self.primary_process;
            // A signed zone has a chain of names as the last of it.
            let wanted = if self.signed { RecordType::NSEC } else { RecordType::SOA };
            let ready = until(async || process.ended() || !records(self.address, &zone, wanted).await.is_empty()).await;
            if ready.is_none() || process.ended() {
                return Err(BenchError::Silent(self.log()));
            }
        }
        Ok(())
    }

    /// Starts the secondary server and waits until it has the zones.
    ///
    /// # Errors
    ///
    /// It does not get them.
    pub async fn start_secondary(&mut self) -> Result<(), BenchError> {
        if self.secondary.is_none() {
            return Ok(());
        }
        let address = self.behind;
        self.secondary_process.start(self.program, &self.folder.path().join("secondary"))?;
        for zone in self.zones.clone() {
            let process = &mut self.secondary_process;
            if until(async || process.ended() || serial(address, &zone).await.is_some()).await.is_none() || process.ended() {
                return Err(BenchError::Behind(self.secondary_log()));
            }
        }
        Ok(())
    }

    /// Lets the secondary server fetch what it lacks of a zone, and waits until it has it.
    ///
    /// # Errors
    ///
    /// It does not get it.
    pub async fn pass_on(&self, zone: &str) -> Result<(), BenchError> {
        if self.secondary.is_none() {
            return Ok(());
        }
        let wanted = serial(self.address, zone).await;
        let told = notify(self.behind, zone).await;
        let followed = until(async || serial(self.behind, zone).await == wanted).await;
        if told.is_some() && followed.is_some() { Ok(()) } else { Err(BenchError::Behind(self.secondary_log())) }
    }

    /// What the primary server has said.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("primary/named.log")).unwrap_or_default()
    }

    /// What the secondary server has said.
    #[must_use]
    pub fn secondary_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("secondary/named.log")).unwrap_or_default()
    }

    /// The configurations and zones.
    fn write(&self, setup: &Setup) -> Result<(), BenchError> {
        let (primary, secondary) = (self.folder.path().join("primary"), self.folder.path().join("secondary"));
        fs::create_dir(&primary)?;
        let notify = match setup.secondary {
            Secondary::Follows => {
                let (second, port) = (self.behind.ip(), self.behind.port());
                format!("notify explicit; also-notify {{ {second} port {port}; }}; notify-delay 0;")
            }
            Secondary::None | Secondary::Lags => "notify no;".to_owned(),
        };
        let signing = if setup.signed { "dnssec-policy default;" } else { "" };
        let mut zones = String::new();
        for (name, records) in &setup.zones {
            fs::write(primary.join(format!("{name}.db")), self.zone_file(records))?;
            let policy = setup.policy.clone().unwrap_or_else(|| format!("grant {KEY_NAME} zonesub ANY;"));
            zones.push_str(&format!(
                "zone \"{name}\" {{ type primary; file \"{name}.db\"; {notify} {signing} update-policy {{ {policy} }}; }};\n"
            ));
        }
        let options = format!("allow-transfer {{ key {KEY_NAME}; }};");
        fs::write(primary.join("named.conf"), self.configuration(&primary, self.address, &options, &zones))?;
        if self.secondary.is_none() {
            return Ok(());
        }
        fs::create_dir(&secondary)?;
        let (from, port) = (self.address.ip(), self.address.port());
        let zones: String = setup
            .zones
            .iter()
            .map(|(name, _)| {
                let source = format!("primaries {{ {from} port {port} key {KEY_NAME}; }};");
                format!("zone \"{name}\" {{ type secondary; file \"{name}.db\"; {source} notify no; }};\n")
            })
            .collect();
        fs::write(secondary.join("named.conf"), self.configuration(&secondary, self.behind, "min-refresh-time 3600;", &zones))?;
        Ok(())
    }

    fn configuration(&self, folder: &Path, address: SocketAddr, options: &str, zones: &str) -> String {
        let (ip, port, folder, key) = (address.ip(), address.port(), folder.display(), &self.key_text);
        format!(
            "{key}controls {{ }};\n\
             options {{\n  directory \"{folder}\"; pid-file \"{folder}/named.pid\"; session-keyfile \"{folder}/session.key\";\n  \
             managed-keys-directory \"{folder}\"; listen-on port {port} {{ {ip}; }}; listen-on-v6 {{ none; }};\n  \
             recursion no; dnssec-validation no; {options}\n}};\n{zones}"
        )
    }

    /// The refresh is so late that a secondary server that is not told lags.
    fn zone_file(&self, records: &str) -> String {
        let second = if self.secondary.is_some() { format!("@ NS ns2\nns2 A {SECOND}\n") } else { String::new() };
        format!("$TTL 300\n@ SOA ns1 hostmaster 1 36000 9000 604800 60\n@ NS ns1\nns1 A 127.0.0.1\n{second}{records}\n")
    }
}

/// The secondary server's address: on Linux all of 127/8 is loopback.
const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A server's process, which ends with it.
#[derive(Debug, Default)]
struct Running(Option<Child>);

impl Running {
    fn start(&mut self, program: &str, folder: &Path) -> io::Result<()> {
        self.end();
        let mut command = Command::new(program);
        command.args(["-f", "-4", "-n", "1"]).arg("-c").arg(folder.join("named.conf")).arg("-L").arg(folder.join("named.log"));
        self.0 = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        Ok(())
    }

    fn ended(&mut self) -> bool {
        self.0.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    fn end(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether there is such a program.
fn runs(program: &str) -> bool {
    Command::new(program).arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Two ports that are free on loopback; the first also on the second address, which only some systems have, if that is needed.
fn free_ports(second: bool) -> io::Result<(u16, u16)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..PORTS {
        let (first, other) = (TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
        let (port, another) = (first.local_addr()?.port(), other.local_addr()?.port());
        let mut free = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).and_then(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, another)));
        if second {
            free = free.and_then(|_| TcpListener::bind((SECOND, port))).and_then(|_| UdpSocket::bind((SECOND, port)));
        }
        match free {
            Ok(_) => return Ok((port, another)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Waits for a condition; `None` if it does not come true in time.
async fn until(mut holds: impl AsyncFnMut() -> bool) -> Option<()> {
    let look = async {
        while !holds().await {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.ok()
}

/// The serial number of a zone, if the server has it.
async fn serial(server: SocketAddr, zone: &str) -> Option<u32> {
    let found = records(server, zone, RecordType::SOA).await;
    found.iter().find_map(|record| if let RData::SOA(soa) = &record.data { Some(soa.serial) } else { None })
}

/// Records at the top of a zone, if the server has it.
async fn records(server: SocketAddr, zone: &str, wanted: RecordType) -> Vec<Record> {
    let ask = async {
        let mut message = Message::query();
        message.add_query(Query::query(Name::from_ascii(format!("{zone}.")).ok()?, wanted));
        let answer = exchange::over_tcp(server, &message.to_vec().ok()?).await.ok()?;
        let answer = Message::from_vec(&answer).ok().filter(|answer| answer.authoritative)?;
        Some(answer.answers.into_iter().filter(|record| record.record_type() == wanted).collect())
    };
    ask.await.unwrap_or_default()
}

/// Tells a secondary server that there is something to fetch (RFC 1996), as its primary would.
async fn notify(server: SocketAddr, zone: &str) -> Option<()> {
    let mut message = Message::query();
    message.metadata.op_code = OpCode::Notify;
    message.metadata.authoritative = true;
    message.add_query(Query::query(Name::from_ascii(format!("{zone}.")).ok()?, RecordType::SOA));
    let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?;
    socket.send_to(&message.to_vec().ok()?, server).await.ok()?;
    let mut answer = [0; 512];
    tokio::time::timeout(PATIENCE, socket.recv(&mut answer)).await.ok()?.ok().map(drop)
}
