//! Users, API tokens, organizations and teams as a client meets them.

use serde_json::{Value, json};

use super::super::{CANARY, Options, WiderTokens, seeded};
use super::Probe;

#[test]
fn me_shows_roles_when_asked() {
    let probe = Probe::new();
    let me = probe.get("/users/me");
    assert_eq!(
        (me.at("/authUser/id"), me.at("/authUser/name")),
        (json!(7), json!("Jane Doe"))
    );
    assert_eq!(me.at("/authUser/userTeamRoles"), Value::Null);
    let roles = probe
        .get("/users/me?cols[]=userTeamRoles")
        .at("/authUser/userTeamRoles");
    assert_eq!(
        (&roles[0]["teamId"], &roles[1]["teamId"]),
        (&json!(22), &json!(23))
    );
}

#[test]
fn a_token_is_shown_once_and_deleted_by_its_creation_time() {
    let probe = Probe::new();
    let body = json!({"label": "agent", "scope": ["keys:read"]});
    let made = probe.post("/users/me/api-tokens", &body);
    let token = made.at("/apiToken/token").as_str().unwrap().to_owned();
    assert!(token.ends_with(CANARY));
    let list = probe.get("/users/me/api-tokens");
    assert!(!list.body.contains(CANARY));
    let masked = format!("{}-****-****-****-************", token.get(..8).unwrap());
    assert_eq!(list.at("/apiTokens/1/token"), masked);
    let created = made.at("/apiToken/created").as_str().unwrap().to_owned();
    let path = format!("/users/me/api-tokens/{}", created.replace(':', "%3A"));
    assert_eq!(probe.delete(&path).json(), json!({"apiToken": created}));
    assert_eq!(probe.delete(&path).status, 404);
    assert!(!probe.zone.live_tokens().contains(&token));
    let unknown = json!({"label": "x", "scope": ["all:all"]});
    assert_eq!(probe.post("/users/me/api-tokens", &unknown).status, 400);
}

#[test]
fn whether_a_token_may_make_a_wider_one_can_be_chosen() {
    let wide = json!({"label": "x", "scope": ["keys:write"]});
    let probe = Probe::new().scoped(seeded::JANE, &["user:write"]);
    assert_eq!(probe.post("/users/me/api-tokens", &wide).status, 200);
    let options = Options {
        wider_tokens: WiderTokens::Refused,
        ..Options::default()
    };
    let probe = Probe::with(options).scoped(seeded::JANE, &["user:write"]);
    assert_eq!(probe.post("/users/me/api-tokens", &wide).status, 403);
}

#[test]
fn organizations_and_teams_are_ones_own() {
    let probe = Probe::new();
    let list = probe.get("/organizations");
    assert_eq!(
        list.at("/organizations"),
        json!([{"id": 10, "name": "Acme", "timezoneId": 113}])
    );
    let acme = probe.get("/organizations/10");
    assert_eq!(acme.at("/organization/zone"), probe.host());
    assert_eq!(acme.at("/organization/license/apiLimit"), 60);
    assert_eq!(probe.get("/organizations/11").status, 404);
    let teams = probe.get("/teams?organizationId=10");
    assert_eq!(teams.at("/teams/1/name"), "Sales");
    assert!(teams.at("/pg").is_object());
    assert_eq!(probe.get("/teams").status, 400);
    assert_eq!(probe.get("/teams?organizationId=11").status, 403);
    assert_eq!(probe.get("/teams/31").status, 404);
    let limit = probe
        .get("/teams/22?cols[]=transferLimit")
        .at("/team/transferLimit");
    assert!(limit.is_string());
}

#[test]
fn users_roles_and_enums_are_there() {
    let probe = Probe::new();
    assert_eq!(
        probe
            .get("/users?teamId=22")
            .at("/users")
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(probe.get("/users?teamId=22&organizationId=10").status, 400);
    assert_eq!(
        probe
            .get("/users/roles?category=team")
            .at("/usersRoles/0/id"),
        11
    );
    assert_eq!(
        probe
            .get("/users/8/user-team-roles/22")
            .at("/userTeamRole/usersRoleId"),
        13
    );
    assert_eq!(probe.get("/users/9/user-team-roles").status, 404);
    assert_eq!(
        probe.get("/enums/imt-zones").at("/imtZones/0/domain"),
        probe.host()
    );
}
