//! Files that tests compare with, and rewrite when `SNAPSHOTS=overwrite` is set.

use std::path::Path;

use serde_json::Value;

/// Whether this run rewrites instead of comparing.
pub(crate) fn overwriting() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a switch of the test run")]
    let mode = std::env::var("SNAPSHOTS");
    mode.as_deref() == Ok("overwrite")
}

/// Compares a file with what it should hold, or writes it.
pub(crate) fn matches(path: &Path, text: &str) {
    let found = std::fs::read_to_string(path).unwrap_or_default();
    if found == text {
        return;
    }
    if overwriting() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a file of the repository")]
        std::fs::write(path, text).unwrap();
        return;
    }
    let name = path
        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap_or(path)
        .display();
    snapbox::assert_data_eq!(
        snapbox::Data::text(text.to_owned()),
        snapbox::Data::text(found).raw()
    );
    panic!("{name} is stale; run SNAPSHOTS=overwrite cargo test and read the diff");
}

/// The same document with the names of fields in order, whatever map the build uses.
pub(crate) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            names
                .into_iter()
                .map(|name| (name.clone(), sorted(&fields[name])))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
