//! Secrets of a blueprint on their way out: each is replaced by a mark, and listed.

use serde::Serialize;
use serde_json::{Map, Value};

use super::mask::{Mask, Origin, masks, without_masks};
use crate::make::templates::Payload;
use crate::secret_detector::document::{Content, Leaf, Secret, edit, walk};
use crate::secret_detector::{find, judge};
use crate::tools::consent::Fingerprints;
use crate::tools::{Call, ToolError};

/// A secret that was masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub(in crate::tools) struct SecretFound {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) module: Option<u64>,
    pub(super) field: String,
    pub(super) kind: String,
    /// Equal secrets have equal ones.
    pub(super) fingerprint: String,
}

/// A secret with the mark that stands for it.
pub(super) struct Hidden {
    pub(super) secret: Secret,
    pub(super) mask: Mask,
}

/// The parts of a template with their secrets masked.
pub(in crate::tools) async fn hide(
    call: &Call<'_>,
    origin: &Origin,
    payload: Payload,
) -> Result<Payload, ToolError> {
    Ok(hidden(call, origin, payload).await?.0)
}

/// The same with the secrets, which stay inside. On a thread of its own: a blueprint may be large,
/// and other calls are answered meanwhile.
pub(super) async fn hidden(
    call: &Call<'_>,
    origin: &Origin,
    mut payload: Payload,
) -> Result<(Payload, Vec<Hidden>), ToolError> {
    let keys = fingerprints(call).await?;
    let origin = origin.clone();
    let masking = tokio::task::spawn_blocking(move || {
        let hidden = hide_with(&keys, &origin, &mut payload);
        (payload, hidden)
    });
    let masked = masking.await;
    masked.map_err(|_| ToolError::Internal("masking a blueprint ended early"))
}

pub(super) async fn fingerprints(call: &Call<'_>) -> Result<Fingerprints, ToolError> {
    let keys = call.session().approvals().fingerprints().await;
    keys.ok_or(ToolError::Internal("the system has no random numbers"))
}

fn hide_with(keys: &Fingerprints, origin: &Origin, payload: &mut Payload) -> Vec<Hidden> {
    let mut hidden = Vec::new();
    let blueprint = &mut payload.blueprint;
    let mut whole = Map::new();
    whole.insert(
        "flow".to_owned(),
        Value::Array(std::mem::take(&mut blueprint.flow)),
    );
    whole.extend(
        blueprint
            .name
            .take()
            .map(|name| ("name".to_owned(), Value::String(name))),
    );
    whole.extend(
        blueprint
            .metadata
            .take()
            .map(|part| ("metadata".to_owned(), Value::Object(part))),
    );
    let mut whole = Value::Object(whole);
    hide_part(keys, origin, ("blueprint", &mut whole), &mut hidden);
    let mut take = |name: &str| whole.get_mut(name).map(Value::take);
    if let Some(Value::Array(flow)) = take("flow") {
        blueprint.flow = flow;
    }
    if let Some(Value::String(name)) = take("name") {
        blueprint.name = Some(name);
    }
    if let Some(Value::Object(metadata)) = take("metadata") {
        blueprint.metadata = Some(metadata);
    }
    let parts = [
        ("scheduling", &mut payload.scheduling),
        ("controller", &mut payload.controller),
    ];
    for (name, fields) in parts {
        let Some(taken) = fields.take() else { continue };
        let mut value = Value::Object(taken);
        hide_part(keys, origin, (name, &mut value), &mut hidden);
        if let Value::Object(masked) = value {
            *fields = Some(masked);
        }
    }
    hidden
}

/// Masks the secrets of one part, which is named.
pub(super) fn hide_part(
    keys: &Fingerprints,
    origin: &Origin,
    (name, value): (&str, &mut Value),
    hidden: &mut Vec<Hidden>,
) {
    edit(name, value, &mut |leaf| {
        let mut own = Vec::new();
        let mut stand_in = |secret: Secret| {
            let mask = Mask {
                origin: origin.clone(),
                kind: secret.kind.name().to_owned(),
                fingerprint: keys.of(secret.kind.name(), &secret.text),
            };
            let text = mask.to_string();
            own.push(Hidden { secret, mask });
            text
        };
        let masked = leaf.replaced(&mut |secret| Some(stand_in(secret)))?;
        // What is left must be none when it comes back; else the whole of it is masked.
        let masked = if still_secret(leaf, &masked) {
            let first = own.drain(..).next()?.secret;
            let (text, kind) = (leaf.text(), first.kind);
            let fingerprint = keys.of(kind.name(), &text);
            let mask = Mask {
                origin: origin.clone(),
                kind: kind.name().to_owned(),
                fingerprint,
            };
            let text_of_it = mask.to_string();
            own.push(Hidden {
                secret: Secret { text, ..first },
                mask,
            });
            text_of_it
        } else {
            masked
        };
        hidden.append(&mut own);
        Some(Value::String(masked))
    });
}

fn still_secret(leaf: &Leaf<'_, '_>, masked: &str) -> bool {
    let Ok(found) = masks(masked) else {
        return true;
    };
    !literals(leaf, &without_masks(masked, &found)).is_empty()
}

/// The secrets that stand in a text in the place of a leaf.
pub(super) fn literals(leaf: &Leaf<'_, '_>, text: &str) -> Vec<String> {
    let found = match leaf.content {
        Content::Name(_) => find(text),
        Content::Number(_) if text.starts_with('{') => Vec::new(),
        Content::Number(_) => leaf.secrets(),
        Content::Text(_) => judge(&leaf.field, text),
    };
    let parts = found.into_iter().filter_map(|found| text.get(found.range));
    parts.map(str::to_owned).collect()
}

/// The marks in a value that was masked, by the way of their places.
pub(in crate::tools) fn found_in(name: &str, value: &Value) -> Vec<SecretFound> {
    let mut found = Vec::new();
    walk(name, value, &mut |leaf| {
        let (Content::Text(text) | Content::Name(text)) = leaf.content else {
            return;
        };
        if !text.contains('[') {
            return;
        }
        for (_, mask) in masks(text).unwrap_or_default() {
            found.push(SecretFound {
                module: leaf.module,
                field: leaf.path(),
                kind: mask.kind,
                fingerprint: mask.fingerprint,
            });
        }
    });
    found
}

/// Those whose marks stand in this text: of what was left out nothing is told.
pub(in crate::tools) fn shown_in(found: Vec<SecretFound>, text: &str) -> Vec<Value> {
    let is_shown =
        |one: &SecretFound| text.contains(&format!(" {} {}]", one.kind, one.fingerprint));
    let shown = found.into_iter().filter(is_shown);
    shown
        .filter_map(|one| serde_json::to_value(one).ok())
        .collect()
}
