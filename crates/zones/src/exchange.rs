//! A message sent to a server, and the one that comes back. What they say is others' business.

use std::{io, net::SocketAddr};

use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Why nothing came back.
#[derive(Debug, Error)]
pub(crate) enum Lost {
    #[error("it cannot be reached: {0}")]
    Unreachable(io::Error),
    #[error("it closed the connection without an answer")]
    Closed,
    #[error("the connection broke: {0}")]
    Broken(io::Error),
    #[error("the question is too long for a message of the DNS")]
    Long,
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Broken(error) }
    }
}

/// One question and its answer over a connection of their own; each has its length before it (RFC 7766 section 8). Waits as long as it
/// takes: time is the caller's.
pub(crate) async fn over_tcp(server: SocketAddr, question: &[u8]) -> Result<Vec<u8>, Lost> {
    let length = u16::try_from(question.len()).map_err(|_| Lost::Long)?;
    let mut stream = TcpStream::connect(server).await.map_err(Lost::Unreachable)?;
    // In one piece: some servers read no further than the first one.
    let mut sent = Vec::with_capacity(question.len().saturating_add(2));
    sent.extend(length.to_be_bytes());
    sent.extend(question);
    stream.write_all(&sent).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}
