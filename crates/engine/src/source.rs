//! Tables as queries see them: what storage holds, brought to Kusto's types, documented columns that are absent, and both
//! names of the time column.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, new_empty_array},
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    catalog::TableProvider,
    common::{Column as PlanColumn, TableReference},
    datasource::{MemTable, provider_as_source},
    logical_expr::{Expr, LogicalPlanBuilder, SortExpr, cast, lit, when},
};
use diag::Span;
use functions::{Typed, apply, null_of};
use schema::{INGESTION_TIME, Registry, Table, Type};

use crate::{
    Window,
    catalog::StoredTable,
    error::{At, Result},
    kernel,
    relation::{ARRIVAL, Column, Relation, column},
};

/// The rows of a table of the catalog; `arrival` tells whether they bring along when they came in.
pub(crate) fn scan(name: &str, stored: &StoredTable, arrival: bool, span: Span) -> Result<Relation> {
    let reference = TableReference::bare(name);
    let fields = stored.provider.schema();
    let source = provider_as_source(Arc::clone(&stored.provider));
    let builder = LogicalPlanBuilder::scan(reference.clone(), source, None).at(span)?;
    let form = Form { table: &reference, canonical: stored.canonical, span };
    let mut columns = columns(&fields, Registry::builtin().table(name), form)?;
    let raw = Relation::new(builder.build().at(span)?, vec![]);
    if arrival && let Some(came_in) = came_in(&fields, &columns, form)? {
        columns.push((ARRIVAL.to_owned(), came_in));
    }
    Ok(raw.project(columns, span)?.with_arrival())
}

/// When a row came in: what is stored of it, else the row's own time.
fn came_in(stored: &Schema, columns: &[(String, Typed)], form: Form) -> Result<Option<Typed>> {
    let own = |name: &&str| columns.iter().find(|(known, value)| known == name && value.ty == Type::Datetime);
    let own = TIMES.iter().find_map(own).map(|(_, value)| value.clone());
    let Some(field) = stored.fields().iter().find(|field| is_arrival(field)) else { return Ok(own) };
    let kept = convert(field, Some(Type::Datetime), form)?;
    let Some(own) = own else { return Ok(Some(kept)) };
    let either = when(kept.expr.clone().is_not_null(), kept.expr).otherwise(own.expr).at(form.span)?;
    Ok(Some(Typed::new(either, Type::Datetime)))
}

/// Whether a stored column is the lake's own record of when a row came in, and no column of the table.
fn is_arrival(field: &Field) -> bool {
    field.name() == INGESTION_TIME && matches!(field.data_type(), DataType::Timestamp(..))
}

/// Columns that say when a row's event happened, the first that a table has.
pub(crate) const TIMES: [&str; 3] = ["TimeGenerated", "Timestamp", "@timestamp"];

/// The rows within a stretch of time, of a table that has a time column.
pub(crate) fn within(table: Relation, window: Option<Window>, span: Span) -> Result<Relation> {
    let Some(window) = window else { return Ok(table) };
    let time = TIMES.iter().find(|name| table.find(name).is_some_and(|column| column.ty == Type::Datetime));
    match time {
        Some(time) => table.filter(column(time).gt_eq(lit(window.from)).and(column(time).lt_eq(lit(window.to))), span),
        None => Ok(table),
    }
}

/// A documented table that holds no data: queries over it give no rows, and still know its columns.
pub(crate) fn empty(table: &Table, span: Span) -> Result<Relation> {
    let columns: Vec<Column> = table
        .columns
        .iter()
        .map(|column| Column::new(&column.name, table.column(&column.name).map_or(column.ty, |target| target.ty)))
        .collect();
    let arrays = columns.iter().map(|column| new_empty_array(&column.ty.engine_type())).collect();
    memory(&table.name, columns, arrays, span)
}

/// Rows held in memory; `arrays` have their columns' engine types.
pub(crate) fn memory(name: &str, columns: Vec<Column>, arrays: Vec<ArrayRef>, span: Span) -> Result<Relation> {
    held(name, columns, arrays, None, span)
}

