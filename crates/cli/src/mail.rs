//! How messages are looked at: what the command line and the configuration say of whose mail it is, whom to believe, and who answers for
//! the DNS.

use std::sync::Arc;

use clap::Args;
use mailauth::{
    Message,
    dmarc::Discovery,
    evidence::Trust,
    verify::{Arrival, Verdicts, Verifier},
};
use sources::message::{MailOptions, When};
use tokio::runtime::Handle;

use crate::{
    config::{Mail, Verify},
    dns::Dns,
    failure::Failure,
    term,
};

/// Options of every command that looks at messages.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Looking {
    /// A domain of yours, with all below it. May be given more than once.
    #[arg(long = "own-domain", value_name = "DOMAIN")]
    own_domains: Vec<String>,
    /// Believe Authentication-Results that bear this id at their head. May be given more than once.
    #[arg(long = "trust", value_name = "ID")]
    trusted: Vec<String>,
    #[command(flatten)]
    pub(crate) dns: Dns,
    /// Find organisational domains in the list of public suffixes, as RFC 7489 did, and not by what domains publish.
    #[arg(long)]
    public_suffix_list: bool,
}

impl Looking {
    /// Whom to believe; the command line adds to the configuration.
    pub(crate) fn trust(&self, config: &Mail) -> Result<Trust, Failure> {
        let domain = |text: &String| {
            mailauth::dns::name(text).ok_or_else(|| Failure::input(format!("error: --own-domain {text}: that is no domain")))
        };
        let mut trust = config.trust();
        trust.own_domains.extend(self.own_domains.iter().map(domain).collect::<Result<Vec<_>, _>>()?);
        trust.authserv_ids.extend(self.trusted.iter().cloned());
        Ok(trust)
    }

    /// How organisational domains are found.
    pub(crate) fn discovery(&self, config: &Mail) -> Discovery {
        match &config.discovery {
            _ if self.public_suffix_list => Discovery::PublicSuffixList,
            Some(set) => set.value,
            None => Discovery::default(),
        }
    }

    /// Who verifies messages.
    pub(crate) async fn verifier(&self, config: &Mail) -> Result<Verifier, Failure> {
        Ok(Verifier::new(self.dns.resolver(config).await?, self.discovery(config)))
    }

    /// How messages are read into rows. The network is asked for nothing unless a message is verified.
    pub(crate) async fn options(&self, config: &Mail, given: Option<Verify>, now: i64) -> Result<MailOptions, Failure> {
        let configured = config.verify.as_ref().map(|set| set.value);
        let verify = match given.or(configured).unwrap_or(Verify::Auto) {
            // A file answers at no cost, and what it says belongs to these messages.
            Verify::Auto if self.dns.is_recorded(config) => When::Always,
            Verify::Auto => When::Auto,
            Verify::Always => When::Always,
            Verify::Never => When::Never,
        };
        let verifier: Option<Arc<dyn sources::message::Verify>> = match verify {
            When::Never => None,
            When::Auto | When::Always => {
                match self.verifier(config).await {
                    Ok(verifier) => Some(Arc::new(Blocking { verifier, runtime: Handle::current() })),
                    // Nobody asked for it: messages are read all the same.
                    Err(failure) if given.or(configured).is_none() && !self.dns.is_named(config) => {
                        term::warn(&format!("messages are not verified: {}", failure.words()));
                        None
                    }
                    Err(failure) => return Err(failure),
                }
            }
        };
        Ok(MailOptions { trust: self.trust(config)?, verify, verifier, now: Some(now) })
    }
}

/// Verifies from a thread that reads files, by the runtime of the program.
#[derive(Debug)]
struct Blocking {
    verifier: Verifier,
    runtime: Handle,
}

impl sources::message::Verify for Blocking {
    fn verify(&self, batch: &[(&Message<'_>, Arrival)]) -> Vec<Verdicts> {
        let all = batch.iter().map(|(message, arrival)| self.verifier.verify(Some(message), arrival));
        self.runtime.block_on(futures::future::join_all(all))
    }
}
