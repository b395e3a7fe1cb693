//! Where to go after signing in: a place on these pages, whatever an address says.

/// The longest place that is kept.
const LONGEST: usize = 2_000;

/// The path with its query, where it is one of this site; `None` where a browser would go elsewhere, or where going there makes no sense.
///
/// Browsers read `\` as `/` and leave out tabs and line ends (WHATWG URL, section 4.4), so that `/\example.com` is somebody else's site.
#[must_use]
pub fn local_path(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    if bytes.next() != Some(b'/') || matches!(bytes.next(), Some(b'/' | b'\\')) || text.len() > LONGEST {
        return None;
    }
    if text.chars().any(|char| char == '\\' || char.is_control()) {
        return None;
    }
    // As a browser reads it, with a site that nobody has.
    let site = url::Url::parse("http://site.invalid/").ok()?;
    let place = site.join(text).ok()?;
    if place.origin() != site.origin()
        || ["/sign-in", "/sign-out", "/welcome", "/api"].iter().any(|path| under(place.path(), path))
    {
        return None;
    }
    let query = place.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{}{query}", place.path())).filter(|path| !path.starts_with("//"))
}

fn under(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_on_these_pages_are_gone_to() {
        for (text, path) in [
            ("/alerts", Some("/alerts")),
            ("/hunt?q=EmailEvents%20%7C%20take%2010", Some("/hunt?q=EmailEvents%20%7C%20take%2010")),
            ("/", Some("/")),
            ("/alerts/../rules", Some("/rules")),
            ("/alerts#x", Some("/alerts")),
            ("/x?next=https://evil.example/", Some("/x?next=https://evil.example/")),
            ("", None),
            ("alerts", None),
            ("https://evil.example/", None),
            ("//evil.example/", None),
            ("/\\evil.example/", None),
            ("\\/evil.example", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            ("/..//evil.example", None),
            ("/.//evil.example", None),
            ("/alerts\r\nSet-Cookie: a=b", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("/sign-in?next=/sign-in", None),
            ("/sign-out", None),
            ("/api/v1/alerts", None),
            ("/apiary", Some("/apiary")),
        ] {
            assert_eq!(local_path(text).as_deref(), path, "{text:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(LONGEST))), None);
    }
}
