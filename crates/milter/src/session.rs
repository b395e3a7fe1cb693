//! A mail server's connection: its commands become clients, envelopes and whole messages, and answers become replies.
//!
//! Pure: no sockets, no waiting. Start with [`Session::take`].

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::{
    command::Command,
    envelope::{Client, Envelope, Path},
    handler::{Answer, Modification, Trouble, Verdict},
    negotiate::{Offer, actions, agree, steps},
    reply::Reply,
};

/// Most recipients of a message that are kept; what has more is not looked at. Servers take a thousand unless told otherwise.
const MOST_RECIPIENTS: usize = 20_000;
/// Most bytes of macros that are kept of one step; a server sends some hundred.
const MOST_MACROS: usize = 64 << 10;

/// What is to be done after a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: the server does not wait for a reply.
    Quiet,
    /// This is sent.
    Reply(Reply),
    /// The handler is asked, and [`Session::answered`] says what is sent.
    Ask(Stage),
    /// The handler is asked about a message, and [`Session::done`] says what is sent.
    Message(Box<Envelope>, Vec<u8>),
    /// A message was too much; [`Session::unseen`] says what is sent.
    Unseen(Trouble),
    /// The connection ends.
    End,
}

/// What the handler is asked about before there is a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The client: see [`Session::client`].
    Connect,
    /// What it greeted with.
    Helo,
    /// The sender: see [`Session::envelope`].
    Mail,
    /// Another recipient, who is not in the envelope yet.
    Recipient(Path),
}

/// A command that cannot come here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// It belongs elsewhere.
    #[error("{0} comes where it cannot")]
    Command(&'static str),
    /// The server is too old.
    #[error(transparent)]
    TooOld(#[from] crate::negotiate::TooOld),
}

/// A message that is coming in.
#[derive(Debug, Default)]
struct Incoming {
    sender: Path,
    recipients: Vec<Path>,
    bytes: Vec<u8>,
    size: u64,
    part: Part,
    /// Why not all of it is there.
    lost: Option<Trouble>,
}

/// How far a message has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    #[default]
    Envelope,
    Header,
    Body,
}

/// One connection.
#[derive(Debug)]
pub struct Session {
    /// Most bytes of a message that are kept.
    most: usize,
    /// Whether the beginning of a larger one is shown to the handler.
    cuts: bool,
    agreed: Option<Offer>,
    client: Option<Client>,
    /// By the letter of the step that they came before, because a new message replaces only its own.
    macros: BTreeMap<u8, BTreeMap<String, String>>,
    incoming: Option<Incoming>,
}

impl Session {
    /// A connection that has just begun, of which messages up to `most` bytes are kept; if it `cuts`, the beginning of larger ones.
    #[must_use]
    pub fn new(most: usize, cuts: bool) -> Self {
        Self { most, cuts, agreed: None, client: None, macros: BTreeMap::new(), incoming: None }
    }

