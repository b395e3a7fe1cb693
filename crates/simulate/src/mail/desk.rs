//! Where messages are written: people and words of the simulated organisation, letters in the forms that mail programs give them, and
//! the stamps and signatures of the servers on the way.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    MailError,
    keys::{Claim, Keys},
    letter::Letter,
    mime,
    stage::{House, Role, Server, Stage},
};
use crate::{
    cast::Cast,
    data::File,
    random::Random,
    template::{Values, Words},
    text,
};

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mailbox {
    /// What a mail program shows; may be empty.
    pub(super) name: String,
    pub(super) address: String,
}

impl Mailbox {
    pub(super) fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }

    /// As a header field has it.
    pub(super) fn header(&self) -> String {
        if self.name.is_empty() { self.address.clone() } else { format!("{} <{}>", mime::phrase(&self.name), self.address) }
    }
}

/// What a message says, a file under `data/mail/`. Every text is a template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    subject: String,
    paragraphs: Vec<String>,
    #[serde(default)]
    link: Option<Link>,
    closing: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    text: String,
    url: String,
}

/// A text whose placeholders are filled.
#[derive(Debug)]
struct Filled {
    subject: String,
    paragraphs: Vec<String>,
    link: Option<(String, String)>,
    closing: Vec<String>,
}

/// In which parts a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Plain text alone.
    Plain,
    /// Plain text and HTML, as most mail programs write.
    Alternative,
}

/// A message ready to be handed to the server that is tested.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) letter: Letter,
    /// Who hands it over.
    pub(super) client: Server,
    pub(super) helo: String,
    /// Empty for a bounce.
    pub(super) mail_from: String,
    pub(super) recipients: Vec<String>,
}

/// Everything that a scenario writes with.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub(super) stage: Stage,
    pub(super) keys: &'a Keys,
    /// Seconds since 1970.
    pub(super) moment: i64,
    words: Words,
    cast: Cast,
    /// Who is written to.
    readers: Vec<Mailbox>,
}

/// People who are written to when the user names none.
const READERS: usize = 5;

impl<'a> Desk<'a> {
    /// `recipients` are addresses; without any, people of the organisation are written to.
    pub(super) fn new(stage: Stage, keys: &'a Keys, seed: u64, moment: i64, recipients: &[String]) -> Result<Self, MailError> {
        let words = Words::load()?;
        let cast = Cast::load(seed, &words, &crate::authentication::Verdicts::load()?)?;
        let own = stage.house(Role::Own)?.clone();
        let mut desk = Self { stage, keys, moment, words, cast, readers: Vec::new() };
        for address in recipients {
            desk.readers.push(named(address)?);
        }
        let mut random = Random::new(seed, "mail/readers", 0);
        while desk.readers.len() < READERS && recipients.is_empty() {
            desk.readers.push(desk.colleague(&own, &mut random));
        }
        Ok(desk)
    }

    /// Who plays a part.
    pub(super) fn house(&self, role: Role) -> Result<&House, MailError> {
        self.stage.house(role)
    }

    /// Somebody who works at the user's organisation and leads nobody.
    fn colleague(&self, own: &House, random: &mut Random) -> Mailbox {
        let people: Vec<_> = self.cast.users.iter().filter(|user| user.is_person && !user.manager.is_empty()).collect();
        let found = random.pick(&people);
        found.map_or_else(|| Mailbox::new("", own.at("postmaster")), |user| moved(&user.name, &user.address, own))
    }

    /// One of those who lead the user's organisation.
    pub(super) fn executive(&self, random: &mut Random) -> Result<Mailbox, MailError> {
        let own = self.house(Role::Own)?;
        let found = random.pick(&self.cast.executives).and_then(|index| self.cast.user(*index));
        Ok(found.map_or_else(|| Mailbox::new("Postmaster", own.at("postmaster")), |user| moved(&user.name, &user.address, own)))
    }

    /// Somebody at a house outside.
    pub(super) fn author(&self, role: Role, random: &mut Random) -> Result<Mailbox, MailError> {
        let house = self.house(role)?;
        let found = self.cast.partner(random).map(|(_, person)| moved(&person.name, &person.address, house));
        Ok(found.unwrap_or_else(|| Mailbox::new(house.name.clone(), house.at("office"))))
    }

    /// One of those who are written to.
    pub(super) fn reader(&self, random: &mut Random) -> Mailbox {
        random.pick(&self.readers).cloned().unwrap_or_else(|| Mailbox::new("", ""))
    }

    /// At most so many of those who are written to, each once.
    pub(super) fn readers(&self, most: usize, random: &mut Random) -> Vec<Mailbox> {
        let mut all = self.readers.clone();
        let first = random.below(u32::try_from(all.len()).unwrap_or(1));
        all.rotate_left(first as usize);
        all.truncate(most);
        all
    }

