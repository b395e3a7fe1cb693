//! What a caller may say about messages, and what it must lend: someone who verifies them.

use std::fmt;
use std::sync::Arc;

use mailauth::Message;
use mailauth::evidence::Trust;
use mailauth::verify::{Arrival, Verdicts};

/// Verifies messages: SPF, DKIM, ARC, DMARC. It asks the DNS, which this crate does not.
pub trait Verify: Send + Sync + fmt::Debug {
    /// The verdicts on many messages, in their order, one each. They come together so that waiting for the DNS overlaps.
    fn verify(&self, batch: &[(&Message<'_>, Arrival)]) -> Vec<Verdicts>;
}

/// When messages are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// Where no believed header says what came of it already.
    #[default]
    Auto,
    /// Always, if only to see who disagrees.
    Always,
    /// Never.
    Never,
}

/// How messages are read.
#[derive(Debug, Clone, Default)]
pub struct MailOptions {
    /// Whose words in a header count, and which domains are ours.
    pub trust: Trust,
    /// When messages are verified, if [`MailOptions::verifier`] is there to do it.
    pub verify: When,
    /// Who verifies them.
    pub verifier: Option<Arc<dyn Verify>>,
    /// The moment of reading, in microseconds since 1970: signatures end, and a message that has no time of its own gets this one. Without,
    /// signatures are judged as of the message's arrival, and a message without a time is rejected.
    pub now: Option<i64>,
}

/// The longest message that is read: the limit of Exchange Online for one message is 150 MB, and few systems take more than 50.
pub(crate) const MOST_BYTES: usize = 160 << 20;
