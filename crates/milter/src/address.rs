//! Where a filter is listened on, as Postfix and Sendmail write it.

use std::{fmt, path::PathBuf, str::FromStr};

/// A place to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A host and a port.
    Inet {
        /// The host: a name or an address, without brackets.
        host: String,
        /// The port; 0 is any that is free.
        port: u16,
    },
    /// A socket of the file system.
    Unix(PathBuf),
}

/// A text that is no place to listen on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place to listen on: write inet:HOST:PORT or unix:/PATH")]
pub struct NoAddress(String);

impl FromStr for Address {
    type Err = NoAddress;

    /// `inet:host:port` and `unix:path` as Postfix has it, `inet:port@host` and `local:path` as Sendmail has it; a bare `host:port` too.
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let wrong = || NoAddress(text.to_owned());
        if let Some(path) = text.strip_prefix("unix:").or_else(|| text.strip_prefix("local:")) {
            return if path.is_empty() { Err(wrong()) } else { Ok(Self::Unix(PathBuf::from(path))) };
        }
        let place = text.strip_prefix("inet:").or_else(|| text.strip_prefix("inet6:")).unwrap_or(text);
        let (host, port) = match place.split_once('@') {
            Some((port, host)) => (host, port),
            None => place.rsplit_once(':').ok_or_else(wrong)?,
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = port.parse().map_err(|_| wrong())?;
        if host.is_empty() || host.contains(['/', ' ']) { Err(wrong()) } else { Ok(Self::Inet { host: host.to_owned(), port }) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { host, port } if host.contains(':') => write!(out, "inet:[{host}]:{port}"),
            Self::Inet { host, port } => write!(out, "inet:{host}:{port}"),
            Self::Unix(path) => write!(out, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn both_servers_forms_are_read() {
        for (text, shown) in [
            ("inet:127.0.0.1:8891", "inet:127.0.0.1:8891"),
            ("inet:8891@127.0.0.1", "inet:127.0.0.1:8891"),
            ("127.0.0.1:0", "inet:127.0.0.1:0"),
            ("inet6:8891@[::1]", "inet:[::1]:8891"),
            ("inet:[::1]:8891", "inet:[::1]:8891"),
            ("unix:/run/spoofwatch/milter.sock", "unix:/run/spoofwatch/milter.sock"),
            ("local:milter.sock", "unix:milter.sock"),
        ] {
            assert_eq!(text.parse::<Address>().map(|address| address.to_string()), Ok(shown.to_owned()));
        }
    }

    #[test]
    fn what_is_no_place_is_refused_with_the_forms_that_are() {
        for text in ["", "8891", "inet:", "inet:localhost", "inet:localhost:x", "inet::8891", "unix:", "/run/milter.sock:1"] {
            let words = text.parse::<Address>().unwrap_err().to_string();
            assert!(words.contains("inet:HOST:PORT"), "{words}");
        }
    }
}
