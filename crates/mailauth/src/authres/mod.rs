//! Authentication-Results (RFC 8601) and ARC-Authentication-Results (RFC 8617 section 4.1.1), read and written; Microsoft's form of them
//! above all. Pure: a text goes in, a value comes out, and nothing fails: what is not understood is a [`Fault`] beside what was.
//!
//! Must not know whom to believe (that is [`crate::evidence`]) nor how verdicts come about. Start with [`AuthenticationResults`].

mod action;
mod compauth;
mod compose;
mod fault;
mod overview;
mod read;
mod received_spf;
mod write;

pub use action::ActionClass;
pub use compauth::{CompAuth, reason as compauth_reason};
pub use fault::{Fault, FaultKind};
pub use overview::Overview;
pub(crate) use overview::ip;
pub use received_spf::ReceivedSpf;

use serde::Serialize;

/// One header, read. Of what has a name (methods, results, property types and names) the case is lower; values are as they were written,
/// without their quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuthenticationResults {
    /// The instance of an ARC set (`i=`); `None` in a plain header.
    pub instance: Option<u32>,
    /// Who says so; `None` in Microsoft's form, which has no name at its head.
    pub authserv_id: Option<String>,
    /// The version after the name, as in `example.org 1;`.
    pub version: Option<u32>,
    /// Comments beside the name, without their parentheses.
    pub comments: Vec<String>,
    /// Properties beside the name, before the first result, as some hosts have them: `example.org smtp.user=jane; auth=pass`.
    pub properties: Vec<Property>,
    /// The results in their order; several of one method are several signatures, mostly.
    pub results: Vec<MethodResult>,
    /// What had to be passed over or supplied to read it; empty for what follows the standard.
    pub faults: Vec<Fault>,
}

/// What one method came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MethodResult {
    /// The method, such as `spf`, `dkim`, `dmarc`, `arc` or Microsoft's `compauth`.
    pub method: String,
    /// The method's version, as in `dkim/1=pass`.
    pub version: Option<u32>,
    /// The result, such as `pass`; empty if there is none.
    pub result: String,
    /// Why (`reason=`): words, or Microsoft's three digits beside `compauth`.
    pub reason: Option<String>,
    /// Comments anywhere in this part, without their parentheses; inner ones keep theirs.
    pub comments: Vec<String>,
    /// What was looked at, such as `header.from=example.com`.
    pub properties: Vec<Property>,
    /// The domain that stands alone after this part in Microsoft's older form: that of the receiver.
    pub receiver: Option<String>,
}

/// Something that was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Property {
    /// Where it was: `smtp`, `header`, `body`, `policy` or another; empty for what has no such part, as Microsoft's `action=none`.
    pub ptype: String,
    /// What it was, such as `mailfrom` or `d`.
    pub name: String,
    /// What stood there, without quotes; may be empty.
    pub value: String,
}

impl AuthenticationResults {
    /// The results of one method, in their order.
    pub fn of<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a MethodResult> {
        self.results.iter().filter(move |result| result.method == method)
    }

    /// Whether it is in Microsoft's form: no name at its head, or what only Microsoft writes.
    #[must_use]
    pub fn is_microsoft_form(&self) -> bool {
        let of_microsoft =
            |result: &MethodResult| result.method == "compauth" || result.receiver.is_some() || result.action().is_some();
        !self.results.is_empty()
            && self.instance.is_none()
            && (self.authserv_id.is_none() || self.results.iter().any(of_microsoft))
    }

    /// The first result of a method.
    #[must_use]
    pub fn first(&self, method: &str) -> Option<&MethodResult> {
        self.results.iter().find(|result| result.method == method)
    }
}

impl MethodResult {
    /// The first value of a property, such as `("header", "from")`.
    #[must_use]
    pub fn property(&self, ptype: &str, name: &str) -> Option<&str> {
        self.properties.iter().find(|found| found.ptype == ptype && found.name == name).map(|found| found.value.as_str())
    }

    /// What Microsoft did after a result of DMARC (`action=`), as written.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.property("", "action")
    }
}

#[cfg(test)]
mod tests;
