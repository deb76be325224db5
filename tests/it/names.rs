//! A token in the place of a name is refused where the words are read, and not repeated: also one
//! that begins with a letter, as names do.

use crate::binary;
use crate::canary::Canary;
use make_credentials_mcp::sandbox::{Options, Sandbox, seeded};

/// In the forms in which one may be copied; the first is that of Make.
const TOKENS: [&str; 5] = [
    "beef847b-1d6f-4c2a-8b3e-9a7f5c20e4d1",
    "deadc0de-7b1a-1c3d-a5e9-0f2b4d6c8e1a",
    "c0ffee7b1d6f4c2a8b3e9a7f5c20e4d1",
    "c0ffee7b1d6f4c2a8b3e9a7f5c20e4d17b1a",
    "a-beef847b-1d6f-4c2a-8b3e-9a7f5c20e4d1",
];

#[tokio::test]
async fn a_token_is_taken_for_no_name_and_never_repeated() {
    let home = binary::home("names");
    for token in TOKENS {
        let canary = Canary::of(token);
        let glued = format!("--agent={token}");
        for words in [
            &["agent", "add", token][..],
            &[
                "agent",
                "add",
                token,
                "--token-stdin",
                "--zone=eu1.make.com",
            ],
            &["agent", "show", token],
            &["agent", "show", token, "--json"],
            &["agent", "rotate", token],
            &["agent", "revoke", token],
            &["agent", "policy", token],
            &["agent", "policy", token, "--set", "access=read"],
            &["agent", "remove", token],
            &["secret", "set", "key", "--for", token],
            &["secret", "set", "key", "--for", &format!("bot,{token}")],
            &["serve", "--agent", token],
            &["serve", &glued],
            &["call", "users_me", "--agent", token],
            &["tools", "--agent", token],
            &["approve", token],
            &["approve", token, "--yes"],
            &["reject", token],
            &["audit", "list", "--agent", token],
            &["audit", "list", "--outcome", token],
            &["audit", "list", "--since", token],
        ] {
            let left = binary::run(&home, &[], words).await;
            assert_eq!(left.code, Some(2), "{words:?}: {}", left.all());
            canary.assert_absent(&format!("{words:?}"), left.all());
            assert!(
                left.stderr.contains("[redacted]"),
                "{words:?}: {}",
                left.stderr
            );
        }
        // What is no name may be the secret itself; its refusal is a command's own.
        for words in [
            &["secret", "set", token][..],
            &["secret", "set", token, "--for", "bot"],
            &["secret", "remove", token],
            &["audit", "list", "--tool", token],
        ] {
            let left = binary::run(&home, &[], words).await;
            canary.assert_absent(&format!("{words:?}"), left.all());
            assert_eq!(
                left.code == Some(0),
                words[0] == "audit",
                "{words:?}: {}",
                left.all()
            );
        }
    }
    assert_eq!(binary::files(&home), []);
    std::fs::remove_dir_all(home).unwrap();
}

/// Ids of Make have the form of its tokens.
#[tokio::test]
async fn an_id_among_the_arguments_of_a_call_stands_in_its_answer() {
    let home = binary::home("names-ids");
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let (token, address) = (zone.operator_token().to_owned(), zone.zone());
    let environment = [("MAKE_API_KEY", token.as_str()), ("MAKE_ZONE", &address)];
    let id = seeded::AUTHORIZED_REQUEST;
    let arguments = format!("--args={{\"requestId\": \"{id}\"}}");
    let words = ["call", "credential_requests_get", &arguments];
    let left = binary::run(&home, &environment, &words).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(left.stdout.contains(id), "{}", left.stdout);
    std::fs::remove_dir_all(home).unwrap();
}
