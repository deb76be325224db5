//! Which answer counts for which question: only the one under the key of the question that was
//! asked, in whatever company it comes.

use serde_json::{Value, json};

use super::{Place, modern, yes};
use crate::binary::Binary;
use crate::stdio::call;

/// What becomes of an answer.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    Done,
    /// The question is asked once more.
    Asked,
    /// It was no yes: the call waits for the terminal.
    Waits,
}

fn became(answer: &Value) -> Became {
    let result = &answer["result"];
    if result["resultType"] == "input_required" {
        return Became::Asked;
    }
    let said = &result["structuredContent"];
    match said["code"].as_str() {
        None => Became::Done,
        Some("not_confirmed") => Became::Waits,
        Some(code) => panic!("{code}: {answer}"),
    }
}

async fn asked(server: &mut Binary, line: String) -> Value {
    server.say(&line).await;
    server.hear().await
}

/// Opens a connection of an older revision, whose client can show both.
async fn open(server: &mut Binary, revision: &str) {
    let open = json!({"jsonrpc": "2.0", "id": "open", "method": "initialize", "params": {
        "protocolVersion": revision, "capabilities": {"elicitation": {"form": {}, "url": {}}},
        "clientInfo": {"name": "t", "version": "1"}}});
    let opened = asked(server, open.to_string()).await;
    assert_eq!(opened["result"]["protocolVersion"], revision);
    server
        .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        .await;
}

