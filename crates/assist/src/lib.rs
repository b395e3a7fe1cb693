//! Help while a query is written: what may stand at the cursor, and which colour each word has. Pure: text in, candidates out.
//!
//! Must not know the query engine, terminals or browsers: who calls tells what there is ([`Knowledge`]). Start with
//! [`complete`]; where the cursor stands is found out in [`place`], from words and not from a tree, as the text is unfinished.

mod candidate;
mod complete;
mod finished;
mod highlight;
mod kibana;
mod place;
mod signature;
mod words;

pub use candidate::{Candidate, CandidateKind, Completion, Item, Knowledge};
pub use complete::complete;
pub use finished::is_finished;
pub use highlight::{Class, highlight};
pub use kibana::{Kibana, complete as complete_kibana, highlight as highlight_kibana};
pub use signature::signature;