    /// Writes a letter: who, to whom, what, with a date and an identifier. `executive` is whose name the text may use.
    pub(super) fn write(
        &self,
        file: File,
        form: Form,
        (from, to, executive): (&Mailbox, &[Mailbox], &str),
        random: &mut Random,
    ) -> Result<Letter, MailError> {
        let text = self.fill(file, from, to, executive, random)?;
        let mut letter = Letter::default();
        letter.add("Date", &mime::date(self.moment - i64::from(random.between(20, 90)), 0));
        letter.add("From", &from.header());
        letter.add("To", &to.iter().map(Mailbox::header).collect::<Vec<_>>().join(", "));
        letter.add("Subject", &mime::unstructured(&text.subject));
        let mut id = String::from("<");
        text::push_hex(&mut id, 24, random);
        letter.add("Message-ID", &format!("{id}@{}>", text::domain(&from.address)));
        letter.add("MIME-Version", "1.0");
        match form {
            Form::Plain => {
                letter.add("Content-Type", "text/plain; charset=utf-8");
                letter.add("Content-Transfer-Encoding", "quoted-printable");
                letter.body = mime::quoted_printable(&text.plain());
            }
            Form::Alternative => {
                let parts = [("text/plain; charset=utf-8", text.plain()), ("text/html; charset=utf-8", text.html())];
                parted(&mut letter, "alternative", &parts, random);
            }
        }
        Ok(letter)
    }

    fn fill(
        &self,
        file: File,
        from: &Mailbox,
        to: &[Mailbox],
        executive: &str,
        random: &mut Random,
    ) -> Result<Filled, MailError> {
        let text: Text = file.read()?;
        let values = Values {
            to: to.first().map_or("", |reader| reader.address.as_str()),
            sender_domain: text::domain(&from.address),
            executive,
            stranger: if from.name.is_empty() { &from.address } else { &from.name },
            stranger_address: &from.address,
            moment: self.moment.saturating_mul(crate::calendar::SECOND),
            ..Values::default()
        };
        // What a placeholder stands for is chosen once: the order in the subject is the order in the text.
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        let mut filled = |source: &str| -> Result<String, MailError> {
            let mut out = String::new();
            for (index, piece) in source.split('{').enumerate() {
                let Some((name, rest)) = piece.split_once('}').filter(|_| index > 0) else {
                    out.push_str(piece);
                    continue;
                };
                if !known.contains_key(name) {
                    let mut value = String::new();
                    self.words.fill(&self.words.template(file, &format!("{{{name}}}"))?, values, random, &mut value);
                    known.insert(name.to_owned(), value);
                }
                out.push_str(known.get(name).map_or("", String::as_str));
                out.push_str(rest);
            }
            Ok(out)
        };
        Ok(Filled {
            subject: filled(&text.subject)?,
            paragraphs: text.paragraphs.iter().map(|source| filled(source)).collect::<Result<_, _>>()?,
            link: match &text.link {
                Some(link) => Some((filled(&link.text)?, filled(&link.url)?)),
                None => None,
            },
            closing: text.closing.iter().map(|source| filled(source)).collect::<Result<_, _>>()?,
        })
    }

    /// The stamp of the server that takes a letter from its author, so many seconds ago.
    pub(super) fn submitted(&self, letter: &mut Letter, server: &Server, ago: i64, random: &mut Random) {
        let mut id = String::new();
        text::push_hex(&mut id, 11, random);
        let from = format!("from [10.{}.{}.{}]", random.below(250), random.below(250), random.between(2, 250));
        let when = mime::date(self.moment - ago, 0);
        letter.stamp("Received", &format!("{from} by {} with ESMTPSA id {id}; {when}", server.name));
    }

    /// The stamp of a server that takes a letter from another.
    pub(super) fn relayed(&self, letter: &mut Letter, (from, by): (&Server, &Server), ago: i64, random: &mut Random) {
        let mut id = String::new();
        text::push_hex(&mut id, 11, random);
        let when = mime::date(self.moment - ago, 0);
        let from = format!("from {} ({} [{}])", from.name, from.name, from.address);
        letter.stamp("Received", &format!("{from} by {} with ESMTPS id {id}; {when}", by.name));
    }

    /// Signs for a house with its own key.
    pub(super) fn sign(&self, letter: &mut Letter, role: Role) -> Result<(), MailError> {
        let house = self.house(role)?;
        self.keys.sign(letter, Claim { key: role, domain: &house.domain, selector: &house.selector }, self.moment)
    }

