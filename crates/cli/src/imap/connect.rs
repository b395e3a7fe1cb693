//! The wire to a mailbox: TCP, TLS, the greeting, who we are.
//!
//! Without TLS only this machine itself is spoken to: a password in clear text does not leave it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_imap::Authenticator;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::{Address, Fault};

/// How long opening the wire may take, each step of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes the greeting and the answer to a login may have.
const GREETING_BYTES: usize = 64 << 10;

/// Who a server may be.
#[derive(Debug)]
pub(crate) enum Trust {
    /// One that an authority vouches for that browsers trust.
    Public,
    /// One that an authority of this file vouches for, PEM.
    File(std::path::PathBuf),
}

/// What proves who we are. It is shown nowhere.
pub(crate) enum Secret {
    Password(String),
    /// An access token of OAuth 2.
    Token(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A wire of any kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for T {}

/// More bytes came than were asked for.
#[derive(Debug)]
pub(super) struct TooMuch {
    limit: usize,
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server's answer is longer than {} bytes", self.limit)
    }
}

impl std::error::Error for TooMuch {}

/// How many bytes an answer may still have.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowance {
    left: Arc<AtomicUsize>,
    whole: Arc<AtomicUsize>,
}

impl Allowance {
    /// The next answer may have so many bytes.
    pub(super) fn set(&self, bytes: usize) {
        self.left.store(bytes, Ordering::Relaxed);
        self.whole.store(bytes, Ordering::Relaxed);
    }
}

/// A wire that gives no more than it is allowed to.
#[derive(Debug)]
pub(super) struct Bounded {
    inner: Box<dyn Stream>,
    allowance: Allowance,
}

impl AsyncRead for Bounded {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let count = buffer.filled().len().saturating_sub(before);
        let left = self.allowance.left.load(Ordering::Relaxed);
        self.allowance.left.store(left.saturating_sub(count), Ordering::Relaxed);
        if count > left {
            let limit = self.allowance.whole.load(Ordering::Relaxed);
            return Poll::Ready(Err(io::Error::other(TooMuch { limit })));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// Waits for a step of opening the wire.
pub(super) async fn soon<T, E: fmt::Display>(
    place: &str,
    step: &str,
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Fault::System(format!("{place}: {step}: {error}"))),
        Err(_) => Err(Fault::System(format!("{place}: {step}: no answer within {} seconds", PATIENCE.as_secs()))),
    }
}

/// Opens a session.
pub(super) async fn open(
    address: &Address,
    secret: &Secret,
    trust: &Trust,
) -> Result<(async_imap::Session<Bounded>, Allowance), Fault> {
    let place = address.name();
    let tcp = tcp(address, &place).await?;
    let inner: Box<dyn Stream> = if address.tls {
        let name = ServerName::try_from(address.host.clone())
            .map_err(|_| Fault::Input(format!("{place}: {} cannot have a certificate", address.host)))?;
        let connector = TlsConnector::from(Arc::new(config(trust)?));
        Box::new(soon(&place, "TLS", connector.connect(name, tcp)).await?)
    } else {
        Box::new(tcp)
    };
    let allowance = Allowance::default();
    allowance.set(GREETING_BYTES);
    let mut client = async_imap::Client::new(Bounded { inner, allowance: allowance.clone() });
    let greeting = soon(&place, "greeting", client.read_response()).await;
    if !matches!(greeting, Ok(Some(_))) {
        // What went wrong may hold what the server sent.
        return Err(Fault::System(format!("{place}: no server of IMAP answers there")));
    }
    let login = async {
        match secret {
            Secret::Password(password) => client.login(&address.user, password).await,
            Secret::Token(token) => client.authenticate("XOAUTH2", Bearer::new(&address.user, token)).await,
        }
    };
    match tokio::time::timeout(PATIENCE, login).await {
        Ok(Ok(session)) => Ok((session, allowance)),
        Ok(Err((async_imap::error::Error::Validate(_), _))) => {
            Err(Fault::Input(format!("{place}: the user's name or the password holds a character that cannot be sent")))
        }
        Ok(Err((error, _))) => Err(Fault::of(&place, &error)),
        Err(_) => Err(Fault::System(format!("{place}: login: no answer within {} seconds", PATIENCE.as_secs()))),
    }
}

async fn tcp(address: &Address, place: &str) -> Result<TcpStream, Fault> {
    let found = soon(place, "name", tokio::net::lookup_host((address.host.as_str(), address.port))).await?;
    let mut places: Vec<SocketAddr> = found.collect();
    if !address.tls {
        places.retain(|place| place.ip().is_loopback());
        if places.is_empty() {
            return Err(Fault::Input(format!("{place}: imap:// is for this machine alone; over a network use imaps://")));
        }
    }
    soon(place, "connection", TcpStream::connect(places.as_slice())).await
}

/// How TLS is spoken with a server that somebody vouches for.
pub(crate) fn config(trust: &Trust) -> Result<ClientConfig, Fault> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::Public => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Trust::File(path) => authorities(path, &mut roots)?,
    }
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| Fault::System(format!("TLS: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn authorities(path: &Path, roots: &mut RootCertStore) -> Result<(), Fault> {
    let fault = |reason: String| Fault::Input(format!("{}: {reason}", path.display()));
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| fault(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| fault(error.to_string()))?;
        roots.add(certificate).map_err(|error| fault(error.to_string()))?;
    }
    if roots.is_empty() { Err(fault("holds no certificate".to_owned())) } else { Ok(()) }
}

/// The mechanism XOAUTH2 of Google and Microsoft: <https://developers.google.com/workspace/gmail/imap/xoauth2-protocol>.
struct Bearer {
    /// What is sent; taken when it is.
    first: Option<String>,
}

impl Bearer {
    fn new(user: &str, token: &str) -> Self {
        Self { first: Some(format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}")) }
    }
}

impl Authenticator for Bearer {
    type Response = String;

    /// A second challenge says what is wrong with the token, and an empty answer ends it.
    fn process(&mut self, _: &[u8]) -> String {
        self.first.take().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use async_imap::Authenticator as _;
    use tokio::io::AsyncReadExt as _;

    use super::{Allowance, Bearer, Bounded, Secret};

    #[test]
    fn a_token_is_sent_once_and_a_secret_is_never_shown() {
        let mut bearer = Bearer::new("a@contoso.com", "t0k3n");
        assert_eq!(bearer.process(b""), "user=a@contoso.com\u{1}auth=Bearer t0k3n\u{1}\u{1}");
        assert_eq!(bearer.process(b"{}"), "");
        assert_eq!(format!("{:?}", Secret::Password("hunter2".to_owned())), "Secret");
    }

    #[tokio::test]
    async fn no_more_is_read_than_allowed() -> std::io::Result<()> {
        let (far, near) = tokio::io::duplex(64);
        let allowance = Allowance::default();
        let mut wire = Bounded { inner: Box::new(near), allowance: allowance.clone() };
        let mut far = far;
        tokio::io::AsyncWriteExt::write_all(&mut far, b"0123456789").await?;
        allowance.set(4);
        let mut buffer = [0; 4];
        wire.read_exact(&mut buffer).await?;
        let error = wire.read_exact(&mut buffer).await.err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("the server's answer is longer than 4 bytes"));
        allowance.set(2);
        wire.read_exact(&mut buffer[..2]).await.map(drop)
    }
}
