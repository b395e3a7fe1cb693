//! Authentication results as they were found: where they stood, who says so, and whether they count.

use serde::Serialize;

use crate::authres::AuthenticationResults;

/// One header with results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// The header it was in.
    pub field: StatedIn,
    /// Why it counts, or does not.
    pub standing: Standing,
    /// How many Received fields stand above it.
    pub below: usize,
    /// The value unfolded, as it came; at most [`Stated::MOST_TEXT`] bytes of it.
    pub text: String,
    /// The value, read.
    pub results: AuthenticationResults,
}

impl Stated {
    /// Most bytes of a header that are kept beside what was read.
    pub const MOST_TEXT: usize = 16 << 10;
}

/// Headers that hold authentication results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatedIn {
    /// Authentication-Results (RFC 8601).
    AuthenticationResults,
    /// ARC-Authentication-Results (RFC 8617): a sealer's.
    ArcAuthenticationResults,
    /// Authentication-Results-Original: those of an earlier host, renamed by Microsoft.
    Original,
    /// X-Original-Authentication-Results, as Google's groups rename them.
    XOriginal,
    /// X-MS-Exchange-Authentication-Results: those of the first tenant a message passed through.
    Exchange,
}

/// Whether results count, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// They bear a configured name.
    ConfiguredId,
    /// They are in Microsoft's form, and the message bears the marks of Microsoft's edge.
    MicrosoftEdge,
    /// They bear a name that is not configured, or none.
    OtherHost,
    /// They bear a name that counts, and stand below the hop that wrote the topmost ones.
    BelowOurHop,
    /// They are in Microsoft's form, and Microsoft did not write them, or it cannot be told.
    NotMicrosoft,
    /// They were renamed by a later host, which took them for what they are: another's.
    Renamed,
    /// They belong to an ARC set and count as far as its seals do.
    ArcSet,
}

impl Standing {
    /// Whether the results count.
    #[must_use]
    pub const fn is_believed(self) -> bool {
        matches!(self, Self::ConfiguredId | Self::MicrosoftEdge)
    }
}
