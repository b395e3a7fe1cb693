//! A mail server with its signer, a zone on two servers, and people who verify its mail; and all of it can stop at any effect.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use mailauth::{
    Message,
    dkim::{self, DkimResult, KeyKind, Signer, SigningKey},
    dns::{Network, NetworkOptions, Resolver, Zone},
};
use spoofwatch_rotation::{
    Config, Effects, Entry, FileJournal, Held, Journal, JournalError, KeyError, KeyFiles, KeyStore, OpenDkimConf, OpenDkimTables,
    OwnTable, Plan, Progress, Reload, Rotation, RspamdMaps, Seen, Selectors, Series, Servers, SignerError, SignerTable,
    SigningTable, Switched, Wanted, advance, key_name, read_key,
};
use tokio::sync::Notify;
use zones::{
    Applied, AskOptions, Authorities, Change, TsigKey, UpdateOptions, Updates, Value, WriteError, ZoneWriter,
    bench::{Bind, Secondary, Setup},
};

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;
pub(crate) const START: i64 = 1_795_297_203 * SECOND;
pub(crate) const DOMAIN: &str = "example.com";

/// How long the absence of records is remembered, in seconds.
const NEGATIVE: u32 = 900;

/// How long records are, whatever the server of the test says later.
const TTL: u32 = 3_600;

/// Which signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Own,
    OpenDkim,
    OpenDkimConf,
    Rspamd,
}

pub(crate) const KINDS: [Kind; 4] = [Kind::Own, Kind::OpenDkim, Kind::OpenDkimConf, Kind::Rspamd];

type Texts = BTreeMap<String, Vec<String>>;

/// A zone on two servers.
#[derive(Debug, Default)]
pub(crate) struct TwoServers {
    primary: Mutex<Texts>,
    secondary: Mutex<Texts>,
    /// Whether the second follows at once.
    pub lags: Mutex<bool>,
    /// What the primary answers to changes instead of making them.
    pub refuses: Mutex<Option<WriteError>>,
    /// What the second answers to questions.
    pub fails: Mutex<Option<String>>,
}

impl TwoServers {
    pub(crate) fn pass_on(&self) {
        let texts = self.primary.lock().unwrap().clone();
        *self.secondary.lock().unwrap() = texts;
    }

    pub(crate) fn set(&self, name: &str, texts: &[&str]) {
        self.primary.lock().unwrap().insert(name.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect());
        self.pass_on();
    }

    pub(crate) fn at(&self, name: &str) -> Vec<String> {
        self.primary.lock().unwrap().get(name).cloned().unwrap_or_default()
    }

    fn both(&self) -> [Texts; 2] {
        [self.primary.lock().unwrap().clone(), self.secondary.lock().unwrap().clone()]
    }
}

#[async_trait]
impl ZoneWriter for TwoServers {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        if let Some(error) = self.refuses.lock().unwrap().clone() {
            return Err(error);
        }
        let texts = |values: &[Value]| -> Vec<String> {
            values.iter().map(|value| if let Value::Txt(text) = value { text.clone() } else { unreachable!() }).collect()
        };
        let (before, after) = (texts(&change.before), texts(&change.after));
        let mut primary = self.primary.lock().unwrap();
        let now = primary.get(&change.name).cloned().unwrap_or_default();
        let applied = if now == after {
            Applied::Already
        } else if now == before {
            primary.insert(change.name.clone(), after);
            Applied::Made
        } else {
            return Err(WriteError::Conflict { name: change.name.clone(), kind: change.kind, now: now.join(", ") });
        };
        drop(primary);
        if !*self.lags.lock().unwrap() {
            self.pass_on();
        }
        Ok(applied)
    }
}

#[async_trait]
impl Servers for TwoServers {
    async fn texts(&self, name: &str) -> Result<Vec<Seen>, String> {
        let fails = self.fails.lock().unwrap().clone();
        let seen = |(server, texts): (&str, Texts)| {
            let texts = texts.get(name).cloned().unwrap_or_default();
            let keep = if texts.is_empty() { NEGATIVE } else { TTL };
            let texts = match &fails {
                Some(words) if server == "ns2" => Err(words.as_str().into()),
                _ => Ok(texts),
            };
            Seen { server: server.to_owned(), texts, keep }
        };
        Ok(["ns1", "ns2"].into_iter().zip(self.both()).map(seen).collect())
    }
}

