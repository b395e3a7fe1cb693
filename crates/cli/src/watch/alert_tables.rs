//! Alerts as tables: `SecurityAlert`, `AlertInfo`, `AlertEvidence` and the documents of `.alerts-security.*`, so that hunts read alerts and
//! rules read those of other rules.
//!
//! They are read from the state when a query that names one is run, and stand beside what is stored under the same name. The forms are
//! those of `detect::shape`. Start with [`AlertTables::add_to`].

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
        new_null_array,
    },
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::ScalarValue,
    datasource::MemTable,
    error::{DataFusionError, Result},
    logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType},
    physical_expr::{PhysicalExpr, expressions},
    physical_plan::{ExecutionPlan, projection::ProjectionExec, union::UnionExec},
};
use engine::{Catalog as _, MemoryCatalog};
use schema::{Registry, Type, text::datetime};
use serde_json::{Map, Value};
use state::{Alert, AlertFilter, State, StateError};
use tokio::sync::OnceCell;

use super::StateUrl;

/// The index of Elastic's alerts, in its default space.
const DOCUMENTS: &str = ".alerts-security.alerts-default";
/// The column of the documents that holds what of the first event is called `event.*`.
const ORIGINAL: &str = "kibana.alert.original_event";
/// The column of the documents that holds the first row of the evidence as a whole, whatever its columns are.
const ROW: &str = "spoofwatch.row";

/// A row of a table, by column.
type Row = Map<String, Value>;

/// A table of alerts: its name, its columns, and the rows that an alert is there.
struct Shape {
    name: &'static str,
    time: &'static str,
    columns: fn() -> Vec<(String, Type)>,
    rows: fn(&Alert) -> Vec<Row>,
}

static SHAPES: [Shape; 4] = [
    Shape {
        name: "SecurityAlert",
        time: "TimeGenerated",
        columns: || documented("SecurityAlert"),
        rows: |alert| vec![detect::shape::security_alert(alert)],
    },
    Shape {
        name: "AlertInfo",
        time: "Timestamp",
        columns: || documented("AlertInfo"),
        rows: |alert| vec![detect::shape::alert_info(alert)],
    },
    Shape {
        name: "AlertEvidence",
        time: "Timestamp",
        columns: || documented("AlertEvidence"),
        rows: detect::shape::alert_evidence,
    },
    Shape { name: DOCUMENTS, time: "@timestamp", columns: || DOCUMENT.clone(), rows: |alert| vec![document(alert)] },
];

/// Columns of the documents that an alert brings along; the others are those of the event.
const OWN: [(&str, Type); 26] = [
    ("@timestamp", Type::Datetime),
    ("event.kind", Type::String),
    ("kibana.alert.uuid", Type::String),
    ("kibana.alert.start", Type::Datetime),
    ("kibana.alert.last_detected", Type::Datetime),
    ("kibana.alert.original_time", Type::Datetime),
    ("kibana.alert.status", Type::String),
    ("kibana.alert.workflow_status", Type::String),
    ("kibana.alert.workflow_assignee_ids", Type::Dynamic),
    ("kibana.alert.depth", Type::Long),
    ("kibana.alert.reason", Type::String),
    ("kibana.alert.severity", Type::String),
    ("kibana.alert.risk_score", Type::Long),
    ("kibana.alert.suppression.docs_count", Type::Long),
    ("kibana.alert.rule.uuid", Type::String),
    ("kibana.alert.rule.rule_id", Type::String),
    ("kibana.alert.rule.name", Type::String),
    ("kibana.alert.rule.version", Type::String),
    ("kibana.alert.rule.description", Type::String),
    ("kibana.alert.rule.producer", Type::String),
    ("kibana.alert.rule.tags", Type::Dynamic),
    ("kibana.alert.rule.threat", Type::Dynamic),
    ("kibana.alert.rule.parameters.query", Type::String),
    ("kibana.alert.rule.parameters.language", Type::String),
    (ORIGINAL, Type::Dynamic),
    (ROW, Type::Dynamic),
];

