//! `call`: one call as the agent would make it, with the same policy.

use serde_json::{Map, Value};

use crate::config::Environment;
use crate::secret::{Author, Scrubber};
use crate::tools::{CallContext, Code, Outcome};

use super::env_agent::AgentFlags;
use super::{Ended, text};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tool
    tool: String,
    /// Its arguments as a JSON object
    #[arg(long = "args", value_name = "JSON", default_value = "{}")]
    arguments: String,
    #[command(flatten)]
    agent: AgentFlags,
}

impl Args {
    /// The arguments of the tool, as they were given.
    pub(super) fn arguments(&self) -> &str {
        &self.arguments
    }
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: Scrubber,
) -> anyhow::Result<Ended> {
    let Ok(arguments) = serde_json::from_str::<Map<String, Value>>(&args.arguments) else {
        text::problem("--args must be a JSON object, such as '{\"teamId\": 22}'");
        return Ok(Ended::Usage);
    };
    let session = args.agent.session(environment, scrubber.clone()).await?;
    let context = CallContext::default();
    let outcome = session
        .call(&args.tool, arguments, context, std::future::pending())
        .await;
    let (value, foreign, ended) = match outcome {
        Outcome::Answer(answer) => (Value::Object(answer.fields), answer.foreign, Ended::Done),
        Outcome::Failed(failure) => {
            let foreign = failure.foreign;
            let ended = ended(failure.code);
            (serde_json::to_value(failure)?, foreign, ended)
        }
        Outcome::UnknownTool(nearest) => {
            let hint = nearest
                .map(|name| format!("; did you mean {name}?"))
                .unwrap_or_default();
            text::problem(format!("no such tool{hint}"));
            return Ok(Ended::Refused);
        }
        // Nobody can be asked here, so no call ends with a question.
        Outcome::Cancelled | Outcome::Asks(_) | Outcome::BadState => return Ok(Ended::Failed),
    };
    let shown = scrubber.json(serde_json::to_vec_pretty(&value)?, &Author::Ours);
    text::json(String::from_utf8_lossy(&shown));
    if foreign.removed + foreign.shortened > 0 {
        text::problem(format!(
            "note: of what Make wrote, {} characters were taken out and {} texts cut",
            foreign.removed, foreign.shortened
        ));
    }
    Ok(ended)
}

/// How a call ended that failed so: arguments that cannot be used are words that are off, and no
/// from policy, from a person or from Make is a refusal.
fn ended(code: Code) -> Ended {
    match code {
        Code::InvalidArguments => Ended::Usage,
        Code::NotGranted
        | Code::AgentRevoked
        | Code::AgentExpired
        | Code::ConfirmationRequired
        | Code::NotConfirmed
        | Code::WouldBreak
        | Code::PlaintextSecretRefused
        | Code::UnknownCredential
        | Code::NotFound
        | Code::MakeRefusedUs
        | Code::Forbidden
        | Code::PlanGate
        | Code::Paused
        | Code::ProviderRefused
        | Code::Rejected
        | Code::PossibleDuplicate => Ended::Refused,
        Code::RateLimited
        | Code::Busy
        | Code::Unavailable
        | Code::OutcomeUnknown
        | Code::AuditUnavailable
        | Code::SecretUnavailable
        | Code::Internal => Ended::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_from_a_failure_and_from_words_that_are_off() {
        for code in [
            Code::Forbidden,
            Code::PlaintextSecretRefused,
            Code::WouldBreak,
            Code::PlanGate,
            Code::AgentRevoked,
            Code::NotFound,
        ] {
            assert_eq!(ended(code), Ended::Refused, "{code:?}");
        }
        assert_eq!(ended(Code::InvalidArguments), Ended::Usage);
        for code in [Code::Unavailable, Code::OutcomeUnknown, Code::Internal] {
            assert_eq!(ended(code), Ended::Failed, "{code:?}");
        }
    }
}