/// The world ends at a point, as with `kill -9`: nothing after it is done.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    /// Points to go until the end; zero is never.
    left: AtomicUsize,
    passed: AtomicUsize,
    over: Notify,
}

impl Fate {
    pub(crate) fn strike_at(&self, point: usize) {
        self.left.store(point, Ordering::SeqCst);
    }

    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// Whether the end is still to come.
    pub(crate) fn is_pending(&self) -> bool {
        self.left.load(Ordering::SeqCst) > 0
    }

    async fn point(&self) {
        self.passed.fetch_add(1, Ordering::SeqCst);
        let left = self.left.load(Ordering::SeqCst);
        if left > 0 {
            self.left.store(left - 1, Ordering::SeqCst);
            if left == 1 {
                self.over.notify_one();
                std::future::pending::<()>().await;
            }
        }
    }
}

/// An effect that may be the last: the world can end before it and after it.
struct Mortal<'a, T: ?Sized>(&'a T, &'a Fate);

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mortal<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: ?Sized> Mortal<'_, T> {
    async fn with<R>(&self, work: impl Future<Output = R>) -> R {
        self.1.point().await;
        let result = work.await;
        self.1.point().await;
        result
    }
}

#[async_trait]
impl ZoneWriter for Mortal<'_, dyn ZoneWriter> {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        self.with(self.0.apply(change)).await
    }
}

#[async_trait]
impl KeyStore for Mortal<'_, KeyFiles> {
    async fn make(&self, wanted: &Wanted) -> Result<String, KeyError> {
        self.with(self.0.make(wanted)).await
    }

    async fn load(&self, file: &Path) -> Result<SigningKey, KeyError> {
        self.0.load(file).await
    }

    async fn exists(&self, file: &Path) -> bool {
        self.0.exists(file).await
    }

    async fn destroy(&self, file: &Path) -> Result<(), KeyError> {
        self.with(self.0.destroy(file)).await
    }
}

#[async_trait]
impl SignerTable for Mortal<'_, dyn SignerTable> {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        self.0.entries(domain).await
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        self.with(self.0.switch(from, to)).await
    }

    async fn retire(&self, entry: &Entry) -> Result<(), SignerError> {
        self.with(self.0.retire(entry)).await
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        self.0.uses(file).await
    }
}

#[async_trait]
impl Journal for Mortal<'_, FileJournal> {
    async fn lock(&self, series: &Series) -> Result<Box<dyn Held>, JournalError> {
        self.0.lock(series).await
    }

    async fn all(&self) -> Result<Vec<Rotation>, JournalError> {
        self.0.all().await
    }

    async fn read(&self, id: &str) -> Result<Option<Rotation>, JournalError> {
        self.0.read(id).await
    }

    async fn write(&self, rotation: &Rotation) -> Result<(), JournalError> {
        self.with(self.0.write(rotation)).await
    }
}

/// A signer that reads its tables only when it is told to.
#[derive(Debug, Default)]
pub(crate) struct Daemon {
    pub(crate) read: Mutex<Vec<Entry>>,
    tables: Mutex<Option<Arc<dyn SignerTable>>>,
    pub(crate) fails: Mutex<Option<String>>,
}

#[async_trait]
impl Reload for Mortal<'_, Daemon> {
    async fn reload(&self) -> Result<(), String> {
        self.with(self.0.reload()).await
    }
}

impl Daemon {
    async fn reload(&self) -> Result<(), String> {
        if let Some(error) = self.fails.lock().unwrap().clone() {
            return Err(error);
        }
        let tables = self.tables.lock().unwrap().clone();
        if let Some(tables) = tables {
            let entries = tables.entries(DOMAIN).await.map_err(|error| error.to_string())?;
            *self.read.lock().unwrap() = entries;
        }
        Ok(())
    }
}

/// The last message that was sent with a selector: it is the longest under way.
struct Sent {
    text: String,
    at: i64,
}

