//! The issuer: what it says of itself, where to send people, and what it says of who came back.

use std::{collections::BTreeMap, pin::Pin, time::Duration};

use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::{
    OidcError, OidcSettings,
    claims::{self, Person},
};
use crate::{Moment, Role, Secret, secret};

/// So long what an issuer says of itself is believed, in microseconds: ten minutes.
const BELIEVED: i64 = 600_000_000;
/// So long an issuer may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer of an issuer, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Claims beside the standard ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct More {
    #[serde(flatten)]
    claims: BTreeMap<String, Value>,
}

impl AdditionalClaims for More {}

type Fields =
    IdTokenFields<More, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Party = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An issuer.
#[derive(Debug)]
pub(crate) struct Provider {
    settings: OidcSettings,
    /// Its address as it has to write it itself.
    issuer: String,
    known: Mutex<Option<(Moment, CoreProviderMetadata)>>,
}

/// What somebody takes along to the issuer.
pub(super) struct Asked {
    pub(super) address: Url,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// Why nothing came of a request to the issuer.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("{}", cause(.0))]
    Http(#[from] reqwest::Error),
    #[error("its answer is larger than {LARGEST} bytes")]
    TooLarge,
    #[error("its address {0} is not in TLS")]
    Plain(String),
    #[error("its answer cannot be read")]
    Form,
}

/// The last and plainest cause, without an address that may hold something.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(next) = source.source() {
        source = next;
    }
    if std::ptr::addr_eq(source, error) { "the request failed".to_owned() } else { source.to_string() }
}

impl Provider {
    pub(crate) fn new(settings: OidcSettings) -> Self {
        // An address without a path is written without the stroke that an URL has there.
        let text = settings.issuer.as_str();
        let bare = settings.issuer.path() == "/" && settings.issuer.query().is_none();
        let issuer = if bare { text.trim_end_matches('/') } else { text }.to_owned();
        Self { settings, issuer, known: Mutex::new(None) }
    }

