//! Whether answers about the domain are signed (DNSSEC, RFC 4033 to 4035): the digest of its key that the zone above publishes, and what the
//! resolver makes of it.

use mailauth::dns::{Absent, Answer, Ds, Kind, Records};

use super::Asking;

/// Signatures and digests that nobody should use any more (RFC 9904, RFC 9905, RFC 9906): the algorithm, and its name.
const OLD_ALGORITHMS: [(u8, &str); 6] =
    [(1, "RSAMD5"), (3, "DSA"), (5, "RSASHA1"), (6, "DSA-NSEC3-SHA1"), (7, "RSASHA1-NSEC3-SHA1"), (12, "ECC-GOST")];

/// Digests that count: SHA-256 and SHA-384.
const GOOD_DIGESTS: [u8; 2] = [2, 4];

/// What is known of the signing of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dnssec {
    /// The registered domain that it is in, where the chain of signatures enters; the domain itself if it is no part of one.
    pub zone: String,
    /// The digests of the zone's keys that stand in the zone above, or why there are none.
    pub delegation: Result<Vec<Ds>, Absent>,
    /// Whether the resolver says that the domain's own answers are proven.
    pub proven: bool,
    /// Why nobody answers about the zone itself.
    pub trouble: Option<String>,
    /// Whether the resolver proves answers at all; `None` where that cannot be told.
    pub validates: Option<bool>,
}

impl Dnssec {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let zone = psl::domain_str(asking.domain).unwrap_or(asking.domain).to_owned();
        let top = zone.rsplit('.').next().unwrap_or_default().to_owned();
        let resolver = asking.resolver();
        let (delegation, soa, top) =
            futures::join!(resolver.ask(&zone, Kind::Ds), resolver.ask(&zone, Kind::Soa), resolver.ask(&top, Kind::Ds));
        let proven = |answer: &Answer| answer.outcome.is_ok().then_some(answer.secure);
        // The root is signed, so a resolver that validates proves what it says of a top-level domain.
        let validates = [proven(&top), proven(&soa), proven(&delegation)].into_iter().flatten().reduce(|a, b| a || b);
        Self {
            zone,
            proven: soa.secure && soa.outcome.is_ok(),
            trouble: match soa.outcome {
                Err(Absent::Trouble(words)) => Some(words.to_string()),
                Ok(_) | Err(Absent::NoSuchName | Absent::NoData) => None,
            },
            validates,
            delegation: match delegation.outcome {
                Ok(Records::Ds(found)) => Ok(found.to_vec()),
                Ok(_) => Err(Absent::NoData),
                Err(why) => Err(why),
            },
        }
    }

    /// Whether the zone above says that the zone is signed.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.delegation.as_ref().is_ok_and(|found| !found.is_empty())
    }

    /// The zone above says that the zone is signed, and no answer about it is believed: every resolver that validates fails.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.is_signed() && self.trouble.is_some()
    }

    /// What is out of date in the way it is signed, in words.
    #[must_use]
    pub fn weaknesses(&self) -> Vec<String> {
        let found = self.delegation.as_deref().unwrap_or_default();
        let mut words: Vec<String> = Vec::new();
        for (number, name) in OLD_ALGORITHMS {
            if found.iter().any(|ds| ds.algorithm == number) && found.iter().all(|ds| is_old(ds.algorithm)) {
                words.push(format!("the keys are of algorithm {number} ({name}), which is not to be used any more"));
            }
        }
        if !found.is_empty() && found.iter().all(|ds| !GOOD_DIGESTS.contains(&ds.digest_type)) {
            words.push("the digests in the zone above are of SHA-1 or another kind that is not to be used any more".to_owned());
        }
        words
    }
}

fn is_old(algorithm: u8) -> bool {
    OLD_ALGORITHMS.iter().any(|(number, _)| *number == algorithm)
}
