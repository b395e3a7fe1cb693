//! Headers of mailing lists (RFC 2919, 2369, 8058) and of programs that send by themselves (RFC 3834).

use serde::Serialize;

/// What they say. What was not there is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// List-Id: what stands in the angle brackets, or all of it.
    pub list_id: Option<String>,
    /// List-Unsubscribe: the addresses in its angle brackets.
    pub unsubscribe: Vec<String>,
    /// Whether one click is enough (List-Unsubscribe-Post).
    pub one_click: bool,
    /// List-Post, List-Owner or another of them is there.
    pub other_list_headers: bool,
    /// Precedence, such as `bulk` or `list`.
    pub precedence: Option<String>,
    /// Auto-Submitted: its first word, in lower case; `no` is a person's.
    pub auto_submitted: Option<String>,
}
