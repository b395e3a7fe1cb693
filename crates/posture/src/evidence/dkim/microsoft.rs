//! Aliases into Microsoft 365, which keeps the keys of its customers' domains under names of its own. There are two forms: the older one
//! below the tenant's `onmicrosoft.com`, and the one that domains added since May 2025 are given.

/// The domains of tenants: the world's, and those of governments.
const TENANTS: [&str; 2] = ["onmicrosoft.com", "onmicrosoft.us"];

/// Where the newer form ends.
const PARTITIONS: &str = "dkim.mail.microsoft";

/// An alias into Microsoft 365, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicrosoftAlias {
    /// Which of the two selectors of a domain it is the key of.
    pub selector: Half,
    /// The domain it is the key of, with dashes for its dots.
    pub dashed_domain: String,
    /// The first label of the tenant's `onmicrosoft.com` domain.
    pub tenant: String,
    /// The part before `-v1` of the newer form, which Microsoft assigns and nobody can compute. `None` in the older form.
    pub partition: Option<String>,
    /// What stands after the tenant.
    rest: String,
}

/// Microsoft 365 signs with one selector, and renews the key of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// `selector1`
    First,
    /// `selector2`
    Second,
}

impl Half {
    /// The selector in the customer's domain.
    #[must_use]
    pub const fn selector(self) -> &'static str {
        match self {
            Self::First => "selector1",
            Self::Second => "selector2",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn of(selector: &str) -> Option<Self> {
        [Self::First, Self::Second].into_iter().find(|half| half.selector() == selector)
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

impl MicrosoftAlias {
    /// Takes the target of an alias apart. `None` if it is not of one of the two forms.
    #[must_use]
    pub fn read(target: &str) -> Option<Self> {
        let (key, rest) = target.split_once("._domainkey.")?;
        let (half, dashed_domain) = key.split_once('-')?;
        let selector = Half::of(half).filter(|_| !dashed_domain.is_empty() && !dashed_domain.contains('.'))?;
        let (tenant, rest) = rest.split_once('.').filter(|(tenant, _)| !tenant.is_empty())?;
        let partition = rest.strip_suffix(PARTITIONS).and_then(|before| before.strip_suffix("-v1."));
        let good = TENANTS.contains(&rest) || partition.is_some_and(|part| !part.is_empty() && !part.contains('.'));
        good.then(|| Self {
            selector,
            dashed_domain: dashed_domain.to_owned(),
            tenant: tenant.to_owned(),
            partition: partition.map(str::to_owned),
            rest: rest.to_owned(),
        })
    }

    /// Whether it is a key of this domain. A dash within the domain stays one, so two domains may have the same dashed form.
    #[must_use]
    pub fn is_of(&self, domain: &str) -> bool {
        self.dashed_domain == domain.replace('.', "-")
    }

    /// Where the other selector of the same domain leads to. In the newer form this is what to expect and not what to publish, as
    /// a part of it is for Microsoft alone to say.
    #[must_use]
    pub fn other(&self) -> String {
        format!("{}-{}._domainkey.{}.{}", self.selector.other().selector(), self.dashed_domain, self.tenant, self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::{Half, MicrosoftAlias};

    #[test]
    fn both_forms_are_taken_apart() {
        let older = MicrosoftAlias::read("selector1-mail-contoso-com._domainkey.contoso.onmicrosoft.com").unwrap();
        assert_eq!((older.selector, older.tenant.as_str(), older.partition.as_deref()), (Half::First, "contoso", None));
        assert!(older.is_of("mail.contoso.com") && older.is_of("mail-contoso.com") && !older.is_of("contoso.com"));
        assert_eq!(older.other(), "selector2-mail-contoso-com._domainkey.contoso.onmicrosoft.com");

        let newer = MicrosoftAlias::read("selector2-contoso-com._domainkey.contoso.r-v1.dkim.mail.microsoft").unwrap();
        assert_eq!((newer.selector, newer.tenant.as_str(), newer.partition.as_deref()), (Half::Second, "contoso", Some("r")));
        assert_eq!(newer.other(), "selector1-contoso-com._domainkey.contoso.r-v1.dkim.mail.microsoft");
    }

    #[test]
    fn other_names_are_none() {
        for target in [
            "",
            "selector1._domainkey.contoso.onmicrosoft.com",
            "selector3-contoso-com._domainkey.contoso.onmicrosoft.com",
            "selector1-._domainkey.contoso.onmicrosoft.com",
            "selector1-contoso-com._domainkey.onmicrosoft.com",
            "selector1-contoso-com._domainkey.contoso.onmicrosoft.com.example.net",
            "selector1-contoso-com._domainkey.contoso.dkim.mail.microsoft",
            "selector1-contoso-com._domainkey.contoso.-v1.dkim.mail.microsoft",
            "selector1-contoso-com._domainkey.contoso.a.b-v1.dkim.mail.microsoft",
            "s1.domainkey.u1.wl1.sendgrid.net",
        ] {
            assert_eq!(MicrosoftAlias::read(target), None, "{target}");
        }
    }
}
