//! What an evaluation asks the DNS for, within the limits of RFC 7208 section 4.6.4, and how often it has asked.

use std::{borrow::Cow, net::IpAddr};

use super::{
    macros::{self, Letter, Place, Values},
    reason::quoted,
    record::{Cidr, MacroText, Mechanism, Record},
    sender::Sender,
};
use crate::dns::{Absent, Kind, Records, Resolver, plain_name};

/// Terms that ask the DNS, over all records of an evaluation.
const MAX_TERMS: u32 = 10;

/// Questions of terms that may find nothing.
const MAX_VOID: u32 = 2;

/// Mail exchangers of one `mx`, and names of one client, that are looked at.
const MAX_NAMES: usize = 10;

/// What `p` expands to where the client has no name that checks out (section 7.3), and `r` where nobody said who evaluates.
pub(super) const UNKNOWN: &str = "unknown";

/// Why an evaluation ends without a term that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// There is no record to evaluate.
    None(String),
    /// The DNS could not say.
    Temperror(String),
    /// A record is wrong, or asks too much.
    Permerror(String),
}

impl End {
    /// The same, for what a term led to. That there is no record where one must be is an error (sections 5.2 and 6.1).
    pub(super) fn behind(self, term: &str, domain: &str) -> Self {
        let at = |words: String| format!("`{}` in the record of {domain}: {words}", quoted(term));
        match self {
            Self::None(words) => Self::Permerror(at(words)),
            Self::Temperror(words) => Self::Temperror(at(words)),
            // A record that is wrong, or a limit: the words name the record already.
            Self::Permerror(words) => Self::Permerror(words),
        }
    }
}

/// Where a term stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    /// The domain of its record, in its plain form.
    pub(super) domain: &'a str,
    pub(super) record: &'a Record,
    /// The term as it is written.
    pub(super) term: &'a str,
}

/// Who asks, for whom, and how often it has.
#[derive(Debug)]
pub(super) struct Questions<'a> {
    pub(super) resolver: &'a dyn Resolver,
    pub(super) client: IpAddr,
    pub(super) sender: &'a Sender<'a>,
    pub(super) helo: &'a str,
    pub(super) receiver: &'a str,
    pub(super) now: i64,
    pub(super) terms: u32,
    pub(super) voids: u32,
}

