//! What the servers of a zone answer: the only proof that a key is published.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use zones::{Authorities, RecordKind, Said, Says, Value};

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

impl From<Said> for Seen {
    /// A name that does not exist has no texts, as one without texts; a server that has not got the zone cannot say.
    fn from(said: Said) -> Self {
        let keep = said.says.ttl().unwrap_or_default();
        let texts = match said.says {
            Says::Records { values, .. } => Ok(values.into_iter().filter_map(text).collect()),
            Says::Absent { .. } => Ok(Vec::new()),
            Says::Lame(words) | Says::Trouble(words) => Err(words.into()),
        };
        Self { server: said.server.to_string(), texts, keep }
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Txt(text) => Some(text),
        Value::Cname(_) | Value::Mx(..) => None,
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

#[async_trait]
impl Servers for Authorities {
    async fn texts(&self, name: &str) -> Result<Vec<Seen>, String> {
        let survey = self.survey(name, RecordKind::Txt).await.map_err(|error| error.to_string())?;
        Ok(survey.said.into_iter().map(Seen::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use zones::{Said, Says, Server, Value};

    use super::Seen;

    #[test]
    fn absence_is_an_answer_and_trouble_is_none() {
        let seen = |says| {
            let server = Server { name: Some("ns1.example.com".to_owned()), address: Err("unknown".to_owned()) };
            Seen::from(Said { server, asked: "s1._domainkey.example.com".to_owned(), says })
        };
        let records = seen(Says::Records { values: vec![Value::Txt("p=a".to_owned())], ttl: 60 });
        assert_eq!((records.server.as_str(), records.texts, records.keep), ("ns1.example.com", Ok(vec!["p=a".to_owned()]), 60));
        let absent = seen(Says::Absent { exists: false, ttl: 900 });
        assert_eq!((absent.texts, absent.keep), (Ok(vec![]), 900));
        assert_eq!(seen(Says::Lame("it does not have the zone".to_owned())).texts, Err("it does not have the zone".into()));
    }
}
