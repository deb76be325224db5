//! The connection types this zone knows, each with what a client can see of it.

/// What an app's author declared once for all connections of a type.
#[derive(Debug)]
pub(crate) struct ConnectionType {
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) theme: &'static str,
    /// A person has to sign in; otherwise the parameters are the credential.
    pub(crate) oauth: bool,
    /// The parameters `set-data` takes; none means not editable.
    pub(crate) parameters: &'static [&'static str],
    /// Parameters that are set once, at the making: `set-data` leaves them as they are, and no answer
    /// shows them. Make documents none by name; some apps have them.
    pub(crate) fixed: &'static [&'static str],
}

const fn oauth(id: &'static str, label: &'static str, theme: &'static str) -> ConnectionType {
    ConnectionType {
        id,
        label,
        theme,
        oauth: true,
        parameters: &[],
        fixed: &[],
    }
}

const fn basic(
    id: &'static str,
    label: &'static str,
    theme: &'static str,
    parameters: &'static [&'static str],
) -> ConnectionType {
    ConnectionType {
        id,
        label,
        theme,
        oauth: false,
        parameters,
        fixed: &[],
    }
}

/// Families of types do not follow vendors: Gmail is not `google`, and Slack has two.
const TYPES: &[ConnectionType] = &[
    oauth("google", "Google", "#4285f4"),
    oauth("google-email", "Google Restricted", "#f44336"),
    oauth("slack2", "Slack", "#4a154b"),
    oauth("slack3", "Slack (bot)", "#4a154b"),
    oauth("notion2", "Notion", "#000000"),
    oauth("notion3", "Notion (OAuth)", "#000000"),
    oauth("azure", "Microsoft", "#0078d4"),
    oauth("hubspotcrm", "HubSpot CRM", "#ff7a59"),
    oauth("app#acme-crm", "Acme CRM", "#226699"),
    basic("airtable2", "Airtable", "#18bfff", &["url", "apiKey"]),
    basic("make", "Make", "#6d00cc", &["url", "apiKey"]),
    basic(
        "imap",
        "IMAP",
        "#888888",
        &["host", "port", "username", "password"],
    ),
    basic(
        "openai-gpt-3",
        "OpenAI",
        "#10a37f",
        &["apiKey", "organization"],
    ),
    ConnectionType {
        fixed: &["host"],
        ..basic(
            "regional-crm",
            "Regional CRM",
            "#337733",
            &["region", "apiKey"],
        )
    },
];

pub(crate) fn connection_type(id: &str) -> Option<&'static ConnectionType> {
    TYPES.iter().find(|known| known.id == id)
}
