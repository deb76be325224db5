//! The demo comes out as told, fits a terminal of 100 columns, and shows no colour elsewhere.

use crate::binary::{home, run};

#[tokio::test]
async fn the_demo_comes_out_as_told() {
    let home = home("demo");
    let left = run(&home, &[], &["demo"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    for verdict in [
        "\n  tokens: 0 times\n",
        "\n  the secret, in what was written: 0 times\n",
        "\n  the secret, in what Make got: once\n",
    ] {
        assert!(left.stdout.contains(verdict), "{verdict}: {}", left.stdout);
    }
    assert!(left.stdout.contains("It sees 51 tools"), "{}", left.stdout);
    assert!(left.stdout.lines().all(|line| line.chars().count() <= 100));
    assert!(!left.all().contains('\u{1b}'));
    assert!(!left.all().contains(make_credentials_mcp::sandbox::CANARY));
    std::fs::remove_dir_all(home).unwrap();
}
