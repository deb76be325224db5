//! What a named secret is bound to, read and shown.

use serde_json::{Value, json};

use crate::agents::Desk;
use crate::grants::Binding;
use crate::ids::AgentName;
use crate::secrets::SecretReference;
use crate::state::NamedSecretRow;

/// Where a value goes when the operator names no place.
pub(super) fn usual_place(name: &str) -> SecretReference {
    SecretReference::default_for(&format!("named/{name}"))
}

/// What a row says; `None` when a newer version has written it.
pub(super) fn binding(row: &NamedSecretRow) -> Option<Binding> {
    serde_json::from_str(&row.binding).ok()
}

/// A named secret as JSON.
pub(super) fn shown(row: &NamedSecretRow) -> Value {
    let mut shown = json!({"name": row.name, "store": row.store, "since": row.since});
    let binding = binding(row).and_then(|binding| serde_json::to_value(binding).ok());
    if let (Some(shown), Some(Value::Object(binding))) = (shown.as_object_mut(), binding) {
        shown.extend(binding);
    }
    shown
}

/// A named secret in one line.
pub(super) fn line(row: &NamedSecretRow) -> String {
    let Some(binding) = binding(row) else {
        return format!(
            "{:<24} written by a newer version of this program",
            row.name
        );
    };
    let joined = |words: Vec<String>, none: &str| {
        if words.is_empty() {
            none.to_owned()
        } else {
            words.join(", ")
        }
    };
    let words = |words: &mut dyn Iterator<Item = String>| words.collect::<Vec<_>>();
    let agents = words(&mut binding.agents.iter().map(ToString::to_string));
    let types = words(&mut binding.types.iter().map(ToString::to_string));
    let fields = words(&mut binding.fields.iter().cloned());
    let with = words(&mut binding.with.iter().map(|(a, b)| format!("{a}={b}")));
    let beside = if with.is_empty() {
        String::new()
    } else {
        format!(", with {}", with.join(", "))
    };
    format!(
        "{:<24} for {} in {}; types: {}; fields: {}{beside}; kept at {}",
        row.name,
        joined(agents, "nobody"),
        words(&mut binding.tools.iter().cloned()).join(", "),
        joined(types, "all but custom apps'"),
        joined(fields, "all that are secret"),
        row.store
    )
}

/// Takes all named secrets away from an agent that is forgotten, so that a later one of the same
/// name does not have them.
pub(in crate::cli) async fn unbind(desk: &Desk, agent: &AgentName) -> anyhow::Result<()> {
    for row in desk.state().named_secrets().await? {
        let Some(mut binding) = binding(&row) else {
            continue;
        };
        if binding.agents.remove(agent) {
            let binding = serde_json::to_string(&binding)?;
            let row = NamedSecretRow { binding, ..row };
            desk.state().keep_named_secret(row).await?;
        }
    }
    Ok(())
}
