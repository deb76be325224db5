//! Public templates: endpoints and answers. Facts from Make's `OpenAPI` document, its
//! documentation and its TypeScript SDK.

use serde::{Deserialize, Serialize};

use super::templates::{Page, Payload, paged};
use super::{PageName, Request, lenient, page_name};
use crate::ids::{PublicVersionId, TemplateSlug};

/// The columns we ask for: all that Make documents.
const COLUMNS: [&str; 6] = ["id", "name", "description", "url", "usedApps", "usage"];

// A template that everyone sees.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicTemplate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PublicVersionId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// What other tools take as `templateUrl`.
    #[serde(
        default,
        deserialize_with = "page_name::lenient",
        skip_serializing_if = "page_name::is_hidden"
    )]
    pub url: Option<PageName>,
    /// Make told this instead of a slug or a page of its own: text, not a link to open.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub untrusted_link: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Option::is_none"
    )]
    pub used_apps: Option<Vec<String>>,
    /// How often it was used.
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub usage: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicTemplates {
    pub templates_public: Vec<PublicTemplate>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnePublic {
    pub template_public: PublicTemplate,
}

/// Make's list of approved templates; `include_en` adds English ones to those of the language.
pub fn list(
    name: Option<&str>,
    used_apps: &[String],
    include_en: Option<bool>,
    page: Page,
) -> Request<PublicTemplates> {
    let request = Request::get("templates")
        .then("public")
        .query_if("name", name)
        .query_each("usedApps", used_apps)
        .query_if("includeEn", include_en)
        .columns(&COLUMNS);
    paged(request, page)
}

/// One public template, by its slug: Make refuses the id.
pub fn get(slug: &TemplateSlug) -> Request<OnePublic> {
    Request::get("templates")
        .then("public")
        .id(slug)
        .columns(&COLUMNS)
}

/// The blueprint of a public template.
pub fn blueprint(slug: &TemplateSlug) -> Request<Payload> {
    Request::get("templates")
        .then("public")
        .id(slug)
        .then("blueprint")
        .blueprint_sized()
}
