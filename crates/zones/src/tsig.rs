//! Signatures of messages with a key that both sides know (TSIG, RFC 8945).
//!
//! Works on bytes: a signature covers a message as it travels, not as anybody reads it. The message itself is others' business.

use thiserror::Error;

use crate::key::TsigKey;

/// How far two clocks may be apart, in seconds (RFC 8945 section 10 recommends this).
const FUDGE: u16 = 300;

/// The type of a signature's record.
const TSIG: u16 = 250;

/// The class of a signature's record.
const ANY: u16 = 255;

/// The bytes before the question: RFC 1035 section 4.1.1.
const HEADER: usize = 12;

/// Where a header counts the records at the end of the message.
const ADDITIONAL: usize = 10;

/// Pointers that one name may follow: a name has 127 labels at most, and none needs more than one before it.
const MAX_POINTERS: usize = 127;

/// A request with its signature, which that of the answer covers too.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) bytes: Vec<u8>,
    mac: Vec<u8>,
}

/// Why an answer is not believed, or what it says of the request's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Distrust {
    /// Its bytes are no message.
    #[error("what it answered is no message of the DNS")]
    Malformed,
    #[error("its answer is not signed")]
    Unsigned,
    #[error("its answer is signed with another key or algorithm")]
    OtherKey,
    #[error("its answer is signed wrongly")]
    Mac,
    #[error("its answer was signed at another time than now")]
    Time,
    #[error("it does not know the key (BADKEY)")]
    BadKey,
    #[error("it does not accept the key's signature (BADSIG)")]
    BadSig,
    /// With how many seconds its clock is ahead of ours.
    #[error("its clock and ours differ (BADTIME)")]
    BadTime(Option<i64>),
    #[error("it does not accept the signature (error {0})")]
    Other(u16),
}

/// A message with a signature at its end. `None` if there is no room for it.
pub(crate) fn sign(mut bytes: Vec<u8>, key: &TsigKey, now: u64) -> Option<Signed> {
    let id = u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]);
    let stamp = Stamp { time: now, fudge: FUDGE, error: 0, other: &[] };
    let mut covered = bytes.clone();
    stamp.emit(key, &mut covered);
    let mac = key.sign(&covered);
    let (name, algorithm) = (wire_name(key.name()), wire_name(key.algorithm().name()));
    count_more(&mut bytes)?;
    let mut data = algorithm;
    data.extend(stamp.seconds());
    data.extend(FUDGE.to_be_bytes());
    data.extend(u16::try_from(mac.len()).ok()?.to_be_bytes());
    data.extend(&mac);
    data.extend(id.to_be_bytes());
    data.extend([0; 4]);
    bytes.extend(name);
    bytes.extend(TSIG.to_be_bytes());
    bytes.extend(ANY.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
    bytes.extend(data);
    u16::try_from(bytes.len()).ok()?;
    Some(Signed { bytes, mac })
}

/// An answer without its signature, which is that of the key over the answer and the request (RFC 8945 section 5.3).
pub(crate) fn verify(answer: &[u8], request: &Signed, key: &TsigKey, now: u64) -> Result<Vec<u8>, Distrust> {
    let (mut plain, tsig) = split(answer)?;
    // The two errors that come without a signature, because there is no key that both sides know (section 5.3.2).
    if tsig.mac.is_empty() {
        return Err(match tsig.error {
            16 => Distrust::BadSig,
            17 => Distrust::BadKey,
            _ => Distrust::Unsigned,
        });
    }
    if tsig.name != wire_name(key.name()) || tsig.algorithm != wire_name(key.algorithm().name()) {
        return Err(Distrust::OtherKey);
    }
    // Shorter ones are allowed by section 5.2.2.1 and need a policy that accepts them; there is none here.
    if tsig.mac.len() != key.algorithm().length() {
        return Err(Distrust::Mac);
    }
    if let Some(id) = plain.get_mut(..2) {
        id.copy_from_slice(&tsig.original_id);
    }
    let length = u16::try_from(request.mac.len()).map_err(|_| Distrust::Mac)?;
    let mut covered = Vec::with_capacity(answer.len().saturating_add(request.mac.len()));
    covered.extend(length.to_be_bytes());
    covered.extend(&request.mac);
    covered.extend(&plain);
    Stamp { time: tsig.time, fudge: tsig.fudge, error: tsig.error, other: &tsig.other }.emit(key, &mut covered);
    if !key.signed(&covered, &tsig.mac) {
        return Err(Distrust::Mac);
    }
    match tsig.error {
        0 if tsig.time.abs_diff(now) > u64::from(tsig.fudge.max(FUDGE)) => Err(Distrust::Time),
        0 => Ok(plain),
        16 => Err(Distrust::BadSig),
        17 => Err(Distrust::BadKey),
        18 => Err(Distrust::BadTime(ahead(&tsig.other, now))),
        other => Err(Distrust::Other(other)),
    }
}

