//! `mail verify`, `mail explain` and messages put in, with a zone file in place of the DNS.

use serde_json::Value;

use crate::common::{Outcome, Place};

const ZONE: &str = "\
contoso.example.        TXT \"v=spf1 ip4:192.0.2.0/24 include:mail.example -all\"\n\
mail.example.           TXT \"v=spf1 ip4:198.51.100.7 ~all\"\n\
_dmarc.contoso.example. TXT \"v=DMARC1; p=reject\"\n";

const LETTER: &str = "\
Received: from mail.contoso.example (mail.contoso.example [192.0.2.25])\n\tby mx.fabrikam.example with ESMTPS id 1;\n\tFri, 20 Nov 2026 10:00:00 +0000\n\
From: \"Kim <script>alert(1)</script>\" <kim@contoso.example>\n\
To: lee@fabrikam.example\n\
Subject: Figures\n\
Date: Fri, 20 Nov 2026 09:59:58 +0000\n\
Message-ID: <1@contoso.example>\n\n\
See https://contoso.example/figures\n";

fn place() -> Outcome<Place> {
    let place = Place::new()?;
    place.file("dns.zone", ZONE)?;
    place.file("letter.eml", LETTER)?;
    Ok(place)
}

fn json(text: &str) -> Outcome<Value> {
    Ok(serde_json::from_str(text)?)
}

#[test]
fn spf_alone_needs_no_message() -> Outcome {
    let place = place()?;
    let verify = |more: &[&str]| -> Outcome<Value> {
        let arguments =
            [&["mail", "verify", "--zone", "dns.zone", "--format", "json", "--from", "kim@contoso.example"], more].concat();
        json(&place.run(&arguments)?.good()?)
    };
    let verdict = verify(&["--ip", "192.0.2.25"])?;
    assert_eq!((&verdict["spf"]["result"], &verdict["spf"]["domain"]), (&"pass".into(), &"contoso.example".into()));
    assert_eq!((&verdict["dkim"], &verdict["dmarc"]), (&Value::Array(Vec::new()), &Value::Null));
    let verdict = verify(&["--ip", "203.0.113.9"])?;
    assert_eq!(verdict["spf"]["result"], "fail");
    assert_eq!(verdict["spf"]["reason"], "203.0.113.9 is not permitted: `-all` in the record of contoso.example");
    Ok(())
}

#[test]
fn what_nobody_says_of_the_arrival_is_taken_from_the_header() -> Outcome {
    let place = place()?;
    let verify = |more: &[&str]| -> Outcome<Value> {
        json(&place.run(&[&["mail", "verify", "--zone", "dns.zone", "--format", "json", "letter.eml"], more].concat())?.good()?)
    };
    let found = verify(&["--from", "kim@contoso.example"])?;
    assert_eq!((&found["spf"]["result"], &found["dmarc"]["result"]), (&"pass".into(), &"pass".into()));
    let found = verify(&["--ip", "203.0.113.9", "--from", "kim@contoso.example"])?;
    assert_eq!((&found["dmarc"]["result"], &found["dmarc"]["policy"]), (&"fail".into(), &"reject".into()));
    assert_eq!(found["arc"]["result"], "none");
    Ok(())
}

#[test]
fn a_batch_answers_every_line_in_order_and_one_failure_stops_none() -> Outcome {
    let place = place()?;
    place.file(
        "requests.jsonl",
        "{\"id\":1,\"ip\":\"198.51.100.7\",\"from\":\"a@contoso.example\"}\n\
         {\"id\":2,\"file\":\"gone.eml\"}\n\
         not a request\n\
         {\"id\":\"three\",\"ip\":\"203.0.113.9\",\"helo\":\"x.example\",\"from\":\"kim@contoso.example\",\"file\":\"letter.eml\"}\n\
         {\"id\":5}\n",
    )?;
    let out = place.run(&["mail", "verify", "--zone", "dns.zone", "--batch", "requests.jsonl"])?.good()?;
    let lines: Vec<Value> = out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let ok: Vec<&Value> = lines.iter().map(|line| &line["ok"]).collect();
    assert_eq!(ok, [true, false, false, true, false]);
    assert_eq!((&lines[0]["spf"]["result"], &lines[0]["spf"]["decided_by"]), (&"pass".into(), &"mail.example".into()));
    assert!(lines[1]["error"]["message"].as_str().is_some_and(|words| words.starts_with("line 2: gone.eml")), "{}", lines[1]);
    assert_eq!((&lines[3]["id"], &lines[3]["dmarc"]["result"]), (&"three".into(), &"fail".into()));
    assert!(lines[4]["error"]["message"].as_str().is_some_and(|words| words.contains("nothing to verify")), "{}", lines[4]);
    Ok(())
}

#[test]
fn what_the_dns_said_is_recorded_and_replayed() -> Outcome {
    let place = place()?;
    place.file("spoofwatch-data/spoofwatch.toml", "[mail]\nzone = \"../dns.zone\"\n")?;
    let verify = |more: &[&str]| -> Outcome<String> {
        let data =
            ["--data", "spoofwatch-data", "mail", "verify", "letter.eml", "--from", "kim@contoso.example", "--format", "json"];
        place.run(&[&data, more].concat())?.good()
    };
    let first = verify(&["--record", "case.zone"])?;
    place.file("dns.zone", "")?;
    assert_eq!(verify(&["--zone", "case.zone"])?, first);
    assert_ne!(verify(&[])?, first);
    Ok(())
}

#[test]
fn a_message_is_explained_for_people_for_programs_and_as_a_page() -> Outcome {
    let place = place()?;
    let explain = |format: &str| {
        place.run(&[
            "mail",
            "explain",
            "--zone",
            "dns.zone",
            "--ip",
            "203.0.113.9",
            "--from",
            "kim@contoso.example",
            "--format",
            format,
            "letter.eml",
        ])
    };
    let text = explain("text")?.good()?;
    for words in [
        "Subject",
        "Figures",
        "203.0.113.9 is not permitted",
        "v=DMARC1; p=reject",
        "https://contoso.example/figures",
        "mx.fabrikam.example",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let object = json(&explain("json")?.good()?)?;
    assert_eq!(
        (&object["verdicts"]["dmarc"]["result"], &object["message"]["evidence"]["subject"]),
        (&"fail".into(), &"Figures".into())
    );
    let page = explain("html")?.good()?;
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    Ok(())
}

#[test]
fn a_message_becomes_rows_once_verified_by_us_where_nobody_s_word_counts() -> Outcome {
    let place = place()?;
    let ingest = || place.run(&["ingest", "--zone", "dns.zone", "--own-domain", "fabrikam.example", "letter.eml"]);
    ingest()?.good()?;
    ingest()?.good()?;
    let query = "EmailEvents | project SenderFromAddress, RecipientEmailAddress, EmailDirection, AuthenticationSource, VerifiedSpf, UrlCount, \
                 Dmarc = tostring(parse_json(AuthenticationDetails).DMARC)";
    let found = json(&place.run(&["hunt", "--format", "json", query])?.good()?)?;
    let row = serde_json::json!(["kim@contoso.example", "lee@fabrikam.example", "Inbound", "verified", "none", 1, "fail"]);
    assert_eq!(found["rows"], serde_json::json!([row]));
    let urls = json(&place.run(&["hunt", "--format", "json", "EmailUrlInfo | project Url, UrlDomain, UrlLocation"])?.good()?)?;
    assert_eq!(urls["rows"], serde_json::json!([["https://contoso.example/figures", "contoso.example", "Body"]]));
    Ok(())
}
