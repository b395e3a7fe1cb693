//! `geo_line_lookup` and `geo_polygon_lookup`: rows joined to the lines or polygons that their place is near to or lies in.
//!
//! Every place is compared with every shape: lookup tables are small, as the reference says. The radius of the lookup area, which
//! only steers how Kusto searches, changes nothing here.

use datafusion::common::JoinType;
use functions::Typed;
use schema::Type;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{Result, codes, fault},
    plan::{Planner, tabular::side_by_side_where},
    relation::{Column, Relation, typed},
};

pub(super) static LINES: Plugin = Plugin {
    name: "geo_line_lookup",
    doc: "geo-line-lookup-plugin",
    summary: "Joins rows to those of a lookup table whose line their place is within a distance of.",
    params: &[
        PluginParam::required("LookupTable"),
        PluginParam::required("LookupLineKey"),
        PluginParam::required("SourceLongitude"),
        PluginParam::required("SourceLatitude"),
        PluginParam::required("radius"),
        PluginParam::optional("return_unmatched"),
        PluginParam::optional("lookup_area_radius"),
        PluginParam::optional("return_lookup_key"),
    ],
    plan: |planner, call| plan(planner, call, "geo_distance_point_to_line"),
};

pub(super) static POLYGONS: Plugin = Plugin {
    name: "geo_polygon_lookup",
    doc: "geo-polygon-lookup-plugin",
    summary: "Joins rows to those of a lookup table whose polygon their place lies in, or is within a distance of.",
    params: &[
        PluginParam::required("LookupTable"),
        PluginParam::required("LookupPolygonKey"),
        PluginParam::required("SourceLongitude"),
        PluginParam::required("SourceLatitude"),
        PluginParam::optional("radius"),
        PluginParam::optional("return_unmatched"),
        PluginParam::optional("lookup_area_radius"),
        PluginParam::optional("return_lookup_key"),
    ],
    plan: |planner, call| plan(planner, call, "geo_distance_point_to_polygon"),
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>, distance: &str) -> Result<Relation> {
    let (input, span) = (call.input()?, call.span);
    let lookup = planner.table(call.required(0)?, call.scope)?;
    let shape = call.column_of(&lookup, call.required(1)?)?.clone();
    if shape.ty != Type::Dynamic {
        return fault(codes::ARGUMENT_TYPE, "a shape is GeoJSON, a dynamic value", call.required(1)?.span);
    }
    let place = [call.column(call.required(2)?)?.clone(), call.column(call.required(3)?)?.clone()];
    let radius = call.constant(planner, 4)?;
    let kind = if flag(planner, call, 5)? { JoinType::Left } else { JoinType::Inner };
    let keeps_key = flag(planner, call, 7)?;
    let near = |left: &dyn Fn(&Column) -> Typed, right: &dyn Fn(&Column) -> Typed| -> Result<Typed> {
        let arguments = vec![left(&place[0]), left(&place[1]), right(&shape)];
        match radius.clone() {
            Some(radius) => {
                let distance = planner.apply(distance, arguments, span)?;
                planner.apply("<=", vec![distance, radius], span)
            }
            None => planner.apply("geo_point_in_polygon", arguments, span),
        }
    };
    let joined = side_by_side_where(input, &lookup, near, kind, span)?;
    let width = input.columns.len();
    let kept = joined.columns.iter().enumerate().filter(|(position, _)| {
        let looked_up = position.checked_sub(width).and_then(|at| lookup.columns.get(at));
        keeps_key || looked_up.is_none_or(|column| column.name != shape.name)
    });
    joined.project(kept.map(|(_, found)| (found.name.clone(), typed(found))).collect(), span)
}

/// An optional argument that is true or false; false where it is not given.
fn flag(planner: &Planner<'_>, call: &Invocation<'_>, position: usize) -> Result<bool> {
    let value = call.constant_of(planner, position, Type::Bool)?;
    Ok(matches!(value, Some(datafusion::common::ScalarValue::Boolean(Some(true)))))
}