    pub(crate) fn label(&self) -> &str {
        &self.settings.label
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn role(&self, person: &Person) -> Option<Role> {
        claims::role(&person.groups, &self.settings.roles)
    }

    fn unreachable(&self, reason: impl std::fmt::Display) -> OidcError {
        OidcError::Unreachable { label: self.settings.label.clone(), reason: reason.to_string() }
    }

    fn invalid(&self, reason: impl std::fmt::Display) -> OidcError {
        OidcError::Invalid { label: self.settings.label.clone(), reason: reason.to_string() }
    }

    /// Where to send somebody, and what has to come back with them.
    pub(super) async fn ask(&self, back: &str, now: Moment) -> Result<Asked, OidcError> {
        let party = self.party(self.metadata(now, false).await?, back)?;
        let (state, nonce, verifier) = (secret::unguessable()?, secret::unguessable()?, secret::unguessable()?);
        let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let (sent_state, sent_nonce) = (CsrfToken::new(state.expose().to_owned()), Nonce::new(nonce.expose().to_owned()));
        let (address, _, _) = party
            .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, move || sent_state, move || sent_nonce)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Asked {
            address,
            state: state.expose().to_owned(),
            nonce: nonce.expose().to_owned(),
            verifier: verifier.into_secret(),
        })
    }

    /// Who came back with a code.
    pub(super) async fn person(
        &self,
        code: &Secret,
        verifier: &str,
        nonce: &str,
        back: &str,
        now: Moment,
    ) -> Result<Person, OidcError> {
        let party = self.party(self.metadata(now, false).await?, back)?;
        let http = Http::new().map_err(|error| self.unreachable(error))?;
        let answer = party
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .map_err(|error| self.unreachable(error))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&http)
            .await
            .map_err(|error| self.refused_code(&error))?;
        let token = answer.id_token().ok_or_else(|| self.invalid("there is no ID token in it"))?;
        let nonce = Nonce::new(nonce.to_owned());
        let verified = match token.claims(&self.verifier(&party, now), &nonce) {
            // Keys change: what it says of itself may be older than the one that signed.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let party = self.party(self.metadata(now, true).await?, back)?;
                token.claims(&self.verifier(&party, now), &nonce).cloned()
            }
            claims => claims.cloned(),
        };
        let claims = verified.map_err(|error| self.invalid(reason(&error)))?;
        let email = claims.email().map(|email| email.as_str());
        let name =
            claims::name(claims.preferred_username().map(|name| name.as_str()), email, claims.email_verified().unwrap_or(false));
        Ok(Person {
            subject: claims.subject().as_str().to_owned(),
            name: name.ok_or(OidcError::NoName)?,
            display: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()).unwrap_or_default(),
            groups: claims::groups(&claims.additional_claims().claims, &self.settings.roles_claim),
        })
    }

    /// What has to be true of an ID token: signed by a key of the issuer, for us alone, now. Keyed hashes and no signature at all are not
    /// taken, whatever the issuer says of itself.
    fn verifier<'a>(&self, party: &'a Party, now: Moment) -> openidconnect::IdTokenVerifier<'a, CoreJsonWebKey> {
        use CoreJwsSigningAlgorithm as Alg;
        let moment = chrono::DateTime::from_timestamp_micros(now).unwrap_or_default();
        party
            .id_token_verifier()
            .set_allowed_algs([
                Alg::RsaSsaPkcs1V15Sha256,
                Alg::RsaSsaPkcs1V15Sha384,
                Alg::RsaSsaPkcs1V15Sha512,
                Alg::RsaSsaPssSha256,
                Alg::RsaSsaPssSha384,
                Alg::RsaSsaPssSha512,
                Alg::EcdsaP256Sha256,
                Alg::EcdsaP384Sha384,
                Alg::EdDsa,
            ])
            .set_other_audience_verifier_fn(|_| false)
            .set_time_fn(move || moment)
    }

    fn refused_code<E: std::error::Error>(&self, error: &E) -> OidcError {
        let mut words = error.to_string();
        let mut source: Option<&dyn std::error::Error> = error.source();
        while let Some(next) = source {
            words = next.to_string();
            source = next.source();
        }
        self.invalid(format!("it did not take its own code: {words}"))
    }

    fn party(&self, metadata: CoreProviderMetadata, back: &str) -> Result<Party, OidcError> {
        let back = RedirectUrl::new(back.to_owned()).map_err(|error| self.unreachable(error))?;
        let secret = ClientSecret::new(self.settings.secret.expose().to_owned());
        Ok(Client::from_provider_metadata(metadata, ClientId::new(self.settings.client_id.clone()), Some(secret))
            .set_redirect_uri(back))
    }

    /// What the issuer says of itself, with its keys: as it was known, or `anew`.
    async fn metadata(&self, now: Moment, anew: bool) -> Result<CoreProviderMetadata, OidcError> {
        // Held while asking: many who sign in at once ask once.
        let mut known = self.known.lock().await;
        if let Some((at, metadata)) = known.as_ref()
            && !anew
            && (0..BELIEVED).contains(&now.saturating_sub(*at))
        {
            return Ok(metadata.clone());
        }
        let http = Http::new().map_err(|error| self.unreachable(error))?;
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| self.unreachable(error))?;
        let asked = CoreProviderMetadata::discover_async(issuer, &http).await;
        let metadata = asked.map_err(|error| match &error {
            openidconnect::DiscoveryError::Request(lost) => self.unreachable(lost),
            other => self.unreachable(other),
        })?;
        *known = Some((now, metadata.clone()));
        Ok(metadata)
    }
}

/// Why an ID token is not good.
fn reason(error: &ClaimsVerificationError) -> String {
    match error {
        ClaimsVerificationError::SignatureVerification(signature) => format!("its signature: {signature}"),
        other => other.to_string(),
    }
}

/// Requests to an issuer, with bounds.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Lost;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Lost>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Http {
    fn new() -> Result<Self, Lost> {
        // A redirection would carry the secret to another place, and `no_proxy` keeps the environment out.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .user_agent(concat!("spoofwatch/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Lost> {
        let (parts, body) = request.into_parts();
        let address = Url::parse(&parts.uri.to_string()).map_err(|_| Lost::Form)?;
        let loopback = match address.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        // Without TLS only where nobody can listen: an issuer on the same machine.
        if address.scheme() != "https" && !loopback {
            return Err(Lost::Plain(address.origin().ascii_serialization()));
        }
        let mut answer = self.0.request(parts.method, address).headers(parts.headers).body(body).send().await?;
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len().saturating_add(chunk.len()) > LARGEST {
                return Err(Lost::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(|_| Lost::Form)
    }
}
