//! Messages sealed (RFC 8617 section 5.1): what this host saw, signed by it, on top of what earlier hosts signed.

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    sets::{MOST_SETS, Sets},
    verdict::{Arc, ArcResult},
};
use crate::{
    dkim::{
        Canonicalization, SignError, SigningKey,
        body::{Wanted, hash},
        select::Fields,
        signature::{MOST_SIGNED, domain_text},
        write::{Unsigned, base64},
    },
    message::Message,
};

/// The fields that the message signature covers unless others are named: what DKIM signers sign, and their signatures.
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
    "DKIM-Signature",
];

/// Who seals, with which key.
#[derive(Debug)]
pub struct Sealer {
    key: SigningKey,
    domain: String,
    selector: String,
    names: Vec<String>,
}

/// The three fields of a set, each with its line end, in the order in which they are put on top of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFields {
    /// ARC-Seal.
    pub seal: String,
    /// ARC-Message-Signature.
    pub message_signature: String,
    /// ARC-Authentication-Results.
    pub results: String,
}

impl Sealer {
    /// A sealer that covers the fields a reader sees, with relaxed forms.
    ///
    /// # Errors
    ///
    /// [`SignError::Domain`] and [`SignError::Selector`].
    pub fn new(key: SigningKey, domain: &str, selector: &str) -> Result<Self, SignError> {
        let domain = domain_text(domain.as_bytes()).ok_or_else(|| SignError::Domain(domain.to_owned()))?;
        let selector = domain_text(selector.as_bytes()).ok_or_else(|| SignError::Selector(selector.to_owned()))?;
        Ok(Self { key, domain, selector, names: USUAL.iter().map(|name| (*name).to_owned()).collect() })
    }

    /// The fields that the message signature covers, each as often as the message has it. The fields of chains may not be among them, nor
    /// Authentication-Results, which later hosts may remove (section 4.1.2).
    ///
    /// # Errors
    ///
    /// [`SignError::Field`].
    pub fn fields(mut self, names: &[&str]) -> Result<Self, SignError> {
        self.names = crate::dkim::sign::checked(names)?;
        let kept_out = ["ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results", "Authentication-Results"];
        match self.names.iter().find(|name| kept_out.iter().any(|other| name.eq_ignore_ascii_case(other))) {
            Some(name) => Err(SignError::Field(name.clone())),
            None => Ok(self),
        }
    }

    /// The set to put on top of a message whose chain was found to be `chain`. `results` is what this host found, as its
    /// Authentication-Results field has it: its own name, then its verdicts. `None` where no set may be added: after an instance whose
    /// sealer found the chain broken already, after the fiftieth, and where the DNS left the state of the chain open.
    ///
    /// # Errors
    ///
    /// [`SignError::TooMany`] and [`SignError::Key`].
    pub fn seal(&self, message: &Message<'_>, results: &str, chain: &Arc, now: i64) -> Result<Option<SealedFields>, SignError> {
        let dead = chain.sets.last().is_some_and(|set| set.chain.as_deref() == Some("fail"));
        let sets = Sets::of(message);
        let (word, instance) = match chain.result {
            ArcResult::None => ("none", 1),
            ArcResult::Pass => ("pass", sets.newest() + 1),
            ArcResult::Fail => ("fail", sets.newest() + 1),
            ArcResult::Temperror => return Ok(None),
        };
        if dead || instance > MOST_SETS {
            return Ok(None);
        }
        let results = format!("ARC-Authentication-Results: i={instance}; {}\r\n", one_field(results));
        let message_signature = self.message_signature(message, instance, now)?;
        // A broken chain is sealed as if this set were the only one (section 5.1.2): nobody can say what the others are.
        let mut text = Vec::new();
        if chain.result == ArcResult::Pass {
            for (_, set) in sets.whole() {
                for field in [set.results, set.message_signature, set.seal] {
                    Canonicalization::Relaxed.field(field, &mut text);
                }
            }
        }
        let own = format!("{results}{message_signature}");
        for field in Message::new(own.as_bytes()).fields() {
            Canonicalization::Relaxed.field(&field, &mut text);
        }
        // The instance comes first, as everybody writes it: some readers look for it there.
        let unsigned = Unsigned::new(
            "ARC-Seal",
            &[
                ("i", instance.to_string()),
                ("a", self.key.algorithm().as_str().to_owned()),
                ("b", String::new()),
                ("cv", word.to_owned()),
                ("d", self.domain.clone()),
                ("s", self.selector.clone()),
                ("t", now.to_string()),
            ],
        );
        unsigned.canonical(Canonicalization::Relaxed, &mut text);
        let seal = unsigned.signed(&self.key.sign(&digest(&SHA256, &text))?);
        Ok(Some(SealedFields { seal, message_signature, results }))
    }

    fn message_signature(&self, message: &Message<'_>, instance: u32, now: i64) -> Result<String, SignError> {
        let mut names: Vec<&str> = Vec::new();
        for name in &self.names {
            let count = message.all(name).count();
            if names.len() + count > MOST_SIGNED {
                return Err(SignError::TooMany);
            }
            names.extend(std::iter::repeat_n(name.as_str(), count));
        }
        let form = Canonicalization::Relaxed;
        let hashed = hash(message.body(), &[Wanted { form, length: None }]);
        let unsigned = Unsigned::new(
            "ARC-Message-Signature",
            &[
                ("i", instance.to_string()),
                ("a", self.key.algorithm().as_str().to_owned()),
                ("b", String::new()),
                ("bh", hashed.first().map(|hashed| base64(hashed.digest.as_ref())).unwrap_or_default()),
                ("c", "relaxed/relaxed".to_owned()),
                ("d", self.domain.clone()),
                ("h", names.join(":")),
                ("s", self.selector.clone()),
                ("t", now.to_string()),
            ],
        );
        let names: Vec<_> = names.iter().map(|name| name.as_bytes()).collect();
        let mut text = Vec::new();
        Fields::of(message).choose(&names, None, |field| form.field(field, &mut text));
        unsigned.canonical(form, &mut text);
        Ok(unsigned.signed(&self.key.sign(&digest(&SHA256, &text))?))
    }
}

/// A text that stays one field: its line ends are folds.
fn one_field(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\r\n\t")
}
