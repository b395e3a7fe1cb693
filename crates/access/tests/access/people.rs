//! People: the first, those who are invited, passwords that are guessed, changed and forgotten.

use spoofwatch_access::{
    AccessError, Choice, ErrorKind, LinkKind, NewApiToken, NewPerson, Role, Scopes, Secret, Settings, SignInError, Visitor,
};
use state::{AuditFilter, access::SESSIONS_OF_A_USER};

use crate::support::{Ask, Checked, House, MINUTE, PASSWORD, cookie, from};

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn the_first_admin_comes_by_a_link_that_works_once() -> Checked {
    let house = House::new(Settings::default()).await?;
    let old = house.access.first_run().await?.ok_or("nobody is there")?;
    let link = house.access.first_run().await?.ok_or("nobody is there")?;
    let token = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    assert!(house.redeem(&old.path, "mallory").await.is_err(), "a new link ends the one before");
    assert_eq!(house.access.welcoming(&token(&link.path)).await?.kind, LinkKind::FirstRun);
    let choice =
        |name: &str, password: &str| Choice { name: name.to_owned(), display: String::new(), password: secret(password) };
    for (name, password, kind) in [("root", "short", ErrorKind::Input), ("not a name", PASSWORD, ErrorKind::Input)] {
        let refused = house.access.redeem(&token(&link.path), choice(name, password), &from("192.0.2.1")?, None).await;
        assert_eq!(refused.map_err(|error| error.kind()).err(), Some(kind), "{name}: the link stays good");
    }
    let root = house.redeem(&link.path, "Root").await?;
    assert_eq!((root.visitor.name.as_str(), root.visitor.role), ("Root", Role::Admin));
    assert!(house.redeem(&link.path, "mallory").await.is_err(), "it works once");
    assert!(house.access.first_run().await?.is_none());
    assert_eq!(house.counted.of("signed_in"), 1);
    Ok(())
}

#[tokio::test]
async fn a_link_ends_and_one_for_a_new_password_ends_sessions() -> Checked {
    let house = House::new(Settings::default()).await?;
    let late = house.access.first_run().await?.ok_or("nobody is there")?;
    house.later(60 * MINUTE);
    assert!(house.redeem(&late.path, "root").await.is_err(), "an hour is over");
    house.root().await?;
    let kim = house.person("kim", Role::Viewer).await?;
    let link = house.access.reset_link(&kim.visitor.id, "root").await?;
    assert_eq!(house.status(&Ask::get("/read").of(&kim)).await?, 200, "until the link is used all stays");
    house.redeem(&link.path, "").await?;
    assert_eq!(house.status(&Ask::get("/read").of(&kim)).await?, 401);
    let kept_out = house.access.reset_link(&kim.visitor.id, "root").await?;
    house.access.set_disabled(&kim.visitor.id, true, "root").await?;
    assert!(house.redeem(&kept_out.path, "").await.is_err());
    Ok(())
}

#[tokio::test]
async fn somebody_signs_in_by_name_and_password() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    let here = from("192.0.2.1")?;
    let again = house.access.sign_in(" ROOT ", secret(PASSWORD), &here, Some(&root.visitor)).await?;
    assert_ne!(cookie(&root), cookie(&again), "a new session has a new secret");
    assert_eq!(house.status(&Ask::get("/read").of(&root)).await?, 401, "and the one before has ended");
    assert_eq!(house.status(&Ask::get("/read").of(&again)).await?, 200);
    house.person("kim", Role::Viewer).await?;
    let kim = house.access.user("kim").await?;
    house.access.invite(&NewPerson { name: "lee".to_owned(), display: String::new(), role: Role::Viewer }, "root").await?;
    for (name, password) in [("root", "wrong"), ("nobody-here", PASSWORD), ("lee", ""), ("", ""), ("root", &"x".repeat(10_000))] {
        let refused = house.access.sign_in(name, secret(password), &from("192.0.2.2")?, None).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{name}");
    }
    house.access.set_disabled(&kim.id, true, "root").await?;
    let refused = house.access.sign_in("kim", secret(PASSWORD), &from("192.0.2.3")?, None).await;
    assert!(matches!(refused, Err(SignInError::Wrong)), "who is kept out is not told so");
    assert_eq!(house.counted.of("bad_password"), 6);
    Ok(())
}

