//! The tenant's feeds: each is looked at by itself over and over, and one in trouble is left alone for a while.

use std::{sync::Arc, time::Duration};

use crate::{
    failure::Failure,
    term,
    watch::{
        House,
        feeds::{Feeds, Source, Trouble},
    },
};

/// The longest rest of a feed in trouble that asked for none.
const LONGEST: Duration = Duration::from_secs(15 * 60);

impl House {
    /// Looks at the feeds for ever. None waits for another: a service that is slow holds up its own rows only.
    pub(crate) async fn follow_feeds(self: Arc<Self>) -> Result<(), Failure> {
        let Some(feeds) = self.feeds.clone() else { return std::future::pending().await };
        let mut following = tokio::task::JoinSet::new();
        for source in feeds.sources.clone() {
            let (house, feeds) = (Arc::clone(&self), Arc::clone(&feeds));
            following.spawn(async move { house.follow(&feeds, &source).await });
        }
        match following.join_next().await {
            Some(Ok(())) | None => std::future::pending().await,
            Some(Err(stopped)) => Err(Failure::internal(stopped)),
        }
    }

    /// Looks at every feed once.
    pub(crate) async fn take_feeds(&self) {
        let Some(feeds) = &self.feeds else { return };
        futures::future::join_all(feeds.sources.iter().map(|source| self.take_feed(feeds, source, None))).await;
    }

    /// Looks at a feed for ever.
    async fn follow(&self, feeds: &Feeds, source: &Source) {
        let (mut failed, mut known) = (0, None);
        loop {
            let trouble = self.take_feed(feeds, source, known.as_deref()).await;
            known = trouble.as_ref().map(Trouble::kind);
            let wait = match &trouble {
                None => {
                    failed = 0;
                    feeds.every
                }
                Some(trouble) => {
                    failed += 1;
                    rest(feeds.every, failed, trouble)
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Looks at a feed; what is wrong is in the way until it is well again. It is said when it is another trouble than the one known before.
    async fn take_feed(&self, feeds: &Feeds, source: &Source, known: Option<&str>) -> Option<Trouble> {
        let about = source.about();
        let trouble = feeds.take(source).await.err();
        match &trouble {
            Some(trouble) if known != Some(trouble.kind().as_str()) => term::warn(&format!("{about}: {trouble}")),
            None if known.is_some() => term::say(&format!("{about}: well again")),
            _ => {}
        }
        self.troubles.set(&about, trouble.as_ref().map(ToString::to_string));
        trouble
    }
}

/// How long a feed is left alone after it failed so many times: longer each time, and no shorter than it asked for.
fn rest(every: Duration, failed: u32, trouble: &Trouble) -> Duration {
    // What only a person can mend needs no haste; what passes, or only some pieces of which are missing, is soon tried again.
    let doublings = match trouble {
        Trouble::Pieces { .. } => failed.min(3),
        _ => failed.min(16),
    };
    let own = every.saturating_mul(1 << doublings.saturating_sub(1)).min(LONGEST.max(every));
    own.max(trouble.wait().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_in_trouble_is_left_alone_longer_each_time() {
        let every = Duration::from_secs(60);
        let down = Trouble::Tenant(tenant::Error::Unavailable { what: "x".to_owned(), why: "y".to_owned() });
        let rests: Vec<u64> = (1..7).map(|failed| rest(every, failed, &down).as_secs()).collect();
        assert_eq!(rests, [60, 120, 240, 480, 900, 900]);
        assert_eq!(rest(every, u32::MAX, &down), LONGEST);
        assert_eq!(rest(LONGEST * 2, 3, &down), LONGEST * 2, "never more often than it is looked at when it is well");
    }

    #[test]
    fn a_feed_that_asked_to_be_left_alone_is() {
        let wait = Some(Duration::from_secs(4000));
        let throttled = Trouble::Tenant(tenant::Error::Throttled { what: "x".to_owned(), wait });
        assert_eq!(rest(Duration::from_secs(60), 1, &throttled).as_secs(), 4000);
    }
}
