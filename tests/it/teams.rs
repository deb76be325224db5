//! An agent of one team sees and changes nothing of another: through every tool, with every id,
//! and whatever Make answers.

use std::time::Duration;

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use make_credentials_mcp::tools::{ALL, Outcome};
use serde_json::{Value, json};

use crate::arguments::working;
use crate::faults::universal;
use crate::hostile::{FOREIGN, call};
use crate::world::{With, World};

/// What is of another team or organization, by the field that names it.
fn foreign() -> Vec<(&'static str, Value)> {
    let unknown = seeded::UNKNOWN_STATUS_REQUEST;
    vec![
        ("teamId", json!(seeded::SALES)),
        ("teamId", json!(seeded::OPS)),
        ("organizationId", json!(seeded::GLOBEX)),
        ("connectionId", json!(201)),
        ("connectionId", json!(301)),
        ("keyId", json!(403)),
        ("templateId", json!(604)),
        ("requestId", json!(unknown)),
        ("requestId", json!(seeded::FOREIGN_REQUEST)),
        ("credentialId", json!(seeded::credential(unknown, 1))),
        (
            "credentialId",
            json!(seeded::credential(seeded::FOREIGN_REQUEST, 1)),
        ),
    ]
}

#[tokio::test]
async fn what_is_of_another_team_stays_hidden_from_each_tool() {
    let world = World::new().await;
    let session = world.with(With {
        teams: Some(vec![22]),
        confirmation: Confirmation::Never,
        ..With::default()
    });
    session.poll_every(Duration::ZERO);
    let foreign = foreign();
    for entry in ALL.iter() {
        for (field, id) in &foreign {
            let mut arguments = working(entry);
            // The credential alone decides, when it is known.
            if *field == "requestId" && arguments.contains_key("credentialId") {
                continue;
            }
            if !entry.schemas().input["properties"]
                .as_object()
                .is_some_and(|known| known.contains_key(*field))
            {
                continue;
            }
            arguments.insert((*field).to_owned(), id.clone());
            // Of its own team, and so no proof that a credential is of it.
            if *field == "credentialId" {
                arguments.insert("requestId".to_owned(), json!(seeded::PENDING_REQUEST));
            }
            let outcome = call(&session, entry, arguments).await;
            let tool = entry.spec.name;
            let shown = match outcome {
                Outcome::Answer(answer) => {
                    assert!(
                        entry.spec.effect.only_reads(),
                        "{tool} changed {field} {id}"
                    );
                    Value::Object(answer.fields).to_string()
                }
                Outcome::Failed(failure) => serde_json::to_string(&failure).unwrap(),
                other => panic!("{tool}: {other:?}"),
            };
            let seen = FOREIGN.iter().find(|name| shown.contains(**name));
            assert_eq!(seen, None, "{tool} {field} {id}: {shown}");
            for request in world.zone.requests() {
                assert_eq!(request.method, "GET", "{tool} {field} {id}");
            }
            world.zone.clear_requests();
        }
    }
}

/// Lists are asked by team; this is what happens should Make answer with more.
#[tokio::test]
async fn rows_of_other_teams_are_withheld_whatever_make_answers() {
    let world = World::new().await;
    let session = world.bound(&[22]);
    let mut mixed = universal("ours");
    for (name, foreign) in universal("theirs").as_object().unwrap() {
        let (Some(rows), Some(foreign)) = (mixed[name].as_array_mut(), foreign.as_array()) else {
            continue;
        };
        for row in foreign.iter().filter(|row| row["teamId"].is_u64()) {
            let mut row = row.clone();
            row["teamId"] = json!(23);
            rows.push(row);
        }
    }
    let mut shown = 0;
    for entry in ALL.iter() {
        let Some(list) = entry.spec.list else {
            continue;
        };
        let columns = &entry.schemas().output["properties"][list.rows]["items"]["properties"];
        let columns: Vec<&String> = columns.as_object().unwrap().keys().collect();
        world.zone.inject(Fault::new(Effect::json(200, &mixed)));
        let mut arguments = working(entry);
        arguments.insert("fields".to_owned(), json!(columns));
        if let Outcome::Answer(answer) = call(&session, entry, arguments).await {
            let answer = Value::Object(answer.fields).to_string();
            // Kinds of keys and public templates are of no team.
            let of_teams = columns.iter().any(|column| *column == "teamId")
                || entry.spec.name == "connections_find_reusable";
            assert!(
                !of_teams || !answer.contains("theirs"),
                "{}: {answer}",
                entry.spec.name
            );
            shown += usize::from(of_teams && answer.contains("ours"));
        }
        world.zone.clear_faults();
    }
    assert!(shown >= 3, "{shown}");
}
