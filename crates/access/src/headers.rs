//! Headers that tell browsers what a page may do and who may hold it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What pages may load and be held by: nothing but what this program sends, and nobody.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What no page here needs.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), usb=()";

/// Browsers come over TLS only, for two years from the last time they did.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000";

/// Other sites learn nothing of our addresses. `no-referrer` would say more than that: browsers then send our own forms with
/// `Origin: null` (<https://fetch.spec.whatwg.org/#append-a-request-origin-header>), as they do another site's, and no form would be taken.
const REFERRER_POLICY: &str = "same-origin";

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, REFERRER_POLICY),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Adds the headers that are not there yet. `private`: what is answered is for who signed in, and nobody keeps it.
pub fn apply(headers: &mut HeaderMap, https: bool, private: bool) {
    for (name, value) in &ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(STRICT_TRANSPORT_SECURITY));
    }
    if private {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}
