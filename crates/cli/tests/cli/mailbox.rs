//! `reports fetch`: reports in a mailbox of a real Dovecot, and servers that mean no good.
//!
//! Dovecot is started on loopback for each test; where it is not installed, the tests say that they leave it out.
#![expect(clippy::disallowed_methods, reason = "a test looks for the server's program where the system has it")]
#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::common::{Outcome, Place, Run};

const PASSWORD: &str = "hunter2 \"and\" more";

/// A Dovecot of the test's own, gone with it.
struct Dovecot {
    place: Place,
    child: Child,
    plain: u16,
    tls: u16,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A port that is free now.
pub(crate) fn port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/usr/local/sbin"]);
    folders.map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

/// The user and group that own the mail: Dovecot refuses to touch it as root.
fn owner() -> Outcome<(u32, u32)> {
    let id = |what: &str| -> Outcome<u32> {
        let out = Command::new("id").arg(what).output()?;
        Ok(String::from_utf8(out.stdout)?.trim().parse()?)
    };
    Ok(match (id("-u")?, id("-g")?) {
        (0, _) => (65534, 65534),
        own => own,
    })
}

/// An authority and a certificate of it for this machine.
pub(crate) fn certificates(place: &Place) -> Outcome {
    let script = "set -e
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Authority \
    -addext basicConstraints=critical,CA:TRUE
openssl req -newkey rsa:2048 -nodes -keyout key.pem -out cert.csr -subj /CN=localhost
printf 'subjectAltName=DNS:localhost\\nbasicConstraints=CA:FALSE\\n' > extensions
openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out cert.pem";
    let made = Command::new("sh")
        .args(["-c", script])
        .current_dir(place.path(""))
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    if made.success() { Ok(()) } else { Err("openssl makes no certificate".into()) }
}

impl Dovecot {
    /// Starts one, if it is installed.
    fn start() -> Outcome<Option<Self>> {
        let Some(program) = program("dovecot") else {
            eprintln!("skipped: dovecot is not installed");
            return Ok(None);
        };
        let place = Place::new()?;
        fs::set_permissions(place.path(""), fs::Permissions::from_mode(0o755))?;
        certificates(&place)?;
        let (plain, tls) = (port()?, port()?);
        let (user, group) = owner()?;
        let root = if user == 65534 { String::new() } else { own_user()? };
        let folder = place.path("");
        let folder = folder.display();
        place.file("users", format!("reports@contoso.com:{{PLAIN}}{PASSWORD}\n"))?;
        place.file(
            "dovecot.conf",
            format!(
                "base_dir = {folder}/run\nstate_dir = {folder}/run\nlog_path = {folder}/log\nprotocols = imap\nlisten = 127.0.0.1\n{root}\
                 ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\nmail_location = maildir:{folder}/mail\n\
                 first_valid_uid = 1\npassdb {{\n driver = passwd-file\n args = {folder}/users\n}}\n\
                 userdb {{\n driver = static\n args = uid={user} gid={group} home={folder}/mail\n}}\n\
                 service imap-login {{\n chroot =\n inet_listener imap {{\n port = {plain}\n }}\n inet_listener imaps {{\n port = {tls}\n ssl = yes\n }}\n}}\n\
                 service anvil {{\n chroot =\n}}\n"
            ),
        )?;
        for mailbox in ["mail", "mail/.Done"] {
            for part in ["", "new", "cur", "tmp"] {
                let path = place.path(mailbox).join(part);
                fs::create_dir_all(&path)?;
                chown(&path, Some(user), Some(group))?;
            }
        }
        let child = Command::new(program)
            .args(["-F", "-c"])
            .arg(place.path("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let dovecot = Self { place, child, plain, tls };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", dovecot.tls)).is_ok() {
                return Ok(Some(dovecot));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("dovecot does not answer: {:?}", fs::read_to_string(dovecot.place.path("log"))).into())
    }

    /// Puts a report of the readers' own tests into the mailbox.
    fn deliver(&self, report: &str, name: &str) -> Outcome {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/tests/reports").join(report);
        let to = self.place.path("mail/new").join(name);
        fs::copy(from, &to)?;
        let (user, group) = owner()?;
        Ok(chown(&to, Some(user), Some(group))?)
    }

    /// Fetches over TLS, as the owner of the mailbox.
    fn fetch(&self, place: &Place, more: &[&str]) -> Outcome<Run> {
        place.file("password", format!("{PASSWORD}\n"))?;
        fs::set_permissions(place.path("password"), fs::Permissions::from_mode(0o600))?;
        let address = format!("imaps://reports%40contoso.com@localhost:{}/INBOX", self.tls);
        let ca = self.place.path("ca.pem").display().to_string();
        let fixed = ["reports", "fetch", &address, "--password-file", "password", "--ca-file", &ca];
        place.run(&[&fixed, more].concat())
    }

