//! What a recognized secret is.

/// What a recognized secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A JSON Web Token.
    Jwt,
    /// A private key in PEM.
    PrivateKey,
    /// What stands behind `Bearer`, `Token`, `Basic` or a like scheme.
    Authorization,
    /// The password, or the key in place of a user, in an address.
    UrlPassword,
    /// An address that whoever knows it can write to.
    WebhookAddress,
    /// The value of a field that is called a password.
    Password,
    /// The value of a field that is called a token.
    Token,
    /// The value of a field that is called a key.
    Key,
    /// The value of a field that is called a secret in another word.
    Secret,
    /// Known by nothing but its randomness.
    Random,
    /// A key or token of a provider with a format of its own.
    Provider(&'static str),
}

impl Kind {
    /// The name that answers and plans show, such as `jwt`: letters, digits and `_`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::PrivateKey => "private_key",
            Self::Authorization => "authorization",
            Self::UrlPassword => "url_password",
            Self::WebhookAddress => "webhook_address",
            Self::Password => "password",
            Self::Token => "token",
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Random => "random",
            Self::Provider(name) => name,
        }
    }
}
