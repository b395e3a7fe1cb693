//! The `spoofwatch` program: a file a command under `command/`, what is drawn on a terminal under `term/`.

mod catalog;
mod chart_of;
mod clock;
mod command;
mod config;
mod console;
mod desk;
mod dns;
mod external;
mod failure;
mod functions;
mod geoip;
mod harden;
mod history;
mod imap;
mod mail;
mod milter;
mod output;
mod prompt;
mod query;
mod rule_test;
mod show;
mod smtp;
mod term;
mod unanswered;
mod watch;
mod watchlists;
mod write;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = command::Arguments::read();
    // The main thread's stack is the system's choice; the engine walks trees as deep as a query nests.
    let worker =
        std::thread::Builder::new().name("spoofwatch".to_owned()).stack_size(engine::STACK).spawn(move || start(arguments));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        Ok(Err(_)) => failure::Failure::internal("the command stopped unexpectedly").report(),
        Err(error) => failure::Failure::internal(format!("threads cannot be started: {error}")).report(),
    }
}

/// How long work may take to let go after Ctrl-C.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

fn start(arguments: command::Arguments) -> ExitCode {
    // Queries keep every worker busy; signals and time limits are looked at after each step of theirs, not after every 61st.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(engine::STACK).event_interval(1).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failure::Failure::internal(format!("threads cannot be started: {error}")).report(),
    };
    let heard = arguments.hears_interrupts();
    runtime.spawn(async move {
        if heard {
            return;
        }
        interrupted().await;
        tokio::time::sleep(PATIENCE).await;
        #[expect(clippy::disallowed_methods, reason = "work that does not let go must not keep the user waiting")]
        std::process::exit(130);
    });
    let done = runtime.block_on(async {
        tokio::select! {
            done = command::run(arguments) => done,
            () = interrupted(), if !heard => Err(failure::Failure::Interrupted),
        }
    });
    // Work that still runs on other threads is not waited for.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Returns at Ctrl-C; never where signals cannot be heard.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
