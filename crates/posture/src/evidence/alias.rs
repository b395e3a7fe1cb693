//! Aliases one after the other, from a name to where they lead.

use mailauth::dns::Resolver;

/// Most aliases that are followed. Services need one or two; name servers stop between 8 and 17.
pub const MOST_ALIASES: usize = 8;

/// Where aliases lead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Chain {
    /// The target of each, from first to last.
    pub(crate) targets: Vec<String>,
    /// They lead in a circle, or there are more than [`MOST_ALIASES`].
    pub(crate) is_endless: bool,
}

impl Chain {
    /// Follows the aliases from a name, of which the first leads to `first`.
    pub(crate) async fn follow(resolver: &dyn Resolver, name: &str, first: &str) -> Self {
        let mut chain = Self::default();
        let mut next = Some(first.to_owned());
        while let Some(target) = next {
            chain.is_endless = target == name || chain.targets.contains(&target) || chain.targets.len() == MOST_ALIASES;
            let further = match mailauth::dns::name(&target).filter(|_| !chain.is_endless) {
                Some(name) => resolver.cname(&name).await.ok(),
                None => None,
            };
            chain.targets.push(target);
            next = further.and_then(|targets| targets.first().map(ToString::to_string));
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use mailauth::dns::Zone;

    use super::{Chain, MOST_ALIASES};

    fn follow(zone: &str, first: &str) -> Chain {
        block_on(Chain::follow(&Zone::parse(zone).unwrap(), "start.example", first))
    }

    #[test]
    fn aliases_are_followed_to_their_end() {
        let chain = follow("a.example. IN CNAME b.example.\nb.example. IN A 192.0.2.1", "a.example");
        assert_eq!(chain, Chain { targets: vec!["a.example".to_owned(), "b.example".to_owned()], is_endless: false });
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(follow("", "start.example").targets, ["start.example"]);
        let chain = follow("a.example. IN CNAME b.example.\nb.example. IN CNAME a.example.", "a.example");
        assert_eq!((chain.targets.len(), chain.is_endless), (3, true));
    }

    #[test]
    fn many_end_too() {
        let zone: String = (0..30).map(|at| format!("a{at}.example. IN CNAME a{}.example.\n", at + 1)).collect();
        let chain = follow(&zone, "a0.example");
        assert_eq!((chain.targets.len(), chain.is_endless), (MOST_ALIASES + 1, true));
    }
}