    /// Hands a letter over from a server of a house.
    pub(super) fn post(&self, letter: Letter, client: Server, mail_from: &str, recipients: &[Mailbox]) -> Draft {
        Draft {
            letter,
            helo: client.name.clone(),
            client,
            mail_from: mail_from.to_owned(),
            recipients: recipients.iter().map(|reader| reader.address.clone()).collect(),
        }
    }

    /// What an honest house sends: signed, from a server of its own, the envelope sender the author.
    pub(super) fn honest(
        &self,
        role: Role,
        (author, readers): (&Mailbox, &[Mailbox]),
        mut letter: Letter,
        random: &mut Random,
    ) -> Result<Draft, MailError> {
        let server = self.house(role)?.server(random.below(4));
        self.sign(&mut letter, role)?;
        self.submitted(&mut letter, &server, 15, random);
        Ok(self.post(letter, server, &author.address, readers))
    }

    /// A server of whoever attacks.
    pub(super) fn attacker(&self, random: &mut Random) -> Result<Server, MailError> {
        Ok(self.house(Role::Attacker)?.server(random.below(6)))
    }
}

/// A multipart body, each part with its type, quoted-printable.
pub(super) fn parted(letter: &mut Letter, subtype: &str, parts: &[(&str, String)], random: &mut Random) {
    let mut boundary = String::from("=_");
    text::push_hex(&mut boundary, 24, random);
    letter.set("Content-Type", &format!("multipart/{subtype}; boundary=\"{boundary}\""));
    letter.body.clear();
    for (kind, text) in parts {
        letter.body.push_str(&format!("--{boundary}\r\nContent-Type: {kind}\r\n"));
        // RFC 2046 section 5.2 and RFC 3464 allow no encoding of these.
        let bare = kind.starts_with("message/") || kind.starts_with("text/rfc822-headers");
        if bare {
            letter.body.push_str("\r\n");
            for line in text.lines() {
                letter.body.push_str(line);
                letter.body.push_str("\r\n");
            }
        } else {
            letter.body.push_str("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
            letter.body.push_str(&mime::quoted_printable(text));
        }
        letter.body.push_str("\r\n");
    }
    letter.body.push_str(&format!("--{boundary}--\r\n"));
}

impl Filled {
    fn plain(&self) -> String {
        let mut text = self.paragraphs.join("\n\n");
        if let Some((words, url)) = &self.link {
            text.push_str(&format!("\n\n{words}: {url}"));
        }
        text.push_str("\n\n");
        text.push_str(&self.closing.join("\n"));
        text.push('\n');
        text
    }

    fn html(&self) -> String {
        let mut html = String::from("<!DOCTYPE html>\n<html><body style=\"font-family: sans-serif\">\n");
        for paragraph in &self.paragraphs {
            html.push_str(&format!("<p>{}</p>\n", mime::escaped(paragraph)));
        }
        if let Some((words, url)) = &self.link {
            html.push_str(&format!("<p><a href=\"{}\">{}</a></p>\n", mime::escaped(url), mime::escaped(words)));
        }
        let closing: Vec<String> = self.closing.iter().map(|line| mime::escaped(line)).collect();
        html.push_str(&format!("<p>{}</p>\n</body></html>\n", closing.join("<br>\n")));
        html
    }
}

/// Somebody of the cast, at another house.
fn moved(name: &str, address: &str, house: &House) -> Mailbox {
    Mailbox::new(name, house.at(text::local_part(address)))
}

/// The mailbox of an address that the user gave, its name guessed from it: `ana.lima@example.test` is Ana Lima.
fn named(address: &str) -> Result<Mailbox, MailError> {
    let refused = || MailError::Address(address.to_owned());
    let (local, domain) = address.rsplit_once('@').ok_or_else(refused)?;
    let atom = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    // What RFC 5321 section 4.5.3.1 allows, without quoted local parts, which nobody has.
    if !atom(local) || !atom(domain) || local.len() > 64 || domain.len() > 255 {
        return Err(refused());
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    Ok(Mailbox::new(local.split('.').map(word).collect::<Vec<_>>().join(" "), address))
}

#[cfg(test)]
mod tests {
    use super::{Mailbox, named};

    #[test]
    fn a_given_address_has_a_name() {
        assert_eq!(named("ana.lima@example.test").unwrap(), Mailbox::new("Ana Lima", "ana.lima@example.test"));
        assert_eq!(named("soc@example.test").unwrap().header(), "Soc <soc@example.test>");
    }

    #[test]
    fn what_would_break_out_of_a_command_is_no_address() {
        for wrong in ["", "ana", "@example.test", "a b@example.test", "a@b>\r\nRSET", "a@", "<a@example.test>"] {
            assert!(named(wrong).is_err(), "{wrong}");
        }
    }
}