/// How far the server's clock is ahead, which it says in six bytes (section 5.2.3).
fn ahead(other: &[u8], now: u64) -> Option<i64> {
    let bytes: [u8; 6] = other.try_into().ok()?;
    let theirs = bytes.into_iter().fold(0_i64, |time, byte| (time << 8) | i64::from(byte));
    Some(theirs.saturating_sub(i64::try_from(now).ok()?))
}

/// What a signature covers beside the message (section 4.3.3).
struct Stamp<'a> {
    /// Seconds since 1970, of which 48 bits count.
    time: u64,
    fudge: u16,
    error: u16,
    other: &'a [u8],
}

impl Stamp<'_> {
    fn emit(&self, key: &TsigKey, to: &mut Vec<u8>) {
        to.extend(wire_name(key.name()));
        to.extend(ANY.to_be_bytes());
        to.extend([0; 4]);
        to.extend(wire_name(key.algorithm().name()));
        to.extend(self.seconds());
        to.extend(self.fudge.to_be_bytes());
        to.extend(self.error.to_be_bytes());
        to.extend(u16::try_from(self.other.len()).unwrap_or(u16::MAX).to_be_bytes());
        to.extend(self.other);
    }

    fn seconds(&self) -> [u8; 6] {
        let [_, _, seconds @ ..] = self.time.to_be_bytes();
        seconds
    }
}

/// A record more at the end.
fn count_more(bytes: &mut [u8]) -> Option<()> {
    let count = bytes.get_mut(ADDITIONAL..HEADER)?;
    let more = u16::from_be_bytes([*count.first()?, *count.get(1)?]).checked_add(1)?;
    count.copy_from_slice(&more.to_be_bytes());
    Some(())
}

