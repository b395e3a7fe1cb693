//! The `spoofwatch` program: a file a command under `command/`, what is drawn on a terminal under `term/`.

mod catalog;
mod chart_of;
mod clock;
mod command;
mod failure;
mod output;
mod query_file;
mod term;
mod write;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = command::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::Failure::internal(format!("threads cannot be started: {error}")).report(),
    };
    let done = runtime.block_on(async {
        tokio::select! {
            done = tokio::spawn(command::run(arguments)) => done.unwrap_or_else(|error| Err(failure::Failure::internal(error.to_string()))),
            () = interrupted() => Err(failure::Failure::Interrupted),
        }
    });
    // Work that still runs on other threads is not waited for: Ctrl-C ends the program at once.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Planning walks trees as deep as a query nests.
const STACK: usize = 16 << 20;

/// Returns at Ctrl-C; never where signals cannot be heard.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
