//! The map of the crate, held by reading the source: who may import whom, how long a file may be,
//! where a secret is exposed and who reads the environment.

use std::path::{Path, PathBuf};

/// The modules of the crate and what each may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("secret", &[]),
    ("harden", &[]),
    ("clock", &[]),
    ("file_trust", &["visible"]),
    ("network", &["visible", "file_trust"]),
    ("visible", &[]),
    ("secret_detector", &[]),
    ("config", &["ids", "secret", "file_trust"]),
    ("state", &["ids", "secret", "clock", "file_trust"]),
    ("audit", &["ids", "secret", "file_trust"]),
    ("grants", &["ids"]),
    ("policy", &["ids", "grants"]),
    (
        "secrets",
        &[
            "ids",
            "secret",
            "config",
            "network",
            "visible",
            "file_trust",
        ],
    ),
    ("make", &["ids", "secret", "policy", "network"]),
    (
        "agents",
        &[
            "ids", "secret", "network", "grants", "policy", "make", "secrets", "state", "audit",
        ],
    ),
    (
        "tools",
        &[
            "ids",
            "secret",
            "clock",
            "secret_detector",
            "grants",
            "policy",
            "make",
            "secrets",
            "state",
            "audit",
            "visible",
        ],
    ),
    ("mcp", &["ids", "secret", "grants", "tools"]),
    ("sandbox", &["ids"]),
    ("log", &["config", "secret", "visible"]),
];

/// These see everything.
const TOP: [&str; 3] = ["cli", "main", "lib"];

const LONGEST: usize = 400;

struct File {
    /// Below `src/`.
    name: String,
    text: String,
}

impl File {
    fn module(&self) -> &str {
        let first = self.name.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules it lies below the root of the crate.
    fn depth(&self) -> usize {
        let steps = self.name.split('/').count();
        steps - usize::from(self.name.ends_with("/mod.rs"))
    }

    /// The code without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
    }
}

fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open: Vec<PathBuf> = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                found.push(File {
                    name: name.replace('\\', "/"),
                    text: std::fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    assert!(found.len() > 50);
    found
}

/// The modules named behind `crate::`, also in a group over several lines.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for behind in code.split("crate::").skip(1) {
        let Some(group) = behind.strip_prefix('{') else {
            found.push(word(behind));
            continue;
        };
        let mut depth = 1;
        let mut fresh = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => fresh = true,
                c if fresh && depth == 1 && c.is_alphabetic() => {
                    found.push(word(group.get(at..).unwrap()));
                    fresh = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn groups_of_imports_are_read() {
    let code = "use crate::ids::A; use crate::{make::{self, B}, tools, secret::C}; crate::log::x()";
    assert_eq!(imports(code), ["ids", "make", "tools", "secret", "log"]);
}

#[test]
fn each_module_imports_what_it_may() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = file.module();
        if TOP.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: `{module}` is not in the table", file.name));
            continue;
        };
        let code: Vec<&str> = file.code().map(|(_, line)| line).collect();
        for import in imports(&code.join("\n")) {
            if import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports `{import}`", file.name));
            }
        }
        // `super` as often as the file lies deep is another way to the root.
        let way_out = "super::".repeat(file.depth());
        for (at, line) in file.code() {
            let in_tests = line.starts_with("    ") && line.contains("super::super::");
            if line.contains(&way_out)
                && (file.depth() > 1 || !line.starts_with("    "))
                && !in_tests
            {
                wrong.push(format!("{}:{at} leaves its module by `super`", file.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_file_says_what_it_is_for_and_is_short() {
    let mut wrong = Vec::new();
    for file in sources() {
        if !file.text.starts_with("//! ") {
            wrong.push(format!("{} does not open with `//!`", file.name));
        }
        let lines = file.text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{} has {lines} lines", file.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_exposed_secret_says_why() {
    let mut wrong = Vec::new();
    for file in sources() {
        if file.module() == "secret" {
            continue;
        }
        let code = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines: Vec<&str> = code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let reasons = &lines[at.saturating_sub(3)..at];
            let exposes = line.contains("expose()") || line.contains("expose_secret()");
            if exposes && !reasons.iter().any(|reason| reason.contains("// EXPOSE: ")) {
                wrong.push(format!("{}:{}", file.name, at + 1));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "without `// EXPOSE:`:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn one_file_reads_the_environment() {
    for file in sources() {
        let reads = file.code().any(|(_, line)| {
            ["env::var", "env::vars", "option_env!"]
                .iter()
                .any(|call| line.contains(call))
        });
        assert!(!reads || file.name == "config.rs", "{}", file.name);
    }
}
