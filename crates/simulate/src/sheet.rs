//! What machines and attackers send, from a data file: senders, subjects, verdicts, links, attachments.
//!
//! Must not know when or how much. Start with [`Sheet::draft`]; a scenario that needs more changes the draft afterwards.

use crate::Error;
use crate::authentication::{Mix, Verdicts};
use crate::cast::{Cast, Person, User};
use crate::data::{File, SenderData, SheetData};
use crate::draft::{Attachment, Content, Direction, Draft, Link, Reused, To};
use crate::outcome::{OutcomeMix, Outcomes};
use crate::random::{Random, Weighted};
use crate::recipient::Audience;
use crate::stream::Scene;
use crate::template::{Template, Values, Words};
use crate::text;

/// A data file, ready to draw from.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    direction: Direction,
    size_kb: (u32, u32),
    urls: Vec<Template>,
    url_location: &'static str,
    malicious_attachments: bool,
    bulk: Option<(u32, u32)>,
    connector: String,
    first_contact_per_mille: u32,
    zap_per_mille: u32,
    click_per_mille: u32,
    pub(crate) mix: Mix,
    pub(crate) outcomes: OutcomeMix,
    senders: Vec<Sender>,
    weighted: Weighted,
}

/// One sender, with the file's lists where it has none of its own.
#[derive(Debug)]
struct Sender {
    address: Template,
    name: Template,
    /// None when the envelope is the From address.
    mail_from: Option<Template>,
    ipv4: Option<Template>,
    ipv6: Option<Template>,
    audience: Audience,
    language: String,
    subjects: Vec<Template>,
    attachments: Vec<Template>,
    attachment_count: (u32, u32),
    url_count: (u32, u32),
}

/// Who plays a part in one message beside sender and recipient.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Persona<'a> {
    pub(crate) executive: Option<&'a User>,
    pub(crate) stranger: Option<&'a Person>,
}

/// What a sheet is compiled with.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) words: &'a Words,
    pub(crate) verdicts: &'a mut Verdicts,
    pub(crate) outcomes: &'a Outcomes,
    pub(crate) cast: &'a Cast,
}

const URL_LOCATIONS: [&str; 4] = ["Body", "QRCode", "Attachment", "Subject"];

impl Sheet {
    /// Reads a data file.
    pub(crate) fn load(file: File, desk: &mut Desk<'_>) -> Result<Self, Error> {
        let data: SheetData = file.read()?;
        let direction = match data.direction.as_deref() {
            None | Some("Inbound") => Direction::Inbound,
            Some("Outbound") => Direction::Outbound,
            Some("Intra-org") => Direction::IntraOrg,
            Some(other) => return Err(file.unknown("direction", other)),
        };
        let location = data.url_location.as_deref().unwrap_or("Body");
        let url_location = URL_LOCATIONS.into_iter().find(|known| *known == location);
        let senders: Vec<Sender> =
            data.sender.iter().map(|sender| new_sender(file, &data, sender, desk)).collect::<Result<_, _>>()?;
        let zipf = (2_u32..).map(|rank| 120_000 / rank);
        let weighted = Weighted::new(data.sender.iter().zip(zipf).map(|(sender, zipf)| sender.weight.unwrap_or(zipf)));
        if weighted.is_empty() {
            return Err(Error::Empty { file: file.name, what: "sender" });
        }
        Ok(Self {
            direction,
            size_kb: data.size_kb,
            urls: desk.words.templates(file, &data.urls)?,
            url_location: url_location.ok_or_else(|| file.unknown("URL location", location))?,
            malicious_attachments: data.malicious_attachments,
            bulk: data.bulk,
            connector: data.connector,
            first_contact_per_mille: data.first_contact_per_mille,
            zap_per_mille: data.zap_per_mille,
            click_per_mille: data.click_per_mille,
            mix: desk.verdicts.mix(file, &data.authentication)?,
            outcomes: desk.outcomes.mix(file, &data.outcomes)?,
            senders,
            weighted,
        })
    }

