//! Changes by dynamic updates (RFC 2136), signed with a key (RFC 8945), over TCP.
//!
//! An update is one message that a server does as a whole or not at all: what must stand there (section 2.4), then what goes and what
//! comes (section 2.5). Two things that servers do silently are made to fail: an alias is not added where other records stand, nor
//! another record where an alias does (section 3.4.2.2), so that a change that is answered with success was made.
//!
//! Start reading at [`Updates::make`].

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use hickory_proto::{
    op::{Message, MessageType, OpCode, Query, ResponseCode},
    rr::{DNSClass, Name, RData, Record, RecordType},
};

use crate::{
    change::{Applied, Change, RecordKind, Value, WriteError, ZoneWriter, same},
    exchange,
    key::TsigKey,
    tsig::{self, Distrust},
    wire::{self, Planned},
};

/// The time of day in seconds since 1970, which signatures hold. It is an input, as everywhere.
pub type WallClock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How often an update is sent when others change the same records at the same time, or have cut them into other strings than we would.
const ROUNDS: usize = 3;

/// The port of name servers.
const PORT: u16 = 53;

/// How updates are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateOptions {
    /// The zone, where the server should not be asked for it.
    pub zone: Option<String>,
    /// For a change, all its questions together.
    pub limit: Duration,
}

impl Default for UpdateOptions {
    fn default() -> Self {
        Self { zone: None, limit: Duration::from_secs(10) }
    }
}

/// The primary server of zones, and the key that may change them.
#[derive(Clone)]
pub struct Updates {
    server: SocketAddr,
    key: TsigKey,
    clock: WallClock,
    options: UpdateOptions,
}

/// What stands at a name.
struct Standing {
    records: Vec<RData>,
    values: Vec<Value>,
    alias: Option<String>,
    /// Nothing does, but a wildcard answers.
    wildcard: bool,
}

impl Updates {
    /// A server and a key that it knows.
    #[must_use]
    pub fn new(server: SocketAddr, key: TsigKey, clock: WallClock, options: UpdateOptions) -> Self {
        Self { server, key, clock, options }
    }

    /// What stands at a name now, at this server: what a change begins with. What a wildcard answers there stands elsewhere.
    ///
    /// # Errors
    ///
    /// The server cannot say, or does not let this key ask.
    pub async fn look(&self, name: &str, kind: RecordKind) -> Result<Vec<Value>, WriteError> {
        let asked = wire::name(name)?;
        let look = async { self.standing(&self.zone_for(&asked).await?, &asked, wire::record_type(kind)).await };
        Ok(self.in_time(look).await?.values)
    }

    /// The zone a name is in, from what the server says of itself.
    ///
    /// # Errors
    ///
    /// The server has no such zone, or cannot say.
    pub async fn zone(&self, name: &str) -> Result<String, WriteError> {
        let asked = wire::name(name)?;
        Ok(wire::plain(&self.in_time(self.zone_of(&asked)).await?))
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, WriteError>>) -> Result<T, WriteError> {
        match tokio::time::timeout(self.options.limit, work).await {
            Ok(done) => done,
            Err(_) => Err(self.trouble(format!("no answer within {} s", self.options.limit.as_secs_f64()))),
        }
    }

    async fn make(&self, change: &Change, planned: Planned) -> Result<Applied, WriteError> {
        let zone = self.zone_for(&planned.name).await?;
        let mut before = planned.before.clone();
        for _ in 0..ROUNDS {
            let code = self.exchange(&planned.name, update(&zone, &planned, &before)).await?.response_code;
            match code {
                ResponseCode::NoError if change.is_nothing() => return Ok(Applied::Already),
                ResponseCode::NoError => return Ok(Applied::Made),
                ResponseCode::NXRRSet | ResponseCode::YXRRSet | ResponseCode::YXDomain | ResponseCode::NXDomain => {}
                other => return Err(self.refusal(other, change, &zone)),
            }
            let standing = self.standing(&zone, &planned.name, planned.record_type).await?;
            if standing.alias.is_none() && same(&standing.values, &change.after) {
                return Ok(Applied::Already);
            }
            let other = code == ResponseCode::YXDomain && standing.values.is_empty();
            if other || standing.alias.is_some() || !same(&standing.values, &change.before) {
                return Err(conflict(change, &standing, other));
            }
            // The same values in other strings, or put there this moment: what a server compares is the data.
            before = standing.records;
        }
        Err(self.trouble(format!("{} {} changes all the time: nothing was changed by us", change.name, change.kind)))
    }

