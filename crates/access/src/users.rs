//! Users: added by a link, changed, kept out. For admins, and for the command line of who has the machine.

use state::access::{NewUser, User, UserChange, Welcome};

use crate::{Access, AccessError, Moment, Role, secret, welcome::LinkKind};

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;
/// The longest display name.
const LONGEST_DISPLAY: usize = 100;

/// Somebody to invite.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What they sign in with.
    pub name: String,
    /// What they are called on pages; empty: the name.
    pub display: String,
    /// What they may do.
    pub role: Role,
}

/// A link that lets somebody in once. The path is a secret.
#[derive(Clone)]
pub struct Link {
    /// Its path, after the address of the pages.
    pub path: String,
    /// When it ends.
    pub expires_at: Moment,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Link").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A name without case, as it is looked up. What is too long to be one is cut, and found by nobody.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase().chars().take(LONGEST_NAME + 1).collect()
}

/// A name that somebody gave, as the record may hold it: cut, and without what could look like something else.
pub(crate) fn as_noted(name: &str) -> String {
    name.chars().take(LONGEST_NAME).flat_map(char::escape_debug).collect()
}

/// A name that can be one, with its case folded.
pub(crate) fn name(text: &str) -> Result<(String, String), AccessError> {
    let text = text.trim();
    let fits = text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-' | '+' | '@'));
    let begins = text.starts_with(|char: char| char.is_ascii_alphanumeric());
    // Who stands in the record as nobody in particular.
    let reserved = matches!(text.to_lowercase().as_str(), "nobody" | "spoofwatch");
    if fits && begins && !reserved && text.len() <= LONGEST_NAME {
        Ok((text.to_owned(), text.to_lowercase()))
    } else {
        Err(AccessError::Name)
    }
}

/// A text that people read: not empty, not too long, and all of it visible.
pub(crate) fn shown(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    // Marks of direction would let a text read as another.
    let hidden = |char: char| {
        char.is_control()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    (!text.is_empty() && text.chars().count() <= longest && !text.chars().any(hidden)).then(|| text.to_owned())
}

/// What somebody is called; empty: their name.
pub(crate) fn display(text: &str, name: &str) -> Result<String, AccessError> {
    let text = if text.trim().is_empty() { name } else { text };
    shown(text, LONGEST_DISPLAY).ok_or(AccessError::Display)
}

impl Access {
    /// Every user, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<User>, AccessError> {
        Ok(self.state().users().await?)
    }

    /// The user with this id, or of this name.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn user(&self, id_or_name: &str) -> Result<User, AccessError> {
        if let Some((user, _)) = self.state().user_named(&folded(id_or_name)).await? {
            return Ok(user);
        }
        Ok(self.state().user(id_or_name).await?)
    }

    /// Adds a user, who comes in by the link and chooses a password there.
    ///
    /// # Errors
    /// When the name cannot be one or is taken, or the database fails.
    pub async fn invite(&self, person: &NewPerson, who: &str) -> Result<(User, Link), AccessError> {
        let (name, folded) = name(&person.name)?;
        let display = display(&person.display, &name)?;
        let id = secret::id()?;
        let new = NewUser {
            id: &id,
            name: &name,
            folded: &folded,
            display: &display,
            role: person.role.as_str(),
            password: None,
            issuer: None,
        };
        let user = self.state().add_user(&new, who, self.now()).await?;
        let link = self.link(LinkKind::Invite, Some(&user.id), who).await?;
        Ok((user, link))
    }

    /// A link by which a user chooses a new password. The old one is good until then.
    ///
    /// # Errors
    /// When there is no such user or the database fails.
    pub async fn reset_link(&self, id: &str, who: &str) -> Result<Link, AccessError> {
        let user = self.state().user(id).await?;
        let kind = if user.has_password { LinkKind::Reset } else { LinkKind::Invite };
        self.link(kind, Some(&user.id), who).await
    }

    /// Gives a user another role. Their sessions end; their tokens do no more than the new role.
    ///
    /// # Errors
    /// When there is no such user, no admin would be left, or the database fails.
    pub async fn set_role(&self, id: &str, role: Role, who: &str) -> Result<User, AccessError> {
        let change = UserChange { role: Some(role.as_str().to_owned()), ..UserChange::default() };
        self.change(id, &change, who).await
    }

    /// Keeps a user out, or lets them in again. Sessions and links end; tokens rest.
    ///
    /// # Errors
    /// When there is no such user, no admin would be left, or the database fails.
    pub async fn set_disabled(&self, id: &str, disabled: bool, who: &str) -> Result<User, AccessError> {
        let change = UserChange { disabled: Some(disabled), ..UserChange::default() };
        self.change(id, &change, who).await
    }

    /// Has a user choose a new password before anything else.
    ///
    /// # Errors
    /// When there is no such user or the database fails.
    pub async fn require_new_password(&self, id: &str, who: &str) -> Result<User, AccessError> {
        let change = UserChange { must_change: Some(true), ..UserChange::default() };
        self.change(id, &change, who).await
    }

    /// Has a user called something else on pages.
    ///
    /// # Errors
    /// When it cannot be that, there is no such user, or the database fails.
    pub async fn rename(&self, id: &str, to: &str, who: &str) -> Result<User, AccessError> {
        let user = self.state().user(id).await?;
        let change = UserChange { display: Some(display(to, &user.name)?), ..UserChange::default() };
        self.change(id, &change, who).await
    }

    async fn change(&self, id: &str, change: &UserChange, who: &str) -> Result<User, AccessError> {
        let user = self.state().change_user(id, change, who, self.now()).await?;
        self.changed();
        Ok(user)
    }

    /// Makes a link.
    pub(crate) async fn link(&self, kind: LinkKind, account_id: Option<&str>, who: &str) -> Result<Link, AccessError> {
        let token = secret::unguessable()?;
        let now = self.now();
        let expires_at = now.saturating_add(kind.life());
        let kept = Welcome {
            kind: kind.as_str().to_owned(),
            account_id: account_id.map(str::to_owned),
            made_by: who.to_owned(),
            created_at: now,
            expires_at,
        };
        self.state().add_welcome(&secret::hash(token.expose()), &kept).await?;
        Ok(Link { path: format!("/welcome/{}", token.expose()), expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for (text, good) in [
            ("kim", true),
            ("Kim.Akers+soc@contoso.com", true),
            ("  kim ", true),
            ("", false),
            ("kim akers", false),
            ("-kim", false),
            ("kim (token 0)", false),
            ("nobody", false),
            ("SpoofWatch", false),
            ("кim", false),
            ("<script>", false),
        ] {
            assert_eq!(name(text).is_ok(), good, "{text}");
        }
        assert!(name(&"a".repeat(65)).is_err());
        assert_eq!(as_noted("a\nb\u{202e}c\"").as_str(), "a\\nb\\u{202e}c\\\"");
        assert_eq!(shown("a\u{202e}b", 10), None);
        assert_eq!(shown(" Zoë 🦀 ", 10).as_deref(), Some("Zoë 🦀"));
    }
}
