//! Names at Make on a terminal: nothing of them is obeyed there, and nothing is hidden.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::visible::{self, Form};
use serde_json::json;

use crate::confirm::{Place, unused};

const NAME: &str = "Slack\u{1b}[2J\u{9b}31m\u{202E}\r\u{8}\u{7f}ZQX\u{E0041}";

#[tokio::test]
async fn commands_print_no_escapes_of_others() {
    let place = Place::new("untrusted-terminal").await;
    let text = NAME.to_owned();
    place.zone.inject(Fault::new(Effect::Says { text }));
    let get = json!({"connectionId": 101});
    let (code, said) = place.call("connections_get", get).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said["connection"]["name"], "Slack[2J31m ZQX");
    let words = [
        "call",
        "connections_get",
        "--args",
        "{\"connectionId\":101}",
    ];
    let left = place.run(&words).await;
    assert!(
        left.stderr.contains("characters were taken out"),
        "{}",
        left.stderr
    );
    let (code, said) = place.call("connections_delete", unused()).await;
    assert_eq!(code, Some(3), "{said}");
    for words in [
        &["approve"][..],
        &["approve", "--json"],
        &["audit", "list"],
        &words,
    ] {
        let left = place.run(words).await;
        for bytes in [&left.stdout, &left.stderr] {
            assert_eq!(visible::clean(bytes, Form::Block), None, "{words:?}");
        }
        let names = words[0] != "audit";
        assert_eq!(
            left.stdout.contains("ZQX"),
            names,
            "{words:?}: {}",
            left.stdout
        );
    }
}
