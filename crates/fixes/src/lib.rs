//! What closes a hole: the exact change and its undo, made once, and the look from outside that proves it.
//!
//! A [`Plan`] is data: steps, their undo, proofs. [`offer`] says which plans answer an alert, [`plans`] makes each, pure; [`work`] makes the
//! steps and looks at the proofs through [`Hands`], who reach the DNS and the tenant. Must not know who approves, where fixes are kept, or
//! the web. Start with [`Plan`].

mod hands;
pub mod offer;
mod plan;
pub mod plans;
mod reading;
pub mod work;

pub use hands::{Hands, Outside, Refusal, Seen, Tenant};
pub use plan::{Done, Plan, Proof, Step};
pub use reading::Reading;
