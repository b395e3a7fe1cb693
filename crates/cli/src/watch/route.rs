//! Where a notification goes, by its address: `https://`, `smtp://`, `smtps://`, `syslog+udp://`, `syslog+tcp://`, `syslog+tls://`.
//!
//! An address may hold a secret, and no message here repeats one.

use std::{collections::BTreeMap, path::PathBuf};

use detect::notify::Shape;
use lettre::Address;
use reqwest::Url;

use crate::config::Notify;

/// A way to a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// A webhook.
    Http,
    /// A mail server.
    Smtp(SmtpRoute),
    /// A receiver of syslog.
    Syslog(SyslogRoute),
}

/// A way to a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SmtpRoute {
    /// The server.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// How the way is encrypted.
    pub(crate) security: Security,
    /// Who signs in, and the file with the password.
    pub(crate) user: Option<(String, PathBuf)>,
    /// A file with the authorities that vouch for the server, PEM.
    pub(crate) ca_file: Option<PathBuf>,
    /// Whose messages are.
    pub(crate) from: String,
    /// Whom they are for.
    pub(crate) to: Vec<String>,
}

/// How the way to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// From the first byte (RFC 8314, section 3.3).
    Tls,
    /// From STARTTLS on (RFC 3207), without which nothing is sent.
    StartTls,
    /// Not at all.
    None,
}

/// A way to a receiver of syslog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyslogRoute {
    /// The receiver.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// What lines are carried by.
    pub(crate) carrier: Carrier,
    /// A file with the authorities that vouch for the receiver, PEM.
    pub(crate) ca_file: Option<PathBuf>,
}

/// What lines of syslog are carried by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// A datagram a line (RFC 5426).
    Udp,
    /// Lines with their length before them (RFC 6587, section 3.4.1).
    Tcp,
    /// The same over TLS (RFC 5425).
    Tls,
}

/// The way to a target. The error says what is wrong without the address.
pub(crate) fn route(target: &Notify) -> Result<Route, String> {
    let url = Url::parse(&target.url).map_err(|_| "its address is no URL".to_owned())?;
    let route = match url.scheme() {
        "http" | "https" => Route::Http,
        "smtp" | "smtps" => Route::Smtp(smtp(target, &url)?),
        "syslog+udp" => Route::Syslog(syslog(target, &url, Carrier::Udp, 514)?),
        "syslog+tcp" => Route::Syslog(syslog(target, &url, Carrier::Tcp, 514)?),
        "syslog+tls" => Route::Syslog(syslog(target, &url, Carrier::Tls, 6514)?),
        _ => {
            return Err(
                "its address begins with none of https://, smtp://, smtps://, syslog+udp://, syslog+tcp:// and syslog+tls://"
                    .to_owned(),
            );
        }
    };
    let fits = match target.shape {
        Shape::Generic | Shape::Slack | Shape::Teams => matches!(route, Route::Http),
        Shape::Email => matches!(route, Route::Smtp(_)),
        Shape::Syslog | Shape::Cef | Shape::Json => matches!(route, Route::Syslog(_)),
    };
    if fits { Ok(route) } else { Err(format!("{} is not sent to such an address", target.shape.name())) }
}

fn smtp(target: &Notify, url: &Url) -> Result<SmtpRoute, String> {
    let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    if let Some(unknown) = asked.keys().find(|key| !["from", "password-file", "tls", "to"].contains(&key.as_str())) {
        return Err(format!("`{unknown}` means nothing in its address"));
    }
    if url.password().is_some() {
        return Err("a password does not stand in an address: write it to a file, and name that with password-file".to_owned());
    }
    let security = match (url.scheme(), asked.get("tls").map(String::as_str)) {
        ("smtps", None) => Security::Tls,
        ("smtp", None | Some("starttls")) => Security::StartTls,
        ("smtp", Some("none")) => Security::None,
        _ => return Err("tls is `starttls` or `none`, for smtp:// alone".to_owned()),
    };
    let default = match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    };
    let password_file = target.password_file.clone().or_else(|| asked.get("password-file").map(PathBuf::from));
    let name = decoded(url.username());
    let user = match (name.is_empty(), password_file) {
        (true, None) => None,
        (false, Some(file)) => Some((name, file)),
        (true, Some(_)) => return Err("a password needs a user: smtps://user@host".to_owned()),
        (false, None) => return Err("a user needs a password-file".to_owned()),
    };
    if user.is_some() && security == Security::None {
        return Err("a password is not sent without encryption: leave tls=none out".to_owned());
    }
    let address = |text: &str| {
        let plain = text.is_ascii() && text.parse::<Address>().is_ok();
        if plain { Ok(text.to_owned()) } else { Err(format!("`{text}` is no address of e-mail")) }
    };
    let from = target.from.clone().or_else(|| asked.get("from").cloned()).ok_or("it needs a `from`")?;
    let mut to = target.to.clone();
    if let Some(more) = asked.get("to") {
        to.extend(more.split(',').map(|one| one.trim().to_owned()));
    }
    if to.is_empty() {
        return Err("it needs a `to`".to_owned());
    }
    Ok(SmtpRoute {
        host: host(url)?,
        port: url.port().unwrap_or(default),
        security,
        user,
        ca_file: target.ca_file.clone(),
        from: address(&from)?,
        to: to.iter().map(|to| address(to)).collect::<Result<_, _>>()?,
    })
}

