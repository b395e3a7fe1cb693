//! A mail server, and a handler, as tests play them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use spoofwatch_milter::{
    Answer, Client, Envelope, Event, Fallback, Handler, Limits, Listener, Modification, Path, Trouble, Verdict,
    command::{Command, From},
    frame,
    negotiate::Offer,
    reply::Reply,
    serve,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Decides by the first word of the subject.
#[derive(Debug, Default)]
pub(crate) struct Played {
    seen: Mutex<Vec<(Envelope, String)>>,
    events: Mutex<Vec<Event>>,
}

impl Played {
    pub(crate) fn seen(&self) -> MutexGuard<'_, Vec<(Envelope, String)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        let trouble = |event: &Event| if let Event::Trouble(trouble) = event { Some(trouble.clone()) } else { None };
        self.events().iter().filter_map(trouble).collect()
    }
}

#[async_trait]
impl Handler for Played {
    async fn connect(&self, client: &Client) -> Verdict {
        if client.host == "refused.example" { Verdict::Reject } else { Verdict::Continue }
    }

    async fn recipient(&self, _: &Envelope, recipient: &Path) -> Verdict {
        assert_ne!(recipient.address, "stop@example.com", "a handler that stops");
        Verdict::Continue
    }

    async fn message(&self, envelope: Envelope, message: Vec<u8>) -> Answer {
        let text = String::from_utf8_lossy(&message).into_owned();
        self.seen().push((envelope, text.clone()));
        let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
        match subject.split(' ').next() {
            Some("hold") => Answer { changes: vec![Modification::Quarantine("held".to_owned())], verdict: Verdict::Continue },
            Some("reject") => Answer { changes: Vec::new(), verdict: Verdict::Reject },
            Some("slow") => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Answer::accept()
            }
            Some("stuck") => std::future::pending().await,
            Some("stop") => panic!("a handler that stops"),
            _ => {
                let value = "mx.example.com; none".to_owned();
                let add = Modification::InsertHeader { index: 0, name: "Authentication-Results".to_owned(), value };
                Answer { changes: vec![add], verdict: Verdict::Continue }
            }
        }
    }

    fn noted(&self, event: &Event) {
        self.events().push(event.clone());
    }
}

/// A server on a port of its own.
pub(crate) struct Served {
    pub(crate) handler: Arc<Played>,
    pub(crate) port: u16,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub(crate) async fn start(limits: Limits, fallback: Fallback) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let handler = Arc::new(Played::default());
        let (stop, stopped) = oneshot::channel();
        let until = async {
            let _ = stopped.await;
        };
        let ended = tokio::spawn(serve(Listener::Tcp(listener), Arc::clone(&handler), limits, fallback, until));
        Ok(Self { handler, port, stop, ended })
    }

    pub(crate) async fn end(self) -> Outcome {
        let _ = self.stop.send(());
        Ok(self.ended.await??)
    }
}

/// A mail server's side of a connection.
pub(crate) struct Mta {
    pub(crate) stream: TcpStream,
    read: BytesMut,
}

impl Mta {
    pub(crate) async fn connect(port: u16) -> Outcome<Self> {
        Ok(Self { stream: TcpStream::connect(("127.0.0.1", port)).await?, read: BytesMut::new() })
    }

    /// Connects, negotiates, brings a client.
    pub(crate) async fn begin(port: u16) -> Outcome<Self> {
        let mut mta = Self::connect(port).await?;
        assert!(matches!(mta.ask(Command::Negotiate(Offer::FULL)).await?, Some(Reply::Negotiated(_))));
        assert_eq!(mta.ask(client("mail.example.org")).await?, Some(Reply::Continue));
        Ok(mta)
    }

    pub(crate) async fn say(&mut self, command: Command) -> Outcome {
        let mut bytes = BytesMut::new();
        command.encode(&mut bytes);
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// The next reply; `None` when the connection is closed.
    pub(crate) async fn hear(&mut self) -> Outcome<Option<Reply>> {
        loop {
            if let Some(frame) = frame::next(&mut self.read)? {
                return Ok(Some(Reply::decode(frame)?));
            }
            match self.stream.read_buf(&mut self.read).await {
                Ok(0) | Err(_) => return Ok(None),
                Ok(_) => {}
            }
        }
    }

    pub(crate) async fn ask(&mut self, command: Command) -> Outcome<Option<Reply>> {
        self.say(command).await?;
        self.hear().await
    }

    /// Sends a message with a subject, and gives all replies to its end.
    pub(crate) async fn message(&mut self, subject: &str, body: &[u8]) -> Outcome<Vec<Reply>> {
        self.ask(Command::Mail { address: "<alice@example.org>".to_owned(), parameters: Vec::new() }).await?;
        self.ask(Command::Recipient { address: "<bob@example.com>".to_owned(), parameters: Vec::new() }).await?;
        let value = Bytes::from(format!(" {subject}"));
        self.say(Command::Header { name: Bytes::from_static(b"Subject"), value }).await?;
        self.say(Command::EndOfHeaders).await?;
        for piece in body.chunks(65_535) {
            self.say(Command::Body(Bytes::copy_from_slice(piece))).await?;
        }
        self.say(Command::EndOfMessage(Bytes::new())).await?;
        let mut replies = Vec::new();
        while let Some(reply) = self.hear().await? {
            let ends = matches!(
                reply,
                Reply::Continue | Reply::Accept | Reply::Reject | Reply::Tempfail | Reply::Discard | Reply::Code(_)
            );
            replies.push(reply);
            if ends {
                break;
            }
        }
        Ok(replies)
    }
}

pub(crate) fn client(host: &str) -> Command {
    Command::Connect { host: host.to_owned(), from: From::Inet { port: 25000, address: "192.0.2.9".to_owned() } }
}
