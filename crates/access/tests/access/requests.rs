//! Requests that are answered, and a table of those that are not.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use spoofwatch_access::{Role, Secret, Settings, SignedIn};

use crate::support::{Ask, Checked, House, MINUTE, T0, cookie};

#[tokio::test]
async fn somebody_who_is_in_is_known() -> Checked {
    let house = House::new(Settings::default()).await?;
    let (root, kim) = (house.root().await?, house.person("kim", Role::Analyst).await?);
    for (ask, text) in [
        (Ask::get("/open"), "nobody"),
        (Ask::get("/read").of(&kim), "kim"),
        (Ask::get("/guarded").of(&root), "for admins"),
        (Ask::post("/work").by_script(&kim), "kim"),
        (Ask::post("/form").of(&kim).form(&format!("text=a%26b&csrf={}", kim.visitor.csrf())), "a&b"),
        (Ask::post("/fields").of(&kim).form(&format!("id=1&csrf={}&id=2", kim.visitor.csrf())), "1+2"),
        (Ask::post("/anonymous").form("text=hello"), "hello"),
    ] {
        let (status, headers, answer) = house.send(&ask).await?;
        assert_eq!((status, answer.as_str()), (200, text), "{ask:?}");
        assert!(headers.contains_key("content-security-policy") && headers["x-content-type-options"] == "nosniff");
        assert_eq!(headers.contains_key("cache-control"), text != "nobody" && text != "hello", "what is private is kept nowhere");
    }
    Ok(())
}

#[tokio::test]
async fn a_program_is_known_by_its_token_in_every_form_clients_send() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    let (id, token) = house.token(&root, "read ingest").await?;
    let who = format!("root (token {id})");
    let pair = STANDARD.encode(format!("{id}:{}", token.expose()));
    for value in [format!("Bearer {}", token.expose()), format!("ApiKey {pair}"), format!("Basic {pair}")] {
        for ask in [Ask::get("/api/v1/read"), Ask::post("/ingest")] {
            let (status, _, answer) = house.send(&ask.with("authorization", &value)).await?;
            assert_eq!((status, answer.as_str()), (200, who.as_str()));
        }
    }
    // A token says what is meant; a cookie that a browser sent along does not.
    let (_, _, answer) = house.send(&Ask::get("/open").of(&root).bearer(&token)).await?;
    assert_eq!(answer, who);
    // Nor does it matter by what name a program knows the machine: a page that was led here has no token.
    assert_eq!(house.status(&Ask::post("/ingest").bearer(&token).with("host", "collector.contoso.com:8080")).await?, 200);
    let tokens = house.access.own_tokens(&root.visitor).await?;
    assert_eq!(tokens.first().and_then(|token| token.last_used), Some(T0));
    Ok(())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table: a line a case")]
