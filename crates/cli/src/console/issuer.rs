//! The issuer where people sign in who do not sign in here, as the table `console.oidc` names it.

use access::{OidcSettings, Secret};

use crate::{config, failure::Failure, harden::secrets};

/// The claim that most issuers put groups in.
const GROUPS: &str = "groups";

/// What the configuration says, with the secret out of its file.
pub(super) fn read(config: &config::Oidc) -> Result<OidcSettings, Failure> {
    let issuer = config.issuer.value.as_str();
    let wrong = || Failure::input(format!("error: console.oidc: `{issuer}` is no address of an issuer: https://id.example.com"));
    let url: url::Url = issuer.parse().map_err(|_| wrong())?;
    let Some(host) = url.host_str().map(str::to_owned) else { return Err(wrong()) };
    Ok(OidcSettings {
        issuer: url,
        client_id: config.client_id.value.clone(),
        secret: Secret::new(secrets::read(&config.secret_file.value)?.to_string()),
        label: config.label.as_ref().map_or(host, |set| set.value.clone()),
        roles_claim: config.roles_claim.as_ref().map_or_else(|| GROUPS.to_owned(), |set| set.value.clone()),
        roles: config.roles.iter().map(|(name, role)| (name.clone(), role.value)).collect(),
    })
}
