//! The servers of the zone a name is in, through a resolver: upwards from the name to the first that has NS records, then the addresses.

use std::net::{IpAddr, SocketAddr};

use futures::{StreamExt, future, stream};
use mailauth::dns::{Absent, Resolver};

use super::{AT_ONCE, NoAuthorities, Server};

/// Servers of one zone: more than any zone has that is asked about in earnest.
const MAX_SERVERS: usize = 32;

/// Addresses of one server: more than any has.
const MAX_ADDRESSES: usize = 16;

/// Names above a name: more than any zone is deep.
const MAX_LEVELS: usize = 32;

pub(super) async fn servers(resolver: &dyn Resolver, name: &str, port: u16) -> Result<Vec<Server>, NoAuthorities> {
    let hosts = hosts(resolver, name).await?;
    let each = |host: String| addresses(resolver, host, port);
    Ok(stream::iter(hosts).map(each).buffered(AT_ONCE).collect::<Vec<_>>().await.concat())
}

/// The names of the servers.
async fn hosts(resolver: &dyn Resolver, name: &str) -> Result<Vec<String>, NoAuthorities> {
    let mut at = name;
    for _ in 0..MAX_LEVELS {
        match resolver.ns(at).await {
            // A question for servers follows an alias like every other: then they are those of its target. A zone's own name is no alias.
            Ok(hosts) if resolver.cname(at).await.is_err() => {
                let mut hosts: Vec<String> = hosts.iter().map(|host| host.to_string()).collect();
                hosts.sort();
                hosts.dedup();
                if hosts.len() > MAX_SERVERS {
                    let reason = format!("it has {} servers, of which nobody asks more than {MAX_SERVERS}", hosts.len());
                    return Err(NoAuthorities::Unknown { name: at.to_owned(), reason });
                }
                return Ok(hosts);
            }
            Ok(_) | Err(Absent::NoSuchName | Absent::NoData) => {}
            Err(Absent::Trouble(reason)) => {
                return Err(NoAuthorities::Unknown { name: at.to_owned(), reason: reason.to_string() });
            }
        }
        let Some((_, above)) = at.split_once('.') else { break };
        at = above;
    }
    Err(NoAuthorities::NoZone(name.to_owned()))
}

/// A server at each of its addresses, or once with the reason why it has none.
async fn addresses(resolver: &dyn Resolver, host: String, port: u16) -> Vec<Server> {
    let (four, six) = future::join(resolver.a(&host), resolver.aaaa(&host)).await;
    let why = match (&four, &six) {
        (Err(Absent::Trouble(reason)), _) | (_, Err(Absent::Trouble(reason))) => reason.to_string(),
        _ => "it has none".to_owned(),
    };
    let four = four.iter().flat_map(|found| found.iter()).map(|ip| IpAddr::V4(*ip));
    let six = six.iter().flat_map(|found| found.iter()).map(|ip| IpAddr::V6(*ip));
    let server = |address| Server { name: Some(host.clone()), address };
    let found: Vec<Server> = four.chain(six).map(|ip| server(Ok(SocketAddr::new(ip, port)))).collect();
    match found.len() {
        0 => vec![server(Err(format!("its address is not known: {why}")))],
        1..=MAX_ADDRESSES => found,
        many => vec![server(Err(format!("it has {many} addresses, of which nobody asks more than {MAX_ADDRESSES}")))],
    }
}