/// Rows held in memory that are sorted by their first column, upwards or downwards.
pub(crate) fn sorted_memory(
    name: &str,
    columns: Vec<Column>,
    arrays: Vec<ArrayRef>,
    downwards: bool,
    span: Span,
) -> Result<Relation> {
    let order = columns.first().map(|first| column(&first.name).sort(!downwards, true));
    let held = held(name, columns, arrays, order.clone(), span)?;
    Ok(held.ordered(order.into_iter().collect()))
}

fn held(name: &str, columns: Vec<Column>, arrays: Vec<ArrayRef>, order: Option<SortExpr>, span: Span) -> Result<Relation> {
    let fields: Vec<Field> =
        columns.iter().map(|column| Field::new(&column.name, column.ty.engine_type(), column.ty != Type::String)).collect();
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(datafusion::error::DataFusionError::from).at(span)?;
    let table =
        MemTable::try_new(schema, vec![vec![batch]]).at(span)?.with_sort_order(order.map(|key| vec![key]).into_iter().collect());
    let reference = TableReference::bare(name);
    let builder = LogicalPlanBuilder::scan(reference.clone(), provider_as_source(Arc::new(table)), None).at(span)?;
    let raw = Relation::new(builder.build().at(span)?, vec![]);
    let columns = columns
        .into_iter()
        .map(|column| {
            let expr = Expr::Column(PlanColumn::new(Some(reference.clone()), &column.name));
            (column.name, Typed::new(expr, column.ty))
        })
        .collect();
    raw.project(columns, span)
}

/// A table whose columns the query declares: those it lacks are null, those it has besides are left out. Its values are
/// as a file holds them.
pub(crate) fn declared(name: &str, provider: Arc<dyn TableProvider>, columns: &[Column], span: Span) -> Result<Relation> {
    let reference = TableReference::bare(name);
    let stored = provider.schema();
    let builder = LogicalPlanBuilder::scan(reference.clone(), provider_as_source(provider), None).at(span)?;
    let raw = Relation::new(builder.build().at(span)?, vec![]);
    let form = Form { table: &reference, canonical: false, span };
    let mut result = Vec::with_capacity(columns.len());
    for column in columns {
        let value = match stored.fields().iter().find(|field| *field.name() == column.name) {
            Some(field) => convert(field, Some(column.ty), form)?,
            None => Typed::constant(null_of(column.ty), column.ty),
        };
        result.push((column.name.clone(), value));
    }
    raw.project(result, span)
}

/// What is known of every column of a table.
#[derive(Clone, Copy)]
struct Form<'a> {
    table: &'a TableReference,
    canonical: bool,
    span: Span,
}

/// The table's columns as Kusto sees them: the documented ones in order, then what else the data has.
fn columns(stored: &Schema, documented: Option<&Table>, form: Form) -> Result<Vec<(String, Typed)>> {
    let held = |name: &str| stored.fields().iter().find(|field| field.name() == name);
    let mut columns = Vec::new();
    for column in documented.iter().flat_map(|table| &table.columns) {
        let target = documented.and_then(|table| table.column(&column.name)).unwrap_or(column);
        // Data read in place may carry either name of an aliased column.
        let names = [column.name.as_str(), target.name.as_str()];
        let siblings =
            documented.iter().flat_map(|table| &table.columns).filter(|other| other.alias_of.as_deref() == Some(&target.name));
        let field = names.into_iter().chain(siblings.map(|other| other.name.as_str())).find_map(held);
        let value = match field {
            Some(field) => convert(field, Some(target.ty), form)?,
            None => Typed::constant(null_of(target.ty), target.ty),
        };
        columns.push((column.name.clone(), with_table_name(column, value, form.table)));
    }
    for field in stored.fields().iter().filter(|field| !is_arrival(field)) {
        if !columns.iter().any(|(name, _)| name == field.name()) {
            columns.push((field.name().clone(), convert(field, None, form)?));
        }
    }
    if documented.is_none() {
        add_time_alias(&mut columns);
    }
    Ok(columns)
}

