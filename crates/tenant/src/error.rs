//! What can go wrong with a tenant, and what to do about it.

use std::time::Duration;

use crate::tokens::SignIn;

/// Why something was not read, or not done. The text says what to do; no secret is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Something configured cannot be right.
    #[error("{name}: {why}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Microsoft Entra gave no token.
    #[error("{0}")]
    SignIn(Box<SignIn>),
    /// The application may not do this.
    #[error("{what}: the application may not ({reason}); {advice}")]
    Forbidden {
        /// What was asked for.
        what: String,
        /// What the service said.
        reason: String,
        /// Which permission to give it.
        advice: String,
    },
    /// The object is not there.
    #[error("{what}: there is no such object ({reason})")]
    NotFound {
        /// What was asked for.
        what: String,
        /// What the service said.
        reason: String,
    },
    /// The object is there already.
    #[error("{what}: it exists already ({reason})")]
    AlreadyExists {
        /// What was asked for.
        what: String,
        /// What the service said.
        reason: String,
    },
    /// Exchange Online signs only with keys that the world can find: it looked for the two CNAME records, and they are not there.
    #[error(
        "{what}: Exchange Online does not find the CNAME records of the domain's keys; publish selector1._domainkey as a CNAME of {}, \
         selector2._domainkey as one of {}, wait until the DNS servers answer with them, and try again (it may take the service some minutes \
         more to see them)",
        .selector1.as_deref().unwrap_or("what Get-DkimSigningConfig says in Selector1CNAME"),
        .selector2.as_deref().unwrap_or("what Get-DkimSigningConfig says in Selector2CNAME")
    )]
    CnameMissing {
        /// What was asked for.
        what: String,
        /// Where `selector1._domainkey` of the domain must point, if the service said so.
        selector1: Option<String>,
        /// Where `selector2._domainkey` of the domain must point, if the service said so.
        selector2: Option<String>,
    },
    /// A rotation of keys has begun and has not taken effect, so that no other can begin.
    #[error(
        "{what}: a rotation is under way already ({reason}); it takes effect 96 hours after it began, then another can begin"
    )]
    RotationUnderWay {
        /// What was asked for.
        what: String,
        /// What the service said.
        reason: String,
    },
    /// The service understood and declined. Nothing was changed.
    #[error("{what}: {reason}")]
    Refused {
        /// What was asked for.
        what: String,
        /// What the service said.
        reason: String,
    },
    /// The service asked us to come back later, more often than we may wait. Nothing was changed.
    #[error("{what}: the service has no room for more requests now; try again {}", .wait.map_or_else(|| "later".to_owned(), |wait| format!("in {} s", wait.as_secs())))]
    Throttled {
        /// What was asked for.
        what: String,
        /// How long it asked us to wait.
        wait: Option<Duration>,
    },
    /// The service could not be reached, or did not work. Nothing was changed.
    #[error("{what}: the service cannot be reached or does not work now ({why}); try again later")]
    Unavailable {
        /// What was asked for.
        what: String,
        /// What was seen.
        why: String,
    },
    /// A change was asked for, and no answer came: it may have been made or not.
    #[error("{what}: it is not known whether it was done ({why}); look at the tenant before doing it again")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What was seen.
        why: String,
    },
    /// The answer has more than is read.
    #[error("{what}: the answer is larger than {limit}; ask for less at once")]
    TooLarge {
        /// What was asked for.
        what: String,
        /// The limit that it passes.
        limit: String,
    },
    /// The answer is not what the interface is documented to answer.
    #[error("{what}: the answer cannot be understood: {why}")]
    Protocol {
        /// What was asked for.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The Management Activity API answered with a code of its own.
    #[error("{what}: {code}: {meaning} ({message}); {advice}")]
    Feed {
        /// What was asked for.
        what: String,
        /// The code, such as `AF20022`.
        code: String,
        /// What the code means.
        meaning: String,
        /// What the service said.
        message: String,
        /// What to do.
        advice: String,
    },
}

impl Error {
    /// Whether the same may work later, without anybody changing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Unavailable { .. } | Self::Unknown { .. } | Self::RotationUnderWay { .. } => true,
            Self::SignIn(sign_in) => sign_in.passing,
            Self::Setting { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::CnameMissing { .. }
            | Self::Refused { .. }
            | Self::TooLarge { .. }
            | Self::Protocol { .. }
            | Self::Feed { .. } => false,
        }
    }

    /// Whether a change that was asked for may have been made all the same.
    #[must_use]
    pub const fn may_be_done(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }
}

/// Most characters of what a service says that are repeated: it may send a page.
const MOST_WORDS: usize = 1000;

/// What a service said, fit to stand in a line: without control characters, and no longer than a paragraph.
pub(crate) fn words(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > MOST_WORDS {
            return line.chars().take(MOST_WORDS).chain(" ...".chars()).collect();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_says_becomes_a_line() {
        assert_eq!(words(" a\r\n\tb\u{1b}[0m "), "a b [0m");
        assert_eq!(words(&"x".repeat(5000)).len(), MOST_WORDS + 4);
    }

    #[test]
    fn a_missing_record_is_spelled_out() {
        let error = Error::CnameMissing {
            what: "Set-DkimSigningConfig".to_owned(),
            selector1: Some("selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft".to_owned()),
            selector2: None,
        };
        let text = error.to_string();
        assert!(text.contains("as a CNAME of selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft,"), "{text}");
        assert!(text.contains("what Get-DkimSigningConfig says in Selector2CNAME"), "{text}");
    }

    #[test]
    fn only_a_change_without_an_answer_may_be_done() {
        let unknown = Error::Unknown { what: "x".to_owned(), why: "y".to_owned() };
        let throttled = Error::Throttled { what: "x".to_owned(), wait: Some(Duration::from_secs(90)) };
        assert!(unknown.may_be_done() && unknown.is_passing());
        assert!(!throttled.may_be_done() && throttled.is_passing());
        assert!(throttled.to_string().ends_with("try again in 90 s"));
    }
}