impl Questions<'_> {
    /// Counts a term that asks the DNS.
    pub(super) fn count(&mut self, at: At<'_>) -> Result<(), End> {
        self.terms += 1;
        if self.terms <= MAX_TERMS {
            return Ok(());
        }
        let At { domain, term, .. } = at;
        Err(End::Permerror(format!(
            "`{term}` in the record of {domain} is one more than the {MAX_TERMS} terms that may ask the DNS"
        )))
    }

    fn void(&mut self, at: At<'_>, name: &str, kind: Kind) -> Result<(), End> {
        self.voids += 1;
        if self.voids <= MAX_VOID {
            return Ok(());
        }
        let (term, domain) = (quoted(at.term), at.domain);
        let words = format!(
            "`{term}` in the record of {domain} asks for {name}, which has no {kind} record, as too many terms did before it: {MAX_VOID} may"
        );
        Err(End::Permerror(words))
    }

    /// Whether a mechanism matches the client, for those that need no DNS: most terms of most records.
    pub(super) fn matches_at_once(&self, mechanism: &Mechanism) -> Option<bool> {
        match mechanism {
            Mechanism::All => Some(true),
            Mechanism::Ip4(network, length) => Some(self.is_in((*network).into(), Cidr { v4: *length, v6: 128 })),
            Mechanism::Ip6(network, length) => Some(self.is_in((*network).into(), Cidr { v4: 32, v6: *length })),
            Mechanism::Include(_) | Mechanism::A(..) | Mechanism::Mx(..) | Mechanism::Ptr(_) | Mechanism::Exists(_) => None,
        }
    }

    /// Whether one of the other mechanisms does. `include` is not one that this is asked about.
    pub(super) async fn matches(&mut self, at: At<'_>, mechanism: &Mechanism) -> Result<bool, End> {
        match mechanism {
            Mechanism::All | Mechanism::Ip4(..) | Mechanism::Ip6(..) | Mechanism::Include(_) => {
                Ok(self.matches_at_once(mechanism).unwrap_or_default())
            }
            Mechanism::A(target, cidr) => {
                self.count(at)?;
                let Some(name) = self.target(at, target.as_ref()).await? else { return Ok(false) };
                self.has_address(at, &name, *cidr, true).await
            }
            Mechanism::Mx(target, cidr) => {
                self.count(at)?;
                let Some(name) = self.target(at, target.as_ref()).await? else { return Ok(false) };
                self.mx(at, &name, *cidr).await
            }
            Mechanism::Ptr(target) => {
                self.count(at)?;
                let Some(name) = self.target(at, target.as_ref()).await? else { return Ok(false) };
                self.ptr(at, &name).await
            }
            Mechanism::Exists(target) => {
                self.count(at)?;
                let Some(name) = self.target(at, Some(target)).await? else { return Ok(false) };
                // Section 5.7: an IPv4 address, whatever the client has.
                match self.resolver.ask(&name, Kind::A).await.outcome {
                    Ok(_) => Ok(true),
                    Err(Absent::NoSuchName | Absent::NoData) => self.void(at, &name, Kind::A).map(|()| false),
                    Err(Absent::Trouble(words)) => Err(trouble(&name, Kind::A, &words).behind(at.term, at.domain)),
                }
            }
        }
    }

    /// The name that a term asks about: the record's own where it gives none. `None` if it can match nothing, because it is no name that
    /// can be asked for (which section 4.8 leaves open) or because of a local part that is not ASCII (RFC 8616 section 4).
    pub(super) async fn target<'t>(&mut self, at: At<'t>, target: Option<&MacroText>) -> Result<Option<Cow<'t, str>>, End> {
        let Some(target) = target else { return Ok(Some(Cow::Borrowed(at.domain))) };
        let text = at.record.slice(&target.span);
        if !target.has_macros {
            return Ok(plain_name(text));
        }
        let uses = |letter| macros::uses(text, Place::Term, letter);
        if !self.sender.local_part.is_ascii() && (uses(Letter::Sender) || uses(Letter::LocalPart)) {
            return Ok(None);
        }
        let mut name = Cow::Borrowed(UNKNOWN);
        if uses(Letter::ValidatedName) {
            // Its question counts like that of `ptr`.
            self.count(at)?;
            name = self.validated_name(at.domain).await;
        }
        let expanded = macros::expand(text, Place::Term, &self.values(at.domain, &name));
        Ok(plain_name(macros::fitted(&expanded)).map(|name| Cow::Owned(name.into_owned())))
    }

    fn values<'v>(&'v self, domain: &'v str, validated_name: &'v str) -> Values<'v> {
        Values {
            local_part: self.sender.local_part,
            sender_domain: &self.sender.domain,
            domain,
            client: self.client,
            helo: self.helo,
            validated_name,
            receiver: self.receiver,
            now: self.now,
        }
    }

    const fn address_kind(&self) -> Kind {
        match self.client {
            IpAddr::V4(_) => Kind::A,
            IpAddr::V6(_) => Kind::Aaaa,
        }
    }

    /// Whether the client is in the network of this address.
    fn is_in(&self, network: IpAddr, cidr: Cidr) -> bool {
        match (self.client, network) {
            (IpAddr::V4(client), IpAddr::V4(network)) => {
                let differ = client.to_bits() ^ network.to_bits();
                differ.leading_zeros() >= u32::from(cidr.v4)
            }
            (IpAddr::V6(client), IpAddr::V6(network)) => {
                let differ = client.to_bits() ^ network.to_bits();
                differ.leading_zeros() >= u32::from(cidr.v6)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    fn any_in(&self, records: &Records, cidr: Cidr) -> bool {
        match records {
            Records::A(found) => found.iter().any(|address| self.is_in((*address).into(), cidr)),
            Records::Aaaa(found) => found.iter().any(|address| self.is_in((*address).into(), cidr)),
            Records::Mx(_)
            | Records::Ptr(_)
            | Records::Txt(_)
            | Records::Cname(_)
            | Records::Ns(_)
            | Records::Soa(_)
            | Records::Tlsa(_)
            | Records::Ds(_) => false,
        }
    }

    async fn has_address(&mut self, at: At<'_>, name: &str, cidr: Cidr, counts: bool) -> Result<bool, End> {
        let kind = self.address_kind();
        match self.resolver.ask(name, kind).await.outcome {
            Ok(records) => Ok(self.any_in(&records, cidr)),
            Err(Absent::NoSuchName | Absent::NoData) if counts => self.void(at, name, kind).map(|()| false),
            Err(Absent::NoSuchName | Absent::NoData) => Ok(false),
            Err(Absent::Trouble(words)) => Err(trouble(name, kind, &words).behind(at.term, at.domain)),
        }
    }

    /// Section 5.4. An exchanger without an address of the client's family is nothing out of the ordinary and no void question of the term.
    async fn mx(&mut self, at: At<'_>, name: &str, cidr: Cidr) -> Result<bool, End> {
        let exchangers = match self.resolver.mx(name).await {
            Ok(found) => found,
            Err(Absent::NoSuchName | Absent::NoData) => return self.void(at, name, Kind::Mx).map(|()| false),
            Err(Absent::Trouble(words)) => return Err(trouble(name, Kind::Mx, &words).behind(at.term, at.domain)),
        };
        for (number, mx) in exchangers.iter().enumerate() {
            if number >= MAX_NAMES {
                let (term, domain) = (quoted(at.term), at.domain);
                let words = format!("`{term}` in the record of {domain}: {name} has more than {MAX_NAMES} mail exchangers");
                return Err(End::Permerror(words));
            }
            if let Some(host) = plain_name(&mx.exchange)
                && self.has_address(at, &host, cidr, false).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Section 5.5: trouble on the way is no match.
    async fn ptr(&mut self, at: At<'_>, domain: &str) -> Result<bool, End> {
        let asked = macros::reverse_name(self.client);
        let names = match self.resolver.ptr(&asked).await {
            Ok(names) => names,
            Err(Absent::NoSuchName | Absent::NoData) => return self.void(at, &asked, Kind::Ptr).map(|()| false),
            Err(Absent::Trouble(_)) => return Ok(false),
        };
        for name in names.iter().take(MAX_NAMES).filter_map(|name| plain_name(name)) {
            if is_at_or_below(&name, domain) && self.checks_out(&name).await {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The client's name that checks out: the domain itself before names below it before others (section 7.3).
    async fn validated_name(&self, domain: &str) -> Cow<'static, str> {
        let Ok(found) = self.resolver.ptr(&macros::reverse_name(self.client)).await else { return Cow::Borrowed(UNKNOWN) };
        let mut names: Vec<Cow<'_, str>> = found.iter().take(MAX_NAMES).filter_map(|name| plain_name(name)).collect();
        names.sort_by_key(|name| (**name != *domain, !is_at_or_below(name, domain)));
        for name in names {
            if self.checks_out(&name).await {
                return Cow::Owned(name.into_owned());
            }
        }
        Cow::Borrowed(UNKNOWN)
    }

    /// Whether the client's address is one of the name's.
    async fn checks_out(&self, name: &str) -> bool {
        let answer = self.resolver.ask(name, self.address_kind()).await;
        answer.outcome.is_ok_and(|records| self.any_in(&records, Cidr { v4: 32, v6: 128 }))
    }

    /// The words that `exp` points to, if nothing is wrong with them (section 6.2). The questions for them are not counted.
    pub(super) async fn explanation(&mut self, domain: &str, record: &Record) -> Option<String> {
        let text = record.slice(&record.explanation()?.span);
        let name = if macros::uses(text, Place::Term, Letter::ValidatedName) {
            self.validated_name(domain).await
        } else {
            Cow::Borrowed(UNKNOWN)
        };
        let expanded = macros::expand(text, Place::Term, &self.values(domain, &name));
        let asked = plain_name(macros::fitted(&expanded))?;
        let texts = self.resolver.txt(&asked).await.ok()?;
        let [words] = &*texts else { return None };
        let words = str::from_utf8(words).ok()?;
        macros::check(words, Place::Explanation).ok()?;
        let name = if macros::uses(words, Place::Explanation, Letter::ValidatedName) {
            self.validated_name(domain).await
        } else {
            Cow::Borrowed(UNKNOWN)
        };
        Some(macros::expand(words, Place::Explanation, &self.values(domain, &name)))
    }
}

pub(super) fn trouble(name: &str, kind: Kind, words: &str) -> End {
    End::Temperror(format!("the DNS could not say which {kind} records {name} has: {words}"))
}

fn is_at_or_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}
