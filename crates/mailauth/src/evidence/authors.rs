//! Whose names a message bears as its authors: what DMARC evaluates (RFC 9989 section 4.2) and people see.

use serde::Serialize;

use super::AddressList;
use crate::{Message, dns};

/// A mailbox of a From field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The address, without angle brackets.
    pub address: String,
    /// Its domain in the form the DNS is asked in ([`crate::dns::name`]); as written in lower case if it has none.
    pub domain: String,
    /// The words before the address, decoded.
    pub display_name: Option<String>,
}

/// The authors of a message: every mailbox with a domain of every From field, in their order.
#[must_use]
pub fn authors(message: &Message<'_>) -> Vec<Author> {
    of(&AddressList::of(message, "From"))
}

/// The authors among the mailboxes of From.
pub(super) fn of(from: &AddressList) -> Vec<Author> {
    let with_domain = from.mailboxes.iter().filter(|mailbox| !mailbox.domain.is_empty());
    with_domain
        .map(|mailbox| Author {
            address: mailbox.address.clone(),
            domain: dns::name(&mailbox.domain).unwrap_or_else(|| mailbox.domain.clone()),
            display_name: mailbox.display_name.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::authors;
    use crate::Message;

    fn domains(header: &str) -> Vec<String> {
        authors(&Message::new(header.as_bytes())).into_iter().map(|author| author.domain).collect()
    }

    #[test]
    fn an_author_is_who_from_names() {
        let found = authors(&Message::new(b"From: \"Jane Doe\" <jane@Example.COM>\r\nSender: x@example.net\r\n\r\n"));
        assert_eq!((found[0].address.as_str(), found[0].domain.as_str()), ("jane@Example.COM", "example.com"));
        assert_eq!(found[0].display_name.as_deref(), Some("Jane Doe"));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn several_fields_and_several_mailboxes_are_several_authors() {
        assert_eq!(
            domains("From: a@example.com, b@example.net\r\nFrom: c@example.org\r\n"),
            ["example.com", "example.net", "example.org"]
        );
        assert_eq!(domains("from : <a@example.com> <b@example.net>\r\n"), ["example.com", "example.net"]);
    }

    #[test]
    fn a_domain_is_given_as_the_dns_is_asked_for_it() {
        assert_eq!(domains("From: a@B\u{fc}cher.example.\r\n"), ["xn--bcher-kva.example"]);
        assert_eq!(domains("From: nobody\r\n"), Vec::<String>::new());
        assert_eq!(domains("From: a@b..example\r\n"), ["b..example"]);
    }
}
