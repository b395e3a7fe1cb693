//! A tenant that keeps what it is told: rotation, re-enabling, rules, with throttling and broken connections on the way.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use spoofwatch_tenant::{
    Admin as _, Client, Clock, Credentials, Endpoints, Error, Exchange, Graph, Moment, NewTransportRule, Patience, Scope,
    Settings,
    dkim_rotation::{self, Because, Known, Selector, State},
    snapshot,
};
use tenant_stand_in::{Actor, Again, App, CLIENT_ID, CLIENT_SECRET, Certificate, Fault, Harm, Route, Scenario, StandIn};

/// The stand-in's clock, which waiting moves.
struct Its(Arc<StandIn>);

impl fmt::Debug for Its {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Its")
    }
}

#[async_trait]
impl Clock for Its {
    fn now(&self) -> Moment {
        now(&self.0)
    }

    async fn sleep(&self, wait: Duration) {
        self.0.advance(wait);
    }
}

/// Its time.
pub(crate) fn now(tenant: &StandIn) -> Moment {
    tenant.now().timestamp_micros()
}

pub(crate) async fn start(scenario: Scenario) -> Arc<StandIn> {
    Arc::new(StandIn::start(scenario).await.unwrap())
}

pub(crate) fn client(tenant: &Arc<StandIn>) -> Arc<Client> {
    client_with(tenant, Credentials::secret(CLIENT_SECRET.to_owned().into()).unwrap())
}

fn client_with(tenant: &Arc<StandIn>, credentials: Credentials) -> Arc<Client> {
    let settings = Settings {
        tenant: tenant.tenant_id.clone(),
        application: CLIENT_ID.to_owned(),
        credentials,
        endpoints: Endpoints::at(&tenant.base()).unwrap(),
        patience: Patience { attempt: Duration::from_secs(2), hunt: Duration::from_secs(2), ..Patience::default() },
    };
    Client::new(settings, Arc::new(Its(Arc::clone(tenant)))).unwrap()
}

fn exchange(tenant: &Arc<StandIn>) -> Exchange {
    Exchange::new(client(tenant)).unwrap()
}

async fn state(tenant: &StandIn, exchange: &Exchange, domain: &str) -> State {
    dkim_rotation::state(&exchange.get_dkim_of(domain).await.unwrap(), Known::default(), now(tenant))
}

#[tokio::test]
async fn two_rotations_make_both_keys_long_and_mail_is_signed_throughout() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    // The key that signs is short: two rotations, each taking four days.
    let due = |active: Selector, because| matches!(because, State::Due { active: signs, .. } if signs == active);
    let first = state(&tenant, &exchange, "contoso.com").await;
    assert!(due(Selector::First, first.clone()), "{first:?}");
    for coming in [Selector::Second, Selector::First] {
        exchange.rotate_dkim("contoso.com").await.unwrap();
        let State::InFlight { until, coming: next, active } = state(&tenant, &exchange, "contoso.com").await else {
            panic!("a rotation has begun")
        };
        assert_eq!((next, active, until), (coming, coming.other(), now(&tenant) + 96 * 3_600_000_000));
        assert_eq!(tenant.signing_selector("contoso.com").as_deref(), Some(active.as_str()));
        let again = exchange.rotate_dkim("contoso.com").await.unwrap_err();
        assert!(matches!(again, Error::RotationUnderWay { .. }), "{again}");
        tenant.advance(dkim_rotation::TAKES_EFFECT);
        assert_eq!(tenant.signing_selector("contoso.com").as_deref(), Some(coming.as_str()));
        let config = exchange.get_dkim_of("contoso.com").await.unwrap();
        let expected = dkim_rotation::expected_after(&config, coming);
        let published = |name: &str| tenant.records().into_iter().find(|(known, ..)| known == name).map(|(_, _, value)| value);
        assert_eq!(published(&expected.name).as_deref(), Some(expected.cname.as_str()));
        assert!(published(&expected.cname).unwrap().contains(expected.public_key.as_deref().unwrap()));
    }
    let last = state(&tenant, &exchange, "contoso.com").await;
    assert!(matches!(last, State::Settled { active: Selector::First, .. }), "{last:?}");
    tenant.advance(dkim_rotation::INTERVAL);
    assert!(matches!(state(&tenant, &exchange, "contoso.com").await, State::Due { because: Because::Age, .. }));
}

