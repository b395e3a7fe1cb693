//! Who comes in over HTTP, and what they may do.
