//! Marks in a blueprint that is sent and that stand for no secret: none of them replaces one at Make.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::desk::Desk;

const OWN: u64 = 601;

/// A template with a secret in fields of several kinds.
fn stored() -> Value {
    json!({
        "blueprint": {"name": "Leads", "flow": [
            {"id": 1, "module": "http:ActionSendData", "version": 3, "parameters": {"authUser": "me", "authPass": "hunter2-basic"},
                "mapper": {"url": "https://api.example.com/v1/leads", "method": "post", "note": "To do", "text": "Hello",
                    "headers": [{"name": "X-Tenant", "value": "acme"}, {"name": "Authorization", "value": "Token k9f2m4x8q1w7z3v5"}],
                    "qs": [{"name": "api_key", "value": "k9f2m4x8q1w7z3v6"}],
                    "data": "{\"n\": {{1.n}}, \"password\": \"hunter3-json\", \"text\": \"Hello\"}"}}]},
        "scheduling": {"type": "indefinitely", "interval": 900},
        "controller": {"name": "Leads", "modules": {}, "idSequence": 5},
        "language": "en",
    })
}

async fn desk() -> Desk {
    let desk = Desk::new().await;
    let answer = Effect::json(200, &stored());
    desk.world
        .zone
        .inject(Fault::new(answer).on("GET", "/templates/601/blueprint"));
    desk
}

/// The parts of the template as they are written back.
async fn parts(desk: &Desk) -> Value {
    let columns = json!(["id", "module", "version", "parameters", "mapper"]);
    let arguments = json!({"templateId": OWN, "fields": columns});
    let answer = desk.answer("templates_get_blueprint", arguments).await;
    json!({"templateId": OWN, "scheduling": answer["scheduling"], "controller": answer["controller"],
        "blueprint": {"name": answer["name"], "flow": answer["flow"]}})
}

/// Where a secret stands, and by which name a refusal calls it.
const SPOTS: [(&str, &str); 4] = [
    ("/parameters/authPass", "parameters.authPass"),
    ("/mapper/headers/1/value", "mapper.headers[1].value"),
    ("/mapper/qs/0/value", "mapper.qs[0].value"),
    ("/mapper/headers/0/value", "mapper.headers[0].value"),
];

/// Marks in the writings of other programs, and this server's in others than its own.
fn marks(own: &str) -> Vec<String> {
    let spaced = own.replacen("[secret ", "[ secret  ", 1);
    let wide: String = own
        .chars()
        .map(|c| match c {
            '[' => '\u{ff3b}',
            ']' => '\u{ff3d}',
            other => other,
        })
        .collect();
    let mut marks = vec![
        spaced,
        wide,
        own.to_uppercase(),
        own.replace(' ', "\u{a0}"),
        own.replacen("secret", "sec\u{200b}ret", 1),
        own.chars().take(own.len() / 2).collect(),
        own.replace(']', ""),
    ];
    let others = [
        "[redacted]",
        "[ REDACTED ]",
        "<hidden>",
        "***",
        "Bearer ***",
        "Token [redacted]",
        "\u{2022}\u{2022}\u{2022}\u{2022}",
        "\u{ff3b}secret\u{ff3d}",
        "(masked)",
    ];
    marks.extend(others.map(str::to_owned));
    marks
}

#[tokio::test]
async fn a_mark_in_another_writing_is_refused_with_its_field_and_never_sent() {
    let desk = desk().await;
    let parts = parts(&desk).await;
    let flow = "/blueprint/flow/0";
    let own = parts.pointer(&format!("{flow}{}", SPOTS[0].0)).unwrap();
    for mark in marks(own.as_str().unwrap()) {
        for (path, field) in SPOTS {
            let mut wrong = parts.clone();
            *wrong.pointer_mut(&format!("{flow}{path}")).unwrap() = json!(mark);
            let failure = desk.failure("templates_update", wrong).await;
            assert_eq!(failure["code"], "invalid_arguments", "{mark} {failure}");
            let message = failure["message"].as_str().unwrap();
            assert!(message.contains(field), "{mark}: {message}");
            assert!(message.contains("[secret TEMPLATE KIND FINGERPRINT]"));
            let next = failure["next"].as_str().unwrap();
            assert!(next.contains("templates_get_blueprint") && next.len() <= 120);
        }
        // Inside of a body that is JSON.
        let mut wrong = parts.clone();
        let body = json!({"password": mark, "text": "Hello"}).to_string();
        wrong["blueprint"]["flow"][0]["mapper"]["data"] = json!(body);
        let failure = desk.failure("templates_update", wrong).await;
        assert_eq!(failure["code"], "invalid_arguments", "{mark} {failure}");
    }
    assert!(desk.sent().iter().all(|line| line.starts_with("GET ")));
}

#[tokio::test]
async fn a_text_that_speaks_about_secrets_is_sent() {
    let desk = desk().await;
    let parts = parts(&desk).await;
    for text in [
        "The password was [redacted] in the mail.",
        "Your **secret** code is on the way.",
        "Cards show as **** 4242.",
        "[secret santa] starts on Monday",
        "Fields marked <hidden> are not shown; *** means required.",
    ] {
        let mut harmless = parts.clone();
        harmless["blueprint"]["flow"][0]["mapper"]["text"] = json!(text);
        harmless["blueprint"]["flow"][0]["mapper"]["note"] = json!(text);
        desk.answer("templates_update", harmless).await;
        let sent = desk.last_body()["blueprint"].as_str().unwrap().to_owned();
        let sent: Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(sent["flow"][0]["mapper"]["text"], text);
        assert_eq!(sent["flow"][0]["parameters"]["authPass"], "hunter2-basic");
    }
}

#[tokio::test]
async fn a_mark_in_the_place_of_a_name_is_refused() {
    let desk = desk().await;
    for (tool, arguments) in [
        (
            "templates_update",
            json!({"templateId": OWN, "name": "[redacted]"}),
        ),
        (
            "templates_update",
            json!({"templateId": OWN, "name": "Shop [ Redacted ] sync"}),
        ),
        ("keys_update", json!({"keyId": 801, "name": "***"})),
    ] {
        let failure = desk.failure(tool, arguments).await;
        assert_eq!(failure["code"], "invalid_arguments", "{tool}: {failure}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains("`name`"), "{message}");
    }
    assert!(desk.sent().iter().all(|line| line.starts_with("GET ")));
}
