//! The file, its mode, and what several processes see of each other.

use super::*;
use crate::ids::TeamId;

fn home(name: &str) -> PathBuf {
    let home = std::env::temp_dir().join(format!("mcm-state-{name}-{}", std::process::id()));
    let _left_over = std::fs::remove_dir_all(&home);
    home
}

fn link() -> Link {
    Link {
        url: "https://eu1.make.com/credence/22/x".to_owned(),
        team: TeamId::new(22).ok(),
        created: 1,
    }
}

#[tokio::test]
async fn a_link_is_for_the_agent_that_made_it_and_survives_the_process() {
    let home = home("links");
    let first = State::at(Some(home.clone()));
    first
        .keep_link("t", "request r", "env", link())
        .await
        .unwrap();
    let second = State::at(Some(home.clone()));
    assert_eq!(
        second.link("t", "request r", "env").await.unwrap(),
        Some(link())
    );
    assert_eq!(second.link("t", "request r", "other").await.unwrap(), None);
    assert_eq!(second.link("u", "request r", "env").await.unwrap(), None);
    first.erase_link("t", "request r").await.unwrap();
    assert_eq!(second.link("t", "request r", "env").await.unwrap(), None);
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn a_gate_opens_again_when_its_time_is_over() {
    let home = home("gates");
    let state = State::at(Some(home.clone()));
    state.close_gate("t", "v2 22", 100).await.unwrap();
    assert!(state.gate_is_closed("t", "v2 22", 99).await.unwrap());
    assert!(!state.gate_is_closed("t", "v2 22", 100).await.unwrap());
    assert!(!state.gate_is_closed("t", "v2 23", 99).await.unwrap());
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn an_anchor_only_moves_on_and_is_counted() {
    let home = home("anchors");
    let state = State::at(Some(home.clone()));
    assert_eq!(state.anchor().await.unwrap(), None);
    let anchor = |generation, sequence, mac: &str| Anchor {
        generation,
        sequence,
        mac: mac.to_owned(),
    };
    for (sequence, mac, known) in [
        (7, "seven", anchor(1, 7, "seven")),
        (9, "nine", anchor(2, 9, "nine")),
        (8, "eight", anchor(2, 9, "nine")),
    ] {
        let kept = state.keep_anchor(sequence, mac.to_owned()).await;
        assert_eq!(kept.unwrap(), known);
    }
    let kept = anchor(2, 9, "nine");
    assert_eq!(state.anchor().await.unwrap(), Some(kept));
    std::fs::remove_dir_all(home).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn folder_and_files_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home("modes");
    let state = State::at(Some(home.clone()));
    state.keep_link("t", "o", "env", link()).await.unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    for entry in std::fs::read_dir(&home).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn a_newer_file_is_left_alone() {
    let home = home("newer");
    let state = State::at(Some(home.clone()));
    state.keep_link("t", "o", "env", link()).await.unwrap();
    drop(state);
    let database = Connection::open(home.join("state.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let error = State::at(Some(home.clone()))
        .link("t", "o", "env")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::TooNew), "{error}");
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn a_create_is_known_by_its_key_for_a_day_and_by_itself_for_ten_minutes() {
    let home = home("creates");
    let state = State::at(Some(home.clone()));
    let new = |digest: &str, key: Option<&str>| NewCreate {
        scope: "bot eu1.make.com".to_owned(),
        digest: digest.to_owned(),
        key: key.map(str::to_owned),
    };
    let begin = |new, now| state.begin_create(new, now);
    let first = begin(new("a", Some("k")), 1000).await.unwrap();
    let Begun::New(id) = first else {
        panic!("{first:?}")
    };
    let open = Create {
        answer: None,
        began: 1000,
    };
    let done = Create {
        answer: Some("{}".to_owned()),
        ..open.clone()
    };
    let same = begin(new("a", Some("k")), 1001).await.unwrap();
    assert_eq!(same, Begun::SameKey(open.clone()));
    let alike = begin(new("a", None), 1599).await.unwrap();
    assert_eq!(alike, Begun::Alike(open));
    state.settle_create(id, "{}".to_owned()).await.unwrap();
    // Another process finds it as well.
    let other = State::at(Some(home.clone()));
    let same = other.begin_create(new("a", Some("k")), 1000 + 86_399).await;
    assert_eq!(same.unwrap(), Begun::SameKey(done));
    // A look alone finds the same, and nothing that is over.
    for (now, is_known) in [(1000 + 86_399, true), (1000 + 86_400, false)] {
        let found = other.known_create(new("a", Some("k")), now).await;
        assert_eq!(found.unwrap().is_some(), is_known, "{now}");
    }
    let taken = begin(new("b", Some("k")), 1002).await.unwrap();
    assert_eq!(taken, Begun::KeyOfAnother);
    for (new, now) in [
        (new("a", Some("k2")), 1003),
        (new("b", None), 1003),
        (new("a", None), 1700),
        (new("a", Some("k")), 1000 + 86_400),
    ] {
        let found = begin(new, now).await.unwrap();
        let Begun::New(id) = found else {
            panic!("{found:?}")
        };
        state.forget_create(id).await.unwrap();
    }
    state.forget_creates_of("bot").await.unwrap();
    let again = begin(new("a", Some("k")), 1004).await.unwrap();
    assert!(matches!(again, Begun::New(_)));
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn agents_from_before_get_an_id_and_what_was_approved_before_is_over() {
    let home = home("creations");
    std::fs::create_dir_all(&home).unwrap();
    let database = Connection::open(home.join("state.db")).unwrap();
    #[cfg(unix)]
    {
        // As this program makes it.
        use std::os::unix::fs::PermissionsExt as _;
        let closed = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(home.join("state.db"), closed).unwrap();
    }
    for migration in &MIGRATIONS[..9] {
        database.execute_batch(migration).unwrap();
    }
    database.pragma_update(None, "user_version", 9).unwrap();
    for name in ["one", "two"] {
        let add = "INSERT INTO agents VALUES (?1, 'active', '{}', 'z', 's', 'null', 1, 1)";
        database.execute(add, [name]).unwrap();
    }
    let approved = "INSERT INTO approvals
        VALUES ('abcdef', 'one', 't', 'b', '{}', 'approved', 1, unixepoch(), 'me', 'm')";
    database.execute(approved, []).unwrap();
    drop(database);
    let state = State::at(Some(home.clone()));
    let agents = state.agents().await.unwrap();
    let ids: Vec<String> = agents.iter().map(|agent| agent.creation.clone()).collect();
    let is_id = |id: &String| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(ids.len() == 2 && ids.iter().all(is_id), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
    assert_eq!(state.approvals().await.unwrap(), []);
    // A change of the agent does not change it.
    let mut changed = agents[0].clone();
    "revoked".clone_into(&mut changed.standing);
    "another".clone_into(&mut changed.creation);
    assert!(state.write_agent(changed).await.unwrap().is_some());
    let kept = state.agent("one").await.unwrap().unwrap();
    assert_eq!(
        (kept.standing.as_str(), &kept.creation),
        ("revoked", &ids[0])
    );
    std::fs::remove_dir_all(home).unwrap();
}

/// What a variable names is another folder, however alike.
#[cfg(unix)]
#[test]
fn only_the_home_folder_in_the_systems_list_of_users_is_the_users_own() {
    let Some(user) = crate::file_trust::user_folder() else {
        // Some systems keep the list elsewhere; then none is.
        assert!(!files::is_own(std::path::Path::new(
            "/.make-credentials-mcp"
        )));
        return;
    };
    assert!(files::is_own(&user.join(".make-credentials-mcp")));
    for other in [
        user.clone(),
        user.join("x/.make-credentials-mcp"),
        user.join("x"),
    ] {
        assert!(!files::is_own(&other), "{}", other.display());
    }
}
