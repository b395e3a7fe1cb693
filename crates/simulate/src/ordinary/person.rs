//! What mail between people has in common, whoever they are: subject, links, attachments, size.

use crate::draft::{Draft, To};
use crate::random::Random;
use crate::sheet::{add_attachment, add_link};
use crate::stream::Scene;
use crate::template::Values;
use crate::text;

/// Writes the content. `language` is the writer's own; half of what people write to others is English all the same.
pub(super) fn write(scene: &Scene<'_>, language: &str, random: &mut Random, draft: &mut Draft) {
    let world = scene.world;
    let mail = &world.person_mail;
    let language = if language != "en" && random.per_mille(380) { "en" } else { language };
    draft.language.push_str(language);
    let values = Values { moment: draft.moment, sender_domain: text::domain(&draft.from), ..Values::default() };
    match random.below(100) {
        0..38 => draft.content.subject.push_str(match language {
            "de" => "AW: ",
            _ => "RE: ",
        }),
        38..43 => draft.content.subject.push_str("FW: "),
        _ => {}
    }
    if let Some(subject) = random.pick(mail.subjects(language)) {
        draft.content.cluster = subject.cluster ^ crate::random::hash(text::domain(&draft.from).as_bytes());
        world.words.fill(subject, values, random, &mut draft.content.subject);
    }
    let links = match random.below(100) {
        0..62 => 0,
        62..84 => 1,
        84..94 => 2,
        _ => random.between(3, 5),
    };
    for _ in 0..links {
        let Some(template) = random.pick(&mail.urls) else { break };
        add_link(&mut draft.content.links, "Body", |url| world.words.fill(template, values, random, url));
    }
    let files = match random.below(100) {
        0..72 => 0,
        72..92 => 1,
        _ => random.between(2, 4),
    };
    let mut attached = 0;
    for _ in 0..files {
        let Some(template) = mail.files.get(mail.file_weights.pick(random)) else { break };
        let attachment = add_attachment(&mut draft.content.attachments);
        world.words.fill(template, values, random, &mut attachment.name);
        text::push_hex(&mut attachment.sha256, 64, random);
        attachment.size = i64::from(random.between(8_000, 900_000));
        attached += attachment.size;
    }
    draft.size = i32::try_from(attached * 4 / 3 + i64::from(random.between(4_000, 60_000))).unwrap_or(i32::MAX);
    draft.click_per_mille = 12;
}

/// Adds up to `more` further colleagues as recipients, as far as there is room, nobody twice.
pub(super) fn copy_colleagues(scene: &Scene<'_>, more: u32, random: &mut Random, draft: &mut Draft) {
    for _ in 0..more {
        if draft.to.len() >= draft.room {
            break;
        }
        let colleague = To::User(scene.person(random));
        if !draft.to.contains(&colleague) {
            draft.to.push(colleague);
        }
    }
}

/// Fills in a user of the organisation as the sender.
pub(super) fn from_user(scene: &Scene<'_>, sender: u32, draft: &mut Draft) {
    if let Some(user) = scene.world.cast.user(sender) {
        draft.from.push_str(&user.address);
        draft.from_name.push_str(&user.name);
        draft.mail_from.push_str(&user.address);
        draft.from_object_id.push_str(&user.object_id);
    }
}

/// The language of a user's site.
pub(super) fn language_of<'a>(scene: &Scene<'a>, index: u32) -> &'a str {
    let cast = &scene.world.cast;
    cast.user(index).and_then(|user| cast.sites.get(user.site)).map_or("en", |site| site.language.as_str())
}

/// Fills in somebody outside as the sender, with the address and the verdicts of the house.
pub(super) fn from_outside(
    scene: &Scene<'_>,
    (house, person): (&crate::cast::House, &crate::cast::Person),
    random: &mut Random,
    draft: &mut Draft,
) {
    draft.from.push_str(&person.address);
    draft.from_name.push_str(&person.name);
    draft.mail_from.push_str(&person.address);
    let words = &scene.world.words;
    match &house.ipv6 {
        Some(ipv6) if random.per_mille(300) => words.fill(ipv6, Values::default(), random, &mut draft.ipv6),
        _ => words.fill(&house.ipv4, Values::default(), random, &mut draft.ipv4),
    }
    draft.verdict = scene.world.verdicts.pick_inbound(&house.mix, random);
}
