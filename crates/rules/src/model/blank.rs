//! A rule of which only the file and the form are known: readers fill in the rest.

use serde_json::Value;

use super::{Attack, EventGrouping, Format, Kind, Language, Origin, QueryText, Rule, Schedule, Trigger};

impl Rule {
    /// A rule without anything but where it stands and its document.
    pub(crate) fn blank(format: Format, origin: Origin, published: Value) -> Self {
        Self {
            key: String::new(),
            name: String::new(),
            description: String::new(),
            format,
            origin,
            language: Language::Other,
            query: QueryText { text: String::new(), place: None },
            kind: Kind::Query,
            schedule: Schedule::default(),
            trigger: Trigger::default(),
            event_grouping: EventGrouping::AlertPerResult,
            suppression: None,
            pause: None,
            incident: None,
            max_signals: None,
            timestamp_override: None,
            timestamp_fallback_disabled: false,
            severity: None,
            risk_score: None,
            severity_mapping: Vec::new(),
            risk_score_mapping: Vec::new(),
            rule_name_override: None,
            confidence: None,
            attack: Attack::default(),
            entity_mappings: Vec::new(),
            custom_details: Vec::new(),
            alert_override: None,
            impacted_assets: Vec::new(),
            actions: Vec::new(),
            highlighted_fields: Vec::new(),
            false_positives: Vec::new(),
            note: String::new(),
            setup: String::new(),
            references: Vec::new(),
            tags: Vec::new(),
            author: Vec::new(),
            license: None,
            enabled: None,
            version: None,
            status: None,
            indices: Vec::new(),
            tables: Vec::new(),
            connectors: Vec::new(),
            filters: Vec::new(),
            exception_lists: Vec::new(),
            building_block: false,
            timeline: None,
            published,
        }
    }
}
