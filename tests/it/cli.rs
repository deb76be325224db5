//! The commands as an operator meets them: a file a case in `tests/cli/`.

#[test]
fn the_commands_say_what_the_files_hold() {
    let mode = if crate::snapshot::overwriting() { "overwrite" } else { "" };
    let cases = trycmd::TestCases::new();
    cases.default_bin_name("make-credentials-mcp").case("tests/cli/*.toml");
    if mode == "overwrite" {
        cases.env("TRYCMD", "overwrite");
    }
    cases.run();
}