    /// Takes a command in.
    ///
    /// # Errors
    /// When it cannot come here; the connection is of no use any more.
    pub fn take(&mut self, command: Command) -> Result<Step, OutOfOrder> {
        if self.agreed.is_none() && !matches!(command, Command::Negotiate(_) | Command::Quit) {
            return Err(OutOfOrder::Command("a command before negotiation"));
        }
        match command {
            Command::Negotiate(offer) => self.negotiate(offer),
            Command::Macros { stage, values } => Ok(self.keep_macros(stage, values)),
            Command::Connect { host, from } => {
                self.incoming = None;
                // Macros come before the command that they belong to.
                self.macros.retain(|stage, _| *stage == b'C');
                self.client = Some(Client::new(host, from));
                Ok(Step::Ask(Stage::Connect))
            }
            Command::Helo(name) => {
                self.incoming = None;
                self.client.get_or_insert_default().helo = Some(name);
                Ok(Step::Ask(Stage::Helo))
            }
            Command::Mail { address, parameters } => {
                // Those of the message before, its name in the queue among them, are of no use any more.
                self.macros.retain(|stage, _| matches!(stage, b'C' | b'H' | b'M'));
                self.incoming = Some(Incoming { sender: Path::new(&address, parameters), ..Incoming::default() });
                Ok(Step::Ask(Stage::Mail))
            }
            Command::Recipient { address, parameters } => {
                self.in_message(Part::Envelope, "a recipient")?;
                Ok(Step::Ask(Stage::Recipient(Path::new(&address, parameters))))
            }
            Command::Data => {
                self.in_message(Part::Envelope, "DATA")?;
                Ok(self.unless(steps::SILENT_DATA))
            }
            Command::Header { name, value } => self.header(&name, &value),
            Command::EndOfHeaders => {
                let incoming = self.in_message(Part::Header, "the end of the header")?;
                incoming.part = Part::Body;
                self.keep(&[b"\r\n"]);
                Ok(self.unless(steps::SILENT_END_OF_HEADERS))
            }
            Command::Body(bytes) => self.body(&bytes),
            Command::EndOfMessage(bytes) => self.whole(&bytes),
            Command::Abort => {
                self.incoming = None;
                Ok(Step::Quiet)
            }
            Command::Quit => Ok(Step::End),
            Command::QuitNewConnection => {
                self.client = None;
                self.macros.clear();
                self.incoming = None;
                Ok(Step::Quiet)
            }
            Command::Unknown(_) => Ok(Step::Reply(Reply::Continue)),
        }
    }

    fn negotiate(&mut self, offer: Offer) -> Result<Step, OutOfOrder> {
        if self.agreed.is_some() {
            return Err(OutOfOrder::Command("a second negotiation"));
        }
        let agreed = agree(offer)?;
        self.agreed = Some(agreed);
        Ok(Step::Reply(Reply::Negotiated(agreed)))
    }

    fn keep_macros(&mut self, stage: u8, values: Vec<(String, String)>) -> Step {
        let mut room = MOST_MACROS;
        let fit = values.into_iter().take_while(|(name, value)| {
            room = room.saturating_sub(name.len() + value.len() + 1);
            room > 0
        });
        // Each letter is one of 256, so that what is kept of a connection is bounded; servers use seven.
        self.macros.insert(stage, fit.collect());
        Step::Quiet
    }

    /// The message that is coming in, which is no further than `part`, and is there now.
    fn in_message(&mut self, part: Part, what: &'static str) -> Result<&mut Incoming, OutOfOrder> {
        let incoming = self.incoming.as_mut().filter(|incoming| incoming.part <= part).ok_or(OutOfOrder::Command(what))?;
        incoming.part = part;
        Ok(incoming)
    }

    fn header(&mut self, name: &[u8], value: &[u8]) -> Result<Step, OutOfOrder> {
        self.in_message(Part::Header, "a header field")?;
        // Without the agreement the server has taken one space away, which nearly every field has.
        let space: &[u8] = if self.has(steps::LEADING_SPACE) { b"" } else { b" " };
        let value = network_lines(value);
        self.keep(&[name, b":", space, &value, b"\r\n"]);
        Ok(self.unless(steps::SILENT_HEADER))
    }

    fn body(&mut self, bytes: &[u8]) -> Result<Step, OutOfOrder> {
        // A message without any header field may come without an end of it.
        let begun = self.incoming.as_ref().is_some_and(|incoming| incoming.part == Part::Body);
        self.in_message(Part::Body, "a piece of a body")?;
        if !begun {
            self.keep(&[b"\r\n"]);
        }
        self.keep(&[bytes]);
        Ok(self.unless(steps::SILENT_BODY))
    }

