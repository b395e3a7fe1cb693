//! Parquet files of others, in place.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Int32Array, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::{SessionContext, ident};
use parquet::arrow::ArrowWriter;
use spoofwatch_lake::{LakeError, external};

use crate::common::{Outcome, batch, longs, rows, texts};

fn write(path: &Path, batch: &RecordBatch) -> Outcome {
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}

#[tokio::test]
async fn files_are_one_table_of_the_union_of_their_columns_and_a_damaged_one_is_named() -> Outcome {
    let folder = tempfile::tempdir()?;
    let [a, b, c] = ["a.parquet", "b.parquet", "c.parquet"].map(|name| folder.path().join(name));
    write(&a, &batch(vec![("Name", texts(&["x"])), ("Size", longs([1]))])?)?;
    write(&b, &batch(vec![("Size", Arc::new(Int32Array::from(vec![2])) as _), ("Other", texts(&["o"]))])?)?;
    std::fs::write(&c, "not Parquet at all")?;
    let table = external::parquet(&[a, c.clone(), b]).await?;
    assert_eq!(table.warnings.len(), 1);
    assert_eq!(table.warnings[0].path, c);
    let schema = table.provider.schema();
    let types: Vec<_> = schema.fields().iter().map(|field| (field.name().as_str(), field.data_type().clone())).collect();
    assert_eq!(types, [("Name", DataType::Utf8View), ("Size", DataType::Int64), ("Other", DataType::Utf8View)]);
    let frame = SessionContext::new().read_table(table.provider)?;
    assert_eq!(rows(frame.clone().sort(vec![ident("Size").sort(true, true)])?).await?, ["x|1|", "|2|o"]);
    assert_eq!(rows(frame.filter(ident("Name").is_null())?.select_columns(&["Size"])?).await?, ["2"]);
    Ok(())
}

#[tokio::test]
async fn when_no_file_can_be_read_the_error_names_the_first() -> Outcome {
    let missing = PathBuf::from("/nonexistent/file.parquet");
    let Err(error @ LakeError::NoReadableFile { .. }) = external::parquet(&[missing]).await else {
        return Err("a missing file was read".into());
    };
    assert!(error.to_string().contains("/nonexistent/file.parquet"), "{error}");
    Ok(())
}
