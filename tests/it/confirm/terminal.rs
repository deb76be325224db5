//! `approve` and `reject` at the terminal, through the real binary.

use serde_json::json;

use super::{Place, unused};

#[tokio::test]
async fn a_call_waits_and_goes_through_once_after_a_yes_at_the_terminal() {
    let place = Place::new("once").await;
    let (code, refused) = place.call("connections_delete", unused()).await;
    assert_eq!(
        (code, &refused["code"]),
        (Some(3), &json!("confirmation_required"))
    );
    let id = refused["details"]["approval"].as_str().unwrap().to_owned();
    let next = refused["next"].as_str().unwrap();
    assert!(
        next.contains(&format!("make-credentials-mcp approve {id}")),
        "{next}"
    );
    assert!(next.contains("not look for another way"), "{next}");
    assert_eq!(place.changes(), Vec::<String>::new());

    let (_, status) = place.call("agent_status", json!({})).await;
    assert_eq!(
        status["awaitingApproval"],
        json!([{"id": id, "tool": "connections_delete", "object": "connection 203 \"Unused mailbox\"", "approved": false}])
    );
    // Calling again asks for the same.
    let (_, again) = place.call("connections_delete", unused()).await;
    assert_eq!(again["details"]["approval"], json!(id));
    let waiting = place.waiting().await;
    assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
    let row = &waiting[0];
    assert_eq!(
        (&row["id"], &row["agent"], &row["tool"], &row["object"]),
        (
            &json!(id),
            &json!("env"),
            &json!("connections_delete"),
            &json!("connection 203 \"Unused mailbox\"")
        )
    );
    assert_eq!(
        row["plan"],
        json!([
            "Delete connection 203 \"Unused mailbox\" for good.",
            "In team 23 \"Sales\".",
            "Type: \"imap\"",
            "Scenarios that use it: none",
            "Hooks that use it: none",
            "Request: DELETE /connections/203"
        ])
    );
    assert!(row["created"].as_str().unwrap().ends_with('Z'));

    // Nobody sits at the terminal of a test.
    assert_eq!(place.run(&["approve", &id]).await.code, Some(2));
    let approved = place.run(&["approve", &id, "--yes"]).await;
    assert_eq!(approved.code, Some(0), "{}", approved.all());
    assert!(
        approved.stdout.contains("Delete connection 203"),
        "{}",
        approved.stdout
    );
    assert_eq!(place.changes(), Vec::<String>::new(), "a yes sends nothing");
    assert_eq!(place.run(&["approve", &id, "--yes"]).await.code, Some(3));

    let (code, done) = place.call("connections_delete", unused()).await;
    assert_eq!((code, &done["deleted"]), (Some(0), &json!(true)), "{done}");
    assert_eq!(place.changes(), ["DELETE /api/v2/connections/203"]);
    let trail = place.trail();
    let intent = trail.iter().find(|line| line["kind"] == "intent").unwrap();
    assert_eq!(intent["confirmedBy"], "approve");
    let who = intent["who"].as_str().unwrap();
    assert!(who.contains("uid ") && who.contains("no terminal"), "{who}");
    let decided = trail
        .iter()
        .find(|line| line["kind"] == "operator")
        .unwrap();
    assert_eq!(
        (
            &decided["action"],
            &decided["about"],
            &decided["agent"],
            &decided["who"]
        ),
        (&json!("approved"), &json!(id), &json!("env"), &json!(who))
    );
    // It was for one call.
    let (_, gone) = place.call("connections_delete", unused()).await;
    assert_eq!(gone["code"], "not_found", "{gone}");
}

