//! What a watch promises, against a database and telemetry that is made up: nothing lost, nothing twice, whatever the clock, the
//! telemetry or the process does.

mod clock;
mod notifier;
mod replay;
mod scene;
mod watch;