fn syslog(target: &Notify, url: &Url, carrier: Carrier, port: u16) -> Result<SyslogRoute, String> {
    if url.query().is_some() || !url.username().is_empty() {
        return Err("the address of a receiver of syslog is HOST:PORT alone".to_owned());
    }
    Ok(SyslogRoute { host: host(url)?, port: url.port().unwrap_or(port), carrier, ca_file: target.ca_file.clone() })
}

/// The host, without the brackets of an address of version 6.
fn host(url: &Url) -> Result<String, String> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("its address names no host")?;
    Ok(host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).to_owned())
}

/// A part of an address as it was meant (RFC 3986, section 2.1).
fn decoded(text: &str) -> String {
    // The parser of queries decodes, once what it takes for a space and a separator is written as what it is.
    let query = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    Url::parse(&format!("http://x/?{query}"))
        .ok()
        .and_then(|url| url.query_pairs().next().map(|(_, value)| value.into_owned()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_the_whole_way() {
        assert_eq!(route(&Notify::at(Shape::Slack, "https://hooks.example/x")), Ok(Route::Http));
        let url = "smtps://alerts%40contoso.example@mail.example/?from=a@contoso.example&to=b@contoso.example,c@contoso.example&password-file=/p";
        let expected = SmtpRoute {
            host: "mail.example".to_owned(),
            port: 465,
            security: Security::Tls,
            user: Some(("alerts@contoso.example".to_owned(), "/p".into())),
            ca_file: None,
            from: "a@contoso.example".to_owned(),
            to: vec!["b@contoso.example".to_owned(), "c@contoso.example".to_owned()],
        };
        assert_eq!(route(&Notify::at(Shape::Email, url)), Ok(Route::Smtp(expected)));
        for (url, host, port, carrier) in [
            ("syslog+udp://logs.example", "logs.example", 514, Carrier::Udp),
            ("syslog+tcp://logs.example:601", "logs.example", 601, Carrier::Tcp),
            ("syslog+tls://[2001:db8::1]", "2001:db8::1", 6514, Carrier::Tls),
        ] {
            let expected = SyslogRoute { host: host.to_owned(), port, carrier, ca_file: None };
            assert_eq!(route(&Notify::at(Shape::Cef, url)), Ok(Route::Syslog(expected)));
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_address() {
        for (shape, url, part) in [
            (Shape::Slack, "secret", "no URL"),
            (Shape::Slack, "ftp://secret.example", "none of https://"),
            (Shape::Slack, "syslog+udp://secret.example", "slack is not sent"),
            (Shape::Email, "https://secret.example", "email is not sent"),
            (Shape::Email, "smtp://secret.example", "needs a `from`"),
            (Shape::Email, "smtp://secret.example?from=a@b.example", "needs a `to`"),
            (Shape::Email, "smtp://secret.example?from=a@b.example&to=x%0d%0aBcc:%20y@b.example", "no address of e-mail"),
            (Shape::Email, "smtp://me:secret@mail.example?from=a@b.example&to=a@b.example", "does not stand in an address"),
            (Shape::Email, "smtp://me@secret.example?from=a@b.example&to=a@b.example", "needs a password-file"),
            (
                Shape::Email,
                "smtp://me@secret.example?tls=none&password-file=p&from=a@b.example&to=a@b.example",
                "without encryption",
            ),
            (Shape::Email, "smtps://secret.example?tls=none", "for smtp:// alone"),
            (Shape::Email, "smtp://secret.example?cc=a", "`cc` means nothing"),
            (Shape::Syslog, "syslog+tls://secret.example?a=1", "HOST:PORT alone"),
        ] {
            let told = route(&Notify::at(shape, url)).expect_err(url);
            assert!(told.contains(part) && !told.contains("secret"), "{url}: {told}");
        }
    }
}
