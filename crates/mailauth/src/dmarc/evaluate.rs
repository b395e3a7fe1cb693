//! The verdict: for each author domain its policy, and which of what SPF and DKIM proved is aligned with it.

use super::{
    Author, Dmarc, DmarcResult, Policy,
    record::{Alignment, Record},
    walk::{Discovery, Trouble, Walk},
};
use crate::{
    dkim::{Dkim, DkimResult},
    dns::{Absent, Resolver},
    spf::{Spf, SpfResult},
};

/// Author domains that are looked at. A message with more has no honest purpose, and every one costs look-ups.
pub const MOST_AUTHORS: usize = 5;

/// The verdict on a message whose authors have these domains, in the order in which they stand.
///
/// RFC 9989 leaves several authors open (section 11.5), which receivers have answered by not evaluating at all: what an attacker asks for. Here each
/// is evaluated, and the strictest failing policy decides.
pub async fn evaluate(
    domains: &[String],
    spf: Option<&Spf>,
    dkim: &[Dkim],
    resolver: &dyn Resolver,
    discovery: Discovery,
) -> Dmarc {
    let proofs = Proofs { spf, dkim, resolver, discovery };
    let mut names: Vec<String> = Vec::new();
    let mut authors: Vec<Author> = Vec::new();
    for domain in domains {
        let Some(name) = crate::dns::name(domain) else {
            authors.push(Author::without_record(
                domain,
                DmarcResult::Permerror,
                format!("`{domain}` is no domain that could be asked about"),
            ));
            continue;
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names.iter().take(MOST_AUTHORS) {
        authors.push(proofs.author(name).await);
    }
    if names.len() > MOST_AUTHORS {
        let reason = format!("the message names authors of {} domains; {MOST_AUTHORS} are looked at", names.len());
        authors.push(Author::without_record(&names[MOST_AUTHORS], DmarcResult::Permerror, reason));
    }
    Dmarc::of(authors)
}

impl Dmarc {
    /// Of several authors the one that speaks most against the message decides.
    fn of(authors: Vec<Author>) -> Self {
        let against = |author: &Author| match author.result {
            DmarcResult::Fail => (4, author.policy),
            DmarcResult::Temperror => (3, None),
            DmarcResult::Permerror => (2, None),
            DmarcResult::None => (1, None),
            DmarcResult::Pass => (0, None),
        };
        // The first of equals, which is the one that people see.
        let decides = authors.iter().rev().max_by_key(|author| against(author));
        let Some(decides) = decides else {
            return Self {
                result: DmarcResult::Permerror,
                domain: None,
                policy: None,
                reason: "the message names no author whose domain could be asked about".to_owned(),
                authors,
            };
        };
        let others = authors.len() - 1;
        let reason = if others == 0 {
            decides.reason.clone()
        } else {
            format!(
                "{} (the message names authors of {} domains, and the one that speaks most against it decides)",
                decides.reason,
                authors.len()
            )
        };
        Self { result: decides.result, domain: Some(decides.domain.clone()), policy: decides.policy, reason, authors }
    }
}

impl Author {
    fn without_record(domain: &str, result: DmarcResult, reason: String) -> Self {
        Self {
            domain: domain.to_owned(),
            result,
            policy: None,
            policy_tag: None,
            policy_domain: None,
            record: None,
            organizational_domain: None,
            testing: false,
            spf_aligned: None,
            dkim_aligned: None,
            reason,
        }
    }
}

/// What the other methods found, and who is asked.
struct Proofs<'a> {
    spf: Option<&'a Spf>,
    dkim: &'a [Dkim],
    resolver: &'a dyn Resolver,
    discovery: Discovery,
}

/// An author's domain with what it publishes.
struct Subject<'a> {
    domain: &'a str,
    organizational: &'a str,
}

/// Whether what one method proved is aligned.
enum Aligned {
    /// For this domain.
    With(String),
    No,
    /// Nobody could say, for this reason.
    Unknown(String),
}

