//! Messages to rows. Every file under `tests/messages` is read and gives what the `.expected` file beside it says; what no file can say is
//! below. To write the expectation of a new file, run with `BLESS=1` and read what was written.

#![expect(clippy::disallowed_methods, reason = "expectations are files, and BLESS says to write them")]

use std::io::Write;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::AsArray;
use mailauth::Message;
use mailauth::evidence::Trust;
use mailauth::spf::{Identity, Spf, SpfResult};
use mailauth::verify::{Arrival, Verdicts};
use spoofwatch_sources::message::{Delivery, Envelope, MailOptions, Parsed, Verify, When, rows};
use spoofwatch_sources::{Input, Item, Options, Place, expand, read, read_all};
use tempfile::TempDir;

use crate::support;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const ONE: &str =
    "From: a@example.com\r\nTo: joe@contoso.com\r\nSubject: one\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\n\r\nhello\r\n";

fn options() -> Options {
    let trust = Trust {
        own_domains: vec!["contoso.com".to_owned()],
        authserv_ids: vec!["mx.contoso.com".to_owned()],
        ..Trust::default()
    };
    Options { mail: MailOptions { trust, ..MailOptions::default() }, ..Options::default() }
}

fn memory(name: &str, bytes: &[u8]) -> Input {
    Input { name: name.to_owned(), place: Place::Memory(bytes.into()) }
}

