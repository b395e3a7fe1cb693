//! Name servers: those of the system, or one that is named. UDP with EDNS(0), TCP where an answer does not fit.
//!
//! Remembers nothing, [`super::Cache`] does. What is not an answer is told apart: a server that says SERVFAIL was asked in vain for this
//! name, one that says nothing may be gone. After several questions in a row without any answer the network is held to be gone for some
//! seconds, so that reading thousands of messages without a DNS does not take a time limit for each.

mod records;
mod security_aware;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use hickory_resolver::{
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts},
    lookup::Lookup,
    net::{DnsError, NetError, NoRecords},
    proto::{
        op::ResponseCode,
        rr::{Name, RData, RecordType},
    },
    system_conf::read_system_conf,
};
use thiserror::Error;

use super::{Absent, Answer, Clock, Kind, Resolver};
use records::{found, record_type};
use security_aware::SecurityAware;

/// The port of name servers.
const PORT: u16 = 53;

/// How long the absence of records may be remembered where no SOA record says (RFC 2308 section 5 forbids long times).
const ABSENT: Duration = Duration::from_secs(60);

/// How long trouble may be remembered (RFC 2308 section 7 allows five minutes at most).
const TROUBLE: Duration = Duration::from_secs(10);

/// Questions under way to one server over one connection.
const MAX_UNDER_WAY: usize = 256;

/// How servers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkOptions {
    /// For one question, all tries together.
    pub limit: Duration,
    /// How often a question is sent to a server that does not answer, at least once.
    pub tries: u32,
    /// After so many questions in a row without an answer the network is held to be gone.
    pub unanswered: u32,
    /// For how long. Then one question is sent to see.
    pub pause: Duration,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self { limit: Duration::from_secs(5), tries: 2, unanswered: 5, pause: Duration::from_secs(20) }
    }
}

/// Why there is no network to ask.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// The system does not say which servers to ask.
    #[error("the system's list of name servers cannot be read: {0}")]
    System(NetError),
    /// It says that there are none.
    #[error("the system names no name server")]
    NoServers,
    /// The resolver cannot be set up.
    #[error("name servers cannot be asked: {0}")]
    Setup(NetError),
    /// The server's own address is not known.
    #[error("`{server}` is not the address of a name server, such as 192.0.2.53:53: {source}")]
    Server {
        /// As it was given.
        server: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A name that stands for no address.
    #[error("`{0}` has no address")]
    NoAddress(String),
}

/// The address of a server given as `ADDRESS`, `ADDRESS:PORT`, `[IPv6]:PORT` or with a host's name in place of the address.
///
/// # Errors
///
/// It is none of these, or the system does not know the host.
pub async fn server_address(text: &str) -> Result<SocketAddr, NetworkError> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    if let Ok(ip) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, PORT));
    }
    let host = if text.contains(':') { text.to_owned() } else { format!("{text}:{PORT}") };
    let mut found =
        tokio::net::lookup_host(host).await.map_err(|source| NetworkError::Server { server: text.to_owned(), source })?;
    found.next().ok_or_else(|| NetworkError::NoAddress(text.to_owned()))
}

/// Name servers.
pub struct Network {
    resolver: hickory_resolver::Resolver<SecurityAware>,
    options: NetworkOptions,
    clock: Clock,
    /// The servers, as the words of a failure name them.
    servers: String,
    switch: Switch,
}

impl Network {
    /// The servers that the system is configured with.
    ///
    /// # Errors
    ///
    /// The configuration cannot be read or names no server.
    pub fn system(clock: Clock, options: NetworkOptions) -> Result<Self, NetworkError> {
        let (config, settings) = read_system_conf().map_err(NetworkError::System)?;
        if config.name_servers.is_empty() {
            return Err(NetworkError::NoServers);
        }
        Self::new(config, settings, clock, options)
    }