    fn whole(&mut self, last: &Bytes) -> Result<Step, OutOfOrder> {
        if self.incoming.as_ref().is_some_and(|incoming| incoming.part < Part::Body) || !last.is_empty() {
            self.body(last)?;
        }
        let incoming = self.incoming.take().ok_or(OutOfOrder::Command("the end of a message"))?;
        let cut = match &incoming.lost {
            None => false,
            Some(Trouble::TooLarge) if self.cuts => true,
            Some(trouble) => return Ok(Step::Unseen(trouble.clone())),
        };
        let mut envelope = self.envelope();
        envelope.sender = incoming.sender;
        envelope.recipients = incoming.recipients;
        envelope.size = incoming.size;
        envelope.cut = cut;
        Ok(Step::Message(Box::new(envelope), incoming.bytes))
    }

    /// Keeps bytes as far as there is room for them.
    fn keep(&mut self, pieces: &[&[u8]]) {
        let most = self.most;
        let Some(incoming) = &mut self.incoming else { return };
        for piece in pieces {
            incoming.size = incoming.size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if incoming.lost.is_some() {
                continue;
            }
            let room = most.saturating_sub(incoming.bytes.len());
            incoming.bytes.extend_from_slice(piece.get(..room).unwrap_or(piece));
            if piece.len() > room {
                incoming.lost = Some(Trouble::TooLarge);
            }
        }
    }

    fn has(&self, step: u32) -> bool {
        self.agreed.is_some_and(|agreed| agreed.has(step))
    }

    /// A word to go on, unless it was agreed that there is none.
    fn unless(&self, step: u32) -> Step {
        if self.has(step) { Step::Quiet } else { Step::Reply(Reply::Continue) }
    }

    /// Bytes of the message that is coming in.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.incoming.as_ref().map_or(0, |incoming| incoming.bytes.capacity())
    }

    /// Keeps no more of the message that is coming in: there is no memory for it.
    pub fn drop_message(&mut self) {
        if let Some(incoming) = &mut self.incoming {
            incoming.bytes = Vec::new();
            incoming.lost = Some(Trouble::Memory);
        }
    }

    /// Whether no message is under way.
    #[must_use]
    pub fn is_between_messages(&self) -> bool {
        self.incoming.is_none()
    }

    /// Who is connected to the server.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone().unwrap_or_default()
    }

    /// What is known of the message that is coming in.
    #[must_use]
    pub fn envelope(&self) -> Envelope {
        let incoming = self.incoming.as_ref();
        Envelope {
            client: self.client(),
            sender: incoming.map(|incoming| incoming.sender.clone()).unwrap_or_default(),
            recipients: incoming.map(|incoming| incoming.recipients.clone()).unwrap_or_default(),
            macros: self.macros.values().flatten().map(|(name, value)| (name.clone(), value.clone())).collect(),
            can_hold: self.agreed.is_some_and(|agreed| agreed.can(actions::QUARANTINE)),
            size: 0,
            cut: false,
        }
    }

    /// The reply to what the handler said before there was a message.
    pub fn answered(&mut self, stage: &Stage, verdict: &Verdict) -> Reply {
        match (stage, verdict) {
            (Stage::Recipient(path), Verdict::Continue) => {
                if let Some(incoming) = &mut self.incoming {
                    if incoming.recipients.len() < MOST_RECIPIENTS {
                        incoming.recipients.push(path.clone());
                    } else {
                        incoming.lost = Some(Trouble::TooLarge);
                    }
                }
            }
            // One recipient less; the message goes on.
            (Stage::Recipient(_), Verdict::Reject | Verdict::Tempfail | Verdict::Refuse(_)) | (_, Verdict::Continue) => {}
            _ => self.incoming = None,
        }
        reply(verdict, Reply::Continue)
    }

    /// The replies to what the handler said of a message, and what of it the server cannot do.
    #[must_use]
    pub fn done(&self, answer: &Answer) -> (Vec<Reply>, Vec<Trouble>) {
        let (mut replies, mut troubles) = (Vec::with_capacity(answer.changes.len() + 1), Vec::new());
        for change in &answer.changes {
            if self.agreed.is_some_and(|agreed| agreed.can(needed(change))) {
                replies.push(self.change(change));
            } else {
                troubles.push(Trouble::Unable(change.kind()));
            }
        }
        // At the end, to go on and to accept are one; servers that filter further are told to go on.
        let verdict = if answer.verdict == Verdict::Accept { &Verdict::Continue } else { &answer.verdict };
        replies.push(reply(verdict, Reply::Continue));
        (replies, troubles)
    }

    fn change(&self, change: &Modification) -> Reply {
        let name =
            |name: &str| Bytes::from(name.bytes().filter(|byte| (33..=126).contains(byte) && *byte != b':').collect::<Vec<_>>());
        let value = |value: &str| self.value(value);
        let bracketed = |address: &str| {
            let plain: String = address.chars().filter(|char| !char.is_control() && !matches!(char, '<' | '>')).collect();
            format!("<{plain}>")
        };
        match change {
            Modification::AddHeader { name: n, value: v } => Reply::AddHeader { name: name(n), value: value(v) },
            Modification::InsertHeader { index, name: n, value: v } => {
                Reply::InsertHeader { index: *index, name: name(n), value: value(v) }
            }
            Modification::ChangeHeader { index, name: n, value: v } => {
                Reply::ChangeHeader { index: *index, name: name(n), value: value(v) }
            }
            Modification::DeleteHeader { index, name: n } => {
                Reply::ChangeHeader { index: *index, name: name(n), value: Bytes::new() }
            }
            Modification::Quarantine(reason) => Reply::Quarantine(reason.chars().filter(|char| !char.is_control()).collect()),
            Modification::AddRecipient(address) => Reply::AddRecipient(bracketed(address)),
            Modification::DeleteRecipient(address) => Reply::DeleteRecipient(bracketed(address)),
            Modification::ChangeSender(address) => Reply::ChangeSender(bracketed(address)),
        }
    }

    /// A value as servers take it: lines parted by a bare line feed, each but the first beginning with white space, so that no value makes
    /// a field of its own; with the space before it where it was agreed that the server adds none.
    fn value(&self, text: &str) -> Bytes {
        let mut value = String::with_capacity(text.len() + 1);
        if self.has(steps::LEADING_SPACE) && !text.starts_with([' ', '\t']) {
            value.push(' ');
        }
        let mut lines = text.split('\n').map(|line| line.replace('\r', "")).filter(|line| !line.trim().is_empty());
        value.extend(lines.next());
        for line in lines {
            value.push('\n');
            if !line.starts_with([' ', '\t']) {
                value.push(' ');
            }
            value.push_str(&line);
        }
        Bytes::from(value)
    }
}

