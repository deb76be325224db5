//! The environment: what of it a client does not pass on when it starts the server, what in it is
//! ignored, and a token in it. Names of variables are said, never their values.

use super::finding::Findings;
use super::machine::Machine;
use crate::config::TokenSource;
use crate::secrets::SecretReference;

/// Proxies and roots that other programs take from here. This one takes them from the operator
/// alone, so that nobody leads tokens elsewhere by a variable.
const IGNORED: [&str; 8] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

const VAULT: [&str; 12] = [
    "VAULT_ADDR",
    "VAULT_NAMESPACE",
    "VAULT_CACERT",
    "VAULT_TOKEN",
    "VAULT_ROLE_ID",
    "VAULT_SECRET_ID",
    "VAULT_APPROLE_MOUNT",
    "VAULT_K8S_ROLE",
    "VAULT_K8S_MOUNT",
    "VAULT_K8S_TOKEN_FILE",
    "VAULT_CLIENT_CERT",
    "VAULT_CLIENT_KEY",
];

const AWS: [&str; 14] = [
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_ENDPOINT_URL",
];

const KEYRING: [&str; 2] = ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];

/// Looks at the environment.
pub(super) fn check(machine: &Machine<'_>, found: &mut Findings) {
    token(machine, found);
    ignored(machine, found);
    if !machine.agents.is_empty() {
        home(machine, found);
        stores(machine, found);
    }
}

fn token(machine: &Machine<'_>, found: &mut Findings) {
    let name = match &machine.environment.token {
        Some(TokenSource::Value(_)) => "MAKE_API_KEY",
        Some(TokenSource::File(_)) => "MAKE_API_KEY_FILE",
        None => return,
    };
    found.yellow(
        "environment_token",
        "environment",
        format!("{name} is set: every program started from here may read that token, and nothing limits or rotates it"),
        format!("Give the agent a token of its own, `make-credentials-mcp agent add NAME --token-stdin --zone ZONE`, and take {name} out of the environment."),
    );
}

fn ignored(machine: &Machine<'_>, found: &mut Findings) {
    let set: Vec<&str> = IGNORED
        .into_iter()
        .filter(|name| machine.variables.get(name).is_some())
        .collect();
    let way = &machine.desk.network;
    let is_configured = way.proxy.is_some() || way.ca_file.is_some() || way.system_roots;
    if set.is_empty() || is_configured {
        return;
    }
    let (roots, proxies): (Vec<&str>, Vec<&str>) =
        set.iter().partition(|name| name.starts_with("SSL_"));
    let flag = if proxies.is_empty() {
        "--ca-file FILE"
    } else if roots.is_empty() {
        "--proxy URL"
    } else {
        "--proxy URL --ca-file FILE"
    };
    found.yellow(
        "environment_proxy",
        "environment",
        format!(
            "{} set and ignored: the way to Make is the operator's alone",
            are(&set)
        ),
        format!(
            "If Make is reached only that way, run `make-credentials-mcp operator network {flag}`."
        ),
    );
}

/// A client starts the server with a few variables alone.
fn home(machine: &Machine<'_>, found: &mut Findings) {
    if machine.environment.home_is_usual {
        return;
    }
    found.yellow(
        "environment_home",
        "environment",
        "MAKE_CREDENTIALS_HOME is set here, and a client may start the server without it: then it looks into ~/.make-credentials-mcp and finds no agent",
        "Set MAKE_CREDENTIALS_HOME in the `env` of the server in the client's configuration, as `agent add` prints it.",
    );
}

/// What stores need of it.
fn stores(machine: &Machine<'_>, found: &mut Findings) {
    let stores: Vec<(&str, SecretReference)> = machine
        .active()
        .filter_map(|agent| Some((agent.name.as_str(), agent.store.parse().ok()?)))
        .collect();
    for (scheme, names) in [
        ("vault", VAULT.as_slice()),
        ("aws-sm", AWS.as_slice()),
        ("keyring", KEYRING.as_slice()),
    ] {
        let agents: Vec<&str> = stores
            .iter()
            .filter(|(_, store)| store.scheme() == scheme)
            .map(|(name, _)| *name)
            .collect();
        let set = names.iter().copied();
        let set: Vec<&str> = set
            .filter(|name| machine.variables.get(name).is_some())
            .collect();
        let is_free = scheme == "keyring" && !cfg!(target_os = "linux");
        if !agents.is_empty() && !set.is_empty() && !is_free {
            stripped(scheme, &agents.join(", "), &set, found);
        }
    }
    for (name, store) in &stores {
        if let SecretReference::Env(variable) = store {
            stripped("env", name, &[variable.as_str()], found);
        }
    }
}

fn stripped(scheme: &str, agents: &str, set: &[&str], found: &mut Findings) {
    found.yellow(
        "environment_store",
        &format!("store {scheme}"),
        format!("the tokens of {agents} need {}, and a client may start the server without", set.join(", ")),
        "Have the client pass them on (the `env` of the server in its configuration, without secrets in it), or start the server by a script that sets them.",
    );
}

fn are(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}
