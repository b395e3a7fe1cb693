//! Rules at work: when they run, what their hits become, and who is told.
//!
//! Must not know the web or DNS. Pure where it can be: [`schedule`] says what is due, [`hit`] who a row is, [`shape`] how others read an
//! alert. The moment is always an argument.

pub mod benign;
pub mod continuous;
pub mod difference;
pub mod evaluate;
pub mod hit;
pub mod notify;
pub mod queue;
pub mod raise;
pub mod replay;
pub mod run;
pub mod schedule;
pub mod shape;
pub mod telemetry;
pub mod verdict;
