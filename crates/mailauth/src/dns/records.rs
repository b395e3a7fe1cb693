//! What is asked for, and what is found: the kinds of records that mail depends on.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

/// What is asked for at a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Mail exchangers.
    Mx,
    /// The name of an address, asked at its name below `in-addr.arpa` or `ip6.arpa`.
    Ptr,
    /// Texts.
    Txt,
    /// The name that this one is an alias of: the alias itself, which every other question follows.
    Cname,
    /// The name servers of a zone.
    Ns,
    /// The start of authority: where the zone is kept, and its serial number.
    Soa,
    /// Certificates that a server's TLS is bound to (RFC 6698).
    Tlsa,
    /// Digests of the keys a delegated zone is signed with (RFC 4034 section 5).
    Ds,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] =
        [Self::A, Self::Aaaa, Self::Mx, Self::Ptr, Self::Txt, Self::Cname, Self::Ns, Self::Soa, Self::Tlsa, Self::Ds];

    /// The kind a mnemonic stands for, in whatever case.
    #[must_use]
    pub fn from_mnemonic(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| text.eq_ignore_ascii_case(kind.mnemonic()))
    }

    /// The mnemonic of the record type, such as `TXT`.
    #[must_use]
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Mx => "MX",
            Self::Ptr => "PTR",
            Self::Txt => "TXT",
            Self::Cname => "CNAME",
            Self::Ns => "NS",
            Self::Soa => "SOA",
            Self::Tlsa => "TLSA",
            Self::Ds => "DS",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mnemonic())
    }
}

/// A mail exchanger (RFC 5321 section 5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mx {
    /// Lower comes first.
    pub preference: u16,
    /// The host; empty for the null MX of RFC 7505.
    pub exchange: Box<str>,
}

/// Where a zone is kept, and how copies of it follow (RFC 1035 section 3.3.13). Times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soa {
    /// The server that changes are made at (MNAME).
    pub primary: Box<str>,
    /// The mailbox of who is responsible, its `@` written as a dot (RNAME).
    pub contact: Box<str>,
    /// Grows with every change, around the end of its range (RFC 1982).
    pub serial: u32,
    /// How often a secondary server looks for changes.
    pub refresh: u32,
    /// How soon it looks again after it could not.
    pub retry: u32,
    /// When it stops answering if it still cannot.
    pub expire: u32,
    /// How long the absence of records may be remembered (RFC 2308 section 4).
    pub minimum: u32,
}

/// A certificate, or a key, that a server's TLS is bound to (RFC 6698 section 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tlsa {
    /// Whose certificate it is: 2 an authority's, 3 the server's own. Mail knows no others (RFC 7672 section 3.1.3).
    pub usage: u8,
    /// What of it: 0 the whole certificate, 1 its public key.
    pub selector: u8,
    /// How it stands in `data`: 0 as it is, 1 as SHA-256, 2 as SHA-512.
    pub matching: u8,
    /// The certificate, the key or the digest.
    pub data: Box<[u8]>,
}

/// The digest of a key that a delegated zone is signed with (RFC 4034 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ds {
    /// Which key, nearly.
    pub key_tag: u16,
    /// What the key signs with, a number of the registry of DNSSEC algorithms.
    pub algorithm: u8,
    /// What the digest was made with: 1 SHA-1, 2 SHA-256, 4 SHA-384.
    pub digest_type: u8,
    /// The digest.
    pub digest: Box<[u8]>,
}

/// Records of one kind, at least one. Aliases have been followed, except where they are what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// IPv4 addresses.
    A(Arc<[Ipv4Addr]>),
    /// IPv6 addresses.
    Aaaa(Arc<[Ipv6Addr]>),
    /// Mail exchangers, by preference.
    Mx(Arc<[Mx]>),
    /// Names.
    Ptr(Arc<[Box<str>]>),
    /// Texts, the strings of each record put together without anything between them (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2).
    Txt(Arc<[Box<[u8]>]>),
    /// What the name is an alias of. More than one is a fault of the server (RFC 2181 section 10.1).
    Cname(Arc<[Box<str>]>),
    /// Name servers.
    Ns(Arc<[Box<str>]>),
    /// The start of authority. More than one is a fault of the server.
    Soa(Arc<[Soa]>),
    /// Certificates.
    Tlsa(Arc<[Tlsa]>),
    /// Digests of keys.
    Ds(Arc<[Ds]>),
}

impl Records {
    /// Which kind they are of.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::A(_) => Kind::A,
            Self::Aaaa(_) => Kind::Aaaa,
            Self::Mx(_) => Kind::Mx,
            Self::Ptr(_) => Kind::Ptr,
            Self::Txt(_) => Kind::Txt,
            Self::Cname(_) => Kind::Cname,
            Self::Ns(_) => Kind::Ns,
            Self::Soa(_) => Kind::Soa,
            Self::Tlsa(_) => Kind::Tlsa,
            Self::Ds(_) => Kind::Ds,
        }
    }

    /// How many bytes they take in memory, nearly.
    #[must_use]
    pub fn weight(&self) -> usize {
        fn each<T>(found: &[T], beside: impl Fn(&T) -> usize) -> usize {
            found.iter().map(|one| size_of::<T>() + beside(one)).sum()
        }
        match self {
            Self::A(found) => each(found, |_| 0),
            Self::Aaaa(found) => each(found, |_| 0),
            Self::Mx(found) => each(found, |mx| mx.exchange.len()),
            Self::Ptr(found) | Self::Cname(found) | Self::Ns(found) => each(found, |name| name.len()),
            Self::Txt(found) => each(found, |text| text.len()),
            Self::Soa(found) => each(found, |soa| soa.primary.len() + soa.contact.len()),
            Self::Tlsa(found) => each(found, |tlsa| tlsa.data.len()),
            Self::Ds(found) => each(found, |ds| ds.digest.len()),
        }
    }
}
