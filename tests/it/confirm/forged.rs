//! States and rows that are not ours, or not for this call: none is accepted.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use make_credentials_mcp::audit::Trail;
use make_credentials_mcp::grants::Agent;
use make_credentials_mcp::make::{self, Client, Zone};
use make_credentials_mcp::secret::{Scrubber, Secret};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{
    Asker, CallContext, Confirm, Later, Outcome, Question, Reply, Returned, Session, Way,
};
use serde_json::{Value, json};

use super::Place;
use crate::hostile_values::Chance;
use crate::world::{With, World, approval_key};

const SEED: u64 = 0x0004_c0de;
const STATES: usize = 10_000;

/// A client that asks between two calls.
struct Between;

impl Confirm for Between {
    fn way(&self) -> Way {
        Way::Between
    }

    fn shows_forms(&self) -> bool {
        true
    }

    fn opens_links(&self) -> bool {
        false
    }

    fn client(&self) -> String {
        "tester".to_owned()
    }

    fn ask(&self, _question: Question) -> Later<Reply> {
        Box::pin(async { Reply::Failed })
    }
}

async fn call(session: &Session, tool: &str, arguments: &Value, state: Option<&str>) -> Outcome {
    let returned = state.map(|state| Returned {
        state: state.to_owned(),
        to_form: Some(Reply::Yes),
        to_link: None,
    });
    let context = CallContext {
        progress: None,
        asker: Asker {
            confirm: Some(Arc::new(Between)),
            returned,
        },
    };
    let arguments = arguments.as_object().unwrap().clone();
    session
        .call(tool, arguments, context, std::future::pending())
        .await
}

async fn state(session: &Session, tool: &str, arguments: &Value) -> String {
    match call(session, tool, arguments, None).await {
        Outcome::Asks(pending) => pending.state,
        other => panic!("{tool} {arguments}: {other:?}"),
    }
}

/// A session of an agent of this name.
fn named(world: &World, name: &str) -> Session {
    let agent = Agent {
        name: name.parse().unwrap(),
        ..With::default().agent()
    };
    let token = Secret::new(world.zone.operator_token().to_owned());
    let zone = Zone::parse(&world.zone.zone()).unwrap();
    let client = Client::new(make::Access { token, zone });
    let state = State::at(Some(world.home.clone()));
    Session::new(agent, Ok(client), Scrubber::default(), state, 32 * 1024)
        .recording(Trail::at(Some(world.home.clone()), crate::trail::key()))
        .approving(approval_key())
}

