//! Fixes in every status, one whose step is refused, one that only some may approve; what is done to them is kept.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{
    HOSTILE, NOW,
    domains::{ago, entry, owned},
};
use crate::*;

/// Who may approve what not everybody may.
const APPROVERS: [&str; 2] = ["kim", "lee"];
/// The fix that only [`APPROVERS`] may approve.
const GUARDED: &str = "f2d01a5b77c04e18";
/// Statuses that something is still to come of.
const OPEN: [&str; 5] = ["proposed", "approved", "applying", "applied", "undoing"];

/// Fixes, by id.
#[derive(Debug)]
pub(super) struct Sample {
    kept: Mutex<BTreeMap<String, FixView>>,
}

impl Default for Sample {
    fn default() -> Self {
        Self { kept: Mutex::new(fixes().into_iter().map(|fix| (fix.line.id.clone(), fix)).collect()) }
    }
}

/// A fix: id, kind, subject, title, status, the step's change and what takes it back.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const ROWS: [Row; 10] = [
    (
        "f1a6c3e2905b4d77",
        "dkim-signing-disabled",
        "example.com",
        "example.com: DKIM signing is switched off",
        "proposed",
        "Set-DkimSigningConfig -Identity 'example.com' -Enabled $true\n",
        "Set-DkimSigningConfig -Identity 'example.com' -Enabled $false\n",
    ),
    (
        GUARDED,
        "dmarc-policy-none",
        "legacy.example",
        "legacy.example: The DMARC policy asks for nothing",
        "proposed",
        "- _dmarc.legacy.example 300 TXT \"v=DMARC1; p=none; rua=mailto:dmarc@contoso.com\"\n+ _dmarc.legacy.example 300 TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.com\"\n",
        "- _dmarc.legacy.example 300 TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.com\"\n+ _dmarc.legacy.example 300 TXT \"v=DMARC1; p=none; rua=mailto:dmarc@contoso.com\"\n",
    ),
    (
        "f38b0c9d12ae4f60",
        "spf-allows-everybody",
        "shop.example",
        "shop.example: SPF lets everybody send",
        "approved",
        "- shop.example 300 TXT \"v=spf1 include:_spf.example.org +all\"\n+ shop.example 300 TXT \"v=spf1 include:_spf.example.org ~all\"\n",
        "- shop.example 300 TXT \"v=spf1 include:_spf.example.org ~all\"\n+ shop.example 300 TXT \"v=spf1 include:_spf.example.org +all\"\n",
    ),
    (
        "f4c7d8e9fa0b4c1d",
        "moera-dmarc",
        "contoso.onmicrosoft.com",
        "contoso.onmicrosoft.com: No DMARC policy",
        "approved",
        "",
        "",
    ),
    (
        "f5e1f20314253647",
        "direct-send-open",
        "contoso.onmicrosoft.com",
        "contoso.onmicrosoft.com: Direct Send is open",
        "applying",
        "Set-OrganizationConfig -RejectDirectSend $true\n",
        "Set-OrganizationConfig -RejectDirectSend $false\n",
    ),
    (
        "f6a9b8c7d6e5f401",
        "tls-rpt-missing",
        "example.com",
        "example.com: No TLS reports are asked for",
        "applied",
        "+ _smtp._tls.example.com 300 TXT \"v=TLSRPTv1; rua=mailto:tls@contoso.com\"\n",
        "- _smtp._tls.example.com 300 TXT \"v=TLSRPTv1; rua=mailto:tls@contoso.com\"\n",
    ),
    (
        "f7b2c3d4e5f60718",
        "dmarc-missing",
        "contoso.com",
        "contoso.com: No DMARC policy",
        "verified",
        "+ _dmarc.contoso.com 300 TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com\"\n",
        "- _dmarc.contoso.com 300 TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com\"\n",
    ),
    (
        "f8d5e6f708192a3b",
        "spf-missing",
        "news.example",
        "news.example: No SPF record",
        "failed",
        "+ news.example 300 TXT \"v=spf1 -all\"\n",
        "- news.example 300 TXT \"v=spf1 -all\"\n",
    ),
    (
        "f9e0d1c2b3a49586",
        "transport-rule-disable",
        HOSTILE,
        HOSTILE,
        "refused",
        "Disable-TransportRule -Identity '<script>alert(\"1\")</script>' -Confirm:$false\n",
        "Enable-TransportRule -Identity '<script>alert(\"1\")</script>' -Confirm:$false\n",
    ),
    (
        "fa10293847566574",
        "mta-sts-missing",
        "contoso.com",
        "contoso.com: No MTA-STS policy",
        "undone",
        "+ _mta-sts.contoso.com 300 TXT \"v=STSv1; id=20261101\"\n",
        "- _mta-sts.contoso.com 300 TXT \"v=STSv1; id=20261101\"\n",
    ),
];

