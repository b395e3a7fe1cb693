//! A mail server that messages are handed to: those that leave the quarantine, and reports.

use std::time::Duration;

use lettre::{Address, SmtpTransport, Transport as _, address::Envelope, transport::smtp::extension::ClientId};
use mailflow::quarantine::{Inject, Refused};

use crate::failure::Failure;

/// How long the server may take to answer a command; RFC 5321 section 4.5.3.2 gives it ten minutes for the longest.
const PATIENCE: Duration = Duration::from_secs(120);

/// A mail server.
pub(crate) struct Smtp {
    transport: SmtpTransport,
    place: String,
}

impl Smtp {
    /// The server at `HOST:PORT`, without encryption: it is this machine's, or one of the same network.
    pub(crate) fn new(place: &str) -> Result<Self, Failure> {
        let wrong = || Failure::input(format!("error: `{place}` is no mail server: write HOST:PORT, such as 127.0.0.1:25"));
        let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_| wrong())?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let transport = SmtpTransport::builder_dangerous(host)
            .port(port)
            .hello_name(ClientId::Domain("localhost".to_owned()))
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self { transport, place: place.to_owned() })
    }
}

impl Inject for Smtp {
    fn inject(&self, mail_from: &str, recipients: &[String], message: &[u8]) -> Result<String, Refused> {
        let address = |text: &str| text.parse::<Address>().map_err(|error| Refused(format!("`{text}` is no address: {error}")));
        let from = if mail_from.is_empty() { None } else { Some(address(mail_from)?) };
        let to = recipients.iter().map(|text| address(text)).collect::<Result<Vec<_>, _>>()?;
        let envelope = Envelope::new(from, to).map_err(|error| Refused(error.to_string()))?;
        match self.transport.send_raw(&envelope, message) {
            Ok(answer) => Ok(format!("{} {}", answer.code(), answer.first_line().unwrap_or_default())),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                Err(Refused(format!("{}: {error}{cause}", self.place)))
            }
        }
    }
}
