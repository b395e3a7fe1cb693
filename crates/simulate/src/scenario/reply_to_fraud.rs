//! Payment fraud with a Reply-To: a supplier's address is shown, the answer goes to the fraudster.

use super::conversation;
use crate::data::File;
use crate::draft::Draft;
use crate::random::Random;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::text;
use crate::window::Window;

const NAME: &str = "reply-to-fraud";

pub(super) static STREAM: Stream = Stream {
    name: NAME,
    label: Label::Attack,
    summary: "A supplier is impersonated and the Reply-To is the fraudster's, where the victim's answer goes.",
    amount: Amount::PerMillion { share: 1000, least: 12 },
    sheet: Some(File { name: "scenario/reply_to_fraud.toml", text: include_str!("../../data/scenario/reply_to_fraud.toml") }),
    rhythm,
    spread: 3000,
    draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    conversation::rhythm(window, NAME)
}

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    conversation::draft((scene, NAME), mailbox, random, draft);
}

/// A free mailbox that reads like the address it stands in for.
fn mailbox(shown: &str, random: &mut Random) -> String {
    let provider = if random.per_mille(500) { "mail.example.org" } else { "post.example.net" };
    let company = text::domain(shown).split('.').next().unwrap_or_default();
    format!("{company}.{}@{provider}", text::local_part(shown))
}
