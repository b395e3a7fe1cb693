//! What the servers of a zone answer: the only proof that a key is published.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use mailauth::dns::Absent;

/// What one server has at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The server, as words name it.
    pub server: String,
    /// The texts, none where the name or its texts do not exist; or why the server cannot say.
    pub texts: Result<Vec<String>, Arc<str>>,
    /// How many seconds others may remember this answer, also that there is none (RFC 2308).
    pub keep: u32,
}

impl Seen {
    /// What came of a question to one server. Bytes that are no text are replaced, which makes them nobody's key.
    #[must_use]
    pub fn of(server: String, outcome: Result<&[Box<[u8]>], &Absent>, keep: u32) -> Self {
        let texts = match outcome {
            Ok(found) => Ok(found.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()),
            Err(Absent::NoSuchName | Absent::NoData) => Ok(Vec::new()),
            Err(Absent::Trouble(words)) => Err(Arc::clone(words)),
        };
        Self { server, texts, keep }
    }
}

/// Who asks every authoritative server of a name.
#[async_trait]
pub trait Servers: Send + Sync + fmt::Debug {
    /// The texts at a name as each of its zone's servers has them, one at least. Never from a memory.
    ///
    /// # Errors
    ///
    /// Nobody knows which servers the zone has.
    async fn texts(&self, name: &str) -> Result<Vec<Seen>, String>;
}

#[cfg(test)]
mod tests {
    use mailauth::dns::Absent;

    use super::Seen;

    #[test]
    fn absence_is_an_answer_and_trouble_is_none() {
        let seen = |outcome| Seen::of("ns1".into(), outcome, 60).texts;
        let texts: [Box<[u8]>; 1] = [b"p=a".as_slice().into()];
        assert_eq!(seen(Ok(&texts)), Ok(vec!["p=a".to_owned()]));
        assert_eq!(seen(Err(&Absent::NoSuchName)), Ok(vec![]));
        assert_eq!(seen(Err(&Absent::Trouble("SERVFAIL".into()))), Err("SERVFAIL".into()));
    }
}
