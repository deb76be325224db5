//! Many creates, each with a fault: the answer lost, an error after the fact, a connection that
//! breaks, a process that is killed. Never two objects for one key, and an unknown outcome names
//! the object that came of it.

use std::collections::BTreeSet;
use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::secrets::SecretReference;
use make_credentials_mcp::tools::{Code, Failure};
use serde_json::{Value, json};

use super::under;
use crate::binary::Binary;
use crate::world::{World, call};

/// Creates in one zone, so that no list grows past a page.
const IN_A_ZONE: u32 = 20;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A tool that makes something, with the tool that lists it.
struct Kind {
    tool: &'static str,
    path: &'static str,
    list: &'static str,
    rows: &'static str,
    id: &'static str,
    /// The arguments for an object of this name; `None` leaves the name to Make.
    arguments: fn(Option<&str>) -> Value,
}

fn request(name: Option<&str>) -> Value {
    let mut arguments = json!({"teamId": 22});
    if let Some(name) = name {
        arguments["name"] = json!(name);
    }
    arguments
}

fn kinds() -> [Kind; 5] {
    [
        Kind {
            tool: "keys_create",
            path: "/keys",
            list: "keys_list",
            rows: "keys",
            id: "keyId",
            arguments: |name| super::key(name.unwrap_or("Same name")),
        },
        Kind {
            tool: "connections_create",
            path: "/connections",
            list: "connections_list",
            rows: "connections",
            id: "connectionId",
            arguments: |name| json!({"teamId": 22, "name": name.unwrap_or("Same name"), "accountName": "imap", "data": {"host": "a.example"}}),
        },
        Kind {
            tool: "credential_requests_create",
            path: "/credential-requests",
            list: "credential_requests_list",
            rows: "requests",
            id: "requestId",
            arguments: |name| {
                let mut arguments = request(name);
                arguments["credentials"] = json!([{"appName": "slack", "appModules": ["*"]}]);
                arguments
            },
        },
        Kind {
            tool: "credential_requests_create_by_credentials",
            path: "/credential-requests",
            list: "credential_requests_list",
            rows: "requests",
            id: "requestId",
            arguments: |name| {
                let mut arguments = request(name);
                arguments["keys"] = json!([{"type": "apikeyauth"}]);
                arguments
            },
        },
        Kind {
            tool: "templates_create",
            path: "/templates",
            list: "templates_list",
            rows: "templates",
            id: "id",
            arguments: |name| {
                let name = name.unwrap_or("Same name");
                json!({"teamId": 22, "language": "en", "blueprint": {"name": name, "flow": [], "metadata": {}},
                    "scheduling": {"type": "indefinitely", "interval": 900},
                    "controller": {"name": name, "idSequence": 1, "modules": {}}})
            },
        },
    ]
}

/// What happens to the create.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Fine,
    AnswerLost,
    ErrorAfter(u16),
    ResetBefore,
    CutOff,
    Late,
    KilledAfter,
    KilledWaiting,
}

const FATES: [Fate; 10] = [
    Fate::Fine,
    Fate::AnswerLost,
    Fate::AnswerLost,
    Fate::ErrorAfter(500),
    Fate::ErrorAfter(504),
    Fate::ResetBefore,
    Fate::CutOff,
    Fate::Late,
    Fate::KilledAfter,
    Fate::KilledWaiting,
];

impl Fate {
    fn effect(self) -> Option<Effect> {
        Some(match self {
            Self::Fine => return None,
            Self::AnswerLost => Effect::CommitThenClose,
            Self::ErrorAfter(status) => Effect::CommitThenStatus { status },
            Self::ResetBefore => Effect::CloseBeforeAnswer,
            Self::CutOff => Effect::Truncated,
            Self::Late => Effect::CommitLater { ms: 60 },
            Self::KilledAfter => Effect::CommitThenDelay { ms: 20_000 },
            Self::KilledWaiting => Effect::Delay { ms: 20_000 },
        })
    }

    fn kills(self) -> bool {
        matches!(self, Self::KilledAfter | Self::KilledWaiting)
    }
}

/// The ids of a kind that the zone has.
async fn ids(world: &World, kind: &Kind) -> BTreeSet<String> {
    let arguments = json!({"teamId": 22, "limit": 100, "fields": ["id"]});
    let listed = call(&world.session(), kind.list, arguments).await.unwrap();
    let rows = listed[kind.rows].as_array().unwrap();
    assert!(rows.len() < 100);
    rows.iter().map(|row| text_of(&row["id"])).collect()
}

