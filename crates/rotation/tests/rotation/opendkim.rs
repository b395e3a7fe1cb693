//! OpenDKIM as a judge from outside: it finds our keys in a real zone, verifies what we sign, and signs with the tables that we switch.
//! Where it is not installed, that is said and nothing is tested.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use mailauth::{
    Message,
    dkim::{self, DkimResult, KeyKind, Signer},
};
use spoofwatch_rotation::{Rotation, State, read_key};

use crate::world::{DOMAIN, Kind, World};

/// Whether a program is there.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("-V").stdin(Stdio::null()).output().is_ok();
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// OpenDKIM's configuration, with its resolver pointed to the zone on loopback.
fn configure(world: &World, name: &str, more: &str) -> PathBuf {
    let folder = world.folder.path();
    let address = world.real.as_ref().unwrap().bind.address;
    let resolver = folder.join("unbound.conf");
    let stub = format!("stub-zone:\n  name: \"{DOMAIN}\"\n  stub-addr: {}@{}\n", address.ip(), address.port());
    let server =
        "server:\n  do-not-query-localhost: no\n  module-config: \"iterator\"\n  cache-max-ttl: 0\n  cache-max-negative-ttl: 0\n";
    fs::write(&resolver, format!("{server}{stub}")).unwrap();
    let file = folder.join(name);
    fs::write(&file, format!("ResolverConfiguration {}\nSyslog no\n{more}", resolver.display())).unwrap();
    file
}

/// A rotation in the middle: both keys are published, the new one signs.
pub(crate) async fn draining(world: &World) -> Rotation {
    let mut rotation = world.begin().await;
    while rotation.state != State::Draining {
        step(world, &mut rotation).await;
    }
    rotation
}

async fn step(world: &World, rotation: &mut Rotation) {
    let progress = world.advance(rotation).await.unwrap();
    assert!(!progress.trouble, "{}", progress.message);
    world.real.as_ref().unwrap().bind.pass_on(DOMAIN).await.unwrap();
    if let Some(until) = progress.waiting_until.filter(|_| rotation.state != State::Draining) {
        world.wait_until(until);
    }
}

#[tokio::test]
async fn opendkim_finds_every_key_that_is_published() {
    if !has("opendkim-testkey") {
        return;
    }
    for kind in [KeyKind::Rsa2048, KeyKind::Rsa3072] {
        let Some(world) = World::real(Kind::OpenDkim, kind).await else { return };
        let rotation = draining(&world).await;
        let config = configure(&world, "testkey.conf", "");
        for entry in [&rotation.old.clone().unwrap().entry, &rotation.new] {
            let mut command = Command::new("opendkim-testkey");
            command.arg("-vvv").arg("-x").arg(&config).args(["-d", DOMAIN, "-s", &entry.selector, "-k"]).arg(&entry.file);
            let output = command.output().unwrap();
            assert!(output.status.success() && said(&output).contains("key OK"), "{}", said(&output));
        }
    }
}

/// What OpenDKIM says to a message, in its test mode.
fn judged(config: &Path, file: &Path) -> String {
    let output = Command::new("opendkim").arg("-x").arg(config).arg("-t").arg(file).output().unwrap();
    said(&output)
}

#[tokio::test]
async fn opendkim_verifies_what_both_keys_sign() {
    if !has("opendkim") {
        return;
    }
    for kind in [KeyKind::Rsa2048, KeyKind::Ed25519] {
        let Some(world) = World::real(Kind::OpenDkim, kind).await else { return };
        let rotation = draining(&world).await;
        let config = configure(&world, "verify.conf", "Mode v\nSocket local:/dev/null\n");
        let text = "From: ann@example.com\r\nTo: bob@example.net\r\nSubject: a judge\r\n\r\nhello\r\n\r\n";
        for entry in [&rotation.old.clone().unwrap().entry, &rotation.new] {
            let signer = Signer::new(read_key(&entry.file).unwrap(), DOMAIN, &entry.selector).unwrap();
            let field = signer.sign(&Message::new(text.as_bytes()), 1_700_000_000).unwrap();
            let file = world.folder.path().join("message.eml");
            fs::write(&file, format!("{field}{text}")).unwrap();
            let good = judged(&config, &file);
            assert!(good.contains("verification (s=") && good.contains("succeeded"), "{kind:?}: {good}");
            fs::write(&file, format!("{field}{}", text.replace("hello", "hallo"))).unwrap();
            let bad = judged(&config, &file);
            assert!(!bad.contains("succeeded"), "{kind:?}: {bad}");
        }
    }
}

