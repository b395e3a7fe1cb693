//! Keys that signatures of the domain are checked with (RFC 6376 section 3.6.2).
//!
//! Nobody can list the names below `_domainkey`. Asked for are the selectors that the user names, those that earlier checks have seen, and,
//! where the name server says that there is anything at all, those that services and programs commonly choose. A name that nobody
//! can have chosen tells whether a wildcard answers for all of them.

mod common;
mod microsoft;
mod selector;

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use mailauth::{dkim::PublishedKey, dns::Absent};

pub use microsoft::{Half, MicrosoftAlias};
pub use selector::{Broken, Selector};

use super::{Asking, Texts};
use crate::{KeyHistory, KeySeen};

/// Names asked for at the same time.
const AT_ONCE: usize = 16;

/// Most selectors that the user or the history may give. Services that choose a new one for each key come to some dozens.
const MOST_GIVEN: usize = 100;

/// The keys of a domain, as far as their selectors are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// What stands at `_domainkey` itself: nothing, but whether the name exists tells whether there is anything below it (RFC 8020).
    pub base: Texts,
    /// What answers for selectors that do not exist.
    pub wildcard: Option<Selector>,
    /// Selectors that exist, and those that should, by name. What only the wildcard answers for is not among them.
    pub selectors: Vec<Selector>,
}

/// Why a selector was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KnownBy {
    /// The user names it, for this domain or for several.
    User,
    /// An earlier check has seen it.
    History,
    /// Many domains have it.
    Common,
}

impl Dkim {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let resolver = asking.resolver();
        let (base, nobodys) = (format!("_domainkey.{}", asking.domain), label(asking.question.now));
        let (base, wildcard) =
            futures::join!(Texts::at(resolver, &base), Selector::ask(resolver, asking.domain, &nobodys, KnownBy::Common),);
        let wildcard = Some(wildcard).filter(Selector::exists);
        let mut selectors = ask(asking, given(asking)).await;
        let empty = matches!(base.found, Err(Absent::NoSuchName));
        if !base.is_unknown() && wildcard.is_none() {
            let first = ask(asking, tried(&selectors, |common| common.first)).await;
            // A name server that denies the name above these, and has them all the same, cannot be believed.
            let more = !empty || first.iter().chain(&selectors).any(Selector::exists);
            selectors.extend(first);
            if more {
                let rest = ask(asking, tried(&selectors, |common| !common.first)).await;
                selectors.extend(rest);
            }
        } else if let Some(wildcard) = &wildcard {
            let mut all = ask(asking, tried(&selectors, |_| true)).await;
            all.retain(|selector| !selector.is_same(wildcard));
            selectors.extend(all);
        }
        for selector in &mut selectors {
            selector.in_use = asking.question.selectors.iter().any(|whole| whole.to_lowercase() == selector.texts.name);
        }
        selectors.retain(|selector| selector.exists() || selector.in_use);
        selectors.sort_by(|a, b| a.name.cmp(&b.name));
        Self { base, wildcard, selectors }
    }

    /// Whether nothing at all can stand below `_domainkey`: then the domain has no keys, under whatever names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.base.found, Err(Absent::NoSuchName)) && self.wildcard.is_none() && self.existing().next().is_none()
    }

    /// Selectors at which something stands.
    pub fn existing(&self) -> impl Iterator<Item = &Selector> {
        self.selectors.iter().filter(|selector| selector.exists())
    }

    /// Every key that was found, with its selector.
    pub fn keys(&self) -> impl Iterator<Item = (&Selector, &PublishedKey)> {
        self.selectors.iter().flat_map(|selector| selector.keys.iter().map(move |key| (selector, key)))
    }

    /// Everything that is looked at as a selector: those that exist or should, and what answers for all others.
    pub fn all(&self) -> impl Iterator<Item = &Selector> {
        self.selectors.iter().chain(&self.wildcard)
    }

    /// Has a history remember every key that was found, as seen at this moment: the next check tells the age of keys by that.
    pub fn remember(&self, history: &mut KeyHistory, now: i64) {
        for (selector, key) in self.keys().filter(|(_, key)| !key.p.is_empty()) {
            history.saw(&selector.texts.name, &key.p, KeySeen { first: now, last: now });
        }
    }

    /// Whether nobody could say whether some of the keys are there.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.base.is_unknown() || self.selectors.iter().any(|selector| selector.texts.is_unknown())
    }
}

