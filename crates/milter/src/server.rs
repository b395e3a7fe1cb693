//! Connections of mail servers on sockets, within limits: how many, how long, how large. A handler that fails, stops or takes too long
//! is answered for, so that mail flows.
//!
//! Start with [`serve`].

use std::{
    future::Future,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{
    command::Command,
    envelope::Envelope,
    frame,
    handler::{Answer, Event, Handler, Trouble, Verdict},
    reply::Reply,
    session::{Session, Stage, Step, reply},
};

/// How much is read at a time.
const CHUNK: usize = 64 << 10;
/// How long to wait after a connection could not be taken, which happens when there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);

/// What is listened on.
#[derive(Debug)]
pub enum Listener {
    /// A port.
    Tcp(TcpListener),
    /// A socket of the file system.
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
}

/// What is said of a message that nobody could decide about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fallback {
    /// Mail flows: it is delivered as it came.
    #[default]
    Accept,
    /// Nothing gets past: the client tries again later.
    Tempfail,
}

impl Fallback {
    const fn verdict(self) -> Verdict {
        match self {
            Self::Accept => Verdict::Accept,
            Self::Tempfail => Verdict::Tempfail,
        }
    }
}

/// What becomes of a message larger than [`Limits::message`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Oversize {
    /// What the fallback says. The handler never sees it.
    #[default]
    Unseen,
    /// The handler sees its beginning, and is told so.
    Cut,
}

/// Limits, each against something that would otherwise have none.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time. One more is closed at once: the mail server then does what it does without a filter.
    pub connections: usize,
    /// Bytes of a message that are kept. Postfix takes messages of 10,240,000 bytes unless told otherwise.
    pub message: usize,
    /// What becomes of a larger one.
    pub oversize: Oversize,
    /// Bytes of all messages that are under way together; what does not fit is not looked at.
    pub memory: usize,
    /// How long a decision may take. Postfix waits 30 seconds for the early ones (`milter_command_timeout`) and 300 for that about a
    /// message (`milter_content_timeout`); this is well within.
    pub decide: Duration,
    /// How often the server is told, while a message is decided about, that this is still at work.
    pub progress: Duration,
    /// How long a frame may take to come, once it has begun, and a reply to go.
    pub frame: Duration,
    /// How long a server may say nothing. Sendmail's library waits a little more than two hours.
    pub idle: Duration,
    /// How long messages that are under way may take when the program is to end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 500,
            message: 32 << 20,
            oversize: Oversize::Unseen,
            memory: 512 << 20,
            decide: Duration::from_secs(20),
            progress: Duration::from_secs(5),
            frame: Duration::from_secs(30),
            idle: Duration::from_secs(7210),
            drain: Duration::from_secs(10),
        }
    }
}

/// What connections share.
struct Shared<H> {
    handler: Arc<H>,
    limits: Limits,
    fallback: Fallback,
    /// Bytes of messages that are under way.
    held: AtomicUsize,
}

/// Serves mail servers until `stop` is there, then lets messages that are under way end.
///
/// # Errors
/// Never for what one connection does; when the listener itself is of no use.
pub async fn serve<H: Handler>(
    listener: Listener,
    handler: Arc<H>,
    limits: Limits,
    fallback: Fallback,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let shared = Arc::new(Shared { handler, limits, fallback, held: AtomicUsize::new(0) });
    let places = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let (ending, ended) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener) => accepted,
            // Those that have ended are let go of.
            Some(_) = connections.join_next() => continue,
        };
        let stream = match accepted {
            Ok(stream) => stream,
            Err(error) if is_lasting(&error) => return Err(error),
            Err(_) => {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => {
                connections.spawn(stream.run(Arc::clone(&shared), ended.clone(), place));
            }
            Err(_) => shared.handler.noted(&Event::Refused),
        }
    }
    drop(listener);
    let _ = ending.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(limits.drain, all).await;
    connections.shutdown().await;
    Ok(())
}

