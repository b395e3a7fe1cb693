//! A message whose answer goes elsewhere: what `reply_to_fraud` and `reply_elsewhere` share.
//!
//! `EmailEvents` has no Reply-To, so the header shows only in what people do: the answer leaves for another address than the
//! one it answers. Every thread has a stream of random numbers of its own, in
//! which each of its messages finds the same people and subject.

use crate::draft::{Direction, Draft, To};
use crate::random::Random;
use crate::rhythm::morning;
use crate::sheet::Sheet;
use crate::stream::Scene;
use crate::window::Window;

/// How often in a period a conversation begins.
const CONVERSATIONS: u64 = 6;
/// How many people are written to at once.
const THREADS: u32 = 4;
/// The hours after the beginning in which answers leave.
const ANSWERS: [usize; 2] = [1, 3];

/// The hours at which conversations begin, in order.
fn beginnings(window: &Window, name: &str) -> Vec<usize> {
    let mut hours: Vec<usize> = (0..CONVERSATIONS).map(|number| morning(window, name, 1000 * number / CONVERSATIONS)).collect();
    hours.dedup();
    hours
}

/// Weights of the hours: the message that is answered, then its answers.
pub(super) fn rhythm(window: &Window, name: &str) -> Vec<u64> {
    let mut weights = vec![0; window.slots.len()];
    for begin in beginnings(window, name) {
        for (after, weight) in [(0, 2), (ANSWERS[0], 1), (ANSWERS[1], 1)] {
            if let (Some(slot), Some(sum)) = (window.slots.get(begin + after), weights.get_mut(begin + after)) {
                *sum += slot.seconds() * weight;
            }
        }
    }
    weights
}

/// Writes the message or the answer, by the hour. `reply_to` makes the other address of the visible one.
pub(super) fn draft(
    (scene, name): (&Scene<'_>, &str),
    reply_to: fn(&str, &mut Random) -> String,
    random: &mut Random,
    draft: &mut Draft,
) {
    let window = &scene.world.window;
    let hour = window.slots.partition_point(|slot| slot.start <= draft.moment).saturating_sub(1);
    let begin = beginnings(window, name).into_iter().rfind(|begin| *begin <= hour).unwrap_or(hour);
    let thread = begin as u64 * u64::from(THREADS) + u64::from(random.below(THREADS));
    let mut same = Random::new(window.seed, name, thread);
    Sheet::draft(scene, &mut same, draft);
    if hour > begin {
        answer(scene, reply_to(&draft.from, &mut same), random, draft);
    }
}

/// Turns the message into an answer to it.
fn answer(scene: &Scene<'_>, address: String, random: &mut Random, draft: &mut Draft) {
    let Some(To::User(index)) = draft.to.first().copied() else { return };
    let Some(user) = scene.world.cast.user(index) else { return };
    let subject = std::mem::take(&mut draft.content.subject);
    let language = std::mem::take(&mut draft.language);
    draft.clear();
    draft.direction = Direction::Outbound;
    draft.from.push_str(&user.address);
    draft.from_name.push_str(&user.name);
    draft.from_object_id.push_str(&user.object_id);
    draft.mail_from.push_str(&user.address);
    draft.outside = address;
    draft.to.push(To::Outside);
    draft.content.subject = format!("RE: {subject}");
    draft.content.cluster = crate::random::hash(subject.as_bytes());
    draft.language = language;
    let mail = &scene.world.person_mail;
    let unsigned = scene.world.timeline.is_unsigned(crate::text::domain(&draft.from), draft.moment);
    draft.verdict = if unsigned { mail.outbound_unsigned.pick(random) } else { mail.outbound.pick(random) };
    draft.outcome = mail.external;
    draft.size = i32::try_from(random.between(6_000, 30_000)).unwrap_or(i32::MAX);
}
