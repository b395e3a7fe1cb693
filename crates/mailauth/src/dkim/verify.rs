//! A message's signatures checked (RFC 6376 section 6), those of a chain too.

use std::sync::Arc;

use aws_lc_rs::digest::{self, Digest, SHA256};
use futures::future;

use super::{
    body::{self, Hashed, Wanted},
    fault::{Fault, KeyFault},
    key::Keys,
    select::Fields,
    signature::{Maker, Place, Signature, tags_of},
    verdict::{Dkim, DkimResult},
};
use crate::{
    dns::{Absent, Resolver},
    message::{Field, Message},
};

/// Most signatures of a message that are checked, each with a key to ask for. Messages have one to three, those that went over several lists six.
pub const MOST_SIGNATURES: usize = 16;

/// Most records at a key's name that are tried. There should be one; while keys are changed there may be two.
const MOST_RECORDS: usize = 4;

/// What a key's name answered.
type Found = Result<Arc<[Box<[u8]>]>, Absent>;

/// What the names of keys answered.
#[derive(Debug)]
pub(crate) struct Answers(Vec<(String, Found)>);

impl Answers {
    pub(crate) fn get(&self, name: &str) -> Option<&Found> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, found)| found)
    }
}

/// The verdict on every signature, from the top. A message without any has no verdict: it is `none`.
pub async fn verify(message: &Message<'_>, resolver: &dyn Resolver, now: i64) -> Vec<Dkim> {
    verify_with(message, resolver, now, None).await
}

/// As [`verify`], with keys that were read for earlier messages: whoever checks many should keep them.
pub async fn verify_with(message: &Message<'_>, resolver: &dyn Resolver, now: i64, keys: Option<&Keys>) -> Vec<Dkim> {
    let candidates: Vec<_> = message
        .all("DKIM-Signature")
        .enumerate()
        .map(|(at, field)| Candidate::read(field, Place::Dkim, now, at < MOST_SIGNATURES))
        .collect();
    let answers = ask(candidates.iter().filter_map(Candidate::key_name), resolver).await;
    judge_all(candidates, message, &answers, keys)
}

/// A signature on its way to a verdict.
#[derive(Debug)]
pub(crate) struct Candidate<'m> {
    pub field: Field<'m>,
    pub verdict: Dkim,
    pub signature: Result<Signature<'m>, Fault>,
}

impl<'m> Candidate<'m> {
    pub(crate) fn read(field: Field<'m>, place: Place, now: i64, is_checked: bool) -> Self {
        if !is_checked {
            return Self { field, verdict: Dkim::unread(), signature: Err(Fault::TooManySignatures) };
        }
        let tags = match tags_of(field.value) {
            Ok(tags) => tags,
            Err(fault) => return Self { field, verdict: Dkim::unread(), signature: Err(fault) },
        };
        let mut verdict = Dkim::describe(&tags, place);
        let signature = Signature::parse(&tags, place, now).and_then(|signature| {
            verdict.key_name = Some(signature.maker.key_name()?);
            Ok(signature)
        });
        Self { field, verdict, signature }
    }

    /// The name to ask for a key, if there is any use in that.
    pub(crate) fn key_name(&self) -> Option<&str> {
        self.signature.as_ref().ok().and(self.verdict.key_name.as_deref())
    }
}

/// The verdicts on signatures, in their order, with what their keys' names answered. The body is hashed once for all.
pub(crate) fn judge_all(
    candidates: Vec<Candidate<'_>>,
    message: &Message<'_>,
    answers: &Answers,
    keys: Option<&Keys>,
) -> Vec<Dkim> {
    if candidates.is_empty() {
        return Vec::new();
    }
    let sound = candidates.iter().filter_map(|it| it.signature.as_ref().ok());
    let wanted: Vec<_> = sound.map(|it| Wanted { form: it.body, length: it.length }).collect();
    let mut bodies = body::hash(message.body(), &wanted).into_iter();
    let fields = Fields::of(message);
    let mut judged = Vec::with_capacity(candidates.len());
    for Candidate { field, mut verdict, signature } in candidates {
        let outcome = match &signature {
            Err(fault) => Err(fault.clone()),
            Ok(signature) => {
                let hashed = bodies.next();
                let found = verdict.key_name.as_deref().and_then(|name| answers.get(name));
                hashed.zip(found).map_or(Err(Fault::Body), |(hashed, found)| {
                    judge(signature, &field, &fields, &hashed, found, keys, &mut verdict)
                })
            }
        };
        judged.push(match outcome {
            Ok(()) => verdict,
            Err(fault) => verdict.with(&fault),
        });
    }
    judged
}

