//! Proof that a key signs what its published record verifies: a message is signed with the one and verified with the other.

use mailauth::{
    Message,
    dkim::{self, DkimResult, Signer, SigningKey},
    dns::Zone,
};
use zones::Value;

use crate::{micros::SECOND, record::key_name, servers::Seen, signer::Entry};

/// Verifies a message signed with the key against what each server answers.
///
/// # Errors
///
/// The first server with which it does not verify, and why.
pub(crate) async fn prove(key: SigningKey, entry: &Entry, answers: &[Seen], now: i64) -> Result<(), String> {
    let seconds = now.div_euclid(SECOND);
    let signer = Signer::new(key, &entry.domain, &entry.selector).map_err(|error| error.to_string())?;
    let domain = &entry.domain;
    let text = format!("From: proof@{domain}\r\nTo: proof@{domain}\r\nSubject: Proof of a key\r\n\r\nSigned to be verified.\r\n");
    let field = signer.sign(&Message::new(text.as_bytes()), seconds).map_err(|error| error.to_string())?;
    let signed = field + &text;
    let message = Message::new(signed.as_bytes());
    for seen in answers {
        let zone = zone(&key_name(&entry.selector, domain), seen)?;
        let verdicts = dkim::verify(&message, &zone, seconds).await;
        match verdicts.first() {
            Some(verdict) if verdict.result == DkimResult::Pass => {}
            Some(verdict) => return Err(format!("{}: {}", seen.server, verdict.reason)),
            None => return Err(format!("{}: there is no verdict", seen.server)),
        }
    }
    Ok(())
}

/// What a server answers, as a zone.
fn zone(name: &str, seen: &Seen) -> Result<Zone, String> {
    let texts = seen.texts.as_ref().map_err(|trouble| format!("{}: {trouble}", seen.server))?;
    let lines: String =
        texts.iter().map(|text| format!("{name}. 60 IN TXT {}\n", Value::Txt(text.clone()).presentation())).collect();
    Zone::parse(&lines).map_err(|error| format!("{}: {error}", seen.server))
}

#[cfg(test)]
mod tests {
    use mailauth::dkim::{KeyKind, SigningKey};

    use super::{Entry, Seen, prove};

    #[tokio::test]
    async fn every_server_must_have_the_key() {
        let key = || SigningKey::of_kind(KeyKind::Ed25519).unwrap();
        let entry = Entry { domain: "example.com".into(), selector: "s1".into(), file: "/k".into() };
        let seen = |server: &str, texts: Vec<String>| Seen { server: server.into(), texts: Ok(texts), keep: 60 };
        let ours = key();
        let record = ours.record().unwrap();
        let copy = SigningKey::from_pem(&ours.to_pem().unwrap()).unwrap();
        prove(copy, &entry, &[seen("ns1", vec![record.clone()])], 0).await.unwrap();
        let other = key().record().unwrap();
        let answers = [seen("ns1", vec![record.clone()]), seen("ns2", vec![other])];
        let error = prove(ours, &entry, &answers, 0).await.unwrap_err();
        assert!(error.starts_with("ns2: "), "{error}");
        let failing = [Seen { server: "ns3".into(), texts: Err("SERVFAIL".into()), keep: 0 }];
        assert_eq!(prove(key(), &entry, &failing, 0).await, Err("ns3: SERVFAIL".into()));
    }
}
