//! Domains below `onmicrosoft.com`: every tenant has one (the Microsoft Online Email Routing Address, MOERA), in a zone that Microsoft keeps.

/// Whose such a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moera {
    /// A tenant's initial domain: its owner may add records to it.
    Tenants,
    /// A name to which no customer can add anything: `onmicrosoft.com` itself, and `contoso.mail.onmicrosoft.com` of mail in both places.
    Microsofts,
}

impl Moera {
    /// Whose a domain is; `None` for any other domain.
    pub(crate) fn of(domain: &str) -> Option<Self> {
        if domain == "onmicrosoft.com" {
            return Some(Self::Microsofts);
        }
        let tenant = domain.strip_suffix(".onmicrosoft.com")?;
        Some(if tenant.contains('.') || tenant == "mail" { Self::Microsofts } else { Self::Tenants })
    }
}

#[cfg(test)]
mod tests {
    use super::Moera;

    #[test]
    fn the_tenant_s_own_name_is_the_one_below() {
        assert_eq!(Moera::of("contoso.onmicrosoft.com"), Some(Moera::Tenants));
        assert_eq!(Moera::of("onmicrosoft.com"), Some(Moera::Microsofts));
        assert_eq!(Moera::of("contoso.mail.onmicrosoft.com"), Some(Moera::Microsofts));
        assert_eq!(Moera::of("contoso.com"), None);
        assert_eq!(Moera::of("notonmicrosoft.com"), None);
    }
}
