//! Domains and the tenant looked at: who is asked, what was found, and what is remembered of it.

use std::{collections::BTreeMap, sync::Arc};

use mailauth::dns::Resolver;
use posture::{
    DomainFacts, Finding, KeyHistory, TenantEvidence,
    evidence::{DomainEvidence, Fetch, NoFetch, Purpose, Question, RecordedFetch, lookalikes},
    report::{DomainReport, TenantReport},
};
use tenant::Snapshot;

use super::{Https, Reached};
use crate::{clock, config::Config, dns::Dns, failure::Failure};

/// Domains looked at a time: each waits for the network most of the while.
const AT_ONCE: usize = 32;

/// A domain to look at.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) domain: String,
    pub(crate) purpose: Purpose,
}

/// What was found about a domain.
#[derive(Debug, Clone)]
pub(crate) struct Looked {
    pub(crate) evidence: DomainEvidence,
    pub(crate) report: DomainReport,
}

/// What was found about the tenant.
#[derive(Debug, Clone)]
pub(crate) struct TenantLooked {
    pub(crate) snapshot: Snapshot,
    pub(crate) report: TenantReport,
    /// How long that took, in milliseconds.
    pub(crate) took: u64,
}

/// Who is asked.
#[derive(Debug, Clone)]
pub(crate) struct Looker {
    pub(crate) config: Arc<Config>,
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) fetch: Arc<dyn Fetch>,
    pub(crate) tenant: Option<Arc<Reached>>,
}

impl Looker {
    /// By the configuration and the command line. Where a zone file answers, its comments hold the pages too, and nothing is asked over the
    /// network.
    pub(crate) async fn open(config: Config, dns: &Dns) -> Result<Self, Failure> {
        let resolver = dns.resolver(&config.mail).await?;
        let wanted = config.check.fetch.as_ref().is_none_or(|set| set.value);
        let fetch: Arc<dyn Fetch> = match dns.zone_file(&config.mail) {
            Some(path) => {
                let name = path.display();
                let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {name}: {error}")))?;
                Arc::new(RecordedFetch::parse(&text).map_err(|error| Failure::input(format!("error: {name}: {error}")))?)
            }
            None if wanted => Arc::new(Https::new()?),
            None => Arc::new(NoFetch),
        };
        let tenant = Reached::open(&config.tenant)?;
        Ok(Self { config: Arc::new(config), resolver, fetch, tenant })
    }

    /// The configured domains, with what each is for.
    pub(crate) fn configured(&self) -> Vec<Asked> {
        let own = self.config.mail.own_domains.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        let all = self.config.check.all(&own).into_iter();
        let purpose = |silent| if silent { Purpose::NonSending } else { Purpose::Unknown };
        all.map(|(domain, silent)| Asked { domain, purpose: purpose(silent) }).collect()
    }

    /// A domain, with what it is for as far as the configuration says so.
    pub(crate) fn asked(&self, domain: &str) -> Asked {
        let known = self.configured().into_iter().find(|known| known.domain == domain);
        known.unwrap_or_else(|| Asked { domain: domain.to_owned(), purpose: Purpose::Unknown })
    }

    /// Looks at domains, many at a time, in their order.
    pub(crate) async fn domains(&self, asked: &[Asked], history: &Arc<KeyHistory>, now: i64) -> Result<Vec<Looked>, Failure> {
        use futures::{StreamExt as _, future::BoxFuture};
        let mut each: Vec<BoxFuture<'_, Result<Looked, Failure>>> = Vec::with_capacity(asked.len());
        for asked in asked {
            each.push(Box::pin(self.domain(asked, history, now)));
        }
        let looked: Vec<Result<Looked, Failure>> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
        looked.into_iter().collect()
    }

    async fn domain(&self, asked: &Asked, history: &Arc<KeyHistory>, now: i64) -> Result<Looked, Failure> {
        let list = |set: &Option<crate::config::Set<Vec<String>>>| set.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        let check = &self.config.check;
        let below = format!(".{}", asked.domain);
        let known: Vec<String> = self.configured().into_iter().map(|known| known.domain).collect();
        let question = Question {
            history: Arc::clone(history),
            purpose: asked.purpose,
            selectors: list(&check.selectors),
            lookalikes: lookalikes::meant_for(&asked.domain, &known, &list(&check.lookalikes)),
            subdomains: known.into_iter().filter(|name| name.ends_with(&below)).collect(),
            report_address: check.report_address.as_ref().map(|set| set.value.clone()),
            ..Question::new(Arc::clone(&self.resolver), Arc::clone(&self.fetch), now)
        };
        let elapsed = clock::steady();
        let evidence =
            DomainEvidence::collect(&asked.domain, &question).await.map_err(|error| Failure::input(format!("error: {error}")))?;
        let took = u64::try_from(elapsed().as_millis()).unwrap_or(u64::MAX);
        let report = DomainReport::of(&evidence, posture::findings(&evidence), Some(took));
        Ok(Looked { evidence, report })
    }

    /// Looks at the tenant, where there is one; what was found about domains tells which of them send and where their mail goes.
    pub(crate) async fn tenant(&self, looked: &[Looked], now: i64) -> Option<TenantLooked> {
        let elapsed = clock::steady();
        let snapshot = self.tenant.as_ref()?.snapshot().await;
        let took = u64::try_from(elapsed().as_millis()).unwrap_or(u64::MAX);
        let sealers = self.config.tenant.sealers.as_ref().map(|set| set.value.as_slice());
        let dns = looked.iter().map(|looked| (looked.evidence.domain.clone(), DomainFacts::of(&looked.evidence))).collect();
        let evidence = TenantEvidence { snapshot: &snapshot, dns, sealers, rotations: BTreeMap::new(), now };
        let findings = posture::tenant_findings(&evidence);
        let report = TenantReport::of(&evidence, findings);
        Some(TenantLooked { snapshot, report, took })
    }

    /// Domains of the tenant that nobody configured: accepted ones, its own among them.
    pub(crate) async fn accepted(&self) -> Vec<Asked> {
        use tenant::Admin as _;
        let Some(reached) = &self.tenant else { return Vec::new() };
        let known = self.configured();
        let accepted = reached.exchange.accepted_domains().await.unwrap_or_default().into_iter();
        let new = accepted.filter_map(|domain| mailauth::dns::name(&domain.domain_name));
        let new = new.filter(|name| !known.iter().any(|known| known.domain == *name) && !name.ends_with(".mail.onmicrosoft.com"));
        new.map(|domain| Asked { domain, purpose: Purpose::Unknown }).collect()
    }
}

/// Every finding with the domain or tenant it is of.
pub(crate) fn all_findings<'a>(
    looked: &'a [Looked],
    tenant: Option<&'a TenantLooked>,
) -> impl Iterator<Item = (&'a str, &'a Finding)> + Clone {
    let domains = looked
        .iter()
        .flat_map(|looked| looked.report.findings.iter().map(move |finding| (looked.report.domain.as_str(), finding)));
    let of_tenant = tenant
        .into_iter()
        .flat_map(|tenant| tenant.report.findings.iter().map(move |finding| (tenant.report.name.as_str(), finding)));
    domains.chain(of_tenant)
}

/// The moment, in microseconds since 1970.
pub(crate) fn now() -> i64 {
    clock::micros(clock::now())
}
