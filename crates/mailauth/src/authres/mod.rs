//! Authentication-Results (RFC 8601) and ARC-Authentication-Results, read and written; Microsoft's form of them above all.
