//! Organizations with their licenses, and teams. Facts from Make's `OpenAPI` document and SDK.

use serde::{Deserialize, Serialize};

use super::pages::{self, Paging};
use super::{Request, lenient};
use crate::ids::{OrganizationId, TeamId};

/// An organization.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    pub id: OrganizationId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    /// The host where it lives; a token works only in its own zone.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub zone: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub product_name: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub is_paused: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub license: Option<License>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<TeamName>>,
}

/// What the plan of an organization allows; only what concerns credentials.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct License {
    /// API calls a minute for the whole organization; 0 or absent means unknown.
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub api_limit: Option<u64>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub creating_templates: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub dynamic_connections: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub portal: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub portal_module_bridge: Option<bool>,
}

/// A team inside an organization's answer.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct TeamName {
    pub id: TeamId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Organizations {
    organizations: Vec<Organization>,
    #[serde(default)]
    pg: Option<Paging>,
}

impl pages::Page for Organizations {
    type Row = Organization;

    fn open(self) -> (Vec<Organization>, Option<Paging>) {
        (self.organizations, self.pg)
    }
}

#[derive(Debug, Deserialize)]
pub struct OneOrganization {
    pub organization: Organization,
}

const COLUMNS: [&str; 7] = [
    "id",
    "name",
    "zone",
    "license",
    "isPaused",
    "productName",
    "teams",
];

/// The organizations of the token's user, from this one on.
pub fn organizations(offset: u64) -> Request<Organizations> {
    Request::get("organizations")
        .columns(&COLUMNS)
        .query("pg[offset]", offset)
        .query("pg[limit]", pages::ROWS)
}

/// One organization with its license.
pub fn organization(id: OrganizationId) -> Request<OneOrganization> {
    Request::get("organizations").id(&id).columns(&COLUMNS)
}

/// A team.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    pub id: TeamId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub is_paused: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct Teams {
    teams: Vec<Team>,
    #[serde(default)]
    pg: Option<Paging>,
}

impl pages::Page for Teams {
    type Row = Team;

    fn open(self) -> (Vec<Team>, Option<Paging>) {
        (self.teams, self.pg)
    }
}

#[derive(Debug, Deserialize)]
pub struct OneTeam {
    pub team: Team,
}

const TEAM_COLUMNS: [&str; 3] = ["id", "name", "organizationId"];

/// The teams of an organization, from this one on.
pub fn teams(organization: OrganizationId, offset: u64) -> Request<Teams> {
    Request::get("teams")
        .query("organizationId", organization)
        .columns(&TEAM_COLUMNS)
        .query("pg[offset]", offset)
        .query("pg[limit]", pages::ROWS)
}

/// One team.
pub fn team(id: TeamId) -> Request<OneTeam> {
    Request::get("teams")
        .id(&id)
        .columns(&["id", "name", "organizationId", "isPaused"])
}