/// The columns of the documents: the alert's own, then those of the audit log's events, which rules over documents ask for.
static DOCUMENT: LazyLock<Vec<(String, Type)>> = LazyLock::new(|| {
    let mut columns: Vec<(String, Type)> = OWN.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect();
    for (name, ty) in documented("o365.audit") {
        if !columns.iter().any(|(known, _)| *known == name) {
            columns.push((name, ty));
        }
    }
    columns
});

/// The columns of a table as it is documented.
fn documented(name: &str) -> Vec<(String, Type)> {
    let table = Registry::builtin().table(name);
    table.into_iter().flat_map(|table| table.stored()).map(|column| (column.name.clone(), column.ty)).collect()
}

/// An alert as a document, with what has no column of its own in those that hold objects.
fn document(alert: &Alert) -> Row {
    let mut document = detect::shape::ecs(alert);
    let mut original = Map::new();
    for (name, value) in &document {
        if let Some(path) = name.strip_prefix(ORIGINAL).and_then(|rest| rest.strip_prefix('.')) {
            insert_at(&mut original, path, value.clone());
        }
    }
    if !original.is_empty() {
        document.insert(ORIGINAL.to_owned(), Value::Object(original));
    }
    if let Some(row) = alert.detail.evidence.first() {
        document.insert(ROW.to_owned(), Value::Object(row.clone()));
    }
    document
}

/// Puts a value where a path with dots leads.
fn insert_at(object: &mut Map<String, Value>, path: &str, value: Value) {
    let mut object = object;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            object.insert(part.to_owned(), value);
            return;
        }
        let inner = object.entry(part).or_insert_with(|| Value::Object(Map::new()));
        if !inner.is_object() {
            *inner = Value::Object(Map::new());
        }
        let Value::Object(inner) = inner else { return };
        object = inner;
    }
}

/// Where alerts are kept.
#[derive(Debug)]
enum Kept {
    /// In a state that is open.
    Open(State),
    /// In one that is opened when it is first asked.
    At { url: StateUrl, data: PathBuf, opened: OnceCell<State> },
}

impl Kept {
    async fn alerts(&self, since: Option<i64>) -> Result<Vec<Alert>, StateError> {
        let state = match self {
            Self::Open(state) => state,
            Self::At { url, data, opened } => opened.get_or_try_init(|| url.open_state(data)).await?,
        };
        state.alerts(&AlertFilter { since, ..AlertFilter::default() }).await
    }
}

/// The tables of the alerts that are kept somewhere.
#[derive(Debug, Clone)]
pub(crate) struct AlertTables {
    kept: Option<Arc<Kept>>,
}

impl AlertTables {
    /// None at all.
    pub(crate) const fn none() -> Self {
        Self { kept: None }
    }

    /// Those of a state that is open.
    pub(crate) fn of(state: State) -> Self {
        Self { kept: Some(Arc::new(Kept::Open(state))) }
    }

    /// Those of the state of a data directory, or of the address that was given; none where there is no state yet.
    pub(crate) fn at(data: &Path, url: &StateUrl) -> Self {
        let kept = url.exists(data).then(|| Kept::At { url: url.clone(), data: data.to_owned(), opened: OnceCell::new() });
        Self { kept: kept.map(Arc::new) }
    }

    /// Whether a table of this name shows alerts.
    pub(crate) fn holds(name: &str) -> bool {
        SHAPES.iter().any(|shape| shape.name == name)
    }

    /// Adds the tables to those of a catalog. What is stored under the same name stays, and the rows of both are there.
    pub(crate) fn add_to(&self, catalog: &mut MemoryCatalog) {
        let Some(kept) = &self.kept else { return };
        for shape in &SHAPES {
            // A stored table that cannot be read is told, and not passed over.
            if catalog.unreadable(shape.name).is_none() {
                let stored = catalog.table(shape.name).map(|stored| stored.provider);
                catalog.insert(shape.name, Arc::new(AlertTable::new(shape, Arc::clone(kept), stored)));
            }
        }
    }
}

/// One of the tables.
struct AlertTable {
    shape: &'static Shape,
    kept: Arc<Kept>,
    stored: Option<Arc<dyn TableProvider>>,
    /// The Kusto type of each column that alerts fill.
    types: Vec<(String, Type)>,
    schema: SchemaRef,
}

