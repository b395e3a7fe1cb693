//! X-Microsoft-Antispam: how many complaints there are of the sender of bulk mail.

use serde::Serialize;

/// One header, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bulk {
    /// BCL: bulk complaint level, 0 to 9.
    pub bcl: Option<i32>,
    /// All keys and values in their order.
    pub pairs: Vec<(String, String)>,
}
