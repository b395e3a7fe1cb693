//! Queries that give several tables: `fork`, `facet`, queries parted by `;`.

use std::{error::Error, sync::Arc};

use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, Results, value::write_text};

type Outcome = Result<(), Box<dyn Error>>;

/// Name, columns and rows of each table, as one line each.
async fn tables(query: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let engine = Engine::new(Limits { partitions: Some(1), ..Limits::default() })?;
    let mut results = engine.query(query, &Environment::new(Arc::new(MemoryCatalog::default()), 0)).await?;
    let more = std::mem::take(&mut results.more);
    Ok(std::iter::once(&results).chain(&more).map(line).collect())
}

fn line(table: &Results) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut rows = Vec::new();
    for batch in &table.batches {
        for row in 0..batch.num_rows() {
            let cells = table.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let mut text = String::new();
                write_text(array.as_ref(), column.ty, row, &mut text);
                text
            });
            rows.push(cells.collect::<Vec<_>>().join(","));
        }
    }
    rows.sort();
    format!("{} {}: {}", table.name.as_deref().unwrap_or("-"), columns.join(","), rows.join(" "))
}

#[tokio::test]
async fn fork_gives_a_table_a_pipe() -> Outcome {
    let found =
        tables("range x from 1 to 3 step 1 | fork (where x > 2) Total=(count) (project y = x | take 0 | as Last)").await?;
    assert_eq!(found, ["- x: 3", "Total Count: 3", "Last y: "]);
    Ok(())
}

#[tokio::test]
async fn facet_gives_the_rows_and_the_values_of_each_column() -> Outcome {
    let rows = "datatable(k: string, v: long)[\"a\", 1, \"b\", 1, \"a\", 2]";
    let found = tables(&format!("{rows} | facet by k, v with (count)")).await?;
    assert_eq!(found, ["- Count: 3", "k k,count_k: a,2 b,1", "v v,count_v: 1,2 2,1"]);
    assert_eq!(tables(&format!("{rows} | facet by k")).await?, ["k k,count_k: a,2 b,1"]);
    Ok(())
}

#[tokio::test]
async fn each_query_of_a_text_gives_a_table() -> Outcome {
    let found = tables("let a = 1; print x = a; let a = 2; print y = a | as Two; 3").await?;
    assert_eq!(found, ["- x: 1", "Two y: 2", "- print_0: 3"]);
    Ok(())
}

#[tokio::test]
async fn a_let_may_hold_a_fork_that_is_the_query() -> Outcome {
    assert_eq!(tables("let f = print a = 1 | fork (count) (take 1); f").await?, ["- Count: 1", "- a: 1"]);
    Ok(())
}
