//! Who wrote a field of an answer, and how long it may be. What is not named here was written at
//! Make: a new field is foreign until somebody looks at it.

use crate::visible::Form;

/// Stands for a tool's name where the answer is a failure.
pub const FAILURE: &str = "failure";

/// The longest name or label, in characters.
const NAME: usize = 500;
/// The longest description or message.
const PROSE: usize = 2000;
/// No cap but that of the whole answer.
const WHOLE: usize = usize::MAX;

/// Who wrote a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// This server, its operator, or the caller itself; or an id whose form was checked.
    Ours,
    /// Somebody at Make.
    Make {
        /// The most characters of it that are shown.
        cap: usize,
    },
    /// This server, with names of Make quoted in it: a plan.
    Quoting,
    /// Somebody at Make, and the agent may write it back: the names of its fields too.
    Content,
}

impl Kind {
    /// That of an answer as a whole.
    pub(super) const ROOT: Self = Self::Make { cap: NAME };

    /// Whether others wrote it as a whole, so that what the agent passed is hidden in it.
    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Self::Make { .. } | Self::Content)
    }

    /// Of a field of this, at its place in the answer of a tool.
    pub(super) fn within(self, tool: &str, place: &Place<'_>) -> Self {
        match self {
            Self::Ours | Self::Quoting | Self::Content => self,
            Self::Make { .. } => kind(tool, place),
        }
    }

    pub(super) fn form(self) -> Form {
        match self {
            Self::Ours | Self::Quoting | Self::Make { .. } => Form::Line,
            Self::Content => Form::Block,
        }
    }

    pub(super) fn cap(self) -> usize {
        match self {
            Self::Make { cap } => cap,
            Self::Ours | Self::Quoting | Self::Content => WHOLE,
        }
    }
}

/// A field in an answer; the entries of a list stand at the place of the list.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) above: Option<&'a Place<'a>>,
    pub(super) name: &'a str,
}

impl Place<'_> {
    fn is(&self, path: &[&str]) -> bool {
        let Some((last, above)) = path.split_last() else {
            return false;
        };
        self.name == *last
            && match self.above {
                Some(place) => place.is(above),
                None => above.is_empty(),
            }
    }
}

/// Who wrote the text at this path of a tool's answer.
pub fn writer(tool: &str, path: &[&str]) -> Kind {
    fn walk(kind: Kind, tool: &str, above: Option<&Place<'_>>, path: &[&str]) -> Kind {
        let Some((name, below)) = path.split_first() else {
            return kind;
        };
        let place = Place { above, name };
        walk(kind.within(tool, &place), tool, Some(&place), below)
    }
    walk(Kind::ROOT, tool, None, path)
}

fn kind(tool: &str, place: &Place<'_>) -> Kind {
    let among = |paths: &[&[&str]]| paths.iter().any(|path| place.is(path));
    if among(EVERYWHERE) || among(ours(tool)) {
        Kind::Ours
    } else if among(quoting(tool)) {
        Kind::Quoting
    } else if among(content(tool)) {
        Kind::Content
    } else {
        Kind::Make {
            cap: cap(place.name),
        }
    }
}

/// In any answer.
const EVERYWHERE: &[&[&str]] = &[&["next"], &["cursor"], &["requestId"]];

/// Fields that hold no text of Make: our own words, what the operator wrote or the caller passed,
/// and ids of a checked form.
fn ours(tool: &str) -> &'static [&'static [&'static str]] {
    match tool {
        "agent_status" => &[
            &["agent"],
            &["problem"],
            &["zone"],
            &["access"],
            &["toolsets"],
            &["deniedTools"],
            &["confirmation"],
            &["expiresAt"],
            &["awaitingApproval", "id"],
            &["awaitingApproval", "tool"],
        ],
        "secrets_list" => &[&["secrets"]],
        "connections_find_reusable" => &[&["candidates", "fit"], &["candidates", "why"]],
        "connections_update" => &[&["emptied"]],
        "templates_update" => &[&["changed"]],
        "templates_get_blueprint" | "public_templates_get_blueprint" => &[
            &["leftOut"],
            &["secretsFound", "kind"],
            &["secretsFound", "fingerprint"],
        ],
        "template_flows_start" => &[&["waitsFor"]],
        "template_flows_get" => &[&["flowId"]],
        "credential_requests_list_app_modules_with_creds" => &[&["appName"]],
        "credential_requests_list" => &[&["requests", "id"]],
        "credential_requests_get" => &[&["request", "id"], &["credentials", "id"]],
        "credential_requests_create"
        | "credential_requests_create_by_credentials"
        | "credential_requests_create_for_user"
        | "credential_requests_create_v1"
        | "credential_requests_extend_connection"
        | "credential_requests_wait" => &[&["credentials", "id"]],
        "credential_requests_credential_decline"
        | "credential_requests_credential_delete"
        | "credential_requests_credential_reauthorize" => &[&["credential", "id"]],
        FAILURE => &[
            &["code"],
            &["message"],
            &["causes"],
            &["details", "approval"],
            &["details", "command"],
            &["details", "fields"],
            &["details", "with"],
        ],
        _ => &[],
    }
}

/// Sentences of a plan.
fn quoting(tool: &str) -> &'static [&'static [&'static str]] {
    match tool {
        "agent_status" => &[&["awaitingApproval", "object"]],
        FAILURE => &[&["details", "plan"], &["details", "changed"]],
        _ => &[],
    }
}

/// Fields that the agent may write back as they are, whatever is in them.
fn content(tool: &str) -> &'static [&'static [&'static str]] {
    match tool {
        "templates_get_blueprint" | "public_templates_get_blueprint" => &[
            &["flow"],
            &["scheduling"],
            &["controller"],
            &["metadata"],
            &["name"],
        ],
        "keys_list_types" => &[
            &["keysTypes", "parameters", "default"],
            &["keysTypes", "parameters", "options", "value"],
        ],
        _ => &[],
    }
}

/// Addresses, and what the agent passes to other tools, are of no use in part.
fn cap(name: &str) -> usize {
    match name {
        "url" | "publicUrl" | "publicUri" | "flowId" | "uid" | "id" | "type" | "types"
        | "typeName" | "accountName" | "appName" | "appNames" | "appModules" | "usedApps"
        | "scope" | "scopes" | "remoteScope" | "email" | "hookIds" | "editableParameters"
        | "wouldBeEmptied" | "mayStandIn" | "needs" => WHOLE,
        "description" | "declineReason" | "providerMessage" | "statusMessage" | "message" => PROSE,
        _ => NAME,
    }
}
