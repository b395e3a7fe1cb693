//! Notifications to a receiver of syslog: a datagram a line, or lines with their length before them over TCP and TLS.

use std::{future::Future, io, sync::Arc, time::Duration};

use detect::notify::{Sent, syslog::Syslog};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

use super::{
    met,
    route::{Carrier, SyslogRoute},
};
use crate::{
    failure::Failure,
    imap::{Trust, tls_config},
};

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that are read of what a receiver sends, which should be none.
const HEARD: usize = 1024;

/// Sends lines to one receiver.
pub(crate) struct Lines {
    route: SyslogRoute,
    tls: Option<Arc<ClientConfig>>,
    host: String,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lines").field("route", &self.route).finish_non_exhaustive()
    }
}

impl Lines {
    /// Reads the certificates; nobody is called yet.
    pub(crate) fn new(route: &SyslogRoute) -> Result<Self, Failure> {
        let tls = match route.carrier {
            Carrier::Udp | Carrier::Tcp => None,
            Carrier::Tls => {
                let trust = route.ca_file.clone().map_or(Trust::Public, Trust::File);
                Some(Arc::new(tls_config(&trust)?))
            }
        };
        Ok(Self { route: route.clone(), tls, host: own_name() })
    }

    /// Sends one line.
    pub(crate) async fn send(&self, line: &Syslog) -> Sent {
        let line = line.line(&self.host);
        let sent = match self.route.carrier {
            Carrier::Udp => self.datagram(&line).await,
            Carrier::Tcp => match self.connected().await {
                Ok(stream) => counted(stream, &line).await,
                Err(error) => Err(error),
            },
            Carrier::Tls => self.encrypted(&line).await,
        };
        match sent {
            Ok(answer) => Sent::Delivered { answer: answer.to_owned() },
            Err(error) => {
                let reason = met::on_the_wire(&error, PATIENCE).unwrap_or_else(|| error.to_string());
                Sent::Later { reason, wait: None }
            }
        }
    }

    async fn datagram(&self, line: &str) -> io::Result<&'static str> {
        let places = soon(tokio::net::lookup_host((self.route.host.as_str(), self.route.port))).await?;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for place in places {
            let own = if place.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
            let sent = async {
                let socket = UdpSocket::bind(own).await?;
                socket.connect(place).await?;
                socket.send(line.as_bytes()).await
            };
            match soon(sent).await {
                Ok(_) => return Ok("sent; whether it arrived is not answered over UDP"),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn connected(&self) -> io::Result<TcpStream> {
        soon(TcpStream::connect((self.route.host.as_str(), self.route.port))).await
    }

    async fn encrypted(&self, line: &str) -> io::Result<&'static str> {
        let Some(config) = &self.tls else { return Err(io::Error::other("TLS is not set up")) };
        let name = ServerName::try_from(self.route.host.clone()).map_err(io::Error::other)?;
        let stream = self.connected().await?;
        let stream = soon(TlsConnector::from(Arc::clone(config)).connect(name, stream)).await?;
        counted(stream, line).await
    }
}

/// Writes the line with its length before it (RFC 6587, section 3.4.1; RFC 5425, section 4.3), and waits until the receiver has seen the
/// end: a receiver that has gone away shows only then. One that keeps the connection open has had its time.
async fn counted(mut stream: impl AsyncRead + AsyncWrite + Unpin, line: &str) -> io::Result<&'static str> {
    let frame = format!("{} {line}", line.len());
    soon(async {
        stream.write_all(frame.as_bytes()).await?;
        stream.flush().await?;
        stream.shutdown().await
    })
    .await?;
    let mut heard = [0; HEARD];
    match timeout(PATIENCE, stream.read(&mut heard)).await {
        // A receiver need not say goodbye as TLS wants it.
        Err(_) | Ok(Ok(_)) => Ok("taken by the receiver"),
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok("taken by the receiver"),
        Ok(Err(error)) => Err(error),
    }
}

async fn soon<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "the receiver did not answer within 10 s");
    timeout(PATIENCE, step).await.map_err(|_| late())?
}

/// What this machine is called; empty where that cannot be known.
fn own_name() -> String {
    let read =
        |path| std::fs::read_to_string(path).ok().map(|name: String| name.trim().to_owned()).filter(|name| !name.is_empty());
    read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname")).unwrap_or_default()
}
