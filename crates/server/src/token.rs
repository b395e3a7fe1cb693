//! Who may send: whoever has the token.

use access::Visitor;
use axum::http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};

/// Why somebody may not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Without a token.
    NoToken,
    /// Somebody who is known and may not.
    Scope,
    /// A page in a browser, where no token is asked for.
    Page,
}

/// Whether a sender may send: who has an API token for that, and where that needs `token`, who has this one.
pub(crate) fn admitted(token: Option<&Token>, headers: &HeaderMap, visitor: Option<&Visitor>) -> Result<(), Denied> {
    match token {
        _ if visitor.is_some_and(Visitor::may_ingest) => Ok(()),
        Some(token) if token.is_in(headers) => Ok(()),
        Some(_) if visitor.is_some() => Err(Denied::Scope),
        Some(_) => Err(Denied::NoToken),
        // Without a token a page in somebody's browser could send, too; a browser says where its pages are from.
        None if headers.contains_key(header::ORIGIN) => Err(Denied::Page),
        None => Ok(()),
    }
}

/// A secret that requests have to carry. Only its digest is kept, so that it cannot come to light in a message or a dump.
#[derive(Clone)]
pub struct Token {
    digest: [u8; 32],
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token(..)")
    }
}

impl Token {
    /// The token with this text.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self { digest: Sha256::digest(secret.as_bytes()).into() }
    }

    /// Whether a request carries it: `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
        let scheme = given.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case(b"bearer "));
        let secret = scheme.and_then(|scheme| given.get(scheme.len()..)).unwrap_or_default();
        // Digests are compared to the last byte whatever they hold: how long that takes tells nothing about the secret.
        let digest: [u8; 32] = Sha256::digest(secret.trim_ascii()).into();
        self.digest.iter().zip(digest).fold(0, |differences, (own, given)| differences | (own ^ given)) == 0
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use access::{Role, Scope, Scopes, Via, Visitor};

    use super::{Denied, Token, admitted};

    #[test]
    fn a_token_is_known_by_its_whole_text() {
        let token = Token::new("s3cret");
        let carries = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            token.is_in(&headers)
        };
        assert!(carries("Bearer s3cret") && carries("bearer  s3cret"));
        assert!(!carries("Bearer s3cre") && !carries("Bearer s3crets") && !carries("Basic s3cret") && !carries("Bearer "));
        assert!(!token.is_in(&HeaderMap::new()));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }

    fn visitor(owner: Role, scope: Scope) -> Visitor {
        let via = Via::Token { id: "1".to_owned(), name: "filebeat".to_owned(), scopes: Scopes::new([scope]), owner };
        Visitor {
            id: "1".to_owned(),
            name: "kim".to_owned(),
            display: "Kim".to_owned(),
            role: Role::Viewer,
            must_change: false,
            via,
        }
    }

    #[test]
    fn who_has_an_api_token_for_it_may_send_and_another_api_token_is_not_enough() {
        let (token, nobody) = (Token::new("s3cret"), HeaderMap::new());
        let may = |visitor: Option<&Visitor>| admitted(Some(&token), &nobody, visitor);
        assert_eq!(may(Some(&visitor(Role::Admin, Scope::Ingest))), Ok(()));
        assert_eq!(may(Some(&visitor(Role::Admin, Scope::Admin))), Err(Denied::Scope));
        // An owner who has lost the right to give it takes it from the token.
        assert_eq!(may(Some(&visitor(Role::Viewer, Scope::Ingest))), Err(Denied::Scope));
        assert_eq!(may(None), Err(Denied::NoToken));
        let page = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static("https://evil.example"))]);
        assert_eq!(admitted(None, &page, None), Err(Denied::Page));
        assert_eq!(admitted(None, &nobody, None), Ok(()));
    }
}
