//! A small SMTP client (RFC 5321) for a server that is tested: every reply is kept as it came, each recipient's apart, and the client
//! may play another address where the server allows it (XCLIENT, an extension of Postfix).
//!
//! Mail that has to arrive is not its business: it neither retries nor queues nor encrypts, and a library that does would hide the very
//! replies that a test is after.

use std::{fmt, io, net::IpAddr, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a reply may take. RFC 5321 section 4.5.3.2 allows five and ten minutes; a test server that takes one has failed the test.
const REPLY: Duration = Duration::from_secs(60);
/// The longest line of a reply that is read; RFC 5321 section 4.5.3.1.5 allows 512 bytes.
const MOST_LINE: u64 = 4096;
/// The most lines of a reply that are read.
const MOST_LINES: usize = 100;

/// Why a conversation ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmtpError {
    /// No connection.
    #[error("{server}: {source}")]
    Connect {
        /// Who was called.
        server: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The connection broke.
    #[error("after {after}: {source}")]
    Broken {
        /// What was said last.
        after: String,
        /// What the system says.
        source: io::Error,
    },
    /// No reply in time.
    #[error("no reply to {0} within {limit} seconds", limit = REPLY.as_secs())]
    Silent(String),
    /// What came is no reply of SMTP.
    #[error("after {after}: `{line}` is no reply of SMTP")]
    Nonsense {
        /// What was said last.
        after: String,
        /// What came, its control characters escaped.
        line: String,
    },
    /// The server does not let us go on.
    #[error("{to}: {reply}")]
    Refused {
        /// To what it said no.
        to: String,
        /// What it said.
        reply: Reply,
    },
    /// The server does not offer to play another client.
    #[error("the server does not offer XCLIENT")]
    NoXclient,
    /// Something that would be more than one command.
    #[error("`{0}` cannot stand in a command")]
    Word(String),
}

/// A reply of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Three digits.
    pub(crate) code: u16,
    /// Its lines without the code, control characters escaped.
    pub(crate) lines: Vec<String>,
}

impl Reply {
    /// Whether the server agrees.
    pub(crate) const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether it may agree later.
    pub(crate) const fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.lines.join(" "))
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transaction {
    /// The reply that decided: the first refusal of all recipients, of the sender or the content; else the acceptance.
    pub(crate) decided: Reply,
    /// Recipients that were refused, with the replies.
    pub(crate) refused: Vec<(String, Reply)>,
}

/// A connection that has greeted.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    /// What the server offers, a line a keyword.
    offers: Vec<String>,
}

impl Connection {
    /// Calls a server and greets it.
    pub(crate) async fn open(server: SocketAddr, greeting: &str) -> Result<Self, SmtpError> {
        let failed = |source| SmtpError::Connect { server, source };
        let stream = timeout(CONNECT, TcpStream::connect(server)).await;
        let stream = stream.map_err(|_| failed(io::ErrorKind::TimedOut.into()))?.map_err(failed)?;
        let mut connection = Self { stream: BufReader::new(stream), offers: Vec::new() };
        let welcome = connection.reply("connecting").await?;
        if !welcome.is_positive() {
            return Err(SmtpError::Refused { to: "the connection".to_owned(), reply: welcome });
        }
        connection.greet(greeting).await?;
        Ok(connection)
    }

    async fn greet(&mut self, greeting: &str) -> Result<(), SmtpError> {
        let reply = self.command(&format!("EHLO {}", word(greeting)?)).await?;
        if !reply.is_positive() {
            return Err(SmtpError::Refused { to: format!("EHLO {greeting}"), reply });
        }
        self.offers = reply.lines.into_iter().skip(1).collect();
        Ok(())
    }

    /// Whether the server offers an extension, by its keyword.
    pub(crate) fn offers(&self, keyword: &str) -> bool {
        self.offers.iter().any(|line| line.split(' ').next().is_some_and(|found| found.eq_ignore_ascii_case(keyword)))
    }

    /// Plays another client from here on.
    pub(crate) async fn play(&mut self, client: IpAddr, name: &str, greeting: &str) -> Result<(), SmtpError> {
        if !self.offers("XCLIENT") {
            return Err(SmtpError::NoXclient);
        }
        let address = match client {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("IPV6:{address}"),
        };
        let reply = self.command(&format!("XCLIENT NAME={} ADDR={address}", word(name)?)).await?;
        if !reply.is_positive() {
            return Err(SmtpError::Refused { to: format!("XCLIENT ADDR={address}"), reply });
        }
        // The conversation begins anew, as with that client.
        self.greet(greeting).await
    }

