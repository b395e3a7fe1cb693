//! Notifications by e-mail, over SMTP.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use detect::notify::{
    Sent,
    email::{Email, Head},
};
use lettre::{
    Address, SmtpTransport, Transport as _,
    address::Envelope,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use tokio::time::Instant;

use super::{
    met,
    route::{Security, SmtpRoute},
};
use crate::{clock, failure::Failure};

/// How long the server may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(30);
/// Messages in a minute: a mailbox that gets more is not read, and its server turns the sender away.
const A_MINUTE: u32 = 30;

/// Sends messages to one mail server.
pub(crate) struct Mailer {
    transport: SmtpTransport,
    from: String,
    to: Vec<String>,
    envelope: Envelope,
    security: Security,
    /// What nobody may read in what the server said: the password, and the forms it is sent in.
    secrets: Vec<String>,
    /// When the minute began, and how many went out since.
    sent: Mutex<Option<(Instant, u32)>>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Mailer").field("to", &self.to).finish_non_exhaustive()
    }
}

impl Mailer {
    /// Reads the password and the certificates; nobody is called yet.
    pub(crate) fn new(route: &SmtpRoute) -> Result<Self, Failure> {
        let SmtpRoute { host, port, security, user, ca_file, from, to } = route;
        let wrong = |reason: String| Failure::input(format!("error: notify: {reason}"));
        let parameters = || {
            let mut builder = TlsParameters::builder(host.clone());
            if let Some(path) = ca_file {
                let pem = std::fs::read(path).map_err(|error| wrong(format!("{}: {error}", path.display())))?;
                let own = Certificate::from_pem(&pem).map_err(|error| wrong(format!("{}: {error}", path.display())))?;
                builder = builder.certificate_store(CertificateStore::None).add_root_certificate(own);
            }
            builder.build_rustls().map_err(|error| wrong(error.to_string()))
        };
        let tls = match security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::None => Tls::None,
        };
        let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let mut transport = SmtpTransport::builder_dangerous(host.as_str())
            .port(*port)
            .tls(tls)
            .hello_name(ClientId::Domain(domain.to_owned()))
            .timeout(Some(PATIENCE));
        let mut secrets = Vec::new();
        if let Some((name, file)) = user {
            let password = std::fs::read_to_string(file).map_err(|error| wrong(format!("{}: {error}", file.display())))?;
            let password = password.trim_end_matches(['\r', '\n']);
            secrets = forms(name, password);
            transport = transport.credentials(Credentials::new(name.clone(), password.to_owned()));
        }
        let address = |text: &String| text.parse::<Address>().map_err(|error| wrong(format!("`{text}`: {error}")));
        let envelope = Envelope::new(Some(address(from)?), to.iter().map(address).collect::<Result<_, _>>()?);
        Ok(Self {
            transport: transport.build(),
            from: from.clone(),
            to: to.clone(),
            envelope: envelope.map_err(|error| wrong(error.to_string()))?,
            security: *security,
            secrets,
            sent: Mutex::new(None),
        })
    }

    /// Sends one message.
    pub(crate) async fn send(&self, id: &str, email: &Email) -> Sent {
        if let Some(wait) = self.wait() {
            let reason = format!("more than {A_MINUTE} messages in a minute");
            return Sent::Later { reason, wait: i64::try_from(wait.as_micros()).ok() };
        }
        let head = Head { from: &self.from, to: &self.to, date: clock::micros(clock::now()), id };
        let (message, envelope, transport) = (email.message(&head), self.envelope.clone(), self.transport.clone());
        let sent = tokio::task::spawn_blocking(move || transport.send_raw(&envelope, &message)).await;
        match sent {
            Err(stopped) => Sent::Later { reason: stopped.to_string(), wait: None },
            Ok(Ok(answer)) => {
                Sent::Delivered { answer: format!("{} {}", answer.code(), answer.first_line().unwrap_or_default()) }
            }
            Ok(Err(error)) => {
                let reason = self.without_secrets(met::by_mail(&error, self.security, PATIENCE));
                // A mailbox or message that is refused for good (RFC 5321, section 4.2.3) stays so; who may not sign in today may tomorrow.
                let refused = error.status().is_some_and(|code| (550..=554).contains(&u16::from(code)));
                if refused { Sent::Refused { reason } } else { Sent::Later { reason, wait: None } }
            }
        }
    }

    /// The words of a server that repeats what it heard.
    fn without_secrets(&self, words: String) -> String {
        self.secrets.iter().fold(words, |words, secret| words.replace(secret, "***"))
    }

    /// How long to wait before another message may go, if at all.
    fn wait(&self) -> Option<Duration> {
        const MINUTE: Duration = Duration::from_secs(60);
        let now = Instant::now();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        match sent.as_mut() {
            Some((begun, count)) if now.duration_since(*begun) < MINUTE => {
                if *count >= A_MINUTE {
                    return Some(MINUTE.saturating_sub(now.duration_since(*begun)));
                }
                *count += 1;
            }
            _ => *sent = Some((now, 1)),
        }
        None
    }
}

/// A password as it may be found in what a server says: as it is, and as PLAIN (RFC 4616) and LOGIN send it.
fn forms(name: &str, password: &str) -> Vec<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    if password.is_empty() {
        return Vec::new();
    }
    vec![STANDARD.encode(format!("\0{name}\0{password}")), STANDARD.encode(password), password.to_owned()]
}
