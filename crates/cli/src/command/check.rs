//! `spoofwatch check`: which domains can be spoofed, what is wrong with them and with the tenant, and what to publish.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use posture::{
    Severity,
    baseline::{State as Standing, standings},
    evidence::Purpose,
    report::{Report, html, json, text},
};

use crate::{
    config::ConfigFile,
    dns::Dns,
    failure::Failure,
    harden::{Asked, Looker, Memory, all_findings, now},
    output, term,
    watch::StateUrl,
};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The domains. Without: those of the configuration, and the tenant with the domains it takes mail for.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
    /// These domains send no mail, and should be locked down.
    #[arg(long)]
    non_sending: bool,
    /// A selector of a DKIM key, beside those that are usual. May be given more than once.
    #[arg(long = "selector", value_name = "NAME")]
    selectors: Vec<String>,
    /// A domain that looks like the one checked; `all` makes up the likely ones. May be given more than once.
    #[arg(long = "lookalike", value_name = "DOMAIN")]
    lookalikes: Vec<String>,
    /// Where records to publish ask for reports: dmarc@example.com.
    #[arg(long, value_name = "ADDRESS")]
    report_address: Option<String>,
    /// Look at the tenant too, also where domains are named.
    #[arg(long, conflicts_with = "no_tenant")]
    tenant: bool,
    /// Leave the tenant alone.
    #[arg(long)]
    no_tenant: bool,
    /// Get no pages over HTTPS: policies of MTA-STS and logos are then not looked at.
    #[arg(long)]
    no_fetch: bool,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// Write it to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// End with status 1 if there is a finding that matters so much or more.
    #[arg(long, value_name = "SEVERITY", value_enum)]
    fail_on: Option<Level>,
    /// Keep nothing of it: by default what is found is kept where the data directory is there, and always of configured domains.
    #[arg(long)]
    no_save: bool,
    #[command(flatten)]
    dns: Dns,
    #[command(flatten)]
    config: ConfigFile,
    #[command(flatten)]
    state: StateUrl,
}

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading in a terminal.
    Text,
    /// One object.
    Json,
    /// A page that stands alone.
    Html,
}

/// A severity on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Informational => Self::Informational,
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let mut config = options.config.load(data)?;
    config.check.also(&options.selectors, &options.lookalikes, options.report_address.as_deref(), options.no_fetch)?;
    if options.no_tenant || (!options.domains.is_empty() && !options.tenant) {
        config.tenant = crate::config::Tenant::default();
    }
    let looker = Looker::open(config, &options.dns).await?;
    let asked = asked(&looker, &options).await?;
    let save = !options.no_save && (options.domains.is_empty() || options.state.exists(data));
    let state = if save || options.state.exists(data) { Some(options.state.open(data).await?) } else { None };
    let mut memory = match &state {
        Some(state) => Memory::load(state).await?,
        None => Memory::default(),
    };
    let progress = term::Progress::start("asking");
    progress.at(format!("asking about {}", term::count(asked.len() as u64, "domain")));
    let made_at = now();
    let domains = looker.domains(&asked, &memory.history(), made_at).await?;
    let tenant = looker.tenant(&domains, made_at).await;
    progress.finish();
    let findings = || all_findings(&domains, tenant.as_ref()).map(|(_, finding)| finding);
    let mut baseline = standings(findings(), tenant.as_ref().map(|tenant| &tenant.snapshot), !domains.is_empty());
    if tenant.is_none() {
        // Without a tenant nothing of Microsoft's baseline was looked at but what the DNS shows.
        baseline.retain(|standing| standing.state != Standing::NotChecked);
    }
    let report = Report {
        made_at,
        domains: domains.iter().map(|looked| looked.report.clone()).collect(),
        tenant: tenant.as_ref().map(|tenant| tenant.report.clone()),
        baseline: if tenant.is_some() { baseline } else { Vec::new() },
        changes: memory.told(&domains, tenant.as_ref()),
    };
    if save && let Some(state) = &state {
        let all = options.domains.is_empty() && !options.no_tenant;
        memory.store(data, state, &report, (&domains, tenant.as_ref()), all).await?;
    }
    show(&report, &options)?;
    let worst = findings().map(|finding| finding.severity).max();
    match options.fail_on.map(Severity::from) {
        Some(level) if worst.is_some_and(|worst| worst >= level) => {
            Err(Failure::input(format!("findings of severity {level} or more were found (--fail-on)")))
        }
        _ => Ok(()),
    }
}

/// The domains that are looked at.
async fn asked(looker: &Looker, options: &Options) -> Result<Vec<Asked>, Failure> {
    if options.domains.is_empty() {
        let mut asked = looker.configured();
        asked.extend(looker.accepted().await);
        if asked.is_empty() && looker.tenant.is_none() {
            return Err(Failure::input(
                "error: name a domain, or the domains of yours in the configuration: [check] domains = [\"example.com\"]",
            ));
        }
        return Ok(asked);
    }
    let configured = looker.configured();
    options
        .domains
        .iter()
        .map(|text| {
            let domain = mailauth::dns::name(text)
                .filter(|name| name.contains('.'))
                .ok_or_else(|| Failure::input(format!("error: `{text}` is no domain: write one such as example.com")))?;
            let known = configured.iter().find(|known| known.domain == domain).map(|known| known.purpose);
            let purpose = if options.non_sending { Purpose::NonSending } else { known.unwrap_or_default() };
            Ok(Asked { domain, purpose })
        })
        .collect()
}

fn show(report: &Report, options: &Options) -> Result<(), Failure> {
    let screen = if options.output.is_some() { term::Screen::FILE } else { term::Screen::stdout() };
    let shown = match options.format {
        Form::Json => format!("{}\n", json::json(report)),
        Form::Html => html::html(report),
        Form::Text => {
            let lines = text::text(report, screen.width.unwrap_or(100));
            text::painted(&lines, |tone, words| painted(tone, words, screen.colour))
        }
    };
    match &options.output {
        None => output::print(&shown),
        Some(path) => output::to_file(path, |out| {
            out.write_all(shown.as_bytes()).map_err(|error| Failure::of_output(&path.display().to_string(), &error))
        }),
    }
}

fn painted(tone: text::Tone, words: &str, colour: bool) -> String {
    let style = match tone {
        text::Tone::Plain => anstyle::Style::new(),
        text::Tone::Heading => anstyle::Style::new().bold(),
        text::Tone::Quiet => anstyle::Style::new().dimmed(),
        text::Tone::Good => anstyle::AnsiColor::Green.on_default(),
        text::Tone::Doubtful => anstyle::AnsiColor::Yellow.on_default(),
        text::Tone::Bad => anstyle::AnsiColor::Red.on_default().bold(),
        text::Tone::Copy => anstyle::AnsiColor::Cyan.on_default(),
    };
    if colour && style != anstyle::Style::new() { format!("{style}{words}{style:#}") } else { words.to_owned() }
}
