//! `infer_storage_schema`: the columns that files have, as text.
//!
//! Reading is the caller's, who allows it: see [`crate::External`].

use diag::Diagnostic;
use functions::Typed;
use schema::Type;
use serde_json::Value;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{Result, codes, fault},
    external::{ExternalError, ExternalFormat, InferFrom, InferRequest},
    plan::Planner,
    relation::Relation,
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "infer_storage_schema",
    doc: "infer-storage-schema-plugin",
    summary: "Tells the columns of files outside of the tables, as `name:type, ...`.",
    params: &[PluginParam::required("Options")],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let place = call.required(0)?.span;
    let options = call.constant_of(planner, 0, Type::Dynamic)?;
    let text = options.as_ref().and_then(|value| value.try_as_str().flatten()).unwrap_or("");
    let Ok(Value::Object(options)) = serde_json::from_str(text) else {
        return fault(codes::ARGUMENT_VALUE, "infer_storage_schema() takes a property bag", place);
    };
    let columns =
        match planner.columns_of_files(request(&options).or_else(|problem| fault(codes::ARGUMENT_VALUE, problem, place))?)? {
            None => &Vec::new(),
            Some(Ok(columns)) => columns,
            Some(Err(error @ ExternalError::NotAllowed { help, .. })) => {
                return Err(Diagnostic::error(codes::EXTERNAL_REFUSED, error.to_string(), place).with_help(help.clone()).into());
            }
            Some(Err(error @ ExternalError::Failed { .. })) => return fault(codes::EXTERNAL, error.to_string(), place),
        };
    let told: Vec<String> = columns.iter().map(|column| format!("{}:{}", kql::quote_name(&column.name), column.ty)).collect();
    let one = planner.print_one(Typed::text(told.join(", ")), call.span)?;
    let columns = one.all().into_iter().map(|(_, value)| ("CslSchema".to_owned(), value)).collect();
    one.project(columns, call.span)
}

/// What the properties ask for, or what is wrong with them.
fn request(options: &serde_json::Map<String, Value>) -> std::result::Result<InferRequest, String> {
    let text = |name: &str| options.get(name).and_then(Value::as_str).unwrap_or("");
    let addresses: Vec<String> = match options.get("StorageContainers") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => vec![],
    };
    if addresses.is_empty() {
        return Err("`StorageContainers` is a list of addresses".to_owned());
    }
    let format = ExternalFormat::from_name(text("DataFormat")).ok_or_else(|| {
        let names: Vec<&str> = ExternalFormat::ALL.iter().map(|(name, _)| *name).collect();
        format!("`DataFormat` is one of {}", names.join(", "))
    })?;
    let files = match text("Mode").to_ascii_lowercase().as_str() {
        "" | "last" => InferFrom::Last,
        "any" => InferFrom::Any,
        "all" => InferFrom::All,
        _ => return Err("`Mode` is one of any, last, all".to_owned()),
    };
    let inference = options.get("InferenceOptions");
    let header = inference.and_then(|options| options.get("UseFirstRowAsHeader")).and_then(Value::as_bool).unwrap_or(false);
    let (extension, prefix) = (text("FileExtension").to_owned(), text("FileNamePrefix").to_owned());
    Ok(InferRequest { addresses, format, extension, prefix, files, header })
}
