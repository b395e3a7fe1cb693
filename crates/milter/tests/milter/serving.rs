//! What mail servers get, and that mail flows whatever the handler does.

use std::time::Duration;

use bytes::Bytes;
use spoofwatch_milter::{Event, Fallback, Limits, Trouble, reply::Reply};

use crate::played::{Mta, Outcome, Served, client};

fn inserted() -> Reply {
    let (name, value) = (Bytes::from_static(b"Authentication-Results"), Bytes::from_static(b" mx.example.com; none"));
    Reply::InsertHeader { index: 0, name, value }
}

#[tokio::test]
async fn messages_are_answered_one_after_the_other() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut mta = Mta::begin(served.port).await?;
    assert_eq!(mta.message("hello", b"body\r\n").await?, [inserted(), Reply::Continue]);
    assert_eq!(mta.message("hold this", b"").await?, [Reply::Quarantine("held".to_owned()), Reply::Continue]);
    assert_eq!(mta.message("reject this", b"").await?, [Reply::Reject]);
    let seen = served.handler.seen().clone();
    assert_eq!(seen[0].1, "Subject: hello\r\n\r\nbody\r\n");
    assert_eq!(seen[0].0.recipients[0].address, "bob@example.com");
    served.end().await
}

#[tokio::test]
async fn connections_do_not_wait_for_each_other() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut stuck = Mta::begin(served.port).await?;
    let waiting = tokio::spawn(async move { stuck.message("stuck", b"").await.map_err(|error| error.to_string()) });
    for _ in 0..20 {
        let mut mta = Mta::begin(served.port).await?;
        assert_eq!(mta.message("hello", b"").await?.len(), 2);
    }
    assert!(!waiting.is_finished());
    waiting.abort();
    Ok(())
}

#[tokio::test]
async fn a_decision_that_takes_long_is_announced_and_one_that_takes_too_long_is_made() -> Outcome {
    let quick = Limits { decide: Duration::from_millis(600), progress: Duration::from_millis(100), ..Limits::default() };
    for (fallback, last) in [(Fallback::Accept, Reply::Continue), (Fallback::Tempfail, Reply::Tempfail)] {
        let served = Served::start(quick, fallback).await?;
        let mut mta = Mta::begin(served.port).await?;
        let replies = mta.message("slow", b"").await?;
        assert_eq!(replies.first(), Some(&Reply::Progress));
        assert_eq!(replies.last(), Some(&Reply::Continue));
        assert!(served.handler.troubles().is_empty());
        assert_eq!(mta.message("stuck", b"").await?.last(), Some(&last));
        assert_eq!(served.handler.troubles(), [Trouble::TimedOut]);
        assert_eq!(mta.message("hello", b"").await?, [inserted(), Reply::Continue]);
    }
    Ok(())
}

#[tokio::test]
async fn a_handler_that_stops_stops_nobody_else() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut mta = Mta::begin(served.port).await?;
    assert_eq!(mta.message("stop", b"").await?, [Reply::Continue]);
    assert_eq!(served.handler.troubles(), [Trouble::Stopped]);
    assert_eq!(mta.message("hello", b"").await?, [inserted(), Reply::Continue]);
    Ok(())
}

#[tokio::test]
async fn a_client_may_be_refused_before_it_says_anything() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut mta = Mta::begin(served.port).await?;
    assert_eq!(mta.ask(client("refused.example")).await?, Some(Reply::Reject));
    Ok(())
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() -> Outcome {
    let served = Served::start(Limits { connections: 1, ..Limits::default() }, Fallback::Accept).await?;
    let mut first = Mta::begin(served.port).await?;
    let mut second = Mta::connect(served.port).await?;
    assert_eq!(second.hear().await?, None);
    assert!(served.handler.events().contains(&Event::Refused));
    assert_eq!(first.message("hello", b"").await?, [inserted(), Reply::Continue]);
    Ok(())
}

#[tokio::test]
async fn what_is_too_large_flows_unseen() -> Outcome {
    let served = Served::start(Limits { message: 100_000, ..Limits::default() }, Fallback::Accept).await?;
    let mut mta = Mta::begin(served.port).await?;
    assert_eq!(mta.message("hello", &vec![b'x'; 200_000]).await?, [Reply::Accept]);
    assert_eq!(served.handler.troubles(), [Trouble::TooLarge]);
    assert_eq!(mta.message("hello", &vec![b'x'; 90_000]).await?, [inserted(), Reply::Continue]);
    Ok(())
}

#[tokio::test]
async fn messages_together_take_no_more_memory_than_they_may() -> Outcome {
    let served = Served::start(Limits { memory: 300_000, ..Limits::default() }, Fallback::Accept).await?;
    let mut mta = Mta::begin(served.port).await?;
    assert_eq!(mta.message("hello", &vec![b'x'; 1_000_000]).await?, [Reply::Accept]);
    assert_eq!(served.handler.troubles(), [Trouble::Memory]);
    // What was let go of is there for others.
    assert_eq!(mta.message("hello", &vec![b'x'; 100_000]).await?, [inserted(), Reply::Continue]);
    Ok(())
}

#[tokio::test]
async fn the_end_waits_for_messages_and_not_for_connections() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut idle = Mta::begin(served.port).await?;
    let mut busy = Mta::begin(served.port).await?;
    let waiting = tokio::spawn(async move { busy.message("slow", b"").await.map_err(|error| error.to_string()) });
    while served.handler.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let port = served.port;
    served.end().await?;
    assert_eq!(waiting.await??, [Reply::Continue]);
    assert_eq!(idle.hear().await?, None);
    assert!(Mta::connect(port).await.is_err());
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_of_the_file_system_does_as_well() -> Outcome {
    use spoofwatch_milter::{Listener, command::Command, negotiate::Offer, serve};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("milter.sock");
    let listener = Listener::Unix(tokio::net::UnixListener::bind(&path)?);
    let handler = std::sync::Arc::new(crate::played::Played::default());
    let serving = tokio::spawn(serve(listener, handler, Limits::default(), Fallback::Accept, std::future::pending()));
    let mut stream = tokio::net::UnixStream::connect(&path).await?;
    let mut bytes = bytes::BytesMut::new();
    Command::Negotiate(Offer::FULL).encode(&mut bytes);
    stream.write_all(&bytes).await?;
    let mut head = [0; 5];
    stream.read_exact(&mut head).await?;
    assert_eq!(head[4], b'O');
    serving.abort();
    Ok(())
}
