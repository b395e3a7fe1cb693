//! All that conditions look at.

use std::net::IpAddr;

use mailauth::{
    Message,
    encoded_words::decode,
    evidence::{Direction, Evidence},
    verify::Verdicts,
};

/// What is known of a message when rules are held against it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The message as it came.
    pub message: &'a Message<'a>,
    /// What its header says, with whom we believe.
    pub evidence: &'a Evidence,
    /// What we found ourselves.
    pub verdicts: &'a Verdicts,
    /// The envelope's sender; empty for a bounce.
    pub mail_from: &'a str,
    /// The envelope's recipients.
    pub recipients: &'a [String],
    /// Where it came from.
    pub client: Option<IpAddr>,
    /// Whether its sender signed in at the server.
    pub signed_in: bool,
    /// Its size in bytes.
    pub size: u64,
    /// Which way it goes.
    pub direction: Direction,
    /// Keys of the detection rules that match it.
    pub detections: &'a [String],
}

impl<'a> Facts<'a> {
    /// The values of the fields of a name, unfolded and decoded (RFC 2047), from the top.
    pub(crate) fn header(&self, name: &'a str) -> impl Iterator<Item = String> {
        let message = self.message;
        message.all(name).map(|field| {
            let text = field.text();
            decode(&text).text.into_owned()
        })
    }

    /// What the signatures come to together: `pass` if one passes, otherwise the result of the first; `none` without any.
    pub(crate) fn dkim(&self) -> &'static str {
        let results = || self.verdicts.dkim.iter().map(|signature| signature.result.as_str());
        results().find(|result| *result == "pass").or_else(|| results().next()).unwrap_or("none")
    }
}
