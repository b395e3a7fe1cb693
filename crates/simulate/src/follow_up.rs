//! What comes later of a delivered message: it is purged or released, or its link is clicked.
//!
//! Events wait here until the hours pass; what would come after the end of the telemetry has not happened yet.

use std::collections::BTreeMap;

use crate::calendar::{HOUR, MINUTE};
use crate::draft::{Direction, Draft, To};
use crate::outcome::Outcome;
use crate::random::Random;
use crate::stream::{Label, Stream};
use crate::table::email_events::Copy;
use crate::table::email_post_delivery_events::PostDelivery;
use crate::table::url_click_events::Click;
use crate::text;
use crate::world::World;

/// Of a thousand look-alikes that were held back, how many an administrator releases.
const RELEASED_PER_MILLE: u32 = 160;

/// Something that comes later.
#[derive(Debug)]
pub(crate) enum FollowUp {
    PostDelivery(PostDelivery),
    Click(Click),
}

/// What is still to come, by moment; the second number keeps equals in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    events: BTreeMap<(i64, u64), FollowUp>,
    made: u64,
}

impl Pending {
    fn add(&mut self, moment: i64, event: FollowUp) {
        self.events.insert((moment, self.made), event);
        self.made += 1;
    }

    /// The next event before `end`, if any.
    pub(crate) fn pop_before(&mut self, end: i64) -> Option<(i64, FollowUp)> {
        if self.events.first_key_value()?.0.0 >= end {
            return None;
        }
        self.events.pop_first().map(|((moment, _), event)| (moment, event))
    }

    /// Decides what will become of one copy of a message.
    pub(crate) fn decide(&mut self, world: &World, stream: &Stream, draft: &Draft, to: To, copy: Copy<'_>, random: &mut Random) {
        let missed = copy.outcome.is_missed() && stream.label != Label::LookAlike;
        let mut purged_at = i64::MAX;
        if missed && draft.zap_per_mille > 0 && random.per_mille(draft.zap_per_mille) {
            purged_at = draft.moment + i64::from(random.between(4, 600)) * MINUTE + i64::from(random.below(60_000_000));
            self.add(purged_at, FollowUp::PostDelivery(purge(stream, draft, copy, random)));
        } else if stream.label == Label::LookAlike
            && copy.outcome.location != "Inbox/folder"
            && random.per_mille(RELEASED_PER_MILLE)
        {
            let moment = draft.moment + i64::from(random.between(20, 2000)) * MINUTE;
            self.add(moment, FollowUp::PostDelivery(release(draft, copy)));
        }
        let can_click = !draft.content.links.as_slice().is_empty() && copy.outcome.is_in_mailbox();
        if can_click && random.per_mille(draft.click_per_mille) {
            // Most are quick, some take a day: the product of two even chances.
            let minutes = i64::from(random.between(1, 60)) * i64::from(random.between(1, 60)) / 4;
            let moment = draft.moment + minutes * MINUTE + i64::from(random.below(60_000_000));
            if moment < purged_at {
                let late = moment - draft.moment > 2 * HOUR;
                if let Some(click) = click(world, stream, draft, to, copy, late, random) {
                    self.add(moment, FollowUp::Click(click));
                }
            }
        }
    }
}

/// A click on one of the message's links by the recipient.
fn click(
    world: &World,
    stream: &Stream,
    draft: &Draft,
    to: To,
    copy: Copy<'_>,
    late: bool,
    random: &mut Random,
) -> Option<Click> {
    let To::User(index) = to else { return None };
    let user = world.cast.user(index)?;
    let link = random.pick(draft.content.links.as_slice())?;
    let hostile = stream.label == Label::Attack;
    // Safe Links learns: the later the click, the likelier the URL is known to be bad.
    let known = hostile && random.per_mille(if late { 600 } else { 200 });
    let action = match random.below(100) {
        _ if known => "ClickBlocked",
        0..4 => "UrlScanInProgress",
        4..6 => "UrlErrorPage",
        _ => "ClickAllowed",
    };
    let mut report_id = String::new();
    text::push_guid(&mut report_id, random);
    Some(Click {
        url: link.url.clone(),
        account: user.address.clone(),
        network_message_id: copy.network_message_id.to_owned(),
        action,
        threat_types: if known { "Phish" } else { "" },
        methods: if known { "{\"Phish\":[\"URL detonation reputation\"]}" } else { "" },
        address: world.cast.sites.get(user.site).map_or_else(String::new, |site| site.egress.clone()),
        clicked_through: known && random.per_mille(120),
        report_id,
    })
}

fn purge(stream: &Stream, draft: &Draft, copy: Copy<'_>, random: &mut Random) -> PostDelivery {
    let malware = draft.content.attachments.as_slice().iter().any(|attachment| attachment.malicious);
    let (action_type, threat_types, methods) = match (malware, stream.label) {
        (true, _) => ("Malware ZAP", "Malware", "{\"Malware\":[\"File detonation reputation\"]}"),
        (false, Label::Attack) => ("Phish ZAP", "Phish", "{\"Phish\":[\"URL detonation reputation\"]}"),
        (false, _) => ("Spam ZAP", "Spam", "{\"Spam\":[\"Fingerprint matching\"]}"),
    };
    let succeeded = !random.per_mille(40);
    let quarantined = action_type != "Spam ZAP";
    PostDelivery {
        action: if quarantined { "Moved to quarantine" } else { "Moved to junk folder" },
        action_type,
        trigger: "ZAP",
        result: if succeeded { "Success" } else { "Error" },
        location: match (succeeded, quarantined) {
            (false, _) => "Inbox/folder",
            (true, true) => "Quarantine",
            (true, false) => "Junk folder",
        },
        threat_types,
        methods,
        ..of(draft, copy)
    }
}

fn release(draft: &Draft, copy: Copy<'_>) -> PostDelivery {
    PostDelivery {
        action: "Moved to inbox",
        action_type: "Redelivery",
        trigger: "Admin action",
        result: "Success",
        location: "Inbox/folder",
        ..of(draft, copy)
    }
}

fn of(draft: &Draft, copy: Copy<'_>) -> PostDelivery {
    PostDelivery {
        network_message_id: copy.network_message_id.to_owned(),
        internet_message_id: copy.internet_message_id.to_owned(),
        recipient: copy.recipient.to_owned(),
        sender: draft.from.clone(),
        direction: Direction::name(draft.direction),
        action: "",
        action_type: "",
        trigger: "",
        result: "",
        location: "",
        threat_types: "",
        methods: "",
    }
}

/// True when an outcome can still change: what left the organisation cannot be called back.
pub(crate) fn can_follow(outcome: &Outcome) -> bool {
    !matches!(outcome.location.as_str(), "On-premises/external" | "Failed" | "Dropped")
}
