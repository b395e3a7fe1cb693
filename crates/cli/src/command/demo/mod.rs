//! `spoofwatch demo`: a month of simulated mail, the hunts that come with the program run over it, and what its rules raise.

mod alerts;
mod reports;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use engine::{Engine, Environment, Limits};

use crate::{
    catalog, chart_of, clock,
    failure::Failure,
    output,
    query::Query,
    term::{self, Screen},
};

/// The hunts of the demonstration: a title, what to look at, the query.
const HUNTS: [(&str, &str, &str); 4] = [
    (
        "DKIM failures a day",
        "Messages whose DKIM signature failed. The spike is an attack; the rhythm below it is broken signing of your own and of others.",
        include_str!("../../../../../content/hunts/dkim-failure-trend.kql"),
    ),
    (
        "Accepted domain, DMARC or SPF temperror",
        "Inbound mail in the name of your own domains that could not be checked, because DNS did not answer.",
        include_str!("../../../../../content/hunts/accepted-domain-temperror.kql"),
    ),
    (
        "Spoofed senders",
        "The domains in whose name mail came that failed DMARC, or that nothing proves to be theirs. Some are attacked, some are set up badly.",
        include_str!("../../../../../content/hunts/spoofed-sender.kql"),
    ),
    (
        "DKIM signing switched off",
        "Someone disabled the signing of outbound mail in Exchange Online.",
        include_str!("../../../../../content/hunts/dkim-signing-disabled.kql"),
    ),
];

/// What stands beside the telemetry: whose mail it is, and what the DNS says of their domains.
const WORLD: [(&str, &str); 2] = [
    ("spoofwatch.toml", include_str!("../../../../../content/demo/spoofwatch.toml")),
    ("dns.zone", include_str!("../../../../../content/demo/dns.zone")),
];

/// Days of the simulated telemetry.
const DAYS: i64 = 31;

/// A file that marks a directory as the demonstration's own, to be made anew.
const MARK: &str = ".spoofwatch-demo";

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where the simulated telemetry goes; made anew each time.
    #[arg(long, value_name = "DIR", default_value = "spoofwatch-demo")]
    directory: PathBuf,
    /// Messages to simulate.
    #[arg(long, default_value_t = 20_000)]
    messages: u64,
    /// The moment the month ends, such as 2026-11-20T00:00:00Z; the last full hour without.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let hour = schema::text::timespan::TICKS_PER_HOUR;
    let end = match &options.as_of {
        Some(_) => clock::as_of(options.as_of.as_deref())?,
        None => clock::now() / hour * hour,
    };
    prepare(&options.directory)?;
    let made = ::simulate::Options { days: 31, messages: options.messages, seed: 1, end, batch_rows: 65_536 };
    super::simulate::to_lake(&options.directory, made).await?;
    reports::store(&options.directory, schema::text::datetime::to_unix_micros(end) / 1_000_000, DAYS).await?;
    output::print(&format!("{} simulated messages of 31 days are in {}\n\n", options.messages, options.directory.display()))?;

    let limits = Limits { memory: Some(2 << 30), ..Limits::default() };
    let engine = Engine::new(limits).map_err(Failure::internal)?;
    let catalog = Arc::new(catalog::stored(&options.directory).await?);
    let env = Environment::new(catalog, end);
    let screen = Screen::stdout();
    for (title, why, query) in HUNTS {
        output::print(&format!("━━ {title}\n   {why}\n\n"))?;
        let results = engine.query(query, &env).await.map_err(|error| Failure::of_query(&error, &Query::new(query, title)))?;
        let chart = results.visualization.as_ref().and_then(|_| chart_of::chart(&results, title));
        match chart {
            Some(chart) => {
                let path = options.directory.join("dkim-trend.png");
                output::chart(&chart, &path)?;
                output::print(&format!(
                    "{}\n\n   The same as a picture: {}\n\n",
                    chart::terminal(&chart, screen.chart_width(), 20, screen.colour),
                    path.display()
                ))?;
            }
            None => output::print(&format!("{}\n", term::table(&results, 8, screen)))?,
        }
    }
    alerts::show(&options.directory, engine, env, (end, DAYS)).await?;
    output::print(&format!(
        "Go on:\n  spoofwatch --data {0} serve          # the console, in a browser\n  spoofwatch --data {0} alerts list\n  spoofwatch --data {0} hunt 'EmailEvents | summarize count() by EmailDirection | render piechart'\n  \
         spoofwatch --data {0} rules evaluate\n",
        options.directory.display()
    ))
}

/// An empty directory of the demonstration's own. One that holds anything else is not touched.
fn prepare(directory: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::input(format!("error: {}: {error}", directory.display()));
    let empty = std::fs::read_dir(directory).map(|mut entries| entries.next().is_none()).unwrap_or(true);
    if !empty && !directory.join(MARK).exists() {
        return Err(Failure::input(format!(
            "error: {}: this directory holds something else; name another with --directory",
            directory.display()
        )));
    }
    if directory.exists() {
        std::fs::remove_dir_all(directory).map_err(failed)?;
    }
    std::fs::create_dir_all(directory).map_err(failed)?;
    for (name, text) in WORLD {
        std::fs::write(directory.join(name), text).map_err(failed)?;
    }
    std::fs::write(directory.join(MARK), "Made by `spoofwatch demo`, which removes this directory when it runs again.\n")
        .map_err(failed)
}
