//! What `hunt` prints, in every form.

use serde_json::{Value, json};

use crate::common::{Outcome, Place};

fn answer(query: &str, more: &[&str]) -> Outcome<Value> {
    let place = Place::new()?;
    let out = place.run(&[&["hunt", "--format", "json", query], more].concat())?.good()?;
    assert_eq!(out.matches('\n').count(), 1, "one object, one line: {out}");
    Ok(serde_json::from_str(&out)?)
}

#[test]
fn json_has_columns_with_their_types_rows_and_the_visualization() -> Outcome {
    let found = answer("print n = 1, s = 'a' | render barchart with (title = 'T')", &[])?;
    let expected = json!({
        "columns": [{ "name": "n", "type": "long" }, { "name": "s", "type": "string" }],
        "rows": [[1, "a"]],
        "visualization": { "visualization": "barchart", "title": "T" },
    });
    assert_eq!(found, expected);
    assert_eq!(answer("print 1", &[])?["visualization"], Value::Null);
    Ok(())
}

#[test]
fn every_type_has_its_form_in_json() -> Outcome {
    let cases = [
        ("datetime(2026-11-20T23:00:00.1Z)", "datetime", json!("2026-11-20T23:00:00.1000000Z")),
        ("1d + 2h + 3m + 4.5s", "timespan", json!("1.02:03:04.5000000")),
        ("-1tick", "timespan", json!("-00:00:00.0000001")),
        ("guid(74BE27DE-1e4e-49d9-b579-fe0b331d3642)", "guid", json!("74be27de-1e4e-49d9-b579-fe0b331d3642")),
        ("decimal(1.5)", "decimal", json!("1.5")),
        ("dynamic({'a': [1, null, 'x']})", "dynamic", json!({ "a": [1, null, "x"] })),
        ("dynamic('x')", "dynamic", json!("x")),
        ("real(nan)", "real", json!("NaN")),
        ("real(+inf)", "real", json!("Infinity")),
        ("real(-inf)", "real", json!("-Infinity")),
        ("0.5", "real", json!(0.5)),
        ("9223372036854775807", "long", json!(i64::MAX)),
        ("int(7)", "int", json!(7)),
        ("true", "bool", json!(true)),
        ("'\\u00e9\\n\"'", "string", json!("é\n\"")),
    ];
    let values: Vec<&str> = cases.iter().map(|(value, ..)| *value).collect();
    let found = answer(&format!("print {}", values.join(", ")), &[])?;
    for (place, (value, ty, expected)) in cases.iter().enumerate() {
        assert_eq!(found["columns"][place]["type"], json!(ty), "{value}");
        assert_eq!(&found["rows"][0][place], expected, "{value}");
    }
    Ok(())
}

#[test]
fn null_is_null_in_every_type_but_string() -> Outcome {
    let nulls = ["bool", "datetime", "decimal", "dynamic", "guid", "int", "long", "real", "timespan"];
    let query = format!("print {}, ''", nulls.map(|ty| format!("{ty}(null)")).join(", "));
    let row = answer(&query, &[])?["rows"][0].take();
    let row = row.as_array().ok_or("no row")?;
    assert!(row[..nulls.len()].iter().all(Value::is_null), "{row:?}");
    assert_eq!(row[nulls.len()], json!(""));
    Ok(())
}

#[test]
fn ndjson_has_an_object_a_row_and_csv_a_header() -> Outcome {
    let place = Place::new()?;
    let query = "datatable(Day: datetime, Who: string, Bag: dynamic) [datetime(2026-11-20), 'a,\"b', dynamic({'k': 1}), datetime(null), '', dynamic(null)]";
    assert_eq!(
        place.run(&["hunt", "--format", "ndjson", query])?.good()?,
        "{\"Day\":\"2026-11-20T00:00:00.0000000Z\",\"Who\":\"a,\\\"b\",\"Bag\":{\"k\":1}}\n{\"Day\":null,\"Who\":\"\",\"Bag\":null}\n"
    );
    assert_eq!(
        place.run(&["hunt", "--format", "csv", query])?.good()?,
        "Day,Who,Bag\n2026-11-20T00:00:00.0000000Z,\"a,\"\"b\",\"{\"\"k\"\":1}\"\n,,\n"
    );
    Ok(())
}