/// `Type` is the name of the table in Log Analytics, and few exports carry it.
fn with_table_name(column: &schema::Column, value: Typed, table: &TableReference) -> Typed {
    if column.name != "Type" || column.ty != Type::String || table.table() == "IdentityInfo" {
        return value;
    }
    let name = lit(datafusion::common::ScalarValue::Utf8View(Some(table.table().to_owned())));
    let missing = value.expr.clone().eq(lit(datafusion::common::ScalarValue::Utf8View(Some(String::new()))));
    match when(missing, name).otherwise(value.expr.clone()) {
        Ok(expr) => Typed::new(expr, Type::String),
        Err(_) => value,
    }
}

/// Tables that nothing documents get the other name of their time column as well.
fn add_time_alias(columns: &mut Vec<(String, Typed)>) {
    for (has, lacks) in [("Timestamp", "TimeGenerated"), ("TimeGenerated", "Timestamp")] {
        let found =
            columns.iter().find(|(name, value)| name == has && value.ty == Type::Datetime).map(|(_, value)| value.clone());
        if let Some(value) = found
            && !columns.iter().any(|(name, _)| name == lacks)
        {
            columns.push((lacks.to_owned(), value));
        }
    }
}

/// A stored column as a value of a Kusto type: the documented one, or the one its Arrow type suggests.
fn convert(field: &Field, documented: Option<Type>, form: Form) -> Result<Typed> {
    let expr = Expr::Column(PlanColumn::new(Some(form.table.clone()), field.name()));
    let native = |expr: Expr, ty: Type| {
        Typed::new(if *field.data_type() == ty.engine_type() { expr } else { cast(expr, ty.engine_type()) }, ty)
    };
    let value = match field.data_type() {
        DataType::Boolean => native(expr, Type::Bool),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => native(expr, Type::Int),
        DataType::Int64 if matches!(documented, Some(Type::Timespan)) => native(expr, Type::Timespan),
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => native(expr, Type::Long),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => native(expr, Type::Real),
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            native(expr, Type::Decimal)
        }
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => kernel::ticks(expr, field.data_type()),
        DataType::Duration(_) => kernel::duration_ticks(expr, field.data_type()),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
            return from_text(expr, field, documented, form);
        }
        DataType::Struct(_) | DataType::List(_) | DataType::LargeList(_) | DataType::Map(..) | DataType::FixedSizeList(..) => {
            kernel::nested(expr, field.data_type())
        }
        DataType::Null => Typed::constant(null_of(documented.unwrap_or(Type::String)), documented.unwrap_or(Type::String)),
        _ => kernel::text(cast(expr, DataType::Utf8View)),
    };
    match documented {
        Some(ty) if ty != value.ty => explicitly(value, ty, form.span),
        _ => Ok(value),
    }
}

/// A stored text as a documented type: dynamic values are stored as JSON text, and CSV holds everything as text.
fn from_text(expr: Expr, field: &Field, documented: Option<Type>, form: Form) -> Result<Typed> {
    let view = if *field.data_type() == DataType::Utf8View { expr } else { cast(expr, DataType::Utf8View) };
    match documented.unwrap_or(Type::String) {
        Type::String if field.is_nullable() => Ok(kernel::text(view)),
        Type::String => Ok(Typed::new(view, Type::String)),
        ty @ (Type::Dynamic | Type::Guid) if form.canonical => Ok(Typed::new(view, ty)),
        Type::Dynamic => call("parse_json", kernel::text(view), form.span),
        ty => explicitly(kernel::text(view), ty, form.span),
    }
}

/// The value converted as `tolong(x)`, `todatetime(x)` and so on do.
fn explicitly(value: Typed, ty: Type, span: Span) -> Result<Typed> {
    call(crate::plan::conversion(ty), value, span)
}

fn call(name: &str, value: Typed, span: Span) -> Result<Typed> {
    match functions::find(name) {
        Some(function) => apply(function, vec![value], 0).at(span),
        None => crate::error::unsupported(format!("the conversion `{name}`"), span),
    }
}
