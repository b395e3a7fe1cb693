//! Records of the Elastic Common Schema: objects in objects, where our columns are dotted paths.
//!
//! Source: Elastic's ECS reference, "Guidelines": `{"event":{"action":"x"}}` and `{"event.action":"x"}` mean the same.

use std::borrow::Cow;

use crate::field::{Field, Raw};
use crate::json::Tokenizer;
use crate::route;

/// The field every ECS record has and nothing else does.
pub(crate) const MARK: &str = "@timestamp";

/// Replaces members that are objects by the members of these, their paths joined with dots.
///
/// An object that is itself a documented column stays whole. Depth is bounded by the tokenizer, which has read the record.
pub(crate) fn flatten(fields: &mut Vec<Field<'_>>) {
    let is_object = |field: &Field<'_>| matches!(field.value, Raw::Nested { json, .. } if json.starts_with('{'));
    if !fields.iter().any(is_object) {
        return;
    }
    let mut pending: Vec<Field<'_>> = std::mem::take(fields);
    pending.reverse();
    let (mut members, mut inner) = (Vec::new(), Vec::new());
    while let Some(field) = pending.pop() {
        match field.value {
            Raw::Nested { json, .. } if is_object(&field) && !route::is_known_column(&field.key) => {
                members.clear();
                // Good JSON, as it is part of a record that was read.
                let _ = Tokenizer::new(json).object(&mut members, &mut inner);
                let path = |member: Field<'_>| Cow::Owned(format!("{}.{}", field.key, member.key));
                pending.extend(members.drain(..).rev().map(|member| Field { value: member.value, key: path(member) }));
            }
            _ => fields.push(field),
        }
    }
}