    async fn zone_for(&self, name: &Name) -> Result<Name, WriteError> {
        match &self.options.zone {
            Some(zone) => Ok(wire::name(zone)?),
            None => self.zone_of(name).await,
        }
    }

    /// Goes up from the name until the server names a zone of its own (RFC 2308 section 3: who has no record says whose absence it is).
    async fn zone_of(&self, name: &Name) -> Result<Name, WriteError> {
        let mut asked = name.clone();
        while !asked.is_root() {
            let answer = self.exchange(name, question(&asked, RecordType::SOA)).await?;
            match answer.response_code {
                // Who does not answer for a name does not for the names above.
                ResponseCode::Refused | ResponseCode::NotAuth => break,
                ResponseCode::NoError | ResponseCode::NXDomain => {}
                code => {
                    return Err(self.trouble(format!(
                        "it cannot say which zone {} is in ({})",
                        wire::plain(name),
                        spelled(code)
                    )));
                }
            }
            // Behind an alias begins another zone's business.
            let alias = answer.answers.iter().any(|record| record.record_type() == RecordType::CNAME);
            let owner = |record: &&Record| record.record_type() == RecordType::SOA && record.name.zone_of(&asked);
            let found = answer.answers.iter().chain(&answer.authorities).find(owner);
            if let Some(soa) = found.filter(|_| answer.authoritative && !alias) {
                return Ok(soa.name.clone());
            }
            asked = asked.base_name();
        }
        let name = wire::plain(name);
        let reason = format!("it has no zone that {name} is in, or does not let the key {} ask", self.key.name());
        Err(WriteError::Refused { server: self.place(), name, reason })
    }

    async fn standing(&self, zone: &Name, name: &Name, record_type: RecordType) -> Result<Standing, WriteError> {
        let found = self.answered(name, record_type).await?;
        let which = match (&found.alias, found.values.is_empty()) {
            (Some(_), _) => RecordType::CNAME,
            (None, false) => record_type,
            (None, true) => return Ok(found),
        };
        // A wildcard answers for names at which nothing stands (RFC 4592), and no question tells the two apart: an update that changes
        // nothing and wants nothing to stand there does.
        let mut update = question(zone, RecordType::SOA);
        update.metadata.op_code = OpCode::Update;
        update.add_answer(empty(name, which, DNSClass::NONE));
        Ok(match self.exchange(name, update).await?.response_code {
            ResponseCode::NoError => Standing { records: Vec::new(), values: Vec::new(), alias: None, wildcard: true },
            _ => found,
        })
    }

    /// What the server answers to the question for the records.
    async fn answered(&self, name: &Name, record_type: RecordType) -> Result<Standing, WriteError> {
        let answer = self.exchange(name, question(name, record_type)).await?;
        let shown = wire::plain(name);
        match answer.response_code {
            ResponseCode::NoError | ResponseCode::NXDomain => {}
            ResponseCode::Refused => {
                let reason = format!("it does not let the key {} ask what stands there (REFUSED)", self.key.name());
                return Err(WriteError::Refused { server: self.place(), name: shown, reason });
            }
            code => return Err(self.trouble(format!("it cannot say what stands at {shown} ({})", spelled(code)))),
        }
        if !answer.authoritative || answer.truncation {
            return Err(self.trouble(format!("it does not say for itself, or not in full, what stands at {shown}")));
        }
        let here = || answer.answers.iter().filter(|record| record.name == *name);
        let records: Vec<RData> = here().filter(|record| record.record_type() == record_type).map(|r| r.data.clone()).collect();
        let alias = here().find_map(|record| match &record.data {
            RData::CNAME(target) if record_type != RecordType::CNAME => Some(wire::plain(&target.0)),
            _ => None,
        });
        Ok(Standing { values: records.iter().filter_map(wire::value).collect(), records, alias, wildcard: false })
    }

