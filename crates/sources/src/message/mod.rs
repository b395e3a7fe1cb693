//! Messages to rows: EmailEvents, one a recipient; EmailUrlInfo, one a URL; EmailAttachmentInfo, one an attachment and recipient.
//!
//! | stage | file | what it does |
//! | --- | --- | --- |
//! | found | `sniff`, `mbox`, `outlook` | tells messages from other files, and cuts them out of what they come in |
//! | together | `batch` | reads many at a time and has them verified by whom the caller lends |
//! | read | `parsed`, `content`, `notes` | what the header is evidence of, what is inside, and what was too much |
//! | judged | `delivery`, `authentication` | Microsoft's columns from its headers, or from our verdicts |
//! | written | `rows`, `id` | batches; the same message makes the same rows |
//!
//! Live mail takes the same way from [`Parsed::read`] on. Must not ask the DNS, the clock or the lake. Start with [`Parsed`], then [`rows`].

mod authentication;
mod batch;
mod content;
mod delivery;
mod envelope;
mod id;
pub(crate) mod mbox;
mod notes;
mod options;
pub(crate) mod outlook;
mod parsed;
mod rows;
pub(crate) mod sniff;

pub use content::PartSummary;
pub use content::archive::Member;
pub use content::attachment::Attachment;
pub use content::link::{Link, Location};
pub use delivery::Delivery;
pub use envelope::Envelope;
pub use notes::{Note, Notes};
pub use options::{MailOptions, Verify, When};
pub use parsed::Parsed;
pub use rows::{NoRows, Tables, rows};

pub(crate) use batch::{Batch, Mail};
pub(crate) use content::{mime, transfer};
pub(crate) use options::MOST_BYTES;

/// The message in a file that holds one: the bytes themselves, or those made again of an Outlook file; then true stands beside them, because
/// signatures of such a message cannot be checked.
///
/// # Errors
///
/// An Outlook file without a message, or broken; the words say which.
pub fn of_file(bytes: Vec<u8>) -> Result<(Vec<u8>, bool), String> {
    if !sniff::is_compound(&bytes) {
        return Ok((bytes, false));
    }
    outlook::rebuild(&bytes, MOST_BYTES).map(|message| (message, true)).map_err(|error| error.to_string())
}