fn fixes() -> Vec<FixView> {
    let mut fixes: Vec<FixView> = ROWS.iter().enumerate().map(|(place, row)| made(row, place)).collect();
    let undoing = (
        "fb56473829100fed",
        "bimi-record",
        "shop.example",
        "shop.example: No logo",
        "undoing",
        "+ default._bimi.shop.example 300 TXT \"v=BIMI1; l=https://shop.example/logo.svg\"\n",
        "- default._bimi.shop.example 300 TXT \"v=BIMI1; l=https://shop.example/logo.svg\"\n",
    );
    fixes.push(made(&undoing, 11));
    fixes
}

fn made((id, kind, subject, title, status, change, undo): &Row, place: usize) -> FixView {
    let hours = i64::try_from(place).unwrap_or(0);
    let approved = !matches!(*status, "proposed" | "refused");
    let line = FixLine {
        id: (*id).to_owned(),
        kind: (*kind).to_owned(),
        subject: (*subject).to_owned(),
        title: (*title).to_owned(),
        status: (*status).to_owned(),
        finding: (*kind).to_owned(),
        proposed_by: "spoofwatch".to_owned(),
        approved_by: if approved { "lee".to_owned() } else { String::new() },
        updated_at: ago(hours),
        message: match *status {
            "failed" => {
                "the server of news.example refused the update (REFUSED): grant the key `spoofwatch` the name news.example. TXT"
            }
            "refused" => "the rule is ours: see CHG-17",
            "applied" => "not yet: ns2.contoso.com answers without the record",
            _ => "",
        }
        .to_owned(),
        ..FixLine::default()
    };
    let is_made = matches!(*status, "applied" | "verified" | "undone" | "undoing");
    let state = match *status {
        "applied" | "verified" | "undoing" => "done",
        "undone" => "undone",
        _ => "to do",
    };
    let step = FixStepView {
        what: if change.starts_with("Set-") || change.starts_with("Disable-") {
            "run in Exchange Online"
        } else {
            "publish in the DNS"
        }
        .to_owned(),
        change: (*change).to_owned(),
        undo: (*undo).to_owned(),
        state: state.to_owned(),
    };
    let by_hand = change.is_empty();
    let mut timeline = vec![entry(hours + 30, "fix", "spoofwatch", "proposed")];
    if approved {
        timeline.push(entry(hours + 3, "fix", "lee", "approved: agreed in the meeting of Tuesday"));
    }
    if is_made {
        timeline.push(entry(hours + 1, "fix", "spoofwatch", "applied"));
    }
    FixView {
        why:
            "Receivers can then tell honest mail of this domain from forged mail. Until it is done, anybody can send in its name."
                .to_owned(),
        warnings: if *id == GUARDED {
            vec!["In the last 30 days 14 honest messages of news.example would have gone to junk.".to_owned(), HOSTILE.to_owned()]
        } else {
            Vec::new()
        },
        steps: if by_hand { Vec::new() } else { vec![step] },
        by_hand: if by_hand {
            vec![format!(
                "In the Microsoft 365 admin center, open Settings, Domains, {subject}, DNS records, and add _dmarc TXT v=DMARC1; p=reject."
            )]
        } else {
            Vec::new()
        },
        proofs: proofs(kind, subject, status),
        references: owned(["https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7"]),
        timeline,
        line,
        ..FixView::default()
    }
}