#[tokio::test]
async fn guessing_is_slowed_down_and_stands_in_the_record() -> Checked {
    let house = House::new(Settings::default()).await?;
    house.root().await?;
    let name = "ro\not\u{202e}<script>";
    for _ in 0..6 {
        let refused = house.access.sign_in(name, secret("guess"), &from("203.0.113.9")?, None).await;
        assert!(matches!(refused, Err(SignInError::Wrong)));
    }
    let refused = house.access.sign_in(name, secret("guess"), &from("198.51.100.7")?, None).await;
    assert!(matches!(refused, Err(SignInError::Wait { seconds: 1..=2 })), "wherever it comes from");
    let refused = house.access.sign_in("root", secret(PASSWORD), &from("203.0.113.9")?, None).await;
    assert!(matches!(refused, Err(SignInError::Wait { .. })), "the right password of another from there, too");
    assert_eq!(house.counted.of("rate_limited"), 2);
    assert!(house.access.sign_in("root", secret(PASSWORD), &from("198.51.100.7")?, None).await.is_ok());
    let lines = house.state.audit(&AuditFilter { actor: Some("nobody".to_owned()), ..AuditFilter::default() }, 100).await?;
    assert_eq!(lines.len(), 6, "what was not looked at is not written down");
    let line = lines.first().ok_or("no line")?;
    assert_eq!((line.subject.as_str(), line.detail.as_str()), ("user ro\\not\\u{202e}<script>", "from 203.0.113.9"));
    for line in house.state.audit(&AuditFilter::default(), 100).await? {
        assert!(!format!("{line:?}").contains(PASSWORD) && !line.detail.contains("guess"));
    }
    Ok(())
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_other_sessions() -> Checked {
    let house = House::new(Settings::default()).await?;
    let here = from("192.0.2.1")?;
    let root = house.root().await?;
    let other = house.access.sign_in("root", secret(PASSWORD), &here, None).await?;
    let new = "gravel-lantern-tangerine";
    let change = |old: &str, new: &str| house.access.change_password(&root.visitor, secret(old), secret(new), &here);
    assert!(matches!(change("wrong", new).await, Err(AccessError::WrongPassword)));
    assert!(matches!(change(PASSWORD, "spoofwatch-root").await, Err(AccessError::Weak(_))));
    change(PASSWORD, new).await?;
    assert_eq!(house.status(&Ask::get("/read").of(&root)).await?, 200);
    assert_eq!(house.status(&Ask::get("/read").of(&other)).await?, 401);
    assert!(house.access.sign_in("root", secret(PASSWORD), &here, None).await.is_err());
    assert!(house.access.sign_in("root", secret(new), &here, None).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn who_has_to_choose_a_password_does_nothing_else_before() -> Checked {
    let house = House::new(Settings::default()).await?;
    house.root().await?;
    let kim = house.person("kim", Role::Admin).await?;
    house.access.require_new_password(&kim.visitor.id, "root").await?;
    let page = |path: &str| Ask::get(path).of(&kim).with("accept", "text/html");
    let (status, headers, _) = house.send(&page("/read")).await?;
    assert_eq!((status, headers["location"].to_str()?), (303, "/settings/account"));
    assert_eq!(house.status(&Ask::post("/work").by_script(&kim)).await?, 403);
    assert_eq!(house.status(&page("/account")).await?, 200);
    house.access.change_password(&kim.visitor, secret(PASSWORD), secret("gravel-lantern-tangerine"), &from("192.0.2.1")?).await?;
    assert_eq!(house.status(&page("/read")).await?, 200);
    Ok(())
}

#[tokio::test]
async fn an_admin_is_always_left() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    let id = &root.visitor.id;
    for refused in [house.access.set_disabled(id, true, "root").await, house.access.set_role(id, Role::Viewer, "root").await] {
        assert_eq!(refused.map_err(|error| error.kind()).err(), Some(ErrorKind::Conflict));
    }
    assert_eq!(house.status(&Ask::get("/read").of(&root)).await?, 200, "nothing has changed");
    house.person("kim", Role::Admin).await?;
    assert_eq!(house.access.set_role(id, Role::Viewer, "kim").await?.role, "viewer");
    Ok(())
}

#[tokio::test]
async fn a_name_is_taken_once_whatever_its_case() -> Checked {
    let house = House::new(Settings::default()).await?;
    house.root().await?;
    let invite = |name: &'static str| {
        let person = NewPerson { name: name.to_owned(), display: String::new(), role: Role::Viewer };
        let access = house.access.clone();
        async move { access.invite(&person, "root").await.map_err(|error| error.kind()).err() }
    };
    assert_eq!(invite("Kim@contoso.com").await, None);
    assert_eq!(invite("kim@CONTOSO.com").await, Some(ErrorKind::Conflict));
    assert_eq!(invite("kim <b>").await, Some(ErrorKind::Input));
    Ok(())
}

#[tokio::test]
async fn a_token_is_made_by_people_within_what_they_may() -> Checked {
    let house = House::new(Settings::default()).await?;
    house.root().await?;
    let kim = house.person("kim", Role::Analyst).await?;
    let make = |visitor: Visitor, name: &'static str, scopes: &'static str, days: Option<u32>| {
        let wanted = NewApiToken { name: name.to_owned(), scopes: Scopes::read(scopes), days };
        let access = house.access.clone();
        async move { access.make_token(&visitor, &wanted).await.map_err(|error| error.kind()).err() }
    };
    for (name, scopes, days, kind) in [
        ("backup", "read work", Some(365), None),
        ("", "read", None, Some(ErrorKind::Input)),
        ("a\u{202e}b", "read", None, Some(ErrorKind::Input)),
        ("backup", "", None, Some(ErrorKind::Input)),
        ("backup", "read", Some(0), Some(ErrorKind::Input)),
        ("backup", "read", Some(366), Some(ErrorKind::Input)),
        ("backup", "admin", None, Some(ErrorKind::Refused)),
        ("backup", "ingest", None, Some(ErrorKind::Refused)),
    ] {
        assert_eq!(make(kim.visitor.clone(), name, scopes, days).await, kind, "{name} {scopes} {days:?}");
    }
    let mut by_token = kim.visitor.clone();
    by_token.via = spoofwatch_access::Via::Token {
        id: "0".to_owned(),
        name: "x".to_owned(),
        scopes: Scopes::read("work"),
        owner: Role::Analyst,
    };
    assert_eq!(make(by_token, "more", "read", None).await, Some(ErrorKind::Refused), "a token makes no tokens");
    let lee = house.person("lee", Role::Analyst).await?;
    let (id, _) = house.token(&kim, "read").await?;
    let foreign = house.access.revoke_token(&lee.visitor, &id).await;
    assert_eq!(foreign.map_err(|error| error.kind()).err(), Some(ErrorKind::Unknown), "somebody else's");
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_ended_and_bounded() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    for number in 0..SESSIONS_OF_A_USER + 5 {
        house.later(1_000_000);
        house.access.sign_in("root", secret(PASSWORD), &from(&format!("192.0.2.{number}"))?, None).await?;
    }
    let here = house.access.sign_in("root", secret(PASSWORD), &from("198.51.100.1")?, None).await?;
    let sessions = house.access.own_sessions(&here.visitor).await?;
    assert_eq!(i64::try_from(sessions.len())?, SESSIONS_OF_A_USER);
    assert_eq!(house.status(&Ask::get("/read").of(&root)).await?, 401, "the oldest gave way");
    let oldest = sessions.last().ok_or("none")?;
    assert!(house.access.end_own_session(&here.visitor, &oldest.id).await?);
    assert!(!house.access.end_own_session(&here.visitor, &oldest.id).await?);
    let kim = house.person("kim", Role::Viewer).await?;
    let one = sessions.first().ok_or("none")?;
    assert!(!house.access.end_own_session(&kim.visitor, &one.id).await?, "somebody else's stays");
    Ok(())
}

#[tokio::test]
async fn whoever_may_not_be_in_any_more_is_told_at_once() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    for end in ["sign out", "end sessions", "disable", "role", "password", "revoke"] {
        let person = house.person(&format!("kim-{}", end.replace(' ', "-")), Role::Admin).await?;
        let (id, token) = house.token(&person, "read").await?;
        let by_token = house.access.standing(&Visitor {
            via: spoofwatch_access::Via::Token {
                id: id.clone(),
                name: "test".to_owned(),
                scopes: Scopes::read("read"),
                owner: Role::Admin,
            },
            ..person.visitor.clone()
        });
        let mut standing = if end == "revoke" { by_token } else { house.access.standing(&person.visitor) };
        let mut other = house.access.standing(&root.visitor);
        assert!(standing.stands().await, "{end}");
        let waiting = tokio::spawn(async move { standing.ended().await });
        let others = tokio::spawn(async move { other.ended().await });
        let (access, of) = (&house.access, &person.visitor.id);
        match end {
            "sign out" => drop(access.sign_out(&person.visitor, &from("192.0.2.1")?).await?),
            "end sessions" => {
                let here = access.sign_in(&person.visitor.name, secret(PASSWORD), &from("192.0.2.9")?, None).await?;
                access.end_other_sessions(&here.visitor).await?;
            }
            "disable" => drop(access.set_disabled(of, true, "root").await?),
            "role" => drop(access.set_role(of, Role::Viewer, "root").await?),
            "password" => {
                let here = access.sign_in(&person.visitor.name, secret(PASSWORD), &from("192.0.2.9")?, None).await?;
                let new = secret("quarry-violin-hedgehog");
                access.change_password(&here.visitor, secret(PASSWORD), new, &from("192.0.2.9")?).await?;
            }
            _ => access.revoke_token(&person.visitor, &id).await?,
        }
        waiting.await?;
        assert!(!others.is_finished(), "{end}: somebody else stays");
        others.abort();
        drop(token);
    }
    Ok(())
}
