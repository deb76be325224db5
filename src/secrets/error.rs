//! Why a secret could not be read or kept, and what to do about it. No error holds a value, the
//! answer of a store or its own error text.

use std::path::PathBuf;

use crate::file_trust::Untrusted;
use crate::visible::path as shown_path;

/// Why a store of secrets did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such secret.
    #[error("there is no secret at {at}")]
    Missing {
        /// The reference.
        at: String,
    },
    /// The store could not be reached or does not work.
    #[error("the {store} store is not available: {why}")]
    Unavailable {
        /// The scheme of the store.
        store: &'static str,
        /// In our own words.
        why: &'static str,
    },
    /// The store knows us and says no, or does not know us.
    #[error("the {store} store refused access: {why}")]
    Refused {
        /// The scheme of the store.
        store: &'static str,
        /// In our own words.
        why: &'static str,
    },
    /// Other users can have written the file, or can read what is for its owner alone.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// It is a link, a device or the like.
    #[error("{} is no ordinary file or folder", shown_path(.0))]
    NotPlain(PathBuf),
    /// The store gives secrets and takes none.
    #[error("the {store} store is read-only")]
    ReadOnly {
        /// The scheme of the store.
        store: &'static str,
    },
    /// The store does not tell what it holds.
    #[error("the {store} store cannot list its secrets")]
    NotListable {
        /// The scheme of the store.
        store: &'static str,
    },
    /// This program was built without the store.
    #[error("this program was built without the feature `{feature}`")]
    NotBuilt {
        /// The cargo feature.
        feature: &'static str,
    },
    /// The file is not what we wrote, or the key is not the one it was written with.
    #[error("{} is damaged or belongs to another key", shown_path(.path))]
    Corrupt {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{} cannot be {action}", shown_path(.path))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// `read` or `written`.
        action: &'static str,
    },
    /// Another process did not let go of the store.
    #[error("another process has held {} for too long", shown_path(.path))]
    Busy {
        /// The lock file.
        path: PathBuf,
    },
    /// What is there is no text.
    #[error("the secret at {at} is empty or no text")]
    NotText {
        /// The reference.
        at: String,
    },
    /// The value is larger than the store takes or gives.
    #[error("a secret in the {store} store has at most {most_bytes} bytes")]
    TooLarge {
        /// The scheme of the store.
        store: &'static str,
        /// The most it may have.
        most_bytes: usize,
    },
    /// No answer in time.
    #[error("the {store} store did not answer within {limit_s} s")]
    TimedOut {
        /// The scheme of the store.
        store: &'static str,
        /// How long it had.
        limit_s: u64,
    },
    /// Something that the store needs is not configured, or wrong.
    #[error("the {store} store is not set up: {why}")]
    NotSetUp {
        /// The scheme of the store.
        store: &'static str,
        /// What is missing.
        why: &'static str,
    },
    /// There is no place for our own file.
    #[error("no home folder is known")]
    NoHome,
}

impl Error {
    /// What to do about it.
    pub fn next(&self) -> String {
        match self {
            Self::Missing { .. } => {
                "Check the reference, or put the secret there first.".to_owned()
            }
            Self::Unavailable { store, .. } => match *store {
                "keyring" => "Start it in a desktop session with an unlocked keyring, or keep the secret at age:NAME.".to_owned(),
                "exec" => "Run the helper by hand with the same arguments and look at what it says.".to_owned(),
                _ => "Try again, and check that the store runs and can be reached from here.".to_owned(),
            },
            Self::Refused { .. } => {
                "Check the login of the store and what it is allowed to do there.".to_owned()
            }
            // The error itself names it.
            Self::Untrusted(_) => {
                "Run that command, and change the secret if others may have had it.".to_owned()
            }
            Self::NotPlain(path) => format!("Move {} away and put an ordinary file or folder there.", shown_path(path)),
            Self::ReadOnly { .. } => {
                "Use a reference that can be written: age:, keyring:, vault: or aws-sm:.".to_owned()
            }
            Self::NotListable { .. } => "Name the secret itself.".to_owned(),
            Self::NotBuilt { feature } => {
                format!("Build it with `cargo build --release --features {feature}`.")
            }
            Self::Corrupt { path } => format!(
                "Restore {} and its key from a backup made at the same time, or move both away and set the secrets again.",
                shown_path(path)
            ),
            Self::Io { path, .. } => {
                format!("Check that {} exists, its owner and the free space.", shown_path(path))
            }
            Self::Busy { .. } => "End the process that hangs, and try again.".to_owned(),
            Self::NotText { .. } => "Store the secret there as UTF-8 text.".to_owned(),
            Self::TooLarge { .. } => "Store a shorter value.".to_owned(),
            Self::TimedOut { .. } => {
                "Try again, and check that the store runs and can be reached from here.".to_owned()
            }
            Self::NotSetUp { .. } => "Set it up as the table of secret stores in the README says.".to_owned(),
            Self::NoHome => "Set MAKE_CREDENTIALS_HOME to a folder of your own.".to_owned(),
        }
    }
}
