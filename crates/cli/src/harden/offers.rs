//! What answers an alert or a finding, offered: plans are made of what stands there now, and kept.

use std::path::Path;

use fixes::Plan;
use futures::future::BoxFuture;
use state::{Alert, Fix, State};

use super::{Tools, readiness, repair};
use crate::{config::ConfigFile, failure::Failure};

/// Fixes that were offered, and in words why there are not more.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    /// The fixes.
    pub(crate) fixes: Vec<Fix>,
    /// Why others were not made.
    pub(crate) reasons: Vec<String>,
}

/// Offers what answers an alert. Without a plan, nothing is offered, and the reasons say why.
pub(crate) fn for_alert<'a>(
    state: &'a State,
    tools: &'a Tools,
    alert: &'a Alert,
    actor: &'a str,
) -> BoxFuture<'a, Result<Offered, Failure>> {
    Box::pin(async move {
        let planned = tools.for_alert(alert).await?;
        let mut offered = Offered { reasons: planned.reasons, ..Offered::default() };
        for plan in planned.plans {
            offered.fixes.push(repair::offer(state, plan, Some(alert), actor).await?);
        }
        Ok(offered)
    })
}

/// Offers what answers what a check finds, about a subject or about all. A stricter DMARC policy is not offered where reports say that honest
/// mail would be lost, unless it is wanted `anyway`.
pub(crate) fn for_finding<'a>(
    (data, config): (&'a Path, &'a ConfigFile),
    state: &'a State,
    tools: &'a Tools,
    (check, subject): (&'a str, Option<&'a str>),
    anyway: bool,
    actor: &'a str,
) -> BoxFuture<'a, Result<Vec<Fix>, Failure>> {
    Box::pin(async move {
        is_known(check)?;
        let checks = [check.to_owned()];
        let findings = tools.look(&checks, subject).await?;
        if findings.is_empty() {
            return Err(nothing(tools, check, subject).await?);
        }
        let mut offered = Vec::new();
        for finding in findings {
            let mut plan: Plan = tools.of_finding(&finding).await.map_err(|words| Failure::input(format!("error: {words}")))?;
            readiness::heed(data, config, tools, &finding, &mut plan, anyway).await?;
            offered.push(repair::offer(state, plan, None, actor).await?);
        }
        Ok(offered)
    })
}

/// Whether there is a check of that name.
fn is_known(check: &str) -> Result<(), Failure> {
    let known = posture::checks::ALL.iter().map(|known| known.id);
    let known: Vec<&str> = known.chain(posture::tenant_checks::ALL.iter().map(|known| known.id)).collect();
    if known.contains(&check) {
        return Ok(());
    }
    let near = schema::nearest(check, known.iter().copied());
    let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
    Err(Failure::input(format!("error: there is no check `{check}`{help}")))
}

/// Why there is nothing to fix: nothing is wrong, or nobody could say.
fn nothing<'a>(tools: &'a Tools, check: &'a str, subject: Option<&'a str>) -> BoxFuture<'a, Result<Failure, Failure>> {
    Box::pin(async move {
        let about = subject.unwrap_or("the domains of the configuration");
        let of_domains = posture::checks::ALL.iter().any(|known| known.id == check);
        let unanswered = match of_domains {
            true => tools.look(&["dns-trouble".to_owned()], subject).await?,
            false => tools.look(&["tenant-part-unreadable".to_owned()], None).await?,
        };
        Ok(Failure::input(match unanswered.first() {
            None => format!("error: {check} finds nothing at {about}: there is nothing to fix"),
            Some(trouble) => format!(
                "error: {check} finds nothing at {about}, but not everything could be asked ({}): spoofwatch check says more",
                trouble.subject
            ),
        }))
    })
}
