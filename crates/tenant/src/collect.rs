//! All that a tenant is configured with, read at once; what cannot be read does not keep the rest.

use tokio::sync::Semaphore;

use crate::{
    error::Error,
    exchange::Admin,
    graph::Graph,
    snapshot::{Part, Snapshot},
};

/// Most parts that are read at the same time. Exchange Online has little room for one application.
const AT_ONCE: usize = 3;

/// Reads every part of a tenant's configuration. A part that cannot be read says why; without Graph, its part says that it was not asked.
pub async fn snapshot(tenant: &str, admin: &dyn Admin, graph: Option<&Graph>) -> Snapshot {
    let gate = Semaphore::new(AT_ONCE);
    let domains = async {
        match graph {
            Some(graph) => part(&gate, graph.domains()).await,
            None => Part::default(),
        }
    };
    let (dkim, accepted_domains, anti_phish, transport_rules, organization, inbound_connectors, arc, audit, domains) = futures::join!(
        part(&gate, admin.get_dkim()),
        part(&gate, admin.accepted_domains()),
        part(&gate, admin.anti_phish()),
        part(&gate, admin.transport_rules()),
        part(&gate, admin.organization_config()),
        part(&gate, admin.inbound_connectors()),
        part(&gate, admin.arc_config()),
        part(&gate, admin.audit_config()),
        domains,
    );
    let (content_filters, connection_filters, transport, remote_domains) = futures::join!(
        part(&gate, admin.content_filters()),
        part(&gate, admin.connection_filters()),
        part(&gate, admin.transport_config()),
        part(&gate, admin.remote_domains()),
    );
    let tenant = tenant.to_owned();
    Snapshot {
        tenant,
        dkim,
        accepted_domains,
        anti_phish,
        transport_rules,
        organization,
        inbound_connectors,
        arc,
        audit,
        content_filters,
        connection_filters,
        transport,
        remote_domains,
        domains,
    }
}

async fn part<T>(gate: &Semaphore, asked: impl Future<Output = Result<T, Error>>) -> Part<T> {
    // The gate is never closed.
    let _place = gate.acquire().await;
    match asked.await {
        Ok(read) => Part::Read(read),
        Err(error) => Part::Failed(error.to_string()),
    }
}
