//! Where the Vault is and how to log in there, in the variables that its own command line uses.

use std::path::PathBuf;

use reqwest::Url;

use super::Vault;
use crate::config::Variables;
use crate::network::is_loopback;
use crate::secret::Secret;
use crate::secrets::Error;
use crate::secrets::store::Store as _;

const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// What the variables say.
pub(super) struct Settings {
    /// The address, without `/v1`.
    pub(super) address: Url,
    /// `VAULT_NAMESPACE`.
    pub(super) namespace: Option<String>,
    /// `VAULT_CACERT`.
    pub(super) ca_file: Option<PathBuf>,
    /// How to log in.
    pub(super) login: Login,
}

/// The way in.
pub(super) enum Login {
    /// A token that somebody else takes care of.
    Token(Secret),
    /// The file that `vault login` leaves.
    TokenFile(PathBuf),
    /// A role and its secret.
    AppRole {
        mount: String,
        role: String,
        secret: Secret,
    },
    /// A service account of Kubernetes.
    Kubernetes {
        mount: String,
        role: String,
        token: PathBuf,
    },
}

impl Settings {
    /// Named variables beat the file in the home folder.
    pub(super) fn read(variables: &Variables) -> Result<Self, Error> {
        let address = variables.get("VAULT_ADDR");
        let address = address.ok_or_else(|| not_set_up("VAULT_ADDR is not set"))?;
        Ok(Self {
            address: checked(&address)?,
            namespace: variables.get("VAULT_NAMESPACE"),
            ca_file: variables.get("VAULT_CACERT").map(PathBuf::from),
            login: login(variables)?,
        })
    }
}

fn login(variables: &Variables) -> Result<Login, Error> {
    let get = |name| variables.get(name);
    if let Some(token) = get("VAULT_TOKEN") {
        return Ok(Login::Token(Secret::new(token)));
    }
    if let Some(role) = get("VAULT_ROLE_ID") {
        let secret = get("VAULT_SECRET_ID")
            .ok_or_else(|| not_set_up("VAULT_ROLE_ID is set and VAULT_SECRET_ID is not"))?;
        return Ok(Login::AppRole {
            mount: mount(get("VAULT_APPROLE_MOUNT"), "approle")?,
            role,
            secret: Secret::new(secret),
        });
    }
    if let Some(role) = get("VAULT_K8S_ROLE") {
        let token = get("VAULT_K8S_TOKEN_FILE").unwrap_or_else(|| SERVICE_ACCOUNT.to_owned());
        return Ok(Login::Kubernetes {
            mount: mount(get("VAULT_K8S_MOUNT"), "kubernetes")?,
            role,
            token: token.into(),
        });
    }
    let home = get("HOME")
        .or_else(|| get("USERPROFILE"))
        .map(PathBuf::from);
    let file = home.map(|home| home.join(".vault-token"));
    file.map(Login::TokenFile)
        .ok_or_else(|| not_set_up("there is no way to log in: set VAULT_TOKEN"))
}

fn mount(named: Option<String>, usual: &str) -> Result<String, Error> {
    let mount = named.unwrap_or_else(|| usual.to_owned());
    let is_step = |step: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        !step.is_empty() && step != "." && step != ".." && step.bytes().all(inner)
    };
    if mount.split('/').all(is_step) {
        Ok(mount)
    } else {
        Err(not_set_up("the mount of the login is no path"))
    }
}

/// https, and http on this machine alone: a token goes there.
fn checked(address: &str) -> Result<Url, Error> {
    let url = Url::parse(address).map_err(|_| not_set_up("VAULT_ADDR is no address"))?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    match url.scheme() {
        _ if !plain || !url.has_host() => Err(not_set_up("VAULT_ADDR is no plain address")),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(not_set_up("VAULT_ADDR has to begin with https://")),
    }
}

fn not_set_up(why: &'static str) -> Error {
    Error::NotSetUp {
        store: Vault::SCHEME,
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &'static [(&'static str, &'static str)]) -> Result<Settings, Error> {
        let variables = Variables::from(|name| {
            let pair = pairs.iter().find(|(key, _)| *key == name);
            pair.map(|(_, value)| (*value).to_owned())
        });
        Settings::read(&variables)
    }

    #[test]
    fn a_token_leaves_in_clear_only_on_this_machine() {
        for (address, good) in [
            ("https://vault.example:8200", true),
            ("http://127.0.0.1:8200", true),
            ("http://localhost:8200", true),
            ("http://[::1]:8200", true),
            ("http://vault.example:8200", false),
            ("http://127.0.0.1.example:8200", false),
            ("http://localhost@vault.example", false),
            ("ftp://127.0.0.1", false),
            ("vault.example", false),
        ] {
            assert_eq!(checked(address).is_ok(), good, "{address}");
        }
    }

    #[test]
    fn named_variables_beat_the_file_at_home() {
        const ADDRESS: (&str, &str) = ("VAULT_ADDR", "https://v");
        let file = settings(&[ADDRESS, ("HOME", "/h")]).unwrap().login;
        assert!(matches!(file, Login::TokenFile(path) if path.ends_with(".vault-token")));
        let role = settings(&[ADDRESS, ("HOME", "/h"), ("VAULT_ROLE_ID", "r")]);
        assert!(role.is_err());
        let kubernetes = settings(&[ADDRESS, ("VAULT_K8S_ROLE", "r"), ("HOME", "/h")]);
        assert!(matches!(
            kubernetes.unwrap().login,
            Login::Kubernetes { .. }
        ));
    }
}