/// The selectors the user gives, those of the history, and those that Microsoft gives its own domains.
fn given(asking: &Asking<'_>) -> Vec<(String, KnownBy)> {
    let suffix = format!("._domainkey.{}", asking.domain);
    let user = asking.question.selectors.iter().map(|selector| selector.to_lowercase());
    let user = user.filter_map(|selector| match selector.contains("._domainkey.") {
        true => selector.strip_suffix(suffix.as_str()).map(str::to_owned),
        false => Some(selector),
    });
    let user = user.map(|selector| (selector, KnownBy::User));
    let history = asking.question.history.names().filter_map(|name| name.strip_suffix(suffix.as_str()));
    let history = history.map(|selector| (selector.to_owned(), KnownBy::History));
    let own = asking.domain.ends_with(".onmicrosoft.com").then(|| asking.domain.replace('.', "-"));
    let microsoft = own.iter().flat_map(|dashed| [Half::First, Half::Second].map(|half| format!("{}-{dashed}", half.selector())));
    let microsoft = microsoft.map(|selector| (selector, KnownBy::Common));
    let mut seen = BTreeSet::new();
    user.chain(history).chain(microsoft).filter(|(selector, _)| seen.insert(selector.clone())).take(MOST_GIVEN).collect()
}

/// Common selectors of a sort that have not been asked for.
fn tried(known: &[Selector], wanted: impl Fn(&common::Common) -> bool) -> Vec<(String, KnownBy)> {
    let known: BTreeSet<&str> = known.iter().map(|selector| selector.name.as_str()).collect();
    let new = common::selectors().filter(|common| wanted(common) && !known.contains(common.selector));
    new.map(|common| (common.selector.to_owned(), KnownBy::Common)).collect()
}

async fn ask(asking: &Asking<'_>, names: Vec<(String, KnownBy)>) -> Vec<Selector> {
    let each = names
        .into_iter()
        .map(|(name, known_by)| async move { Selector::ask(asking.resolver(), asking.domain, &name, known_by).await });
    stream::iter(each).buffered(AT_ONCE).collect().await
}

/// A selector that nobody has chosen. It differs from one check to the next, so that no one's memory answers.
fn label(now: i64) -> String {
    let mixed = now.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("none-{mixed:016x}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mailauth::dns::{Absent, Zone};

    use super::{Dkim, KnownBy, Selector, label};
    use crate::{
        KeyHistory,
        evidence::{Asking, NoFetch, Question},
    };

    async fn collect(zone: &str, change: impl FnOnce(&mut Question)) -> Dkim {
        let zone = Zone::parse(&format!("$ORIGIN example.com.\n{zone}")).unwrap();
        let mut question = Question::new(Arc::new(zone), Arc::new(NoFetch), 7);
        change(&mut question);
        Dkim::collect(&Asking::new("example.com", &question)).await
    }

    fn names(dkim: &Dkim) -> Vec<(&str, KnownBy)> {
        dkim.selectors.iter().map(|selector| (selector.name.as_str(), selector.known_by)).collect()
    }

    #[tokio::test]
    async fn selectors_are_known_from_three_sides() {
        let zone =
            "google._domainkey TXT \"v=DKIM1; p=\"\nold._domainkey TXT \"v=DKIM1; p=AAAA\"\nnew._domainkey TXT \"v=DKIM1; p=\"";
        let mut history = KeyHistory::default();
        collect(zone, |question| question.selectors.push("old".to_owned())).await.remember(&mut history, 3);
        assert_eq!(history.of("old._domainkey.example.com", "AAAA").map(|seen| seen.first), Some(3));
        let dkim = collect(zone, |question| {
            let whole = |selector: &str| format!("{selector}._domainkey.Example.com");
            question.selectors = vec!["NEW".to_owned(), "other".to_owned(), whole("gone"), "s._domainkey.example.net".to_owned()];
            question.history = Arc::new(history);
        });
        let dkim = dkim.await;
        let expected = [("gone", KnownBy::User), ("google", KnownBy::Common), ("new", KnownBy::User), ("old", KnownBy::History)];
        assert_eq!(names(&dkim), expected);
        assert_eq!(dkim.existing().map(|selector| selector.name.as_str()).collect::<Vec<_>>(), ["google", "new", "old"]);
    }

    #[tokio::test]
    async fn a_domain_without_the_name_above_all_keys_has_none() {
        let dkim = collect("@ A 192.0.2.1", |_| ()).await;
        assert!(dkim.is_empty() && names(&dkim).is_empty());
        assert_eq!(dkim.base.found, Err(Absent::NoSuchName));
    }

    #[tokio::test]
    async fn what_only_a_wildcard_answers_for_is_no_selector() {
        let zone = "*._domainkey TXT \"v=DKIM1; p=\"\ns1._domainkey TXT \"v=DKIM1; p=AAAA\"";
        let dkim = collect(zone, |_| ()).await;
        assert_eq!(names(&dkim), [("s1", KnownBy::Common)]);
        assert!(dkim.wildcard.is_some_and(|wildcard| wildcard.name == label(7)));
    }

    #[tokio::test]
    async fn a_selector_that_cannot_be_asked_for_has_nothing() {
        let given = ["a".repeat(64), "a..b".to_owned(), String::new()];
        let whole = given.map(|selector| format!("{selector}._domainkey.example.com"));
        let dkim = collect("q7._domainkey TXT a", |question| question.selectors = whole.to_vec()).await;
        assert_eq!(dkim.selectors.len(), 3);
        assert!(dkim.selectors.iter().all(|selector| selector.in_use && !Selector::exists(selector)));
    }
}
