//! What pages are answered from, and all of them as one router.

use axum::{Router, middleware, routing::get};
use desk::Desk;

use crate::{assets, error, headers, page};

/// What pages are answered from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pages {
    /// Everything that is shown and done.
    pub desk: Desk,
}

impl Pages {
    /// The moment this is answered for.
    #[must_use]
    pub fn now(&self) -> state::Moment {
        (self.desk.clock)()
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
