//! Another resolver's answers, kept as they are given and written as a zone file, so that what was found can be found again without a
//! network.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{Answer, Kind, Resolver, zone};

/// How many questions are kept. An answer has at most 64 KB (RFC 1035 section 4.2.2) and mostly a hundred bytes, so that a recording stays
/// in the tens of megabytes.
const MAX_QUESTIONS: usize = 100_000;

/// A resolver that keeps what is asked and answered.
pub struct Recorder {
    inner: Arc<dyn Resolver>,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    answers: BTreeMap<(Box<str>, Kind), Answer>,
    passed_over: u64,
}

impl Recorder {
    /// Records what this resolver says.
    #[must_use]
    pub fn new(inner: Arc<dyn Resolver>) -> Self {
        Self { inner, heard: Mutex::default() }
    }

    /// The questions so far and their first answers, as a zone file in the order of the names. Asked again of [`super::Zone`], each
    /// has the same answer, and a question that was not recorded has [`super::Absent::Trouble`]: nobody knows its answer.
    #[must_use]
    pub fn zone_text(&self) -> String {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from(
            "; Questions to the DNS and what they came to.\n$UNKNOWN \"the recording holds no answer to this question\"\n",
        );
        if heard.passed_over > 0 {
            text.push_str(&format!(
                "; {} more questions were not kept: a recording ends at {MAX_QUESTIONS}.\n",
                heard.passed_over
            ));
        }
        for ((name, kind), answer) in &heard.answers {
            // Writing to a text cannot fail.
            let _ = zone::write_answer(&mut text, name, *kind, answer);
        }
        text
    }

    fn keep(&self, name: &str, kind: Kind, answer: &Answer) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let question = (Box::from(name), kind);
        if heard.answers.contains_key(&question) {
            return;
        }
        if heard.answers.len() < MAX_QUESTIONS {
            heard.answers.insert(question, answer.clone());
        } else {
            heard.passed_over += 1;
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[async_trait]
impl Resolver for Recorder {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        let answer = self.inner.lookup(name, kind).await;
        self.keep(name, kind, &answer);
        answer
    }

    fn peek(&self, name: &str, kind: Kind) -> Option<Answer> {
        let answer = self.inner.peek(name, kind)?;
        self.keep(name, kind, &answer);
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{
        super::{Absent, Kind, Zone},
        Recorder, Resolver,
    };

    const ZONE: &str = r#"
$TTL 300
contoso.com.        IN TXT "v=spf1 include:_spf.contoso.com -all"
contoso.com.        IN TXT "say \"hi\" \\ \007"
contoso.com.        IN MX  10 mx.contoso.com.
mx.contoso.com.     IN A   192.0.2.1
mx.contoso.com.     IN AAAA 2001:db8::1
www.contoso.com.    IN CNAME mx.contoso.com.
none.contoso.com.   IN MX  0 .
1.2.0.192.in-addr.arpa. IN PTR mx.contoso.com.
gone.contoso.com.   IN CNAME nobody.example.
contoso.com.        IN NS  ns1.contoso.com.
contoso.com.        IN SOA ns1.contoso.com. root.contoso.com. 4294967295 1h 1m 1w 30
_25._tcp.mx.contoso.com. IN TLSA 3 1 1 00ff
branch.contoso.com. IN DS  60485 13 2 d4b7d520
$SECURE branch.contoso.com
$SECURE www.contoso.com CNAME
$TROUBLE slow.contoso.com TXT no answer within 5 s
"#;

    #[test]
    fn a_recording_gives_the_same_answers_again() {
        let asked = [
            ("contoso.com", Kind::Txt),
            ("contoso.com", Kind::Mx),
            ("contoso.com", Kind::A),
            ("www.contoso.com", Kind::A),
            ("www.contoso.com", Kind::Cname),
            ("gone.contoso.com", Kind::Cname),
            ("gone.contoso.com", Kind::A),
            ("mx.contoso.com", Kind::Cname),
            ("contoso.com", Kind::Ns),
            ("contoso.com", Kind::Soa),
            ("_25._tcp.mx.contoso.com", Kind::Tlsa),
            ("branch.contoso.com", Kind::Ds),
            ("mx.contoso.com", Kind::Aaaa),
            ("none.contoso.com", Kind::Mx),
            ("1.2.0.192.in-addr.arpa", Kind::Ptr),
            ("slow.contoso.com", Kind::Txt),
            ("nobody.example", Kind::Txt),
            ("odd name;(.contoso.com", Kind::A),
        ];
        let recorder = Recorder::new(Arc::new(Zone::parse(ZONE).unwrap()));
        let first: Vec<_> = asked.iter().map(|(name, kind)| recorder.peek(name, *kind).unwrap()).collect();
        let text = recorder.zone_text();
        let again = Zone::parse(&text).unwrap();
        for ((name, kind), answer) in asked.iter().zip(first) {
            let read = again.answer(name, *kind);
            assert_eq!((read.outcome, read.secure), (answer.outcome, answer.secure), "{name} {kind} in\n{text}");
        }
    }

    #[test]
    fn what_was_not_asked_is_not_known() {
        let recorder = Recorder::new(Arc::new(Zone::parse(ZONE).unwrap()));
        recorder.peek("mx.contoso.com", Kind::A).unwrap();
        let again = Zone::parse(&recorder.zone_text()).unwrap();
        assert!(matches!(again.answer("mx.contoso.com", Kind::Aaaa).outcome, Err(Absent::Trouble(_))));
        assert!(matches!(again.answer("other.example", Kind::A).outcome, Err(Absent::Trouble(_))));
    }
}
