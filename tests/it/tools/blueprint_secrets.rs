//! Secrets in blueprints: nobody sees one, and what was not touched stays as it was.

use std::collections::BTreeSet;

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use serde_json::{Value, json};

use super::desk::Desk;

/// In Marketing, with the secrets below.
const OWN: u64 = 601;
const FOREIGN: u64 = 604;

const SECRETS: [&str; 9] = [
    "hunter2-basic",
    "2544847b-1d6f-4c2a-8b3e-9a7f5c20e4d1",
    "k2j3h4g5f6d7s8a9q1w2e3r4t5z6u7i8",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "in-\\\"json",
    "form-s3cret",
    "deep-pass-1",
    "4711",
    "xoxb-123456789012-abcdefGHIJKL1234",
];

/// What a template holds, with a secret in each kind of place.
fn stored() -> Value {
    json!({
        "blueprint": {"name": "Leads", "metadata": {"notes": [format!("uses {}", SECRETS[8])]}, "flow": [
            {"id": 1, "module": "http:ActionSendData", "version": 3, "parameters": {"authUser": "me", "authPass": SECRETS[0]},
                "mapper": {"url": "https://api.example.com/v1/leads", "method": "post",
                    "headers": [{"name": "Accept", "value": "*/*"}, {"name": "Authorization", "value": format!("Token {}", SECRETS[1])}],
                    "data": format!("{{\"n\": {{{{1.n}}}}, \"l\": [{{\"password\": \"{}\"}}], \"hook\": \"https://hook.eu1.make.com/{}\"}}", SECRETS[4], SECRETS[2])}},
            {"id": 2, "module": "builtin:BasicRouter", "routes": [{"flow": [
                {"id": 3, "module": "app:Do", "parameters": {"pin": 4711, "key": SECRETS[3]},
                    "mapper": {"body": format!("a=1&client_secret={}&b={{{{1.x}}}}", SECRETS[5]), "list": ["x", {"name": "api_key", "value": SECRETS[3]}]},
                    "onerror": [{"id": 4, "module": "app:Retry", "parameters": {"password": SECRETS[6]}}]}]}]}]},
        "scheduling": {"type": "indefinitely", "interval": 900},
        "controller": {"name": "Leads", "modules": {}, "idSequence": 5},
        "language": "en",
    })
}

/// A zone whose template holds that.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    for at in [
        "/templates/601/blueprint",
        "/templates/public/13-http-template-example/blueprint",
    ] {
        desk.world
            .zone
            .inject(Fault::new(Effect::json(200, &stored())).on("GET", at));
    }
    desk
}