/// Everything.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) zone: TwoServers,
    /// Servers that take the place of those in memory.
    pub(crate) real: Option<Real>,
    pub(crate) signer: Arc<dyn SignerTable>,
    pub(crate) daemon: Daemon,
    pub(crate) config: Config,
    pub(crate) fate: Fate,
    journal: FileJournal,
    own: Option<SigningTable>,
    now: AtomicI64,
    sent: Mutex<BTreeMap<String, Sent>>,
    /// What a resolver that keeps answers as long as it may remembers of each name: until when, and what.
    remembered: Mutex<BTreeMap<String, (i64, Vec<String>)>>,
}

/// A BIND with a second one that lags until it is told, and all that is needed to work with them.
pub(crate) struct Real {
    pub(crate) bind: Bind,
    updates: Updates,
    authorities: Authorities,
    networks: Vec<Network>,
}

impl Real {
    /// With one record; `None` where BIND is not installed.
    async fn start(record: &str) -> Option<Self> {
        let line = format!("s1._domainkey 300 TXT {}", Value::Txt(record.to_owned()).presentation());
        let bind = Bind::installed(&Setup::new(DOMAIN, &line).secondary(Secondary::Lags)).await.unwrap()?;
        let key = TsigKey::read(&bind.key_text, None).unwrap();
        let network = |server| Network::server(server, Arc::new(|| Duration::ZERO), NetworkOptions::default()).unwrap();
        Some(Self {
            updates: Updates::new(bind.address, key, wall_clock(), UpdateOptions::default()),
            authorities: Authorities::fixed(bind.servers(), None, AskOptions::default()),
            networks: bind.servers().into_iter().map(network).collect(),
            bind,
        })
    }
}

/// The time of day: BIND compares it with its own.
#[expect(clippy::disallowed_methods, reason = "signatures of updates hold the time, and the server compares it with its own")]
fn wall_clock() -> zones::WallClock {
    Arc::new(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
}

/// All effects, each of which may be the last.
pub(crate) struct Hands<'a> {
    keys: Mortal<'a, KeyFiles>,
    zone: Mortal<'a, dyn ZoneWriter>,
    servers: &'a dyn Servers,
    signer: Mortal<'a, dyn SignerTable>,
    reload: Mortal<'a, Daemon>,
    journal: Mortal<'a, FileJournal>,
}

impl Hands<'_> {
    pub(crate) fn effects(&self) -> Effects<'_> {
        Effects {
            keys: &self.keys,
            zone: &self.zone,
            servers: self.servers,
            signer: &self.signer,
            reload: &self.reload,
            journal: &self.journal,
        }
    }
}

impl World {
    /// With a key `s1` that signs already, and selectors `s1` and `s2` in turn.
    pub(crate) async fn new(kind: Kind) -> Self {
        Self::with(kind, KeyKind::Ed25519).await
    }

    /// The same in a real zone; `None` where BIND is not installed.
    pub(crate) async fn real(kind: Kind, key: KeyKind) -> Option<Self> {
        let mut world = Self::with(kind, key).await;
        let record = world.zone.at(&key_name("s1", DOMAIN)).concat();
        world.real = Some(Real::start(&record).await?);
        Some(world)
    }

    async fn with(kind: Kind, key: KeyKind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        fs::create_dir(&keys).unwrap();
        let mut config = Config::new(DOMAIN, &format!("{}/{{domain}}.{{selector}}.pem", keys.display()));
        config.key = key;
        config.selectors = Selectors::InTurn(vec!["s1".into(), "s2".into()]);
        let file = config.key_path("s1");
        let record = KeyFiles.make(&Wanted { kind: key, file: file.clone(), owner: None, like: None }).await.unwrap();
        let signer = tables(kind, folder.path(), &file);
        let own = (kind == Kind::Own).then(|| SigningTable::open(&folder.path().join("signing.toml")).unwrap());
        let journal = FileJournal::open(&folder.path().join("journal")).unwrap();
        let world = Self {
            zone: TwoServers::default(),
            real: None,
            daemon: Daemon::default(),
            fate: Fate::default(),
            now: AtomicI64::new(START),
            sent: Mutex::default(),
            remembered: Mutex::default(),
            folder,
            signer,
            config,
            journal,
            own,
        };
        world.zone.set(&key_name("s1", DOMAIN), &[&record]);
        *world.daemon.tables.lock().unwrap() = Some(Arc::clone(&world.signer));
        world.daemon.reload().await.unwrap();
        world
    }