/// A running OpenDKIM, which ends with this.
struct Filter {
    child: Child,
    port: u16,
}

impl Drop for Filter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Filter {
    async fn start(world: &World, tables: &str) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let config = world.folder.path().join("sign.conf");
        // Keys of tests lie below a folder that everybody may write to, which OpenDKIM does not like.
        fs::write(
            &config,
            format!(
                "Mode s\nSyslog no\nCanonicalization relaxed/relaxed\nRequireSafeKeys no\nSocket inet:{port}@127.0.0.1\n{tables}"
            ),
        )
        .unwrap();
        let child = Command::new("opendkim").arg("-f").arg("-x").arg(config).stderr(Stdio::null()).spawn().unwrap();
        let mut filter = Self { child, port };
        let answers = async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
                assert!(filter.child.try_wait().unwrap().is_none(), "opendkim ended at once");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answers).await.unwrap();
        filter
    }

    /// Has it read its files again: it does so before the next connection.
    fn reload(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-USR1", &pid]).status().unwrap().success());
    }

    /// A message as it leaves the filter.
    fn sign(&self, folder: &Path, text: &str) -> String {
        let script = folder.join("message.lua");
        fs::write(&script, SCRIPT.replace("PORT", &self.port.to_string())).unwrap();
        let output = Command::new("miltertest").arg("-s").arg(&script).output().unwrap();
        let said = said(&output);
        let value = said.split_once("<<").and_then(|(_, rest)| rest.split_once(">>")).unwrap_or_else(|| panic!("{said}")).0;
        format!("DKIM-Signature:{}\r\n{text}", value.replace("\r\n", "\n").replace('\n', "\r\n"))
    }
}

const TEXT: &str = "From: ann@example.com\r\nSubject: signed by another\r\n\r\nhello\r\n";

const SCRIPT: &str = r#"
conn = mt.connect("inet:PORT@127.0.0.1", 40, 0.05)
if conn == nil then error("connect") end
mt.conninfo(conn, "localhost", "127.0.0.1")
mt.mailfrom(conn, "ann@example.com")
mt.rcptto(conn, "bob@example.net")
mt.header(conn, "From", "ann@example.com")
mt.header(conn, "Subject", "signed by another")
mt.eoh(conn)
mt.bodystring(conn, "hello\r\n")
mt.eom(conn)
print("<<" .. mt.getheader(conn, "DKIM-Signature", 0) .. ">>")
mt.disconnect(conn)
"#;

#[tokio::test]
async fn opendkim_signs_with_the_tables_that_are_switched() {
    if !has("opendkim") || !has("miltertest") {
        return;
    }
    for kind in [KeyKind::Rsa2048, KeyKind::Ed25519] {
        let Some(world) = World::real(Kind::OpenDkim, kind).await else { return };
        let folder = world.folder.path();
        let place = folder.display();
        let algorithm = kind.algorithm().as_str();
        let tables = format!(
            "KeyTable refile:{place}/key.table\nSigningTable refile:{place}/signing.table\nSignatureAlgorithm {algorithm}\n"
        );
        let filter = Filter::start(&world, &tables).await;
        assert!(filter.sign(folder, TEXT).contains("s=s1;"));
        let rotation = draining(&world).await;
        filter.reload();
        let switched = async {
            loop {
                let signed = filter.sign(folder, TEXT);
                if signed.contains("s=s2;") {
                    break signed;
                }
            }
        };
        let signed = tokio::time::timeout(Duration::from_secs(20), switched).await.unwrap();
        let verdicts = verify(&world, &signed).await;
        assert_eq!(verdicts, [(rotation.new.selector.clone(), DkimResult::Pass)], "{kind:?}\n{signed}");
    }
}

pub(crate) async fn verify(world: &World, signed: &str) -> Vec<(String, DkimResult)> {
    let zone = world.network();
    let now = 4_000_000_000;
    let verdicts = dkim::verify(&Message::new(signed.as_bytes()), zone, now).await;
    verdicts.into_iter().map(|verdict| (verdict.selector.unwrap_or_default(), verdict.result)).collect()
}