    /// One server.
    ///
    /// # Errors
    ///
    /// The resolver cannot be set up.
    pub fn server(address: SocketAddr, clock: Clock, options: NetworkOptions) -> Result<Self, NetworkError> {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = address.port();
            connection
        });
        let server = NameServerConfig::new(address.ip(), true, connections.into());
        Self::new(ResolverConfig::from_name_servers(vec![server]), ResolverOpts::default(), clock, options)
    }

    fn new(config: ResolverConfig, settings: ResolverOpts, clock: Clock, options: NetworkOptions) -> Result<Self, NetworkError> {
        let servers: Vec<String> = config.name_servers.iter().map(described).collect();
        let tries = options.tries.max(1);
        let mut builder = hickory_resolver::Resolver::builder_with_config(config, SecurityAware::default());
        let set = builder.options_mut();
        *set = settings;
        set.timeout = options.limit / tries;
        set.attempts = tries.saturating_sub(1) as usize;
        set.edns0 = true;
        set.cache_size = 0;
        set.use_hosts_file = ResolveHosts::Never;
        set.max_active_requests = MAX_UNDER_WAY;
        let resolver = builder.build().map_err(NetworkError::Setup)?;
        Ok(Self { resolver, options, clock, servers: servers.join(", "), switch: Switch::default() })
    }

    /// The answer, and whether a server gave any.
    async fn resolve(&self, name: Name, kind: Kind) -> (Answer, bool) {
        let error = match self.resolver.lookup(name.clone(), record_type(kind)).await {
            Ok(lookup) => {
                let answer = found(&name, &lookup, kind);
                return (answer.unwrap_or_else(|| self.referral()), true);
            }
            Err(error) => error,
        };
        if let NetError::Dns(DnsError::NoRecordsFound(found)) = &error
            && found.soa.is_none()
            && found.ns.is_none()
            && found.response_code == ResponseCode::NoError
            && kind != Kind::Cname
        {
            // Either a server that leaves out what it should say, or the library gave up on a chain of aliases, whose last name then has
            // one more.
            let last = found.query.name().clone();
            if self.resolver.lookup(last.clone(), RecordType::CNAME).await.is_ok_and(|more| has_alias(&more)) {
                let words = format!("too many aliases follow one another, the last at {last}");
                return (Answer::absent(Absent::Trouble(words.into()), TROUBLE), true);
            }
        }
        self.absent(&error)
    }

    /// What an error means: an absence, or trouble and whether a server answered at all.
    fn absent(&self, error: &NetError) -> (Answer, bool) {
        let servers = &self.servers;
        let (words, answered) = match error {
            NetError::Dns(DnsError::NoRecordsFound(found)) => return self.no_records(found),
            NetError::Dns(DnsError::ResponseCode(code)) => (format!("{servers} {}", said(*code)), true),
            NetError::Timeout => (self.silence(), false),
            NetError::Io(error) => (format!("{servers} cannot be reached: {error}"), false),
            NetError::NoConnections => (format!("{servers} cannot be reached"), false),
            NetError::Busy => (format!("too many questions are under way to {servers}"), true),
            NetError::Truncated => (format!("{servers} sent a part of the answer and does not send the whole over TCP"), true),
            other => (format!("{servers} sent an answer that cannot be used: {other}"), true),
        };
        (Answer::absent(Absent::Trouble(words.into()), TROUBLE), answered)
    }

    fn no_records(&self, found: &NoRecords) -> (Answer, bool) {
        // An answer that has neither records nor an SOA but names other servers is a referral (RFC 2308 section 2.2): this server does not
        // ask on.
        if found.soa.is_none() && found.ns.is_some() {
            return (self.referral(), true);
        }
        let why = if found.response_code == ResponseCode::NXDomain { Absent::NoSuchName } else { Absent::NoData };
        (Answer::absent(why, found.negative_ttl.map_or(ABSENT, |seconds| Duration::from_secs(u64::from(seconds)))), true)
    }

    fn referral(&self) -> Answer {
        let words = format!("{} refers to other servers and does not ask them", self.servers);
        Answer::absent(Absent::Trouble(words.into()), TROUBLE)
    }

    fn silence(&self) -> String {
        format!("no answer from {} within {} s", self.servers, self.options.limit.as_secs_f32())
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("servers", &self.servers).field("options", &self.options).finish_non_exhaustive()
    }
}

#[async_trait]
impl Resolver for Network {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        if !self.switch.lets_through((self.clock)(), &self.options) {
            let words = format!("{} did not answer the last questions and will be asked again in some seconds", self.servers);
            return Answer::absent(Absent::Trouble(words.into()), Duration::ZERO);
        }
        // Labels and not text: a name may hold any byte.
        let Ok(mut asked) = Name::from_labels(name.split('.').map(str::as_bytes)) else {
            return Answer::absent(Absent::NoSuchName, ABSENT);
        };
        asked.set_fqdn(true);
        let (answer, answered) = match tokio::time::timeout(self.options.limit, self.resolve(asked, kind)).await {
            Ok(found) => found,
            Err(_) => (Answer::absent(Absent::Trouble(self.silence().into()), TROUBLE), false),
        };
        self.switch.heard(answered, (self.clock)(), &self.options);
        answer
    }
}

/// Keeps count of questions that nobody answered.
#[derive(Debug, Default)]
struct Switch {
    unanswered: AtomicU32,
    /// When the next question may be sent, in milliseconds of the clock. Read only while too many are unanswered.
    until: AtomicU64,
}

impl Switch {
    fn lets_through(&self, now: Duration, options: &NetworkOptions) -> bool {
        if self.unanswered.load(Ordering::Relaxed) < options.unanswered {
            return true;
        }
        let until = self.until.load(Ordering::Relaxed);
        // Of all who ask when the pause is over, one is let through; the others wait for what it finds.
        let next = millis(now.saturating_add(options.limit));
        millis(now) >= until && self.until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn heard(&self, answered: bool, now: Duration, options: &NetworkOptions) {
        if answered {
            self.unanswered.store(0, Ordering::Relaxed);
            return;
        }
        let before = self.unanswered.load(Ordering::Relaxed);
        self.unanswered.store(before.saturating_add(1), Ordering::Relaxed);
        self.until.store(millis(now.saturating_add(options.pause)), Ordering::Relaxed);
    }
}

fn millis(of: Duration) -> u64 {
    u64::try_from(of.as_millis()).unwrap_or(u64::MAX)
}

fn described(server: &NameServerConfig) -> String {
    match server.connections.first().map(|connection| connection.port) {
        Some(port) if port != PORT => SocketAddr::new(server.ip, port).to_string(),
        _ => server.ip.to_string(),
    }
}

/// What an error of the server means (RFC 1035 section 4.1.1).
fn said(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "could not find out (SERVFAIL)".to_owned(),
        ResponseCode::Refused => "does not answer questions about this name (REFUSED)".to_owned(),
        ResponseCode::FormErr => "did not understand the question (FORMERR)".to_owned(),
        ResponseCode::NotImp => "does not answer such questions (NOTIMP)".to_owned(),
        other => format!("answered with an error: {other}"),
    }
}

fn has_alias(lookup: &Lookup) -> bool {
    lookup.answers().iter().any(|record| matches!(record.data, RData::CNAME(_)))
}