impl Proofs<'_> {
    async fn author(&self, domain: &str) -> Author {
        match self.evaluated(domain).await {
            Ok(author) => author,
            Err(trouble) => {
                let reason = format!("the policy of {domain} could not be asked for at {}: {}", trouble.name, trouble.words);
                Author::without_record(domain, DmarcResult::Temperror, reason)
            }
        }
    }

    async fn evaluated(&self, domain: &str) -> Result<Author, Trouble> {
        let walk = Walk::from(self.resolver, domain, self.discovery).await?;
        let organizational = walk.organizational(self.discovery);
        let Some((policy_domain, record)) = walk.policy(self.discovery) else {
            let reason = format!("{domain} publishes no DMARC policy, nor does a domain above it");
            let author = Author::without_record(domain, DmarcResult::None, reason);
            return Ok(Author { organizational_domain: Some(organizational.to_owned()), ..author });
        };
        let Some((asked, tag)) = self.asked(domain, policy_domain, record).await? else {
            let reason =
                format!("the record of {policy_domain} has no valid policy and asks for no reports, so that it means nothing");
            let author = Author::without_record(domain, DmarcResult::None, reason);
            let (policy_domain, record) = (Some(policy_domain.clone()), Some(record.text.clone()));
            return Ok(Author { policy_domain, record, organizational_domain: Some(organizational.to_owned()), ..author });
        };
        let policy = if record.testing { lowered(asked) } else { asked };
        let subject = Subject { domain, organizational };
        let dkim = self.dkim_aligned(&subject, record.dkim_alignment).await;
        let spf = self.spf_aligned(&subject, record.spf_alignment).await;
        let (result, reason) = judged(&subject, &spf, &dkim, policy, self);
        Ok(Author {
            domain: domain.to_owned(),
            result,
            policy: Some(policy),
            policy_tag: Some(tag),
            policy_domain: Some(policy_domain.clone()),
            record: Some(record.text.clone()),
            organizational_domain: Some(organizational.to_owned()),
            testing: record.testing,
            spf_aligned: spf.domain(),
            dkim_aligned: dkim.domain(),
            reason,
        })
    }

    /// What a record asks for a domain: `p` of its own, `sp` and `np` of the domains above.
    async fn asked(&self, domain: &str, policy_domain: &str, record: &Record) -> Result<Option<(Policy, &'static str)>, Trouble> {
        if domain == policy_domain {
            return Ok(record.policy.map(|policy| (policy, "p")));
        }
        // Only `np` makes a difference between names that exist and others.
        let exists = match record.nonexistent_policy {
            None => true,
            Some(_) => match self.resolver.a(domain).await {
                Err(Absent::Trouble(words)) => return Err(Trouble { name: domain.to_owned(), words: words.to_string() }),
                Err(Absent::NoSuchName) => false,
                Err(Absent::NoData) | Ok(_) => true,
            },
        };
        Ok(record.below(exists))
    }

    async fn dkim_aligned(&self, subject: &Subject<'_>, mode: Alignment) -> Aligned {
        let mut unknown = None;
        for signature in self.dkim {
            let known = match signature.result {
                DkimResult::Pass => true,
                DkimResult::Temperror => false,
                DkimResult::Fail | DkimResult::Policy | DkimResult::Neutral | DkimResult::Permerror => continue,
            };
            let Some(signer) = signature.domain.as_deref().and_then(crate::dns::name) else { continue };
            match self.aligned(subject, &signer, mode).await {
                Ok(false) => {}
                Ok(true) if known => return Aligned::With(signer),
                Ok(true) => unknown = Some(signature.reason.clone()),
                Err(trouble) => unknown = Some(format!("{} could not be asked for: {}", trouble.name, trouble.words)),
            }
        }
        unknown.map_or(Aligned::No, Aligned::Unknown)
    }

    async fn spf_aligned(&self, subject: &Subject<'_>, mode: Alignment) -> Aligned {
        let Some(spf) = self.spf.filter(|spf| matches!(spf.result, SpfResult::Pass | SpfResult::Temperror)) else {
            return Aligned::No;
        };
        let Some(sender) = crate::dns::name(&spf.domain) else { return Aligned::No };
        match self.aligned(subject, &sender, mode).await {
            Ok(false) => Aligned::No,
            Ok(true) if spf.result == SpfResult::Pass => Aligned::With(sender),
            Ok(true) => Aligned::Unknown(spf.reason.clone()),
            Err(trouble) => Aligned::Unknown(format!("{} could not be asked for: {}", trouble.name, trouble.words)),
        }
    }

    /// Whether a domain is aligned with the author's (RFC 9989 section 4.4). Asks the DNS only about domains for which the answer can matter.
    async fn aligned(&self, subject: &Subject<'_>, other: &str, mode: Alignment) -> Result<bool, Trouble> {
        if other == subject.domain {
            return Ok(true);
        }
        if mode == Alignment::Strict || !is_at_or_below(other, subject.organizational) {
            return Ok(false);
        }
        if other == subject.organizational {
            return Ok(true);
        }
        let walk = Walk::from(self.resolver, other, self.discovery).await?;
        Ok(walk.organizational(self.discovery) == subject.organizational)
    }
}

