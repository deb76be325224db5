//! To an agent of certain teams a foreign object, one that is not there and one that Make hides are
//! the same: one answer, and the same requests at Make, through every tool that takes an id.

use std::time::Duration;

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use make_credentials_mcp::tools::{ALL, CallContext, Entry, Failure, Outcome};
use serde_json::{Map, Value, json};

use crate::arguments::working;
use crate::world::{With, World};

const NOBODY: &str = "5ce00099-0000-4000-8000-000000000099";

/// How an id is not the agent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Foreign,
    Missing,
    /// Make says 403 about everything of that kind.
    Refused,
}

/// The id of one kind that is not the agent's in this way.
fn id(field: &str, way: Way) -> Option<Value> {
    let missing = way == Way::Missing;
    let number = |foreign: u64| json!(if missing { 999_999 } else { foreign });
    Some(match field {
        "connectionId" => number(201),
        "keyId" => number(403),
        "templateId" => number(604),
        "organizationId" => number(seeded::GLOBEX),
        "requestId" if missing => json!(NOBODY),
        "requestId" => json!(seeded::UNKNOWN_STATUS_REQUEST),
        "flowId" if missing => json!("0b6e0d54-0000-4000-8000-000000000000"),
        // Started by another agent.
        "flowId" => json!("flow"),
        _ => return None,
    })
}

/// The arguments of a tool with one id in them that is not the agent's.
fn arguments(entry: &Entry, field: &str, way: Way) -> Option<Map<String, Value>> {
    let properties = entry.schemas().input["properties"].clone();
    if !properties.as_object()?.contains_key(field) {
        return None;
    }
    let mut arguments = working(entry);
    arguments.insert(field.to_owned(), id(field, way)?);
    if arguments.contains_key("credentialId") {
        let request = arguments["requestId"].as_str()?;
        arguments.insert(
            "credentialId".to_owned(),
            json!(seeded::credential(request, 1)),
        );
    }
    Some(arguments)
}

/// What a caller and Make see of two calls with the same arguments.
async fn seen(
    entry: &Entry,
    mut arguments: Map<String, Value>,
    way: Way,
    confirmation: Confirmation,
) -> Vec<(Value, Vec<String>)> {
    let world = World::new().await;
    if arguments.get("flowId") == Some(&json!("flow")) {
        let other = world.sure();
        let start = json!({"teamId": 23, "templateId": 602});
        let flow = crate::world::call(&other, "template_flows_start", start).await;
        arguments.insert("flowId".to_owned(), flow.unwrap()["flowId"].clone());
    }
    if way == Way::Refused {
        let body = json!({"code": "SC403", "message": "Permission denied"});
        let kinds = [
            "/connections/",
            "/keys/",
            "/templates/",
            "/organizations/",
            "/credential-requests/requests/",
        ];
        for path in kinds {
            let refused = Fault::new(Effect::json(403, &body)).on("GET", path);
            world.zone.inject(refused);
        }
    }
    let session = world.with(With {
        teams: Some(vec![22]),
        confirmation,
        ..With::default()
    });
    session.poll_every(Duration::ZERO);
    let mut both = Vec::new();
    for _ in 0..2 {
        world.zone.clear_requests();
        // Also a wait ends by itself: it waits for nothing that is not there.
        let never = std::future::pending();
        let context = CallContext::default();
        let outcome = session.call(entry.spec.name, arguments.clone(), context, never);
        let failure = failed(entry, outcome.await);
        let sent = world.sent().iter().map(|line| shape(line)).collect();
        both.push((serde_json::to_value(failure).unwrap(), sent));
    }
    both
}

fn failed(entry: &Entry, outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("{}: {other:?}", entry.spec.name),
    }
}

/// A request without the ids in its path.
fn shape(line: &str) -> String {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let is_id = |segment: &str| segment.contains(|c: char| c.is_ascii_digit());
    let segments = path.split('/');
    let segments: Vec<&str> = segments
        .map(|segment| if is_id(segment) { "{id}" } else { segment })
        .collect();
    format!("{}?{query}", segments.join("/"))
}

