//! What every scenario writes with.

pub(super) use mailauth::{arc::ArcResult, dkim::DkimResult, dmarc::DmarcResult, spf::SpfResult};

pub(super) use super::super::{
    MailError,
    desk::{Desk, Draft, Form, Mailbox},
    keys::Claim,
    letter::Letter,
    scenario::{Expected, Kind, Scenario},
    stage::Role,
};
pub(super) use crate::{data::File, random::Random};
