//! Signing in at an OpenID provider, an honest one and others.

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use spoofwatch_access::{Answer, CameBack, Elsewhere, OidcError, OidcSettings, Role, Secret, Settings};
use state::AuditFilter;

use crate::{
    issuer::{Lie, StandIn},
    support::{Ask, Checked, House, MINUTE, from},
};

async fn house(issuer: &StandIn) -> Checked<House> {
    let oidc = OidcSettings {
        issuer: issuer.address().parse()?,
        client_id: "spoofwatch".to_owned(),
        secret: Secret::new("client secret".to_owned()),
        label: "Contoso".to_owned(),
        roles_claim: "groups".to_owned(),
        roles: vec![("soc".to_owned(), Role::Analyst), ("it".to_owned(), Role::Admin)],
    };
    let house = House::new(Settings { oidc: Some(oidc), ..Settings::default() }).await?;
    house.root().await?;
    Ok(house)
}

fn kim() -> Value {
    json!({"preferred_username": "kim@contoso.com", "name": "Kim Akers", "groups": ["everyone", "soc"]})
}

/// The cookies of the browser that began.
fn cookies(began: &Elsewhere) -> Checked<HeaderMap> {
    let cookie = began.cookie.to_str()?.split(';').next().unwrap_or_default();
    Ok(HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie)?)]))
}

fn answer(sent: &HashMap<String, String>) -> Checked<Answer> {
    Ok(serde_json::from_value(json!(sent))?)
}

/// Somebody goes there and comes back.
async fn there_and_back(house: &House, issuer: &StandIn) -> Checked<Result<CameBack, OidcError>> {
    let here = from("192.0.2.1")?;
    let began = house.access.begin_elsewhere(Some("/alerts"), &here).await?;
    let sent = issuer.sign_in(&began.address)?;
    Ok(house.access.end_elsewhere(&answer(&sent)?, &cookies(&began)?, &here, None).await)
}

#[tokio::test]
async fn somebody_signs_in_at_the_issuer_with_the_role_it_gives() -> Checked {
    let issuer = StandIn::start(Lie::None, kim()).await?;
    let house = house(&issuer).await?;
    let back = there_and_back(&house, &issuer).await??;
    let visitor = &back.signed_in.visitor;
    assert_eq!((visitor.name.as_str(), visitor.display.as_str(), visitor.role), ("kim@contoso.com", "Kim Akers", Role::Analyst));
    assert_eq!(back.next, "/alerts");
    assert_eq!(house.status(&Ask::get("/read").of(&back.signed_in)).await?, 200);
    let again = there_and_back(&house, &issuer).await??;
    assert_eq!(again.signed_in.visitor.id, visitor.id, "the same subject is the same user");
    house.access.set_role(&visitor.id, Role::Viewer, "root").await?;
    assert_eq!(there_and_back(&house, &issuer).await??.signed_in.visitor.role, Role::Analyst, "the issuer gives roles anew");
    house.access.set_disabled(&visitor.id, true, "root").await?;
    assert!(matches!(there_and_back(&house, &issuer).await?, Err(OidcError::Disabled { .. })));
    Ok(())
}

#[tokio::test]
async fn what_an_issuer_says_is_not_taken_on_trust() -> Checked {
    for (lie, words) in [
        (Lie::WrongNonce, "nonce"),
        (Lie::WrongAudience, "audience"),
        (Lie::TwoAudiences, "audience"),
        (Lie::WrongIssuer, "issuer"),
        (Lie::Expired, "Expired"),
        (Lie::AlgorithmNone, "signature"),
        (Lie::KeyedHash, "signature"),
        (Lie::ForeignKey, "signature"),
        (Lie::NoIdToken, "no ID token"),
    ] {
        let issuer = StandIn::start(lie, kim()).await?;
        let house = house(&issuer).await?;
        let error = there_and_back(&house, &issuer).await?.err().ok_or("somebody came in")?;
        assert!(matches!(error, OidcError::Invalid { .. }) && error.to_string().contains(words), "{lie:?}: {error}");
        assert_eq!(house.access.users().await?.len(), 1, "{lie:?}: nobody was added");
        let noted =
            house.state.audit(&AuditFilter { action: Some("refuse sign-in".to_owned()), ..AuditFilter::default() }, 9).await?;
        assert_eq!((noted.len(), house.counted.of("bad_password")), (1, 1), "{lie:?}");
    }
    Ok(())
}