#[tokio::test]
async fn an_id_of_others_and_one_that_is_not_there_are_the_same_through_every_tool() {
    let fields = [
        "connectionId",
        "keyId",
        "templateId",
        "organizationId",
        "requestId",
        "flowId",
    ];
    let mut compared = 0;
    let mut said = std::collections::BTreeSet::new();
    for entry in ALL.iter() {
        for field in fields {
            for confirmation in [Confirmation::Never, Confirmation::Ask] {
                let mut known: Option<Vec<(Value, Vec<String>)>> = None;
                for way in [Way::Missing, Way::Foreign, Way::Refused] {
                    let Some(arguments) = arguments(entry, field, way) else {
                        continue;
                    };
                    let tool = entry.spec.name;
                    let both = seen(entry, arguments, way, confirmation).await;
                    for (failure, _) in &both {
                        assert_eq!(failure["code"], "not_found", "{tool} {field} {way:?}");
                        let more = ["make", "details", "causes"];
                        let more = more.map(|name| failure.get(name).is_some());
                        assert_eq!(more, [false; 3], "{tool} {field} {way:?}: {failure}");
                        said.insert(failure.to_string());
                    }
                    assert_eq!(
                        *known.get_or_insert_with(|| both.clone()),
                        both,
                        "{tool} {field} {way:?}"
                    );
                    compared += 1;
                }
            }
        }
    }
    // One message for all of them.
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(compared >= 3 * 2 * 25, "{compared}");
}

/// A credential has no address of its own: its request decides, when it is named.
#[tokio::test]
async fn a_credential_of_others_and_one_that_is_not_there_are_the_same() {
    let foreign = seeded::credential(seeded::UNKNOWN_STATUS_REQUEST, 1);
    let missing = seeded::credential(NOBODY, 1);
    for entry in ALL
        .iter()
        .filter(|entry| working(entry).contains_key("credentialId"))
    {
        for (request, code) in [
            (None, "unknown_credential"),
            (Some(seeded::PENDING_REQUEST), "not_found"),
        ] {
            let mut both = Vec::new();
            for credential in [&foreign, &missing] {
                let mut arguments = working(entry);
                arguments.remove("requestId");
                arguments.extend(request.map(|id| ("requestId".to_owned(), json!(id))));
                arguments.insert("credentialId".to_owned(), json!(credential));
                both.push(seen(entry, arguments, Way::Missing, Confirmation::Never).await);
            }
            assert_eq!(both[0], both[1], "{} {request:?}", entry.spec.name);
            assert_eq!(both[0][0].0["code"], code, "{}", entry.spec.name);
        }
    }
}

/// The grants answer by themselves, so Make is not asked.
#[tokio::test]
async fn a_team_of_others_and_one_that_is_not_there_are_the_same() {
    let mut compared = 0;
    for entry in ALL.iter() {
        let properties = &entry.schemas().input["properties"];
        if !properties.as_object().unwrap().contains_key("teamId") {
            continue;
        }
        let mut both = Vec::new();
        for team in [seeded::SALES, 999_999] {
            let mut arguments = working(entry);
            arguments.insert("teamId".to_owned(), json!(team));
            both.push(seen(entry, arguments, Way::Missing, Confirmation::Never).await);
        }
        let tool = entry.spec.name;
        assert_eq!(both[0], both[1], "{tool}");
        assert_eq!(both[0][0].0["code"], "not_granted", "{tool}");
        assert_eq!(both[0][0].1, Vec::<String>::new(), "{tool}");
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}

/// Of an organization that the token reaches and the agent has no team in.
#[tokio::test]
async fn an_organization_without_a_team_of_the_agent_is_not_there() {
    for tool in ["organizations_get", "teams_list"] {
        let mut both = Vec::new();
        for organization in [seeded::ACME, 999_999] {
            let world = World::new().await;
            let session = world.bound(&[seeded::OPS]);
            let arguments = json!({"organizationId": organization});
            let failure = crate::world::call(&session, tool, arguments).await;
            let failure = serde_json::to_value(failure.unwrap_err()).unwrap();
            let sent: Vec<String> = world.sent().iter().map(|line| shape(line)).collect();
            both.push((failure, sent));
        }
        assert_eq!(both[0], both[1], "{tool}");
        assert_eq!(both[0].0["code"], "not_found", "{tool}");
    }
}

/// A user is named by id too; the answer must not tell whether there is one.
#[tokio::test]
async fn a_user_of_others_and_one_that_is_not_there_are_the_same() {
    for tool in ["connections_set_access", "connections_remove_access"] {
        let entry = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
        let mut both = Vec::new();
        for user in [seeded::GINA, 999_999] {
            let mut arguments = working(entry);
            arguments.insert("userId".to_owned(), json!(user));
            both.push(seen(entry, arguments, Way::Missing, Confirmation::Never).await);
        }
        assert_eq!(both[0], both[1], "{tool}");
    }
}

#[tokio::test]
async fn an_agent_of_all_teams_reads_what_make_says() {
    let world = World::new().await;
    let missing = json!({"connectionId": 999_999});
    let failure = crate::world::call(&world.session(), "connections_get", missing).await;
    let failure = serde_json::to_value(failure.unwrap_err()).unwrap();
    assert_eq!(failure["code"], "not_found");
    assert_eq!(failure["make"]["status"], 404);
}
