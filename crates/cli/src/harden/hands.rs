//! The hands of a fix: zones by dynamic updates, the tenant by its interface, and the look from outside with nothing remembered.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use fixes::{Hands, Outside, Refusal, Seen};
use posture::{Severity, evidence::Purpose};
use zones::{Applied, Change, RecordKind, Value, WriteError, ZoneWriter};

use super::{Asked, Looker, Names, now};
use crate::{
    config::{Config, ConfigFile},
    dns::Dns,
    failure::Failure,
};

/// What a fix works with.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    pub(crate) looker: Looker,
    pub(crate) names: Names,
}

impl Tools {
    /// By the configuration as it is now. Answers of earlier looks are not remembered.
    pub(crate) async fn open(data: &Path, config: &ConfigFile, dns: &Dns) -> Result<Self, Failure> {
        Self::with(config.load(data)?, dns).await
    }

    async fn with(config: Config, dns: &Dns) -> Result<Self, Failure> {
        let looker = Looker::open(config, dns).await?;
        let names =
            Names::open(&looker.config.dns_update, Arc::clone(&looker.resolver), dns.is_recorded(&looker.config.mail)).await?;
        Ok(Self { looker, names })
    }

    /// Hands for [`fixes::work`].
    pub(crate) fn hands(&self) -> Hands {
        Hands {
            zones: Some(Arc::new(self.names.clone())),
            tenant: self.looker.tenant.clone().map(|reached| reached as Arc<dyn fixes::Tenant>),
            outside: Arc::new(self.clone()),
        }
    }
}

#[async_trait]
impl ZoneWriter for Names {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        match self.writer(&change.name) {
            Some(writer) => writer.apply(change).await,
            None => Err(WriteError::ByHand(Box::new(change.clone()))),
        }
    }
}

#[async_trait]
impl Outside for Tools {
    async fn records(&self, name: &str, kind: RecordKind, values: &[Value]) -> Result<Seen, Refusal> {
        self.names.agree(name, kind, values).await
    }

    async fn finding_gone(&self, check: &str, subject: &str, was: Severity) -> Result<Seen, Refusal> {
        let later = |failure: Failure| Refusal::Later(failure.words());
        let of_tenant = posture::tenant_checks::ALL.iter().any(|known| known.id == check);
        let findings = if of_tenant {
            let mut domains = self.looker.configured();
            domains.extend(self.looker.accepted().await);
            let looked = self.looker.domains(&domains, &Arc::default(), now()).await.map_err(later)?;
            let tenant = self.looker.tenant(&looked, now()).await;
            let tenant = tenant.ok_or_else(|| Refusal::Refused("no tenant is set up".to_owned()))?;
            tenant.report.findings
        } else {
            let configured = self.looker.configured().into_iter().find(|known| known.domain == subject);
            let asked = configured.unwrap_or(Asked { domain: subject.to_owned(), purpose: Purpose::Unknown });
            let looked = self.looker.domains(&[asked], &Arc::default(), now()).await.map_err(later)?;
            let Some(looked) = looked.into_iter().next() else { return Err(Refusal::Later("nothing was found".to_owned())) };
            if let Some(trouble) = looked.evidence.unfinished {
                return Err(Refusal::Later(trouble));
            }
            looked.report.findings
        };
        // A part that cannot be read says nothing of what is in it.
        if let Some(unread) = findings.iter().find(|found| found.check == "tenant-part-unreadable" && of_tenant) {
            return Err(Refusal::Later(format!("{}: {}", unread.title, unread.subject)));
        }
        let left =
            findings.iter().filter(|found| found.check == check && found.subject == subject).map(|found| found.severity).max();
        Ok(match left {
            None => Seen::Yes(format!("the check {check} finds nothing at {subject}")),
            Some(left) if left < was => Seen::Yes(format!("what the check {check} finds at {subject} matters less ({left})")),
            Some(left) => Seen::No(format!("the check {check} still finds something at {subject} ({left})")),
        })
    }
}
