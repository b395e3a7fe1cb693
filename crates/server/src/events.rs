//! `GET /api/v1/events`: what happens, as it happens, as server-sent events.
//!
//! Authority: <https://html.spec.whatwg.org/multipage/server-sent-events.html>. Each event has an id, by which a client that comes back says
//! what it heard last (`Last-Event-ID`); where more happened since than is remembered, the alerts of that time are read from the queue, and
//! an event `missed` says that other things may be lacking. A stream ends as soon as the session or token it was opened with does, and in any
//! case after [`LIFE`]: clients open it again by themselves, and whether they still may is then looked at anew, whoever changed it.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use access::Standing;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use desk::{Desk, Event, Fault, Listening, QueueQuery, Told};
use futures::{Stream, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast, broadcast::error::RecvError},
    time::Instant,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::Failed;

/// Streams at a time: each holds a connection, and a few kilobytes.
const LISTENERS: usize = 200;
/// How long a stream goes on.
const LIFE: Duration = Duration::from_secs(300);
/// How often something is said where nothing happens, so that what stands between does not close the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long clients wait before they come back.
const RETRY: Duration = Duration::from_secs(2);
/// Alerts of the queue that a client is told of that was away for long.
const AWAY: u32 = 500;

pub(crate) fn routes() -> OpenApiRouter<Desk> {
    limited(LISTENERS)
}

fn limited(listeners: usize) -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(events)).layer(Extension(Arc::new(Semaphore::new(listeners))))
}

/// What happens, as it happens.
///
/// Events `alert`, `incident`, `rule`, `fix` and `trouble`, each with an id and a JSON object as its data; `missed` where some may have
/// been lost. Comments come every 15 seconds. The stream ends with the session or token it was opened with, and after five minutes: open it
/// again with the last id.
#[utoipa::path(
    get,
    path = "/events", operation_id = "events_events",
    tag = "events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was heard.")),
    responses(
        (status = 200, description = "Events, one after the other.", content_type = "text/event-stream", body = Event),
        (status = 429, description = "Too many listen at the moment.", body = Failed),
    )
)]
async fn events(
    State(desk): State<Desk>,
    Extension(places): Extension<Arc<Semaphore>>,
    standing: Option<Extension<Standing>>,
    headers: HeaderMap,
) -> Response {
    let Ok(place) = places.try_acquire_owned() else {
        let reason = "too many listen at the moment".to_owned();
        return Failed::from(Fault::Limit { reason }).into_response();
    };
    let after = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.trim().parse::<i64>().ok());
    let Listening { before, complete, from_now } = desk.events.listen(after);
    let mut waiting: VecDeque<Heard> = VecDeque::new();
    if let Some(after) = after.filter(|_| !complete) {
        waiting.push_back(Heard::Missed);
        let first = before.first().map_or(i64::MAX, |told| told.number);
        match since(&desk, after, first).await {
            Ok(alerts) => waiting.extend(alerts.into_iter().map(Heard::Told)),
            Err(fault) => return Failed::from(fault).into_response(),
        }
    }
    waiting.extend(before.into_iter().map(Heard::Told));
    let standing = standing.map(|Extension(standing)| standing);
    let stream = Going { waiting, from_now, standing, until: Instant::now() + LIFE, first: true, _place: place }.stream();
    let mut answer = Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // Servers in between that gather answers would hold events back.
    answer.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Alerts that were raised after a moment and before another, the oldest first, as they would have been told.
async fn since(desk: &Desk, after: i64, before: i64) -> Result<Vec<Told>, Fault> {
    let query = QueueQuery { q: "status:*".to_owned(), sort: "-created".to_owned(), page: 1, size: AWAY };
    let mut told: Vec<Told> = Vec::new();
    for alert in desk.alerts.queue(&query).await?.alerts {
        if alert.created_at <= after || alert.created_at >= before {
            continue;
        }
        let event = Event {
            kind: "alert".to_owned(),
            at: alert.created_at,
            subject: alert.id,
            action: "raised".to_owned(),
            severity: alert.severity,
            title: alert.title,
        };
        told.push(Told { number: event.at, event: Arc::new(event) });
    }
    told.reverse();
    Ok(told)
}

/// What a listener hears.
enum Heard {
    /// Something that happened.
    Told(Told),
    /// That something may have happened that it does not hear of.
    Missed,
}

/// A stream that goes on.
struct Going {
    waiting: VecDeque<Heard>,
    from_now: broadcast::Receiver<Told>,
    /// Of who listens; `None` where nobody looks at who comes in.
    standing: Option<Standing>,
    until: Instant,
    first: bool,
    _place: OwnedSemaphorePermit,
}

impl Going {
    fn stream(self) -> impl Stream<Item = Result<sse::Event, Infallible>> {
        stream::unfold(self, |mut going| async move {
            let heard = going.next().await?;
            let event = sse::Event::default();
            let event = if std::mem::take(&mut going.first) { event.retry(RETRY) } else { event };
            Some((Ok(shown(event, &heard)), going))
        })
    }

