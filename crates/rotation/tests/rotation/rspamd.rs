//! A real rspamd, which signs with the maps that we switch and sees for itself that they changed. Where it is not installed, that is said and
//! nothing is tested.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use mailauth::dkim::{DkimResult, KeyKind};

use crate::{
    opendkim::{draining, verify},
    world::{Kind, World},
};

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn installed() -> Option<&'static Path> {
    let plugin = Path::new("/usr/share/rspamd/plugins/dkim_signing.lua");
    let runs = Command::new("rspamd").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !runs || !plugin.exists() {
        eprintln!("skipped: rspamd is not installed");
        return None;
    }
    Some(plugin)
}

/// A running rspamd. It ends its helpers when it is asked to end.
struct Rspamd {
    child: Child,
    port: u16,
}

impl Drop for Rspamd {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Rspamd {
    async fn start(world: &World, plugin: &Path) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = world.folder.path();
        let place = folder.display();
        fs::write(folder.join("suffixes"), "com\nnet\n").unwrap();
        let text = format!(
            "options {{ filters = \"dkim\"; disable_hyperscan = true; url_tld = \"{place}/suffixes\"; map_watch_interval = 100ms;\n\
             pidfile = \"{place}/rspamd.pid\"; tempdir = \"{place}\"; control_socket = \"{place}/control.sock mode=0600\";\n\
             stats_file = \"{place}/stats\"; local_addrs = [\"127.0.0.0/8\"]; }}\n\
             logging {{ type = \"file\"; filename = \"{place}/rspamd.log\"; }}\n\
             worker \"normal\" {{ bind_socket = \"127.0.0.1:{port}\"; count = 1; }}\n\
             dkim {{ }}\nmodules {{ path = \"{}\"; }}\n\
             dkim_signing {{ sign_local = true; use_esld = false; allow_username_mismatch = true; check_pubkey = false;\n\
             selector_map = \"{place}/selectors.map\"; path = \"{place}/keys/$domain.$selector.pem\"; }}\n",
            plugin.display()
        );
        let config = folder.join("rspamd.conf");
        fs::write(&config, text).unwrap();
        let child =
            Command::new("rspamd").args(["-f", "-i", "-c"]).arg(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut rspamd = Self { child: child.unwrap(), port };
        let answers = async {
            while rspamd.ask("GET /ping HTTP/1.0\r\n\r\n").is_none() {
                assert!(rspamd.child.try_wait().unwrap().is_none(), "rspamd ended at once");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), answers).await.unwrap();
        rspamd
    }

    fn ask(&self, request: &str) -> Option<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
    }

    /// A message as it leaves rspamd.
    fn sign(&self, text: &str) -> String {
        let head = "POST /checkv2 HTTP/1.0\r\nFrom: ann@example.com\r\nIP: 127.0.0.1\r\n";
        let answer = self.ask(&format!("{head}Content-Length: {}\r\n\r\n{text}", text.len())).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let field = answer.get("dkim-signature").and_then(serde_json::Value::as_str).unwrap_or_else(|| panic!("{answer}"));
        format!("DKIM-Signature: {field}\r\n{text}")
    }
}

#[tokio::test]
async fn rspamd_signs_with_the_maps_that_are_switched() {
    let Some(plugin) = installed() else { return };
    let Some(world) = World::real(Kind::Rspamd, KeyKind::Rsa2048).await else { return };
    let rspamd = Rspamd::start(&world, plugin).await;
    let text = "From: ann@example.com\r\nTo: bob@example.net\r\nSubject: signed by another\r\nMessage-ID: <a@example.com>\r\n\r\nhello\r\n";
    let first = rspamd.sign(text);
    assert_eq!(verify(&world, &first).await, [("s1".to_owned(), DkimResult::Pass)], "{first}");
    draining(&world).await;
    let switched = async {
        loop {
            let signed = rspamd.sign(text);
            if signed.contains("s=s2;") {
                break signed;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let signed = tokio::time::timeout(Duration::from_secs(30), switched).await.unwrap();
    assert_eq!(verify(&world, &signed).await, [("s2".to_owned(), DkimResult::Pass)], "{signed}");
    assert_eq!(verify(&world, &first).await, [("s1".to_owned(), DkimResult::Pass)]);
}
