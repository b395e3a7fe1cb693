//! The override that seed rules look for: a partner's domain with `p=reject` is spoofed, the cloud service found the failure and
//! delivered all the same (`dmarc=fail action=oreject`), and hands the message on to our gateway.
//!
//! The header fields have the form that Microsoft documents under "Anti-spam message headers".

use super::prelude::*;
use crate::text;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "oreject-override",
    imitates: "A partner with p=reject is spoofed; Microsoft 365 overrode the rejection (action=oreject) and passes the message on.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Fail, dkim: &[], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/oreject_override.toml", text: include_str!("../../../data/mail/oreject_override.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let (partner, cloud) = (desk.house(Role::Partner)?, desk.house(Role::Cloud)?);
    let from = Mailbox::new("Adatum Orders", partner.at("orders"));
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    let (attacker, server) = (desk.attacker(random)?, cloud.server(random.below(4)));
    let (address, domain) = (attacker.address, &partner.domain);
    desk.relayed(&mut letter, (&attacker, &server), 8, random);
    letter.stamp(
        "Authentication-Results",
        &format!(
            "spf=fail (sender IP is {address}) smtp.mailfrom={domain}; dkim=none (message not signed) header.d=none;dmarc=fail \
             action=oreject header.from={domain};compauth=none reason=451"
        ),
    );
    letter.stamp(
        "Received-SPF",
        &format!(
            "Fail ({}: domain of {domain} does not designate {address} as permitted sender) receiver={}; client-ip={address}; helo={};",
            cloud.domain, cloud.domain, attacker.name
        ),
    );
    let id = text::guid(random);
    for (name, value) in [
        ("X-MS-Exchange-CrossTenant-Network-Message-Id", id.clone()),
        ("X-MS-Office365-Filtering-Correlation-Id", id),
        ("X-MS-Exchange-CrossTenant-AuthAs", "Anonymous".to_owned()),
        (
            "X-Forefront-Antispam-Report",
            format!(
                "CIP:{address};CTRY:ZZ;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:{};PTR:{};CAT:NONE;SFS:(13230040);DIR:INB;",
                attacker.name, attacker.name
            ),
        ),
    ] {
        letter.stamp(name, &value);
    }
    Ok(vec![desk.post(letter, server, &from.address, &readers)])
}
