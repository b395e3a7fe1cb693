//! What all servers said, and whether that is what is expected.

use std::{fmt, net::SocketAddr};

use crate::change::{RecordKind, Value, same};

/// A server at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// As NS records name it; `None` for one that is configured.
    pub name: Option<String>,
    /// Where it is asked, or in words why nobody knows.
    pub address: Result<SocketAddr, String>,
}

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// These records, at least one, in order.
    Records {
        /// What they hold.
        values: Vec<Value>,
        /// How long they may be remembered, in seconds.
        ttl: u32,
    },
    /// There is no such record.
    Absent {
        /// Whether the name exists, with records of other kinds or with names below it.
        exists: bool,
        /// How long that may be remembered, in seconds (RFC 2308 section 5).
        ttl: u32,
    },
    /// The server is named for the zone and does not have it (RFC 9499 section 7); in words.
    Lame(String),
    /// It could not be asked, or what it said makes no sense; in words.
    Trouble(String),
}

/// What one server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The server.
    pub server: Server,
    /// The name it was asked for: the target, where the name is an alias.
    pub asked: String,
    /// Its answer.
    pub says: Says,
}

/// What all servers said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The name.
    pub name: String,
    /// Of which kind.
    pub kind: RecordKind,
    /// Names on the way and what they are aliases of.
    pub aliases: Vec<(String, String)>,
    /// The answers, a server's for each of its addresses.
    pub said: Vec<Said>,
}

/// What servers should say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// These records and no others of the kind; none is that there are none.
    Exactly(Vec<Value>),
    /// This record, and whatever else.
    Contains(Value),
    /// Anything but this record.
    Lacks(Value),
}

/// Who says what is expected, and who does not, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// How many answers are as expected.
    pub agreeing: usize,
    /// The longest time that an answer which is as expected may be remembered, in seconds.
    pub ttl: u32,
    /// All others, trouble among them: who cannot be asked has not agreed.
    pub others: Vec<Said>,
}

impl Agreement {
    /// Whether every server says what is expected, of which there is one at least.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.agreeing > 0 && self.others.is_empty()
    }
}

impl Expect {
    /// Whether an answer is as expected.
    #[must_use]
    pub fn holds(&self, says: &Says) -> bool {
        let values = match says {
            Says::Records { values, .. } => values.as_slice(),
            Says::Absent { .. } => &[],
            Says::Lame(_) | Says::Trouble(_) => return false,
        };
        let has = |value: &Value| values.iter().any(|there| there.same(value));
        match self {
            Self::Exactly(wanted) => same(values, wanted),
            Self::Contains(value) => has(value),
            Self::Lacks(value) => !has(value),
        }
    }
}

impl Survey {
    /// Who says what is expected.
    #[must_use]
    pub fn agreement(&self, expect: &Expect) -> Agreement {
        let (agreeing, others): (Vec<&Said>, Vec<&Said>) = self.said.iter().partition(|said| expect.holds(&said.says));
        let ttl = agreeing.iter().filter_map(|said| said.says.ttl()).max().unwrap_or(0);
        Agreement { agreeing: agreeing.len(), ttl, others: others.into_iter().cloned().collect() }
    }

    /// Whether the name is met on the way to itself, were it an alias of the target.
    pub(super) fn leads_back(&self, name: &str, target: &str) -> bool {
        let mut on_the_way = vec![name];
        let mut at = 0;
        while let Some(here) = on_the_way.get(at).copied() {
            if here == target {
                return true;
            }
            for (alias, _) in self.aliases.iter().filter(|(_, of)| of == here) {
                if !on_the_way.contains(&alias.as_str()) {
                    on_the_way.push(alias);
                }
            }
            at += 1;
        }
        false
    }
}

impl Said {
    /// Nobody could be asked.
    pub(super) fn nobody(asked: &str, says: Says) -> Self {
        let address = Err(String::new());
        Self { server: Server { name: None, address }, asked: asked.to_owned(), says }
    }
}

