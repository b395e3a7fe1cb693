//! A Microsoft 365 tenant to try things against by hand: it prints its address as a line of JSON and answers until it is ended.
//!
//! ```text
//! cargo run -p spoofwatch-tenant-stand-in --example stand_in -- --dkim contoso.com=1024/2048 --domain adatum.com
//! ```
//!
//! What else can be done with it is below `/stand-in/`: `POST advance {"seconds":345600}` lets time pass,
//! `POST act {"cmdlet":"Set-DkimSigningConfig","parameters":{"Identity":"contoso.com","Enabled":false}}` has an administrator run a cmdlet,
//! `POST publish {"name":..,"target":..}` and `POST withdraw {"name":..}` change the DNS that the tenant sees,
//! `POST fault {"harm":"throttle","seconds":2,"times":3}` makes something go wrong, `GET log` lists what was asked.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use serde_json::json;
use spoofwatch_tenant_stand_in::{App, CLIENT_ID, CLIENT_SECRET, Clock, Dkim, Scenario, StandIn};

const USAGE: &str = "\
stand_in [--initial-domain NAME] [--domain NAME]... [--dkim NAME=BITS/BITS[:off][:unpublished][:old][:second]]... [--audit-delay SECONDS] [--port PORT]

--initial-domain  the tenant's first domain; another than contoso.onmicrosoft.com begins with nothing but it
--domain          a domain more that mail is taken for
--dkim            the lengths of a domain's two keys; off: not signing; unpublished: no CNAME records; old: records in their form before
                  May 2025; second: the second selector signs
--audit-delay     seconds from an act to its record in the activity feed
--port            the port; any that is free without it";

/// What was given on the command line.
struct Arguments {
    initial_domain: String,
    domain: Vec<String>,
    dkim: Vec<String>,
    audit_delay: u64,
    port: u16,
}

fn arguments(given: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
    let initial_domain = "contoso.onmicrosoft.com".to_owned();
    let mut read = Arguments { initial_domain, domain: Vec::new(), dkim: Vec::new(), audit_delay: 0, port: 0 };
    let mut given = given;
    while let Some(name) = given.next() {
        let value = given.next().ok_or(USAGE)?;
        match name.as_str() {
            "--initial-domain" => read.initial_domain = value,
            "--domain" => read.domain.push(value),
            "--dkim" => read.dkim.push(value),
            "--audit-delay" => read.audit_delay = value.parse()?,
            "--port" => read.port = value.parse()?,
            _ => return Err(USAGE.into()),
        }
    }
    Ok(read)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments(std::env::args().skip(1))?;
    let mut scenario = if arguments.initial_domain == "contoso.onmicrosoft.com" {
        Scenario::contoso()
    } else {
        let until = chrono::DateTime::<chrono::Utc>::MAX_UTC;
        let app = App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, until);
        Scenario::empty(&arguments.initial_domain).app(app)
    };
    scenario = scenario.clock(Clock::following(now)).audit_delay(Duration::from_secs(arguments.audit_delay));
    for domain in &arguments.domain {
        scenario = scenario.domain(domain);
    }
    for written in &arguments.dkim {
        let (domain, how) = dkim(written).ok_or_else(|| format!("--dkim {written}: as in contoso.com=1024/2048:off"))?;
        scenario = scenario.dkim(domain, how);
    }
    let tenant = StandIn::start_on(scenario, arguments.port)?;
    let line = json!({
        "address": tenant.base(),
        "tenant": tenant.tenant_id,
        "initial_domain": tenant.initial_domain,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    });
    writeln!(std::io::stdout(), "{line}")?;
    loop {
        std::thread::park();
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge: whoever tries it by hand lives in the time of the machine")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// `contoso.com=1024/2048:off:unpublished:old`.
fn dkim(written: &str) -> Option<(&str, Dkim)> {
    let (domain, how) = written.split_once('=')?;
    let mut parts = how.split(':');
    let (first, second) = parts.next()?.split_once('/')?;
    let mut dkim = Dkim::signing(first.parse().ok()?, second.parse().ok()?);
    for part in parts {
        dkim = match part {
            "off" => dkim.off(),
            "unpublished" => dkim.unpublished(),
            "old" => dkim.old_form(),
            "second" => dkim.second_signs(),
            _ => return None,
        };
    }
    Some((domain, dkim))
}
