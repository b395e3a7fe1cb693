//! What pages are answered from, and all of them as one router.

use std::{fmt, sync::Arc};

use axum::{Router, middleware, routing::get};

use crate::{assets, error, headers, page};

/// The moment a request is answered for, in microseconds since 1970; the program hands its clock in.
pub type Clock = Arc<dyn Fn() -> state::Moment + Send + Sync>;

/// What pages are answered from.
#[derive(Clone)]
pub struct Pages {
    /// What time it is.
    pub clock: Clock,
}

impl fmt::Debug for Pages {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl Pages {
    /// The moment this is answered for.
    #[must_use]
    pub fn now(&self) -> state::Moment {
        (self.clock)()
    }
}

/// Every page, and what they are made of: style, script, icons.
///
/// Who asks is told by a [`crate::Visitor`] among the extensions of the request; whoever serves these routes puts it there.
pub fn routes(pages: Pages) -> Router {
    page::routes()
        .fallback(error::no_such_page)
        .with_state(pages)
        .route("/assets/{hash}/{name}", get(assets::serve))
        .layer(middleware::map_response(headers::protect))
}
