//! Whom test messages may be sent to: this machine, and hosts that the user has listed as their own. Attacks are never sent to anybody else.

use std::net::{IpAddr, SocketAddr};

use crate::{config::Config, failure::Failure};

/// Where mail servers listen when nobody says otherwise.
const SMTP: u16 = 25;

/// The address of a server that may be tested. Every address of its name has to be allowed, and the one that is returned was looked at: the
/// name is not asked for again.
pub(super) async fn resolve(to: &str, config: &Config) -> Result<SocketAddr, Failure> {
    let (host, port) =
        parts(to).ok_or_else(|| Failure::input(format!("error: --to {to}: write HOST:PORT, such as localhost:2525")))?;
    let found = tokio::net::lookup_host((host, port)).await;
    let found = found.map_err(|error| Failure::input(format!("error: --to {to}: {error}")))?;
    let addresses: Vec<SocketAddr> = found.collect();
    let listed: &[String] = config.mail.test_hosts.as_ref().map_or(&[], |set| &set.value);
    choose(host, &addresses, listed).map_err(Failure::input)
}

/// The host and the port of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn parts(to: &str) -> Option<(&str, u16)> {
    let (host, port) = match to.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => match to.split_once(':') {
            // An IPv6 address without brackets has no port.
            Some((_, rest)) if rest.contains(':') => (to, None),
            Some((host, port)) => (host, Some(port)),
            None => (to, None),
        },
    };
    let port = port.map_or(Some(SMTP), |port| port.parse().ok())?;
    (!host.is_empty()).then_some((host, port))
}

/// The first of a host's addresses, if all of them may be sent to.
fn choose(host: &str, addresses: &[SocketAddr], listed: &[String]) -> Result<SocketAddr, String> {
    let bare = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let is_listed = listed.iter().any(|name| bare(name) == bare(host));
    for address in addresses {
        let ip = address.ip().to_canonical();
        let by_address = listed.iter().any(|text| text.parse::<IpAddr>().is_ok_and(|listed| listed.to_canonical() == ip));
        if !(ip.is_loopback() || is_listed || by_address) {
            return Err(format!(
                "error: --to {host}: {ip} is not this machine, and attacks are sent to no one else's. If the server is yours, say so in the \
                 configuration:\n\n  [mail]\n  test-hosts = [\"{host}\"]"
            ));
        }
    }
    addresses.first().copied().ok_or_else(|| format!("error: --to {host}: it has no address"))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{choose, parts};

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn this_machine_may_be_tested() {
        for own in ["127.0.0.1:25", "127.9.9.9:25", "[::1]:25", "[::ffff:127.0.0.1]:25"] {
            assert!(choose("localhost", &addresses(&[own]), &[]).is_ok(), "{own}");
        }
    }

    #[test]
    fn nobody_else_may_unless_the_user_says_that_it_is_theirs() {
        let there = addresses(&["192.0.2.25:25"]);
        let refused = choose("mx.example.com", &there, &[]).unwrap_err();
        assert!(
            refused.contains("mx.example.com") && refused.contains("192.0.2.25") && refused.contains("test-hosts"),
            "{refused}"
        );
        assert!(choose("mx.example.com", &there, &["other.example.com".to_owned()]).is_err());
        assert!(choose("mx.example.com", &there, &["MX.example.com.".to_owned()]).is_ok());
        assert!(choose("mx.example.com", &there, &["192.0.2.25".to_owned()]).is_ok());
    }

    #[test]
    fn one_foreign_address_of_several_is_enough_to_refuse() {
        let both = addresses(&["127.0.0.1:25", "192.0.2.25:25"]);
        assert!(choose("sneaky.example.com", &both, &[]).is_err());
        assert!(choose("nowhere.example.com", &[], &["nowhere.example.com".to_owned()]).is_err());
    }

    #[test]
    fn hosts_have_ports() {
        assert_eq!(parts("localhost:2525"), Some(("localhost", 2525)));
        assert_eq!(parts("localhost"), Some(("localhost", 25)));
        assert_eq!(parts("[::1]:2525"), Some(("::1", 2525)));
        assert_eq!(parts("::1"), Some(("::1", 25)));
        for wrong in ["", ":25", "a:b", "a:99999", "[::1", "[::1]25"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
