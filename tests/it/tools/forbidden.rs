//! Why Make said 403: what is found, what is ruled out, what stays possible.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::{Code, Failure, Session, Verdict};
use serde_json::json;

use crate::world::{With, World, call};

fn with_scopes(world: &World, scopes: &[&str], teams: Option<Vec<u64>>) -> Session {
    world.with(With {
        token: Some(world.zone.issue_token("narrow", scopes)),
        confirmation: make_credentials_mcp::grants::Confirmation::Never,
        teams,
        ..With::default()
    })
}

fn verdict(failure: &Failure, name: &str) -> Verdict {
    let cause = failure.causes.iter().find(|cause| cause.cause == name);
    cause.unwrap().verdict
}

/// The tool reads before it changes, and it was the reading that Make refused.
#[tokio::test]
async fn a_scope_that_only_the_reading_needs_is_named_too() {
    let world = World::new().await;
    for (holds, teams, tool, arguments, lacks) in [
        (
            "connections:write",
            None,
            "connections_update",
            json!({"connectionId": 104, "data": {"url": "https://x.example", "apiKey": null}}),
            "connections:read",
        ),
        (
            "connections:write",
            Some(vec![22]),
            "connections_verify",
            json!({"connectionId": 101}),
            "connections:read",
        ),
        (
            "credential-requests:write",
            None,
            "credential_requests_delete",
            json!({"requestId": make_credentials_mcp::sandbox::seeded::AUTHORIZED_REQUEST, "withCredentials": true}),
            "credential-requests:read",
        ),
        (
            "teams:read",
            None,
            "teams_list",
            json!({}),
            "organizations:read",
        ),
    ] {
        let session = with_scopes(&world, &[holds], teams);
        let failure = call(&session, tool, arguments).await.unwrap_err();
        assert_eq!(failure.code, Code::Forbidden, "{tool}");
        assert_eq!(verdict(&failure, "missing_scope"), Verdict::Found, "{tool}");
        assert!(
            failure.message.contains(lacks),
            "{tool}: {}",
            failure.message
        );
        assert!(
            !failure.message.contains(holds),
            "{tool}: {}",
            failure.message
        );
    }
}

#[tokio::test]
async fn tools_are_listed_by_the_scopes_that_every_call_of_them_needs() {
    let world = World::new().await;
    let session = with_scopes(&world, &["teams:read", "connections:write"], None);
    let names: Vec<&str> = session
        .tools()
        .await
        .iter()
        .map(|entry| entry.spec.name)
        .collect();
    assert!(
        names.contains(&"teams_list") && names.contains(&"connections_update"),
        "{names:?}"
    );
    assert!(!names.contains(&"connections_set_access"), "{names:?}");
    let answer = call(&session, "teams_list", json!({"organizationId": 10}))
        .await
        .unwrap();
    assert!(answer["teams"].as_array().unwrap().len() > 1);
}

/// What Make does not tell a token it does not tell it a minute later either.
#[tokio::test]
async fn a_refused_fact_is_not_asked_for_again() {
    let world = World::new().await;
    let session = with_scopes(&world, &["connections:read"], None);
    for _ in 0..3 {
        call(&session, "agent_status", json!({})).await.unwrap();
    }
    let sent = world.sent();
    assert!(
        sent.len() == 1 && sent[0].starts_with("GET /organizations"),
        "{sent:?}"
    );
}

#[tokio::test]
async fn a_role_in_the_organization_may_reach_a_team_without_one_in_it() {
    let world = World::new().await;
    let me = json!({"authUser": {"id": 7, "name": "Jane Doe", "userTeamRoles": [],
        "userOrganizationRoles": [{"organizationId": 10, "usersRoleId": 20}]}});
    let of = |status, body: serde_json::Value| Effect::json(status, &body);
    let denied = json!({"code": "SC403", "message": "Permission denied"});
    world
        .zone
        .inject(Fault::new(of(200, me)).on("GET", "/users/me"));
    world
        .zone
        .inject(Fault::new(of(403, denied)).on("GET", "/connections"));
    let failure = call(&world.session(), "connections_list", json!({"teamId": 22}))
        .await
        .unwrap_err();
    assert_eq!(
        verdict(&failure, "not_a_member"),
        Verdict::Possible,
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_missing_scope_is_found_and_named() {
    let world = World::new().await;
    let token = world.zone.issue_token("reader", &["connections:read"]);
    let session = world.with(With {
        token: Some(token),
        ..With::default()
    });
    let failure = call(&session, "connections_verify", json!({"connectionId": 101}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Forbidden);
    let scope = failure
        .causes
        .iter()
        .find(|cause| cause.cause == "missing_scope")
        .unwrap();
    assert_eq!(scope.verdict, Verdict::Found);
    assert!(
        failure.message.contains("connections:write"),
        "{}",
        failure.message
    );
    let calls = world.sent().len();
    call(&session, "connections_verify", json!({"connectionId": 101}))
        .await
        .unwrap_err();
    assert_eq!(world.sent().len(), calls + 1, "{:?}", world.sent());
}

#[tokio::test]
async fn no_membership_is_found_and_other_zones_are_never_tried() {
    let world = World::new().await;
    let failure = call(&world.session(), "connections_list", json!({"teamId": 31}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Forbidden);
    assert_eq!(verdict(&failure, "missing_scope"), Verdict::RuledOut);
    assert_eq!(verdict(&failure, "not_a_member"), Verdict::Found);
    assert_eq!(verdict(&failure, "role"), Verdict::Possible);
}

/// An agent of all teams has not looked whose the object is, and the reasons need it.
#[tokio::test]
async fn the_team_of_a_refused_object_is_looked_up_for_the_reasons() {
    let world = World::new().await;
    let refused = Effect::json(
        403,
        &json!({"code": "SC403", "message": "Permission denied"}),
    );
    world
        .zone
        .inject(Fault::new(refused).on("POST", "/connections"));
    let failure = call(
        &world.session(),
        "connections_verify",
        json!({"connectionId": 101}),
    )
    .await
    .unwrap_err();
    assert_eq!(verdict(&failure, "not_a_member"), Verdict::RuledOut);
    assert_eq!(verdict(&failure, "wrong_zone"), Verdict::RuledOut);
    let failure = call(
        &world.session(),
        "teams_list",
        json!({"organizationId": 20}),
    )
    .await
    .unwrap_err();
    let said = json!(failure.causes).to_string();
    assert!(said.contains("team or organization"), "{said}");
}

/// Advice that only another tool can follow is for agents that have it.
#[tokio::test]
async fn no_agent_is_sent_to_a_tool_that_it_does_not_have() {
    use make_credentials_mcp::grants::Toolset;
    let world = World::new().await;
    let one = json!({"connectionId": 104});
    for (toolsets, says) in [
        (vec![Toolset::Connections], false),
        (
            vec![Toolset::Connections, Toolset::CredentialRequests],
            true,
        ),
    ] {
        let session = world.with(With {
            toolsets,
            ..With::default()
        });
        let nothing = Effect::json(
            400,
            &json!({"message": "There is nothing to configure in this connection"}),
        );
        world
            .zone
            .inject(Fault::new(nothing).on("GET", "/connections").times(1));
        let tool = "connections_list_editable_parameters";
        let failure = call(&session, tool, one.clone()).await.unwrap_err();
        assert_eq!(failure.code, Code::Rejected);
        assert_eq!(
            failure.next.contains("credential_requests_"),
            says,
            "{}",
            failure.next
        );
    }
}
