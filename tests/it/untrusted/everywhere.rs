//! Two hundred hostile texts in names, descriptions and errors, over all tools, through the real
//! server: no list changes by a byte, and no text gets out of its string.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault, Options};
use make_credentials_mcp::tools::{ALL, Entry, Session};
use serde_json::{Value, json};

use super::judge::{Found, judge};
use super::payloads::{self, Payload};
use super::wire::{Era, Wire};
use crate::arguments::working;
use crate::examples::example;
use crate::faults::universal;
use crate::world::{With, World};

/// What Make answers a refusal with.
const STATUSES: [u16; 6] = [400, 401, 403, 404, 406, 424];

/// An agent that may do everything, so that every tool gets to Make.
fn session(world: &World) -> Session {
    let session = world.with(With {
        confirmation: Confirmation::Never,
        ..With::default()
    });
    session.poll_every(Duration::ZERO);
    session
}

/// What Make says, in three ways.
fn scenes(payload: &Payload, number: usize) -> [Effect; 3] {
    let text = &payload.text;
    let answers = |status, body: Value| Effect::json(status, &body);
    let refusal = json!({
        "message": text, "detail": text, "code": text,
        "metadata": [{"type": text, "data": [{"scenarioId": 1, "scenarioName": text}, {"id": 2, "name": text}]}],
    });
    [
        Effect::Says { text: text.clone() },
        answers(200, universal(text)),
        answers(STATUSES[number % STATUSES.len()], refusal),
    ]
}

/// What takes away comes last, so that the others find their objects.
fn tools() -> Vec<&'static Entry> {
    let (taking, rest): (Vec<_>, Vec<_>) = ALL.iter().partition(|e| e.spec.effect.destroys());
    rest.into_iter().chain(taking).collect()
}

/// Arguments with which the tool gets to Make, again and again.
fn arguments(entry: &Entry) -> Value {
    let mut given = working(entry);
    let tool = entry.spec.name;
    // Of a type that Make does not know any more, each of them would be a secret.
    for (name, none) in [("parameters", json!({})), ("data", json!({}))] {
        if tool.ends_with("_create") && given.contains_key(name) {
            given.insert(name.to_owned(), none);
        }
    }
    if [
        "credential_requests_create_by_credentials",
        "credential_requests_create_for_user",
        "credential_requests_create_v1",
    ]
    .contains(&tool)
    {
        given.extend(example(tool, "").as_object().unwrap().clone());
    }
    Value::Object(given)
}

/// Which tools showed the texts.
#[derive(Default)]
struct Reach {
    answered: BTreeSet<&'static str>,
    refused: BTreeSet<&'static str>,
    calls: usize,
    hits: usize,
    cut: usize,
}

impl Reach {
    fn count(&mut self, tool: &'static str, found: &Found) {
        self.calls += 1;
        self.hits += found.hits;
        self.cut += found.cut;
        if found.hits > 0 && found.failed {
            self.refused.insert(tool);
        } else if found.hits > 0 {
            self.answered.insert(tool);
        }
    }
}

/// Each text meets each tool once, in one of the three ways; those of a kind meet it in all three.
#[tokio::test]
async fn two_hundred_texts_in_every_answer_stay_in_their_strings() {
    let payloads: Vec<_> = payloads::all().into_iter().enumerate().collect();
    // A zone for each kind; a few at a time, since most of the wait is for the disk.
    let kinds = payloads.chunks(10).map(kind);
    let runs: Vec<_> = futures_util::stream::iter(kinds)
        .buffered(5)
        .collect()
        .await;
    let (mut reach, mut lists) = (Reach::default(), [None, None]);
    for (at, (found, listed)) in runs.into_iter().enumerate() {
        for (tool, found) in found {
            reach.count(tool, &found);
        }
        let first = lists[at % 2].get_or_insert_with(|| listed.clone());
        assert_eq!(*first, listed, "{at}");
    }
    check(&reach);
}

/// Ten texts of a kind in one zone, with what was found in each answer and what was listed.
async fn kind(payloads: &[(usize, Payload)]) -> (Vec<(&'static str, Found)>, [String; 2]) {
    let world = World::of(Options {
        locked_connections: true,
        scenario_usages: true,
        ..Options::default()
    })
    .await;
    let era = [Era::Handshake, Era::Modern][payloads[0].0 / 10 % 2];
    let mut wire = Wire::open(session(&world), era).await;
    let before = wire.listed().await;
    let mut all = Vec::new();
    for (number, payload) in payloads {
        for (scene, effect) in scenes(payload, *number).into_iter().enumerate() {
            world.zone.inject(Fault::new(effect));
            let turn = |place: usize| (number + place) % 3 == scene;
            for (_, entry) in tools().into_iter().enumerate().filter(|(at, _)| turn(*at)) {
                let tool = entry.spec.name;
                let line = wire.call(tool, &arguments(entry)).await;
                match judge(payload, tool, &line) {
                    Ok(found) => all.push((tool, found)),
                    Err(wrong) => panic!("{}: {wrong}", payload.mark),
                }
            }
            world.zone.clear_faults();
        }
        assert_eq!(before, wire.listed().await, "{}", payload.mark);
    }
    let trail = std::fs::read_to_string(world.home.join("audit.jsonl")).unwrap();
    for (_, payload) in payloads {
        assert!(!trail.contains(&payload.mark), "{}", payload.mark);
    }
    (all, before)
}

/// Otherwise it would prove nothing.
fn check(reach: &Reach) {
    println!(
        "{} calls, {} texts shown, {} cut, {} tools answered with them, {} refused with them",
        reach.calls,
        reach.hits,
        reach.cut,
        reach.answered.len(),
        reach.refused.len()
    );
    let missing = |known: &BTreeSet<&'static str>| -> Vec<&'static str> {
        let names = ALL.iter().map(|entry| entry.spec.name);
        names.filter(|name| !known.contains(name)).collect()
    };
    // Ids, numbers and our own words are all they answer with.
    let plain = [
        "connections_update",
        "connections_check_scopes",
        "connections_remove_access",
        "keys_delete",
        "templates_delete",
        "credential_requests_delete",
        "secrets_list",
    ];
    assert_eq!(missing(&reach.answered), plain);
    // What they need of Make is remembered from a call before, or not needed.
    let remembered = [
        "keys_list_types",
        "agent_status",
        "secrets_list",
        "users_me",
        "organizations_list",
        "teams_list",
    ];
    assert_eq!(missing(&reach.refused), remembered);
    assert_eq!(reach.calls, 200 * ALL.len());
}
