//! Names below a domain that have to do with mail: those the user knows, and those that are there under the names senders mostly choose.

use mailauth::{
    dmarc::{Policy, Record},
    dns::Absent,
    spf::record::is_spf,
};

use super::only_policy;
use crate::evidence::{Asking, Texts};

/// First labels that mail is often sent from, one a line.
const USUAL: &str = include_str!("../../../data/usual-subdomains.txt");

/// Names the user gives that are looked at: each costs three questions.
const MOST_GIVEN: usize = 100;

/// A name below the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subdomain {
    /// The whole name.
    pub name: String,
    /// Whether the user named it.
    pub given: bool,
    /// Whether it takes mail.
    pub takes_mail: bool,
    /// Whether an SPF record lets somebody send in its name.
    pub sends_mail: bool,
    /// What stands at its `_dmarc`.
    pub own: Texts,
}

impl Subdomain {
    /// Its own record, if it has one that counts.
    #[must_use]
    pub fn record(&self) -> Option<Record> {
        only_policy(&self.own)
    }

    /// What its own record asks.
    #[must_use]
    pub fn policy(&self) -> Option<Policy> {
        self.record()?.policy
    }

    /// Whether it has a policy of its own.
    #[must_use]
    pub fn has_policy(&self) -> bool {
        self.record().is_some()
    }

    /// In words: what it has to do with mail.
    pub(crate) fn about(&self) -> String {
        let does = match (self.takes_mail, self.sends_mail) {
            (true, true) => "takes and sends mail",
            (true, false) => "takes mail",
            (false, true) => "sends mail",
            (false, false) => "is known to you",
        };
        format!("no policy; {} {does}", self.name)
    }
}

pub(super) async fn collect(asking: &Asking<'_>, everything_exists: Option<bool>) -> Vec<Subdomain> {
    let below = format!(".{}", asking.domain);
    let given =
        asking.question.subdomains.iter().filter_map(|name| mailauth::dns::name(name)).filter(|name| name.ends_with(&below));
    let given: Vec<String> = given.collect();
    if given.len() > MOST_GIVEN {
        asking.left_out(format!("of {} names below {}, {MOST_GIVEN} were looked at", given.len(), asking.domain));
    }
    let mut names: Vec<(String, bool)> = given.into_iter().take(MOST_GIVEN).map(|name| (name, true)).collect();
    // Below a wildcard every guess is answered and means nothing.
    if everything_exists == Some(false) {
        for label in USUAL.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let name = format!("{label}{below}");
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, false));
            }
        }
    }
    let each = names.iter().map(|(name, given)| subdomain(asking, name, *given));
    futures::future::join_all(each).await.into_iter().flatten().collect()
}

/// What is known of a name; `None` for a guess that has nothing to do with mail.
async fn subdomain(asking: &Asking<'_>, name: &str, given: bool) -> Option<Subdomain> {
    let resolver = asking.resolver();
    let mx = resolver.mx(name).await;
    // Nothing is below a name that does not exist (RFC 8020).
    if !given && matches!(mx, Err(Absent::NoSuchName | Absent::Trouble(_))) {
        return None;
    }
    let at = format!("_dmarc.{name}");
    let (texts, own) = futures::join!(Texts::at(resolver, name), Texts::at(resolver, &at));
    let takes_mail = mx.is_ok_and(|records| records.iter().any(|mx| !mx.exchange.is_empty()));
    let lets_nobody = |text: &[u8]| text.trim_ascii().eq_ignore_ascii_case(b"v=spf1 -all");
    let sends_mail = texts.bytes().any(|text| is_spf(text) && !lets_nobody(text));
    let found = Subdomain { name: name.to_owned(), given, takes_mail, sends_mail, own };
    (given || takes_mail || sends_mail || found.has_policy()).then_some(found)
}