    /// Writes a message with any executive and any stranger for the templates that name one.
    pub(crate) fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
        let cast = &scene.world.cast;
        let executive = random.pick(&cast.executives).and_then(|index| cast.user(*index));
        let stranger = cast.stranger(random).map(|(_, person)| person);
        Self::draft_as(scene, Persona { executive, stranger }, random, draft);
    }

    /// Writes a message with this persona.
    pub(crate) fn draft_as(scene: &Scene<'_>, persona: Persona<'_>, random: &mut Random, draft: &mut Draft) {
        let sheet = scene.sheet;
        let world = scene.world;
        let Some(sender) = sheet.senders.get(sheet.weighted.pick(random)) else { return };
        draft.direction = sheet.direction;
        if sheet.direction == Direction::Outbound {
            if let Some((house, person)) = world.cast.partner(random) {
                draft.outside.push_str(&person.address);
                draft.language.push_str(&house.language);
            }
            draft.to.push(To::Outside);
        } else {
            draft.to.push(To::User(sender.audience.pick(scene, random)));
            draft.language.push_str(&sender.language);
        }
        let to = match draft.to.first() {
            Some(To::User(index)) => world.cast.user(*index).map_or("", |user| user.address.as_str()),
            _ => draft.outside.as_str(),
        };
        let values = Values {
            to,
            executive: persona.executive.map_or("", |user| user.name.as_str()),
            executive_address: persona.executive.map_or("", |user| user.address.as_str()),
            stranger: persona.stranger.map_or("", |person| person.name.as_str()),
            stranger_address: persona.stranger.map_or("", |person| person.address.as_str()),
            moment: draft.moment,
            ..Values::default()
        };
        let words = &world.words;
        words.fill(&sender.address, values, random, &mut draft.from);
        words.fill(&sender.name, values, random, &mut draft.from_name);
        match &sender.mail_from {
            Some(template) => words.fill(template, values, random, &mut draft.mail_from),
            None => draft.mail_from.push_str(&draft.from),
        }
        fill_address(words, sender, random, (&mut draft.ipv4, &mut draft.ipv6));
        let values = Values { sender_domain: text::domain(&draft.from), ..values };
        sheet.write(sender, words, values, random, &mut draft.content);
        draft.verdict = if sheet.direction == Direction::Inbound {
            world.verdicts.pick_inbound(&sheet.mix, random)
        } else {
            sheet.mix.pick(random)
        };
        draft.outcome = sheet.outcomes.pick(random);
        sheet.finish(random, draft);
    }

    /// Writes subject, links and attachments.
    fn write(&self, sender: &Sender, words: &Words, values: Values<'_>, random: &mut Random, content: &mut Content) {
        if let Some(subject) = random.pick(&sender.subjects) {
            content.cluster = subject.cluster ^ sender.address.cluster;
            words.fill(subject, values, random, &mut content.subject);
        }
        for _ in 0..random.between(sender.url_count.0, sender.url_count.1) {
            let Some(template) = random.pick(&self.urls) else { break };
            add_link(&mut content.links, self.url_location, |url| words.fill(template, values, random, url));
        }
        let day = values.moment / crate::calendar::DAY;
        for _ in 0..random.between(sender.attachment_count.0, sender.attachment_count.1) {
            let Some(template) = random.pick(&sender.attachments) else { break };
            let attachment = add_attachment(&mut content.attachments);
            words.fill(template, values, random, &mut attachment.name);
            self.finish_attachment(attachment, template, day, random);
        }
    }

    /// A malicious file is the same for a day: its hash is one to hunt for.
    fn finish_attachment(&self, attachment: &mut Attachment, template: &Template, day: i64, random: &mut Random) {
        attachment.malicious = self.malicious_attachments;
        attachment.size = i64::from(random.between(self.size_kb.0, self.size_kb.1)) * 1000 + i64::from(random.below(1000));
        if self.malicious_attachments {
            let mut same = Random::new(template.cluster, "malicious file", day.unsigned_abs());
            text::push_hex(&mut attachment.sha256, 64, &mut same);
            attachment.size = i64::from(same.between(self.size_kb.0, self.size_kb.1)) * 1000;
        } else {
            text::push_hex(&mut attachment.sha256, 64, random);
        }
    }

    fn finish(&self, random: &mut Random, draft: &mut Draft) {
        draft.connector.push_str(&self.connector);
        draft.bulk = self.bulk.and_then(|(low, high)| i32::try_from(random.between(low, high)).ok());
        draft.first_contact = random.per_mille(self.first_contact_per_mille);
        draft.zap_per_mille = self.zap_per_mille;
        draft.click_per_mille = self.click_per_mille;
        let body = i64::from(random.between(self.size_kb.0, self.size_kb.1)) * 1024 + i64::from(random.below(1024));
        let attached: i64 = draft.content.attachments.as_slice().iter().map(|attachment| attachment.size).sum();
        // What is attached travels as base64: four bytes for three.
        draft.size = i32::try_from(body + attached * 4 / 3).unwrap_or(i32::MAX);
    }
}

