//! Incidents: one of seven alerts, a small one, a closed one.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use state::{Alert, Entity};

use super::{
    NOW,
    alerts::{brief, change, checked},
    store::Store,
};
use crate::*;

/// Incidents.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) store: Arc<Store>,
}

#[async_trait]
impl Incidents for Sample {
    async fn incidents(&self, status: &str, page: u32, size: u32) -> Result<IncidentPage, Fault> {
        let inner = self.store.lock();
        let wanted = |incident: &&state::Incident| match status {
            "" => incident.status != "closed",
            "all" => true,
            other => incident.status == other,
        };
        let mut found: Vec<_> = inner.incidents.iter().filter(wanted).cloned().collect();
        found.sort_by_key(|incident| std::cmp::Reverse(incident.updated_at));
        let total = found.len() as u64;
        let (page, size) = (page.max(1), if size == 0 { 50 } else { size.min(500) });
        let skipped = (page as usize - 1).saturating_mul(size as usize);
        Ok(IncidentPage { incidents: found.into_iter().skip(skipped).take(size as usize).collect(), total, page, size })
    }

    async fn incident(&self, id: &str) -> Result<IncidentView, Fault> {
        let inner = self.store.lock();
        let incident = inner.incidents.iter().find(|incident| incident.id == id || incident.number.to_string() == id);
        let incident = incident.cloned().ok_or_else(|| Fault::Unknown { what: "incident", id: id.to_owned() })?;
        let mut alerts: Vec<Alert> =
            inner.alerts.iter().filter(|alert| alert.incident_id.as_ref() == Some(&incident.id)).map(brief).collect();
        alerts.sort_by_key(|alert| alert.created_at);
        let mut counts: BTreeMap<Entity, u64> = BTreeMap::new();
        for entity in alerts.iter().flat_map(|alert| &alert.detail.entities) {
            *counts.entry(entity.clone()).or_default() += 1;
        }
        let mut entities: Vec<(Entity, u64)> = counts.into_iter().collect();
        entities.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut timeline: Vec<TimelineEntry> = Vec::new();
        for alert in &alerts {
            for (at, kind, what) in [
                (alert.first_event.unwrap_or(alert.created_at), "event", alert.reason.clone()),
                (alert.created_at, "alert", alert.title.clone()),
            ] {
                timeline.push(TimelineEntry {
                    at,
                    kind: kind.to_owned(),
                    what,
                    alert: alert.id.clone(),
                    ..TimelineEntry::default()
                });
            }
            let done = inner.record.get(&alert.id).into_iter().flatten();
            timeline.extend(done.map(|entry| TimelineEntry { alert: alert.id.clone(), ..entry.clone() }));
        }
        timeline.extend(inner.record.get(&incident.id).into_iter().flatten().cloned());
        timeline.sort_by_key(|entry| entry.at);
        Ok(IncidentView { incident, alerts, entities, timeline })
    }

    async fn change(&self, id: &str, edit: &AlertEdit, who: &str) -> Result<(), Fault> {
        checked(edit)?;
        let mut inner = self.store.lock();
        let Some(incident) = inner.incidents.iter_mut().find(|incident| incident.id == id) else {
            return Err(Fault::Unknown { what: "incident", id: id.to_owned() });
        };
        if let Some(status) = &edit.status {
            incident.status.clone_from(status);
        }
        if let Some(name) = &edit.assignee {
            incident.assignee = (!name.is_empty()).then(|| name.clone());
        }
        if edit.verdict.is_some() {
            incident.verdict.clone_from(&edit.verdict);
        }
        if edit.comment.is_some() {
            incident.comment.clone_from(&edit.comment);
        }
        incident.updated_at = NOW;
        let open = |alert: &&Alert| alert.incident_id.as_deref() == Some(id) && alert.status != "closed";
        let ids: Vec<String> = inner.alerts.iter().filter(open).map(|alert| alert.id.clone()).collect();
        for alert in ids {
            change(&mut inner, &alert, edit, who)?;
        }
        inner.note(id, who, format!("status: {}", edit.status.as_deref().unwrap_or("as it was")));
        Ok(())
    }
}
