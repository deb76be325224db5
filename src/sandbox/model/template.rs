//! Templates of a team, and the public ones that publishing makes of them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use crate::sandbox::clock::stamp;

pub(crate) struct Template {
    pub(crate) id: u64,
    pub(crate) team: u64,
    pub(crate) name: String,
    pub(crate) payload: Payload,
    pub(crate) published: Option<Published>,
    pub(crate) requested_approval: bool,
    pub(crate) approved: Option<(Timestamp, u64)>,
}

pub(crate) struct Published {
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) slug: String,
    pub(crate) name: String,
}

/// What a template holds, kept as the objects that the API takes as JSON strings.
#[derive(Clone)]
pub(crate) struct Payload {
    pub(crate) blueprint: Value,
    pub(crate) scheduling: Value,
    pub(crate) controller: Value,
    pub(crate) language: String,
}

/// Anyone may read it by its slug; `listed` once Make approved it.
pub(crate) struct PublicTemplate {
    pub(crate) id: u64,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) usage: u64,
    pub(crate) listed: bool,
    pub(crate) payload: Payload,
}

impl Payload {
    pub(crate) fn used_apps(&self) -> Vec<String> {
        let flow = self.blueprint.get("flow").and_then(Value::as_array);
        let mut apps: Vec<String> = flow
            .into_iter()
            .flatten()
            .filter_map(|module| {
                module
                    .get("module")
                    .and_then(Value::as_str)?
                    .split_once(':')
            })
            .map(|(app, _)| app.to_owned())
            .collect();
        apps.sort();
        apps.dedup();
        apps
    }

    /// Flat, unlike a scenario's blueprint, which is wrapped in `response`.
    pub(crate) fn json(&self) -> Value {
        json!({
            "blueprint": self.blueprint,
            "controller": self.controller,
            "scheduling": self.scheduling,
            "language": self.language,
            "metadata": null,
        })
    }
}

impl PublicTemplate {
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": null,
            "url": self.slug,
            "usedApps": self.payload.used_apps(),
            "usage": self.usage,
        })
    }
}

impl Template {
    pub(crate) fn json(&self) -> Value {
        let published = self.published.as_ref();
        json!({
            "id": self.id,
            "name": self.name,
            "teamId": self.team,
            "description": self.payload.controller.get("description").cloned().unwrap_or_default(),
            "usedApps": self.payload.used_apps(),
            "public": published.is_some(),
            "published": published.map(|p| stamp(p.at)),
            "approved": self.approved.map(|(at, _)| stamp(at)),
            "approvedId": self.approved.map(|(_, id)| id),
            "requestedApproval": self.requested_approval,
            "publishedId": published.map(|p| p.id),
            "publicUrl": published.map(|p| p.slug.as_str()),
            "approvedName": self.approved.map(|_| self.name.as_str()),
            "publishedName": published.map(|p| p.name.as_str()),
        })
    }
}

impl State {
    /// Publishes under `public_id`; publishing again renews the public copy.
    pub(crate) fn publish(&mut self, template: u64, public_id: u64) {
        let at = self.clock.now();
        let Some(template) = self.templates.get_mut(&template) else {
            return;
        };
        let slug = format!("{public_id}-{}", slug(&template.name));
        template.published = Some(Published {
            id: public_id,
            at,
            slug: slug.clone(),
            name: template.name.clone(),
        });
        self.public_templates
            .retain(|public| public.id != public_id);
        self.public_templates.push(PublicTemplate {
            id: public_id,
            slug,
            name: template.name.clone(),
            usage: 0,
            listed: template.approved.is_some(),
            payload: template.payload.clone(),
        });
    }
}

pub(crate) fn slug(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join("-")
}