#[test]
fn parquet_goes_to_a_file_and_comes_back_as_a_table() -> Outcome {
    let place = Place::new()?;
    let query = "print At = datetime(2026-11-20T23:00:00Z), N = 7, S = 'x', Bag = dynamic([1]), Gone = int(null)";
    assert!(place.run(&["hunt", "--format", "parquet", query])?.failed(1)?.contains("--output FILE"));
    place.run(&["hunt", "--format", "parquet", "--output", "rows.parquet", query])?.good()?;
    let back =
        place.run(&["hunt", "--format", "json", "--table", "T=rows.parquet", "T | project At, N, S, tostring(Bag), Gone"])?;
    let back: Value = serde_json::from_str(&back.good()?)?;
    assert_eq!(back["rows"], json!([["2026-11-20T23:00:00.0000000Z", 7, "x", "[1]", null]]));
    assert_eq!(back["columns"][0]["type"], json!("datetime"));
    Ok(())
}

#[test]
fn the_clock_is_an_argument() -> Outcome {
    let found = answer("print now(), ago(1d), startofday(now())", &["--as-of", "2026-11-20T23:30:00Z"])?;
    let expected = ["2026-11-20T23:30:00.0000000Z", "2026-11-19T23:30:00.0000000Z", "2026-11-20T00:00:00.0000000Z"];
    assert_eq!(found["rows"], json!([expected]));
    Ok(())
}

#[test]
fn parameters_are_given_by_name_and_only_those_declared() -> Outcome {
    let query = "declare query_parameters(Domain: string = 'a', Days: int = 1); print Domain, Days";
    assert_eq!(answer(query, &["--param", "Domain=contoso.com", "--param", "Days=7"])?["rows"], json!([["contoso.com", 7]]));
    let place = Place::new()?;
    let message = place.run(&["hunt", "--param", "Domian=x", query])?.failed(1)?;
    assert_eq!(message, "error: --param Domian: the query does not declare it; it declares Domain, Days\n");
    assert!(place.run(&["hunt", "--param", "x=1", "print 1"])?.failed(1)?.contains("declares no parameters"));
    Ok(())
}

#[test]
fn nothing_in_a_cell_steers_the_terminal() -> Outcome {
    let place = Place::new()?;
    let query = "print Subject = '\\u001b[2J\\u001b]0;owned\\u0007', Other = 'a\\u202eb\\u009bc', ['\\u001b[31mred'] = 1";
    let out = place.run(&["hunt", query])?.good()?;
    assert!(out.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{out:?}");
    // An error draws the query, and names what stands in it.
    let err = place.run(&["hunt", "print '\u{1b}[2J', x"])?.failed(1)?;
    assert!(err.chars().all(|c| c == '\n' || !c.is_control()), "{err:?}");
    Ok(())
}

#[test]
fn a_chart_goes_to_a_file_of_either_kind() -> Outcome {
    let place = Place::new()?;
    let query = "range Day from datetime(2026-11-01) to datetime(2026-11-05) step 1d | extend n = dayofmonth(Day) | render timechart with (title = 'A & <b>')";
    place.run(&["hunt", query, "--chart", "a.svg"])?.good()?;
    place.run(&["hunt", query, "--chart", "a.png"])?.good()?;
    let svg = std::fs::read_to_string(place.path("a.svg"))?;
    assert!(svg.contains("A &amp; &lt;b&gt;"), "{svg}");
    assert!(std::fs::read(place.path("a.png"))?.starts_with(b"\x89PNG"));
    assert!(place.run(&["hunt", query, "--chart", "a.bmp"])?.failed(1)?.contains(".svg or .png"));
    assert!(place.run(&["hunt", "print 'a'", "--chart", "b.svg"])?.failed(1)?.contains("no numbers to draw"));
    Ok(())
}

#[test]
fn rows_without_a_word_are_a_series_that_says_so() -> Outcome {
    let place = Place::new()?;
    let query = "datatable(Day: datetime, Dkim: string, Messages: long) [datetime(2026-11-01), 'pass', 5, datetime(2026-11-01), '', 2, \
                 datetime(2026-11-02), 'pass', 7] | render timechart";
    place.run(&["hunt", query, "--chart", "a.svg"])?.good()?;
    let svg = std::fs::read_to_string(place.path("a.svg"))?;
    assert!(svg.contains("(empty)") && svg.contains("pass"), "{svg}");
    Ok(())
}
