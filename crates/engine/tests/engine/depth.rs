//! No query ends the program: long and deep ones of every form run, or are refused by the name of the limit, on threads whose
//! stacks are small.

use std::{error::Error, sync::Arc, thread};

use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, QueryError};

type Outcome = Result<(), Box<dyn Error>>;

/// What a Rust thread has by default.
const STACK: usize = 2 << 20;

/// Plans and runs a query on threads with small stacks: the number of rows, or the code of the error.
fn outcome(text: String) -> Result<String, Box<dyn Error>> {
    let run = move || -> Result<String, String> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime =
            builder.worker_threads(2).thread_stack_size(STACK).enable_time().build().map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let engine = Engine::new(Limits { partitions: Some(2), ..Limits::default() }).map_err(|error| error.to_string())?;
            let env = Environment::new(Arc::new(MemoryCatalog::default()), 639_000_000_000_000_000);
            let planned = match engine.prepare(&text, &env).await {
                Err(QueryError::Query(faults)) => {
                    return Ok(faults.first().map_or_else(String::new, |fault| fault.code.to_owned()));
                }
                other => other.map_err(|error| error.to_string())?,
            };
            engine.explain_plan(&planned).await.map_err(|error| error.to_string())?;
            engine.run(&planned).await.map(|results| results.rows().to_string()).map_err(|error| error.to_string())
        })
    };
    Ok(thread::Builder::new().stack_size(STACK).spawn(run)?.join().map_err(|_| "the engine panicked")??)
}

/// A table whose column `x` is no constant.
const ROWS: &str = "range x from 1 to 3 step 1 | extend s = tostring(x), d = todynamic(tostring(x))";

#[test]
fn long_chains_run() -> Outcome {
    for (what, text) in [
        ("sums", format!("{ROWS} | extend y = x{}", " + 1".repeat(kql::MAX_CHAIN))),
        ("sums of dynamic values", format!("{ROWS} | extend y = d.a{} + x", " + 1".repeat(60))),
        ("products", format!("{ROWS} | extend y = x{}", " * 1".repeat(60))),
        ("comparisons", format!("{ROWS} | where (x{}) in (true, false)", " == 1".repeat(60))),
        ("paths", format!("{ROWS} | where isnull(d{})", ".a".repeat(kql::MAX_CHAIN - 1))),
        ("indices", format!("{ROWS} | where isnull(d{})", "[0]".repeat(kql::MAX_CHAIN - 1))),
        ("sums in a filter", format!("{ROWS} | where x{} > 0", " + 1".repeat(60))),
        ("sums as keys", format!("{ROWS} | summarize count() by y = x{}", " + 1".repeat(60))),
        ("sums that are sorted by", format!("{ROWS} | sort by x{}", " + 1".repeat(60))),
    ] {
        assert_eq!(outcome(text)?, "3", "{what}");
    }
    Ok(())
}

#[test]
fn hundreds_of_conditions_run() -> Outcome {
    let terms = |term: &str, joint: &str, count: usize| {
        (0..count).map(|number| term.replace('N', &number.to_string())).collect::<Vec<_>>().join(joint)
    };
    for (what, text) in [
        ("500 or", format!("{ROWS} | where {}", terms("x == N", " or ", 500))),
        ("500 or of texts", format!("{ROWS} | where x < 9 and ({} or x > 0)", terms("s contains 'aN'", " or ", 500))),
        ("500 and", format!("{ROWS} | where {}", terms("x != 1N", " and ", 500))),
        ("both", format!("{ROWS} | where {}", terms("(x != 1N and s has_any ('1', '2', '3', 'N'))", " and ", 300))),
        ("a parenthesis each", format!("{ROWS} | where {}x > 0{}", "(".repeat(60), " or x == 9)".repeat(60))),
    ] {
        assert_eq!(outcome(text)?, "3", "{what}");
    }
    Ok(())
}

