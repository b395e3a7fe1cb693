//! The functions of a planned query that DataFusion has no operators for.

mod probe;
mod values;

pub(crate) use probe::{Form, Probe, probe};
pub(crate) use values::values;