/// Each name once, all at the same time.
pub(crate) async fn ask<'n>(names: impl Iterator<Item = &'n str>, resolver: &dyn Resolver) -> Answers {
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    Answers(future::join_all(distinct.into_iter().map(async |name| (name.to_owned(), resolver.txt(name).await))).await)
}

/// The body first, because that costs nothing any more; then the header, with the key.
fn judge(
    signature: &Signature<'_>,
    field: &Field<'_>,
    fields: &Fields<'_>,
    hashed: &Hashed,
    found: &Found,
    keys: Option<&Keys>,
    verdict: &mut Dkim,
) -> Result<(), Fault> {
    let records = records(found, verdict.key_name.as_deref().unwrap_or_default())?;
    // Faults of the key come before those of the body, which would not matter without a key.
    let mut header = None;
    let mut digest = || {
        if let Some(signed) = signature.length.filter(|signed| *signed > hashed.whole) {
            return Err(Fault::BodyShort { whole: hashed.whole, signed });
        }
        if hashed.digest.as_ref() != signature.body_hash {
            return Err(Fault::Body);
        }
        Ok(*header.get_or_insert_with(|| header_digest(signature, field, fields)))
    };
    try_keys(&signature.maker, records, keys, &mut digest, verdict)?;
    if let Some(signed) = signature.length.filter(|signed| *signed < hashed.whole) {
        verdict.reason.push_str(&format!("; only the first {signed} of {} bytes of the body are signed", hashed.whole));
    }
    Ok(())
}

/// The records at a key's name, or why there is no key.
pub(crate) fn records<'f>(found: &'f Found, name: &str) -> Result<&'f [Box<[u8]>], Fault> {
    match found {
        Ok(records) => Ok(records),
        Err(Absent::Trouble(why)) => Err(Fault::Trouble { name: name.to_owned(), why: why.to_string() }),
        Err(why @ (Absent::NoSuchName | Absent::NoData)) => Err(Fault::NoKey { name: name.to_owned(), why: why.to_string() }),
    }
}

/// Tries each record until one verifies. Of several that do not, the fault of one that is a key counts.
pub(crate) fn try_keys(
    maker: &Maker,
    records: &[Box<[u8]>],
    keys: Option<&Keys>,
    digest: &mut dyn FnMut() -> Result<Digest, Fault>,
    verdict: &mut Dkim,
) -> Result<(), Fault> {
    let name = verdict.key_name.clone().unwrap_or_default();
    let mut worst: Option<Fault> = None;
    for text in records.iter().take(MOST_RECORDS) {
        let read = Keys::read(keys, text);
        let key_fault = |problem: KeyFault| Fault::Key { name: name.clone(), problem };
        let fault = match read.and_then(|record| record.serves(maker).map(|()| record)) {
            Err(problem) => {
                if let KeyFault::Small(bits) | KeyFault::Large(bits) = problem {
                    verdict.key_bits = Some(bits);
                }
                key_fault(problem)
            }
            Ok(record) => {
                verdict.key_bits = Some(record.key.bits);
                (verdict.testing, verdict.strict) = (record.testing, record.strict);
                if record.key.verifies(&digest()?, &maker.signature) {
                    verdict.result = DkimResult::Pass;
                    verdict.reason = format!("it verifies with the {}-bit {} key at {name}", record.key.bits, record.key.kind());
                    return Ok(());
                }
                Fault::Signature { name: name.clone() }
            }
        };
        let is_key = !matches!(fault, Fault::Key { problem: KeyFault::Syntax(_) | KeyFault::Version(_) | KeyFault::Missing, .. });
        let is_decided = matches!(worst, Some(Fault::Signature { .. }));
        if worst.is_none() || is_key && !is_decided {
            worst = Some(fault);
        }
    }
    let why = "the name has no record of this kind".to_owned();
    Err(worst.unwrap_or(Fault::NoKey { name, why }))
}

