//! Pages over HTTPS: policies of MTA-STS, pictures and certificates of BIMI.
//!
//! Who gets them is a trait; the program does it over the network, tests and an investigation without one from a text that holds what was
//! got. Nobody follows a redirect (RFC 8461 section 3.3 forbids it): the caller sees its status.

use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;

/// Who gets pages.
#[async_trait]
pub trait Fetch: Send + Sync + fmt::Debug {
    /// Gets a page of at most `most` bytes with one request, within a time limit of its own. The certificate must be valid for the host.
    ///
    /// # Errors
    ///
    /// Why there is no answer. An answer with a status that is not 200 is an answer.
    async fn get(&self, url: &str, most: usize) -> Result<Fetched, FetchError>;
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The status of HTTP.
    pub status: u16,
    /// The header `Content-Type`, whole.
    pub content_type: Option<String>,
    /// The header `Location` of a redirect.
    pub location: Option<String>,
    /// What it holds.
    pub body: Vec<u8>,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The host has no address, or nothing answers there.
    #[error("no connection: {0}")]
    Connect(String),
    /// The certificate is not valid, or is another host's.
    #[error("the certificate is not accepted: {0}")]
    Certificate(String),
    /// It did not answer in time.
    #[error("there was no answer in time")]
    Late,
    /// The page is larger than asked for.
    #[error("the page is larger than {0} bytes")]
    TooLarge(usize),
    /// What came is no HTTP.
    #[error("the answer makes no sense: {0}")]
    Protocol(String),
    /// Pages are not got, or not recorded.
    #[error("{0}")]
    NotAsked(String),
}

/// Gets nothing: the user did not want it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFetch;

#[async_trait]
impl Fetch for NoFetch {
    async fn get(&self, _url: &str, _most: usize) -> Result<Fetched, FetchError> {
        Err(FetchError::NotAsked("nothing is got over HTTPS: it was not wanted".to_owned()))
    }
}

/// Pages that were got, from comments of a zone file, so that one file holds all that is published of a domain:
///
/// ```text
/// ; fetch: https://mta-sts.example.com/.well-known/mta-sts.txt 200 text/plain
/// ; | version: STSv1
/// ; | mode: enforce
/// ; fetch: https://mta-sts.example.net/.well-known/mta-sts.txt certificate it is for other.example
/// ; fetch: https://mta-sts.example.org/.well-known/mta-sts.txt 301 https://www.example.org/
/// ```
///
/// After the URL stands a status with the content type (of a redirect: where to), or one of `connect`, `certificate`, `late`, `large` and
/// `protocol` with words. Lines of the page follow, each after a `|` and a space, and end in CRLF.
#[derive(Debug, Clone, Default)]
pub struct RecordedFetch {
    pages: BTreeMap<String, Result<Fetched, FetchError>>,
}

/// A recorded page that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {words}")]
pub struct RecordedError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub words: &'static str,
}

impl RecordedFetch {
    /// Reads the comments of a text that tell of pages; passes over everything else.
    ///
    /// # Errors
    ///
    /// The first such line that makes no sense.
    pub fn parse(text: &str) -> Result<Self, RecordedError> {
        let mut pages = BTreeMap::new();
        let mut last: Option<String> = None;
        for (line, text) in (1..).zip(text.lines()) {
            let wrong = |words| RecordedError { line, words };
            let comment = text.strip_prefix(';').map(str::trim_start).unwrap_or_default();
            if let Some(rest) = comment.strip_prefix("fetch:") {
                let (url, page) = page(rest.trim()).map_err(wrong)?;
                pages.insert(url.clone(), page);
                last = Some(url);
            } else if let Some(rest) = comment.strip_prefix('|') {
                let page = last.as_ref().and_then(|url| pages.get_mut(url)).and_then(|page| page.as_mut().ok());
                let page: &mut Fetched = page.ok_or_else(|| wrong("a line of a page, and no page before it"))?;
                page.body.extend_from_slice(rest.strip_prefix(' ').unwrap_or(rest).as_bytes());
                page.body.extend_from_slice(b"\r\n");
            } else {
                last = None;
            }
        }
        Ok(Self { pages })
    }
}

/// The words after `fetch:`.
fn page(text: &str) -> Result<(String, Result<Fetched, FetchError>), &'static str> {
    let (url, rest) = text.split_once(' ').ok_or("after the URL stands what came of it")?;
    let (how, rest) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let words = rest.trim().to_owned();
    let page = match how {
        "connect" => Err(FetchError::Connect(words)),
        "certificate" => Err(FetchError::Certificate(words)),
        "late" => Err(FetchError::Late),
        "large" => Err(FetchError::TooLarge(0)),
        "protocol" => Err(FetchError::Protocol(words)),
        status => {
            let status = status.parse().map_err(|_| "after the URL stands a status, or what kept the page away")?;
            let words = Some(words).filter(|words| !words.is_empty());
            let (content_type, location) = if (300..400).contains(&status) { (None, words) } else { (words, None) };
            Ok(Fetched { status, content_type, location, body: Vec::new() })
        }
    };
    Ok((url.to_owned(), page))
}

#[async_trait]
impl Fetch for RecordedFetch {
    async fn get(&self, url: &str, most: usize) -> Result<Fetched, FetchError> {
        match self.pages.get(url) {
            Some(Ok(page)) if page.body.len() > most => Err(FetchError::TooLarge(most)),
            Some(Err(FetchError::TooLarge(_))) => Err(FetchError::TooLarge(most)),
            Some(page) => page.clone(),
            None => Err(FetchError::NotAsked("the recording does not hold this page".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::{Fetch, FetchError, Fetched, RecordedFetch};

    const TEXT: &str = "\
; fetch: https://a.example/policy 200 text/plain
; | version: STSv1
; |
; fetch: https://b.example/policy certificate it is for other.example
; fetch: https://c.example/policy 301 https://www.c.example/
@ IN MX 10 mail
";

    #[test]
    fn a_page_is_what_was_recorded() {
        let recorded = RecordedFetch::parse(TEXT).unwrap();
        let got = |url: &str, most| block_on(recorded.get(url, most));
        let body = b"version: STSv1\r\n\r\n".to_vec();
        let page = Fetched { status: 200, content_type: Some("text/plain".to_owned()), location: None, body };
        assert_eq!(got("https://a.example/policy", 100), Ok(page));
        assert_eq!(got("https://a.example/policy", 10), Err(FetchError::TooLarge(10)));
        assert_eq!(got("https://b.example/policy", 10), Err(FetchError::Certificate("it is for other.example".to_owned())));
        assert_eq!(got("https://c.example/policy", 10).map(|page| page.location), Ok(Some("https://www.c.example/".to_owned())));
        assert!(matches!(got("https://d.example/policy", 10), Err(FetchError::NotAsked(_))));
    }

    #[test]
    fn a_line_that_makes_no_sense_is_named() {
        let wrong = |text: &str| RecordedFetch::parse(text).map(drop).unwrap_err().to_string();
        assert_eq!(wrong("; fetch: https://a.example/"), "line 1: after the URL stands what came of it");
        assert_eq!(
            wrong("; fetch: https://a.example/ perhaps"),
            "line 1: after the URL stands a status, or what kept the page away"
        );
        assert_eq!(wrong("@ IN A 192.0.2.1\n; | text"), "line 2: a line of a page, and no page before it");
    }
}