impl Aligned {
    fn domain(&self) -> Option<String> {
        match self {
            Self::With(domain) => Some(domain.clone()),
            Self::No | Self::Unknown(_) => None,
        }
    }
}

/// `t=y` asks for one step less (RFC 9989 section 4.7).
fn lowered(policy: Policy) -> Policy {
    match policy {
        Policy::Reject => Policy::Quarantine,
        Policy::Quarantine | Policy::None => Policy::None,
    }
}

fn is_at_or_below(name: &str, above: &str) -> bool {
    name.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn judged(subject: &Subject<'_>, spf: &Aligned, dkim: &Aligned, policy: Policy, proofs: &Proofs<'_>) -> (DmarcResult, String) {
    let author = subject.domain;
    match (dkim, spf) {
        (Aligned::With(signer), Aligned::With(sender)) => {
            (DmarcResult::Pass, format!("DKIM passes for {signer} and SPF for {sender}, both aligned with {author}"))
        }
        (Aligned::With(signer), _) => (DmarcResult::Pass, format!("DKIM passes for {signer}, which is aligned with {author}")),
        (_, Aligned::With(sender)) => (DmarcResult::Pass, format!("SPF passes for {sender}, which is aligned with {author}")),
        (Aligned::Unknown(why), _) | (_, Aligned::Unknown(why)) => {
            (DmarcResult::Temperror, format!("nobody can say whether {author} vouches for the message: {why}"))
        }
        (Aligned::No, Aligned::No) => {
            let proved = proofs.proved();
            let reason = format!("neither SPF nor DKIM vouches for {author}, which asks for p={}: {proved}", policy.as_str());
            (DmarcResult::Fail, reason)
        }
    }
}

impl Proofs<'_> {
    /// What SPF and DKIM came to, in few words.
    fn proved(&self) -> String {
        let spf = match self.spf {
            None => "SPF was not evaluated".to_owned(),
            Some(spf) if spf.result == SpfResult::Pass => format!("SPF passes for {}, which is not aligned", spf.domain),
            Some(spf) => format!("SPF is {} for {}", spf.result.as_str(), spf.domain),
        };
        let passing: Vec<&str> = self
            .dkim
            .iter()
            .filter(|signature| signature.result == DkimResult::Pass)
            .filter_map(|signature| signature.domain.as_deref())
            .collect();
        let dkim = match (self.dkim.first(), passing.as_slice()) {
            (None, _) => "the message is not signed".to_owned(),
            (Some(first), []) => {
                format!("DKIM is {} for {}", first.result.as_str(), first.domain.as_deref().unwrap_or("an unreadable domain"))
            }
            (Some(_), domains) => format!("DKIM passes for {}, which is not aligned", domains.join(" and ")),
        };
        format!("{spf}; {dkim}")
    }
}
