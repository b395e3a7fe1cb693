//! A saved function: a name, the text it came from, and what the text defines.

use std::sync::{Arc, OnceLock};

use diag::Diagnostic;
use kql::ast::{Function, Parameter, ParameterType, Statement};

use crate::Source;

/// What the text of a function defines.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// `let` statements before the function, which its body sees.
    pub before: Vec<Statement>,
    /// Parameters and body.
    pub function: Function,
}

/// How a text is read; every finding has its place in the text.
pub(crate) type Reader = fn(&Source) -> Result<Definition, Vec<Diagnostic>>;

/// A function that queries call by name.
#[derive(Debug)]
pub struct SavedFunction {
    /// What it is called.
    pub name: String,
    /// What it gives, one sentence; empty if its file does not say.
    pub summary: String,
    /// Its text.
    pub source: Arc<Source>,
    /// Shipped with the program.
    pub shipped: bool,
    reader: Reader,
    definition: OnceLock<Result<Definition, Vec<Diagnostic>>>,
}

impl SavedFunction {
    /// A function whose text is read when it is first asked for.
    pub(crate) fn unread(name: String, summary: String, source: Arc<Source>, reader: Reader) -> Self {
        Self { name, summary, source, shipped: false, reader, definition: OnceLock::new() }
    }

    /// What its text defines.
    ///
    /// # Errors
    /// The findings of a text that cannot be read.
    pub fn definition(&self) -> Result<&Definition, &[Diagnostic]> {
        self.definition.get_or_init(|| (self.reader)(&self.source)).as_ref().map_err(Vec::as_slice)
    }

    /// `name(a:string = "x", T:(c:long))`; of a text that cannot be read, only the name.
    #[must_use]
    pub fn signature(&self) -> String {
        match self.definition() {
            Ok(definition) => {
                let parameters: Vec<String> = definition.function.parameters.iter().map(parameter).collect();
                format!("{}({})", self.name, parameters.join(", "))
            }
            Err(_) => self.name.clone(),
        }
    }
}

fn parameter(parameter: &Parameter) -> String {
    let ty = match &parameter.ty {
        ParameterType::Scalar(ty) => ty.text.clone(),
        ParameterType::Table(None) => "(*)".to_owned(),
        ParameterType::Table(Some(columns)) => {
            let columns: Vec<String> = columns.iter().map(|column| format!("{}:{}", column.name.text, column.ty.text)).collect();
            format!("({})", columns.join(", "))
        }
    };
    let default = parameter.default.as_ref().map(|default| format!(" = {}", kql::write_expr(default))).unwrap_or_default();
    format!("{}:{ty}{default}", parameter.name.text)
}
