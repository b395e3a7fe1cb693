//! What a finding says to publish, published: a zone with other records in the place of some of its own.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use mailauth::dns::{Absent, Answer, Kind, Mx, Records, Resolver, Zone};
use spoofwatch_posture::{
    Finding, Publish,
    evidence::{Fetch, FetchError, Fetched, RecordedFetch},
};

use crate::form::Error;

/// A zone after what was published in it.
#[derive(Debug)]
pub(crate) struct Cured {
    zone: Zone,
    published: BTreeMap<(String, Kind), Records>,
    /// Pages by their addresses.
    pages: BTreeMap<String, String>,
}

/// Pages after what was published of them.
#[derive(Debug)]
pub(crate) struct CuredPages {
    recorded: RecordedFetch,
    published: BTreeMap<String, String>,
}

#[async_trait]
impl Fetch for CuredPages {
    async fn get(&self, url: &str, most: usize) -> Result<Fetched, FetchError> {
        match self.published.get(url) {
            None => self.recorded.get(url, most).await,
            Some(text) => {
                let (content_type, body) = (Some("text/plain".to_owned()), text.clone().into_bytes());
                Ok(Fetched { status: 200, content_type, location: None, body })
            }
        }
    }
}

impl Cured {
    /// The zone with what these findings say to publish. `None` if that cannot be done here: a record of another type than TXT and MX.
    pub(crate) fn of(zone: Zone, findings: &[&Finding]) -> Result<Option<Self>, Error> {
        let mut cured = Self { zone, published: BTreeMap::new(), pages: BTreeMap::new() };
        for record in findings.iter().flat_map(|finding| &finding.publish) {
            if record.kind == Publish::FILE {
                cured.pages.insert(record.name.clone(), record.value.clone());
                continue;
            }
            let (kind, values) = match record.kind {
                "TXT" => (Kind::Txt, cured.texts(record)?),
                "MX" => (Kind::Mx, cured.exchangers(record)?),
                _ => return Ok(None),
            };
            cured.published.insert((record.name.clone(), kind), values);
        }
        Ok(Some(cured))
    }

    /// The pages that were published too.
    pub(crate) fn pages(&self, recorded: RecordedFetch) -> CuredPages {
        CuredPages { recorded, published: self.pages.clone() }
    }

    fn now(&self, name: &str, kind: Kind) -> Option<Records> {
        let known = self.published.get(&(name.to_owned(), kind)).cloned();
        known.or_else(|| self.zone.answer(name, kind).outcome.ok())
    }

    fn texts(&self, record: &Publish) -> Result<Records, Error> {
        let mut texts: Vec<Box<[u8]>> = match self.now(&record.name, Kind::Txt) {
            Some(Records::Txt(texts)) => texts.to_vec(),
            _ => Vec::new(),
        };
        for gone in &record.instead_of {
            let at = texts.iter().position(|text| String::from_utf8_lossy(text) == *gone);
            texts.remove(at.ok_or_else(|| format!("`{gone}` is to go from {}, and does not stand there", record.name))?);
        }
        texts.push(record.value.as_bytes().into());
        Ok(Records::Txt(texts.into()))
    }

    fn exchangers(&self, record: &Publish) -> Result<Records, Error> {
        let mut found: Vec<Mx> = match self.now(&record.name, Kind::Mx) {
            Some(Records::Mx(found)) => found.to_vec(),
            _ => Vec::new(),
        };
        for gone in &record.instead_of {
            let gone = exchanger(gone)?;
            found.retain(|mx| *mx != gone);
        }
        found.push(exchanger(&record.value)?);
        Ok(Records::Mx(found.into()))
    }
}

fn exchanger(text: &str) -> Result<Mx, Error> {
    let (preference, exchange) = text.split_once(' ').ok_or("a preference and a host")?;
    let exchange = exchange.strip_suffix('.').ok_or_else(|| format!("`{exchange}` is no whole name"))?;
    Ok(Mx { preference: preference.parse()?, exchange: exchange.into() })
}

#[async_trait]
impl Resolver for Cured {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        let answer = self.zone.answer(name, kind);
        let wildcard = name.split_once('.').map(|(_, above)| format!("*.{above}")).filter(|_| answer.outcome.is_err());
        let mut names: Vec<String> = std::iter::once(name.to_owned()).chain(wildcard).collect();
        if let Ok(Records::Cname(targets)) = self.zone.answer(name, Kind::Cname).outcome {
            names.extend(targets.iter().map(ToString::to_string));
        }
        if let Some(records) = names.iter().find_map(|name| self.published.get(&(name.clone(), kind))) {
            return Answer::found(records.clone(), Duration::ZERO);
        }
        // What was published makes its name exist, and those above it.
        let exists = |at: &String| names.contains(at) || at.ends_with(&format!(".{name}"));
        match answer.outcome {
            Err(Absent::NoSuchName) if self.published.keys().any(|(at, _)| exists(at)) => {
                Answer::absent(Absent::NoData, Duration::ZERO)
            }
            _ => answer,
        }
    }
}
