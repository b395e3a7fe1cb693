//! Everyday mail: one file a kind. Start with `partner.rs`; the order of the list is part of what makes the telemetry the same.

mod internal;
mod newsletter;
mod outbound;
mod partner;
mod person;
mod service;
mod spam;
mod stranger;

use crate::stream::Stream;

/// Every kind.
pub(crate) static ALL: [&Stream; 7] = [
    &internal::STREAM,
    &newsletter::STREAM,
    &outbound::STREAM,
    &partner::STREAM,
    &service::STREAM,
    &spam::STREAM,
    &stranger::STREAM,
];
