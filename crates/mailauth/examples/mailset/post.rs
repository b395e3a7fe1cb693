//! Messages as they arrive: which host brings them, with which envelope, and what the checks should come to.

use super::{
    letter::{Envelope, Letter, date},
    sign::{self, Refused},
    world::{GATEWAY, LISTS, NOBODY, Sender, World, list_address, list_domain, service_address, service_domain, stranger_domain},
};

/// What kinds of messages there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One signature of the author's domain, from a host that may send for it.
    Aligned,
    /// No signature, from a host that may.
    OnlySpf,
    /// Signed by the author's domain and by the service that sent it, whose envelope it has.
    Two,
    /// Forwarded by a list that broke the signature and sealed what it had found; half of them sealed again by a gateway.
    Forwarded,
    /// Signed, then changed, from a host that may not send.
    Broken,
    /// Not signed, from a host that may not.
    Forged,
    /// Of a domain that publishes nothing.
    Stranger,
}

impl Kind {
    /// The kind of a message in the mixture.
    pub(crate) fn of(number: usize) -> Self {
        const OF_TWENTY: [Kind; 20] = {
            use Kind::{Aligned, Broken, Forged, Forwarded, OnlySpf, Stranger, Two};
            [
                Aligned, Two, Forwarded, Aligned, OnlySpf, Broken, Aligned, Two, Forged, Aligned, Forwarded, Aligned, Stranger,
                Aligned, Two, OnlySpf, Aligned, Broken, Aligned, Forwarded,
            ]
        };
        // Twenty goes into the number of domains; each domain has its turn with each kind.
        OF_TWENTY[(number + number / 200) % 20]
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aligned => "aligned",
            Self::OnlySpf => "only-spf",
            Self::Two => "two-signatures",
            Self::Forwarded => "forwarded",
            Self::Broken => "broken",
            Self::Forged => "forged",
            Self::Stranger => "stranger",
        }
    }
}

/// What the checks should come to, as Authentication-Results names it. Several signatures stand from the top, with commas.
#[derive(Debug)]
pub(crate) struct Expected {
    pub spf: &'static str,
    pub dkim: &'static str,
    pub arc: &'static str,
    pub dmarc: &'static str,
}

/// A message that arrives.
#[derive(Debug)]
pub(crate) struct Post {
    pub kind: Kind,
    pub text: String,
    pub ip: String,
    pub helo: String,
    pub mail_from: String,
    pub rcpt_to: String,
    pub expected: Expected,
}

const TO: &str = "bob@receiver.example";

/// The message of this number, written a minute before `now`.
pub(crate) fn post(world: &World, kind: Kind, number: usize, now: i64, attached: usize) -> Result<Post, Refused> {
    let (sender, key) = world.sender(number);
    let from = match kind {
        Kind::Stranger => format!("alice@{}", stranger_domain(number)),
        _ => format!("alice@{}", sender.author_domain()),
    };
    let at = now - 60;
    let mut letter = Letter::new(&Envelope { from: &from, to: TO, number, at, attached });
    let signed = matches!(kind, Kind::Aligned | Kind::Two | Kind::Forwarded | Kind::Broken);
    if signed {
        sign::dkim(&mut letter, &sender.domain(), key, at)?;
    }
    letter.put("Received", &received(&format!("client.{}", sender.domain()), "192.0.2.77", &sender.host(), number, at));
    match kind {
        Kind::Two => sign::dkim(&mut letter, &service_domain(sender.service()), world.service_key(sender.service()), at)?,
        Kind::Forwarded => forward(world, &mut letter, number, sender, at)?,
        Kind::Broken => letter.body = letter.body.replacen("the ", "The ", 1),
        Kind::Aligned | Kind::OnlySpf | Kind::Forged | Kind::Stranger => {}
    }
    let (ip, helo, mail_from) = arrival(kind, sender, number);
    // What the host that brings it had added.
    letter.put("Received", &received(&sender.host(), &sender.address(), &helo, number + 1, at + 2));
    Ok(Post { kind, text: letter.text(), ip, helo, mail_from, rcpt_to: TO.to_owned(), expected: expected(kind, sender) })
}

