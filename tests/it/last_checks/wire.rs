//! The pass over every line that leaves the real server: what the protocol itself repeats reaches no earlier layer.

use make_credentials_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::binary::{self, Binary};
use crate::canary::Canary;

#[tokio::test]
async fn a_token_in_the_id_of_a_request_is_taken_out_by_the_wire_alone() {
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = binary::home("wire-alone");
    let token = zone.operator_token();
    let address = zone.zone();
    let environment = [("MAKE_API_KEY", token), ("MAKE_ZONE", address.as_str())];
    let mut server = Binary::serve(&home, &environment, &[]).await;
    let mut ids = Vec::new();
    for id in [token.to_owned(), token.to_uppercase(), format!("a-{token}")] {
        for (method, params) in [
            ("ping", json!({})),
            ("tools/list", json!({})),
            ("tools/call", json!({"name": "no_such_tool"})),
            ("tools/call", json!({"name": "agent_status"})),
            // A request that is refused before the protocol has it.
            ("prompts/get", json!([])),
            ("no/such/method", json!({})),
        ] {
            let line = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
            server.say(&line.to_string()).await;
            ids.push(server.hear().await["id"].clone());
        }
    }
    let shown: Vec<&Value> = ids.iter().step_by(6).collect();
    assert_eq!(shown, ["[redacted]", "[redacted]", "a-[redacted]"]);
    for ids in ids.chunks(6) {
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    let left = server.end().await;
    Canary::of(token).assert_absent("the ids of requests", left.all());
    let _never_made = std::fs::remove_dir_all(&home);
}
