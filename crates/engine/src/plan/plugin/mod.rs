//! Plugins of `evaluate`, a file each. Start with [`declare`].

mod bag_unpack;
mod declare;
mod ip_lookup;
mod narrow;
mod pivot;
mod rolling_percentile;
mod sliding_window_counts;
mod timeline;
mod written;

pub use declare::{Invocation, Plugin, PluginParam, Times};

/// Plugins of the reference that are refused by name.
pub(crate) const NOT_BUILT: &[&str] = &[
    "active_users_count",
    "activity_counts_metrics",
    "activity_engagement",
    "activity_metrics",
    "ai_chat_completion",
    "ai_chat_completion_prompt",
    "ai_embed_text",
    "ai_embeddings",
    "autocluster",
    "azure_digital_twins_query_request",
    "basket",
    "cosmosdb_sql_request",
    "dcount_intersect",
    "diffpatterns",
    "diffpatterns_text",
    "estimate_data_size",
    "funnel_sequence",
    "funnel_sequence_completion",
    "http_request",
    "http_request_post",
    "infer_storage_schema",
    "infer_storage_schema_with_suggestions",
    "mysql_request",
    "new_activity_metrics",
    "postgresql_request",
    "preview",
    "python",
    "r",
    "rows_near",
    "schema_merge",
    "sequence_detect",
    "session_count",
    "sql_request",
];

static ALL: &[&Plugin] = &[
    &bag_unpack::PLUGIN,
    &ip_lookup::IPV4_LOOKUP,
    &ip_lookup::IPV6_LOOKUP,
    &narrow::PLUGIN,
    &pivot::PLUGIN,
    &rolling_percentile::PLUGIN,
    &sliding_window_counts::PLUGIN,
];

/// Every plugin, sorted by name.
#[must_use]
pub fn all() -> &'static [&'static Plugin] {
    ALL
}

/// The plugin of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Plugin> {
    ALL.iter().find(|plugin| plugin.name == name).copied()
}