    /// The next that is heard; `None` at the end.
    async fn next(&mut self) -> Option<Heard> {
        if let Some(heard) = self.waiting.pop_front() {
            return Some(heard);
        }
        let standing = self.standing.as_mut();
        let ended = async {
            match standing {
                Some(standing) => standing.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // First, so that who may not be here any more hears nothing of what came meanwhile.
            biased;
            () = ended => None,
            heard = tokio::time::timeout_at(self.until, self.from_now.recv()) => match heard {
                Ok(Ok(told)) => Some(Heard::Told(told)),
                Ok(Err(RecvError::Lagged(_))) => Some(Heard::Missed),
                Ok(Err(RecvError::Closed)) | Err(_) => None,
            },
        }
    }
}

fn shown(event: sse::Event, heard: &Heard) -> sse::Event {
    match heard {
        Heard::Missed => event.event("missed").data("{}"),
        Heard::Told(Told { number, event: happened }) => {
            // A name of an event stands on one line; those of the desk are words of ours.
            let kind: String = happened.kind.chars().filter(char::is_ascii_alphanumeric).collect();
            let data = serde_json::to_string(happened.as_ref()).unwrap_or_default();
            event.id(number.to_string()).event(kind).data(data)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request};
    use futures::StreamExt as _;
    use tower::ServiceExt as _;

    use super::*;

    type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

    fn event(kind: &str, at: i64, title: &str) -> Event {
        Event {
            kind: kind.to_owned(),
            at,
            subject: "1".to_owned(),
            action: "raised".to_owned(),
            title: title.to_owned(),
            ..Event::default()
        }
    }

    fn of(desk: &Desk, listeners: usize) -> Router {
        limited(listeners).split_for_parts().0.with_state(desk.clone())
    }

    async fn opened(routes: &Router, last: Option<&str>) -> Outcome<Response> {
        let mut request = Request::get("/events");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Ok(routes.clone().oneshot(request.body(Body::empty())?).await?)
    }

    /// What is read until a text is there.
    async fn read(answer: Response, until: &str) -> Outcome<String> {
        let mut chunks = answer.into_body().into_data_stream();
        let mut text = String::new();
        while !text.contains(until) {
            let chunk = chunks.next().await.ok_or_else(|| format!("it ended: {text}"))??;
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        Ok(text)
    }

    #[tokio::test]
    async fn what_happens_is_told_to_whoever_listens() -> Outcome {
        let desk = desk::sample::desk();
        let answer = opened(&of(&desk, 1), None).await?;
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes), Some(&b"text/event-stream"[..]));
        desk.events.tell(event("alert", i64::MAX - 10, "two\nlines"));
        let text = read(answer, "\n\n").await?;
        assert!(text.contains("event: alert\n") && text.contains(&format!("id: {}\n", i64::MAX - 10)), "{text}");
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).ok_or("no data")?;
        assert_eq!(serde_json::from_str::<serde_json::Value>(data)?["title"], "two\nlines");
        Ok(())
    }

    #[tokio::test]
    async fn who_comes_back_hears_what_it_missed() -> Outcome {
        let desk = desk::sample::desk();
        for (at, title) in [(1, "first"), (2, "second"), (3, "third")] {
            desk.events.tell(event("rule", i64::MAX - 100 + at, title));
        }
        let routes = of(&desk, 5);
        let text = read(opened(&routes, Some(&(i64::MAX - 99).to_string())).await?, "third").await?;
        assert!(text.contains("second") && !text.contains("first") && !text.contains("event: missed"), "{text}");
        // Away for longer than anything is remembered: alerts come from the queue.
        let text = read(opened(&routes, Some("0")).await?, "third").await?;
        assert!(text.contains("event: missed\n") && text.contains("event: alert\n"), "{text}");
        Ok(())
    }

    #[tokio::test]
    async fn only_so_many_listen_at_a_time() -> Outcome {
        let desk = desk::sample::desk();
        let routes = of(&desk, 1);
        let first = opened(&routes, None).await?;
        assert_eq!(opened(&routes, None).await?.status(), 429);
        drop(first);
        assert_eq!(opened(&routes, None).await?.status(), 200);
        Ok(())
    }

    #[tokio::test]
    async fn a_stream_ends_when_its_time_is_over() -> Outcome {
        let desk = desk::sample::desk();
        desk.events.tell(event("alert", 1, "before"));
        let Listening { before, from_now, .. } = desk.events.listen(Some(0));
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned()?;
        let waiting = before.into_iter().map(Heard::Told).collect();
        let going = Going { waiting, from_now, standing: None, until: Instant::now(), first: true, _place: place };
        assert_eq!(going.stream().count().await, 1, "what it has heard it tells");
        Ok(())
    }
    #[tokio::test]
    async fn a_stream_ends_with_the_session_it_was_opened_with() -> Outcome {
        let folder = tempfile::tempdir()?;
        let state = state::State::scratch(folder.path(), "state.db").await?;
        // What is tested here is not how long guessing takes.
        let settings = access::Settings { cost: access::Cost { memory: 8, passes: 1 }, ..access::Settings::default() };
        let access = access::Access::new(state, settings, Arc::new(|| 1_795_262_400_000_000));
        let link = access.first_run().await?.ok_or("somebody is there already")?;
        let password = access::Secret::new("tangerine-lantern-gravel".to_owned());
        let choice = access::Choice { name: "kim".to_owned(), display: String::new(), password };
        let arrival = access::Arrival { address: "192.0.2.1".parse()?, ..access::Arrival::default() };
        let kim = access.redeem(link.path.rsplit('/').next().unwrap_or_default(), choice, &arrival, None).await?;
        let desk = desk::sample::desk();
        let routes = of(&desk, 2).layer(Extension(access.standing(&kim.visitor)));
        let (mut heard, mut ended) = (read_on(&routes).await?, read_on(&routes).await?);
        desk.events.tell(event("alert", i64::MAX - 10, "while she is in"));
        assert!(heard.next().await.is_some_and(|chunk| chunk.is_ok()));
        access.sign_out(&kim.visitor, &arrival).await?;
        while heard.next().await.is_some() {}
        while ended.next().await.is_some() {}
        Ok(())
    }

    async fn read_on(routes: &Router) -> Outcome<axum::body::BodyDataStream> {
        Ok(opened(routes, None).await?.into_body().into_data_stream())
    }
}
