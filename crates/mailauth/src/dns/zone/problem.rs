//! What can be wrong with a zone file, in words for who wrote it.

use thiserror::Error;

/// A zone file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct ZoneError {
    /// The line where the record or directive begins, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: ZoneProblem,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ZoneProblem {
    /// A parenthesis without its partner.
    #[error("a parenthesis has no partner")]
    Parenthesis,
    /// A quotation mark without its partner.
    #[error("a quoted string does not end on its line")]
    OpenQuote,
    /// A backslash at the end, or before a number that is no byte.
    #[error("`\\` stands before a character, or before three digits up to 255")]
    Escape,
    /// A name that cannot exist.
    #[error("`{0}` is not a domain name")]
    Name(String),
    /// A name with a dot inside a label.
    #[error("`{0}` has a dot inside a label, which is not supported")]
    DotInLabel(String),
    /// The first record takes its name from a line before it.
    #[error("the first record needs a name")]
    NoOwner,
    /// A directive of another program, or none.
    #[error("`{0}` is not a directive; there are $ORIGIN, $TTL, $TROUBLE, $NXDOMAIN, $NODATA, $ALIAS, $SECURE and $UNKNOWN")]
    Directive(String),
    /// A type that does not exist or changes what others mean.
    #[error("`{0}` is not a record type that is understood or can be passed over")]
    Type(String),
    /// Something is missing at the end.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Something is not what it should be.
    #[error("`{found}` is not {wanted}")]
    Not {
        /// What should stand there.
        wanted: &'static str,
        /// What does.
        found: String,
    },
    /// Something is left over.
    #[error("`{0}` is too much")]
    TooMuch(String),
    /// A string that does not fit.
    #[error("a string has {0} bytes; a TXT record has as many strings as needed, of up to 255 bytes each")]
    LongString(usize),
    /// Records of other types beside a CNAME, or two of it (RFC 1034 section 3.6.2).
    #[error("{0} is an alias and has other records too")]
    BesideAlias(String),
}
