//! Messages signed (RFC 6376 section 5).

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    body::{self, Wanted},
    canonical::Canonicalization,
    private_key::{SigningKey, SigningKeyError},
    select::Fields,
    signature::{MOST_SIGNED, domain_text},
    write::{Unsigned, base64},
};
use crate::message::Message;

/// The fields that are signed unless others are named: what a reader sees and what decides how it is shown (section 5.4.1).
const USUAL: &[&str] = &[
    "From",
    "Sender",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "To",
    "Cc",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Why a message is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The domain, or the domain of the identity, cannot be asked for in the DNS.
    #[error("\"{0}\" is no domain name")]
    Domain(String),
    /// The selector cannot be part of a domain name.
    #[error("\"{0}\" is no selector")]
    Selector(String),
    /// The identity is not an address in the domain or below it.
    #[error("the identity {0} is not within the signing domain")]
    Identity(String),
    /// No name of a field can have these characters.
    #[error("\"{0}\" is no name of a header field")]
    Field(String),
    /// From must be signed (section 5.4), and the message has none.
    #[error("the message has no From field")]
    NoFrom,
    /// The message has more fields of these names than a verifier reads.
    #[error("more than {MOST_SIGNED} header fields would be signed")]
    TooMany,
    /// The key does not serve.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
}

/// Who signs, with which key, and what. The body is always signed whole: `l=` lets others add to it.
#[derive(Debug)]
pub struct Signer {
    key: SigningKey,
    domain: String,
    selector: String,
    identity: Option<String>,
    names: Vec<String>,
    oversigned: Vec<String>,
    header: Canonicalization,
    body: Canonicalization,
    lifetime: Option<u64>,
}

impl Signer {
    /// A signer with the usual choices: the fields a reader sees, From oversigned so that nobody can add a second one, both forms relaxed,
    /// no end.
    ///
    /// # Errors
    ///
    /// [`SignError::Domain`] and [`SignError::Selector`].
    pub fn new(key: SigningKey, domain: &str, selector: &str) -> Result<Self, SignError> {
        let domain = domain_text(domain.as_bytes()).ok_or_else(|| SignError::Domain(domain.to_owned()))?;
        let selector = domain_text(selector.as_bytes()).ok_or_else(|| SignError::Selector(selector.to_owned()))?;
        Ok(Self {
            key,
            domain,
            selector,
            identity: None,
            names: USUAL.iter().map(|name| (*name).to_owned()).collect(),
            oversigned: vec!["From".to_owned()],
            header: Canonicalization::Relaxed,
            body: Canonicalization::Relaxed,
            lifetime: None,
        })
    }

    /// On whose behalf: an address in the domain or below it, or only `@` and the domain.
    ///
    /// # Errors
    ///
    /// [`SignError::Identity`].
    pub fn identity(mut self, identity: &str) -> Result<Self, SignError> {
        let wrong = || SignError::Identity(identity.to_owned());
        let (local, domain) = identity.rsplit_once('@').ok_or_else(wrong)?;
        let domain = domain_text(domain.as_bytes()).ok_or_else(wrong)?;
        let plain = local.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b'='));
        if !plain || !super::signature::is_within(&domain, &self.domain) {
            return Err(wrong());
        }
        self.identity = Some(identity.to_owned());
        Ok(self)
    }

    /// The fields to sign, each as often as the message has it. From is signed whether it is named or not.
    ///
    /// # Errors
    ///
    /// [`SignError::Field`].
    pub fn fields(mut self, names: &[&str]) -> Result<Self, SignError> {
        self.names = checked(names)?;
        if !self.names.iter().any(|name| name.eq_ignore_ascii_case("From")) {
            self.names.insert(0, "From".to_owned());
        }
        Ok(self)
    }

    /// The fields of which nobody may add one more (section 8.15).
    ///
    /// # Errors
    ///
    /// [`SignError::Field`].
    pub fn oversigned(mut self, names: &[&str]) -> Result<Self, SignError> {
        self.oversigned = checked(names)?;
        Ok(self)
    }

    /// How much relays may change in the header and in the body.
    #[must_use]
    pub fn canonicalization(mut self, header: Canonicalization, body: Canonicalization) -> Self {
        (self.header, self.body) = (header, body);
        self
    }

    /// Signatures end so many seconds after they are made, at least one: `x=` has to come after `t=`.
    #[must_use]
    pub fn lifetime(mut self, seconds: u64) -> Self {
        self.lifetime = Some(seconds.max(1));
        self
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Who signs (`d=`), in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// With which of its keys (`s=`), in lower case.
    #[must_use]
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// Where its public half is to be published.
    #[must_use]
    pub fn key_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The field to put on top of the message, with its line end. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// [`SignError::NoFrom`], [`SignError::TooMany`] and [`SignError::Key`].
    pub fn sign(&self, message: &Message<'_>, now: i64) -> Result<String, SignError> {
        if message.first("From").is_none() {
            return Err(SignError::NoFrom);
        }
        let names = self.names_in(message)?;
        let hashed = body::hash(message.body(), &[Wanted { form: self.body, length: None }]);
        let tags = [
            ("v", "1".to_owned()),
            ("a", self.key.algorithm().as_str().to_owned()),
            ("c", format!("{}/{}", self.header.as_str(), self.body.as_str())),
            ("d", self.domain.clone()),
            ("s", self.selector.clone()),
            ("i", self.identity.clone().unwrap_or_default()),
            ("t", now.to_string()),
            ("x", self.lifetime.map(|seconds| now.saturating_add_unsigned(seconds).to_string()).unwrap_or_default()),
            ("h", names.join(":")),
            ("bh", hashed.first().map(|hashed| base64(hashed.digest.as_ref())).unwrap_or_default()),
            ("b", String::new()),
        ];
        let unsigned = Unsigned::new("DKIM-Signature", &tags);
        let mut text = Vec::new();
        let names: Vec<_> = names.iter().map(|name| name.as_bytes()).collect();
        Fields::of(message).choose(&names, None, |field| self.header.field(field, &mut text));
        unsigned.canonical(self.header, &mut text);
        Ok(unsigned.signed(&self.key.sign(&digest(&SHA256, &text))?))
    }

    /// Each name as often as the message has it, and once more if it is oversigned.
    fn names_in(&self, message: &Message<'_>) -> Result<Vec<&str>, SignError> {
        let only_oversigned = |name: &&String| !self.names.iter().any(|other| other.eq_ignore_ascii_case(name));
        let mut names = Vec::new();
        for name in self.names.iter().chain(self.oversigned.iter().filter(only_oversigned)) {
            let once_more = self.oversigned.iter().any(|other| other.eq_ignore_ascii_case(name));
            let count = message.all(name).count() + usize::from(once_more);
            if names.len() + count > MOST_SIGNED {
                return Err(SignError::TooMany);
            }
            names.extend(std::iter::repeat_n(name.as_str(), count));
        }
        Ok(names)
    }
}