    /// A signed message and its answer, which is signed too.
    async fn exchange(&self, name: &Name, message: Message) -> Result<Message, WriteError> {
        let long = || self.trouble(exchange::Lost::Long);
        let bytes = message.to_vec().map_err(|_| long())?;
        // What did not fit was left out and a bit set: such a message must not be sent.
        if bytes.get(2).is_none_or(|flags| flags & 0b10 != 0) {
            return Err(long());
        }
        let now = (self.clock)();
        let request = tsig::sign(bytes, &self.key, now).ok_or_else(long)?;
        let answer = exchange::over_tcp(self.server, &request.bytes).await.map_err(|lost| self.trouble(lost))?;
        let plain = tsig::verify(&answer, &request, &self.key, now)
            .map_err(|distrust| self.distrusted(distrust, &answer, message.op_code, &wire::plain(name)))?;
        let unreadable = || self.trouble(Distrust::Malformed);
        let found = Message::from_vec(&plain).map_err(|_| unreadable())?;
        let ours = found.id == message.id && found.message_type == MessageType::Response && found.op_code == message.op_code;
        if !ours || found.queries.first().is_some_and(|query| message.queries.first() != Some(query)) {
            return Err(self.trouble("its answer is one to another question"));
        }
        Ok(found)
    }

    /// The words for an answer that is not believed, or that says that ours was not.
    fn distrusted(&self, distrust: Distrust, answer: &[u8], asked: OpCode, name: &str) -> WriteError {
        let key = self.key.name();
        let reason = match distrust {
            // Knot DNS says the same of a key that it knows and that may not do this.
            Distrust::BadKey => {
                let what = if asked == OpCode::Update { "change this" } else { "ask" };
                format!(
                    "it does not know the key {key} with {}, or does not let it {what} (BADKEY): give it the same key; Knot DNS also wants \
                     an acl of the key with `action: [query, update]` that covers the name",
                    self.key.algorithm().name()
                )
            }
            Distrust::BadSig => {
                format!("its secret of the key {key} is another than ours (BADSIG): copy the key file from the server again")
            }
            Distrust::BadTime(ahead) => format!(
                "{} (BADTIME): more than 5 minutes make signatures invalid, so set both clocks right",
                ahead.map_or_else(|| "its clock and ours differ".to_owned(), apart)
            ),
            Distrust::Other(_) => distrust.to_string(),
            // The code of an answer that may be anybody's: only for the words.
            Distrust::Unsigned => {
                let code = ResponseCode::from(0, answer.get(3).map_or(0, |flags| flags & 0xf));
                // So does PowerDNS speak of keys.
                let hint =
                    if code == ResponseCode::NotAuth { ": the key or its secret may be another than the server's" } else { "" };
                let said = spelled(code);
                return self.trouble(format!("its answer is not signed, so it is not believed; it says {said}{hint}"));
            }
            Distrust::Malformed | Distrust::OtherKey | Distrust::Mac | Distrust::Time => return self.trouble(distrust),
        };
        WriteError::Refused { server: self.place(), name: name.to_owned(), reason }
    }

    /// The words for a change that the server did not make (RFC 2136 section 2.2).
    fn refusal(&self, code: ResponseCode, change: &Change, zone: &Name) -> WriteError {
        let (key, name, kind, zone) = (self.key.name(), &change.name, change.kind, wire::plain(zone));
        let reason = match code {
            ResponseCode::Refused => {
                let grant =
                    format!("with BIND, `grant {key} name {name}. {kind};` in the update-policy of the zone {zone} lets it");
                // check-integrity and check-mx.
                let checks = "; BIND also refuses an exchanger of the same zone that has no address";
                let checks = if kind == RecordKind::Mx { checks } else { "" };
                format!("the key {key} may not change {kind} records there (REFUSED); {grant}{checks}")
            }
            ResponseCode::NotAuth => {
                format!("it is not the primary server of the zone {zone} (NOTAUTH): updates go to the primary")
            }
            ResponseCode::NotZone => format!("the name is not in the zone {zone} (NOTZONE)"),
            ResponseCode::NotImp => "it takes no dynamic updates (NOTIMP)".to_owned(),
            ResponseCode::ServFail => {
                return self.trouble(format!(
                    "it could not change {name} (SERVFAIL); its log says why: often it may not write the files of the zone"
                ));
            }
            other => return self.trouble(format!("it did not change {name} and says {}", spelled(other))),
        };
        WriteError::Refused { server: self.place(), name: name.clone(), reason }
    }

