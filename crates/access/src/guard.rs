//! Who may have an answer: layers around routes, and extractors that name who asks.

use axum::{
    Router,
    extract::{FromRequestParts, OptionalFromRequestParts, Request},
    http::request::Parts,
    middleware::{Next, from_fn},
    response::Response,
};
use std::convert::Infallible;

use crate::{Access, Refused, Role, Scope, Via, Visitor, gate::Gate};

/// What somebody needs to have an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// To be in.
    In,
    /// A role.
    Role(Role),
    /// To send rows.
    Ingest,
}

impl Need {
    fn check(self, visitor: &Visitor) -> Result<(), Refused> {
        match self {
            Self::In => Ok(()),
            Self::Role(_) if visitor.must_change => Err(Refused::MustChange),
            Self::Role(needs) if visitor.may(needs) => Ok(()),
            Self::Ingest if visitor.may_ingest() => Ok(()),
            Self::Ingest => Err(Refused::Scope { needs: Scope::Ingest.as_str() }),
            Self::Role(needs) => Err(match &visitor.via {
                Via::Token { owner, scopes, .. } if *owner >= needs && scopes.role().is_none_or(|role| role < needs) => {
                    Refused::Scope { needs: scope_for(needs).as_str() }
                }
                Via::Token { .. } | Via::Session { .. } => Refused::Forbidden { needs, has: visitor.role },
            }),
        }
    }

    /// Who asks, if they may.
    async fn admit(self, parts: &mut Parts) -> Result<Visitor, Response> {
        let gate = Gate::find(parts).await?;
        let Some(visitor) = parts.extensions.get::<Visitor>() else { return Err(gate.refuse(&Refused::SignedOut, None)) };
        match self.check(visitor) {
            Ok(()) => Ok(visitor.clone()),
            Err(refused) => Err(gate.refuse(&refused, Some(visitor))),
        }
    }

    /// Lets only those have the answers of these routes who have what is needed.
    fn around<S: Clone + Send + Sync + 'static>(self, routes: Router<S>) -> Router<S> {
        if !routes.has_routes() {
            return routes;
        }
        routes.route_layer(from_fn(move |request: Request, next: Next| async move {
            let (mut parts, body) = request.into_parts();
            match self.admit(&mut parts).await {
                Ok(_) => next.run(Request::from_parts(parts, body)).await,
                Err(refused) => refused,
            }
        }))
    }
}

/// The least scope that does what a role may.
const fn scope_for(role: Role) -> Scope {
    match role {
        Role::Viewer => Scope::Read,
        Role::Analyst => Scope::Work,
        Role::Admin => Scope::Admin,
    }
}

impl Access {
    /// Routes for whoever is in, among them those who have to choose a password first.
    pub fn signed_in<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        Need::In.around(routes)
    }

    /// Routes for whoever may read.
    pub fn viewers<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        Need::Role(Role::Viewer).around(routes)
    }

    /// Routes for whoever works on alerts.
    pub fn analysts<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        Need::Role(Role::Analyst).around(routes)
    }

    /// Routes for whoever changes rules, settings and users.
    pub fn admins<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        Need::Role(Role::Admin).around(routes)
    }

    /// Routes for who sends rows: by a token with the scope `ingest`.
    pub fn ingesters<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        Need::Ingest.around(routes)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    /// Whoever is in; everybody else is refused.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Need::In.admit(parts).await
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    /// Who is in, if anybody is.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

macro_rules! extractor {
    ($(#[$doc:meta])* $name:ident, $need:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(
            /// Who it is.
            pub Visitor,
        );

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
                $need.admit(parts).await.map(Self)
            }
        }
    };
}

extractor!(
    /// Somebody who may read; everybody else is refused.
    Viewer,
    Need::Role(Role::Viewer)
);
extractor!(
    /// Somebody who may work on alerts; everybody else is refused.
    Analyst,
    Need::Role(Role::Analyst)
);
extractor!(
    /// Somebody who may change everything; everybody else is refused.
    Admin,
    Need::Role(Role::Admin)
);
extractor!(
    /// A program that may send rows; everybody else is refused.
    Ingester,
    Need::Ingest
);
