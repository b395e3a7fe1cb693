//! Conversations as servers have them, and as they must not.

use super::*;
use crate::{command::From, handler::Refusal};

/// A connection on which everything was agreed.
fn negotiated() -> Session {
    let mut session = Session::new(1 << 20, false);
    let step = session.take(Command::Negotiate(Offer::FULL)).unwrap();
    assert!(matches!(step, Step::Reply(Reply::Negotiated(_))));
    session
}

fn connect() -> Command {
    let from = From::Inet { port: 25000, address: "192.0.2.9".to_owned() };
    Command::Connect { host: "mail.example.org".to_owned(), from }
}

fn mail(address: &str) -> Command {
    Command::Mail { address: address.to_owned(), parameters: vec!["SIZE=100".to_owned()] }
}

fn recipient(address: &str) -> Command {
    Command::Recipient { address: address.to_owned(), parameters: Vec::new() }
}

fn header(name: &'static str, value: &'static str) -> Command {
    Command::Header { name: Bytes::from_static(name.as_bytes()), value: Bytes::from_static(value.as_bytes()) }
}

fn body(text: &'static str) -> Command {
    Command::Body(Bytes::from_static(text.as_bytes()))
}

fn end() -> Command {
    Command::EndOfMessage(Bytes::new())
}

/// Takes commands, goes on at each question, and gives the last step.
fn play(session: &mut Session, commands: impl IntoIterator<Item = Command>) -> Result<Step, OutOfOrder> {
    let mut last = Step::Quiet;
    for command in commands {
        last = session.take(command)?;
        if let Step::Ask(stage) = &last {
            session.answered(stage, &Verdict::Continue);
        }
    }
    Ok(last)
}

#[test]
fn commands_become_an_envelope_and_the_bytes_of_a_message() {
    let mut session = negotiated();
    let macros = |stage, name: &str, value: &str| Command::Macros { stage, values: vec![(name.to_owned(), value.to_owned())] };
    let step = play(
        &mut session,
        [
            macros(b'C', "j", "mx.example.com"),
            connect(),
            Command::Helo("mail.example.org".to_owned()),
            macros(b'M', "auth_authen", "alice"),
            mail("<alice@example.org>"),
            recipient("<bob@example.com>"),
            recipient("<carol@example.com>"),
            Command::Data,
            header("Subject", " two\n\tlines"),
            header("X-Plain", "no space"),
            Command::EndOfHeaders,
            body("one\r\n"),
            body("two\r\n"),
            macros(b'E', "i", "4ABC"),
            end(),
        ],
    );
    let Ok(Step::Message(envelope, message)) = step else { panic!("{step:?}") };
    assert_eq!(String::from_utf8_lossy(&message), "Subject: two\r\n\tlines\r\nX-Plain:no space\r\n\r\none\r\ntwo\r\n");
    assert_eq!(envelope.client.address.map(|address| address.to_string()).as_deref(), Some("192.0.2.9"));
    assert_eq!(envelope.client.helo.as_deref(), Some("mail.example.org"));
    assert_eq!(envelope.sender.address, "alice@example.org");
    assert_eq!(envelope.sender.parameters, ["SIZE=100"]);
    let recipients: Vec<_> = envelope.recipients.iter().map(|path| path.address.as_str()).collect();
    assert_eq!(recipients, ["bob@example.com", "carol@example.com"]);
    assert_eq!((envelope.queue_id(), envelope.signed_in()), (Some("4ABC"), Some("alice")));
    assert_eq!(envelope.macros.get("j").map(String::as_str), Some("mx.example.com"));
    assert_eq!(envelope.size, message.len() as u64);
    // What another message was called is not what this one is called.
    let step = play(&mut session, [mail("<c@example.org>"), end()]);
    let Ok(Step::Message(envelope, _)) = step else { panic!("{step:?}") };
    assert_eq!((envelope.queue_id(), envelope.macros.len()), (None, 2));
    assert!(envelope.can_hold && !envelope.cut);
}

