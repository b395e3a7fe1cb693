//! What is met on the way to a receiver of notifications, in words: what happened, and what to do where somebody can do something.
//!
//! The words are kept with the notification and shown on pages. They repeat no address and no password.

use std::{error::Error, time::Duration};

use lettre::transport::smtp;

use super::route::Security;
use crate::unanswered::{self, is_late, is_no_tls};

/// What a mail server said, or what happened on the way to it. `patience` is how long it was waited for an answer.
pub(crate) fn by_mail(error: &smtp::Error, security: Security, patience: Duration) -> String {
    if let Some(code) = error.status() {
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // RFC 4954, section 6.
        let what = match u16::from(code) {
            432 | 454 | 530 | 534 | 535 | 538 => "signing in failed: the server answered",
            _ => "the server answered",
        };
        return format!("{what} {code} {text}").trim_end().to_owned();
    }
    if let Some(words) = on_the_wire(error, patience) {
        let hint = match (security, is_late(error), is_no_tls(error)) {
            (Security::StartTls, true, _) => "; one that is encrypted from the first byte has an address of smtps://",
            (Security::Tls, _, true) => "; one that offers STARTTLS has an address of smtp://",
            _ => "",
        };
        return words + hint;
    }
    let words = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match words {
        words if error.is_client() && words.contains("STARTTLS") => {
            "the server offers no STARTTLS, and unencrypted nothing is sent; one that is encrypted from the first byte has an address of smtps://"
                .to_owned()
        }
        words if error.is_client() && words.contains("authentication mechanism") => {
            "the server offers no way to sign in that is known here: PLAIN or LOGIN".to_owned()
        }
        words if error.is_response() => format!("the server's answer cannot be read: {words}"),
        words => words,
    }
}

/// What happened to a connection; nothing where it is not known better than by the error itself.
pub(crate) fn on_the_wire(error: &(dyn Error + 'static), patience: Duration) -> Option<String> {
    unanswered::on_the_wire(error, patience, "; a file with that authority is named by `ca-file`")
}

#[cfg(test)]
mod tests {
    use std::io;

    use tokio_rustls::rustls::{self, CertificateError, InvalidMessage};

    use super::*;

    #[test]
    fn what_is_not_trusted_is_told_with_what_to_do() {
        let tls = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        let certificate = |reason| tls(rustls::Error::InvalidCertificate(reason));
        for (error, expected) in [
            (certificate(CertificateError::UnknownIssuer), Some("named by `ca-file`")),
            (certificate(CertificateError::BadSignature), Some("named by `ca-file`")),
            (certificate(CertificateError::NotValidForName), Some("not for the name in the address")),
            (certificate(CertificateError::Expired), Some("has ended")),
            (certificate(CertificateError::Revoked), Some("its certificate is not trusted: ")),
            (tls(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)), Some("speaks no TLS")),
            (io::Error::from(io::ErrorKind::WouldBlock), Some("no answer within 30 seconds")),
            (io::Error::new(io::ErrorKind::TimedOut, "late"), Some("no answer within 30 seconds")),
            (io::Error::from(io::ErrorKind::ConnectionRefused), None),
        ] {
            let told = on_the_wire(&error, Duration::from_secs(30));
            match expected {
                Some(part) => assert!(told.as_deref().is_some_and(|told| told.contains(part)), "{error}: {told:?}"),
                None => assert_eq!(told, None, "{error}"),
            }
        }
    }
}
