//! Who sends notifications: to each target by the way that its address says.

use std::collections::BTreeMap;

use detect::notify::{Body, Sender, Sent, Shape, Target};

use super::{
    Webhooks,
    mailer::Mailer,
    route::{Route, route},
    syslog::Lines,
};
use crate::{
    config::{Config, Notify},
    failure::Failure,
};

/// Sends to every target.
#[derive(Debug)]
pub(crate) struct Senders {
    webhooks: Webhooks,
    mailers: BTreeMap<String, Mailer>,
    lines: BTreeMap<String, Lines>,
}

impl Senders {
    /// The targets of the configuration file and of `--notify SHAPE=URL`, and who sends to them.
    pub(crate) fn open(config: &Config, given: &[String]) -> Result<(Vec<Target>, Self), Failure> {
        let mut senders = Self { webhooks: Webhooks::new()?, mailers: BTreeMap::new(), lines: BTreeMap::new() };
        let mut targets = Vec::new();
        for (name, set) in &config.notify {
            targets.push(senders.add(name, &set.value, &format!("notify.{name}"))?);
        }
        for (place, text) in given.iter().enumerate() {
            let number = place + 1;
            let about = format!("--notify number {number}");
            // The address is a secret: a message must not repeat it.
            let named = text.split_once('=').and_then(|(shape, url)| {
                Shape::ALL.iter().find(|(name, _)| *name == shape).map(|(name, shape)| (*name, *shape, url))
            });
            let Some((name, shape, url)) = named else {
                let names = Shape::ALL.map(|(name, _)| name).join(", ");
                return Err(Failure::input(format!("error: {about}: write SHAPE=URL with one of {names}")));
            };
            let target = Notify::at(shape, url);
            targets.push(senders.add(&format!("{name}-{number}"), &target, &about)?);
        }
        Ok((targets, senders))
    }

    fn add(&mut self, name: &str, target: &Notify, about: &str) -> Result<Target, Failure> {
        match route(target).map_err(|reason| Failure::input(format!("error: {about}: {reason}")))? {
            Route::Http => {}
            Route::Smtp(route) => {
                self.mailers.insert(name.to_owned(), Mailer::new(&route)?);
            }
            Route::Syslog(route) => {
                self.lines.insert(name.to_owned(), Lines::new(&route)?);
            }
        }
        Ok(Target {
            name: name.to_owned(),
            url: target.url.clone(),
            shape: target.shape,
            minimum: target.severity.clone(),
            rules: target.rules.clone(),
        })
    }
}

impl Sender for Senders {
    async fn send(&self, target: &Target, id: &str, body: &Body) -> Sent {
        match body {
            Body::Json(body) => self.webhooks.send(target, id, body).await,
            Body::Email(email) => match self.mailers.get(&target.name) {
                Some(mailer) => mailer.send(id, email).await,
                None => unknown(),
            },
            Body::Syslog(line) => match self.lines.get(&target.name) {
                Some(lines) => lines.send(line).await,
                None => unknown(),
            },
        }
    }
}

fn unknown() -> Sent {
    Sent::Refused { reason: "nobody sends to it".to_owned() }
}