#[tokio::test]
async fn signing_that_somebody_switched_off_is_switched_on_again() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    let actor = Actor::administrator("admin@contoso.com", "203.0.113.9");
    tenant.act(&actor, "Set-DkimSigningConfig", json!({ "Identity": "contoso.com", "Enabled": false })).unwrap();
    assert_eq!(state(&tenant, &exchange, "contoso.com").await, State::Disabled);
    exchange.enable_dkim("contoso.com").await.unwrap();
    assert!(exchange.get_dkim_of("contoso.com").await.unwrap().enabled);
}

#[tokio::test]
async fn signing_without_records_says_which_and_works_once_they_are_there() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    let Error::CnameMissing { selector1, selector2, .. } = exchange.enable_dkim("fabrikam.com").await.unwrap_err() else {
        panic!("the records are missing")
    };
    let config = exchange.get_dkim_of("fabrikam.com").await.unwrap();
    assert_eq!((selector1.as_deref(), selector2.as_deref()), (Some(&*config.selector1_cname), Some(&*config.selector2_cname)));
    tenant.publish("selector1._domainkey.fabrikam.com", &config.selector1_cname);
    tenant.publish("selector2._domainkey.fabrikam.com", &config.selector2_cname);
    exchange.enable_dkim("fabrikam.com").await.unwrap();
    assert_eq!(tenant.signing_selector("fabrikam.com").as_deref(), Some("selector1"));
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    assert!(matches!(exchange.get_dkim_of("nowhere.example").await, Err(Error::NotFound { .. })));
    assert!(matches!(exchange.new_dkim("contoso.com", true).await, Err(Error::AlreadyExists { .. })));
    let disabled = exchange.rotate_dkim("fabrikam.com").await.unwrap_err();
    assert!(matches!(disabled, Error::Refused { .. }), "{disabled}");
    tenant.fault(Fault::next(Harm::Forbidden));
    let forbidden = exchange.get_dkim().await.unwrap_err();
    let is_forbidden = matches!(forbidden, Error::Forbidden { .. });
    assert!(is_forbidden && forbidden.to_string().contains("Exchange.ManageAsApp"), "{forbidden}");
}

#[tokio::test]
async fn rules_are_made_found_changed_and_removed() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    let rule = NewTransportRule {
        name: "DMARC oreject to quarantine".to_owned(),
        header: "Authentication-Results".to_owned(),
        words: vec!["dmarc=fail action=oreject".to_owned()],
        quarantine: true,
        stop_rule_processing: true,
        mode: "Enforce".to_owned(),
        ..NewTransportRule::default()
    };
    exchange.new_transport_rule(&rule).await.unwrap();
    let rules = exchange.transport_rules().await.unwrap();
    assert_eq!(rules[0].name, rule.name, "it is the first");
    assert_eq!(rules[0].header_contains_words.as_deref(), Some(rule.words.as_slice()));
    assert!(rules[0].quarantine && rules[0].stop_rule_processing && rules[0].state == "Enabled");

    exchange.disable_transport_rule(&rules[1].identity).await.unwrap();
    assert_eq!(exchange.transport_rule(&rules[1].identity).await.unwrap().state, "Disabled");
    exchange.enable_transport_rule(&rules[1].identity).await.unwrap();
    let mode = serde_json::Map::from_iter([("Mode".to_owned(), json!("Audit"))]);
    exchange.set_transport_rule(&rule.name, &mode).await.unwrap();
    assert_eq!(exchange.transport_rule(&rule.name).await.unwrap().mode, "Audit");
    exchange.remove_transport_rule(&rule.name).await.unwrap();
    assert!(matches!(exchange.transport_rule(&rule.name).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn direct_send_is_declined_once_it_is_asked_for() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    assert_eq!(exchange.organization_config().await.unwrap().reject_direct_send, Some(false));
    exchange.set_reject_direct_send(true).await.unwrap();
    assert_eq!(exchange.organization_config().await.unwrap().reject_direct_send, Some(true));
}

#[tokio::test]
async fn a_broken_connection_leaves_a_change_unknown_and_the_configuration_tells() {
    for (harm, was_done) in [(Harm::DropBefore, false), (Harm::DropAfter, true)] {
        let tenant = start(Scenario::contoso()).await;
        let exchange = exchange(&tenant);
        let earlier = exchange.get_dkim_of("contoso.com").await.unwrap();
        tenant.fault(Fault::next(harm.clone()).of_cmdlet("Rotate-DkimSigningConfig").times(5));
        let error = exchange.rotate_dkim("contoso.com").await.unwrap_err();
        assert!(error.may_be_done(), "{harm:?}: {error}");
        assert_eq!(tenant.count_cmdlet("Rotate-DkimSigningConfig"), 1, "{harm:?}");
        let later = exchange.get_dkim_of("contoso.com").await.unwrap();
        assert_eq!(dkim_rotation::has_begun(&earlier, &later), was_done, "{harm:?}");
    }
}

#[tokio::test]
async fn throttling_is_waited_for_and_a_change_is_made_once() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    tenant.fault(Fault::next(Harm::Throttle(Again::Seconds(20))).of_cmdlet("Rotate-DkimSigningConfig"));
    tenant.fault(Fault::next(Harm::Unavailable(Again::Date(30))).of_cmdlet("Rotate-DkimSigningConfig"));
    let before = tenant.now();
    exchange.rotate_dkim("contoso.com").await.unwrap();
    assert_eq!((tenant.now() - before).num_seconds(), 50);
    assert!(matches!(state(&tenant, &exchange, "contoso.com").await, State::InFlight { .. }));
}

