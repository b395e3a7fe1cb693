//! Bytes meant to hurt: the connection ends, and nobody else notices.

use std::time::Duration;

use bytes::BytesMut;
use proptest::prelude::*;
use spoofwatch_milter::{
    Fallback, Limits, Trouble,
    command::Command,
    frame,
    negotiate::Offer,
    session::{Session, Step},
};
use tokio::io::AsyncWriteExt as _;

use crate::played::{Mta, Outcome, Served};

#[tokio::test]
async fn what_cannot_be_understood_ends_its_connection_alone() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut good = Mta::begin(served.port).await?;
    for bytes in [
        &b"\xff\xff\xff\xffO"[..],
        b"\0\0\0\0",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\x01E",
        b"\0\0\0\x02Ox",
        b"\0\0\0\x0dO\0\0\0\x01\0\0\0\0\0\0\0\0",
    ] {
        let mut mta = Mta::connect(served.port).await?;
        mta.stream.write_all(bytes).await?;
        assert_eq!(mta.hear().await?, None, "{bytes:?}");
    }
    assert_eq!(served.handler.troubles().len(), 6);
    assert!(served.handler.troubles().iter().all(|trouble| matches!(trouble, Trouble::Protocol(_))));
    assert_eq!(good.message("hello", b"").await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_frame_that_does_not_come_to_its_end_is_waited_for_only_so_long() -> Outcome {
    let limits = Limits { frame: Duration::from_millis(50), ..Limits::default() };
    let served = Served::start(limits, Fallback::Accept).await?;
    let mut mta = Mta::connect(served.port).await?;
    mta.stream.write_all(b"\0\0\0\x0dO\0\0").await?;
    assert_eq!(mta.hear().await?, None);
    Ok(())
}

#[tokio::test]
async fn a_frame_that_breaks_off_in_a_message_stores_nothing() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let mut mta = Mta::begin(served.port).await?;
    mta.ask(Command::Mail { address: "<a@example.org>".to_owned(), parameters: Vec::new() }).await?;
    mta.stream.write_all(b"\0\0\x10\0Bhalf").await?;
    mta.stream.shutdown().await?;
    assert_eq!(mta.hear().await?, None);
    assert!(served.handler.seen().is_empty());
    assert_eq!(served.handler.troubles(), [Trouble::Protocol("a frame breaks off".to_owned())]);
    Ok(())
}

proptest! {
    #[test]
    fn no_frames_in_any_order_make_a_session_panic(
        frames in prop::collection::vec((prop::sample::select(b"DCHMRTLNBEAKU".to_vec()), prop::collection::vec(any::<u8>(), 0..60)), 0..40),
    ) {
        let mut session = Session::new(200, false);
        prop_assert!(session.take(Command::Negotiate(Offer::FULL)).is_ok());
        let mut bytes = BytesMut::new();
        for (letter, data) in frames {
            bytes.extend_from_slice(&u32::try_from(data.len() + 1).unwrap_or_default().to_be_bytes());
            bytes.extend_from_slice(&[letter]);
            bytes.extend_from_slice(&data);
        }
        while let Ok(Some(frame)) = frame::next(&mut bytes) {
            let Ok(command) = Command::decode(frame) else { break };
            match session.take(command) {
                Ok(Step::Ask(stage)) => {
                    session.answered(&stage, &spoofwatch_milter::Verdict::Continue);
                }
                Ok(Step::Message(_, message)) => prop_assert!(message.len() <= 200),
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
}