/// Somebody without the key changes a state in one of many ways.
fn forge(chance: &mut Chance, one: &str, other: &str) -> String {
    let mut bytes = one.as_bytes().to_vec();
    let at = chance.below(bytes.len());
    let (text, mac) = one.split_once('.').unwrap();
    match chance.below(8) {
        0 => bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' },
        1 => bytes.truncate(at),
        2 => bytes.insert(at, b'A'),
        3 => {
            bytes.remove(at);
        }
        4 => return format!("{text}.{}", other.split_once('.').unwrap().1),
        5 => {
            // What it says is made to last for ever.
            let mut says: Value =
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
            says["at"]["wall"] = json!(9_999_999_999_u64);
            return format!("{}.{mac}", URL_SAFE_NO_PAD.encode(says.to_string()));
        }
        6 => {
            let mut says: Value =
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
            says["number"] = json!(format!("{at:032x}"));
            return format!("{}.{mac}", URL_SAFE_NO_PAD.encode(says.to_string()));
        }
        _ => {
            return format!(
                "{text}.{}",
                URL_SAFE_NO_PAD.encode([u8::try_from(at % 256).unwrap(); 32])
            );
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn of_ten_thousand_states_that_are_not_for_this_call_none_is_accepted() {
    let world = World::new().await;
    let session = named(&world, "one");
    let stranger = named(&world, "other");
    let mut chance = Chance::new(SEED);
    let call_of = |id: u64| json!({"connectionId": id});
    let delete = "connections_delete";
    // Redeemed once: a replay from then on.
    let replace = json!({"keyId": 401, "parameters": {"authUser": "jane"}});
    let used = state(&session, "keys_update", &replace).await;
    let done = call(&session, "keys_update", &replace, Some(&used)).await;
    assert!(matches!(done, Outcome::Answer(_)), "{done:?}");
    let ids = [101, 102, 104, 105, 106, 107, 201, 202, 203];
    let mut states = Vec::new();
    for id in ids {
        states.push((id, state(&session, delete, &call_of(id)).await));
    }
    let foreign = state(&stranger, delete, &call_of(203)).await;
    world.zone.clear_requests();
    let (mut refused, mut asked) = (0, 0);
    for number in 0..STATES {
        let at = chance.below(states.len());
        let (id, own) = &states[at];
        let (other_id, other) = &states[(at + 1 + chance.below(ids.len() - 1)) % ids.len()];
        let outcome = match number % 20 {
            // Of another call, of another agent, of another tool, used before.
            0..4 => call(&session, delete, &call_of(*other_id), Some(own)).await,
            4 => call(&session, delete, &call_of(203), Some(&foreign)).await,
            5 => call(&stranger, delete, &call_of(*id), Some(own)).await,
            6 => call(&session, "keys_delete", &json!({"keyId": id}), Some(own)).await,
            7 if number % 100 == 7 => call(&session, "keys_update", &replace, Some(&used)).await,
            _ => {
                let forged = forge(&mut chance, own, other);
                if forged == *own {
                    continue;
                }
                call(&session, delete, &call_of(*id), Some(&forged)).await
            }
        };
        match outcome {
            Outcome::BadState => refused += 1,
            // Or not even asked, where a person was asked too often.
            Outcome::Asks(_) => asked += 1,
            Outcome::Failed(busy) if json!(busy.code) == "busy" => asked += 1,
            other => panic!("seed {SEED:#x}, state {number}: {other:?}"),
        }
    }
    let changes = world.zone.requests();
    assert!(
        changes.iter().all(|request| request.method == "GET"),
        "accepted"
    );
    assert_eq!(
        refused + asked,
        STATES,
        "{refused} refused, {asked} asked about anew"
    );
    assert!(refused > STATES * 9 / 10, "{refused}");
}

#[tokio::test]
async fn a_row_that_somebody_else_wrote_is_refused() {
    let place = Place::new("rows").await;
    let delete = json!({"connectionId": 203});
    let (_, refused) = place.call("connections_delete", delete.clone()).await;
    let id = refused["details"]["approval"].as_str().unwrap().to_owned();
    let database = rusqlite::Connection::open(place.home.join("state.db")).unwrap();
    let row: String = database
        .query_row("SELECT mac FROM approvals", [], |row| row.get(0))
        .unwrap();
    for edit in [
        "UPDATE approvals SET standing = 'approved', decided = unixepoch(), who = 'me'",
        "UPDATE approvals SET plan = replace(plan, 'Unused mailbox', 'Nothing of worth')",
        "UPDATE approvals SET agent = 'other'",
        "UPDATE approvals SET created = created + 1",
        "UPDATE approvals SET binding = binding || 'x'",
        "UPDATE approvals SET mac = ''",
    ] {
        let saved: Vec<String> = ["standing", "plan", "agent", "binding"]
            .iter()
            .map(|column| {
                database
                    .query_row(&format!("SELECT {column} FROM approvals"), [], |r| r.get(0))
                    .unwrap()
            })
            .collect();
        database.execute(edit, []).unwrap();
        let approved = place.run(&["approve", &id, "--yes"]).await;
        assert_eq!(approved.code, Some(3), "{edit}: {}", approved.all());
        assert!(
            approved.stderr.contains("was not written by this program"),
            "{}",
            approved.stderr
        );
        assert_eq!(place.waiting().await, json!([]), "{edit}");
        let sql = "UPDATE approvals SET standing = ?1, plan = ?2, agent = ?3, binding = ?4, decided = NULL, who = NULL, mac = ?5";
        database
            .execute(
                sql,
                rusqlite::params![saved[0], saved[1], saved[2], saved[3], row],
            )
            .unwrap();
        if edit.contains("created") {
            database
                .execute("UPDATE approvals SET created = created - 1", [])
                .unwrap();
        }
    }
    database
        .execute(
            "UPDATE approvals SET standing = 'approved', decided = unixepoch(), who = 'me'",
            [],
        )
        .unwrap();
    let (_, refused) = place.call("connections_delete", delete).await;
    assert_eq!(refused["code"], "confirmation_required", "{refused}");
    assert_eq!(place.changes(), Vec::<String>::new());
}
