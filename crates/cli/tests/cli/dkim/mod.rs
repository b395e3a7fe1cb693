//! `dkim` as a process: keys of own servers in a zone of a real BIND, keys of a tenant by a server that answers as documented.
//!
//! The program's clock is the machine's. Time passes by making what it wrote down older: the moments of its journal, and of the state.

mod own;
mod signed;
mod tenant;

/// A rule that finds nothing: `serve` wants one.
const RULE: &str =
    "id: none\nname: None\nkind: NRT\nseverity: Low\nquery: |\n  EmailEvents\n  | where Subject == 'nobody writes this'\n";
