//! Messages that are kept, looked for, released and deleted; and what is left when somebody was killed on the way.

use std::cell::RefCell;

use mailauth::Message;

use super::{release::ReleaseError, *};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A moment: 21 November 2026.
const NOW: i64 = 1_795_284_000_000_000;
const SECOND: i64 = 1_000_000;
const MESSAGE: &[u8] = b"From: a@contoso.com\r\nTo: b@example.com\r\nSubject: folded\r\n\tline\r\n\r\nbody\r\n";

fn about() -> About {
    About {
        mail_from: "a@contoso.com".to_owned(),
        recipients: vec!["b@example.com".to_owned(), "c@example.com".to_owned()],
        subject: Some("folded line".to_owned()),
        rule: "overrides".to_owned(),
        ..About::default()
    }
}

/// Sender, recipients, message.
type Taken = (String, Vec<String>, Vec<u8>);

/// A mail server that takes what comes, or nothing.
#[derive(Default)]
struct Server {
    took: RefCell<Vec<Taken>>,
    closed: bool,
}

impl Inject for Server {
    fn inject(&self, mail_from: &str, recipients: &[String], message: &[u8]) -> Result<String, Refused> {
        if self.closed {
            return Err(Refused("451 4.3.0 later".to_owned()));
        }
        self.took.borrow_mut().push((mail_from.to_owned(), recipients.to_vec(), message.to_vec()));
        Ok("250 2.0.0 Ok".to_owned())
    }
}

#[test]
fn a_message_is_kept_byte_for_byte_for_its_owner_alone() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    assert!(store.list(10)?.items.is_empty(), "no folder yet");
    let id = store.keep(MESSAGE, about(), NOW)?;
    let other = store.keep(MESSAGE, about(), NOW + 5 * SECOND)?;
    assert_eq!(store.message(&id)?, MESSAGE);
    let item = store.item(&id)?;
    assert_eq!((item.state, item.received, item.size), (State::Held, NOW, 72));
    assert_eq!(item.about, about());
    let listed: Vec<_> = store.list(10)?.items.into_iter().map(|item| item.id).collect();
    assert_eq!(listed, [other.clone(), id.clone()], "the latest first");
    assert!(store.list(1)?.more);
    assert_eq!(store.find(&id.as_str()[..8])?, id);
    assert!(matches!(store.find(&id.as_str()[8..]), Err(StoreError::Ambiguous { .. })));
    assert!(matches!(store.find("../../etc/passwd"), Err(StoreError::Unknown(_))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(store.folder())?.permissions().mode() & 0o777, 0o700);
        for path in files::names(store.folder())? {
            assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600, "{}", path.display());
        }
    }
    store.delete(&id)?;
    assert!(matches!(store.item(&id), Err(StoreError::Unknown(_))) && matches!(store.delete(&id), Err(StoreError::Unknown(_))));
    assert_eq!(store.list(10)?.items.len(), 1);
    Ok(())
}

#[test]
fn the_same_message_in_the_same_second_is_two_messages() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    assert_ne!(store.keep(MESSAGE, about(), NOW)?, store.keep(MESSAGE, about(), NOW)?);
    Ok(())
}

#[test]
fn what_was_half_kept_is_not_there_and_goes_when_nobody_can_be_writing_it() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    let id = store.keep(MESSAGE, about(), NOW)?;
    // Killed between the message and what is known of it, and while writing.
    std::fs::write(store.folder().join("6a0000000000000a.eml"), MESSAGE)?;
    std::fs::write(store.folder().join(".newAbC123"), b"half")?;
    std::fs::write(store.folder().join("6a0000000000000b.json"), b"{ broken")?;
    std::fs::write(store.folder().join("notes.txt"), b"of somebody")?;
    let listing = store.list(10)?;
    assert_eq!((listing.items.len(), listing.broken.len()), (1, 1));
    let touched = std::fs::metadata(store.message_path(&id))?.modified()?.duration_since(std::time::UNIX_EPOCH)?;
    let touched = i64::try_from(touched.as_micros())?;
    assert_eq!(store.expire(0, touched + SECOND)?, Removed { messages: 0, leftovers: 0 });
    assert_eq!(store.expire(0, touched + GRACE + SECOND)?, Removed { messages: 0, leftovers: 2 });
    assert_eq!(store.message(&id)?, MESSAGE);
    assert!(store.folder().join("notes.txt").exists());
    Ok(())
}

#[test]
fn what_is_old_enough_goes() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    let old = store.keep(MESSAGE, about(), NOW)?;
    let new = store.keep(MESSAGE, about(), NOW + 60 * SECOND)?;
    assert_eq!(store.expire(NOW + 30 * SECOND, NOW)?.messages, 1);
    assert!(store.item(&old).is_err() && store.item(&new).is_ok());
    Ok(())
}

