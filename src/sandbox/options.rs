//! How a zone is set up, and who the simulated person is.

/// How the zone is set up.
#[derive(Clone, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The token with every scope, in the simulated form; random if not given.
    pub operator_token: Option<String>,
    /// What the person behind every page does.
    pub person: Person,
    /// Applies the organization's limit per minute.
    pub enforce_rate_limit: bool,
    /// The organizations have locked connections, so access lists exist.
    pub locked_connections: bool,
    /// Connections asked for with `cols[]=*` name the scenarios that use them.
    pub scenario_usages: bool,
    /// The form of the answer to a template's change.
    pub template_patch: TemplatePatch,
    /// Whether a token may make one with scopes it lacks.
    pub wider_tokens: WiderTokens,
    /// How long a list of tokens leaves a new one out.
    pub token_list_lag: std::time::Duration,
    /// How long a deleted token goes on working.
    pub token_grace: std::time::Duration,
    /// Makes every id and token repeatable.
    pub seed: Option<u64>,
    /// Makes the zone's time stand still here.
    pub now: Option<jiff::Timestamp>,
}

/// The simulated person who opens pages, signs in and types secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Person {
    /// Does nothing until told.
    #[default]
    Waits,
    /// Authorizes everything by himself.
    Auto {
        /// How many answers still show the request or flow open.
        after_polls: u32,
    },
}

/// Make's `OpenAPI` document shows an array where an object would be expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TemplatePatch {
    /// `{"template":[{…}]}`, as documented.
    #[default]
    Array,
    /// `{"template":{…}}`.
    Object,
}

/// Not documented by Make, so both can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WiderTokens {
    /// A token may make one that may do more.
    #[default]
    Allowed,
    /// 403 for a scope the calling token lacks.
    Refused,
}
