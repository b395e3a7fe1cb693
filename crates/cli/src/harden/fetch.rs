//! Policies of MTA-STS and pictures of BIMI, over HTTPS: one request, no redirect, a certificate that is valid for the host (RFC 8461
//! section 3.3), and no more bytes and seconds than wanted.

use std::time::Duration;

use async_trait::async_trait;
use posture::evidence::{Fetch, FetchError, Fetched};
use reqwest::{
    Url,
    header::{CONTENT_TYPE, LOCATION},
};

use crate::failure::Failure;

/// RFC 8461 section 3.3 suggests a minute for senders of mail; who waits at a terminal wants an answer sooner.
const LIMIT: Duration = Duration::from_secs(15);

/// Gets pages over HTTPS.
#[derive(Debug)]
pub(crate) struct Https {
    client: reqwest::Client,
}

impl Https {
    pub(crate) fn new() -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .timeout(LIMIT)
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("spoofwatch/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { client: client.map_err(Failure::internal)? })
    }
}

#[async_trait]
impl Fetch for Https {
    async fn get(&self, url: &str, most: usize) -> Result<Fetched, FetchError> {
        let url = Url::parse(url).map_err(|error| FetchError::NotAsked(format!("{url} is no URL: {error}")))?;
        // Records are a stranger's text: they must not make this program talk to machines of its own network by their addresses.
        if url.domain().is_none() || url.scheme() != "https" {
            return Err(FetchError::NotAsked("only pages of named hosts are got, over https".to_owned()));
        }
        let mut response = self.client.get(url).send().await.map_err(|error| failed(&error))?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut page = Fetched {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE),
            location: header(LOCATION),
            body: Vec::new(),
        };
        while let Some(part) = response.chunk().await.map_err(|error| failed(&error))? {
            if page.body.len().saturating_add(part.len()) > most {
                return Err(FetchError::TooLarge(most));
            }
            page.body.extend_from_slice(&part);
        }
        Ok(page)
    }
}

/// What kept a page away. Certificates are told apart by the words of the innermost cause, which is rustls's.
fn failed(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::Late;
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let words = cause.to_string();
    if words.contains("certificate") {
        return FetchError::Certificate(words);
    }
    match error.is_connect() {
        true => FetchError::Connect(words),
        false => FetchError::Protocol(words),
    }
}
