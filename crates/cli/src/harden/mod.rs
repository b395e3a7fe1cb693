//! Domains and the tenant looked at and changed: what `posture`, `fixes`, `rotation`, `tenant` and `zones` need of the machine, the
//! configuration and the state.

pub(crate) mod dkim;
mod fetch;
mod hands;
mod look;
mod memory;
mod names;
mod offers;
mod plans;
mod reached;
mod readiness;
pub(crate) mod repair;
pub(crate) mod secrets;

pub(crate) use fetch::Https;
pub(crate) use hands::Tools;
pub(crate) use look::{Asked, Looked, Looker, TenantLooked, all_findings, now};
pub(crate) use memory::Memory;
pub(crate) use names::Names;
pub(crate) use offers::{for_alert, for_finding};
pub(crate) use reached::Reached;
