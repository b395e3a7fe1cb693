//! The whole program in a real browser: the demonstration and a tenant beside it, worked by keyboard from the printed link to a hole that is
//! closed (`tests/browser/walk`). Needs `node`, Chromium and what `npm ci` in `tests/browser` fetches; says so where one is missing.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use serde_json::Value;
use tenant_stand_in::{App, CLIENT_ID, CLIENT_SECRET, Dkim, Scenario, StandIn};

use super::{Serve, until};
use crate::common::{Outcome, Place};

#[path = "../../../../../tests/browser/tools.rs"]
mod tools;

const DATA: &str = "spoofwatch-demo";
const OFF: &str = "Set-DkimSigningConfig";

/// The demonstration, of which the domain whose signing an attacker switched off is in a tenant.
fn demonstration() -> Outcome<(Place, StandIn)> {
    let app = App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let off = Dkim::signing(2048, 2048).off();
    let tenant =
        StandIn::start_now(Scenario::empty("fabrikam.onmicrosoft.com").app(app).domain("fabrikam.fr").dkim("fabrikam.fr", off))?;
    let place = Place::new()?;
    place.run(&["demo", "--messages", "5000"])?.good()?;
    place.file(&format!("{DATA}/app.secret"), CLIENT_SECRET)?;
    let mut config = OpenOptions::new().append(true).open(place.path(&format!("{DATA}/spoofwatch.toml")))?;
    let (id, endpoint) = (&tenant.tenant_id, tenant.base());
    writeln!(
        config,
        "\n[tenant]\nid = \"{id}\"\nclient-id = \"{CLIENT_ID}\"\nsecret-file = \"app.secret\"\nendpoint = \"{endpoint}\""
    )?;
    Ok((place, tenant))
}

/// The link that lets the first administrator in.
fn link(serve: &Serve) -> Outcome<String> {
    let mut link = String::new();
    until("a link is printed", || {
        let said = serve.said();
        let Some(at) = said.find("http://").and_then(|_| said.split_whitespace().find(|word| word.contains("/welcome/"))) else {
            return Ok(false);
        };
        at.clone_into(&mut link);
        Ok(true)
    })?;
    Ok(link)
}

/// The alerts, a JSON object each.
fn alerts(place: &Place) -> Outcome<Vec<Value>> {
    let out = place.run(&["alerts", "list", "--data", DATA, "--all", "--limit", "1000", "--format", "json"])?.good()?;
    Ok(out.lines().filter(|line| line.starts_with('{')).map(serde_json::from_str).collect::<Result<_, _>>()?)
}

#[test]
fn from_the_printed_link_to_a_hole_that_is_closed_by_keyboard() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut node = match tools::node(&root) {
        Ok(node) => node,
        Err(missing) => {
            eprintln!("the program is not walked through in a browser: {missing}");
            return Ok(());
        }
    };
    let (place, tenant) = demonstration()?;
    assert_eq!(tenant.signing_selector("fabrikam.fr"), None);
    {
        let serve = Serve::start(&place, &["--data", DATA])?;
        let link = link(&serve)?;
        let address = link.split("/welcome/").next().unwrap_or_default();
        let output = node.arg("walk/console.mjs").env("SPOOFWATCH_URL", address).env("SPOOFWATCH_WELCOME", &link).output()?;
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{told}\n{}", serve.said());
    }
    // What the pages said happened has happened.
    assert!(tenant.signing_selector("fabrikam.fr").is_some(), "signing is on again");
    assert_eq!(tenant.count_cmdlet(OFF), 1, "it was made once");
    let closed = alerts(&place)?.into_iter().filter(|alert| alert["status"] == "closed").collect::<Vec<_>>();
    assert!(
        matches!(closed.as_slice(), [alert] if alert["verdict"].as_str().is_some_and(|verdict| verdict.starts_with("benign"))),
        "{closed:?}"
    );
    let changes = place.run(&["exclusions", "list", "--data", DATA])?.good()?;
    assert!(changes.contains("agreed change 4711"), "{changes}");
    Ok(())
}
