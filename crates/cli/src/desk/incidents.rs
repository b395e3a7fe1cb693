//! Incidents: alerts that belong together, and their story.

use std::collections::BTreeMap;

use async_trait::async_trait;
use desk::{AlertEdit, Fault, IncidentPage, IncidentView, Incidents};
use state::{Alert, AlertFilter, Entity, STATUSES};

use super::{
    Context,
    alerts::{change, timeline},
};

/// Incidents on a page where nothing is said.
const PAGE: u32 = 50;
/// The most incidents on a page.
const LARGEST_PAGE: u32 = 500;
/// Alerts of one incident that are shown: a mass mailing raises thousands.
const ALERTS: i64 = 500;

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
}

impl Here {
    /// Over the running program.
    pub(super) const fn new(desk: Context) -> Self {
        Self { desk }
    }
}

/// What alerts are about, those that most of them share first, each with how many of them name it.
fn shared(alerts: &[Alert]) -> Vec<(Entity, u64)> {
    let mut counts: BTreeMap<(String, String), (Entity, u64)> = BTreeMap::new();
    for entity in alerts.iter().flat_map(|alert| &alert.detail.entities) {
        let key = (entity.kind.clone(), entity.value.to_lowercase());
        counts.entry(key).or_insert_with(|| (entity.clone(), 0)).1 += 1;
    }
    let mut found: Vec<(Entity, u64)> = counts.into_values().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found
}

#[async_trait]
impl Incidents for Here {
    async fn incidents(&self, status: &str, page: u32, size: u32) -> Result<IncidentPage, Fault> {
        let statuses = match status {
            "all" => Vec::new(),
            "" | "open" => STATUSES.iter().filter(|status| **status != "closed").map(|status| (*status).to_owned()).collect(),
            one if STATUSES.contains(&one) => vec![one.to_owned()],
            other => return Err(Fault::input(format!("`{other}` is no status: all, open, {}", STATUSES.join(", ")))),
        };
        let size = if size == 0 { PAGE } else { size.min(LARGEST_PAGE) };
        let page = page.max(1);
        let from = i64::from(page - 1).saturating_mul(i64::from(size));
        let (incidents, total) = self.desk.state().incident_page(&statuses, from, i64::from(size)).await?;
        Ok(IncidentPage { incidents, total, page, size })
    }

    async fn incident(&self, id: &str) -> Result<IncidentView, Fault> {
        let incident = self.desk.state().incident(id).await?;
        let filter = AlertFilter { incident_id: Some(incident.id.clone()), limit: Some(ALERTS), ..AlertFilter::default() };
        let mut alerts = self.desk.state().alerts(&filter).await?;
        alerts.sort_by_key(|alert| alert.created_at);
        let mut story = timeline::of_alerts(&self.desk, &alerts).await?;
        let history = self.desk.state().history(&format!("incident {}", incident.id)).await?;
        story.extend(timeline::changes(history, "change"));
        let entities = shared(&alerts);
        alerts.iter_mut().for_each(|alert| alert.detail.evidence.clear());
        Ok(IncidentView { incident, alerts, entities, timeline: timeline::in_order(story) })
    }

    async fn change(&self, id: &str, edit: &AlertEdit, who: &str) -> Result<(), Fault> {
        let changed = self.desk.state().change_incident(id, &change(edit)?, who, self.desk.now()).await?;
        self.desk.tell("incident", &changed.id, "changed", &changed.title);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::example::alert;

    #[test]
    fn what_most_alerts_share_comes_first_whatever_its_case() {
        let entity = |value: &str| Entity { kind: "DNS".to_owned(), value: value.to_owned(), identifier: String::new() };
        let (mut one, mut two) = (alert("a", "r"), alert("b", "r"));
        one.detail.entities = vec![entity("a.example"), entity("Contoso.com")];
        two.detail.entities = vec![entity("contoso.com")];
        let found: Vec<(String, u64)> = shared(&[one, two]).into_iter().map(|(entity, count)| (entity.value, count)).collect();
        assert_eq!(found, [("Contoso.com".to_owned(), 2), ("a.example".to_owned(), 1)]);
    }
}
