//! Records published by dynamic updates to a real BIND9, seen at every server of the zone, and taken back. Where BIND is not installed the
//! tests say so and leave it out.

use serde_json::Value;
use zones::bench::{Bind, Secondary, Setup};

use crate::common::{Outcome, Place};

const ZONE: &str = "\
@ IN MX 10 mx
mx IN A 192.0.2.25
@ IN TXT \"v=spf1 mx -all\"
@ IN TXT \"google-site-verification=1\"
";

/// A place whose configuration names a BIND for a zone, which names a second server; `None` where there is none.
fn served(records: &str) -> Outcome<Option<(Place, Bind)>> {
    let runtime = tokio::runtime::Runtime::new()?;
    // The zone above, so that the walk up the tree has an answer.
    let setup = Setup::new("example.test", records).zone("test", "").secondary(Secondary::Follows);
    let Some(bind) = runtime.block_on(Bind::installed(&setup))? else { return Ok(None) };
    let place = Place::new()?;
    place.file("update.key", &bind.key_text)?;
    restrict(&place)?;
    let servers: Vec<String> = bind.servers().iter().map(|server| format!("\"{server}\"")).collect();
    let key = place.path("update.key");
    place.file(
        "spoofwatch-data/spoofwatch.toml",
        format!(
            "[mail]\nown-domains = [\"example.test\"]\ndns = \"{0}\"\n\n[check]\nfetch = false\n\n[dns-update]\nserver = \"{0}\"\n\
             key-file = {key:?}\nzones = [\"example.test\"]\nservers = [{1}]\n",
            bind.address,
            servers.join(", ")
        ),
    )?;
    Ok(Some((place, bind)))
}

fn restrict(place: &Place) -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(place.path("update.key"), std::fs::Permissions::from_mode(0o600))?)
}

/// What a check finds, by its ids.
fn found(place: &Place, more: &[&str]) -> Outcome<Vec<String>> {
    let arguments = [&["check", "example.test", "--format", "json"], more].concat();
    let report: Value = serde_json::from_str(&place.run(&arguments)?.good()?)?;
    let findings = report["domains"][0]["findings"].as_array().ok_or("no findings")?;
    Ok(findings.iter().filter_map(|finding| finding["check"].as_str().map(str::to_owned)).collect())
}

#[test]
fn a_missing_policy_is_published_seen_at_every_server_and_taken_back() -> Outcome {
    let Some((place, _bind)) = served(ZONE)? else { return Ok(()) };
    assert!(found(&place, &[])?.contains(&"dmarc-missing".to_owned()));
    let done = place.run(&["fix", "finding", "dmarc-missing", "example.test", "--apply", "--actor", "kim"])?.good()?;
    assert!(done.contains("_dmarc.example.test TXT: 2 servers of the zone answer so"), "{done}");
    assert!(done.contains("and seen from outside"), "{done}");
    assert!(!found(&place, &[])?.contains(&"dmarc-missing".to_owned()));
    let list = place.run(&["fix", "list", "--all", "--json"])?.good()?;
    let fix: Value = serde_json::from_str(list.lines().next().ok_or("no fix")?)?;
    place.run(&["fix", "undo", fix["id"].as_str().ok_or("no id")?, "--actor", "kim"])?.good()?;
    assert!(found(&place, &[])?.contains(&"dmarc-missing".to_owned()), "it is gone again");
    Ok(())
}

#[test]
fn what_was_changed_meanwhile_is_not_overwritten() -> Outcome {
    let Some((place, _bind)) = served(&format!("{ZONE}_dmarc IN TXT \"v=DMARC1; p=none\"\n"))? else { return Ok(()) };
    let offer = |place: &Place| -> Outcome<String> {
        let out = place
            .run(&["fix", "finding", "dmarc-policy-none", "example.test", "--anyway", "--json", "--actor", "kim"])?
            .good()?;
        let offered: Value = serde_json::from_str(&out)?;
        Ok(offered["fixes"][0]["id"].as_str().ok_or("no id")?.to_owned())
    };
    let first = offer(&place)?;
    let refused = place.run(&["fix", "finding", "dmarc-policy-none", "example.test"])?.failed(1)?;
    assert!(refused.contains("is not ready for p="), "no report says that it is: {refused}");
    // Somebody else is faster, with another record.
    let other =
        place.run(&["fix", "finding", "dmarc-no-aggregate-reports", "example.test", "--apply", "--actor", "lee"])?.good()?;
    assert!(other.contains("and seen from outside"), "{other}");
    place.run(&["fix", "approve", &first, "--actor", "kim"])?.good()?;
    let failed = place.run(&["fix", "apply", &first, "--actor", "kim"])?.failed(1)?;
    assert!(failed.contains("has failed") && failed.contains("_dmarc.example.test"), "{failed}");
    let alert = place.rows("SecurityAlert | project AlertName")?;
    assert!(alert.to_string().contains("A fix did not work"), "{alert}");
    Ok(())
}

#[test]
fn a_domain_that_sends_nothing_is_locked_down() -> Outcome {
    let Some((place, _bind)) = served("@ IN TXT \"google-site-verification=1\"\n")? else { return Ok(()) };
    let config = place.path("spoofwatch-data/spoofwatch.toml");
    let text = std::fs::read_to_string(&config)?.replace("[check]\n", "[check]\nnon-sending = [\"example.test\"]\n");
    std::fs::write(&config, text)?;
    for _ in 0..8 {
        let open: Vec<String> = found(&place, &[])?
            .into_iter()
            .filter(|check| check.starts_with("nonsending") || check.starts_with("dmarc") || check.starts_with("spf"))
            .collect();
        let Some(check) = open.first() else { break };
        let done = place.run(&["fix", "finding", check, "example.test", "--apply", "--anyway", "--actor", "kim"])?.good()?;
        assert!(done.contains("and seen from outside"), "{check}\n{done}");
    }
    let report = place.run(&["check", "example.test"])?.good()?;
    assert!(report.contains("No: a forged message"), "{report}");
    let texts = place.run(&["check", "example.test", "--format", "json"])?.good()?;
    assert!(!texts.contains("nonsending-not-locked"), "{texts}");
    Ok(())
}
