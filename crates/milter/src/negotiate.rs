//! What both sides can do: the server offers, the filter takes what it wants of that.
//!
//! Start with [`agree`].

use bytes::{BufMut as _, BytesMut};

use crate::frame::{FrameError, Reader, put_text};

/// The version of the protocol spoken here.
pub const VERSION: u32 = 6;
/// The oldest version that is understood. Sendmail 8.11 speaks it; it lacks leading spaces and steps without replies.
pub const OLDEST: u32 = 2;

/// What a filter does to a message, `SMFIF_*` of `mfdef.h`.
pub mod actions {
    /// Adds header fields.
    pub const ADD_HEADERS: u32 = 0x01;
    /// Replaces the body.
    pub const CHANGE_BODY: u32 = 0x02;
    /// Adds recipients.
    pub const ADD_RECIPIENTS: u32 = 0x04;
    /// Takes recipients away.
    pub const DELETE_RECIPIENTS: u32 = 0x08;
    /// Changes header fields and takes them away.
    pub const CHANGE_HEADERS: u32 = 0x10;
    /// Has the server hold the message.
    pub const QUARANTINE: u32 = 0x20;
    /// Changes the envelope's sender.
    pub const CHANGE_SENDER: u32 = 0x40;
    /// Says which macros it wants.
    pub const SET_MACROS: u32 = 0x100;
}

/// What is left out of the conversation, `SMFIP_*` of `mfdef.h`.
pub mod steps {
    /// No commands that the server does not know.
    pub const NO_UNKNOWN: u32 = 0x100;
    /// A header field is not replied to.
    pub const SILENT_HEADER: u32 = 0x80;
    /// Neither is `DATA`.
    pub const SILENT_DATA: u32 = 0x1_0000;
    /// Neither is the end of the header.
    pub const SILENT_END_OF_HEADERS: u32 = 0x4_0000;
    /// Neither is a piece of the body.
    pub const SILENT_BODY: u32 = 0x8_0000;
    /// Values of header fields keep the space before them: without it, no signature over them would verify.
    pub const LEADING_SPACE: u32 = 0x10_0000;
}

/// All that is done here to messages.
const WANTED_ACTIONS: u32 = actions::ADD_HEADERS
    | actions::CHANGE_HEADERS
    | actions::ADD_RECIPIENTS
    | actions::DELETE_RECIPIENTS
    | actions::QUARANTINE
    | actions::CHANGE_SENDER
    | actions::SET_MACROS;

/// All that is wished for in the conversation. Steps without replies save a round trip for each field and piece.
const WANTED_STEPS: u32 = steps::NO_UNKNOWN
    | steps::SILENT_HEADER
    | steps::SILENT_DATA
    | steps::SILENT_END_OF_HEADERS
    | steps::SILENT_BODY
    | steps::LEADING_SPACE;

/// The macros that are wanted, by the number of their step (`SMFIM_*`): who signed in, the queue's name of the message, the server's name.
const MACROS: [(u32, &str); 3] = [(0, "j {daemon_name} {client_addr}"), (2, "i {auth_authen} {auth_type} {mail_addr}"), (5, "i")];

/// What a side can do: of a server what it offers, of a filter what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The version it speaks.
    pub version: u32,
    /// Bits of [`actions`].
    pub actions: u32,
    /// Bits of [`steps`].
    pub steps: u32,
}

impl Offer {
    /// What Postfix 3.7 and Sendmail 8.17 offer: everything.
    pub const FULL: Self = Self { version: VERSION, actions: 0x1ff, steps: 0x1f_ffff };

    pub(crate) fn decode(data: &mut Reader) -> Result<Self, FrameError> {
        const WANTED: &str = "version, actions, steps";
        let offer = Self { version: data.number(WANTED)?, actions: data.number(WANTED)?, steps: data.number(WANTED)? };
        // A filter's answer goes on with macros.
        data.rest();
        Ok(offer)
    }

    pub(crate) fn encode(self, out: &mut BytesMut) {
        out.put_u32(self.version);
        out.put_u32(self.actions);
        out.put_u32(self.steps);
    }

    /// Whether a bit of [`actions`] was agreed on.
    #[must_use]
    pub fn can(&self, action: u32) -> bool {
        self.actions & action != 0
    }

    /// Whether a bit of [`steps`] was agreed on.
    #[must_use]
    pub fn has(&self, step: u32) -> bool {
        self.steps & step != 0
    }
}

/// A server that is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mail server speaks version {0} of the milter protocol; {OLDEST} is the oldest that is understood")]
pub struct TooOld(pub u32);

/// What is taken of an offer.
///
/// # Errors
/// When the server's version is not understood.
pub fn agree(offer: Offer) -> Result<Offer, TooOld> {
    if offer.version < OLDEST {
        return Err(TooOld(offer.version));
    }
    Ok(Offer { version: offer.version.min(VERSION), actions: offer.actions & WANTED_ACTIONS, steps: offer.steps & WANTED_STEPS })
}

/// The macros that are asked for, where the server can be asked.
pub(crate) fn put_macros(agreed: Offer, out: &mut BytesMut) {
    if agreed.can(actions::SET_MACROS) {
        for (step, names) in MACROS {
            out.put_u32(step);
            put_text(out, names.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_full_offer_everything_that_is_wanted_is_taken() {
        let agreed = agree(Offer::FULL).unwrap();
        assert_eq!(agreed, Offer { version: 6, actions: 0x17d, steps: 0x1d_0180 });
        assert!(!agreed.can(actions::CHANGE_BODY));
    }

    #[test]
    fn an_older_server_is_asked_for_no_more_than_it_has() {
        let agreed = agree(Offer { version: 2, actions: 0x3f, steps: 0x7f }).unwrap();
        assert_eq!(agreed, Offer { version: 2, actions: 0x3d, steps: 0 });
        assert_eq!(agree(Offer { version: 1, actions: 0, steps: 0 }), Err(TooOld(1)));
    }

    #[test]
    fn a_newer_server_speaks_our_version() {
        assert_eq!(agree(Offer { version: 7, actions: u32::MAX, steps: u32::MAX }).unwrap().version, 6);
    }
}
