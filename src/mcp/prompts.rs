//! Prompts: the three jobs a person most often starts.

use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::Value;

/// The longest argument that goes into a prompt, in characters.
const ARGUMENT_CAP: usize = 200;

struct Job {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    arguments: &'static [(&'static str, &'static str, bool)],
    text: &'static str,
}

const JOBS: [Job; 3] = [
    Job {
        name: "connect_app",
        title: "Connect an app",
        description: "Finds a connection to reuse, or lets a person sign in.",
        arguments: &[
            ("app", "The app, such as slack or google-sheets", true),
            ("team", "The team's name or id", false),
        ],
        text: "Connect the app named in `app` for the team named in `team` (or the only team).\n\
               1. agent_status for the teams; teams_list when the name is not among them.\n\
               2. credential_requests_list_app_modules_with_creds for the connection types and scopes.\n\
               3. connections_find_reusable with the type and scopes. If one fits, connections_verify it and stop.\n\
               4. Otherwise credential_requests_create, give the person the link, credential_requests_wait.\n\
               5. connections_verify what came out, then say which connection it is.\n\
               Never ask for a password, key or token in chat.",
    },
    Job {
        name: "reauthorize_connection",
        title: "Mend a connection",
        description: "Finds out why a connection fails and lets a person sign in again.",
        arguments: &[("connection", "The connection's name or id", true)],
        text: "Mend the connection named in `connection`.\n\
               1. connections_list to find it, connections_get for its type, scopes and expiry.\n\
               2. connections_verify. If it works, say so and stop.\n\
               3. If scopes are missing: credential_requests_extend_connection.\n\
               4. Otherwise credential_requests_create_by_credentials with the same type and scopes: a new \
               connection is safer than changing the old one. Give the person the link, then \
               credential_requests_wait.\n\
               5. Say that scenarios still use the old connection until somebody changes them.",
    },
    Job {
        name: "clean_up_credentials",
        title: "Clean up credentials",
        description: "Lists what is expired, double or was never answered. Deletes nothing by itself.",
        arguments: &[("team", "The team's name or id", false)],
        text: "Look for credentials that may go, in the team named in `team` (or the only team).\n\
               1. connections_list with `fields` id, name, accountName, expire, metadata; keys_list; \
               credential_requests_list. Go on with `cursor` to the last row.\n\
               2. Of connections with the same accountName and the same metadata value: connections_get for \
               their scopes.\n\
               3. Name connections whose expire is past, those with the same accountName, metadata value and \
               scopes, keys with the same name and typeName, and requests that are pending or expired. Whether \
               something is used no list says: do not claim it.\n\
               4. Show the person a table with id, name and reason. Delete nothing before they have named the ids.\n\
               5. Then connections_delete, keys_delete or credential_requests_delete, one by one. When \
               connections_delete answers `would_break`, show what would break and ask again. Which scenarios use \
               a key Make cannot say: tell the person before keys_delete.",
    },
];

/// The prompts as clients see them.
pub(super) fn all() -> Vec<Prompt> {
    JOBS.iter()
        .map(|job| {
            let arguments = job.arguments.iter().map(|(name, description, required)| {
                PromptArgument::new(*name)
                    .with_description(*description)
                    .with_required(*required)
            });
            Prompt::new(job.name, Some(job.description), Some(arguments.collect()))
                .with_title(job.title)
        })
        .collect()
}

/// One prompt, filled in. Arguments are quoted as data, never woven into our sentences.
pub(super) fn get(name: &str, arguments: &JsonObject) -> Result<GetPromptResult, ErrorData> {
    let job = JOBS.iter().find(|job| job.name == name);
    let job = job.ok_or_else(|| {
        let names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
        ErrorData::invalid_params(
            format!("unknown prompt; there are {}", names.join(", ")),
            None,
        )
    })?;
    let mut text = job.text.to_owned();
    for (name, _, required) in job.arguments {
        match arguments.get(*name) {
            Some(Value::String(value)) if value.chars().count() <= ARGUMENT_CAP => {
                let quoted = Value::from(value.as_str());
                text.extend(["\n`", name, "` is ", &quoted.to_string(), "."]);
            }
            None if !required => {}
            _ => {
                let problem = format!("`{name}` must be text of at most {ARGUMENT_CAP} characters");
                return Err(ErrorData::invalid_params(problem, None));
            }
        }
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(job.description))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::ALL;

    /// The columns that rows of this list may have.
    fn columns(tool: &str) -> Vec<&'static str> {
        let entry = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
        let schema = &entry.schemas().output;
        let rows = &schema["properties"][entry.spec.list.unwrap().rows];
        let columns = rows["items"]["properties"].as_object().unwrap();
        columns.keys().map(String::as_str).collect()
    }

    #[test]
    fn what_a_prompt_names_is_there() {
        for job in &JOBS {
            let words = job
                .text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let tools = words.filter(|word| {
                let first = word.split_once('_').unwrap_or_default().0;
                ["connections", "keys", "credential", "agent", "teams"].contains(&first)
            });
            for tool in tools {
                let known = ALL.iter().any(|entry| entry.spec.name == tool);
                assert!(known, "{}: {tool}", job.name);
            }
        }
        let clean_up = &JOBS[2];
        let (_, asked) = clean_up.text.split_once("`fields` ").unwrap();
        let asked: Vec<&str> = asked.split(';').next().unwrap().split(", ").collect();
        assert_eq!(asked, ["id", "name", "accountName", "expire", "metadata"]);
        for column in asked {
            assert!(columns("connections_list").contains(&column), "{column}");
        }
        let usual = |tool: &str| {
            let entry = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
            entry.spec.list.unwrap().columns
        };
        assert!(usual("keys_list").contains(&"typeName"));
        assert!(usual("credential_requests_list").contains(&"expired"));
        assert!(!format!("{}{}", clean_up.description, clean_up.text).contains("unused"));
    }
}
