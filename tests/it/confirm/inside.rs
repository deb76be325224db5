//! The question inside the call, as older clients are asked.

use std::time::Duration;

use make_credentials_mcp::sandbox::{Act, Effect, Fault};
use serde_json::{Value, json};

use super::{Place, unused, yes};
use crate::binary::Binary;
use crate::stdio::{INITIALIZE, call, cancel};
use crate::timing::in_time;

struct Client(Binary);

impl Client {
    async fn open(place: &Place, flags: &[&str]) -> Self {
        let mut server = place.start(flags);
        server.say(INITIALIZE).await;
        server.hear().await;
        let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        server.say(initialized).await;
        Self(server)
    }

    /// Starts the delete and hears the question.
    async fn asked(&mut self, id: u32) -> Value {
        self.0.say(&call(id, "connections_delete", &unused())).await;
        self.hear("elicitation/create").await
    }

    async fn hear(&mut self, method: &str) -> Value {
        loop {
            let heard = self.0.hear().await;
            if heard["method"] == method {
                return heard;
            }
            assert!(heard.get("result").is_none(), "answered instead: {heard}");
        }
    }

    async fn answer(&mut self, asked: &Value, answer: Value) {
        let line = json!({"jsonrpc": "2.0", "id": asked["id"], "result": answer});
        self.0.say(&line.to_string()).await;
    }

    async fn result(&mut self, id: u32) -> Value {
        loop {
            let heard = self.0.hear().await;
            if heard["id"] == id && heard.get("method").is_none() {
                return heard["result"]["structuredContent"].clone();
            }
        }
    }
}

#[tokio::test]
async fn a_yes_in_the_form_lets_the_call_through_and_is_in_the_trail() {
    let place = Place::new("inside").await;
    let mut client = Client::open(&place, &[]).await;
    let asked = client.asked(1).await;
    let params = &asked["params"];
    assert!(
        params["message"]
            .as_str()
            .unwrap()
            .contains("connection 203 \"Unused mailbox\"")
    );
    assert_eq!(params["requestedSchema"]["required"], json!(["confirm"]));
    assert_eq!(place.changes(), Vec::<String>::new());
    client.answer(&asked, yes()).await;
    let done = client.result(1).await;
    assert_eq!(done["deleted"], true, "{done}");
    let trail = place.trail();
    let intent = trail.iter().find(|line| line["kind"] == "intent").unwrap();
    assert_eq!(
        (&intent["confirmedBy"], &intent["who"]),
        (&json!("elicitation"), &json!("t 1"))
    );
}

#[tokio::test]
async fn nobody_is_asked_about_a_call_that_was_cancelled_under_way() {
    let place = Place::silent("inside-cancelled").await;
    let mut client = Client::open(&place, &[]).await;
    let slow = Fault::new(Effect::Delay { ms: 500 }).on("DELETE", "/connections");
    place.zone.inject(slow.times(1));
    // Make refuses it as used, and names by what.
    let used = json!({"connectionId": 104, "evenIfUsed": true});
    client.0.say(&call(1, "connections_delete", &used)).await;
    let asked = client.hear("elicitation/create").await;
    client.answer(&asked, yes()).await;
    while place.changes().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.0.say(&cancel(1)).await;
    // What comes next is the answer to this, and no question.
    tokio::time::sleep(Duration::from_secs(1)).await;
    client.0.say(&call(2, "agent_status", &json!({}))).await;
    let heard = client.0.hear().await;
    assert_eq!(heard["id"], 2, "{heard}");
    assert_eq!(place.changes(), ["DELETE /api/v2/connections/104"]);
    assert_eq!(place.waiting().await, json!([]));
}

