//! A client whose person says yes, and what happens meanwhile: what the tests of changes between the
//! question and the request start from.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use make_credentials_mcp::sandbox::Options;
use make_credentials_mcp::tools::{
    Asker, CallContext, Confirm, Failure, Later, Outcome, Question, Reply, Session, Way,
};
use serde_json::{Value, json};

use crate::world::{World, call};

pub(super) fn options() -> Options {
    Options {
        seed: Some(1),
        locked_connections: true,
        scenario_usages: true,
        ..Options::default()
    }
}

/// What happens while a person is asked; then the person says yes.
pub(super) type Meanwhile = Arc<dyn Fn(usize) -> Later<()> + Send + Sync>;

struct Person {
    meanwhile: Meanwhile,
    asked: Arc<AtomicUsize>,
}

impl Confirm for Person {
    fn way(&self) -> Way {
        Way::Inside
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

    fn ask(&self, _: Question) -> Later<Reply> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        let meanwhile = (self.meanwhile)(before);
        Box::pin(async move {
            meanwhile.await;
            Reply::Yes
        })
    }
}

/// A call by a client that asks a person, and how often the person was asked.
pub(super) async fn asking(
    session: &Session,
    tool: &str,
    arguments: Value,
    meanwhile: Meanwhile,
) -> (Result<Value, Failure>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let confirm = Person {
        meanwhile,
        asked: Arc::clone(&asked),
    };
    let context = CallContext {
        asker: Asker {
            confirm: Some(Arc::new(confirm)),
            returned: None,
        },
        ..CallContext::default()
    };
    let arguments = arguments.as_object().unwrap().clone();
    let outcome = session.call(tool, arguments, context, std::future::pending());
    let result = match outcome.await {
        Outcome::Answer(answer) => Ok(Value::Object(answer.fields)),
        Outcome::Failed(failure) => Err(failure),
        other => panic!("{tool}: {other:?}"),
    };
    (result, asked.load(Ordering::Relaxed))
}

/// Before the call: names whose ends are not shown.
pub(super) async fn lengthen(world: &World) {
    let name = format!("{}a", "n".repeat(100));
    let sure = world.sure();
    for id in [101, 102, 104] {
        let rename = json!({"connectionId": id, "name": name});
        call(&sure, "connections_update", rename).await.unwrap();
    }
    let rename = json!({"keyId": 401, "name": name});
    call(&sure, "keys_update", rename).await.unwrap();
    world.zone.clear_requests();
}

pub(super) fn changes(world: &World) -> Vec<String> {
    let sent = world.sent().into_iter();
    sent.filter(|line| !line.starts_with("GET ")).collect()
}
