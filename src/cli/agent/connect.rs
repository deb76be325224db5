//! The configuration of a client that is to start the server for an agent. It holds no secret.

use serde_json::{Value, json};

use crate::config::Environment;
use crate::ids::AgentName;

/// The configuration, in the form that most clients read.
pub(super) fn client(agent: &AgentName, environment: &Environment) -> Value {
    let command = std::env::current_exe().map_or_else(
        |_| "make-credentials-mcp".to_owned(),
        |path| path.display().to_string(),
    );
    let mut server = json!({
        "command": command,
        "args": ["serve", "--agent", agent.as_str()],
    });
    // Clients start servers with an environment of their own.
    if let (false, Some(home), Some(server)) = (
        environment.home_is_usual,
        &environment.home,
        server.as_object_mut(),
    ) {
        let home = json!({"MAKE_CREDENTIALS_HOME": home.display().to_string()});
        server.insert("env".to_owned(), home);
    }
    json!({"mcpServers": {"make": server}})
}
