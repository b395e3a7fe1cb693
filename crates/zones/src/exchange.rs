//! A message sent to a server, and the one that comes back. What they say is others' business.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
};

/// Why nothing came back.
#[derive(Debug, Error)]
pub(crate) enum Lost {
    #[error("it cannot be reached: {0}")]
    Unreachable(io::Error),
    #[error("no way leads to its address from here: {0}")]
    NoWay(io::Error),
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

/// A failure to reach a server: no way to its address at all, as to IPv6 from a network without, is our lack and not the server's.
fn unreachable(error: io::Error) -> Lost {
    match error.kind() {
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::AddrNotAvailable => {
            Lost::NoWay(error)
        }
        _ => Lost::Unreachable(error),
    }
}

/// The largest datagram that comes.
const MAX_DATAGRAM: usize = 65_535;

/// One question in a datagram from a port of its own, and the first answer that `wanted` takes: others may be forged, and are left. Waits
/// as long as it takes: time is the caller's.
pub(crate) async fn over_udp<T>(
    server: SocketAddr,
    question: &[u8],
    mut wanted: impl FnMut(&[u8]) -> Option<T>,
) -> Result<T, Lost> {
    let any = match server.ip() {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((any, 0)).await.map_err(unreachable)?;
    socket.connect(server).await.map_err(unreachable)?;
    socket.send(question).await.map_err(unreachable)?;
    let mut answer = vec![0; MAX_DATAGRAM];
    loop {
        let length = socket.recv(&mut answer).await.map_err(unreachable)?;
        if let Some(found) = answer.get(..length).and_then(&mut wanted) {
            return Ok(found);
        }
    }
}

/// One question and its answer over a connection of their own; each has its length before it (RFC 7766 section 8). Waits as long as it
/// takes: time is the caller's.
pub(crate) async fn over_tcp(server: SocketAddr, question: &[u8]) -> Result<Vec<u8>, Lost> {
    let length = u16::try_from(question.len()).map_err(|_| Lost::Long)?;
    let mut stream = TcpStream::connect(server).await.map_err(unreachable)?;
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
