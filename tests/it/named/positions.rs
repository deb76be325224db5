//! Every secret position × {right, wrong tool, wrong field, other agent, a reference outside a
//! secret position, a literal, an echo by Make}: only the first reaches the wire.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::secret::Author;
use make_credentials_mcp::tools::{Code, Failure, Session};
use serde_json::{Map, Value, json};

use super::{ALL_TOOLS, VALUE, agent, binding, named};
use crate::faults::universal;
use crate::world::{World, call};

/// A secret position: the tool, what else it is called with, the fields beside the secret, the
/// secret's own field, and a field of the same object where none belongs.
struct Position {
    tool: &'static str,
    arguments: Value,
    inside: &'static str,
    beside: Value,
    field: &'static str,
    plain: &'static str,
}

impl Position {
    /// The arguments with this value in this field.
    fn with(&self, field: &str, value: Value) -> Value {
        let mut fields: Map<String, Value> = self.beside.as_object().unwrap().clone();
        fields.insert(field.to_owned(), value);
        let mut arguments = self.arguments.clone();
        arguments[self.inside] = Value::Object(fields);
        arguments
    }

    /// What the operator sets beside a secret for it.
    fn set(&self) -> Vec<(&'static str, &'static str)> {
        let known = [("url", URL), ("host", HOST), ("port", "993")];
        let given = self.beside.as_object().unwrap();
        known
            .into_iter()
            .filter(|(name, _)| given.contains_key(*name))
            .collect()
    }

    fn name(&self) -> String {
        format!("{} {}.{}", self.tool, self.inside, self.field)
    }
}

const URL: &str = "https://api.example.com/v1";
const HOST: &str = "imap.example.com";

fn positions() -> Vec<Position> {
    let mut all = Vec::new();
    let mut key = |type_name: &str, field, plain, beside: Value| {
        all.push(Position {
            tool: "keys_create",
            arguments: json!({"teamId": 22, "name": "K", "typeName": type_name}),
            inside: "parameters",
            beside,
            field,
            plain,
        });
    };
    key(
        "basicauth",
        "authPass",
        "authUser",
        json!({"authUser": "jane"}),
    );
    key(
        "apikeyauth",
        "key",
        "placement",
        json!({"placement": "header"}),
    );
    key(
        "aes-key",
        "key",
        "keyEncoding",
        json!({"keyEncoding": "plain"}),
    );
    key(
        "apn",
        "privateKey",
        "keyId",
        json!({"keyId": "1", "teamId": "2"}),
    );
    key(
        "apn",
        "certificate",
        "production",
        json!({"privateKey": named("OTHER"), "method": "cert"}),
    );
    key(
        "clientcertauth",
        "privateKey",
        "unlisted",
        json!({"certificate": named("OTHER")}),
    );
    key(
        "clientcertauth",
        "certificate",
        "unlisted",
        json!({"privateKey": named("OTHER")}),
    );
    key("digest-secret", "secret", "unlisted", json!({}));
    key("gpg-private", "privateKey", "unlisted", json!({}));
    key(
        "gpg-private",
        "passphrase",
        "unlisted",
        json!({"privateKey": named("OTHER")}),
    );
    key("quantum-seal", "seal", "unlisted", json!({}));
    for (id, field, plain) in [
        (401, "authPass", "authUser"),
        (402, "key", "name"),
        (403, "key", "keyEncoding"),
    ] {
        all.push(Position {
            tool: "keys_update",
            arguments: json!({"keyId": id}),
            inside: "parameters",
            beside: json!({}),
            field,
            plain,
        });
    }
    for (kind, field, plain, beside) in [
        ("airtable2", "apiKey", "url", json!({"url": URL})),
        ("make", "apiKey", "url", json!({"url": URL})),
        (
            "imap",
            "password",
            "username",
            json!({"host": HOST, "port": 993, "username": "jane"}),
        ),
        ("openai-gpt-3", "apiKey", "organization", json!({})),
        ("openai-gpt-3", "anyOtherField", "email", json!({})),
    ] {
        all.push(Position {
            tool: "connections_create",
            arguments: json!({"teamId": 22, "name": "C", "accountName": kind}),
            inside: "data",
            beside,
            field,
            plain,
        });
    }
    for (id, field, plain, beside) in [
        (104, "apiKey", "url", json!({"url": URL})),
        (
            203,
            "password",
            "username",
            json!({"host": HOST, "port": 993, "username": "jane"}),
        ),
    ] {
        all.push(Position {
            tool: "connections_update",
            arguments: json!({"connectionId": id}),
            inside: "data",
            beside,
            field,
            plain,
        });
    }
    all
}

/// Whether the value stands in anything that arrived at the zone.
fn on_the_wire(world: &World, value: &str) -> usize {
    let escaped = json!(value).to_string();
    let escaped = escaped.trim_matches('"').as_bytes().to_vec();
    let holds = |body: &[u8]| body.windows(escaped.len()).any(|part| part == escaped);
    world
        .zone
        .requests()
        .iter()
        .filter(|request| holds(&request.body))
        .count()
}

async fn refused(
    world: &World,
    session: &Session,
    position: &Position,
    arguments: Value,
) -> Failure {
    world.zone.clear_requests();
    let failure = call(session, position.tool, arguments).await.unwrap_err();
    let changing = world
        .sent()
        .into_iter()
        .filter(|line| !line.starts_with("GET"));
    assert_eq!(changing.count(), 0, "{}: {failure:?}", position.name());
    assert_eq!(on_the_wire(world, VALUE), 0, "{}", position.name());
    failure
}

