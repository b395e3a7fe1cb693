//! Two real name servers on loopback: one that is authoritative for signed zones, and one that asks it and validates. Skipped where BIND 9 or
//! its tools are not installed.

#![expect(clippy::disallowed_methods, reason = "servers for tests are started from files")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says why")]
#![expect(clippy::unwrap_used, reason = "a server on loopback that does not start fails the test")]

use std::{
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use spoofwatch_mailauth::dns::{Absent, Clock, Ds, Kind, Network, NetworkOptions, Resolver, Tlsa};
use tempfile::TempDir;

/// A zone that is signed, and trusted.
const SIGNED: &str = r#"
@         A     192.0.2.80
          MX    10 mail
          TXT   "v=spf1 mx -all"
mail      A     192.0.2.25
          AAAA  2001:db8::25
www       CNAME mail
round     CNAME trip
trip      CNAME round
gone      CNAME nobody
out       CNAME host.plain.test.
_25._tcp.mail TLSA 3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
branch    NS    ns.branch
ns.branch A     127.0.0.1
branch    DS    60485 13 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a
"#;

/// A zone that is not.
const PLAIN: &str = "host A 192.0.2.7\nin CNAME www.signed.test.\n";

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Servers {
    network: Network,
    _running: [Server; 2],
    _folder: TempDir,
}

fn program(name: &str) -> Option<String> {
    let places = [name.to_owned(), format!("/usr/sbin/{name}"), format!("/usr/bin/{name}"), format!("/usr/local/sbin/{name}")];
    let runs = |place: &String| Command::new(place).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    places.into_iter().find(runs)
}

fn run(program: &str, folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A port that is free for both ways to ask.
fn port() -> u16 {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = tcp.local_addr().unwrap().port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A zone file, signed if it should be; the key it is to be trusted by.
fn zone(folder: &Path, name: &str, records: &str, sign: bool) -> Option<String> {
    let head = format!("$ORIGIN {name}.\n$TTL 300\n@ SOA ns hostmaster 1 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n");
    fs::write(folder.join(name), format!("{head}{records}")).unwrap();
    if !sign {
        return None;
    }
    let keygen = program("dnssec-keygen").unwrap();
    let trusted = run(&keygen, folder, &["-q", "-a", "ECDSAP256SHA256", "-f", "KSK", name]);
    run(&keygen, folder, &["-q", "-a", "ECDSAP256SHA256", name]);
    run(&program("dnssec-signzone").unwrap(), folder, &["-q", "-S", "-P", "-x", "-o", name, "-f", name, name]);
    let key = fs::read_to_string(folder.join(format!("{}.key", trusted.trim()))).unwrap();
    let (_, key) = key.lines().find_map(|line| line.split_once(" DNSKEY 257 3 13 ")).unwrap();
    Some(key.replace(' ', ""))
}

fn start(folder: &Path, name: &str, port: u16, options: &str) -> Server {
    let path = folder.to_str().unwrap();
    let listen =
        format!("listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; notify no; allow-transfer {{ none; }};");
    let files = format!("directory \"{path}\"; pid-file none; session-keyfile \"{path}/{name}.session\";");
    fs::write(folder.join(format!("{name}.conf")), format!("controls {{ }};\noptions {{ {files} {listen}\n{options}")).unwrap();
    let mut named = Command::new(program("named").unwrap());
    named.args(["-g", "-4", "-n", "1", "-c"]).arg(folder.join(format!("{name}.conf")));
    let log = fs::File::create(folder.join(format!("{name}.log"))).unwrap();
    Server(named.stdout(Stdio::null()).stderr(log).spawn().unwrap())
}

async fn servers() -> Option<Servers> {
    if ["named", "dnssec-keygen", "dnssec-signzone"].iter().any(|name| program(name).is_none()) {
        eprintln!("skipped: BIND 9 (named, dnssec-keygen, dnssec-signzone) is not installed");
        return None;
    }
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let long =
        format!("{SIGNED}long TXT{}\n", " \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"".repeat(500));
    let trusted = zone(at, "signed.test", &long, true).unwrap();
    zone(at, "plain.test", PLAIN, false);
    // Signed by keys that are not the ones it is trusted by: nothing it says is proven.
    zone(at, "forged.test", PLAIN, true).unwrap();
    let (authority, validator) = (port(), port());
    let mut zones = String::from("recursion no; };\n");
    let mut forwards = String::from("recursion yes; dnssec-validation yes; empty-zones-enable no; };\n");
    for name in ["signed.test", "plain.test", "forged.test"] {
        let _ = writeln!(zones, "zone \"{name}\" {{ type primary; file \"{name}\"; }};");
        let _ = writeln!(
            forwards,
            "zone \"{name}\" {{ type forward; forward only; forwarders {{ 127.0.0.1 port {authority}; }}; }};"
        );
    }
    let _ = write!(
        forwards,
        "trust-anchors {{ \"signed.test.\" static-key 257 3 13 \"{trusted}\"; \"forged.test.\" static-key 257 3 13 \"{trusted}\"; }};"
    );
    let running = [start(at, "authority", authority, &zones), start(at, "validator", validator, &forwards)];
    let clock: Clock = Arc::new(|| Duration::from_secs(1));
    let options = NetworkOptions { unanswered: u32::MAX, ..NetworkOptions::default() };
    let network = Network::server(SocketAddr::from((Ipv4Addr::LOCALHOST, validator)), clock, options).unwrap();
    for _ in 0..400 {
        if (&network as &dyn Resolver).a("signed.test").await.is_ok() {
            return Some(Servers { network, _running: running, _folder: folder });
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let log = |name: &str| fs::read_to_string(at.join(format!("{name}.log"))).unwrap_or_default();
    panic!("the servers do not answer:\n{}\n{}", log("authority"), log("validator"));
}

#[tokio::test]
async fn every_kind_of_record_comes_from_a_real_server() {
    let Some(servers) = servers().await else { return };
    let ask: &dyn Resolver = &servers.network;
    assert_eq!(*ask.txt("signed.test").await.unwrap()[0], *b"v=spf1 mx -all");
    assert_eq!(&*ask.mx("signed.test").await.unwrap()[0].exchange, "mail.signed.test");
    assert_eq!(*ask.a("www.signed.test").await.unwrap(), [Ipv4Addr::new(192, 0, 2, 25)]);
    assert_eq!(*ask.cname("www.signed.test").await.unwrap(), [Box::from("mail.signed.test")]);
    assert_eq!(ask.cname("mail.signed.test").await, Err(Absent::NoData));
    assert_eq!(*ask.cname("gone.signed.test").await.unwrap(), [Box::from("nobody.signed.test")]);
    assert_eq!(ask.a("gone.signed.test").await, Err(Absent::NoSuchName));
    assert_eq!(*ask.ns("signed.test").await.unwrap(), [Box::from("ns.signed.test")]);
    let soa = &ask.soa("signed.test").await.unwrap()[0];
    assert_eq!((&*soa.primary, &*soa.contact, soa.minimum), ("ns.signed.test", "hostmaster.signed.test", 60));
    assert_eq!(ask.soa("mail.signed.test").await, Err(Absent::NoData));
    let Tlsa { usage, selector, matching, data } = &ask.tlsa("_25._tcp.mail.signed.test").await.unwrap()[0];
    assert_eq!((*usage, *selector, *matching, data.len()), (3, 1, 1, 32));
    let Ds { key_tag, algorithm, digest_type, digest } = &ask.ds("branch.signed.test").await.unwrap()[0];
    assert_eq!((*key_tag, *algorithm, *digest_type, digest.len(), digest[0]), (60_485, 13, 2, 32, 0xd4));
    assert_eq!(ask.txt("long.signed.test").await.unwrap()[0].len(), 32_000);
    let Err(Absent::Trouble(words)) = ask.a("round.signed.test").await else { panic!("a circle has no end") };
    assert!(words.contains("aliases") || words.contains("SERVFAIL"), "{words}");
    assert_eq!(*ask.cname("round.signed.test").await.unwrap(), [Box::from("trip.signed.test")]);
}

#[tokio::test]
async fn a_validating_server_says_what_is_proven() {
    let Some(servers) = servers().await else { return };
    let ask: &dyn Resolver = &servers.network;
    let secure = async |name: &str, kind| {
        let answer = ask.ask(name, kind).await;
        assert!(answer.outcome.is_ok(), "{name} {kind}: {answer:?}");
        answer.secure
    };
    for (name, kind) in [
        ("signed.test", Kind::A),
        ("signed.test", Kind::Mx),
        ("www.signed.test", Kind::A),
        ("out.signed.test", Kind::Cname),
        ("_25._tcp.mail.signed.test", Kind::Tlsa),
        ("branch.signed.test", Kind::Ds),
        ("long.signed.test", Kind::Txt),
    ] {
        assert!(secure(name, kind).await, "{name} {kind}");
    }
    // One part of the way that is not proven is enough.
    for (name, kind) in [("host.plain.test", Kind::A), ("out.signed.test", Kind::A), ("in.plain.test", Kind::A)] {
        assert!(!secure(name, kind).await, "{name} {kind}");
    }
    let Err(Absent::Trouble(words)) = ask.a("host.forged.test").await else { panic!("it is forged") };
    assert!(words.ends_with("could not find out (SERVFAIL)"), "{words}");
}
