//! `spoofwatch fix`: what answers an alert or a finding, shown exactly, approved, made once, seen from outside, taken back.

mod told;

use std::{path::Path, time::Duration};

use clap::{Args, Subcommand};
use fixes::Plan;
use mailauth::{Message, verify::Arrival};
use serde_json::json;
use state::{FIX_STATUSES, Fix, FixFilter, State};

use super::alerts::{cut, moment};
use crate::{
    config::{Config, ConfigFile},
    dns::Dns,
    failure::Failure,
    harden::{Tools, for_alert, for_finding, repair},
    output,
    term::{self, Column},
    watch::StateUrl,
};

/// Arguments of `fix`.
#[derive(Debug, Args)]
#[command(subcommand_negates_reqs = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Option<Action>,
    /// The alert: its id, or the beginning of it.
    #[arg(value_name = "ALERT", required = true)]
    alert: Option<String>,
    #[command(flatten)]
    doing: Doing,
    #[command(flatten)]
    common: Common,
}

/// How far an offer goes.
#[derive(Debug, Clone, Args)]
struct Doing {
    /// Approve what is offered, make it and look at it from outside. Without, nothing is changed.
    #[arg(long)]
    apply: bool,
    /// How long to wait until it is seen from outside, in minutes; `serve` goes on after that.
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    wait: u32,
    /// One object, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Default, Args)]
#[command(mut_args(everywhere))]
struct Common {
    /// Who does it: the name that the configuration lets approve, and the record keeps.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
    #[command(flatten)]
    dns: Dns,
    #[command(flatten)]
    config: ConfigFile,
    #[command(flatten)]
    state: StateUrl,
}

/// Options of [`Common`] may stand before and behind a subcommand.
fn everywhere(option: clap::Arg) -> clap::Arg {
    let common = ["actor", "dns", "zone", "config", "state"].contains(&option.get_id().as_str());
    if common { option.global(true) } else { option }
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show fixes, the youngest first.
    List {
        /// Only of these statuses. Without: those that something is still to come of, and failed ones.
        #[arg(long, value_name = "STATUS", value_parser = FIX_STATUSES)]
        status: Vec<String>,
        /// All.
        #[arg(long)]
        all: bool,
        /// All that is known, a JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one fix: the exact change, its undo, what was done and seen.
    Show {
        /// Its id, or the beginning of it.
        id: String,
        /// All that is known, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Offer what answers a finding of `check`: dmarc-policy-none contoso.com.
    Finding {
        /// The check.
        check: String,
        /// The domain, or what the finding is about. Without: all that the check finds.
        subject: Option<String>,
        /// Offer a stricter DMARC policy although reports say that honest mail would be lost.
        #[arg(long)]
        anyway: bool,
        #[command(flatten)]
        doing: Doing,
    },
    /// Approve fixes: `serve` makes them, or `fix apply`.
    Approve {
        /// Their ids, or beginnings.
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Refuse fixes.
    Refuse {
        /// Their ids, or beginnings.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Make a fix that was approved, and look at it from outside.
    Apply {
        /// Its id, or the beginning of it.
        id: String,
        /// How long to wait until it is seen from outside, in minutes.
        #[arg(long, value_name = "MINUTES", default_value_t = 10)]
        wait: u32,
    },
    /// Look at a fix from outside again: the DNS, the tenant, the checks, and a message.
    Verify {
        /// Its id, or the beginning of it.
        id: String,
        /// A message that the domain sent after the fix: its DKIM signature must verify.
        #[arg(long, value_name = "FILE")]
        message: Option<std::path::PathBuf>,
    },
    /// Take a fix back: what stood there before stands there again.
    Undo {
        /// Its id, or the beginning of it.
        id: String,
    },
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let common = options.common;
    if options.action.is_some() && (options.alert.is_some() || options.doing.apply || options.doing.json) {
        return Err(Failure::input(
            "error: an alert, --apply and --json stand behind the subcommand: spoofwatch fix finding CHECK --apply",
        ));
    }
    let state = common.state.open(data).await?;
    let work = Work { data, config: common.config.load(data)?, common: &common, state: &state };
    let done = match options.action {
        None => work.alert(options.alert.as_deref().unwrap_or_default(), &options.doing).await,
        Some(Action::List { status, all, json }) => work.list(status, all, json).await,
        Some(Action::Show { id, json }) => work.show(&id, json).await,
        Some(Action::Finding { check, subject, anyway, doing }) => work.finding(&check, subject.as_deref(), anyway, &doing).await,
        Some(Action::Approve { ids }) => work.approve(&ids).await,
        Some(Action::Refuse { ids, reason }) => work.refuse(&ids, &reason).await,
        Some(Action::Apply { id, wait }) => work.apply(&id, wait).await,
        Some(Action::Verify { id, message }) => work.verify(&id, message.as_deref()).await,
        Some(Action::Undo { id }) => work.undo(&id).await,
    };
    state.close().await;
    done
}

struct Work<'a> {
    data: &'a Path,
    config: Config,
    common: &'a Common,
    state: &'a State,
}

impl Work<'_> {
    /// Whoever is at the terminal sees what fails; targets of notifications are those of `serve`.
    fn worker(&self) -> repair::Worker<'_> {
        repair::Worker { actor: &self.common.actor, tell: &[] }
    }

    async fn tools(&self) -> Result<Tools, Failure> {
        Tools::open(self.data, &self.common.config, &self.common.dns).await
    }

    async fn alert(&self, id: &str, doing: &Doing) -> Result<(), Failure> {
        let alert = self.state.alert(id).await?;
        let offered = for_alert(self.state, &self.tools().await?, &alert, &self.common.actor).await?;
        for reason in &offered.reasons {
            term::say(reason);
        }
        if offered.fixes.is_empty() {
            return Err(Failure::input(format!("error: there is nothing to fix for the alert {}", repair::short(&alert.id))));
        }
        self.go_on(offered.fixes, doing).await
    }

    async fn finding(&self, check: &str, subject: Option<&str>, anyway: bool, doing: &Doing) -> Result<(), Failure> {
        let (place, tools) = ((self.data, &self.common.config), self.tools().await?);
        let offered = for_finding(place, self.state, &tools, (check, subject), anyway, &self.common.actor).await?;
        self.go_on(offered, doing).await
    }

    /// Shows what is offered, and goes on with it where that is wanted.
    async fn go_on(&self, offered: Vec<Fix>, doing: &Doing) -> Result<(), Failure> {
        let mut fixes = Vec::new();
        for fix in offered {
            if !doing.json {
                output::print(&told::plan(&fix)?)?;
            }
            fixes.push(if doing.apply { self.done(fix, doing.wait).await? } else { fix });
        }
        if doing.json {
            return output::print(&format!(
                "{}\n",
                json!({ "fixes": fixes.iter().map(told::object).collect::<Result<Vec<_>, _>>()? })
            ));
        }
        if !doing.apply {
            return output::print(&told::offered(&fixes)?);
        }
        fixes.iter().try_for_each(|fix| output::print(&told::outcome(fix)?))?;
        let bad: Vec<Failure> = fixes.iter().filter(|fix| fix.status == "failed").map(failed).collect();
        Failure::all(bad)
    }

    /// Approves a fix, makes it, and waits until it is seen.
    async fn done(&self, fix: Fix, minutes: u32) -> Result<Fix, Failure> {
        let fix = match fix.status.as_str() {
            "proposed" => repair::approve(self.state, &self.config.fixes, &fix, &self.common.actor).await?,
            _ => fix,
        };
        self.wait(fix, minutes).await
    }

    /// Works on a fix until it is seen from outside, has failed, or the time is over.
    async fn wait(&self, mut fix: Fix, minutes: u32) -> Result<Fix, Failure> {
        let until = tokio::time::Instant::now() + Duration::from_secs(u64::from(minutes) * 60);
        let progress = term::Progress::start("working");
        loop {
            // Anew each time: what a resolver remembers is not what is there now.
            let hands = self.tools().await?.hands();
            fix = repair::work_on(self.state, &hands, &self.config.fixes, &fix, self.worker()).await?;
            let over = tokio::time::Instant::now() >= until;
            if !repair::UNDER_WAY.contains(&fix.status.as_str()) || over {
                progress.finish();
                return Ok(fix);
            }
            progress.at(format!("{}: {}", fix.status, cut(&fix.message, 80)));
            tokio::time::sleep(Duration::from_secs(1)).await;
            fix = self.state.fix(&fix.id).await?;
        }
    }

    async fn list(&self, status: Vec<String>, all: bool, as_json: bool) -> Result<(), Failure> {
        let statuses = match (all, status.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => repair::USUAL.map(str::to_owned).to_vec(),
            (false, false) => status,
        };
        let fixes = self.state.fixes(&FixFilter { statuses, ..FixFilter::default() }).await?;
        if as_json {
            return fixes.iter().try_for_each(|fix| output::print(&format!("{}\n", told::object(fix)?)));
        }
        if fixes.is_empty() {
            return output::print("no fixes\n");
        }
        let columns = ["Id", "Status", "Kind", "About", "What", "Offered", "By", "Approved by"].map(Column::text);
        let rows = fixes.iter().map(|fix| {
            vec![
                repair::short(&fix.id).to_owned(),
                fix.status.clone(),
                fix.kind.clone(),
                cut(&fix.subject, 32),
                cut(&fix.title, 48),
                moment(fix.created_at),
                fix.proposed_by.clone(),
                fix.approved_by.clone().unwrap_or_default(),
            ]
        });
        output::print(&term::grid(&columns, rows))
    }

    async fn show(&self, id: &str, as_json: bool) -> Result<(), Failure> {
        let fix = self.state.fix(id).await?;
        let history = self.state.history(&format!("fix {}", fix.id)).await?;
        if as_json {
            let history: Vec<_> = history
                .into_iter()
                .map(|(at, actor, action, detail)| json!({"at": moment(at), "actor": actor, "action": action, "detail": detail}))
                .collect();
            return output::print(&format!("{}\n", json!({ "fix": told::object(&fix)?, "history": history })));
        }
        output::print(&told::plan(&fix)?)?;
        output::print(&told::outcome(&fix)?)?;
        output::print("Record\n")?;
        history.iter().try_for_each(|(at, actor, action, detail)| {
            let detail = if detail.is_empty() { String::new() } else { format!(": {}", term::harmless(detail, 2000)) };
            output::print(&format!("  {} {} {action}{detail}\n", moment(*at), term::harmless(actor, 100)))
        })
    }

    async fn approve(&self, ids: &[String]) -> Result<(), Failure> {
        let mut failures = Vec::new();
        for id in ids {
            let fix = self.state.fix(id).await?;
            match repair::approve(self.state, &self.config.fixes, &fix, &self.common.actor).await {
                Ok(fix) => output::print(&format!(
                    "{} approved by {}: `serve` makes it, or spoofwatch fix apply {0}\n",
                    repair::short(&fix.id),
                    self.common.actor
                ))?,
                Err(failure) => failures.push(failure),
            }
        }
        Failure::all(failures)
    }

    async fn refuse(&self, ids: &[String], reason: &str) -> Result<(), Failure> {
        for id in ids {
            let fix = self.state.fix(id).await?;
            let fix = repair::refuse(self.state, &fix, reason, &self.common.actor).await?;
            output::print(&format!("{} refused\n", repair::short(&fix.id)))?;
        }
        Ok(())
    }

    async fn apply(&self, id: &str, minutes: u32) -> Result<(), Failure> {
        let fix = self.state.fix(id).await?;
        if fix.status == "proposed" {
            let id = repair::short(&fix.id);
            return Err(Failure::input(format!("error: fix {id} is not approved: spoofwatch fix approve {id}")));
        }
        self.ended(self.wait(fix, minutes).await?)
    }

    async fn undo(&self, id: &str) -> Result<(), Failure> {
        let fix = self.state.fix(id).await?;
        let fix = repair::take_back(self.state, &self.config.fixes, &fix, &self.common.actor).await?;
        let fix = self.wait(fix, 10).await?;
        let taken = repair::Body::of(&fix)?.undo.filter(|_| fix.status == "undone");
        self.ended(fix)?;
        if let Some(undo) = taken {
            self.prove(&undo).await?;
        }
        Ok(())
    }

    async fn verify(&self, id: &str, message: Option<&Path>) -> Result<(), Failure> {
        let fix = self.state.fix(id).await?;
        if let Some(path) = message {
            output::print(&self.message(&fix, path).await?)?;
        }
        let (short, body) = (repair::short(&fix.id), repair::Body::of(&fix)?);
        let not_yet = |words: String| Err(Failure::input(format!("error: fix {short} is {}: {words}", fix.status)));
        match fix.status.as_str() {
            "proposed" => not_yet(format!("nobody has approved it: spoofwatch fix approve {short}")),
            // What a person does has no steps of ours: to look is all there is.
            "approved" | "applying" if body.plan.steps.is_empty() => self.ended(self.wait(fix, 0).await?),
            "approved" | "applying" => not_yet(format!("not all of it is made yet: spoofwatch fix apply {short}")),
            "applied" => {
                let hands = self.tools().await?.hands();
                self.ended(repair::look_now(self.state, &hands, fix, self.worker()).await?)
            }
            // It was judged already: what is seen now is told, and changes nothing.
            "verified" | "failed" => match self.prove(&body.plan).await? {
                true => Ok(()),
                false => Err(Failure::input(format!("fix {short} is not seen from outside"))),
            },
            _ => not_yet("there is nothing to look at".to_owned()),
        }
    }

    /// Tells what is seen of a plan now; whether that is all of it.
    async fn prove(&self, plan: &Plan) -> Result<bool, Failure> {
        let (whole, lines) = repair::seen_now(plan, &self.tools().await?.hands()).await;
        for line in lines {
            output::print(&format!("  {}\n", term::harmless(&line, 2000)))?;
        }
        Ok(whole)
    }

    /// Whether a message bears a signature of the fix's domain that verifies.
    async fn message(&self, fix: &Fix, path: &Path) -> Result<String, Failure> {
        let name = path.display();
        let bytes = std::fs::read(path).map_err(|error| Failure::input(format!("error: {name}: {error}")))?;
        let message = Message::new(&bytes);
        let resolver = self.common.dns.resolver(&self.config.mail).await?;
        let verifier = mailauth::verify::Verifier::new(resolver, mailauth::dmarc::Discovery::default());
        let arrival = Arrival { now: crate::harden::now().div_euclid(1_000_000), ..Arrival::default() };
        let verdicts = verifier.verify(Some(&message), &arrival).await;
        let of_domain = verdicts.dkim.iter().find(|found| {
            found.result == mailauth::dkim::DkimResult::Pass
                && found.domain.as_deref().is_some_and(|domain| domain.eq_ignore_ascii_case(&fix.subject))
        });
        match of_domain {
            Some(found) => Ok(format!(
                "seen: {name} bears a signature of {} that verifies (selector {})\n",
                fix.subject,
                found.selector.as_deref().unwrap_or("?")
            )),
            None => Err(Failure::input(format!("error: {name} bears no signature of {} that verifies", fix.subject))),
        }
    }

    fn ended(&self, fix: Fix) -> Result<(), Failure> {
        output::print(&told::outcome(&fix)?)?;
        if fix.status == "failed" { Err(failed(&fix)) } else { Ok(()) }
    }
}

fn failed(fix: &Fix) -> Failure {
    Failure::input(format!("fix {} has failed: {}", repair::short(&fix.id), fix.message))
}
