//! The console of `serve`: pages, JSON interface and sign-in, put together over the watch.
//!
//! Who may come in is `access`, what is asked and changed `desk` (the module of that name here answers it), what people see `pages`, what
//! programs see `server::api`. Start with [`Console::open`].

mod certificates;
mod issuer;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use access::Access;
use pages::Pages;
use server::{Metrics, Router};

use crate::{config, desk::Context, failure::Failure, term};

pub(crate) use certificates::Files;

/// Everything that stands behind the address of a console.
pub(crate) struct Console {
    access: Access,
    desk: desk::Desk,
    metrics: Arc<Metrics>,
    /// Where people reach it, where that is not the address that is listened on.
    public: Option<String>,
    tls: bool,
}

impl Console {
    /// Over a watch. `None` where the address can be reached from outside and neither TLS nor a proxy keeps passwords from being read
    /// on the way: rows are taken there, and pages are not shown.
    pub(crate) fn open(desk: Context, listen: SocketAddr, config: &config::Console) -> Result<Option<Self>, Failure> {
        let tls = config.tls_certificate.is_some();
        if !listen.ip().is_loopback() && !tls && config.trusted_proxies.is_none() {
            term::warn(&format!(
                "the console is not served on {listen}: passwords could be read on the way. Name tls-certificate and tls-key, or \
                 trusted-proxies, in the table console of spoofwatch.toml, or listen on 127.0.0.1"
            ));
            return Ok(None);
        }
        let settings = settings(config, listen.ip(), tls)?;
        let access = Access::new(desk.state().clone(), settings, crate::desk::clock());
        let metrics = Arc::clone(&desk.house.metrics);
        let access = access.counted_by(Arc::clone(&metrics) as Arc<dyn access::Counts>);
        let access = access.shown_by(pages::refused());
        let public = config.public_url.as_ref().map(|set| set.value.clone());
        Ok(Some(Self { access, desk: crate::desk::open(desk), metrics, public, tls }))
    }

    /// Says where it is, and, where nobody can sign in yet, by which link the first administrator is made.
    pub(crate) async fn announce(&self, address: SocketAddr) {
        let scheme = if self.tls { "https" } else { "http" };
        let base = self.public.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        term::say(&format!("the console is at {base}/"));
        match self.access.first_run().await {
            Ok(None) => {}
            Ok(Some(link)) => term::say(&format!(
                "nobody can sign in yet: make the first administrator at {base}{}  (once, within the hour)",
                link.path
            )),
            // Rows are taken and rules run all the same: what keeps a link from being made, a full disk for one, may pass.
            Err(error) => term::warn(&format!(
                "nobody can sign in yet, and no link could be made for the first administrator: {error}. \
                 `spoofwatch users invite NAME --role admin` makes one once that has passed"
            )),
        }
    }

    /// What is answered, `others` among it: whoever asks, it is known who.
    pub(crate) fn routes(self, others: Router) -> Router {
        let pages = Pages { desk: self.desk.clone(), access: self.access.clone() };
        let pages = server::guarded(pages::routes(pages), &self.metrics, pages::broken);
        let interface = server::guarded(server::api::routes(self.desk), &self.metrics, server::api::broken);
        let interface = self.access.viewers(interface);
        let layer = self.access.layer();
        // Whoever sends rows need not be somebody: the token of the data directory is enough. An API token is known there, too.
        pages.merge(interface).layer(layer).merge(others.layer(self.access.tokens()))
    }
}

fn settings(config: &config::Console, listen: IpAddr, tls: bool) -> Result<access::Settings, Failure> {
    let mut settings = access::Settings { tls, ..access::Settings::default() };
    if let Some(set) = &config.idle_minutes {
        settings.idle = Duration::from_secs(u64::from(set.value) * 60);
    }
    if let Some(set) = &config.session_hours {
        settings.longest = Duration::from_secs(u64::from(set.value) * 3600);
    }
    if let Some(set) = &config.public_url {
        settings.public_url = Some(set.value.parse().map_err(Failure::internal)?);
    }
    if !listen.is_loopback() && !listen.is_unspecified() {
        settings.hosts.push(listen.to_string());
    }
    if let Some(set) = &config.trusted_proxies {
        settings.proxies.clone_from(&set.value.1);
    }
    if let Some(oidc) = &config.oidc {
        settings.oidc = Some(issuer::read(oidc)?);
    }
    Ok(settings)
}
