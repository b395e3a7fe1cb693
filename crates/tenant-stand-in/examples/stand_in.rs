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

use clap::Parser;
use serde_json::json;
use spoofwatch_tenant_stand_in::{CLIENT_ID, CLIENT_SECRET, Clock, Dkim, Scenario, StandIn};

/// A Microsoft 365 tenant that answers as documented.
#[derive(Parser)]
struct Arguments {
    /// The tenant's first domain. Another than the default begins with nothing but this domain.
    #[arg(long, default_value = "contoso.onmicrosoft.com")]
    initial_domain: String,
    /// A domain more that mail is taken for.
    #[arg(long)]
    domain: Vec<String>,
    /// How mail of a domain is signed: `contoso.com=1024/2048` for the lengths of both keys, with `:off` for not, `:unpublished` for
    /// records that are missing, `:old` for their form before May 2025.
    #[arg(long)]
    dkim: Vec<String>,
    /// Seconds from an act to its record in the activity feed.
    #[arg(long, default_value_t = 0)]
    audit_delay: u64,
    /// The port; any that is free without it.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let mut scenario = if arguments.initial_domain == "contoso.onmicrosoft.com" {
        Scenario::contoso()
    } else {
        let until = chrono::DateTime::<chrono::Utc>::MAX_UTC;
        let app = spoofwatch_tenant_stand_in::App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, until);
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
