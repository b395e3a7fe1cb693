//! A picture as BIMI wants it: SVG Tiny PS (draft-svg-tiny-ps-abrotman), which has no scripts, no animations and nothing that is got from
//! elsewhere, as strangers' mailboxes draw it. Pure; draws nothing.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// The most bytes a logo should have.
pub const MOST_LOGO: usize = 32 << 10;

/// Most parts of a picture that are looked at: elements, and what is between them.
const MOST_PARTS: usize = 20_000;

/// Most faults that are told of one picture.
const MOST_FAULTS: usize = 20;

/// Elements that SVG Tiny PS leaves out because they run, move, or bring something else in.
const FORBIDDEN: [&str; 20] = [
    "a",
    "animate",
    "animateColor",
    "animateMotion",
    "animateTransform",
    "audio",
    "discard",
    "filter",
    "font-face-uri",
    "foreignObject",
    "handler",
    "iframe",
    "image",
    "listener",
    "mask",
    "prefetch",
    "script",
    "set",
    "style",
    "video",
];

/// Something that keeps mailboxes from showing a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoFault {
    /// Too large.
    #[error("it has {0} bytes, more than the {MOST_LOGO} that mailboxes take")]
    Large(usize),
    /// Compressed.
    #[error("it is compressed; the file itself must be plain SVG")]
    Compressed,
    /// Not XML, or not to its end.
    #[error("it is not XML: {0}")]
    NotXml(String),
    /// Another root.
    #[error("it is no SVG picture: it begins with <{0}>")]
    NotSvg(String),
    /// Nothing at all.
    #[error("it holds no picture")]
    Empty,
    /// The profile is not declared.
    #[error("its <svg> does not say baseProfile=\"tiny-ps\"")]
    Profile,
    /// The version is not declared.
    #[error("its <svg> does not say version=\"1.2\"")]
    Version,
    /// `x` or `y` on the root.
    #[error("its <svg> has {0}=, which the profile does not allow there")]
    Place(&'static str),
    /// No title.
    #[error("it has no <title>")]
    NoTitle,
    /// Not square.
    #[error("it is not square: its viewBox is {0:?}")]
    NotSquare(String),
    /// An element the profile leaves out.
    #[error("it holds <{0}>, which the profile does not allow")]
    Element(String),
    /// An attribute that runs something.
    #[error("it holds {0}=, which runs a script")]
    Handler(String),
    /// A reference that leaves the picture.
    #[error("it refers to {0:?}, and may refer to nothing outside itself")]
    Outside(String),
    /// Entities.
    #[error("it declares a document type, which the profile does not allow")]
    Doctype,
    /// Too much of it.
    #[error("it has more than {MOST_PARTS} parts; the rest was not looked at")]
    ManyParts,
}

/// What is wrong with a picture.
#[must_use]
pub fn inspect(bytes: &[u8]) -> Vec<LogoFault> {
    let mut looked = Looked::default();
    if bytes.len() > MOST_LOGO {
        looked.add(LogoFault::Large(bytes.len()));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        looked.add(LogoFault::Compressed);
        return looked.faults;
    }
    let mut reader = Reader::from_reader(bytes);
    for _ in 0..MOST_PARTS {
        match reader.read_event() {
            Ok(Event::Eof) => {
                looked.finish();
                return looked.faults;
            }
            Ok(Event::Start(element) | Event::Empty(element)) => {
                if !looked.element(&element) {
                    return looked.faults;
                }
            }
            Ok(Event::DocType(_)) => looked.add(LogoFault::Doctype),
            Ok(_) => {}
            Err(error) => {
                looked.add(LogoFault::NotXml(short(&error.to_string())));
                return looked.faults;
            }
        }
    }
    looked.add(LogoFault::ManyParts);
    looked.faults
}

/// What has been seen of a picture so far.
#[derive(Debug, Default)]
struct Looked {
    faults: Vec<LogoFault>,
    has_root: bool,
    has_title: bool,
}

impl Looked {
    fn add(&mut self, fault: LogoFault) {
        if self.faults.len() < MOST_FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Whether it makes sense to go on.
    fn element(&mut self, element: &BytesStart<'_>) -> bool {
        let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
        let is_root = !self.has_root;
        self.has_root = true;
        if is_root && name != "svg" {
            self.add(LogoFault::NotSvg(short(&name)));
            return false;
        }
        self.has_title |= name == "title";
        if FORBIDDEN.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
            self.add(LogoFault::Element(short(&name)));
        }
        let mut said = Vec::new();
        for attribute in element.attributes() {
            let Ok(attribute) = attribute else {
                self.add(LogoFault::NotXml(format!("an attribute of <{}> cannot be read", short(&name))));
                continue;
            };
            let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
            let value = String::from_utf8_lossy(&attribute.value).into_owned();
            if !attribute.key.as_ref().starts_with(b"xmlns") {
                self.attribute(&key, &value);
            }
            said.push((key, value));
        }
        if is_root {
            self.root(&said);
        }
        true
    }

