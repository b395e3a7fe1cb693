//! The cookie of a session.
//!
//! Over TLS its name begins with `__Host-`: browsers then take it only from this host, over TLS, for every path, so that no neighbour
//! under the same domain can plant one (RFC 6265bis, section 4.1.3.2).

use axum::http::{HeaderMap, HeaderValue, header};

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Somebody is signed in.
    Session,
    /// Somebody is about to sign in elsewhere.
    Flow,
}

impl Cookie {
    /// Its name. Over TLS no other is read: one that came in plain text could be anybody's.
    pub(crate) const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-spoofwatch",
            (Self::Session, false) => "spoofwatch",
            (Self::Flow, true) => "__Host-spoofwatch-flow",
            (Self::Flow, false) => "spoofwatch-flow",
        }
    }

    /// Its value in a request. Where several have its name, it has none: one of them was planted.
    pub(crate) fn read(self, headers: &HeaderMap, https: bool) -> Option<&str> {
        let name = self.name(https);
        let mut found = headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(found, _)| *found == name)
            .map(|(_, value)| value);
        let value = found.next()?;
        found.next().is_none().then_some(value)
    }

    /// What sets it, for `seconds`. The value is one of ours: letters, digits, `-` and `_`.
    pub(crate) fn set(self, value: &str, seconds: u64, https: bool) -> HeaderValue {
        let secure = if https { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name(https));
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// What takes it away.
    pub(crate) fn clear(self, https: bool) -> HeaderValue {
        self.set("", 0, https)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|cookie| (header::COOKIE, HeaderValue::from_static(cookie))).collect()
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        for (cookies, https, value) in [
            (vec!["spoofwatch=abc"], false, Some("abc")),
            (vec!["a=1; spoofwatch=abc; b=2"], false, Some("abc")),
            (vec!["a=1", "spoofwatch=abc"], false, Some("abc")),
            (vec!["__Host-spoofwatch=abc"], true, Some("abc")),
            (vec!["spoofwatch=abc"], true, None),
            (vec!["xspoofwatch=abc; spoofwatchx=abc"], false, None),
            (vec!["spoofwatch=abc; spoofwatch=def"], false, None),
            (vec!["spoofwatch"], false, None),
            (vec![], false, None),
        ] {
            assert_eq!(Cookie::Session.read(&headers(&cookies), https), value, "{cookies:?}");
        }
    }

    #[test]
    fn a_cookie_is_for_this_host_and_no_script() {
        assert_eq!(
            Cookie::Session.set("abc", 60, true),
            "__Host-spoofwatch=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(Cookie::Session.clear(false), "spoofwatch=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
}
