//! Every lint, sorted by name: a line a lint.

use super::Lint;

/// Every lint, sorted by name.
pub static ALL: &[&Lint] = &[
    &super::absent_key_negated::LINT,
    &super::ago_below_frequency::LINT,
    &super::ago_beyond_period::LINT,
    &super::array_position::LINT,
    &super::case_sensitive_address::LINT,
    &super::condition_always_false::LINT,
    &super::condition_always_true::LINT,
    &super::default_join::LINT,
    &super::deprecated_name::LINT,
    &super::elastic_dataset::LINT,
    &super::elastic_unknown_field::LINT,
    &super::elastic_value::LINT,
    &super::entity_column_missing::LINT,
    &super::foreign_text::LINT,
    &super::has_matches_more::LINT,
    &super::join_without_time::LINT,
    &super::list_compared_whole::LINT,
    &super::look_back_below_interval::LINT,
    &super::missing_entity_mapping::LINT,
    &super::missing_technique::LINT,
    &super::name_contradicts::LINT,
    &super::pattern_never_matches::LINT,
    &super::placeholder::LINT,
    &super::split_not_trimmed::LINT,
    &super::split_part_is_array::LINT,
    &super::too_narrow::LINT,
    &super::unknown_tactic::LINT,
    &super::unpacked_column::LINT,
    &super::unused_flag::LINT,
    &super::unused_let::LINT,
    &super::value_outside_vocabulary::LINT,
    &super::wrong_identity::LINT,
];