/// Whether taking connections will never work again.
fn is_lasting(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

/// A connection that was taken.
enum Stream {
    Tcp(tokio::net::TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

async fn accept(listener: &Listener) -> io::Result<Stream> {
    match listener {
        Listener::Tcp(listener) => listener.accept().await.map(|(stream, _)| Stream::Tcp(stream)),
        #[cfg(unix)]
        Listener::Unix(listener) => listener.accept().await.map(|(stream, _)| Stream::Unix(stream)),
    }
}

impl Stream {
    async fn run<H: Handler>(self, shared: Arc<Shared<H>>, ended: watch::Receiver<bool>, place: OwnedSemaphorePermit) {
        let noted = Arc::clone(&shared);
        noted.handler.noted(&Event::Connected);
        let done = match self {
            Self::Tcp(stream) => {
                // A reply is a few bytes, and somebody waits for it.
                let _ = stream.set_nodelay(true);
                Connection::new(stream, shared).run(ended).await
            }
            #[cfg(unix)]
            Self::Unix(stream) => Connection::new(stream, shared).run(ended).await,
        };
        if let Err(Gone::Protocol(words)) = done {
            noted.handler.noted(&Event::Trouble(Trouble::Protocol(words)));
        }
        drop(place);
    }
}

/// Why a connection is over before its end.
enum Gone {
    /// The other side is away, or says nothing.
    Away,
    /// It says what cannot be understood.
    Protocol(String),
}

impl From<io::Error> for Gone {
    fn from(_: io::Error) -> Self {
        Self::Away
    }
}

struct Connection<S, H> {
    stream: S,
    shared: Arc<Shared<H>>,
    session: Session,
    read: BytesMut,
    written: BytesMut,
    /// What of [`Shared::held`] is of this connection.
    held: usize,
}

impl<S, H> Drop for Connection<S, H> {
    fn drop(&mut self) {
        self.shared.held.fetch_sub(self.held, Ordering::Relaxed);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin, H: Handler> Connection<S, H> {
    fn new(stream: S, shared: Arc<Shared<H>>) -> Self {
        let limits = shared.limits;
        let session = Session::new(limits.message, limits.oversize == Oversize::Cut);
        Self { stream, shared, session, read: BytesMut::new(), written: BytesMut::new(), held: 0 }
    }

    async fn run(mut self, mut ended: watch::Receiver<bool>) -> Result<(), Gone> {
        while let Some(command) = self.command(&mut ended).await? {
            let step = self.session.take(command).map_err(|error| Gone::Protocol(error.to_string()))?;
            self.account();
            match step {
                Step::Quiet => {}
                Step::Reply(reply) => self.send([reply]).await?,
                Step::Ask(stage) => {
                    let verdict = self.early(&stage).await;
                    let reply = self.session.answered(&stage, &verdict);
                    self.send([reply]).await?;
                }
                Step::Message(envelope, message) => {
                    self.message(*envelope, message).await?;
                    self.account();
                }
                Step::Unseen(trouble) => {
                    self.trouble(trouble);
                    let verdict = self.shared.fallback.verdict();
                    self.send([reply(&verdict, Reply::Continue)]).await?;
                }
                Step::End => return Ok(()),
            }
        }
        Ok(())
    }

    /// The next command; `None` if there are no more.
    async fn command(&mut self, ended: &mut watch::Receiver<bool>) -> Result<Option<Command>, Gone> {
        let wrong = |error: frame::FrameError| Gone::Protocol(error.to_string());
        loop {
            if let Some(frame) = frame::next(&mut self.read).map_err(wrong)? {
                return Command::decode(frame).map(Some).map_err(wrong);
            }
            let limits = &self.shared.limits;
            let patience = if self.read.is_empty() { limits.idle } else { limits.frame };
            self.read.reserve(CHUNK);
            let read = tokio::select! {
                biased;
                read = timeout(patience, self.stream.read_buf(&mut self.read)) => read,
                // Between messages the program may end at any time.
                _ = ended.wait_for(|ended| *ended), if self.session.is_between_messages() && self.read.is_empty() => return Ok(None),
            };
            match read {
                Ok(Ok(0)) if self.read.is_empty() => return Ok(None),
                Ok(Ok(0)) => return Err(Gone::Protocol("a frame breaks off".to_owned())),
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(_) => return Err(Gone::Away),
            }
        }
    }

    /// Counts what the message that is coming in takes, and lets go of it where all together are too much.
    fn account(&mut self) {
        let kept = self.session.kept();
        let others = if kept >= self.held {
            self.shared.held.fetch_add(kept - self.held, Ordering::Relaxed) - self.held
        } else {
            self.shared.held.fetch_sub(self.held - kept, Ordering::Relaxed) - self.held
        };
        self.held = kept;
        if kept > 0 && others.saturating_add(kept) > self.shared.limits.memory {
            self.session.drop_message();
            self.shared.held.fetch_sub(kept, Ordering::Relaxed);
            self.held = 0;
        }
    }

    fn trouble(&self, trouble: Trouble) {
        self.shared.handler.noted(&Event::Trouble(trouble));
    }

    /// What the handler says before there is a message. To go on is what is said in its place: the decision about the message is still
    /// to come.
    async fn early(&self, stage: &Stage) -> Verdict {
        let handler = Arc::clone(&self.shared.handler);
        let (client, envelope, stage) = (self.session.client(), self.session.envelope(), stage.clone());
        let question = tokio::spawn(async move {
            match &stage {
                Stage::Connect => handler.connect(&client).await,
                Stage::Helo => handler.helo(&client).await,
                Stage::Mail => handler.mail(&envelope).await,
                Stage::Recipient(path) => handler.recipient(&envelope, path).await,
            }
        });
        let stop = question.abort_handle();
        match timeout(self.shared.limits.decide, question).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(_)) => {
                self.trouble(Trouble::Stopped);
                Verdict::Continue
            }
            Err(_) => {
                stop.abort();
                self.trouble(Trouble::TimedOut);
                Verdict::Continue
            }
        }
    }

    /// Asks about a message, tells the server meanwhile that this is at work, and answers.
    async fn message(&mut self, envelope: Envelope, message: Vec<u8>) -> Result<(), Gone> {
        let began = Instant::now();
        // The message is of this connection until it is decided about.
        let kept = message.capacity();
        self.shared.held.fetch_add(kept, Ordering::Relaxed);
        self.held += kept;
        let handler = Arc::clone(&self.shared.handler);
        let mut question = tokio::spawn(async move { handler.message(envelope, message).await });
        let until = began + self.shared.limits.decide;
        let answer = loop {
            let next = until.min(Instant::now() + self.shared.limits.progress);
            tokio::select! {
                answer = &mut question => break answer.map_err(|_| Trouble::Stopped),
                () = tokio::time::sleep_until(next) => {}
            }
            if Instant::now() >= until {
                question.abort();
                break Err(Trouble::TimedOut);
            }
            self.send([Reply::Progress]).await?;
        };
        let answer = answer.unwrap_or_else(|trouble| {
            self.trouble(trouble);
            Answer { changes: Vec::new(), verdict: self.shared.fallback.verdict() }
        });
        let (replies, troubles) = self.session.done(&answer);
        for trouble in troubles {
            self.trouble(trouble);
        }
        self.send(replies).await?;
        let verdict = name(&answer.verdict);
        self.shared.handler.noted(&Event::Answered { verdict, took: began.elapsed() });
        Ok(())
    }

    async fn send(&mut self, replies: impl IntoIterator<Item = Reply>) -> Result<(), Gone> {
        for reply in replies {
            reply.encode(&mut self.written);
        }
        let bytes = self.written.split();
        match timeout(self.shared.limits.frame, self.stream.write_all(&bytes)).await {
            Ok(sent) => Ok(sent?),
            Err(_) => Err(Gone::Away),
        }
    }
}

/// A word for a verdict on a message, for counters.
const fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Continue | Verdict::Accept => "accepted",
        Verdict::Reject | Verdict::Refuse(_) => "rejected",
        Verdict::Tempfail => "tempfailed",
        Verdict::Discard => "discarded",
    }
}
