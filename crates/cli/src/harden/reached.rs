//! The tenant as the configuration says it is reached.

use std::sync::Arc;

use async_trait::async_trait;
use fixes::Refusal;
use serde_json::{Map, Value};
use tenant::{Admin as _, Client, Cmdlet, Credentials, Endpoints, Error, Exchange, Graph, Patience, Settings, Snapshot, Ticking};

use super::secrets;
use crate::{clock, config, failure::Failure};

/// A tenant that can be asked.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) client: Arc<Client>,
    pub(crate) exchange: Exchange,
    pub(crate) graph: Graph,
}

impl Reached {
    /// The tenant of the configuration; `None` where it names none. Nothing is sent yet.
    pub(crate) fn open(config: &config::Tenant) -> Result<Option<Arc<Self>>, Failure> {
        let (Some(id), Some(application)) = (&config.id, &config.client_id) else { return Ok(None) };
        let wrong = |error: &dyn std::fmt::Display| Failure::input(format!("error: tenant: {error}"));
        let credentials = match (&config.secret_file, &config.certificate_file, &config.key_file) {
            (Some(path), ..) => Credentials::secret(secrets::read(&path.value)?),
            (None, Some(certificate), Some(key)) => {
                let text = std::fs::read_to_string(&certificate.value)
                    .map_err(|error| Failure::input(format!("error: {}: {error}", certificate.value.display())))?;
                Credentials::certificate(&secrets::read(&key.value)?, &text)
            }
            (None, ..) => return Err(wrong(&"it needs a `secret-file`, or a `certificate-file` and a `key-file`")),
        };
        let endpoints = match &config.endpoint {
            Some(set) => Endpoints::read(&set.value, &set.value, &set.value, &set.value),
            None => Endpoints::of(config.cloud.as_ref().map(|set| set.value).unwrap_or_default()),
        };
        let settings = Settings {
            tenant: id.value.clone(),
            application: application.value.clone(),
            credentials: credentials.map_err(|error| wrong(&error))?,
            endpoints: endpoints.map_err(|error| wrong(&error))?,
            patience: Patience::default(),
        };
        let now = || clock::micros(clock::now());
        let client = Client::new(settings, Arc::new(Ticking::new(now))).map_err(|error| wrong(&error))?;
        let exchange = Exchange::new(Arc::clone(&client)).map_err(Failure::internal)?;
        let graph = Graph::new(Arc::clone(&client));
        Ok(Some(Arc::new(Self { client, exchange, graph })))
    }

    /// What the tenant is configured with, part by part.
    pub(crate) async fn snapshot(&self) -> Snapshot {
        tenant::snapshot(self.client.tenant(), &self.exchange, Some(&self.graph)).await
    }
}

#[async_trait]
impl fixes::Tenant for Reached {
    async fn invoke(&self, cmdlet: &str, parameters: &Map<String, Value>) -> Result<Vec<Value>, Refusal> {
        let output = self.exchange.invoke(Cmdlet::new(cmdlet).with_all(parameters)).await.map_err(refusal)?;
        Ok(output.values)
    }
}

/// What an error of the tenant means for a fix.
pub(crate) fn refusal(error: Error) -> Refusal {
    let words = error.to_string();
    match error {
        Error::NotFound { .. } => Refusal::NotFound(words),
        error if error.may_be_done() => Refusal::Unknown(words),
        // The service looks for records with a resolver of its own, some minutes after they are published.
        Error::CnameMissing { .. } => Refusal::Later(words),
        error if error.is_passing() => Refusal::Later(words),
        _ => Refusal::Refused(words),
    }
}
