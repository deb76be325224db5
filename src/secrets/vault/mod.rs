//! `vault:mount/path#field`: the key-value engine (version 2) of a `HashiCorp` Vault or an
//! `OpenBao`. A field is written with the others of its secret as they were, under the version
//! that was read, so that two writers lose nothing of each other. What is forgotten is destroyed
//! in every version; the secret's name and settings stay, since they are not ours.

mod settings;
mod wire;

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde_json::value::{RawValue, to_raw_value};

use super::reference::VaultField;
use super::store::{Store, blocking, text_of};
use super::{Error, SecretReference, files};
use crate::config::Variables;
use crate::network::{self, Network};
use crate::secret::Secret;
use settings::{Login, Settings};
use wire::{Answer, Fields, Found};

/// How often a write is tried again when others write the same secret.
const ATTEMPTS: u32 = 12;
const LARGEST_TOKEN: usize = 16 << 10;

/// The Vault that the variables name.
#[derive(Debug)]
pub(super) struct Vault {
    variables: Variables,
    network: Network,
    http: OnceLock<Result<reqwest::Client, Error>>,
    /// What the last login gave. Tokens that somebody else takes care of are not kept.
    token: Mutex<Option<Secret>>,
}

impl Vault {
    pub(super) fn new(variables: Variables, network: &Network) -> Self {
        // A Vault stands inside; the proxy is the way out to Make.
        let network = Network {
            proxy: None,
            ..network.clone()
        };
        Self {
            variables,
            network,
            http: OnceLock::new(),
            token: Mutex::new(None),
        }
    }
}

impl Store for Vault {
    type At = VaultField;
    const SCHEME: &'static str = "vault";

    async fn get(&self, at: &VaultField) -> Result<Secret, Error> {
        let mut found = self.read(at).await?;
        let name = || SecretReference::Vault(at.clone()).to_string();
        let raw = found.fields.remove(at.field());
        let raw = raw.ok_or_else(|| Error::Missing { at: name() })?;
        let text: String =
            serde_json::from_str(raw.get()).map_err(|_| Error::NotText { at: name() })?;
        if text.is_empty() {
            return Err(Error::NotText { at: name() });
        }
        Ok(Secret::new(text))
    }

    async fn put(&self, at: &VaultField, value: &Secret) -> Result<(), Error> {
        // EXPOSE: into the body that carries it to the Vault.
        let raw = to_raw_value(value.expose()).map_err(|_| unavailable("encoding failed"))?;
        self.change(at, |fields| {
            fields.insert(at.field().to_owned(), raw.clone());
            true
        })
        .await?;
        Ok(())
    }

    async fn delete(&self, at: &VaultField) -> Result<(), Error> {
        let left = self
            .change(at, |fields| fields.remove(at.field()).is_some())
            .await?;
        // Also when the field was gone before: an earlier call may have ended half way.
        let last = if left.fields.is_empty() {
            left.version
        } else {
            left.version.saturating_sub(1)
        };
        if last == 0 {
            return Ok(());
        }
        let versions: Vec<u64> = (1..=last).rev().take(10_000).collect();
        let body = serde_json::json!({ "versions": versions }).to_string();
        let path = vec![at.mount(), "destroy", at.path()];
        self.send((Method::PUT, path, Some(body))).await?.done()
    }

    async fn names(&self, at: &VaultField) -> Result<Vec<String>, Error> {
        Ok(self.read(at).await?.fields.into_keys().collect())
    }
}

impl Vault {
    async fn read(&self, at: &VaultField) -> Result<Found, Error> {
        let path = vec![at.mount(), "data", at.path()];
        self.send((Method::GET, path, None)).await?.found()
    }

    /// Reads, changes and writes under the version that was read, again while others are faster.
    /// `false` says that nothing is different. Returns what is there then.
    async fn change(
        &self,
        at: &VaultField,
        change: impl Fn(&mut Fields) -> bool,
    ) -> Result<Found, Error> {
        for attempt in 0..ATTEMPTS {
            let mut found = self.read(at).await?;
            if !change(&mut found.fields) {
                return Ok(found);
            }
            let body = written(&found)?;
            let path = vec![at.mount(), "data", at.path()];
            let answer = self.send((Method::POST, path, Some(body))).await?;
            if let Some(version) = answer.written()? {
                return Ok(Found { version, ..found });
            }
            let pause = 5_u64.saturating_mul(u64::from(attempt) + 1);
            tokio::time::sleep(Duration::from_millis(pause + jitter_ms(pause))).await;
        }
        Err(unavailable("others keep changing the same secret"))
    }

