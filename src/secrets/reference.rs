//! Where a secret is kept, as an operator writes it. A reference is never made from the arguments
//! of a tool, and an error about one never repeats its text: somebody may have pasted the secret.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::command::Command;
use crate::secret::is_uuid;

/// Names in a store of ours are shorter than this.
const LONGEST_NAME: usize = 512;

/// The place of one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretReference {
    /// `age:NAME`: an entry of our own encrypted file.
    Age(Name),
    /// `keyring:NAME`: an entry of the system's keyring.
    Keyring(Name),
    /// `env:NAME`: a variable of the environment.
    Env(Variable),
    /// `file:/absolute/path`: a file that holds the secret and nothing else.
    File(AbsolutePath),
    /// `vault:mount/path#field`: a field of a secret in a `HashiCorp` Vault or an `OpenBao`.
    Vault(VaultField),
    /// `aws-sm:name#field`: a field of a secret in the AWS Secrets Manager.
    Aws(AwsField),
    /// `exec:/path/of/helper arguments…`: what a program answers.
    Exec(Command),
}

/// Why a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret reference must be {0}")]
pub struct BadReference(pub &'static str);

const FORMS: BadReference = BadReference(
    "one of age:NAME, keyring:NAME, env:NAME, file:/PATH, vault:MOUNT/PATH#FIELD, aws-sm:NAME#FIELD and exec:/PROGRAM ARGUMENTS",
);

/// A name in a store of ours: letters, digits and `. _ - / : @ + %`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

/// The name of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable(String);

/// The path of a file from the root on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsolutePath(PathBuf);

/// A field of a secret in the key-value engine of a Vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultField {
    mount: String,
    path: String,
    field: String,
}

/// A field of a secret that is a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsField {
    name: String,
    field: String,
}

impl SecretReference {
    /// Where a secret of ours goes when the operator names no place: the encrypted file, and on
    /// Windows the keyring. Characters that no name has are written as `%XX`.
    pub fn default_for(name: &str) -> Self {
        let mut fit = String::with_capacity(name.len());
        for byte in name.bytes() {
            if is_name_byte(byte) && byte != b'%' {
                fit.push(char::from(byte));
            } else {
                fit.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
        }
        if cfg!(windows) {
            Self::Keyring(Name(fit))
        } else {
            Self::Age(Name(fit))
        }
    }

    /// Whether secrets can be put there and deleted there.
    pub fn is_writable(&self) -> bool {
        match self {
            Self::Age(_) | Self::Keyring(_) | Self::Vault(_) | Self::Aws(_) => true,
            Self::Env(_) | Self::File(_) | Self::Exec(_) => false,
        }
    }

    /// The word before the colon.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Age(_) => "age",
            Self::Keyring(_) => "keyring",
            Self::Env(_) => "env",
            Self::File(_) => "file",
            Self::Vault(_) => "vault",
            Self::Aws(_) => "aws-sm",
            Self::Exec(_) => "exec",
        }
    }
}

impl FromStr for SecretReference {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let (scheme, rest) = text.split_once(':').ok_or(FORMS)?;
        if rest.chars().any(char::is_control) {
            return Err(BadReference("free of control characters"));
        }
        match scheme {
            "age" => rest.parse().map(Self::Age),
            "keyring" => rest.parse().map(Self::Keyring),
            "env" => rest.parse().map(Self::Env),
            "file" => rest.parse().map(Self::File),
            "vault" => rest.parse().map(Self::Vault),
            "aws-sm" => rest.parse().map(Self::Aws),
            "exec" => rest.parse().map(Self::Exec),
            _ => Err(FORMS),
        }
    }
}

impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme())?;
        match self {
            Self::Age(name) | Self::Keyring(name) => f.write_str(&name.0),
            Self::Env(name) => f.write_str(&name.0),
            Self::File(path) => write!(f, "{}", path.0.display()),
            Self::Vault(at) => write!(f, "{}/{}#{}", at.mount, at.path, at.field),
            Self::Aws(at) => write!(f, "{}#{}", at.name, at.field),
            Self::Exec(command) => command.fmt(f),
        }
    }
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-/:@+%".contains(&byte)
}

impl Name {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        if is_uuid(text) {
            return Err(BadReference("the name of a secret, not the token itself"));
        }
        if (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_name_byte) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadReference(
                "a name of letters, digits and `. _ - / : @ + %` behind age: and keyring:",
            ))
        }
    }
}

impl Variable {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Variable {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if starts && text.len() <= 128 && text.bytes().all(inner) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadReference(
                "the name of a variable behind env: (letters, digits and `_`)",
            ))
        }
    }
}

