//! dkimpy, a Python library, as another judge from outside: it asks BIND for our keys and verifies what they sign. Where it is not installed,
//! that is said and nothing is tested.

use std::{
    fs,
    process::{Command, Stdio},
};

use mailauth::{
    Message,
    dkim::{Canonicalization, KeyKind, Signer},
};
use spoofwatch_rotation::read_key;

use crate::{
    opendkim::draining,
    world::{DOMAIN, Kind, SECOND, World},
};

const JUDGE: &str = r#"
import sys
import dkim, dns.resolver
def look(name, timeout=5):
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [sys.argv[1]], int(sys.argv[2])
    answer = resolver.resolve(name.decode().rstrip("."), "TXT")
    return b"".join(answer[0].strings)
message = open(sys.argv[3], "rb").read()
print(dkim.verify(message, dnsfunc=look))
"#;

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn is_installed() -> bool {
    let imports = ["-c", "import dkim, dns.resolver, nacl"];
    let found = Command::new("/usr/bin/python3").args(imports).stderr(Stdio::null()).status().is_ok_and(|it| it.success());
    if !found {
        eprintln!("skipped: dkimpy with dnspython and PyNaCl is not installed");
    }
    found
}

#[tokio::test]
async fn dkimpy_verifies_what_both_keys_sign() {
    if !is_installed() {
        return;
    }
    for kind in [KeyKind::Rsa2048, KeyKind::Ed25519] {
        let Some(world) = World::real(Kind::Own, kind).await else { return };
        let rotation = draining(&world).await;
        let address = world.real.as_ref().unwrap().bind.address;
        let judged = |text: &str| {
            let file = world.folder.path().join("message.eml");
            fs::write(&file, text).unwrap();
            let mut command = Command::new("/usr/bin/python3");
            command.args(["-c", JUDGE, &address.ip().to_string(), &address.port().to_string()]).arg(file);
            let output = command.output().unwrap();
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        };
        let text = "From: ann@example.com\r\nTo:  bob@example.net\r\nSubject: a\r\n  judge\r\n\r\nhello  there \r\n\r\n\r\n";
        for entry in [&rotation.old.clone().unwrap().entry, &rotation.new] {
            for form in [Canonicalization::Simple, Canonicalization::Relaxed] {
                let signer = Signer::new(read_key(&entry.file).unwrap(), DOMAIN, &entry.selector).unwrap();
                let signer = signer.canonicalization(form, form).lifetime(9_999_999_999);
                let field = signer.sign(&Message::new(text.as_bytes()), world.now() / SECOND - 86_400 * 365).unwrap();
                assert_eq!(judged(&format!("{field}{text}")), "True\n", "{kind:?} {form:?}");
                assert_eq!(judged(&format!("{field}{}", text.replace("hello", "hallo"))), "False\n", "{kind:?} {form:?}");
            }
        }
    }
}
