//! Questions that say: tell whether DNSSEC proves it.
//!
//! A server that validates says so with a bit of its answer, but only to those who ask for it by setting the same bit in the question
//! (RFC 6840 section 5.7). The library has no switch for that, so it is set on every question's way to a server.

use std::{net::IpAddr, pin::Pin};

use futures::future::FutureExt as _;
use hickory_resolver::{
    ConnectionProvider, PoolContext,
    config::ConnectionConfig,
    net::{NetError, runtime::TokioRuntimeProvider, xfer::DnsHandle},
    proto::op::DnsRequest,
};

type Inner = <TokioRuntimeProvider as ConnectionProvider>::Conn;

/// Makes connections that do so.
#[derive(Clone, Default)]
pub(super) struct SecurityAware(TokioRuntimeProvider);

/// A connection that does so.
#[derive(Clone)]
pub(super) struct Connection(Inner);

impl ConnectionProvider for SecurityAware {
    type Conn = Connection;
    type FutureConn = Pin<Box<dyn Future<Output = Result<Connection, NetError>> + Send + 'static>>;
    type RuntimeProvider = TokioRuntimeProvider;

    fn new_connection(&self, ip: IpAddr, config: &ConnectionConfig, context: &PoolContext) -> Result<Self::FutureConn, NetError> {
        let made = self.0.new_connection(ip, config, context)?;
        Ok(Box::pin(made.map(|made| made.map(Connection))))
    }

    fn runtime_provider(&self) -> &TokioRuntimeProvider {
        &self.0
    }
}

impl DnsHandle for Connection {
    type Response = <Inner as DnsHandle>::Response;
    type Runtime = <Inner as DnsHandle>::Runtime;

    fn send(&self, mut request: DnsRequest) -> Self::Response {
        request.metadata.authentic_data = true;
        self.0.send(request)
    }
}