    /// Sends a request with a token, and once more with a new one when ours has ended.
    async fn send(&self, request: (Method, Vec<&str>, Option<String>)) -> Result<Answer, Error> {
        let settings = Settings::read(&self.variables)?;
        let http = self.http(&settings)?;
        let held = self.held();
        let fresh = held.is_none();
        let token = match held {
            Some(token) => token,
            None => self.log_in(http, &settings).await?,
        };
        let answer = wire::exchange(http, &settings, request.clone(), Some(&token)).await?;
        if fresh || !matches!(answer, Answer::Forbidden) {
            return Ok(answer);
        }
        let token = self.log_in(http, &settings).await?;
        wire::exchange(http, &settings, request, Some(&token)).await
    }

    fn held(&self) -> Option<Secret> {
        self.token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn log_in(&self, http: &reqwest::Client, settings: &Settings) -> Result<Secret, Error> {
        let (mount, body) = match &settings.login {
            Login::Token(token) => return Ok(token.clone()),
            Login::TokenFile(path) => return token_file(path.clone(), true).await,
            Login::AppRole {
                mount,
                role,
                secret,
            } => {
                // EXPOSE: into the body of the login, which goes to the Vault.
                let body = serde_json::json!({"role_id": role, "secret_id": secret.expose()});
                (mount, body)
            }
            Login::Kubernetes { mount, role, token } => {
                let token = token_file(token.clone(), false).await?;
                // EXPOSE: the same.
                let body = serde_json::json!({"role": role, "jwt": token.expose()});
                (mount, body)
            }
        };
        let path = vec!["auth", mount.as_str(), "login"];
        let request = (Method::POST, path, Some(body.to_string()));
        let answer = wire::exchange(http, settings, request, None).await?;
        let token = answer.login()?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token)
    }

    fn http(&self, settings: &Settings) -> Result<&reqwest::Client, Error> {
        let client = self.http.get_or_init(|| {
            let network = self.network.with_ca_file(settings.ca_file.clone());
            let https_only = settings.address.scheme() == "https";
            network.client(https_only).map_err(|error| match error {
                network::Error::Untrusted(why) => why.into(),
                network::Error::CaFile(_) | network::Error::SystemRoots | network::Error::Setup => {
                    Error::NotSetUp {
                        store: Self::SCHEME,
                        why: "the file in VAULT_CACERT or the configured roots cannot be read",
                    }
                }
            })
        });
        client.as_ref().map_err(Clone::clone)
    }
}

fn written(found: &Found) -> Result<String, Error> {
    #[derive(serde::Serialize)]
    struct Write<'a> {
        options: Options,
        data: &'a std::collections::BTreeMap<String, Box<RawValue>>,
    }
    #[derive(serde::Serialize)]
    struct Options {
        cas: u64,
    }
    let write = Write {
        options: Options { cas: found.version },
        data: &found.fields,
    };
    serde_json::to_string(&write).map_err(|_| unavailable("encoding failed"))
}

/// A token that somebody put into a file; the one of `vault login` is for its owner alone.
async fn token_file(path: std::path::PathBuf, ours: bool) -> Result<Secret, Error> {
    let nothing = Error::NotSetUp {
        store: Vault::SCHEME,
        why: "there is no token to log in with: set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID, or VAULT_K8S_ROLE",
    };
    blocking(Vault::SCHEME, Duration::from_secs(5), move || {
        let bytes = if ours {
            files::read_private(&path, LARGEST_TOKEN)?
        } else {
            files::read_mounted(&path, LARGEST_TOKEN)?
        };
        bytes.and_then(text_of).ok_or(nothing)
    })
    .await
}

fn jitter_ms(most: u64) -> u64 {
    getrandom::u64().map_or(0, |random| random % (most + 1))
}

fn unavailable(why: &'static str) -> Error {
    Error::Unavailable {
        store: Vault::SCHEME,
        why,
    }
}