    fn attribute(&mut self, key: &str, value: &str) {
        let low = key.to_ascii_lowercase();
        if low.starts_with("on") && low.len() > 2 {
            self.add(LogoFault::Handler(short(key)));
        }
        if low == "href" && !value.trim_start().starts_with('#') {
            self.add(LogoFault::Outside(short(value)));
        }
        let packed: String = value.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let mut urls = packed.split("url(").skip(1);
        if urls.any(|inside| !inside.trim_start_matches(['"', '\'']).starts_with('#')) {
            self.add(LogoFault::Outside(short(value)));
        }
    }

    fn root(&mut self, said: &[(String, String)]) {
        let value = |name: &str| said.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if value("baseProfile") != Some("tiny-ps") {
            self.add(LogoFault::Profile);
        }
        if value("version") != Some("1.2") {
            self.add(LogoFault::Version);
        }
        for name in ["x", "y"] {
            if value(name).is_some() {
                self.add(LogoFault::Place(name));
            }
        }
        if let Some(view) = value("viewBox") {
            let parts = view.split(|letter: char| letter == ',' || letter.is_ascii_whitespace());
            let numbers: Vec<f64> = parts.filter_map(|part| part.parse().ok()).collect();
            if !matches!(numbers.as_slice(), [_, _, width, height] if (width - height).abs() < 0.01 && *width > 0.0) {
                self.add(LogoFault::NotSquare(short(view)));
            }
        }
    }

    fn finish(&mut self) {
        if !self.has_root {
            self.add(LogoFault::Empty);
        } else if !self.has_title {
            self.add(LogoFault::NoTitle);
        }
    }
}

/// As much of what a stranger says as a sentence can bear.
fn short(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST_LOGO, inspect};

    const GOOD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\" viewBox=\"0 0 64 64\">\n\
        <title>Example</title><rect width=\"64\" height=\"64\" fill=\"#123\"/><use href=\"#a\" fill=\"url(#b)\"/></svg>";

    fn words(text: &str) -> Vec<String> {
        inspect(text.as_bytes()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_plain_picture_is_fine() {
        assert_eq!(words(GOOD), Vec::<String>::new());
    }

    #[test]
    fn what_the_profile_leaves_out_is_named() {
        for (from, to, expected) in [
            ("baseProfile=\"tiny-ps\"", "", "its <svg> does not say baseProfile=\"tiny-ps\""),
            ("version=\"1.2\"", "version=\"1.1\"", "its <svg> does not say version=\"1.2\""),
            ("0 0 64 64", "0 0 64 32", "it is not square: its viewBox is \"0 0 64 32\""),
            ("viewBox", "x=\"0\" viewBox", "its <svg> has x=, which the profile does not allow there"),
            ("<title>Example</title>", "", "it has no <title>"),
            ("<rect ", "<script>1</script><rect ", "it holds <script>, which the profile does not allow"),
            ("<rect ", "<image href=\"#a\"/><rect ", "it holds <image>, which the profile does not allow"),
            ("<rect ", "<rect onload=\"x()\" ", "it holds onload=, which runs a script"),
            (
                "href=\"#a\"",
                "href=\"https://example.net/a.svg\"",
                "it refers to \"https://example.net/a.svg\", and may refer to nothing outside itself",
            ),
            (
                "url(#b)",
                "url( 'http://b.example')",
                "it refers to \"url( 'http://b.example')\", and may refer to nothing outside itself",
            ),
            ("<svg ", "<!DOCTYPE svg><svg ", "it declares a document type, which the profile does not allow"),
        ] {
            assert_eq!(words(&GOOD.replacen(from, to, 1)), [expected], "{to}");
        }
    }

    #[test]
    fn what_is_no_picture_is_said_to_be_none() {
        assert_eq!(words(""), ["it holds no picture"]);
        assert_eq!(words("<html><body/></html>"), ["it is no SVG picture: it begins with <html>"]);
        assert_eq!(inspect(&[0x1f, 0x8b, 8, 0]).len(), 1);
        assert!(words("<svg").first().is_some_and(|words| words.starts_with("it is not XML")));
        assert!(words(&format!("{GOOD}{}", " ".repeat(MOST_LOGO))).iter().any(|words| words.contains("more than the 32768")));
        let many = format!("<svg>{}</svg>", "<g/>".repeat(30_000));
        assert!(words(&many).iter().any(|words| words.contains("more than 20000 parts")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_looked_at(
            at in 0..GOOD.len(), byte in any::<u8>(), bytes in proptest::collection::vec(any::<u8>(), 0..100)
        ) {
            let mut spoilt = GOOD.as_bytes().to_vec();
            spoilt[at] = byte;
            let _ = inspect(&spoilt);
            let _ = inspect(&bytes);
        }
    }
}
