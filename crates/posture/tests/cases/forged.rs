//! A forged message, evaluated as its receiver does it: what comes of it has to be what the verdict on the domain says.

use mailauth::{
    dmarc::{self, Discovery, DmarcResult, Policy},
    dns::Zone,
};
use spoofwatch_posture::{Spoofing, Today};

/// What receivers do with a message that nothing proves, of an author at a domain. `None` if they cannot know.
async fn treated(zone: &Zone, author: &str) -> Option<Policy> {
    let found = dmarc::evaluate(&[author.to_owned()], None, &[], zone, Discovery::TreeWalk).await;
    (found.result != DmarcResult::Temperror).then(|| found.policy.unwrap_or(Policy::None))
}

/// Where the verdict and the evaluation differ.
pub(crate) async fn differs(zone: &Zone, domain: &str, verdict: &Spoofing) -> Option<String> {
    let of_domain = treated(zone, domain).await?;
    let below = treated(zone, &format!("invoice-4711.{domain}")).await?;
    let agrees = match verdict.today {
        // A domain whose policy is strict can be spoofed all the same, where forged messages pass.
        Today::Yes => of_domain == Policy::None || verdict.sentence.contains("pass for honest ones"),
        Today::Partly => {
            of_domain > Policy::None && (of_domain, below) != (Policy::Reject, Policy::Reject)
                || names_another(domain, &verdict.sentence)
        }
        Today::No => of_domain == Policy::Reject && below == Policy::Reject,
        Today::Unknown => false,
    };
    let (of_domain, below) = (of_domain.as_str(), below.as_str());
    (!agrees)
        .then(|| format!("a forged message meets {of_domain}, of a name below {below}, and the verdict is: {}", verdict.sentence))
}

/// Whether the verdict is about names that exist below the domain, which the made-up one says nothing of.
fn names_another(domain: &str, sentence: &str) -> bool {
    sentence.contains("a name that exists below")
        || sentence.contains(&format!(".{domain} ")) && sentence.contains("by that name's own record")
}
