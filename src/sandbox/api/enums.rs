//! Enums that no scope guards.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::scopes;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    let body = match (call.method, path) {
        ("GET", ["enums", "imt-zones"]) => {
            json!({"imtZones": [{"id": 1, "domain": call.state.host(), "name": "Sandbox"}]})
        }
        ("GET", ["enums", "imt-regions"]) => json!({"imtRegions": [{"id": 1, "name": "Loopback"}]}),
        ("GET", ["enums", "user-api-token-scopes"]) => {
            let all = scopes::ORDINARY.iter().chain(scopes::ADMIN);
            let all: Vec<Value> = all.map(|name| json!({"name": name})).collect();
            json!({"userApiTokenScopes": all})
        }
        _ => return None,
    };
    Some(Ok(Answer::ok(&body)))
}