    /// The names of the files of a folder of the mailbox.
    fn files(&self, folder: &str) -> Outcome<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.place.path("mail").join(folder))? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

/// Settings for a Dovecot that is not run by root: all its processes are the user's.
fn own_user() -> Outcome<String> {
    let name = |what: &str| -> Outcome<String> {
        Ok(String::from_utf8(Command::new("id").arg(what).output()?.stdout)?.trim().to_owned())
    };
    let (user, group) = (name("-un")?, name("-gn")?);
    Ok(format!("default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n"))
}

/// How many messages a run read, by its own words.
fn read(run: &Run) -> Option<u32> {
    let line = run.err.lines().find(|line| line.ends_with(" read"))?;
    line.split(' ').rev().nth(3)?.parse().ok()
}

#[test]
fn new_messages_are_read_once_and_their_rows_are_kept_once() -> Outcome {
    let Some(dovecot) = Dovecot::start()? else { return Ok(()) };
    let place = Place::new()?;
    dovecot.deliver("message-is-zip.eml", "1")?;
    dovecot.deliver("failure.eml", "2")?;
    dovecot.deliver("message-of-ordinary-mail.eml", "3")?;
    let run = dovecot.fetch(&place, &[])?;
    assert_eq!(read(&run), Some(3), "{run:?}");
    assert_eq!(run.good()?, "DmarcAggregate: 2 rows added, 0 already there\nDmarcForensic: 1 row added, 0 already there\n");
    assert_eq!(dovecot.files("cur")?.len() + dovecot.files("new")?.len(), 3);

    let run = dovecot.fetch(&place, &[])?;
    assert_eq!((read(&run), run.good()?.as_str()), (Some(0), ""));

    dovecot.deliver("message-with-gzip.eml", "4")?;
    dovecot.deliver("message-with-tls.eml", "5")?;
    let run = dovecot.fetch(&place, &[])?;
    assert_eq!(read(&run), Some(2), "{run:?}");
    assert_eq!(run.good()?, "DmarcAggregate: 0 rows added, 2 already there\nTlsReports: 4 rows added, 0 already there\n");

    let run = dovecot.fetch(&place, &["--again"])?;
    assert_eq!(read(&run), Some(5), "{run:?}");
    assert!(run.good()?.contains("DmarcAggregate: 0 rows added, 4 already there\n"));
    assert_eq!(place.rows("DmarcAggregate | summarize sum(MessageCount)")?.to_string(), "[[4]]");
    Ok(())
}

#[test]
fn messages_numbered_anew_are_read_again() -> Outcome {
    let Some(dovecot) = Dovecot::start()? else { return Ok(()) };
    let place = Place::new()?;
    dovecot.deliver("message-with-tls.eml", "1")?;
    assert_eq!(read(&dovecot.fetch(&place, &[])?), Some(1));
    let kept = fs::read_to_string(place.path("spoofwatch-data/mailboxes.json"))?;
    assert!(!kept.contains("hunter2") && kept.contains("\"last\": 1"), "{kept}");
    let validity = kept.lines().find(|line| line.contains("validity")).unwrap_or_default();
    let other = "      \"validity\": 1,";
    fs::write(place.path("spoofwatch-data/mailboxes.json"), kept.replace(validity, other))?;
    let run = dovecot.fetch(&place, &[])?;
    assert_eq!(read(&run), Some(1));
    assert_eq!(run.good()?, "TlsReports: 0 rows added, 4 already there\n");
    Ok(())
}

#[test]
fn what_was_read_is_marked_or_moved_on_request() -> Outcome {
    let Some(dovecot) = Dovecot::start()? else { return Ok(()) };
    let place = Place::new()?;
    dovecot.deliver("message-with-tls.eml", "1")?;
    dovecot.fetch(&place, &["--mark-seen"])?.good()?;
    let names = dovecot.files("cur")?;
    assert!(matches!(names.as_slice(), [name] if name.ends_with(":2,S")), "{names:?}");

    dovecot.deliver("failure.eml", "2")?;
    dovecot.fetch(&place, &["--move-to", "Done"])?.good()?;
    let moved = dovecot.files(".Done/cur")?.len() + dovecot.files(".Done/new")?.len();
    assert_eq!((dovecot.files("cur")?.len(), dovecot.files("new")?.len(), moved), (1, 0, 1));
    let missing = dovecot.fetch(&place, &["--again", "--move-to", "Nowhere"])?.failed(1)?;
    assert!(missing.contains("the server refuses"), "{missing}");
    Ok(())
}

#[test]
fn long_messages_are_passed_over_by_name() -> Outcome {
    let Some(dovecot) = Dovecot::start()? else { return Ok(()) };
    let place = Place::new()?;
    dovecot.deliver("message-with-tls.eml", "1")?;
    let run = dovecot.fetch(&place, &["--max-message", "0"])?;
    assert!(run.err.contains(";UID=1: passed over, as it is "), "{run:?}");
    assert_eq!(read(&run), Some(0));
    Ok(())
}

#[test]
fn the_wrong_secret_and_the_wrong_certificate_are_named_and_no_secret_is_shown() -> Outcome {
    let Some(dovecot) = Dovecot::start()? else { return Ok(()) };
    let place = Place::new()?;
    let plain = format!("imap://reports%40contoso.com@127.0.0.1:{}/", dovecot.plain);
    let with = |secret: &str, address: &str| -> Outcome<Run> {
        let arguments = ["reports", "fetch", address, "--password-env", "MAILBOX_PASSWORD"];
        crate::common::finished(place.command(&arguments).env("MAILBOX_PASSWORD", secret).spawn()?)
    };
    with(PASSWORD, &plain)?.good()?;
    let refused = with("opensesame", &plain)?.failed(1)?;
    assert!(refused.contains("the server refuses") && !refused.contains("opensesame"), "{refused}");
    let untrusted = with(PASSWORD, &format!("imaps://reports%40contoso.com@localhost:{}/", dovecot.tls))?.failed(3)?;
    assert!(untrusted.contains("TLS: invalid peer certificate"), "{untrusted}");
    let absent = place.run(&["reports", "fetch", &plain, "--password-env", "NO_SUCH_VARIABLE"])?.failed(1)?;
    assert!(absent.contains("there is no such variable"), "{absent}");
    Ok(())
}

#[test]
fn a_password_in_clear_text_does_not_leave_the_machine() -> Outcome {
    let place = Place::new()?;
    place.file("password", "x")?;
    let far = place.run(&["reports", "fetch", "imap://a@192.0.2.1/", "--password-file", "password"])?.failed(1)?;
    assert!(far.contains("imap:// is for this machine alone"), "{far}");
    let typed = place.run(&["reports", "fetch", "imaps://a:hunter2@mail.example/", "--password-file", "password"])?.failed(1)?;
    assert!(typed.contains("--password-file") && !typed.contains("hunter2"), "{typed}");
    Ok(())
}

/// A server that answers each command by its first words, and ends with what `last` writes for the message.
fn server(last: fn(&mut TcpStream) -> std::io::Result<()>) -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"* OK ready\r\n")?;
        for line in BufReader::new(stream.try_clone()?).lines() {
            let line = line?;
            let (tag, command) = line.split_once(' ').unwrap_or_default();
            let answer = match command.split(' ').collect::<Vec<_>>().as_slice() {
                ["EXAMINE", ..] => "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n",
                ["UID", "SEARCH", ..] => "* SEARCH 1\r\n",
                ["UID", "FETCH", _, "(UID", "RFC822.SIZE)"] => "* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n",
                ["UID", "FETCH", ..] => return last(&mut stream),
                _ => "",
            };
            stream.write_all(format!("{answer}{tag} OK done\r\n").as_bytes())?;
        }
        Ok(())
    });
    Ok(port)
}

