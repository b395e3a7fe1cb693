//! Plans for alerts and findings: the tenant and the DNS are looked at as they are now, and what is to be done is made of that.

use std::{collections::BTreeSet, sync::Arc};

use fixes::{
    Plan, Step,
    offer::{Offer, of_alert},
    plans::{Present, names, of_finding, transport_rule_disable},
};
use futures::future::BoxFuture;
use posture::{Finding, evidence::Purpose};
use state::Alert;

use super::{Asked, Looked, TenantLooked, Tools, now};
use crate::failure::Failure;

/// Plans that were made, and in words why others were not.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    pub(crate) plans: Vec<Plan>,
    pub(crate) reasons: Vec<String>,
}

impl Planned {
    fn add(&mut self, made: Result<Plan, String>) {
        match made {
            Ok(plan) if self.plans.contains(&plan) => {}
            Ok(plan) => self.plans.push(plan),
            Err(reason) => self.reasons.push(reason),
        }
    }
}

impl Tools {
    /// What answers an alert.
    pub(crate) async fn for_alert(&self, alert: &Alert) -> Result<Planned, Failure> {
        let mut planned = Planned::default();
        for offer in of_alert(&alert.rule_key, &alert.detail.evidence) {
            match offer {
                Offer::Finding { checks, subject } => {
                    // The audit log writes `tenant\domain` in some places.
                    let subject = subject.map(|text| text.rsplit('\\').next().unwrap_or(&text).to_lowercase());
                    let findings = self.look(&checks, subject.as_deref()).await?;
                    if findings.is_empty() {
                        let about = subject.as_deref().unwrap_or("the tenant");
                        planned.reasons.push(format!("{about}: nothing is found any more by {}", checks.join(", ")));
                    }
                    for finding in findings {
                        let made = self.of_finding(&finding).await;
                        planned.add(made);
                    }
                }
                Offer::TransportRule(name) => {
                    let Some(reached) = &self.looker.tenant else {
                        planned.reasons.push(NO_TENANT.to_owned());
                        continue;
                    };
                    let rules = tenant::Admin::transport_rules(&reached.exchange)
                        .await
                        .map_err(|error| Failure::input(format!("error: {error}")))?;
                    let is = |text: &str| text.eq_ignore_ascii_case(&name);
                    let rule = rules.iter().find(|rule| is(&rule.guid) || is(&rule.name) || is(&rule.identity));
                    planned.add(transport_rule_disable(&name, rule).map_err(|none| none.to_string()));
                }
            }
        }
        if planned.plans.is_empty() && planned.reasons.is_empty() {
            planned.reasons.push("no fix is known for alerts of this rule".to_owned());
        }
        Ok(planned)
    }

    /// Findings of these checks about a subject, as they are now.
    pub(crate) fn look<'a>(
        &'a self,
        checks: &'a [String],
        subject: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<Finding>, Failure>> {
        Box::pin(async move {
            let known: BTreeSet<&str> = checks.iter().map(String::as_str).collect();
            let of_tenant = posture::tenant_checks::ALL.iter().any(|check| known.contains(check.id));
            let of_domains = posture::checks::ALL.iter().any(|check| known.contains(check.id));
            if of_tenant && self.looker.tenant.is_none() {
                return Err(Failure::input(format!("error: {NO_TENANT}")));
            }
            let mut asked = self.looker.configured();
            if of_tenant || subject.is_none() {
                // The same domains as `check` looks at: what is found about the tenant follows from them too.
                asked.extend(self.looker.accepted().await);
            }
            if let Some(domain) = subject.and_then(mailauth::dns::name).filter(|name| name.contains('.')) {
                if of_domains && !of_tenant {
                    asked.retain(|known| known.domain == domain);
                }
                if !asked.iter().any(|known| known.domain == domain) {
                    asked.push(Asked { domain, purpose: Purpose::Unknown });
                }
            }
            let looked: Vec<Looked> = self.looker.domains(&asked, &Arc::default(), now()).await?;
            let tenant: Option<TenantLooked> = match of_tenant {
                true => self.looker.tenant(&looked, now()).await,
                false => None,
            };
            let all = looked.into_iter().flat_map(|looked| looked.report.findings);
            let all = all.chain(tenant.into_iter().flat_map(|tenant| tenant.report.findings));
            let about = |finding: &Finding| subject.is_none_or(|subject| finding.subject.eq_ignore_ascii_case(subject));
            Ok(all.filter(|finding| known.contains(finding.check) && about(finding)).collect())
        })
    }

    /// The plan for a finding. Records that nobody here can write become steps for a person.
    pub(crate) async fn of_finding(&self, finding: &Finding) -> Result<Plan, String> {
        let mut present = Present::new();
        let mut unknown = Vec::new();
        for (name, kind) in names(finding) {
            match self.names.present(&name, kind).await {
                Ok(values) => drop(present.insert((name, kind), values)),
                Err(words) => unknown.push(words),
            }
        }
        let mut plan = of_finding(finding, &present).map_err(|none| match unknown.is_empty() {
            true => none.to_string(),
            false => format!("{none} ({})", unknown.join("; ")),
        })?;
        for step in std::mem::take(&mut plan.steps) {
            match step {
                Step::Dns(change) if self.names.writer(&change.name).is_none() => plan.by_hand.push(change.as_steps()),
                step => plan.steps.push(step),
            }
        }
        Ok(plan)
    }
}

/// What is said where a tenant is needed.
const NO_TENANT: &str = "no tenant is set up: the table `tenant` of the configuration says how it is reached";