fn new_sender(file: File, data: &SheetData, sender: &SenderData, desk: &Desk<'_>) -> Result<Sender, Error> {
    let words = desk.words;
    let template = |source: &str| -> Result<Option<Template>, Error> {
        if source.is_empty() { Ok(None) } else { words.template(file, source).map(Some) }
    };
    let or_data = |own: &[String], all: &[String]| words.templates(file, if own.is_empty() { all } else { own });
    let audience = match sender.recipients.as_deref().or(data.recipients.as_deref()) {
        Some(name) => Audience::named(desk.cast, file, name)?,
        None => Audience::Everyone,
    };
    Ok(Sender {
        address: words.template(file, &sender.address)?,
        name: words.template(file, &sender.name)?,
        mail_from: sender.mail_from.as_deref().map(|source| words.template(file, source)).transpose()?,
        ipv4: template(&sender.ipv4)?,
        ipv6: template(&sender.ipv6)?,
        audience,
        language: sender.language.clone().or_else(|| data.language.clone()).unwrap_or_else(|| "en".to_owned()),
        subjects: or_data(&sender.subjects, &data.subjects)?,
        attachments: or_data(&sender.attachments, &data.attachments)?,
        attachment_count: sender.attachment_count.unwrap_or(data.attachment_count),
        url_count: sender.url_count.unwrap_or(data.url_count),
    })
}

/// A sender with both kinds of address uses IPv6 for one message in three.
fn fill_address(words: &Words, sender: &Sender, random: &mut Random, (v4, v6): (&mut String, &mut String)) {
    let values = Values::default();
    match (&sender.ipv4, &sender.ipv6) {
        (Some(ipv4), Some(ipv6)) => {
            if random.per_mille(333) {
                words.fill(ipv6, values, random, v6);
            } else {
                words.fill(ipv4, values, random, v4);
            }
        }
        (Some(ipv4), None) => words.fill(ipv4, values, random, v4),
        (None, Some(ipv6)) => words.fill(ipv6, values, random, v6),
        (None, None) => {}
    }
}

/// Adds a link whose text `fill` writes; spaces that a word brought along are escaped as a browser would.
pub(crate) fn add_link(links: &mut Reused<Link>, location: &'static str, fill: impl FnOnce(&mut String)) {
    let link = links.add();
    link.url.clear();
    link.location = location;
    fill(&mut link.url);
    if link.url.contains(' ') {
        link.url = link.url.replace(' ', "%20");
    }
}

/// Adds an empty attachment.
pub(crate) fn add_attachment(attachments: &mut Reused<Attachment>) -> &mut Attachment {
    let attachment = attachments.add();
    attachment.name.clear();
    attachment.sha256.clear();
    attachment.size = 0;
    attachment.malicious = false;
    attachment
}
