//! Drives generated blueprints through the tools of an agent: what is refused, and what an agent
//! reads of a stored one. Knows nothing of how the blueprints are generated.

pub(crate) mod random;
pub(crate) mod tally;

use std::collections::HashSet;

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::{CallContext, Code, Failure, Outcome, Session};
use serde_json::{Value, json};

use crate::world::{With, World, call};

/// So many characters in a row of a secret are too many to be seen.
const SEEN: usize = 8;

/// Every column that modules have.
const COLUMNS: [&str; 9] = [
    "id",
    "module",
    "version",
    "parameters",
    "mapper",
    "filter",
    "routes",
    "onerror",
    "metadata",
];

/// Whether each answer is held against the schema of its tool, which takes a while.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    HeldAgainstSchema,
    Unchecked,
}

/// An agent on a zone, whose answers are never cut.
pub(crate) struct Reader {
    world: World,
    session: Session,
    answers: Answers,
}

impl Reader {
    pub(crate) async fn new(answers: Answers) -> Self {
        let world = World::new().await;
        let session = world.with(With {
            confirmation: Confirmation::Never,
            cap_bytes: 1 << 20,
            ..With::default()
        });
        Self {
            world,
            session,
            answers,
        }
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, Failure> {
        if self.answers == Answers::HeldAgainstSchema {
            return call(&self.session, tool, arguments).await;
        }
        let arguments = arguments.as_object().unwrap().clone();
        let never = std::future::pending();
        let context = CallContext::default();
        match self.session.call(tool, arguments, context, never).await {
            Outcome::Answer(answer) => Ok(Value::Object(answer.fields)),
            Outcome::Failed(failure) => Err(failure),
            _ => panic!("{tool} was not answered"),
        }
    }

    /// The refusal of a new template for a secret in it; `None` when Make got the template.
    pub(crate) async fn refusal(&self, template: &Value) -> Option<String> {
        self.refusal_of("templates_create", template.clone()).await
    }

    /// The same for a template that replaces another.
    pub(crate) async fn refusal_of_update(&self, template: &Value) -> Option<String> {
        let mut arguments = json!({"templateId": 601});
        for part in ["blueprint", "controller", "scheduling"] {
            arguments[part] = template[part].clone();
        }
        self.refusal_of("templates_update", arguments).await
    }

    async fn refusal_of(&self, tool: &str, arguments: Value) -> Option<String> {
        self.world.zone.clear_requests();
        let sent_as = format!("{arguments}");
        let Err(failure) = self.call(tool, arguments).await else {
            return None;
        };
        let code = failure.code;
        assert_eq!(code, Code::PlaintextSecretRefused, "{failure:?} {sent_as}");
        let sent = self.world.sent();
        let is_change = |line: &String| !line.starts_with("GET ");
        let has_left = sent.iter().any(is_change);
        assert!(!has_left, "a refused template has left: {sent:?}");
        Some(json!(failure).to_string())
    }

    /// A stored template as an agent reads it, by one of the two tools in turn.
    pub(crate) async fn read(&self, template: &Value, number: usize) -> Value {
        let zone = &self.world.zone;
        let (tool, mut arguments, path) = if number.is_multiple_of(2) {
            let arguments = json!({"templateId": 601});
            (
                "templates_get_blueprint",
                arguments,
                "/templates/601/blueprint",
            )
        } else {
            let arguments = json!({"templateUrl": "9603-leads-to-crm"});
            let path = "/templates/public/9603-leads-to-crm/blueprint";
            ("public_templates_get_blueprint", arguments, path)
        };
        let stored = json!({
            "blueprint": template["blueprint"], "controller": template["controller"],
            "scheduling": template["scheduling"], "language": template["language"],
        });
        zone.clear_faults();
        zone.inject(Fault::new(Effect::json(200, &stored)).on("GET", path));
        arguments["fields"] = json!(COLUMNS);
        arguments["limit"] = json!(100);
        let answer = self.call(tool, arguments).await;
        answer.unwrap_or_else(|failure| panic!("{tool}: {failure:?}"))
    }
}

/// Whether a text shows a part of a secret.
pub(crate) fn shows(text: &str, secret_parts: &[String]) -> bool {
    let seen: HashSet<&[u8]> = text.as_bytes().windows(SEEN).collect();
    secret_parts.iter().any(|part| {
        if part.len() < SEEN {
            return text.contains(part.as_str());
        }
        part.as_bytes()
            .windows(SEEN)
            .any(|window| seen.contains(window))
    })
}
