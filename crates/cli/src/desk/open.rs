//! The desk put together: every part over the same context.

use std::sync::Arc;

use desk::Desk;

use super::{
    Context, alerts, clock, domains, exclusions, fixes, hunts, incidents, messages, overview, quarantine, reports, rules,
    settings,
};

/// Everything that can be asked for and done, over a watch.
pub(crate) fn open(desk: Context) -> Desk {
    let (jobs, events) = (desk.jobs.clone(), desk.events().clone());
    let overviews = overview::Here::new(desk.clone());
    overviews.prepare();
    let rules = Arc::new(rules::Here::new(desk.clone()));
    rules.prepare();
    Desk {
        alerts: Arc::new(alerts::Here::new(desk.clone())),
        incidents: Arc::new(incidents::Here::new(desk.clone())),
        exclusions: Arc::new(exclusions::Here::new(desk.clone())),
        rules,
        hunts: Arc::new(hunts::Here::new(desk.clone())),
        overviews: Arc::new(overviews),
        domains: Arc::new(domains::Here::new(desk.clone())),
        fixes: Arc::new(fixes::Here::new(desk.clone())),
        reports: Arc::new(reports::Here::new(desk.clone())),
        messages: Arc::new(messages::Here::new(desk.clone())),
        quarantine: Arc::new(quarantine::Here::new(desk.clone())),
        settings: Arc::new(settings::Here::new(desk)),
        jobs,
        events,
        clock: clock(),
    }
}
