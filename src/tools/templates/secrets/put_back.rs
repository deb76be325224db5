//! Secrets of a blueprint on their way in: a mark is replaced by the secret that the template holds
//! in the same place; a secret as it is, is refused.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::foreign;
use super::hide::{Hidden, fingerprints, hidden, hide_part, literals};
use super::mask::{Mask, Origin, masks, replaced, without_masks};
use crate::grants::Object;
use crate::ids::{TeamId, TemplateId};
use crate::make::templates::{self, Content as Parts, Payload};
use crate::make::{self, public_templates};
use crate::secret::Secret;
use crate::secret_detector::document::{Content, Leaf, edit, walk};
use crate::tools::{Call, Code, Failure, ToolError, named, plaintext};

/// What to do instead of passing a secret.
const INSTEAD: &str = "Use a connection or key of the module, or the mask that templates_get_blueprint shows in that place.";
/// The most templates that the marks of one call may name.
const MOST_ORIGINS: usize = 5;

/// The template that the parts are for.
#[derive(Debug, Clone, Copy)]
pub(in crate::tools::templates) enum Goal {
    /// One that is there.
    Changed(TemplateId),
    /// A new one of this team.
    Made(TeamId),
}

/// Where a text of a template stands.
type Spot = (Option<u64>, String);

/// What the templates named by marks hold.
#[derive(Default)]
struct Stored {
    /// A secret by its mark and place, and whether it is a number.
    secrets: HashMap<(String, Spot), (String, bool)>,
    /// Where a module goes: its app and the hosts in its fields.
    places: HashMap<(String, Spot), String>,
}

/// Refuses what can be refused without a look at Make, so that no person is asked for nothing.
/// Tells the templates that the marks name, each with the place of its first mark.
pub(in crate::tools::templates) fn check(
    call: &Call<'_>,
    goal: Goal,
    parts: &Parts,
) -> Result<Vec<(Origin, String)>, ToolError> {
    let origins = origins(parts)?;
    let is_other = |origin: &Origin| match goal {
        Goal::Changed(id) => *origin != Origin::Team(id),
        Goal::Made(_) => false,
    };
    if let Some((_, field)) = origins.iter().find(|(origin, _)| is_other(origin)) {
        return Err(refused(field, "holds a mask of another template"));
    }
    refuse_literals(call, parts)?;
    Ok(origins)
}

/// Lets the parts pass with their secrets in place, or refuses them.
pub(in crate::tools::templates) async fn put_back(
    call: &Call<'_>,
    goal: Goal,
    parts: &mut Parts,
) -> Result<(), ToolError> {
    let origins = check(call, goal, parts)?;
    if origins.is_empty() {
        return Ok(());
    }
    let mut stored = Stored::default();
    for (origin, field) in &origins {
        let payload = read(call, goal, origin, field).await?;
        let (payload, hidden) = hidden(call, origin, payload).await?;
        stored.learn(origin, payload, hidden);
    }
    let mut used = Vec::new();
    for (name, part) in values(parts) {
        stays_in_place(name, part, &stored)?;
        let mut unknown = None;
        edit(
            name,
            part,
            &mut |leaf| match stored.filled(leaf, &mut used) {
                Ok(new) => new,
                Err(path) => {
                    unknown.get_or_insert(path);
                    None
                }
            },
        );
        if let Some(path) = unknown {
            return Err(refused(
                &path,
                "holds a mask that does not stand for the secret of that place",
            ));
        }
    }
    // Should Make repeat one of them, nobody sees it.
    if call.session().scrubber().add_plaintext(&used) {
        Ok(())
    } else {
        Err(Failure::new(
            Code::Busy,
            "Too many secrets to keep hidden in one process; nothing was sent.",
            "Change the template at Make, or tell the operator to restart the server.",
        )
        .into())
    }
}

/// The parts as a person may see them: secrets that stand in them as they are become marks too.
pub(in crate::tools::templates) async fn as_shown(
    call: &Call<'_>,
    origin: &Origin,
    parts: &mut Parts,
) -> Result<(), ToolError> {
    let keys = fingerprints(call).await?;
    for part in values(parts) {
        hide_part(&keys, origin, part, &mut Vec::new());
    }
    Ok(())
}

fn values(parts: &mut Parts) -> impl Iterator<Item = (&'static str, &mut Value)> {
    let parts = [
        ("blueprint", &mut parts.blueprint),
        ("scheduling", &mut parts.scheduling),
        ("controller", &mut parts.controller),
    ];
    parts
        .into_iter()
        .filter_map(|(name, part)| Some((name, part.as_mut()?)))
}