impl AbsolutePath {
    /// The path itself.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

impl FromStr for AbsolutePath {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let path = PathBuf::from(text);
        if path.is_absolute() && path.file_name().is_some() {
            Ok(Self(path))
        } else {
            Err(BadReference("an absolute path behind file:"))
        }
    }
}

impl VaultField {
    /// The mount of the key-value engine.
    pub fn mount(&self) -> &str {
        &self.mount
    }

    /// The path of the secret below the mount.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The field of the secret.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl FromStr for VaultField {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let bad = BadReference("vault:MOUNT/PATH#FIELD");
        let (place, field) = text.rsplit_once('#').ok_or(bad)?;
        let (mount, path) = place.split_once('/').ok_or(bad)?;
        // A step of dots would lead to another secret, and an empty one to a list.
        let is_step = |step: &str| {
            let inner = |b: u8| b.is_ascii_alphanumeric() || b"._-@+: ".contains(&b);
            !step.is_empty() && step != "." && step != ".." && step.bytes().all(inner)
        };
        let fits = text.len() <= LONGEST_NAME && !field.is_empty() && !field.contains('/');
        if fits && is_step(mount) && path.split('/').all(is_step) {
            Ok(Self {
                mount: mount.to_owned(),
                path: path.to_owned(),
                field: field.to_owned(),
            })
        } else {
            Err(bad)
        }
    }
}

impl AwsField {
    /// The name of the secret, or its ARN.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The field of the secret.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl FromStr for AwsField {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let bad = BadReference("aws-sm:NAME#FIELD");
        let (name, field) = text.rsplit_once('#').ok_or(bad)?;
        // What AWS allows in names, and the colons of an ARN.
        let inner = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-:".contains(&b);
        let fits = (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(inner);
        if fits && !field.is_empty() && field.len() <= LONGEST_NAME {
            Ok(Self {
                name: name.to_owned(),
                field: field.to_owned(),
            })
        } else {
            Err(bad)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_written_as_it_is_read() {
        for text in [
            "age:agent/support-bot",
            "age:operator/eu1.make.com/7",
            "age:operator/127.0.0.1:8080/7",
            "keyring:trail-key",
            "keyring:named/STRIPE_KEY",
            "env:MY_TOKEN",
            "file:/run/secrets/make",
            "vault:secret/agents/support#token",
            "vault:kv/a#b c",
            "aws-sm:prod/make#token",
            "aws-sm:arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/make-AbCdEf#token",
            "exec:/usr/bin/helper get make",
            r#"exec:/opt/my\ helper "a b" "q\"\\""#,
        ] {
            let read: Result<SecretReference, _> = text.parse();
            if let Ok(read) = &read {
                assert_eq!(read.to_string().parse().as_ref(), Ok(read), "{text}");
            }
            if !text.contains('\\') {
                assert_eq!(read.unwrap().to_string(), text);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_read_is_written_back(
            scheme in "age|keyring|env|file|vault|aws-sm|exec",
            rest in r#"/?[a-z0-9/#" \\.$é-]{0,24}"#,
        ) {
            if let Ok(read) = format!("{scheme}:{rest}").parse::<SecretReference>() {
                proptest::prop_assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }

    #[test]
    fn what_is_no_reference_is_refused_and_not_repeated() {
        for text in [
            "",
            "hunter2",
            "age:",
            "age:a b",
            "age:a\nb",
            "age:2544847b-1111-4222-8333-c0ffeec0ffee",
            "keyring:é",
            "env:",
            "env:hunter-2",
            "env:2HUNTER",
            "file:hunter2",
            "file:/",
            "vault:hunter2",
            "vault:secret#f",
            "vault:secret/#f",
            "vault:secret/a",
            "vault:secret/a#",
            "vault:secret/../sys/seal#f",
            "vault:secret/a/./b#f",
            "vault:secret/a//b#f",
            "vault:secret/a%2fb#f",
            "vault:secret/a?list=true#f",
            "aws-sm:hunter2",
            "aws-sm:#f",
            "aws-sm:a#",
            "exec:hunter2",
            "exec:/bin/x \"open",
            "https://hunter2/",
        ] {
            let problem = text.parse::<SecretReference>().unwrap_err().to_string();
            assert!(!problem.contains("hunter2"), "{text}: {problem}");
        }
    }

    #[test]
    fn every_name_has_a_default_place_of_its_own() {
        let all = ["a b", "a%20b", "a\nb", "a/b", "é"].map(SecretReference::default_for);
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.to_string().parse().as_ref(), Ok(one));
            assert!(all.iter().skip(at + 1).all(|other| other != one));
        }
    }
}
