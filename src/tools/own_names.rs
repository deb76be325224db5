//! The names that this server gives the fields of arguments, answers and failures, as its schemas
//! list them: no secret that happens to be one of them takes it out of an answer.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::ALL;
use super::session::Snapshot;
use crate::make::Zone;
use crate::secret::Author;

/// The fields of failures, which no schema lists.
const OF_FAILURES: &[&str] = &[
    "approval",
    "candidates",
    "cause",
    "causes",
    "changed",
    "code",
    "command",
    "dependents",
    "dependentsInAll",
    "detail",
    "details",
    "fields",
    "make",
    "message",
    "next",
    "plan",
    "retryAfterS",
    "retryable",
    "status",
    "verdict",
    "with",
];

static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names: BTreeSet<String> = OF_FAILURES.iter().map(|&name| name.to_owned()).collect();
    for entry in ALL.iter() {
        let schemas = entry.schemas();
        collect(&schemas.input, &mut names);
        collect(&schemas.output, &mut names);
    }
    names
});

/// Whether a field of ours has this name.
pub fn is_own_name(name: &str) -> bool {
    NAMES.contains(name)
}

/// The hosts of Make that everybody knows.
pub fn public_hosts() -> impl Iterator<Item = &'static str> {
    Zone::public_hosts()
}

fn collect(schema: &Map<String, Value>, names: &mut BTreeSet<String>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        names.extend(properties.keys().cloned());
        for property in properties.values().filter_map(Value::as_object) {
            collect(property, names);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(Value::Object(below)) = schema.get(keyword) {
            collect(below, names);
        }
    }
}

impl Snapshot {
    /// An answer before it is kept or sealed, without secrets in any encoding.
    pub(super) fn scrubbed(&self, answer: &Map<String, Value>) -> Map<String, Value> {
        let by = Author::Mixed(&is_own_name);
        self.scrubber().fields(answer.clone(), &by)
    }
}