impl std::fmt::Debug for AlertTable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AlertTable").field("name", &self.shape.name).finish_non_exhaustive()
    }
}

impl AlertTable {
    fn new(shape: &'static Shape, kept: Arc<Kept>, stored: Option<Arc<dyn TableProvider>>) -> Self {
        let types = (shape.columns)();
        let mut fields: Vec<Field> =
            stored.iter().flat_map(|stored| stored.schema().fields().to_vec()).map(|field| field.as_ref().clone()).collect();
        for (name, ty) in &types {
            if !fields.iter().any(|field| field.name() == name) {
                fields.push(Field::new(name, stored_type(*ty), *ty != Type::String));
            }
        }
        Self { shape, kept, stored, types, schema: Arc::new(Schema::new(fields)) }
    }

    /// The alerts as rows with every column.
    fn batch(&self, alerts: &[Alert]) -> Result<RecordBatch> {
        let rows: Vec<Row> = alerts.iter().flat_map(self.shape.rows).collect();
        let columns = self.schema.fields().iter().map(|field| {
            let ty = self.types.iter().find(|(name, _)| name == field.name()).map(|(_, ty)| *ty);
            let array = match ty {
                Some(ty) => array(ty, &rows, field),
                None if field.is_nullable() => new_null_array(field.data_type(), rows.len()),
                None => Arc::new(StringViewArray::from(vec![""; rows.len()])),
            };
            if array.data_type() == field.data_type() { Ok(array) } else { Ok(cast(&array, field.data_type())?) }
        });
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Result<Vec<ArrayRef>>>()?)?)
    }

    /// The stored rows with the columns of `wanted`, in their order.
    async fn stored_rows(
        &self,
        stored: &Arc<dyn TableProvider>,
        state: &dyn Session,
        wanted: &[usize],
        filters: &[Expr],
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let has = stored.schema();
        let places: Vec<Option<usize>> = wanted.iter().map(|place| has.index_of(self.schema.field(*place).name()).ok()).collect();
        let projection: Vec<usize> = places.iter().flatten().copied().collect();
        let known = |filter: &&Expr| filter.column_refs().iter().all(|column| has.index_of(column.name()).is_ok());
        let filters: Vec<Expr> = filters.iter().filter(known).cloned().collect();
        let rows = stored.scan(state, Some(&projection), &filters, None).await?;
        let mut next = 0;
        let mut columns: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::with_capacity(wanted.len());
        for (place, found) in wanted.iter().zip(places) {
            let field = self.schema.field(*place);
            let expr = match found {
                Some(_) => {
                    next += 1;
                    Arc::new(expressions::Column::new(field.name(), next - 1)) as Arc<dyn PhysicalExpr>
                }
                None if field.is_nullable() => expressions::lit(ScalarValue::try_from(field.data_type())?),
                None => expressions::lit(ScalarValue::Utf8View(Some(String::new()))),
            };
            columns.push((expr, field.name().clone()));
        }
        Ok(Arc::new(ProjectionExec::try_new(columns, rows)?))
    }
}

#[async_trait]
impl TableProvider for AlertTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let since = filters.iter().filter_map(|filter| lower_bound(filter, self.shape.time)).max();
        let alerts = self.kept.alerts(since).await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        let table = MemTable::try_new(Arc::clone(&self.schema), vec![vec![self.batch(&alerts)?]])?;
        let Some(stored) = &self.stored else { return table.scan(state, projection, &[], limit).await };
        let wanted = projection.map_or_else(|| (0..self.schema.fields().len()).collect(), Clone::clone);
        let own = table.scan(state, Some(&wanted), &[], None).await?;
        UnionExec::try_new(vec![own, self.stored_rows(stored, state, &wanted, filters).await?])
    }
}

/// The earliest moment of a column that a filter lets through, in microseconds since 1970, where it says one plainly.
fn lower_bound(filter: &Expr, column: &str) -> Option<i64> {
    let Expr::BinaryExpr(compared) = filter else { return None };
    let moment = |expr: &Expr| match expr {
        Expr::Literal(ScalarValue::TimestampMicrosecond(Some(moment), _), _) => Some(*moment),
        _ => None,
    };
    let is_column = |expr: &Expr| matches!(expr, Expr::Column(found) if found.name == column);
    match compared.op {
        Operator::Gt | Operator::GtEq if is_column(&compared.left) => moment(&compared.right),
        Operator::Lt | Operator::LtEq if is_column(&compared.right) => moment(&compared.left),
        Operator::And => lower_bound(&compared.left, column).max(lower_bound(&compared.right, column)),
        _ => None,
    }
}