pub(crate) fn checked(names: &[&str]) -> Result<Vec<String>, SignError> {
    let good = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b':' | b';'));
    match names.iter().find(|name| !good(name)) {
        Some(name) => Err(SignError::Field((*name).to_owned())),
        None => Ok(names.iter().map(|name| (*name).to_owned()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::{SignError, Signer, SigningKey};
    use crate::message::Message;

    const ED25519: &str = include_str!("../../tests/keys/only-for-tests-ed25519.pem");

    fn signer() -> Signer {
        Signer::new(SigningKey::from_pem(ED25519).unwrap(), "Example.COM", "s1").unwrap()
    }

    #[test]
    fn each_field_is_named_as_often_as_it_is_there_and_from_once_more() {
        let message = Message::new(b"From: a@example.com\r\nList-Id: <a.example>\r\nList-Id: <b.example>\r\n\r\n");
        let field = signer().sign(&message, 1_782_864_000).unwrap();
        assert!(field.contains("d=example.com; s=s1;\r\n\tt=1782864000; h=From:From:List-Id:List-Id;"), "{field}");
    }

    #[test]
    fn who_signs_and_what_can_be_said() {
        let signer = signer()
            .identity("ann@news.example.com")
            .unwrap()
            .lifetime(60)
            .fields(&["Subject"])
            .unwrap()
            .oversigned(&[])
            .unwrap();
        let field = signer.sign(&Message::new(b"From: a@example.com\r\nSubject: b\r\n\r\n"), 1_782_864_000).unwrap();
        assert!(field.contains("i=ann@news.example.com; t=1782864000; x=1782864060; h=From:Subject;"), "{field}");
        assert_eq!(signer.key_name(), "s1._domainkey.example.com");
    }

    #[test]
    fn what_cannot_be_signed_is_refused() {
        let key = || SigningKey::from_pem(ED25519).unwrap();
        assert_eq!(Signer::new(key(), "example..com", "s").err(), Some(SignError::Domain("example..com".into())));
        assert_eq!(Signer::new(key(), "example.com", "").err(), Some(SignError::Selector(String::new())));
        for identity in ["ann", "ann@example.net", "a;b@example.com"] {
            assert_eq!(signer().identity(identity).err(), Some(SignError::Identity(identity.into())));
        }
        assert_eq!(signer().fields(&["Sub:ject"]).err(), Some(SignError::Field("Sub:ject".into())));
        assert_eq!(signer().sign(&Message::new(b"Subject: x\r\n\r\n"), 0), Err(SignError::NoFrom));
        let many = "From: a@example.com\r\n".repeat(400) + "\r\n";
        assert_eq!(signer().sign(&Message::new(many.as_bytes()), 0), Err(SignError::TooMany));
    }
}
