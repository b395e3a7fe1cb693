//! The address on loopback: connections taken, requests read, answers written, faults done.
//!
//! It runs on a thread with a runtime of its own, so that a test whose time stands still is answered all the same.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::activity;
use crate::clock::http;
use crate::control;
use crate::exchange;
use crate::fault::{self, Harm};
use crate::graph;
use crate::house::House;
use crate::http::{Asked, Reply};
use crate::log::Seen;
use crate::route::{self, Place, Route};
use crate::token;

/// How long a request may be: more than any that is documented.
const LONGEST_REQUEST: usize = 16 << 20;

/// How many requests are remembered: whoever runs it apart may run it for days.
const MOST_SEEN: usize = 100_000;

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Answers on a listener until it is dropped.
    pub(crate) fn start(listener: std::net::TcpListener, house: Arc<House>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("tenant-stand-in".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                let routes = Router::new().fallback(answer).with_state(house);
                let service = routes.into_make_service_with_connect_info::<Cut>();
                let serving = axum::serve(Door(listener), service);
                tokio::select! {
                    _ = serving => {}
                    _ = stopped => {}
                }
            });
            // Ends the tasks of connections that are still open.
            runtime.shutdown_background();
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn answer(State(house): State<Arc<House>>, ConnectInfo(cut): ConnectInfo<Cut>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST_REQUEST).await.unwrap_or_default();
    let asked = Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        raw_query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
    };
    let (reply, harm) = decide(&house, &asked);
    match harm {
        Some(Harm::Slow(late)) => tokio::time::sleep(late).await,
        Some(Harm::DropBefore | Harm::DropAfter) => cut.0.store(true, Ordering::SeqCst),
        _ => {}
    }
    written(reply)
}

/// The answer to a request, and what is done to it on its way.
fn decide(house: &House, asked: &Asked) -> (Reply, Option<Harm>) {
    let place = route::place(asked);
    let now = house.clock.now();
    if let Place::Control(name) = &place {
        return (control::answer(house, asked, name), None);
    }
    let route = route::of(&place, asked);
    let harm = fault::take(&mut house.faults(), &route);
    let right = harm.as_ref().is_none_or(Harm::lets_pass).then(|| respond(house, &place, asked));
    if harm == Some(Harm::Unauthorized) {
        let token = asked.header("authorization").and_then(|written| written.split_once(' ')).map(|(_, token)| token.trim());
        house.state().tokens.remove(token.unwrap_or_default());
    }
    let reply = match (&harm, right) {
        (None, Some(right)) => right,
        (Some(harm), right) => harm.reply(right, &route, now),
        (None, None) => Reply::empty(500),
    };
    let reply = reply.with("date", http(now));
    let is_cut = matches!(harm, Some(Harm::DropBefore | Harm::DropAfter));
    let mut log = house.log();
    if log.len() >= MOST_SEEN {
        log.remove(0);
    }
    log.push(seen(house, route, asked, if is_cut { 0 } else { reply.status }));
    drop(log);
    (reply, harm)
}

fn respond(house: &House, place: &Place, asked: &Asked) -> Reply {
    let now = house.clock.now();
    let is_measured = ["content-length", "transfer-encoding"].iter().any(|name| asked.headers.contains_key(*name));
    if asked.method == Method::POST && !is_measured {
        // What stands before Microsoft's services takes no request with a body whose length nobody says.
        return Reply::empty(411);
    }
    let (authority, mut state) = (&house.authority, house.state());
    match place {
        Place::Token(tenant) => token::answer(&mut state, authority, asked, tenant, now),
        Place::Discovery(tenant) => token::discovery::answer(&mut state, authority, asked, tenant, now),
        Place::Exchange(tenant) => exchange::answer(&mut state, authority, asked, tenant, now),
        Place::Graph(parts) => graph::answer(&mut state, authority, asked, parts, now),
        Place::Feed(tenant, operation) => activity::answer(&mut state, authority, asked, tenant, operation, now),
        Place::Control(_) | Place::Nowhere => Reply::empty(404),
    }
}

fn seen(house: &House, route: Route, asked: &Asked, status: u16) -> Seen {
    let headers = asked.headers.iter().filter(|(name, _)| name.as_str() != "authorization");
    let query = asked.raw_query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
    Seen {
        at: house.clock.now(),
        route,
        method: asked.method.to_string(),
        target: format!("{}{query}", asked.path),
        status,
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: String::from_utf8_lossy(&asked.body).into_owned(),
    }
}

fn written(reply: Reply) -> Response {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(Bytes::from(reply.body))).unwrap_or_else(|_| {
        let mut broken = Response::new(Body::empty());
        *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

/// A listener whose connections can be cut.
struct Door(TcpListener);

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            if let Ok((stream, address)) = self.0.accept().await {
                return (Connection { stream, cut: Cut::default() }, address);
            }
            // A connection that failed while it came is none; a process without file descriptors waits for some.
            tokio::task::yield_now().await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Once true, nothing more is written to the connection.
#[derive(Debug, Clone, Default)]
struct Cut(Arc<AtomicBool>);

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cut.clone()
    }
}

struct Connection {
    stream: TcpStream,
    cut: Cut,
}

impl Connection {
    fn is_cut(&self) -> bool {
        self.cut.0.load(Ordering::SeqCst)
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_cut() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