/// The templates that the marks name, each with the place of its first mark.
fn origins(parts: &Parts) -> Result<Vec<(Origin, String)>, ToolError> {
    let mut found: Vec<(Origin, String)> = Vec::new();
    let mut broken = None;
    for (name, part) in parts.parts() {
        walk(name, part, &mut |leaf| {
            let (Content::Text(text) | Content::Name(text)) = leaf.content else {
                return;
            };
            if foreign::is_there(leaf) {
                broken.get_or_insert_with(|| shown(leaf));
                return;
            }
            if !text.contains('[') {
                return;
            }
            // What is left are words about secrets.
            for (_, mask) in masks(text).unwrap_or_default() {
                if !found.iter().any(|(origin, _)| *origin == mask.origin) {
                    found.push((mask.origin, shown(leaf)));
                }
            }
        });
    }
    match broken {
        Some(path) => Err(refused(
            &path,
            "holds a mark in place of a secret that is not `[secret TEMPLATE KIND FINGERPRINT]` as it was shown",
        )),
        None if found.len() > MOST_ORIGINS => {
            Err(refused("blueprint", "holds masks of too many templates"))
        }
        None => Ok(found),
    }
}

/// How a place is called in a refusal.
fn shown(leaf: &Leaf<'_, '_>) -> String {
    match leaf.module {
        Some(module) => format!("module {module}: {}", leaf.path()),
        None => leaf.path(),
    }
}

fn refused(path: &str, problem: &str) -> ToolError {
    let path = if path.chars().count() > 120 {
        "a field"
    } else {
        path
    };
    Failure::new(
        Code::InvalidArguments,
        format!("`{path}` {problem}; nothing was sent."),
        "Pass the mask as templates_get_blueprint shows it now in that very place.",
    )
    .into()
}

fn refuse_literals(call: &Call<'_>, parts: &Parts) -> Result<(), ToolError> {
    let mut found: Vec<(String, Value)> = Vec::new();
    for (name, part) in parts.parts() {
        walk(name, part, &mut |leaf| {
            let text = leaf.text();
            let masks = masks(&text).unwrap_or_default();
            let text = if masks.is_empty() {
                text
            } else {
                without_masks(&text, &masks)
            };
            let secrets = literals(leaf, &text).into_iter();
            found.extend(secrets.map(|secret| (shown(leaf), Value::String(secret))));
        });
    }
    plaintext::admit_or(call, &found, INSTEAD)
}

/// The template that a mark names, as it is stored now.
async fn read(
    call: &Call<'_>,
    goal: Goal,
    origin: &Origin,
    field: &str,
) -> Result<Payload, ToolError> {
    match (goal, origin) {
        (Goal::Changed(id), _) => call.look_up(templates::blueprint(id, None)).await,
        (Goal::Made(_), Origin::Public(slug)) => {
            call.look_up(public_templates::blueprint(slug)).await
        }
        (Goal::Made(team), Origin::Team(id)) => {
            let owner = match call.look_up(templates::owner(*id)).await {
                Ok(owner) => owner.template.team_id,
                Err(ToolError::Make(make::Error::NotFound(_))) => None,
                Err(error) => return Err(error),
            };
            // A template of another team and one that is missing give the same answer.
            if owner != Some(team) {
                let message = format!(
                    "`{field}` holds a mask of template {id}, which is not there in this team."
                );
                let next = "Use masks of a template of the same team or of a public one.";
                return Err(Failure::new(Code::NotFound, message, next).into());
            }
            call.saw(Object::Template(*id), team);
            call.look_up(templates::blueprint(*id, None)).await
        }
    }
}

impl Stored {
    fn learn(&mut self, origin: &Origin, payload: Payload, hidden: Vec<Hidden>) {
        for one in hidden {
            let spot = (one.secret.module, one.secret.field);
            let value = (one.secret.text, one.secret.is_number);
            self.secrets.insert((one.mask.to_string(), spot), value);
        }
        let blueprint = payload.blueprint;
        let whole = [
            ("name", blueprint.name.map(Value::String)),
            ("metadata", blueprint.metadata.map(Value::Object)),
            ("flow", Some(Value::Array(blueprint.flow))),
        ];
        let whole = whole
            .into_iter()
            .filter_map(|(name, part)| Some((name.to_owned(), part?)));
        let parts = [
            ("blueprint", Some(whole.collect())),
            ("scheduling", payload.scheduling),
            ("controller", payload.controller),
        ];
        for (name, part) in parts {
            walk(
                name,
                &part.map_or(Value::Null, Value::Object),
                &mut |leaf| {
                    if let Some(place) = place(leaf) {
                        let spot = (leaf.module, leaf.path());
                        self.places.insert((origin.to_string(), spot), place);
                    }
                },
            );
        }
    }

