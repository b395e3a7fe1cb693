//! A chain checked (RFC 8617 section 5.2): its form, the newest message signature, every seal.

use aws_lc_rs::digest::{Context, Digest, SHA256};

use super::{
    sets::{Sets, Whole, chain_word, results_text},
    verdict::{Arc, ArcResult, Sealed},
};
use crate::{
    dkim::{
        Canonicalization, Dkim, DkimResult, Keys,
        fault::Fault,
        signature::{Maker, Place, Signature, required, tags_of, times},
        tags::TagList,
        verify::{Answers, Candidate, ask, judge_all, records, try_keys},
    },
    dns::Resolver,
    message::{Field, Message},
};

/// The verdict on the chain of a message, at a moment in seconds since 1970.
pub async fn validate(message: &Message<'_>, resolver: &dyn Resolver, now: i64) -> Arc {
    validate_with(message, resolver, now, None).await
}

/// As [`validate`], with keys that were read for earlier messages.
pub async fn validate_with(message: &Message<'_>, resolver: &dyn Resolver, now: i64, keys: Option<&Keys>) -> Arc {
    let sets = Sets::of(message);
    if sets.by_instance.is_empty() && sets.fault.is_none() {
        return Arc {
            result: ArcResult::None,
            sets: Vec::new(),
            oldest_pass: None,
            reason: "the message has no chain".to_owned(),
        };
    }
    let mut links = describe(&sets);
    let broken = |links, reason| Arc { result: ArcResult::Fail, sets: links, oldest_pass: None, reason };
    if let Some(fault) = &sets.fault {
        return broken(links, fault.clone());
    }
    if let Some(reason) = chain_fault(&links) {
        return broken(links, reason);
    }
    let whole: Vec<_> = sets.whole().collect();
    let seals: Vec<_> = whole.iter().map(|(_, set)| Seal::read(set.seal, now)).collect();
    let candidates: Vec<_> =
        whole.iter().map(|(_, set)| Candidate::read(*set.message_signature, Place::Arc, now, true)).collect();
    let names = seals.iter().filter_map(Seal::key_name).chain(candidates.iter().filter_map(Candidate::key_name));
    let answers = ask(names, resolver).await;
    let seals = check_seals(&whole, seals, &answers, keys);
    let formless: Vec<_> = candidates.iter().map(with_other_form).collect();
    let mut signatures = judge_all(candidates, message, &answers, keys);
    for (verdict, other) in signatures.iter_mut().zip(formless) {
        if let Some(other) = other.filter(|_| verdict.result == DkimResult::Fail) {
            let again = judge_all(vec![other], message, &answers, keys);
            if let Some(again) = again.into_iter().find(|again| again.result == DkimResult::Pass) {
                *verdict = again;
            }
        }
    }
    for ((link, seal), signature) in links.iter_mut().zip(seals).zip(signatures) {
        (link.seal, link.message_signature) = (Some(seal), Some(signature));
    }
    conclude(links)
}

/// The sets as evidence, before anything is checked.
fn describe(sets: &Sets<'_>) -> Vec<Sealed> {
    let one = |(instance, set): (&u32, &super::sets::Set<'_>)| {
        let tags = set.seal.as_ref().and_then(|seal| tags_of(seal.value).ok());
        let maker = tags.as_ref().map(|tags| Dkim::describe(tags, Place::Arc));
        Sealed {
            instance: *instance,
            domain: maker.as_ref().and_then(|maker| maker.domain.clone()),
            selector: maker.as_ref().and_then(|maker| maker.selector.clone()),
            chain: tags.as_ref().and_then(chain_word),
            results: set.results.as_ref().map(|field| results_text(field.value)),
            seal: None,
            message_signature: None,
        }
    };
    sets.by_instance.iter().map(one).collect()
}

/// A signature without `c=`, in relaxed forms. By RFC 6376 it is in simple ones, and OpenARC makes and reads it so; dkimpy, and the suite
/// that implementations of ARC are tested with, take it for relaxed. Whichever verifies is what its maker meant.
fn with_other_form<'m>(candidate: &Candidate<'m>) -> Option<Candidate<'m>> {
    let signature = candidate.signature.as_ref().ok().filter(|_| candidate.verdict.canonicalization.is_none())?;
    let relaxed = Signature { header: Canonicalization::Relaxed, body: Canonicalization::Relaxed, ..signature.clone() };
    Some(Candidate { field: candidate.field, verdict: candidate.verdict.clone(), signature: Ok(relaxed) })
}

/// Whether the sealers contradict themselves: the first found no chain, all others one that passed (section 5.2 steps 2 and 3).
fn chain_fault(links: &[Sealed]) -> Option<String> {
    let newest = links.last()?;
    if newest.chain.as_deref() == Some("fail") {
        let who = newest.domain.as_deref().unwrap_or("its sealer");
        return Some(format!("{who} found the chain broken when it sealed instance {}", newest.instance));
    }
    links.iter().find_map(|link| {
        let due = if link.instance == 1 { "none" } else { "pass" };
        let said = link.chain.as_deref();
        let wrong = || match said {
            Some(said) => format!("the seal of instance {} says cv={said} where only cv={due} fits", link.instance),
            None => format!("the seal of instance {} has no cv= tag", link.instance),
        };
        (said != Some(due)).then(wrong)
    })
}