/// A name that is known to fit in a message, in lower case.
fn wire_name(name: &str) -> Vec<u8> {
    let mut wire = Vec::with_capacity(name.len().saturating_add(2));
    for label in name.split('.') {
        wire.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
        wire.extend(label.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    wire.push(0);
    wire
}

/// A signature as it was read.
struct Tsig {
    name: Vec<u8>,
    algorithm: Vec<u8>,
    time: u64,
    fudge: u16,
    mac: Vec<u8>,
    original_id: [u8; 2],
    error: u16,
    other: Vec<u8>,
}

/// A message, and the signature that stood at its end.
fn split(answer: &[u8]) -> Result<(Vec<u8>, Tsig), Distrust> {
    let mut reader = Reader { bytes: answer, at: 0 };
    let header = reader.take(HEADER).ok_or(Distrust::Malformed)?;
    let count = |at: usize| Some(usize::from(u16::from_be_bytes([*header.get(at)?, *header.get(at + 1)?])));
    let [Some(questions), Some(answers), Some(authorities), Some(additional)] = [4, 6, 8, ADDITIONAL].map(count) else {
        return Err(Distrust::Malformed);
    };
    for _ in 0..questions {
        reader.name().and_then(|_| reader.take(4)).ok_or(Distrust::Malformed)?;
    }
    // Of all records only the last one may be a signature (section 5.1).
    let records = answers.saturating_add(authorities).saturating_add(additional);
    let mut last = None;
    for _ in 0..records {
        let begins = reader.at;
        let record = reader.record().ok_or(Distrust::Malformed)?;
        if last.replace((begins, record)).is_some_and(|(_, before)| before.kind == TSIG) {
            return Err(Distrust::Malformed);
        }
    }
    if reader.at != answer.len() {
        return Err(Distrust::Malformed);
    }
    let Some((begins, record)) = last.filter(|(_, record)| additional > 0 && record.kind == TSIG) else {
        return Err(Distrust::Unsigned);
    };
    let tsig = record.tsig(answer).ok_or(Distrust::Malformed)?;
    let mut plain = answer.get(..begins).ok_or(Distrust::Malformed)?.to_vec();
    let fewer = u16::try_from(additional.saturating_sub(1)).map_err(|_| Distrust::Malformed)?;
    plain.get_mut(ADDITIONAL..HEADER).ok_or(Distrust::Malformed)?.copy_from_slice(&fewer.to_be_bytes());
    Ok((plain, tsig))
}

/// A record's head and where its data is.
struct Head {
    name: Vec<u8>,
    kind: u16,
    /// Of a signature, both are fixed, and the signature covers what is fixed.
    class_and_ttl: [u8; 6],
    data: std::ops::Range<usize>,
}

impl Head {
    fn tsig(self, message: &[u8]) -> Option<Tsig> {
        if self.class_and_ttl != [0, 255, 0, 0, 0, 0] {
            return None;
        }
        let mut reader = Reader { bytes: message.get(..self.data.end)?, at: self.data.start };
        let algorithm = reader.name()?;
        let time = reader.take(6)?.iter().fold(0, |time, byte| (time << 8) | u64::from(*byte));
        let fudge = reader.number()?;
        let length = reader.number()?;
        let mac = reader.take(usize::from(length))?.to_vec();
        let original_id = reader.take(2)?.try_into().ok()?;
        let error = reader.number()?;
        let length = reader.number()?;
        let other = reader.take(usize::from(length))?.to_vec();
        (reader.at == self.data.end).then_some(Tsig { name: self.name, algorithm, time, fudge, mac, original_id, error, other })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn record(&mut self) -> Option<Head> {
        let name = self.name()?;
        let kind = self.number()?;
        let class_and_ttl = self.take(6)?.try_into().ok()?;
        let length = self.number()?;
        let begins = self.at;
        self.take(usize::from(length))?;
        Some(Head { name, kind, class_and_ttl, data: begins..self.at })
    }

    /// A name in full and in lower case, its pointers followed (RFC 1035 section 4.1.4).
    fn name(&mut self) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        let (mut at, mut after, mut pointers) = (self.at, None, 0_usize);
        loop {
            let length = *self.bytes.get(at)?;
            match length {
                0 => break,
                1..=63 => {
                    let next = at.checked_add(usize::from(length))?.checked_add(1)?;
                    name.extend(self.bytes.get(at..next)?.iter().map(u8::to_ascii_lowercase));
                    at = next;
                }
                0xc0.. => {
                    pointers += 1;
                    let low = *self.bytes.get(at.checked_add(1)?)?;
                    after.get_or_insert(at.checked_add(2)?);
                    at = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                }
                _ => return None,
            }
            if name.len() > 254 || pointers > MAX_POINTERS {
                return None;
            }
        }
        self.at = after.unwrap_or(at.checked_add(1)?);
        name.push(0);
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::{
        op::{Message, OpCode, Query},
        rr::{Name, RecordType},
    };
    use proptest::prelude::*;

    use super::{Distrust, Signed, Stamp, count_more, sign, verify, wire_name};
    use crate::key::{Algorithm, TsigKey};

    const NOW: u64 = 1_795_000_000;

    fn key(algorithm: Algorithm) -> TsigKey {
        TsigKey::new("Updates.example", algorithm, b"an example".to_vec()).unwrap()
    }

    fn message(response: bool) -> Vec<u8> {
        let mut message = if response { Message::response(7, OpCode::Update) } else { Message::query() };
        message.add_query(Query::query(Name::from_ascii("updates.example.").unwrap(), RecordType::SOA));
        message.metadata.id = 7;
        message.to_vec().unwrap()
    }

    fn request(key: &TsigKey) -> Signed {
        sign(message(false), key, NOW).unwrap()
    }

    /// An answer as a server makes it.
    fn answer(key: &TsigKey, request: &Signed, time: u64, error: u16, other: &[u8], mac: Option<Vec<u8>>) -> Vec<u8> {
        let mut bytes = message(true);
        let stamp = Stamp { time, fudge: 300, error, other };
        let mut covered = u16::try_from(request.mac.len()).unwrap().to_be_bytes().to_vec();
        covered.extend(&request.mac);
        covered.extend(&bytes);
        stamp.emit(key, &mut covered);
        let mac = mac.unwrap_or_else(|| key.sign(&covered));
        let mut data = wire_name(key.algorithm().name());
        data.extend(stamp.seconds());
        data.extend(300_u16.to_be_bytes());
        data.extend(u16::try_from(mac.len()).unwrap().to_be_bytes());
        data.extend(&mac);
        data.extend(7_u16.to_be_bytes());
        data.extend(error.to_be_bytes());
        data.extend(u16::try_from(other.len()).unwrap().to_be_bytes());
        data.extend(other);
        count_more(&mut bytes).unwrap();
        // The key's name is that of the question: a pointer to it is as good.
        bytes.extend([0xc0, 12, 0, 250, 0, 255, 0, 0, 0, 0]);
        bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn a_signed_answer_is_believed_and_given_without_its_signature() {
        for algorithm in Algorithm::ALL {
            let key = key(algorithm);
            let request = request(&key);
            assert_eq!(verify(&answer(&key, &request, NOW, 0, &[], None), &request, &key, NOW), Ok(message(true)));
        }
    }

    #[test]
    fn one_that_is_not_ours_or_was_changed_is_not() {
        let key = key(Algorithm::Sha256);
        let request = request(&key);
        let good = answer(&key, &request, NOW, 0, &[], None);
        let other = TsigKey::new("updates.example", Algorithm::Sha256, b"another".to_vec()).unwrap();
        assert_eq!(verify(&good, &request, &other, NOW), Err(Distrust::Mac));
        let named = TsigKey::new("else.example", Algorithm::Sha256, b"an example".to_vec()).unwrap();
        assert_eq!(verify(&good, &request, &named, NOW), Err(Distrust::OtherKey));
        let strong = TsigKey::new("updates.example", Algorithm::Sha512, b"an example".to_vec()).unwrap();
        assert_eq!(verify(&good, &request, &strong, NOW), Err(Distrust::OtherKey));
        let later = sign(message(false), &key, NOW + 1).unwrap();
        assert_eq!(verify(&good, &later, &key, NOW), Err(Distrust::Mac), "an answer to another request");
        assert_eq!(verify(&good, &request, &key, NOW + 301), Err(Distrust::Time));
        assert_eq!(verify(&message(true), &request, &key, NOW), Err(Distrust::Unsigned));
        let short = answer(&key, &request, NOW, 0, &[], Some(vec![1; 16]));
        assert_eq!(verify(&short, &request, &key, NOW), Err(Distrust::Mac));
        for at in 2..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 1;
            assert!(verify(&changed, &request, &key, NOW).is_err(), "byte {at}");
        }
    }

    #[test]
    fn errors_of_signatures_are_told_apart() {
        let key = key(Algorithm::Sha256);
        let request = request(&key);
        let said = |error, other: &[u8], mac| verify(&answer(&key, &request, NOW, error, other, mac), &request, &key, NOW);
        assert_eq!(said(16, &[], Some(Vec::new())), Err(Distrust::BadSig));
        assert_eq!(said(17, &[], Some(Vec::new())), Err(Distrust::BadKey));
        assert_eq!(said(18, &[], Some(Vec::new())), Err(Distrust::Unsigned));
        let [_, _, theirs @ ..] = (NOW + 3600).to_be_bytes();
        assert_eq!(said(18, &theirs, None), Err(Distrust::BadTime(Some(3600))));
        assert_eq!(said(18, &[], None), Err(Distrust::BadTime(None)));
        assert_eq!(said(22, &[], None), Err(Distrust::Other(22)));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let key = key(Algorithm::Sha256);
            prop_assert!(verify(&bytes, &request(&key), &key, NOW).is_err());
        }

        #[test]
        fn nor_is_a_part_of_an_answer(length in 0_usize..140, at in 0_usize..140, byte in any::<u8>()) {
            let key = key(Algorithm::Sha256);
            let request = request(&key);
            let mut bytes = answer(&key, &request, NOW, 0, &[], None);
            bytes.truncate(length);
            if let Some(there) = bytes.get_mut(at) { *there = byte; }
            let _ = verify(&bytes, &request, &key, NOW);
        }
    }
}