#[tokio::test]
async fn whom_the_issuer_gives_no_role_or_no_name_does_not_come_in() -> Checked {
    for (claims, expected) in [
        (json!({"preferred_username": "kim", "groups": ["everyone"]}), "has no role here"),
        (json!({"preferred_username": "kim"}), "has no role here"),
        (json!({"groups": ["soc"]}), "no name"),
        (json!({"email": "kim@contoso.com", "groups": ["soc"]}), "no name"),
        (json!({"email": "kim@contoso.com", "email_verified": false, "groups": ["soc"]}), "no name"),
        (json!({"preferred_username": "ROOT", "groups": ["it"]}), "somebody else's"),
    ] {
        let issuer = StandIn::start(Lie::None, claims.clone()).await?;
        let house = house(&issuer).await?;
        let error = there_and_back(&house, &issuer).await?.err().ok_or("somebody came in")?;
        assert!(error.to_string().contains(expected), "{claims}: {error}");
        assert_eq!(house.access.users().await?.len(), 1);
    }
    let verified = json!({"email": "kim@contoso.com", "email_verified": true, "groups": "it"});
    let issuer = StandIn::start(Lie::None, verified).await?;
    assert_eq!(there_and_back(&house(&issuer).await?, &issuer).await??.signed_in.visitor.role, Role::Admin);
    Ok(())
}

#[tokio::test]
async fn an_answer_is_for_the_browser_that_began_and_works_once() -> Checked {
    let issuer = StandIn::start(Lie::None, kim()).await?;
    let house = house(&issuer).await?;
    let here = from("192.0.2.1")?;
    let began = house.access.begin_elsewhere(Some("//evil.example"), &here).await?;
    let other = house.access.begin_elsewhere(None, &here).await?;
    let sent = issuer.sign_in(&began.address)?;
    let end = |sent: HashMap<String, String>, cookies: HeaderMap| {
        let (access, here) = (house.access.clone(), here.clone());
        async move { access.end_elsewhere(&answer(&sent).unwrap(), &cookies, &here, None).await }
    };
    // Somebody else's answer, sent to a browser that began one of its own, or none.
    assert!(matches!(end(sent.clone(), cookies(&other)?).await, Err(OidcError::Stale)));
    assert!(matches!(end(sent.clone(), HeaderMap::new()).await, Err(OidcError::Stale)));
    let back = end(sent.clone(), cookies(&began)?).await?;
    assert_eq!(back.next, "/", "nobody is sent to another site");
    assert!(matches!(end(sent.clone(), cookies(&began)?).await, Err(OidcError::Stale)), "it works once");
    // A code that was used before, under a sign-in of one's own.
    let own = house.access.begin_elsewhere(None, &here).await?;
    let mut replayed = issuer.sign_in(&own.address)?;
    replayed.insert("code".to_owned(), sent["code"].clone());
    assert!(matches!(end(replayed, cookies(&own)?).await, Err(OidcError::Invalid { .. })));
    for (name, value, stale) in
        [("state", "another", true), ("iss", "https://evil.example", false), ("error", "access_denied", false)]
    {
        let own = house.access.begin_elsewhere(None, &here).await?;
        let mut sent = issuer.sign_in(&own.address)?;
        sent.insert(name.to_owned(), value.to_owned());
        let error = end(sent, cookies(&own)?).await.err().ok_or("somebody came in")?;
        assert_eq!(matches!(error, OidcError::Stale), stale, "{name}: {error}");
    }
    let late = house.access.begin_elsewhere(None, &here).await?;
    let sent = issuer.sign_in(&late.address)?;
    house.later(10 * MINUTE);
    assert!(matches!(end(sent, cookies(&late)?).await, Err(OidcError::Stale)), "ten minutes are over");
    Ok(())
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_as_one_is_named() -> Checked {
    let issuer = StandIn::start(Lie::Huge, kim()).await?;
    let error = house(&issuer).await?.access.begin_elsewhere(None, &from("192.0.2.1")?).await.err().ok_or("it was taken")?;
    assert!(
        error.to_string().contains("Contoso does not answer as it should") && error.to_string().contains("larger"),
        "{error}"
    );
    let nowhere = OidcSettings {
        issuer: "http://id.example.test".parse()?,
        client_id: "spoofwatch".to_owned(),
        secret: Secret::new("client secret".to_owned()),
        label: "Contoso".to_owned(),
        roles_claim: "groups".to_owned(),
        roles: Vec::new(),
    };
    assert!(!format!("{nowhere:?}").contains("client secret"));
    let house = House::new(Settings { oidc: Some(nowhere), ..Settings::default() }).await?;
    let error = house.access.begin_elsewhere(None, &from("192.0.2.1")?).await.err().ok_or("it was taken")?;
    assert!(error.to_string().contains("not in TLS"), "{error}");
    Ok(())
}