/// How a column is held: as the lake gives it.
fn stored_type(ty: Type) -> DataType {
    match ty.storage_type() {
        DataType::Utf8 => DataType::Utf8View,
        other => other,
    }
}

/// The values of a column.
fn array(ty: Type, rows: &[Row], field: &Field) -> ArrayRef {
    let values = || rows.iter().map(|row| row.get(field.name()).filter(|value| !value.is_null()));
    match ty {
        Type::Bool => Arc::new(values().map(|value| value?.as_bool()).collect::<BooleanArray>()),
        Type::Int => Arc::new(values().map(|value| i32::try_from(value?.as_i64()?).ok()).collect::<Int32Array>()),
        Type::Long => Arc::new(values().map(|value| value?.as_i64()).collect::<Int64Array>()),
        Type::Real => Arc::new(values().map(|value| value?.as_f64()).collect::<Float64Array>()),
        Type::Datetime => {
            let moment = |value: &Value| datetime::parse(value.as_str()?).map(datetime::to_unix_micros);
            let moments = values().map(|value| value.and_then(moment)).collect::<TimestampMicrosecondArray>();
            Arc::new(moments.with_timezone("UTC"))
        }
        Type::Dynamic => Arc::new(values().map(|value| value.map(dynamic)).collect::<StringViewArray>()),
        Type::String | Type::Guid => {
            let missing = || (!field.is_nullable()).then(String::new);
            Arc::new(values().map(|value| value.map_or_else(missing, |value| Some(text(value)))).collect::<StringViewArray>())
        }
        // No form of an alert has a column of these.
        Type::Decimal | Type::Timespan => new_null_array(&ty.storage_type(), rows.len()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A dynamic value as compact JSON; a text that is the JSON of a list or an object is that.
fn dynamic(value: &Value) -> String {
    let inner =
        value.as_str().filter(|text| text.starts_with(['[', '{'])).and_then(|text| serde_json::from_str::<Value>(text).ok());
    inner.as_ref().unwrap_or(value).to_string()
}

#[cfg(test)]
mod tests {
    use engine::{Engine, Environment, Limits};
    use serde_json::json;
    use state::{Detail, Entity, EventKey, Grouping, NewAlert, Outcome, Progress, Run};

    use super::*;

    type Checked<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

    /// 20 November 2026, noon.
    const NOON: i64 = 1_795_176_000_000_000;

    fn alert(id: &str, at: i64) -> Alert {
        let row = json!({"event.action": "New-InboxRule", "event.outcome": "success", "user.id": "kim", "Subject": "hello"});
        let run = Run { id: format!("run-{id}"), ..Run::default() };
        Alert {
            id: id.to_owned(),
            rule_key: "r1".to_owned(),
            rule_name: "Rules that hide".to_owned(),
            rule_version: "1".to_owned(),
            run_id: run.id,
            title: format!("Alert {id}"),
            description: String::new(),
            reason: String::new(),
            severity: "medium".to_owned(),
            risk_score: 47,
            confidence: "medium".to_owned(),
            status: "new".to_owned(),
            verdict: None,
            assignee: None,
            comment: None,
            created_at: at,
            updated_at: at,
            first_event: Some(at),
            last_event: Some(at),
            window_from: at,
            window_to: at,
            suppressed: 0,
            incident_id: None,
            detail: Detail {
                entities: vec![Entity { kind: "IP".to_owned(), value: "192.0.2.7".to_owned(), identifier: "Address".to_owned() }],
                evidence: row.as_object().cloned().into_iter().collect(),
                tags: vec!["mail".to_owned()],
                ..Detail::default()
            },
        }
    }

    async fn state(folder: &Path) -> Checked<State> {
        let state = State::open(&format!("sqlite://{}/state.db", folder.display())).await?;
        for (id, at) in [("0a", NOON), ("0b", NOON + 3_600_000_000)] {
            let event = EventKey { key: id.to_owned(), until: None };
            let outcome = Outcome {
                run: Run { id: format!("run-{id}"), rule_key: "r1".to_owned(), ..Run::default() },
                alerts: vec![NewAlert { alert: alert(id, at), events: vec![event], suppression: None }],
                kept: Vec::new(),
                progress: Progress::default(),
                grouping: Grouping::default(),
                notify: Vec::new(),
            };
            state.commit(outcome, at).await?;
        }
        Ok(state)
    }

    async fn rows(catalog: MemoryCatalog, query: &str) -> Checked<String> {
        let env = Environment::new(Arc::new(catalog), datetime::from_unix_micros(NOON + 7_200_000_000).unwrap_or_default());
        let results = Engine::new(Limits::default())?.query(query, &env).await?;
        let mut out = String::new();
        crate::output::rows_json(&results, &mut out);
        Ok(out)
    }

    #[tokio::test]
    async fn alerts_are_rows_of_each_table() -> Checked {
        let folder = tempfile::tempdir()?;
        let tables = AlertTables::of(state(folder.path()).await?);
        for (query, wanted) in [
            (
                "SecurityAlert | where TimeGenerated > ago(90m) | project AlertName, AlertSeverity, IsIncident",
                r#"[["Alert 0b","Medium",false]]"#,
            ),
            ("SecurityAlert | summarize count() by ProviderName", r#"[["spoofwatch",2]]"#),
            ("AlertInfo | join kind=inner AlertEvidence on AlertId | summarize count() by RemoteIP", r#"[["192.0.2.7",2]]"#),
            (
                "['.alerts-security.alerts-default'] | where ['user.id'] == 'kim' | take 1 | project ['kibana.alert.risk_score'], \
                 ['kibana.alert.original_event'].action, ['spoofwatch.row'].Subject, array_length(parse_json(['kibana.alert.rule.tags']))",
                r#"[[47,"New-InboxRule","hello",1]]"#,
            ),
            // Wildcards do not find what is hidden.
            ("union withsource=T * | distinct T | sort by T asc", r#"[["AlertEvidence"],["AlertInfo"],["SecurityAlert"]]"#),
        ] {
            let mut catalog = MemoryCatalog::default();
            tables.add_to(&mut catalog);
            assert_eq!(rows(catalog, query).await?, wanted, "{query}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn stored_rows_of_the_same_table_are_there_too() -> Checked {
        let folder = tempfile::tempdir()?;
        let tables = AlertTables::of(state(folder.path()).await?);
        let fields =
            [("TimeGenerated", stored_type(Type::Datetime)), ("AlertName", DataType::Utf8View), ("Own", DataType::Int64)];
        let schema = Arc::new(Schema::new(fields.map(|(name, ty)| Field::new(name, ty, true)).to_vec()));
        let columns: Vec<ArrayRef> = vec![
            Arc::new(TimestampMicrosecondArray::from(vec![NOON]).with_timezone("UTC")),
            Arc::new(StringViewArray::from(vec!["From the cloud"])),
            Arc::new(Int64Array::from(vec![5])),
        ];
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        let mut catalog = MemoryCatalog::default();
        catalog.insert("SecurityAlert", Arc::new(MemTable::try_new(schema, vec![vec![batch]])?));
        tables.add_to(&mut catalog);
        let query = "SecurityAlert | project AlertName, Own, ProviderName | sort by AlertName asc";
        let wanted = r#"[["Alert 0a",null,"spoofwatch"],["Alert 0b",null,"spoofwatch"],["From the cloud",5,""]]"#;
        assert_eq!(rows(catalog.clone(), query).await?, wanted);
        assert_eq!(rows(catalog, "SecurityAlert | where Own == 5 | count").await?, "[[1]]");
        Ok(())
    }

    #[test]
    fn without_a_state_there_are_no_tables() -> Checked {
        let folder = tempfile::tempdir()?;
        let mut catalog = MemoryCatalog::default();
        AlertTables::at(folder.path(), &StateUrl::default()).add_to(&mut catalog);
        assert!(catalog.names().is_empty() && std::fs::read_dir(folder.path())?.next().is_none());
        Ok(())
    }
}