#[test]
fn deep_nesting_runs() -> Outcome {
    let nested =
        |open: &str, inner: &str, close: &str, depth: usize| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
    for (what, text) in [
        ("parentheses", format!("{ROWS} | where {}", nested("(", "x > 0", ")", 95))),
        ("calls", format!("{ROWS} | extend y = {}", nested("strcat(", "s", ", 'a')", 90))),
        ("not", format!("{ROWS} | where {}", nested("not(not(", "x > 0", "))", 45))),
        ("iff", format!("{ROWS} | extend y = {}", nested("iff(x > 1, 1, ", "x", ")", 90))),
        ("unions", nested("union (", ROWS, ")", 45)),
        ("joins", nested("(range x from 1 to 3 step 1 | join (", "range x from 1 to 3 step 1", ") on x | project x)", 20)),
        ("mv-apply", format!("{ROWS} | {}", nested("mv-apply a = d on (", "count", " | take 1)", 10))),
    ] {
        assert_eq!(outcome(text)?, "3", "{what}");
    }
    Ok(())
}

#[test]
fn many_steps_run() -> Outcome {
    for (what, text) in [
        ("filters", format!("{ROWS}{}", " | where x > 0".repeat(2_000))),
        ("filters that differ", (0..400).fold(ROWS.to_owned(), |text, step| text + &format!(" | where x != 1{step}0"))),
        ("columns that lean", format!("{ROWS}{}", " | extend x = x + 1".repeat(2_000))),
        ("columns beside", (0..150).fold(ROWS.to_owned(), |text, step| text + &format!(" | extend c{step} = x + {step}"))),
        ("rows", format!("{ROWS}{}", " | take 3".repeat(400))),
        ("sorts", format!("{ROWS}{}", " | sort by x asc".repeat(200))),
        ("groups", format!("{ROWS}{}", " | summarize x = max(x) by s".repeat(50))),
        (
            "let",
            (1..300).fold(String::from("let a0 = 1; "), |text, step| text + &format!("let a{step} = a{} + 1; ", step - 1))
                + ROWS
                + " | where a299 > 0",
        ),
        (
            "tables by let",
            (1..100)
                .fold(format!("let t0 = {ROWS}; "), |text, step| text + &format!("let t{step} = t{} | where x > 0; ", step - 1))
                + "t99",
        ),
        (
            "functions",
            (1..100).fold(String::from("let f0 = (a: long) { a }; "), |text, step| {
                text + &format!("let f{step} = (a: long) {{ f{}(a) + 1 }}; ", step - 1)
            }) + ROWS
                + " | extend y = f99(x)",
        ),
        ("tables of a union", format!("union ({ROWS}){} | take 3", ", (print x = 1)".repeat(300))),
    ] {
        assert_eq!(outcome(text)?, "3", "{what}");
    }
    Ok(())
}

#[test]
fn long_lists_run() -> Outcome {
    let list = (1..=50_000).map(|number| number.to_string()).collect::<Vec<_>>();
    let quoted = |count: usize| list.iter().take(count).map(|number| format!("'{number}'")).collect::<Vec<_>>().join(", ");
    let (texts, fewer) = (quoted(50_000), quoted(5_000));
    let list = list.join(", ");
    for (what, text) in [
        ("numbers", format!("{ROWS} | where x in ({list})")),
        ("texts", format!("{ROWS} | where s in ({texts})")),
        ("texts, case aside", format!("{ROWS} | where s in~ ({fewer})")),
        ("has_any", format!("{ROWS} | where s has_any ({fewer})")),
        ("an array", format!("{ROWS} | where s in (dynamic([{fewer}]))")),
        ("a table", format!("datatable(x: long)[{list}] | take 3")),
        ("a let", format!("let known = dynamic([{fewer}]); {ROWS} | where s in (known)")),
    ] {
        assert_eq!(outcome(text)?, "3", "{what}");
    }
    Ok(())
}

#[test]
fn what_is_beyond_a_limit_is_refused_by_its_name() -> Outcome {
    assert_eq!(outcome(format!("{ROWS} | extend y = x{}", " + 1".repeat(kql::MAX_CHAIN + 1)))?, "K0017");
    let functions = (1..1_200).fold(String::from("let f0 = (a: long) { a }; "), |text, step| {
        text + &format!("let f{step} = (a: long) {{ f{}(a) }}; ", step - 1)
    });
    assert_eq!(outcome(functions + ROWS + " | extend y = f1199(x)")?, "K0302");
    assert_eq!(outcome(format!("print {}1{}", "(".repeat(200), ")".repeat(200)))?, "K0016");
    Ok(())
}
