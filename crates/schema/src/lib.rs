//! What a mail table looks like and how Kusto's scalar values are written: types, text forms, tables, vocabularies.
//!
//! Must not know storage or queries. Start with [`Type`], then [`Registry`].

mod field_types;
mod nearest;
mod registry;
mod table;
mod table_file;
mod tables;
pub mod text;
mod types;

pub use field_types::{FieldFileError, FieldType, FieldTypes};
pub use nearest::nearest;
pub use registry::Registry;
pub use table::{Column, INGESTION_TIME, Table};
pub use table_file::TableFileError;
pub use types::{DECIMAL_PRECISION, DECIMAL_SCALE, Type};
