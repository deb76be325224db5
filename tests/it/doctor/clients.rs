//! Keys in the files of clients, and the environment that clients do not pass on.

use super::{Scene, write};
use crate::canary::Canary;

const TOKEN: &str = "2544847b-1111-4222-8333-0123456789ab";

/// The folder of applications on this system.
const APPLICATIONS: &str = if cfg!(target_os = "macos") {
    "Library/Application Support"
} else if cfg!(windows) {
    "AppData/Roaming"
} else {
    ".config"
};

#[tokio::test]
async fn a_key_in_the_file_of_a_client_is_named_by_its_line_and_not_shown() {
    let scene = Scene::new("keys").await;
    let stdio = format!(
        "{{\"mcpServers\": {{\"make\": {{\n \"env\": {{\"MAKE_API_KEY\": \"{TOKEN}\"}}}}}}}}"
    );
    let remote = format!("{{\n\n \"url\": \"https://eu1.make.com/mcp/u/{TOKEN}/sse\"}}");
    let toml = format!(
        "[mcp_servers.make]\nurl = \"x\"\n[mcp_servers.make.env]\nMAKE_API_KEY = \"{TOKEN}\"\n"
    );
    let desktop = format!("{APPLICATIONS}/Claude/claude_desktop_config.json");
    let code = format!("{APPLICATIONS}/Code/User/mcp.json");
    let files = [
        (desktop.as_str(), "Claude Desktop", &stdio, 2),
        (".claude.json", "Claude Code", &stdio, 2),
        (code.as_str(), "VS Code", &remote, 3),
        (".cursor/mcp.json", "Cursor", &remote, 3),
        (".codex/config.toml", "Codex", &toml, 4),
    ];
    let canary = Canary::of(TOKEN);
    for (file, client, text, line) in files {
        let path = scene.user.join(file);
        write(&path, text);
        let said = scene.doctor(&[]).await;
        assert_eq!(said.code, 1);
        assert_eq!(said.of("client_key"), [format!("red client {client}")]);
        let (finding, next) = said.told("client_key");
        assert!(finding.contains(&format!("~/{file}:{line} ")), "{finding}");
        assert!(next.contains("agent add"), "{next}");
        canary.assert_absent(file, said.shown.to_string());
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(scene.doctor(&[]).await.of("client_file"), ["ok clients"]);
}

#[tokio::test]
async fn a_key_in_the_configuration_of_a_project_is_found_from_its_folder() {
    let scene = Scene::new("project").await;
    let text = format!("{{\n \"env\": {{\"MAKE_API_KEY\": \"{TOKEN}\"}}}}");
    let project = scene.user.join("project");
    for (file, client) in [
        (".mcp.json", "Claude Code"),
        (".vscode/mcp.json", "VS Code"),
        (".cursor/mcp.json", "Cursor"),
        (".codex/config.toml", "Codex"),
    ] {
        let path = project.join(file);
        write(&path, &text);
        let left = crate::binary::run_in(&project, &scene.user, &["doctor", "--offline"]).await;
        assert_eq!(left.code, Some(1), "{}", left.all());
        let wanted = format!("client {client}: ./{file}:2 holds a Make API token");
        assert!(left.stdout.contains(&wanted), "{wanted}: {}", left.stdout);
        Canary::of(TOKEN).assert_absent(file, left.all());
        // Elsewhere it is nobody's business.
        assert_eq!(
            scene.doctor(&[]).await.of("client_key"),
            Vec::<String>::new()
        );
        std::fs::remove_file(path).unwrap();
    }
    // Where the project is the user's folder, a file is looked through once.
    write(&scene.user.join(".cursor/mcp.json"), &text);
    assert_eq!(
        scene.doctor(&[]).await.of("client_key"),
        ["red client Cursor"]
    );
}

#[tokio::test]
async fn other_ids_are_no_keys_and_what_may_be_one_is_yellow() {
    let scene = Scene::new("ids").await;
    let file = scene.user.join(".claude.json");
    write(
        &file,
        format!("{{\"sessionId\": \"{TOKEN}\", \"env\": {{\"MAKE_API_KEY\": \"${{KEY}}\"}}}}"),
    );
    // Beside the name of the key an id is one.
    assert_eq!(
        scene.doctor(&[]).await.of("client_key"),
        ["red client Claude Code"]
    );
    write(
        &file,
        format!("{{\"sessionId\": \"{TOKEN}\", \"seen\": \"eu1.make.com\"}}"),
    );
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("client_key")),
        (0, vec!["yellow client Claude Code".to_owned()])
    );
    write(&file, format!("{{\"sessionId\": \"{TOKEN}\"}}"));
    assert_eq!(scene.doctor(&[]).await.of("client_file"), ["ok clients"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_said_and_holds_nothing_up() {
    let scene = Scene::new("pipe").await;
    std::fs::create_dir_all(scene.user.join(".cursor/mcp.json")).unwrap();
    let large = scene.user.join(".claude.json");
    std::fs::File::create(large)
        .unwrap()
        .set_len(17 << 20)
        .unwrap();
    let said = scene.doctor(&[]).await;
    let mut of = said.of("client_file");
    of.retain(|one| one.starts_with("yellow"));
    assert_eq!(of, ["yellow client Claude Code", "yellow client Cursor"]);
}

#[tokio::test]
async fn a_token_in_the_environment_is_yellow_and_tried_once() {
    let scene = Scene::new("variable").await;
    let zone = scene.zone.zone();
    let token = scene.zone.issue_token("env", &["user:read"]);
    let environment = [("MAKE_API_KEY", token.as_str()), ("MAKE_ZONE", &zone)];
    let said = scene.doctor_in(&environment, &[], "").await;
    assert_eq!((said.code, said.sent.len()), (0, 1));
    assert_eq!(said.of("environment_token"), ["yellow environment"]);
    assert_eq!(said.of("token"), ["ok agent env"]);
    assert!(said.told("environment_token").1.contains("agent add NAME"));
    scene.zone.revoke_token(&token);
    let said = scene.doctor_in(&environment, &[], "").await;
    assert_eq!(
        (said.code, said.of("token")),
        (1, vec!["red agent env".to_owned()])
    );
    // Neither is sent anywhere.
    for environment in [
        [
            ("MAKE_API_KEY", token.as_str()),
            ("MAKE_ZONE", "make.example"),
        ],
        [("MAKE_API_KEY", TOKEN), ("MAKE_ZONE", &zone)],
        [("MAKE_API_KEY", "hunter2"), ("MAKE_ZONE", &zone)],
        [("MAKE_API_KEY", token.as_str()), ("MAKE_ZONE", "")],
    ] {
        let said = scene.doctor_in(&environment, &[], "").await;
        assert_eq!((said.code, said.sent.len()), (1, 0));
        assert_eq!(said.of("token"), ["red agent env"]);
        assert!(!said.shown.to_string().contains("hunter2"));
    }
}

#[tokio::test]
async fn proxies_in_the_environment_are_ignored_and_said() {
    let scene = Scene::new("proxies").await;
    let environment = [
        ("HTTPS_PROXY", "http://user:hunter2@proxy.example:3128"),
        ("SSL_CERT_FILE", "/etc/company.pem"),
    ];
    let said = scene.doctor_in(&environment, &[], "").await;
    let (finding, next) = said.told("environment_proxy");
    assert!(
        finding.contains("HTTPS_PROXY, SSL_CERT_FILE are set"),
        "{finding}"
    );
    assert!(
        next.contains("operator network --proxy URL --ca-file FILE"),
        "{next}"
    );
    assert!(!said.shown.to_string().contains("hunter2"));
    let set = [
        "operator",
        "network",
        "--proxy",
        "http://proxy.example:3128",
    ];
    assert_eq!(scene.run(&set, "").await.code, Some(0));
    let said = scene.doctor_in(&environment, &["--offline"], "").await;
    assert_eq!(said.of("environment_proxy"), [""; 0]);
    let way = said
        .findings()
        .into_iter()
        .find(|one| one["check"] == "way")
        .unwrap();
    assert!(
        way["finding"]
            .as_str()
            .unwrap()
            .contains("through the proxy http://proxy.example:3128")
    );
}

#[tokio::test]
async fn what_a_client_does_not_pass_on_is_said() {
    let scene = Scene::new("stripped").await;
    scene.issue("bot").await;
    let home = scene.home();
    let home = home.to_str().unwrap();
    let said = scene
        .doctor_in(&[("MAKE_CREDENTIALS_HOME", home)], &["--offline"], "")
        .await;
    assert_eq!(said.of("environment_home"), ["yellow environment"]);
    for (store, variable, subject) in [
        ("vault:secret/make#token", "VAULT_ADDR", "store vault"),
        ("aws-sm:make#token", "AWS_REGION", "store aws-sm"),
        ("env:BOT_TOKEN", "BOT_TOKEN", "store env"),
    ] {
        scene
            .change("bot", |agent| store.clone_into(&mut agent.store))
            .await;
        let said = scene
            .doctor_in(&[(variable, "x")], &["--offline"], "")
            .await;
        assert_eq!(said.of("environment_store"), [format!("yellow {subject}")]);
        let (finding, _) = said.told("environment_store");
        assert!(finding.contains(variable), "{finding}");
    }
}