#[tokio::test]
async fn a_certificate_signs_in_and_an_unknown_one_is_explained() {
    let (known, other) = (Certificate::generate("spoofwatch").unwrap(), Certificate::generate("spoofwatch").unwrap());
    let tenant = start(Scenario::contoso().app(App::new(CLIENT_ID).with_everything().certificate(known.der()))).await;
    let sign_in = |certificate: &Certificate| {
        let credentials = Credentials::certificate(&certificate.private_key_pem(), &certificate.pem()).unwrap();
        let client = client_with(&tenant, credentials);
        async move { client.sign_in(Scope::Exchange).await }
    };
    sign_in(&known).await.unwrap();
    let error = sign_in(&other).await.unwrap_err().to_string();
    assert!(error.contains("AADSTS700027") && error.contains("upload the certificate"), "{error}");
}

#[tokio::test]
async fn secrets_are_explained_and_stand_in_no_address() {
    let tenant = start(Scenario::contoso()).await;
    let wrong = client_with(&tenant, Credentials::secret("not-the~secret".to_owned().into()).unwrap());
    let error = wrong.sign_in(Scope::Graph).await.unwrap_err().to_string();
    assert!(error.contains("AADSTS7000215") && !error.contains("not-the~secret"), "{error}");
    exchange(&tenant).get_dkim().await.unwrap();
    assert!(!tenant.was_in_address(CLIENT_SECRET) && !tenant.was_in_address("not-the~secret"));

    let soon = tenant.now() + chrono::TimeDelta::hours(1);
    let expiring = start(Scenario::contoso().app(App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, soon))).await;
    expiring.advance(Duration::from_secs(2 * 3600));
    let error = client(&expiring).sign_in(Scope::Graph).await.unwrap_err().to_string();
    assert!(error.contains("the client secret has expired"), "{error}");
}

#[tokio::test]
async fn tokens_that_are_taken_back_are_replaced() {
    let tenant = start(Scenario::contoso()).await;
    let exchange = exchange(&tenant);
    exchange.get_dkim().await.unwrap();
    tenant.revoke_tokens();
    exchange.enable_dkim("contoso.com").await.unwrap();
    assert_eq!(tenant.count(&Route::Token), 2);
}

#[tokio::test]
async fn a_snapshot_has_every_part_though_some_are_throttled() {
    let tenant = start(Scenario::contoso()).await;
    let client = client(&tenant);
    tenant.fault(Fault::next(Harm::Throttle(Again::Seconds(5))).of_cmdlet("Get-TransportRule").times(2));
    tenant.fault(Fault::next(Harm::Malformed).of_cmdlet("Get-ArcConfig"));
    let graph = Graph::new(Arc::clone(&client));
    let found = snapshot(&tenant.initial_domain, &Exchange::new(client).unwrap(), Some(&graph)).await;
    assert!(found.arc.failed().is_some());
    assert_eq!(found.transport_rules.read().map(Vec::len), Some(1));
    assert_eq!(found.dkim.read().map(Vec::len), Some(3));
    assert_eq!(found.accepted_domains.read().map(Vec::len), Some(3));
    assert_eq!(found.organization.read().and_then(|organization| organization.reject_direct_send), Some(false));
    assert_eq!(found.audit.read().and_then(|audit| audit.unified_audit_log_ingestion_enabled), Some(true));
    assert!(found.anti_phish.read().is_some_and(|policies| policies[0].enable_spoof_intelligence.is_some()));
    let connectors = found.inbound_connectors.read().unwrap();
    assert_eq!(connectors[0].sender_domains, ["smtp:partner.example;1"]);
    assert!(connectors[0].restrict_domains_to_ip_addresses && connectors[0].require_tls);
    assert!(found.domains.read().is_some_and(|domains| domains.iter().any(|domain| domain.is_initial)));
}

