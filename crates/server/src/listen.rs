//! Connections, plain or in TLS, and the requests on them.
//!
//! Must not know files: certificates are handed in as PEM. Bounded: so many connections, so long for a handshake and for a header, so
//! that somebody who sends nothing holds nothing. Start with [`serve`].

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};
use tower::ServiceExt as _;

/// How many connections are held at a time; one more waits.
const CONNECTIONS: usize = 2048;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a client may take for the header of a request, and may stay silent between two.
const HEADER: Duration = Duration::from_secs(30);
/// How long to rest when the system has no room for another connection.
const REST: Duration = Duration::from_millis(100);

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// There is no certificate in the file, or it cannot be read.
    #[error("no certificate in PEM form can be read: {0}")]
    Certificate(String),
    /// There is no private key in the file, or it cannot be read.
    #[error("no private key in PEM form can be read")]
    Key,
    /// They do not belong together, or are of a kind that is not known.
    #[error("the certificate and the key cannot be used: {0}")]
    Unfit(#[from] rustls::Error),
}

/// The certificates with which connections are answered. They can be replaced while connections are held. Cheap to clone.
#[derive(Clone)]
pub struct Certificates {
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Certificates {
    /// From the chain, the server's own certificate first, and its private key, both in PEM.
    ///
    /// # Errors
    /// When they cannot be read or do not belong together.
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        Ok(Self { config: Arc::new(RwLock::new(configured(chain, key)?)) })
    }

    /// Takes others for connections to come.
    ///
    /// # Errors
    /// As for [`Certificates::new`]; the ones there are stay then.
    pub fn replace(&self, chain: &[u8], key: &[u8]) -> Result<(), CertificateError> {
        let config = configured(chain, key)?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// TLS 1.2 and 1.3, with the suites of rustls, all of which keep what was said before secret when the key is lost.
fn configured(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, CertificateError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|error| CertificateError::Certificate(error.to_string()))?;
    if chain.is_empty() {
        return Err(CertificateError::Certificate("it has none".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CertificateError::Key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = config.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Answers requests until the listener fails: in TLS where there are certificates. Each request carries `ConnectInfo` with the address of
/// who sent it.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(listener: TcpListener, routes: Router, certificates: Option<Certificates>) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return Ok(()) };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) if is_passing(&error) => {
                tokio::time::sleep(REST).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        // Answers are small: waiting for more to send would only make them late.
        let _ = stream.set_nodelay(true);
        let (routes, acceptor) = (routes.clone(), certificates.as_ref().map(Certificates::acceptor));
        tokio::spawn(async move {
            let _place = place;
            match acceptor {
                None => answered(stream, from, routes).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        answered(stream, from, routes).await;
                    }
                }
            }
        });
    }
}

/// True for what ends one connection or is over soon, such as no room for another open file.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionAborted | Kind::ConnectionReset | Kind::ConnectionRefused | Kind::Interrupted)
        || matches!(error.raw_os_error(), Some(23 | 24 | 105))
}

/// Answers what is asked on one connection. What goes wrong on it is its own affair.
async fn answered<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, from: SocketAddr, routes: Router) {
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        let routes = routes.clone();
        async move { Ok::<_, Infallible>(routes.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEADER).max_concurrent_streams(128);
    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    async fn started(certificates: Option<Certificates>) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let routes = Router::new().route("/", get(|ConnectInfo(from): ConnectInfo<SocketAddr>| async move { from.to_string() }));
        tokio::spawn(serve(listener, routes, certificates));
        Ok(address)
    }

    #[tokio::test]
    async fn a_request_knows_where_it_is_from() -> Outcome {
        let mut stream = TcpStream::connect(started(None).await?).await?;
        let own = stream.local_addr()?.to_string();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(&own), "{answer}");
        Ok(())
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        assert!(matches!(Certificates::new(b"", b""), Err(CertificateError::Certificate(_))));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(Certificates::new(broken, b"no key"), Err(CertificateError::Key)));
    }
}