/// The values of a column in all rows of a table, nulls left out.
fn column(inputs: &[Input], options: &Options, table: &str, column: &str) -> Vec<String> {
    let mut found = Vec::new();
    read_all(inputs, options, &mut |_, item| {
        if let Item::Rows { table: name, batch } = item
            && name == table
            && let Some(array) = batch.column_by_name(column)
        {
            found.extend(array.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
        ControlFlow::Continue(())
    });
    found
}

#[test]
fn every_message_gives_what_is_written_beside_it() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let (inputs, errors) = expand(&[root.display().to_string()], &|_| false);
    assert!(errors.is_empty(), "{errors:?}");
    let mut failures = Vec::new();
    for mut input in inputs {
        if input.name.ends_with(".expected") {
            continue;
        }
        let expected_file = PathBuf::from(format!("{}.expected", input.name));
        input.name = Path::new(&input.name).strip_prefix(&root)?.display().to_string();
        // A value a line is easier to read than a row a line.
        let told = support::told(&input, &options())?.replace(" | ", "\n  ");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected_file, &told)?;
        }
        let expected = std::fs::read_to_string(&expected_file).unwrap_or_default();
        if told != expected {
            failures.push(format!("{}\n--- expected\n{expected}--- told\n{told}", input.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

#[test]
fn a_maildir_and_its_folders_are_read_and_what_is_not_a_message_in_it_is_not() -> Result<()> {
    let folder = TempDir::new()?;
    let at = |name: &str| folder.path().join(name);
    for directory in ["cur", "new", "tmp", ".Junk/cur", ".Junk/new", ".Junk/tmp", ".cache"] {
        std::fs::create_dir_all(at(directory))?;
    }
    let messages = ["cur/1.M1P1.host:2,S", "new/2.M2P2.host", ".Junk/cur/3.M3P3.host:2,"];
    for file in messages.into_iter().chain(["tmp/4.M4P4.host", "dovecot-uidlist", "cur/.hidden", ".cache/x"]) {
        std::fs::write(at(file), ONE)?;
    }
    let (inputs, errors) = expand(&[folder.path().display().to_string()], &|_| false);
    assert!(errors.is_empty(), "{errors:?}");
    let names: Vec<&str> =
        inputs.iter().filter_map(|input| input.name.strip_prefix(folder.path().to_str()?)?.strip_prefix('/')).collect();
    assert_eq!(names, messages);
    assert_eq!(column(&inputs, &options(), "EmailEvents", "DeliveryLocation"), ["Inbox/folder", "Inbox/folder", "Junk folder"]);
    Ok(())
}

#[test]
fn archives_of_messages_are_looked_through() -> Result<()> {
    let mut tar = tar::Builder::new(Vec::new());
    let long = format!("{}/two.mbox", "folder".repeat(30));
    let mailbox =
        format!("From a@example.com Thu Nov 19 10:00:00 2026\n{ONE}\nFrom a@example.com Thu Nov 19 10:00:00 2026\n{ONE}");
    for (name, text) in [("mail/one.eml", ONE), (&long, &mailbox), ("mail/.hidden", ONE)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes())?;
    }
    let tar = tar.into_inner()?;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&tar)?;
    for (name, bytes) in
        [("mail.tar", tar.clone()), ("mail.tar.gz", gz.finish()?), ("mail.tar.zst", zstd::encode_all(tar.as_slice(), 1)?)]
    {
        let expected = [format!("{name}!mail/one.eml"), format!("{name}!{long}"), format!("{name}!{long}#2")];
        assert_eq!(column(&[memory(name, &bytes)], &options(), "EmailEvents", "SourceFile"), expected);
    }
    Ok(())
}

#[test]
fn a_broken_tar_is_named_and_what_is_before_the_break_is_read() -> Result<()> {
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["one.eml", "two.eml"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(ONE.len() as u64);
        tar.append_data(&mut header, name, ONE.as_bytes())?;
    }
    let whole = tar.into_inner()?;
    let told = support::told(&memory("mail.tar", &whole[..1_100]), &options())?;
    assert!(told.contains("SourceFile=mail.tar!one.eml") && told.contains("fault mail.tar"), "{told}");
    Ok(())
}

#[test]
fn the_same_message_has_the_same_key_wherever_it_is() {
    let keys = |name: &str, text: &str| column(&[memory(name, text.as_bytes())], &options(), "EmailEvents", "RowKey");
    let with_bare_lines = ONE.replace("\r\n", "\n");
    assert_eq!(keys("a.eml", ONE), keys("b/c.eml", ONE));
    assert_eq!(keys("a.eml", ONE), keys("a.eml", &with_bare_lines));
    assert_eq!(keys("a.eml", ONE), keys("a.mbox", &format!("From a@example.com Thu Nov 19 10:00:00 2026\n{with_bare_lines}\n")));
    assert_ne!(keys("a.eml", ONE), keys("a.eml", &ONE.replace("hello", "Hello")));
}

/// Says pass to everyone, and remembers how many were asked about at a time.
#[derive(Debug, Default)]
struct Everyone(std::sync::Mutex<Vec<usize>>);

impl Verify for Everyone {
    fn verify(&self, batch: &[(&Message<'_>, Arrival)]) -> Vec<Verdicts> {
        self.0.lock().unwrap().push(batch.len());
        let spf = |arrival: &Arrival| Spf {
            result: SpfResult::Pass,
            domain: arrival.mail_from.clone().unwrap_or_default(),
            identity: Identity::Mailfrom,
            reason: "everyone passes".to_owned(),
            record: None,
            mechanism: None,
            decided_by: None,
            explanation: None,
            lookups: 0,
            void_lookups: 0,
        };
        batch.iter().map(|(_, arrival)| Verdicts { spf: Some(spf(arrival)), dkim: Vec::new(), arc: None, dmarc: None }).collect()
    }
}

#[test]
fn messages_of_many_files_are_verified_together_where_no_header_says() -> Result<()> {
    let stated = format!("Authentication-Results: mx.contoso.com; spf=fail smtp.mailfrom=a@example.com\r\n{ONE}");
    let inputs = [memory("1.eml", ONE.as_bytes()), memory("2.eml", stated.as_bytes()), memory("3.eml", ONE.as_bytes())];
    for (when, asked, sources) in [
        (When::Auto, vec![2], ["verified", "header", "verified"].as_slice()),
        (When::Always, vec![3], &["verified", "header", "verified"]),
        (When::Never, vec![], &["header"]),
    ] {
        let verifier = Arc::new(Everyone::default());
        let mut options = options();
        options.mail.verify = when;
        options.mail.verifier = Some(Arc::clone(&verifier) as Arc<dyn Verify>);
        assert_eq!(column(&inputs, &options, "EmailEvents", "AuthenticationSource"), sources, "{when:?}");
        assert_eq!(*verifier.0.lock().map_err(|_| "poisoned")?, asked, "{when:?}");
    }
    Ok(())
}

#[test]
fn rejects_come_with_their_own_input() {
    let inputs = [
        memory("1.eml", ONE.as_bytes()),
        memory("2.eml", b"From: a@example.com\nTo: b@example.com\n\nno time\n"),
        memory("3.eml", ONE.as_bytes()),
    ];
    let mut rejects = Vec::new();
    let summary = read_all(&inputs, &options(), &mut |input, item| {
        if let Item::Reject(reject) = item {
            rejects.push((input, reject.source, reject.reason));
        }
        ControlFlow::Continue(())
    });
    let reason = "the message has no time: no Received or Date field holds one";
    assert_eq!(rejects, [(1, "2.eml".to_owned(), reason.to_owned())]);
    assert_eq!((summary.rows, summary.rejected), (2, 1));
}

#[test]
fn live_mail_takes_the_same_way() -> Result<()> {
    let message = Message::new(ONE.as_bytes());
    let envelope = Envelope {
        mail_from: Some("bounce@example.com".to_owned()),
        recipients: vec!["joe@contoso.com".to_owned(), "jane@contoso.com".to_owned()],
        client: Some(IpAddr::from([192, 0, 2, 1])),
        helo: Some("mail.example.com".to_owned()),
        arrived: Some(1_795_082_400_000_000),
        stated: None,
    };
    let parsed = Parsed::read(&message, envelope, "milter", false, &Trust::nobody());
    let arrival = parsed.arrival(None);
    assert_eq!(
        (arrival.client, arrival.helo.as_deref(), arrival.now),
        (Some(IpAddr::from([192, 0, 2, 1])), Some("mail.example.com"), 1_795_082_400)
    );
    let delivery = Delivery {
        action: "Blocked".to_owned(),
        location: "Quarantine".to_owned(),
        rule_action: "Quarantine".to_owned(),
        rule: "oreject to quarantine".to_owned(),
    };
    let verdicts = Everyone::default().verify(&[(&message, arrival)]);
    let batches = rows(&parsed, verdicts.first(), Some(&delivery), None)?;
    let [(table, batch)] = batches.as_slice() else { return Err("one table".into()) };
    let value = |column: &str, row: usize| {
        batch.column_by_name(column).map(|array| array.as_string::<i32>().value(row).to_owned()).unwrap_or_default()
    };
    assert_eq!((*table, batch.num_rows()), ("EmailEvents", 2));
    for (name, expected) in [
        ("RecipientEmailAddress", "jane@contoso.com"),
        ("SenderMailFromAddress", "bounce@example.com"),
        ("SenderIPv4", "192.0.2.1"),
        ("DeliveryLocation", "Quarantine"),
        ("OrgLevelPolicy", "oreject to quarantine"),
        ("AuthenticationDetails", "{\"SPF\":\"pass\",\"DKIM\":\"none\"}"),
        ("VerifiedSpf", "pass"),
    ] {
        assert_eq!(value(name, 1), expected, "{name}");
    }
    Ok(())
}

#[test]
fn the_sink_may_stop_the_reading_of_messages() {
    let inputs: Vec<Input> = (0..600).map(|number| memory(&format!("{number}.eml"), ONE.as_bytes())).collect();
    let mut items = 0;
    let summary = read_all(&inputs, &options(), &mut |_, _| {
        items += 1;
        ControlFlow::Break(())
    });
    assert!(summary.stopped && items == 1);
    let one = read(&inputs[0], &options(), &mut |_| ControlFlow::Continue(()));
    assert_eq!((one.rows, one.faults.len()), (1, 0));
}
