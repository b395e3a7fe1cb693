//! One server asked for one kind of records at one name: without recursion, in a datagram with EDNS(0), over TCP where the answer is cut.

use std::net::SocketAddr;

use hickory_proto::{
    op::{Edns, Message, MessageType, Query, ResponseCode},
    rr::{Name, RData, RecordType},
};

use super::{AskOptions, Says};
use crate::{
    change::{RecordKind, Value},
    exchange::{self, Lost},
    wire,
};

/// The largest datagram that is asked for: one that is cut into pieces nowhere (RFC 9715 section 3.1 and the DNS flag day of 2020).
const DATAGRAM: u16 = 1232;

/// How long absence is remembered where no SOA record says.
const ABSENT: u32 = 0;

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Says(Says),
    /// The name stands for another.
    Alias(String),
}

/// No way leads to the address from here; why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoWay(pub(super) String);

pub(super) async fn ask(server: SocketAddr, name: &str, kind: RecordKind, options: &AskOptions) -> Result<Found, NoWay> {
    let Ok(asked) = wire::name(name) else {
        return Ok(trouble("nobody can ask for such a name"));
    };
    let plain = Asked { server, name: &asked, record_type: wire::record_type(kind), options };
    let mut answer = plain.send(true).await;
    // Who does not know EDNS(0) is asked without (RFC 6891 section 7).
    if let Ok(Ok(message)) = &answer
        && matches!(message.response_code, ResponseCode::FormErr | ResponseCode::NotImp)
        && message.edns.is_none()
    {
        answer = plain.send(false).await;
    }
    Ok(match answer? {
        Ok(message) => read(&message, &asked, plain.record_type),
        Err(reason) => trouble(reason),
    })
}

fn trouble(reason: impl Into<String>) -> Found {
    Found::Says(Says::Trouble(reason.into()))
}

struct Asked<'a> {
    server: SocketAddr,
    name: &'a Name,
    record_type: RecordType,
    options: &'a AskOptions,
}

impl Asked<'_> {
    /// An answer, or in words why there is none.
    async fn send(&self, edns: bool) -> Result<Result<Message, String>, NoWay> {
        let mut question = Message::query();
        question.add_query(Query::query(self.name.clone(), self.record_type));
        if edns {
            let mut more = Edns::new();
            more.set_max_payload(DATAGRAM);
            question.set_edns(more);
        }
        let Ok(bytes) = question.to_vec() else { return Ok(Err("nobody can ask for such a name".to_owned())) };
        let limit = self.options.limit;
        let mut last = String::new();
        for _ in 0..self.options.tries.max(1) {
            let mut odd = false;
            let wanted = |bytes: &[u8]| {
                let found = answers(bytes, &question);
                odd |= found.is_none();
                found
            };
            last = match tokio::time::timeout(limit, exchange::over_udp(self.server, &bytes, wanted)).await {
                Ok(Ok(message)) if message.truncation => return Ok(self.whole(&question, &bytes).await),
                Ok(Ok(message)) => return Ok(Ok(message)),
                Ok(Err(Lost::NoWay(error))) => return Err(NoWay(Lost::NoWay(error).to_string())),
                Ok(Err(lost)) => lost.to_string(),
                Err(_) if odd => "what it answers is no answer to the question".to_owned(),
                Err(_) => format!("no answer within {} s", limit.as_secs_f64()),
            };
        }
        Ok(Err(last))
    }

    /// The same question over TCP.
    async fn whole(&self, question: &Message, bytes: &[u8]) -> Result<Message, String> {
        let limit = self.options.limit;
        let answer = tokio::time::timeout(limit, exchange::over_tcp(self.server, bytes))
            .await
            .map_err(|_| format!("its answer fits in no datagram, and over TCP none came within {} s", limit.as_secs_f64()))?
            .map_err(|lost| format!("its answer fits in no datagram, and over TCP {lost}"))?;
        let message = answers(&answer, question).ok_or("what it answers over TCP is no answer to the question")?;
        if message.truncation { Err("its answer is cut even over TCP".to_owned()) } else { Ok(message) }
    }
}

/// The message, if it is an answer to the question.
fn answers(bytes: &[u8], question: &Message) -> Option<Message> {
    let message = Message::from_vec(bytes).ok()?;
    let ours = message.id == question.id && message.message_type == MessageType::Response && message.op_code == question.op_code;
    // Who does not understand the question may leave it out.
    let same =
        message.queries == question.queries || (message.queries.is_empty() && message.response_code == ResponseCode::FormErr);
    (ours && same).then_some(message)
}

