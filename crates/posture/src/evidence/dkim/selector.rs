//! One selector: the aliases on the way to its key, and the key.

use mailauth::{
    dkim::PublishedKey,
    dns::{Absent, Resolver},
};

use super::{super::alias::Chain, KnownBy, MicrosoftAlias, Texts, common};

/// Most records at one name that are read as keys. One is right.
const MOST_KEYS: usize = 10;

/// What stands at a selector's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The selector.
    pub name: String,
    /// Why it was asked for.
    pub known_by: KnownBy,
    /// The user says that messages of this domain are signed with it: its name is given whole.
    pub in_use: bool,
    /// The targets of the aliases that lead from its name to its key, from first to last; none where the key stands in the domain itself.
    pub aliases: Vec<String>,
    /// Why the aliases lead to nothing.
    pub broken: Option<Broken>,
    /// The texts at its name `SELECTOR._domainkey.DOMAIN`.
    pub texts: Texts,
    /// Those of the texts that are meant as keys.
    pub keys: Vec<PublishedKey>,
    /// How many of the texts are something else.
    pub others: usize,
}

/// Why aliases lead to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// They lead in a circle, or there are more than [`MOST_ALIASES`](crate::evidence::MOST_ALIASES).
    Endless,
    /// The last one leads to a domain that is not registered.
    Unregistered(String),
    /// The last one leads to a tenant of Microsoft 365 that does not exist: the name of its `onmicrosoft.com` domain.
    NoTenant(String),
    /// The last one leads to a name that does not exist.
    NoSuchName,
    /// The last one leads to a name that has no text.
    NoText,
}

impl Selector {
    pub(super) async fn ask(resolver: &dyn Resolver, domain: &str, selector: &str, known_by: KnownBy) -> Self {
        let whole = format!("{selector}._domainkey.{domain}");
        let mut found = Self {
            name: selector.to_owned(),
            known_by,
            in_use: false,
            aliases: Vec::new(),
            broken: None,
            texts: Texts { name: whole.clone(), found: Err(Absent::NoSuchName) },
            keys: Vec::new(),
            others: 0,
        };
        let Some(name) = mailauth::dns::name(&whole) else { return found };
        match resolver.cname(&name).await {
            Ok(targets) => {
                let first = targets.first().map(ToString::to_string).unwrap_or_default();
                let Chain { targets, is_endless } = Chain::follow(resolver, &name, &first).await;
                (found.aliases, found.broken) = (targets, is_endless.then_some(Broken::Endless));
            }
            Err(Absent::NoData) => {}
            // Nothing at all stands here, and nobody needs to be asked a second time. Whoever does not answer one question gets no second.
            Err(why @ (Absent::NoSuchName | Absent::Trouble(_))) => {
                found.texts.found = Err(why);
                return found;
            }
        }
        if found.broken != Some(Broken::Endless) {
            found.texts = Texts::at(resolver, &name).await;
        }
        if !found.aliases.is_empty() && found.broken.is_none() {
            found.broken = found.end(resolver, domain).await;
        }
        let (keys, others): (Vec<&[u8]>, Vec<&[u8]>) = found.texts.bytes().partition(|text| PublishedKey::is_meant(text));
        let keys = keys.into_iter().take(MOST_KEYS).map(PublishedKey::read).collect();
        (found.keys, found.others) = (keys, others.len());
        found
    }

    /// Why the last alias leads to nothing, if it does.
    async fn end(&self, resolver: &dyn Resolver, domain: &str) -> Option<Broken> {
        let last = self.aliases.last()?;
        match &self.texts.found {
            Ok(_) | Err(Absent::Trouble(_)) => return None,
            Err(Absent::NoData) => return Some(Broken::NoText),
            Err(Absent::NoSuchName) => {}
        }
        if let Some(microsoft) = MicrosoftAlias::read(last) {
            let tenant = format!("{}.onmicrosoft.com", microsoft.tenant);
            let gone = matches!(resolver.mx(&tenant).await, Err(Absent::NoSuchName));
            return Some(if gone { Broken::NoTenant(tenant) } else { Broken::NoSuchName });
        }
        let foreign = psl::domain_str(domain) != psl::domain_str(last);
        let free = if foreign { super::super::mx::unregistered(resolver, last).await } else { None };
        Some(free.map_or(Broken::NoSuchName, Broken::Unregistered))
    }

    /// Whether anything stands at the name: an alias, or a text.
    #[must_use]
    pub fn exists(&self) -> bool {
        !self.aliases.is_empty() || self.texts.found.is_ok()
    }

    /// Whether another selector comes to the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.aliases == other.aliases && self.texts.found == other.texts.found
    }

    /// Whether it has exactly one key, and receivers can check signatures with it.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.keys.as_slice(), [only] if only.is_usable())
    }

    /// Who keeps the key, as far as its name or its aliases tell.
    #[must_use]
    pub fn service(&self) -> Option<&'static str> {
        let by_alias = self.aliases.iter().find_map(|target| common::service_of_target(target));
        // A common selector with the key in the domain itself may be anybody's; a name like `mandrill` is nobody else's.
        by_alias
            .or_else(|| common::service_of_selector(&self.name).filter(|_| self.aliases.is_empty() && !self.is_microsoft_name()))
    }

    /// The first alias into Microsoft 365.
    #[must_use]
    pub fn microsoft(&self) -> Option<MicrosoftAlias> {
        self.aliases.iter().find_map(|target| MicrosoftAlias::read(target))
    }

    /// The name of the selector is one that Microsoft 365 uses, whose keys never stand in the customer's domain itself.
    fn is_microsoft_name(&self) -> bool {
        super::Half::of(&self.name).is_some()
    }

    /// The way to the key in words: the name, and where each alias leads.
    #[must_use]
    pub fn way(&self) -> String {
        let mut way = self.texts.name.clone();
        for target in &self.aliases {
            way.push_str(" → ");
            way.push_str(target);
        }
        way
    }
}
