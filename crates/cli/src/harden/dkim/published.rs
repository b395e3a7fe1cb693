//! What the DNS must say of a selector of the tenant: the name leads where Microsoft says, and, once a key is new, to that key.

use mailauth::{
    dkim::{PublicPart, PublishedKey},
    dns::Resolver,
};
use tenant::dkim_rotation::Expected;

/// Looks whether the DNS says so.
///
/// # Errors
///
/// In words: what it says in place of that, and what to do.
pub(super) async fn published(resolver: &dyn Resolver, expected: &Expected) -> Result<(), String> {
    let Expected { name, cname, .. } = expected;
    if cname.is_empty() {
        return Err(format!("Exchange Online does not say where {name} must point"));
    }
    let advice = format!("publish {name} as a CNAME of {cname}");
    let found = resolver.cname(name).await.map_err(|absent| format!("{name}: {absent}; {advice}"))?;
    let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    match found.first() {
        Some(target) if plain(target) == plain(cname) => {}
        Some(target) => return Err(format!("{name} is a CNAME of {target}; {advice}")),
        None => return Err(format!("{name} is no CNAME; {advice}")),
    }
    let Some(wanted) = &expected.public_key else { return Ok(()) };
    let texts =
        resolver.txt(cname).await.map_err(|absent| format!("{cname}: {absent}; Microsoft publishes the new key there"))?;
    let [text] = &*texts else {
        return Err(format!("{cname} has {} texts, where one may be", texts.len()));
    };
    let record = PublishedKey::read(text);
    if record.p != *wanted {
        return Err(format!("{cname} still holds another key than the new one"));
    }
    match record.key {
        PublicPart::Rsa { bits, .. } if bits >= expected.least_bits => Ok(()),
        PublicPart::Rsa { bits, .. } => Err(format!("the key at {cname} has {bits} bits, fewer than {}", expected.least_bits)),
        PublicPart::Revoked | PublicPart::Ed25519 | PublicPart::Unusable => Err(format!("{cname} holds no RSA key")),
    }
}

#[cfg(test)]
mod tests {
    use mailauth::dns::Zone;
    use tenant::dkim_rotation::Selector;

    use super::*;

    /// An RSA key of 1024 bits as DNS has it: what it belongs to does not matter.
    const KEY: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

    #[tokio::test]
    async fn the_name_must_lead_to_microsoft_and_to_the_new_key() {
        let name = "selector2._domainkey.contoso.com";
        let target = "selector2-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft";
        let expected = |key: Option<&str>, least_bits| Expected {
            selector: Selector::Second,
            name: name.to_owned(),
            cname: target.to_owned(),
            public_key: key.map(str::to_owned),
            least_bits,
        };
        let ask = async |zone: &str, expected: &Expected| published(&Zone::parse(zone).unwrap(), expected).await;
        let alias = format!("{name}. 60 IN CNAME {target}.\n");
        let whole = format!("{alias}{target}. 60 IN TXT \"v=DKIM1; k=rsa; p={KEY}\"\n");
        assert_eq!(ask(&alias, &expected(None, 2048)).await, Ok(()));
        assert_eq!(ask(&whole, &expected(Some(KEY), 1024)).await, Ok(()));
        for (zone, key, bits, words) in [
            ("", None, 2048, "publish selector2._domainkey.contoso.com as a CNAME of"),
            (&format!("{name}. 60 IN CNAME old.example.\n"), None, 2048, "is a CNAME of old.example"),
            (&alias, Some(KEY), 1024, "Microsoft publishes the new key there"),
            (&whole, Some("AAAA"), 1024, "still holds another key"),
            (&whole, Some(KEY), 2048, "has 1024 bits, fewer than 2048"),
        ] {
            let found = ask(zone, &expected(key, bits)).await.unwrap_err();
            assert!(found.contains(words), "{found}");
        }
    }
}
