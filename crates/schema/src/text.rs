//! How Kusto writes and reads scalar values as text.
//!
//! One file a type, each with a `write` that appends the text `tostring()` and the results print, and a `parse` that
//! reads what the conversion function (`todatetime()`, `tolong()`, ...) accepts and answers `None` where Kusto gives null.
//! Ticks are 100 ns, counted from 0001-01-01T00:00:00Z for `datetime`. `string` needs no form; `dynamic` is JSON and
//! belongs to whoever holds a JSON parser.

pub mod bool;
pub mod datetime;
pub mod decimal;
pub mod guid;
pub mod int;
pub mod long;
pub mod real;
pub mod timespan;
