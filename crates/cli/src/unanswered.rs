//! Why nothing answered, in words that hold no address: addresses may hold secrets.

use std::{error::Error, io, time::Duration};

use tokio_rustls::rustls::{self, CertificateError};

/// Why a request over HTTP got no answer, in a sentence without an end: the innermost cause, which says most. `limit` is how long the client waits.
pub(crate) fn why(error: &reqwest::Error, limit: Duration) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection in time".to_owned()
        } else {
            format!("no answer within {} seconds", limit.as_secs())
        };
    }
    if let Some(words) = on_the_wire(error, limit, "") {
        return words;
    }
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // reqwest's own words name the address.
    let words = if std::ptr::addr_eq(cause, error) { "the request failed".to_owned() } else { plain(cause) };
    if error.is_connect() { format!("no connection: {words}") } else { words }
}

/// Words of the system without the number behind them.
fn plain(cause: &(dyn Error + 'static)) -> String {
    let words = cause.to_string();
    let number = words.find(" (os error ");
    let words = number.and_then(|end| words.get(..end)).unwrap_or(&words);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What happened to a connection; nothing where it is not known better than by the error itself. `authority` says what to do about one that
/// issued a certificate and is not trusted.
pub(crate) fn on_the_wire(error: &(dyn Error + 'static), patience: Duration, authority: &str) -> Option<String> {
    if let Some(tls) = found::<rustls::Error>(error) {
        return Some(match tls {
            rustls::Error::InvalidCertificate(reason) => distrusted(reason, authority),
            rustls::Error::InvalidMessage(_) => "what answers there speaks no TLS".to_owned(),
            other => format!("TLS: {other}"),
        });
    }
    if is_late(error) {
        return Some(format!("no answer within {} seconds", patience.as_secs()));
    }
    None
}

/// Why a certificate is not trusted.
fn distrusted(reason: &CertificateError, authority: &str) -> String {
    match reason {
        // Of an authority that has the name of a known one and another key, it is the signature that is not good.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            format!("its certificate is from an authority that is not trusted here{authority}")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is not for the name in the address".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has ended".to_owned(),
        other => format!("its certificate is not trusted: {other}"),
    }
}

/// Whether it was waited for too long. A socket with a time limit says of a read that there was nothing (`EAGAIN`, socket(7)).
pub(crate) fn is_late(error: &(dyn Error + 'static)) -> bool {
    found::<io::Error>(error).is_some_and(|error| matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock))
}

/// Whether what answers there speaks no TLS.
pub(crate) fn is_no_tls(error: &(dyn Error + 'static)) -> bool {
    matches!(found::<rustls::Error>(error), Some(rustls::Error::InvalidMessage(_)))
}

/// The first error of a kind, among an error and what is behind it.
fn found<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An error of the system that was made of another does not name that as its source, but as what it holds.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|held| held as &(dyn Error + 'static));
        next = held.or_else(|| error.source());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn nobody_listening_and_nobody_answering_are_told_apart_without_the_address() -> Result<(), Box<dyn Error>> {
        let client = reqwest::Client::builder().timeout(LIMIT).build()?;
        let ask = async |port: u16| {
            let error = client.get(format!("http://127.0.0.1:{port}/secret")).send().await.err();
            error.map(|error| why(&error, LIMIT)).unwrap_or_default()
        };
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        assert_eq!(ask(silent.local_addr()?.port()).await, "no answer within 1 seconds");
        let port = silent.local_addr()?.port();
        drop(silent);
        assert_eq!(ask(port).await, "no connection: connection refused");
        Ok(())
    }

    #[tokio::test]
    async fn what_speaks_no_tls_is_told_as_such() -> Result<(), Box<dyn Error>> {
        use tokio::io::AsyncWriteExt as _;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let plain = tokio::spawn(async move { listener.accept().await?.0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await });
        let error = reqwest::Client::new().get(format!("https://{address}/secret")).send().await.err();
        plain.await??;
        assert_eq!(error.map(|error| why(&error, LIMIT)).as_deref(), Some("what answers there speaks no TLS"));
        Ok(())
    }

    #[tokio::test]
    async fn a_connection_that_breaks_off_is_told_as_such() -> Result<(), Box<dyn Error>> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let broken = tokio::spawn(async move { listener.accept().await.map(drop) });
        let error = reqwest::Client::new().get(format!("http://{address}/secret")).send().await.err();
        broken.await??;
        let words = error.map(|error| why(&error, LIMIT)).unwrap_or_default();
        assert!(!words.is_empty() && !words.contains("secret") && !words.contains("127.0.0.1"), "{words}");
        Ok(())
    }
}
