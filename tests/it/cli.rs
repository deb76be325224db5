//! The commands as an operator meets them: a file a case in `tests/cli/`, which
//! `TRYCMD=overwrite cargo test` rewrites.

#[test]
fn the_commands_say_what_the_files_hold() {
    trycmd::TestCases::new()
        .default_bin_name("make-credentials-mcp")
        .case("tests/cli/*.toml");
}
