//! Live mail through a real Postfix: `tests/servers/postfix` starts it, and each test takes a port of its own with the milter beside it.
//! Left out, with a word that says so, where there is none.

use std::{
    io::{BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::{
    common::{Outcome, Place},
    serve::{Serve, until},
};

/// A port of Postfix, the port where it asks about mail, and a mailbox.
pub(crate) struct Slot {
    smtp: u16,
    milter: u16,
    address: String,
    mailbox: PathBuf,
    config: String,
}

/// A setting that the script hands over.
fn setting(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the script that starts the server says where it is")]
    std::env::var(name).ok()
}

/// Says what a test leaves out, and why.
#[expect(clippy::print_stdout, reason = "whoever runs the tests is told")]
pub(crate) fn left_out(why: &str) {
    println!("left out: {why}");
}

impl Slot {
    pub(crate) fn take(number: usize) -> Outcome<Option<Self>> {
        let Some(ports) = setting("SPOOFWATCH_TEST_POSTFIX") else {
            left_out("no Postfix (tests/servers/postfix starts one)");
            return Ok(None);
        };
        let (smtp, milter) = ports.split(' ').nth(number).and_then(|pair| pair.split_once(':')).ok_or("too few ports")?;
        let mail = setting("SPOOFWATCH_TEST_POSTFIX_MAIL").ok_or("no place where mail is delivered")?;
        Ok(Some(Self {
            smtp: smtp.parse()?,
            milter: milter.parse()?,
            address: format!("box{number}@example.test"),
            mailbox: PathBuf::from(mail).join(format!("box{number}")),
            config: setting("SPOOFWATCH_TEST_POSTFIX_CONFIG").ok_or("no configuration")?,
        }))
    }

    /// Sends a message as a client at an address, and gives the last reply.
    pub(crate) fn send(&self, client: &str, from: &str, message: &str) -> Outcome<String> {
        let stream = TcpStream::connect(("127.0.0.1", self.smtp))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut replies = BufReader::new(stream.try_clone()?);
        let mut last = reply(&mut replies)?;
        let message = format!("{}\r\n.\r\n", message.trim_end().replace("\r\n.", "\r\n.."));
        let to = format!("RCPT TO:<{}>\r\n", self.address);
        let from = format!("MAIL FROM:<{from}>\r\n");
        let client = format!("XCLIENT ADDR={client} NAME=mail.sender.example\r\n");
        for said in ["EHLO test\r\n", &client, "EHLO mail.sender.example\r\n", &from, &to, "DATA\r\n", &message, "QUIT\r\n"] {
            if said == "QUIT\r\n" {
                (&stream).write_all(said.as_bytes())?;
                break;
            }
            (&stream).write_all(said.as_bytes())?;
            last = reply(&mut replies)?;
        }
        Ok(last)
    }

    /// The messages that were delivered, in no order.
    fn delivered(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.mailbox.join("new")).into_iter().flatten().filter_map(Result::ok);
        files.filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).collect()
    }

    /// Waits for the message that has a text.
    pub(crate) fn wait_for(&self, text: &str) -> Outcome<String> {
        let mut found = None;
        until(&format!("`{text}` is delivered"), || {
            found = self.delivered().into_iter().find(|message| message.contains(text));
            Ok(found.is_some())
        })?;
        found.ok_or_else(|| "nothing was delivered".into())
    }

    /// A milter where Postfix asks.
    pub(crate) fn milter(&self, place: &Place, more: &[&str]) -> Outcome<Serve> {
        let listen = format!("inet:127.0.0.1:{}", self.milter);
        Serve::run(place.command(&[&["milter", "--listen", &listen, "--http", "127.0.0.1:0"], more].concat()))
    }
}

/// A whole reply of a server.
fn reply(replies: &mut impl std::io::BufRead) -> Outcome<String> {
    loop {
        let mut line = String::new();
        if replies.read_line(&mut line)? == 0 {
            return Err("the server closed the connection".into());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line.trim_end().to_owned());
        }
    }
}

fn letter(subject: &str, more: &str) -> String {
    format!(
        "{more}From: Alice <alice@sender.example>\r\nTo: <box@example.test>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@sender.example>\r\n\r\nHello.\r\n"
    )
}