#[tokio::test]
async fn sealers_are_read_and_graph_pages_are_followed() {
    let tenant = start(Scenario::contoso().page_sizes(1, 1)).await;
    let client = client(&tenant);
    assert_eq!(Exchange::new(Arc::clone(&client)).unwrap().arc_config().await.unwrap().sealers(), ["legacy-gateway.example"]);
    let graph = Graph::new(client);
    assert_eq!(graph.domains().await.unwrap().len(), 3);
    let records = graph.service_records("contoso.com").await.unwrap();
    assert!(
        records
            .iter()
            .any(|record| record.mail_exchange.as_deref().is_some_and(|host| host.ends_with(".mail.protection.outlook.com")))
    );
    assert!(!graph.verification_records("contoso.com").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_message_is_shown_to_microsoft() {
    let tenant = start(Scenario::contoso()).await;
    let body = json!({
        "@odata.type": "#microsoft.graph.security.emailContentThreatSubmission", "category": "phishing",
        "recipientEmailAddress": "bob@contoso.com", "fileContent": "RnJvbTogYQ0KDQp4",
    });
    let shown = Graph::new(client(&tenant)).submit_email(&body).await.unwrap();
    assert!(!shown.id.is_empty() && shown.category == "phishing");
    let kept: Vec<Value> = tenant.submissions();
    assert_eq!(kept.len(), 1);
}

/// A tenant with more domains than fit onto a page.
fn large() -> Scenario {
    (0..1100).fold(Scenario::contoso(), |scenario, number| scenario.domain(&format!("d{number}.example")))
}

#[tokio::test]
async fn more_objects_than_a_page_holds_are_read_whole() {
    for (scenario, requests) in [(large(), 2), (large().without_pages(), 5)] {
        let tenant = start(scenario).await;
        assert_eq!(exchange(&tenant).accepted_domains().await.unwrap().len(), 1103);
        assert_eq!(tenant.count_cmdlet("Get-AcceptedDomain"), requests, "what is lost between two pages is asked for anew");
    }
}

#[tokio::test]
async fn short_tokens_last_through_many_requests() {
    let tenant = start(Scenario::contoso().token_life(Duration::from_secs(60))).await;
    let exchange = exchange(&tenant);
    for _ in 0..6 {
        exchange.get_dkim().await.unwrap();
        tenant.advance(Duration::from_secs(20));
    }
    assert_eq!(tenant.count(&Route::Token), 3, "one is used for half of its minute");
}

#[tokio::test]
async fn a_rotation_ordered_again_in_doubt_is_refused_and_harms_nothing() {
    // What was changed is read a while later only.
    let tenant = start(Scenario::contoso().replication(Duration::from_secs(300))).await;
    let exchange = exchange(&tenant);
    let earlier = exchange.get_dkim_of("contoso.com").await.unwrap();
    tenant.fault(Fault::next(Harm::DropAfter).of_cmdlet("Rotate-DkimSigningConfig"));
    assert!(exchange.rotate_dkim("contoso.com").await.unwrap_err().may_be_done());
    let stale = exchange.get_dkim_of("contoso.com").await.unwrap();
    assert!(!dkim_rotation::has_begun(&earlier, &stale), "it does not show yet");
    assert!(matches!(exchange.rotate_dkim("contoso.com").await, Err(Error::RotationUnderWay { .. })));
    let known = Known { rotated: Some(now(&tenant)), ..Known::default() };
    assert!(matches!(dkim_rotation::state(&stale, known, now(&tenant)), State::InFlight { coming: Selector::Second, .. }));
    tenant.advance(Duration::from_secs(301));
    assert!(dkim_rotation::has_begun(&earlier, &exchange.get_dkim_of("contoso.com").await.unwrap()));
}
