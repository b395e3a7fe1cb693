//! The steps of a plan made, each once, and its proofs looked at.
//!
//! Before a step of the tenant is made, the tenant is asked whether it is so already: a try that was cut off, or an answer that never
//! came, then makes nothing twice. Steps of the DNS are compare-and-swap, which is the same.

use posture::CommandLine;
use zones::{Applied, WriteError};

use crate::{Done, Hands, Plan, Proof, Reading, Refusal, Seen, Step, Tenant};

/// Makes the next step of a plan and writes down that it is made; `false` when none is left. The caller keeps the plan after each step.
///
/// # Errors
///
/// The step was not made, or nobody knows; it may be tried again.
pub async fn step(plan: &mut Plan, hands: &Hands) -> Result<bool, Refusal> {
    let Some(step) = plan.steps.get(plan.done.len()) else { return Ok(false) };
    let done = match step {
        Step::Dns(change) => {
            let missing = || {
                Refusal::Refused(
                    "no name server takes changes of this zone: set up `dns-update` in the configuration, or publish the records by hand \
                     and verify"
                        .to_owned(),
                )
            };
            let writer = hands.zones.as_ref().ok_or_else(missing)?;
            match writer.apply(change).await.map_err(refusal)? {
                Applied::Made => Done::Made,
                Applied::Already => Done::Already,
            }
        }
        Step::Tenant(command) => run(command, hands).await?,
    };
    plan.done.push(done);
    Ok(true)
}

async fn run(command: &CommandLine, hands: &Hands) -> Result<Done, Refusal> {
    let tenant = tenant(hands)?;
    if let Some(reading) = Reading::after(command)
        && let Seen::Yes(_) = look(&reading, hands).await?
    {
        return Ok(Done::Already);
    }
    tenant.invoke(&command.cmdlet, &command.parameters).await?;
    Ok(Done::Made)
}

/// Looks at every proof of a plan: what each came to, in its order.
pub async fn prove(plan: &Plan, hands: &Hands) -> Vec<(Proof, Result<Seen, Refusal>)> {
    let mut seen = Vec::with_capacity(plan.proofs.len());
    for proof in &plan.proofs {
        let found = match proof {
            Proof::Dns { name, kind, values } => hands.outside.records(name, *kind, values).await,
            Proof::Tenant(reading) => look(reading, hands).await,
            Proof::FindingGone { check, subject, was } => hands.outside.finding_gone(check, subject, *was).await,
        };
        seen.push((proof.clone(), found));
    }
    seen
}

/// What the tenant says now.
async fn look(reading: &Reading, hands: &Hands) -> Result<Seen, Refusal> {
    let tenant = tenant(hands)?;
    let found = match tenant.invoke(&reading.cmdlet, &reading.parameters).await {
        Ok(found) => found,
        Err(Refusal::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    Ok(if reading.holds(&found) { Seen::Yes(reading.to_string()) } else { Seen::No(reading.met(&found)) })
}

fn tenant(hands: &Hands) -> Result<&dyn Tenant, Refusal> {
    let missing = || Refusal::Refused("no tenant is set up: the table `tenant` of the configuration says how".to_owned());
    hands.tenant.as_deref().ok_or_else(missing)
}

fn refusal(error: WriteError) -> Refusal {
    match error {
        WriteError::Trouble { .. } => Refusal::Later(error.to_string()),
        WriteError::Conflict { .. } | WriteError::Refused { .. } | WriteError::Value(_) | WriteError::ByHand(_) => {
            Refusal::Refused(error.to_string())
        }
    }
}
