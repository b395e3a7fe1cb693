//! X-Microsoft-Antispam: how many complaints there are of the sender of bulk mail.

use serde::Serialize;

use super::pairs::{pairs, value};

/// One header, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bulk {
    /// BCL: bulk complaint level, 0 (not bulk) to 9.
    pub bcl: Option<i32>,
    /// All keys and values in their order.
    pub pairs: Vec<(String, String)>,
}

impl Bulk {
    /// Reads the value of a header. Never fails.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = pairs(text);
        Self { bcl: value(&pairs, "BCL").and_then(|text| text.parse().ok()), pairs }
    }
}

#[cfg(test)]
mod tests {
    use super::Bulk;

    #[test]
    fn the_level_is_a_number() {
        assert_eq!(Bulk::parse("BCL:7;PCL:0;ARA:1|2;").bcl, Some(7));
        assert_eq!(Bulk::parse("BCL:x").bcl, None);
        assert_eq!(Bulk::parse("").bcl, None);
    }
}
