//! A tenant's audit records, from the Office 365 Management Activity API.
//!
//! Authority: <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference>. Start with
//! [`Feed::pull`], which goes from one [`Checkpoint`] to the next.

mod checkpoint;
mod pull;

use std::{fmt, sync::Arc};

use reqwest::{
    Method,
    header::{CONTENT_LENGTH, HeaderValue},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

pub use checkpoint::{Checkpoint, Failing, Progress, Window, next_windows};
pub use pull::{Batch, Lost, Pull};

use crate::{
    array::elements,
    client::{self, Client, reason},
    endpoints::{below, same_place},
    error::{Error, words},
    http::Answer,
    lenient::object,
    moment::{self, Moment},
    tokens::Scope,
};

/// What codes mean, one a line: code, meaning, advice.
const CODES: &str = include_str!("codes.tsv");
/// Most pages of a list of content.
const MOST_PAGES: usize = 2000;
/// Most bytes of a blob. The service makes them of a few hundred kilobytes.
const MOST_BLOB: usize = 16 << 20;

/// A kind of content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentType(String);

impl ContentType {
    /// Exchange's audit records: changes of DKIM configurations and mail-flow rules are among them.
    pub const EXCHANGE: &'static str = "Audit.Exchange";

    /// The kinds that the service has.
    pub const ALL: [&'static str; 5] =
        ["Audit.AzureActiveDirectory", "Audit.Exchange", "Audit.SharePoint", "Audit.General", "DLP.All"];

    /// A kind, by the service's name for it.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The service's name for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A subscription to a kind of content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subscription {
    /// The kind.
    pub content_type: String,
    /// `enabled` or `disabled`.
    pub status: String,
}

/// A blob of records, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The service's id of it.
    pub id: String,
    /// When it became available.
    pub created: Moment,
    /// When it is gone, if that was said.
    pub expires: Option<Moment>,
    /// Where it is.
    uri: Url,
}

/// A blob, as the service writes it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Listed {
    content_id: String,
    content_uri: String,
    content_created: String,
    content_expiration: String,
}

/// The feed of a tenant.
#[derive(Debug, Clone)]
pub struct Feed {
    client: Arc<Client>,
    publisher: Option<String>,
}

impl Feed {
    /// The feed of the client's tenant. `publisher` is the tenant id of whoever runs this program; requests
    /// without one share their room with everybody's.
    #[must_use]
    pub const fn new(client: Arc<Client>, publisher: Option<String>) -> Self {
        Self { client, publisher }
    }

