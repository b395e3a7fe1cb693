//! Direct Send abuse without an envelope sender (MITRE ATT&CK T1672): a server that refuses anonymous mail by its envelope, as Exchange
//! Online does with `RejectDirectSend`, sees nothing to refuse; the author's domain is all there is to look at.

use super::{direct_send, prelude::*};

pub(super) static SCENARIO: Scenario = Scenario {
    name: "direct-send-empty-sender",
    imitates: "Anonymous mail straight to our server that claims one of ours in From alone; the envelope sender is empty.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::None, dkim: &[], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let mut drafts = direct_send::write(desk, random)?;
    for draft in &mut drafts {
        draft.mail_from.clear();
    }
    Ok(drafts)
}