    pub(crate) fn hands(&self) -> Hands<'_> {
        Hands {
            keys: Mortal(&KeyFiles, &self.fate),
            zone: Mortal(self.real.as_ref().map_or(&self.zone as &dyn ZoneWriter, |real| &real.updates), &self.fate),
            servers: self.servers(),
            signer: Mortal(self.signer.as_ref(), &self.fate),
            reload: Mortal(&self.daemon, &self.fate),
            journal: Mortal(&self.journal, &self.fate),
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    pub(crate) fn wait_until(&self, moment: i64) {
        self.now.fetch_max(moment, Ordering::SeqCst);
    }

    /// The work, unless the world ends before it is done.
    pub(crate) async fn mortal<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        tokio::select! {
            biased;
            () = self.fate.over.notified() => None,
            result = work => Some(result),
        }
    }

    /// A rotation begun, or the one that was begun before the world ended.
    pub(crate) async fn begin(&self) -> Rotation {
        loop {
            if let Some(open) = self.journal.all().await.unwrap().into_iter().find(|it| !it.state.is_final()) {
                return open;
            }
            let hands = self.hands();
            let plan = Plan::new(self.config.clone(), self.now()).unwrap();
            match self.mortal(plan.begin(&hands.effects())).await {
                Some(Ok(rotation)) => return rotation,
                Some(Err(error)) => panic!("{}", error.words()),
                None => self.mail().await,
            }
        }
    }

    /// A step further, with mail before and after it; a world that ended begins again with what the journal has.
    pub(crate) async fn advance(&self, rotation: &mut Rotation) -> Option<Progress> {
        self.mail().await;
        let hands = self.hands();
        let effects = hands.effects();
        let progress = self.mortal(advance(rotation, &effects, self.now())).await;
        if progress.is_none() {
            *rotation = self.journal.read(&rotation.id).await.unwrap().unwrap();
        }
        self.mail().await;
        progress
    }

    /// To the end, time passing as it has to.
    pub(crate) async fn finish(&self, rotation: &mut Rotation) {
        for _ in 0..100 {
            let Some(progress) = self.advance(rotation).await else { continue };
            assert!(!progress.trouble, "{}", progress.message);
            match progress.waiting_until {
                Some(until) => self.wait_until(until),
                None => return,
            }
        }
        panic!("it does not end: {rotation:?}");
    }

    /// Mail is sent now by every signer there may be, and it, and all that is still under way, verifies for everybody.
    pub(crate) async fn mail(&self) {
        let text = format!("From: ann@{DOMAIN}\r\nSubject: {}\r\n\r\nhello\r\n", self.now());
        let mut fields = Vec::new();
        let table = self.signer.entries(DOMAIN).await.unwrap();
        let loaded = self.daemon.read.lock().unwrap().clone();
        for entry in table.iter().chain(&loaded) {
            let signer = Signer::new(read_key(&entry.file).unwrap(), DOMAIN, &entry.selector).unwrap();
            fields.push((entry.selector.clone(), signer.sign(&Message::new(text.as_bytes()), self.now() / SECOND).unwrap()));
        }
        if let Some(own) = &self.own {
            own.refresh().unwrap();
            for signer in own.signers_for(DOMAIN) {
                let field = signer.sign(&Message::new(text.as_bytes()), self.now() / SECOND).unwrap();
                fields.push((signer.selector().to_owned(), field));
            }
        }
        assert!(!table.is_empty() && !loaded.is_empty(), "nothing signs");
        let sent = fields.into_iter().map(|(selector, field)| (selector, Sent { text: field + &text, at: self.now() }));
        self.sent.lock().unwrap().extend(sent);
        self.verify().await;
    }

    /// The primary server of the real zone.
    pub(crate) fn network(&self) -> &Network {
        &self.real.as_ref().unwrap().networks[0]
    }

    fn servers(&self) -> &dyn Servers {
        self.real.as_ref().map_or(&self.zone, |real| &real.authorities)
    }

