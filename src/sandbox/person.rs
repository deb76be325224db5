//! The simulated person: opens the page of a request, signs in, types secrets, declines.

use serde_json::{Map, Value, json};

use super::chance::CANARY;
use super::model::State;
use super::model::connection::Verdict;
use super::model::connection_type::connection_type;
use super::model::credential_request::{Component, Credential};
use super::model::key::Key;

/// What a person, or Make itself, does to a credential request or to one of its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Signs in or types the secret wherever it is still open.
    Authorize,
    /// As `Authorize`, for the first open credential only.
    AuthorizeFirst,
    /// Declines what is open, with the reason.
    Decline(String),
    /// The page's time is over.
    Expire,
    /// A state or status as given, known to clients or not: `invalid`, `incomplete`, …
    Show(String),
}

const OPEN: &[&str] = &["pending", "reauthorizing", "incomplete", "invalid"];

impl State {
    /// `target` is a page's address or the last part of it, a request's id or a credential's id.
    pub(super) fn act(&mut self, target: &str, act: &Act) -> Result<(), String> {
        let name = target.rsplit('/').next().unwrap_or(target);
        let whole = self
            .requests
            .iter()
            .position(|r| r.id == name || r.page == name);
        if let Some(place) = whole {
            return self.act_on_request(place, act);
        }
        let (request, credential) = self
            .credential_place(name)
            .ok_or("no such request or credential")?;
        self.act_on(request, &[credential], act)
    }

    fn act_on_request(&mut self, place: usize, act: &Act) -> Result<(), String> {
        let yesterday = self.clock.in_days(-1);
        let request = self.requests.get_mut(place).ok_or("no such request")?;
        match act {
            Act::Expire => request.expires = yesterday,
            Act::Show(status) => request.status_override = Some(status.clone()),
            Act::Authorize | Act::AuthorizeFirst | Act::Decline(_) => {
                let open = request.credentials.iter().enumerate();
                let open = open.filter(|(_, c)| OPEN.contains(&c.state.as_str()));
                let most = if *act == Act::AuthorizeFirst {
                    1
                } else {
                    usize::MAX
                };
                let open: Vec<usize> = open.map(|(place, _)| place).take(most).collect();
                return self.act_on(place, &open, act);
            }
        }
        Ok(())
    }

    fn act_on(&mut self, request: usize, places: &[usize], act: &Act) -> Result<(), String> {
        let now = self.clock.now();
        let found = self.requests.get_mut(request).ok_or("no such request")?;
        let team = found.team;
        if matches!(act, Act::Authorize | Act::AuthorizeFirst | Act::Decline(_)) {
            if found.expires < now {
                return Err("the request has expired".to_owned());
            }
            // What the person did is a state of its own; an override would hide it.
            found.status_override = None;
        }
        found.updated = now;
        for place in places {
            let credential = self
                .requests
                .get(request)
                .and_then(|r| r.credentials.get(*place));
            let mut credential = credential.ok_or("no such credential")?.clone();
            credential.updated = now;
            match act {
                Act::Authorize | Act::AuthorizeFirst => self.authorize(&mut credential, team)?,
                Act::Decline(reason) => {
                    "declined".clone_into(&mut credential.state);
                    credential.decline_reason = Some(reason.clone());
                }
                Act::Show(state) => credential.state.clone_from(state),
                Act::Expire => return Err("only a request expires".to_owned()),
            }
            let slot = self
                .requests
                .get_mut(request)
                .and_then(|r| r.credentials.get_mut(*place));
            *slot.ok_or("no such credential")? = credential;
        }
        Ok(())
    }

    fn authorize(&mut self, credential: &mut Credential, team: u64) -> Result<(), String> {
        let remote = match credential.draft.component {
            Component::Account => self.sign_in(credential, team)?,
            Component::Keychain => self.type_key(credential, team),
        };
        credential.remote = Some(remote);
        "authorized".clone_into(&mut credential.state);
        credential.decline_reason = None;
        Ok(())
    }

    /// The connection that is there is renewed and widened; otherwise a new one comes.
    fn sign_in(&mut self, credential: &mut Credential, team: u64) -> Result<u64, String> {
        let draft = credential.draft.clone();
        let kind = connection_type(&draft.type_id).ok_or("no such connection type")?;
        let known = credential
            .remote
            .filter(|id| self.connections.contains_key(id));
        let id = known.unwrap_or_else(|| {
            let name = draft.name_override.as_deref().unwrap_or(&draft.label);
            self.add_connection(team, name, kind)
        });
        let (data, email) = (typed(&draft.prefill, kind.parameters), "jane@example.com");
        let connection = self
            .connections
            .get_mut(&id)
            .ok_or("the connection is gone")?;
        let new: Vec<String> = draft
            .scope
            .into_iter()
            .filter(|s| !connection.scopes.contains(s))
            .collect();
        connection.scopes.extend(new);
        connection.verdict = Verdict::Verified;
        connection.expire = None;
        if kind.oauth {
            connection.metadata = json!({"value": email, "type": "email"});
            credential.token_id = Some(self.chance.uuid());
        } else {
            connection.data = data;
        }
        credential.remote_scope.clone_from(&connection.scopes);
        Ok(id)
    }

    fn type_key(&mut self, credential: &Credential, team: u64) -> u64 {
        let draft = &credential.draft;
        let field = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_default();
        let kind = self
            .key_types
            .iter()
            .find(|kind| field(kind, "name") == draft.type_id.as_str());
        let theme = kind.map(|kind| field(kind, "theme")).unwrap_or_default();
        let declared = kind
            .map(|kind| field(kind, "parameters"))
            .unwrap_or_default();
        let names: Vec<&str> = declared
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|parameter| parameter.get("name").and_then(Value::as_str))
            .collect();
        let parameters = typed(&draft.prefill, &names);
        let name = draft
            .name_override
            .clone()
            .unwrap_or_else(|| draft.label.clone());
        let id = self.next_id("key");
        let key = Key {
            id,
            team,
            name,
            type_name: draft.type_id.clone(),
            theme: theme.as_str().unwrap_or("#007ee5").to_owned(),
            parameters,
        };
        self.keys.insert(id, key);
        id
    }

    /// Deletes what a credential became.
    pub(super) fn remove_remote(&mut self, component: Component, id: u64) {
        match component {
            Component::Account => self.remove_connection(id),
            Component::Keychain => {
                self.keys.remove(&id);
            }
        }
    }
}

/// What the person types: a simulated secret everywhere, under what was filled in for him.
fn typed(prefill: &Value, names: &[&str]) -> Map<String, Value> {
    let secret = |name: &&str| ((*name).to_owned(), json!(format!("typed-{name}-{CANARY}")));
    let mut fields: Map<String, Value> = names.iter().map(secret).collect();
    for form in ["soft", "hard"] {
        let given = prefill.get(form).and_then(Value::as_object);
        fields.extend(
            given
                .into_iter()
                .flatten()
                .map(|(n, v)| (n.clone(), v.clone())),
        );
    }
    fields
}
