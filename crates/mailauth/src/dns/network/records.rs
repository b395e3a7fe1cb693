//! The records of an answer, as far as they were asked for.

use std::{sync::Arc, time::Duration};

use hickory_resolver::{
    lookup::Lookup,
    proto::{
        rr::{Name, RData, Record, RecordType},
        serialize::binary::{BinEncodable, BinEncoder},
    },
};

use super::{
    super::{Absent, Answer, Ds, Kind, Mx, Records, Soa, Tlsa},
    ABSENT,
};

pub(super) const fn record_type(kind: Kind) -> RecordType {
    match kind {
        Kind::A => RecordType::A,
        Kind::Aaaa => RecordType::AAAA,
        Kind::Mx => RecordType::MX,
        Kind::Ptr => RecordType::PTR,
        Kind::Txt => RecordType::TXT,
        Kind::Cname => RecordType::CNAME,
        Kind::Ns => RecordType::NS,
        Kind::Soa => RecordType::SOA,
        Kind::Tlsa => RecordType::TLSA,
        Kind::Ds => RecordType::DS,
    }
}

/// The records of an answer, which also holds the aliases on the way to them. `None` for one that names the servers of a zone below and
/// is no answer (RFC 2308 section 2.2): the library takes that for one when name servers are asked for.
pub(super) fn found(asked: &Name, lookup: &Lookup, kind: Kind) -> Option<Answer> {
    let data = || lookup.answers().iter().map(|record| &record.data);
    let records =
        match kind {
            Kind::A => {
                filled(data().filter_map(|data| if let RData::A(found) = data { Some(found.0) } else { None })).map(Records::A)
            }
            Kind::Aaaa => filled(data().filter_map(|data| if let RData::AAAA(found) = data { Some(found.0) } else { None }))
                .map(Records::Aaaa),
            Kind::Mx => {
                let mut hosts: Vec<Mx> = data().filter_map(exchanger).collect();
                hosts.sort_by_key(|mx| mx.preference);
                filled(hosts.into_iter()).map(Records::Mx)
            }
            Kind::Ptr => filled(data().filter_map(|data| if let RData::PTR(name) = data { plain(&name.0) } else { None }))
                .map(Records::Ptr),
            Kind::Txt => filled(
                data().filter_map(|data| if let RData::TXT(text) = data { Some(text.txt_data.concat().into()) } else { None }),
            )
            .map(Records::Txt),
            // A server may go on to what the target is an alias of.
            Kind::Cname => {
                filled(lookup.answers().iter().filter(|record| record.name == *asked).filter_map(alias)).map(Records::Cname)
            }
            Kind::Ns => {
                filled(data().filter_map(|data| if let RData::NS(name) = data { plain(&name.0) } else { None })).map(Records::Ns)
            }
            Kind::Soa => filled(data().filter_map(start_of_authority)).map(Records::Soa),
            Kind::Tlsa => filled(data().filter_map(certificate)).map(Records::Tlsa),
            Kind::Ds => filled(data().filter_map(delegation_signer)).map(Records::Ds),
        };
    let message = lookup.message();
    let Some(records) = records else {
        let below = |record: &Record| matches!(record.data, RData::NS(_)) && record.name == *asked;
        let referral = !message.metadata.authoritative && kind == Kind::Ns && lookup.authorities().iter().any(below);
        return (!referral).then(|| Answer::absent(Absent::NoData, ABSENT));
    };
    let ttl = lookup.answers().iter().map(|record| record.ttl).min();
    // Where the library itself followed an alias, this message speaks of its last name only.
    let secure = message.metadata.authentic_data && message.queries.first().is_some_and(|query| query.name() == asked);
    let keep = ttl.map_or(ABSENT, |seconds| Duration::from_secs(u64::from(seconds)));
    Some(Answer { secure, ..Answer::found(records, keep) })
}

fn filled<T>(found: impl Iterator<Item = T>) -> Option<Arc<[T]>> {
    let found: Arc<[T]> = found.collect();
    (!found.is_empty()).then_some(found)
}

fn alias(record: &Record) -> Option<Box<str>> {
    if let RData::CNAME(name) = &record.data { plain(&name.0) } else { None }
}

fn exchanger(data: &RData) -> Option<Mx> {
    let RData::MX(mx) = data else { return None };
    Some(Mx { preference: mx.preference, exchange: plain(&mx.exchange)? })
}

fn start_of_authority(data: &RData) -> Option<Soa> {
    let RData::SOA(soa) = data else { return None };
    // The library reads these times as signed.
    let seconds = |time: i32| u32::try_from(time).unwrap_or_default();
    Some(Soa {
        primary: plain(&soa.mname)?,
        contact: mailbox(&soa.rname),
        serial: soa.serial,
        refresh: seconds(soa.refresh),
        retry: seconds(soa.retry),
        expire: seconds(soa.expire),
        minimum: soa.minimum,
    })
}

fn certificate(data: &RData) -> Option<Tlsa> {
    let RData::TLSA(tlsa) = data else { return None };
    (!tlsa.cert_data.is_empty()).then(|| Tlsa {
        usage: tlsa.cert_usage.into(),
        selector: tlsa.selector.into(),
        matching: tlsa.matching.into(),
        data: tlsa.cert_data.as_slice().into(),
    })
}

/// Read from the bytes (RFC 4034 section 5.1): whether the library knows the type depends on what else is built into the program.
fn delegation_signer(data: &RData) -> Option<Ds> {
    if data.record_type() != RecordType::DS {
        return None;
    }
    let mut bytes = Vec::new();
    data.emit(&mut BinEncoder::new(&mut bytes)).ok()?;
    let ([tag_high, tag_low, algorithm, digest_type], digest) = bytes.split_first_chunk()?;
    (!digest.is_empty()).then(|| Ds {
        key_tag: u16::from_be_bytes([*tag_high, *tag_low]),
        algorithm: *algorithm,
        digest_type: *digest_type,
        digest: digest.into(),
    })
}

/// The name of a mailbox, whose first label may hold a dot (RFC 1035 section 8).
fn mailbox(name: &Name) -> Box<str> {
    plain(name).unwrap_or_else(|| name.to_ascii().trim_end_matches('.').to_ascii_lowercase().into())
}

/// A name as text; `None` for one that has none, because a label holds a dot or bytes that are no characters.
fn plain(name: &Name) -> Option<Box<str>> {
    let mut text = String::with_capacity(name.len());
    for label in name.iter() {
        if !text.is_empty() {
            text.push('.');
        }
        let label = str::from_utf8(label).ok().filter(|label| !label.contains('.'))?;
        text.push_str(label);
    }
    text.make_ascii_lowercase();
    Some(text.into())
}
