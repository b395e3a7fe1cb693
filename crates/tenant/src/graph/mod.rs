//! Microsoft Graph: the tenant's domains, hunting in its telemetry, and messages shown to Microsoft as wrongly judged.

mod hunting;
mod submission;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use url::Url;

pub(crate) use hunting::MOST_ROWS;
pub use hunting::{Hunted, HuntedColumn};
pub use submission::{Submission, Verdict};

use crate::{
    client::{self, Client, reason},
    endpoints::{below, same_place},
    error::Error,
    http::Answer,
    lenient::objects,
    snapshot::GraphDomain,
    tokens::Scope,
};

/// Most pages that are read of a list.
const MOST_PAGES: usize = 200;

/// Microsoft Graph of a tenant.
#[derive(Debug, Clone)]
pub struct Graph {
    client: Arc<Client>,
}

/// A DNS record that Microsoft wants a domain to have (`domainDnsRecord`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DnsRecord {
    /// Its type as Graph writes it: `Txt`, `Mx`, `CName`, `Srv`.
    pub record_type: String,
    /// The name, such as `contoso.com` or `autodiscover.contoso.com`.
    pub label: String,
    /// Seconds that it may be remembered.
    pub ttl: u32,
    /// Whether the service works without it.
    pub is_optional: bool,
    /// What it is for, such as `Email`.
    pub supported_service: String,
    /// The text of a `Txt`.
    pub text: Option<String>,
    /// The host of an `Mx`.
    pub mail_exchange: Option<String>,
    /// The preference of an `Mx`; 0 is tried first.
    pub preference: Option<u16>,
    /// The target of a `CName`.
    pub canonical_name: Option<String>,
    /// The target of an `Srv`.
    pub name_target: Option<String>,
    /// The port of an `Srv`.
    pub port: Option<u16>,
}

impl Graph {
    /// Graph of the client's tenant.
    #[must_use]
    pub const fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// The tenant's domains. Needs `Domain.Read.All`.
    ///
    /// # Errors
    ///
    /// Any but those of changes.
    pub async fn domains(&self) -> Result<Vec<GraphDomain>, Error> {
        let what = "GET /domains";
        objects(what, self.list(what, self.at("v1.0", &["domains"])).await?)
    }

    /// The records by which a domain proves whose it is.
    ///
    /// # Errors
    ///
    /// As [`Graph::domains`], and [`Error::NotFound`] for a domain that the tenant does not have.
    pub async fn verification_records(&self, domain: &str) -> Result<Vec<DnsRecord>, Error> {
        self.records(domain, "verificationDnsRecords").await
    }

    /// The records that the domain's services want: MX, the SPF text, autodiscover. Those of DKIM are not among them.
    ///
    /// # Errors
    ///
    /// As [`Graph::verification_records`].
    pub async fn service_records(&self, domain: &str) -> Result<Vec<DnsRecord>, Error> {
        self.records(domain, "serviceConfigurationRecords").await
    }

    async fn records(&self, domain: &str, kind: &'static str) -> Result<Vec<DnsRecord>, Error> {
        let what = format!("GET /domains/{domain}/{kind}");
        objects(&what, self.list(&what, self.at("v1.0", &["domains", domain, kind])).await?)
    }

    fn at(&self, version: &str, path: &[&str]) -> Url {
        below(&below(&self.client.endpoints().graph, &[version]), path)
    }

    /// A list of all pages.
    async fn list(&self, what: &str, mut url: Url) -> Result<Vec<Value>, Error> {
        let protocol = |why: &str| Error::Protocol { what: what.to_owned(), why: why.to_owned() };
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let answer = self.client.send(Scope::Graph, client::get(what.to_owned(), url.clone())).await?;
            if !answer.is_success() {
                return Err(refused(what, &answer));
            }
            let mut page = client::json(what, &answer)?;
            let Some(Value::Array(values)) = page.get_mut("value").map(Value::take) else {
                return Err(protocol("it holds no list"));
            };
            found.extend(values);
            let Some(next) = page.get("@odata.nextLink").and_then(Value::as_str) else { return Ok(found) };
            let place = &self.client.endpoints().graph;
            let next =
                same_place(place, next).ok_or_else(|| protocol("its next page is at another place, where no token goes"))?;
            if next == url {
                return Err(protocol("its next page is the page itself"));
            }
            url = next;
        }
        Err(Error::TooLarge { what: what.to_owned(), limit: format!("{MOST_PAGES} pages") })
    }
}

/// The error that an answer of Graph stands for, to a request that reads.
fn refused(what: &str, answer: &Answer) -> Error {
    let (what, reason) = (what.to_owned(), reason(answer));
    match answer.status {
        404 => Error::NotFound { what, reason },
        409 => Error::AlreadyExists { what, reason },
        500.. => Error::Unavailable { what, why: reason },
        _ => Error::Refused { what, reason },
    }
}
