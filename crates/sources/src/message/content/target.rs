//! Where a link leads: what a mail program would make of what is written, and the host in it.
//!
//! Source: the WHATWG URL standard, by the crate `url`, which browsers agree with on what `http:\\example.com` means.

use url::Url;

/// The longest URL that is kept; a longer one is cut. Browsers take no more than twice as much.
const MOST_BYTES: usize = 32 << 10;

/// Schemes that a click opens in a browser.
const SCHEMES: [&str; 4] = ["http", "https", "ftp", "ftps"];

/// A link that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The URL as written, or as a browser reads it where that is another.
    pub(crate) url: String,
    /// Its host in lower case, internationalised names in their ASCII form; an address without brackets.
    pub(crate) domain: String,
}

impl Target {
    /// What an attribute of HTML holds; `None` for what opens no page, such as `mailto:` and `#top`.
    pub(crate) fn of_attribute(written: &str, base: Option<&Url>) -> Option<Self> {
        let plain: String = cut(written.trim()).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
        let plain = plain.trim_matches(|c: char| c.is_control() || c == ' ');
        if plain.is_empty() || plain.starts_with('#') {
            return None;
        }
        match scheme(plain) {
            Some(scheme) if SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) => Self::absolute(plain),
            Some(_) => None,
            None if plain.starts_with("//") || plain.starts_with("\\\\") => Self::absolute(&format!("https:{plain}")),
            None if plain.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) => {
                Self::absolute(&format!("http://{plain}"))
            }
            None => {
                let joined = base?.join(plain).ok()?;
                Self::parsed(&joined, joined.as_str())
            }
        }
    }

    /// A URL with its scheme.
    pub(crate) fn absolute(written: &str) -> Option<Self> {
        let written = cut(written);
        match Url::parse(written) {
            Ok(url) => {
                let (_, after) = written.split_once(':')?;
                let as_written = after.starts_with("//") && !after.starts_with("///") && !after.contains('\\');
                Self::parsed(&url, if as_written { written } else { url.as_str() })
            }
            // A host that is none, such as one with a space or an underscore too many: people still see and copy it.
            Err(_) => {
                let (_, after) = written.split_once("://")?;
                let host = after.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?;
                let host = host.rsplit_once(':').map_or(host, |(host, _)| host).to_lowercase();
                host.contains('.').then(|| Self { url: written.to_owned(), domain: host })
            }
        }
    }

    fn parsed(url: &Url, written: &str) -> Option<Self> {
        if !SCHEMES.contains(&url.scheme()) {
            return None;
        }
        let host = url.host_str()?.trim_matches(['[', ']']).trim_end_matches('.');
        (!host.is_empty()).then(|| Self { url: written.to_owned(), domain: host.to_owned() })
    }
}

/// The scheme in front, where there is one.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    named.then_some(scheme)
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Target;

    fn told(written: &str) -> Option<(String, String)> {
        let base = Url::parse("https://base.example/dir/").ok();
        Target::of_attribute(written, base.as_ref()).map(|target| (target.url, target.domain))
    }

    #[test]
    fn an_address_leads_where_a_browser_would_go() {
        for (written, url, domain) in [
            ("https://example.com/a?b#c", "https://example.com/a?b#c", "example.com"),
            (" HTTPS://Example.COM/A ", "HTTPS://Example.COM/A", "example.com"),
            ("http:\\\\example.com\\a", "http://example.com/a", "example.com"),
            ("https:/example.com", "https://example.com/", "example.com"),
            ("https:example.com", "https://example.com/", "example.com"),
            ("ht\ntps://exa\tmple.com/x", "https://example.com/x", "example.com"),
            ("//example.com/x", "https://example.com/x", "example.com"),
            ("www.example.com", "http://www.example.com", "www.example.com"),
            ("http://contoso.com@example.com/", "http://contoso.com@example.com/", "example.com"),
            ("http://bücher.example/", "http://bücher.example/", "xn--bcher-kva.example"),
            ("http://0x7f.1/", "http://0x7f.1/", "127.0.0.1"),
            ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/", "2001:db8::1"),
            ("page.html", "https://base.example/dir/page.html", "base.example"),
            ("http://exa mple.com:80/x", "http://exa mple.com:80/x", "exa mple.com"),
        ] {
            assert_eq!(told(written), Some((url.to_owned(), domain.to_owned())), "{written}");
        }
    }

    #[test]
    fn what_opens_no_page_is_no_link() {
        for written in
            ["", "#top", "mailto:a@example.com", "javascript:alert(1)", "cid:1", "data:text/html,x", "tel:1", "http://"]
        {
            assert_eq!(told(written), None, "{written}");
        }
    }
}