    /// What is there with the secrets in the place of their marks; the place where a mark is
    /// unknown.
    fn filled(&self, leaf: &Leaf<'_, '_>, used: &mut Vec<Secret>) -> Result<Option<Value>, String> {
        let (Content::Text(text) | Content::Name(text)) = leaf.content else {
            return Ok(None);
        };
        let found = masks(text).unwrap_or_default();
        if found.is_empty() {
            return Ok(None);
        }
        let spot = (leaf.module, leaf.path());
        let secret = |mask: &Mask| self.secrets.get(&(mask.to_string(), spot.clone()));
        if found.iter().any(|(_, mask)| secret(mask).is_none()) {
            return Err(shown(leaf));
        }
        let mut numbers = found
            .iter()
            .filter_map(|(_, mask)| secret(mask))
            .filter(|(_, is_number)| *is_number);
        if let (Some((number, _)), [(range, _)]) = (numbers.next(), found.as_slice())
            && range.len() == text.len()
        {
            return Ok(serde_json::from_str(number).ok());
        }
        for (_, mask) in &found {
            used.extend(secret(mask).map(|(text, _)| Secret::new(text.clone())));
        }
        let instead = |mask: &Mask| secret(mask).map_or("", |(text, _)| text.as_str());
        Ok(Some(Value::String(replaced(text, &found, instead))))
    }
}

/// A secret stays with the place that it is for: a module whose secrets are put back may not be of
/// another app, use another connection or go elsewhere. What stands in no module with an id counts
/// as one.
fn stays_in_place(name: &str, part: &Value, stored: &Stored) -> Result<(), ToolError> {
    let mut origins: HashMap<Option<u64>, HashSet<String>> = HashMap::new();
    walk(name, part, &mut |leaf| {
        if let Content::Text(text) | Content::Name(text) = leaf.content {
            let masks = masks(text).unwrap_or_default();
            let named = masks.into_iter().map(|(_, mask)| mask.origin.to_string());
            origins.entry(leaf.module).or_default().extend(named);
        }
    });
    let mut here: HashSet<Spot> = HashSet::new();
    let mut moved = None;
    walk(name, part, &mut |leaf| {
        let named = origins.get(&leaf.module);
        let Some(named) = named.filter(|named| !named.is_empty()) else {
            return;
        };
        let Some(place) = place(leaf) else { return };
        let spot = (leaf.module, leaf.path());
        let stays =
            |origin: &String| stored.places.get(&(origin.clone(), spot.clone())) == Some(&place);
        if !named.iter().all(stays) {
            moved.get_or_insert_with(|| shown(leaf));
        }
        here.insert(spot);
    });
    // A place that is left out may have a default that is another one.
    let is_left_out = |(origin, spot): &&(String, Spot)| {
        let has_masks = origins.get(&spot.0).is_some_and(|it| it.contains(origin));
        name == "blueprint" && spot.0.is_some() && has_masks && !here.contains(spot)
    };
    let left_out = stored.places.keys().find(is_left_out);
    let moved = moved.or_else(|| left_out.map(|(_, spot)| spot.1.clone()));
    match moved {
        Some(path) => Err(refused(
            &path,
            "is not as stored, and masked secrets may not go elsewhere with their module",
        )),
        None => Ok(()),
    }
}

/// Where this field sends what its module holds, to whom, or by which connection; `None` for other
/// fields. A field is such a one by its name or by its value.
fn place(leaf: &Leaf<'_, '_>) -> Option<String> {
    if matches!(leaf.content, Content::Name(_)) {
        return None;
    }
    let (text, path) = (leaf.text(), leaf.path());
    if path == "module" {
        return Some(text);
    }
    let is_setting = path.starts_with("mapper") || path.starts_with("parameters");
    if leaf.module.is_some() && !is_setting {
        return None;
    }
    let name = leaf.field.name;
    let is_place = name.starts_with(INTERNAL)
        || named::may_be_place(name)
        || text.contains("://")
        || named::values::looks_like_an_address(&text)
        || named::values::is_mail_address(&text);
    is_place.then(|| host(&text).to_owned())
}

/// What the names of Make's own fields begin with, such as that of a module's connection.
const INTERNAL: &str = "__IMT";

/// The part of an address that says which machine is meant; the whole where it is no address.
fn host(text: &str) -> &str {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text;
    };
    let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    text.get(..scheme.len() + 3 + length).unwrap_or(text)
}