#[test]
fn several_messages_of_a_connection_know_nothing_of_each_other() {
    let mut session = negotiated();
    play(&mut session, [connect(), mail("<a@example.org>"), recipient("<b@example.com>"), header("A", " 1"), end()]).unwrap();
    let step = play(&mut session, [mail("<c@example.org>"), recipient("<d@example.com>"), header("B", " 2"), end()]);
    let Ok(Step::Message(envelope, message)) = step else { panic!("{step:?}") };
    assert_eq!((envelope.sender.address.as_str(), envelope.recipients.len()), ("c@example.org", 1));
    assert_eq!(message, b"B: 2\r\n\r\n");
    // An abort ends a message, and not the client.
    let step = play(
        &mut session,
        [mail("<e@example.org>"), header("C", " 3"), Command::Abort, mail("<>"), recipient("<f@example.com>"), end()],
    );
    let Ok(Step::Message(envelope, message)) = step else { panic!("{step:?}") };
    assert_eq!((envelope.sender.address.as_str(), envelope.client.host.as_str()), ("", "mail.example.org"));
    assert_eq!(message, b"\r\n");
    // Another client may follow over the same connection; nothing is negotiated again.
    let step = play(&mut session, [Command::QuitNewConnection, connect(), mail("<g@example.org>"), end()]);
    assert!(matches!(step, Ok(Step::Message(envelope, _)) if envelope.client.helo.is_none()));
    assert_eq!(session.take(Command::Quit), Ok(Step::End));
}

#[test]
fn an_older_server_hears_a_word_after_each_step_and_gets_its_space_back() {
    let mut session = Session::new(1 << 20, false);
    session.take(Command::Negotiate(Offer { version: 2, actions: 0x1f, steps: 0x7f })).unwrap();
    play(&mut session, [connect(), mail("<a@example.org>")]).unwrap();
    assert_eq!(session.take(header("Subject", "hello")), Ok(Step::Reply(Reply::Continue)));
    assert_eq!(session.take(Command::EndOfHeaders), Ok(Step::Reply(Reply::Continue)));
    assert_eq!(session.take(body("x")), Ok(Step::Reply(Reply::Continue)));
    let step = session.take(end());
    let Ok(Step::Message(envelope, message)) = step else { panic!("{step:?}") };
    assert_eq!(message, b"Subject: hello\r\n\r\nx");
    assert!(!envelope.can_hold);
    let add = Modification::AddHeader { name: "X".to_owned(), value: "1".to_owned() };
    let answer = Answer { changes: vec![add, Modification::Quarantine("why".to_owned())], verdict: Verdict::Accept };
    let (replies, troubles) = session.done(&answer);
    let added = Reply::AddHeader { name: Bytes::from_static(b"X"), value: Bytes::from_static(b"1") };
    assert_eq!(replies, [added, Reply::Continue]);
    assert_eq!(troubles, [Trouble::Unable("holding a message")]);
}

#[test]
fn answers_become_replies_in_their_order() {
    let session = negotiated();
    let text = str::to_owned;
    let answer = Answer {
        changes: vec![
            Modification::DeleteHeader { index: 2, name: text("Authentication-Results") },
            Modification::InsertHeader {
                index: 0,
                name: text("Authentication-Results"),
                value: text("mx.example.com;\r\n\tspf=pass"),
            },
            Modification::ChangeHeader { index: 1, name: text("Subject"), value: text("[spoofed] hello") },
            Modification::DeleteRecipient(text("bob@example.com")),
            Modification::AddRecipient(text("<abuse@example.com>")),
            Modification::ChangeSender(String::new()),
        ],
        verdict: Verdict::Refuse(Refusal::new(550, None, "100 % no").unwrap()),
    };
    let (replies, troubles) = session.done(&answer);
    let bytes = Bytes::from_static;
    let wanted = [
        Reply::ChangeHeader { index: 2, name: bytes(b"Authentication-Results"), value: Bytes::new() },
        Reply::InsertHeader { index: 0, name: bytes(b"Authentication-Results"), value: bytes(b" mx.example.com;\n\tspf=pass") },
        Reply::ChangeHeader { index: 1, name: bytes(b"Subject"), value: bytes(b" [spoofed] hello") },
        Reply::DeleteRecipient(text("<bob@example.com>")),
        Reply::AddRecipient(text("<abuse@example.com>")),
        Reply::ChangeSender(text("<>")),
        Reply::Code(text("550 5.7.1 100 %% no")),
    ];
    assert_eq!(replies, wanted);
    assert!(troubles.is_empty());
}

