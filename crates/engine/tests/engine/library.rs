//! Saved functions called: names, arguments, faults inside them, and functions that lead back to themselves.

use std::{error::Error, sync::Arc};

use library::{Library, read};
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, QueryError};

const FUNCTIONS: [(&str, &str); 8] = [
    ("Twice.kql", "let k = 2;\nlet Twice = (x:long, y:long = 0) { x * k + y };"),
    ("Big.kql", "// parameters: (T:(n:long), least:long = 2)\nT | where n >= least"),
    ("Three.kql", "range n from 1 to 3 step 1"),
    ("A.kql", "B | take 1"),
    ("B.kql", "\nunion A, (print 1)"),
    ("Broken.kql", "print (1"),
    ("Inside.kql", "Three\n| where nosuch > 1"),
    ("EmailEvents.kql", "table(\"EmailEvents\") | count"),
];

/// The cells of the answer, or the code and message of the error.
async fn answer(query: &str) -> Result<Result<Vec<i64>, (String, String)>, Box<dyn Error>> {
    let mut env = Environment::new(Arc::new(MemoryCatalog::default()), 0);
    env.library = Library::default();
    for (file, text) in FUNCTIONS {
        for function in read(file, file, text) {
            env.library.insert(function);
        }
    }
    let engine = Engine::new(Limits::default())?;
    Ok(match engine.query(query, &env).await {
        Ok(results) => {
            let column = results
                .batches
                .iter()
                .map(|batch| arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(batch.column(0)));
            Ok(column.flat_map(|column| column.values().to_vec()).collect())
        }
        Err(error @ QueryError::Query(_)) => Err((error.code().to_owned(), error.to_string())),
        Err(other) => return Err(other.into()),
    })
}

#[tokio::test]
async fn functions_are_called_with_and_without_parentheses() -> Result<(), Box<dyn Error>> {
    assert_eq!(answer("Three | where n > 1").await?, Ok(vec![2, 3]));
    assert_eq!(answer("Three() | count").await?, Ok(vec![3]));
    assert_eq!(answer("print Twice(Twice(1), y = 5)").await?, Ok(vec![9]));
    assert_eq!(answer("Big(Three, 3)").await?, Ok(vec![3]));
    assert_eq!(answer("Three | invoke Big(least = 2)").await?, Ok(vec![2, 3]));
    assert_eq!(answer("Three | project x = Twice(n)").await?, Ok(vec![2, 4, 6]));
    Ok(())
}

#[tokio::test]
async fn a_name_of_the_query_comes_first_and_a_function_before_a_table() -> Result<(), Box<dyn Error>> {
    assert_eq!(answer("let Three = 1; print Three").await?, Ok(vec![1]));
    assert_eq!(answer("EmailEvents").await?, Ok(vec![0]));
    Ok(())
}

#[tokio::test]
async fn faults_name_the_file_and_the_place_in_it() -> Result<(), Box<dyn Error>> {
    for (query, code, words) in [
        ("Broken", "K0004", "in Broken (Broken.kql:1:7): this `(` is never closed"),
        ("Inside", "K0102", "in Inside (Inside.kql:2:9): there is no column `nosuch`"),
        ("A", "K0107", "the function `A` calls itself: A → B → A"),
        ("print Twice()", "K0203", "Twice() needs a value for `x`"),
        ("print Twice(1, z = 2)", "K0203", "Twice() has no parameter `z`"),
        ("Big(print n = 'a')", "K0202", "the table for `T` has `n` as string, and long is wanted"),
        ("Big(print m = 1)", "K0102", "the table for `T` has no column `n`"),
        ("print m = 1 | invoke Twice(1)", "K0104", "takes no table"),
        ("Thre", "K0101", "there is no table `Thre`"),
        ("print Twise(1)", "K0103", "the function `Twise` is not known"),
    ] {
        match answer(query).await? {
            Err((found, message)) => assert!(found == code && message.contains(words), "{query}: {found} {message}"),
            Ok(rows) => return Err(format!("{query} gives {rows:?}").into()),
        }
    }
    Ok(())
}
