//! Plugins of `evaluate`, a file each. Start with [`declare`].

mod active_users_count;
mod activity_counts_metrics;
mod activity_engagement;
mod activity_metrics;
mod autocluster;
mod bag_unpack;
mod basket;
mod dcount_intersect;
mod declare;
mod diffpatterns;
mod funnel_sequence;
mod funnel_sequence_completion;
mod geo_lookup;
mod infer_storage_schema;
mod ip_lookup;
mod narrow;
mod new_activity_metrics;
mod patterns;
mod pivot;
mod preview;
mod rolling_percentile;
mod rows_near;
mod schema_merge;
mod sequence_detect;
mod session_count;
mod sliding_window_counts;
mod timeline;
mod written;

pub use declare::{Invocation, Plugin, PluginParam, Times};

/// Plugins of the reference that are refused by name.
pub(crate) const NOT_BUILT: &[&str] = &[
    "ai_chat_completion",
    "ai_chat_completion_prompt",
    "ai_embed_text",
    "ai_embeddings",
    "azure_digital_twins_query_request",
    "cosmosdb_sql_request",
    "diffpatterns_text",
    "estimate_data_size",
    "http_request",
    "http_request_post",
    "infer_storage_schema_with_suggestions",
    "mysql_request",
    "postgresql_request",
    "python",
    "r",
    "sql_request",
];

static ALL: &[&Plugin] = &[
    &active_users_count::PLUGIN,
    &activity_counts_metrics::PLUGIN,
    &activity_engagement::PLUGIN,
    &activity_metrics::PLUGIN,
    &autocluster::PLUGIN,
    &bag_unpack::PLUGIN,
    &basket::PLUGIN,
    &dcount_intersect::PLUGIN,
    &diffpatterns::PLUGIN,
    &funnel_sequence::PLUGIN,
    &funnel_sequence_completion::PLUGIN,
    &geo_lookup::LINES,
    &geo_lookup::POLYGONS,
    &infer_storage_schema::PLUGIN,
    &ip_lookup::IPV4_LOOKUP,
    &ip_lookup::IPV6_LOOKUP,
    &narrow::PLUGIN,
    &new_activity_metrics::PLUGIN,
    &pivot::PLUGIN,
    &preview::PLUGIN,
    &rolling_percentile::PLUGIN,
    &rows_near::PLUGIN,
    &schema_merge::PLUGIN,
    &sequence_detect::PLUGIN,
    &session_count::PLUGIN,
    &sliding_window_counts::PLUGIN,
];

/// Plugins that do not do all that the reference says, and what is missing.
pub const PARTLY: &[(&str, &str)] = &[(
    "autocluster",
    "The score is the reference's; which rows the search begins with and which patterns are left out is not told there, so that other patterns may be found.",
)];

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
