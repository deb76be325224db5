//! The question between two calls, as clients of the newest revision are asked.

use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use serde_json::{Value, json};

use super::{Place, back, modern, unused, yes};
use crate::binary::Binary;

struct Client {
    server: Binary,
    next: u32,
}

impl Client {
    fn of(place: &Place, flags: &[&str]) -> Self {
        Self {
            server: place.start(flags),
            next: 0,
        }
    }

    async fn call(&mut self, tool: &str, arguments: &Value, back: &Value) -> Value {
        self.next += 1;
        let line = modern(self.next, tool, arguments, &json!({"form": {}}), back);
        self.server.say(&line).await;
        loop {
            let answer = self.server.hear().await;
            if answer["id"] == self.next {
                return answer;
            }
        }
    }

    async fn delete(&mut self, back: &Value) -> Value {
        self.call("connections_delete", &unused(), back).await
    }
}

fn is_asked(answer: &Value) -> bool {
    answer["result"]["resultType"] == "input_required"
}

fn code(answer: &Value) -> &Value {
    &answer["result"]["structuredContent"]["code"]
}

#[tokio::test]
async fn a_yes_in_the_form_lets_the_call_through_once_in_any_process() {
    let place = Place::new("between").await;
    let mut client = Client::of(&place, &[]);
    let asked = client.delete(&json!({})).await;
    assert!(is_asked(&asked), "{asked}");
    let form = &asked["result"]["inputRequests"]["confirm"];
    assert_eq!(form["method"], "elicitation/create");
    let schema = &form["params"]["requestedSchema"];
    assert_eq!(schema["required"], json!(["confirm"]));
    assert_eq!(schema["properties"]["confirm"]["type"], "boolean");
    let message = form["params"]["message"].as_str().unwrap();
    assert!(
        message.contains("Delete connection 203 \"Unused mailbox\" for good."),
        "{message}"
    );
    assert!(message.contains("Scenarios that use it: none"), "{message}");
    assert_eq!(
        asked["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "make-credentials-mcp"
    );
    assert_eq!(place.changes(), Vec::<String>::new());
    // Another process of this machine takes the answer.
    let mut other = Client::of(&place, &[]);
    let done = other.delete(&back(&asked, &yes())).await;
    assert_eq!(
        done["result"]["structuredContent"]["deleted"], true,
        "{done}"
    );
    assert_eq!(place.changes(), ["DELETE /api/v2/connections/203"]);
    let trail = place.trail();
    let intent = trail.iter().find(|line| line["kind"] == "intent").unwrap();
    assert_eq!(
        (&intent["confirmedBy"], &intent["who"]),
        (&json!("elicitation"), &json!("tester 7"))
    );
    assert_eq!(place.waiting().await, json!([]));
}

#[tokio::test]
async fn after_a_no_in_the_client_nobody_is_asked_again() {
    for (number, answer) in [
        json!({"action": "decline"}),
        json!({"action": "cancel"}),
        json!({"action": "accept", "content": {"confirm": false}}),
    ]
    .into_iter()
    .enumerate()
    {
        let place = Place::new(&format!("declined-{number}")).await;
        let mut client = Client::of(&place, &[]);
        let asked = client.delete(&json!({})).await;
        let other = client.delete(&json!({})).await;
        assert!(
            is_asked(&asked) && is_asked(&other),
            "what waits may be asked about: {other}"
        );
        let refused = client.delete(&back(&asked, &answer)).await;
        assert_eq!(code(&refused), "not_confirmed", "{answer}");
        let id = &refused["result"]["structuredContent"]["details"]["approval"];
        assert_eq!(place.waiting().await[0]["id"], *id);
        // A yes comes too late, to this question and to another of the same; in any process.
        let mut again = Client::of(&place, &[]);
        for brought in [
            back(&asked, &yes()),
            back(&other, &yes()),
            json!({}),
            json!({}),
        ] {
            let late = again.delete(&brought).await;
            assert_eq!(code(&late), "not_confirmed", "{answer}: {late}");
            let said = &late["result"]["structuredContent"];
            assert_eq!(said["details"]["approval"], *id);
            let message = said["message"].as_str().unwrap();
            assert!(message.contains("is not asked again"), "{message}");
        }
        assert_eq!(place.changes(), Vec::<String>::new());
        // Another effect is asked about, and the person reads of the no.
        let more = json!({"connectionId": 203, "evenIfUsed": true});
        let asked = client.call("connections_delete", &more, &json!({})).await;
        let form = &asked["result"]["inputRequests"]["confirm"]["params"];
        let message = form["message"].as_str().unwrap();
        assert!(
            message.contains("The client said no to this agent less than a minute before: connections_delete: Delete connection 203"),
            "{message}"
        );
        // At the terminal a person can still agree.
        let id = id.as_str().unwrap();
        assert_eq!(place.run(&["approve", id, "--yes"]).await.code, Some(0));
        let done = client.delete(&json!({})).await;
        assert_eq!(
            done["result"]["structuredContent"]["deleted"], true,
            "{done}"
        );
    }
}

#[tokio::test]
async fn what_is_no_yes_is_none() {
    let place = Place::new("no-yes").await;
    for answer in [
        json!({}),
        json!(7),
        json!({"action": "accept"}),
        json!({"action": "accept", "content": {"confirm": "true"}}),
        json!({"action": "accept", "content": {"other": true}}),
        json!({"action": "yes", "content": {"confirm": true}}),
    ] {
        let mut client = Client::of(&place, &[]);
        let asked = client.delete(&json!({})).await;
        let missing = client
            .delete(&json!({"requestState": asked["result"]["requestState"]}))
            .await;
        assert!(is_asked(&missing), "{missing}");
        let refused = client.delete(&back(&asked, &answer)).await;
        assert_eq!(code(&refused), "not_confirmed", "{answer}: {refused}");
    }
    let mut client = Client::of(&place, &[]);
    let words = json!({"inputResponses": {"confirm": yes()}});
    assert!(
        is_asked(&client.delete(&words).await),
        "an answer without its question"
    );
    assert_eq!(place.changes(), Vec::<String>::new());
    // The person can still agree at the terminal, and then nobody is asked.
    let id = place.waiting().await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(place.run(&["approve", &id, "--yes"]).await.code, Some(0));
    let done = client.delete(&json!({})).await;
    assert_eq!(
        done["result"]["structuredContent"]["deleted"], true,
        "{done}"
    );
}

#[tokio::test]
async fn a_state_is_for_its_own_call_alone() {
    let place = Place::new("own").await;
    let mut client = Client::of(&place, &[]);
    let asked = client.delete(&json!({})).await;
    let brought = back(&asked, &yes());
    for (tool, arguments) in [
        (
            "connections_delete",
            json!({"connectionId": 203, "evenIfUsed": true}),
        ),
        ("connections_delete", json!({"connectionId": 107})),
        ("keys_delete", json!({"keyId": 402})),
        ("connections_get", json!({"connectionId": 203})),
    ] {
        let answer = client.call(tool, &arguments, &brought).await;
        assert_eq!(
            answer["error"]["code"], -32602,
            "{tool} {arguments}: {answer}"
        );
    }
    assert_eq!(place.changes(), Vec::<String>::new());
    // The same arguments in another dress are the same call.
    let dressed = json!({"evenIfUsed": null, "connectionId": "203"});
    let done = client.call("connections-delete", &dressed, &brought).await;
    assert_eq!(
        done["result"]["structuredContent"]["deleted"], true,
        "{done}"
    );
}

#[tokio::test]
async fn what_changed_meanwhile_is_not_agreed_to() {
    let place = Place::new("changed").await;
    let mut client = Client::of(&place, &[]);
    let asked = client.delete(&json!({})).await;
    let rename = json!({"connectionId": 203, "name": "In use"});
    client.call("connections_update", &rename, &json!({})).await;
    let refused = client.delete(&back(&asked, &yes())).await;
    assert_eq!(code(&refused), "not_confirmed");
    let changed = &refused["result"]["structuredContent"]["details"]["changed"];
    assert_eq!(changed.as_array().unwrap().len(), 2, "{changed}");
    assert_eq!(place.changes(), ["PATCH /api/v2/connections/203"]);
}

#[tokio::test]
async fn modes_decide_who_is_asked() {
    let place = Place::new("modes").await;
    for (mode, expected) in [
        ("operator", "confirmation_required"),
        ("refuse", "not_granted"),
    ] {
        let mut client = Client::of(&place, &[&format!("--confirm={mode}")]);
        let answer = client.delete(&json!({})).await;
        assert_eq!(code(&answer), expected, "{mode}: {answer}");
    }
    // A yes in the client does not count where only the operator can give one.
    let mut asking = Client::of(&place, &[]);
    let asked = asking.delete(&json!({})).await;
    let mut operator = Client::of(&place, &["--confirm=operator"]);
    let answer = operator.delete(&back(&asked, &yes())).await;
    assert_eq!(code(&answer), "confirmation_required", "{answer}");
    let mut refusing = Client::of(&place, &["--confirm=refuse"]);
    let replace = json!({"keyId": 401, "parameters": {"authUser": "jane"}});
    let answer = refusing.call("keys_update", &replace, &json!({})).await;
    assert_eq!(code(&answer), "not_granted", "{answer}");
    let rename = json!({"keyId": 401, "name": "Renamed"});
    let answer = refusing.call("keys_update", &rename, &json!({})).await;
    assert_eq!(
        answer["result"]["structuredContent"]["key"]["name"],
        "Renamed"
    );
    assert_eq!(place.changes(), ["PATCH /api/v2/keys/401"]);
}

#[tokio::test]
async fn what_make_names_beyond_the_plan_is_asked_about_too() {
    // This zone does not tell what uses a connection until it is to be deleted.
    let place = Place::silent("beyond").await;
    let mut client = Client::of(&place, &[]);
    let meant = json!({"connectionId": 104, "evenIfUsed": true});
    let delete = "connections_delete";
    let asked = client.call(delete, &meant, &json!({})).await;
    let message = asked.to_string();
    assert!(
        message.contains("Scenarios that use it: not known"),
        "{message}"
    );
    let more = client.call(delete, &meant, &back(&asked, &yes())).await;
    assert!(is_asked(&more), "{more}");
    let message = more["result"]["inputRequests"]["confirm"]["params"]["message"]
        .as_str()
        .unwrap();
    assert!(
        message.contains("Make named these when it was asked: scenario 502 \"Nightly export\""),
        "{message}"
    );
    assert_eq!(
        place.changes(),
        ["DELETE /api/v2/connections/104"],
        "refused by Make"
    );
    let done = client.call(delete, &meant, &back(&more, &yes())).await;
    assert_eq!(
        done["result"]["structuredContent"]["deleted"], true,
        "{done}"
    );
    assert_eq!(place.changes().len(), 3, "{:?}", place.changes());
}

#[tokio::test]
async fn what_a_person_signed_in_to_meanwhile_is_asked_about_before_it_goes() {
    let place = Place::new("signed-in").await;
    let mut client = Client::of(&place, &[]);
    let meant = json!({"requestId": seeded::PENDING_REQUEST, "withCredentials": true});
    let delete = "credential_requests_delete";
    let asked = client.call(delete, &meant, &json!({})).await;
    assert!(is_asked(&asked), "{asked}");
    // The plan is found to be the one that was agreed to; then somebody signs in, and what is to go
    // is read once more.
    let detail = "/credential-requests/requests";
    let slow = Fault::new(Effect::Delay { ms: 1_000 }).on("GET", detail);
    place.zone.inject(slow.after(1).times(1));
    let looked = place.zone.requests().len();
    let brought = back(&asked, &yes());
    let call = client.call(delete, &meant, &brought);
    let person = async {
        while place.zone.requests().len() < looked + 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        place.zone.person_authorizes(seeded::PENDING_REQUEST)
    };
    let (more, signed_in) = tokio::join!(call, person);
    signed_in.unwrap();
    assert!(is_asked(&more), "{more}");
    assert_eq!(place.changes(), Vec::<String>::new());
    let message = more["result"]["inputRequests"]["confirm"]["params"]["message"].as_str();
    let message = message.unwrap();
    assert!(message.contains("connection 1001"), "{message}");
    // Asked anew, the question is about all of it.
    let asked = client.call(delete, &meant, &json!({})).await;
    let done = client.call(delete, &meant, &back(&asked, &yes())).await;
    let done = &done["result"]["structuredContent"];
    assert_eq!(done["connectionIds"], json!([1001]), "{done}");
}