#[test]
fn a_message_is_released_when_a_server_has_taken_it() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    let id = store.keep(MESSAGE, about(), NOW)?;
    let closed = Server { closed: true, ..Server::default() };
    let refused = release(&store, &id, &closed, NOW, false);
    assert!(matches!(&refused, Err(error @ ReleaseError::Refused { .. }) if error.to_string().contains("451 4.3.0 later")));
    assert_eq!((store.item(&id)?.state, store.item(&id)?.released), (State::Held, None));
    let server = Server::default();
    assert_eq!(release(&store, &id, &server, NOW, false)?, "250 2.0.0 Ok");
    assert_eq!(store.item(&id)?.state, State::Released);
    let (mail_from, recipients, message) = server.took.borrow()[0].clone();
    assert_eq!((mail_from, recipients), ("a@contoso.com".to_owned(), about().recipients));
    assert_eq!(message, [format!("X-Spoofwatch-Released: {id}\r\n").as_bytes(), MESSAGE].concat());
    assert!(matches!(release(&store, &id, &server, NOW, false), Err(ReleaseError::Already(_))));
    release(&store, &id, &server, NOW, true)?;
    assert_eq!(server.took.borrow().len(), 2);
    Ok(())
}

#[test]
fn what_was_released_is_let_through_and_nothing_else_is() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    let id = store.keep(MESSAGE, about(), NOW)?;
    let field = format!("X-Spoofwatch-Released: {id}\r\n");
    let lets = |text: &str, recipients: &[&str], now: i64| {
        let recipients: Vec<String> = recipients.iter().map(|text| (*text).to_owned()).collect();
        store.is_released(&Message::new(text.as_bytes()), &recipients, now).is_some()
    };
    let text = String::from_utf8_lossy(MESSAGE).into_owned();
    let sent = format!("{field}{text}");
    assert!(!lets(&sent, &["b@example.com"], NOW), "it waits");
    release(&store, &id, &Server::default(), NOW, false)?;
    assert!(lets(&sent, &["B@example.com"], NOW + SECOND));
    // Servers on the way add fields and fold others.
    let way = format!("Received: by mx\r\n{}\r\n", sent.replace("folded\r\n\tline", "folded line"));
    assert!(lets(&way, &["b@example.com", "c@example.com"], NOW + SECOND));
    assert!(!lets(&text, &["b@example.com"], NOW + SECOND), "without the field");
    assert!(!lets(&sent, &["d@example.com"], NOW + SECOND), "for somebody else");
    assert!(!lets(&sent.replace("body", "pay"), &["b@example.com"], NOW + SECOND), "another text");
    assert!(!lets(&sent.replace("folded", "urgent"), &["b@example.com"], NOW + SECOND), "another subject");
    assert!(!lets(&sent, &["b@example.com"], NOW + WEEK), "long after");
    let forged = sent.replace(id.as_str(), "6a00000000000000");
    assert!(!lets(&forged, &["b@example.com"], NOW + SECOND), "an id that is none");
    assert!(!lets(&sent.replace(id.as_str(), "../../token"), &["b@example.com"], NOW + SECOND));
    Ok(())
}

const WEEK: i64 = 7 * 24 * 3600 * SECOND;

#[test]
fn who_was_killed_while_releasing_may_release_again() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    let id = store.keep(MESSAGE, about(), NOW)?;
    let item = store.item(&id)?;
    store.write(&Item { state: State::Releasing, released: Some(NOW), ..item })?;
    let server = Server::default();
    release(&store, &id, &server, NOW + SECOND, false)?;
    assert_eq!(store.item(&id)?.state, State::Released);
    Ok(())
}

#[test]
fn two_do_not_release_one_message_at_a_time() -> Outcome {
    let data = tempfile::tempdir()?;
    let store = Store::of(data.path());
    let id = store.keep(MESSAGE, about(), NOW)?;
    let other = std::fs::File::open(store.message_path(&id))?;
    other.lock()?;
    let busy = release(&store, &id, &Server::default(), NOW, false);
    assert!(matches!(busy, Err(ReleaseError::Store(StoreError::Busy(_)))), "{busy:?}");
    Ok(())
}

#[test]
fn what_cannot_be_kept_leaves_nothing() -> Outcome {
    let data = tempfile::tempdir()?;
    // A file where the folder should be.
    std::fs::write(data.path().join(FOLDER), b"")?;
    let store = Store::of(data.path());
    assert!(matches!(store.keep(MESSAGE, about(), NOW), Err(StoreError::File { .. })));
    Ok(())
}