#[tokio::test]
async fn a_yes_is_for_one_call_and_one_plan() {
    let place = Place::new("one").await;
    let meant = json!({"connectionId": 103, "evenIfUsed": true});
    let (_, refused) = place
        .call("connections_delete", json!({"connectionId": 103}))
        .await;
    assert_eq!(
        refused["code"], "would_break",
        "nobody is asked about what is not meant"
    );
    let (_, refused) = place.call("connections_delete", meant.clone()).await;
    let id = refused["details"]["approval"].as_str().unwrap().to_owned();
    place.run(&["approve", &id, "--yes"]).await;
    // Another call of the same tool.
    let (_, other) = place.call("connections_delete", unused()).await;
    assert_eq!(other["code"], "confirmation_required");
    // The object is another one by now.
    let rename = json!({"connectionId": 103, "name": "Renamed"});
    assert_eq!(place.call("connections_update", rename).await.0, Some(0));
    let (_, changed) = place.call("connections_delete", meant.clone()).await;
    assert_eq!(changed["code"], "not_confirmed", "{changed}");
    assert_eq!(
        changed["details"]["changed"],
        json!([
            "was: Delete connection 103 \"Slack workspace\" for good.",
            "is now: Delete connection 103 \"Renamed\" for good."
        ])
    );
    // That yes is gone; the next call asks about what is there now.
    let (_, anew) = place.call("connections_delete", meant).await;
    assert_eq!(anew["code"], "confirmation_required");
    assert_ne!(anew["details"]["approval"], json!(id));
    assert_eq!(place.changes(), ["PATCH /api/v2/connections/103"]);
}

#[tokio::test]
async fn a_no_at_the_terminal_ends_it() {
    let place = Place::new("no").await;
    let (_, refused) = place.call("connections_delete", unused()).await;
    let id = refused["details"]["approval"].as_str().unwrap().to_owned();
    assert_eq!(place.run(&["reject", &id]).await.code, Some(0));
    let (code, no) = place.call("connections_delete", unused()).await;
    assert_eq!((code, &no["code"]), (Some(3), &json!("not_confirmed")));
    assert_eq!(place.waiting().await, json!([]));
    assert_eq!(place.changes(), Vec::<String>::new());
    assert_eq!(place.run(&["reject", "zzzzzz"]).await.code, Some(3));
    let decided = place.trail();
    let decided = decided
        .iter()
        .find(|line| line["kind"] == "operator")
        .unwrap();
    assert_eq!(
        (&decided["action"], &decided["about"]),
        (&json!("rejected"), &json!(id))
    );
    // A person may think again, and again.
    assert_eq!(place.run(&["approve", &id, "--yes"]).await.code, Some(0));
    assert_eq!(place.run(&["reject", &id]).await.code, Some(0));
    let (_, no) = place.call("connections_delete", unused()).await;
    assert_eq!(no["code"], "not_confirmed");
    assert_eq!(place.run(&["approve", &id, "--yes"]).await.code, Some(0));
    assert_eq!(place.call("connections_delete", unused()).await.0, Some(0));
}

/// What a yes covers is shown, to the last of many modules on one line.
#[tokio::test]
async fn the_terminal_shows_each_line_of_a_plan_whole() {
    let place = Place::new("whole").await;
    let modules: Vec<String> = (0..40)
        .map(|number| format!("module{number}{}", "x".repeat(180)))
        .chain(["theLastModule".to_owned()])
        .collect();
    let request = json!({"teamId": 22, "name": "N", "provider": {"providerMakeUserId": 8},
        "credentials": [{"appName": "slack", "appModules": modules, "appVersion": 4}]});
    let (_, refused) = place
        .call("credential_requests_create_for_user", request)
        .await;
    let plan = refused["details"]["plan"].as_array().unwrap();
    assert!(plan.iter().any(|line| line.as_str().unwrap().len() > 4000));
    let id = refused["details"]["approval"].as_str().unwrap();
    for words in [&["approve"][..], &["approve", id, "--yes"]] {
        let shown = place.run(words).await;
        assert_eq!(shown.code, Some(0), "{}", shown.all());
        for line in plan {
            let line = line.as_str().unwrap();
            assert!(shown.stdout.contains(line), "{words:?}: {line}");
        }
        assert!(shown.stdout.contains("theLastModule"));
    }
}
