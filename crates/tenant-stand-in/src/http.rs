//! A request as it was read, and the answer that is to be written.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::Value;

/// A request, read whole.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// The path as it came, with its escapes.
    pub(crate) path: String,
    /// What followed the question mark, as it came.
    pub(crate) raw_query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header that is text; the first of several.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type of the body, without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let written = self.header("content-type")?;
        Some(written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// The names and values of the query, unescaped.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        let written = self.raw_query.as_deref().unwrap_or_default();
        url::form_urlencoded::parse(written.as_bytes()).into_owned().collect()
    }

    /// The parts of the path, unescaped.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path.trim_start_matches('/').split('/').map(unescape).collect()
    }
}

/// `%24` is `$`. What is no escape stays as it is.
fn unescape(text: &str) -> String {
    // A plus sign is itself in a path, unlike in a form.
    let text = text.replace('+', "%2B").replace('&', "%26");
    url::form_urlencoded::parse(format!("v={text}").as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// An answer without a body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// The same with a header more; one of the same name is replaced.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_of_a_path_are_undone() {
        assert_eq!(unescape("20261121%2412%24audit_exchange"), "20261121$12$audit_exchange");
        assert_eq!(unescape("a+b&c"), "a+b&c");
        assert_eq!(unescape("plain"), "plain");
    }
}