fn without_secrets(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

async fn read(desk: &Desk) -> Value {
    let columns = json!([
        "id",
        "module",
        "version",
        "parameters",
        "mapper",
        "routes",
        "onerror",
        "metadata"
    ]);
    desk.answer(
        "templates_get_blueprint",
        json!({"templateId": OWN, "fields": columns}),
    )
    .await
}

/// The parts of an answer as they are written back.
fn parts(answer: &Value) -> Value {
    json!({"templateId": OWN, "scheduling": answer["scheduling"], "controller": answer["controller"],
        "blueprint": {"name": answer["name"], "metadata": answer["metadata"], "flow": answer["flow"]}})
}

fn sent_blueprint(desk: &Desk) -> Value {
    serde_json::from_str(desk.last_body()["blueprint"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_blueprint_shows_where_its_secrets_are_and_none_of_them() {
    let desk = desk().await;
    let answer = read(&desk).await;
    without_secrets(&answer.to_string());
    let found = answer["secretsFound"].as_array().unwrap();
    let places: BTreeSet<String> = found
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one["module"],
                one["field"].as_str().unwrap(),
                one["kind"].as_str().unwrap()
            )
        })
        .collect();
    let wanted = [
        "1 mapper.data password",
        "1 mapper.data webhook_address",
        "1 mapper.headers[1].value secret",
        "1 parameters.authPass password",
        "3 mapper.body secret",
        "3 mapper.list[1].value live_secret_key",
        "3 parameters.key live_secret_key",
        "3 parameters.pin password",
        "4 parameters.password password",
        "null blueprint.metadata.notes[0] slack_token",
    ];
    assert_eq!(places, wanted.map(str::to_owned).into());
    // Equal secrets have equal fingerprints; no other two have.
    let fingerprints: BTreeSet<&str> = found
        .iter()
        .map(|one| one["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!((found.len(), fingerprints.len()), (10, 9));
    assert!(fingerprints.iter().all(|one| one.len() == 24));
    let slug = json!({"templateUrl": "13-http-template-example"});
    let public = desk.answer("public_templates_get_blueprint", slug).await;
    without_secrets(&public.to_string());
    assert!(
        public
            .to_string()
            .contains("[secret 13-http-template-example password ")
    );
}

#[tokio::test]
async fn what_is_read_and_written_back_stays_as_it_was() {
    let desk = desk().await;
    let answer = read(&desk).await;
    desk.answer("templates_update", parts(&answer)).await;
    assert_eq!(sent_blueprint(&desk), stored()["blueprint"]);
    // In another process of the same home the masks count as well.
    let desk = desk.restarted();
    desk.answer("templates_update", parts(&answer)).await;
    assert_eq!(sent_blueprint(&desk), stored()["blueprint"]);
}

#[tokio::test]
async fn a_moved_module_keeps_its_secrets_and_a_mask_counts_in_its_place_alone() {
    let desk = desk().await;
    let answer = read(&desk).await;
    let mut moved = parts(&answer);
    moved["blueprint"]["flow"].as_array_mut().unwrap().reverse();
    desk.answer("templates_update", moved).await;
    let mut reversed = stored()["blueprint"].clone();
    reversed["flow"].as_array_mut().unwrap().reverse();
    assert_eq!(sent_blueprint(&desk), reversed);

    let patches = desk
        .sent()
        .iter()
        .filter(|line| line.starts_with("PATCH"))
        .count();
    let pass = "/blueprint/flow/0/parameters/authPass";
    let mask = parts(&answer)
        .pointer(pass)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    for (path, value) in [
        // In another field, another module, changed, cut, of another template.
        ("/blueprint/flow/0/parameters/authUser", mask.clone()),
        (
            "/blueprint/flow/1/routes/0/flow/0/parameters/key",
            mask.clone(),
        ),
        (pass, mask.replace("password", "token")),
        (pass, mask.replace("t601", "t602")),
        (pass, mask.replace(']', "")),
        (pass, mask.replacen(char::is_numeric, "", 1)),
        (pass, mask.to_uppercase()),
        // The secret would go elsewhere.
        (
            "/blueprint/flow/0/mapper/url",
            "https://other.example.com/v1/leads".to_owned(),
        ),
        ("/blueprint/flow/0/mapper/url", "{{1.url}}".to_owned()),
        ("/blueprint/flow/0/module", "app:Other".to_owned()),
    ] {
        let mut wrong = parts(&answer);
        *wrong.pointer_mut(path).unwrap() = json!(value);
        let failure = desk.failure("templates_update", wrong).await;
        assert_eq!(
            failure["code"], "invalid_arguments",
            "{path} {value}: {failure}"
        );
        without_secrets(&failure.to_string());
    }
    // Further fields that say where a module goes, to whom or as whom; and one that is left out.
    for (field, value) in [
        ("port", json!(6666)),
        ("instance", json!("other")),
        ("__IMTCONN__", json!(999)),
        ("to", json!("other@example.net")),
        ("note", json!("other.example.net")),
        ("url", Value::Null),
    ] {
        let mut wrong = parts(&answer);
        let mapper = wrong.pointer_mut("/blueprint/flow/0/mapper").unwrap();
        mapper[field] = value;
        let failure = desk.failure("templates_update", wrong).await;
        assert_eq!(failure["code"], "invalid_arguments", "{field}: {failure}");
        without_secrets(&failure.to_string());
    }
    let after = desk
        .sent()
        .iter()
        .filter(|line| line.starts_with("PATCH"))
        .count();
    assert_eq!(after, patches);
    let mut harmless = parts(&answer);
    harmless["blueprint"]["flow"][0]["mapper"]["method"] = json!("put");
    desk.answer("templates_update", harmless).await;
    let stored_pass = sent_blueprint(&desk)["flow"][0]["parameters"]["authPass"].clone();
    assert_eq!(stored_pass, SECRETS[0]);
}

#[tokio::test]
async fn a_secret_as_it_is_is_refused_unless_the_operator_allows_it() {
    let desk = desk().await;
    let mut literal = parts(&read(&desk).await);
    literal["blueprint"]["flow"][0]["mapper"]["headers"][0] =
        json!({"name": "X-Api-Key", "value": "n3w-s3cret-value"});
    for tool in ["templates_update", "templates_create"] {
        let mut arguments = literal.clone();
        if tool == "templates_create" {
            arguments.as_object_mut().unwrap().remove("templateId");
            arguments["teamId"] = json!(seeded::MARKETING);
            arguments["language"] = json!("en");
        }
        let failure = desk.failure(tool, arguments).await;
        assert_eq!(failure["code"], "plaintext_secret_refused", "{failure}");
        assert_eq!(
            failure["details"]["fields"],
            json!(["module 1: mapper.headers[0].value"])
        );
        assert!(!failure.to_string().contains("n3w-s3cret-value"));
    }
    assert!(desk.sent().iter().all(|line| line.starts_with("GET ")));
    let desk = desk.granted(|with| with.allow_plaintext = true);
    desk.answer("templates_update", literal).await;
    assert_eq!(
        sent_blueprint(&desk)["flow"][0]["mapper"]["headers"][0]["value"],
        "n3w-s3cret-value"
    );
}

#[tokio::test]
async fn a_new_template_takes_the_secrets_of_one_of_its_team_or_of_a_public_one() {
    let desk = desk().await;
    let own = read(&desk).await;
    let slug = json!({"templateUrl": "13-http-template-example"});
    let public = desk.answer("public_templates_get_blueprint", slug).await;
    let create = |answer: &Value, team: u64| {
        let mut arguments = parts(answer);
        arguments.as_object_mut().unwrap().remove("templateId");
        arguments["teamId"] = json!(team);
        arguments["language"] = json!("en");
        arguments
    };
    for answer in [&own, &public] {
        let made = desk
            .answer(
                "templates_create",
                super::desk::anew(create(answer, seeded::MARKETING)),
            )
            .await;
        without_secrets(&made.to_string());
        assert_eq!(sent_blueprint(&desk), stored()["blueprint"]);
    }
    let posts = desk
        .sent()
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    let missing = desk
        .failure("templates_create", create(&own, seeded::SALES))
        .await;
    assert_eq!(missing["code"], "not_found", "{missing}");
    let foreign: Value =
        serde_json::from_str(&own.to_string().replace("t601", &format!("t{FOREIGN}"))).unwrap();
    let missing = desk
        .failure("templates_create", create(&foreign, seeded::MARKETING))
        .await;
    assert_eq!(missing["code"], "not_found", "{missing}");
    let after = desk
        .sent()
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(after, posts);
}

#[tokio::test]
async fn masks_are_told_of_the_rows_that_are_shown() {
    let desk = desk().await;
    let told = |answer: &Value| -> Vec<Value> {
        let found = answer["secretsFound"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut ids: Vec<Value> = found.into_iter().map(|one| one["module"].clone()).collect();
        ids.sort_by_key(Value::as_u64);
        ids
    };
    let inside = json!({"templateId": OWN, "inside": 2});
    let inside = desk.answer("templates_get_blueprint", inside).await;
    without_secrets(&inside.to_string());
    assert_eq!(told(&inside), [3, 3, 3, 3, 4].map(|id| json!(id)));
    let narrow = json!({"templateId": OWN, "fields": ["id", "parameters"]});
    assert_eq!(
        told(&desk.answer("templates_get_blueprint", narrow).await),
        [Value::Null, json!(1)]
    );
    let page = json!({"templateId": OWN, "limit": 1});
    let first = desk.answer("templates_get_blueprint", page.clone()).await;
    assert_eq!(
        told(&first),
        [Value::Null, json!(1), json!(1), json!(1), json!(1)]
    );
    let mut second = page;
    second["cursor"] = first["cursor"].clone();
    assert_eq!(
        told(&desk.answer("templates_get_blueprint", second).await),
        [3, 3, 3, 3, 4].map(|id| json!(id))
    );
    let desk = desk.answering_at_most(700);
    let cut = desk
        .answer(
            "templates_get_blueprint",
            json!({"templateId": OWN, "fields": ["id", "mapper"]}),
        )
        .await;
    without_secrets(&cut.to_string());
    let found = cut["secretsFound"].as_array().cloned().unwrap_or_default();
    for one in found {
        assert!(
            cut.to_string()
                .contains(&format!("{}]", one["fingerprint"].as_str().unwrap())),
            "{cut}"
        );
    }
}

#[tokio::test]
async fn a_person_is_told_of_the_secrets_before_they_are_published_or_used() {
    let desk = desk().await.confirming(Confirmation::Ask);
    let failure = desk
        .failure("templates_publish", json!({"templateId": OWN}))
        .await;
    let plan = failure["details"]["plan"].to_string();
    without_secrets(&failure.to_string());
    for wanted in [
        "Secrets in it: 10",
        "(password,",
        "of module 1 in",
        "mapper.headers[1].value",
        "slack_token",
    ] {
        assert!(plan.contains(wanted), "{wanted}: {plan}");
    }
    let fault = Fault::new(Effect::json(200, &stored())).on("GET", "/templates/602/blueprint");
    desk.world.zone.inject(fault);
    let start = json!({"teamId": seeded::MARKETING, "templateId": 602});
    let failure = desk.failure("template_flows_start", start).await;
    without_secrets(&failure.to_string());
    assert!(
        failure["details"]["plan"]
            .to_string()
            .contains("Secrets in it: 10"),
        "{failure}"
    );
}

#[tokio::test]
async fn nothing_tells_what_was_put_back() {
    let desk = desk().await;
    let answer = read(&desk).await;
    let fault = Fault::new(Effect::json(
        400,
        &json!({"message": format!("Bad header Token {}", SECRETS[1])}),
    ))
    .on("PATCH", "/templates");
    desk.world.zone.inject(fault);
    let failure = desk.failure("templates_update", parts(&answer)).await;
    without_secrets(&failure.to_string());
    let mut files = vec![desk.world.home.clone()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            for secret in SECRETS.iter().filter(|secret| secret.len() >= 8) {
                assert!(!text.contains(secret), "{secret} in {}", path.display());
            }
        }
    }
}
