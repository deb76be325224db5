//! What others wrote into templates, flows and scenarios is shown without the secrets in it, and no
//! address in it as a page that was not checked.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::desk::Desk;

const OWN: u64 = 601;
const SLUG: &str = "9603-leads-to-crm";

/// Secrets, each in a text that somebody may have written.
const TEXTS: [(&str, &str); 5] = [
    (
        "Sync with https://hook.eu1.make.com/k2j3h4g5f6d7s8a9q1w2e3r4t5z6u7i8",
        "k2j3h4g5f6d7s8a9",
    ),
    ("Uses sk_live_4eC39HqLyjWDarjtT1zdp7dc", "4eC39HqLyjWDarjt"),
    ("Login: password: hunter2-x9!", "hunter2-x9!"),
    ("curl -u jane:hunter2-x9 https://a.example", "hunter2-x9"),
    (
        "https://n8n.a.example/webhook/0b6e0d54-8c1f-4b3a-9d27-5f0c1e2a3b4c",
        "0b6e0d54-8c1f",
    ),
];

/// Texts that are none, but for the page that they claim to be.
const ADDRESSES: [&str; 7] = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "https://evil.example/templates/1-x",
    "https://www.make.com.evil.example/x",
    "//evil.example/x",
    "a slug with blanks",
];

fn team_row(text: &str, page: &str) -> Value {
    json!({"id": OWN, "name": text, "teamId": 22, "description": text, "usedApps": ["http"], "public": true,
        "publishedName": text, "approvedName": text, "publicUrl": page})
}

fn public_row(text: &str, page: &str) -> Value {
    json!({"id": 9603, "name": text, "description": text, "url": page, "usedApps": ["http"], "usage": 1})
}

/// Each tool that shows templates, with what Make answers it.
fn tools(text: &str, page: &str) -> Vec<(&'static str, Value, &'static str, Value)> {
    let (team, public) = (team_row(text, page), public_row(text, page));
    vec![
        (
            "templates_get",
            json!({"templateId": OWN}),
            "/templates/601",
            json!({"template": team}),
        ),
        (
            "templates_list",
            json!({"teamId": 22, "fields": ["id", "name", "description", "publishedName", "publicUrl", "untrustedLink"]}),
            "/templates",
            json!({"templates": [team]}),
        ),
        (
            "public_templates_get",
            json!({"templateUrl": SLUG}),
            "/templates/public/9603-leads-to-crm",
            json!({"templatePublic": public}),
        ),
        (
            "public_templates_list",
            json!({}),
            "/templates/public",
            json!({"templatesPublic": [public]}),
        ),
    ]
}

/// The answer of a tool when Make answers so.
async fn answered(desk: &Desk, (tool, arguments, path, body): (&str, Value, &str, Value)) -> Value {
    desk.world.zone.clear_faults();
    let fault = Fault::new(Effect::json(200, &body)).on("GET", path);
    desk.world.zone.inject(fault);
    desk.answer(tool, arguments).await
}

/// The template in an answer, be it one or a row.
fn row(answer: &Value) -> &Value {
    answer.get("template").unwrap_or(&answer["templates"][0])
}

#[tokio::test]
async fn a_secret_in_a_name_or_a_description_is_not_shown() {
    let desk = Desk::new().await;
    for (text, secret) in TEXTS {
        for case in tools(text, SLUG) {
            let tool = case.0;
            let answer = answered(&desk, case).await;
            let shown = answer.to_string();
            assert!(!shown.contains(secret), "{tool}: {shown}");
            let name = row(&answer)["name"].as_str().unwrap();
            assert!(name.contains("[redacted]"), "{tool}: {name}");
        }
    }
    // What only speaks about them stays as it is.
    let text = "Resets a password with a token; keys are kept for 30 days.";
    for case in tools(text, SLUG) {
        let answer = answered(&desk, case).await;
        assert_eq!(row(&answer)["name"], text);
    }
}

#[tokio::test]
async fn a_secret_in_a_flow_or_in_the_name_of_a_scenario_is_not_shown() {
    let desk = Desk::new().await;
    let (text, secret) = TEXTS[0];
    let started = json!({"teamId": 22, "templateId": 602});
    let flow = desk.answer("template_flows_start", started).await;
    let path = format!("/instances/flow/{}", flow["flowId"].as_str().unwrap());
    let body = json!({"flow": {"id": flow["flowId"], "statusMessage": text}});
    let case = (
        "template_flows_get",
        json!({"flowId": flow["flowId"]}),
        path.as_str(),
        body,
    );
    let answer = answered(&desk, case).await;
    assert!(!answer.to_string().contains(secret), "{answer}");
    let message = answer["statusMessage"].as_str().unwrap();
    assert!(message.contains("[redacted]"), "{message}");
}

#[tokio::test]
async fn what_names_no_page_of_make_is_text_with_a_warning() {
    let desk = Desk::new().await;
    for page in ADDRESSES {
        for case in tools("Leads", page) {
            let (tool, field) = (
                case.0,
                if case.0.starts_with("public") {
                    "url"
                } else {
                    "publicUrl"
                },
            );
            let answer = answered(&desk, case).await;
            let row = row(&answer);
            assert!(row.get(field).is_none(), "{tool}: {answer}");
            assert_eq!(row["untrustedLink"], page, "{tool}");
            let next = answer["next"].as_str().unwrap();
            assert!(next.contains("must not open"), "{tool}: {next}");
        }
    }
}

#[tokio::test]
async fn a_secret_in_the_form_of_a_slug_is_not_shown_as_a_page() {
    let desk = Desk::new().await;
    for case in tools("Leads", "sk_live_4eC39HqLyjWDarjtT1zdp7dc") {
        let answer = answered(&desk, case).await;
        assert!(!answer.to_string().contains("4eC39HqLyjWDarjt"), "{answer}");
        assert_eq!(row(&answer)["untrustedLink"], "[redacted]");
    }
}

#[tokio::test]
async fn a_slug_and_a_page_of_the_zone_are_handed_over() {
    let desk = Desk::new().await;
    let page = format!("{}/templates/9603-leads-to-crm", desk.world.zone.zone());
    for page in [SLUG, "a_B-1", page.as_str()] {
        for case in tools("Leads", page) {
            let (tool, field) = (
                case.0,
                if case.0.starts_with("public") {
                    "url"
                } else {
                    "publicUrl"
                },
            );
            let answer = answered(&desk, case).await;
            assert_eq!(row(&answer)[field], page, "{tool}");
            assert!(row(&answer).get("untrustedLink").is_none(), "{tool}");
        }
    }
}
