//! `/live`: what happens, as it happens, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) for pages that are open.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures::stream;
use tokio::sync::broadcast::error::RecvError;

use crate::{Pages, Visitor};

/// How often a silent connection says that it is there: proxies close those that say nothing for a minute.
const SILENCE: Duration = Duration::from_secs(20);

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/live", get(listen))
}

/// An event has the name of its kind (`alert`, `incident` ...) and is JSON; `missed` says that some were lost, so that a page loads again.
async fn listen(State(pages): State<Pages>, _visitor: Visitor) -> Response {
    let listener = pages.desk.events.listen();
    let events = stream::unfold(listener, async |mut listener| {
        let event = match listener.recv().await {
            Ok(event) => Event::default().event(&event.kind).json_data(&*event).unwrap_or_else(|_| Event::default().comment("")),
            Err(RecvError::Lagged(_)) => Event::default().event("missed").data(""),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok::<_, Infallible>(event), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE)).into_response()
}
