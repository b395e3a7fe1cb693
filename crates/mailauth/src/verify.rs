//! A message through SPF, DKIM, ARC and DMARC, and the verdicts side by side. Start with [`Verifier`].

use std::{net::IpAddr, sync};

use serde::Serialize;

use crate::{
    Message,
    arc::{self, Arc},
    dkim::{self, Dkim, Keys},
    dmarc::{self, Discovery, Dmarc},
    dns::Resolver,
    evidence,
    spf::{self, Spf},
};

/// What is known of a message's arrival. The message itself is apart: SPF can be evaluated without one.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The address the message came from.
    pub client: Option<IpAddr>,
    /// What the client greeted with.
    pub helo: Option<String>,
    /// The envelope sender; empty for a bounce, `None` if nobody knows.
    pub mail_from: Option<String>,
    /// The moment of the evaluation, in seconds since 1970: signatures end.
    pub now: i64,
}

/// Every verdict on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// SPF; its result is `none` where the client's address is not known, and its reason says so.
    pub spf: Spf,
    /// One for each signature, from the top.
    pub dkim: Vec<Dkim>,
    /// The chain; `None` without a message.
    pub arc: Option<Arc>,
    /// DMARC; `None` without a message.
    pub dmarc: Option<Dmarc>,
}

/// Keys that are remembered, each of one to two thousand bytes.
const KEYS: usize = 4_096;

/// Verifies messages, and remembers what it may between them.
#[derive(Debug)]
pub struct Verifier {
    resolver: sync::Arc<dyn Resolver>,
    discovery: Discovery,
    keys: Keys,
    spf: spf::Options,
}

impl Verifier {
    /// One that asks `resolver`, which should have a memory of its own: a message costs about ten questions, most of them asked before.
    #[must_use]
    pub fn new(resolver: sync::Arc<dyn Resolver>, discovery: Discovery) -> Self {
        Self { resolver, discovery, keys: Keys::new(KEYS), spf: spf::Options::default() }
    }

    /// Every verdict on a message, or that of SPF alone without one. Methods wait for the DNS side by side.
    pub async fn verify(&self, message: Option<&Message<'_>>, arrival: &Arrival) -> Verdicts {
        let resolver = self.resolver.as_ref();
        let options = spf::Options { now: arrival.now, ..self.spf.clone() };
        let spf = async {
            match arrival.client {
                Some(client) => {
                    spf::check(resolver, client, arrival.helo.as_deref(), arrival.mail_from.as_deref(), &options).await
                }
                None => Spf::without_client(),
            }
        };
        let Some(message) = message else {
            return Verdicts { spf: spf.await, dkim: Vec::new(), arc: None, dmarc: None };
        };
        let dkim = dkim::verify_with(message, resolver, arrival.now, Some(&self.keys));
        let arc = arc::validate_with(message, resolver, arrival.now, Some(&self.keys));
        let (spf, dkim, arc) = futures::join!(spf, dkim, arc);
        let domains: Vec<String> = evidence::authors(message).into_iter().map(|author| author.domain).collect();
        let evaluated = arrival.client.map(|_| &spf);
        let dmarc = dmarc::evaluate(&domains, evaluated, &dkim, resolver, self.discovery).await;
        Verdicts { spf, dkim, arc: Some(arc), dmarc: Some(dmarc) }
    }
}