/// Calls through a process that is killed once the request has arrived.
async fn call_and_kill(world: &World, kind: &Kind, arguments: Value) {
    // The sessions of these tests have a key of their own for the trail and what is made with it.
    let key = SecretReference::default_for("trail-key");
    let value = Secret::new("A".repeat(43));
    world.stores().put(&key, &value).await.unwrap();
    let zone = world.zone.zone();
    let environment = [
        ("MAKE_API_KEY", world.zone.operator_token()),
        ("MAKE_ZONE", zone.as_str()),
    ];
    let mut server = Binary::serve(&world.home, &environment, &[]).await;
    let posts = || {
        world
            .sent()
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count()
    };
    let before = posts();
    server
        .say(&crate::stdio::call(1, kind.tool, &arguments))
        .await;
    for _ in 0..2000 {
        if posts() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(posts() > before, "{}: nothing arrived", kind.tool);
    server.kill().await;
}

/// What was counted.
#[derive(Debug, Default)]
struct Figures {
    creates: u32,
    killed: u32,
    doubled: u32,
    unknown: u32,
    unknown_and_there: u32,
    named: u32,
    again_and_there: u32,
    again_named: u32,
}

/// An id as text, be it a number or not.
fn text_of(id: &Value) -> String {
    id.to_string()
}

fn names_it(kind: &Kind, failure: &Failure, new: &BTreeSet<String>) -> bool {
    let candidates = failure
        .details
        .as_ref()
        .map(|details| details["candidates"].clone());
    let candidates = candidates
        .and_then(|found| found.as_array().cloned())
        .unwrap_or_default();
    new.iter().all(|id| {
        candidates
            .iter()
            .any(|candidate| id.as_str() == text_of(&candidate[kind.id]))
    })
}

async fn one(
    world: &World,
    kind: &Kind,
    fate: Fate,
    name: (Option<&str>, &str),
    figures: &mut Figures,
) {
    let (name, key) = name;
    let story = format!("{} {fate:?} {key}", kind.tool);
    let arguments = under(&(kind.arguments)(name), key);
    let before = ids(world, kind).await;
    if let Some(effect) = fate.effect() {
        world
            .zone
            .inject(Fault::new(effect).on("POST", kind.path).times(1));
    }
    let first = if fate.kills() {
        call_and_kill(world, kind, arguments.clone()).await;
        figures.killed += 1;
        None
    } else {
        Some(call(&world.session(), kind.tool, arguments.clone()).await)
    };
    let new: BTreeSet<String> = ids(world, kind)
        .await
        .difference(&before)
        .cloned()
        .collect();
    if let Some(Err(failure)) = &first {
        assert_eq!(failure.code, Code::OutcomeUnknown, "{story}: {failure:?}");
        figures.unknown += 1;
        if !new.is_empty() && fate != Fate::Late {
            figures.unknown_and_there += 1;
            figures.named += u32::from(names_it(kind, failure, &new));
        }
    }
    if fate == Fate::Late {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    world.zone.clear_faults();
    // The same key again, in another process, and once more without one.
    let again = call(&world.session(), kind.tool, arguments).await;
    let new: BTreeSet<String> = ids(world, kind)
        .await
        .difference(&before)
        .cloned()
        .collect();
    match (&first, &again) {
        (Some(Ok(first)), again) => assert_eq!(again.as_ref().unwrap(), first, "{story}"),
        (_, Ok(answer)) => panic!("{story}: made anew: {answer}"),
        (_, Err(failure)) => {
            assert_eq!(failure.code, Code::OutcomeUnknown, "{story}: {failure:?}");
            if !new.is_empty() {
                figures.again_and_there += 1;
                figures.again_named += u32::from(names_it(kind, failure, &new));
            }
        }
    }
    if name.is_some() {
        let failure = call(&world.session(), kind.tool, (kind.arguments)(name)).await;
        assert_eq!(
            failure.unwrap_err().code,
            Code::PossibleDuplicate,
            "{story}"
        );
    }
    let made: BTreeSet<String> = ids(world, kind)
        .await
        .difference(&before)
        .cloned()
        .collect();
    figures.creates += 1;
    figures.doubled += u32::from(made.len() > 1);
}

async fn count(creates: u32) {
    let mut dice = Dice(0x5EED);
    let mut figures = Figures::default();
    let kinds = kinds();
    let mut world = World::new().await;
    for number in 0..creates {
        if number % IN_A_ZONE == 0 {
            world = World::new().await;
        }
        let kind = &kinds[dice.below(kinds.len())];
        let fate = FATES[dice.below(FATES.len())];
        // Of four, one has a name that others have as well.
        let own = format!("Object {number}");
        let name = (dice.below(4) > 0).then_some(own.as_str());
        let key = format!("create-{number}");
        one(&world, kind, fate, (name, &key), &mut figures).await;
    }
    println!("creates under faults: {figures:?}");
    assert_eq!(figures.doubled, 0, "{figures:?}");
    assert!(
        figures.named * 100 >= figures.unknown_and_there * 99,
        "{figures:?}"
    );
    assert!(
        figures.again_named * 100 >= figures.again_and_there * 99,
        "{figures:?}"
    );
    assert!(
        figures.killed > 0 && figures.unknown_and_there > 0,
        "{figures:?}"
    );
}

#[tokio::test]
async fn a_few_creates_under_faults_are_made_once_and_named() {
    count(40).await;
}

#[tokio::test]
#[ignore = "takes minutes: the same with 500 creates"]
async fn five_hundred_creates_under_faults_are_made_once_and_named() {
    count(500).await;
}