/// What a fetch from such a server says of its failure.
fn fault(last: fn(&mut TcpStream) -> std::io::Result<()>) -> Outcome<String> {
    let place = Place::new()?;
    place.file("password", "x")?;
    let address = format!("imap://a@127.0.0.1:{}/", server(last)?);
    let fault = place.run(&["reports", "fetch", &address, "--password-file", "password"])?.failed(3)?;
    assert!(!place.path("spoofwatch-data/mailboxes.json").exists(), "it was kept that the message was read");
    Ok(fault)
}

#[test]
fn a_server_that_sends_without_end_is_stopped() -> Outcome {
    let fault = fault(|stream| {
        stream.write_all(b"* 1 FETCH (UID 1 BODY[] {400000000}\r\n")?;
        loop {
            stream.write_all(&[b'x'; 1 << 16])?;
        }
    })?;
    assert!(fault.contains("the server's answer is longer than 65636 bytes"), "{fault}");
    Ok(())
}

#[test]
fn a_server_that_goes_away_or_talks_nonsense_is_named_and_not_quoted() -> Outcome {
    let gone = fault(|stream| stream.write_all(b"* 1 FETCH (UID 1 BODY[] {100}\r\nhalf of it"))?;
    assert!(gone.contains("the server closed the connection"), "{gone}");
    let nonsense = fault(|stream| stream.write_all(b"\x1b[2J<html>secret of a message\r\n"))?;
    assert!(nonsense.contains("the server's answer is not IMAP") && !nonsense.contains("secret"), "{nonsense}");
    Ok(())
}
