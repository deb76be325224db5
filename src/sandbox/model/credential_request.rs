//! Credential requests and their credentials: fields, states and the aggregate status.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use crate::sandbox::clock::stamp;

pub(crate) struct CredentialRequest {
    pub(crate) id: String,
    /// The last part of the page's address, which only creation tells.
    pub(crate) page: String,
    pub(crate) team: u64,
    pub(crate) user: u64,
    pub(crate) provider: Option<u64>,
    /// The provider's id as a string, which Make's examples show beside the number.
    pub(crate) provider_as_text: bool,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) mailed: bool,
    /// Shown instead of the aggregate.
    pub(crate) status_override: Option<String>,
    pub(crate) polls: u32,
    pub(crate) credentials: Vec<Credential>,
}

#[derive(Clone)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) draft: Draft,
    pub(crate) remote: Option<u64>,
    pub(crate) remote_scope: Vec<String>,
    pub(crate) state: String,
    pub(crate) decline_reason: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) token_id: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Component {
    Account,
    Keychain,
}

/// What is asked of the person.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) component: Component,
    pub(crate) oauth: bool,
    pub(crate) type_id: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) scope: Vec<String>,
    pub(crate) app_name: String,
    pub(crate) app_modules: Vec<String>,
    pub(crate) app_version: String,
    pub(crate) name_override: Option<String>,
    pub(crate) prefill: Value,
}

/// A request before it has ids.
pub(crate) struct NewRequest {
    pub(crate) team: u64,
    pub(crate) user: u64,
    pub(crate) provider: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) mailed: bool,
}

impl CredentialRequest {
    /// How Make aggregates the states is not documented; this is the plainest reading.
    pub(crate) fn status(&self) -> String {
        if let Some(shown) = &self.status_override {
            return shown.clone();
        }
        let count = |state: &str| self.credentials.iter().filter(|c| c.state == state).count();
        let (all, done) = (self.credentials.len(), count("authorized"));
        let status = if count("invalid") > 0 {
            "invalid"
        } else if count("incomplete") > 0 {
            "incomplete"
        } else if done == all {
            "authorized"
        } else if done > 0 {
            "partially_authorized"
        } else if count("declined") == all {
            "declined"
        } else {
            "pending"
        };
        status.to_owned()
    }

    fn provider_id(&self) -> Value {
        match self.provider {
            Some(id) if self.provider_as_text => Value::String(id.to_string()),
            Some(id) => id.into(),
            None => Value::Null,
        }
    }

    fn app_names(&self) -> Vec<&str> {
        self.credentials
            .iter()
            .map(|c| c.draft.app_name.as_str())
            .collect()
    }
}

impl Credential {
    pub(crate) fn json(&self, request: &str) -> Value {
        let draft = &self.draft;
        let kind = match draft.component {
            Component::Keychain => "key",
            Component::Account if draft.oauth => "oauth",
            Component::Account => "basic",
        };
        json!({
            "id": self.id,
            "requestId": request,
            "component": if draft.component == Component::Account { "account" } else { "keychain" },
            "type": kind,
            "name": draft.type_id,
            "label": draft.label,
            "description": draft.description,
            "scope": draft.scope,
            "remoteId": self.remote.map(|id| id.to_string()),
            "remoteScope": self.remote_scope,
            "tokenId": self.token_id,
            "state": self.state,
            "declineReason": self.decline_reason,
            "appName": draft.app_name,
            "appModules": draft.app_modules,
            "appVersion": draft.app_version,
            "nameOverride": draft.name_override,
            "createdAt": stamp(self.created),
            "updatedAt": stamp(self.updated),
        })
    }
}

impl State {
    pub(crate) fn request_json(&self, request: &CredentialRequest) -> Value {
        json!({
            "id": request.id,
            "organizationId": self.people.organization_of(request.team),
            "teamId": request.team,
            "userId": request.user,
            "name": request.name,
            "description": request.description,
            "externalProviderId": null,
            "makeProviderId": request.provider_id(),
            "createdAt": stamp(request.created),
            "updatedAt": stamp(request.updated),
            "expiresAt": stamp(request.expires),
            "status": request.status(),
            "shouldSendEmail": request.mailed,
            "emailSentAt": request.mailed.then(|| stamp(request.created)),
            "appNames": request.app_names(),
            "makeProvider": self.people.brief(request.provider),
        })
    }

    pub(crate) fn page_uri(&self, request: &CredentialRequest) -> String {
        format!("{}/credence/{}/{}", self.zone, request.team, request.page)
    }

    /// Opens a request; pages live about a month.
    pub(crate) fn open_request(&mut self, new: NewRequest, drafts: Vec<Draft>) -> usize {
        let now = self.clock.now();
        let credentials = drafts
            .into_iter()
            .map(|draft| self.new_credential(draft))
            .collect();
        self.requests.push(CredentialRequest {
            id: self.chance.uuid(),
            page: self.chance.uuid(),
            team: new.team,
            user: new.user,
            provider: Some(new.provider),
            provider_as_text: false,
            name: new.name,
            description: new.description,
            created: now,
            updated: now,
            expires: self.clock.in_days(30),
            mailed: new.mailed,
            status_override: None,
            polls: 0,
            credentials,
        });
        self.requests.len() - 1
    }

    pub(crate) fn new_credential(&mut self, draft: Draft) -> Credential {
        let now = self.clock.now();
        Credential {
            id: self.chance.uuid(),
            draft,
            remote: None,
            remote_scope: Vec::new(),
            state: "pending".to_owned(),
            decline_reason: None,
            created: now,
            updated: now,
            token_id: None,
        }
    }

    /// The places of a credential: its request's and its own.
    pub(crate) fn credential_place(&self, id: &str) -> Option<(usize, usize)> {
        self.requests.iter().enumerate().find_map(|(r, request)| {
            request
                .credentials
                .iter()
                .position(|c| c.id == id)
                .map(|c| (r, c))
        })
    }
}
