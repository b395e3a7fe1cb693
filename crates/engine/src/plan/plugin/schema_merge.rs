//! `schema_merge`: several results of `getschema` as one. A column's types become one that holds them all.
//!
//! What cannot be merged is told in the row of the column, as the reference shows it: its place is -1 and its types are the fault.

use datafusion::common::ScalarValue;
use functions::Typed;
use schema::Type;

use super::{Invocation, Plugin, PluginParam, written::Written};
use crate::{
    error::{Result, codes, fault},
    plan::Planner,
    relation::{Column, Relation},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "schema_merge",
    doc: "schema-merge-plugin",
    summary: "Merges the rows of several `getschema` into the schema of all their columns.",
    params: &[PluginParam::optional("PreserveOrder")],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let preserve = match call.constant_of(planner, 0, Type::Bool)? {
        Some(ScalarValue::Boolean(Some(preserve))) => preserve,
        _ => true,
    };
    let input = call.input()?;
    let mut columns: Vec<(&str, &Column)> = Vec::new();
    for name in ["ColumnName", "ColumnOrdinal", "DataType", "ColumnType"] {
        match input.find(name) {
            Some(found) => columns.push((name, found)),
            None => {
                return fault(
                    codes::UNKNOWN_NAME,
                    format!("schema_merge() wants the rows of getschema: there is no `{name}`"),
                    call.span,
                );
            }
        }
    }
    Written::over(planner, call, &columns)?
        .with("Preserve", Typed::constant(ScalarValue::Boolean(Some(preserve)), Type::Bool))
        .plan(
            r#"let Names = dynamic({"bool":"System.SByte","int":"System.Int32","long":"System.Int64","real":"System.Double",
                "decimal":"System.Data.SqlTypes.SqlDecimal","string":"System.String","datetime":"System.DateTime",
                "timespan":"System.TimeSpan","guid":"System.Guid","dynamic":"System.Object"});
            T
            | summarize low = min(ColumnOrdinal), high = max(ColumnOrdinal), types = make_set(ColumnType) by ColumnName
            | extend type = case(
                array_length(types) == 1, tostring(types[0]),
                array_length(set_difference(types, dynamic(["int", "long"]))) == 0, "long",
                array_length(set_difference(types, dynamic(["int", "long", "real"]))) == 0, "real",
                array_length(set_difference(types, dynamic(["int", "long", "decimal"]))) == 0, "decimal",
                "")
            | extend fault = case(
                Preserve and low != high, "ERROR(columns are out of order)",
                type == "", strcat("ERROR(no type holds ", strcat_array(array_sort_asc(types), " and "), ")"),
                "")
            | sort by fault != "" asc, high asc, ColumnName asc
            | project ColumnName,
                ColumnOrdinal = case(fault != "", int(-1), Preserve, high, toint(row_number() - 1)),
                DataType = iff(fault == "", tostring(Names[type]), strcat("ERROR(unknown CSL type:", fault, ")")),
                ColumnType = iff(fault == "", type, fault)"#,
        )
}