/// What has to be seen, and how much of it was.
fn proofs(kind: &str, subject: &str, status: &str) -> Vec<(String, String, String)> {
    let first = ("every server of the zone, and the tenant, answer as the plan says", "3 of 3 answer so");
    let second = (format!("the check {kind} finds nothing at {subject} any more"), "it still finds it");
    let (one, two) = match status {
        "verified" => ("seen", "seen"),
        "applied" => ("seen", "not yet"),
        _ => ("not looked at", "not looked at"),
    };
    let words = |state: &str, words: &str| if state == "not looked at" { String::new() } else { words.to_owned() };
    vec![
        (first.0.to_owned(), one.to_owned(), words(one, first.1)),
        (second.0, two.to_owned(), words(two, if two == "seen" { "it finds nothing" } else { second.1 })),
    ]
}

/// What may be done in a status, and why something may not.
fn allowed(fix: &FixView, who: &str) -> (Vec<String>, String) {
    if fix.line.id == GUARDED && !APPROVERS.contains(&who) && fix.line.status == "proposed" {
        return (owned(["refuse"]), format!("only {} approve this, and you are {who}", APPROVERS.join(", ")));
    }
    let actions = match fix.line.status.as_str() {
        "proposed" => vec!["approve", "refuse"],
        "approved" | "applying" if fix.steps.is_empty() => vec!["verify", "refuse"],
        "approved" => vec!["apply", "refuse"],
        "applying" => vec!["apply"],
        "applied" => vec!["verify", "undo"],
        "verified" => vec!["verify", "undo"],
        "failed" => vec!["undo"],
        _ => Vec::new(),
    };
    let because = match fix.line.status.as_str() {
        "proposed" => "it is applied once somebody has approved it",
        "refused" => "somebody said no: propose it again if that was a mistake",
        "undone" => "it was taken back: propose it again if it is wanted after all",
        "undoing" => "it is being taken back",
        _ => "",
    };
    (actions.into_iter().map(str::to_owned).collect(), because.to_owned())
}

impl Sample {
    fn seen(fix: &FixView, who: &str) -> FixView {
        let (actions, because) = allowed(fix, who);
        FixView { actions, because, ..fix.clone() }
    }
}

#[async_trait]
impl Fixes for Sample {
    async fn fixes(&self, status: &str) -> Result<Vec<FixLine>, Fault> {
        if !matches!(status, "" | "all") && !state::FIX_STATUSES.contains(&status) {
            return Err(Fault::input(format!("there is no status `{status}`")));
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |line: &&FixLine| match status {
            "" => OPEN.contains(&line.status.as_str()),
            "all" => true,
            one => line.status == one,
        };
        let mut lines: Vec<FixLine> = kept.values().map(|fix| &fix.line).filter(wanted).cloned().collect();
        lines.sort_by(|left, right| right.updated_at.cmp(&left.updated_at).then_with(|| left.id.cmp(&right.id)));
        Ok(lines)
    }

    async fn fix(&self, id: &str, who: &str) -> Result<FixView, Fault> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(id).map(|fix| Self::seen(fix, who)).ok_or_else(|| Fault::Unknown { what: "fix", id: id.to_owned() })
    }

    async fn propose(&self, ask: &FixAsk, who: &str, work: &Work) -> Result<Vec<String>, Fault> {
        if ask.alert.is_empty() && (ask.check.is_empty() || ask.subject.is_empty()) {
            return Err(Fault::input("a fix is wanted for an alert, or for a check and what it found something at"));
        }
        work.at(1, 2, "looking at what stands there now");
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = kept.values().find(|fix| {
            fix.line.status == "proposed"
                && if ask.alert.is_empty() {
                    fix.line.finding == ask.check && fix.line.subject == ask.subject
                } else {
                    fix.line.alert == ask.alert
                }
        });
        if let Some(fix) = same {
            return Ok(vec![fix.line.id.clone()]);
        }
        let Some(row) = ROWS.iter().find(|row| !ask.alert.is_empty() || (row.1 == ask.check && row.2 == ask.subject)) else {
            return Err(Fault::input(format!("there is nothing that a program could do about {} of {}", ask.check, ask.subject)));
        };
        let mut fix = made(&(row.0, row.1, row.2, row.3, "proposed", row.5, row.6), 0);
        fix.line.id = format!("fc{:014x}", kept.len());
        fix.line.proposed_by = who.to_owned();
        fix.line.alert.clone_from(&ask.alert);
        if !ask.alert.is_empty() {
            fix.line.finding = String::new();
        }
        fix.timeline = vec![TimelineEntry {
            at: NOW,
            kind: "fix".to_owned(),
            who: who.to_owned(),
            what: "proposed".to_owned(),
            alert: String::new(),
        }];
        let id = fix.line.id.clone();
        kept.insert(id.clone(), fix);
        Ok(vec![id])
    }