    fn trouble(&self, reason: impl ToString) -> WriteError {
        WriteError::Trouble { server: self.place(), reason: reason.to_string() }
    }

    fn place(&self) -> String {
        if self.server.port() == PORT { self.server.ip().to_string() } else { self.server.to_string() }
    }
}

#[async_trait]
impl ZoneWriter for Updates {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        let planned = Planned::new(change)?;
        self.in_time(self.make(change, planned)).await
    }
}

impl fmt::Debug for Updates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").field("server", &self.server).field("key", &self.key).finish_non_exhaustive()
    }
}

fn conflict(change: &Change, standing: &Standing, other: bool) -> WriteError {
    let now = match &standing.alias {
        Some(target) => format!("an alias of {target}, beside which nothing can stand"),
        None if other => "none, but the name has other records, beside which no alias can stand".to_owned(),
        None if standing.wildcard => "nothing: what answers there is a wildcard".to_owned(),
        None if standing.values.is_empty() => "nothing".to_owned(),
        None => standing.values.iter().map(Value::presentation).collect::<Vec<_>>().join(" and "),
    };
    WriteError::Conflict { name: change.name.clone(), kind: change.kind, now }
}

/// How clocks differ, in words.
fn apart(ahead: i64) -> String {
    let (minutes, seconds) = (ahead.unsigned_abs() / 60, ahead.unsigned_abs() % 60);
    let way = if ahead < 0 { "behind" } else { "ahead of" };
    format!("its clock is {minutes} min {seconds} s {way} ours")
}

/// A code as the standards spell it.
fn spelled(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::NotAuth => "NOTAUTH".to_owned(),
        ResponseCode::NotZone => "NOTZONE".to_owned(),
        other => format!("error {}", u16::from(other)),
    }
}

fn question(name: &Name, record_type: RecordType) -> Message {
    let mut message = Message::query();
    message.add_query(Query::query(name.clone(), record_type));
    message
}

/// A record without data: by its class, that there shall be none (RFC 2136 section 2.4.3), or that all go (section 2.5.2).
fn empty(name: &Name, record_type: RecordType, class: DNSClass) -> Record {
    let mut record = Record::update0(name.clone(), 0, record_type);
    record.dns_class = class;
    record
}

/// The update: `before` is what must stand there, which may be in other strings than the plan's.
fn update(zone: &Name, planned: &Planned, before: &[RData]) -> Message {
    let mut message = question(zone, RecordType::SOA);
    message.metadata.op_code = OpCode::Update;
    let name = &planned.name;
    let alias = planned.record_type == RecordType::CNAME;
    if before.is_empty() {
        // Nothing of the kind; for an alias, nothing at all.
        let what = if alias && !planned.after.is_empty() { RecordType::ANY } else { planned.record_type };
        message.add_answer(empty(name, what, DNSClass::NONE));
        if !alias && !planned.after.is_empty() {
            message.add_answer(empty(name, RecordType::CNAME, DNSClass::NONE));
        }
    }
    for data in before {
        message.add_answer(Record::from_rdata(name.clone(), 0, data.clone()));
    }
    if !before.is_empty() {
        message.add_authority(empty(name, planned.record_type, DNSClass::ANY));
    }
    for data in &planned.after {
        message.add_authority(Record::from_rdata(name.clone(), planned.ttl, data.clone()));
    }
    message
}