/// What a server must offer for a change.
const fn needed(change: &Modification) -> u32 {
    match change {
        Modification::AddHeader { .. } | Modification::InsertHeader { .. } => actions::ADD_HEADERS,
        Modification::ChangeHeader { .. } | Modification::DeleteHeader { .. } => actions::CHANGE_HEADERS,
        Modification::Quarantine(_) => actions::QUARANTINE,
        Modification::AddRecipient(_) => actions::ADD_RECIPIENTS,
        Modification::DeleteRecipient(_) => actions::DELETE_RECIPIENTS,
        Modification::ChangeSender(_) => actions::CHANGE_SENDER,
    }
}

/// What is sent for a verdict.
pub(crate) fn reply(verdict: &Verdict, go_on: Reply) -> Reply {
    match verdict {
        Verdict::Continue => go_on,
        Verdict::Accept => Reply::Accept,
        Verdict::Reject => Reply::Reject,
        Verdict::Tempfail => Reply::Tempfail,
        Verdict::Discard => Reply::Discard,
        // Servers read `%%` as `%`, as libmilter writes it.
        Verdict::Refuse(refusal) => Reply::Code(refusal.line().replace('%', "%%")),
    }
}

/// A folded value with the line ends it had on its way: servers hand over bare line feeds.
fn network_lines(value: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(value.len() + 8);
    for byte in value {
        if *byte == b'\n' && whole.last() != Some(&b'\r') {
            whole.push(b'\r');
        }
        whole.push(*byte);
    }
    whole
}

#[cfg(test)]
mod tests;