    /// The subscriptions that there are. Needs `ActivityFeed.Read`, as all of this.
    ///
    /// # Errors
    ///
    /// Any but those of changes.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        let what = "subscriptions/list";
        let answer = self.get(what, self.at(&["subscriptions", "list"], &[]).await?).await?;
        let Value::Array(listed) = client::json(what, &answer)? else {
            return Err(Error::Protocol { what: what.to_owned(), why: "it holds no list".to_owned() });
        };
        listed.into_iter().map(|one| object(what, one)).collect()
    }

    /// Subscribes to a kind of content. One that is there already stays, so that it may be asked for at any time.
    ///
    /// # Errors
    ///
    /// Any but those of changes.
    pub async fn start(&self, content: &ContentType) -> Result<(), Error> {
        let what = format!("subscriptions/start of {content}");
        let url = self.at(&["subscriptions", "start"], &[("contentType", content.as_str())]).await?;
        let mut ask = client::get(what.clone(), url);
        ask.method = Method::POST;
        ask.headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        let answer = self.client.send(Scope::Management, ask).await?;
        if answer.is_success() {
            return Ok(());
        }
        match refused(&what, &answer) {
            Error::Feed { code, .. } if code == "AF20024" => Ok(()),
            error => Err(error),
        }
    }

    /// Lists the content that became available in a span of a day or less.
    ///
    /// # Errors
    ///
    /// Any but those of changes; [`Error::Feed`] with `AF20022` if nobody has subscribed.
    pub async fn list(&self, content: &ContentType, window: Window) -> Result<Vec<Blob>, Error> {
        let what = format!("subscriptions/content of {content}");
        let protocol = |why: &str| Error::Protocol { what: what.clone(), why: why.to_owned() };
        let place = &self.client.endpoints().management;
        let (from, to) = (moment::seconds(window.from), moment::seconds(window.to));
        let span = [("contentType", content.as_str()), ("startTime", from.as_str()), ("endTime", to.as_str())];
        let mut url = self.at(&["subscriptions", "content"], &span).await?;
        let mut blobs = Vec::new();
        for _ in 0..MOST_PAGES {
            let answer = self.get(&what, url.clone()).await?;
            let listed: Vec<Listed> = serde_json::from_slice(&answer.body)
                .map_err(|error| protocol(&format!("it holds no list of content ({})", words(&error.to_string()))))?;
            for one in listed {
                let uri = same_place(place, &one.content_uri)
                    .ok_or_else(|| protocol("it lists content at another place, where no token goes"))?;
                let created = moment::parse(&one.content_created)
                    .ok_or_else(|| protocol("it lists content that does not say when it became available"))?;
                blobs.push(Blob { id: one.content_id, created, expires: moment::parse(&one.content_expiration), uri });
            }
            let Some(next) = answer.header("nextpageuri").filter(|next| !next.is_empty()) else { return Ok(blobs) };
            let next =
                same_place(place, next).ok_or_else(|| protocol("its next page is at another place, where no token goes"))?;
            if next == url {
                return Err(protocol("its next page is the page itself"));
            }
            url = next;
        }
        Err(Error::TooLarge { what, limit: format!("{MOST_PAGES} pages") })
    }

    /// Fetches a blob's records, each as the text that it is.
    ///
    /// # Errors
    ///
    /// Any but those of changes; [`Error::Feed`] with `AF20051` if it has expired.
    pub async fn fetch(&self, blob: &Blob) -> Result<Vec<String>, Error> {
        let what = "content";
        let mut ask = client::get(what.to_owned(), blob.uri.clone());
        ask.most = MOST_BLOB;
        let answer = self.client.send(Scope::Management, ask).await?;
        if !answer.is_success() {
            return Err(refused(what, &answer));
        }
        let odd = |why: String| Error::Protocol { what: what.to_owned(), why };
        let text = std::str::from_utf8(&answer.body).map_err(|_| odd("it is no text".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let records = elements(text).map_err(|error| odd(format!("it holds no records ({})", words(&error.to_string()))))?;
        Ok(records.into_iter().map(str::to_owned).collect())
    }

    async fn get(&self, what: &str, url: Url) -> Result<Answer, Error> {
        let answer = self.client.send(Scope::Management, client::get(what.to_owned(), url)).await?;
        if answer.is_success() { Ok(answer) } else { Err(refused(what, &answer)) }
    }

    async fn at(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Error> {
        let root = ["api", "v1.0", self.client.id().await?, "activity", "feed"];
        let mut url = below(&below(&self.client.endpoints().management, &root), path);
        let mut pairs = url.query_pairs_mut();
        pairs.extend_pairs(query);
        if let Some(publisher) = &self.publisher {
            pairs.append_pair("PublisherIdentifier", publisher);
        }
        drop(pairs);
        if url.query() == Some("") {
            url.set_query(None);
        }
        Ok(url)
    }
}

/// The error that an answer stands for.
fn refused(what: &str, answer: &Answer) -> Error {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let error = body.as_ref().and_then(|body| body.get("error"));
    let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    let what = what.to_owned();
    let (code, message) = (text("code").unwrap_or_default(), words(text("message").unwrap_or_default()));
    let listed = CODES.lines().find_map(|line| {
        let (found, rest) = line.split_once('\t')?;
        rest.split_once('\t').filter(|_| found == code)
    });
    match (code, listed) {
        ("AF429", _) => Error::Throttled { what, wait: None },
        ("AF50000", _) => Error::Unavailable { what, why: message },
        (code, Some((meaning, advice))) => {
            Error::Feed { what, code: code.to_owned(), meaning: meaning.to_owned(), message, advice: advice.to_owned() }
        }
        (_, None) if answer.status >= 500 => Error::Unavailable { what, why: reason(answer) },
        (_, None) => Error::Refused { what, reason: reason(answer) },
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn answer(status: u16, code: &str) -> Answer {
        let body = format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"No subscription.\"}}}}");
        Answer { status, headers: HeaderMap::new(), body: body.into_bytes() }
    }

    #[test]
    fn codes_are_listed_once_and_whole() {
        let codes: Vec<&str> = CODES.lines().filter(|line| !line.starts_with('#')).collect();
        let mut names: Vec<&str> = codes.iter().filter_map(|line| line.split('\t').next()).collect();
        assert!(codes.iter().all(|line| line.split('\t').count() == 3 && line.starts_with("AF")));
        names.dedup();
        assert_eq!(names.len(), codes.len());
    }

    #[test]
    fn codes_are_explained() {
        let error = refused("subscriptions/content", &answer(400, "AF20022")).to_string();
        assert!(
            error.starts_with("subscriptions/content: AF20022: nobody has subscribed to this content (No subscription.); start"),
            "{error}"
        );
        assert!(matches!(refused("x", &answer(500, "AF50000")), Error::Unavailable { .. }));
        assert!(matches!(refused("x", &answer(403, "AF429")), Error::Throttled { .. }));
        assert!(matches!(refused("x", &answer(400, "AF99999")), Error::Refused { .. }));
    }
}
