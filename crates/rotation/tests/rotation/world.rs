//! A mail server with its signer, a zone on two servers, and people who verify its mail; and all of it can stop at any effect.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use mailauth::{
    Message,
    dkim::{self, DkimResult, KeyKind, Signer},
    dns::{Network, Resolver, Zone},
};
use spoofwatch_rotation::{
    Config, Effects, Entry, FileJournal, Journal, KeyFiles, KeyStore, OpenDkimConf, OpenDkimTables, OwnTable, Plan, Progress,
    Rotation, RspamdMaps, Seen, Selectors, Servers, SignerTable, SigningTable, Wanted, advance, key_name, read_key,
};
use zones::ZoneWriter;

use crate::{
    fate::{Fate, Mortal},
    servers::{Real, Texts, TwoServers, as_zone},
};

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;
pub(crate) const START: i64 = 1_795_297_203 * SECOND;
pub(crate) const DOMAIN: &str = "example.com";

/// Which signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Own,
    OpenDkim,
    OpenDkimConf,
    Rspamd,
}

pub(crate) const KINDS: [Kind; 4] = [Kind::Own, Kind::OpenDkim, Kind::OpenDkimConf, Kind::Rspamd];

/// A signer that reads its tables only when it is told to.
#[derive(Debug, Default)]
pub(crate) struct Daemon {
    pub(crate) read: Mutex<Vec<Entry>>,
    tables: Mutex<Option<Arc<dyn SignerTable>>>,
    pub(crate) fails: Mutex<Option<String>>,
}

impl Daemon {
    pub(crate) async fn reload(&self) -> Result<(), String> {
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
        Self::real_with(kind, key, "").await
    }

    /// The same with more lines in the zone.
    pub(crate) async fn real_with(kind: Kind, key: KeyKind, more: &str) -> Option<Self> {
        let mut world = Self::with(kind, key).await;
        let record = world.zone.at(&key_name("s1", DOMAIN)).concat();
        world.real = Some(Real::start(&record, more).await?);
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