#[tokio::test]
async fn only_the_right_secret_in_the_right_place_reaches_the_wire() {
    let (mut right, mut wrong) = (0, 0);
    for position in positions() {
        let world = World::new().await;
        let name = position.name();
        let set = position.set();
        let (bot, other) = (agent(&world, "bot"), agent(&world, "other"));
        let whole = binding(&ALL_TOOLS, &set);
        world.keep("SHOP", VALUE, &whole).await;
        world.keep("OTHER", "another-secret-9f2", &whole).await;
        let reference = |name: &str| position.with(position.field, named(name));

        let answer = call(&bot, position.tool, reference("SHOP")).await;
        assert!(answer.is_ok(), "{name}: {answer:?}");
        assert_eq!(on_the_wire(&world, VALUE), 1, "{name}");
        let body = world.last_body();
        let field = if position.inside == "data" {
            &body[position.field]
        } else {
            &body["parameters"][position.field]
        };
        assert_eq!(field, VALUE, "{name}");
        right += 1;

        // Bound to another tool, another field, another type.
        let others: Vec<&str> = ALL_TOOLS
            .into_iter()
            .filter(|tool| *tool != position.tool)
            .collect();
        world
            .keep("ELSEWHERE", VALUE, &binding(&others, &set))
            .await;
        let mut field = whole.clone();
        field.fields = [format!("{}.elsewhere", position.inside)].into();
        world.keep("FIELD", VALUE, &field).await;
        let mut kind = whole.clone();
        kind.types = ["someothertype".parse().unwrap()].into();
        world.keep("TYPE", VALUE, &kind).await;
        for bound in ["ELSEWHERE", "FIELD", "TYPE"] {
            let failure = refused(&world, &bot, &position, reference(bound)).await;
            assert_eq!(failure.code, Code::NotGranted, "{name} {bound}");
            wrong += 1;
        }

        // Another agent hears the same of it as of a name that nobody has.
        let theirs = refused(&world, &other, &position, reference("SHOP")).await;
        let nobodys = refused(&world, &other, &position, reference("NOBODY")).await;
        assert_eq!(theirs.code, Code::SecretUnavailable, "{name}");
        assert_eq!(json!(theirs), json!(nobodys), "{name}");
        wrong += 2;

        // Outside a secret position: a plain field, inside a field, in another argument.
        let mut elsewhere = position.with("x", json!("y"));
        elsewhere["name"] = named("SHOP");
        let mut in_plain = position.with(position.plain, named("SHOP"));
        if position.tool == "connections_update" {
            // Otherwise it is refused for what it would empty.
            in_plain[position.inside][position.field] = Value::Null;
        }
        for arguments in [
            in_plain,
            position.with(position.field, json!([named("SHOP")])),
            position.with(position.field, json!({"a": named("SHOP")})),
            position.with(position.field, json!({"$secret": "SHOP", "a": 1})),
            position.with(position.field, json!(named("SHOP").to_string())),
            elsewhere,
        ] {
            let failure = refused(&world, &bot, &position, arguments).await;
            assert_eq!(failure.code, Code::InvalidArguments, "{name}: {failure:?}");
            wrong += 1;
        }

        // The value itself, which names the two ways that work.
        let literal = position.with(position.field, json!(VALUE));
        let failure = refused(&world, &bot, &position, literal).await;
        assert_eq!(failure.code, Code::PlaintextSecretRefused, "{name}");
        assert!(failure.next.contains("secrets_list"), "{}", failure.next);
        assert!(
            failure
                .next
                .contains("credential_requests_create_by_credentials")
        );
        wrong += 1;
    }
    println!(
        "named secrets: {right} positions, {right} right uses on the wire, {wrong} wrong ones, 0 of them on the wire"
    );
}

#[tokio::test]
async fn a_secret_that_make_echoes_comes_back_redacted() {
    let mut echoes = 0;
    for position in positions() {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        let whole = binding(&ALL_TOOLS, &position.set());
        world.keep("SHOP", VALUE, &whole).await;
        world.keep("OTHER", "another-secret-9f2", &whole).await;
        for (status, body) in [
            (200, universal(VALUE)),
            (
                400,
                json!({"message": format!("bad: {VALUE}"), "detail": VALUE, "code": "IM005"}),
            ),
            (424, json!({"message": json!({"sent": VALUE}).to_string()})),
            (
                406,
                json!({"code": "IM004", "metadata": [{"id": 1, "name": VALUE, "type": VALUE}]}),
            ),
        ] {
            for method in ["POST", "PATCH"] {
                let effect = Effect::json(status, &body);
                world.zone.inject(Fault::new(effect).on(method, "/"));
            }
            let arguments = position.with(position.field, named("SHOP"));
            let answer = match call(&bot, position.tool, arguments).await {
                Ok(answer) => answer,
                Err(failure) => json!(failure),
            };
            // What leaves the process goes through the session's scrubber.
            let shown = bot
                .scrubber()
                .json(answer.to_string().into_bytes(), &Author::Ours);
            let shown = String::from_utf8(shown).unwrap();
            for part in ["sk-named", "4f1c", "9d07", "e2+b8"] {
                assert!(!shown.contains(part), "{}: {shown}", position.name());
            }
            assert!(status == 200 || shown.contains("[redacted]"), "{shown}");
            world.zone.clear_faults();
            echoes += 1;
        }
        for (path, bytes) in crate::binary::files(&world.home) {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("9d07"), "{}", path.display());
        }
    }
    println!("named secrets: {echoes} echoes by Make, all redacted");
}