#[test]
fn no_value_makes_a_field_of_its_own() {
    let session = negotiated();
    for value in ["a\r\nBcc: all@example.com", "a\nBcc: all@example.com", "a\n\r\n\nBcc: all@example.com"] {
        assert_eq!(session.value(value), &b" a\n Bcc: all@example.com"[..]);
    }
}

#[test]
fn a_recipient_that_is_refused_is_not_in_the_envelope() {
    let mut session = negotiated();
    play(&mut session, [connect(), mail("<a@example.org>"), recipient("<b@example.com>")]).unwrap();
    let Ok(Step::Ask(stage)) = session.take(recipient("<c@example.com>")) else { panic!("not asked") };
    assert_eq!(session.answered(&stage, &Verdict::Reject), Reply::Reject);
    let step = session.take(end());
    assert!(matches!(step, Ok(Step::Message(envelope, _)) if envelope.recipients.len() == 1));
}

#[test]
fn a_message_that_was_accepted_early_is_not_shown() {
    let mut session = negotiated();
    play(&mut session, [connect()]).unwrap();
    let Ok(Step::Ask(stage)) = session.take(mail("<a@example.org>")) else { panic!("not asked") };
    assert_eq!(session.answered(&stage, &Verdict::Accept), Reply::Accept);
    assert!(session.is_between_messages());
    assert!(matches!(play(&mut session, [mail("<b@example.org>"), end()]), Ok(Step::Message(..))));
}

#[test]
fn a_message_that_is_too_large_is_cut_or_not_looked_at() {
    let large =
        || [connect(), mail("<a@example.org>"), header("A", " 1"), Command::EndOfHeaders, body("0123456789"), body("x"), end()];
    let begun = |cuts| {
        let mut session = Session::new(12, cuts);
        session.take(Command::Negotiate(Offer::FULL)).unwrap();
        play(&mut session, large())
    };
    assert_eq!(begun(false), Ok(Step::Unseen(Trouble::TooLarge)));
    let Ok(Step::Message(envelope, message)) = begun(true) else { panic!("not shown") };
    assert_eq!(message, b"A: 1\r\n\r\n0123");
    assert!(envelope.cut);
    assert_eq!(envelope.size, 19);
}

#[test]
fn a_message_that_there_is_no_memory_for_is_not_looked_at() {
    let mut session = negotiated();
    play(&mut session, [connect(), mail("<a@example.org>"), header("A", " 1"), body("abc")]).unwrap();
    assert!(session.kept() > 0);
    session.drop_message();
    assert_eq!(session.kept(), 0);
    assert_eq!(play(&mut session, [body("def"), end()]), Ok(Step::Unseen(Trouble::Memory)));
    assert!(matches!(play(&mut session, [mail("<b@example.org>"), end()]), Ok(Step::Message(..))));
}

#[test]
fn what_cannot_come_here_ends_the_connection() {
    let first = |command| Session::new(100, false).take(command).is_err();
    assert!([connect(), mail("<a@example.org>"), end(), Command::Abort].into_iter().all(first));
    let after = |commands: Vec<Command>, command: Command| {
        let mut session = negotiated();
        play(&mut session, commands).unwrap();
        session.take(command)
    };
    assert!(after(vec![], Command::Negotiate(Offer::FULL)).is_err());
    assert!(after(vec![connect()], recipient("<a@example.com>")).is_err());
    assert!(after(vec![connect()], header("A", "1")).is_err());
    assert!(after(vec![connect()], body("x")).is_err());
    assert!(after(vec![connect()], end()).is_err());
    let in_body = || vec![connect(), mail("<a@example.org>"), header("A", " 1"), Command::EndOfHeaders, body("x")];
    assert!(after(in_body(), header("B", " 2")).is_err());
    assert!(after(in_body(), recipient("<a@example.com>")).is_err());
    assert!(after(in_body(), Command::EndOfHeaders).is_err());
    assert!(matches!(after(in_body(), mail("<b@example.org>")), Ok(Step::Ask(Stage::Mail))));
}
