//! Style sheets, scripts and icons: files under `assets/`, compiled in, served under the hash of all of them.
//!
//! An address `/assets/<hash>/<name>` never changes its meaning, so that browsers keep it for good; a new build has a new hash. The style
//! sheets under `assets/css` are one file to a browser. Scripts are modules of their own: one imports another by `./<name>.js`. A page that
//! needs a script names it in [`crate::layout::Frame::script`].

mod list;

use std::{io::Write as _, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// A file as it lies in the tree.
pub(crate) struct File {
    /// The last part of its address.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
}

/// A file as it is served.
struct Served {
    name: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
    gzip: Vec<u8>,
}

struct Assets {
    hash: String,
    files: Vec<Served>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    let mut files = Vec::new();
    for file in list::FILES {
        digest.update(file.name.as_bytes());
        digest.update(file.text.as_bytes());
        files.push(Served {
            name: file.name,
            media_type: media_type(file.name),
            plain: file.text.as_bytes(),
            gzip: gzip(file.text.as_bytes()),
        });
    }
    let hash = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Assets { hash, files }
});

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

/// Empty where it cannot be packed, which memory never refuses.
fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// The address of an asset by its name, such as `app.js`.
#[must_use]
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", ASSETS.hash)
}

/// Answers with an asset. A page of an earlier build still asks under its own hash: it gets what there is now, and keeps it not.
pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>, asked: HeaderMap) -> Response {
    let Some(file) = ASSETS.files.iter().find(|file| file.name == name) else {
        return (StatusCode::NOT_FOUND, "There is no such asset.\n").into_response();
    };
    let keep = if hash == ASSETS.hash { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, file.media_type), (header::CACHE_CONTROL, keep), (header::VARY, "accept-encoding")];
    if !file.gzip.is_empty() && takes_gzip(&asked) {
        return (headers, [(header::CONTENT_ENCODING, "gzip")], file.gzip.as_slice()).into_response();
    }
    (headers, file.plain).into_response()
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    async fn get(hash: &str, name: &str, encoding: &str) -> Response {
        let mut asked = HeaderMap::new();
        asked.insert(header::ACCEPT_ENCODING, encoding.parse().unwrap());
        serve(Path((hash.to_owned(), name.to_owned())), asked).await
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_good_under_its_hash_alone() {
        let answer = get(&ASSETS.hash, "app.js", "").await;
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        let answer = get("0123456789abcdef", "app.js", "").await;
        assert_eq!((answer.status(), &answer.headers()[header::CACHE_CONTROL]), (StatusCode::OK, &"no-cache".parse().unwrap()));
        assert_eq!(get(&ASSETS.hash, "../secret", "").await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn it_is_packed_for_those_who_take_it() {
        let packed = |answer: Response| answer.headers().contains_key(header::CONTENT_ENCODING);
        assert!(packed(get(&ASSETS.hash, "style.css", "br, gzip").await));
        assert!(!packed(get(&ASSETS.hash, "style.css", "gzip;q=0, br").await));
        assert!(!packed(get(&ASSETS.hash, "style.css", "identity").await));
    }

    #[test]
    fn what_a_page_loads_stays_small() {
        let style = list::FILES.iter().find(|file| file.name == "style.css").map_or(0, |file| file.text.len());
        assert!(style < 66_000, "style: {style} bytes");
        // A page loads what every page does, and a script of its own with what that imports.
        let all = loaded("app.js");
        for script in list::FILES.iter().filter(|file| file.name.ends_with(".js")) {
            let with: BTreeSet<&str> = all.union(&loaded(script.name)).copied().collect();
            let size: usize = list::FILES.iter().filter(|file| with.contains(file.name)).map(|file| file.text.len()).sum();
            // The page of hunts has an editor; packed, as they are sent, scripts are a third of that.
            assert!(size < 80_000, "scripts of a page with {}: {size} bytes", script.name);
        }
    }

    /// What a script imports, by the names in it; an import that spans lines ends with its name too.
    fn imports(text: &'static str) -> impl Iterator<Item = &'static str> {
        text.split("from \"./").skip(1).chain(text.split("import \"./").skip(1)).filter_map(|rest| Some(rest.split_once('"')?.0))
    }

    /// A script and what it imports, and so on.
    fn loaded(name: &'static str) -> BTreeSet<&'static str> {
        let (mut names, mut open) = (BTreeSet::new(), vec![name]);
        while let Some(name) = open.pop() {
            if names.insert(name) {
                open.extend(list::FILES.iter().filter(|file| file.name == name).flat_map(|file| imports(file.text)));
            }
        }
        names
    }

    /// A token of a colour as it is in the light theme and in the dark one, each as red, green and blue.
    fn colours(name: &str) -> [[f64; 3]; 2] {
        let style = list::FILES.iter().find(|file| file.name == "style.css").unwrap().text;
        let value = style.split(&format!("--{name}: light-dark(")).nth(1).unwrap().split_once(')').unwrap().0;
        let part = |colour: &str, at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        let (light, dark) = value.split_once(", ").unwrap();
        [light, dark].map(|colour| [1, 3, 5].map(|at| part(colour, at)))
    }

    /// How far apart two colours are (WCAG 2.2, definition of contrast ratio).
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        let luminance = |[red, green, blue]: [f64; 3]| 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn severities_are_read_on_every_ground_in_both_themes() {
        for name in state::SEVERITIES {
            let words = colours(&format!("severity-{name}"));
            for ground in ["ground", "surface", "raised", "sunken", "hover", "picked"] {
                for (theme, words, ground) in [0, 1].map(|theme| (theme, words[theme], colours(ground)[theme])) {
                    assert!(contrast(words, ground) >= 4.5, "{name} in theme {theme}: {:.2}", contrast(words, ground));
                }
            }
        }
    }

    #[test]
    fn scripts_import_what_is_there() {
        for file in list::FILES.iter().filter(|file| file.name.ends_with(".js")) {
            for name in imports(file.text) {
                assert!(list::FILES.iter().any(|file| file.name == name), "{} imports {name}", file.name);
            }
        }
    }
}