/// Client address, greeting and envelope sender.
fn arrival(kind: Kind, sender: Sender, number: usize) -> (String, String, String) {
    let bounce = format!("bounce-{number}@{}", sender.bounce_domain());
    match kind {
        Kind::Aligned | Kind::OnlySpf => (sender.address(), sender.host(), bounce),
        Kind::Two => {
            let domain = service_domain(sender.service());
            (service_address(sender.service()), domain.clone(), format!("bounce-{number}@{domain}"))
        }
        Kind::Forwarded => {
            let domain = list_domain(number % LISTS);
            (list_address(number % LISTS), domain.clone(), format!("talk-bounces@{domain}"))
        }
        Kind::Broken | Kind::Forged => (NOBODY.to_owned(), "host.stranger000.example".to_owned(), bounce),
        Kind::Stranger => {
            let domain = stranger_domain(number);
            (NOBODY.to_owned(), domain.clone(), format!("alice@{domain}"))
        }
    }
}

fn expected(kind: Kind, sender: Sender) -> Expected {
    let dmarc = |result| if sender.has_policy() { result } else { "none" };
    match kind {
        Kind::Aligned => Expected { spf: "pass", dkim: "pass", arc: "none", dmarc: dmarc("pass") },
        Kind::OnlySpf => Expected { spf: "pass", dkim: "none", arc: "none", dmarc: dmarc("pass") },
        Kind::Two => Expected { spf: "pass", dkim: "pass,pass", arc: "none", dmarc: dmarc("pass") },
        Kind::Forwarded => Expected { spf: "pass", dkim: "fail", arc: "pass", dmarc: dmarc("fail") },
        Kind::Broken => Expected { spf: sender.spf_of_nobody(), dkim: "fail", arc: "none", dmarc: dmarc("fail") },
        Kind::Forged => Expected { spf: sender.spf_of_nobody(), dkim: "none", arc: "none", dmarc: dmarc("fail") },
        Kind::Stranger => Expected { spf: "none", dkim: "none", arc: "none", dmarc: "none" },
    }
}

/// What a list does to a message.
fn forward(world: &World, letter: &mut Letter, number: usize, sender: Sender, at: i64) -> Result<(), Refused> {
    let list = number % LISTS;
    let domain = list_domain(list);
    let subject = format!("[talk] {}", letter.field("Subject"));
    letter.replace("Subject", &subject);
    letter.put("List-Id", &format!("<talk.{domain}>"));
    // Within the last part, which is HTML or a file whose end nobody reads.
    let end = letter.body.rfind("--=_part").unwrap_or(letter.body.len());
    letter.body.insert_str(end, &format!("\r\n<p>To leave the list write to talk-leave@{domain}</p>\r\n"));
    let found = format!(
        "spf=pass smtp.mailfrom={};\r\n\tdkim=pass header.d={}; dmarc=pass header.from={}",
        sender.bounce_domain(),
        sender.domain(),
        sender.author_domain()
    );
    sign::arc(letter, 1, &domain, world.list_key(list), &found, at + 1)?;
    letter.put("Received", &received(&sender.host(), &sender.address(), &domain, number + 2, at + 1));
    if number.is_multiple_of(2) {
        let found = format!("spf=pass smtp.mailfrom={domain}; dkim=fail header.d={}; arc=pass", sender.domain());
        sign::arc(letter, 2, GATEWAY, world.gateway_key(), &found, at + 1)?;
    }
    Ok(())
}

fn received(from: &str, address: &str, by: &str, number: usize, at: i64) -> String {
    format!("from {from} ({from} [{address}])\r\n\tby {by} (Postfix) with ESMTPS id {number:010X}\r\n\tfor <{TO}>; {}", date(at))
}