/// A seal on its way to a verdict.
struct Seal {
    verdict: Dkim,
    maker: Result<Maker, Fault>,
}

impl Seal {
    fn read(field: &Field<'_>, now: i64) -> Self {
        let tags = match tags_of(field.value) {
            Ok(tags) => tags,
            Err(fault) => return Self { verdict: Dkim::unread(), maker: Err(fault) },
        };
        let mut verdict = Dkim::describe(&tags, Place::Arc);
        let maker = Self::maker(&tags, now).map(|(maker, name)| {
            verdict.key_name = Some(name);
            maker
        });
        Self { verdict, maker }
    }

    /// Who sealed, and where the key is.
    fn maker(tags: &TagList<'_>, now: i64) -> Result<(Maker, String), Fault> {
        for name in ["a", "b", "d", "s", "cv"] {
            required(tags, name)?;
        }
        if tags.get("h").is_some() {
            return Err(Fault::SealNames);
        }
        times(tags, now)?;
        let maker = Maker::parse(tags, Place::Arc)?;
        let name = maker.key_name()?;
        Ok((maker, name))
    }

    fn key_name(&self) -> Option<&str> {
        self.maker.as_ref().ok().and(self.verdict.key_name.as_deref())
    }

    fn judge(mut self, digest: Digest, answers: &Answers, keys: Option<&Keys>) -> Dkim {
        let name = self.verdict.key_name.clone().unwrap_or_default();
        let outcome = self.maker.and_then(|maker| {
            let found = answers.get(&name).ok_or_else(|| Fault::KeyName(name.clone()))?;
            try_keys(&maker, records(found, &name)?, keys, &mut || Ok(digest), &mut self.verdict)
        });
        match outcome {
            Ok(()) => self.verdict,
            Err(fault) => self.verdict.with(&fault),
        }
    }
}

/// Every seal is over all sets up to its own, in the order of their instances, each as results, signature, seal (section 5.1.1).
fn check_seals(whole: &[(u32, Whole<'_, '_>)], seals: Vec<Seal>, answers: &Answers, keys: Option<&Keys>) -> Vec<Dkim> {
    let mut before = Context::new(&SHA256);
    let mut text = Vec::new();
    let mut judged = Vec::with_capacity(seals.len());
    for ((_, set), seal) in whole.iter().zip(seals) {
        text.clear();
        Canonicalization::Relaxed.field(set.results, &mut text);
        Canonicalization::Relaxed.field(set.message_signature, &mut text);
        before.update(&text);
        let mut own = before.clone();
        text.clear();
        let hole = seal.maker.as_ref().map_or(0..0, |maker| maker.hole.clone());
        Canonicalization::Relaxed.signature(set.seal, &hole, &mut text);
        own.update(&text);
        judged.push(seal.judge(own.finish(), answers, keys));
        text.clear();
        Canonicalization::Relaxed.field(set.seal, &mut text);
        before.update(&text);
    }
    judged
}

/// What the verdicts on the parts come to. Trouble with the DNS decides only if nothing is known to be wrong.
fn conclude(sets: Vec<Sealed>) -> Arc {
    let passes = |dkim: &Option<Dkim>| dkim.as_ref().is_some_and(|dkim| dkim.result == DkimResult::Pass);
    let newest = sets.last().map(|set| ("the message signature", set.instance, &set.message_signature));
    let parts = newest.into_iter().chain(sets.iter().rev().map(|set| ("the seal", set.instance, &set.seal)));
    let mut wrong: Option<(ArcResult, String)> = None;
    for (what, instance, dkim) in parts.filter(|(_, _, dkim)| !passes(dkim)) {
        let result = match dkim.as_ref().map(|dkim| dkim.result) {
            Some(DkimResult::Temperror) => ArcResult::Temperror,
            _ => ArcResult::Fail,
        };
        if wrong.as_ref().is_none_or(|(known, _)| *known == ArcResult::Temperror && result == ArcResult::Fail) {
            let why = dkim.as_ref().map(|dkim| dkim.reason.as_str()).unwrap_or_default();
            wrong = Some((result, format!("{what} of instance {instance} does not verify: {why}")));
        }
    }
    if let Some((result, reason)) = wrong {
        return Arc { result, sets, oldest_pass: None, reason };
    }
    let oldest = sets.iter().rev().take_while(|set| passes(&set.message_signature)).last().map_or(0, |set| set.instance);
    let reason = match sets.len() {
        1 => "the seal and the message signature verify".to_owned(),
        count => format!("all {count} seals verify, and so does the newest message signature"),
    };
    Arc { result: ArcResult::Pass, sets, oldest_pass: Some(if oldest <= 1 { 0 } else { oldest }), reason }
}
