//! Programs that send to Elasticsearch, as their makers ship them, send records of the audit log here: each record is there once, whatever
//! happens to the server meanwhile.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{Serve, elastic::token, rsyslog::Rsyslog, tenant::record, until, watched};
use crate::{
    common::{Outcome, Place, finished},
    mailbox::program,
};

/// Records as lines, with the ids that begin with `name`.
fn lines(name: &str, count: usize) -> String {
    (0..count).map(|number| format!("{}\n", record(&format!("{name}{number}"), 1))).collect()
}

/// How many rows there are of records, and of how many records.
fn counted(place: &Place) -> Outcome<(u64, u64)> {
    let rows = place.rows("['o365.audit'] | summarize Rows = count(), Records = count_distinct(['event.id'])");
    // There is no such table before the first of them has come.
    let Ok(rows) = rows else { return Ok((0, 0)) };
    let number = |column: usize| rows[0][column].as_u64().ok_or_else(|| rows.to_string());
    Ok((number(0)?, number(1)?))
}

fn until_there(place: &Place, wanted: u64) -> Outcome {
    until(&format!("{wanted} records are there"), || Ok(counted(place)?.1 >= wanted))?;
    assert_eq!(counted(place)?, (wanted, wanted));
    Ok(())
}

#[test]
fn elasticsearch_js_loads_records_once() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
    let Some(node) = program("node").filter(|_| folder.join("node_modules/@elastic/elasticsearch").exists()) else {
        eprintln!("left out: no node here, or no packages of tests/clients (npm ci --prefix tests/clients)");
        return Ok(());
    };
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let mut child = Command::new(node)
        .arg(folder.join("elasticsearch_bulk.mjs"))
        .args([format!("http://{}/elastic", serve.address), token(&place)?])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(lines("r", 20).as_bytes())?;
    let told: Value = serde_json::from_str(&finished(child)?.good()?)?;
    assert_eq!(
        (&told["ping"], &told["sent"], &told["again"], &told["mixed"], &told["exists"]),
        (&json!(true), &json!(20), &json!(20), &json!(1), &json!(true)),
        "{told}"
    );
    assert_eq!(told["dropped"], json!([[400, "document_parsing_exception"]]), "{told}");
    assert_eq!(told["index"], "created", "{told}");
    assert!(told["search"].as_str().is_some_and(|words| words.contains("is not supported")), "{told}");
    until_there(&place, 20)
}

/// rsyslog follows a file of records and sends what is appended, under each record's id, until it is taken.
fn following(place: &Place, address: &str) -> Outcome<String> {
    let folder = place.path("");
    let folder = folder.display();
    Ok(format!(
        "global(workDirectory=\"{folder}\" maxMessageSize=\"64k\")\n\
         module(load=\"imfile\" PollingInterval=\"1\")\nmodule(load=\"mmjsonparse\")\nmodule(load=\"omelasticsearch\")\n\
         template(name=\"record\" type=\"string\" string=\"%msg%\")\ntemplate(name=\"id\" type=\"string\" string=\"%$!Id%\")\n\
         input(type=\"imfile\" file=\"{folder}/audit.ndjson\" tag=\"o365\" ruleset=\"audit\")\n\
         ruleset(name=\"audit\") {{\n action(type=\"mmjsonparse\" cookie=\"\")\n\
         \x20action(type=\"omelasticsearch\" server=\"http://{address}/elastic\" uid=\"rsyslog\" pwd=\"{token}\" template=\"record\"\n\
         \x20 searchIndex=\"logs-o365.audit-default\" searchType=\"\" bulkmode=\"on\" writeoperation=\"create\" bulkid=\"id\" dynbulkid=\"on\"\n\
         \x20 errorFile=\"{folder}/refused\" action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\")\n}}\n",
        token = token(place)?,
    ))
}

#[test]
fn rsyslog_sends_each_record_once_though_the_server_is_killed() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let address = serve.address.clone();
    place.file("audit.ndjson", lines("first", 20))?;
    let Some(_client) = Rsyslog::start(&place, "omelasticsearch.so", &following(&place, &address)?)? else { return Ok(()) };
    let append = |text: String| -> Outcome {
        let mut file = std::fs::OpenOptions::new().append(true).open(place.path("audit.ndjson"))?;
        Ok(file.write_all(text.as_bytes())?)
    };
    until_there(&place, 20)?;
    // Nobody is there when the next are written.
    serve.kill()?;
    append(lines("second", 20))?;
    until("it was tried in vain", || Ok(std::fs::read_to_string(place.path("rsyslog.said"))?.contains("server failure")))?;
    let serve = Serve::again(&place, &address)?;
    until_there(&place, 40)?;
    // The server is ended while it takes them in.
    append(lines("third", 40))?;
    until("some have come", || Ok(counted(&place)?.0 > 40))?;
    serve.kill()?;
    let _serve = Serve::again(&place, &address)?;
    until_there(&place, 80)?;
    assert!(!place.path("refused").exists(), "{}", std::fs::read_to_string(place.path("refused"))?);
    Ok(())
}
