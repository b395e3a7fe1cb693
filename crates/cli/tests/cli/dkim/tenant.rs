//! Keys of a domain of Microsoft 365: the quarterly rotation through its states, against a server that answers as documented.
//!
//! Another moment is another server at the same address, whose rotations began longer ago, and a state whose words are as old.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tenant_stand_in::{Again, App, CLIENT_ID, CLIENT_SECRET, Clock, Dkim, Fault, Harm, Scenario, StandIn};
use tokio::runtime::Runtime;

use super::RULE;
use crate::common::{Outcome, Place, Run};

const DOMAIN: &str = "contoso.com";
const ROTATE: &str = "Rotate-DkimSigningConfig";
const HOUR: Duration = Duration::from_secs(3600);

fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "the process that is tested looks at the same clock")]
    Utc::now()
}

fn tenant(port: u16, signing: Dkim) -> Outcome<StandIn> {
    let scenario = Scenario::empty("contoso.onmicrosoft.com")
        .clock(Clock::following(now))
        .domain(DOMAIN)
        .dkim(DOMAIN, signing)
        .app(App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, DateTime::<Utc>::MAX_UTC));
    Ok(StandIn::start_on(scenario, port)?)
}

struct Scene {
    place: Place,
    tenant: StandIn,
}

impl Scene {
    fn new(signing: Dkim) -> Outcome<Self> {
        let place = Place::new()?;
        let tenant = tenant(0, signing)?;
        place.file("spoofwatch-data/secret", CLIENT_SECRET)?;
        let (id, base) = (&tenant.tenant_id, tenant.base());
        let config = format!(
            "[mail]\nzone = \"dns.zone\"\n[tenant]\nid = \"{id}\"\nclient-id = \"{CLIENT_ID}\"\nsecret-file = \"secret\"\n\
             endpoint = \"{base}\"\nrotate-dkim = \"on\"\n"
        );
        place.file("spoofwatch-data/spoofwatch.toml", config)?;
        place.file("spoofwatch-data/rules/any.yaml", RULE)?;
        let scene = Self { place, tenant };
        scene.publish()?;
        Ok(scene)
    }

    /// What the DNS has now.
    fn publish(&self) -> Outcome {
        self.place.file("spoofwatch-data/dns.zone", self.tenant.zone())
    }

    /// Four days and an hour later: what was ordered has taken effect.
    fn later(self, signing: Dkim) -> Outcome<Self> {
        let Self { place, tenant: before } = self;
        let port = before.address.port();
        drop(before);
        let scene = Self { place, tenant: tenant(port, signing)? };
        scene.publish()?;
        let url = format!("sqlite://{}", scene.place.path("spoofwatch-data/state.db").display());
        Runtime::new()?.block_on(async {
            let state = state::State::open(&url).await?;
            let name = format!("dkim rotation of {DOMAIN}");
            let mut kept: Value = serde_json::from_str(&state.checkpoint(&name).await?.ok_or("nothing was kept")?)?;
            kept["rotated"] = (kept["rotated"].as_i64().ok_or("no rotation")? - 97 * 3_600_000_000).into();
            state.keep_checkpoint(&name, &kept.to_string(), 0).await?;
            state.close().await;
            Outcome::Ok(())
        })?;
        Ok(scene)
    }

    fn dkim(&self, arguments: &[&str]) -> Outcome<Run> {
        self.place.run(&[&["dkim"], arguments].concat())
    }

    fn ordered(&self) -> usize {
        self.tenant.count_cmdlet(ROTATE)
    }
}

#[test]
fn both_selectors_are_new_after_two_rotations_of_ninety_six_hours() -> Outcome {
    let scene = Scene::new(Dkim::signing(1024, 1024))?;
    let status = scene.dkim(&["status"])?.good()?;
    assert!(status.contains("overdue") && status.contains("2 rotations until both keys have 2048 bits"), "{status}");
    let plan = scene.dkim(&["rotate"])?.good()?;
    assert!(plan.contains("Rotate-DkimSigningConfig -Identity contoso.com -KeySize 2048"), "{plan}");
    assert_eq!(scene.ordered(), 0);
    // The service has no room for the order at first.
    scene.tenant.fault(Fault::next(Harm::Throttle(Again::Seconds(1))).of_cmdlet(ROTATE));
    let out = scene.dkim(&["rotate", "--apply"])?.good()?;
    assert!(out.contains("ordered a new key of 2048 bits for selector2"), "{out}");
    scene.publish()?;
    for more in [&[][..], &["contoso.com", "--now"]] {
        let out = scene.dkim(&[&["rotate", "--apply"], more].concat())?.good()?;
        assert!(out.contains("the DNS has the new key of selector2"), "{out}");
    }
    assert_eq!((scene.ordered(), scene.tenant.signing_selector(DOMAIN).as_deref()), (2, Some("selector1")));

    let scene = scene.later(Dkim::signing(1024, 2048).second_signs().rotated(97 * HOUR))?;
    let out = scene.dkim(&["rotate", "--apply"])?.good()?;
    assert!(out.contains("selector2 signs with its new key, which the DNS has"), "{out}");
    assert!(out.contains("ordered a new key of 2048 bits for selector1"), "{out}");
    assert_eq!(scene.ordered(), 1);

    let scene = scene.later(Dkim::signing(2048, 2048).rotated(97 * HOUR))?;
    let out = scene.dkim(&["rotate", "--apply"])?.good()?;
    assert!(out.contains("selector1 signs with its new key") && out.contains("the next rotation is due on"), "{out}");
    assert_eq!(scene.ordered(), 0);
    let status: Value = serde_json::from_str(&scene.dkim(&["status", DOMAIN, "--format", "json"])?.good()?)?;
    assert_eq!(
        (&status[0]["state"], &status[0]["overdue"], &status[0]["problems"]),
        (&"settled".into(), &false.into(), &Value::Array(Vec::new()))
    );
    Ok(())
}

#[test]
fn nothing_is_ordered_that_the_dns_does_not_lead_to() -> Outcome {
    let scene = Scene::new(Dkim::signing(2048, 2048))?;
    scene.tenant.withdraw("selector2._domainkey.contoso.com");
    scene.publish()?;
    let run = scene.dkim(&["rotate", "--apply"])?;
    assert!(run.out.contains("publish selector2._domainkey.contoso.com as a CNAME of"), "{run:?}");
    run.failed(3)?;
    assert_eq!(scene.ordered(), 0);
    Ok(())
}

#[test]
fn an_order_whose_answer_was_lost_is_found_and_not_made_twice() -> Outcome {
    let scene = Scene::new(Dkim::signing(2048, 2048))?;
    scene.tenant.fault(Fault::next(Harm::DropAfter).of_cmdlet(ROTATE));
    let out = scene.dkim(&["rotate", "--apply"])?.good()?;
    assert!(out.contains("ordered a new key"), "{out}");
    scene.publish()?;
    scene.dkim(&["rotate", "--apply"])?.good()?;
    assert_eq!(scene.ordered(), 1);
    Ok(())
}

#[test]
fn serve_rotates_what_is_due_once() -> Outcome {
    let scene = Scene::new(Dkim::signing(2048, 2048))?;
    for _ in 0..2 {
        scene.place.run(&["serve", "--once"])?.good()?;
        scene.publish()?;
    }
    assert_eq!(scene.ordered(), 1);
    Ok(())
}
