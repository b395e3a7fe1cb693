//! Microsoft 365 signs with two selectors in turn, and one of them is not as it should be.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        dkim::{Broken, Half, MicrosoftAlias, Selector},
    },
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-microsoft-selector-missing",
    severity: Severity::Medium,
    title: "A selector of Microsoft 365 is missing or leads elsewhere",
    meaning: "Microsoft 365 keeps two keys for a domain, selector1 and selector2. It signs with one, renews the other, and changes over. The domain \
              has to have an alias for each.",
    risk: "After the next rotation Microsoft signs with a key that receivers do not find: signatures fail, and with a strict DMARC policy mail \
           is lost. Without both aliases the key cannot be renewed at all.",
    advice: "Publish both aliases as `Get-DkimSigningConfig -Identity DOMAIN` shows them, in Selector1CNAME and Selector2CNAME.",
    references: &[Reference {
        title: "Microsoft: DKIM for a custom domain",
        url: "https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure",
    }],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dkim = &evidence.dkim;
    let of = |half: Half| dkim.selectors.iter().find(|selector| selector.name == half.selector());
    let microsoft = |half| of(half).and_then(|selector| selector.microsoft().map(|alias| (selector, alias)));
    for half in [Half::First, Half::Second] {
        match microsoft(half) {
            Some((selector, alias)) => leads_elsewhere(check, evidence, (half, selector, &alias), found),
            None => {
                // An alias into a tenant that is gone needs no companion.
                let Some((leads, other)) = microsoft(half.other()) else { continue };
                if matches!(leads.broken, Some(Broken::NoTenant(_))) {
                    continue;
                }
                let selector = of(half);
                if selector.is_some_and(|selector| selector.texts.is_unknown() && selector.aliases.is_empty()) {
                    continue;
                }
                found.push(missing(check, evidence, half, selector, &other));
            }
        }
    }
    if let (Some((first, a)), Some((second, b))) = (microsoft(Half::First), microsoft(Half::Second))
        && a.tenant != b.tenant
    {
        let finding = check.found(&evidence.domain).seen(words::key_at(first), format!("a key of the tenant {}", a.tenant));
        found.push(finding.seen(words::key_at(second), format!("a key of the tenant {}", b.tenant)));
    }
}

/// One alias is there, and the other is not.
fn missing(check: &Check, evidence: &DomainEvidence, half: Half, selector: Option<&Selector>, other: &MicrosoftAlias) -> Finding {
    let name = format!("{}._domainkey.{}", half.selector(), evidence.domain);
    let instead = selector.filter(|selector| selector.exists());
    let seen =
        instead.map_or("no record".to_owned(), |selector| format!("not an alias into Microsoft 365{}", words::whose(selector)));
    let finding = check.found(&name).seen(format!("{name} CNAME"), seen);
    if other.partition.is_some() {
        return finding
            .seen("to expect".to_owned(), format!("an alias like {}; a part of it is for Microsoft to say", other.other()));
    }
    let now = instead.map_or(Vec::new(), |selector| match selector.aliases.first() {
        Some(target) => vec![target.clone()],
        None => selector.texts.words().map(std::borrow::Cow::into_owned).collect(),
    });
    finding.publish(name, "CNAME", other.other(), &now)
}

/// The alias is there, and leads to the key of another selector or of another domain.
fn leads_elsewhere(
    check: &Check,
    evidence: &DomainEvidence,
    (half, selector, alias): (Half, &Selector, &MicrosoftAlias),
    found: &mut Vec<Finding>,
) {
    let seen = match (alias.selector == half, alias.is_of(&evidence.domain)) {
        (true, true) => return,
        (false, _) => format!("leads to the key of {}", alias.selector.selector()),
        (true, false) => format!("leads to the key of the domain {} (dashes stand for its dots)", alias.dashed_domain),
    };
    let finding = check.found(&selector.texts.name).seen(words::key_at(selector), selector.way());
    found.push(finding.seen(words::key_at(selector), seen));
}
