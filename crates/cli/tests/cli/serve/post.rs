//! Rows over HTTP: what is answered, and that many small bodies make few versions of a table.

use std::{
    io::Write as _,
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::json;

use super::{Serve, payments, request, until_alerts, watched};
use crate::common::Outcome;

#[test]
fn each_body_is_answered_with_what_became_of_its_rows() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &["--max-body", "1"])?;
    let said = serve.said();
    let token = std::fs::read_to_string(place.path("spoofwatch-data/token"))?;
    assert!(said.contains("token") && !said.contains(token.trim()), "where it is, and not what: {said}");
    let rows = payments([1, 2])?;
    let answer = serve.post(&place, "EmailEvents", rows.as_bytes())?;
    assert_eq!((answer.status, answer.json()?["added"].clone()), (200, json!(2)), "{answer:?}");
    // The same rows again, compressed; then with a new one and a bad one, as CSV and as an array.
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(rows.as_bytes())?;
    let zst = zstd::encode_all(rows.as_bytes(), 1)?;
    for body in [gz.finish()?, zst] {
        let answer = serve.post(&place, "EmailEvents", &body)?;
        assert_eq!(answer.json()?["tables"], json!({"EmailEvents": {"added": 0, "duplicates": 2}}), "{answer:?}");
    }
    let now = super::now()?;
    let csv =
        format!("Timestamp,NetworkMessageId,RecipientEmailAddress,Subject\n{now},3,ana@contoso.example,payment 3\nsoon,4,,\n");
    let answer = serve.post_as(&place, "EmailEvents", "Content-Type: text/csv\r\n", csv.as_bytes())?;
    let told = answer.json()?;
    assert_eq!((answer.status, &told["added"], &told["rejected"]), (200, &json!(1), &json!(1)), "{told}");
    assert_eq!(told["rejects"][0]["line"], 3, "{told}");
    assert!(told["rejects"][0]["reason"].as_str().is_some_and(|reason| reason.contains("soon")), "{told}");
    let array = format!("[{}]", payments([5, 6])?.trim_end().replace('\n', ","));
    assert_eq!(serve.post(&place, "EmailEvents", array.as_bytes())?.json()?["added"], 2);
    let own = serve.post(&place, "Gateway_CL", b"{\"TimeGenerated\":\"2026-11-20T00:00:00Z\",\"Verdict_s\":\"spam\"}\n")?;
    assert_eq!(own.status, 200, "{own:?}");
    refused(&place, &serve)?;
    until_alerts(&place, 5)?;
    assert_eq!(place.rows("Gateway_CL | project Verdict_s")?, json!([["spam"]]));
    let metrics = serve.get("/metrics")?.body;
    assert!(metrics.contains("spoofwatch_ingested_rows_total{table=\"EmailEvents\"} 5"), "{metrics}");
    assert!(
        metrics.contains("spoofwatch_alert_delay_seconds_count ") && !metrics.contains("alert_delay_seconds_count 0"),
        "{metrics}"
    );
    Ok(())
}

fn refused(place: &crate::common::Place, serve: &Serve) -> Outcome {
    let misspelt = serve.post(place, "EmailEvent", b"{}")?;
    assert_eq!((misspelt.status, &misspelt.json()?["did_you_mean"][0]), (404, &json!("EmailEvents")));
    assert_eq!(serve.post(place, "..%2Fx_CL", b"{}")?.status, 404);
    let large = vec![b' '; (1 << 20) + 1];
    assert_eq!(serve.post(place, "EmailEvents", &large)?.status, 413);
    assert_eq!(serve.post_as(place, "EmailEvents", "Content-Type: image/png\r\n", b"x")?.status, 415);
    let nonsense = serve.post(place, "EmailEvents", b"\x00\x01\x02 nothing")?;
    assert_eq!(nonsense.status, 400, "{nonsense:?}");
    for authorization in ["", "Authorization: Bearer 0123456789abcdef\r\n"] {
        let head = format!(
            "POST /api/ingest/EmailEvents HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}Content-Length: 2\r\n\r\n"
        );
        assert_eq!(request(&serve.address, &head, b"{}")?.status, 401);
    }
    Ok(())
}

#[test]
fn many_small_bodies_are_stored_together_and_each_row_once() -> Outcome {
    const SENDERS: usize = 16;
    const EACH: usize = 25;
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let added = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (serve, place, added) = (&serve, &place, &added);
            scope.spawn(move || {
                for number in 0..EACH {
                    // Every body has a row of its own and one that others send, too.
                    let rows = payments([format!("{sender}-{number}"), format!("shared-{number}")]).unwrap_or_default();
                    let told = serve.post(place, "EmailEvents", rows.as_bytes()).and_then(|answer| answer.json());
                    let new = told.ok().and_then(|told| told["added"].as_u64()).unwrap_or_default();
                    added.fetch_add(usize::try_from(new).unwrap_or_default(), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(place.rows("EmailEvents | summarize count(), dcount(NetworkMessageId)")?[0][1], json!(SENDERS * EACH + EACH));
    let stored = place.rows("EmailEvents | count")?[0][0].as_u64();
    assert_eq!(stored, u64::try_from(added.into_inner()).ok(), "each row was told as new once");
    let log = std::fs::read_dir(place.path("spoofwatch-data/tables/EmailEvents/_delta_log"))?;
    let versions = log.filter_map(Result::ok).filter(|entry| entry.path().extension().is_some_and(|kind| kind == "json")).count();
    assert!(versions <= EACH * 3, "{versions} versions for {} bodies", SENDERS * EACH);
    Ok(())
}

#[test]
fn a_table_that_cannot_be_written_keeps_no_rows_from_the_others() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let click = b"{\"Timestamp\":\"2026-11-20T00:00:00Z\",\"Url\":\"https://example.com\"}\n";
    assert_eq!(serve.post(&place, "UrlClickEvents", click)?.status, 200);
    place.file("spoofwatch-data/tables/UrlClickEvents/_delta_log/00000000000000000002.json", "{ broken")?;
    // Sent at one moment, they are stored together.
    std::thread::scope(|scope| {
        let sent: Vec<_> = (0..12)
            .map(|number| {
                let (serve, place) = (&serve, &place);
                scope.spawn(move || -> Result<(usize, u16), String> {
                    let mail = payments([number]).map_err(|error| error.to_string())?;
                    let (table, rows) =
                        if number % 3 == 0 { ("UrlClickEvents", &click[..]) } else { ("EmailEvents", mail.as_bytes()) };
                    Ok((number, serve.post(place, table, rows).map_err(|error| error.to_string())?.status))
                })
            })
            .collect();
        for thread in sent {
            let (number, status) = thread.join().map_err(|_| "a sender stopped")??;
            assert_eq!(status, if number % 3 == 0 { 503 } else { 200 }, "body {number}");
        }
        Ok::<(), Box<dyn std::error::Error>>(())
    })?;
    until_alerts(&place, 8)
}