    /// Hands a message over. What the server refuses is an answer, not an error.
    pub(crate) async fn send(&mut self, from: &str, to: &[String], data: &[u8]) -> Result<Transaction, SmtpError> {
        let sender = self.command(&format!("MAIL FROM:<{}>", word(from)?)).await?;
        let mut refused = Vec::new();
        if !sender.is_positive() {
            return Ok(Transaction { decided: sender, refused });
        }
        let mut taken = 0;
        for recipient in to {
            let reply = self.command(&format!("RCPT TO:<{}>", word(recipient)?)).await?;
            if reply.is_positive() {
                taken += 1;
            } else {
                refused.push((recipient.clone(), reply));
            }
        }
        if let (0, Some((_, reply))) = (taken, refused.first()) {
            return Ok(Transaction { decided: reply.clone(), refused });
        }
        let go_on = self.command("DATA").await?;
        if go_on.code != 354 {
            return Ok(Transaction { decided: go_on, refused });
        }
        self.write("the message", &stuffed(data)).await?;
        let decided = self.reply("the message").await?;
        Ok(Transaction { decided, refused })
    }

    /// Ends the conversation; whether the server still answers does not matter.
    pub(crate) async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(2), self.command("QUIT")).await;
    }

    async fn command(&mut self, line: &str) -> Result<Reply, SmtpError> {
        self.write(line, format!("{line}\r\n").as_bytes()).await?;
        self.reply(line).await
    }

    async fn write(&mut self, what: &str, bytes: &[u8]) -> Result<(), SmtpError> {
        let stream = self.stream.get_mut();
        let sent = timeout(REPLY, async {
            stream.write_all(bytes).await?;
            stream.flush().await
        });
        let sent = sent.await.map_err(|_| SmtpError::Silent(what.to_owned()))?;
        sent.map_err(|source| SmtpError::Broken { after: what.to_owned(), source })
    }

    async fn reply(&mut self, after: &str) -> Result<Reply, SmtpError> {
        timeout(REPLY, self.lines(after)).await.map_err(|_| SmtpError::Silent(after.to_owned()))?
    }

    /// The lines of a reply (RFC 5321 section 4.2.1): all but the last have a hyphen after the code.
    async fn lines(&mut self, after: &str) -> Result<Reply, SmtpError> {
        let mut lines = Vec::new();
        loop {
            let mut bytes = Vec::new();
            let read = (&mut self.stream).take(MOST_LINE).read_until(b'\n', &mut bytes).await;
            let read = read.map_err(|source| SmtpError::Broken { after: after.to_owned(), source })?;
            if read == 0 {
                return Err(SmtpError::Broken { after: after.to_owned(), source: io::ErrorKind::UnexpectedEof.into() });
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\r', '\n']);
            let nonsense = || SmtpError::Nonsense { after: after.to_owned(), line: text.escape_debug().to_string() };
            if !bytes.ends_with(b"\n") || lines.len() >= MOST_LINES {
                return Err(nonsense());
            }
            let code = text.get(..3).and_then(|code| code.parse().ok()).filter(|code| (200..600).contains(code));
            let code: u16 = code.ok_or_else(nonsense)?;
            let (mark, words) = (text.as_bytes().get(3), text.get(4..).unwrap_or_default());
            lines.push(words.escape_debug().to_string());
            match mark {
                None | Some(b' ') => return Ok(Reply { code, lines }),
                Some(b'-') => {}
                Some(_) => return Err(nonsense()),
            }
        }
    }
}

/// Part of a command: what has white space or brackets would be something else to the server.
fn word(text: &str) -> Result<&str, SmtpError> {
    let fits = text.bytes().all(|byte| byte > b' ' && byte != 127 && byte != b'<' && byte != b'>');
    if fits { Ok(text) } else { Err(SmtpError::Word(text.escape_debug().to_string())) }
}

/// A message as it goes over the wire (RFC 5321 section 4.5.2): a dot before each dot that begins a line, and one alone at the end.
fn stuffed(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 64);
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
pub(crate) mod tests;
