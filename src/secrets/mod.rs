//! Where secrets are kept: [`SecretReference`] names the place, [`Stores`] reads, keeps and
//! forgets. There is no way from one store to another: what one does not have is missing.
//!
//! | reference | what it is for | put, delete | how it logs in |
//! | --- | --- | --- | --- |
//! | `age:NAME` | our own encrypted file, `secrets/vault.age` in the home folder with its key beside it; the default on Linux and macOS | yes | the files are for their owner alone (0600 in 0700), else they are refused |
//! | `keyring:NAME` | the Keychain of macOS, the Credential Manager of Windows, the Secret Service of a Linux desktop; the default on Windows; left out by `--no-default-features` | yes | the unlocked keyring of the user's session, 2 s an access |
//! | `env:NAME` | a variable that the platform sets | no | – |
//! | `file:/absolute/path` | a mounted file: Kubernetes, Docker, systemd credentials; one end of line is cut off; read by whom it likes, but refused when group or others may change it | no | – |
//! | `vault:MOUNT/PATH#FIELD` | the key-value engine (version 2) of a `HashiCorp` Vault or an `OpenBao` at `VAULT_ADDR` (https, or http on this machine) | yes | `VAULT_TOKEN`; or `VAULT_ROLE_ID` and `VAULT_SECRET_ID`; or `VAULT_K8S_ROLE` and the service account's token; or `~/.vault-token`; also `VAULT_NAMESPACE`, `VAULT_CACERT`, `VAULT_APPROLE_MOUNT`, `VAULT_K8S_MOUNT`, `VAULT_K8S_TOKEN_FILE` |
//! | `aws-sm:NAME#FIELD` | a secret in the AWS Secrets Manager that is a JSON object; needs a build with `--features aws` | yes | AWS's usual chain: variables, profile (also `credential_process`), web identity, container, instance; not SSO |
//! | `exec:/PROGRAM ARGUMENTS` | what a helper program answers (see `exec.rs` for what it is told) | no | the helper's own business; it gets `HOME` and a plain `PATH` |
//!
//! A name has letters, digits and `. _ - / : @ + %`; a value at most 16 KiB (Windows' keyring takes
//! 2,560 bytes). In `exec:` words are divided by spaces, and a word in double quotes may hold
//! spaces, `\"` and `\\`.
//!
//! Deleting a field at a Vault keeps the other fields and destroys all older versions of the
//! secret, since they hold the value; the policy needs `create`, `read` and `update` on
//! `MOUNT/data/PATH` and `update` on `MOUNT/destroy/PATH`. Deleting the last field at AWS deletes
//! the secret at once, without a recovery window; the other way round AWS keeps older versions for
//! a while. A Vault is reached without the configured proxy, AWS through it.

#[cfg(not(all(feature = "aws", any(feature = "keyring", windows))))]
mod absent;
mod age;
#[cfg(feature = "aws")]
mod aws;
mod command;
mod env;
mod error;
mod exec;
mod file;
mod files;
#[cfg(any(feature = "keyring", windows))]
mod keyring;
mod reference;
mod store;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Variables;
use crate::network::Network;
use crate::secret::Secret;

pub use command::Command;
pub use error::Error;
pub use reference::{
    AbsolutePath, AwsField, BadReference, Name, SecretReference, Variable, VaultField,
};
use store::{LARGEST_VALUE, Store};

/// All stores. Cheap to clone; nothing is read or reached before it is asked for.
#[derive(Debug, Clone)]
pub struct Stores(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    age: age::Age,
    #[cfg(any(feature = "keyring", windows))]
    keyring: keyring::Keyring,
    #[cfg(not(any(feature = "keyring", windows)))]
    keyring: absent::Absent<Name>,
    env: env::Env,
    file: file::File,
    vault: vault::Vault,
    #[cfg(feature = "aws")]
    aws: aws::Aws,
    #[cfg(not(feature = "aws"))]
    aws: absent::Absent<AwsField>,
    exec: exec::Exec,
}

