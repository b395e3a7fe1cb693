//! `render`: how a result asks to be drawn; part of the result.

use serde_json::{Map, Value};

/// A visualization and its properties, as the query gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visualization {
    /// `timechart`, `piechart`, `table`, ... in lower case.
    pub kind: String,
    /// Properties such as `title`, `xcolumn`, `ycolumns`, `series`, `ytitle`, `legend`; lists are joined by `,`.
    pub properties: Vec<(String, String)>,
}

impl Visualization {
    /// The value of a property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// As the CLI's JSON carries it: `{"visualization": kind, property: value, ...}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("visualization".to_owned(), Value::String(self.kind.clone()));
        for (name, value) in &self.properties {
            object.insert(name.clone(), Value::String(value.clone()));
        }
        Value::Object(object)
    }
}
