//! What was asked, in the order in which it was.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::route::Route;

/// A request that came.
#[derive(Clone)]
pub struct Seen {
    /// When, by the stand-in's clock.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub route: Route,
    /// The method, such as `POST`.
    pub method: String,
    /// The path with its query, as it came.
    pub target: String,
    /// The status of the answer; 0 when the connection was cut instead.
    pub status: u16,
    /// The header, without what authorizes.
    pub headers: Vec<(String, String)>,
    /// The body. It can hold a secret.
    pub body: String,
}

impl Seen {
    /// A field of the header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Without the body.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.method, self.target, self.status)
    }
}
