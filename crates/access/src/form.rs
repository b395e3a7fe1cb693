//! Forms as pages send them.
//!
//! The layer has seen the mark of the session's forms by then. Of somebody who is not in there is none, so a form has to come from a page
//! of ours by what the browser says: nobody is signed in to somebody else's account by another site.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
    response::Response,
};
use serde::de::DeserializeOwned;

use crate::{Refused, Via, Visitor, gate::Gate, origin::Sender};

/// The largest form, in bytes: the text of a rule fits many times.
pub const FORM_LIMIT: usize = 1024 * 1024;

/// A form, read as `T`. A field that stands in it several times is for [`Fields`].
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(
    /// What was filled in.
    pub T,
);

/// A form as it came: fields in their order, each as often as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field; a field that was left empty has none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value)
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Every field, but that of the mark of forms.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The body of a form that a page of ours sent.
async fn sent(request: Request) -> Result<(Gate, Request), Response> {
    let (mut parts, body) = request.into_parts();
    let gate = Gate::find(&mut parts).await?;
    let visitor = parts.extensions.get::<Visitor>();
    let by_token = matches!(visitor, Some(Visitor { via: Via::Token { .. }, .. }));
    if !by_token && gate.sender != Sender::Ours {
        return Err(gate.refuse(&Refused::Csrf, visitor));
    }
    match to_bytes(body, FORM_LIMIT).await {
        Ok(bytes) => Ok((gate, Request::from_parts(parts, Body::from(bytes)))),
        Err(_) => Err(gate.refuse(&Refused::TooLarge { limit: FORM_LIMIT }, visitor)),
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (gate, request) = sent(request).await?;
        let visitor = request.extensions().get::<Visitor>().cloned();
        match axum::extract::Form::from_request(request, state).await {
            Ok(axum::extract::Form(form)) => Ok(Self(form)),
            Err(error) => Err(gate.refuse(&Refused::Form { reason: error.body_text() }, visitor.as_ref())),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        Form::<Vec<(String, String)>>::from_request(request, state).await.map(|Form(fields)| Self(fields))
    }
}