impl Says {
    /// How long it may be remembered, in seconds.
    #[must_use]
    pub const fn ttl(&self) -> Option<u32> {
        match self {
            Self::Records { ttl, .. } | Self::Absent { ttl, .. } => Some(*ttl),
            Self::Lame(_) | Self::Trouble(_) => None,
        }
    }
}

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Records { values, .. } => {
                f.write_str(&values.iter().map(Value::presentation).collect::<Vec<_>>().join(" and "))
            }
            Self::Absent { exists: true, .. } => f.write_str("no such record"),
            Self::Absent { exists: false, .. } => f.write_str("no such name"),
            Self::Lame(reason) | Self::Trouble(reason) => f.write_str(reason),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.server, self.says)
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.agreeing.saturating_add(self.others.len());
        match all {
            0 => return f.write_str("no server has answered"),
            1 => f.write_str(if self.agreeing == 1 { "the server agrees" } else { "the server does not agree" })?,
            _ => write!(f, "{} of {all} servers agree", self.agreeing)?,
        }
        for (at, said) in self.others.iter().enumerate() {
            write!(f, "{}{said}", if at == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Expect, RecordKind, Said, Says, Survey, Value};

    fn text(text: &str) -> Value {
        Value::Txt(text.to_owned())
    }

    fn records(values: &[&str]) -> Says {
        Says::Records { values: values.iter().copied().map(text).collect(), ttl: 300 }
    }

    #[test]
    fn an_answer_is_as_expected_or_not() {
        let absent = Says::Absent { exists: true, ttl: 60 };
        let lame = Says::Lame("it refers to other servers".to_owned());
        let exactly = |values: &[&str]| Expect::Exactly(values.iter().copied().map(text).collect());
        for (expect, says, holds) in [
            (exactly(&["a", "b"]), &records(&["b", "a"]), true),
            (exactly(&["a"]), &records(&["a", "b"]), false),
            (exactly(&[]), &absent, true),
            (exactly(&[]), &records(&["a"]), false),
            (Expect::Contains(text("a")), &records(&["a", "b"]), true),
            (Expect::Contains(text("a")), &absent, false),
            (Expect::Lacks(text("a")), &absent, true),
            (Expect::Lacks(text("a")), &records(&["b"]), true),
            (Expect::Lacks(text("a")), &records(&["a"]), false),
            // Who cannot say has not said that it is gone.
            (exactly(&[]), &lame, false),
            (Expect::Lacks(text("a")), &lame, false),
        ] {
            assert_eq!(expect.holds(says), holds, "{expect:?} {says:?}");
        }
    }

    #[test]
    fn agreement_is_that_of_all_and_of_one_at_least() {
        let mut survey = Survey { name: "a.example".to_owned(), kind: RecordKind::Txt, aliases: Vec::new(), said: Vec::new() };
        let expect = Expect::Exactly(vec![text("a")]);
        assert!(!survey.agreement(&expect).is_whole());
        assert_eq!(survey.agreement(&expect).to_string(), "no server has answered");
        survey.said.push(Said::nobody("a.example", records(&["a"])));
        assert!(survey.agreement(&expect).is_whole());
        assert_eq!(survey.agreement(&expect).to_string(), "the server agrees");
        assert_eq!(survey.agreement(&expect).ttl, 300);
        survey.said.push(Said::nobody("a.example", Says::Absent { exists: false, ttl: 60 }));
        let agreement = survey.agreement(&expect);
        assert!(!agreement.is_whole());
        assert_eq!(agreement.to_string(), "1 of 2 servers agree: no server: no such name");
    }

    #[test]
    fn aliases_that_go_round_are_noticed() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let aliases = vec![pair("a", "b"), pair("b", "c")];
        let survey = Survey { name: "a".to_owned(), kind: RecordKind::Txt, aliases, said: Vec::new() };
        assert!(survey.leads_back("c", "a"));
        assert!(survey.leads_back("c", "c"));
        assert!(!survey.leads_back("c", "d"));
        assert!(!survey.leads_back("a", "c"));
    }
}