/// SHA-256 of the chosen fields and of the signature's own, without itself (section 3.7).
fn header_digest(signature: &Signature<'_>, field: &Field<'_>, fields: &Fields<'_>) -> Digest {
    let mut text = Vec::with_capacity(2048);
    fields.choose(&signature.signed, Some(field), |chosen| signature.header.field(chosen, &mut text));
    signature.header.signature(field, &signature.maker.hole, &mut text);
    digest::digest(&SHA256, &text)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};

    use super::{Dkim, DkimResult, verify};
    use crate::{
        dkim::{
            Canonicalization, SigningKey,
            write::{Unsigned, base64},
        },
        dns::Zone,
        message::Message,
    };

    const RSA: &str = include_str!("../../tests/keys/only-for-tests-rsa2048.pem");
    const FROM: &str = "From: ann@example.com\r\n";

    /// The verdict on a message signed up to a length of its body, which our signer never does; `also` are further names in `h=`.
    async fn signed_up_to(length: usize, signed: &str, body: &str, also: &str) -> Dkim {
        let key = SigningKey::from_pem(RSA).unwrap();
        let zone = Zone::parse(&key.zone_line("s", "example.com").unwrap()).unwrap();
        let field = Unsigned::new(
            "DKIM-Signature",
            &[
                ("v", "1".to_owned()),
                ("a", "rsa-sha256".to_owned()),
                ("b", String::new()),
                ("bh", base64(digest(&SHA256, signed.as_bytes()).as_ref())),
                ("d", "example.com".to_owned()),
                ("h", format!("From{also}")),
                ("l", length.to_string()),
                ("s", "s".to_owned()),
            ],
        );
        let mut text = FROM.as_bytes().to_vec();
        field.canonical(Canonicalization::Simple, &mut text);
        let field = field.signed(&key.sign(&digest(&SHA256, &text)).unwrap());
        let text = format!("{field}{FROM}\r\n{body}");
        verify(&Message::new(text.as_bytes()), &zone, 0).await.remove(0)
    }

    #[tokio::test]
    async fn what_follows_the_signed_length_may_be_anything_and_is_told() {
        let verdict = signed_up_to(5, "one\r\n", "one\r\ntwo\r\n", "").await;
        assert_eq!(verdict.result, DkimResult::Pass);
        assert_eq!(verdict.body_length, Some(5));
        assert_eq!(
            verdict.reason,
            "it verifies with the 2048-bit RSA key at s._domainkey.example.com; only the first 5 of 10 bytes of the body are signed"
        );
    }

    #[tokio::test]
    async fn a_length_that_is_all_of_the_body_is_not_worth_a_word() {
        let verdict = signed_up_to(5, "one\r\n", "one\r\n\r\n", "").await;
        assert_eq!(verdict.reason, "it verifies with the 2048-bit RSA key at s._domainkey.example.com");
    }

    #[tokio::test]
    async fn nothing_may_be_signed_of_a_body() {
        let verdict = signed_up_to(0, "", "anything\r\n", "").await;
        assert_eq!(verdict.result, DkimResult::Pass);
    }

    #[tokio::test]
    async fn more_than_there_is_cannot_have_been_signed() {
        let verdict = signed_up_to(6, "one\r\n", "one\r\n", "").await;
        assert_eq!(
            (verdict.result, verdict.reason.as_str()),
            (DkimResult::Fail, "the body has 5 bytes, fewer than the 6 that were signed")
        );
    }

    #[tokio::test]
    async fn a_signature_in_its_own_list_means_others_only() {
        let verdict = signed_up_to(5, "one\r\n", "one\r\n", ":DKIM-Signature:dkim-signature").await;
        assert_eq!(verdict.result, DkimResult::Pass);
    }
}
