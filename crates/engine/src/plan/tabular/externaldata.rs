//! `externaldata`: rows of files that are no tables, where the caller allows it.
//!
//! <https://learn.microsoft.com/kusto/query/externaldata-operator>. Reading is the caller's: see [`crate::External`].

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{RecordBatch, new_empty_array},
        datatypes::Schema,
    },
    datasource::MemTable,
};
use diag::{Diagnostic, Span};
use kql::ast::{ColumnDecl, Expr, ExprKind, Literal, operator::Setting};

use super::{datatable::declared_columns, setting};
use crate::{
    error::{At, Result, codes, fault},
    external::{ExternalError, ExternalFormat, ExternalPlace, ExternalRequest, ExternalRows},
    plan::{Names, Planner},
    relation::{Column, Relation},
    scope::Scope,
    source,
};

/// Properties of ingestion that a query may give and that change nothing here.
const KNOWN: [&str; 13] = [
    "format",
    "ignoreFirstRecord",
    // Written in published queries; the reference has no such property.
    "ignoreLastRecord",
    "ingestionMapping",
    "ingestionMappingType",
    "ingestionMappingReference",
    "zipPattern",
    "fileExtension",
    "recreate_schema",
    "validationPolicy",
    "tags",
    "creationTime",
    "rawSizeBytes",
];

impl Planner<'_> {
    pub(super) fn externaldata(
        &self,
        columns: &[ColumnDecl],
        uris: &[Expr],
        properties: &[Setting],
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let columns = declared_columns(columns)?;
        let mut addresses = Vec::with_capacity(uris.len());
        for uri in uris {
            match self.constant(uri, Names::new(scope, &[]), "the address of external data")?.as_text() {
                Some(address) => addresses.push(address.to_owned()),
                None => return fault(codes::ARGUMENT_TYPE, "the address of external data is a text", uri.span),
            }
        }
        let properties: Vec<Setting> = properties.iter().map(with_known_case).collect();
        setting::check(&properties, "externaldata", &KNOWN)?;
        let request = ExternalRequest {
            addresses,
            format: format(&properties)?,
            ignore_first_record: setting::flag(&properties, "ignoreFirstRecord"),
            places: places(&properties, &columns)?,
            columns: columns.clone(),
        };
        let place = uris.first().map_or(span, |uri| uri.span);
        match self.external_rows(request)? {
            None => empty(columns, span),
            Some(Ok(rows)) => {
                for warning in &rows.warnings {
                    self.warn(Diagnostic::warning(codes::EXTERNAL, warning.clone(), place));
                }
                table(rows, &columns, span)
            }
            Some(Err(error @ ExternalError::NotAllowed { help, .. })) => {
                Err(Diagnostic::error(codes::EXTERNAL_REFUSED, error.to_string(), place).with_help(help.clone()).into())
            }
            Some(Err(error @ ExternalError::Failed { .. })) => fault(codes::EXTERNAL, error.to_string(), place),
        }
    }
}

/// Names of properties are written in any case.
fn with_known_case(setting: &Setting) -> Setting {
    let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&setting.name.text));
    let mut setting = setting.clone();
    if let Some(known) = known {
        (*known).clone_into(&mut setting.name.text);
    }
    setting
}

fn format(properties: &[Setting]) -> Result<Option<ExternalFormat>> {
    let Some(name) = setting::word(properties, "format") else { return Ok(None) };
    match ExternalFormat::from_name(name) {
        Some(format) => Ok(Some(format)),
        None => {
            let names: Vec<&str> = ExternalFormat::ALL.iter().map(|(name, _)| *name).collect();
            setting::unknown_value(properties, "format", &names)
        }
    }
}

/// Where each column's value stands, from `ingestionMapping`: `[{"Column":"A","Properties":{"Path":"$.a"}}]`, and the older forms
/// `{"column":"A","path":"$.a"}` and `{"Name":"A","Ordinal":0}`.
fn places(properties: &[Setting], columns: &[Column]) -> Result<Vec<Option<ExternalPlace>>> {
    let mut places = vec![None; columns.len()];
    let Some(mapping) = properties.iter().find(|setting| setting.name.text == "ingestionMapping") else { return Ok(places) };
    let ExprKind::Literal(Literal::String { value, .. }) = &mapping.value.kind else {
        return fault(codes::ARGUMENT_VALUE, "`ingestionMapping` is a text that holds JSON", mapping.value.span);
    };
    let Ok(serde_json::Value::Array(items)) = serde_json::from_str(value) else {
        return fault(codes::ARGUMENT_VALUE, "`ingestionMapping` is not a JSON array", mapping.value.span);
    };
    for item in &items {
        let properties = member(item, "Properties").unwrap_or(item);
        let name = member(item, "Column").or_else(|| member(item, "Name")).and_then(serde_json::Value::as_str);
        let place = match (member(properties, "Path"), member(properties, "Ordinal"), member(properties, "Field")) {
            (Some(path), ..) => path.as_str().map(|path| ExternalPlace::Path(path.to_owned())),
            (_, Some(ordinal), _) => {
                let number = ordinal.as_u64().or_else(|| ordinal.as_str()?.parse().ok());
                number.and_then(|number| usize::try_from(number).ok()).map(ExternalPlace::Field)
            }
            (_, _, Some(field)) => field.as_str().map(|field| ExternalPlace::Column(field.to_owned())),
            _ => None,
        };
        let Some(position) = columns.iter().position(|column| Some(column.name.as_str()) == name) else {
            let message = format!("`ingestionMapping` has `{}`, which is no column", name.unwrap_or(""));
            return fault(codes::ARGUMENT_VALUE, message, mapping.value.span);
        };
        places[position] = place;
    }
    Ok(places)
}

/// A member of an object, whatever the case of its name.
fn member<'a>(object: &'a serde_json::Value, name: &str) -> Option<&'a serde_json::Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn empty(columns: Vec<Column>, span: Span) -> Result<Relation> {
    let arrays = columns.iter().map(|column| new_empty_array(&column.ty.engine_type())).collect();
    source::memory("externaldata", columns, arrays, span)
}

/// What was read, as a table of the declared types.
fn table(rows: &ExternalRows, columns: &[Column], span: Span) -> Result<Relation> {
    let Some(first) = rows.batches.first() else { return empty(columns.to_vec(), span) };
    let schema: Arc<Schema> = first.schema();
    // Files of one query may be of different Arrow types; each kind is a table of its own, and the tables are stacked.
    let (same, other): (Vec<RecordBatch>, Vec<RecordBatch>) =
        rows.batches.iter().cloned().partition(|batch| batch.schema().fields() == schema.fields());
    let provider = MemTable::try_new(schema, vec![same]).at(span)?;
    let table = source::declared("externaldata", Arc::new(provider), columns, span)?;
    if other.is_empty() {
        return Ok(table);
    }
    let rest = self::table(&ExternalRows { batches: other, warnings: vec![] }, columns, span)?;
    super::union::stack(&[(String::new(), table), (String::new(), rest)], false, None, span)
}
