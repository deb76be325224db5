//! The account tools.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;
use serde_json::json;

use crate::world::{With, World, call};

#[tokio::test]
async fn agent_status_names_the_teams_and_asks_once() {
    let world = World::new().await;
    let session = world.bound(&[22]);
    let status = call(&session, "agent_status", json!({})).await.unwrap();
    assert_eq!(status["agent"], "env");
    assert_eq!(status["teams"], json!([{"id": 22, "name": "Marketing"}]));
    assert_eq!(status["allTeams"], false);
    call(&session, "agent_status", json!({})).await.unwrap();
    assert_eq!(world.sent().len(), 1, "{:?}", world.sent());
}

#[tokio::test]
async fn agent_status_stands_without_names() {
    let world = World::new().await;
    let token = world.zone.issue_token("narrow", &["connections:read"]);
    let session = world.with(With {
        token: Some(token),
        teams: Some(vec![22]),
        ..With::default()
    });
    let status = call(&session, "agent_status", json!({})).await.unwrap();
    assert_eq!(status["teams"], json!([{"id": 22}]));
}

/// Make gives as many as it likes at once, and says no total.
#[tokio::test]
async fn teams_are_listed_to_the_last_one() {
    let world = World::new().await;
    let page = |first: u64, count: u64| {
        let teams = first..first + count;
        let teams: Vec<_> = teams
            .map(|id| json!({"id": id, "name": "T", "organizationId": 10}))
            .collect();
        let body = json!({"teams": teams, "pg": {"limit": 1000, "offset": first}});
        let answer = Effect::json(200, &body);
        Fault::new(answer).on("GET", "/teams").times(1)
    };
    for fault in [page(1, 1000), page(1001, 7)] {
        world.zone.inject(fault);
    }
    let session = world.bound(&[22, 1003]);
    let answer = call(&session, "teams_list", json!({"organizationId": 10}))
        .await
        .unwrap();
    let ids: Vec<_> = answer["teams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|team| &team["id"])
        .collect();
    assert_eq!(ids, [22, 1003]);
    let offsets = world.zone.requests();
    // Whether the organization is one of the agent's is read first.
    assert!(offsets[0].path.ends_with("/organizations"));
    let offsets: Vec<bool> = offsets[1..]
        .iter()
        .map(|it| it.target.contains("offset%5D=1000"))
        .collect();
    assert_eq!(offsets, [false, true]);
}

#[tokio::test]
async fn the_byte_cap_holds_for_what_is_no_list() {
    let world = World::new().await;
    let teams: Vec<_> = (1..3000)
        .map(|id| json!({"id": id, "name": "A customer"}))
        .collect();
    let organization = json!({"id": 10, "name": "Acme", "teams": teams});
    let body = json!({"organizations": [organization], "organization": organization});
    world
        .zone
        .inject(Fault::new(Effect::json(200, &body)).on("GET", "/organizations"));
    for (tool, arguments) in [
        ("agent_status", json!({})),
        ("organizations_get", json!({"organizationId": 10})),
    ] {
        let answer = call(&world.session(), tool, arguments).await.unwrap();
        let bytes = serde_json::to_string(&answer).unwrap().len();
        assert!((16_000..=32 * 1024).contains(&bytes), "{tool}: {bytes}");
        let next = answer["next"].as_str().unwrap();
        assert!(
            next.contains("of 2999") && next.contains("teams_list"),
            "{next}"
        );
    }
}

#[tokio::test]
async fn other_teams_stay_invisible_to_an_agent_of_one() {
    let world = World::new().await;
    let session = world.bound(&[22]);
    let teams = call(&session, "teams_list", json!({})).await.unwrap();
    assert_eq!(
        teams["teams"],
        json!([{"id": 22, "name": "Marketing", "organizationId": 10}])
    );
    let of_one = call(&session, "teams_list", json!({"organizationId": 10}))
        .await
        .unwrap();
    assert_eq!(of_one["teams"].as_array().unwrap().len(), 1);
    let organizations = call(
        &session,
        "organizations_list",
        json!({"fields": ["id", "teams"]}),
    )
    .await
    .unwrap();
    assert_eq!(
        organizations["organizations"],
        json!([{"id": 10, "teams": [{"id": 22, "name": "Marketing"}]}])
    );
    let me = call(&session, "users_me", json!({})).await.unwrap();
    assert_eq!(me["user"]["userTeamRoles"].as_array().unwrap().len(), 1);
    assert_eq!(
        call(&session, "teams_get", json!({"teamId": 23}))
            .await
            .unwrap_err()
            .code,
        Code::NotGranted
    );
    assert_eq!(
        call(&session, "teams_get", json!({})).await.unwrap()["team"]["name"],
        "Marketing"
    );
}

#[tokio::test]
async fn the_organization_says_its_limit_and_its_plan() {
    let world = World::new().await;
    let answer = call(
        &world.session(),
        "organizations_get",
        json!({"organizationId": 10}),
    )
    .await
    .unwrap();
    assert_eq!(answer["organization"]["license"]["apiLimit"], 60);
    assert_eq!(answer["organization"]["license"]["creatingTemplates"], true);
    let failure = call(
        &world.bound(&[31]),
        "organizations_get",
        json!({"organizationId": 10}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
}

#[tokio::test]
async fn tokens_are_masked_and_the_scopes_are_read() {
    let world = World::new().await;
    let tokens = call(&world.session(), "api_tokens_list", json!({}))
        .await
        .unwrap();
    for token in tokens["apiTokens"].as_array().unwrap() {
        assert!(
            token["token"]
                .as_str()
                .unwrap()
                .ends_with("-****-****-****-************")
        );
    }
    let scopes = call(&world.session(), "users_current_authorization", json!({}))
        .await
        .unwrap();
    let scopes = scopes["authorization"]["scope"].as_array().unwrap();
    assert!(scopes.contains(&json!("connections:read")));
}
