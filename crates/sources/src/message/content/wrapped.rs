//! Links inside links: the one that Safe Links and its like put around another is taken off, so that rules see where it leads.
//! The services are in `data/url-wrappers.tsv`.

use std::sync::LazyLock;

use url::Url;

use super::target::Target;
use super::transfer::base64;

/// Wrappers around wrappers that are taken off: mail that passed several gateways has two or three.
pub(crate) const MOST_DEEP: usize = 4;

/// A service.
struct Wrapper {
    host: &'static str,
    path: &'static str,
    form: &'static str,
    parameter: &'static str,
}

static WRAPPERS: LazyLock<Vec<Wrapper>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/url-wrappers.tsv").lines().filter(|line| !line.starts_with('#'));
    let wrapper = |line: &'static str| {
        let mut cells = line.split('\t');
        Some(Wrapper { host: cells.next()?, path: cells.next()?, form: cells.next()?, parameter: cells.next()? })
    };
    lines.filter_map(wrapper).collect()
});

/// The link inside this one, where it is one of a service that is known.
pub(crate) fn inside(target: &Target) -> Option<Target> {
    let is_at = |wrapper: &&Wrapper| {
        target.domain.strip_suffix(wrapper.host).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let mut wrappers = WRAPPERS.iter().filter(is_at).peekable();
    wrappers.peek()?;
    let url = Url::parse(&target.url).ok()?;
    wrappers.filter(|wrapper| url.path().starts_with(wrapper.path)).find_map(|wrapper| {
        let parameter = || url.query_pairs().find(|(name, _)| name == wrapper.parameter).map(|(_, value)| value.into_owned());
        let found = match wrapper.form {
            "parameter" => parameter(),
            "tail" => url.path_segments().and_then(|mut parts| parts.next_back().map(unescape)),
            "triple" => target.url.split("___").nth(1).map(str::to_owned),
            "proofpoint2" => parameter().map(|text| unescape(&text.replace('-', "%").replace('_', "/"))),
            "proofpoint3" => proofpoint3(&target.url),
            _ => None,
        };
        found.and_then(|found| Target::of_attribute(&found, None))
    })
}

/// `https://urldefense.com/v3/__URL__;base64!!...`: stars in the URL stand for the characters after the semicolon; `**` and a letter for
/// several of them. Source: Proofpoint's own published decoder.
fn proofpoint3(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("/v3/__")?;
    let (written, rest) = rest.split_once("__;")?;
    let replaced = base64(rest.split('!').next()?.as_bytes());
    let replaced = String::from_utf8_lossy(&replaced);
    let mut replaced = replaced.chars();
    let (mut out, mut written) = (String::new(), written.chars().peekable());
    while let Some(next) = written.next() {
        if next != '*' {
            out.push(next);
        } else if written.next_if_eq(&'*').is_some() {
            out.extend(replaced.by_ref().take(written.next().and_then(run).unwrap_or_default()));
        } else {
            out.extend(replaced.next());
        }
    }
    // A slash of the scheme is lost where a browser tidies the path.
    Some(match out.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') => format!("{scheme}://{rest}"),
        _ => out,
    })
}

/// How many characters a letter stands for: `A` for two, and so on through the alphabet of base64.
fn run(letter: char) -> Option<usize> {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".find(letter).map(|at| at + 2)
}

fn unescape(text: &str) -> String {
    // A form's decoder, given one value, with the plus sign kept as it is.
    url::form_urlencoded::parse(text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D").as_bytes())
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::inside;
    use crate::message::content::target::Target;

    #[test]
    fn the_link_inside_is_found() {
        for (wrapped, expected) in [
            (
                "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa%3Fb%3D1&data=05%7C01&sdata=x&reserved=0",
                "https://example.com/a?b=1",
            ),
            ("https://urldefense.proofpoint.com/v2/url?u=https-3A__example.com_a&d=x&c=y", "https://example.com/a"),
            ("https://urldefense.com/v3/__https://example.com/a*b**Ac__;Iyso!!token$", "https://example.com/a#b+(c"),
            ("https://urldefense.com/v3/__https:/example.com/a__;!!token$", "https://example.com/a"),
            ("https://www.google.com/url?sa=t&q=https://example.com/&usg=x", "https://example.com/"),
            ("https://secure-web.cisco.com/1abc/https%3A%2F%2Fexample.com%2Fa", "https://example.com/a"),
            ("https://protect.checkpoint.com/v2/___https://example.com/a___.abc", "https://example.com/a"),
        ] {
            let inner = Target::absolute(wrapped).and_then(|target| inside(&target)).map(|target| target.url);
            assert_eq!(inner.as_deref(), Some(expected), "{wrapped}");
        }
    }

    #[test]
    fn others_and_broken_ones_have_nothing_inside() {
        for url in [
            "https://example.com/?url=https://contoso.com",
            "https://safelinks.protection.outlook.com.example/?url=https://contoso.com",
            "https://nam02.safelinks.protection.outlook.com/?data=x",
            "https://urldefense.com/v3/__",
            "https://urldefense.com/v3/__**__;!!",
        ] {
            assert_eq!(Target::absolute(url).and_then(|target| inside(&target)), None, "{url}");
        }
    }
}
