//! Rows below columns, as a query gives them, and the chart that goes with them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A column of a [`Sheet`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Kusto's name of its scalar type: `string`, `datetime`, `dynamic` ...
    #[serde(rename = "type")]
    pub ty: String,
}

/// The rows of a query, in the form of `spoofwatch hunt --format json`: times, timespans, guids and decimals as texts, dynamic values as
/// they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Sheet {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as the columns.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub rows: Vec<Vec<Value>>,
    /// How many rows there are in all, where that is more than are here.
    pub total: u64,
    /// True if rows, or parts of long values, were left out.
    pub cut: bool,
    /// What `render` asks for: its kind and properties; null without.
    #[schema(value_type = Option<Object>)]
    pub visualization: Option<Value>,
    /// The chart that `render` asks for, ready to be drawn.
    #[serde(skip)]
    pub chart: Option<chart::Chart>,
    /// Why there is no chart though one was asked for.
    pub chart_fault: Option<String>,
}