async fn hostile_requests_are_refused_and_counted() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    let (viewer, kim) = (house.person("vic", Role::Viewer).await?, house.person("kim", Role::Analyst).await?);
    let (_, read) = house.token(&root, "read").await?;
    let (_, ingest) = house.token(&root, "ingest").await?;
    let (_, work) = house.token(&kim, "work").await?;
    let (revoked_id, revoked) = house.token(&root, "admin").await?;
    house.access.revoke_token(&root.visitor, &revoked_id).await?;
    let mark = kim.visitor.csrf().to_owned();
    let other = |token: &Secret, at: usize| {
        let mut text: Vec<char> = token.expose().chars().collect();
        text[at] = if text[at] == 'a' { 'b' } else { 'a' };
        Secret::new(text.into_iter().collect())
    };
    let forged = format!("spoofwatch={}", "A".repeat(43));
    let large = format!("csrf={mark}&text={}", "x".repeat(1 << 20));
    let table = [
        ("nobody reads", Ask::get("/api/v1/read"), 401, ""),
        ("nobody passes a guard", Ask::get("/guarded"), 401, ""),
        ("a forged cookie", Ask::get("/read").with("cookie", &forged), 401, "bad_session"),
        ("a cookie that is none of ours", Ask::get("/read").with("cookie", "spoofwatch=' OR 1=1 --"), 401, "bad_session"),
        ("two cookies", Ask::get("/read").with("cookie", format!("{}; {forged}", cookie(&kim))), 401, ""),
        ("the cookie of TLS without TLS", Ask::get("/read").with("cookie", format!("__Host-{}", cookie(&kim))), 401, ""),
        ("a role too low", Ask::post("/work").by_script(&viewer), 403, "forbidden"),
        ("a role too low for a guard", Ask::get("/guarded").of(&kim), 403, "forbidden"),
        ("no mark of forms", Ask::post("/work").of(&kim).with("sec-fetch-site", "same-origin"), 403, "csrf"),
        ("a form without it", Ask::post("/form").of(&kim).form("text=x"), 403, "csrf"),
        ("somebody else's mark", Ask::post("/form").of(&kim).form(&format!("csrf={}", viewer.visitor.csrf())), 403, "csrf"),
        ("two marks", Ask::post("/form").of(&kim).form(&format!("csrf={mark}&csrf=x")), 403, "csrf"),
        (
            "the mark from a foreign page",
            Ask::post("/form").of(&kim).form(&format!("csrf={mark}")).with("origin", "http://evil.example"),
            403,
            "csrf",
        ),
        (
            "from a page in a frame without origin",
            Ask::post("/form").of(&kim).form(&format!("csrf={mark}")).with("origin", "null"),
            403,
            "csrf",
        ),
        (
            "from a neighbour on another port",
            Ask::post("/form").of(&kim).form(&format!("csrf={mark}")).with("origin", "http://localhost:9090"),
            403,
            "csrf",
        ),
        ("from who does not say where", Ask::post("/work").of(&kim).with("x-csrf-token", &mark), 403, "csrf"),
        ("a page that is no form", Ask::post("/work").of(&kim).form("{}").with("content-type", "text/plain"), 403, "csrf"),
        (
            "a foreign page without a session",
            Ask::post("/anonymous").form("text=x").with("origin", "http://evil.example"),
            403,
            "csrf",
        ),
        (
            "a form that no page sent",
            Ask::post("/anonymous").with("content-type", "application/x-www-form-urlencoded"),
            403,
            "csrf",
        ),
        (
            "a foreign page with a token of somebody",
            Ask::post("/work").bearer(&work).with("sec-fetch-site", "cross-site"),
            403,
            "csrf",
        ),
        ("a form too large", Ask::post("/form").of(&kim).form(&large), 413, ""),
        ("a token with a wrong checksum", Ask::get("/read").bearer(&other(&read, 91)), 401, "bad_token"),
        ("a token with a wrong secret", Ask::get("/read").bearer(&other(&read, 40)), 401, "bad_token"),
        ("a token with nothing behind its beginning", Ask::get("/read").with("authorization", "Bearer swt_"), 401, "bad_token"),
        ("a token that was taken back", Ask::get("/read").bearer(&revoked), 401, "bad_token"),
        ("a token as a cookie", Ask::get("/read").with("cookie", format!("spoofwatch={}", read.expose())), 401, "bad_session"),
        ("a token in the address", Ask::get(&format!("/read?token={}", read.expose())), 401, ""),
        ("a scope too low", Ask::post("/admin").bearer(&read), 403, "forbidden"),
        ("a token for sending does not read", Ask::get("/read").bearer(&ingest), 403, "forbidden"),
        ("a token for reading does not send", Ask::post("/ingest").bearer(&read), 403, "forbidden"),
        ("a session does not send", Ask::post("/ingest").by_script(&root), 403, "forbidden"),
        ("a token does no more than its owner", Ask::post("/admin").bearer(&work), 403, "forbidden"),
        (
            "somebody else's password",
            Ask::get("/read").with("authorization", format!("Basic {}", STANDARD.encode("root:x"))),
            401,
            "",
        ),
        ("a name that leads here", Ask::get("/read").of(&kim).with("host", "evil.example"), 421, "bad_host"),
        ("a name that begins like ours", Ask::get("/read").of(&kim).with("host", "localhost.evil.example"), 421, "bad_host"),
        ("two names", Ask::get("http://evil.example/read").of(&kim), 421, "bad_host"),
        (
            "a proxy that is none of ours",
            Ask::get("/read").of(&kim).with("host", "evil.example").with("x-forwarded-host", "localhost"),
            421,
            "bad_host",
        ),
    ];
    for (name, ask, status, counted) in table {
        let before = house.counted.of(counted);
        let (answered, _, text) = house.send(&ask).await?;
        assert_eq!(answered, status, "{name}: {text}");
        assert_eq!(house.counted.of(counted) - before, u64::from(!counted.is_empty()), "{name} is counted as {counted}");
        assert!(text.starts_with("{\"code\":"), "{name}: {text}");
    }
    Ok(())
}

#[tokio::test]
async fn people_are_sent_to_sign_in_and_programs_are_told() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    let page = |ask: Ask| ask.with("accept", "text/html,application/xhtml+xml");
    for (path, place) in [
        ("/read", "/sign-in?next=%2Fread"),
        ("/read?q=a%20b&c=d", "/sign-in?next=%2Fread%3Fq%3Da%2520b%26c%3Dd"),
        ("/guarded", "/sign-in?next=%2Fguarded"),
    ] {
        let (status, headers, _) = house.send(&page(Ask::get(path))).await?;
        assert_eq!((status, headers["location"].to_str()?), (303, place));
    }
    let (status, headers, text) = house.send(&page(Ask::get("/api/v1/read"))).await?;
    assert_eq!((status, headers["www-authenticate"].to_str()?), (401, "Bearer realm=\"spoofwatch\""));
    assert!(text.contains("sign in first"), "an interface is no page, whoever looks at it");
    let (status, headers, text) = house.send(&page(Ask::post("/work"))).await?;
    assert_eq!((status, headers.contains_key("location")), (401, false));
    assert!(text.starts_with("<h1>"), "{text}");
    let (_, _, text) = house.send(&page(Ask::post("/work").of(&root))).await?;
    assert!(text.ends_with("root"), "the page of a refusal knows who is refused: {text}");
    Ok(())
}