#[tokio::test]
async fn the_answer_to_a_page_is_no_yes_to_a_change() {
    let place = Place::new("answers-form").await;
    let tool = "keys_update";
    let can = json!({"form": {}, "url": {}});
    let (accept, decline) = (json!({"action": "accept"}), json!({"action": "decline"}));
    let mut done = 0;
    for (number, (answers, expected)) in [
        (json!({"confirm": yes()}), Became::Done),
        (json!({"confirm": yes(), "open": decline}), Became::Done),
        (
            json!({"confirm": yes(), "other": 7, "": null}),
            Became::Done,
        ),
        (json!({"open": accept}), Became::Asked),
        (json!({"open": yes()}), Became::Asked),
        (json!({"Confirm": yes(), "confirm ": yes()}), Became::Asked),
        (json!({}), Became::Asked),
        (Value::Null, Became::Asked),
        (json!({"confirm": decline, "open": accept}), Became::Waits),
        (json!({"confirm": accept, "open": accept}), Became::Waits),
        (json!({"confirm": accept}), Became::Waits),
        (json!({"confirm": "accept", "open": yes()}), Became::Waits),
        (json!({"confirm": [yes()]}), Became::Waits),
        (json!({"confirm": true}), Became::Waits),
        (json!({"confirm": null, "open": yes()}), Became::Waits),
        (
            json!({"confirm": {"action": "accept", "content": {"confirm": 1}}}),
            Became::Waits,
        ),
        (
            json!({"confirm": {"action": "accept", "content": {"confirm": "true"}}}),
            Became::Waits,
        ),
        (
            json!({"confirm": {"action": "accept", "content": {"open": true}}}),
            Became::Waits,
        ),
        (
            json!({"confirm": {"action": true, "content": {"confirm": true}}}),
            Became::Waits,
        ),
        (
            json!({"confirm": {"action": "decline", "content": {"confirm": true}}}),
            Became::Waits,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        // A call of its own, for a no is remembered; and a server, which asks so often a minute.
        let arguments = json!({"keyId": 401, "parameters": {"authUser": format!("jane{number}")}});
        let mut server = place.start(&[]);
        let question = asked(&mut server, modern(1, tool, &arguments, &can, &json!({}))).await;
        assert_eq!(became(&question), Became::Asked, "{question}");
        let mut back = json!({"requestState": question["result"]["requestState"]});
        if !answers.is_null() {
            back["inputResponses"] = answers.clone();
        }
        let answer = asked(&mut server, modern(2, tool, &arguments, &can, &back)).await;
        assert_eq!(became(&answer), expected, "{answers}: {answer}");
        done += usize::from(expected == Became::Done);
        assert_eq!(place.changes().len(), done, "{answers}");
    }
}

#[tokio::test]
async fn the_answer_to_a_form_says_nothing_of_a_page() {
    let place = Place::new("answers-page").await;
    let mut server = place.start(&[]);
    let tool = "credential_requests_create_by_credentials";
    let can = json!({"form": {}, "url": {}});
    let (accept, decline) = (json!({"action": "accept"}), json!({"action": "decline"}));
    for (number, (answers, is_given)) in [
        (json!({"open": accept}), true),
        (json!({"open": accept, "confirm": decline}), true),
        (json!({"open": decline, "confirm": yes()}), false),
        (json!({"confirm": yes()}), false),
        (json!({"confirm": accept}), false),
        (json!({"open": "accept"}), false),
        (json!({"open": {"content": {"confirm": true}}}), false),
        (json!({}), false),
    ]
    .into_iter()
    .enumerate()
    {
        let arguments = json!({"teamId": 22, "keys": [{"type": "apikeyauth"}],
            "idempotencyKey": format!("k{number}")});
        let question = asked(&mut server, modern(1, tool, &arguments, &can, &json!({}))).await;
        let state = &question["result"]["requestState"];
        // The page of one request is not that of another of the same: its key is another one.
        let mut other = arguments.clone();
        other["idempotencyKey"] = json!("other");
        let back = json!({"requestState": state, "inputResponses": answers});
        let refused = asked(&mut server, modern(2, tool, &other, &can, &back)).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        let answer = asked(&mut server, modern(3, tool, &arguments, &can, &back)).await;
        let made = &answer["result"]["structuredContent"];
        assert_eq!(made["linkGiven"] == true, is_given, "{answers}: {answer}");
        assert_eq!(made["publicUri"].is_null(), is_given, "{answers}: {answer}");
        // What the page was asked with opens no change.
        let change = json!({"connectionId": 203});
        let mut yes_too = back.clone();
        yes_too["inputResponses"]["confirm"] = yes();
        let delete = modern(4, "connections_delete", &change, &can, &yes_too);
        let refused = asked(&mut server, delete).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        assert_eq!(place.changes().len(), number + 1);
    }
}

#[tokio::test]
async fn inside_the_call_an_answer_as_to_a_page_is_no_yes_either() {
    let place = Place::new("answers-inside").await;
    let mut server = place.start(&[]);
    open(&mut server, "2025-11-25").await;
    for (id, answer) in [
        json!({"action": "accept"}),
        json!({"action": "accept", "content": {}}),
        json!({"action": "accept", "content": {"open": true}}),
        json!({"action": "accept", "content": {"confirm": {"confirm": true}}}),
    ]
    .into_iter()
    .enumerate()
    {
        let id = u32::try_from(id).unwrap();
        server
            .say(&call(id, "connections_delete", &super::unused()))
            .await;
        let question = server.hear().await;
        assert_eq!(question["method"], "elicitation/create", "{question}");
        let line = json!({"jsonrpc": "2.0", "id": question["id"], "result": answer});
        let refused = asked(&mut server, line.to_string()).await;
        assert_eq!(became(&refused), Became::Waits, "{answer}: {refused}");
    }
    assert_eq!(place.changes(), Vec::<String>::new());
}

/// The form in a question of either way.
fn is_safe(form: &Value) {
    assert_eq!(
        form["requestedSchema"],
        json!({"type": "object", "required": ["confirm"], "properties": {"confirm": {
            "type": "boolean", "title": "Yes, do this", "default": false,
            "description": "Nothing happens unless you choose Yes. Yes lets the agent do exactly this, once."}}})
    );
    let message = form["message"].as_str().unwrap();
    assert!(
        message.starts_with(
            "An AI agent wants to do this at Make. Nothing happens unless you choose Yes.\n\nDelete connection 203"
        ),
        "{message}"
    );
}

#[tokio::test]
async fn the_safe_answer_is_preselected_in_every_revision() {
    let mut place = Place::new("answers-safe").await;
    let mut server = place.start(&[]);
    let can = json!({"form": {}});
    let line = modern(1, "connections_delete", &super::unused(), &can, &json!({}));
    let question = asked(&mut server, line).await;
    is_safe(&question["result"]["inputRequests"]["confirm"]["params"]);
    // What a client sends back that takes the preselected answer.
    let preselected = json!({"action": "accept", "content": {"confirm": false}});
    let back = super::back(&question, &preselected);
    let line = modern(2, "connections_delete", &super::unused(), &can, &back);
    assert_eq!(became(&asked(&mut server, line).await), Became::Waits);
    for revision in ["2025-06-18", "2025-11-25"] {
        // Where nothing was said no to yet.
        assert_eq!(place.changes(), Vec::<String>::new());
        place = Place::new(&format!("answers-safe-{revision}")).await;
        let mut server = place.start(&[]);
        open(&mut server, revision).await;
        let line = call(1, "connections_delete", &super::unused());
        let question = asked(&mut server, line).await;
        is_safe(&question["params"]);
        let line = json!({"jsonrpc": "2.0", "id": question["id"], "result": preselected});
        let refused = asked(&mut server, line.to_string()).await;
        assert_eq!(became(&refused), Became::Waits, "{revision}: {refused}");
    }
    assert_eq!(place.changes(), Vec::<String>::new());
}