/// A domain with SPF, and a DMARC record that asks to refuse.
const ZONE: &str =
    "sender.example. 60 TXT \"v=spf1 ip4:203.0.113.9 -all\"\n_dmarc.sender.example. 60 TXT \"v=DMARC1; p=reject\"\n";

fn place(config: &str) -> Outcome<Place> {
    let place = Place::new()?;
    place.file("spoofwatch-data/dns.zone", ZONE)?;
    place.file("spoofwatch-data/spoofwatch.toml", config)?;
    Ok(place)
}

/// The header of a delivered message, its fields in lines of their own.
fn fields(message: &str, name: &str) -> Vec<String> {
    let header = message.split("\n\n").next().unwrap_or_default();
    let unfolded = header.replace("\n\t", " ").replace("\n ", " ");
    let fields = unfolded.lines().filter_map(|line| line.split_once(": "));
    fields.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).collect()
}

const RULE: &str = "id: override\nname: Override delivered\nkind: NRT\nseverity: High\neventGroupingSettings:\n  aggregationKind: AlertPerResult\nquery: |\n  EmailEvents\n  | where DmarcAction =~ 'oreject'\n";

#[test]
fn an_override_is_quarantined_and_alerted_on_within_a_second_while_honest_mail_is_delivered() -> Outcome {
    let Some(slot) = Slot::take(0)? else { return Ok(()) };
    let place = Place::new()?;
    place.file("spoofwatch-data/rules/override.yaml", RULE)?;
    let config = format!(
        "[mail]\nown-domains = [\"example.test\"]\nmicrosoft = \"always\"\nzone = \"dns.zone\"\n\
         [milter]\nlisten = \"inet:127.0.0.1:{}\"\nauthserv-id = \"mx.example.test\"\ntrusted-clients = [\"198.51.100.128/28\"]\n\
         [mailflow]\nsmtp = \"127.0.0.1:{}\"\n\
         [[mailflow.rule]]\nname = \"overrides\"\nwhen = {{ authentication = {{ dmarc = \"fail\", action = \"oreject\" }} }}\nactions = [{{ quarantine = \"store\" }}]\n",
        slot.milter, slot.smtp
    );
    place.file("spoofwatch-data/spoofwatch.toml", config)?;
    place.run(&["simulate", "mail", "--write-zone", "spoofwatch-data/dns.zone", "--keys", "keys"])?.good()?;
    let serve = Serve::start(&place, &[])?;
    let to = format!("127.0.0.1:{}", slot.smtp);
    let mailbox = slot.mailbox.display().to_string();
    let scenarios = ["oreject-override", "plain", "forwarded", "mailing-list"];
    let mut arguments = vec!["simulate", "mail", "--to", &to, "--xclient", "--keys", "keys", "--rcpt", &slot.address];
    arguments.extend(["--maildir", &mailbox, "--format", "json", "--wait", "60"]);
    arguments.extend(scenarios.iter().flat_map(|name| ["--scenario", name]));
    let run = place.run(&arguments)?;
    let results: Vec<Value> = run.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let outcome = |name: &str| {
        let found = results.iter().find(|result| result["scenario"] == name);
        found.map(|result| result["outcome"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
    };
    assert_eq!(outcome("oreject-override"), "quarantined", "{run:?}\n{}", serve.said());
    for name in &scenarios[1..] {
        assert_eq!(outcome(name), "delivered", "{name}: {run:?}\n{}", serve.said());
    }
    for message in slot.delivered() {
        let results = fields(&message, "Authentication-Results");
        assert!(results.iter().any(|value| value.starts_with("mx.example.test;") && value.contains("dmarc=")), "{message}");
    }
    alerted(&place)?;
    released(&place, &slot)
}

/// The alert was there within a second of the message.
fn alerted(place: &Place) -> Outcome {
    let kept = place.run(&["quarantine", "list", "--json"])?.good()?;
    let kept: Value = serde_json::from_str(kept.trim())?;
    let alerts = place.run(&["alerts", "list", "--all", "--format", "json"])?.good()?;
    let alert: Value = serde_json::from_str(alerts.lines().next().ok_or("no alert")?)?;
    let took = alert["created_at"].as_i64().ok_or("no moment")? - kept["received"].as_i64().ok_or("no moment")?;
    // Built without optimisation, on a machine that runs other tests, a query alone may take that long.
    let most = if cfg!(debug_assertions) { 15_000_000 } else { 1_000_000 };
    assert!((0..most).contains(&took), "the alert came {took} microseconds after the message");
    let rows = place.rows(
        "EmailEvents | where DmarcAction =~ 'oreject' | project DeliveryAction, DeliveryLocation, OrgLevelPolicy, VerifiedDmarc",
    )?;
    assert_eq!(rows, serde_json::json!([["Blocked", "Quarantine", "overrides", "fail"]]));
    Ok(())
}

/// The message is looked at, and leaves the quarantine for its reader.
fn released(place: &Place, slot: &Slot) -> Outcome {
    let kept: Value = serde_json::from_str(place.run(&["quarantine", "list", "--json"])?.good()?.trim())?;
    let id = kept["id"].as_str().ok_or("no id")?;
    let shown = place.run(&["quarantine", "show", id])?.good()?;
    assert!(shown.contains("because    Microsoft 365 says dmarc=fail action=oreject"), "{shown}");
    assert!(!shown.contains("https://") && !shown.contains("http://"), "addresses can be clicked: {shown}");
    let before = slot.delivered().len();
    let said = place.run(&["quarantine", "release", id])?.good()?;
    assert!(said.contains("released: 250 "), "{said}");
    let label = kept["message_id"].as_str().ok_or("no Message-ID")?;
    let message = slot.wait_for(label)?;
    assert_eq!(slot.delivered().len(), before + 1);
    assert!(fields(&message, "X-Spoofwatch-Released").is_empty(), "{message}");
    assert!(fields(&message, "Authentication-Results").iter().any(|value| value.starts_with("mx.example.test;")), "{message}");
    let after: Value = serde_json::from_str(place.run(&["quarantine", "list", "--json"])?.good()?.trim())?;
    assert_eq!(after["state"], "released");
    assert!(place.run(&["quarantine", "release", id])?.failed(1)?.contains("released before"));
    let report = ["quarantine", "report", id, "--as", "false-positive", "--to", &slot.address, "--from", "soc@example.test"];
    assert!(place.run(&report)?.good()?.contains("reported to"));
    let report = slot.wait_for("Subject: Report: notJunk")?;
    assert!(report.contains("Content-Type: message/rfc822") && report.contains(label), "{report}");
    let graph = place.run(&["quarantine", "report", id, "--as", "phishing", "--graph"])?.good()?;
    assert_eq!(serde_json::from_str::<Value>(&graph)?["category"], "phishing");
    assert_eq!(place.run(&["quarantine", "delete", id])?.good()?, format!("{id} deleted\n"));
    assert_eq!(place.run(&["quarantine", "list"])?.good()?, "no messages\n");
    Ok(())
}

#[test]
fn forged_results_go_and_those_of_others_stay() -> Outcome {
    let Some(slot) = Slot::take(1)? else { return Ok(()) };
    let place = place("[mail]\nzone = \"dns.zone\"\n")?;
    let _milter = slot.milter(&place, &[])?;
    let forged = "Authentication-Results: mx.example.test; spf=pass; dmarc=pass\r\nAuthentication-Results: other.example; spf=pass\r\nAuthentication-Results: MX.example.test 1;\r\n\tdkim=pass header.d=sender.example\r\n";
    assert!(slot.send("198.51.100.9", "alice@sender.example", &letter("forged", forged))?.starts_with("250 "));
    let message = slot.wait_for("Subject: forged")?;
    let results = fields(&message, "Authentication-Results");
    // Nobody said what this host is called: Postfix did.
    assert_eq!(results.len(), 2, "{message}");
    assert!(
        results[0].starts_with("mx.example.test;") && results[0].contains("spf=fail") && results[0].contains("dmarc=fail"),
        "{message}"
    );
    assert_eq!(results[1], "other.example; spf=pass");
    Ok(())
}

#[test]
fn without_the_dns_mail_is_delivered_and_says_so() -> Outcome {
    let Some(slot) = Slot::take(2)? else { return Ok(()) };
    let place = place("")?;
    let milter = slot.milter(&place, &["--dns", "127.0.0.1:1"])?;
    assert!(slot.send("203.0.113.9", "alice@sender.example", &letter("no-dns", ""))?.starts_with("250 "));
    let results = fields(&slot.wait_for("Subject: no-dns")?, "Authentication-Results");
    assert!(results[0].contains("spf=temperror") && results[0].contains("dmarc=temperror"), "{results:?}\n{}", milter.said());
    until("the row is there", || Ok(place.rows("EmailEvents | project VerifiedSpf")? == serde_json::json!([["temperror"]])))
}

#[test]
fn mail_flows_when_the_milter_is_killed_and_when_it_is_back_it_works() -> Outcome {
    let Some(slot) = Slot::take(3)? else { return Ok(()) };
    let place = place("[mail]\nzone = \"dns.zone\"\n")?;
    let milter = slot.milter(&place, &[])?;
    assert!(slot.send("203.0.113.9", "alice@sender.example", &letter("before", ""))?.starts_with("250 "));
    assert!(slot.wait_for("Subject: before")?.contains("spf=pass"));
    milter.kill()?;
    assert!(slot.send("203.0.113.9", "alice@sender.example", &letter("while", ""))?.starts_with("250 "));
    assert!(fields(&slot.wait_for("Subject: while")?, "Authentication-Results").is_empty());
    let _milter = slot.milter(&place, &[])?;
    assert!(slot.send("203.0.113.9", "alice@sender.example", &letter("after", ""))?.starts_with("250 "));
    assert!(slot.wait_for("Subject: after")?.contains("spf=pass"));
    Ok(())
}

#[test]
fn mail_flows_when_the_milter_says_nothing() -> Outcome {
    let Some(slot) = Slot::take(4)? else { return Ok(()) };
    let mute = TcpListener::bind(("127.0.0.1", slot.milter))?;
    assert!(slot.send("203.0.113.9", "alice@sender.example", &letter("mute", ""))?.starts_with("250 "));
    slot.wait_for("Subject: mute")?;
    drop(mute);
    Ok(())
}

#[test]
fn rules_hold_tag_refuse_and_count() -> Outcome {
    let Some(slot) = Slot::take(5)? else { return Ok(()) };
    let place = place(
        "[mail]\nown-domains = [\"example.test\"]\nzone = \"dns.zone\"\n\
         [[mailflow.rule]]\nname = \"counted\"\nmode = \"report\"\nwhen = { direction = \"inbound\" }\nactions = [{ reject = \"never\" }]\n\
         [[mailflow.rule]]\nname = \"refused\"\nwhen = { header = { name = \"Subject\", contains = \"refuse\" } }\nactions = [{ reject = { code = 550, status = \"5.7.1\", text = \"100 % not from here\" } }]\n\
         [[mailflow.rule]]\nname = \"held\"\nwhen = { header = { name = \"Subject\", contains = \"hold\" }, verdict = { dmarc = \"fail\" } }\nactions = [{ quarantine = \"hold\" }]\n\
         [[mailflow.rule]]\nname = \"elsewhere\"\nwhen = { header = { name = \"Subject\", contains = \"redirect\" } }\nactions = [{ redirect = \"box9@example.test\" }]\n\
         [[mailflow.rule]]\nname = \"tagged\"\nwhen = { verdict = { dmarc = \"fail\" } }\nactions = [{ tag-subject = \"[not authenticated] \" }, { add-header = { name = \"X-Checked\", value = \"failed\" } }]\n",
    )?;
    let milter = slot.milter(&place, &[])?;
    let spoof = |subject: &str| slot.send("198.51.100.9", "alice@sender.example", &letter(subject, ""));
    assert_eq!(spoof("refuse")?, "550 5.7.1 100 % not from here");
    assert!(spoof("hold")?.starts_with("250 "));
    assert!(spoof("tag")?.starts_with("250 "));
    assert!(spoof("redirect")?.starts_with("250 "));
    let message = slot.wait_for("<tag@sender.example>")?;
    assert_eq!(fields(&message, "Subject"), ["[not authenticated] tag"]);
    assert_eq!(fields(&message, "X-Checked"), ["failed"]);
    let queue = Command::new("postqueue").args(["-c", &slot.config, "-j"]).stdout(Stdio::piped()).output()?;
    let queue = String::from_utf8(queue.stdout)?;
    let held = queue.lines().filter(|line| line.contains("\"hold\"") && line.contains(&slot.address)).count();
    assert_eq!(held, 1, "{queue}");
    let is_there = |subject: &str| slot.delivered().iter().any(|message| message.contains(subject));
    assert!(!is_there("Subject: hold") && !is_there("Subject: redirect"));
    let other = Slot { mailbox: slot.mailbox.with_file_name("box9"), ..slot };
    other.wait_for("Subject: redirect")?;
    let metrics = milter.get("/metrics")?.body;
    for line in [
        "spoofwatch_mailflow_matches_total{rule=\"counted\",mode=\"report\"} 4",
        "spoofwatch_mailflow_matches_total{rule=\"held\",mode=\"enforce\"} 1",
        "spoofwatch_milter_messages_total{verdict=\"rejected\"} 1",
        "spoofwatch_milter_messages_total{verdict=\"accepted\"} 3",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    let actions = "EmailEvents | sort by OrgLevelPolicy asc | project OrgLevelPolicy, OrgLevelAction, DeliveryAction";
    let wanted = serde_json::json!([
        ["", "", "Delivered"],
        ["elsewhere", "Redirect", "Delivered"],
        ["held", "Quarantine", "Blocked"],
        ["refused", "Block", "Blocked"]
    ]);
    until("the rows are there", || Ok(place.rows(actions)? == wanted))
}

#[test]
fn what_cannot_be_quarantined_is_not_lost() -> Outcome {
    let Some(slot) = Slot::take(6)? else { return Ok(()) };
    let config = "[mail]\nzone = \"dns.zone\"\n[[mailflow.rule]]\nname = \"kept\"\nwhen = { verdict = { dmarc = \"fail\" } }\nactions = [{ quarantine = \"store\" }]\n";
    let place = place(config)?;
    // A file where the folder should be: nothing can be kept.
    place.file("spoofwatch-data/quarantine", "")?;
    let milter = slot.milter(&place, &[])?;
    let spoof = |subject: &str| slot.send("198.51.100.9", "alice@sender.example", &letter(subject, ""));
    assert_eq!(spoof("full")?, "451 4.3.1 the message cannot be kept at the moment");
    assert!(milter.get("/metrics")?.body.contains("spoofwatch_milter_troubles_total{trouble=\"not_quarantined\"} 1"));
    std::fs::remove_file(place.path("spoofwatch-data/quarantine"))?;
    assert!(spoof("full")?.starts_with("250 "));
    assert_eq!(place.run(&["quarantine", "list", "--json"])?.good()?.lines().count(), 1);
    assert!(slot.delivered().is_empty());
    // The same with the mail server's queue in its place.
    milter.kill()?;
    place.file("spoofwatch-data/spoofwatch.toml", format!("[milter]\non-full = \"accept\"\n{config}"))?;
    std::fs::remove_dir_all(place.path("spoofwatch-data/quarantine"))?;
    place.file("spoofwatch-data/quarantine", "")?;
    let _milter = slot.milter(&place, &[])?;
    assert!(spoof("accepted")?.starts_with("250 "));
    slot.wait_for("Subject: accepted").map(|_| ())
}

/// BIND 9 with zones of its own; gone when it is dropped.
struct Bind {
    child: std::process::Child,
    port: u16,
}

impl Drop for Bind {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Bind {
    /// Starts it over the zones of a folder; `None` where it is not installed.
    fn start(folder: &std::path::Path) -> Outcome<Option<Self>> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // Whatever is in no zone does not exist: a server that refuses to say so is no answer.
        std::fs::write(
            folder.join("root.zone"),
            "$TTL 60\n@ SOA ns1.test. root.test. 1 60 60 60 60\n@ NS ns1.test.\nns1.test. A 127.0.0.1\n",
        )?;
        let options = format!(
            "zone \".\" {{ type primary; file \"root.zone\"; }};\ninclude \"zones.conf\";\ncontrols {{ }};\noptions {{ directory \"{0}\"; pid-file \"{0}/named.pid\"; session-keyfile \"{0}/session.key\"; managed-keys-directory \"{0}\"; \
             listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no; dnssec-validation no; notify no; }};\n",
            folder.display()
        );
        let path = folder.join("named.conf");
        std::fs::write(
            &path,
            options.replace("include \"zones.conf\"", &format!("include \"{}/zones.conf\"", folder.display())),
        )?;
        let program = ["/usr/sbin/named", "/usr/local/sbin/named"].into_iter().find(|path| std::path::Path::new(path).exists());
        let Some(program) = program else {
            left_out("BIND is not installed");
            return Ok(None);
        };
        let log = folder.join("log");
        let child = Command::new(program).args(["-f", "-4", "-n", "1", "-c"]).arg(&path).arg("-L").arg(&log).spawn()?;
        let bind = Self { child, port };
        until("BIND answers", || Ok(TcpStream::connect(("127.0.0.1", port)).is_ok()))?;
        Ok(Some(bind))
    }
}

#[test]
fn signatures_are_verified_with_keys_from_a_name_server() -> Outcome {
    let Some(slot) = Slot::take(7)? else { return Ok(()) };
    let place = Place::new()?;
    place.file("zones/.keep", "")?;
    place.run(&["simulate", "mail", "--write-zone", "zones", "--keys", "keys"])?.good()?;
    let Some(bind) = Bind::start(&place.path("zones"))? else { return Ok(()) };
    let server = format!("127.0.0.1:{}", bind.port);
    let _milter = slot.milter(&place, &["--dns", &server])?;
    let to = format!("127.0.0.1:{}", slot.smtp);
    let mailbox = slot.mailbox.display().to_string();
    let mut arguments = vec!["simulate", "mail", "--to", &to, "--xclient", "--keys", "keys", "--rcpt", &slot.address];
    arguments.extend(["--maildir", &mailbox, "--format", "json", "--wait", "5"]);
    arguments.extend(["--scenario", "plain", "--scenario", "forwarded", "--scenario", "broken-signature-body"]);
    place.run(&arguments)?;
    let results = |scenario: &str| -> Outcome<String> {
        let message = slot.wait_for(&format!("X-Spoofwatch-Simulation: {scenario};"))?;
        let fields = fields(&message, "Authentication-Results");
        fields.into_iter().find(|value| value.starts_with("mx.example.test;")).ok_or_else(|| message.into())
    };
    let plain = results("plain")?;
    assert!(plain.contains("spf=pass") && plain.contains("dkim=pass") && plain.contains("dmarc=pass"), "{plain}");
    let forwarded = results("forwarded")?;
    assert!(forwarded.contains("arc=pass") && forwarded.contains("dkim=pass"), "{forwarded}");
    let broken = results("broken-signature-body")?;
    assert!(broken.contains("dkim=fail"), "{broken}");
    Ok(())
}

#[test]
fn a_detection_rule_that_matches_decides() -> Outcome {
    let Some(slot) = Slot::take(8)? else { return Ok(()) };
    let place = place(
        "[mail]\nzone = \"dns.zone\"\n[[mailflow.rule]]\nname = \"by rule\"\nwhen = { detection = \"pay\" }\nactions = [{ reject = \"no payments\" }]\n",
    )?;
    let rule = "id: pay\nname: Payment\nkind: NRT\nseverity: Medium\nquery: |\n  EmailEvents\n  | where Subject startswith 'payment' and parse_json(AuthenticationDetails).DMARC == 'fail'\n";
    place.file("spoofwatch-data/rules/pay.yaml", rule)?;
    let milter = slot.milter(&place, &[])?;
    assert_eq!(
        slot.send("198.51.100.9", "alice@sender.example", &letter("payment", ""))?,
        "550 5.7.1 no payments",
        "{}",
        milter.said()
    );
    assert!(slot.send("203.0.113.9", "alice@sender.example", &letter("payment", ""))?.starts_with("250 "));
    slot.wait_for("Subject: payment")?;
    milter.kill()?;
    std::fs::remove_file(place.path("spoofwatch-data/rules/pay.yaml"))?;
    let missing = place.run(&["milter", "--listen", "inet:127.0.0.1:0"])?.failed(1)?;
    assert!(missing.contains("the detection rule `pay`"), "{missing}");
    Ok(())
}
