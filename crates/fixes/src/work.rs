//! The steps of a plan made, each once, and its proofs looked at.
//!
//! Before a step of the tenant is made, the tenant is asked whether it is so already: a try that was cut off, or an answer that never
//! came, then makes nothing twice. Steps of the DNS are compare-and-swap, which is the same.

use serde_json::{Map, Value};
use zones::{Applied, WriteError};

use crate::{Command, Done, Hands, Plan, Proof, Reading, Refusal, Seen, Step};

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

async fn run(command: &Command, hands: &Hands) -> Result<Done, Refusal> {
    let missing = || Refusal::Refused("no tenant is set up: the table `tenant` of the configuration says how".to_owned());
    let tenant = hands.tenant.as_ref().ok_or_else(missing)?;
    if let Some(reading) = &command.made
        && let Seen::Yes(_) = look(reading, hands).await?
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
            Proof::FindingGone { check, subject } => hands.outside.finding_gone(check, subject).await,
        };
        seen.push((proof.clone(), found));
    }
    seen
}

/// What the tenant says now.
async fn look(reading: &Reading, hands: &Hands) -> Result<Seen, Refusal> {
    let missing = || Refusal::Refused("no tenant is set up: the table `tenant` of the configuration says how".to_owned());
    let tenant = hands.tenant.as_ref().ok_or_else(missing)?;
    let found = match tenant.invoke(&reading.cmdlet, &reading.parameters).await {
        Ok(found) => found,
        Err(Refusal::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    if reading.expect.is_empty() {
        return Ok(match found.is_empty() {
            true => Seen::Yes(format!("{} gives nothing", reading.cmdlet)),
            false => Seen::No(format!("{} still gives something", reading.cmdlet)),
        });
    }
    if found.iter().filter_map(Value::as_object).any(|object| reading.expect.iter().all(|(name, want)| says(object, name, want)))
    {
        return Ok(Seen::Yes(reading.to_string()));
    }
    let shown = found.first().and_then(Value::as_object).map_or_else(
        || "nothing".to_owned(),
        |object| {
            let members = reading
                .expect
                .keys()
                .map(|name| format!("{name} = {}", object.get(name).map_or_else(|| "nothing".to_owned(), Value::to_string)));
            members.collect::<Vec<_>>().join(", ")
        },
    );
    Ok(Seen::No(format!("{} says {shown}", reading.cmdlet)))
}

/// Whether a member is as expected: texts without case, a list in whatever order, a truth value also as text, as the interface gives some.
fn says(object: &Map<String, Value>, name: &str, want: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    };
    let Some(is) = object.get(name) else { return want.is_null() };
    match (is, want) {
        (Value::Array(is), Value::Array(want)) => {
            is.len() == want.len() && want.iter().all(|want| is.iter().any(|is| text(is) == text(want)))
        }
        (Value::Array(is), want) => matches!(is.as_slice(), [one] if text(one) == text(want)),
        (is, want) => text(is) == text(want),
    }
}

fn refusal(error: WriteError) -> Refusal {
    match error {
        WriteError::Trouble { .. } => Refusal::Later(error.to_string()),
        WriteError::Conflict { .. } | WriteError::Refused { .. } | WriteError::Value(_) | WriteError::ByHand(_) => {
            Refusal::Refused(error.to_string())
        }
    }
}
