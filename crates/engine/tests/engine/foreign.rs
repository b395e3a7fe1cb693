//! Tables that others wrote: values in any form are read as the values they are.

use std::{error::Error, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    datasource::MemTable,
};
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, value};

#[tokio::test]
async fn json_of_any_form_is_read() -> Result<(), Box<dyn Error>> {
    let texts = ["{ \"a\" : 1 }", "not JSON", ""];
    let schema = Arc::new(Schema::new(vec![Field::new("RawEventData", DataType::Utf8, true)]));
    let column: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    let table = MemTable::try_new(Arc::clone(&schema), vec![vec![RecordBatch::try_new(schema, vec![column])?]])?;
    let mut catalog = MemoryCatalog::default();
    catalog.insert_foreign("CloudAppEvents", Arc::new(table));

    let env = Environment::new(Arc::new(catalog), 0);
    let query =
        "CloudAppEvents | project whole = tostring(RawEventData), member = tolong(RawEventData.a), of = gettype(RawEventData)";
    let results = Engine::new(Limits::default())?.query(query, &env).await?;
    let mut found = String::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            for (column, array) in results.columns.iter().zip(batch.columns()) {
                value::write_json(array, column.ty, row, &mut found);
                found.push(' ');
            }
            found.push('\n');
        }
    }
    assert_eq!(found, "\"{\\\"a\\\":1}\" 1 \"dictionary\" \n\"not JSON\" null \"string\" \n\"\" null \"null\" \n");
    Ok(())
}
