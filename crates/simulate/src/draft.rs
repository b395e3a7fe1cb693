//! A message in the making: one set of buffers that is filled, written and filled again, so that rows cost no memory.
//!
//! Must not know Arrow. Kinds of mail fill it; `writer` turns it into rows.

use crate::authentication::Verdict;
use crate::outcome::OutcomeId;

/// `EmailDirection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Direction {
    #[default]
    Inbound,
    Outbound,
    IntraOrg,
}

impl Direction {
    /// As the column writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "Inbound",
            Self::Outbound => "Outbound",
            Self::IntraOrg => "Intra-org",
        }
    }
}

/// Who receives a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// A mailbox of the organisation, by its index in the cast.
    User(u32),
    /// The one recipient outside, whose address is [`Draft::outside`].
    Outside,
}

/// A link of the message.
#[derive(Debug, Default)]
pub(crate) struct Link {
    pub(crate) url: String,
    /// `UrlLocation`.
    pub(crate) location: &'static str,
}

/// An attachment of the message.
#[derive(Debug, Default)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) size: i64,
    /// True when the file itself is what the filter found.
    pub(crate) malicious: bool,
}

/// A list whose entries keep their memory when it is emptied.
#[derive(Debug, Default)]
pub(crate) struct Reused<T> {
    entries: Vec<T>,
    used: usize,
}

impl<T: Default> Reused<T> {
    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.used = 0;
    }

    /// Adds an entry, which may hold what an earlier use left in it.
    pub(crate) fn add(&mut self) -> &mut T {
        if self.used == self.entries.len() {
            self.entries.push(T::default());
        }
        self.used += 1;
        // The line above made sure that there is one.
        &mut self.entries[self.used - 1]
    }

    /// The entries in use.
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.entries[..self.used]
    }
}

/// What the message says and carries.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) subject: String,
    /// `EmailClusterId` before it is made positive.
    pub(crate) cluster: u64,
    pub(crate) links: Reused<Link>,
    pub(crate) attachments: Reused<Attachment>,
}

/// The message.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// When it arrives, in microseconds since 1970.
    pub(crate) moment: i64,
    /// How many recipients it may have at most.
    pub(crate) room: usize,
    pub(crate) direction: Direction,
    /// The From header.
    pub(crate) from: String,
    pub(crate) from_name: String,
    /// The sender's account, when it is one of the organisation's.
    pub(crate) from_object_id: String,
    /// The envelope sender.
    pub(crate) mail_from: String,
    pub(crate) ipv4: String,
    pub(crate) ipv6: String,
    pub(crate) to: Vec<To>,
    pub(crate) outside: String,
    pub(crate) language: String,
    pub(crate) verdict: Verdict,
    pub(crate) outcome: OutcomeId,
    /// `BulkComplaintLevel`, when there is one.
    pub(crate) bulk: Option<i32>,
    /// `EmailSize` in bytes.
    pub(crate) size: i32,
    pub(crate) content: Content,
    pub(crate) connector: String,
    pub(crate) distribution_list: String,
    pub(crate) forwarding: String,
    /// The Message-ID header, when it is not made up.
    pub(crate) message_id: String,
    pub(crate) first_contact: bool,
    /// Of a thousand copies that were missed, how many are purged later.
    pub(crate) zap_per_mille: u32,
    /// Of a thousand copies in a mailbox, how many are clicked.
    pub(crate) click_per_mille: u32,
}

impl Draft {
    /// Empties everything but `moment` and `room`.
    pub(crate) fn clear(&mut self) {
        for text in [
            &mut self.from,
            &mut self.from_name,
            &mut self.from_object_id,
            &mut self.mail_from,
            &mut self.ipv4,
            &mut self.ipv6,
            &mut self.outside,
            &mut self.content.subject,
            &mut self.language,
            &mut self.connector,
            &mut self.distribution_list,
            &mut self.forwarding,
            &mut self.message_id,
        ] {
            text.clear();
        }
        self.to.clear();
        self.content.links.clear();
        self.content.attachments.clear();
        self.direction = Direction::Inbound;
        self.verdict = 0;
        self.outcome = 0;
        self.bulk = None;
        self.content.cluster = 0;
        self.size = 0;
        self.first_contact = false;
        self.zap_per_mille = 0;
        self.click_per_mille = 0;
    }
}