    async fn verify(&self) {
        let oldest = self.now() - i64::from(self.config.transit_days) * DAY;
        self.sent.lock().unwrap().retain(|_, sent| sent.at > oldest);
        let sent: Vec<(String, i64)> = self.sent.lock().unwrap().values().map(|sent| (sent.text.clone(), sent.at)).collect();
        let slow = as_zone(&self.remember().await);
        let (memory, real): (Vec<Zone>, &[Network]) = match &self.real {
            None => (self.zone.both().iter().map(as_zone).collect(), &[]),
            Some(real) => (Vec::new(), &real.networks),
        };
        let mut verifiers: Vec<(&str, &dyn Resolver)> = vec![("a resolver that remembers", &slow)];
        verifiers.extend(memory.iter().map(|zone| ("a server", zone as &dyn Resolver)));
        verifiers.extend(real.iter().map(|network| ("BIND", network as &dyn Resolver)));
        for (who, resolver) in verifiers {
            for (text, at) in &sent {
                let verdicts = dkim::verify(&Message::new(text.as_bytes()), resolver, self.now() / SECOND).await;
                let good = verdicts.len() == 1 && verdicts[0].result == DkimResult::Pass;
                assert!(good, "{who}, {} s after it was sent: {}\n{text}", (self.now() - at) / SECOND, verdicts[0].reason);
            }
        }
    }

    /// Somebody asks the last server for every selector all the time, and keeps each answer as long as it may be kept.
    async fn remember(&self) -> Texts {
        for selector in ["s1", "s2", "sw202611a", "sw202611b"] {
            let name = key_name(selector, DOMAIN);
            let known = self.remembered.lock().unwrap().get(&name).is_some_and(|(until, _)| *until > self.now());
            if !known {
                let answers = self.servers().texts(&name).await.unwrap();
                let Some(Seen { texts: Ok(texts), keep, .. }) = answers.into_iter().rfind(|seen| seen.texts.is_ok()) else {
                    continue;
                };
                let until = self.now() + i64::from(keep) * SECOND;
                self.remembered.lock().unwrap().insert(name, (until, texts));
            }
        }
        self.remembered.lock().unwrap().iter().map(|(name, (_, texts))| (name.clone(), texts.clone())).collect()
    }

    /// The names of what lies in the folder of keys.
    pub(crate) fn key_files(&self) -> Vec<String> {
        let list = fs::read_dir(self.folder.path().join("keys")).unwrap();
        let mut names: Vec<_> = list.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn as_zone(texts: &Texts) -> Zone {
    let mut lines = String::new();
    for (name, texts) in texts {
        for text in texts {
            lines += &format!("{name}. 60 IN TXT {}\n", Value::Txt(text.clone()).presentation());
        }
    }
    Zone::parse(&lines).unwrap()
}

/// The tables of a signer, with one key.
fn tables(kind: Kind, folder: &Path, key: &Path) -> Arc<dyn SignerTable> {
    let write = |name: &str, text: String| -> PathBuf {
        fs::write(folder.join(name), text).unwrap();
        folder.join(name)
    };
    let key = key.display();
    match kind {
        Kind::Own => {
            let row = format!("# ours\n[[sign]]\ndomain = \"{DOMAIN}\"\nselector = \"s1\"\nkey = \"{key}\"\n");
            Arc::new(OwnTable { table: write("signing.toml", row) })
        }
        Kind::OpenDkim => Arc::new(OpenDkimTables {
            key_table: write("key.table", format!("s1._domainkey.{DOMAIN} {DOMAIN}:s1:{key}\n")),
            signing_table: write("signing.table", format!("*@{DOMAIN} s1._domainkey.{DOMAIN}\n")),
            patterns: true,
        }),
        Kind::OpenDkimConf => {
            let text = format!("Syslog yes\nDomain {DOMAIN}\nSelector s1\nKeyFile {key}\n");
            Arc::new(OpenDkimConf { config: write("opendkim.conf", text) })
        }
        Kind::Rspamd => Arc::new(RspamdMaps {
            selector_map: write("selectors.map", format!("{DOMAIN} s1\n")),
            path_map: None,
            path: format!("{}/keys/$domain.$selector.pem", folder.display()),
        }),
    }
}
