//! Templates of a team: endpoints and answers. Facts from Make's `OpenAPI` document.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::{PageName, Request, lenient, page_name};
use crate::ids::{PublicVersionId, TeamId, TemplateId};

pub use super::template_content::{Blueprint, Content, Form, Payload, is_about_form};

/// The columns we ask for: all that Make documents.
const COLUMNS: [&str; 14] = [
    "id",
    "name",
    "teamId",
    "description",
    "usedApps",
    "public",
    "published",
    "approved",
    "approvedId",
    "requestedApproval",
    "publishedId",
    "publicUrl",
    "approvedName",
    "publishedName",
];

// A template of a team.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    pub id: TemplateId,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Option::is_none"
    )]
    pub used_apps: Option<Vec<String>>,
    /// Published: everyone with the link sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub published: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_id: Option<PublicVersionId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub published_name: Option<String>,
    /// The `templateUrl` of the published version.
    #[serde(
        default,
        deserialize_with = "page_name::lenient",
        skip_serializing_if = "page_name::is_hidden"
    )]
    pub public_url: Option<PageName>,
    /// Make told this instead of a slug or a page of its own: text, not a link to open.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub untrusted_link: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub requested_approval: Option<bool>,
    /// When Make put it on its public list.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub approved: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_id: Option<PublicVersionId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub approved_name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Templates {
    pub templates: Vec<Template>,
}

#[derive(Debug, Deserialize)]
pub struct One {
    pub template: Template,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub offset: u64,
    pub limit: u64,
}

pub(super) fn paged<T>(request: Request<T>, page: Page) -> Request<T> {
    request
        .query("pg[offset]", page.offset)
        .query("pg[limit]", page.limit)
}

/// The templates of a team; `public` tells published ones from the others.
pub fn list(
    team: TeamId,
    public: Option<bool>,
    used_apps: &[String],
    page: Page,
) -> Request<Templates> {
    let request = Request::get("templates")
        .query("teamId", team)
        .query_if("public", public)
        .query_each("usedApps", used_apps)
        .columns(&COLUMNS);
    paged(request, page)
}

/// One template.
pub fn get(id: TemplateId) -> Request<One> {
    Request::get("templates").id(&id).columns(&COLUMNS)
}

/// Only what says whose it is.
#[derive(Debug, Deserialize)]
pub struct Owner {
    pub template: OwnerColumns,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerColumns {
    #[serde(default)]
    pub team_id: Option<TeamId>,
}

/// The team of a template.
pub fn owner(id: TemplateId) -> Request<Owner> {
    Request::get("templates").id(&id).columns(&["id", "teamId"])
}

/// The blueprint of a template; `for_use` prepares it for making a scenario.
pub fn blueprint(id: TemplateId, for_use: Option<bool>) -> Request<Payload> {
    Request::get("templates")
        .id(&id)
        .then("blueprint")
        .query_if("forUse", for_use)
        .blueprint_sized()
}

/// All that a template is made of, as Make tells it: of its public version, or as it is now. Nothing
/// of it is left out, so that a digest of it is one of everything.
pub fn stored(id: TemplateId, version: Option<PublicVersionId>) -> Request<Value> {
    Request::get("templates")
        .id(&id)
        .then("blueprint")
        .query_if("templatePublicId", version)
        .blueprint_sized()
}

/// Makes a template. Its language cannot be changed later.
pub fn create(team: TeamId, language: &str, content: &Content, form: Form) -> Request<One> {
    let mut body = Map::new();
    body.insert("teamId".to_owned(), json!(team));
    body.insert("language".to_owned(), json!(language));
    content.write(form, &mut body);
    Request::post("templates")
        .columns(&COLUMNS)
        .body(Value::Object(body))
}

/// Make's `OpenAPI` document answers a change with an array, where an object would be expected.
#[derive(Debug, Deserialize)]
pub struct Changed {
    #[serde(rename = "template", deserialize_with = "one_or_first")]
    pub template: Option<Template>,
}

fn one_or_first<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Template>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Many(Vec<Template>),
        One(Box<Template>),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::Many(list) => list.into_iter().next(),
        Form::One(template) => Some(*template),
    })
}

/// Changes a template. Each part replaces what was there whole, so it destroys; a name does not.
pub fn update(
    id: TemplateId,
    name: Option<&str>,
    content: &Content,
    form: Form,
) -> Request<Changed> {
    let mut body = Map::new();
    if let Some(name) = name {
        body.insert("name".to_owned(), json!(name));
    }
    content.write(form, &mut body);
    let request = Request::patch("templates")
        .id(&id)
        .columns(&COLUMNS)
        .body(Value::Object(body));
    if content.parts().next().is_some() {
        request.destroying()
    } else {
        request
    }
}

/// Make answers with the id alone.
#[derive(Debug, Deserialize)]
pub struct Gone {
    #[serde(rename = "template")]
    _id: serde::de::IgnoredAny,
}

/// Takes a template away. Make always wants the confirmation.
pub fn delete(id: TemplateId) -> Request<Gone> {
    Request::delete("templates").id(&id).confirmed()
}

/// Publishes a template as it is now. Make documents no way back, so it needs consent.
pub fn publish(id: TemplateId) -> Request<One> {
    Request::post("templates")
        .id(&id)
        .then("publish")
        .columns(&COLUMNS)
        .destroying()
}

/// Asks Make to put a published template on its public list.
pub fn request_approval(id: TemplateId) -> Request<One> {
    Request::post("templates")
        .id(&id)
        .then("request-approval")
        .columns(&COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            blueprint: Some(json!({"name": "n", "flow": []})),
            ..Content::default()
        }
    }

    #[test]
    fn parts_are_sent_as_text_or_as_objects() {
        let team = TeamId::new(22).unwrap();
        let sent = |form| {
            create(team, "en", &content(), form)
                .parts()
                .body
                .as_ref()
                .unwrap()
                .clone()
        };
        assert_eq!(
            sent(Form::Text),
            json!({"teamId": 22, "language": "en", "blueprint": r#"{"flow":[],"name":"n"}"#})
        );
        assert_eq!(
            sent(Form::Objects)["blueprint"],
            content().blueprint.unwrap()
        );
    }

    #[test]
    fn only_replacing_a_part_destroys() {
        let id = TemplateId::new(5).unwrap();
        assert!(
            !update(id, Some("n"), &Content::default(), Form::Text)
                .parts()
                .destroys()
        );
        assert!(update(id, None, &content(), Form::Text).parts().destroys());
        assert!(publish(id).parts().destroys() && delete(id).parts().destroys());
    }

    #[test]
    fn a_change_is_read_as_a_list_or_as_an_object() {
        for (answer, id) in [
            (r#"{"template":[{"id":5,"name":"n"}]}"#, Some(5)),
            (
                r#"{"template":{"id":"5","approvedId":null,"x":1}}"#,
                Some(5),
            ),
            (r#"{"template":[]}"#, None),
        ] {
            let read: Changed = serde_json::from_str(answer).unwrap();
            assert_eq!(read.template.map(|t| t.id.number()), id, "{answer}");
        }
    }
}