impl Stores {
    /// The stores of this home folder, with settings from these variables, reached on this way.
    /// Does no I/O.
    pub fn at(home: Option<PathBuf>, variables: &Variables, network: &Network) -> Self {
        Self(Arc::new(Inner {
            age: age::Age { home },
            #[cfg(any(feature = "keyring", windows))]
            keyring: keyring::Keyring::new(),
            #[cfg(not(any(feature = "keyring", windows)))]
            keyring: absent::Absent::new("keyring"),
            env: env::Env(variables.clone()),
            file: file::File,
            vault: vault::Vault::new(variables.clone(), network),
            #[cfg(feature = "aws")]
            aws: aws::Aws::new(network),
            #[cfg(not(feature = "aws"))]
            aws: absent::Absent::new("aws"),
            exec: exec::Exec {
                variables: variables.clone(),
            },
        }))
    }

    /// The secret at this place.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn get(&self, at: &SecretReference) -> Result<Secret, Error> {
        match at {
            SecretReference::Age(at) => self.0.age.get(at).await,
            SecretReference::Env(at) => self.0.env.get(at).await,
            SecretReference::File(at) => self.0.file.get(at).await,
            SecretReference::Vault(at) => self.0.vault.get(at).await,
            SecretReference::Exec(at) => self.0.exec.get(at).await,
            SecretReference::Keyring(at) => self.0.keyring.get(at).await,
            SecretReference::Aws(at) => self.0.aws.get(at).await,
        }
    }

    /// Keeps the value there, in place of the one before.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for stores that only give.
    pub async fn put(&self, at: &SecretReference, value: &Secret) -> Result<(), Error> {
        // EXPOSE: to measure it.
        if at.is_writable() && value.expose().len() > LARGEST_VALUE {
            return Err(Error::TooLarge {
                store: at.scheme(),
                most_bytes: LARGEST_VALUE,
            });
        }
        match at {
            SecretReference::Age(at) => self.0.age.put(at, value).await,
            SecretReference::Env(at) => self.0.env.put(at, value).await,
            SecretReference::File(at) => self.0.file.put(at, value).await,
            SecretReference::Vault(at) => self.0.vault.put(at, value).await,
            SecretReference::Exec(at) => self.0.exec.put(at, value).await,
            SecretReference::Keyring(at) => self.0.keyring.put(at, value).await,
            SecretReference::Aws(at) => self.0.aws.put(at, value).await,
        }
    }

    /// Forgets the secret. Deleting what is not there is no error.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for stores that only give.
    pub async fn delete(&self, at: &SecretReference) -> Result<(), Error> {
        match at {
            SecretReference::Age(at) => self.0.age.delete(at).await,
            SecretReference::Env(at) => self.0.env.delete(at).await,
            SecretReference::File(at) => self.0.file.delete(at).await,
            SecretReference::Vault(at) => self.0.vault.delete(at).await,
            SecretReference::Exec(at) => self.0.exec.delete(at).await,
            SecretReference::Keyring(at) => self.0.keyring.delete(at).await,
            SecretReference::Aws(at) => self.0.aws.delete(at).await,
        }
    }

    /// The names in the store that this reference belongs to: all names of the encrypted file or
    /// the keyring, the fields of the same secret in a Vault or at AWS.
    ///
    /// # Errors
    /// [`Error::NotListable`] for stores that do not tell.
    pub async fn names(&self, like: &SecretReference) -> Result<Vec<String>, Error> {
        match like {
            SecretReference::Age(at) => self.0.age.names(at).await,
            SecretReference::Env(at) => self.0.env.names(at).await,
            SecretReference::File(at) => self.0.file.names(at).await,
            SecretReference::Vault(at) => self.0.vault.names(at).await,
            SecretReference::Exec(at) => self.0.exec.names(at).await,
            SecretReference::Keyring(at) => self.0.keyring.names(at).await,
            SecretReference::Aws(at) => self.0.aws.names(at).await,
        }
    }
}
