//! The README's table of tools is the table of tools, and its commands exist.

use std::fmt::Write as _;
use std::path::Path;

use make_credentials_mcp::grants::Toolset;
use make_credentials_mcp::tools::ALL;

use crate::snapshot;

const START: &str = "<!-- tools: written by `SNAPSHOTS=overwrite cargo test` -->\n";
const END: &str = "<!-- /tools -->\n";

fn table() -> String {
    let mut text = String::new();
    for toolset in Toolset::ALL {
        let off = if toolset.is_default() {
            ""
        } else {
            " (off unless named)"
        };
        writeln!(
            text,
            "\n**`{}`**{off}\n\n| tool | does | Make's scopes | |\n| --- | --- | --- | --- |",
            toolset.name()
        )
        .unwrap();
        for entry in ALL.iter().filter(|entry| entry.spec.toolset == toolset) {
            let spec = entry.spec;
            let scopes: Vec<&str> = spec.scopes.iter().map(|scope| scope.name()).collect();
            let scopes = if scopes.is_empty() {
                "none".to_owned()
            } else {
                scopes.join(", ")
            };
            let kind = if spec.effect.only_reads() {
                "reads"
            } else if spec.effect.destroys() {
                "can lose something"
            } else {
                "changes"
            };
            writeln!(
                text,
                "| `{}` | {} | {scopes} | {kind} |",
                spec.name, spec.title
            )
            .unwrap();
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_readme_lists_every_tool() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(START).unwrap();
    let (_, behind) = rest.split_once(END).unwrap();
    snapshot::matches(&path, &format!("{before}{START}{}{END}{behind}", table()));
}