#[tokio::test]
async fn a_session_ends_by_time_and_with_what_its_owner_may() -> Checked {
    let house = House::new(Settings::default()).await?;
    let root = house.root().await?;
    let kim = house.person("kim", Role::Analyst).await?;
    let read = |person: &SignedIn| Ask::get("/read").of(person);
    // Used every quarter of an hour it lasts for twelve.
    for _ in 0..47 {
        house.later(15 * MINUTE);
        assert_eq!(house.status(&read(&root)).await?, 200);
    }
    assert_eq!(house.status(&read(&kim)).await?, 401, "unused for more than half an hour");
    house.later(15 * MINUTE);
    let (status, headers, _) = house.send(&read(&root)).await?;
    assert_eq!(status, 401, "twelve hours are over");
    assert!(headers["set-cookie"].to_str()?.contains("spoofwatch=; Path=/; Max-Age=0"), "the cookie goes");
    let again = |name: &'static str| {
        let (access, password) = (house.access.clone(), Secret::new(crate::support::PASSWORD.to_owned()));
        async move {
            access
                .sign_in(name, password, &crate::support::from("192.0.2.9")?, None)
                .await
                .map_err(Box::<dyn std::error::Error>::from)
        }
    };
    for (what, end) in [("sign-out", 0), ("a new role", 1), ("being kept out", 2), ("an end from another session", 3)] {
        let lee = house.person(&format!("lee{end}"), Role::Viewer).await?;
        assert_eq!(house.status(&read(&lee)).await?, 200, "before {what}");
        match end {
            0 => drop(house.access.sign_out(&lee.visitor, &crate::support::from("192.0.2.1")?).await?),
            1 => drop(house.access.set_role(&lee.visitor.id, Role::Analyst, "root").await?),
            2 => drop(house.access.set_disabled(&lee.visitor.id, true, "root").await?),
            _ => {
                let other = again("lee3").await?;
                house.access.end_other_sessions(&other.visitor).await?;
                assert_eq!(house.status(&read(&other)).await?, 200);
            }
        }
        assert_eq!(house.status(&read(&lee)).await?, 401, "after {what}");
        assert_eq!(house.status(&Ask::post("/work").by_script(&lee)).await?, 401, "replayed after {what}");
    }
    Ok(())
}

#[tokio::test]
async fn a_token_dies_with_its_owner_and_with_time() -> Checked {
    let house = House::new(Settings::default()).await?;
    house.root().await?;
    let kim = house.person("kim", Role::Admin).await?;
    let (_, token) = house.token(&kim, "admin ingest").await?;
    let (admin, ingest) = (Ask::post("/admin").bearer(&token), Ask::post("/ingest").bearer(&token));
    assert_eq!((house.status(&admin).await?, house.status(&ingest).await?), (200, 200));
    house.access.set_role("kim", Role::Viewer, "root").await.unwrap_err();
    house.access.set_role(&kim.visitor.id, Role::Viewer, "root").await?;
    assert_eq!((house.status(&admin).await?, house.status(&ingest).await?), (403, 403), "no more than its owner");
    assert_eq!(house.status(&Ask::get("/read").bearer(&token)).await?, 200);
    house.access.set_disabled(&kim.visitor.id, true, "root").await?;
    assert_eq!(house.status(&Ask::get("/read").bearer(&token)).await?, 401);
    house.access.set_disabled(&kim.visitor.id, false, "root").await?;
    assert_eq!(house.status(&Ask::get("/read").bearer(&token)).await?, 200);
    house.later(90 * 24 * 60 * MINUTE);
    assert_eq!(house.status(&Ask::get("/read").bearer(&token)).await?, 401, "ninety days are over");
    Ok(())
}

#[tokio::test]
async fn behind_a_proxy_and_tls_the_cookie_is_for_tls_alone() -> Checked {
    let settings = Settings {
        proxies: vec!["192.0.2.0/24".parse()?],
        public_url: Some("https://spoof.contoso.com".parse()?),
        ..Settings::default()
    };
    let house = House::new(settings).await?;
    let root = house.root().await?;
    let proxied = |ask: Ask| {
        ask.with("host", "10.0.0.5:8080").with("x-forwarded-proto", "https").with("x-forwarded-host", "spoof.contoso.com")
    };
    let host = format!("__Host-{}", cookie(&root));
    let (status, headers, text) = house.send(&proxied(Ask::get("/read").with("cookie", &host))).await?;
    assert_eq!((status, text.as_str()), (200, "root"));
    assert!(headers.contains_key("strict-transport-security"));
    assert_eq!(house.status(&proxied(Ask::get("/read").of(&root))).await?, 401, "a cookie that plain text may have carried");
    let post = |origin: &str| {
        proxied(Ask::post("/work").with("cookie", &host).with("x-csrf-token", root.visitor.csrf()).with("origin", origin))
    };
    assert_eq!(house.status(&post("https://spoof.contoso.com")).await?, 200);
    assert_eq!(house.status(&post("http://spoof.contoso.com")).await?, 403);
    assert_eq!(house.status(&post("https://10.0.0.5:8080")).await?, 403);
    Ok(())
}
