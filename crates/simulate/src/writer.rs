//! Turns a finished draft into rows: a row of `EmailEvents` for each recipient, and what belongs to it.

use std::collections::VecDeque;

use crate::audit::EventLabel;
use crate::draft::{Draft, To};
use crate::follow_up::{FollowUp, Pending, can_follow};
use crate::random::Random;
use crate::stream::Stream;
use crate::table::email_events::Copy;
use crate::table::{self, Table};
use crate::text;
use crate::world::World;

/// The tables of mail, the events to come, and buffers for what is made up for each message.
#[derive(Debug)]
pub(crate) struct Writer {
    events: Table,
    urls: Table,
    attachments: Table,
    post_delivery: Table,
    clicks: Table,
    labels: Table,
    pending: Pending,
    /// Labels of audit events that wait for messages before them.
    event_labels: VecDeque<EventLabel>,
    network_message_id: String,
    internet_message_id: String,
    report_id: String,
    to: String,
    cc: String,
}

/// How many recipients stand in the To header; the others are in Cc.
const IN_TO: usize = 3;

impl Writer {
    /// With empty tables.
    pub(crate) fn new() -> Self {
        Self {
            events: Table::new(&table::email_events::LAYOUT),
            urls: Table::new(&table::email_url_info::LAYOUT),
            attachments: Table::new(&table::email_attachment_info::LAYOUT),
            post_delivery: Table::new(&table::email_post_delivery_events::LAYOUT),
            clicks: Table::new(&table::url_click_events::LAYOUT),
            labels: Table::new(&table::simulation_labels::LAYOUT),
            pending: Pending::default(),
            event_labels: VecDeque::new(),
            network_message_id: String::new(),
            internet_message_id: String::new(),
            report_id: String::new(),
            to: String::new(),
            cc: String::new(),
        }
    }

    /// Writes a message; returns how many rows of `EmailEvents` that made.
    pub(crate) fn message(&mut self, world: &World, stream: &Stream, draft: &Draft, random: &mut Random) -> usize {
        self.identify(draft, random);
        self.headers(world, draft);
        let outcome = world.outcomes.get(draft.outcome);
        let prefix = self.report_id.len();
        for (number, to) in draft.to.iter().enumerate() {
            self.report_id.truncate(prefix);
            text::push_number(&mut self.report_id, number as u64 + 1);
            let (recipient, recipient_object_id) = match to {
                To::User(index) => {
                    world.cast.user(*index).map_or(("", ""), |user| (user.address.as_str(), user.object_id.as_str()))
                }
                To::Outside => (draft.outside.as_str(), ""),
            };
            let copy = Copy {
                network_message_id: &self.network_message_id,
                internet_message_id: &self.internet_message_id,
                recipient,
                recipient_object_id,
                authentication: world.verdicts.text(draft.verdict),
                report_id: &self.report_id,
                to: &self.to,
                cc: &self.cc,
                outcome,
            };
            table::email_events::push(&mut self.events, draft, copy);
            for attachment in draft.content.attachments.as_slice() {
                table::email_attachment_info::push(&mut self.attachments, draft, copy, attachment);
            }
            if can_follow(outcome) {
                self.pending.decide(world, stream, draft, *to, copy, random);
            }
        }
        for link in draft.content.links.as_slice() {
            table::email_url_info::push(&mut self.urls, draft.moment, &self.network_message_id, &self.report_id, link);
        }
        self.label_events(draft.moment);
        table::simulation_labels::push_message(&mut self.labels, draft.moment, &self.network_message_id, stream);
        draft.to.len()
    }

    /// Takes in the labels of an hour's audit events, in the order of time; they are written between those of messages.
    pub(crate) fn expect(&mut self, labels: Vec<EventLabel>) {
        self.event_labels.extend(labels);
    }

    /// Writes the labels of audit events before `moment`.
    fn label_events(&mut self, moment: i64) {
        while let Some(label) = self.event_labels.pop_front_if(|label| label.moment < moment) {
            table::simulation_labels::push_event(&mut self.labels, &label);
        }
    }

    /// Makes up the identifiers.
    fn identify(&mut self, draft: &Draft, random: &mut Random) {
        self.network_message_id.clear();
        text::push_guid(&mut self.network_message_id, random);
        self.internet_message_id.clear();
        if draft.message_id.is_empty() {
            self.internet_message_id.push('<');
            text::push_hex(&mut self.internet_message_id, 24, random);
            self.internet_message_id.push('@');
            self.internet_message_id.push_str(text::domain(&draft.mail_from));
            self.internet_message_id.push('>');
        } else {
            self.internet_message_id.push_str(&draft.message_id);
        }
        self.report_id.clear();
        self.report_id.push_str(&self.network_message_id);
        self.report_id.push('-');
        text::push_digits(&mut self.report_id, 19, random);
        self.report_id.push('-');
    }

    /// The To and Cc headers as JSON arrays; addresses hold nothing that JSON would escape.
    fn headers(&mut self, world: &World, draft: &Draft) {
        for header in [&mut self.to, &mut self.cc] {
            header.clear();
            header.push('[');
        }
        for (number, to) in draft.to.iter().enumerate() {
            let header = if number < IN_TO { &mut self.to } else { &mut self.cc };
            if header.len() > 1 {
                header.push(',');
            }
            header.push('"');
            header.push_str(match to {
                To::User(index) => world.cast.user(*index).map_or("", |user| user.address.as_str()),
                To::Outside => draft.outside.as_str(),
            });
            header.push('"');
        }
        self.to.push(']');
        self.cc.push(']');
    }

    /// Writes what has come to pass before `end`.
    pub(crate) fn settle(&mut self, end: i64) {
        self.label_events(end);
        while let Some((moment, event)) = self.pending.pop_before(end) {
            match event {
                FollowUp::PostDelivery(event) => table::email_post_delivery_events::push(&mut self.post_delivery, moment, &event),
                FollowUp::Click(click) => table::url_click_events::push(&mut self.clicks, moment, &click),
            }
        }
    }

    /// The tables, in the order of [`table::LAYOUTS`] as far as they are here.
    pub(crate) fn tables(&mut self) -> [&mut Table; 6] {
        [&mut self.events, &mut self.urls, &mut self.attachments, &mut self.post_delivery, &mut self.clicks, &mut self.labels]
    }
}
