//! Where a domain's policy is, and which is its organisational domain: the tree walk of RFC 9989 section 4.10, or a list of public suffixes.

use super::record::{PublicSuffix, Record, is_policy};
use crate::dns::{Absent, Resolver};

/// How organisational domains are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Discovery {
    /// By what domains publish (RFC 9989).
    #[default]
    TreeWalk,
    /// By the list of public suffixes, as RFC 7489 did and many large receivers still do.
    PublicSuffixList,
}

/// The DNS could not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The name that was asked about.
    pub name: String,
    /// Why there is no answer.
    pub words: String,
}

/// The records that stand on the way from a domain up to its top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    start: String,
    /// From the longest name to the shortest.
    found: Vec<(String, Record)>,
}

/// Labels of a name that the walk goes on with after its first step (RFC 9989 section 4.10).
const LABELS: usize = 7;

impl Walk {
    /// Walks up from a domain.
    ///
    /// # Errors
    ///
    /// A name on the way about which nobody could say anything.
    pub async fn from(resolver: &dyn Resolver, start: &str, discovery: Discovery) -> Result<Self, Trouble> {
        let mut walk = Self { start: start.to_owned(), found: Vec::new() };
        match discovery {
            Discovery::TreeWalk => {
                for target in targets(start) {
                    let Some(record) = policy_at(resolver, target).await? else { continue };
                    let ends = record.public_suffix != PublicSuffix::Unknown;
                    walk.found.push((target.to_owned(), record));
                    if ends {
                        break;
                    }
                }
            }
            Discovery::PublicSuffixList => {
                for target in [Some(start), registered(start).filter(|above| *above != start)].into_iter().flatten() {
                    walk.found.extend(policy_at(resolver, target).await?.map(|record| (target.to_owned(), record)));
                }
            }
        }
        Ok(walk)
    }

    /// The records on the way, from the longest name to the shortest.
    pub fn records(&self) -> impl Iterator<Item = (&str, &Record)> {
        self.found.iter().map(|(domain, record)| (domain.as_str(), record))
    }

    /// The organisational domain (RFC 9989 section 4.10.2).
    #[must_use]
    pub fn organizational(&self, discovery: Discovery) -> &str {
        if discovery == Discovery::PublicSuffixList {
            return registered(&self.start).unwrap_or(&self.start);
        }
        for (domain, record) in &self.found {
            match record.public_suffix {
                PublicSuffix::No => return domain,
                PublicSuffix::Yes if *domain != self.start => return below(&self.start, domain),
                PublicSuffix::Yes | PublicSuffix::Unknown => {}
            }
        }
        self.found.last().map_or(&self.start, |(domain, _)| domain)
    }

    /// The record that holds the policy for the start (RFC 9989 section 4.10.1): its own, that of its organisational domain, or
    /// that of the public suffix above it.
    #[must_use]
    pub fn policy(&self, discovery: Discovery) -> Option<&(String, Record)> {
        let at = |domain: &str| self.found.iter().find(|(found, _)| found == domain);
        at(&self.start)
            .or_else(|| at(self.organizational(discovery)))
            .or_else(|| self.found.iter().find(|(_, record)| record.public_suffix == PublicSuffix::Yes))
    }
}

/// The names a walk asks at, at most eight.
fn targets(start: &str) -> impl Iterator<Item = &str> {
    let labels = start.split('.').count();
    let first = if labels > LABELS { Some(last_labels(start, LABELS)) } else { up(start) };
    std::iter::once(start).chain(std::iter::successors(first, |name| up(name)))
}

/// The name without its first label.
fn up(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, above)| above)
}

fn last_labels(name: &str, count: usize) -> &str {
    let at = name.rmatch_indices('.').nth(count.saturating_sub(1)).map_or(0, |(at, _)| at + 1);
    &name[at..]
}

/// The part of `name` that has one label more than `above`, which it lies below.
fn below<'n>(name: &'n str, above: &str) -> &'n str {
    last_labels(name, above.split('.').count() + 1)
}

/// The domain that was registered below a public suffix; `None` for a suffix itself.
fn registered(domain: &str) -> Option<&str> {
    psl::domain_str(domain)
}

/// The policy at a name. Several make none (RFC 9989 section 4.10).
async fn policy_at(resolver: &dyn Resolver, domain: &str) -> Result<Option<Record>, Trouble> {
    let Some(name) = crate::dns::name(&format!("_dmarc.{domain}")) else { return Ok(None) };
    let texts = match resolver.txt(&name).await {
        Ok(texts) => texts,
        Err(Absent::NoSuchName | Absent::NoData) => return Ok(None),
        Err(Absent::Trouble(words)) => return Err(Trouble { name, words: words.to_string() }),
    };
    let mut policies = texts.iter().filter(|text| is_policy(text));
    Ok(match (policies.next(), policies.next()) {
        (Some(only), None) => Record::read(only),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{below, targets};

    #[test]
    fn a_walk_asks_at_eight_names_at_most() {
        assert_eq!(targets("mail.example.com").collect::<Vec<_>>(), ["mail.example.com", "example.com", "com"]);
        let long = "a.b.c.d.e.f.g.h.i.j.mail.example.com";
        let asked: Vec<_> = targets(long).collect();
        assert_eq!(asked.len(), 8);
        assert_eq!(asked[..3], [long, "g.h.i.j.mail.example.com", "h.i.j.mail.example.com"]);
        assert_eq!(targets("a.b.c.d.e.f.example.com").nth(1), Some("b.c.d.e.f.example.com"));
    }

    #[test]
    fn one_label_more_than_the_suffix() {
        assert_eq!(below("a.b.example.com", "com"), "example.com");
        assert_eq!(below("example.com", "example.com"), "example.com");
    }
}