#[tokio::test]
async fn after_a_no_in_the_form_nobody_is_asked_again() {
    for (number, answer) in [
        json!({"action": "decline"}),
        json!({"action": "cancel"}),
        json!({"action": "accept", "content": {"confirm": false}}),
    ]
    .into_iter()
    .enumerate()
    {
        let place = Place::new(&format!("inside-declined-{number}")).await;
        let mut client = Client::open(&place, &[]).await;
        // Two forms about the same are open: the no to one of them is a no to both.
        let (first, second) = (client.asked(1).await, client.asked(2).await);
        client.answer(&first, answer.clone()).await;
        let refused = client.result(1).await;
        assert_eq!(refused["code"], "not_confirmed", "{answer}: {refused}");
        let next = refused["next"].as_str().unwrap();
        assert!(next.contains("approve"), "{refused}");
        client.answer(&second, yes()).await;
        assert_eq!(client.result(2).await["code"], "not_confirmed", "{answer}");
        let mut other = Client::open(&place, &[]).await;
        for client in [&mut client, &mut other] {
            let delete = call(3, "connections_delete", &unused());
            client.0.say(&delete).await;
            // No question comes before the answer.
            let heard = client.0.hear().await;
            let refused = &heard["result"]["structuredContent"];
            assert_eq!(refused["code"], "not_confirmed", "{answer}: {heard}");
        }
        assert_eq!(place.changes(), Vec::<String>::new());
        assert_eq!(place.waiting().await.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_no_at_the_terminal_outweighs_a_yes_in_a_form_that_is_open() {
    let place = Place::new("inside-rejected").await;
    let mut client = Client::open(&place, &[]).await;
    let asked = client.asked(1).await;
    let id = place.waiting().await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(place.run(&["reject", &id]).await.code, Some(0));
    client.answer(&asked, yes()).await;
    let refused = client.result(1).await;
    assert_eq!(
        refused["message"],
        "A person said no to this call, and nothing was done."
    );
    assert_eq!(place.changes(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_neither_yes_nor_no_asks_again_the_next_time() {
    let place = Place::new("inside-no").await;
    let mut client = Client::open(&place, &[]).await;
    let no = [
        json!({"action": "accept"}),
        json!({"action": "accept", "content": {"confirm": "yes"}}),
        json!({"nonsense": 1}),
    ];
    for (id, answer) in (1..).zip(no) {
        let asked = client.asked(id).await;
        client.answer(&asked, answer.clone()).await;
        let refused = client.result(id).await;
        assert_eq!(refused["code"], "not_confirmed", "{answer}: {refused}");
    }
    let asked = client.asked(20).await;
    let error =
        json!({"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32603, "message": "x"}});
    client.0.say(&error.to_string()).await;
    assert_eq!(client.result(20).await["code"], "not_confirmed");
    assert_eq!(place.changes(), Vec::<String>::new());
    assert_eq!(place.waiting().await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_cancelled_call_takes_its_question_back_and_a_late_yes_does_nothing() {
    let place = Place::new("inside-cancel").await;
    let mut client = Client::open(&place, &[]).await;
    let asked = client.asked(1).await;
    client.0.say(&cancel(1)).await;
    let back = client.hear("notifications/cancelled").await;
    assert_eq!(back["params"]["requestId"], asked["id"]);
    client.answer(&asked, yes()).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(place.changes(), Vec::<String>::new());
    // The server goes on.
    let asked = client.asked(2).await;
    client.answer(&asked, yes()).await;
    assert_eq!(client.result(2).await["deleted"], true);
}

#[tokio::test]
async fn what_changed_while_a_person_was_asked_is_not_agreed_to() {
    let place = Place::new("inside-changed").await;
    let mut client = Client::open(&place, &[]).await;
    let asked = client.asked(1).await;
    let rename = json!({"connectionId": 203, "name": "In use"});
    client.0.say(&call(2, "connections_update", &rename)).await;
    assert_eq!(client.result(2).await["renamed"], true);
    client.answer(&asked, yes()).await;
    let refused = client.result(1).await;
    assert_eq!(refused["code"], "not_confirmed");
    assert!(refused["details"]["changed"].is_array(), "{refused}");
    assert_eq!(place.changes(), ["PATCH /api/v2/connections/203"]);
}

#[tokio::test]
async fn what_make_names_beyond_the_plan_is_asked_about_too() {
    let place = Place::silent("inside-beyond").await;
    let mut client = Client::open(&place, &[]).await;
    let meant = json!({"connectionId": 104, "evenIfUsed": true});
    client.0.say(&call(1, "connections_delete", &meant)).await;
    let first = client.hear("elicitation/create").await;
    client.answer(&first, yes()).await;
    let second = client.hear("elicitation/create").await;
    let message = second["params"]["message"].as_str().unwrap();
    assert!(
        message.contains("scenario 502 \"Nightly export\""),
        "{message}"
    );
    client.answer(&second, json!({"action": "decline"})).await;
    assert_eq!(client.result(1).await["code"], "not_confirmed");
    assert_eq!(
        place.changes(),
        ["DELETE /api/v2/connections/104"],
        "refused by Make"
    );
    // A no to what was named is one to the call; it is not asked about again.
    client.0.say(&call(2, "connections_delete", &meant)).await;
    assert_eq!(
        client.0.hear().await["result"]["structuredContent"]["code"],
        "not_confirmed"
    );
    assert_eq!(place.changes().len(), 1);
    let place = Place::silent("inside-beyond-yes").await;
    let mut client = Client::open(&place, &[]).await;
    client.0.say(&call(2, "connections_delete", &meant)).await;
    for _ in 0..2 {
        let asked = client.hear("elicitation/create").await;
        client.answer(&asked, yes()).await;
    }
    let done = client.result(2).await;
    assert_eq!(
        (&done["deleted"], &done["broke"][0]["id"]),
        (&json!(true), &json!(502))
    );
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_question() {
    in_time(Duration::from_secs(2), async || {
        let place = Place::new("inside-leaves").await;
        let mut client = Client::open(&place, &[]).await;
        client.asked(1).await;
        let start = std::time::Instant::now();
        assert_eq!(client.0.end().await.code, Some(0));
        let took = start.elapsed();
        assert_eq!(place.changes(), Vec::<String>::new());
        took
    })
    .await;
}

/// Make's refusal of a delete, naming these scenarios, once.
fn used_by(path: &str, scenarios: &[u32]) -> Fault {
    let rows = scenarios
        .iter()
        .map(|id| json!({"scenarioId": id, "scenarioName": "S"}));
    let data: Vec<Value> = rows.collect();
    let body = json!({"code": "IM004", "message": "Confirmation required.",
        "metadata": [{"type": "scenarios", "data": data}]});
    let refusal = Effect::json(406, &body);
    Fault::new(refusal).on("DELETE", path).times(1)
}

#[tokio::test]
async fn what_came_while_the_second_question_was_open_is_asked_about_as_well() {
    for (tool, arguments, path) in [
        ("keys_delete", json!({"keyId": 401}), "/keys"),
        (
            "connections_delete",
            json!({"connectionId": 203, "evenIfUsed": true}),
            "/connections",
        ),
    ] {
        let place = Place::silent(&format!("inside-meanwhile-{tool}")).await;
        let mut client = Client::open(&place, &[]).await;
        for scenarios in [&[501][..], &[501, 777], &[501, 777]] {
            place.zone.inject(used_by(path, scenarios));
        }
        client.0.say(&call(1, tool, &arguments)).await;
        let mut asked = Vec::new();
        for _ in 0..3 {
            let question = client.hear("elicitation/create").await;
            let message = &question["params"]["message"];
            asked.push(["501", "777"].map(|id| message.as_str().unwrap().contains(id)));
            client.answer(&question, yes()).await;
        }
        let done = client.result(1).await;
        assert_eq!(done["deleted"], true, "{done}");
        assert_eq!(
            asked,
            [[false, false], [true, false], [true, true]],
            "{tool}"
        );
        assert_eq!(done["broke"].as_array().unwrap().len(), 2, "{done}");
        // Three that Make refused and the one with its confirmation.
        assert_eq!(place.changes().len(), 4, "{:?}", place.changes());
    }
}

#[tokio::test]
async fn what_never_settles_is_not_deleted() {
    let place = Place::silent("inside-unsettled").await;
    let mut client = Client::open(&place, &[]).await;
    for last in 501..510 {
        place
            .zone
            .inject(used_by("/keys", &(500..last).collect::<Vec<_>>()));
    }
    let key = json!({"keyId": 401});
    client.0.say(&call(1, "keys_delete", &key)).await;
    for _ in 0..4 {
        let question = client.hear("elicitation/create").await;
        client.answer(&question, yes()).await;
    }
    let refused = client.result(1).await;
    assert_eq!(refused["code"], "not_confirmed", "{refused}");
    assert!(
        refused["details"]["plan"].to_string().contains("503"),
        "{refused}"
    );
    let sent = place.zone.requests();
    assert!(
        !sent
            .iter()
            .any(|request| request.target.contains("confirmed"))
    );
}

#[tokio::test]
async fn who_signed_in_while_the_second_question_was_open_is_asked_about_as_well() {
    let place = Place::silent("inside-signed-in").await;
    let mut client = Client::open(&place, &[]).await;
    let wanted = json!({"teamId": 22, "connections": [{"type": "slack2"}, {"type": "google"}]});
    let create = "credential_requests_create_by_credentials";
    client.0.say(&call(1, create, &wanted)).await;
    let made = client.result(1).await;
    let request = made["requestId"].as_str().unwrap();
    let gone = json!({"requestId": request, "withCredentials": true});
    let delete = "credential_requests_delete";
    client.0.say(&call(2, delete, &gone)).await;
    let first = client.hear("elicitation/create").await;
    // What is to go is read as the question has said it; then somebody signs in.
    let late = Effect::CommitThenDelay { ms: 1000 };
    let late = Fault::new(late).on("GET", "/credential-requests").times(1);
    place.zone.inject(late);
    let reads = place.zone.requests().len();
    client.answer(&first, yes()).await;
    while place.zone.requests().len() == reads {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut asked = Vec::new();
    place.zone.act(request, &Act::AuthorizeFirst).unwrap();
    for _ in 0..2 {
        let question = client.hear("elicitation/create").await;
        let message = question["params"]["message"].as_str().unwrap();
        asked.push(message.matches("Scenarios that use connection ").count());
        // While the first of them is open; in the second nothing is left to sign in to.
        let _none_left = place.zone.act(request, &Act::AuthorizeFirst);
        client.answer(&question, yes()).await;
    }
    let done = client.result(2).await;
    assert_eq!(asked, [1, 2]);
    assert_eq!(done["connectionIds"].as_array().unwrap().len(), 2, "{done}");
}
