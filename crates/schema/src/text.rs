//! How Kusto writes and reads scalar values as text.
//!
//! One file a type. Ticks are 100 ns, counted from 0001-01-01T00:00:00Z for `datetime`.

pub mod datetime;