    async fn act(&self, id: &str, action: &str, comment: &str, who: &str, work: &Work) -> Result<FixView, Fault> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let fix = kept.get_mut(id).ok_or_else(|| Fault::Unknown { what: "fix", id: id.to_owned() })?;
        let (actions, because) = allowed(fix, who);
        if !actions.iter().any(|allowed| allowed == action) {
            return Err(match (action, because.is_empty()) {
                ("approve", false) if fix.line.status == "proposed" => Fault::Refused { reason: because },
                _ => Fault::Conflict { reason: format!("fix {id} is {} and cannot be {action}", fix.line.status) },
            });
        }
        let (status, said) = match action {
            "approve" => ("approved", "approved"),
            "refuse" => ("refused", "refused"),
            "apply" => ("applied", "applied"),
            "verify" => ("verified", "verified: every proof was seen"),
            _ => ("undone", "taken back"),
        };
        for (place, step) in (1..).zip(&mut fix.steps) {
            work.at(place, u64::try_from(fix.proofs.len()).unwrap_or(1), step.what.clone());
            match status {
                "applied" => "done".clone_into(&mut step.state),
                "undone" => "undone".clone_into(&mut step.state),
                _ => {}
            }
        }
        status.clone_into(&mut fix.line.status);
        fix.line.updated_at = NOW;
        fix.line.message = if action == "refuse" { comment.to_owned() } else { String::new() };
        if action == "approve" {
            who.clone_into(&mut fix.line.approved_by);
        }
        fix.proofs = proofs(&fix.line.kind, &fix.line.subject, status);
        let what = if comment.is_empty() { said.to_owned() } else { format!("{said}: {comment}") };
        fix.timeline.push(TimelineEntry { at: NOW, kind: "fix".to_owned(), who: who.to_owned(), what, alert: String::new() });
        Ok(Self::seen(fix, who))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_is_one_of_every_status() {
        let lines = Sample::default().fixes("all").await.unwrap();
        for status in state::FIX_STATUSES {
            assert!(lines.iter().any(|line| line.status == status), "{status}");
        }
    }

    #[tokio::test]
    async fn a_fix_goes_its_way_and_no_other() {
        let (sample, work) = (Sample::default(), Work::default());
        let ask = FixAsk { alert: "a1".to_owned(), ..FixAsk::default() };
        let ids = sample.propose(&ask, "ann", &work).await.unwrap();
        assert_eq!(sample.propose(&ask, "ben", &work).await.unwrap(), ids);
        assert!(matches!(sample.act(&ids[0], "apply", "", "ann", &work).await, Err(Fault::Conflict { .. })));
        for (action, status) in [("approve", "approved"), ("apply", "applied"), ("verify", "verified"), ("undo", "undone")] {
            assert_eq!(sample.act(&ids[0], action, "CHG-1", "ann", &work).await.unwrap().line.status, status);
        }
        assert_eq!(sample.fix(&ids[0], "ann").await.unwrap().actions, [""; 0]);
    }

    #[tokio::test]
    async fn only_those_who_may_approve() {
        let (sample, work) = (Sample::default(), Work::default());
        assert!(matches!(sample.act(GUARDED, "approve", "", "ann", &work).await, Err(Fault::Refused { .. })));
        assert!(sample.act(GUARDED, "approve", "", "kim", &work).await.is_ok());
    }
}
