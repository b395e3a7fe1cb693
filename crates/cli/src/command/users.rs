//! `spoofwatch users`: who may sign in, for whoever has the machine. Passwords are chosen through a link and never pass here.

use std::{path::Path, sync::Arc};

use access::{Access, AccessError, Link, NewPerson, Role, User};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::{
    clock,
    command::alerts::moment,
    config::ConfigFile,
    failure::Failure,
    output,
    term::{self, Column},
    watch::StateUrl,
};

/// Arguments of `users`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    state: StateUrl,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show who may sign in, what they may do, and when they last did.
    List {
        /// One object a line.
        #[arg(long)]
        json: bool,
    },
    /// Add somebody: a link is printed by which they choose a password, once.
    Invite {
        /// What they sign in with.
        name: String,
        /// What they may do.
        #[arg(long, value_enum, default_value_t = May::Viewer)]
        role: May,
        /// What they are called on pages; the name without.
        #[arg(long, value_name = "TEXT", default_value = "")]
        display: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Print a link by which somebody chooses a new password, once. The old one is good until then.
    Reset {
        /// What they sign in with.
        name: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Keep somebody out: sessions and links end.
    Disable {
        /// What they sign in with.
        name: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Let somebody in again who was kept out.
    Enable {
        /// What they sign in with.
        name: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Give somebody another role: sessions end.
    Role {
        /// What they sign in with.
        name: String,
        /// What they may do from now on.
        #[arg(value_enum)]
        role: May,
        #[command(flatten)]
        actor: Actor,
    },
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum May {
    /// Read.
    Viewer,
    /// Work on alerts, hunt, propose exclusions and fixes.
    Analyst,
    /// Change rules, settings and users, approve.
    Admin,
}

impl From<May> for Role {
    fn from(may: May) -> Self {
        match may {
            May::Viewer => Self::Viewer,
            May::Analyst => Self::Analyst,
            May::Admin => Self::Admin,
        }
    }
}

/// Whose name stands in the record.
#[derive(Debug, Args)]
struct Actor {
    /// Who does it.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let state = options.state.open(data).await?;
    let settings = access::Settings::default();
    let access = Access::new(state.clone(), settings, Arc::new(|| clock::micros(clock::now())));
    let address = options.config.load(data)?.console.public_url.map(|set| set.value);
    let address = address.map(|url| url.trim_end_matches('/').to_owned());
    let done = act(&access, options.action, address.as_deref()).await;
    state.close().await;
    done
}

async fn act(access: &Access, action: Action, address: Option<&str>) -> Result<(), Failure> {
    match action {
        Action::List { json } => list(&access.users().await.map_err(told)?, json),
        Action::Invite { name, role, display, actor } => {
            let person = NewPerson { name, display, role: role.into() };
            let (user, link) = access.invite(&person, &actor.actor).await.map_err(told)?;
            term::say(&format!(
                "{} may come in as {}; the link works once, until {}",
                user.name,
                user.role,
                moment(link.expires_at)
            ));
            print(&link, address)
        }
        Action::Reset { name, actor } => {
            let user = access.user(&name).await.map_err(told)?;
            let link = access.reset_link(&user.id, &actor.actor).await.map_err(told)?;
            term::say(&format!("{} chooses a password there; the link works once, until {}", user.name, moment(link.expires_at)));
            print(&link, address)
        }
        Action::Disable { name, actor } => set_disabled(access, &name, true, &actor.actor).await,
        Action::Enable { name, actor } => set_disabled(access, &name, false, &actor.actor).await,
        Action::Role { name, role, actor } => {
            let user = access.user(&name).await.map_err(told)?;
            let user = access.set_role(&user.id, role.into(), &actor.actor).await.map_err(told)?;
            output::print(&format!("{} {}\n", user.name, user.role))
        }
    }
}

async fn set_disabled(access: &Access, name: &str, disabled: bool, who: &str) -> Result<(), Failure> {
    let user = access.user(name).await.map_err(told)?;
    let user = access.set_disabled(&user.id, disabled, who).await.map_err(told)?;
    output::print(&format!("{} {}\n", user.name, standing(&user)))
}

/// The link goes to standard output alone, so that it can be handed on without being kept.
fn print(link: &Link, address: Option<&str>) -> Result<(), Failure> {
    output::print(&format!("{}{}\n", address.unwrap_or_default(), link.path))
}

fn standing(user: &User) -> &'static str {
    match (user.disabled, user.has_password || user.issuer.is_some()) {
        (true, _) => "kept out",
        (false, false) => "invited",
        (false, true) => "may sign in",
    }
}

fn list(users: &[User], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return users.iter().try_for_each(|user| output::print(&format!("{}\n", json!(user))));
    }
    if users.is_empty() {
        return output::print("nobody yet: `spoofwatch serve` prints a link for the first admin\n");
    }
    let columns = ["Name", "Called", "Role", "Standing", "Signs in", "Last"].map(Column::text);
    let rows = users.iter().map(|user| {
        vec![
            user.name.clone(),
            term::harmless(&user.display, 40),
            user.role.clone(),
            standing(user).to_owned(),
            user.issuer.as_ref().map_or_else(|| "here".to_owned(), |issuer| term::harmless(issuer, 60)),
            user.last_sign_in.map(moment).unwrap_or_default(),
        ]
    });
    output::print(&term::grid(&columns, rows))
}

/// What the input is at fault for, and what nobody's input is.
fn told(error: AccessError) -> Failure {
    match error {
        AccessError::System(_) | AccessError::Damaged { .. } | AccessError::Busy => Failure::internal(error),
        AccessError::State(error) => error.into(),
        other => Failure::input(format!("error: {other}")),
    }
}
