//! Exchange Online's administration interface: cmdlets by their names and parameters, over HTTP, as the Exchange Online PowerShell module
//! sends them itself. Start with [`Admin`], which everything else asks; [`Exchange`] is the one that sends.

mod admin;
mod refusal;

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use url::Url;

pub use admin::{Admin, Cmdlet, NewTransportRule, Output};

use crate::{
    client::{self, Client},
    endpoints::{below, same_place},
    error::{Error, words},
    http::{Answer, Ask, Effect},
    random,
    tokens::Scope,
};

/// The mailbox by which a request finds the tenant's servers, when an application asks.
const ANCHOR: &str = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}";
/// Objects of a page, as they are asked for one attempt after the other. A page is kept by the server that made it, and the request for the
/// next may reach another, which knows nothing of it: then it begins anew, and at last with pages that hold everything.
const PAGES: [&str; 3] = ["odata.maxpagesize=1000", "odata.maxpagesize=1000", "odata.maxpagesize=10000"];
/// What the service says then.
const LOST_PAGE: &str = "pagination request";
/// Most pages that are read: a million objects are more than a tenant has of anything that is asked for here.
const MOST_PAGES: usize = 1000;
/// Most objects that are kept.
const MOST_OBJECTS: usize = 200_000;

/// Cmdlets over HTTP.
#[derive(Debug, Clone)]
pub struct Exchange {
    client: Arc<Client>,
    connection: String,
}

impl Exchange {
    /// Exchange Online of the client's tenant.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] on a machine without randomness.
    pub fn new(client: Arc<Client>) -> Result<Self, Error> {
        Ok(Self { client, connection: random::uuid()? })
    }

    fn ask(&self, url: Url, cmdlet: &Cmdlet, page: &str) -> Result<Ask, Error> {
        let body = json!({ "CmdletInput": { "CmdletName": cmdlet.name, "Parameters": cmdlet.parameters } });
        let mut ask = client::post(cmdlet.name.clone(), url, &body, cmdlet.effect());
        let anchor = format!("{ANCHOR}@{}", self.client.tenant());
        let request = random::uuid()?;
        let headers = [
            ("x-anchormailbox", anchor.as_str()),
            ("x-cmdletname", &cmdlet.name),
            ("x-responseformat", "json"),
            ("x-serializationlevel", "Partial"),
            ("prefer", page),
            ("connection-id", &self.connection),
            ("client-request-id", &request),
        ];
        for (name, value) in headers {
            let value = HeaderValue::from_str(value)
                .map_err(|_| Error::Setting { name: "cmdlet", why: format!("no name of a cmdlet: {:?}", words(value)) })?;
            ask.headers.insert(HeaderName::from_static(name), value);
        }
        Ok(ask)
    }

    /// An answer's members; an empty answer has none.
    fn page(cmdlet: &Cmdlet, answer: &Answer) -> Result<Value, Error> {
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        match (client::json(&cmdlet.name, answer), cmdlet.effect()) {
            // The status says that it was done, and the answer is none.
            (Err(error), Effect::Changes) => Err(Error::Unknown { what: cmdlet.name.clone(), why: error.to_string() }),
            (page, _) => page,
        }
    }
}

#[async_trait]
impl Admin for Exchange {
    async fn invoke(&self, cmdlet: Cmdlet) -> Result<Output, Error> {
        let mut refused = None;
        for page in PAGES {
            match self.pages(&cmdlet, page).await {
                Err(Error::Refused { what, reason }) if cmdlet.effect() == Effect::Reads && is_lost_page(&reason) => {
                    refused = Some(Error::Refused { what, reason });
                }
                result => return result,
            }
        }
        let error = Error::Unavailable { what: cmdlet.name, why: "its pages were lost on the way".to_owned() };
        Err(refused.unwrap_or(error))
    }
}

impl Exchange {
    /// All pages of a cmdlet's objects; of one that changes something, the first, which is all there is.
    async fn pages(&self, cmdlet: &Cmdlet, size: &str) -> Result<Output, Error> {
        let base = &self.client.endpoints().exchange;
        let protocol = |why: &str| Error::Protocol { what: cmdlet.name.clone(), why: why.to_owned() };
        let mut url = below(base, &["adminapi", "beta", self.client.tenant(), "InvokeCommand"]);
        let mut output = Output::default();
        for _ in 0..MOST_PAGES {
            let answer = self.client.send(Scope::Exchange, self.ask(url.clone(), cmdlet, size)?).await?;
            if !answer.is_success() {
                return Err(refusal::read(cmdlet, &answer));
            }
            let mut page = Self::page(cmdlet, &answer)?;
            match page.get_mut("value").map(Value::take) {
                Some(Value::Array(values)) => output.values.extend(values),
                None | Some(Value::Null) => {}
                Some(one) => output.values.push(one),
            }
            let warnings = page.get("@adminapi.warnings").and_then(Value::as_array);
            output.warnings.extend(warnings.into_iter().flatten().filter_map(Value::as_str).map(words));
            if output.values.len() > MOST_OBJECTS {
                return Err(Error::TooLarge { what: cmdlet.name.clone(), limit: format!("{MOST_OBJECTS} objects") });
            }
            // The next page is asked for with the same body, which would do a change again.
            let next = page.get("@odata.nextLink").and_then(Value::as_str);
            let Some(next) = next.filter(|_| cmdlet.effect() == Effect::Reads) else { return Ok(output) };
            let next =
                same_place(base, next).ok_or_else(|| protocol("its next page is at another place, where no token goes"))?;
            if next == url {
                return Err(protocol("its next page is the page itself"));
            }
            url = next;
        }
        Err(Error::TooLarge { what: cmdlet.name.clone(), limit: format!("{MOST_PAGES} pages") })
    }
}

fn is_lost_page(reason: &str) -> bool {
    reason.to_ascii_lowercase().contains(LOST_PAGE)
}
