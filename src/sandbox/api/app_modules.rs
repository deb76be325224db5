//! Which modules of an app need which credentials, for reading and for requests that name modules.

use serde_json::{Map, Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::check::{text, texts};
use crate::sandbox::model::connection_type::connection_type;
use crate::sandbox::model::credential_request::{Component, Draft};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    match (call.method, path) {
        (
            "GET",
            [
                "credential-requests",
                "apps",
                name,
                version,
                "modules-with-credentials",
            ],
        ) => Some(list(call, name, version)),
        _ => None,
    }
}

fn list(call: &mut Call<'_>, name: &str, version: &str) -> Outcome {
    call.needs("apps:read")?;
    if !is_app_name(name) {
        return Err(Answer::invalid_input(
            "Validation failed for name unknown format",
        ));
    }
    // The form first, and for an unknown app too: `abc` is no version anywhere.
    if version != "latest" && number("version", version)? < 1 {
        return Err(Answer::violations(&["'version' should be >= 1".to_owned()]));
    }
    let (version, modules) = app(call, name, version)?;
    Ok(Answer::ok(&json!({"appModules": modules}))
        .with_header("x-imt-package-name", name)
        .with_header("x-imt-package-version", &version))
}

/// As the pattern of Make's `OpenAPI` document: `^(app#)?[a-z][0-9a-z-]+[0-9a-z]$`, 3 to 135 long.
fn is_app_name(name: &str) -> bool {
    let plain = name.strip_prefix("app#").unwrap_or(name);
    (3..=135).contains(&name.len())
        && plain.len() >= 3
        && plain.starts_with(|c: char| c.is_ascii_lowercase())
        && !plain.ends_with('-')
        && plain
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The version and its modules.
fn app(call: &Call<'_>, name: &str, version: &str) -> Result<(String, Vec<Value>), Answer> {
    let missing = || Answer::not_found("Package not found.");
    let app = call.state.apps.get(name).ok_or_else(missing)?;
    let latest = app.get("version").and_then(Value::as_u64).unwrap_or(1);
    let chosen = match version {
        "latest" => latest,
        text => text
            .parse()
            .ok()
            .filter(|n| (1..=latest).contains(n))
            .ok_or_else(missing)?,
    };
    let modules = app
        .get("modules")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    Ok((chosen.to_string(), modules))
}

/// The credentials that the named modules need together: one per type, scopes joined.
///
/// # Errors
/// 404 for an unknown app, 400 for an unknown module or one without credentials.
pub(super) fn drafts(
    call: &Call<'_>,
    item: &Map<String, Value>,
    names: &[String],
) -> Result<Vec<Draft>, Answer> {
    let app_name = text(item, "appName").unwrap_or_default();
    let asked = item.get("appVersion").and_then(Value::as_u64);
    let asked = asked.map_or_else(|| "latest".to_owned(), |version| version.to_string());
    let (version, modules) = app(call, &app_name, &asked)?;
    let is = |module: &Value, field: &str, name: &str| {
        module.get(field).and_then(Value::as_str) == Some(name)
    };
    let everything = names.iter().any(|name| name == "*");
    let mut drafts: Vec<Draft> = Vec::new();
    for name in names {
        let mut chosen = modules
            .iter()
            .filter(|m| everything || is(m, "id", name) || is(m, "name", name))
            .peekable();
        if chosen.peek().is_none() && !everything {
            return Err(Answer::coded(404, "IM007", "Module not found."));
        }
        for module in chosen.filter_map(Value::as_object) {
            join(&mut drafts, draft(item, module, &version, names));
        }
    }
    if drafts.is_empty() {
        return Err(Answer::invalid_input(
            "The app has no modules with credentials.",
        ));
    }
    Ok(drafts)
}

fn draft(
    item: &Map<String, Value>,
    module: &Map<String, Value>,
    version: &str,
    names: &[String],
) -> Draft {
    let kind = text(module, "type").unwrap_or_default();
    let (component, types) = kind.split_once(':').unwrap_or(("account", &kind));
    let type_id = types.split(',').next().unwrap_or(types);
    let component = if component == "keychain" {
        Component::Keychain
    } else {
        Component::Account
    };
    Draft {
        app_name: text(item, "appName").unwrap_or_default(),
        app_modules: names.to_vec(),
        app_version: version.to_owned(),
        name_override: text(item, "nameOverride"),
        description: text(item, "description"),
        scope: texts(module, "scope"),
        ..bare(component, type_id)
    }
}

/// A draft for a type alone.
pub(super) fn bare(component: Component, type_id: &str) -> Draft {
    let known = connection_type(type_id);
    Draft {
        component,
        oauth: component == Component::Account && known.is_none_or(|kind| kind.oauth),
        type_id: type_id.to_owned(),
        label: known.map_or(type_id, |kind| kind.label).to_owned(),
        description: None,
        scope: Vec::new(),
        app_name: String::new(),
        app_modules: Vec::new(),
        app_version: String::new(),
        name_override: None,
        prefill: Value::Null,
    }
}

fn join(drafts: &mut Vec<Draft>, new: Draft) {
    let same = |d: &&mut Draft| d.component == new.component && d.type_id == new.type_id;
    match drafts.iter_mut().find(same) {
        Some(draft) => {
            let more = new
                .scope
                .into_iter()
                .filter(|scope| !draft.scope.contains(scope));
            let more: Vec<String> = more.collect();
            draft.scope.extend(more);
        }
        None => drafts.push(new),
    }
}