/// What an answer says of the name.
fn read(message: &Message, asked: &Name, record_type: RecordType) -> Found {
    let lame = |reason: &str| Found::Says(Says::Lame(reason.to_owned()));
    match message.response_code {
        ResponseCode::NoError | ResponseCode::NXDomain => {}
        ResponseCode::Refused => return lame("it does not answer for the zone (REFUSED)"),
        ResponseCode::NotAuth => return lame("it does not answer for the zone (NOTAUTH)"),
        ResponseCode::ServFail => return trouble("it cannot find out (SERVFAIL); its copy of the zone may be too old"),
        code => return trouble(format!("it answers with error {}", u16::from(code))),
    }
    if !message.authoritative {
        let refers =
            message.answers.is_empty() && message.authorities.iter().any(|record| record.record_type() == RecordType::NS);
        return lame(if refers {
            "it refers to other servers"
        } else {
            "it answers without authority: it does not have the zone"
        });
    }
    let here = || message.answers.iter().filter(|record| record.name == *asked);
    let records: Vec<(Value, u32)> = here()
        .filter(|record| record.record_type() == record_type)
        .filter_map(|record| Some((wire::value(&record.data)?, record.ttl)))
        .collect();
    if let Some(ttl) = records.iter().map(|(_, ttl)| *ttl).min() {
        let mut values: Vec<Value> = records.into_iter().map(|(value, _)| value).collect();
        values.sort();
        return Found::Says(Says::Records { values, ttl });
    }
    let alias =
        here().find_map(|record| if let RData::CNAME(target) = &record.data { Some(wire::plain(&target.0)) } else { None });
    if let Some(target) = alias {
        return Found::Alias(target);
    }
    // RFC 2308 section 5.
    let soa = message.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(soa.minimum.min(record.ttl)),
        _ => None,
    });
    let exists = message.response_code == ResponseCode::NoError;
    Found::Says(Says::Absent { exists, ttl: soa.unwrap_or(ABSENT) })
}

#[cfg(test)]
mod tests {
    use hickory_proto::{
        op::{Message, OpCode, Query},
        rr::{Name, RecordType},
    };
    use proptest::prelude::*;

    use super::{answers, read};

    fn question() -> Message {
        let mut message = Message::query();
        message.metadata.id = 7;
        message.add_query(Query::query(Name::from_ascii("a.example.").unwrap(), RecordType::TXT));
        message
    }

    #[test]
    fn an_answer_is_one_to_the_question() {
        let mut answer = Message::response(7, OpCode::Query);
        answer.add_queries(question().queries);
        assert!(answers(&answer.to_vec().unwrap(), &question()).is_some());
        assert!(answers(&question().to_vec().unwrap(), &question()).is_none(), "a question");
        answer.metadata.id = 8;
        assert!(answers(&answer.to_vec().unwrap(), &question()).is_none(), "another number");
        let mut other = Message::response(7, OpCode::Query);
        other.add_query(Query::query(Name::from_ascii("b.example.").unwrap(), RecordType::TXT));
        assert!(answers(&other.to_vec().unwrap(), &question()).is_none(), "another name");
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut bytes = bytes;
            if let Some(head) = bytes.get_mut(..4) { head.copy_from_slice(&[0, 7, 0x84, 0]); }
            if let Ok(message) = Message::from_vec(&bytes) {
                let _ = read(&message, &Name::root(), RecordType::TXT);
            }
            let _ = answers(&bytes, &question());
        }

        #[test]
        fn nor_is_a_spoiled_answer(at in 0_usize..200, byte in any::<u8>(), length in 0_usize..200) {
            use hickory_proto::rr::{RData, Record, rdata::{CNAME, TXT}};
            let mut answer = Message::response(7, OpCode::Query);
            answer.metadata.authoritative = true;
            answer.add_queries(question().queries);
            let name = Name::from_ascii("a.example.").unwrap();
            answer.add_answer(Record::from_rdata(name.clone(), 60, RData::TXT(TXT::new(vec!["x".repeat(80)]))));
            answer.add_answer(Record::from_rdata(name.clone(), 60, RData::CNAME(CNAME(name.clone()))));
            let mut bytes = answer.to_vec().unwrap();
            bytes.truncate(length);
            if let Some(there) = bytes.get_mut(at) { *there = byte; }
            if let Some(message) = answers(&bytes, &question()) {
                let _ = read(&message, &name, RecordType::TXT);
            }
        }
    }
}
