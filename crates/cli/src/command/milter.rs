//! `spoofwatch milter`: a mail server is answered about live mail, and nothing else is done. `serve` does it beside the watch.

use std::{net::SocketAddr, path::Path, sync::Arc};

use ::milter::Address;
use clap::Args;
use server::{Health, Metrics};
use tokio::sync::Notify;

use crate::{
    config::{ConfigFile, Set, authserv_id},
    failure::Failure,
    mail::Looking,
    milter::Milter,
    term,
    watch::{Rows, Troubles},
};

/// Arguments of `milter`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where mail servers connect: inet:HOST:PORT or unix:/PATH. Without: where the configuration says, else inet:127.0.0.1:8891.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<Address>,
    /// The name under which verdicts are written into messages. Without: what the mail server calls itself.
    #[arg(long, value_name = "NAME", value_parser = authserv_id)]
    authserv_id: Option<String>,
    /// Where /healthz and /metrics are answered. Without, nowhere.
    #[arg(long, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    config: ConfigFile,
}

/// Where mail servers connect unless told otherwise.
const PLACE: &str = "inet:127.0.0.1:8891";

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let mut config = options.config.load(data)?;
    if let Some(value) = options.authserv_id {
        config.milter.authserv_id = Some(Set { value, line: 0 });
    }
    let configured = config.milter.listen.as_ref().map(|set| set.value.clone());
    let place = options.listen.or(configured).map_or_else(|| PLACE.parse(), Ok).map_err(Failure::internal)?;
    std::fs::create_dir_all(data).map_err(|error| Failure::internal(format_args!("{}: {error}", data.display())))?;
    let metrics = Arc::new(Metrics::default());
    let rows = Rows::start(data, sources::Options::default(), &metrics, &Arc::new(Notify::new()));
    let milter = Milter::listen(data, &place, &options.looking, &config, rows, &metrics).await?;
    let http = async {
        match options.http {
            Some(address) => {
                let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
                    Failure::internal(format_args!("{address} cannot be listened on: {error}; choose another with --http"))
                })?;
                let address = listener.local_addr().map_err(Failure::internal)?;
                term::say(&format!("listening on http://{address}"));
                let health: Arc<dyn Health> = Arc::new(Troubles::default());
                server::serve(listener, server::routes(health, Arc::clone(&metrics)), None).await.map_err(Failure::internal)
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = http => ended,
        ended = milter.run(stopped()) => ended,
    }
}

/// Returns at Ctrl-C, and where the system asks the program to end.
async fn stopped() {
    #[cfg(unix)]
    let ended = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let ended = std::future::pending::<()>();
    tokio::select! {
        () = ended => {}
        heard = tokio::signal::ctrl_c() => if heard.is_err() { std::future::pending().await },
    }
}
