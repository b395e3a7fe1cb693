//! Whether a domain is ready for a stricter DMARC policy: what its aggregate reports say would have been lost.

use futures::future::BoxFuture;
use std::{net::IpAddr, path::Path};

use fixes::{Plan, Step};
use mailauth::dmarc::Policy;
use posture::{
    Finding,
    evidence::Purpose,
    lookback::{self, Lookback, Row, Verdict},
};

use super::{Asked, Tools, now};
use crate::{command::Running, config::ConfigFile, failure::Failure, query::Query};

/// The checks whose answer is a stricter policy.
const STRICTER: [&str; 3] = ["dmarc-policy-none", "dmarc-policy-quarantine", "dmarc-testing"];
/// How far back reports are looked at.
const DAYS: u32 = 60;
/// Records of reports that are looked at, at most: a large domain has some thousands a day.
const MOST: usize = 500_000;

/// Adds what the reports say to a plan that makes a domain's policy stricter, and refuses one that would lose honest mail.
pub(crate) fn heed<'a>(
    data: &'a Path,
    config: &'a ConfigFile,
    tools: &'a Tools,
    finding: &'a Finding,
    plan: &'a mut Plan,
    anyway: bool,
) -> BoxFuture<'a, Result<(), Failure>> {
    Box::pin(async move {
        if !STRICTER.contains(&finding.check) {
            return Ok(());
        }
        let Some(to) = policy(plan) else { return Ok(()) };
        let lookback = looked_back(data, config, tools, &finding.subject, to).await?;
        plan.warnings.push(lookback.sentence());
        if let Verdict::NotYet(why) = &lookback.verdict {
            if !anyway {
                return Err(Failure::input(format!(
                    "error: {} is not ready for p={}: {}\n{}\n  `spoofwatch reports senders {0}` shows who sends; --anyway offers it all the same",
                    finding.subject,
                    to.as_str(),
                    lookback.sentence(),
                    why.iter().map(|why| format!("  - {why}")).collect::<Vec<_>>().join("\n")
                )));
            }
            plan.warnings.extend(why.iter().cloned());
        }
        Ok(())
    })
}

/// The policy that a plan publishes.
fn policy(plan: &Plan) -> Option<Policy> {
    let texts = plan.steps.iter().filter_map(|step| match step {
        Step::Dns(change) => Some(change.after.iter()),
        Step::Tenant(_) => None,
    });
    let mut records = texts.flatten().filter_map(|value| match value {
        zones::Value::Txt(text) => mailauth::dmarc::Record::read(text.as_bytes()),
        zones::Value::Cname(_) | zones::Value::Mx(..) => None,
    });
    let by_step = records.find_map(|record| record.policy);
    // Where nobody here can write the zone, the step is a person's, and says the same.
    by_step.or_else(|| {
        let text = plan.by_hand.iter().find(|text| text.contains("v=DMARC1"))?;
        [("p=reject", Policy::Reject), ("p=quarantine", Policy::Quarantine)]
            .into_iter()
            .find(|(words, _)| text.rsplit("v=DMARC1").next().is_some_and(|last| last.contains(words)))
            .map(|(_, policy)| policy)
    })
}

fn looked_back<'a>(
    data: &'a Path,
    config: &'a ConfigFile,
    tools: &'a Tools,
    domain: &'a str,
    to: Policy,
) -> BoxFuture<'a, Result<Lookback, Failure>> {
    Box::pin(async move {
        let rows = rows(data, config, domain).await?;
        let asked = [Asked { domain: domain.to_owned(), purpose: Purpose::Unknown }];
        let looked = tools.looker.domains(&asked, &std::sync::Arc::default(), now()).await?;
        let evidence = &looked.first().ok_or_else(|| Failure::internal("nothing was found out about the domain"))?.evidence;
        let step = lookback::Step {
            domain,
            to,
            except: &evidence.own_policies_below(),
            strangers: &std::collections::BTreeSet::new(),
            may_send: &|address: IpAddr| evidence.may_send(address),
            now: now(),
        };
        Ok(Lookback::of(&step, &rows))
    })
}

/// The records of aggregate reports about a domain and names below it.
fn rows<'a>(data: &'a Path, config: &'a ConfigFile, domain: &'a str) -> BoxFuture<'a, Result<Vec<Row>, Failure>> {
    Box::pin(async move {
        let (engine, env) = Running::of(config).start(data).await?;
        let (name, below) = (kql::quote_string(domain), kql::quote_string(&format!(".{domain}")));
        let text =
            format!("DmarcAggregate | where Timestamp > ago({DAYS}d) and (HeaderFrom =~ {name} or HeaderFrom endswith {below})");
        let query = Query::new(&text, "reports");
        let results = engine.query(&text, &env).await.map_err(|error| Failure::of_query(&error, &query))?;
        Ok(results.objects(MOST).iter().filter_map(Row::read).collect())
    })
}
