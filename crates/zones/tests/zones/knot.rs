//! The same changes at another server than BIND: Knot DNS, where it is installed.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use spoofwatch_zones::{
    Algorithm, Applied, AskOptions, Authorities, Change, Expect, RecordKind, TsigKey, UpdateOptions, Updates, Value, WriteError,
    ZoneWriter,
};
use tempfile::TempDir;

use crate::{change, now, text};

/// 32 bytes, in base64 and plain.
const SECRET: (&str, &[u8]) = ("dGhpcyBzZWNyZXQgb3BlbnMgbm90aGluZyBhdCBhbGw=", b"this secret opens nothing at all");

struct Knot {
    address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Drop for Knot {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Knot {
    fn updates(&self, name: &str, algorithm: Algorithm) -> Updates {
        let key = TsigKey::new(name, algorithm, SECRET.1.to_vec()).unwrap();
        Updates::new(self.address, key, now(), UpdateOptions::default())
    }
}

/// `None` where Knot is not installed.
#[expect(clippy::disallowed_methods, reason = "a server for tests is started from files")]
#[expect(clippy::print_stderr, reason = "a test that is skipped says why")]
async fn knot() -> Option<Knot> {
    let runs = |program: &&str| Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let Some(program) = ["knotd", "/usr/sbin/knotd", "/usr/local/sbin/knotd"].into_iter().find(runs) else {
        eprintln!("skipped: Knot DNS (knotd) is not installed");
        return None;
    };
    let folder = TempDir::new().unwrap();
    let at = folder.path().display();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let zone = "$TTL 300\n@ SOA ns1 hostmaster 1 36000 9000 604800 60\n@ NS ns1\nns1 A 127.0.0.1\n_dmarc TXT \"v=DMARC1; \" \"p=none\"\n";
    fs::write(folder.path().join("example.test.zone"), zone).unwrap();
    let (ip, port, secret) = (address.ip(), address.port(), SECRET.0);
    let configuration = format!(
        "server:\n    rundir: \"{at}\"\n    listen: {ip}@{port}\n\
         database:\n    storage: \"{at}\"\n\
         key:\n  - id: updates\n    algorithm: hmac-sha256\n    secret: {secret}\n  - id: strong\n    algorithm: hmac-sha512\n    secret: {secret}\n\
         acl:\n  - id: updaters\n    key: [updates, strong]\n    action: [query, update]\n    update-owner: name\n    update-owner-match: sub-or-equal\n    update-owner-name: [_dmarc, _domainkey]\n\
         zone:\n  - domain: example.test\n    storage: \"{at}\"\n    file: example.test.zone\n    acl: updaters\n"
    );
    let path = folder.path().join("knot.conf");
    fs::write(&path, configuration).unwrap();
    let process = Command::new(program).arg("-c").arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let knot = Knot { address, process, _folder: folder };
    let all = Authorities::fixed(vec![address], None, AskOptions { limit: Duration::from_millis(50), ..AskOptions::default() });
    let ready = async {
        let expect = Expect::Contains(text("v=DMARC1; p=none"));
        while !all.agree("_dmarc.example.test", RecordKind::Txt, &expect).await.unwrap().is_whole() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ready).await.unwrap();
    Some(knot)
}

#[tokio::test]
async fn another_server_makes_the_same_changes() {
    let Some(knot) = knot().await else { return };
    let zone = knot.updates("updates", Algorithm::Sha256);
    let (policy, selector) = ("_dmarc.example.test", "s1._domainkey.example.test");
    // In other strings than we would have written.
    assert_eq!(zone.apply(&change(policy, &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"])).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&change(policy, &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"])).await, Ok(Applied::Already));
    let late = zone.apply(&change(policy, &["v=DMARC1; p=none"], &[])).await;
    assert!(matches!(&late, Err(WriteError::Conflict { now, .. }) if now == "\"v=DMARC1; p=reject\""), "{late:?}");
    let key = format!("v=DKIM1; k=rsa; p={}", "MIIB".repeat(98));
    let strong = knot.updates("strong", Algorithm::Sha512);
    assert_eq!(strong.apply(&change(selector, &[], &[&key])).await, Ok(Applied::Made));
    assert_eq!(zone.look(selector, RecordKind::Txt).await, Ok(vec![text(&key)]));
    let alias = Change::adding(selector, &[], Value::Cname("s1.example.net".to_owned()), 60);
    assert!(matches!(zone.apply(&alias).await, Err(WriteError::Conflict { .. })));
    assert_eq!(zone.apply(&change(selector, &[&key], &[])).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&alias).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&alias.undo()).await, Ok(Applied::Made));
}

#[tokio::test]
async fn another_server_refuses_in_its_own_way() {
    let Some(knot) = knot().await else { return };
    let refused = |result: Result<Applied, WriteError>| match result {
        Err(WriteError::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let add = change("_dmarc.example.test", &[], &["a"]);
    let elsewhere = knot.updates("updates", Algorithm::Sha256).apply(&change("a.example.test", &[], &["a"])).await;
    assert!(refused(elsewhere).contains("or does not let it change this (BADKEY)"));
    let unknown = refused(knot.updates("nobody", Algorithm::Sha256).apply(&add).await);
    assert!(unknown.contains("or does not let it ask (BADKEY)"), "{unknown}");
    let key = TsigKey::new("updates", Algorithm::Sha256, vec![7; 32]).unwrap();
    let wrong = refused(Updates::new(knot.address, key, now(), UpdateOptions::default()).apply(&add).await);
    assert!(wrong.contains("(BADSIG)"), "{wrong}");
}
